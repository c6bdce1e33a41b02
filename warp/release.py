"""
The release: opens the pool, shuffled, into counts; then judges, closes periods, and forgets.

Everything that happens at midnight UTC, in the one order that is safe: release, detection, close of the
periods that are over, forgetting, public lists (`warp.listing`), rewriting. Each step can be repeated, so a
server that was down at midnight does its work when it is back. Nothing here is told or keeps a time finer
than a day.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds import readback
from feeds.figures import json_path
from keys.errors import KeysError
from keys.keyring import Keyring
from keys.lists import Kind
from keys.receipt import mark
from storage import checks, counted, figures, inbox, members, pool, signals, tallies, unlisted
from storage.database import Database
from warp import forgetting
from warp.counting import Counts, Judgement, Months
from warp.detection import HISTORY_WEEKS, WINDOW_WEEKS
from warp.disclosure import Release
from warp.events import Event, Log
from warp.forgetting import PublicFiles, Stores
from warp.lateness import Lateness, first_quarter, last_ended_month
from warp.opening import Opened, Opener, UnknownReportKey
from warp.policies import Policy
from warp.report import InvalidReport, rehearsed
from warp.tally import Counted, FirstTokens, Tally, WeekCounts
from warp.weeks import Period, Span, Week

AT_LEAST = 3
"""Envelopes: the least cover that a release at midnight gives …"""
AFTER_MIDNIGHTS = 2
"""… unless something has waited through so many midnights."""

JudgeWeek = Callable[
    [Counts, Sequence[FirstTokens], Sequence[FirstTokens], Months | None], Awaitable[Judgement]
]
Protect = Callable[
    [Period, Mapping[Week, WeekCounts], Sequence[Release], frozenset[str], Policy], Awaitable[Release]
]


class Hub(NamedTuple):
    """What the acts of the release work on; put together by the composition root."""

    identity: Database
    reports: Database
    keyring: Keyring
    public: PublicFiles
    opener: Opener
    random: Random
    """`SystemRandom`, but in tests of what does not depend on it."""
    judge: JudgeWeek
    protect: Protect
    """Makes its own secret, uses it once and forgets it."""
    rewrite: Callable[[Path], Awaitable[None]]
    """Leaves nothing of what a database file held, nor the order in which it came."""
    log: Log
    created: date
    """The first day of the site."""
    policy: Policy
    """Makes the figures of a quarter that has begun with no other."""
    rehearses: str = ""
    """On the site of a drill alone: the type that test reports stand for there. They count nowhere else."""

    @property
    def stores(self) -> Stores:
        """Where there is something to forget."""
        return Stores(self.identity, self.reports, self.keyring, self.public)


class Released(NamedTuple):
    """What a release did."""

    day: date
    """The day that its reports count under."""
    reports: int
    """Envelopes opened."""
    signals: int
    """Signals of the open week."""


def ended_day(now: datetime) -> date:
    """Give the day that ends (at midnight: that has just ended)."""
    return (now - timedelta(microseconds=1)).date()


async def is_due(hub: Hub) -> bool:
    """Say whether the pool gives enough cover, or has waited long enough, to be released at midnight."""
    async with hub.reports.read() as connection:
        waits, passed = await pool.size(connection), (await pool.waiting(connection)).midnights
    return waits >= AT_LEAST or (waits > 0 and passed >= AFTER_MIDNIGHTS)


async def urgent(hub: Hub) -> list[int]:
    """Give the ids of the envelopes to release at the next full hour; no mark of it stands on the disk."""
    found = []
    async with hub.reports.read() as connection:
        order = await pool.ids(connection)
        index = 0
        async for envelope in pool.envelopes(connection, order):
            try:
                if hub.opener.open(envelope, None).report.urgent:
                    found.append(order[index])
            except (KeysError, InvalidReport):
                pass  # the release will say so, once
            index += 1
    return found


async def release(hub: Hub, now: datetime, only: Sequence[int] | None = None) -> Released:
    """
    Open the pool, judge the open week, and rewrite what changed.

    Args:
        hub: What to work on.
        now: Aware; the reports count under the day that ends at this moment.
        only: Ids of the envelopes to release; all of them unless given.
    """
    try:
        reports = await _open_pool(hub, now, only)
        found = await judge(hub, now)
    finally:
        await hub.rewrite(hub.reports.path)
    return Released(ended_day(now), reports, found)


async def _open_pool(hub: Hub, now: datetime, only: Sequence[int] | None = None) -> int:
    """Open envelopes in random order into tallies, inbox and marks, in one transaction; gives how many."""
    day = ended_day(now)
    async with hub.reports.write() as connection:
        order = await pool.ids(connection)
        if only is not None:  # another process may have been faster with some of them
            order = [each for each in order if each in only]
        hub.random.shuffle(order)
        tally, marks = Tally(), []
        async for opened in _opened(hub, connection, order):
            report = rehearsed(opened.report, hub.rehearses) if hub.rehearses else opened.report
            tally.add(Counted(report, opened.week, opened.first), day)
            marks.append(mark(opened.lookup))
            sealed = inbox.Sealed(hub.random.randbytes(16), str(Week.of(day)), opened.narrative)
            await inbox.file(connection, sealed)
        await tallies.add(connection, tally)
        await unlisted.wait(connection, Kind.ACCEPTED, marks)
        await pool.remove(connection, order)
    if order:
        hub.log(Event.RELEASED)
    return len(marks)


async def _opened(hub: Hub, connection: AsyncConnection, order: Sequence[int]) -> AsyncIterator[Opened]:
    async for envelope in pool.envelopes(connection, order):
        try:
            yield hub.opener.open(envelope, None)
        except UnknownReportKey:
            raise  # keys that the pool needs are never destroyed: they are mislaid, and may come back
        except (KeysError, InvalidReport) as error:
            # It was good when it was accepted: the disk is damaged, and nobody can ever open it.
            hub.log(Event.UNREADABLE, error)


async def judge(hub: Hub, now: datetime, *, at_midnight: bool = False) -> int:
    """
    Judge the week that was open just before `now`; gives the number of its signals.

    Args:
        hub: What to work on.
        now: Aware.
        at_midnight: Whether a month that has ended since the last midnight is judged, too; that is done once.
    """
    day = ended_day(now)
    async with hub.reports.read() as connection:
        counts, first_tokens, late_tokens = await evidence(connection, day)
        if (await pool.waiting(connection)).day < day - timedelta(days=1):
            # What came in several days is counted under one: no day of its own to judge.
            counts = msgspec.structs.replace(counts, today={}, first_today={})
        months = await _ended_months(connection, day) if at_midnight else None
    found = await hub.judge(counts, first_tokens, late_tokens, months)
    async with hub.reports.write() as connection:
        await signals.record(connection, found.signals, lambda: random_word(hub.random), Week.of(day))
        await checks.record(connection, found.checks)
    return len(found.signals)


async def _judge_if_possible(hub: Hub, now: datetime) -> int:
    """
    Judge at midnight, as far as it goes.

    The next release judges the same counts, and the end of the next month the same months. What would wait
    with them cannot: keys are destroyed and lists grow whatever fails here.
    """
    try:
        return await judge(hub, now, at_midnight=True)
    except Exception as error:  # noqa: BLE001 - said in the log; a child may be short of memory for good
        hub.log(Event.FAULT, error)
        return 0


class Evidence(NamedTuple):
    """What a week is judged by; see `warp.detection.judge`."""

    counts: Counts
    first_tokens: list[FirstTokens]
    late_tokens: list[FirstTokens]


async def evidence(connection: AsyncConnection, day: date) -> Evidence:
    """Give what the week of a day is judged by, as of the end of that day."""
    counts = await counted.weekly(connection, day, HISTORY_WEEKS)
    weeks = counts.weeks[-WINDOW_WEEKS:]
    tokens = await tallies.weekly_first_tokens(connection, weeks, day)
    late_tokens = await tallies.weekly_first_tokens(connection, weeks, day, late=True)
    return Evidence(counts, tokens, late_tokens)


async def _ended_months(connection: AsyncConnection, day: date) -> Months | None:
    """Give the reports by when their incidents happened, if a month has ended since the last midnight."""
    before, begun = (await pool.waiting(connection)).day, await tallies.first_day(connection)
    if begun is None or last_ended_month(before) == last_ended_month(day):
        return None
    delays = Lateness(await tallies.delays(connection, first_quarter(day)), day)
    return Months(stored=tuple(await tallies.occurrences(connection)), delays=delays, begun=begun)


_ALPHABET = "abcdefghjkmnpqrstvwxyz0123456789"


def random_word(random: Random) -> str:
    """Give 40 random bits as eight letters and digits that are hard to confuse."""
    return "".join(random.choice(_ALPHABET) for _ in range(8))


async def periods_to_close(hub: Hub, now: datetime) -> list[Period]:
    """Give the periods that are over and not closed, from the site's first; a short one before a long one."""
    async with hub.reports.read() as connection:
        closed = set(await figures.closed(connection))
    week = Week.of(hub.created)
    due = []
    while week.end <= now:
        periods = (Period.of(week, span) for span in Span)
        due += [period for period in periods if period.last == week and str(period) not in closed]
        week = week.plus(1)
    return due


