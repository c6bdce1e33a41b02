"""
Epochs: makes each week's keys ahead of need and publishes them in the directory.

One entry a week, on a fixed schedule, four weeks ahead; a site that was down makes up for what it missed. The
keys are stored before the entry that announces them, so that an announced key can always open. Destroying
keys belongs to `warp.forgetting`.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Iterable
from datetime import datetime

import msgspec

from keys import directory, lists
from keys.directory import Certificate, Entry, ListHeads
from keys.errors import ListError
from keys.keyring import WEEKS_AHEAD, IssuerKeys, Keyring, WeekKeys, make_week
from keys.lists import KEPT_WEEKS, Kind
from keys.tokens import IssuerKey
from storage import coordinators, members
from storage.database import Database
from warp import publication, release
from warp.policies import Policy
from warp.publication import Tree, newest_document, read_entry
from warp.weeks import Week

CERTIFICATE_WARNING_WEEKS = 12
"""`warp status` warns so long before the online key's certificate ends."""


class NoCoordinator(Exception):
    """Narratives are sealed to the coordinators; add one before keys are made."""


class NoKeys(Exception):
    """The week has no keys."""


class Epochs(msgspec.Struct, frozen=True):
    """What making a week's keys needs."""

    keyring: Keyring
    tree: Tree
    identity: Database
    issuer: str
    """The token issuer's name: the site's host."""
    policy: Policy
    certificate: Certificate
    """Of the online key, by the root."""
    new_issuer: IssuerKeys = IssuerKey.generate

    def may_announce(self, week: Week) -> bool:
        """Say whether the root has certified the online key for a week, else members refuse its entry."""
        return self.certificate.covers(self.keyring.online, week)


def weeks_ahead(now: datetime) -> list[Week]:
    """Give the weeks that must have keys at a time: the current one and the next four."""
    return [Week.of(now).plus(i) for i in range(WEEKS_AHEAD + 1)]


async def make_keys(epochs: Epochs, weeks: Iterable[Week]) -> list[WeekKeys]:
    """Make the keys of weeks that come after the newest entry and have none yet; `keep` stores them."""
    return [
        await asyncio.to_thread(make_week, week, secrets.token_bytes, epochs.new_issuer)
        for week in after_newest(epochs, weeks)
        if epochs.keyring.week(week) is None
    ]


def keep(epochs: Epochs, made: Iterable[WeekKeys]) -> None:
    """Store keys, but never in place of others: those may have been announced meanwhile."""
    for keys in made:
        if epochs.keyring.week(keys.week) is None:
            epochs.keyring.add(keys)


async def announce(epochs: Epochs, weeks: Iterable[Week]) -> list[Week]:
    """
    Publish the entries of weeks that come after the newest one, with the keys that are kept.

    Raises:
        NoCoordinator: there is nobody to seal narratives to.
    """
    announced = []
    for week in after_newest(epochs, weeks):
        entry = await _entry(epochs, week)
        document = directory.sign(entry, epochs.keyring.online, epochs.certificate)
        publication.publish_directory(epochs.tree, entry.number, document, week)
        announced.append(week)
    return announced


def after_newest(epochs: Epochs, weeks: Iterable[Week]) -> list[Week]:
    """Give those weeks that can still be announced: a week in the directory comes after all before it."""
    newest = newest_document(epochs.tree)
    return [week for week in weeks if newest is None or week > Week.parse(read_entry(newest).week)]


def announced(tree: Tree, first: Week) -> list[Week]:
    """Give the weeks from the first on that are in the directory, in order."""
    weeks: list[Week] = []
    document = newest_document(tree)
    while document is not None and (week := Week.parse((entry := read_entry(document)).week)) >= first:
        weeks.insert(0, week)
        document = tree.read(f"v1/directory/{entry.number - 1}.json")
    return weeks


async def _entry(epochs: Epochs, week: Week) -> Entry:
    async with epochs.identity.read() as connection:
        recipients = tuple((await coordinators.everyone(connection)).values())
        by_place = await members.by_place(connection)
        holding = await members.holders(connection, str(week.plus(-WEEKS_AHEAD)))
    keys = epochs.keyring.week(week)
    if not recipients:
        raise NoCoordinator("there is no coordinator to seal narratives to: warp coordinator add")
    if keys is None:
        raise NoKeys("a week is announced after its keys are made")
    newest = newest_document(epochs.tree)
    first_keys, further_key = directory.issuer_publics(keys.issuers)
    return Entry(
        number=0 if newest is None else read_entry(newest).number + 1,
        previous="" if newest is None else directory.digest(newest),
        issuer=epochs.issuer,
        week=str(week),
        report_key=keys.report.public,
        first_keys=first_keys,
        further_key=further_key,
        recipients=recipients,
        policy=epochs.policy,
        release_at_least=release.AT_LEAST,
        release_after_midnights=release.AFTER_MIDNIGHTS,
        members={place: directory.band(n) for place, n in sorted(by_place.items())},
        holders=directory.band(holding) if holding else 0,
        lists=_closed_lists(epochs.tree, week.plus(-WEEKS_AHEAD)),
    )


def _closed_lists(tree: Tree, current: Week) -> dict[str, ListHeads]:
    """Give how the public lists ended of the weeks before the one in which an entry appears."""
    found = {}
    for week in (current.plus(-back) for back in range(KEPT_WEEKS, 0, -1)):
        documents = [tree.read(publication.list_path(kind, week)) for kind in Kind]
        with contextlib.suppress(ListError):  # one is not there, or damaged, and can be shown to nobody
            found[str(week)] = ListHeads(*(lists.read_own(each or b"").head.sha256 for each in documents))
    return found
