"""
Answers: what the public lists hold for the holder of a receipt, found without asking anybody.

The copy of the lists that every sync brings lies beside the wallet, as it was served and signed. A mark
proves that a report was counted; a reply opens with the receipt's key. Whoever sees the copy sees what is
public.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from keys import lists, reply
from keys.errors import MalformedReply, NotYourReply
from keys.lists import Kind, SignedList
from keys.receipt import Receipt, mark
from keys.reply import Reply
from warp.wallet import Contents, Filed, ReceivedReply
from warp.weeks import Week


class SyncedLists:
    """The copy of the public lists beside a wallet."""

    def __init__(self, wallet: Path) -> None:
        self._folder = wallet.with_name(wallet.name + ".lists")

    def get(self, kind: Kind, week: Week, pinned: bytes) -> SignedList | None:
        """
        Give a list, checked again; none where there is no copy.

        Raises:
            ListError: the copy was changed.
        """
        path = self._file(kind, week)
        return lists.read(path.read_bytes(), kind, str(week), pinned) if path.exists() else None

    def keep(self, document: bytes, kind: Kind, week: Week) -> None:
        """Keep a list as it was served, whole or not at all."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        target = self._file(kind, week)
        partial = target.with_name(f".{target.name}.partial")
        partial.write_bytes(document)
        partial.replace(target)

    def weeks(self, kind: Kind) -> list[Week]:
        """Give the weeks of a kind's lists, in order."""
        return sorted(
            Week.parse(path.stem.removeprefix(kind + "-")) for path in self._folder.glob(f"{kind}-*")
        )

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
        earlier: What was collected from before, if there is a copy.
        root: Root public key, 32 bytes.
    """
    seen = set(earlier.items) if earlier else set()
    new = [item for item in listed.items if item not in seen]
    week = listed.head.week
    for filed in contents.filed:
        receipt = Receipt(filed.receipt)
        if listed.head.kind is Kind.ACCEPTED:
            if mark(receipt.lookup) in new:
                contents.accepted[filed.receipt] = week
        elif filed.week <= week:
            known = {each.item for each in contents.replies}
            contents.replies += [
                ReceivedReply(filed.receipt, item, week, answer.language, answer.text)
                for item, answer in _opened(new, receipt, root)
                if item not in known
            ]


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

    Raises:
        ListError: the copy was changed.
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
