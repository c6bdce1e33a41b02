"""Commands of the operator for coordinators: make, add, list, replace and remove their keys."""

import secrets
from pathlib import Path

import click

from keys import age
from keys.narrative import MAX_RECIPIENTS
from storage import coordinators, members
from warp.cli.options import asynchronous, data_option, json_option, write_json, write_table
from warp.site import open_site


@click.group()
def coordinator() -> None:
    """Add, list and remove coordinators, who read narratives and publish."""


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
@data_option
@asynchronous
async def remove(data: Path, name: str) -> None:
    """
    Remove a coordinator; narratives sealed to it stay readable by it.

    \b
    Example:
      warp coordinator remove ana --data site
    """
    async with open_site(data) as site, site.hub.identity.write() as connection:
        if len(await coordinators.everyone(connection)) == 1:
            raise click.ClickException("the last coordinator stays: reports could not be sealed to anybody")
        if not await coordinators.remove(connection, name):
            raise click.ClickException("there is no coordinator of this name; see: warp coordinator list")
    click.echo(f"{name} is removed; narratives of weeks announced from now on are not sealed to it.")


COMMANDS: list[click.Command] = [coordinator]
