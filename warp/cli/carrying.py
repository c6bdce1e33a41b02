"""How reports travel: options that name a proxy or a relay, and the commands of who carries for others."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import click

from keys.errors import EnvelopeError
from warp import carried, exchange
from warp.carrier import Carrier, Proxy, address
from warp.cli.options import asynchronous, json_option, run_until_stopped, write_json
from warp.exchange import ClientError
from warp.relay import Mixing
from warp.relaying import relay as run_relay

T = TypeVar("T")


def _parsed(parse: Callable[[str], T]) -> Callable[[click.Context, click.Parameter, str | None], T | None]:
    def callback(_context: click.Context, _parameter: click.Parameter, text: str | None) -> T | None:
        try:
            return None if text is None else parse(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    return callback


proxy_option = click.option(
    "--proxy",
    envvar="WARP_PROXY",
    metavar="URL",
    callback=_parsed(Proxy.parse),
    help="Make every request through this SOCKS proxy, such as Tor: socks5h://127.0.0.1:9050; "
    "or set WARP_PROXY.",
)
via_option = click.option(
    "--via",
    "relay",
    envvar="WARP_RELAY",
    metavar="URL",
    callback=_parsed(address),
    help="Hand envelopes to this relay instead of the server; or set WARP_RELAY.",
)
_to_option = functools.partial(
    click.option, "--to", "to", envvar="WARP_SERVER", metavar="URL", callback=_parsed(address)
)


class _Result(NamedTuple):
    file: str
    sent: bool
    reason: str
    """Why not."""


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE…"
)
@_to_option(help="Address of the server; or set WARP_SERVER.")
@via_option
@proxy_option
@click.option("--delete", is_flag=True, help="Delete each file once the server has its envelope.")
@json_option
@asynchronous
async def send(
    files: Sequence[Path],
    to: str | None,
    relay: str | None,
    proxy: Proxy | None,
    *,
    delete: bool,
    as_json: bool,
) -> int:
    """
    Send envelope files that warp report --out wrote. Needs no wallet.

    The same envelope may be sent any number of times, by anybody; it is counted once.

    \b
    Examples:
      warp send envelope --to https://warp.example
      warp send envelope --via https://relay.example --proxy socks5h://127.0.0.1:9050 --delete
    """
    if to is None and relay is None:
        raise click.UsageError("where to? Say --to URL, or --via URL")
    carrier = Carrier(proxy, relay or "")
    results = []
    for path in files:
        result = await _send(path, to or "", carrier)
        if result.sent and delete:
            path.unlink()
        if not as_json:
            click.echo(f"{path}: {'sent' if result.sent else 'not sent: ' + result.reason}")
        results.append(result)
    if as_json:
        write_json({"files": [result._asdict() for result in results]})
    return 0 if all(result.sent for result in results) else 2


async def _send(path: Path, to: str, carrier: Carrier) -> _Result:
    """Look at a file, and make a request only if it can be an envelope."""
    try:
        await exchange.send(to, carried.read(path), carrier)
    except (ClientError, EnvelopeError) as error:
        return _Result(str(path), sent=False, reason=str(error))
    except OSError as error:
        return _Result(str(path), sent=False, reason=error.strerror or "it cannot be read")
    return _Result(str(path), sent=True, reason="")


@click.command()
@_to_option(required=True, help="Address of the server, or of another relay; or set WARP_SERVER.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8081, show_default=True, help="Port; 0 for any."
)
@click.option(
    "--batch",
    "most",
    type=click.IntRange(1, 128),
    default=Mixing().most,
    show_default=True,
    help="Hand envelopes on when so many wait …",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, 60),
    default=Mixing().seconds,
    show_default=True,
    help="… or so long after the first of them.",
)
@proxy_option
def relay(to: str, host: str, port: int, most: int, seconds: float, proxy: Proxy | None) -> None:
    """
    Relay envelopes to a server, for members of your own community or another, until interrupted.

    The server sees the relay's address instead of the senders'. The relay sees addresses and sealed
    envelopes, keeps nothing, and says nothing of requests.

    \b
    Example:
      warp relay --to https://warp.example --port 8081
    """
    mixing = Mixing(most, seconds)
    run_until_stopped(
        lambda: run_relay(
            to, host, port, mixing, Carrier(proxy), lambda at: click.echo(f"Relaying to {to} on {at}")
        )
    )


COMMANDS: list[click.Command] = [send, relay]
