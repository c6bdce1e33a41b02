"""
A batch: a file of reports by machine, one JSON object a line.

Reads and checks; `warp.member` reports. Each line is known by all of the file up to its end, so that the same
file, or the same file with lines added, goes on where it stopped.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from keys.narrative import is_language
from warp import plaintext
from warp.client import Draft
from warp.report import InvalidReport, check

_FIELDS = tuple(name for name in Draft.__struct_fields__ if name != "thread")


class BadBatch(ValueError):
    """A line is no report; names the line and the field."""


class Line(NamedTuple):
    """One report of a batch."""

    number: int
    """In the file, from 1."""
    once: bytes
    """SHA-256 of the file up to the end of this line."""
    draft: Draft


def read(data: bytes, room: int) -> Sequence[Line]:
    """
    Give the reports of a file; blank lines are none.

    Args:
        data: The file.
        room: Bytes of UTF-8 that a narrative may have (`keys.narrative.room`).

    Raises:
        BadBatch: there is no report, or a line is none.
    """
    running, lines = hashlib.sha256(b"WARP batch v1\n"), []
    for number, raw in enumerate(data.split(b"\n"), start=1):
        running.update(raw + b"\n")
        if not raw.strip():
            continue
        try:
            draft = _draft(raw)
            _check(draft, room)
        except (BadBatch, InvalidReport) as error:
            raise BadBatch(f"line {number}: {error}") from None
        lines.append(Line(number, running.digest(), draft))
    if not lines:
        raise BadBatch("the file holds no report")
    return lines


def _draft(raw: bytes) -> Draft:
    try:
        given = json.loads(raw, object_pairs_hook=_once_each)
    except BadBatch:
        raise
    except (ValueError, RecursionError):
        raise BadBatch("not one JSON object in UTF-8") from None
    if not isinstance(given, dict):
        raise BadBatch("not one JSON object in UTF-8")
    for name in given:
        if name not in _FIELDS:
            raise BadBatch(f"{name!r}: no such field; there are {', '.join(_FIELDS)}")
    if "type" not in given:
        raise BadBatch("type: missing")
    try:
        draft = msgspec.convert(given, Draft)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at ")
        raise BadBatch(f"{_field(where)}: {reason}") from None
    return msgspec.structs.replace(draft, place=draft.place.upper())


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise BadBatch(f"{next(name for name in names if names.count(name) > 1)!r}: stands twice")
    return found


def _field(where: str) -> str:
    """Give the field of a path as msgspec writes it, such as `$.tags[0]`."""
    return re.sub(r"\W*(\w+).*", r"\1", where)


def _check(draft: Draft, room: int) -> None:
    check(draft.facts(bytes(32)))
    if not is_language(draft.language):
        raise BadBatch("language: not a BCP 47 tag, such as es")
    try:
        size = len(draft.text.encode())
        plaintext.check(draft.text)
    except UnicodeEncodeError:
        raise BadBatch("text: not Unicode") from None
    except plaintext.NotText as error:
        raise BadBatch(f"text: {error}") from None
    if size > room:
        raise BadBatch(f"text: {size} bytes, and there is room for {room}")
