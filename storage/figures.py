"""Published figures, written once when a week closes."""

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from warp.disclosure import Release

_table = schema.figures


async def close(connection: AsyncConnection, release: Release) -> None:
    """Store a week's figures; a week that has some cannot be closed again."""
    await connection.execute(
        insert(_table).values(week=release.week, release=msgspec.json.encode(release).decode())
    )


async def of_week(connection: AsyncConnection, week: str) -> Release | None:
    """Give a closed week's figures."""
    text = (await connection.execute(select(_table.c.release).where(_table.c.week == week))).scalar()
    return None if text is None else msgspec.json.decode(text, type=Release)


async def closed_weeks(connection: AsyncConnection) -> list[str]:
    """Give the closed weeks, in order."""
    return list((await connection.execute(select(_table.c.week).order_by(_table.c.week))).scalars())
