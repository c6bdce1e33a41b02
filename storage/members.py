"""
Members and who has had a week's bundle: the identity side, which never meets a report.

A revoked member is deleted, not marked.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema

_table = schema.members


class NameTaken(Exception):
    """A member of this name exists already."""


class Member(NamedTuple):
    """What the operator sees of a member."""

    name: str
    place: str
    joined: bool
    invited: str


def digest(secret: bytes) -> bytes:
    """Give the stored form of a code or credential; both are random, so a plain hash is enough."""
    return hashlib.sha256(b"WARP member secret v1" + secret).digest()


async def invite(connection: AsyncConnection, name: str, place: str, code: bytes, week: str) -> None:
    """
    Add a member that has not joined yet.

    Raises:
        NameTaken: there is one of this name.
    """
    row = {"name": name, "place": place, "invitation": digest(code), "invited": week}
    try:
        await connection.execute(insert(_table).values(row))
    except IntegrityError as error:
        raise NameTaken("a member of this name exists already") from error


async def join(connection: AsyncConnection, code: bytes, credential: bytes, earliest: str) -> bool:
    """
    Bind a credential to an invitation; again with the same two it changes nothing.

    Args:
        code: What the invitation carries.
        credential: Chosen by the member's client.
        earliest: The first week whose invitations still hold.

    Returns:
        False when the invitation is unknown, has lapsed, or has been used with another credential, or when
        the credential is another member's.
    """
    row = (
        await connection.execute(
            select(_table.c.name, _table.c.credential, _table.c.invited).where(
                _table.c.invitation == digest(code)
            )
        )
    ).one_or_none()
    if row is None:
        return False
    if row.credential is not None:
        return bool(row.credential == digest(credential))
    if row.invited < earliest or await by_credential(connection, credential) is not None:
        return False
    await connection.execute(
        update(_table).where(_table.c.name == row.name).values(credential=digest(credential))
    )
    return True


async def by_credential(connection: AsyncConnection, credential: bytes) -> str | None:
    """Give the name of the member that a credential belongs to."""
    statement = select(_table.c.name).where(_table.c.credential == digest(credential))
    return (await connection.execute(statement)).scalar_one_or_none()


async def everyone(connection: AsyncConnection) -> list[Member]:
    """Give all members by name."""
    rows = await connection.execute(select(_table).order_by(_table.c.name))
    return [Member(row.name, row.place, row.credential is not None, row.invited) for row in rows]


async def by_place(connection: AsyncConnection) -> Mapping[str, int]:
    """Give the number of members that have joined, per place."""
    statement = (
        select(_table.c.place, func.count()).where(_table.c.credential.is_not(None)).group_by(_table.c.place)
    )
    return {place: n for place, n in await connection.execute(statement)}


async def revoke(connection: AsyncConnection, name: str) -> bool:
    """Delete a member and its bundles; False when there is none of this name."""
    result = await connection.execute(delete(_table).where(_table.c.name == name))
    return result.rowcount == 1


async def claim_bundle(connection: AsyncConnection, member: str, week: str, request: bytes) -> bool:
    """
    Take a member's one bundle of a week for a request.

    Args:
        request: All blinded messages of the bundle.

    Returns:
        False when the member has had a bundle of this week for another request.
    """
    bundles = schema.bundles
    wanted = hashlib.sha256(request).digest()
    had = (
        await connection.execute(
            select(bundles.c.request).where(bundles.c.member == member, bundles.c.week == week)
        )
    ).scalar_one_or_none()
    if had is None:
        await connection.execute(insert(bundles).values(member=member, week=week, request=wanted))
    return had is None or bool(had == wanted)


async def holders(connection: AsyncConnection, week: str) -> int:
    """Give the number of members that have had a week's bundle."""
    statement = select(func.count()).where(schema.bundles.c.week == week)
    return (await connection.execute(statement)).scalar_one()


async def forget_bundles(connection: AsyncConnection, before: str) -> None:
    """Delete who had bundles of the weeks before one: their keys are destroyed."""
    await connection.execute(delete(schema.bundles).where(schema.bundles.c.week < before))


async def forget_invitations(connection: AsyncConnection, earliest: str) -> None:
    """Delete members who were invited before a week and have not joined."""
    lapsed = (_table.c.invited < earliest) & _table.c.credential.is_(None)
    await connection.execute(delete(_table).where(lapsed))
