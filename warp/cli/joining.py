"""Commands for a member's wallet: join, sync, and look into it; and how a wallet is named and unlocked."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from keys.invitation import Invitation
from keys.lock import Lock
from keys.receipt import Receipt
from warp import client, syncing, wallet
from warp.carrier import Carrier, Proxy
from warp.cli import losses
from warp.cli.carrying import proxy_option
from warp.cli.options import asynchronous, json_option, write_json
from warp.exchange import Refused
from warp.site import present
from warp.wallet import Contents, Wallet
from warp.weeks import Week

Command = Callable[..., Any]


def wallet_options(command: Command) -> Command:
    """Add the options that say which wallet, and how it is unlocked."""
    command = click.option(
        "--key-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Unlock with this file instead of a passphrase; made where there is none. For machines.",
    )(command)
    return click.option(
        "--wallet",
        "wallet_path",
        envvar="WARP_WALLET",
        required=True,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="The wallet; or set WARP_WALLET. Its passphrase is asked for, or taken from WARP_PASSPHRASE.",
    )(command)


def _lock(key_file: Path | None, *, new: bool = False) -> Lock:
    if key_file is not None:
        return Lock.key_file(key_file)
    passphrase = os.environ.get("WARP_PASSPHRASE")
    if passphrase is None:
        passphrase = click.prompt(
            "Passphrase of the wallet", hide_input=True, confirmation_prompt=new, err=True
        )
    if not passphrase:
        raise click.ClickException("the passphrase is empty")
    return Lock.passphrase(passphrase)


@contextlib.contextmanager
def opened_wallet(wallet_path: Path, key_file: Path | None) -> Iterator[Wallet]:
    """Open the wallet that a command names."""
    if wallet_path.exists() and key_file is not None and not key_file.exists():
        raise click.ClickException(f"{key_file}: there is no key file; is its disk mounted?")
    with wallet.opened(wallet_path, _lock(key_file), secrets.token_bytes) as found:
        yield found


@click.command()
@click.argument("url")
@click.argument("invitation")
@wallet_options
@proxy_option
@asynchronous
async def join(
    url: str, invitation: str, wallet_path: Path, key_file: Path | None, proxy: Proxy | None
) -> None:
    """
    Join with an invitation: makes the wallet and fetches keys and tokens.

    With a wallet that has joined before, and an invitation of the same server, that wallet goes on.

    \b
    Example:
      warp join http://127.0.0.1:8080 warp-… --wallet wallet
    """
    invited = Invitation.from_string(invitation)
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter("must begin with https:// (or http://)", param_hint="URL")
    carrier = Carrier(proxy)
    if wallet_path.exists():
        with opened_wallet(wallet_path, key_file) as found:
            contents = found.contents
            same = contents.url == url.rstrip("/") and contents.root == invited.root
            waits_for_another = not contents.replaced and contents.invitation not in (b"", invited.code)
            if not same or waits_for_another:
                raise click.ClickException(
                    f"{wallet_path} exists already; a wallet belongs to one membership"
                )
            client.take_invitation(found, invited.code, secrets.token_bytes)
            await _join(found, carrier)
        return
    contents = Contents(url.rstrip("/"), invited.root, invited.code, secrets.token_bytes(32))
    made = wallet.create(wallet_path, _lock(key_file, new=True), contents, secrets.token_bytes)
    try:
        await client.join(made, carrier)
    except Refused:
        wallet_path.unlink()
        raise
    await _join(made, carrier)


async def _join(found: Wallet, carrier: Carrier) -> None:
    """Redeem the invitation if that is still to be done, and fetch this week's tokens, too."""
    if found.contents.invitation:
        try:
            await client.join(found, carrier)
        except Refused:
            if found.contents.invitation:
                raise
            click.echo(losses.USED_INVITATION)
    now = present()
    weeks = [Week.of(now), *syncing.weeks_ahead(now)]
    with losses.void_explained():
        done = await syncing.sync(found, now, secrets.token_bytes, weeks, carrier)
    had = ", ".join(sorted(found.contents.tokens))
    click.echo(f"Joined. Tokens for {had} are in the wallet." if had else "Joined. There are no tokens yet.")
    if done.refused:
        click.echo(losses.taken(done.refused))
    click.echo("Next: warp report. And let this run weekly, by a timer: warp sync")


@click.command()
@wallet_options
@click.option(
    "--this-week",
    is_flag=True,
    help="Also fetch this week's tokens. Who does so late shows that it has just become active.",
)
@click.option("--yes", is_flag=True, help="With --this-week: do not ask; for scripts.")
@proxy_option
@asynchronous
async def sync(
    wallet_path: Path, key_file: Path | None, proxy: Proxy | None, *, this_week: bool, yes: bool
) -> None:
    """
    Fetch keys and tokens of the next four weeks. Run it weekly, whether or not there is anything to report.

    \b
    Example:
      warp sync --wallet wallet
    """
    with opened_wallet(wallet_path, key_file) as found:
        if found.contents.invitation:
            await _join(found, Carrier(proxy))
            return
        now = present()
        if this_week:
            _warn_of_fetching_late(Week.of(now))
            if not yes:
                click.confirm("Fetch this week's tokens now?", abort=True)
        weeks = [Week.of(now)] * this_week + syncing.weeks_ahead(now)
        with losses.void_explained():
            done = await syncing.sync(found, now, secrets.token_bytes, weeks, Carrier(proxy))
    brought = f"tokens for {', '.join(done.bundles)}" if done.bundles else "nothing new was due"
    click.echo(f"Synced: {brought}.")
    if done.refused:
        click.echo(losses.taken(done.refused))


def _warn_of_fetching_late(week: Week) -> None:
    click.echo(
        f"Mind: members fetch their tokens of {week} weeks ahead. Whoever fetches them now is seen to have "
        f"become active, and a report of {week} may be put down to it. If it can wait for Monday, let it."
    )


@click.command(name="wallet")
@wallet_options
@click.option("--receipts", is_flag=True, help="Show the words of all receipts.")
@json_option
def wallet_command(wallet_path: Path, key_file: Path | None, *, receipts: bool, as_json: bool) -> None:
    """
    Show what the wallet holds. Causes no request.

    \b
    Example:
      warp wallet --wallet wallet
    """
    with opened_wallet(wallet_path, key_file) as found:
        contents = found.contents
    tokens = {week: left.left() for week, left in sorted(contents.tokens.items())}
    words = [{"week": each.week, "words": Receipt(each.receipt).words()} for each in contents.filed]
    if as_json:
        shown = {"receipts": words} if receipts else {"reports": len(words)}
        waiting = {"undelivered": len(contents.outbox), "unwritten": len(contents.to_carry)}
        write_json({"url": contents.url, "tokens": tokens, **waiting, **shown})
        return
    click.echo(f"Server: {contents.url}")
    click.echo(f"Tokens: {', '.join(f'{week}: {n}' for week, n in tokens.items()) or 'none; warp sync'}")
    click.echo(f"Reports made: {len(words)}; not delivered: {len(contents.outbox)}")
    if contents.to_carry:
        click.echo(f"Not written to a file: {len(contents.to_carry)}; warp report --retry --out FILE")
    for each in words if receipts else []:
        click.echo(f"  {each['week']}  {each['words']}")


COMMANDS: list[click.Command] = [join, sync, wallet_command]
