"""
Listing: lets the public lists grow by a day, once. Old ones go as all else does, by `warp.forgetting`.

Comes after the release in a midnight's work. The lists are files of the public tree and nothing else, because
all that they hold is public; only what still waits for its midnight is in the database. Replies are sealed by
coordinators (`keys.reply`); what they answer is not known here.
"""

import contextlib
import functools
import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from keys import lists, reply
from keys.directory import Certificate
from keys.errors import ListError
from keys.hybrid import RandBytes
from keys.keyring import Keyring
from keys.lists import Kind
from storage import pool, unlisted
from storage.database import Database
from warp.events import Event, Log
from warp.publication import Tree, list_path, newest_document, read_entry
from warp.weeks import Week


class Lists(NamedTuple):
    """What letting the lists grow needs."""

    reports: Database
    tree: Tree
    keyring: Keyring
    certificate: Certificate
    randbytes: RandBytes
    log: Log


async def grow(public: Lists, day: date) -> None:
    """
    Let every list grow by a day that has ended, also when nothing came, and note that the day is done.

    Without a certificate for it the lists stay as they are, since members would refuse them. A crash on the
    way does no harm: a list that holds the day already does not grow again, and what waits is deleted only
    once it stands in a list.
    """
    for kind in Kind if public.certificate.covers(public.keyring.online, Week.of(day)) else ():
        async with public.reports.read() as connection:
            waits = await unlisted.waiting(connection, kind)
        listed = _grow(public, kind, day, waits)
        async with public.reports.write() as connection:
            await unlisted.remove(connection, kind, listed & set(waits))
    async with public.reports.write() as connection:
        await pool.pass_midnight(connection, day)


def _grow(public: Lists, kind: Kind, day: date, waits: list[bytes]) -> set[bytes]:
    """Write a list anew with what waits, unless it holds the day already; gives all that it holds."""
    path = list_path(kind, Week.of(day))
    document = public.tree.read(path)
    try:
        own = lists.read_own(document) if document else None
    except ListError as error:
        public.log(Event.LIST_DAMAGED, error)
        return set()
    known = own.items if own else ()
    if (own and own.head.day >= day.isoformat()) or _is_closed(public.tree, Week.of(day)):
        return set(known)
    elsewhere = _of_other_weeks(public.tree, kind, path) & set(waits)
    items = lists.grown(known, set(waits) - elsewhere, _filler(public, kind))
    signed = lists.sign(kind, day, items, public.keyring.online, public.certificate)
    midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
    public.tree.keep(path, signed, midnight)
    return elsewhere.union(items)


def _is_closed(tree: Tree, week: Week) -> bool:
    """Say whether the directory names how a week's lists ended: a clock that was ahead may have closed it."""
    newest = newest_document(tree)
    return newest is not None and str(week) in read_entry(newest).lists


def _of_other_weeks(tree: Tree, kind: Kind, path: str) -> set[bytes]:
    """Give the items of a kind's other lists: one that stood in two would show that it is no filler."""
    items: set[bytes] = set()
    for name in tree.names(f"v1/{kind}"):
        other = f"v1/{kind}/{name}"
        if other != path:
            with contextlib.suppress(ListError):
                items.update(lists.read_items(tree.read(other) or b""))
    return items


def _filler(public: Lists, kind: Kind) -> Callable[[], bytes]:
    if kind is Kind.REPLIES:
        return functools.partial(reply.filler, public.certificate.root, public.randbytes)
    return functools.partial(public.randbytes, hashlib.sha256().digest_size)