async def close(hub: Hub, period: Period) -> Release:
    """
    Make the figures of a period that is over, once; closed is closed.

    What is public already, of a site that was restored since, is taken as it stands. All releases of a
    quarter are made by the policy of its first: what a step leaves in doubt is bounded by the leads of one
    ladder.
    """
    published = hub.public.read(json_path(str(period)))
    made = await _made(hub, period) if published is None else readback.read(published, str(period))
    async with hub.reports.write() as connection:
        await figures.close(connection, made)
    hub.log(Event.PERIOD_CLOSED)
    return made


async def _made(hub: Hub, period: Period) -> Release:
    quarter = Period.of(period.first, Span.QUARTER)
    async with hub.reports.read() as connection:
        tally = await tallies.weekly(connection, period)
        closed = [(each, await figures.of(connection, each)) for each in await _within(connection, quarter)]
    async with hub.identity.read() as connection:
        homes = frozenset(place for place in await members.by_place(connection) if place)
    earlier = [release for name, release in closed if Period.parse(name).first in period.weeks]
    policy = closed[0][1].policy if closed else hub.policy
    return await hub.protect(period, tally, earlier, homes, policy)


async def _within(connection: AsyncConnection, quarter: Period) -> list[str]:
    """Give the closed periods of a quarter, in order of their ends."""
    return [name for name in await figures.closed(connection) if Period.parse(name).first in quarter.weeks]


