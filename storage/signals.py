"""Signals: one per cell and week, brought up to date as the week's counts grow."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from warp.detection import Signal

_table = schema.signals
_facts = [field for field in Signal.__struct_fields__]


class Kept(NamedTuple):
    """A stored signal."""

    id: str
    signal: Signal
    advisory: str | None
    """Id of the advisory drafted from it."""


async def record(connection: AsyncConnection, signals: Iterable[Signal], new_id: Callable[[], str]) -> None:
    """Store signals; one of the same week, type and place is replaced and keeps its id and advisory."""
    for signal in signals:
        values = msgspec.structs.asdict(signal)
        same = (
            (_table.c.week == signal.week) & (_table.c.type == signal.type) & (_table.c.place == signal.place)
        )
        found = (await connection.execute(select(_table.c.id).where(same))).scalar_one_or_none()
        if found is None:
            await connection.execute(insert(_table).values(id=new_id(), **values))
        else:
            await connection.execute(update(_table).where(_table.c.id == found).values(**values))


async def everything(connection: AsyncConnection, week: str | None = None) -> list[Kept]:
    """Give the signals, latest week first; of one week, if given."""
    statement = select(_table).order_by(_table.c.week.desc(), _table.c.type, _table.c.place)
    if week is not None:
        statement = statement.where(_table.c.week == week)
    return [_kept(row) for row in await connection.execute(statement)]


async def by_id(connection: AsyncConnection, wanted: str) -> Kept | None:
    """Give one signal."""
    row = (await connection.execute(select(_table).where(_table.c.id == wanted))).one_or_none()
    return None if row is None else _kept(row)


async def drafted(connection: AsyncConnection, signal: str, advisory: str) -> None:
    """Note which advisory was drafted from a signal."""
    await connection.execute(update(_table).where(_table.c.id == signal).values(advisory=advisory))


def _kept(row: Any) -> Kept:
    return Kept(row.id, Signal(**{name: getattr(row, name) for name in _facts}), row.advisory)
