"""
Judges months by when incidents happened, as far as they have been reported.

Counts by month of occurrence are cumulative, and recent months are far from complete: reports come late. So a
month is compared with what a complete one would be expected to have, times the share of it that has probably
arrived. Each month is judged three times, at the end of itself and of the next two months. Levels are pooled
as in `warp.pooling`; docs/detection.md has the formulas and what was measured. `warp.monthly` makes signals
of it. No I/O.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from warp import tails
from warp.judged import LARGEST_P, MOST_REPORTS, SMALLEST_P, Counts, Floats

LOOKS = 3
"""Times that a month is judged: at its own end, and at those of the next two months."""
LEAST_REPORTS = 3
"""Fewer are no alarm, however seldom chance has them."""
LEAST_HISTORY, MOST_HISTORY = 6, 36
"""Months that the levels rest on; with fewer nothing is judged, and older ones tell of another community."""

_LEAST_SHARE = 0.02
"""Of which less has arrived, that month says nothing: next to nothing is expected, whatever happens."""
_COMPLETE_ENOUGH = 0.5
"""Of what the most complete month has: months with less are no history."""
_TREND_DEVIATION = 0.03
"""Before any data: of the logarithm of a month's growth."""
_STEEPEST = 0.2
_STEPS = 8
_ETA = 30.0
"""Logarithms that a trend stays within."""
_EXCESS_PRIOR = (0.35, 100.0)
"""Dispersion over 1 before any data, and how many cell-months that counts as."""
_MOST_EXCESS = 1e6
_STRENGTHS = (0.3, 4.0)
"""Shape of the levels' gamma distribution: from nearly free to as alike as a young history can show."""
_DRIFTS = (((0, 1), 0.05), ((1,), 0.03), ((0,), 0.03))
"""Before any data: variance of the factor by which a month is off, a class in it, and an area in it."""
_LARGEST_ALARM = 0.5
"""A p above it says that the count is lower than expected."""
_PASSES = 4
"""Of fitting levels; after each, old outbreaks are cut to where they begin to stand out."""
_OUTLYING = 4.0
"""Standard deviations."""
_HALVINGS = 50


class Verdict(NamedTuple):
    """What is said of each month: arrays of (months, classes, areas), oldest month first. No value is NaN."""

    p: Floats
    """The smaller, the more unusual; 1 where nothing is judged, as in all but the three latest months."""
    expected: Floats
    """Reports by now; in the months that are not judged only as a picture of what the levels say."""
    dispersion: Floats
    """Variance over mean of a count that is as expected."""
    own: Floats
    """How much of a level rests on the cell's own history, from 0 (all is pooled) to 1: (classes, areas)."""
    history: int
    """Months that the levels rest on; 0 where there were too few to judge anything."""


def judge(counts: Counts, shares: Floats) -> Verdict:
    """
    Judge the three latest months.

    Args:
        counts: Reports so far, (months, classes, areas), oldest first; the last month has just ended. None is
            from before the site began: of what happened then, only what came late was ever counted.
        shares: Of each month, what has probably arrived; NaN: unknown.

    Raises:
        ValueError: the shapes do not go together.
    """
    if counts.ndim != 3 or shares.shape != counts.shape[:1]:
        raise ValueError("counts must have months, classes and areas, and each month a share")
    reports = np.minimum(counts.astype(np.float64), MOST_REPORTS)
    shares = np.clip(np.nan_to_num(shares, nan=0.0), 0.0, 1.0)
    usable = _usable(shares)
    history, p = int(usable.sum()), np.ones(counts.shape)
    if history < LEAST_HISTORY or counts.size == 0:
        return Verdict(p, np.zeros(p.shape), np.ones(p.shape), np.zeros(p.shape[1:]), 0)
    share = shares / shares[usable].max()
    trend = _trend(reports.sum(axis=(1, 2)), share, usable)
    learnt = reports
    for _ in range(_PASSES):
        levels = _levels(learnt[usable], share[usable], trend[usable])
        expected = (share * trend)[:, None, None] * levels.mean
        chance_alone = 1 + share[:, None, None] * levels.excess[:, None]
        dispersion = chance_alone + expected * levels.uncertainty
        learnt = _cut(reports, expected, dispersion)
    for month in range(len(counts) - LOOKS, len(counts)):
        if shares[month] < _LEAST_SHARE:
            continue
        factor, uncertainty = _drift(reports[month], expected[month], dispersion[month])
        expected[month] *= factor
        dispersion[month] = chance_alone[month] + expected[month] * (levels.uncertainty + uncertainty)
        p[month] = tails.mid_p(reports[month], expected[month], dispersion[month])
        p[month] = np.clip(p[month], SMALLEST_P, LARGEST_P)
    return Verdict(p, expected, dispersion, levels.own, history)


