"""
Judging the open week: from counts to signals, by every level and rule, with all that explains them.

What `warp.detection.judge` gives; kept apart from it because it needs numpy. No I/O.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from warp import alarms, backing, budget, explaining, families, places, pooling, tails
from warp.alarms import Alarm, Look, Table
from warp.counting import Check, Counts, Judgement, Threshold
from warp.families import Family
from warp.judged import SMALLEST_P, Floats
from warp.judged import Counts as Numbers
from warp.lateness import LATE_FROM
from warp.pooling import Expected, Fit
from warp.signal import Kind, Level, Part, Point, Signal, concern_the_same
from warp.tally import FirstTokens

DETECTOR = "warp.pooling 2"
"""Kept with each signal; the number is raised whenever the same counts would give another verdict."""
CHART_WEEKS = 26
WEEKS_A_YEAR = 52.18
_BAND = 0.05
"""Share of counts that are as expected and lie below the band, and above it."""
_EVEN_WEEK = 35.0
"""Reports, spread evenly over the weekdays, that count as seen before any are."""
_CHECKED = 0.01
"""P of the cells that the self-check counts."""
_NOTHING = Expected(np.zeros(1), np.ones(1))

Bools = NDArray[np.bool_]


class _Level(NamedTuple):
    """One level, with what its own history makes one expect; neither fit nor looks without a history."""

    table: Table
    fitted: Fit | None
    looks: Sequence[Look]


class _Week(NamedTuple):
    """What everything is judged by."""

    counts: Counts
    types: list[str]
    places: list[str]
    late: Numbers
    """Of the latest weeks, (weeks, types, places)."""
    first_tokens: Sequence[FirstTokens]
    """Of each of the latest weeks, those of reports of old incidents left out."""
    a_week: float
    elapsed: float
    day_share: float


def judge(
    counts: Counts,
    first_tokens: Sequence[FirstTokens],
    late_tokens: Sequence[FirstTokens],
    thresholds: Iterable[Threshold],
    a_week: float,
) -> Judgement:
    """Give what `warp.detection.judge` gives."""
    types = sorted({of_type for of_type, _ in counts.cells})
    of = sorted({place for _, place in counts.cells})
    late = _array(counts, counts.late, types, of)[-alarms.SLOW_WEEKS :].copy()
    shares = _weekday_shares(counts.weekdays)
    weekday = counts.day.weekday()
    week = _Week(
        counts=counts,
        types=types,
        places=of,
        late=late,
        first_tokens=[backing.less(*each) for each in zip(first_tokens, late_tokens, strict=True)],
        a_week=a_week,
        elapsed=float(shares[: weekday + 1].sum()),
        day_share=float(shares[weekday]),
    )
    levels = _levels(week, _recent(counts, types, of))
    rises = [alarm for alarm in _alarms(week, levels) if _is_of_many(week, alarm, levels[0].table)]
    found = [_signal(week, family, Kind.RISE) for family in families.fold(rises)]
    met = [_met(week, rule, levels[0]) for rule in thresholds]
    checks = [_check(week, level) for level in levels] if weekday == alarms.DAYS - 1 else []
    looks = [level.looks for level in levels]
    del levels  # of a large community, two tables do not fit into a child beside each other
    if late.any():
        everybody = week._replace(first_tokens=first_tokens)
        found += _batches(everybody, _array(counts, counts.cells, types, of), looks, found)
    found += [each for each in met if each is not None]
    return Judgement(tuple(found), tuple(each for each in checks if each is not None))


def false_alarms_a_year(counts: Counts, thresholds: Sequence[Threshold]) -> list[float | None]:
    """Give what `warp.detection.false_alarms_a_year` gives."""
    types = sorted({of_type for of_type, _ in counts.cells})
    of = sorted({place for _, place in counts.cells})
    fitted = pooling.fit(_recent(counts, types, of)[:-1])
    if fitted is None:
        return [None] * len(thresholds)
    expected = [_sum(fitted, _inside(rule, types, of)) for rule in thresholds]
    return [
        WEEKS_A_YEAR * _chance(each, rule.reports) for each, rule in zip(expected, thresholds, strict=True)
    ]


def _recent(counts: Counts, types: Sequence[str], of: Sequence[str]) -> Numbers:
    """Give the reports that are not of old incidents, (weeks, types, places)."""
    everything = _array(counts, counts.cells, types, of)
    if counts.late:
        everything -= np.minimum(_array(counts, counts.late, types, of), everything)
    return everything


def _array(
    counts: Counts, cells: Mapping[tuple[str, str], bytes], types: Sequence[str], of: Sequence[str]
) -> Numbers:
    found = np.zeros((len(counts.weeks), len(types), len(of)), dtype=np.uint32)
    rows = {code: i for i, code in enumerate(types)}
    columns = {code: i for i, code in enumerate(of)}
    for (of_type, place), packed in cells.items():
        weeks, reports = np.frombuffer(packed, dtype="<u4").reshape(-1, 2).T
        found[weeks, rows[of_type], columns[place]] = reports
    return found


def _weekday_shares(weekdays: Sequence[int]) -> Floats:
    """Give the share of a week's reports that each weekday has, from Monday."""
    seen = np.asarray(weekdays, dtype=np.float64) + _EVEN_WEEK / alarms.DAYS
    shares: Floats = seen / seen.sum()
    return shares


