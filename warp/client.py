"""
The reporter's side: joins, seals reports, and hands them over.

Everything that could identify is in the wallet; tokens and keys come into it by `warp.syncing`, weeks ahead.
Reporting causes one request, which carries the envelope and nothing else: no cookie, no credential, no agent.
"""

import hashlib
from datetime import datetime
from typing import NamedTuple

import msgspec

from keys import directory, envelope
from keys.directory import Entry
from keys.hybrid import RandBytes
from keys.keyring import WEEKS_AHEAD
from keys.narrative import Narrative
from keys.narrative import seal as seal_narrative
from keys.receipt import Receipt
from warp import taxonomy
from warp.carrier import DIRECT, Carrier
from warp.exchange import (
    ClientError,
    Refused,
    connection,
    redeem,
    send,
)
from warp.report import Report, check, encode, encode_lookup
from warp.wallet import Contents, Filed, Kept, Tokens, Wallet
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
    thread: bytes = b""
    """Thread mark of an earlier report on the same matter; the report's own unless given."""

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


class NoTokens(ClientError):
    """The wallet has no token for a report; says what else can be done."""


class Sealed(NamedTuple):
    """A report ready to be sent."""

    envelope: bytes
    receipt: Receipt


async def join(wallet: Wallet, carrier: Carrier = DIRECT) -> None:
    """
    Redeem the invitation that the wallet holds; again after a lost answer it does no harm.

    Raises:
        Refused: a wallet that had joined before is then as it was.
        Unreachable.
    """
    contents = wallet.contents
    try:
        async with connection(carrier.proxy) as session:
            await redeem(session, contents.url, contents.invitation, contents.credential)
    except Refused:
        if contents.replaced:
            contents.credential, contents.replaced, contents.invitation = contents.replaced, b"", b""
            wallet.save()
        raise
    contents.invitation, contents.replaced = b"", b""
    wallet.save()


_CREDENTIAL_SIZE = 32


def take_invitation(wallet: Wallet, code: bytes, randbytes: RandBytes) -> None:
    """Have a wallet that has joined hold a new invitation, with a new credential; `join` redeems it."""
    contents = wallet.contents
    if contents.invitation == code:
        return
    contents.replaced = contents.replaced or contents.credential
    contents.invitation, contents.credential = code, randbytes(_CREDENTIAL_SIZE)
    wallet.save()


def holders(wallet: Wallet, week: Week) -> int:
    """Give how many members at least held a week's tokens when it began; 0 if the wallet knows of none."""
    for document in wallet.contents.documents.values():
        entry = directory.verify(document, wallet.contents.root).entry
        if entry.week == str(week.plus(WEEKS_AHEAD)):
            return entry.holders
    return 0


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


def newest_entry(wallet: Wallet) -> Entry:
    """
    Give the directory entry of the wallet's last sync, which knows the membership best.

    Raises:
        ClientError: the wallet has no entry.
        DirectoryError: the wallet's copy does not verify.
    """
    documents = wallet.contents.documents
    if not documents:
        raise ClientError("the wallet has no keys; sync first, ahead of need: warp sync")
    return directory.verify(documents[max(documents)], wallet.contents.root).entry


def keys_given_up(wallet: Wallet, week: Week) -> int:
    """Give how many of the coordinators' keys that a week is sealed to the newest entry names no more."""
    entry, _ = entry_of_week(wallet, week)
    return len(set(entry.recipients) - set(newest_entry(wallet).recipients))


def seal(wallet: Wallet, draft: Draft, now: datetime, randbytes: RandBytes, once: bytes = b"") -> Sealed:
    """
    Seal a report to be sent; token out and envelope in are saved as one step.

    Args:
        wallet: Keeps the envelope in its outbox.
        draft: What to seal.
        now: Aware; the report is sealed for its week.
        randbytes: Randomness of receipt and seals.
        once: What the report's maker knows it by; `made_before` finds it again.

    Raises:
        InvalidReport: a fact is wrong.
        ClientError: no keys of this week.
        NoTokens: no tokens of it.
        NarrativeError: the text does not fit.
    """
    sealed = _make(wallet, draft, now, randbytes, once)
    wallet.contents.outbox.append(sealed.envelope)
    wallet.contents.kept.append(keep(sealed.envelope, draft, str(Week.of(now)), sealed.receipt))
    wallet.save()
    return sealed


def seal_to_carry(wallet: Wallet, draft: Draft, now: datetime, randbytes: RandBytes) -> Sealed:
    """
    Seal a report that is to leave in a file (`warp.carried`), and never from this wallet by a network.

    Raises:
        InvalidReport, ClientError, NoTokens, NarrativeError: as `seal`.
    """
    sealed = _make(wallet, draft, now, randbytes)
    wallet.contents.to_carry.append(sealed.envelope)
    wallet.save()
    return sealed


