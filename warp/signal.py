"""
What detection says: signals, with all that explains them, and the life that coordinators give them.

Coordinators only: a signal's counts are exact. Made by `warp.detection`, kept by `storage.signals`. Pure, and
without numpy, because the serving process reads it.
"""

import enum
from datetime import date

import msgspec

from warp import places
from warp.weeks import Week


class Kind(enum.StrEnum):
    """What a signal says has happened."""

    RISE = "rise"
    """More reports arrived than chance explains."""
    THRESHOLD = "threshold"
    """A coordinators' rule was met, whatever the history says."""
    BATCH = "batch"
    """More reports arrived than chance explains, but only together with those of old incidents: no alarm."""
    OCCURRENCE = "occurrence"
    """More incidents happened in a month than chance explains, as far as they have been reported."""


class Level(enum.StrEnum):
    """How wide the place of a signal is; from fine to wide."""

    CELL = "cell"
    """A type in a place as it is reported."""
    AREA = "area"
    """A type (of an occurrence: a class) in an M49 sub-region."""
    TYPE = "type"
    """A type everywhere."""


class State(enum.StrEnum):
    """Where a signal stands in its life."""

    NEW = "new"
    """Nobody has said anything of it."""
    WATCHED = "watched"
    DISMISSED = "dismissed"
    DRAFTED = "drafted"
    """A coordinator has taken over its draft."""
    CLOSED = "closed"
    """Its warning is out, or it is over."""


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One week of a signal's chart."""

    week: str
    observed: int
    """Reports."""
    expected: float
    low: float
    high: float
    """Reports; nine in ten counts that are as expected lie from `low` to `high`."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A cell or area whose own alarm is folded into a signal."""

    place: str
    observed: int
    expected: float


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A statistically unusual rise, with all that explains it. Coordinators only: its counts are exact."""

    week: str
    """The ISO week that was judged; of an occurrence the month, like 2026-11."""
    day: date
    """The last day whose reports are counted in it."""
    type: str
    """RSIT type or class; empty for all."""
    place: str
    """Country or M49 area; 001 is everywhere, and empty an unknown place."""
    kind: Kind
    level: Level
    method: str
    """What fired: `scan`, `slow-rise`, `day`, `threshold` or `occurrence`."""
    window_weeks: int
    """Weeks that are judged together; the judged one is the last. 0 is the last day alone."""
    observed: int
    """Reports in the window."""
    expected: float
    """Reports in the window, of the judged week as if it were over."""
    low: float
    high: float
    """Reports; nine in ten counts that are as expected lie from `low` to `high`."""
    bound: float
    """Reports; the window's count is unusual at or above it."""
    p_value: float | None
    """Of this cell alone, the least over the windows; none for a threshold."""
    q_value: float | None
    """Share of false alarms to expect among all cells of the level that are as unusual."""
    once_in_weeks: float | None
    """Chance alone has a cell of the level as unusual as this once in so many weeks."""
    members: int
    """Distinct members that surely stand behind the reports of the window."""
    history_weeks: int
    """Weeks that the expectation rests on."""
    borrowed: float
    """How much of the expectation comes from other cells, from 0 to 1."""
    elapsed: float
    """Share of the judged week's reports that is expected by now; 1 when it is complete."""
    late: int
    """Reports of old incidents in the window; of a rise they are not in `observed`."""
    parts: tuple[Part, ...] = ()
    """Most reports first."""
    points: tuple[Point, ...] = ()
    """Up to half a year of weeks before and with the judged one, oldest first."""
    detector: str
    """Name and version of the detection that judged."""
    parameters: dict[str, float]
    """What the detector was set to."""
    why: str
    """The explanation in one sentence, in English."""


def concern_the_same(a: Signal, b: Signal) -> bool:
    """Say whether two signals tell of one event: the same kind and type, one place within the other."""
    return (a.kind, a.type) == (b.kind, b.type) and (holds(a, b) or holds(b, a))


def holds(wide: Signal, narrow: Signal) -> bool:
    """
    Say whether the reports of one signal are among those of another, as far as their places tell.

    A cell of a wide place has the reports that state it: none of a country in it.
    """
    if wide.place == narrow.place:
        return True
    if wide.level is Level.CELL:
        return False
    return wide.place == places.WORLD or wide.place in places.areas_around(narrow.place or places.WORLD)


def weeks_between(earlier: Signal, later: Signal) -> int:
    """Give the weeks from the end of one signal's evidence to that of another; 0 within one week."""
    return (Week.of(later.day).monday - Week.of(earlier.day).monday).days // 7
