"""What is found is stored as events: each with its latest verdict, its steps and its advisory."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest_asyncio
from sqlalchemy import select, text

from storage import schema, signals
from storage.database import Database, open_database
from tests.signals import RISE, THRESHOLD, changed, of_week
from tests.storage.test_schema import migrated_to
from tests.support import WEEK
from warp.life import OVER, PUBLISHED, Kept, Step
from warp.signal import Kind, Level, Signal, State


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(tmp_path / "reports.db", "reports")
    yield opened
    await opened.close()


async def record(database: Database, *found: Signal, weeks: int = 0) -> list[Kept]:
    """Record a week's signals; gives all that are kept."""
    async with database.write() as connection:
        known = {each.id for each in await signals.everything(connection)}
        fresh = (f"id{number}" for number in count() if f"id{number}" not in known)
        await signals.record(connection, found, fresh.__next__, WEEK.plus(weeks))
        return await signals.everything(connection)


async def test_a_signal_is_read_as_it_was_found(database: Database) -> None:
    [kept] = await record(database, RISE)
    assert kept == Kept("id0", RISE, State.NEW, None, (Step(week="2026-W47", state=State.NEW),))
    async with database.read() as connection:
        assert await signals.by_id(connection, "id0") == kept
        assert await signals.by_id(connection, "id1") is None


async def test_columns_say_what_the_verdict_says(database: Database) -> None:
    await record(database, changed(THRESHOLD, place="001"))
    async with database.read() as connection:
        row = (await connection.execute(select(schema.signals))).one()
    assert (row.week, row.type, row.place) == ("2026-W47", "fraud/phishing", "001")
    assert (row.kind, row.state, row.advisory) == ("threshold", "new", None)


async def test_a_signal_that_goes_on_keeps_its_id_state_steps_and_advisory(database: Database) -> None:
    [first] = await record(database, RISE)
    watched = first.stepped(Step(week="2026-W47", state=State.WATCHED, by="ana"))._replace(advisory="x")
    async with database.write() as connection:
        await signals.save(connection, watched)
    later = of_week(2, place="UY", observed=20)
    assert await record(database, later, weeks=2) == [watched._replace(signal=later)]


async def test_a_quiet_week_ends_what_is_over(database: Database) -> None:
    await record(database, RISE)
    [over] = await record(database, weeks=5)
    assert (over.state, over.steps[-1].reason, over.signal) == (State.CLOSED, OVER, RISE)
    assert len(await record(database, of_week(5), weeks=5)) == 2


async def test_signals_come_latest_first_and_those_of_a_week_alone(database: Database) -> None:
    await record(database, RISE, changed(type="fraud"))
    found = await record(database, of_week(1), weeks=1)
    assert [(each.signal.week, each.signal.type) for each in found] == [
        ("2026-W48", "fraud/phishing"),
        ("2026-W47", "fraud"),
    ]
    async with database.read() as connection:
        assert await signals.everything(connection, "2026-W47") == found[1:]


async def test_all_signals_of_an_advisory_are_found(database: Database) -> None:
    [one, two] = await record(database, RISE, THRESHOLD)
    async with database.write() as connection:
        for each in (one, two):
            await signals.save(connection, each._replace(advisory="x"))
        assert {each.id for each in await signals.of_advisory(connection, "x")} == {one.id, two.id}
        assert await signals.of_advisory(connection, "y") == []


_OLD = """INSERT INTO signals VALUES
('a', '2026-W46', 'fraud/phishing', 'UY', 5, 1.429, 4.356, 3.66, 0.000126, 'ears-c2', 2, 7, 'One.',
'drafted'),
('b', '2026-W46', 'fraud/phishing', '', 5, 1.429, 4.356, 3.66, 0.000126, 'ears-c2', 2, 7, 'Two.',
'published'),
('c', '2026-W47', 'fraud', '', 6, 0.5, 5.0, NULL, NULL, 'threshold', 3, 4, 'Three.', 'untouched'),
('d', '2026-W47', '', '419', 6, 0.5, 5.0, NULL, NULL, 'threshold', 3, 4, 'Four.', NULL)"""
_ADVISORIES = """INSERT INTO advisories VALUES
('drafted', 1, '{"status": "draft", "author": "", "approver": ""}'),
('drafted', 2, '{"status": "draft", "author": "ana", "approver": ""}'),
('published', 3, '{"status": "published", "author": "ana", "approver": "luis"}'),
('untouched', 1, '{"status": "draft", "author": "", "approver": ""}')"""


async def test_signals_of_before_they_had_a_life_are_taken_over(tmp_path: Path) -> None:
    async with migrated_to(tmp_path / "reports.db", "reports", "reports_5") as connection:
        await connection.execute(text(_OLD))
        await connection.execute(text(_ADVISORIES))
    database = await open_database(tmp_path / "reports.db", "reports")
    async with database.read() as connection:
        kept = {each.id: each for each in await signals.everything(connection)}
    await database.close()
    assert {name: each.state for name, each in kept.items()} == {
        "a": State.DRAFTED,
        "b": State.CLOSED,
        "c": State.NEW,
        "d": State.NEW,
    }
    assert kept["a"].steps[1:] == (Step(week="2026-W46", state=State.DRAFTED, by="ana"),)
    assert kept["b"].steps[1:] == (Step(week="2026-W46", state=State.CLOSED, by="luis", reason=PUBLISHED),)
    verdict = kept["a"].signal
    assert (verdict.kind, verdict.level, verdict.observed, verdict.bound) == (Kind.RISE, Level.CELL, 5, 4.356)
    assert (verdict.day.isoformat(), verdict.why, verdict.method) == ("2026-11-15", "One.", "ears-c2")
    places = {name: (each.signal.kind, each.signal.place, each.signal.level) for name, each in kept.items()}
    assert places["b"] == (Kind.RISE, "", Level.CELL), "an unknown place stays unknown"
    assert places["c"] == (Kind.THRESHOLD, "001", Level.TYPE), "a rule without a place was one for everywhere"
    assert places["d"] == (Kind.THRESHOLD, "419", Level.AREA)
