"""Published figures, written once when a period closes."""

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from warp.disclosure import Release
from warp.weeks import Period, Span, Week

_table = schema.figures


async def close(connection: AsyncConnection, release: Release) -> None:
    """Store a period's figures; a period that has some cannot be closed again."""
    await connection.execute(
        insert(_table).values(period=release.period, release=msgspec.json.encode(release).decode())
    )


async def find(connection: AsyncConnection, period: str) -> Release | None:
    """Give a period's figures; none if it is not closed, or what is stored is damaged."""
    text = (await connection.execute(select(_table.c.release).where(_table.c.period == period))).scalar()
    try:
        return None if text is None else msgspec.json.decode(text, type=Release)
    except msgspec.DecodeError:
        return None


async def of(connection: AsyncConnection, period: str) -> Release:
    """Give a closed period's figures."""
    text = (await connection.execute(select(_table.c.release).where(_table.c.period == period))).scalar_one()
    return msgspec.json.decode(text, type=Release)


async def everything(connection: AsyncConnection) -> list[Release]:
    """Give the figures of all closed periods, in order of their ends, the shorter first."""
    texts = (await connection.execute(select(_table.c.release))).scalars()
    return sorted((msgspec.json.decode(text, type=Release) for text in texts), key=_order)


async def closed(connection: AsyncConnection, span: Span | None = None) -> list[str]:
    """Give the closed periods, of one length if it is said, in order of their ends, the shorter first."""
    names = (await connection.execute(select(_table.c.period))).scalars()
    periods = sorted(map(Period.parse, names), key=_ends)
    return [str(each) for each in periods if span in (None, each.span)]


def _order(release: Release) -> tuple[Week, int]:
    return _ends(Period.parse(release.period))


def _ends(period: Period) -> tuple[Week, int]:
    return period.last, list(Span).index(period.span)