def _make(wallet: Wallet, draft: Draft, now: datetime, randbytes: RandBytes, once: bytes = b"") -> Sealed:
    """Take a token out, seal, and keep the receipt. The caller puts the envelope somewhere, and saves."""
    contents, week = wallet.contents, Week.of(now)
    receipt = Receipt.new(randbytes)
    check(draft.facts(receipt.lookup))
    entry, root = entry_of_week(wallet, week)
    left, token = _next_token(contents, str(week), taxonomy.class_of(draft.type))
    sealed = seal_with(draft, token, entry, root, receipt, randbytes)
    left.erase(token)
    contents.filed.append(Filed(str(week), receipt.secret, draft.thread or receipt.thread, once))
    return Sealed(sealed, receipt)


def made_before(wallet: Wallet, once: bytes) -> Receipt | None:
    """Give the receipt of the report that its maker knows by this, if there is one."""
    found = (filed for filed in wallet.contents.filed if once and filed.once == once)
    return next((Receipt(filed.receipt) for filed in found), None)


def keep(sealed: bytes, draft: Draft, week: str, receipt: Receipt) -> Kept:
    """Give what the wallet keeps of a sealed report until the server has it; nobody can open the envelope."""
    return Kept(hashlib.sha256(sealed).digest(), week, receipt.secret, msgspec.msgpack.encode(draft))


def seal_with(
    draft: Draft, token: bytes, entry: Entry, root: bytes, receipt: Receipt, randbytes: RandBytes
) -> bytes:
    """Give the envelope of a report made with a given token."""
    text = Narrative(draft.text, draft.language, receipt.reply_key.public, draft.thread or receipt.thread)
    content = envelope.Content(
        token=token,
        facts=encode(draft.facts(receipt.lookup)),
        narrative=seal_narrative(text, entry.recipients, randbytes),
    )
    return envelope.seal(envelope.pack(content), entry.report_key, root)


def require_tokens(wallet: Wallet, week: Week, of_type: str | None = None) -> None:
    """
    Find out before a text is written whether a token could carry the report.

    Args:
        wallet: Whose.
        week: Of the report.
        of_type: RSIT type; any of them unless given.

    Raises:
        ClientError: no keys of this week.
        NoTokens: no tokens of it, or none for this class.
    """
    entry_of_week(wallet, week)
    left = wallet.contents.tokens.get(str(week))
    if of_type is not None or left is None or not left.left():
        _next_token(wallet.contents, str(week), taxonomy.class_of(of_type or ""))


def _next_token(contents: Contents, week: str, of_class: str) -> tuple[Tokens, bytes]:
    left = contents.tokens.get(week)
    if left is None and week in contents.taken:
        later = max(map(Week.parse, contents.taken)).plus(1)
        raise NoTokens(
            f"the tokens of {week} are in another wallet of this member and cannot be had twice. This wallet "
            f"can report with its tokens of {later}, from that week on"
        )
    if left is None:
        raise NoTokens(
            f"the wallet has no tokens of {week}. Fetching them now (warp sync --this-week) tells the server "
            "that a member became active; syncing regularly, ahead of need, does not"
        )
    if of_class in left.first:
        return left, left.first[of_class]
    if left.further:
        return left, left.further[-1]
    raise NoTokens(
        f"the tokens of {week} are used up for this class. For many similar incidents, report once and say "
        "how many it stands for (--similar)"
    )


class GivenUp(Refused):
    """The report's token was used for another one, and nothing is left to seal the report again from."""


_GIVEN_UP = (
    "the report's token had been used: this wallet was copied, or restored from an older copy. It holds "
    "nothing to seal the report again from, so that report is given up; make it anew: warp report"
)


def discard(wallet: Wallet) -> None:
    """Give up the oldest envelope that nobody has taken: what was in it is lost, and may be made again."""
    contents = wallet.contents
    if contents.to_carry:
        contents.to_carry.pop(0)
    else:
        kept = contents.kept_of(contents.outbox[0])
        contents.filed = [
            msgspec.structs.replace(filed, once=b"") if kept and filed.receipt == kept.receipt else filed
            for filed in contents.filed
        ]
        contents.take_out_first()
    wallet.save()


async def deliver(wallet: Wallet, carrier: Carrier = DIRECT) -> int:
    """
    Send what is in the outbox, oldest first; gives how many were taken.

    Raises:
        Unreachable: what is left stays in the outbox.
        Refused: the server does not take the first one, which stays; `warp.resealing` mends what can be.
        GivenUp: nothing can be, and it is out of the outbox.
    """
    sent = 0
    while wallet.contents.outbox:
        sealed = wallet.contents.outbox[0]
        try:
            await send(wallet.contents.url, sealed, carrier)
        except Refused as refused:
            if refused.problem == "token-spent" and wallet.contents.kept_of(sealed) is None:
                discard(wallet)
                raise GivenUp(_GIVEN_UP, refused.problem) from None
            raise
        wallet.contents.take_out_first()
        wallet.save()
        sent += 1
    return sent
