"""
Compares copies of the directory: what a server shows, what its mirrors keep, what a wallet has seen.

Everybody must have been given the same bytes. Two copies that differ prove that a server shows different keys
to different people, and so that it could tell them apart. Nothing is fetched here, and nothing is trusted: a
copy is compared as it came, and its own chain is checked up to the first document that breaks it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from keys.directory import Chain
from keys.errors import DirectoryError
from warp.weeks import Week

_DIGITS = 60
_GROUP = 5


class Copy(NamedTuple):
    """The directory as one source gives it."""

    name: str
    documents: Mapping[int, bytes]
    """Documents by number, as they came."""
    newest: bytes | None = None
    """What is given as the newest one, by a source that names it."""


class Fault(msgspec.Struct, frozen=True):
    """Where a copy's own chain breaks."""

    number: int
    reason: str


class Checked(msgspec.Struct, frozen=True):
    """What a copy is worth by itself."""

    name: str
    oldest: int | None
    """Number of the first document; none in an empty copy."""
    newest: int | None
    behind: int
    """Documents that another copy has beyond its newest."""
    fault: Fault | None


class Difference(msgspec.Struct, frozen=True):
    """A document of which two copies have different bytes, or that one of them withholds."""

    number: int
    week: str
    """Of the first copy's entry; empty when it names none."""
    copies: tuple[str, str]
    fields: tuple[str, ...]
    """Dotted names of the keys whose values differ, or what else differs: `spelling`, `form`, `missing`."""


class Comparison(msgspec.Struct, frozen=True):
    """What the comparison of all copies showed."""

    copies: tuple[Checked, ...]
    differences: tuple[Difference, ...]
    """By number. Those that only follow from an earlier one, being its hash and a signature, are left out."""

    @property
    def agrees(self) -> bool:
        """Whether every copy holds by itself, and no two contradict each other."""
        return not self.differences and not any(each.fault for each in self.copies)


def compare(copies: Sequence[Copy], pinned: bytes) -> Comparison:
    """
    Compare copies of the directory.

    Args:
        copies: The server's first, which must not be behind any other; the others may be.
        pinned: Fingerprint of the root key.
    """
    newest = max((max(copy.documents, default=-1) for copy in copies), default=-1)
    checked = tuple(_check(copy, pinned, newest) for copy in copies)
    return Comparison(checked, tuple(_differences(copies, newest)))


def spoken(document: bytes) -> str:
    """
    Give 60 digits by which two people can compare, by voice, all that they have up to a document.

    Not words, which could be taken for a receipt. 60 digits, because a server could prepare both copies: to
    find two with the same digits takes it 2^99 tries.
    """
    value = int.from_bytes(hashlib.sha256(b"WARP spoken directory v1" + document).digest())
    digits = str(value % 10**_DIGITS).zfill(_DIGITS)
    return " ".join(digits[i : i + _GROUP] for i in range(0, _DIGITS, _GROUP))


def _check(copy: Copy, pinned: bytes, newest: int) -> Checked:
    own = max(copy.documents, default=-1)
    fault = _first_fault(copy, pinned)
    return Checked(
        name=copy.name,
        oldest=min(copy.documents, default=None),
        newest=own if copy.documents else None,
        behind=newest - own,
        fault=fault,
    )


def _first_fault(copy: Copy, pinned: bytes) -> Fault | None:
    chain = Chain(pinned)
    for number in sorted(copy.documents):
        try:
            entry = chain.add(copy.documents[number]).entry
        except DirectoryError as error:
            return Fault(number, str(error))
        if entry.number != number:
            return Fault(number, f"This is entry number {entry.number}, given as another.")
    last = max(copy.documents, default=None)
    if last is not None and copy.newest not in (None, copy.documents[last]):
        return Fault(last, "Another document than this one is given as the newest.")
    return None


def _differences(copies: Sequence[Copy], newest: int) -> Iterator[Difference]:
    forked: set[str] = set()
    for number in range(newest + 1):
        holders = [copy for copy in copies if number in copy.documents]
        if not holders:
            continue
        first, *others = holders
        week = _week(first.documents[number])
        if copies[0].documents and number > max(copies[0].documents):
            yield Difference(number, week, (copies[0].name, first.name), ("missing",))
        for other in others:
            fields = differing(first.documents[number], other.documents[number])
            if fields and not (other.name in forked and set(fields) <= _FOLLOWS):
                forked.add(other.name)
                yield Difference(number, week, (first.name, other.name), fields)


_FOLLOWS = frozenset({"previous", "signature"})
"""What differs in every document after one that differs."""


def differing(one: bytes, other: bytes) -> tuple[str, ...]:
    """Say in which fields two documents differ: dotted names; `spelling` or `form` where no field does."""
    if one == other:
        return ()
    mine, theirs = _fields(one), _fields(other)
    if not mine or not theirs:
        return ("form",)
    return tuple(sorted(set(_unequal(mine, theirs)))) or ("spelling",)


def number_of(document: bytes) -> int | None:
    """Give the number that a document says it has; none if it says none."""
    return _read(_fields(document).get("number"), int)


_Fields = dict[str, msgspec.Raw]


def _fields(document: bytes) -> _Fields:
    """Give the keys of both lines of a document with their values as they are spelt; none of what is none."""
    lines = [_read(line, _Fields) or {} for line in document.splitlines()]
    return {name: value for line in lines for name, value in line.items()}


def _unequal(one: _Fields, other: _Fields) -> Iterator[str]:
    for name in one.keys() | other.keys():
        mine, theirs = one.get(name, _NOTHING), other.get(name, _NOTHING)
        if bytes(mine) == bytes(theirs):
            continue
        inside, others = _read(mine, _Fields), _read(theirs, _Fields)
        if inside and others:
            inner = [key for key in inside.keys() | others.keys() if inside.get(key) != others.get(key)]
            yield from (f"{_shown(name)}.{_shown(key)}" for key in inner)
        else:
            yield _shown(name)


_NOTHING = msgspec.Raw()
_T = TypeVar("_T")


def _read(json: bytes | msgspec.Raw | None, kind: type[_T]) -> _T | None:
    try:
        return None if json is None else msgspec.json.decode(json, type=kind)
    except (msgspec.DecodeError, RecursionError):
        return None


def _shown(name: str) -> str:
    """Give a key's name if it can be shown: it may come from a forger."""
    return name if name.isprintable() and 0 < len(name) <= 40 else "?"


def _week(document: bytes) -> str:
    try:
        return str(Week.parse(_read(_fields(document).get("week"), str) or ""))
    except ValueError:
        return ""
