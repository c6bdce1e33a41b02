"""
The pool of sealed envelopes and the marks of spent tokens: what intake writes and the release empties.

Stores envelopes as they came, still sealed. Knows nothing of what is in them.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema


class Arrival(NamedTuple):
    """An envelope whose token has been verified, ready to be stored."""

    envelope: bytes
    mark: bytes
    """SHA-256 of the token."""
    fingerprint: bytes
    """SHA-256 of token and envelope: tells a retry from a second use of the token."""
    week: str
    """ISO week of the token."""


def arrival(envelope: bytes, token: bytes, week: str) -> Arrival:
    """Give what is stored of an envelope that was opened and found good."""
    mark = hashlib.sha256(b"WARP spent token v1" + token).digest()
    fingerprint = hashlib.sha256(b"WARP spent envelope v1" + token + envelope).digest()
    return Arrival(envelope, mark, fingerprint, week)


async def accept(
    connection: AsyncConnection, arrivals: Sequence[Arrival], random_id: Callable[[], int]
) -> list[bool]:
    """
    Spend the tokens and store the envelopes of one batch.

    Returns:
        For each arrival whether it is accepted: its token is spent for it now, or was spent for this very
        envelope before. False: the token was spent for another envelope.
    """
    marks = [each.mark for each in arrivals]
    rows = await connection.execute(
        select(schema.spent.c.mark, schema.spent.c.envelope).where(schema.spent.c.mark.in_(marks))
    )
    known: dict[bytes, bytes] = {row.mark: row.envelope for row in rows}
    fresh: list[Arrival] = []
    for each in arrivals:
        if each.mark not in known:
            known[each.mark] = each.fingerprint
            fresh.append(each)
    if fresh:
        await connection.execute(
            insert(schema.spent),
            [{"mark": each.mark, "envelope": each.fingerprint, "week": each.week} for each in fresh],
        )
        await connection.execute(
            insert(schema.pool), [{"id": random_id(), "envelope": each.envelope} for each in fresh]
        )
    return [known[each.mark] == each.fingerprint for each in arrivals]


async def size(connection: AsyncConnection) -> int:
    """Give the number of envelopes that wait."""
    return (await connection.execute(select(func.count()).select_from(schema.pool))).scalar_one()


class Waiting(NamedTuple):
    """How long the pool, as a whole, has waited."""

    midnights: int
    day: date
    """The last day whose midnight work is done."""


async def begin(connection: AsyncConnection, day: date) -> None:
    """Start counting midnights on a new site, whose last finished day is `day`."""
    await connection.execute(insert(schema.waiting).values(id=1, midnights=0, day=day.isoformat()))


async def waiting(connection: AsyncConnection) -> Waiting:
    """Give how long the pool has waited."""
    row = (await connection.execute(select(schema.waiting))).one()
    return Waiting(row.midnights, date.fromisoformat(row.day))


async def pass_midnight(connection: AsyncConnection, day: date) -> None:
    """Note that a day's midnight work is done; what still waits has waited through one more midnight."""
    table = schema.waiting
    more = 1 if await size(connection) else 0
    await connection.execute(update(table).values(midnights=table.c.midnights + more, day=day.isoformat()))


async def ids(connection: AsyncConnection) -> list[int]:
    """Give the ids of all envelopes that wait, for the caller to shuffle."""
    return list((await connection.execute(select(schema.pool.c.id))).scalars())


async def envelopes(
    connection: AsyncConnection, order: Sequence[int], chunk: int = 64
) -> AsyncIterator[bytes]:
    """Give the envelopes in the order asked for, a few megabytes in memory at a time."""
    for start in range(0, len(order), chunk):
        wanted = order[start : start + chunk]
        rows = await connection.execute(select(schema.pool).where(schema.pool.c.id.in_(wanted)))
        found = {row.id: row.envelope for row in rows}
        for each in wanted:
            yield found[each]


async def remove(connection: AsyncConnection, released: Sequence[int], chunk: int = 500) -> None:
    """Delete envelopes; once none is left, start counting midnights anew."""
    for start in range(0, len(released), chunk):
        wanted = released[start : start + chunk]
        await connection.execute(delete(schema.pool).where(schema.pool.c.id.in_(wanted)))
    if await size(connection) == 0:
        await connection.execute(update(schema.waiting).values(midnights=0))


async def spent_by_week(connection: AsyncConnection) -> dict[str, int]:
    """Give the number of spent marks of each week."""
    week = schema.spent.c.week
    rows = await connection.execute(select(week, func.count()).group_by(week))
    return dict(rows.all())


async def forget_spent(connection: AsyncConnection, before: str) -> None:
    """Delete the marks of the weeks before one: their token keys are destroyed."""
    await connection.execute(delete(schema.spent).where(schema.spent.c.week < before))
