"""
Pooling: judges a week where cells are many and histories short or sparse, by what they have in common.

An empirical-Bayes gamma-Poisson model. A cell (type, place) has a level, and its type a curve in time: trend
and season. Levels are drawn to what the type's and the place's totals make one expect; how strongly, the data
say. Counts vary more than Poisson's by a dispersion that belongs to the type. The judged week, and the last
two and three together, are compared with the negative binomial that follows. Everything is fitted anew for
each judged week, from the weeks before it; what stands out of those is cut back first, so that an old burst
hides nothing. No I/O.

Sources: Clayton and Kaldor, Biometrics 43 (1987), for gamma priors fitted to the data; DuMouchel, The
American Statistician 53 (1999), for expectations from margins; docs/detection.md has the formulas and what
was measured.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from warp import tails
from warp.judged import LARGEST_P, MOST_REPORTS, SMALLEST_P, Counts, Floats

LEAST_HISTORY = 2
"""Weeks before the judged one; with fewer nothing is judged."""
WINDOWS = (1, 2, 3)
"""Weeks that are judged together: one, or more where a rise is spread thin."""

_GUARD = 8
"""Latest weeks that say nothing of a cell's level, or a slow rise would hide itself; a quarter at most."""
_SEASON_DEVIATION = 0.3
_TREND_DEVIATION = 0.12
"""Before any data: of the logarithm of a season's swing, and of a year's growth."""
_YEAR = 52.0
_STEPS = 8
_ETA = 30.0
"""Logarithms of reports that a fit stays within."""
_ROUNDS = 2
"""Fits after the first, each with the outlying counts cut back by the one before."""
_OUTLYING = 1e-4
"""Chance of a count over the one that outliers are cut back to."""
_EXCESS_PRIOR = (0.5, 20.0)
"""Dispersion over 1 before any data, and how many cell-weeks that counts as."""
_EXCESS_LEAST, _EXCESS_COMMON, _EXCESS_MOST = 0.001, (0.02, 4.0), 1e6
_EXCESS_STEPS = 3
_UNSURE = 3.0
"""Divided by the cell-weeks that a dispersion rests on, the share added to it: it may well be more."""
_STRENGTHS = (0.3, 300.0)
"""Shape of the levels' gamma distribution: from nearly free to nearly alike."""
_HALVINGS = 30
_SMALL = 1e-9
_AT_ONCE = 2**18
"""Cell-weeks that are looked at together, for memory's sake."""


class Pooled(NamedTuple):
    """The judged week of every cell (types, places). No value is NaN."""

    p: Floats
    """The smaller, the more unusual; 1 where nothing is judged. The least over the windows, uncorrected."""
    window: NDArray[np.int_]
    """Weeks of the window with that p."""
    expected: Floats
    """Reports in that window."""
    deviation: Floats
    """Standard deviation of the reports in it that are as expected."""
    own: Floats
    """How much of the expectation rests on the cell's own history, from 0 (all is pooled) to 1."""
    history: int
    """Weeks that the level rests on; 0 where there were too few to judge anything."""


class Fit(NamedTuple):
    """What a history makes one expect."""

    level: Floats
    """Reports a week where the curve is 1, (types, places)."""
    level_variance: Floats
    own: Floats
    """See `Pooled`."""
    dispersion: Floats
    """Variance over mean of counts around their means, by type."""
    factor: Floats
    """Trend and season relative to the level, (weeks, types); the week after the history is the last."""
    factor_variance: Floats
    """Of the logarithm of the last factor, by type."""
    history: int
    """See `Pooled`."""


class Expected(NamedTuple):
    """The count of some weeks together, if nothing happens; each (types, places)."""

    mean: Floats
    """Reports."""
    dispersion: Floats
    """Variance over mean; it takes in that level and curve are estimates."""


class _Curve(NamedTuple):
    """Trend and season of each type, relative to its level; weeks first, the judged one included."""

    factor: Floats
    variance: Floats
    """Of the logarithm of the judged week's factor over the base's, by type."""
    spent: Floats
    """Degrees of freedom that the fit took, by type."""


