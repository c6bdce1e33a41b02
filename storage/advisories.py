"""
Advisories with all their revisions.

What readers have of one is its latest revision whose status is out; what comes after that is being written.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Select, delete, exists, func, insert, select
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
    return await _latest_of_each(connection, *Status)


async def last_update(connection: AsyncConnection) -> datetime | None:
    """Give when readers were last given anything; none as long as nothing is out."""
    newest = func.max(func.json_extract(_table.c.document, "$.updated"))
    found = (await connection.execute(select(newest).where(_table.c.status.in_(_OUT)))).scalar()
    return None if found is None else datetime.fromisoformat(found)


async def versions_of(connection: AsyncConnection, wanted: Sequence[str]) -> list[list[Advisory]]:
    """Give each version that readers have had of some advisories, oldest first; advisories by id."""
    statement = select(_table.c.document).where(_table.c.id.in_(wanted), _table.c.status.in_(_OUT))
    found: dict[str, dict[int, Advisory]] = {}
    for each in await _all(connection, statement.order_by(_table.c.id, _table.c.revision)):
        found.setdefault(each.id, {})[each.version] = each
    return [list(each.values()) for each in found.values()]


async def all_public(connection: AsyncConnection) -> list[Advisory]:
    """Give what readers have of every advisory that they have anything of, by id."""
    return await _latest_of_each(connection, *_OUT)


class Outline(msgspec.Struct, frozen=True):
    """What decides which readers have an advisory, and whether they have all of it."""

    id: str
    status: Status
    tlp: Tlp
    version: int = 0
    buried: datetime | None = None
    drill: bool = False


async def outlines(connection: AsyncConnection) -> list[Outline]:
    """Give the outline of what readers have of every advisory, by id; their texts are not kept in memory."""
    documents = await connection.stream_scalars(_latest_statement(_OUT))
    return [msgspec.json.decode(document, type=Outline) async for document in documents]


async def with_status(connection: AsyncConnection, status: Status) -> list[Advisory]:
    """Give the last revisions that have a status, by id."""
    later = _table.alias()
    is_last = ~exists().where(later.c.id == _table.c.id, later.c.revision == _table.c.revision + 1)
    statement = select(_table.c.document).where(_table.c.status == str(status), is_last)
    return await _all(connection, statement.order_by(_table.c.id))


def _of(wanted: str) -> Select[str]:
    return select(_table.c.document).where(_table.c.id == wanted)


async def _newest(connection: AsyncConnection, statement: Select[str]) -> Advisory | None:
    found = await _all(connection, statement.order_by(_table.c.revision.desc()).limit(1))
    return found[0] if found else None


async def _latest_of_each(connection: AsyncConnection, *statuses: str) -> list[Advisory]:
    """Give of each advisory the last revision that has one of some statuses."""
    return await _all(connection, _latest_statement([str(status) for status in statuses]))


def _latest_statement(statuses: Sequence[str]) -> Select[str]:
    last = (
        select(_table.c.id, func.max(_table.c.revision).label("revision"))
        .where(_table.c.status.in_(statuses))
        .group_by(_table.c.id)
        .subquery()
    )
    return (
        select(_table.c.document)
        .join(last, (_table.c.id == last.c.id) & (_table.c.revision == last.c.revision))
        .order_by(_table.c.id)
    )


async def _all(connection: AsyncConnection, statement: Select[str]) -> list[Advisory]:
    documents = (await connection.execute(statement)).scalars()
    return [msgspec.json.decode(document, type=Advisory) for document in documents]
