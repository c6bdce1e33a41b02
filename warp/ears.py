"""
EARS C1, C2 and C3: the judged week against the seven weeks before it, for short histories.

Pure, and all cells at once. C2 leaves two weeks between baseline and judged week, so that a slow rise does
not hide itself; C3 adds what C2 found in the two weeks before. docs/detection.md has the formulas.

Source: Hutwagner et al., The bioterrorism preparedness and response Early Aberration Reporting System (EARS),
J. Urban Health 80 (2003).
"""

from typing import NamedTuple

import numpy as np
from scipy import special

from warp.judged import Counts, Floats, Judged, columns, not_judged, shaped

BASELINE_WEEKS = 7
GUARD_WEEKS = 2
"""Weeks between baseline and judged week, for C2 and C3."""
EARLIER_WEEKS = 2
"""Weeks before the judged one that C3 adds up."""
LIMIT = 3.0
"""Standard deviations."""
SMALLEST_DEVIATION = 0.9
"""Reports. A history without reports then alarms at three, the least on which a warning makes sense."""


def c1(counts: Counts, limit: float = LIMIT, smallest_deviation: float = SMALLEST_DEVIATION) -> Judged:
    """Judge the last week by the seven weeks just before it."""
    return _by_deviations(counts, 0, limit, smallest_deviation)


def c2(counts: Counts, limit: float = LIMIT, smallest_deviation: float = SMALLEST_DEVIATION) -> Judged:
    """Judge the last week by seven weeks that end two weeks before it."""
    return _by_deviations(counts, GUARD_WEEKS, limit, smallest_deviation)


def c3(counts: Counts, limit: float = LIMIT, smallest_deviation: float = SMALLEST_DEVIATION) -> Judged:
    """
    Judge the last week by the sum of max(0, C2 - 1) over it and the two weeks before it.

    It is unusual where the sum exceeds `limit` - 1, the CDC's definition. Where the weeks before suffice for
    that alone, the bound is -1: any count is above it, none at all, too.
    """
    needed = EARLIER_WEEKS + GUARD_WEEKS + BASELINE_WEEKS
    if len(counts) <= needed:
        return not_judged(counts)
    series = columns(counts[-1 - needed :])
    mean, deviation, score = _standing(series, GUARD_WEEKS, smallest_deviation)
    before = np.zeros_like(score)
    for weeks in range(1, EARLIER_WEEKS + 1):
        before += np.maximum(_standing(series[:-weeks], GUARD_WEEKS, smallest_deviation).score - 1, 0)
    missing = np.maximum(limit - 1 - before, 0)
    bound = np.where(before > limit - 1, -1, mean + (1 + missing) * deviation)
    # One more than the sum is C2 itself where only the judged week counts.
    added = np.where((before > 0) | (score > 1), 1 + before + np.maximum(score - 1, 0), score)
    return _judged(counts, bound, added, mean, deviation)


class _Standing(NamedTuple):
    mean: Floats
    deviation: Floats
    score: Floats
    """Deviations that the last week is above the mean; infinite where it differs and none was ever seen."""


def _standing(series: Floats, guard: int, smallest_deviation: float) -> _Standing:
    end = len(series) - 1 - guard
    baseline = series[end - BASELINE_WEEKS : end]
    mean = baseline.mean(axis=0)
    deviation = np.maximum(baseline.std(axis=0, ddof=1), smallest_deviation)
    excess = series[-1] - mean
    endless = np.where(excess == 0, 0, np.where(excess > 0, np.inf, -np.inf))
    return _Standing(mean, deviation, np.divide(excess, deviation, out=endless, where=deviation > 0))


def _by_deviations(counts: Counts, guard: int, limit: float, smallest_deviation: float) -> Judged:
    needed = guard + BASELINE_WEEKS
    if len(counts) <= needed:
        return not_judged(counts)
    mean, deviation, score = _standing(columns(counts[-1 - needed :]), guard, smallest_deviation)
    return _judged(counts, mean + limit * deviation, score, mean, deviation)


def _judged(counts: Counts, bound: Floats, score: Floats, mean: Floats, deviation: Floats) -> Judged:
    return shaped(counts, bound, special.ndtr(-score), mean, deviation, BASELINE_WEEKS)
