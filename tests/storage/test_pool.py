"""The pool and the marks of spent tokens."""

from collections.abc import AsyncIterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import pool, schema
from storage.database import Database, open_database
from storage.pool import Arrival

DAY = date(2026, 11, 17)


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(tmp_path / "reports.db", "reports")
    async with opened.write() as connection:
        await pool.begin(connection, DAY)
    yield opened
    await opened.close()


def arrival(envelope: bytes, token: bytes, week: str = "2026-W47") -> Arrival:
    return pool.arrival(envelope, token, week)


async def accept(database: Database, *arrivals: Arrival, ids: count | None = None) -> list[bool]:
    async with database.write() as connection:
        start = await pool.size(connection)
        return await pool.accept(connection, arrivals, (ids or count(start + 1)).__next__)


async def held(database: Database) -> list[bytes]:
    async with database.read() as connection:
        return sorted((await connection.execute(select(schema.pool.c.envelope))).scalars())


def test_what_is_stored_of_a_token_is_a_hash_that_depends_on_all_of_it() -> None:
    one, other = arrival(b"envelope", b"token"), arrival(b"envelope", b"token2")
    assert len({one.mark, other.mark, one.fingerprint, other.fingerprint}) == 4
    assert {len(value) for value in (one.mark, one.fingerprint)} == {32}
    assert b"token" not in one.mark + one.fingerprint
    assert arrival(b"envelope2", b"token").mark == one.mark
    assert arrival(b"envelope2", b"token").fingerprint != one.fingerprint


async def test_new_tokens_are_accepted(database: Database) -> None:
    assert await accept(database, arrival(b"a", b"1"), arrival(b"b", b"2")) == [True, True]
    assert await held(database) == [b"a", b"b"]


async def test_the_same_arrival_again_is_accepted_and_stored_once(database: Database) -> None:
    assert await accept(database, arrival(b"a", b"1")) == [True]
    assert await accept(database, arrival(b"a", b"1"), arrival(b"a", b"1")) == [True, True]
    assert await held(database) == [b"a"]


async def test_twins_in_one_batch_are_accepted_and_stored_once(database: Database) -> None:
    assert await accept(database, arrival(b"a", b"1"), arrival(b"a", b"1")) == [True, True]
    assert await held(database) == [b"a"]


async def test_of_two_envelopes_with_one_token_the_first_is_accepted(database: Database) -> None:
    outcome = await accept(database, arrival(b"a", b"1"), arrival(b"b", b"1"), arrival(b"a", b"1"))
    assert outcome == [True, False, True]
    assert await accept(database, arrival(b"c", b"1")) == [False]
    assert await held(database) == [b"a"]


async def test_a_spent_token_stays_spent_after_the_pool_is_emptied(database: Database) -> None:
    await accept(database, arrival(b"a", b"1"))
    async with database.write() as connection:
        await pool.remove(connection, await pool.ids(connection))
    assert await accept(database, arrival(b"a", b"1"), arrival(b"b", b"1")) == [True, False]
    assert await held(database) == []


async def test_the_marks_of_a_week_are_forgotten_and_no_others(database: Database) -> None:
    await accept(database, arrival(b"a", b"1", "2026-W47"), arrival(b"b", b"2", "2026-W48"))
    async with database.write() as connection:
        await pool.forget_spent(connection, "2026-W48")
    assert await accept(database, arrival(b"c", b"1", "2026-W47")) == [True]
    assert await accept(database, arrival(b"d", b"2", "2026-W48")) == [False]


async def test_an_empty_batch_is_nothing(database: Database) -> None:
    assert await accept(database) == []


@settings(max_examples=40, deadline=None)
@given(
    batches=st.lists(
        st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("123")), max_size=8), max_size=5
    )
)
async def test_whatever_comes_in_whatever_batches_each_token_is_spent_for_its_first_envelope(
    tmp_path_factory,
    batches: list[list[tuple[str, str]]],
) -> None:
    database = await open_database(tmp_path_factory.mktemp("pool") / "reports.db", "reports")
    first: dict[str, str] = {}
    for batch in batches:
        expected = []
        for envelope, token in batch:
            first.setdefault(token, envelope)
            expected.append(first[token] == envelope)
        assert await accept(database, *(arrival(e.encode(), t.encode()) for e, t in batch)) == expected
    assert await held(database) == sorted(envelope.encode() for envelope in first.values())
    await database.close()


async def test_envelopes_come_back_in_the_order_asked_for(database: Database) -> None:
    await accept(database, *(arrival(b"%d" % n, b"t%d" % n) for n in range(10)), ids=count(100))
    order = [100 + n for n in (3, 9, 0, 7, 1, 8, 2, 6, 4, 5)]
    async with database.read() as connection:
        found = [envelope async for envelope in pool.envelopes(connection, order, chunk=3)]
    assert found == [b"%d" % (n - 100) for n in order]


async def test_a_midnight_counts_only_while_something_waits(database: Database) -> None:
    async def pass_midnight(day: int) -> pool.Waiting:
        async with database.write() as connection:
            await pool.pass_midnight(connection, date(2026, 11, day))
        async with database.read() as connection:
            return await pool.waiting(connection)

    assert await pass_midnight(18) == (0, date(2026, 11, 18))
    await accept(database, arrival(b"a", b"1"))
    assert await pass_midnight(19) == (1, date(2026, 11, 19))
    assert await pass_midnight(20) == (2, date(2026, 11, 20))
    async with database.write() as connection:
        await pool.remove(connection, await pool.ids(connection))
    assert await pass_midnight(21) == (0, date(2026, 11, 21))