class _Levels(NamedTuple):
    """Gamma distributions of the cells' levels, (types, places)."""

    shape: Floats
    rate: Floats
    own: Floats
    """See `Pooled`."""


def judge(counts: Counts) -> Pooled:
    """
    Judge the last week.

    Args:
        counts: Reports, (weeks, types, places), the judged week last. A week that is missing must not be left
            out; a cell that is new, or gone, has zeros.

    Raises:
        ValueError: the counts have another shape.
    """
    fitted = fit(counts[:-1])
    shape = counts.shape[1:]
    if fitted is None:
        zeros = np.zeros(shape)
        return Pooled(np.ones(shape), np.ones(shape, dtype=np.int_), zeros, zeros, zeros, 0)
    return scan(fitted, counts, windows(fitted))


def fit(history: Counts) -> Fit | None:
    """
    Learn from the weeks before the judged one; none if they are too few, or there is no cell.

    Args:
        history: Reports, (weeks, types, places).

    Raises:
        ValueError: the counts have another shape.
    """
    if history.ndim != 3:
        raise ValueError("counts must have weeks, types and places")
    weeks, types, places = history.shape
    if weeks < LEAST_HISTORY or not types or not places:
        return None
    reports = history.astype(np.float64)
    np.minimum(reports, MOST_REPORTS, out=reports)
    base = weeks - min(_GUARD, weeks // 4)
    dispersion = np.full(types, 1 + _EXCESS_PRIOR[0])
    curve = _curve(reports.sum(axis=2), dispersion, base)
    levels = _levels(reports[:base], curve, dispersion)
    for _ in range(_ROUNDS):
        curve, levels, dispersion, rests_on = _refit(reports, base, curve, levels, dispersion)
    return Fit(
        levels.shape / levels.rate,
        levels.shape / levels.rate**2,
        levels.own,
        dispersion * (1 + _UNSURE / rests_on),
        curve.factor,
        curve.variance,
        base,
    )


def windows(fitted: Fit) -> tuple[int, ...]:
    """
    Give the windows that `scan` looks at by default.

    A series that stands alone, as a total does, shows a rise in its first week; one of many cells need not.
    """
    alone = fitted.level.shape[1] == 1
    return WINDOWS[: 1 if alone else len(fitted.factor) - 2]


def expect(fitted: Fit, length: int, elapsed: float = 1.0) -> Expected:
    """
    Give what is expected of the last weeks together.

    Args:
        fitted: From the weeks before the last one.
        length: Weeks, the last one included; at most the weeks of the history and one.
        elapsed: Share of the last week's reports that should be there by now; over 0.
    """
    factor = (fitted.factor[-length:-1].sum(axis=0) + fitted.factor[-1] * elapsed)[:, None]
    mean = fitted.level * factor
    variance = (
        fitted.dispersion[:, None] * mean
        + factor**2 * fitted.level_variance
        + mean**2 * fitted.factor_variance[:, None]
    )
    return Expected(mean, variance / mean)


def scan(fitted: Fit, counts: Counts, lengths: Sequence[int], elapsed: float = 1.0) -> Pooled:
    """
    Judge the last week, alone and together with those before it.

    Args:
        fitted: From all weeks but the last.
        counts: Reports, (weeks, types, places), the judged week last.
        lengths: Weeks of each window.
        elapsed: Share of the last week's reports that should be there by now; over 0.
    """
    shape = fitted.level.shape
    p, window = np.full(shape, np.inf), np.ones(shape, dtype=np.int_)
    mean, deviation = np.zeros(shape), np.zeros(shape)
    for length in lengths:
        expected = expect(fitted, length, elapsed)
        chance = tails.mid_p(together(counts, length), *expected)
        better = chance < p
        spread = np.sqrt(expected.mean * expected.dispersion)
        for array, value in ((p, chance), (window, length), (mean, expected.mean), (deviation, spread)):
            np.copyto(array, value, where=better)
    return Pooled(np.clip(p, SMALLEST_P, LARGEST_P), window, mean, deviation, fitted.own, fitted.history)


def together(counts: Counts, length: int) -> Floats:
    """Give the reports of the last weeks together."""
    found: Floats = np.minimum(counts[-length:].astype(np.float64), MOST_REPORTS).sum(axis=0)
    return found


def _curve(totals: Floats, dispersion: Floats, base: int) -> _Curve:
    """
    Fit trend and season to types' totals (weeks, types), for these weeks and the next.

    Quasi-Poisson with a normal prior on all but the level, by Newton's steps, all types at once.
    """
    weeks = len(totals)
    time = np.arange(weeks + 1) - float(weeks)
    angle = 2 * np.pi * time / _YEAR
    design = np.stack([np.ones(weeks + 1), np.cos(angle), np.sin(angle), time / _YEAR], axis=1)
    precision = np.array([1e-6, _SEASON_DEVIATION**-2, _SEASON_DEVIATION**-2, _TREND_DEVIATION**-2])
    known, weight = design[:-1], 1 / dispersion
    beta = np.zeros((totals.shape[1], 4))
    beta[:, 0] = np.log(totals.mean(axis=0) + 0.1)
    for _ in range(_STEPS):
        mean = np.exp(np.clip(beta @ known.T, -_ETA, _ETA))
        gradient = ((totals.T - mean) * weight[:, None]) @ known - beta * precision
        curvature = _curvature(mean * weight[:, None], known, precision)
        step = np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0]
        beta += np.clip(step, -1.0, 1.0)
    factor = np.exp(np.clip(beta[:, 1:] @ design[:, 1:].T, -_ETA, _ETA))
    covariance = np.linalg.inv(curvature)[:, 1:, 1:]
    # The level is that of the base, so only what lies between the base and the judged week can be wrong.
    share = factor[:, :base] / factor[:, :base].sum(axis=1, keepdims=True)
    way = design[-1, 1:] - share @ design[:base, 1:]
    variance = np.clip(np.einsum("ia,iab,ib->i", way, covariance, way), 0.0, 0.5)
    return _Curve(factor.T, variance, 3 - np.einsum("iaa,a->i", covariance, precision[1:]))


