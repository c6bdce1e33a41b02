"""Commands of the operator for members: invite, invite again, list, let read, revoke."""

import secrets
from pathlib import Path
from typing import NamedTuple

import click

from handlers import member_feeds
from keys import feed_password
from keys.directory import fingerprint
from keys.invitation import Invitation
from storage import feed_passwords, members
from warp import places
from warp.cli.options import asynchronous, data_option, json_option, write_json, write_table
from warp.site import Site, open_site, present
from warp.weeks import Week


@click.group()
def member() -> None:
    """Invite, list and revoke members, invite them again, let them read. A member is a team, not a person."""


_UNKNOWN = "there is no member of this name; see: warp member list"


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
        invitation = _new_invitation(site)
        async with site.hub.identity.write() as connection:
            try:
                await members.invite(connection, name, place, invitation.code, str(Week.of(present())))
            except members.NameTaken as error:
                raise click.ClickException(f"{error}; for a lost wallet: warp member reinvite") from None
    _print_invitation(site, name, invitation)


def _new_invitation(site: Site) -> Invitation:
    return Invitation.new(fingerprint(site.settings.root_key), secrets.token_bytes)


def _print_invitation(site: Site, name: str, invitation: Invitation) -> None:
    click.echo(f"Root key fingerprint: {invitation.root.hex()}")
    click.echo(f"Invitation for {name}, good for four weeks; hand it over by a way that you both trust:")
    click.echo(f"  warp join {site.settings.url} {invitation.to_string()} --wallet wallet")


@member.command()
@click.argument("name")
@data_option
@asynchronous
async def reinvite(data: Path, name: str) -> None:
    """
    Invite a member again whose wallet or invitation is lost, or in other hands: prints a new invitation.

    Its old wallet fetches nothing any more, from now on. Tokens that are in it stay good, up to five weeks'.
    The member stays the one that it was, so it gets no second tokens of weeks whose tokens it has had.

    \b
    Example:
      warp member reinvite "CERT Example" --data site
    """
    week = Week.of(present())
    async with open_site(data) as site:
        invitation = _new_invitation(site)
        async with site.hub.identity.write() as connection:
            found = await members.invite_again(connection, name, invitation.code, str(week))
            had = await members.bundles(connection, name)
        if not found:
            raise click.ClickException(_UNKNOWN)
        _print_invitation(site, name, invitation)  # first: it is shown once, and holds from now on
        await site.hub.rewrite(site.hub.identity.path)
    click.echo(f"The old wallet or invitation of {name} is void: it fetches no tokens any more.")
    click.echo("A feed password that it has stays good; for another one: warp member feed NAME")
    if had:
        first = max(week, Week.parse(had[-1]).plus(1))
        click.echo(
            f"It has had the tokens of {', '.join(had)}; they stay good, and there are no others for a new "
            f"wallet, which gets its first tokens of {first}."
        )


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
    rows = [(m.name, m.place, _how_far(m), "yes" if m.reads else "no") for m in everyone]
    columns = ("name", "place", "joined", "feed password")
    write_table("Members", columns, rows, "No members yet: warp member add NAME")


def _how_far(found: members.Member) -> str:
    if not found.awaited:
        return "yes"
    return f"invited again {found.invited}" if found.joined else f"invited {found.invited}"


@member.command()
@click.argument("name")
@click.option("--revoke", "take_away", is_flag=True, help="Void the password that it has; make no other.")
@data_option
@json_option
@asynchronous
async def feed(data: Path, name: str, *, take_away: bool, as_json: bool) -> None:
    """
    Let a member read the members' feeds: prints a feed password, once, and the addresses for its reader.

    A password that it had is void at the next request. It has nothing to do with the member's wallet: it
    fetches no tokens, and reporting never shows it.

    \b
    Examples:
      warp member feed "CERT Example" --data site
      warp member feed "CERT Example" --revoke --data site
    """
    async with open_site(data) as site:
        if take_away:
            said = await _take_feed_password(site, name)
        else:
            said = await _give_feed_password(site, name)
        if as_json:
            write_json(said.facts)
        else:
            click.echo("\n".join(said.lines))
        await site.hub.rewrite(site.hub.identity.path)  # last: what was printed is shown once, and holds now


class _Said(NamedTuple):
    facts: dict[str, object]
    lines: list[str]


async def _take_feed_password(site: Site, name: str) -> _Said:
    async with site.hub.identity.write() as connection:
        if name not in {each.name for each in await members.everyone(connection)}:
            raise click.ClickException(_UNKNOWN)
        had_one = await feed_passwords.revoke(connection, name)
    reads_no_more = f"{name} reads no members' feeds any more, from the next request on."
    line = reads_no_more if had_one else f"{name} had no feed password."
    return _Said({"member": name, "revoked": had_one}, [line])


async def _give_feed_password(site: Site, name: str) -> _Said:
    password = feed_password.new(secrets.token_bytes)
    async with site.hub.identity.write() as connection:
        if not await feed_passwords.give(connection, name, password):
            raise click.ClickException(_UNKNOWN)
    text = feed_password.to_text(password)
    feed_of_all = f"feeds/{site.publisher.default}/all.atom"
    address = f"{site.settings.url}/members/{feed_of_all}"
    secret_address = f"{site.settings.url}/m/{text}/{feed_of_all}"
    facts: dict[str, object] = {
        "member": name,
        "user": member_feeds.USER,
        "password": text,
        "address": address,
        "secret_address": secret_address,
    }
    lines = [
        f"Feed password of {name}; hand it over by a way that you both trust. A former one is void.",
        f"  address    {address}",
        f"  user name  {member_feeds.USER}",
        f"  password   {text}",
        "For a reader that knows no passwords, in place of all three; who sees this address can read:",
        f"  {secret_address}",
    ]
    return _Said(facts, lines)


@member.command()
@click.argument("name")
@data_option
@asynchronous
async def revoke(data: Path, name: str) -> None:
    """
    Delete a member at once. Tokens that it holds already cannot be told from others and stay good.

    For a member that stays and has lost its wallet there is reinvite: who is revoked and added again gets a
    second bundle in weeks whose first one is out, and counts twice there.

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
        raise click.ClickException(_UNKNOWN)
    click.echo(f"{name} gets no further tokens, and nothing of it is kept.")


COMMANDS: list[click.Command] = [member]
