"""
The accepted list: marks by which reporters, and only they, find that their report was counted.

Marks wait apart until midnight; then they join the week's list together with fillers, and from then on
nothing, in the database either, tells a mark from a filler.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema

STEP = 64
"""A list grows by a multiple of this each day, also when nothing came."""


async def wait(connection: AsyncConnection, marks: Sequence[bytes]) -> None:
    """Keep marks (32 bytes each) for the next midnight."""
    if marks:
        await connection.execute(
            insert(schema.accepted_waiting).prefix_with("OR IGNORE"),
            [{"mark": mark} for mark in sorted(marks)],
        )


async def grow(connection: AsyncConnection, week: str, randbytes: Callable[[int], bytes]) -> None:
    """Move the waiting marks into a week's list, filled up at random to a multiple of 64, never none."""
    waits = schema.accepted_waiting.c.mark
    listed = select(schema.accepted.c.mark).where(schema.accepted.c.week == week)
    # A reporter can use one receipt twice; its mark then stands in the list already and must not be missing.
    waiting = list((await connection.execute(select(waits).where(waits.not_in(listed)))).scalars())
    fillers = STEP - len(waiting) % STEP if len(waiting) % STEP or not waiting else 0
    marks = sorted([*waiting, *(randbytes(32) for _ in range(fillers))])
    await connection.execute(insert(schema.accepted), [{"week": week, "mark": mark} for mark in marks])
    await connection.execute(delete(schema.accepted_waiting))


async def marks(connection: AsyncConnection, week: str) -> list[bytes]:
    """Give a week's list, sorted."""
    table = schema.accepted
    statement = select(table.c.mark).where(table.c.week == week).order_by(table.c.mark)
    return list((await connection.execute(statement)).scalars())
