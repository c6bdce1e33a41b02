"""
Subscriptions: who is to be told of news by WebSub, and what each was told last.

In the identity database, because a callback tells who reads, and apart from everything about members.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from warp.callbacks import host_of
from warp.weeks import Week

_table = schema.subscriptions
_KEY = ["topic", "callback"]


class Subscription(NamedTuple):
    """One feed that one callback is sent."""

    topic: str
    callback: str
    secret: bytes
    until: date
    """The last day of the lease."""
    sent: bytes
    """SHA-256 of what was last sent, or of what stood there at first."""


async def everyone(connection: AsyncConnection) -> list[Subscription]:
    """Give all subscriptions, by topic and callback."""
    rows = await connection.execute(select(_table).order_by(_table.c.topic, _table.c.callback))
    return [
        Subscription(row.topic, row.callback, row.secret, date.fromisoformat(row.until), row.sent)
        for row in rows
    ]


async def is_known(connection: AsyncConnection, topic: str, callback: str) -> bool:
    """Say whether there is such a subscription."""
    found = await connection.execute(select(_table.c.host).where(_is(topic, callback)))
    return found.one_or_none() is not None


async def count(connection: AsyncConnection, host: str) -> tuple[int, int]:
    """Give how many there are, in all and whose callbacks have a host."""
    of_host = func.count().filter(_table.c.host == host)
    in_all, theirs = (await connection.execute(select(func.count(), of_host).select_from(_table))).one()
    return in_all, theirs


async def put(connection: AsyncConnection, new: Subscription) -> None:
    """Add a subscription, or renew it; of one that is renewed it is known what was sent last."""
    row = {**new._asdict(), "host": host_of(new.callback), "until": new.until.isoformat()}
    renewed = {"secret": row["secret"], "until": row["until"]}
    statement = insert(_table).values(row)
    await connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=renewed))


async def mark_sent(connection: AsyncConnection, topic: str, callback: str, sent: bytes) -> None:
    """Remember what a subscription was sent last."""
    await connection.execute(update(_table).where(_is(topic, callback)).values(sent=sent))


async def remove(connection: AsyncConnection, topic: str, callback: str) -> None:
    """Delete a subscription."""
    await connection.execute(delete(_table).where(_is(topic, callback)))


async def remove_host(connection: AsyncConnection, host: str) -> int:
    """Delete all subscriptions whose callbacks have a host; gives how many."""
    return (await connection.execute(delete(_table).where(_table.c.host == host))).rowcount


async def forget_ended(connection: AsyncConnection, first: date) -> None:
    """Delete subscriptions whose last day is before a day."""
    await connection.execute(delete(_table).where(_table.c.until < first.isoformat()))


async def by_week(connection: AsyncConnection) -> Mapping[str, int]:
    """Give the number of subscriptions by the ISO week of their last day."""
    days = (await connection.execute(select(_table.c.until))).scalars()
    return Counter(str(Week.of(date.fromisoformat(day))) for day in days)


async def forget_before(connection: AsyncConnection, week: str) -> None:
    """Delete subscriptions that ended before a week."""
    await forget_ended(connection, Week.parse(week).monday)


def _is(topic: str, callback: str) -> ColumnElement[bool]:
    return and_(_table.c.topic == topic, _table.c.callback == callback)