def _levels(week: _Week, reports: Numbers, like: Sequence[Sequence[Look]] = ((), (), ())) -> list[_Level]:
    """Fit and look at each level by its own history; see `alarms.look` for what it is like."""
    today = np.zeros(reports.shape[1:], dtype=np.int64)
    for (of_type, place), count in week.counts.today.items():
        today[week.types.index(of_type), week.places.index(place)] = count
    found = []
    for i, table in enumerate(alarms.tables(week.types, week.places, reports, today)):
        fitted = pooling.fit(table.reports[:-1])
        looks = [] if fitted is None else alarms.look(table, fitted, week.day_share, like[i])
        found.append(_Level(table, fitted, looks))
    return found


def _alarms(week: _Week, levels: Sequence[_Level]) -> list[Alarm]:
    """Give the alarms of all levels that at least two members surely stand behind."""
    found = [
        alarm
        for table, fitted, looks in levels
        if fitted is not None
        for alarm in alarms.find(table, fitted, looks, week.a_week)
    ]
    return [alarm for alarm in found if _members(week, alarm) >= backing.LEAST_MEMBERS]


def _is_of_many(week: _Week, alarm: Alarm, cells: Table) -> bool:
    """Say whether it would be an alarm by no more reports than surely are of more than one member."""
    columns = [i for i, place in enumerate(week.places) if _is_in(alarm, alarm.type, place)]
    arrived = (
        zip(cells.reports[-alarm.weeks :], week.first_tokens[-alarm.weeks :], strict=True)
        if alarm.weeks
        else [(cells.today, week.counts.first_today)]
    )
    surely = sum(
        backing.counted([((alarm.type, week.places[i]), int(reports[alarm.row, i])) for i in columns], tokens)
        for reports, tokens in arrived
    )
    return surely >= alarms.bound(alarm)


def _batches(
    week: _Week, everything: Numbers, like: Sequence[Sequence[Look]], rises: Sequence[Signal]
) -> list[Signal]:
    """
    Give what is unusual only together with the reports of old incidents.

    It is no alarm and takes no budget, so it is measured by the chances of the other reports.
    """
    alarms_of = _alarms(week, _levels(week, everything, like))
    found = [_signal(week, family, Kind.BATCH) for family in families.fold(alarms_of)]
    told = [msgspec.structs.replace(rise, kind=Kind.BATCH) for rise in rises]
    return [each for each in found if each.late and not any(concern_the_same(each, one) for one in told)]


def _signal(week: _Week, family: Family, kind: Kind) -> Signal:
    head = family.head
    mean, dispersion = head.expected
    is_alarm = kind is not Kind.BATCH
    signal = Signal(
        week=str(week.counts.weeks[-1]),
        day=week.counts.day,
        type=head.type,
        place=head.place,
        kind=kind,
        level=head.table.level,
        method=head.rule.method,
        window_weeks=head.weeks,
        observed=head.observed,
        expected=round(float(mean[0]), 3),
        low=_count(1 - _BAND, mean, dispersion),
        high=_count(_BAND, mean, dispersion),
        bound=float(alarms.bound(head)),
        p_value=head.p,
        q_value=head.q if is_alarm else None,
        once_in_weeks=1 / head.false_alarms if is_alarm else None,
        members=_members(week, head),
        history_weeks=head.fitted.history,
        borrowed=round(1 - float(head.fitted.own[head.row, head.column]), 3),
        elapsed=1.0 if head.weeks == 0 else round(week.elapsed, 3),
        late=_late(week, head),
        parts=tuple(
            Part(place=part.place, observed=part.observed, expected=round(float(part.expected.mean[0]), 3))
            for part in family.parts
        ),
        points=_points(week, head),
        detector=DETECTOR,
        parameters={**_parameters(week), "share": head.rule.share, "rate": head.rule.rate, "p": head.limit},
        why="",
    )
    return msgspec.structs.replace(signal, why=explaining.sentence(signal))


def _parameters(week: _Week) -> dict[str, float]:
    return {
        "false_alarms_a_week": week.a_week,
        "least_reports": alarms.LEAST_REPORTS,
        "least_members": backing.LEAST_MEMBERS,
        "late_from_months": LATE_FROM,
        "reports_per_member": backing.REPORTS_PER_MEMBER,
    }


def _count(tail: float, mean: Floats, dispersion: Floats) -> float:
    return float(tails.quantile(tail, mean, dispersion)[0])


