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
    """Also of one that is invited again and has not come back."""
    invited: str
    """ISO week of its last invitation."""
    awaited: bool
    """Its invitation has not been used."""
    reads: bool
    """It has a feed password."""


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


async def invite_again(connection: AsyncConnection, name: str, code: bytes, week: str) -> bool:
    """
    Give a member another invitation; its last one and its credential are void at once.

    It stays the member that it was, and so do the weeks whose bundles it has had: whoever loses a wallet gets
    no second first token of a class in a week.

    Returns:
        False when there is none of this name.
    """
    changed = {"invitation": digest(code), "invited": week, "credential": None}
    result = await connection.execute(update(_table).where(_table.c.name == name).values(changed))
    return result.rowcount == 1


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
    changed = {"credential": digest(credential), "joined": 1}
    await connection.execute(update(_table).where(_table.c.name == row.name).values(changed))
    return True


async def by_credential(connection: AsyncConnection, credential: bytes) -> str | None:
    """Give the name of the member that a credential belongs to."""
    statement = select(_table.c.name).where(_table.c.credential == digest(credential))
    return (await connection.execute(statement)).scalar_one_or_none()


async def everyone(connection: AsyncConnection) -> list[Member]:
    """Give all members by name."""
    having = schema.feed_passwords.c.member
    statement = select(_table, having).outerjoin(schema.feed_passwords).order_by(_table.c.name)
    return [
        Member(
            name=row.name,
            place=row.place,
            joined=bool(row.joined),
            invited=row.invited,
            awaited=row.credential is None,
            reads=row.member is not None,
        )
        for row in await connection.execute(statement)
    ]


async def by_place(connection: AsyncConnection) -> Mapping[str, int]:
    """Give the number of members that have joined, per place; one that is invited again still counts."""
    statement = select(_table.c.place, func.count()).where(_table.c.joined == 1).group_by(_table.c.place)
    return {place: n for place, n in await connection.execute(statement)}


async def revoke(connection: AsyncConnection, name: str) -> bool:
    """Delete a member, its bundles and its feed password; False when there is none of this name."""
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


async def bundles(connection: AsyncConnection, member: str) -> list[str]:
    """Give the weeks whose bundles a member has had, as far as their keys are still there, in order."""
    table = schema.bundles
    statement = select(table.c.week).where(table.c.member == member).order_by(table.c.week)
    return list((await connection.execute(statement)).scalars())


async def holders(connection: AsyncConnection, week: str) -> int:
    """Give the number of members that have had a week's bundle."""
    statement = select(func.count()).where(schema.bundles.c.week == week)
    return (await connection.execute(statement)).scalar_one()


async def bundles_by_week(connection: AsyncConnection) -> dict[str, int]:
    """Give the number of members that have had each week's bundle."""
    week = schema.bundles.c.week
    rows = await connection.execute(select(week, func.count()).group_by(week))
    return dict(rows.all())


async def invitations_by_week(connection: AsyncConnection) -> dict[str, int]:
    """Give the number of members invited in each week who have never joined."""
    invited = _table.c.invited
    unused = select(invited, func.count()).where(_table.c.joined == 0).group_by(invited)
    rows = await connection.execute(unused)
    return dict(rows.all())


async def forget_bundles(connection: AsyncConnection, before: str) -> None:
    """Delete who had bundles of the weeks before one: their keys are destroyed."""
    await connection.execute(delete(schema.bundles).where(schema.bundles.c.week < before))


async def forget_invitations(connection: AsyncConnection, earliest: str) -> None:
    """Delete members who were invited before a week and have never joined."""
    lapsed = (_table.c.invited < earliest) & (_table.c.joined == 0)
    await connection.execute(delete(_table).where(lapsed))
