"""Commands of a coordinator who looks: at advisories as they stand, and at advice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from feeds.entry import marked
from storage import advisories
from warp import advice, advising, stages, taxonomy
from warp.advisory import Advisory, Status, text_for
from warp.cli import verifying
from warp.cli.advisories import advisory
from warp.cli.older_texts import say_older
from warp.cli.options import asynchronous, data_option, json_option, write_json, write_table
from warp.site import open_site
from warp.stages import Rules, Standing

_SHOWN = 50
"""So many are listed beside what is pending; a terminal holds no more, and a table of all takes seconds."""


@advisory.command(name="list")
@data_option
@click.option("--as", "name", metavar="NAME", help="Only what waits for this coordinator.")
@click.option("--all", "with_all", is_flag=True, help="Also what is out and not among the newest 50.")
@json_option
@asynchronous
async def list_advisories(data: Path, name: str | None, *, with_all: bool, as_json: bool) -> None:
    """
    List the newest advisories and all that is pending or set to a time, latest week first.

    \b
    Examples:
      warp advisory list --data site
      warp advisory list --as luis --data site
    """
    async with open_site(data) as site:
        default, rules = site.publisher.default, site.rules
        async with site.hub.reports.read() as connection:
            if name is not None:
                reviewed = await advisories.with_status(connection, Status.REVIEW)
                latest, more = [each for each in reviewed if _awaits(each, name, rules)], 0
            else:
                latest, more = await advisories.newest(connection, None if with_all else _SHOWN)
            # Of what is out the last revision is what readers have.
            correcting = [each.id for each in latest if each.version and not each.status.is_out]
            out = {each.id: each for each in await advisories.public_of(connection, correcting)}
    latest.sort(key=lambda each: (each.week, each.id), reverse=True)
    found = [Standing(each, each if each.status.is_out else out.get(each.id)) for each in latest]
    if as_json:
        write_json({"advisories": [_as_json(each, rules) for each in found], "more": more})
        return
    rows = [_row(each, default) for each in found]
    write_table("Advisories", ("id", "state", "marking", "severity", "title", "by"), rows, "No advisories.")
    if more:
        click.echo(f"{more:,} more that are out: --all")


@advisory.command()
@click.argument("identifier", metavar="ID")
@data_option
@click.option("--history", "with_history", is_flag=True, help="Each revision with its reason, and who.")
@json_option
@asynchronous
async def show(data: Path, identifier: str, *, with_history: bool, as_json: bool) -> None:
    """
    Show an advisory in all its languages, where it stands, and who does what next.

    Of what is out and being corrected, the correction is shown; --json has both.

    \b
    Examples:
      warp advisory show 2026-w47-k3v9q2xd --data site
      warp advisory show 2026-w47-k3v9q2xd --history --data site
    """
    async with open_site(data) as site, site.hub.reports.read() as connection:
        standing = await advising.standing(connection, identifier)
        revisions = await advisories.revisions(connection, identifier) if with_history else []
        await say_older(site, identifier)
    if as_json:
        told = _as_json(standing, site.rules) | {"public": standing.public}
        write_json(told | ({"revisions": revisions} if with_history else {}))
        return
    for line in _head(standing, site.rules):
        click.echo(line)
    for language, text in standing.latest.texts.items():
        click.echo(f"\n[{language}] {marked(standing.latest, text, language)}\n\n{text.summary}\n")
        for number, action in enumerate(text.actions, start=1):
            click.echo(f"{number}. {action}")
    if with_history:
        columns = ("revision", "status", "version", "by", "reason")
        rows = [
            (a.revision, _status(a), a.version or "", _who(a), a.hindrance or a.reason) for a in revisions
        ]
        click.echo("")
        write_table("Revisions", columns, rows, "")


def _awaits(latest: Advisory, name: str, rules: Rules) -> bool:
    """Say whether a coordinator can let it out or confirm it, or has to see why the clock could not."""
    if latest.status is not Status.REVIEW or latest.publish_at is not None:
        return False
    return bool(latest.approver or latest.hindrance) or latest.author != name or not rules.four_eyes


def _as_json(standing: Standing, rules: Rules) -> dict[str, Any]:
    told = {"stage": standing.stage, "next": stages.next_step(standing, rules)}
    return msgspec.structs.asdict(standing.latest) | told


def _row(standing: Standing, default: str) -> tuple[str, ...]:
    latest = standing.latest
    language, text = text_for(latest, default, default)
    title = marked(latest, text, language)
    return latest.id, _state(standing), f"TLP:{latest.tlp}", latest.severity, title, _who(latest)


def _state(standing: Standing) -> str:
    """Give where it stands, with the version that readers have, and when it goes out or why it could not."""
    state = str(standing.stage)
    if standing.public is not None:
        _, comma, pending = state.partition(",")
        state = f"{standing.public.status} (version {standing.public.version}){comma}{pending}"
    if standing.latest.hindrance:
        return f"{state}, set to go out and could not: {standing.latest.hindrance}"
    when = standing.latest.publish_at
    return f"{state}, set to {when:%Y-%m-%d %H:%M} UTC" if when else state


def _status(revision: Advisory) -> str:
    if revision.withdraws:
        return "withdrawal asked for"
    if revision.buried:
        return f"{revision.status}, left the feeds"
    if revision.hindrance:
        return f"{revision.status}, could not go out"
    if revision.publish_at:
        return f"{revision.status}, set to {revision.publish_at:%Y-%m-%d %H:%M} UTC"
    return "approved" if revision.approver and not revision.status.is_out else revision.status


def _head(standing: Standing, rules: Rules) -> Iterator[str]:
    found = standing.latest
    yield f"{found.id} revision {found.revision} · {_state(standing)} · TLP:{found.tlp} · {found.severity}"
    where = found.place or "everywhere"
    sector = f" · sector {found.sector}" if found.sector else ""
    yield f"type {found.type or 'all'} · place {where}{sector} · week {found.week} · {_who(found)}"
    facts = {
        "valid until": found.valid_until,
        "related": ", ".join(found.related),
        "takes the place of": found.escalates,
        "its place was taken by": found.escalated_by,
        "reason": found.reason,
        "readers have it since": standing.public and standing.public.updated,
    }
    yield from (f"{name}: {value}" for name, value in facts.items() if value)
    yield f"Next: {stages.next_step(standing, rules)}"


def _who(found: Advisory) -> str:
    return ", ".join([found.author or "the machine", *filter(None, [found.approver])])


@click.command(name="advice")
@click.argument("code", metavar="TYPE")
@click.option("--language", default="en", show_default=True, type=click.Choice(advice.LANGUAGES))
@click.option("--tag", "tags", multiple=True, type=click.Choice(taxonomy.TAGS), metavar="TAG")
def advice_command(code: str, language: str, tags: tuple[str, ...]) -> None:
    """
    Print first advice for a type or class of incident: the first hour, evidence, whom to tell, recovery.

    \b
    Example:
      warp advice malicious-code --language es --tag ransomware
    """
    if not taxonomy.is_term(code):
        raise click.BadParameter("not an RSIT type or class; see: warp terms types", param_hint="TYPE")
    click.echo(advice.as_text(code, language, tags))


advisory.add_command(verifying.verify)
COMMANDS: list[click.Command] = [advisory, advice_command]
