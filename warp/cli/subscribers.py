"""Commands of the operator for the site's own hub: who is sent feeds, and an end to it."""

from pathlib import Path

import click

from storage import subscriptions
from warp.callbacks import host_of
from warp.cli.options import asynchronous, data_option, json_option, write_json, write_table
from warp.site import open_site


@click.group()
def hub() -> None:
    """List and remove those to whom the site's own hub sends feeds (WebSub)."""


@hub.command(name="list")
@data_option
@json_option
@asynchronous
async def list_subscriptions(data: Path, *, as_json: bool) -> None:
    """
    List the subscriptions: feed, host that it is sent to, last day.

    \b
    Example:
      warp hub list --data site
    """
    async with open_site(data) as site, site.hub.identity.read() as connection:
        known = await subscriptions.everyone(connection)
    rows = [(each.topic, host_of(each.callback), each.until) for each in known]
    if as_json:
        listed = [{"topic": topic, "host": host, "until": until} for topic, host, until in rows]
        write_json({"subscriptions": listed})
        return
    write_table("Subscriptions", ("feed", "host", "until"), rows, "No subscriptions.")


@hub.command(name="remove")
@click.argument("host")
@data_option
@asynchronous
async def remove_host(data: Path, host: str) -> None:
    """
    Remove all subscriptions of a host, as `warp hub list` names it.

    Nobody there is asked or told. It can subscribe again.

    \b
    Example:
      warp hub remove reader.example --data site
    """
    async with open_site(data) as site, site.hub.identity.write() as connection:
        removed = await subscriptions.remove_host(connection, host)
    if not removed:
        raise click.ClickException("there is no subscription of this host; see: warp hub list")
    click.echo(f"Removed: {removed}. Nothing more is sent to {host}.")


COMMANDS: list[click.Command] = [hub]
