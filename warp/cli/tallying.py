"""
The command for exact counts: cross tables by time of release or of occurrence, for coordinators only.

It chooses, counts and writes. Nothing protects what it shows but the data folder; figures have a command, a
table and a source of their own (`warp figures`).
"""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

import click
import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import pool, tallies
from warp import crosstab, lateness, places, taxonomy
from warp.cli.crosstables import Found, write_csv, write_heat, write_whole
from warp.cli.options import asynchronous, data_option, json_option
from warp.crosstab import Choice, Rows
from warp.lateness import Lateness
from warp.places import Kind
from warp.site import open_site
from warp.weeks import Period, Span

ARRIVAL, OCCURRENCE = "arrival", "occurrence"
_DEFAULTS = {ARRIVAL: (Rows.TYPE, Span.WEEK), OCCURRENCE: (Rows.CLASS, Span.MONTH)}
_OF_OCCURRENCE = (Rows.CLASS, Rows.SUB_REGION, Rows.REGION)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Moment(NamedTuple):
    """A day, or a week, month or quarter of whole weeks, that a user wrote."""

    first: date
    last: date
    first_month: str
    """YYYY-MM; of a day its calendar month."""
    last_month: str


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a user asked for."""

    choice: Choice
    rows: Rows
    columns: Span
    since: _Moment | None
    until: _Moment | None
    members: bool


def _moment(_: click.Context, parameter: click.Parameter, text: str | None) -> _Moment | None:
    try:
        return None if text is None else _read_moment(text)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            "write a day, week, month or quarter: 2026-11-18, 2026-W47, 2026-11, 2026-Q4",
            param_hint=parameter.opts[0],
        ) from None


def _read_moment(text: str) -> _Moment:
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return _Moment(day, day, text[:7], text[:7])
    _, first, last = Period.parse(text)
    return _Moment(first.monday, last.sunday, first.month, last.month)


@click.command()
@data_option
@click.option(
    "--by",
    "clock",
    type=click.Choice([ARRIVAL, OCCURRENCE]),
    default=ARRIVAL,
    show_default=True,
    help="Count by the day of release, or by the month in which the incidents happened.",
)
@click.option(
    "--from", "since", metavar="WHEN", callback=_moment, help="From this day, week, month or quarter on."
)
@click.option(
    "--to", "until", metavar="WHEN", callback=_moment, help="Up to this day, week, month or quarter."
)
@click.option("--type", "of_type", default="", help="Only of this type or class, such as fraud/phishing.")
@click.option("--place", default="", help="Only in this country or M49 area, with all that lies in it.")
@click.option(
    "--rows",
    type=click.Choice([each.value for each in Rows]),
    help="What a row is; type unless given, by occurrence class.",
)
@click.option(
    "--columns",
    type=click.Choice([each.value for each in Span]),
    help="What a column is; week unless given.",
)
@click.option("--members", is_flag=True, help="Show how many distinct members surely reported.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Write the whole table as CSV.")
@asynchronous
async def tally(
    data: Path,
    clock: str,
    since: _Moment | None,
    until: _Moment | None,
    of_type: str,
    place: str,
    rows: str | None,
    columns: str | None,
    *,
    members: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """
    Show the exact counts as a table with totals. For coordinators only: never publish them.

    By occurrence, months are marked of which less than nine tenths of the reports have probably arrived.

    \b
    Examples:
      warp tally --data site
      warp tally --data site --rows place --columns month --type fraud --from 2026-01
      warp tally --data site --by occurrence --place 419 --csv
    """
    if as_json and as_csv:
        raise click.UsageError("choose --json or --csv")
    if since and until and since.first > until.last:
        raise click.BadParameter("lies after --to", param_hint="--from")
    choice = _choice(of_type, place.upper())
    if clock == OCCURRENCE:
        _check_occurrence(choice, rows, columns, members=members)
    default_rows, default_columns = _DEFAULTS[clock]
    asked = _Asked(
        choice=choice,
        rows=Rows(rows or default_rows),
        columns=Span(columns or default_columns),
        since=since,
        until=until,
        members=members,
    )
    async with open_site(data) as site, site.hub.reports.read() as connection:
        find = _by_arrival if clock == ARRIVAL else _by_occurrence
        found = await find(connection, asked)
    write = write_whole if as_json else write_csv if as_csv else write_heat
    write(found)


def _choice(of_type: str, place: str) -> Choice:
    if of_type and not taxonomy.is_term(of_type):
        raise click.BadParameter("not an RSIT type or class", param_hint="--type")
    if place and not places.is_place(place):
        raise click.BadParameter("not an ISO 3166-1 or M49 code", param_hint="--place")
    return Choice(type=of_type, place=place)


def _check_occurrence(choice: Choice, rows: str | None, columns: str | None, *, members: bool) -> None:
    """Refuse what is not kept by month of occurrence."""
    of_class = taxonomy.class_of(choice.type)
    if choice.type != of_class:
        raise click.BadParameter(f"by occurrence only classes are kept: {of_class}", param_hint="--type")
    area = places.AREAS.get(choice.place)
    if choice.place and (area is None or area.kind is Kind.INTERMEDIATE):
        wider = places.sub_region(choice.place)
        raise click.BadParameter(f"by occurrence only sub-regions are kept: {wider}", param_hint="--place")
    if rows not in (None, *_OF_OCCURRENCE):
        kept = ", ".join(_OF_OCCURRENCE)
        raise click.BadParameter(f"by occurrence only these are kept: {kept}", param_hint="--rows")
    if columns not in (None, Span.MONTH):
        raise click.BadParameter("by occurrence only months are kept", param_hint="--columns")
    if members:
        raise click.BadParameter("by occurrence no member is counted", param_hint="--members")


async def _counted_to(connection: AsyncConnection) -> date:
    """Give the last day whose reports are all counted, or today's if some were released already."""
    last = await tallies.last_day(connection)
    finished = (await pool.waiting(connection)).day
    return max(finished, last or finished)


