"""Commands of the operator for people: members and coordinators."""

import secrets
from pathlib import Path

import click

from keys import age
from keys.directory import fingerprint
from keys.invitation import Invitation
from keys.narrative import MAX_RECIPIENTS
from storage import coordinators, members
from warp import places
from warp.cli.options import asynchronous, data_option, json_option, write_json, write_table
from warp.site import open_site, present
from warp.weeks import Week


@click.group()
def member() -> None:
    """Invite, list and revoke members. A member is a team, not a person."""


@member.command()
@click.argument("name")
@click.option("--place", default="", help="The team's country or M49 area, such as UY; empty if it has none.")
@data_option
@asynchronous
async def add(data: Path, name: str, place: str) -> None:
    """
    Invite a team: prints its invitation, once.

    \b
    Example:
      warp member add "CERT Example" --place UY --data site
    """
    if not name.strip() or not name.isprintable():
        raise click.BadParameter("must be one line of text", param_hint="NAME")
    place = place.upper()
    if place and not places.is_place(place):
        raise click.BadParameter("not an ISO 3166-1 or M49 code", param_hint="--place")
    async with open_site(data) as site:
        root = fingerprint(site.settings.root_key)
        invitation = Invitation.new(root, secrets.token_bytes)
        async with site.hub.identity.write() as connection:
            try:
                await members.invite(connection, name, place, invitation.code, str(Week.of(present())))
            except members.NameTaken as error:
                raise click.ClickException(str(error)) from None
        url = site.settings.url
    click.echo(f"Root key fingerprint: {root.hex()}")
    click.echo(f"Invitation for {name}, good for four weeks; hand it over by a way that you both trust:")
    click.echo(f"  warp join {url} {invitation.to_string()} --wallet wallet")


@member.command(name="list")
@data_option
@json_option
@asynchronous
async def list_members(data: Path, *, as_json: bool) -> None:
    """
    List the members.

    \b
    Example:
      warp member list --data site
    """
    async with open_site(data) as site, site.hub.identity.read() as connection:
        everyone = await members.everyone(connection)
    if as_json:
        write_json({"members": [each._asdict() for each in everyone]})
        return
    rows = [(m.name, m.place, "yes" if m.joined else f"invited {m.invited}") for m in everyone]
    write_table("Members", ("name", "place", "joined"), rows, "No members yet: warp member add NAME")


@member.command()
@click.argument("name")
@data_option
@asynchronous
async def revoke(data: Path, name: str) -> None:
    """
    Delete a member at once. Tokens that it holds already cannot be told from others and stay good.

    \b
    Example:
      warp member revoke "CERT Example" --data site
    """
    async with open_site(data) as site:
        async with site.hub.identity.write() as connection:
            found = await members.revoke(connection, name)
        if found:
            await site.hub.rewrite(site.hub.identity.path)
    if not found:
        raise click.ClickException("there is no member of this name; see: warp member list")
    click.echo(f"{name} gets no further tokens, and nothing of it is kept.")


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


COMMANDS: list[click.Command] = [member, coordinator]
