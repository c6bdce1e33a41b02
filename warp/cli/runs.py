"""Whole runs: the demonstration, and the replay of a history."""

import asyncio
import socket
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import aiohttp
import click
from lxml import etree
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from warp import demo, exchange, replay
from warp.app import keep_schedule, serving
from warp.cli.options import asynchronous, json_option, write_json
from warp.events import raise_faults
from warp.site import open_site, present
from warp.workers import here

_ATOM = "{http://www.w3.org/2005/Atom}"


@click.command(name="demo")
@click.option("--once", is_flag=True, help="End after the warning is out, instead of serving it.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to make the site; a new temporary folder unless given.",
)
@click.option("--port", type=click.IntRange(0, 65535), help="Default 8080; with --once, any free port.")
def demo_command(data: Path | None, port: int | None, *, once: bool) -> None:
    """
    Show a whole WARP at work: members join, report, a campaign hits, a warning appears in the feeds.

    \b
    Examples:
      warp demo
      warp demo --once
    """
    folder = data or Path(tempfile.mkdtemp(prefix="warp-demo-"))
    try:
        asyncio.run(_demo(folder, _free_port(port if port is not None else 0 if once else 8080), once=once))
    except KeyboardInterrupt:
        click.echo(f"\nStopped. The site stays in {folder}")


async def _demo(data: Path, port: int, *, once: bool) -> None:
    now, url = present(), f"http://127.0.0.1:{port}"
    settings, identities = await demo.found(data, url, now)
    clock = demo.Clock(demo.first_week(now).start)
    async with (
        open_site(data, clock.now, raise_faults, workers=here(settings)) as site,
        serving(site, "127.0.0.1", port),
    ):
        click.echo(f"A WARP in {data}, serving on {url}\n")
        outcome = await demo.play(site, clock, now, identities, lambda line: click.echo(f"  {line}"))
        click.echo(f"  ana opened {outcome.narratives} narratives with her own key; the server cannot\n")
        await _show_feeds(url, site.publisher.default)
        _where_to_look(url, data, once=once)
    if not once:
        click.echo("\nServing until you press Ctrl-C.")
        async with open_site(data) as site, serving(site, "127.0.0.1", port):
            await keep_schedule(site)


async def _show_feeds(url: str, language: str) -> None:
    """Read the warning back as a subscriber does."""
    async with exchange.connection() as session:
        atom = await _get(session, f"{url}/feeds/{language}/all.atom")
        rss = await _get(session, f"{url}/feeds/{language}/country/UY.rss")
    entry = etree.fromstring(atom).find(f"{_ATOM}entry")
    item = etree.fromstring(rss).find("channel/item")
    click.echo("As a feed reader sees it:")
    click.echo(f"  Atom, all warnings:  {entry.findtext(f'{_ATOM}title')}")
    click.echo(f"                       {entry.find(f'{_ATOM}link').get('href')}")
    click.echo(f"  RSS, Uruguay only:   {item.findtext('title')}\n")


async def _get(session: aiohttp.ClientSession, url: str) -> bytes:
    return (await exchange.request(session, "GET", url)).body


def _where_to_look(url: str, data: Path, *, once: bool) -> None:
    warp = sys.argv[0] if Path(sys.argv[0]).name == "warp" else "warp"
    served = (
        ("front page", f"{url}/"),
        ("Atom feed", f"{url}/feeds/en/all.atom"),
        ("RSS, Uruguay, Spanish", f"{url}/feeds/es/country/UY.rss"),
        ("published figures", f"{url}/en/figures/"),
    )
    kept = (
        ("Atom feed", f"{data}/public/feeds/en/all.atom"),
        ("RSS feed, Spanish", f"{data}/public/feeds/es/all.rss"),
        ("published figures", f"{data}/public/en/figures/index.html"),
        ("in a browser", f"{warp} serve --data {data}"),
    )
    commands = (
        ("coordinators' counts", f"{warp} tally --data {data}"),
        ("signals", f"{warp} signals --data {data}"),
        ("advisories", f"{warp} advisory list --data {data}"),
        ("state of the site", f"{warp} status --data {data}"),
    )
    click.echo("Where to look:")
    for what, where in (*(kept if once else served), *commands):
        click.echo(f"  {what:22} {where}")


def _free_port(port: int) -> int:
    """Give the port if it can be had; the site's address must be known before the server runs."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(f"port {port} is in use; choose another with --port") from None
        found: int = probe.getsockname()[1]
        return found


@click.command(name="replay")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--data",
    envvar="WARP_DATA",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to make the site; must not hold one.",
)
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day of arrival, inclusive.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day of arrival, inclusive.")
@click.option("--drop-place", "without", multiple=True, metavar="CC", help="Leave out a place; repeat it.")
@json_option
@asynchronous
async def replay_command(
    file: Path,
    data: Path,
    first: datetime | None,
    last: datetime | None,
    without: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """
    Play a history of incidents (arrival,occurred,type,place,sector,tags) into a new site.

    Every row becomes a sealed envelope with a real token, on a real socket, under the history's own clock.

    \b
    Example:
      warp replay incidents.csv --data history --from 2014-01-01 --to 2014-12-31 --drop-place US
    """
    rows = replay.read(file, first.date() if first else None, last.date() if last else None, without)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("starting", total=len(rows))
        summary = await replay.replay(
            rows, data, lambda at: bar.update(task, completed=at.done, description=str(at.day))
        )
    if as_json:
        write_json(summary)
        return
    for week, count in summary.weeks.items():
        click.echo(f"{week}  {count:5}")
    click.echo(f"{summary.sent} sent, {summary.accepted} accepted, {summary.rejected} rejected")
    click.echo(f"{summary.signals} signals, {summary.advisories} drafts, {summary.seconds} seconds")


COMMANDS: list[click.Command] = [demo_command, replay_command]
