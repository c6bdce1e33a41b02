"""
Reads published figures back: a site that was restored takes what stands in its public files.

A period is drawn once. What was published after a backup is gone from the database that the backup holds, and
a second draw beside the first would tell more than either.
"""

import msgspec

from feeds.figures import ALL_TYPES
from warp import places, taxonomy
from warp.disclosure import Release
from warp.policies import Policy


class _Row(msgspec.Struct, frozen=True):
    type: str
    place: str
    at_least: int


class _Document(msgspec.Struct, frozen=True):
    period: str
    policy: Policy
    cells: tuple[_Row, ...]


def read(document: bytes, period: str) -> Release:
    """
    Give the release that a period's JSON shows.

    Raises:
        ValueError: it is no such document, of another period, or holds what no figure says.
    """
    try:
        found = msgspec.json.decode(document, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ValueError("not the JSON of figures") from None
    if found.period != period:
        raise ValueError("figures of another period")
    cells = [
        {
            "type": "" if row.type == ALL_TYPES else row.type,
            "place": row.place.rpartition(":")[2],
            "figure": {"at_least": row.at_least},
        }
        for row in found.cells
    ]
    for cell, row in zip(cells, found.cells, strict=True):
        known = cell["type"] == "" or taxonomy.is_term(str(cell["type"]))
        if not known or not places.is_place(str(cell["place"])) or row.at_least < found.policy.reports:
            raise ValueError("a cell of an unknown type or place, or a number under the floor")
    plain = {"period": found.period, "cells": cells, "policy": msgspec.to_builtins(found.policy)}
    return msgspec.convert(plain, Release)
