"""
The look at a month's end: signals of more incidents in a class and sub-region than chance explains.

It puts the tally of months of occurrence into a table, has `warp.occurrences` judge it, and says what was
found. Nobody knows how many members stand behind a month, because its tally has no tokens. So `members` is 0
in each of these signals, and no machine may draft a warning from one: they are for coordinators to look at.
No I/O.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import numpy as np

from warp import lateness, occurrences, places, tails, taxonomy
from warp.judged import Counts
from warp.lateness import Lateness
from warp.occurrences import Verdict
from warp.signal import Kind, Level, Point, Signal
from warp.tally import Occurrence

DETECTOR = "occurrences 1"
POINTS = 12
"""Months in a signal's chart."""
CLASSES = tuple(each for each in taxonomy.CLASSES if each != taxonomy.class_of(taxonomy.TEST_TYPE))
AREAS = ("", *sorted(code for code, area in places.AREAS.items() if area.kind is places.Kind.SUB_REGION))
"""Unknown, and wider than a sub-region, is one area; else a sub-region would seem to lie in it."""

_TAIL = 0.05
"""Chance of a count that is as expected to lie above the band, and below it."""
_WEEKS_IN_WINDOW = 4
_WEEKS_BETWEEN_LOOKS = 365.2425 / 12 / 7
_LEAST_CHANCE = 1e-4
"""Expected false alarms of a look: no model is so right that it could tell what is rarer."""


class _Table(NamedTuple):
    months: list[str]
    """Oldest first, the last one has just ended."""
    counts: Counts
    """Reports, (months, classes, areas)."""
    verdict: Verdict


def look(
    stored: Iterable[tuple[Occurrence, int]], delays: Lateness, begun: date, budget: float
) -> list[Signal]:
    """
    Judge the three months that have ended last.

    Args:
        stored: All reports by month of occurrence, class and sub-region; months of no use here are left out.
        delays: Of the reports of the pooled quarters, and the day up to which reports are counted.
        begun: The day of the site's first release.
        budget: False alarms to expect of this look.

    Returns:
        Signals, the most unusual first; none while too little is known of delays or of earlier months.
    """
    last = lateness.last_ended_month(delays.counted_to)
    earliest = _plus(last, 1 - occurrences.LOOKS - occurrences.MOST_HISTORY)
    # Of the month in which a site begins it knows a part.
    months = _months(max(earliest, _plus(f"{begun:%Y-%m}", 1)), last)
    counts = _counted(stored, months)
    shares = np.array([np.nan if (share := delays.share(each)) is None else share for each in months])
    table = _Table(months, counts, occurrences.judge(counts, shares))
    return _signals(table, delays, budget)


def _plus(month: str, more: int) -> str:
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + more, 12)
    return f"{year:04}-{number + 1:02}"


def _months(first: str, last: str) -> list[str]:
    months = []
    while first <= last:
        months.append(first)
        first = _plus(first, 1)
    return months


def _counted(stored: Iterable[tuple[Occurrence, int]], months: list[str]) -> Counts:
    rows, classes, areas = (
        {name: index for index, name in enumerate(names)} for names in (months, CLASSES, AREAS)
    )
    counts = np.zeros((len(rows), len(classes), len(areas)), dtype=np.int64)
    for occurrence, reports in stored:
        if occurrence.month in rows:
            area = areas.get(occurrence.sub_region, 0)
            counts[rows[occurrence.month], classes[occurrence.of_class], area] += reports
    return counts


def _signals(table: _Table, delays: Lateness, budget: float) -> list[Signal]:
    verdict = table.verdict
    bounds = occurrences.bounds(verdict, occurrences.limit(verdict, budget))
    found = [tuple(map(int, cell)) for cell in np.argwhere(table.counts >= bounds)]
    return [
        _signal(table, delays, budget, cell, float(bounds[cell]))
        for cell in sorted(found, key=lambda cell: (verdict.p[cell], cell))
    ]


def _signal(table: _Table, delays: Lateness, budget: float, cell: tuple[int, ...], bound: float) -> Signal:
    verdict, (month, of_class, area) = table.verdict, cell
    p = float(verdict.p[cell])
    by_chance = max(occurrences.false_alarms(verdict, p), _LEAST_CHANCE)
    as_unusual = (verdict.p <= p) & (table.counts >= occurrences.LEAST_REPORTS)
    points = _points(table, cell)
    once, share = _WEEKS_BETWEEN_LOOKS / by_chance, delays.share(table.months[month]) or 0.0
    return Signal(
        week=table.months[month],
        day=delays.counted_to,
        type=CLASSES[of_class],
        place=AREAS[area],
        kind=Kind.OCCURRENCE,
        level=Level.AREA,
        method="occurrence",
        window_weeks=_WEEKS_IN_WINDOW,
        observed=points[-1].observed,
        expected=points[-1].expected,
        low=points[-1].low,
        high=points[-1].high,
        bound=bound,
        p_value=p,
        q_value=min(1.0, by_chance / int(as_unusual.sum())),
        once_in_weeks=once,
        members=0,
        history_weeks=verdict.history * 52 // 12,
        borrowed=1 - float(verdict.own[of_class, area]),
        elapsed=share,
        late=0,
        points=points,
        detector=DETECTOR,
        parameters={"budget": budget, "delays": delays.observed},
        why=_why(CLASSES[of_class], AREAS[area], points[-1], share, once),
    )


def _points(table: _Table, cell: tuple[int, ...]) -> tuple[Point, ...]:
    """Give the months up to that of a cell, each as far as it has been reported."""
    month, of_class, area = cell
    rows = range(max(0, month + 1 - POINTS), month + 1)
    expected = table.verdict.expected[rows, of_class, area]
    dispersion = table.verdict.dispersion[rows, of_class, area]
    low = tails.quantile(1 - _TAIL, expected, dispersion)
    high = tails.quantile(_TAIL, expected, dispersion)
    return tuple(
        Point(
            week=table.months[row],
            observed=int(table.counts[row, of_class, area]),
            expected=round(float(expected[i]), 3),
            low=float(low[i]),
            high=float(high[i]),
        )
        for i, row in enumerate(rows)
    )


def _why(of_class: str, area: str, month: Point, share: float, once: float) -> str:
    what = taxonomy.type_name(of_class, "en")
    where = f"in {places.place_name(area, 'en')}" if area else "in no known sub-region"
    return (
        f"{month.observed} reports so far tell of {what} {where} in {month.week}, "
        f"where {month.expected:.1f} were expected by now and seldom more than {month.high:.0f} "
        f"(about {share:.0%} of a month's reports have come by then); by chance once in {once:.0f} weeks."
    )
