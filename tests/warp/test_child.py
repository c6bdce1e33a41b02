"""The child process gives what the same work in this process gives, and says nothing when it fails."""

import asyncio
import secrets
import sys
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from storage import pool
from storage.database import open_database
from tests.support import WEEK
from tests.tables_of_counts import counts
from warp import child, detection, disclosure
from warp.counting import Threshold, pack
from warp.policies import Policy
from warp.tally import WeekCounts
from warp.weeks import Period, Week

CELL = ("fraud/phishing", "UY")
COUNTS = counts({CELL: [1, 0, 1, 2, 0, 1, 1, 0, 1, 14]})
FIRST_TOKENS = ({CELL: {WEEK: 12}},)
THRESHOLDS = (Threshold(type="fraud", reports=5),)


async def test_a_child_judges_as_this_process_does() -> None:
    found = await child.judge(COUNTS, FIRST_TOKENS, (), None, THRESHOLDS, 0.1)
    assert found == detection.judge(COUNTS, FIRST_TOKENS, THRESHOLDS, 0.1)
    assert {signal.method for signal in found.signals} == {"scan", "threshold"}


async def test_a_child_protects_by_the_same_rule_with_a_secret_of_its_own() -> None:
    tally = {WEEK: WeekCounts({CELL: 60}, {CELL: {WEEK: 50, WEEK.plus(-1): 1}})}
    period, homes = Period.parse(str(WEEK)), frozenset({"UY"})
    made = await child.protect(period, tally, [], homes, Policy())
    here = disclosure.protect(period, tally, [], homes, Policy(), bytes(32))
    assert [(cell.type, cell.place) for cell in made.cells] == [CELL]
    assert made == here, "60 less any offset is 40 or more"


async def test_a_child_is_told_what_shorter_periods_show() -> None:
    month, homes = Period.parse("2026-11"), frozenset({"UY"})
    tally = {week: WeekCounts({CELL: 60}, {CELL: {week: 60}}) for week in month.weeks}
    weeks = [
        await child.protect(Period.parse(str(week)), {week: tally[week]}, [], homes, Policy())
        for week in tally
    ]
    assert (await child.protect(month, tally, weeks, homes, Policy())).cells == ()
    assert [cell.place for cell in (await child.protect(month, tally, [], homes, Policy())).cells] == ["UY"]


async def test_a_child_rewrites_a_database_that_is_open(tmp_path: Path) -> None:
    database = await open_database(tmp_path / "reports.db", "reports")
    envelope = secrets.token_bytes(16_384)
    async with database.write() as connection:
        await pool.accept(connection, [pool.Arrival(envelope, bytes(32), bytes(32), "2026-W47")], lambda: 1)
    async with database.write() as connection:
        await pool.remove(connection, await pool.ids(connection))
    await child.rewrite(database.path)
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert envelope[:64] not in held
    assert envelope[-64:] not in held
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "reports.db",
        "reports.db-shm",
        "reports.db-wal",
    ]
    await database.close()


async def test_a_child_that_fails_names_the_event_and_no_count(capfd: pytest.CaptureFixture[str]) -> None:
    wrong = msgspec.structs.replace(COUNTS, weeks=COUNTS.weeks[:-1], cells={CELL: pack([(9, 731_731)])})
    with pytest.raises(child.ChildFailed):
        await child.judge(wrong, (), (), None, (), 0.1)
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.startswith("warp: fault: ValueError at warp/detection.py:")
    assert said.err.count("\n") == 1
    assert "731" not in said.err.split(":")[-2]


@pytest.mark.parametrize("task", [b"", b"mark-7f3a", msgspec.msgpack.encode({"type": "Other"})])
async def test_a_child_without_a_task_ends_without_an_answer(task: bytes) -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "warp.child", stdin=pipe, stdout=pipe, stderr=pipe
    )
    out, said = await process.communicate(task)
    assert (process.returncode, out) == (1, b"")
    assert said.startswith(b"warp: fault: ")
    assert b"7f3a" not in said


async def test_a_rewrite_that_fails_is_told_to_the_parent(tmp_path: Path) -> None:
    (tmp_path / "reports.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(child.ChildFailed):
        await child.rewrite(tmp_path / "reports.db")


async def test_weeks_and_pairs_survive_the_way_to_the_child_and_back(tmp_path: Path) -> None:
    task = child.Judge(COUNTS, FIRST_TOKENS, THRESHOLDS, 0.1, None, ())
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(task), type=child.Judge) == task
    assert isinstance(
        next(iter(msgspec.msgpack.decode(msgspec.msgpack.encode(task), type=child.Judge).counts.weeks)), Week
    )


async def test_a_database_can_be_used_while_a_child_rewrites_it(tmp_path: Path) -> None:
    database = await open_database(tmp_path / "reports.db", "reports")
    rewriting = asyncio.create_task(child.rewrite(database.path))
    written = 0
    while not rewriting.done():
        async with database.write() as connection:
            arrival = pool.arrival(b"%d" % written, b"%d" % written, "2026-W47")
            await pool.accept(connection, [arrival], lambda: secrets.randbits(63))
        written += 1
        await asyncio.sleep(0.005)
    await rewriting
    async with database.read() as connection:
        assert (await connection.execute(text("PRAGMA integrity_check"))).scalar() == "ok"
        assert await pool.size(connection) == written
    await database.close()
