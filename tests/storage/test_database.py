"""A database keeps what it was told to keep, and forgets what it was told to forget."""

import asyncio
import os
import secrets
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator, Iterable
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage import pool, rewriting, schema
from storage.database import Database, open_database
from tests.support import seeded


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(tmp_path / "reports.db", "reports")
    yield opened
    await opened.close()


def files(path: Path) -> list[Path]:
    return [file for file in path.parent.iterdir() if file.name.startswith(path.name)]


def remains(path: Path, values: Iterable[bytes]) -> int:
    """Count the values that can be read in the database's files; a page may hold a part of a large one."""
    content = b"".join(file.read_bytes() for file in files(path))
    return sum(value[-64:] in content or value[:64] in content for value in values)


async def fill(database: Database, number: int) -> list[pool.Arrival]:
    arrivals = [
        pool.Arrival(os.urandom(16_384), os.urandom(32), os.urandom(32), "2026-W47") for _ in range(number)
    ]
    for arrival in arrivals:
        async with database.write() as connection:
            await pool.accept(connection, [arrival], lambda: secrets.randbits(63))
    return arrivals


def secret_bytes(arrivals: Iterable[pool.Arrival]) -> list[bytes]:
    return [value for each in arrivals for value in (each.envelope, each.mark, each.fingerprint)]


@pytest.mark.parametrize("in_memory", [True, False])
async def test_what_was_deleted_is_in_no_file_after_a_rewrite(
    database: Database,
    in_memory: bool,  # noqa: FBT001
) -> None:
    arrivals = await fill(database, 40)
    assert remains(database.path, secret_bytes(arrivals)) == 120
    async with database.write() as connection:
        await pool.remove(connection, await pool.ids(connection))
        await pool.forget_spent(connection, "2026-W48")
    await asyncio.to_thread(rewriting.rewrite, database.path, in_memory=in_memory)
    assert remains(database.path, secret_bytes(arrivals)) == 0


async def test_what_was_not_deleted_survives_a_rewrite(database: Database) -> None:
    arrivals = await fill(database, 12)
    async with database.write() as connection:
        gone = [each.mark for each in arrivals[:6]]
        await connection.execute(delete(schema.spent).where(schema.spent.c.mark.in_(gone)))
    await asyncio.to_thread(rewriting.rewrite, database.path, in_memory=True)
    assert remains(database.path, gone) == 0
    async with database.read() as connection:
        kept = set((await connection.execute(select(schema.spent.c.mark))).scalars())
        assert await pool.size(connection) == 12
    assert kept == {each.mark for each in arrivals[6:]}


async def test_a_deleted_row_is_overwritten_in_the_database_at_once(tmp_path: Path) -> None:
    database = await open_database(tmp_path / "reports.db", "reports")
    arrivals = await fill(database, 10)
    async with database.write() as connection:
        await pool.remove(connection, await pool.ids(connection))
        await pool.forget_spent(connection, "2026-W48")
    await database.close()
    assert remains(database.path, secret_bytes(arrivals)) == 0


async def test_a_rewritten_file_tells_neither_the_order_nor_the_number_of_arrivals(tmp_path: Path) -> None:
    random = seeded(1)
    rows = [
        (random.getrandbits(63), pool.Arrival(*(random.randbytes(n) for n in (16_384, 32, 32)), "2026-W47"))
        for _ in range(20)
    ]
    written = []
    for name, order, batch in (("one", rows, 1), ("two", rows[::-1], 7), ("three", sorted(rows), 20)):
        database = await open_database(tmp_path / name, "reports")
        for start in range(0, len(order), batch):
            ids = [identifier for identifier, _ in order[start : start + batch]]
            async with database.write() as connection:
                arrivals = [arrival for _, arrival in order[start : start + batch]]
                await pool.accept(connection, arrivals, iter(ids).__next__)
        await asyncio.to_thread(rewriting.rewrite, database.path, in_memory=True)
        await database.close()
        written.append(database.path.read_bytes())
    assert written[0] == written[1] == written[2]


async def test_a_rewritten_files_header_is_the_same_after_one_report_and_after_many(tmp_path: Path) -> None:
    """Also when several connections were at work: its change counter would count what they did in turn."""
    headers = []
    for number in (1, 30):
        database = await open_database(tmp_path / f"{number}.db", "reports")
        async with database.read() as one, database.read() as other:
            await pool.size(one)
            await pool.size(other)
            await fill(database, 1)
        arrivals = await fill(database, number)
        async with database.write() as connection:
            await pool.remove(connection, await pool.ids(connection))
        await asyncio.to_thread(rewriting.rewrite, database.path, in_memory=True)
        await database.close()
        assert remains(database.path, [each.mark for each in arrivals]) == number
        headers.append(database.path.read_bytes()[:28] + database.path.read_bytes()[32:100])
    assert headers[0] == headers[1], "bytes 28 to 31 are the size of the file"


async def test_a_rewrite_leaves_no_time_at_the_folder(database: Database) -> None:
    await fill(database, 2)
    await asyncio.to_thread(rewriting.rewrite, database.path, in_memory=False)
    assert database.path.parent.stat().st_mtime == 0


async def test_after_a_rewrite_the_write_ahead_log_is_empty(database: Database) -> None:
    await fill(database, 3)
    await asyncio.to_thread(rewriting.rewrite, database.path, in_memory=True)
    assert Path(f"{database.path}-wal").stat().st_size == 0