async def _by_arrival(connection: AsyncConnection, asked: _Asked) -> Found:
    counted_to = await _counted_to(connection)
    first, last = await tallies.first_day(connection) or counted_to, counted_to
    if asked.since:
        first = max(first, asked.since.first)
    if asked.until:
        last = min(last, asked.until.last)
    stored = await tallies.cells(connection, first, last)
    cells = [(cell, n) for cell, n in stored if asked.choice.holds(cell.type, cell.place)]
    of_row, of_all = None, 0
    if asked.members:
        tokens = await tallies.first_tokens(connection, first, last)
        of_row, of_all = crosstab.members_behind(cells, asked.rows, tokens)
    return Found(
        title=f"{_what(asked.choice)} by {asked.rows} and {asked.columns} of release, {first} to {last}.",
        rows=asked.rows,
        columns=asked.columns,
        table=crosstab.by_arrival(cells, asked.rows, asked.columns, first, last),
        cells=({"day": c.day, "type": c.type, "place": c.place, "reports": n} for c, n in cells),
        counted_to=counted_to,
        members=of_row,
        all_members=of_all,
    )


async def _by_occurrence(connection: AsyncConnection, asked: _Asked) -> Found:
    counted_to = await _counted_to(connection)
    last = f"{counted_to:%Y-%m}"
    stored = await tallies.occurrences(connection)
    if asked.since or asked.until:
        first = asked.since.first_month if asked.since else "0001-01"
        last = min(last, asked.until.last_month) if asked.until else last
        # Reports that state no month stay: they may be of any, and stand in a column of their own.
        stored = [(each, n) for each, n in stored if not each.month or first <= each.month <= last]
    counts = [(each, n) for each, n in stored if asked.choice.holds(each.of_class, each.sub_region)]
    delays = await tallies.delays(connection, lateness.first_quarter(counted_to))
    return Found(
        title=f"{_what(asked.choice)} by {asked.rows} and month of occurrence, counted to {counted_to}.",
        rows=asked.rows,
        columns=asked.columns,
        table=crosstab.by_occurrence(counts, asked.rows, last),
        cells=(
            {"month": o.month, "class": o.of_class, "sub_region": o.sub_region, "reports": n}
            for o, n in counts
        ),
        counted_to=counted_to,
        delays=Lateness(delays, counted_to),
    )


def _what(choice: Choice) -> str:
    """Give the first words of a title."""
    of = f" of {taxonomy.type_name(choice.type, 'en')}" if choice.type else ""
    place = f" in {places.place_name(choice.place, 'en')}" if choice.place else ""
    return f"Reports{of}{place}"


COMMANDS: list[click.Command] = [tally]
