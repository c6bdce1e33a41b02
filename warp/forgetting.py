"""
Forgetting: what is kept of each week, why, until when; and its destruction once that time has come.

One list of rules says it for the schedule, which destroys by it, and for `warp forget`, which explains by it.
Everything goes by the age of its week and nothing by what else is gone, so that a crash in between leaves
nothing for good. Deleted rows are only gone once the database files have been rewritten, which is up to the
caller.
"""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.envelope import read_header
from keys.errors import EnvelopeError
from keys.keyring import KEPT_FOR, Keyring
from keys.lists import KEPT_WEEKS, Kind
from storage import inbox, members, pool, subscriptions
from storage.database import Database
from warp.weeks import Week

NARRATIVES_KEPT = timedelta(days=90)
INVITATION_WEEKS = 4
"""Weeks after its own in which an invitation still holds."""


class PublicFiles(Protocol):
    """The public tree, as far as something in it goes."""

    def names(self, folder: str) -> list[str]:
        """Give the names of a folder's files."""

    def read(self, path: str) -> bytes | None:
        """Give a file's content, or none where there is no such file."""

    def remove(self, path: str) -> None:
        """Remove a file."""


class Stores(NamedTuple):
    """Where there is something to forget."""

    identity: Database
    reports: Database
    keyring: Keyring
    public: PublicFiles


class Rule(NamedTuple):
    """How long one kind of thing is kept of each week."""

    what: str
    kept_for: timedelta
    """After the end of its week."""
    why: str
    by_week: Callable[[Stores, AsyncConnection], Awaitable[Mapping[str, int]]]
    """Gives how many there are of each ISO week."""
    forget_before: Callable[[Stores, AsyncConnection, str], Awaitable[object]]
    """Destroys those of the weeks before one."""
    for_pool: bool = False
    """Whether it stays as long as an envelope of its week, or of an earlier one, waits in the pool."""
    is_public: bool = False
    """Whether everybody has it anyway."""

    def first_kept(self, now: datetime, waiting: Week | None) -> Week:
        """Give the earliest week of which it stays; `waiting` is that of the oldest envelope in the pool."""
        first = Week.of(now - self.kept_for)
        return min(first, waiting) if self.for_pool and waiting else first


async def _weeks_of_keys(stores: Stores, _connection: AsyncConnection) -> Mapping[str, int]:
    return {str(week): 1 for week in stores.keyring.weeks()}


async def _destroy_keys(stores: Stores, _connection: AsyncConnection, before: str) -> None:
    """Destroy keys; the caller holds the lock under which intake looks whether they are there."""
    stores.keyring.destroy_leftovers()
    for week in stores.keyring.weeks():
        if week < Week.parse(before):
            stores.keyring.destroy(week)


async def _weeks_of_lists(stores: Stores, _connection: AsyncConnection) -> Mapping[str, int]:
    return Counter(name.partition(".")[0] for kind in Kind for name in stores.public.names(f"v1/{kind}"))


async def _remove_lists(stores: Stores, _connection: AsyncConnection, before: str) -> None:
    for kind in Kind:
        for name in stores.public.names(f"v1/{kind}"):
            if name.partition(".")[0] < before:
                stores.public.remove(f"v1/{kind}/{name}")


IN_REPORTS = (
    Rule(
        "report and token keys",
        KEPT_FOR,
        "late and offline reports can still be opened; then nobody can open that week's envelopes, ever",
        _weeks_of_keys,
        _destroy_keys,
        for_pool=True,
    ),
    Rule(
        "marks of spent tokens",
        KEPT_FOR,
        "no token is used twice; without the week's keys none is good any more",
        lambda _, connection: pool.spent_by_week(connection),
        lambda _, connection, before: pool.forget_spent(connection, before),
        for_pool=True,
    ),
    Rule(
        "sealed narratives",
        NARRATIVES_KEPT,
        "coordinators need time to read them and to answer",
        lambda _, connection: inbox.by_week(connection),
        lambda _, connection, before: inbox.forget_before(connection, before),
    ),
    Rule(
        "public lists, of accepted reports and of replies",
        timedelta(weeks=KEPT_WEEKS),
        "whoever was away for long finds proof of filing and advice",
        _weeks_of_lists,
        _remove_lists,
        is_public=True,
    ),
)
"""What goes from the reports database and, under its lock, from key files and public files."""

