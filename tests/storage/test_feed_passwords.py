"""Feed passwords in the identity database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from storage import feed_passwords, members, schema
from storage.database import Database, open_database
from tests.support import rows

ONE, TWO = bytes(16), bytes(range(16))


@pytest_asyncio.fixture
async def identity(tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(tmp_path / "identity.db", "identity")
    async with database.write() as connection:
        for name in ("CERT Uno", "CERT Dos"):
            await members.invite(connection, name, "UY", name.encode(), "2026-W47")
    yield database
    await database.close()


async def kept(identity: Database) -> list[tuple[object, ...]]:
    return (await rows(identity, schema.identity))["feed_passwords"]


async def good(identity: Database) -> list[bool]:
    async with identity.read() as connection:
        return [await feed_passwords.is_good(connection, password) for password in (ONE, TWO)]


async def test_what_is_stored_is_a_hash_and_whose_it_is(identity: Database) -> None:
    async with identity.write() as connection:
        assert await feed_passwords.give(connection, "CERT Uno", ONE)
    assert await kept(identity) == [(feed_passwords.digest(ONE), "CERT Uno")]
    assert feed_passwords.digest(ONE) != members.digest(ONE), "the two kinds of secrets could be compared"
    assert await good(identity) == [True, False]


async def test_a_new_password_voids_the_former_one_of_its_member_and_no_other(identity: Database) -> None:
    async with identity.write() as connection:
        for name, password in (("CERT Uno", ONE), ("CERT Dos", TWO), ("CERT Uno", b"another password")):
            await feed_passwords.give(connection, name, password)
    assert await good(identity) == [False, True]
    assert len(await kept(identity)) == 2


async def test_who_is_no_member_gets_none(identity: Database) -> None:
    async with identity.write() as connection:
        assert not await feed_passwords.give(connection, "CERT Tres", ONE)
    assert await kept(identity) == []


async def test_a_password_goes_alone_or_with_its_member(identity: Database) -> None:
    async with identity.write() as connection:
        await feed_passwords.give(connection, "CERT Uno", ONE)
        await feed_passwords.give(connection, "CERT Dos", TWO)
        assert await feed_passwords.revoke(connection, "CERT Uno")
        assert not await feed_passwords.revoke(connection, "CERT Uno")
        assert [each.reads for each in await members.everyone(connection)] == [True, False]
        await members.revoke(connection, "CERT Dos")
    assert await kept(identity) == []


async def test_a_member_that_never_came_leaves_no_password(identity: Database) -> None:
    async with identity.write() as connection:
        await feed_passwords.give(connection, "CERT Uno", ONE)
        await members.forget_invitations(connection, "2026-W48")
    assert await kept(identity) == []


async def test_a_password_is_looked_up_by_an_index_right_or_wrong(identity: Database) -> None:
    asked = "EXPLAIN QUERY PLAN SELECT password FROM feed_passwords WHERE password = x'00'"
    async with identity.read() as connection:
        [plan] = await connection.exec_driver_sql(asked)
    assert plan.detail.startswith("SEARCH feed_passwords USING PRIMARY KEY")
