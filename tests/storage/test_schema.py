"""The migrations build what `storage/schema.py` describes."""

import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

import storage.migrations
from storage import members, schema, tallies
from storage.database import Database, open_database
from warp.lateness import Delay
from warp.tally import Cell, Tally

DATABASES = {"identity": schema.identity, "reports": schema.reports}


@pytest_asyncio.fixture(params=DATABASES)
async def migrated(request: pytest.FixtureRequest, tmp_path: Path):
    database = await open_database(tmp_path / "site.db", request.param)
    yield database, DATABASES[request.param]
    await database.close()


async def tables(database: Database) -> dict[str, str]:
    async with database.read() as connection:
        return {name: sql for name, sql in await connection.execute(text(_TABLES)) if name != _VERSION}


_VERSION = "alembic_version"
_TABLES = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"


def _as_created(metadata: MetaData) -> dict[str, str]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        found = {name: sql for name, sql in connection.execute(text(_TABLES))}
    engine.dispose()
    return found


def _words(sql: str) -> list[str]:
    """Take a statement apart; the order of its constraints and its quotes do not matter."""
    return sorted(re.split(r"[\s,()]+", sql.replace('"', "").lower()))


async def test_a_migrated_database_has_the_tables_of_the_schema(migrated) -> None:
    database, metadata = migrated

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with database.read() as connection:
        assert await connection.run_sync(compare) == []


async def test_a_migrated_table_is_defined_as_the_schema_defines_it(migrated) -> None:
    database, metadata = migrated
    found, wanted = await tables(database), _as_created(metadata)
    assert set(found) == set(wanted)
    for name, sql in wanted.items():
        assert _words(found[name]) == _words(sql), name


async def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    for _ in range(2):
        database = await open_database(path, "reports")
        seen = await tables(database)
        await database.close()
    assert seen == await _reopened(path)


async def _reopened(path: Path) -> dict[str, str]:
    database = await open_database(path, "reports")
    try:
        return await tables(database)
    finally:
        await database.close()


async def test_members_of_the_first_tables_have_joined_if_they_had_a_credential(tmp_path: Path) -> None:
    path = tmp_path / "identity.db"
    async with migrated_to(path, "identity", "identity_1") as connection:
        for code in (b"one", b"two"):
            await members.invite(connection, code.decode(), "UY", code, "2026-W47")
        await connection.execute(text("UPDATE members SET credential = x'00' WHERE name = 'one'"))
    database = await open_database(path, "identity")
    async with database.read() as connection:
        assert {each.name: each.joined for each in await members.everyone(connection)} == {
            "one": True,
            "two": False,
        }
    await database.close()


UY = Cell(date(2026, 11, 18), "fraud/phishing", "UY")


@contextlib.asynccontextmanager
async def migrated_to(path: Path, name: str, revision: str) -> AsyncIterator[AsyncConnection]:
    """Make a database of an earlier version; gives a connection that fills it."""

    def migrate(connection: Connection) -> None:
        config, scripts = Config(), Path(storage.migrations.__path__[0])
        config.set_main_option("script_location", str(scripts))
        config.set_main_option("version_locations", str(scripts / name))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    database = Database(path)
    async with database.write() as connection:
        await connection.run_sync(migrate)
        yield connection
    await database.close()


async def with_three_reports(path: Path, revision: str) -> None:
    """Make the reports database of an earlier version, with three reports."""
    async with migrated_to(path, "reports", revision) as connection:
        row = {"day": UY.day.isoformat(), "type": UY.type, "place": UY.place, "reports": 3}
        await connection.execute(insert(schema.tally_day), row)


async def test_tallies_of_before_delays_were_counted_stay_and_have_no_delay(tmp_path: Path) -> None:
    await with_three_reports(tmp_path / "reports.db", "reports_3")
    database = await open_database(tmp_path / "reports.db", "reports")
    async with database.read() as connection:
        assert await tallies.cells(connection) == [(UY, 3)]
        assert await tallies.delays(connection, "2024-Q1") == {}
    await database.close()


async def test_tallies_of_before_old_incidents_were_counted_stay_and_none_is_late(tmp_path: Path) -> None:
    await with_three_reports(tmp_path / "reports.db", "reports_4")
    database = await open_database(tmp_path / "reports.db", "reports")
    async with database.write() as connection:
        assert await streamed(tallies.stream_days(connection, UY.day, UY.day)) == [(*UY, 3)]
        assert await streamed(tallies.stream_late(connection, UY.day, UY.day)) == []
        await tallies.add(connection, Tally(reports=Counter({UY: 2}), late=Counter({UY: 1})))
        assert await streamed(tallies.stream_days(connection, UY.day, UY.day)) == [(*UY, 5)]
        assert await streamed(tallies.stream_late(connection, UY.day, UY.day)) == [(*UY, 1)]
    await database.close()


async def streamed(stream: AsyncIterator[tuple[date, str, str, int]]) -> list[tuple[date, str, str, int]]:
    return [row async for row in stream]


async def test_only_delays_of_the_pooled_quarters_are_given(tmp_path: Path) -> None:
    database = await open_database(tmp_path / "reports.db", "reports")
    counted = {("2024-Q4", Delay.ONE): 9, ("2025-Q1", Delay.ONE): 2, ("2026-Q4", Delay.ONE): 3}
    async with database.write() as connection:
        await tallies.add(connection, Tally(delays=Counter(counted)))
        await tallies.add(connection, Tally(delays=Counter({("2026-Q4", Delay.LONGER): 1})))
        assert await tallies.delays(connection, "2025-Q1") == {Delay.ONE: 5, Delay.LONGER: 1}
    await database.close()


@pytest.mark.parametrize("metadata", DATABASES.values(), ids=DATABASES.keys())
def test_every_column_says_what_it_means(metadata: MetaData) -> None:
    for table in metadata.sorted_tables:
        assert [column.name for column in table.columns if not column.comment] == [], table.name


def test_no_column_could_hold_who_or_when() -> None:
    telling = re.compile(
        r"address|agent|\bip\b|time|date|created|seen|session|user|serial|sequence|hour|minute", re.IGNORECASE
    )
    names = [column.name for table in schema.reports.sorted_tables for column in table.columns]
    assert [name for name in names if telling.search(name)] == []


def test_the_two_databases_share_no_column_of_values() -> None:
    """A week is in both, and a place; nothing that is particular to a member or a report."""
    identity = {column.name for table in schema.identity.sorted_tables for column in table.columns}
    reports = {column.name for table in schema.reports.sorted_tables for column in table.columns}
    assert identity & reports == {"week", "place"}


@pytest.mark.parametrize("metadata", DATABASES.values(), ids=DATABASES.keys())
def test_no_table_numbers_its_rows_in_the_order_of_arrival(metadata: MetaData) -> None:
    for table in metadata.sorted_tables:
        if table.name == "pool":
            assert table.c.id.autoincrement is False
        else:
            assert table.dialect_options["sqlite"]["with_rowid"] is False, table.name
