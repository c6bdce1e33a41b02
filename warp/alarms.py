"""
Alarms: what is unusual at each level, by each rule, within the rule's share of the false-alarm budget.

Cells (a type in a place), areas (a type in a sub-region) and types (everywhere) are tables of their own, each
fitted by `warp.pooling` and set against `warp.budget`. No I/O.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from warp import budget, places, pooling, tails
from warp.budget import Chances
from warp.judged import Counts, Floats
from warp.places import AREAS, Kind
from warp.pooling import Expected, Fit
from warp.signal import Level

LEAST_REPORTS = 3
"""In a window; the fewest on which a warning makes sense."""
SLOW_WEEKS = 8
"""Weeks of the window for slow rises; as many as a fit leaves out of its levels."""
DAYS = 7


class Table(NamedTuple):
    """The counts of one level."""

    level: Level
    types: Sequence[str]
    places: Sequence[str]
    reports: Counts
    """(weeks, types, places), the open week last."""
    today: Counts
    """(types, places): of these, what the last day brought."""


class Rule(NamedTuple):
    """One way of looking at a level."""

    method: str
    share: float
    """Of the false-alarm budget."""
    windows: tuple[int, ...]
    """Weeks of each; none: the last day alone."""
    rate: float
    """New alarms for each week with one, on average over the windows; see docs/detection.md."""


_SCAN, _ALONE, _SLOW, _DAY = (1, 2, 3), (1,), (SLOW_WEEKS,), ()
RULES: Mapping[Level, Sequence[Rule]] = {
    Level.CELL: (Rule("scan", 0.40, _SCAN, 1.5), Rule("slow-rise", 0.05, _SLOW, 0.4)),
    Level.AREA: (
        Rule("scan", 0.20, _SCAN, 1.5),
        Rule("slow-rise", 0.05, _SLOW, 0.4),
        Rule("day", 0.05, _DAY, 1.0),
    ),
    Level.TYPE: (
        Rule("scan", 0.15, _ALONE, 1.0),
        Rule("slow-rise", 0.05, _SLOW, 0.2),
        Rule("day", 0.05, _DAY, 1.0),
    ),
}
_FOLDED, _RUNNING, _MOST_RUNNING = 1.2, 9.0, 4.0
"""What folding takes off: alarms of one week that tell of the same, and of an event that runs already."""


class Alarm(NamedTuple):
    """A cell of a level whose count is unusual, by the rule that finds it the most so."""

    table: Table
    fitted: Fit
    row: int
    column: int
    rule: Rule
    weeks: int
    """Of the window; 0 is the last day alone."""
    expected: Expected
    """Of this cell alone, in that window."""
    p: float
    q: float
    limit: float
    """The p from which on the rule alarms."""
    false_alarms: float
    """Expected a week, of cells as unusual as this."""

    @property
    def strength(self) -> float:
        """How much of its rule's budget such an alarm takes; the smaller, the stronger."""
        return self.false_alarms / self.rule.share

    @property
    def type(self) -> str:
        """The type."""
        return self.table.types[self.row]

    @property
    def place(self) -> str:
        """The place."""
        return self.table.places[self.column]

    @property
    def observed(self) -> int:
        """Reports in the window."""
        return observed(self.table, self.row, self.column, self.weeks)


def observed(table: Table, row: int, column: int, weeks: int) -> int:
    """Give the reports of some weeks, or of the last day (0)."""
    if not weeks:
        return int(table.today[row, column])
    return int(table.reports[-weeks:, row, column].sum())


def tables(types: Sequence[str], of: Sequence[str], reports: Counts, today: Counts) -> list[Table]:
    """
    Give the levels of a table of cells, from fine to wide.

    Reports that state no sub-region, or none at all, are in the types' totals only.

    Args:
        types: Of the rows.
        of: Places of the columns.
        reports: (weeks, types, places).
        today: (types, places).
    """
    cells = Table(Level.CELL, types, of, reports, today)
    around = [places.sub_region(place) for place in of]
    codes = sorted({code for code in around if code and AREAS[code].kind is Kind.SUB_REGION})
    inside = np.array([[place == code for code in codes] for place in around]).reshape(len(of), len(codes))
    areas = Table(Level.AREA, types, codes, _summed(reports, inside), _summed(today, inside))
    all_of = np.ones((len(of), 1), dtype=bool)
    whole = Table(Level.TYPE, types, (places.WORLD,), _summed(reports, all_of), _summed(today, all_of))
    return [cells, areas, whole]


