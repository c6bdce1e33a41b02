"""Commands for everybody who wants to know that all are given the same keys: compare, and look."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from keys.comparison import Checked, Comparison, Copy, Difference, compare, spoken
from keys.directory import check_chain, read_fingerprint
from warp import copies
from warp.carrier import Proxy
from warp.cli.carrying import proxy_option
from warp.cli.joining import opened_wallet
from warp.cli.options import asynchronous, json_option, write_json
from warp.exchange import Unreachable

Command = Callable[..., Any]
_WALLET = "this wallet"


@click.group()
def directory() -> None:
    """The public directory of keys: see that everybody is given the same one."""


def _source_options(command: Command) -> Command:
    """Add what says which directory: a wallet, or an address and the root to trust."""
    for option in (
        click.option("--root", metavar="FINGERPRINT", help="Of the root key, where there is no wallet."),
        click.option(
            "--key-file",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Unlock the wallet with this file instead of a passphrase.",
        ),
        click.option(
            "--wallet",
            "wallet_path",
            envvar="WARP_WALLET",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="A member's wallet: knows address and root, and what it was shown; or set WARP_WALLET.",
        ),
        click.argument("url", required=False),
    ):
        command = option(command)
    return command


class _Known(NamedTuple):
    """What is known before anything is fetched."""

    url: str
    root: bytes
    seen: Copy | None
    """The wallet's copy."""


def _known(url: str | None, wallet_path: Path | None, key_file: Path | None, root: str | None) -> _Known:
    pinned = read_fingerprint(root) if root else None
    if wallet_path is None:
        if url is None or pinned is None:
            raise click.UsageError("give --wallet, or an address and its --root")
        return _Known(_checked(url), pinned, None)
    with opened_wallet(wallet_path, key_file) as found:
        contents = found.contents
    if pinned not in (None, contents.root):
        raise click.ClickException("the wallet was given another root key by its invitation; see --root")
    seen = Copy(_WALLET, contents.documents) if contents.documents else None
    return _Known(_checked(url) if url else contents.url, contents.root, seen)


def _checked(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter("must begin with https:// (or http://)", param_hint="an address")
    return url.rstrip("/")


@directory.command()
@_source_options
@click.option(
    "--mirror",
    "mirrors",
    multiple=True,
    metavar="URL",
    help="Where somebody keeps a copy; what stands in front of /v1/directory/. Repeat it for more.",
)
@proxy_option
@json_option
@asynchronous
async def verify(
    url: str | None,
    wallet_path: Path | None,
    key_file: Path | None,
    root: str | None,
    mirrors: Sequence[str],
    proxy: Proxy | None,
    *,
    as_json: bool,
) -> None:
    """
    Compare the server's directory with its mirrors, and with what this wallet was shown before.

    Walks the whole chain, checks every signature, and says exactly what differs. Exit status 1 if anything
    does. It sends no credential.

    \b
    Examples:
      warp directory verify --wallet wallet --mirror https://mirror.example
      warp directory verify https://warp.example --root 0123456789abcdef0123456789abcdef
    """
    known, kept_by = _known(url, wallet_path, key_file, root), [_checked(mirror) for mirror in mirrors]
    server = await copies.of_server(known.url, proxy)
    kept, silent = await _mirrors(kept_by, min(server.documents), proxy)
    server = await copies.brought_up_to_date(server, proxy)
    comparison = compare([server, *([known.seen] if known.seen else []), *kept], known.root)
    newest = max(server.documents)
    if as_json:
        digits = spoken(server.documents[newest])
        found = {"agrees": comparison.agrees, "number": newest, "digits": digits}
        write_json({**found, **msgspec.to_builtins(comparison), "unreachable": silent})
    else:
        _write(comparison, server.documents[newest], newest)
        for reason in silent:
            click.echo(f"Not compared: {reason}")
    if not comparison.agrees:
        click.get_current_context().exit(1)
    if silent:
        raise click.ClickException("not everything could be compared; what was agrees")


async def _mirrors(urls: Sequence[str], first: int, proxy: Proxy | None) -> tuple[list[Copy], list[str]]:
    """Give the copies that can be had, and why the others cannot."""
    kept, silent = [], []
    for url in urls:
        try:
            kept.append(await copies.of_mirror(url, first, proxy))
        except Unreachable as error:
            silent.append(str(error) if url in str(error) else f"{url}: {error}")
    return kept, silent


def _write(comparison: Comparison, document: bytes, number: int) -> None:
    for each in comparison.copies:
        click.echo(_line(each))
    for difference in comparison.differences:
        click.echo(_sentence(difference))
    if not comparison.agrees:
        click.echo("They do not agree. Keep this output and the wallet, report nothing, and tell the others.")
        return
    click.echo("All agree. What stands for all keys so far, to be read to somebody who has the same number:")
    click.echo(f"  number {number}: {spoken(document)}")


def _line(each: Checked) -> str:
    if each.oldest is None:
        return f"{each.name}: empty"
    found = f"{each.name}: numbers {each.oldest} to {each.newest}"
    if each.fault:
        return f"{found}; number {each.fault.number} is wrong: {each.fault.reason}"
    return f"{found}; the chain holds" + (f"; {each.behind} behind" if each.behind else "")


def _sentence(difference: Difference) -> str:
    week = f" ({difference.week})" if difference.week else ""
    one, other = difference.copies
    if difference.fields == ("missing",):
        return f"Number {difference.number}{week} is missing from {one}, and {other} has it."
    fields = ", ".join(_in_words(field) for field in difference.fields)
    return f"Number {difference.number}{week} differs between {one} and {other}: {fields}"


_WORDS = {
    "first_keys": "key of first tokens of",
    "further_key": "key of further tokens",
    "form": "one of them is no document",
    "spelling": "the same, spelt differently",
}


def _in_words(field: str) -> str:
    name, _, inner = field.partition(".")
    return " ".join(filter(None, (_WORDS.get(name, name.replace("_", " ")), inner)))


@directory.command()
@_source_options
@proxy_option
@json_option
@asynchronous
async def show(
    url: str | None,
    wallet_path: Path | None,
    key_file: Path | None,
    root: str | None,
    proxy: Proxy | None,
    *,
    as_json: bool,
) -> None:
    """
    Show the entries of the directory, each with the digits that stand for it and all before it.

    From the wallet's copy, without any request; or from a server, if an address is given.

    \b
    Examples:
      warp directory show --wallet wallet
      warp directory show https://warp.example --root 0123456789abcdef0123456789abcdef
    """
    known = _known(url, wallet_path, key_file, root)
    found = known.seen if url is None else await copies.of_server(known.url, proxy)
    if found is None:
        raise click.ClickException("the wallet has seen no directory yet: warp sync")
    order = sorted(found.documents)
    verified = check_chain([found.documents[number] for number in order], known.root)
    entries = [
        {
            "number": number,
            "week": each.entry.week,
            "coordinators": len(each.entry.recipients),
            "digits": spoken(found.documents[number]),
        }
        for number, each in zip(order, verified, strict=True)
    ]
    if as_json:
        write_json({"root": known.root.hex(), "entries": entries})
        return
    click.echo(f"Root key fingerprint: {known.root.hex()}")
    for entry in entries:
        click.echo("{number:>4}  {week}  {coordinators} coordinators  {digits}".format(**entry))


COMMANDS: list[click.Command] = [directory]