async def test_a_reader_that_holds_on_is_told_of_and_nothing_is_lost(database: Database) -> None:
    arrivals = await fill(database, 3)
    reader = sqlite3.connect(database.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM pool").fetchone()
    try:
        with pytest.raises(rewriting.StillInUse):
            await asyncio.to_thread(rewriting.rewrite, database.path, in_memory=True)
    finally:
        reader.close()
    await asyncio.to_thread(rewriting.rewrite, database.path, in_memory=True)
    assert remains(database.path, secret_bytes(arrivals)) == 9


async def test_a_checkpoint_of_another_process_is_waited_for(database: Database) -> None:
    """A commit to a long write-ahead log begins one by itself; byte 121 of the -shm file is its lock."""
    arrivals = await fill(database, 3)
    script = (
        "import fcntl, sys, time\n"
        "with open(sys.argv[1], 'r+b') as file:\n"
        "    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 121)\n"
        "    print('locked', flush=True)\n"
        "    time.sleep(0.3)\n"
    )
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, f"{database.path}-shm", stdout=asyncio.subprocess.PIPE
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"locked\n"
    await asyncio.to_thread(rewriting.rewrite, database.path, in_memory=True)
    assert await other.wait() == 0
    assert remains(database.path, secret_bytes(arrivals)) == 9
    assert Path(f"{database.path}-wal").stat().st_size == 0


async def test_no_file_time_tells_when_something_was_written(database: Database) -> None:
    async def times() -> set[float]:
        return {
            time for file in files(database.path) for time in (file.stat().st_mtime, file.stat().st_atime)
        }

    await fill(database, 2)
    assert len(files(database.path)) == 3
    assert await times() == {0}
    await asyncio.to_thread(rewriting.rewrite, database.path, in_memory=True)
    assert {file.stat().st_mtime for file in files(database.path)} == {0}


async def test_closing_leaves_one_file_without_a_time(tmp_path: Path) -> None:
    database = await open_database(tmp_path / "reports.db", "reports")
    await fill(database, 1)
    await database.close()
    assert files(database.path) == [database.path]
    assert database.path.stat().st_mtime == 0


async def test_only_the_owner_can_read_the_files(database: Database) -> None:
    await fill(database, 1)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files(database.path)} == {0o600}


async def test_a_write_that_fails_changes_nothing(database: Database) -> None:
    before = await fill(database, 1)

    async def fail() -> None:
        async with database.write() as connection:
            await pool.remove(connection, await pool.ids(connection))
            await connection.execute(insert(schema.waiting).values(id=2, midnights=0, day="2026-11-18"))

    with pytest.raises(IntegrityError):
        await fail()
    async with database.read() as connection:
        assert await pool.size(connection) == len(before)


async def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    await fill(database, 1)
    async with database.read() as connection:
        assert await pool.size(connection) == 1
        await fill(database, 2)
        assert await pool.size(connection) == 1
    async with database.read() as connection:
        assert await pool.size(connection) == 3


async def test_writers_wait_for_each_other(database: Database) -> None:
    async with database.write() as connection:
        await pool.begin(connection, date(2026, 11, 18))

    async def count() -> None:
        async with database.write() as connection:
            table = schema.waiting
            midnights = (await connection.execute(select(table.c.midnights))).scalar_one()
            await asyncio.sleep(0)
            await connection.execute(table.update().values(midnights=midnights + 1))

    await asyncio.gather(*(count() for _ in range(12)))
    async with database.read() as connection:
        assert (await pool.waiting(connection)).midnights == 12


async def test_what_was_committed_survives_the_death_of_the_process(tmp_path: Path) -> None:
    """The files as they stand while open are what a crash leaves."""
    database = await open_database(tmp_path / "reports.db", "reports")
    arrivals = await fill(database, 5)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for file in files(database.path):
        (crashed / file.name).write_bytes(file.read_bytes())
    await database.close()
    again = await open_database(crashed / "reports.db", "reports")
    async with again.read() as connection:
        found = set((await connection.execute(select(schema.pool.c.envelope))).scalars())
    await again.close()
    assert found == {each.envelope for each in arrivals}


async def test_the_settings_that_promises_rest_on_hold_on_every_connection(database: Database) -> None:
    async def settings() -> tuple[object, ...]:
        async with database.read() as connection:
            names = ("journal_mode", "synchronous", "secure_delete", "temp_store", "foreign_keys")
            await asyncio.sleep(0.01)
            return tuple([(await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in names])

    found = await asyncio.gather(*(settings() for _ in range(8)))
    assert set(found) == {("wal", 2, 1, 2, 1)}


async def test_an_error_of_the_database_repeats_no_value(database: Database) -> None:
    arrival = pool.Arrival(b"mark-7f3a" * 10, b"mark-7f3a", b"mark-7f3a", "mark-7f3a")
    async with database.write() as connection:
        await connection.execute(text("DROP TABLE spent"))

    async def fail() -> None:
        async with database.write() as connection:
            await pool.accept(connection, [arrival], lambda: 1)

    with pytest.raises(OperationalError) as raised:
        await fail()
    assert "7f3a" not in str(raised.value)
    assert "7f3a" not in repr(raised.value)