def _points(week: _Week, head: Alarm) -> tuple[Point, ...]:
    """Give the latest weeks of an alarm's own series beside what its history makes one expect of each."""
    fitted, row, column = head.fitted, head.row, head.column
    factor = fitted.factor[-CHART_WEEKS:, row]
    mean = fitted.level[row, column] * factor
    variance = fitted.dispersion[row] * mean + factor**2 * fitted.level_variance[row, column]
    dispersion = (variance + mean**2 * fitted.factor_variance[row]) / mean
    low, high = (tails.quantile(tail, mean, dispersion) for tail in (1 - _BAND, _BAND))
    observed = head.table.reports[-len(factor) :, row, column]
    return tuple(
        Point(
            week=str(of_week),
            observed=int(observed[i]),
            expected=round(float(mean[i]), 3),
            low=float(low[i]),
            high=float(high[i]),
        )
        for i, of_week in enumerate(week.counts.weeks[-len(factor) :])
    )


def _members(week: _Week, alarm: Alarm) -> int:
    of_window = week.first_tokens[-alarm.weeks :] if alarm.weeks else [week.counts.first_today]
    return backing.members(of_window, lambda cell: _is_in(alarm, *cell))


def _is_in(alarm: Alarm, of_type: str, place: str) -> bool:
    """Say whether a cell's reports are counted in an alarm."""
    if of_type != alarm.type:
        return False
    match alarm.table.level:
        case Level.TYPE:
            return True
        case Level.AREA:
            return places.sub_region(place) == alarm.place
        case _:
            return place == alarm.place


def _late(week: _Week, alarm: Alarm) -> int:
    if not week.counts.late:
        return 0
    columns = [i for i, place in enumerate(week.places) if _is_in(alarm, alarm.type, place)]
    return int(week.late[-max(alarm.weeks, 1) :, alarm.row, columns].sum())


def _met(week: _Week, rule: Threshold, cells: _Level) -> Signal | None:
    """Give a signal if one of the coordinators' rules is met."""
    table, fitted, _ = cells
    inside = _inside(rule, week.types, week.places)
    observed = int(table.reports[-1][inside].sum())
    sure = backing.members(week.first_tokens[-1:], lambda cell: rule.holds(*cell))
    if observed < rule.reports or sure < backing.LEAST_MEMBERS:
        return None
    of_rule = [
        ((week.types[row], week.places[column]), int(table.reports[-1, row, column]))
        for row, column in np.argwhere(inside).tolist()
    ]
    if backing.counted(of_rule, week.first_tokens[-1]) < rule.reports:
        return None
    expected = _NOTHING if fitted is None else _sum(fitted, inside)
    signal = Signal(
        week=str(week.counts.weeks[-1]),
        day=week.counts.day,
        type=rule.type,
        place=rule.place or places.WORLD,
        kind=Kind.THRESHOLD,
        level=_level(rule.place),
        method="threshold",
        window_weeks=1,
        observed=observed,
        expected=round(float(expected.mean[0]), 3),
        low=_count(1 - _BAND, *expected),
        high=_count(_BAND, *expected),
        bound=float(rule.reports),
        p_value=None,
        q_value=None,
        once_in_weeks=None if fitted is None else 1 / max(_chance(expected, rule.reports), SMALLEST_P),
        members=sure,
        history_weeks=0 if fitted is None else fitted.history,
        borrowed=0.0,
        elapsed=round(week.elapsed, 3),
        late=0,
        detector=DETECTOR,
        parameters={"least_members": backing.LEAST_MEMBERS, "late_from_months": LATE_FROM},
        why="",
    )
    return msgspec.structs.replace(signal, why=explaining.sentence(signal))


def _level(place: str) -> Level:
    if place in ("", places.WORLD):
        return Level.TYPE
    return Level.AREA if place in places.AREAS else Level.CELL


def _inside(rule: Threshold, types: Sequence[str], of: Sequence[str]) -> Bools:
    """Give which cells (types, places) a rule holds."""
    found = [[rule.holds(of_type, place) for place in of] for of_type in types]
    return np.array(found, dtype=bool).reshape(len(types), len(of))


def _sum(fitted: Fit, inside: Bools) -> Expected:
    """Give what is expected of some cells together, as if they varied apart from each other."""
    each = pooling.expect(fitted, 1)
    mean = each.mean[inside].sum()
    variance = (each.mean * each.dispersion)[inside].sum()
    return Expected(np.array([mean]), np.array([variance / mean if mean else 1.0]))


def _chance(expected: Expected, reports: int) -> float:
    """Give the chance of at least so many reports."""
    return float(tails.above(np.array([reports - 1.0]), *expected)[0]) if expected.mean[0] else 0.0


def _check(week: _Week, level: _Level) -> Check | None:
    """Count the cells of a level that are unusual in the week alone, and those that should be by chance."""
    table, fitted, _ = level
    if fitted is None or not table.places:
        return None
    expected = pooling.expect(fitted, 1)
    observed = int((tails.mid_p(pooling.together(table.reports, 1), *expected) <= _CHECKED).sum())
    mean, variance = budget.moments(budget.chances(expected, 0), _CHECKED)
    return Check(
        week=str(week.counts.weeks[-1]),
        level=table.level,
        observed=observed,
        expected=round(mean, 4),
        variance=round(variance, 4),
    )
