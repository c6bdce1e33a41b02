"""
Advisories with all their revisions.

What readers have of one is its latest revision whose status is out; what comes after that is being written.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Select, case, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from warp.advisory import Advisory, Status, Tlp

_table = schema.advisories
_OUT = tuple(str(status) for status in Status if status.is_out)


async def save(connection: AsyncConnection, advisory: Advisory) -> None:
    """Store a revision; an existing one is never changed."""
    document = msgspec.json.encode(advisory).decode()
    await connection.execute(
        insert(_table).values(
            id=advisory.id, revision=advisory.revision, status=str(advisory.status), document=document
        )
    )


async def remove(connection: AsyncConnection, wanted: str) -> None:
    """Delete all revisions of one advisory; only a draft that nobody has taken over may go."""
    await connection.execute(delete(_table).where(_table.c.id == wanted))


async def latest(connection: AsyncConnection, wanted: str) -> Advisory | None:
    """Give the last revision of one advisory, whether readers have it or not."""
    return await _newest(connection, _of(wanted))


async def public(connection: AsyncConnection, wanted: str) -> Advisory | None:
    """Give what readers have of one advisory; none as long as they have nothing."""
    return await _newest(connection, _of(wanted).where(_table.c.status.in_(_OUT)))


async def revisions(connection: AsyncConnection, wanted: str) -> list[Advisory]:
    """Give all revisions of one advisory, oldest first."""
    return await _all(connection, _of(wanted).order_by(_table.c.revision))


async def versions(connection: AsyncConnection, wanted: str) -> list[Advisory]:
    """Give each version of one advisory that readers have had, oldest first, the present one included."""
    statement = _of(wanted).where(_table.c.status.in_(_OUT)).order_by(_table.c.revision)
    # Leaving the feeds is a revision, but readers read nothing new.
    return list({each.version: each for each in await _all(connection, statement)}.values())


async def everything(connection: AsyncConnection) -> list[Advisory]:
    """Give the last revision of every advisory, by id."""
    return await _all(connection, _last())


async def newest(connection: AsyncConnection, most: int | None) -> tuple[list[Advisory], int]:
    """
    Give the last revisions of the newest advisories and of all that is pending, and how many more there are.

    Args:
        connection: To the reports.
        most: So many of the newest, by the week and word of their ids; none for all.
    """
    if most is None:
        return await everything(connection), 0
    age = func.replace(_table.c.id, "drill-", "").desc()
    ids = select(_table.c.id).distinct()
    wanted = set((await connection.execute(ids.order_by(age).limit(most))).scalars())
    found = {each.id: each for each in await _all(connection, _last(_table.c.id.in_(wanted)))}
    for status in Status:
        if not status.is_out:
            found |= {each.id: each for each in await with_status(connection, status)}
    count = (await connection.execute(select(func.count()).select_from(ids.subquery()))).scalar_one()
    return list(found.values()), count - len(found)


async def last_update(connection: AsyncConnection) -> datetime | None:
    """Give when readers were last given anything; none as long as nothing is out."""
    return max((each.updated for each in await outlines(connection) if each.updated), default=None)


async def public_of(connection: AsyncConnection, wanted: Sequence[str]) -> list[Advisory]:
    """Give what readers have of some advisories, by id."""
    return await _all(connection, _last(_table.c.status.in_(_OUT) & _table.c.id.in_(wanted)))


async def versions_of(connection: AsyncConnection, wanted: Sequence[str]) -> list[list[Advisory]]:
    """Give each version that readers have had of some advisories, oldest first; advisories by id."""
    statement = select(_table.c.document).where(_table.c.id.in_(wanted), _table.c.status.in_(_OUT))
    found: dict[str, dict[int, Advisory]] = {}
    for each in await _all(connection, statement.order_by(_table.c.id, _table.c.revision)):
        found.setdefault(each.id, {})[each.version] = each
    return [list(each.values()) for each in found.values()]


class Outline(msgspec.Struct, frozen=True):
    """What decides which readers have an advisory, and whether they have all of it."""

    id: str
    status: Status
    tlp: Tlp
    version: int = 0
    updated: datetime | None = None
    buried: datetime | None = None
    drill: bool = False


async def outlines(connection: AsyncConnection) -> list[Outline]:
    """Give the outline of what readers have of every advisory, by id; their texts are not kept in memory."""
    documents = await connection.stream_scalars(_last(_table.c.status.in_(_OUT)))
    return [msgspec.json.decode(document, type=Outline) async for document in documents]


async def with_status(connection: AsyncConnection, status: Status) -> list[Advisory]:
    """Give the last revisions that have a status, by id."""
    of_status = func.max(case((_table.c.status == str(status), _table.c.revision)))
    return await _all(connection, _last(having=of_status == func.max(_table.c.revision)))


def _of(wanted: str) -> Select[str]:
    return select(_table.c.document).where(_table.c.id == wanted)


async def _newest(connection: AsyncConnection, statement: Select[str]) -> Advisory | None:
    found = await _all(connection, statement.order_by(_table.c.revision.desc()).limit(1))
    return found[0] if found else None


def _last(where: ColumnElement[bool] | None = None, having: ColumnElement[bool] | None = None) -> Select[str]:
    """Select the last revisions, of those that are asked for, by id; the index has all but the documents."""
    last = select(_table.c.id, func.max(_table.c.revision).label("revision")).group_by(_table.c.id)
    last = last if where is None else last.where(where)
    chosen = (last if having is None else last.having(having)).subquery()
    statement = select(_table.c.document).join(
        chosen, (_table.c.id == chosen.c.id) & (_table.c.revision == chosen.c.revision)
    )
    return statement.order_by(_table.c.id)


async def _all(connection: AsyncConnection, statement: Select[str]) -> list[Advisory]:
    documents = (await connection.execute(statement)).scalars()
    return [msgspec.json.decode(document, type=Advisory) for document in documents]
