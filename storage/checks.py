"""How well detection was calibrated, week by week and level by level."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from warp.counting import Check
from warp.signal import Level

_table = schema.calibration


async def record(connection: AsyncConnection, checks: Iterable[Check]) -> None:
    """Store checks; one of the same week and level is replaced."""
    for check in checks:
        values = msgspec.structs.asdict(check)
        statement = upsert(_table).values(**values)
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["week", "level"], set_=values)
        )


async def since(connection: AsyncConnection, week: str) -> list[Check]:
    """Give the checks of a week and those after it."""
    rows = await connection.execute(select(_table).where(_table.c.week >= week).order_by("week", "level"))
    return [
        Check(
            week=row.week,
            level=Level(row.level),
            observed=row.observed,
            expected=row.expected,
            variance=row.variance,
        )
        for row in rows
    ]
