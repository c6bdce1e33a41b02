"""Commands of the operator for coordinators: make, add, list, replace and remove their keys."""

import secrets
from pathlib import Path

import click

from keys import age
from keys.keyring import KEPT_FOR
from keys.narrative import MAX_RECIPIENTS
from storage import coordinators, members
from warp import exposure
from warp.cli.options import asynchronous, data_option, json_option, write_json, write_table
from warp.exposure import Exposure
from warp.site import Site, open_site, present


@click.group()
def coordinator() -> None:
    """Add, list and remove coordinators, who read narratives and publish, and replace their keys."""


@coordinator.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the identity.",
)
def keygen(out: Path) -> None:
    """
    Make a coordinator's key pair, on the coordinator's own machine.

    \b
    Example:
      warp coordinator keygen --out ana.identity
    """
    if out.exists():
        raise click.ClickException(f"{out} exists already")
    identity = age.Identity.generate(secrets.token_bytes)
    recipient = identity.recipient.to_string()
    out.touch(mode=0o600)
    out.write_text(f"# public key: {recipient}\n{identity.to_string()}\n", encoding="ascii")
    click.echo(recipient)


@coordinator.command(name="add")
@click.argument("name")
@click.argument("recipient")
@data_option
@asynchronous
async def add_coordinator(data: Path, name: str, recipient: str) -> None:
    """
    Add a coordinator with the public key that keygen printed.

    Narratives are sealed to it from the next directory entry on, five weeks from now; entries that are
    published already stay as they are.

    \b
    Example:
      warp coordinator add ana age1pq1… --data site
    """
    age.Recipient.from_string(recipient)
    async with open_site(data) as site, site.hub.identity.write() as connection:
        known = await coordinators.everyone(connection)
        if len(known) >= MAX_RECIPIENTS:
            raise click.ClickException("a narrative has room for four coordinators; remove one first")
        try:
            await coordinators.add(connection, name, recipient)
        except members.NameTaken as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{name} may draft and publish now, and reads narratives of weeks announced from now on.")


@coordinator.command(name="list")
@data_option
@json_option
@asynchronous
async def list_coordinators(data: Path, *, as_json: bool) -> None:
    """
    List the coordinators.

    \b
    Example:
      warp coordinator list --data site
    """
    async with open_site(data) as site, site.hub.identity.read() as connection:
        known = await coordinators.everyone(connection)
    if as_json:
        write_json({"coordinators": known})
        return
    rows = [(name, recipient[:24] + "…") for name, recipient in known.items()]
    write_table("Coordinators", ("name", "recipient"), rows, "No coordinators.")


@coordinator.command()
@click.argument("name")
@click.argument("recipient")
@data_option
@asynchronous
async def rotate(data: Path, name: str, recipient: str) -> None:
    """
    Replace a coordinator's key with a new one that keygen printed; says what the old key still opens.

    Entries that are announced stay as they are, so narratives are sealed to the new key five weeks from now.

    \b
    Example:
      warp coordinator rotate ana age1pq1… --data site
    """
    age.Recipient.from_string(recipient)
    async with open_site(data) as site:
        async with site.hub.identity.write() as connection:
            known = await coordinators.everyone(connection)
            old = _known(known, name)
            if recipient in known.values():
                raise click.ClickException(
                    "this key is in use already; make a new one: warp coordinator keygen"
                )
            await coordinators.replace(connection, name, recipient)
        exposed = await _exposure(site, old)
    click.echo(f"Reports sealed in {exposed.next_week} and later can be read with the new key of {name}.")
    _print_exposure(exposed)


@coordinator.command()
@click.argument("name")
@data_option
@asynchronous
async def remove(data: Path, name: str) -> None:
    """
    Remove a coordinator; says what its key still opens.

    \b
    Example:
      warp coordinator remove ana --data site
    """
    async with open_site(data) as site:
        async with site.hub.identity.write() as connection:
            known = await coordinators.everyone(connection)
            old = _known(known, name)
            if len(known) == 1:
                raise click.ClickException(
                    "the last coordinator stays: reports could not be sealed to anybody"
                )
            await coordinators.remove(connection, name)
        exposed = await _exposure(site, old)
    click.echo(f"{name} is removed; reports sealed in {exposed.next_week} and later are closed to it.")
    _print_exposure(exposed)


def _known(everyone: dict[str, str], name: str) -> str:
    if name not in everyone:
        raise click.ClickException("there is no coordinator of this name; see: warp coordinator list")
    return everyone[name]


async def _exposure(site: Site, recipient: str) -> Exposure:
    return await exposure.of_key(site.tree, site.hub.reports, recipient, present())


def _print_exposure(exposed: Exposure) -> None:
    """Say what the old key opens, and what can be done about it and what cannot."""
    click.echo("\nWhoever has the old key and gets at the sealed files can open:")
    kept = ", ".join(map(str, exposed.inbox)) or "none now"
    click.echo(f"  - narratives in the inbox, released in: {kept}")
    click.echo("  - narratives exported or backed up before")
    if exposed.announced:
        first, last = exposed.announced[0], exposed.announced[-1]
        until = (last.end + KEPT_FOR).date()
        click.echo(f"  - narratives of reports sealed in {first} to {last}, which are taken until {until}")
        click.echo("Those weeks are announced, and an announced entry never changes.")
    click.echo(
        "\nIf it was stolen, another coordinator seals the inbox anew, now and after each midnight until"
    )
    click.echo("then: warp inbox --export, --reseal, --import. See docs/coordinate.md.")


COMMANDS: list[click.Command] = [coordinator]
