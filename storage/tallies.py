"""Exact tallies: adds what a release counted, and gives it back to coordinators, detection and disclosure."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from warp.lateness import Delay
from warp.tally import Cell, FirstTokens, Occurrence, Tally, WeekCounts
from warp.weeks import Period, Week

ROWS_AT_ONCE = 1000
"""Rows of a stream that are in memory together."""


async def add(connection: AsyncConnection, tally: Tally) -> None:
    """Add a tally to what is stored, in key order, whatever order it was counted in."""
    await _increase(
        connection,
        schema.tally_day,
        [(cell.day.isoformat(), cell.type, cell.place, n) for cell, n in tally.reports.items()],
    )
    await _increase(
        connection,
        schema.tally_similar,
        [(c.day.isoformat(), c.type, c.place, str(band), n) for (c, band), n in tally.similar.items()],
    )
    for table, tokens in (
        (schema.tally_first, tally.first_tokens),
        (schema.tally_late_first, tally.late_first),
    ):
        rows = [(c.day.isoformat(), c.type, c.place, str(w), n) for (c, w), n in tokens.items()]
        await _increase(connection, table, rows)
    await _increase(
        connection,
        schema.tally_late,
        [(cell.day.isoformat(), cell.type, cell.place, n) for cell, n in tally.late.items()],
    )
    for table, counts in (
        (schema.tally_sector, tally.sectors),
        (schema.tally_severity, tally.severities),
        (schema.tally_tag, tally.tags),
        (schema.tally_occurrence, tally.occurrences),
        (schema.tally_delay, tally.delays),
    ):
        await _increase(connection, table, [(*key, n) for key, n in counts.items()])


async def _increase(connection: AsyncConnection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows, or add to their last column, which holds the count."""
    names = [column.name for column in table.columns]
    *keys, count = names
    statement = upsert(table)
    statement = statement.on_conflict_do_update(
        index_elements=keys, set_={count: table.c[count] + statement.excluded[count]}
    )
    values = [dict(zip(names, row, strict=True)) for row in sorted(rows)]
    if values:
        await connection.execute(statement, values)


async def cells(
    connection: AsyncConnection,
    first: date | None = None,
    last: date | None = None,
    condition: Mapping[str, str] | None = None,
) -> list[tuple[Cell, int]]:
    """
    Give (cell, reports), sorted by day, type and place.

    Args:
        connection: Where.
        first: Earliest day, inclusive.
        last: Latest day, inclusive.
        condition: Columns (`type`, `place`) that must have a value.
    """
    table = schema.tally_day
    statement = select(table).where(*_between(table, first, last)).order_by("day", "type", "place")
    for column, value in (condition or {}).items():
        statement = statement.where(table.c[column] == value)
    return [
        (Cell(date.fromisoformat(row.day), row.type, row.place), row.reports)
        for row in await connection.execute(statement)
    ]


def stream_days(
    connection: AsyncConnection, first: date, last: date
) -> AsyncIterator[tuple[date, str, str, int]]:
    """
    Give (day, type, place, reports), sorted, over the days from first to last inclusive.

    At no time are all rows in memory: ten years of a large community are a million of them.
    """
    return _stream(connection, schema.tally_day, first, last)


def stream_late(
    connection: AsyncConnection, first: date, last: date
) -> AsyncIterator[tuple[date, str, str, int]]:
    """Give (day, type, place, reports of old incidents) as `stream_days` does; a cell without is absent."""
    return _stream(connection, schema.tally_late, first, last)


async def _stream(
    connection: AsyncConnection, table: Table, first: date, last: date
) -> AsyncIterator[tuple[date, str, str, int]]:
    statement = select(table).where(*_between(table, first, last)).order_by("day", "type", "place")
    async with connection.stream(statement) as found:
        async for rows in found.partitions(ROWS_AT_ONCE):
            for day, of_type, place, reports in rows:
                yield date.fromisoformat(day), of_type, place, reports