def _summed(counts: Counts, inside: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]") -> Counts:
    """Sum the last axis by columns of `inside`."""
    shape = (*counts.shape[:-1], inside.shape[1])
    found = np.zeros(shape, dtype=np.int64)
    for column in range(inside.shape[1]):
        found[..., column] = counts[..., inside[:, column]].sum(axis=-1)
    return found


class Look(NamedTuple):
    """A rule, applied to every cell of a level."""

    rule: Rule
    lengths: tuple[int, ...]
    """Weeks of the windows that there is a history for; 0 is the last day alone."""
    expected: tuple[Expected, ...]
    """Of each window."""
    p: Floats
    """(windows, types, places); 1 where there are too few reports for an alarm."""
    likely: tuple[Chances, ...]
    """Of each window."""

    @property
    def rate(self) -> float:
        """New alarms a week for each false alarm of one look, since a day is looked at seven times."""
        return self.rule.rate * (1 if self.rule.windows else DAYS)


def look(table: Table, fitted: Fit, day_share: float, like: Sequence[Look] = ()) -> list[Look]:
    """
    Look at a level by all its rules.

    The open week is judged as if it were over: more can only come, so a week is no more often an alarm by
    being looked at each day.

    Args:
        table: The level.
        fitted: By the weeks before the open one.
        day_share: Share of a week's reports that is expected on the last day's weekday.
        like: A look at much the same counts, whose chances are taken; without, they are gone through.
    """
    found = []
    known = {each.rule: each.likely for each in like}
    for rule in RULES[table.level]:
        longest = len(fitted.factor)
        lengths = tuple(n for n in rule.windows if n < longest) if rule.windows else (0,)
        if not lengths or not table.places:
            continue
        expected = tuple(pooling.expect(fitted, n or 1, 1.0 if n else day_share) for n in lengths)
        p = [_p(_together(table, n), each) for n, each in zip(lengths, expected, strict=True)]
        likely = known.get(rule) or tuple(budget.chances(each, LEAST_REPORTS) for each in expected)
        found.append(Look(rule, lengths, expected, np.stack(p), likely))
    return found


def find(table: Table, fitted: Fit, looks: Sequence[Look], a_week: float) -> list[Alarm]:
    """
    Give a level's alarms, one for each of its cells: by the rule that takes least of its budget.

    Args:
        table: The level.
        fitted: By the weeks before the open one.
        looks: From `look`.
        a_week: The whole budget: signals a week that are nothing.
    """
    alarms = a_week * _FOLDED * min(1 + _RUNNING * a_week / len(table.types), _MOST_RUNNING)
    found: dict[tuple[int, int], Alarm] = {}
    for each in looks:
        for alarm in _over(each, table, fitted, alarms):
            cell = (alarm.row, alarm.column)
            if cell not in found or alarm.strength < found[cell].strength:
                found[cell] = alarm
    return list(found.values())


def _over(each: Look, table: Table, fitted: Fit, alarms: float) -> list[Alarm]:
    limit = budget.threshold(each.likely, alarms * each.rule.share / each.rate)
    least, best = each.p.min(axis=0), each.p.argmin(axis=0)
    rows, columns = np.nonzero(least <= limit)
    p = least[rows, columns]
    chance = np.maximum(budget.expected_alarms(each.likely, p) * each.rate, budget.DEEPEST)
    as_unusual = np.searchsorted(np.sort(p), p, side="right") * (each.rate / each.rule.rate)
    found = []
    for i, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        which = int(best[row, column])
        mean, dispersion = each.expected[which]
        found.append(
            Alarm(
                table=table,
                fitted=fitted,
                row=row,
                column=column,
                rule=each.rule,
                weeks=each.lengths[which],
                expected=Expected(mean[row, column, None], dispersion[row, column, None]),
                p=float(p[i]),
                q=min(1.0, float(chance[i] / as_unusual[i])),
                limit=limit,
                false_alarms=float(chance[i]),
            )
        )
    return found


def _together(table: Table, weeks: int) -> Floats:
    return pooling.together(table.reports, weeks) if weeks else table.today.astype(np.float64)


def _p(count: Floats, expected: Expected) -> Floats:
    """Give mid-p, and 1 where there are too few reports for an alarm."""
    chance = tails.mid_p(count, expected.mean, expected.dispersion)
    return np.where(count < LEAST_REPORTS, 1.0, chance)


def bound(alarm: Alarm) -> int:
    """Give the reports of the window from which on it is an alarm."""
    low, high = LEAST_REPORTS, max(alarm.observed, LEAST_REPORTS)
    while low < high:
        middle = (low + high) // 2
        if float(tails.mid_p(np.array([float(middle)]), *alarm.expected)[0]) <= alarm.limit:
            high = middle
        else:
            low = middle + 1
    return low
