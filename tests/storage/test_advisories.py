"""Advisories: what readers have is told from what is being written, in every version that they have had."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest_asyncio
from sqlalchemy import select, text

from storage import advisories, schema
from storage.database import Database, open_database
from tests.storage.test_schema import migrated_to
from warp.advisory import Advisory, Status, Text, Tlp
from warp.taxonomy import Severity

DAY = datetime(2026, 11, 18, 12, tzinfo=UTC)


def revision(identifier: str, number: int, status: Status, version: int = 0, **changed: Any) -> Advisory:
    values: dict[str, Any] = {
        "id": identifier,
        "revision": number,
        "status": status,
        "version": version,
        "tlp": Tlp.CLEAR,
        "severity": Severity.HIGH,
        "type": "fraud",
        "place": "UY",
        "week": "2026-W47",
        "texts": {"en": Text("Title", f"Revision {number}")},
    }
    return Advisory(**(values | changed))


LIFE = (
    revision("a", 1, Status.DRAFT),
    revision("a", 2, Status.REVIEW),
    revision("a", 3, Status.PUBLISHED, 1, published=DAY, updated=DAY),
    revision("a", 4, Status.DRAFT, 1),
    revision("a", 5, Status.UPDATED, 2, published=DAY, updated=DAY + timedelta(days=1)),
    revision("a", 6, Status.REVIEW, 2, withdraws=True),
    revision("a", 7, Status.WITHDRAWN, 3, published=DAY, updated=DAY + timedelta(days=2)),
    revision("a", 8, Status.WITHDRAWN, 3, published=DAY, updated=DAY + timedelta(days=2), buried=DAY),
)
OTHERS = (revision("b", 1, Status.REVIEW), revision("c", 1, Status.PUBLISHED, 1, updated=DAY))


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(tmp_path / "reports.db", "reports")
    yield opened
    await opened.close()


async def save(database: Database, *made: Advisory) -> None:
    async with database.write() as connection:
        for each in made:
            await advisories.save(connection, each)


async def test_what_readers_have_is_the_last_revision_that_is_out_at_any_time(database: Database) -> None:
    out = [None, None, 3, 3, 5, 5, 7, 8]
    for each, wanted in zip(LIFE, out, strict=True):
        await save(database, each)
        async with database.read() as connection:
            assert await advisories.latest(connection, "a") == each
            found = await advisories.public(connection, "a")
            assert (found and found.revision) == wanted
            assert await advisories.public_of(connection, ["a"]) == ([found] if found else [])
            assert await advisories.everything(connection) == [each]


async def test_each_version_that_readers_had_is_given_once_and_oldest_first(database: Database) -> None:
    await save(database, *LIFE, *OTHERS)
    async with database.read() as connection:
        found = await advisories.versions(connection, "a")
        assert [(each.version, each.revision) for each in found] == [(1, 3), (2, 5), (3, 8)]
        assert await advisories.versions(connection, "b") == []
        assert await advisories.revisions(connection, "a") == list(LIFE)


async def test_every_advisory_stands_once_in_each_list(database: Database) -> None:
    await save(database, *OTHERS[::-1], *LIFE)
    async with database.read() as connection:
        assert await advisories.everything(connection) == [LIFE[-1], *OTHERS]
        assert await advisories.public_of(connection, ["c", "b", "a"]) == [LIFE[-1], OTHERS[1]]
        assert await advisories.public_of(connection, ["c"]) == [OTHERS[1]]


async def test_the_newest_are_given_with_all_that_is_pending_and_the_number_of_the_others(
    database: Database,
) -> None:
    ids = ["2026-w40-z", "2026-w47-a", "drill-2026-w48-b", "2026-w49-c"]
    out = [revision(each, 1, Status.PUBLISHED, 1, updated=DAY) for each in ids]
    pending = [revision("2025-w01-a", 1, Status.DRAFT), revision(ids[0], 2, Status.REVIEW, 1)]
    old = revision("2025-w02-a", 1, Status.PUBLISHED, 1, updated=DAY)
    await save(database, *out, *pending, old)
    async with database.read() as connection:
        found, more = await advisories.newest(connection, 2)
        assert ({each.id for each in found}, more) == ({"2025-w01-a", *ids[0:1], *ids[2:]}, 2)
        assert pending[1] in found
        everything, none = await advisories.newest(connection, None)
    assert (len(everything), none) == (6, 0)


async def test_only_last_revisions_have_a_status_that_is_asked_for(database: Database) -> None:
    await save(database, *LIFE, *OTHERS)
    async with database.read() as connection:
        assert await advisories.with_status(connection, Status.REVIEW) == [OTHERS[0]]
        assert await advisories.with_status(connection, Status.UPDATED) == []
        assert await advisories.with_status(connection, Status.WITHDRAWN) == [LIFE[-1]]


async def test_the_status_of_a_row_is_that_of_its_document(database: Database) -> None:
    await save(database, *LIFE)
    async with database.read() as connection:
        for row in await connection.execute(select(schema.advisories)):
            assert json.loads(row.document)["status"] == row.status


async def test_what_readers_have_is_found_without_opening_what_is_being_written(database: Database) -> None:
    statement = (
        "EXPLAIN QUERY PLAN SELECT id, max(revision) FROM advisories WHERE status IN ('x') GROUP BY id"
    )
    async with database.read() as connection:
        plan = [row.detail for row in await connection.execute(text(statement))]
    assert any("COVERING INDEX advisories_statuses" in line for line in plan), plan


async def test_what_was_published_before_corrections_is_version_one(tmp_path: Path) -> None:
    kept = revision("x", 2, Status.PUBLISHED, published=DAY, updated=DAY, author="ana", approver="luis")
    later = {"version", "history", "reason", "valid_until", "publish_at", "related", "escalates"}
    later |= {"escalated_by", "buried", "withdraws", "hindrance"}
    document = {name: value for name, value in msgspec.to_builtins(kept).items() if name not in later}
    document["texts"]["es"] = {"title": "Título «ñ»", "summary": "Resumen", "actions": []}
    draft = document | {"status": "draft", "revision": 1}
    async with migrated_to(tmp_path / "reports.db", "reports", "reports_7") as connection:
        statement = text("INSERT INTO advisories VALUES (:id, :revision, :document)")
        for each in (draft, document):
            row = {"id": "x", "revision": each["revision"], "document": json.dumps(each)}
            await connection.execute(statement, row)
    database = await open_database(tmp_path / "reports.db", "reports")
    async with database.read() as connection:
        first, second = await advisories.revisions(connection, "x")
        assert await advisories.public_of(connection, ["x"]) == [second]
    await database.close()
    assert (first.status, first.version) == (Status.DRAFT, 0)
    assert (second.version, second.history, second.approver) == (1, (), "luis")
    assert second.texts["es"].title == "Título «ñ»"
