"""The accepted list: nothing in it, nor its length, tells a mark from a filler."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from storage import accepted, schema
from storage.database import Database, open_database
from tests.support import rows, seeded

WEEK = "2026-W47"


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(tmp_path / "reports.db", "reports")
    yield opened
    await opened.close()


async def grow(database: Database, *marks: bytes, week: str = WEEK) -> list[bytes]:
    async with database.write() as connection:
        await accepted.wait(connection, marks)
        await accepted.grow(connection, week, os.urandom)
        return await accepted.marks(connection, week)


def some(number: int, seed: int = 1) -> list[bytes]:
    random = seeded(seed)
    return [random.randbytes(32) for _ in range(number)]


@pytest.mark.parametrize(
    ("number", "length"), [(0, 64), (1, 64), (63, 64), (64, 64), (65, 128), (128, 128), (200, 256)]
)
async def test_a_list_grows_by_a_multiple_of_64_and_always_grows(
    database: Database, number: int, length: int
) -> None:
    marks = some(number)
    found = await grow(database, *marks)
    assert len(found) == length
    assert set(marks) <= set(found)


async def test_the_list_is_sorted_and_only_ever_gains(database: Database) -> None:
    one = await grow(database, *some(5))
    two = await grow(database, *some(3, seed=2))
    assert set(one) < set(two)
    assert two == sorted(two)
    assert {len(mark) for mark in two} == {32}
    assert len(two) == 128


async def test_marks_wait_until_midnight_and_then_wait_no_more(database: Database) -> None:
    await grow(database, *some(5))
    assert (await rows(database, schema.reports))["accepted_waiting"] == []


async def test_a_receipt_used_twice_leaves_the_length_a_multiple_of_64(database: Database) -> None:
    marks = some(3)
    await grow(database, *marks)
    assert len(await grow(database, *marks)) == 128
    assert len(await grow(database, marks[0], *some(64, seed=3))) == 192


async def test_each_week_has_its_own_list(database: Database) -> None:
    one = await grow(database, *some(2))
    other = await grow(database, *some(2), week="2026-W48")
    assert set(one) & set(other) == set(some(2))


async def test_nothing_stored_tells_a_mark_from_a_filler(database: Database) -> None:
    await grow(database, *some(10))
    stored = (await rows(database, schema.reports))["accepted"]
    assert {week for week, _ in stored} == {WEEK}
    assert all(len(row) == 2 for row in stored)