def _curvature(weights: Floats, design: Floats, precision: Floats) -> Floats:
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), 16)
    return (weights @ products).reshape(-1, 4, 4) + np.diag(precision)


def _levels(reports: Floats, curve: _Curve, dispersion: Floats) -> _Levels:
    """Give the cells' levels from the reports of the base, (weeks, types, places)."""
    total, exposure = reports.sum(axis=0), curve.factor[: len(reports)].sum(axis=0)[:, None]
    prior = _prior(total, exposure, dispersion[:, None])
    strength = _strength(total, prior * exposure, dispersion[:, None])
    seen = exposure / dispersion[:, None]
    rate = strength / prior + seen
    return _Levels(strength + total / dispersion[:, None], rate, seen / rate)


def _refit(
    reports: Floats, base: int, curve: _Curve, levels: _Levels, dispersion: Floats
) -> tuple[_Curve, _Levels, Floats, Floats]:
    """Give curve, levels, dispersion and what that rests on, without the outliers of the fit before."""
    where, most = _outliers(reports, base, curve, levels, dispersion)
    counted, reports[where] = reports[where], most  # and back: ten years of a large community are 40 MB
    curve = _curve(reports.sum(axis=2), dispersion, base)
    levels = _levels(reports[:base], curve, dispersion)
    dispersion, rests_on = _dispersion(reports[:base], curve, levels.shape / levels.rate, dispersion)
    levels = _levels(reports[:base], curve, dispersion)
    reports[where] = counted
    return curve, levels, dispersion, rests_on