def _usable(shares: Floats) -> NDArray[np.bool_]:
    """Say which months make the history: the latest before the judged ones that are nearly complete."""
    usable = np.zeros(len(shares), dtype=np.bool_)
    usable[max(0, len(shares) - LOOKS - MOST_HISTORY) : max(0, len(shares) - LOOKS)] = True
    usable &= shares >= max(_LEAST_SHARE, _COMPLETE_ENOUGH * shares.max(where=usable, initial=0.0))
    return usable


def _trend(totals: Floats, share: Floats, usable: NDArray[np.bool_]) -> Floats:
    """
    Give the factor by which all months together grow or shrink, 1 in the middle of the history.

    Poisson regression on the totals of the usable months, with a normal prior on the slope.
    """
    time = np.arange(len(totals), dtype=np.float64)
    time -= time[usable].mean()
    seen, when, slope = totals[usable], time[usable], 0.0
    for _ in range(_STEPS):
        weight = share[usable] * np.exp(slope * when)
        weight /= weight.sum()
        centre = (weight * when).sum()
        information = seen.sum() * (weight * (when - centre) ** 2).sum() + _TREND_DEVIATION**-2
        score = (seen * (when - centre)).sum() - slope * _TREND_DEVIATION**-2
        slope = float(np.clip(slope + score / information, -_STEEPEST, _STEEPEST))
    factor: Floats = np.exp(np.clip(slope * time, -_ETA, _ETA))
    return factor


class _Levels(NamedTuple):
    """Reports that a complete month in the middle of the history has, by (class, area)."""

    mean: Floats
    uncertainty: Floats
    """Variance over the square of the mean."""
    own: Floats
    excess: Floats
    """Dispersion of a complete month over 1, by class."""


def _levels(reports: Floats, share: Floats, trend: Floats) -> _Levels:
    """
    Give the levels behind months (months, classes, areas) of which these shares have arrived.

    A complete month's variance is 1 + excess times its mean; of what is thinned to a share s, 1 + s excess.
    """
    total, exposure = reports.sum(axis=0), (share * trend).sum()
    of_class = (total.sum(axis=1, keepdims=True) + 0.5) / exposure
    of_area = (total.sum(axis=0, keepdims=True) + 0.5) / (total.sum() + 0.5 * total.shape[1])
    prior = of_class * of_area
    excess = _excess(reports, share, trend, prior)
    dispersion = 1 + excess[:, None] * (share**2 * trend).sum() / exposure
    strength = _strength(total, prior * exposure, dispersion)
    seen = exposure / dispersion
    rate, shape = strength / prior + seen, strength + total / dispersion
    return _Levels(shape / rate, 1 / shape, seen / rate, excess)


