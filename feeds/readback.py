"""
Reads published figures back: a site that was restored takes what stands in its public files.

A period is drawn once. What was published after a backup is gone from the database that the backup holds, and
a second draw beside the first would tell more than either.
"""

import msgspec

from feeds.figures import ALL_TYPES
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


def read(document: bytes) -> Release:
    """
    Give the release that a period's JSON shows.

    Raises:
        msgspec.DecodeError: it is no such document.
    """
    found = msgspec.json.decode(document, type=_Document)
    cells = [
        {
            "type": "" if row.type == ALL_TYPES else row.type,
            "place": row.place.rpartition(":")[2],
            "figure": {"at_least": row.at_least},
        }
        for row in found.cells
    ]
    plain = {"period": found.period, "cells": cells, "policy": msgspec.to_builtins(found.policy)}
    return msgspec.convert(plain, Release)
