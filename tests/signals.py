"""Signals for the tests: one of a rise that two weeks' reports show, and what a test changes of it."""

from datetime import date
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.support import WEEK
from warp import explaining, places, taxonomy
from warp.life import Kept, Step
from warp.signal import Kind, Level, Part, Point, Signal, State

TERMS = ("", *taxonomy.CLASSES, *taxonomy.TYPES)
COUNTS = (0, 1, 0, 2, 0, 1, 5, 7)
POINTS = tuple(
    Point(week=str(WEEK.plus(i - 7)), observed=n, expected=0.6, low=0, high=2) for i, n in enumerate(COUNTS)
)
RISE = Signal(
    week=str(WEEK),
    day=date(2026, 11, 18),
    type="fraud/phishing",
    place="005",
    kind=Kind.RISE,
    level=Level.AREA,
    method="scan",
    window_weeks=2,
    observed=12,
    expected=1.3,
    low=0,
    high=4,
    bound=5.4,
    p_value=1.2e-6,
    q_value=0.01,
    once_in_weeks=340,
    members=9,
    history_weeks=61,
    borrowed=0.8,
    elapsed=0.64,
    late=0,
    parts=(Part(place="UY", observed=8, expected=0.2), Part(place="AR", observed=4, expected=0.4)),
    points=POINTS,
    detector="scans 1",
    parameters={"budget": 1.0},
    why="",
)
THRESHOLD = msgspec.structs.replace(
    RISE,
    kind=Kind.THRESHOLD,
    method="threshold",
    window_weeks=1,
    bound=5,
    p_value=None,
    q_value=None,
    once_in_weeks=None,
    borrowed=0,
    parts=(),
)


def changed(signal: Signal = RISE, **given: Any) -> Signal:
    """Give a signal with some of its facts changed, and the sentence that fits."""
    other = msgspec.structs.replace(signal, **given)
    return msgspec.structs.replace(other, why=explaining.sentence(other))


def of_week(n: int, signal: Signal = RISE, **given: Any) -> Signal:
    """Give a signal whose evidence ends so many weeks after the usual one's."""
    week = WEEK.plus(n)
    return changed(signal, week=str(week), day=week.thursday, **given)


def kept(signal: Signal = RISE, identifier: str = "k3v9q2xd", **given: Any) -> Kept:
    """Give a signal that is kept, new unless a test says otherwise."""
    raised = Step(week=signal.week, state=State.NEW)
    return Kept(identifier, signal, State.NEW, None, (raised,))._replace(**given)


_reports = st.integers(0, 10**15)
_expected = st.floats(0, 1e15)
_chance = st.none() | st.floats(1e-300, 1)
_places = st.sampled_from(["", "UY", "AQ", *places.AREAS])
_points = st.builds(
    Point, week=st.just("2026-W47"), observed=_reports, expected=_expected, low=_expected, high=_expected
)

anything = st.builds(
    Signal,
    week=st.just("2026-W47"),
    day=st.just(date(2026, 11, 18)),
    type=st.sampled_from(TERMS),
    place=_places,
    kind=st.sampled_from(Kind),
    level=st.sampled_from(Level),
    method=st.sampled_from(["scan", "slow-rise", "threshold", "occurrence", "ears-c2"]),
    window_weeks=st.integers(1, 20),
    observed=_reports,
    expected=_expected,
    low=_expected,
    high=_expected,
    bound=_expected,
    p_value=_chance,
    q_value=_chance,
    once_in_weeks=st.none() | st.floats(0, 1e300),
    members=st.integers(0, 1000),
    history_weeks=st.integers(0, 600),
    borrowed=st.floats(0, 1),
    elapsed=st.floats(0, 1),
    late=_reports,
    parts=st.lists(st.builds(Part, place=_places, observed=_reports, expected=_expected), max_size=3).map(
        tuple
    ),
    points=st.lists(_points, max_size=27).map(tuple),
    detector=st.just("scans 1"),
    parameters=st.just({"budget": 1.0}),
    why=st.text(st.characters(exclude_categories=["Cc", "Cn", "Cs"])),
)
"""Any signal at all, likely or not."""