def _excess(reports: Floats, share: Floats, trend: Floats, prior: Floats) -> Floats:
    """
    Give each class's dispersion over 1, from how its cells vary in time, drawn to that of all classes.

    With level L, excess d, and e = share s times trend, of n months, Q = Σ y²/e - (Σ y)² / Σ e has the
    expectation L (n - 1) + L d (Σ s - Σ e s / Σ e), whatever the level is; so d follows from sums over cells.
    """
    exposed = share * trend
    exposure = exposed.sum()
    level = reports.sum(axis=0) / exposure
    spread = (reports**2 / exposed[:, None, None]).sum(axis=0) - level**2 * exposure
    weight = 1 / (1 + prior)
    over = ((spread - level * (len(share) - 1)) * weight).sum(axis=1)
    under = (level * weight).sum(axis=1) * (share.sum() - (exposed * share).sum() / exposure)
    start, cells = _EXCESS_PRIOR
    pooled = np.clip((over.sum() + start * cells) / (under.sum() + cells), 0.0, _MOST_EXCESS)
    mine: Floats = np.clip((over + pooled * cells) / (under + cells), 0.0, _MOST_EXCESS)
    return mine


def _strength(total: Floats, expected: Floats, dispersion: Floats) -> float:
    """Give the shape of the levels' gamma distribution, from how totals vary around what margins say."""
    some = (total.sum(axis=1, keepdims=True) > 0) & (total.sum(axis=0, keepdims=True) > 0)
    weight = some / (dispersion * expected + expected**2)
    between = (weight * ((total - expected) ** 2 - dispersion * expected)).sum()
    within = (weight * expected**2).sum()
    low, high = _STRENGTHS
    return float(np.clip(within / between, low, high)) if between > within / high else high


def _cut(reports: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Give the counts with what lies far above their expectation taken off: outbreaks are no rule."""
    most = np.ceil(mean + _OUTLYING * np.sqrt(mean * dispersion)) + 1
    cut: Floats = np.minimum(reports, most)
    return cut


def _drift(reports: Floats, mean: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    """
    Give the factor by which all other cells say that a cell's expectation is off, and its relative variance.

    Delays are known for all classes and areas together, and only from the past. Where this month's, this
    class's or this area's reports come sooner or later than usual, or are more by now, their other cells
    show it. One outbreak among them must not: its count is cut.
    """
    cut = _cut(reports, mean, dispersion) / dispersion
    factor, uncertainty = np.ones(mean.shape), np.zeros(mean.shape)
    for axes, variance in _DRIFTS:
        weight = mean * factor / dispersion
        found = 1 / variance + cut.sum(axis=axes, keepdims=True) - cut
        awaited = 1 / variance + weight.sum(axis=axes, keepdims=True) - weight
        factor = factor * found / awaited
        uncertainty = uncertainty + 1 / awaited
    return factor, uncertainty


def false_alarms(verdict: Verdict, p: float) -> float:
    """
    Give how many cells chance alone is expected to make alarms, over all judged months, up to this p.

    Exact for negative binomial counts: a count's p is one of few, so its chance to be small is not p itself.
    """
    least = bounds(verdict, p)
    judged = np.isfinite(least)
    chance = tails.above(least[judged] - 1, verdict.expected[judged], verdict.dispersion[judged])
    return float(chance.sum())


def bounds(verdict: Verdict, p: float) -> Floats:
    """Give the least count of each cell that is an alarm up to this p; infinite where nothing is judged."""
    judged = verdict.p < 1
    mean, dispersion = verdict.expected[judged], verdict.dispersion[judged]
    # Half the count's own chance is in its p: so it is the quantile of p, or the next count.
    count = tails.quantile(p, mean, dispersion)
    least = np.where(tails.mid_p(count, mean, dispersion) <= p, count, count + 1)
    found = np.full(verdict.p.shape, np.inf)
    found[judged] = np.maximum(least, LEAST_REPORTS)
    return found


def limit(verdict: Verdict, budget: float) -> float:
    """Give the p up to which a cell is an alarm, if so many false ones are to be expected of this look."""
    low, high = np.log(SMALLEST_P), np.log(_LARGEST_ALARM)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        within = false_alarms(verdict, float(np.exp(middle))) <= budget
        low, high = (middle, high) if within else (low, middle)
    return float(np.exp(low))
