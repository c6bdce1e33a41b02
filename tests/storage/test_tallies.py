"""A stream of tallies gives every row once, in order, and holds few of them."""

import contextlib
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema, tallies
from storage.database import Database, open_database
from warp.tally import Cell, Tally

FIRST = date(2026, 1, 1)
LAST = FIRST + timedelta(29)
PLACES = ("", "419", "AR", "BO", "UY")

Stream = Callable[[AsyncConnection, date, date], AsyncIterator[tuple[date, str, str, int]]]


@pytest_asyncio.fixture
async def reports(tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(tmp_path / "reports.db", "reports")
    yield database
    await database.close()


def _rows(rows: int) -> list[tuple[date, str, str, int]]:
    """Give so many rows (a multiple of 150), sorted as they are stored."""
    return [
        (FIRST + timedelta(day), f"fraud/{number:04}", place, day + number + 1)
        for day in range(30)
        for number in range(rows // 30 // len(PLACES))
        for place in PLACES
    ]


async def _add(database: Database, rows: list[tuple[date, str, str, int]]) -> None:
    """Count the rows twice over: as reports, and one report of each as one of an old incident."""
    counts = {Cell(*key): reports for *key, reports in rows}
    async with database.write() as connection:
        await tallies.add(connection, Tally(reports=Counter(counts), late=Counter(dict.fromkeys(counts, 1))))


@pytest.mark.parametrize("rows", [0, 150, 1_950, 3_000])
async def test_a_stream_gives_every_row_of_its_days_once_and_in_order(reports: Database, rows: int) -> None:
    stored = _rows(rows)
    await _add(reports, stored)
    first, last = FIRST + timedelta(3), LAST - timedelta(5)
    within = [row for row in stored if first <= row[0] <= last]
    async with reports.read() as connection:
        assert [row async for row in tallies.stream_days(connection, FIRST, LAST)] == stored
        assert [row async for row in tallies.stream_days(connection, first, last)] == within
        assert [row async for row in tallies.stream_late(connection, first, last)] == [
            (*key, 1) for *key, _ in within
        ]


@pytest.mark.parametrize("stream", [tallies.stream_days, tallies.stream_late])
async def test_a_stream_holds_few_rows_at_a_time(reports: Database, stream: Stream) -> None:
    await _add(reports, _rows(30_000))
    async with reports.read() as connection:
        assert [row async for row in stream(connection, FIRST, FIRST)]  # what is imported late is so by now
        tracemalloc.start()
        try:
            assert len([None async for _ in stream(connection, FIRST, LAST)]) == 30_000
            _, streamed = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    least = 200  # bytes of a row: three texts and what holds them
    assert streamed < 30_000 * least / 5


async def test_a_stream_that_is_left_early_lets_go_of_the_database(reports: Database) -> None:
    await _add(reports, _rows(3_000))
    async with (
        reports.read() as connection,
        contextlib.aclosing(tallies.stream_days(connection, FIRST, LAST)) as found,
    ):
        assert await anext(found)
    async with reports.write() as connection:
        await connection.execute(schema.tally_day.delete())
    async with reports.read() as connection:
        assert [row async for row in tallies.stream_days(connection, FIRST, LAST)] == []
