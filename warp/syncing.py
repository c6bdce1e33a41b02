"""
Syncing: the regular contact of every member's client, alike for all, reports or no reports.

One exchange brings the directory, the tokens of the next four weeks and the public lists. What it asks for
depends on the day and on when this wallet last synced, and on nothing else: what the wallet holds already is
asked for again, so that no request shows what was reported, answered or used. What belongs to this wallet's
receipts is found after the connection has ended, in the copy.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import aiohttp

from keys import directory, lists
from keys.directory import Entry, ListHeads, Verified
from keys.errors import BrokenChain, ForkedList, ListError, MissingList, SecondKeysForWeek, TokenError
from keys.hybrid import RandBytes
from keys.keyring import WEEKS_AHEAD
from keys.lists import KEPT_WEEKS, Kind, SignedList
from keys.tokens import request as blinded
from warp import answers
from warp.answers import SyncedLists
from warp.carrier import DIRECT, Carrier
from warp.exchange import (
    Bundle,
    Refused,
    blind_bundle,
    connection,
    fetch_signatures,
    finish_bundle,
    public_file,
    request,
    token_keys,
)
from warp.wallet import Contents, Wallet
from warp.weeks import Week

_DOCUMENTS = 8
"""Directory entries that a wallet keeps: the weeks ahead, and those whose envelopes are still taken."""
_MOST_LIST_BYTES = 1 << 26
"""Of all lists of a sync: 20,000 replies, far more than coordinators write in a quarter."""


class Synced(NamedTuple):
    """What a sync brought."""

    entries: list[Entry]
    """The directory's, verified, oldest first."""
    bundles: list[str]
    """Weeks whose tokens are new in the wallet."""
    refused: dict[str, str]
    """Weeks whose tokens the server refused, with its reason."""


def weeks_ahead(now: datetime) -> list[Week]:
    """Give the weeks that a sync fetches tokens for: the next four, not the current one."""
    return [Week.of(now).plus(i) for i in range(1, WEEKS_AHEAD + 1)]


async def sync(
    wallet: Wallet,
    now: datetime,
    randbytes: RandBytes,
    weeks: Sequence[Week] = (),
    carrier: Carrier = DIRECT,
) -> Synced:
    """
    Fetch the directory, the bundles and the public lists, whatever of it the wallet has already.

    Args:
        wallet: Saved after each step.
        now: Aware.
        randbytes: Randomness of the tokens.
        weeks: Of the bundles; the next four unless given. The current one is right at joining, and telling
            at any other time.
        carrier: How the requests leave this machine.

    Raises:
        Unreachable.
        DirectoryError: a fork, a rollback or keys that are not certified.
        ListError: a list that contradicts what was seen of it, or the directory.
        Refused, TokenError: of a bundle. Like a list's, raised once everything else has been brought.
    """
    contents, current = wallet.contents, Week.of(now)
    wanted = weeks or weeks_ahead(now)
    brought, refused, failed = list[str](), dict[str, str](), list[Exception]()
    async with connection(carrier.proxy) as session:
        verified = await fetch_directory(wallet, session)
        for entry in [each.entry for each in verified if Week.parse(each.entry.week) in wanted]:
            try:
                if await _fetch_bundle(wallet, session, entry, randbytes):
                    brought.append(entry.week)
            except Refused as error:
                if error.problem == "bundle-taken":
                    # A restored wallet has lost what it asked for then; other weeks are to be had.
                    refused[entry.week] = str(error)
                    contents.taken = sorted({*contents.taken, entry.week})
                else:
                    failed.append(error)
            except TokenError as error:
                failed.append(error)
        fetched = await _fetch_lists(session, contents, current)
    for kind, week, document in fetched:
        try:
            _take_list(wallet, verified, document, kind, week)
        except ListError as error:
            failed.insert(0, error)
    # A clock that is ahead of the server's must not make the wallet forget what is still good.
    present = min(current, Week.parse(verified[-1].entry.week).plus(-WEEKS_AHEAD))
    contents.synced = str(present)
    _forget_old(wallet, present)
    wallet.save()
    if failed:
        raise failed[0]
    return Synced([each.entry for each in verified], brought, refused)


async def _fetch_lists(
    session: aiohttp.ClientSession, contents: Contents, current: Week
) -> list[tuple[Kind, Week, bytes | None]]:
    """Fetch the public lists; nothing is looked for before the connection has ended."""
    fetched, room = [], _MOST_LIST_BYTES
    for week in _weeks_of_lists(contents.synced, current):
        for kind in Kind:
            document = await public_file(session, f"{contents.url}/v1/{kind}/{week}", room)
            fetched.append((kind, week, document))
            room -= len(document or b"")
    return fetched


def _weeks_of_lists(synced: str, current: Week) -> list[Week]:
    """Give this week and the last, and before them what has grown since the last sync."""
    first = current.plus(-1)
    if synced:
        first = min(first, max(Week.parse(synced), current.plus(-KEPT_WEEKS)))
    weeks = [first]
    while weeks[-1] < current:
        weeks.append(weeks[-1].plus(1))
    return weeks


