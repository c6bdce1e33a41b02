"""
What waits for the next midnight to join a public list: marks of released reports, and sealed replies.

Nothing here says when an item came or which report it belongs to. The lists themselves are public files.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema

_table = schema.unlisted
_AT_ONCE = 500
"""Rows of a statement: a release after a campaign must not make the server large."""


async def wait(connection: AsyncConnection, kind: str, items: Collection[bytes]) -> None:
    """Keep items for the next midnight; one that waits already waits once."""
    statement = insert(_table).on_conflict_do_nothing()
    for some in _portions(sorted(items)):
        await connection.execute(statement, [{"kind": kind, "item": item} for item in some])


async def waiting(connection: AsyncConnection, kind: str) -> list[bytes]:
    """Give the items of a kind that wait."""
    return list((await connection.execute(select(_table.c.item).where(_table.c.kind == kind))).scalars())


async def remove(connection: AsyncConnection, kind: str, items: Collection[bytes]) -> None:
    """Delete items that stand in a list now."""
    for some in _portions(sorted(items)):
        await connection.execute(delete(_table).where(_table.c.kind == kind, _table.c.item.in_(some)))


def _portions(items: Sequence[bytes]) -> list[Sequence[bytes]]:
    return [items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE)]
