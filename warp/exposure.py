"""
What a coordinator's key still opens after it was replaced or removed: said exactly, since nothing undoes it.

An announced entry never changes and no week gets a second set of keys, or a site could tell members apart by
the keys that they were given. So a key that is out of use is still sealed to in the weeks announced before.
What lies in the inbox can be sealed anew (`warp inbox --reseal`); what comes can only be waited for.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from keys.directory import Entry
from keys.keyring import KEPT_FOR
from storage import inbox
from storage.database import Database
from warp.publication import Tree, newest_document, read_entry
from warp.weeks import Week


class Exposure(NamedTuple):
    """What one key opens."""

    inbox: list[Week]
    """Weeks of release of narratives in the inbox that may be sealed to it; the server cannot tell."""
    announced: list[Week]
    """Weeks whose reports are still taken and are sealed to it, in order."""
    next_week: Week
    """The first week that is not announced yet."""


async def of_key(tree: Tree, reports: Database, recipient: str, now: datetime) -> Exposure:
    """Give what a key opens at a time, whether or not it is still a coordinator's."""
    async with reports.read() as connection:
        kept = [Week.parse(week) for week in await inbox.weeks(connection)]
    oldest = min([*kept, Week.of(now)]).plus(-_LATEST)
    entries = list(_entries(tree, oldest))
    sealed_to = sorted(Week.parse(entry.week) for entry in entries if recipient in entry.recipients)
    return Exposure(
        [week for week in kept if sealed_to and week >= sealed_to[0]],
        [week for week in sealed_to if _is_taken(week, now)],
        max(Week.parse(entry.week) for entry in entries).plus(1),
    )


def last_week_of_former_keys(tree: Tree, present: Collection[str], now: datetime) -> Week | None:
    """Give the last week that is sealed to a key that is no coordinator's any more; none if there is none."""
    entries = _entries(tree, Week.of(now).plus(-_LATEST))
    former = (Week.parse(entry.week) for entry in entries if not set(entry.recipients) <= set(present))
    return max((week for week in former if _is_taken(week, now)), default=None)


_LATEST = 3
"""A report is released in its own week or at most so many weeks later, unless the server was down."""


def _is_taken(week: Week, now: datetime) -> bool:
    return now < week.end + KEPT_FOR


def _entries(tree: Tree, oldest: Week) -> Iterator[Entry]:
    """Give the published entries, newest first, down to a week."""
    document = newest_document(tree)
    while document is not None:
        entry = read_entry(document)
        if Week.parse(entry.week) < oldest:
            return
        yield entry
        document = tree.read(f"v1/directory/{entry.number - 1}.json") if entry.number else None
