"""Commands of the operator: make a site, serve it, release, look at what is published, see what is wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from keys.directory import fingerprint
from storage import advisories, coordinators, figures, inbox, members, pool, signals
from warp import epochs, exposure, founding
from warp import release as acts
from warp.advisory import Status
from warp.app import serve
from warp.cli import unlocking
from warp.cli.options import (
    asynchronous,
    data_option,
    json_option,
    run_until_stopped,
    say_if_drill,
    write_json,
)
from warp.cli.unlocking import key_option
from warp.schedule import Standing
from warp.signal import State
from warp.site import Site, open_site, present
from warp.weeks import Period, Span, Week

_TIME_TO_CLOSE = timedelta(hours=2)
"""After the end of a period; midnight's work and one more try are done by then."""
NOT_SEALED = "Key files are not sealed: warp keys seal"


@click.command()
@data_option
@click.option("--name", required=True, help="What the site calls itself.")
@click.option(
    "--url", required=True, help="Its public address, like https://warp.example; it stays for good."
)
@click.option(
    "--coordinator",
    "recipients",
    multiple=True,
    metavar="NAME=age1pq1…",
    help="A coordinator and the key that narratives are sealed to; up to four. Without one, a key is made.",
)
@key_option
@asynchronous
async def init(data: Path, name: str, url: str, recipients: Sequence[str], key: bytes | None) -> None:
    """
    Make the data folder of a new site. With a passphrase, its key files are sealed from the beginning.

    \b
    Example:
      warp init --data site --name "Example WARP" --url http://127.0.0.1:8080
    """
    named = dict(_coordinator(text) for text in recipients)
    if len(named) < len(recipients):
        raise click.BadParameter("each coordinator needs a name of its own", param_hint="--coordinator")
    passphrase = unlocking.given(key)
    try:
        settings = await founding.found(data, name, url, present().date(), named, secret=passphrase)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Making the keys of five weeks in {data} …", err=True)
    async with open_site(data, secret=lambda: passphrase or b"") as site:
        await site.announce(epochs.weeks_ahead(present()))
        await site.publish_all()
    click.echo(f"{name} is ready. Root key fingerprint: {fingerprint(settings.root_key).hex()}")
    for path in founding.left_online(data):
        click.echo(f"Move off this machine, and keep safe: {path}")
    if passphrase is None:
        click.echo(f"{NOT_SEALED} --data {data}")
    click.echo(f'Next: warp member add "CERT Example" --place UY --data {data}; warp serve --data {data}')


def _coordinator(text: str) -> tuple[str, str]:
    name, separator, recipient = text.partition("=")
    if not separator or not name.strip():
        raise click.BadParameter("write it as NAME=age1pq1…", param_hint="--coordinator")
    return name.strip(), recipient


@click.command(name="serve")
@data_option
@click.option("--host", help="Address to listen on, instead of the configured one.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port, instead of the configured one; 0 = any.")
@key_option
def serve_command(data: Path, host: str | None, port: int | None, key: bytes | None) -> None:
    """
    Serve a site until interrupted.

    \b
    Example:
      warp serve --data site --port 8080
    """
    secret = unlocking.secret(key)
    run_until_stopped(
        lambda: serve(data, host, port, lambda address: click.echo(f"Serving on {address}"), secret)
    )


@click.command()
@data_option
@key_option
@json_option
@asynchronous
async def release(data: Path, key: bytes | None, *, as_json: bool) -> None:
    """
    Open the pool now, whatever its cover, and judge the week.

    The server does this by itself at midnight UTC. Fewer envelopes give each other less cover.

    \b
    Example:
      warp release --data site
    """
    async with open_site(data, secret=unlocking.secret(key)) as site:
        await site.check_clock()
        site.hub.keyring.unlock()
        done = await site.release(present())
    if as_json:
        write_json({"day": done.day, "reports": done.reports, "signals": done.signals})
    else:
        reports = f"{done.reports} {'report' if done.reports == 1 else 'reports'}"
        found = f"{done.signals} {'signal' if done.signals == 1 else 'signals'}"
        click.echo(f"{reports} released under {done.day}; {found} this week.")


@click.command()
@data_option
@click.option(
    "--root",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The root key file, brought here for this moment.",
)
@click.option("--weeks", default=founding.CERTIFIED_WEEKS, show_default=True, type=click.IntRange(5, 520))
@key_option
def certify(data: Path, root: Path, weeks: int, key: bytes | None) -> None:
    """
    Certify the online key for more weeks, with the offline root.

    \b
    Example:
      warp certify --data site --root /media/usb/root.pem
    """
    week = Week.of(present())
    try:
        # From last week on: last Sunday's lists may be signed late.
        founding.certify(data, root, week.plus(-1), week.plus(weeks), unlocking.secret(key))
    except ValueError:
        raise click.ClickException(f"{root} is not a root key file") from None
    click.echo(f"Certified until {week.plus(weeks)}. Restart the server; take the root key away again.")


