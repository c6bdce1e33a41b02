"""
The reporter's side: joins, syncs ahead of need, seals reports, and hands them over.

Everything that could identify is in the wallet. Reporting causes one request, which carries the envelope and
nothing else: no cookie, no credential, no agent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import aiohttp
import msgspec

from keys import directory, envelope
from keys.directory import Entry, Verified
from keys.errors import BrokenChain
from keys.hybrid import RandBytes
from keys.keyring import WEEKS_AHEAD
from keys.narrative import Narrative
from keys.narrative import seal as seal_narrative
from keys.receipt import Receipt
from warp import taxonomy
from warp.exchange import (
    Bundle,
    ClientError,
    Refused,
    blind_bundle,
    connection,
    fetch_tokens,
    redeem,
    request,
    send,
    token_keys,
)
from warp.report import Report, check, encode, encode_lookup
from warp.wallet import Contents, Filed, Tokens, Wallet
from warp.weeks import Week


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A report as the reporter means it."""

    type: str
    place: str = ""
    sector: str = ""
    occurred: str = ""
    severity: taxonomy.Severity = taxonomy.Severity.UNKNOWN
    similar: taxonomy.Similar = taxonomy.Similar.ONE
    tags: tuple[str, ...] = ()
    urgent: bool = False
    text: str = ""
    """The narrative."""
    language: str = "en"

    def facts(self, lookup: bytes) -> Report:
        """Give the facts that go into the envelope; `warp.report.check` says whether they are right."""
        return Report(
            type=self.type,
            place=self.place,
            sector=self.sector,
            occurred=self.occurred,
            severity=self.severity,
            similar=self.similar,
            tags=tuple(sorted(set(self.tags))),
            lookup=encode_lookup(lookup),
            urgent=self.urgent,
        )


class Sealed(NamedTuple):
    """A report ready to be sent."""

    envelope: bytes
    receipt: Receipt


async def join(wallet: Wallet) -> None:
    """
    Redeem the invitation that the wallet holds; again after a lost answer it does no harm.

    Raises:
        Refused, Unreachable.
    """
    contents = wallet.contents
    async with connection() as session:
        await redeem(session, contents.url, contents.invitation, contents.credential)
    contents.invitation = b""
    wallet.save()


class Synced(NamedTuple):
    """What a sync brought."""

    entries: list[Entry]
    """The directory's, verified, oldest first."""
    bundles: list[str]
    """Weeks whose tokens came."""
    refused: dict[str, str]
    """Weeks whose tokens the server refused, with its reason."""


def weeks_ahead(now: datetime) -> list[Week]:
    """Give the weeks that a sync fetches tokens for: the next four, not the current one."""
    return [Week.of(now).plus(i) for i in range(1, WEEKS_AHEAD + 1)]


async def sync(wallet: Wallet, now: datetime, randbytes: RandBytes, weeks: Sequence[Week] = ()) -> Synced:
    """
    Fetch the directory, and the bundles that the wallet does not have yet.

    Args:
        wallet: Saved after each step.
        now: Aware.
        randbytes: Randomness of the tokens.
        weeks: Of the bundles; the next four unless given. The current one is right at joining, and telling
            at any other time.

    Raises:
        Refused, Unreachable, DirectoryError: a fork, a rollback or keys that are not certified.
    """
    wanted = weeks or weeks_ahead(now)
    fetched, refused = [], {}
    async with connection() as session:
        verified = await fetch_directory(wallet, session)
        for each in verified:
            week = each.entry.week
            if Week.parse(week) not in wanted or week in wallet.contents.tokens:
                continue
            try:
                await fetch_bundle(wallet, session, each.entry, randbytes)
                fetched.append(week)
            except Refused as error:
                if error.problem != "bundle-taken":
                    raise
                # A restored wallet has lost what it asked for then; other weeks are to be had all the same.
                refused[week] = str(error)
                wallet.contents.pending.pop(week, None)
    _forget_old(wallet.contents, Week.of(now))
    wallet.save()
    return Synced([each.entry for each in verified], fetched, refused)


async def fetch_directory(wallet: Wallet, session: aiohttp.ClientSession) -> list[Verified]:
    """
    Bring the wallet's directory up to date and give its open part, verified, oldest first.

    Raises:
        DirectoryError: it contradicts itself, its root, or what this wallet has seen before.
    """
    contents = wallet.contents
    base = f"{contents.url}/v1/directory"
    newest = (await request(session, "GET", base)).body
    number = directory.verify(newest, contents.root).entry.number
    documents = {number: newest}
    known = max(contents.documents, default=-1)
    if number < known:
        raise BrokenChain
    lowest = known if known >= 0 else max(0, number - WEEKS_AHEAD)
    for n in range(number - 1, lowest - 1, -1):
        documents[n] = (await request(session, "GET", f"{base}/{n}")).body
    for n, document in documents.items():
        if contents.documents.get(n, document) != document:
            raise BrokenChain
    documents |= contents.documents
    order = sorted(documents)
    verified = directory.check_chain([documents[n] for n in order], contents.root)
    contents.documents = {n: documents[n] for n in order[-_DOCUMENTS:]}
    wallet.save()
    return verified[-_DOCUMENTS:]