async def first_tokens(
    connection: AsyncConnection, first: date, last: date, *, late: bool = False
) -> dict[tuple[str, str], dict[Week, int]]:
    """
    Give first tokens per (type, place) and token week, over the days from first to last inclusive.

    Args:
        connection: Where.
        first: Earliest day.
        last: Latest day.
        late: Only those of reports of old incidents.
    """
    table = schema.tally_late_first if late else schema.tally_first
    total = func.sum(table.c.first_tokens)
    statement = select(table.c.type, table.c.place, table.c.token_week, total).where(
        *_between(table, first, last)
    )
    statement = statement.group_by(table.c.type, table.c.place, table.c.token_week)
    found: dict[tuple[str, str], dict[Week, int]] = {}
    for of_type, place, week, tokens in await connection.execute(statement):
        found.setdefault((of_type, place), {})[Week.parse(week)] = tokens
    return found


async def weekly_first_tokens(
    connection: AsyncConnection, weeks: Sequence[Week], last: date, *, late: bool = False
) -> list[FirstTokens]:
    """
    Give first tokens per (type, place) and token week of each of some weeks of release.

    Args:
        connection: Where.
        weeks: Consecutive.
        last: The last day that counts.
        late: Only those of reports of old incidents.
    """
    table = schema.tally_late_first if late else schema.tally_first
    first = weeks[0].monday
    found: list[dict[tuple[str, str], Counter[Week]]] = [{} for _ in weeks]
    rows = await connection.execute(select(table).where(*_between(table, first, last)))
    for day, of_type, place, token_week, tokens in rows:
        week = (date.fromisoformat(day) - first).days // 7
        found[week].setdefault((of_type, place), Counter())[Week.parse(token_week)] += tokens
    return [{cell: dict(tokens) for cell, tokens in of_week.items()} for of_week in found]


async def weekly(connection: AsyncConnection, period: Period) -> dict[Week, WeekCounts]:
    """Give the exact tally of each week of a period, as disclosure takes it."""
    reports: dict[Week, dict[tuple[str, str], int]] = {week: {} for week in period.weeks}
    first, last = period.first.monday, period.last.sunday
    for cell, count in await cells(connection, first, last):
        of_week = reports[Week.of(cell.day)]
        of_week[cell.type, cell.place] = of_week.get((cell.type, cell.place), 0) + count
    return {
        week: WeekCounts(counts, await first_tokens(connection, week.monday, week.sunday))
        for week, counts in reports.items()
    }


async def first_day(connection: AsyncConnection) -> date | None:
    """Give the earliest day with a report."""
    day = (await connection.execute(select(func.min(schema.tally_day.c.day)))).scalar()
    return None if day is None else date.fromisoformat(day)


async def last_day(connection: AsyncConnection) -> date | None:
    """Give the latest day with a report."""
    day = (await connection.execute(select(func.max(schema.tally_day.c.day)))).scalar()
    return None if day is None else date.fromisoformat(day)


async def occurrences(connection: AsyncConnection) -> list[tuple[Occurrence, int]]:
    """Give (occurrence, reports), sorted by month, class and sub-region."""
    table = schema.tally_occurrence
    statement = select(table).order_by("month", "class", "sub_region")
    return [(Occurrence(*key), reports) for *key, reports in await connection.execute(statement)]


async def delays(connection: AsyncConnection, first_quarter: str) -> dict[Delay, int]:
    """Give the delays of the reports released in a quarter or later."""
    table = schema.tally_delay
    statement = select(table.c.delay, func.sum(table.c.reports)).where(table.c.quarter >= first_quarter)
    found = await connection.execute(statement.group_by(table.c.delay))
    return {Delay(delay): reports for delay, reports in found}


def _between(table: Table, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if first is not None:
        conditions.append(table.c.day >= first.isoformat())
    if last is not None:
        conditions.append(table.c.day <= last.isoformat())
    return conditions