@click.command()
@data_option
@json_option
@asynchronous
async def status(data: Path, *, as_json: bool) -> None:
    """
    Say what waits, what is due, and what is wrong; exit status 1 if something is.

    \b
    Example:
      warp status --data site
    """
    async with open_site(data) as site:
        facts, wrong = await _status(site, present())
        wrong[:0] = await _clock_and_keys(site, present())
        wrong += [f"This key file is damaged: {path}" for path in site.hub.keyring.damaged()]
        advice = [NOT_SEALED] if site.hub.keyring.unsealed() else []
    if as_json:
        write_json({"facts": facts, "wrong": wrong, "advice": advice})
    else:
        say_if_drill(site.settings)
        for name, value in facts.items():
            click.echo(f"{name:28} {value}")
        for sentence in advice:
            click.echo(sentence)
        for sentence in wrong or ["Nothing is wrong."]:
            click.echo(sentence)
    if wrong:
        click.get_current_context().exit(1)


async def _status(site: Site, now: datetime) -> tuple[dict[str, object], list[str]]:
    week = Week.of(now)
    async with site.hub.reports.read() as connection:
        waiting = await pool.waiting(connection)
        facts: dict[str, object] = {
            "envelopes waiting": await pool.size(connection),
            "midnights waited": waiting.midnights,
            "narratives kept": await inbox.size(connection),
            "new signals": sum(s.state is State.NEW for s in await signals.everything(connection)),
            "last closed week": (await figures.closed(connection, Span.WEEK) or ["none"])[-1],
        }
        reviewed = await advisories.with_status(connection, Status.REVIEW)
    hindered = [each.id for each in reviewed if each.hindrance]
    async with site.hub.identity.read() as connection:
        people = await members.everyone(connection)
        names = await coordinators.everyone(connection)
        facts["members"] = sum(member.joined for member in people)
        facts["invitations open"] = sum(member.awaited for member in people)
        facts["members holding tokens"] = await members.holders(connection, str(week))
    facts["coordinators"] = len(names)
    former = exposure.last_week_of_former_keys(site.tree, names.values(), now)
    facts["sealed to old keys"] = f"until {former}" if former else "no"
    facts["weeks with keys"] = ", ".join(str(each) for each in site.hub.keyring.weeks())
    facts["next release"] = await _next_release(site)
    wrong = [f"Take off this machine: {path}" for path in founding.left_online(site.data)]
    wrong += [f"Set to go out and could not: {each}. warp advisory show says why." for each in hindered]
    if len(names) < 2 and site.settings.four_eyes:
        wrong.append("One coordinator cannot publish alone: add another, or set four_eyes = false.")
    certificate = site.epochs.certificate
    if not certificate.signature:
        wrong.append("The online key is not certified, so no keys can be announced: warp certify")
    elif Week.parse(certificate.last_week) < week.plus(epochs.CERTIFICATE_WARNING_WEEKS):
        wrong.append(f"The online key is certified until {certificate.last_week} only: warp certify")
    return facts, wrong


async def _clock_and_keys(site: Site, now: datetime) -> list[str]:
    """Say what is wrong with the clock or, if nothing is, with midnights and with the weeks' keys."""
    async with site.hub.reports.read() as connection:
        finished = (await pool.waiting(connection)).day
        early = [each for each in await figures.closed(connection) if Period.parse(each).end > now]
    wrong, week = [], Week.of(now)
    standing = await site.standing()
    if standing is Standing.IN_DOUBT:
        return [
            f"The clock says {now.date()}, but the last finished day is {finished}. Until somebody has "
            "looked, nothing is released, closed, announced or forgotten, and reports are refused. Correct "
            f"the clock or, if it is right: warp midnight --today {now.date()}"
        ]
    if standing is Standing.WAS_AHEAD:
        wrong.append(f"The clock was ahead: it is done until {finished}. The server begins anew from today.")
    if early:
        wrong.append(f"Closed before their end, by a clock that was ahead: {', '.join(early)}.")
    late = [each for each in await acts.periods_to_close(site.hub, now) if each.end < now - _TIME_TO_CLOSE]
    if late:
        wrong.append(f"Over and not closed: {', '.join(map(str, late))}. The log says why, as a fault.")
    if (now.date() - finished).days > 1:
        wrong.append("Midnight's work is not done: is the server running?")
    lost = [str(each) for each in epochs.announced(site.tree, week) if not site.hub.keyring.has(each)]
    if lost:
        wrong.append(f"Announced, but their keys are lost: {', '.join(lost)}. Their reports are refused.")
    elif not site.hub.keyring.has(week):
        wrong.append(f"There are no keys for {week}: reports are refused. Start the server.")
    return wrong


async def _next_release(site: Site) -> str:
    if await acts.is_due(site.hub):
        return "at midnight UTC"
    async with site.hub.reports.read() as connection:
        return "waits for more cover" if await pool.size(connection) else "nothing waits"


COMMANDS: list[click.Command] = [
    init,
    serve_command,
    release,
    certify,
    status,
]
