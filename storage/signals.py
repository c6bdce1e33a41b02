"""Signals: one for each event, with its latest verdict and the steps of its life."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from warp import life
from warp.life import Kept, Step
from warp.signal import Signal, State
from warp.weeks import Week

_table = schema.signals


async def record(
    connection: AsyncConnection, found: Iterable[Signal], new_id: Callable[[], str], week: Week
) -> None:
    """Store what was found in a week: as new events, or as the latest of known ones; end what is over."""
    for each in life.follow(await everything(connection), found, week, new_id):
        await save(connection, each)


async def save(connection: AsyncConnection, kept: Kept) -> None:
    """Store a signal as it is now."""
    values = {
        "week": kept.signal.week,
        "type": kept.signal.type,
        "place": kept.signal.place,
        "kind": str(kept.signal.kind),
        "state": str(kept.state),
        "advisory": kept.advisory,
        "verdict": msgspec.json.encode(kept.signal).decode(),
        "steps": msgspec.json.encode(kept.steps).decode(),
    }
    stored = await connection.execute(update(_table).where(_table.c.id == kept.id).values(**values))
    if not stored.rowcount:
        await connection.execute(insert(_table).values(id=kept.id, **values))


async def everything(connection: AsyncConnection, week: str | None = None) -> list[Kept]:
    """Give the signals, latest week first; those last judged in one week, if given."""
    statement = select(_table).order_by(_table.c.week.desc(), _table.c.type, _table.c.place, _table.c.id)
    if week is not None:
        statement = statement.where(_table.c.week == week)
    return [_kept(row) for row in await connection.execute(statement)]


async def by_id(connection: AsyncConnection, wanted: str) -> Kept | None:
    """Give one signal."""
    row = (await connection.execute(select(_table).where(_table.c.id == wanted))).one_or_none()
    return None if row is None else _kept(row)


async def of_advisory(connection: AsyncConnection, advisory: str) -> list[Kept]:
    """Give the signals that an advisory was drafted from."""
    statement = select(_table).where(_table.c.advisory == advisory).order_by(_table.c.id)
    return [_kept(row) for row in await connection.execute(statement)]


def _kept(row: Any) -> Kept:
    signal = msgspec.json.decode(row.verdict, type=Signal)
    return Kept(
        row.id, signal, State(row.state), row.advisory, msgspec.json.decode(row.steps, type=tuple[Step, ...])
    )
