"""
Early warning: judges whether a week's count is unusual for its cell.

Pure; it sees tallies and never a report. This first detector is EARS C2 on weekly (type, place) cells, with
the coordinators' fixed thresholds beside it. The open week is judged again at each release.

`p_values` and `bounds` judge a whole table by any detector. They alone import what needs numpy and scipy: the
serving process, which imports this module, has no memory to spare.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec

from warp import explaining, places, taxonomy
from warp.signal import Kind, Level, Point
from warp.signal import Signal as Signal
from warp.tally import FirstTokens, members
from warp.weeks import Week

if TYPE_CHECKING:
    from warp import judged

BASELINE_WEEKS = 7
GUARD_WEEKS = 2
HISTORY_WEEKS = BASELINE_WEEKS + GUARD_WEEKS
"""Weeks before the judged one that C2 looks at."""
SCORE_LIMIT = 3.0
SMALLEST_DEVIATION = 0.9
"""Reports. An empty history then alarms at three reports, the least on which a warning makes sense."""
LEAST_MEMBERS = 2
"""One member alone, however many tokens it spends, raises no signal."""


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


class Counts(msgspec.Struct, frozen=True):
    """Weekly counts of reports; the last week is the one to judge."""

    weeks: tuple[Week, ...]
    """Consecutive, none left out; only weeks in which the site ran."""
    cells: Mapping[tuple[str, str], tuple[int, ...]]
    """(type, place) to reports in each of `weeks`."""


Judge = Callable[[Counts, FirstTokens, datetime], Sequence[Signal]]


Method = Literal["ears-c1", "ears-c2", "ears-c3", "farrington"]


def p_values(counts: "judged.Counts", method: Method | Literal["pooling"] = "pooling") -> "judged.Floats":
    """
    Give how unusual the last week is in each cell: the smaller the more, and 1 where it is not judged.

    Args:
        counts: Reports, weeks first; whole numbers. For pooling: (weeks, types, places).
        method: The detector, with its floor for sparse cells.

    Raises:
        ValueError: there is no such method.
    """
    if method == "pooling":
        from warp import pooling

        return pooling.judge(counts).p
    return _detector(method, with_floor=True)(counts).p


def bounds(counts: "judged.Counts", method: Method) -> "judged.Floats":
    """
    Give the bounds that R's `surveillance` gives: a count of the last week is unusual above its bound.

    There are no floors; EARS has a tail of 0.1 %, and C3 the CDC's definition, which is not R's. A bound is
    infinite where the cell is not judged.

    Args:
        counts: Reports, weeks first; whole numbers.
        method: The detector.

    Raises:
        ValueError: there is no such method.
    """
    return _detector(method, with_floor=False)(counts).bound


def _detector(method: Method, *, with_floor: bool) -> "Callable[[judged.Counts], judged.Judged]":
    from warp import ears, farrington

    if method == "farrington":
        return partial(farrington.judge, with_floor=with_floor)
    by_ears = {"ears-c1": ears.c1, "ears-c2": ears.c2, "ears-c3": ears.c3}
    if method not in by_ears:
        raise ValueError(f"a method is one of {', '.join(get_args(Method))}")
    if with_floor:
        return by_ears[method]
    return partial(by_ears[method], limit=NormalDist().inv_cdf(0.999), smallest_deviation=0)


def judge(
    counts: Counts, first_tokens: FirstTokens, now: datetime, thresholds: Iterable[Threshold] = ()
) -> list[Signal]:
    """
    Give the signals of the week that was open just before `now`, one per cell.

    Args:
        counts: Weekly reports per cell, the judged week last.
        first_tokens: First tokens of the judged week per (type, place) and token week.
        now: Aware; the end of the last released stretch.
        thresholds: The coordinators' own rules.

    Raises:
        ValueError: the last week of `counts` is not the open one.

    Source: Hutwagner et al., The bioterrorism preparedness and response EARS, J. Urban Health 80 (2003).
    """
    week = Week.of(now - timedelta(microseconds=1))
    if not counts.weeks or counts.weeks[-1] != week:
        raise ValueError("the last week of the counts must be the open one")
    found = {
        (signal.type, signal.place): signal for signal in _by_threshold(counts, first_tokens, thresholds)
    }
    for cell, series in counts.cells.items():
        signal = _ears_c2(counts, cell, series, members([cell], first_tokens))
        if signal is not None:
            found[cell] = signal
    return [found[cell] for cell in sorted(found)]


def _ears_c2(counts: Counts, cell: tuple[str, str], series: Sequence[int], distinct: int) -> Signal | None:
    baseline = series[-1 - HISTORY_WEEKS : -1 - GUARD_WEEKS]
    observed = series[-1]
    if len(baseline) < BASELINE_WEEKS or distinct < LEAST_MEMBERS:
        return None
    mean = sum(baseline) / BASELINE_WEEKS
    spread = math.sqrt(sum((n - mean) ** 2 for n in baseline) / (BASELINE_WEEKS - 1))
    deviation = max(spread, SMALLEST_DEVIATION)
    score = (observed - mean) / deviation
    if score < SCORE_LIMIT:
        return None
    bound = mean + SCORE_LIMIT * deviation
    spread = 1.645 * deviation
    return _explained(
        counts,
        cell,
        kind=Kind.RISE,
        method="ears-c2",
        observed=observed,
        expected=round(mean, 3),
        low=max(0.0, round(mean - spread)),
        high=float(round(mean + spread)),
        bound=round(bound, 3),
        p_value=0.5 * math.erfc(score / math.sqrt(2)),
        members=distinct,
        history_weeks=BASELINE_WEEKS,
        parameters={"baseline_weeks": BASELINE_WEEKS, "guard_weeks": GUARD_WEEKS, "deviations": SCORE_LIMIT},
        series=series,
    )


def _explained(
    counts: Counts, cell: tuple[str, str], *, kind: Kind, method: str, series: Sequence[int], **said: Any
) -> Signal:
    """Give a signal with its sentence."""
    of_type, place = cell
    week, expected, low, high = counts.weeks[-1], said["expected"], said["low"], said["high"]
    points = [
        Point(week=str(week), observed=n, expected=expected, low=low, high=high)
        for week, n in zip(counts.weeks, series, strict=True)
    ]
    level = Level.TYPE if place == places.WORLD else Level.AREA if place in places.AREAS else Level.CELL
    signal = Signal(
        week=str(week),
        day=week.sunday,
        type=of_type,
        place=place,
        kind=kind,
        level=level,
        method=method,
        window_weeks=1,
        q_value=None,
        once_in_weeks=None,
        borrowed=0.0,
        elapsed=1.0,
        late=0,
        points=tuple(points),
        detector=method,
        why="",
        **said,
    )
    return msgspec.structs.replace(signal, why=explaining.sentence(signal))


def _by_threshold(
    counts: Counts, first_tokens: FirstTokens, thresholds: Iterable[Threshold]
) -> Iterable[Signal]:
    for rule in thresholds:
        inside = [cell for cell in counts.cells if _applies(rule, cell)]
        observed = sum(counts.cells[cell][-1] for cell in inside)
        distinct = members(inside, first_tokens)
        if observed < rule.reports or distinct < LEAST_MEMBERS:
            continue
        before = [sum(counts.cells[cell][i] for cell in inside) for i in range(len(counts.weeks) - 1)]
        expected = round(sum(before) / len(before), 3) if before else 0.0
        yield _explained(
            counts,
            (rule.type, rule.place or places.WORLD),
            kind=Kind.THRESHOLD,
            method="threshold",
            observed=observed,
            expected=expected,
            low=0.0,
            high=float(rule.reports),
            bound=float(rule.reports),
            p_value=None,
            members=distinct,
            history_weeks=len(before),
            parameters={"reports": rule.reports},
            series=[*before, observed],
        )


def _applies(rule: Threshold, cell: tuple[str, str]) -> bool:
    of_type = rule.type in ("", cell[0]) or cell[0].startswith(rule.type + "/")
    # The world holds unknown places, too, as it does in the figures.
    anywhere = rule.place in ("", places.WORLD)
    return of_type and (anywhere or rule.place == cell[1] or rule.place in places.areas_around(cell[1]))
