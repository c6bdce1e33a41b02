"""
What detection takes and gives besides signals: weekly counts, coordinators' rules, and a check of itself.

Pure, and without numpy, because the serving process makes and keeps them.
"""

import struct
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from warp import places, taxonomy
from warp.lateness import Lateness
from warp.signal import Level, Signal
from warp.tally import FirstTokens, Occurrence
from warp.weeks import Week

_PAIR = struct.Struct("<II")


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A coordinators' rule: so many reports in one week are a signal, whatever the history says."""

    type: str = ""
    """Type, class, or empty for all."""
    place: str = ""
    """Country, M49 area, or empty for everywhere."""
    reports: int

    def __post_init__(self) -> None:
        if self.type and not taxonomy.is_term(self.type):
            raise ValueError("threshold: type is not an RSIT type or class")
        if self.place and not places.is_place(self.place):
            raise ValueError("threshold: place is not an ISO 3166-1 or M49 code")
        if self.reports < 1:
            raise ValueError("threshold: reports must be at least 1")

    def holds(self, of_type: str, place: str) -> bool:
        """Say whether reports of a type and place count for it."""
        alike = self.type in ("", of_type) or of_type.startswith(self.type + "/")
        # The world holds unknown places, too, as it does in the figures.
        return alike and (self.place in ("", places.WORLD, place) or self.place in around(place))


def around(place: str) -> tuple[str, ...]:
    """Give the areas that hold a place; none of an unknown one."""
    return places.areas_around(place) if place else ()


def pack(weeks: Iterable[tuple[int, int]]) -> bytes:
    """Write (place of the week, reports) as four bytes each, little-endian; weeks without are left out."""
    return b"".join(_PAIR.pack(week, reports) for week, reports in weeks)


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Weekly counts of reports; the last week is the open one."""

    weeks: tuple[Week, ...]
    """Consecutive, none left out."""
    day: date
    """The last day that is counted; it lies in the last week."""
    cells: Mapping[tuple[str, str], bytes]
    """(type, place) to the weeks that have any, as place in `weeks` and reports: see `pack`."""
    late: Mapping[tuple[str, str], bytes] = {}
    """Of them, those of old incidents (`warp.lateness.is_late`)."""
    today: Mapping[tuple[str, str], int] = {}
    """Of the last day, those that are not of old incidents."""
    first_today: FirstTokens = {}
    """Of the last day alone, those of reports of old incidents left out."""
    weekdays: tuple[int, ...] = (0, 0, 0, 0, 0, 0, 0)
    """Reports of the weeks before the open one, by weekday from Monday."""


class Months(msgspec.Struct, frozen=True, kw_only=True):
    """Reports by when their incidents happened, for the look at a month's end."""

    stored: tuple[tuple[Occurrence, int], ...]
    delays: Lateness
    """Of the latest quarters, and the day up to which reports are counted."""
    begun: date
    """The day of the first release."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """How many cells were unusual in a week that is over, and how many should have been by chance."""

    week: str
    level: Level
    observed: int
    expected: float
    variance: float


class Judgement(msgspec.Struct, frozen=True):
    """What is said of the open week."""

    signals: tuple[Signal, ...] = ()
    checks: tuple[Check, ...] = ()
    """Of each level, once the week is complete."""