IN_IDENTITY = (
    Rule(
        "who fetched a bundle of tokens",
        KEPT_FOR,
        "a member gets one bundle a week, and the same answer again when it was lost",
        lambda _, connection: members.bundles_by_week(connection),
        lambda _, connection, before: members.forget_bundles(connection, before),
        for_pool=True,
    ),
    Rule(
        "invitations that nobody has used",
        timedelta(weeks=INVITATION_WEEKS),
        "a team has time to join",
        lambda _, connection: members.invitations_by_week(connection),
        lambda _, connection, before: members.forget_invitations(connection, before),
    ),
    Rule(
        "subscriptions of feeds that have ended",
        timedelta(0),
        "news is sent until the last day of the lease",
        lambda _, connection: subscriptions.by_week(connection),
        lambda _, connection, before: subscriptions.forget_before(connection, before),
    ),
)
"""What goes from the identity database."""


async def forget(stores: Stores, now: datetime) -> list[Week]:
    """
    Destroy what has outlived its purpose; gives the weeks whose keys are gone.

    Keys that an envelope in the pool is sealed to stay until it is released: it has been accepted.
    """
    had = stores.keyring.weeks()
    async with stores.reports.write() as connection:
        waiting = await _oldest_waiting(stores, connection)
        for rule in IN_REPORTS:
            await rule.forget_before(stores, connection, str(rule.first_kept(now, waiting)))
    async with stores.identity.write() as connection:
        for rule in IN_IDENTITY:
            await rule.forget_before(stores, connection, str(rule.first_kept(now, waiting)))
    return sorted(set(had) - set(stores.keyring.weeks()))


class KeptWeek(msgspec.Struct, frozen=True):
    """What there is of a week."""

    week: str
    number: int
    until: date
    """The day at whose beginning, 00:00 UTC, it goes."""
    due: bool
    """Whether it goes now."""
    waits: bool
    """Whether its time has come, but an envelope in the pool still needs it."""


class Explained(msgspec.Struct, frozen=True):
    """What a rule does."""

    what: str
    days: int
    """It is kept for so long after the end of its week."""
    why: str
    weeks: list[KeptWeek]


async def explain(stores: Stores, now: datetime) -> list[Explained]:
    """Say of every rule what is kept by it, until when, and what is due."""
    found = []
    async with stores.reports.read() as connection:
        waiting = await _oldest_waiting(stores, connection)
        for rule in IN_REPORTS:
            found.append(_explained(rule, await rule.by_week(stores, connection), now, waiting))
    async with stores.identity.read() as connection:
        for rule in IN_IDENTITY:
            found.append(_explained(rule, await rule.by_week(stores, connection), now, waiting))
    return found


def _explained(rule: Rule, by_week: Mapping[str, int], now: datetime, waiting: Week | None) -> Explained:
    weeks = []
    for name, number in sorted(by_week.items()):
        week = Week.parse(name)
        due = week < rule.first_kept(now, waiting)
        over = week < rule.first_kept(now, None)
        until = (week.end + rule.kept_for).date()
        weeks.append(KeptWeek(name, number, until, due, over and not due))
    return Explained(rule.what, rule.kept_for.days, rule.why, weeks)


async def _oldest_waiting(stores: Stores, connection: AsyncConnection) -> Week | None:
    """Give the earliest week to whose report key an envelope in the pool is sealed."""
    identifiers = set()
    async for envelope in pool.envelopes(connection, await pool.ids(connection)):
        with contextlib.suppress(EnvelopeError):  # damaged on the disk; the release will say so
            identifiers.add(read_header(envelope).key_id)
    found = (stores.keyring.by_report_key(identifier) for identifier in identifiers)
    return min((keys.week for keys in found if keys is not None), default=None)


async def earliest_end(stores: Stores) -> date | None:
    """Give the first day at whose beginning anything here goes that is not public; none if nothing does."""
    ends: list[date] = []
    for database, rules in ((stores.reports, IN_REPORTS), (stores.identity, IN_IDENTITY)):
        async with database.read() as connection:
            for rule in (rule for rule in rules if not rule.is_public):
                weeks = map(Week.parse, await rule.by_week(stores, connection))
                ends.extend((week.end + rule.kept_for).date() for week in weeks)
    return min(ends, default=None)
