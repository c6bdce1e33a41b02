"""Advisories with all their revisions."""

import msgspec
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from warp.advisory import Advisory

_table = schema.advisories


async def save(connection: AsyncConnection, advisory: Advisory) -> None:
    """Store a revision; an existing one is never changed."""
    document = msgspec.json.encode(advisory).decode()
    await connection.execute(
        insert(_table).values(id=advisory.id, revision=advisory.revision, document=document)
    )


async def latest(connection: AsyncConnection, wanted: str) -> Advisory | None:
    """Give the last revision of one advisory."""
    statement = select(_table.c.document).where(_table.c.id == wanted).order_by(_table.c.revision.desc())
    document = (await connection.execute(statement.limit(1))).scalar()
    return None if document is None else msgspec.json.decode(document, type=Advisory)


async def remove(connection: AsyncConnection, wanted: str) -> None:
    """Delete all revisions of one advisory; only a draft that nobody has taken over may go."""
    await connection.execute(delete(_table).where(_table.c.id == wanted))


async def everything(connection: AsyncConnection) -> list[Advisory]:
    """Give the last revision of every advisory, by id."""
    newest = select(_table.c.id, func.max(_table.c.revision).label("revision")).group_by(_table.c.id)
    last = newest.subquery()
    statement = (
        select(_table.c.document)
        .join(last, (_table.c.id == last.c.id) & (_table.c.revision == last.c.revision))
        .order_by(_table.c.id)
    )
    documents = (await connection.execute(statement)).scalars()
    return [msgspec.json.decode(document, type=Advisory) for document in documents]
