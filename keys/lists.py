"""
Public lists: one file a week and kind that grows once a day, among whose items nothing tells a filler.

The accepted list proves to a reporter that a report was counted; the list of sealed replies carries what
coordinators answer. Whoever fetches a list fetches all of it, so that nobody learns who was waiting. The
online key signs each day's state, and the directory names the last one: a server that shows different lists
to different people leaves a proof of it. Which item is whose, this module does not know.

A document is two lines, the head and the proof as JSON, and then the items, sorted, one behind the other.
"""

import enum
import hashlib
import itertools
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Final, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys import directory, reply
from keys.directory import Certificate
from keys.errors import DirectoryError, ForkedList, MalformedList, UncertifiedList
from warp.weeks import Week

STEP: Final = 64
"""A list grows by a multiple of this each day, also when nothing came, so that no length tells a count."""
KEPT_WEEKS: Final = 13
"""A list is public in its own week and so many after it, about as long as narratives are kept."""
_LABEL = b"WARP list v1\n"


class Kind(enum.StrEnum):
    """What a list is a list of."""

    ACCEPTED = "accepted"
    """Marks of reports that were counted, 32 bytes; see `keys.receipt.mark`."""
    REPLIES = "replies"
    """Sealed replies, 3,072 bytes; see `keys.reply`."""

    @property
    def item_size(self) -> int:
        """Bytes of an item."""
        return {Kind.ACCEPTED: hashlib.sha256().digest_size, Kind.REPLIES: reply.SIZE}[self]


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the signature of a list is over."""

    kind: Kind
    week: str
    """ISO week of the days on which it grew."""
    day: str
    """The last day that it holds, such as 2026-11-20."""
    items: int
    """How many, fillers included."""
    sha256: str
    """Of all items, hex."""


class SignedList(NamedTuple):
    """A list whose signature has been checked."""

    head: Head
    items: tuple[bytes, ...]
    """Sorted."""


def grown(known: Sequence[bytes], new: Collection[bytes], filler: Callable[[], bytes]) -> list[bytes]:
    """
    Give a list's items of the next day, sorted: those known, the new ones, and fillers.

    Args:
        known: Items of the day before.
        new: What came; one that stands in the list already does not come twice.
        filler: Makes an item that nobody can tell from a true one.
    """
    fresh = set(new) - set(known)
    fillers = [filler() for _ in range(STEP)]  # always all of them, so that the time it takes counts nothing
    return sorted([*known, *fresh, *fillers[: -len(fresh) % STEP if fresh else STEP]])


def sign(
    kind: Kind, day: date, items: Sequence[bytes], online: Ed25519PrivateKey, certificate: Certificate
) -> bytes:
    """Give the document of a list as it stands at the end of a day; `items` are sorted."""
    body = b"".join(items)
    head = Head(kind, str(Week.of(day)), day.isoformat(), len(items), hashlib.sha256(body).hexdigest())
    line = msgspec.json.encode(head)
    return line + b"\n" + directory.prove(_LABEL, line, online, certificate) + b"\n" + body


def read_own(document: bytes) -> SignedList:
    """
    Read a list that this site made itself, without checking the signature.

    Raises:
        MalformedList: its items are not what the head says.
    """
    line, _, rest = document.partition(b"\n")
    head = _head(line)
    return SignedList(head, _items(head, rest.partition(b"\n")[2]))


def read_items(document: bytes) -> tuple[bytes, ...]:
    """
    Read the items of such a list.

    Raises:
        MalformedList: they are not what the head says.
    """
    return read_own(document).items


def read(document: bytes, kind: Kind, week: str, pinned: bytes) -> SignedList:
    """
    Read a list and check it by itself.

    Args:
        document: As served.
        kind: That was asked for.
        week: That was asked for.
        pinned: Fingerprint of the root key.

    Raises:
        MalformedList: it has not the form of a list, or is another one than was asked for.
        UncertifiedList: its signature is not good.
    """
    line, _, rest = document.partition(b"\n")
    proof, _, body = rest.partition(b"\n")
    head = _head(line)
    if head.kind is not kind or head.week != week or str(Week.of(date.fromisoformat(head.day))) != week:
        raise MalformedList
    try:
        directory.check_proof(_LABEL, line, proof, pinned, Week.parse(week))
    except DirectoryError:
        raise UncertifiedList from None
    return SignedList(head, _items(head, body))


def check_growth(earlier: SignedList, later: SignedList) -> None:
    """
    Check that a list has only grown since an earlier look at it.

    Raises:
        ForkedList: something is gone, it is of an earlier day, or two states of one day differ.
    """
    gone = not set(earlier.items) <= set(later.items)
    changed = earlier.head.day == later.head.day and earlier.head.sha256 != later.head.sha256
    if gone or changed or later.head.day < earlier.head.day:
        raise ForkedList


def _head(line: bytes) -> Head:
    try:
        head = msgspec.json.decode(line, type=Head)
        Week.parse(head.week)
        one_spelling = date.fromisoformat(head.day).isoformat() == head.day
    except (msgspec.DecodeError, ValueError):
        raise MalformedList from None
    if not one_spelling or head.items < STEP:
        raise MalformedList
    return head


def _items(head: Head, body: bytes) -> tuple[bytes, ...]:
    size = head.kind.item_size
    if len(body) != head.items * size or hashlib.sha256(body).hexdigest() != head.sha256:
        raise MalformedList
    items = tuple(body[start : start + size] for start in range(0, len(body), size))
    if head.items % STEP or any(first >= second for first, second in itertools.pairwise(items)):
        raise MalformedList
    return items
