"""Narratives, sealed to the coordinators, from their release until retention ends."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema

_table = schema.inbox


class Sealed(NamedTuple):
    """One narrative that the server cannot read."""

    id: bytes
    week: str
    narrative: bytes


async def file(connection: AsyncConnection, sealed: Sealed) -> None:
    """Store a narrative."""
    await connection.execute(insert(_table).values(sealed._asdict()))


async def everything(connection: AsyncConnection) -> Iterable[Sealed]:
    """Give all narratives by week, in no meaningful order within one."""
    rows = await connection.execute(select(_table).order_by(_table.c.week, _table.c.id))
    return [Sealed(row.id, row.week, row.narrative) for row in rows]


async def weeks(connection: AsyncConnection) -> list[str]:
    """Give the weeks of release from which there are narratives, in order."""
    statement = select(_table.c.week).distinct().order_by(_table.c.week)
    return list((await connection.execute(statement)).scalars())


async def reseal(connection: AsyncConnection, sealed: Sealed) -> bool:
    """Put a narrative in the place of the one with the same id and week; False when there is none."""
    same = (_table.c.id == sealed.id) & (_table.c.week == sealed.week)
    result = await connection.execute(update(_table).where(same).values(narrative=sealed.narrative))
    return result.rowcount == 1


async def size(connection: AsyncConnection) -> int:
    """Give the number of narratives kept."""
    return (await connection.execute(select(func.count()).select_from(_table))).scalar_one()


async def by_week(connection: AsyncConnection) -> dict[str, int]:
    """Give the number of narratives of each week of release."""
    rows = await connection.execute(select(_table.c.week, func.count()).group_by(_table.c.week))
    return dict(rows.all())


async def forget_before(connection: AsyncConnection, week: str) -> int:
    """Delete the narratives released before a week; gives how many."""
    return (await connection.execute(delete(_table).where(_table.c.week < week))).rowcount
