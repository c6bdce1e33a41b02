"""Weekly counts for detection are what the daily tallies add up to."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from struct import iter_unpack

import pytest
import pytest_asyncio

from storage import counted, tallies
from storage.database import Database, open_database
from warp.tally import Cell, Tally
from warp.weeks import Week

FIRST = date(2026, 3, 4)
PLACES = ("", "419", "AR", "UY")


@pytest_asyncio.fixture
async def reports(tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(tmp_path / "reports.db", "reports")
    yield database
    await database.close()


def _random(seed: int) -> tuple[dict[Cell, int], dict[Cell, int]]:
    random = Random(seed)
    arrived = {
        Cell(FIRST + timedelta(day), f"fraud/{kind}", place): random.randint(1, 9)
        for day in [0, *random.sample(range(1, 60), 25), 60]
        for kind in ("phishing", "masquerade")
        for place in random.sample(PLACES, 2)
    }
    return arrived, {cell: random.randint(1, n) for cell, n in arrived.items() if random.random() < 0.3}


@pytest.mark.parametrize("seed", range(5))
async def test_weeks_days_and_weekdays_add_up(reports: Database, seed: int) -> None:
    arrived, late = _random(seed)
    async with reports.write() as connection:
        await tallies.add(connection, Tally(reports=Counter(arrived), late=Counter(late)))
    day = FIRST + timedelta(60)
    async with reports.read() as connection:
        found = await counted.weekly(connection, day, 500)
    assert found.weeks == tuple(Week.of(FIRST).plus(i) for i in range(len(found.weeks)))
    assert found.weeks[-1] == Week.of(day)
    assert found.day == day
    for packed, expected in ((found.cells, arrived), (found.late, late)):
        weekly: Counter[tuple[str, str, Week]] = Counter()
        for cell, count in expected.items():
            weekly[cell.type, cell.place, Week.of(cell.day)] += count
        assert weekly == {
            (*cell, found.weeks[week]): count
            for cell, series in packed.items()
            for week, count in iter_unpack("<II", series)
        }
    today = {(c.type, c.place): n - late.get(c, 0) for c, n in arrived.items() if c.day == day}
    assert found.today == {cell: count for cell, count in today.items() if count}
    before = {cell: n for cell, n in arrived.items() if Week.of(cell.day) < Week.of(day)}
    assert found.weekdays == tuple(
        sum(n for cell, n in before.items() if cell.day.weekday() == weekday) for weekday in range(7)
    )


async def test_neither_earlier_weeks_nor_later_days_than_were_asked_for_count(
    reports: Database,
) -> None:
    arrived, late = _random(9)
    async with reports.write() as connection:
        await tallies.add(connection, Tally(reports=Counter(arrived), late=Counter(late)))
    day = FIRST + timedelta(40)
    async with reports.read() as connection:
        found = await counted.weekly(connection, day, 2)
    assert found.weeks == (Week.of(day).plus(-2), Week.of(day).plus(-1), Week.of(day))
    counted_days = [n for c, n in arrived.items() if found.weeks[0] <= Week.of(c.day) and c.day <= day]
    assert sum(n for series in found.cells.values() for _, n in iter_unpack("<II", series)) == sum(
        counted_days
    )


async def test_a_site_without_reports_has_one_empty_week(reports: Database) -> None:
    async with reports.read() as connection:
        found = await counted.weekly(connection, FIRST, 500)
    assert (found.weeks, found.cells, found.late, found.today) == ((Week.of(FIRST),), {}, {}, {})


async def test_first_tokens_of_the_last_day_are_not_those_of_its_week(reports: Database) -> None:
    first = {
        (Cell(FIRST + timedelta(day), "fraud/phishing", "UY"), Week.of(FIRST).plus(-day)): 3 - day
        for day in (0, 1)
    }
    async with reports.write() as connection:
        await tallies.add(connection, Tally(first_tokens=Counter(first)))
    async with reports.read() as connection:
        found = await counted.weekly(connection, FIRST + timedelta(1), 500)
    assert found.first_today == {("fraud/phishing", "UY"): {Week.of(FIRST).plus(-1): 2}}


async def test_first_tokens_of_each_week_are_those_of_its_days(reports: Database) -> None:
    arrived, late = _random(3)
    first = Counter({(cell, Week.of(cell.day).plus(-n % 2)): n for cell, n in arrived.items()})
    of_late = Counter({(cell, Week.of(cell.day)): n for cell, n in late.items()})
    async with reports.write() as connection:
        await tallies.add(connection, Tally(first_tokens=first, late_first=of_late))
    last = FIRST + timedelta(45)
    weeks = [Week.of(last).plus(-back) for back in (3, 2, 1, 0)]
    async with reports.read() as connection:
        for among_late in (False, True):
            found = await tallies.weekly_first_tokens(connection, weeks, last, late=among_late)
            assert found == [
                await tallies.first_tokens(connection, week.monday, min(week.sunday, last), late=among_late)
                for week in weeks
            ]
            assert any(found)