async def close_all(hub: Hub, now: datetime) -> list[Release]:
    """
    Close what is over, as far as it goes.

    Figures can wait for the next midnight. What would wait with them cannot: keys are destroyed and lists
    grow whatever fails here.
    """
    made = []
    try:
        for period in await periods_to_close(hub, now):
            made.append(await close(hub, period))
    except Exception as error:  # noqa: BLE001 - said in the log, and by `warp status` as long as it lasts
        hub.log(Event.FAULT, error)
    return made


async def forget(hub: Hub, now: datetime) -> list[Week]:
    """Destroy what has outlived its purpose (`warp.forgetting`); gives the weeks whose keys are gone."""
    gone = await forgetting.forget(hub.stores, now)
    for _ in gone:
        hub.log(Event.KEYS_DESTROYED)
    return gone


class Midnight(NamedTuple):
    """What a midnight's work did; the caller publishes it."""

    released: Released
    closed: list[Release]
    """Figures of the periods that closed."""
    destroyed: list[Week]
    """Weeks whose keys are gone."""


async def midnight(hub: Hub, now: datetime, *, open_pool: bool = False) -> Midnight:
    """
    Do a midnight's work in its order; at any later moment it catches up.

    The caller lets the public lists grow, which says that the midnight is done; it publishes, then rewrites.

    Args:
        hub: What to work on.
        now: Aware.
        open_pool: Release also when the pool gives too little cover, as an operator may command.
    """
    due = open_pool or await is_due(hub)
    reports = await _open_pool(hub, now, None if due else await urgent(hub))
    found = await _judge_if_possible(hub, now)
    closed = await close_all(hub, now)
    destroyed = await forget(hub, now)
    return Midnight(Released(ended_day(now), reports, found), closed, destroyed)
