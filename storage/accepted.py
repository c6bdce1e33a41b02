"""
The accepted list: marks by which reporters, and only they, find that their report was counted.

Marks wait apart until midnight; then they join the week's list together with fillers, and from then on
nothing, in the database either, tells a mark from a filler.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Insert, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema

STEP = 64
"""A list grows by a multiple of this each day, also when nothing came."""
_AT_ONCE = 1000
"""Rows of a statement: a release after a campaign must not make the server large."""


async def wait(connection: AsyncConnection, marks: Sequence[bytes]) -> None:
    """Keep marks (32 bytes each) for the next midnight."""
    await _insert(connection, insert(schema.accepted_waiting).prefix_with("OR IGNORE"), sorted(marks))


async def grow(connection: AsyncConnection, week: str, randbytes: Callable[[int], bytes]) -> None:
    """Move the waiting marks into a week's list, filled up at random to a multiple of 64, never none."""
    waits = schema.accepted_waiting.c.mark
    listed = select(schema.accepted.c.mark).where(schema.accepted.c.week == week)
    # A reporter can use one receipt twice; its mark then stands in the list already and must not be missing.
    waiting = list((await connection.execute(select(waits).where(waits.not_in(listed)))).scalars())
    fillers = STEP - len(waiting) % STEP if len(waiting) % STEP or not waiting else 0
    marks = sorted([*waiting, *(randbytes(32) for _ in range(fillers))])
    await _insert(connection, insert(schema.accepted), marks, week=week)
    await connection.execute(delete(schema.accepted_waiting))


async def _insert(
    connection: AsyncConnection, statement: Insert, marks: Sequence[bytes], **others: str
) -> None:
    for start in range(0, len(marks), _AT_ONCE):
        rows = [{"mark": mark, **others} for mark in marks[start : start + _AT_ONCE]]
        await connection.execute(statement, rows)


async def marks(connection: AsyncConnection, week: str) -> list[bytes]:
    """Give a week's list, sorted."""
    table = schema.accepted
    statement = select(table.c.mark).where(table.c.week == week).order_by(table.c.mark)
    return list((await connection.execute(statement)).scalars())