def _outliers(
    reports: Floats, base: int, curve: _Curve, levels: _Levels, dispersion: Floats
) -> tuple[tuple[NDArray[np.int_], ...], Floats]:
    """
    Give where outlying counts are, and the most that was to be expected of each of their weeks.

    Each count is held against what the other weeks make one expect, so that a burst does not hide itself.
    """
    found, most = [np.empty((3, 0), dtype=np.int_)], [np.empty(0)]
    usual = np.maximum(1.5 * levels.shape / levels.rate, _SMALL)
    block = max(1, _AT_ONCE // usual.size)
    for start in range(0, len(reports), block):
        some = reports[start : start + block]
        high = some > np.maximum(curve.factor[start : start + len(some), :, None] * usual, 2)
        week, kind, place = np.nonzero(high)
        week += start
        count, factor, known = reports[week, kind, place], curve.factor[week, kind], week < base
        phi = dispersion[kind]
        shape = np.maximum(levels.shape[kind, place] - known * count / phi, _SMALL)
        rate = np.maximum(levels.rate[kind, place] - known * factor / phi, _SMALL)
        mean, varies = factor * shape / rate, phi + factor / rate
        far = np.flatnonzero(count > mean + 2.5 * np.sqrt(varies * mean))
        far = far[tails.above(count[far], mean[far], varies[far]) < _OUTLYING]
        found.append(np.stack([week[far], kind[far], place[far]]))
        most.append(tails.quantile(_OUTLYING, mean[far], varies[far]))
    return tuple(np.concatenate(found, axis=1)), np.concatenate(most)


def _dispersion(reports: Floats, curve: _Curve, level: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    """
    Give each type's variance over mean, and the cell-weeks that it rests on.

    From how its cells vary in time, drawn to what is common to all types. Given its total n, a cell's counts
    are Dirichlet-multinomial, whatever its level. With mean M and dispersion phi its Pearson statistic, less
    its degrees of freedom d, is d (n - 1) (phi - 1) / (M + phi - 1) on average: a cell with one report in its
    life says nothing. Sparse cells vary more, and count less. Types' excesses over 1 vary by as much as they
    are.
    """
    weeks, _, places = reports.shape
    factor, total = curve.factor[:weeks], reports.sum(axis=0)
    exposure = factor.sum(axis=0)[:, None]
    expected = level * exposure
    squares = np.einsum("tij,tij,ti->ij", reports, reports, 1 / factor)
    some = np.maximum(total, 1.0)
    freedom = np.maximum(weeks - 1 - curve.spent / places, 0.5)[:, None]
    over = np.where(total > 1, squares * exposure / some - some - freedom, 0.0)
    start, cells = _EXCESS_PRIOR
    excess = dispersion - 1
    common = np.clip(excess.mean(), *_EXCESS_COMMON)
    for _ in range(_EXCESS_STEPS):
        weight = expected / (expected + weeks * (3 * common + 1) * common / (common + 1))
        known = (weight * freedom * (some - 1) / (expected + excess[:, None])).sum(axis=1)
        statistic = (weight * over).sum(axis=1)
        drawn = 2 * (1 + 1 / common) ** 2
        alike, prior = 1 / (known + drawn), cells / (cells + drawn)
        common = ((alike * statistic).sum() + start * prior) / ((alike * known).sum() + prior)
        common = np.clip(common, *_EXCESS_COMMON)
        excess = (statistic + drawn * common) / (known + drawn)
        excess = np.clip(excess, _EXCESS_LEAST, _EXCESS_MOST)
    return 1 + excess, known + drawn


def _prior(total: Floats, exposure: Floats, dispersion: Floats) -> Floats:
    """Give the level that the totals of its type and of its place make one expect of a cell."""
    of_type = (total.sum(axis=1, keepdims=True) + dispersion / 2) / exposure
    of_place = (total.sum(axis=0, keepdims=True) + 0.5) / ((of_type * exposure).sum() + 0.5 * total.shape[1])
    product: Floats = of_type * of_place
    return product


def _strength(total: Floats, expected: Floats, dispersion: Floats) -> float:
    """Give the shape of the levels' gamma distribution with which the totals vary as they do."""
    low, high = _STRENGTHS
    for _ in range(_HALVINGS):
        middle = float(np.sqrt(low * high))
        spread = dispersion * expected + expected**2 / middle
        if np.mean((total - expected) ** 2 / spread) > 1:
            high = middle
        else:
            low = middle
    return middle