async def fetch_directory(wallet: Wallet, session: aiohttp.ClientSession) -> list[Verified]:
    """
    Bring the wallet's directory up to date and give its open part, verified, oldest first.

    Raises:
        DirectoryError: it contradicts itself, its root, or what this wallet has seen before.
    """
    contents = wallet.contents
    base = f"{contents.url}/v1/directory"
    newest = (await request(session, "GET", base)).body
    later = directory.verify(newest, contents.root).entry
    documents, number = {later.number: newest}, later.number
    known = max(contents.documents, default=number)
    if number < known:
        raise BrokenChain
    lowest = max(0, min(known, number - _DOCUMENTS + 1))
    for n in range(number - 1, lowest - 1, -1):
        # Checked on the way, so that a false chain ends here and not when memory does: weeks go back, and the
        # root has certified so many.
        documents[n] = (await request(session, "GET", f"{base}/{n}")).body
        if directory.digest(documents[n]) != later.previous:
            raise BrokenChain
        earlier = directory.verify(documents[n], contents.root).entry
        if Week.parse(earlier.week) >= Week.parse(later.week):
            raise SecondKeysForWeek
        later = earlier
    for n, document in documents.items():
        if contents.documents.get(n, document) != document:
            raise BrokenChain
    documents |= contents.documents
    order = sorted(documents)
    verified = directory.check_chain([documents[n] for n in order], contents.root)
    contents.documents = {n: documents[n] for n in order[-_DOCUMENTS:]}
    wallet.save()
    return verified[-_DOCUMENTS:]


async def _fetch_bundle(
    wallet: Wallet, session: aiohttp.ClientSession, entry: Entry, randbytes: RandBytes
) -> bool:
    """
    Ask for a week's tokens, also for those that the wallet has; says whether they are new.

    The request is stored first, so a lost answer is asked for again, unchanged. Its secrets go with the
    answer; what stays is what the server has seen.

    Raises:
        Refused, Unreachable, TokenError.
    """
    contents, week = wallet.contents, entry.week
    keys = token_keys(entry)
    if week not in contents.requests:
        pending = blind_bundle(entry, keys, randbytes)
        contents.pending[week] = pending
        contents.requests[week] = b"".join(
            blinded(each, key) for each, key in zip(pending, keys, strict=True)
        )
        wallet.save()
    body = contents.requests[week]
    answer = await fetch_signatures(session, contents.url, contents.credential, week, body)
    if week not in contents.pending:
        return False
    contents.tokens[week] = finish_bundle(Bundle(week, keys, contents.pending[week]), answer)
    del contents.pending[week]
    contents.taken = [each for each in contents.taken if each != week]
    wallet.save()
    return True


def _take_list(
    wallet: Wallet, verified: Sequence[Verified], document: bytes | None, kind: Kind, week: Week
) -> None:
    """Check a list against all that is known of it, find what is this wallet's, and keep the copy."""
    contents, copies = wallet.contents, SyncedLists(wallet.path)
    earlier = copies.get(kind, week, contents.root)
    named = [each.entry.lists[str(week)] for each in verified if str(week) in each.entry.lists]
    if document is None:
        if named or earlier:
            raise MissingList
        return
    found = lists.read(document, kind, str(week), contents.root)
    try:
        _check_agreement(found, earlier, named)
    except ForkedList:
        copies.keep_refused(document, kind, week)
        raise
    answers.collect(contents, found, earlier, verified[-1].root)
    wallet.save()
    copies.keep(document, kind, week)


def _check_agreement(found: SignedList, earlier: SignedList | None, named: Iterable[ListHeads]) -> None:
    if earlier is not None:
        lists.check_growth(earlier, found)
    if any(found.head.sha256 != getattr(heads, found.head.kind) for heads in named):
        raise ForkedList


def newest_list(wallet: Wallet) -> SignedList | None:
    """Give the latest accepted list in the wallet's copy."""
    copies = SyncedLists(wallet.path)
    found = (
        copies.get(Kind.ACCEPTED, week, wallet.contents.root)
        for week in reversed(copies.weeks(Kind.ACCEPTED))
    )
    return next((each for each in found if each is not None), None)


def _forget_old(wallet: Wallet, current: Week) -> None:
    """Drop tokens that no server takes any more, and lists that no server has any more."""
    contents: Contents = wallet.contents
    oldest = current.plus(-2)
    contents.tokens = {week: kept for week, kept in contents.tokens.items() if Week.parse(week) >= oldest}
    contents.pending = {w: kept for w, kept in contents.pending.items() if Week.parse(w) >= oldest}
    contents.requests = {w: kept for w, kept in contents.requests.items() if Week.parse(w) >= oldest}
    contents.taken = [week for week in contents.taken if Week.parse(week) >= oldest]
    kept_from = current.plus(-KEPT_WEEKS)
    contents.collected = {
        name: state for name, state in contents.collected.items() if name.partition("-")[2] >= str(kept_from)
    }
    SyncedLists(wallet.path).forget_before(kept_from)