_DOCUMENTS = 8
"""Directory entries that a wallet keeps: the weeks ahead, and those whose envelopes are still taken."""


async def fetch_bundle(
    wallet: Wallet, session: aiohttp.ClientSession, entry: Entry, randbytes: RandBytes
) -> None:
    """
    Fetch a week's tokens; the request is stored first, so a lost answer is asked for again, unchanged.

    Raises:
        Refused, Unreachable, TokenError.
    """
    contents, week, keys = wallet.contents, entry.week, token_keys(entry)
    if week not in contents.pending:
        contents.pending[week] = blind_bundle(entry, keys, randbytes)
        wallet.save()
    bundle = Bundle(week, keys, contents.pending[week])
    contents.tokens[week] = await fetch_tokens(session, contents.url, contents.credential, bundle)
    del contents.pending[week]
    wallet.save()


def _forget_old(contents: Contents, current: Week) -> None:
    """Drop tokens that no server takes any more."""
    oldest = current.plus(-2)
    contents.tokens = {week: kept for week, kept in contents.tokens.items() if Week.parse(week) >= oldest}
    contents.pending = {w: kept for w, kept in contents.pending.items() if Week.parse(w) >= oldest}


def entry_of_week(wallet: Wallet, week: Week) -> tuple[Entry, bytes]:
    """
    Give a week's directory entry and the root key, from the wallet's copy.

    Raises:
        ClientError: the wallet has no entry of that week.
        DirectoryError: the wallet's copy does not verify.
    """
    for document in reversed(wallet.contents.documents.values()):
        verified = directory.verify(document, wallet.contents.root)
        if verified.entry.week == str(week):
            return verified.entry, verified.root
    raise ClientError(f"the wallet has no keys of {week}; sync first, ahead of need: warp sync")


def seal(wallet: Wallet, draft: Draft, now: datetime, randbytes: RandBytes) -> Sealed:
    """
    Seal a report with a token of the current week; token out and envelope in are saved as one step.

    Raises:
        InvalidReport: a fact is wrong.
        ClientError: no keys or no tokens of this week.
        NarrativeError: the text does not fit.
    """
    contents, week = wallet.contents, Week.of(now)
    receipt = Receipt.new(randbytes)
    check(draft.facts(receipt.lookup))
    entry, root = entry_of_week(wallet, week)
    left, token = _next_token(contents, str(week), taxonomy.class_of(draft.type))
    sealed = seal_with(draft, token, entry, root, receipt, randbytes)
    left.erase(token)
    contents.outbox.append(sealed)
    contents.filed.append(Filed(str(week), receipt.secret))
    wallet.save()
    return Sealed(sealed, receipt)


def seal_with(
    draft: Draft, token: bytes, entry: Entry, root: bytes, receipt: Receipt, randbytes: RandBytes
) -> bytes:
    """Give the envelope of a report made with a given token."""
    text = Narrative(draft.text, draft.language, receipt.reply_key.public, receipt.thread)
    content = envelope.Content(
        token=token,
        facts=encode(draft.facts(receipt.lookup)),
        narrative=seal_narrative(text, entry.recipients, randbytes),
    )
    return envelope.seal(envelope.pack(content), entry.report_key, root)


def _next_token(contents: Contents, week: str, of_class: str) -> tuple[Tokens, bytes]:
    left = contents.tokens.get(week)
    if left is None:
        raise ClientError(
            f"the wallet has no tokens of {week}. Fetching them now (warp sync --this-week) tells the server "
            "that a member became active; syncing regularly, ahead of need, does not"
        )
    if of_class in left.first:
        return left, left.first[of_class]
    if left.further:
        return left, left.further[-1]
    raise ClientError(
        f"the tokens of {week} are used up for this class. For many similar incidents, report once and say "
        "how many it stands for (--similar)"
    )


def discard(wallet: Wallet) -> None:
    """Give up the oldest envelope in the outbox; what was in it is lost."""
    wallet.contents.outbox.pop(0)
    wallet.save()


async def deliver(wallet: Wallet) -> int:
    """
    Send what is in the outbox, oldest first; gives how many were taken.

    Raises:
        Unreachable: what is left stays in the outbox.
        Refused: the server does not take the first one. It stays, too, unless its token has been used for
            another report, which no retry can mend.
    """
    sent = 0
    while wallet.contents.outbox:
        sealed = wallet.contents.outbox[0]
        try:
            await send(wallet.contents.url, sealed)
        except Refused as refused:
            if refused.problem == "token-spent":
                discard(wallet)
            raise
        wallet.contents.outbox.pop(0)
        wallet.save()
        sent += 1
    return sent
