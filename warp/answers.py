"""
Answers: what the public lists hold for the holder of a receipt, found without asking anybody.

The copy of the lists that every sync brings lies beside the wallet, as it was served and signed. A mark
proves that a report was counted; a reply opens with the receipt's key. Whoever sees the copy sees what is
public.
"""

import hashlib
import itertools
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from keys import lists, reply
from keys.errors import ListError, MalformedReply, NotYourReply
from keys.lists import Kind, SignedList
from keys.receipt import Receipt, mark
from keys.reply import Reply
from warp.wallet import Contents, Filed, ReceivedReply
from warp.weeks import Week

_LIST = re.compile(r"[a-z]+-([0-9]{4}-W[0-9]{2})\.list")
_ANSWERED_WEEKS = 16
"""A report waits two weeks at most to be released, and its narrative can be answered for 90 days."""
_MOST_REPLIES = 64
"""That a wallet keeps to one report."""


class SyncedLists:
    """The copy of the public lists beside a wallet."""

    def __init__(self, wallet: Path) -> None:
        self._folder = wallet.with_name(wallet.name + ".lists")

    def get(self, kind: Kind, week: Week, pinned: bytes) -> SignedList | None:
        """Give a list, checked again; none where no copy is, or a damaged one: the next sync brings it."""
        try:
            return lists.read(self._file(kind, week).read_bytes(), kind, str(week), pinned)
        except (FileNotFoundError, ListError):
            return None

    def keep(self, document: bytes, kind: Kind, week: Week) -> None:
        """Keep a list as it was served, whole or not at all."""
        self._write(self._file(kind, week), document)

    def keep_refused(self, document: bytes, kind: Kind, week: Week) -> None:
        """Keep what a server showed and must not have: with the copy it proves that there are two lists."""
        self._write(self._file(kind, week).with_suffix(".refused"), document)

    def _write(self, target: Path, document: bytes) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        partial = target.with_name(f".{target.name}.partial")
        with partial.open("wb") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)

    def weeks(self, kind: Kind) -> list[Week]:
        """Give the weeks of a kind's lists, in order."""
        found = (_LIST.fullmatch(path.name) for path in self._folder.glob(f"{kind}-*"))
        return sorted(Week.parse(match[1]) for match in found if match)

    def forget_before(self, week: Week) -> None:
        """Drop the lists of the weeks before one."""
        for kind in Kind:
            for old in [each for each in self.weeks(kind) if each < week]:
                self._file(kind, old).unlink()

    def _file(self, kind: Kind, week: Week) -> Path:
        return self._folder / f"{kind}-{week}.list"


class Found(NamedTuple):
    """What the lists hold for one receipt."""

    accepted: str
    """ISO week of the list that has its mark; empty as long as none has."""
    replies: tuple[Reply, ...]


def collect(contents: Contents, listed: SignedList, earlier: SignedList | None, root: bytes) -> None:
    """
    Note in a wallet what a list holds for its receipts.

    Args:
        contents: The wallet's.
        listed: The list.
        earlier: The copy of before. What stands in it is passed over if this wallet has looked through it;
            one that was restored from an older file has not.
        root: Root public key, 32 bytes.
    """
    name, week = f"{listed.head.kind}-{listed.head.week}", Week.parse(listed.head.week)
    looked_through = earlier is not None and contents.collected.get(name) == earlier.head.sha256
    seen = set(earlier.items) if earlier and looked_through else set()
    new = [item for item in listed.items if item not in seen]
    for filed in contents.filed:
        if not week.plus(-_ANSWERED_WEEKS) <= Week.parse(filed.week) <= week:
            continue
        receipt = Receipt(filed.receipt)
        if listed.head.kind is Kind.REPLIES:
            _collect_replies(contents, receipt, new, str(week), root)
        elif mark(receipt.lookup) in new:
            contents.accepted[filed.receipt] = str(week)
    contents.collected[name] = listed.head.sha256


def _collect_replies(
    contents: Contents, receipt: Receipt, items: Iterable[bytes], week: str, root: bytes
) -> None:
    known = {each.item for each in contents.replies}
    had = sum(each.receipt == receipt.secret for each in contents.replies)
    found = (
        ReceivedReply(receipt.secret, item, week, answer.language, answer.text)
        for item, answer in _opened(items, receipt, root)
        if item not in known
    )
    contents.replies += itertools.islice(found, max(0, _MOST_REPLIES - had))


def _opened(items: Iterable[bytes], receipt: Receipt, root: bytes) -> Iterable[tuple[bytes, Reply]]:
    """Give what opens with a receipt, with the hash of its item."""
    key = receipt.reply_key
    for item in items:
        try:
            yield hashlib.sha256(item).digest(), reply.open_sealed(item, key, root)
        except NotYourReply:
            continue
        except MalformedReply:  # sealed to this reporter by a program that is not up to date, or in malice
            continue


def of_filed(contents: Contents, filed: Filed) -> Found:
    """Give what the lists held for a report of a wallet, as the syncs found it."""
    replies = (each for each in contents.replies if each.receipt == filed.receipt)
    return Found(
        contents.accepted.get(filed.receipt, ""), tuple(Reply(each.text, each.language) for each in replies)
    )


def of_receipt(receipt: Receipt, copies: SyncedLists, pinned: bytes, root: bytes) -> Found:
    """
    Look a receipt up in the whole copy, whichever wallet it is of.

    Args:
        receipt: From its words.
        copies: Beside a wallet of the same server.
        pinned: Fingerprint of the root key.
        root: Root public key, 32 bytes.
    """
    wanted, accepted, replies = mark(receipt.lookup), "", []
    for week in copies.weeks(Kind.ACCEPTED):
        listed = copies.get(Kind.ACCEPTED, week, pinned)
        if listed and wanted in listed.items:
            accepted = str(week)
    for week in copies.weeks(Kind.REPLIES):
        listed = copies.get(Kind.REPLIES, week, pinned)
        replies += [each for _, each in _opened(listed.items if listed else (), receipt, root)]
    return Found(accepted, tuple(replies))
