"""
Farrington flexible: the judged week against a regression on five years, for long histories.

Pure, and all cells at once. A quasi-Poisson regression with a trend and ten seasonal groups; weeks that stand
out in it are weighted down and it is fitted again; the bound is a quantile of a negative binomial with the
expected count and the dispersion that come out. docs/detection.md has the formulas, and what R decides.

Source: Noufaily et al., An improved algorithm for outbreak detection in multiple surveillance systems, Stat.
Med. 32 (2013); Farrington et al., A statistical algorithm for the early detection of outbreaks of infectious
disease, J. R. Stat. Soc. A 159 (1996).
"""

import numpy as np
from numpy.typing import NDArray

from warp import tails
from warp.judged import Counts, Floats, Judged, columns, not_judged, shaped
from warp.regression import Design, Fit, fit

YEAR_WEEKS = 52
YEARS = 5
HALF_WINDOW_WEEKS = 3
"""On either side of the judged week's anniversaries; the first seasonal group."""
GROUPS = 10
EXCLUDED_WEEKS = 26
"""Before the judged one, so that a rise in progress does not teach that it is usual."""
HISTORY_WEEKS = YEARS * YEAR_WEEKS + HALF_WINDOW_WEEKS
"""Weeks before the judged one, without which nothing is judged."""
RESIDUAL_LIMIT = 2.58
"""Standardised Anscombe residual, above which a week counts for less."""
TAIL = 0.01
"""Chance of a count above the bound, if mean and dispersion are right."""
SMALLEST_MEAN = 0.15
"""Reports a week; of the floor. No bound is below two then; a warning makes sense on three at least."""
SMALLEST_SIZE = 0.1
"""Of the negative binomial; of the floor. Below it most weeks would be empty, and one report a surprise."""

_CELLS_AT_ONCE = 256
"""A few arrays of so many cells stay near the processor, and the child small."""


def _groups(ages: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give the seasonal group of each week: 0 about the anniversaries, then nine of equal length."""
    after = -ages % YEAR_WEEKS
    window = (after <= HALF_WINDOW_WEEKS) | (after >= YEAR_WEEKS - HALF_WINDOW_WEEKS)
    length = (YEAR_WEEKS - 1 - 2 * HALF_WINDOW_WEEKS) // (GROUPS - 1)
    return np.where(window, 0, 1 + (after - HALF_WINDOW_WEEKS - 1) // length)


_INCLUDED = np.arange(EXCLUDED_WEEKS + 1, HISTORY_WEEKS + 1)
_AGES = _INCLUDED[np.argsort(_groups(_INCLUDED), kind="stable")]
"""How many weeks before the judged one each week of the history is, group by group."""
_DESIGN = Design(-_AGES / YEAR_WEEKS, _groups(_AGES))
"""In years; the judged week is at 0."""


def judge(counts: Counts, *, with_floor: bool = True) -> Judged:
    """
    Judge the last week; without the floor for sparse cells as R's `surveillance` does.

    Args:
        counts: Reports; nothing is judged without the 263 weeks before the last one.
        with_floor: Whether mean and size have a least value, and no trend is believed that leads below it.
    """
    if len(counts) <= HISTORY_WEEKS:
        return not_judged(counts)
    series = columns(counts[-1 - HISTORY_WEEKS :])
    history, now = series[-1 - _AGES], series[-1]
    smallest_mean = SMALLEST_MEAN if with_floor else 0
    mean, dispersion = np.empty_like(now), np.empty_like(now)
    for start in range(0, len(now), _CELLS_AT_ONCE):
        some = slice(start, start + _CELLS_AT_ONCE)
        mean[some], dispersion[some] = _expect(np.ascontiguousarray(history[:, some]), smallest_mean)
    if with_floor:
        dispersion = np.minimum(dispersion, 1 + mean / SMALLEST_SIZE)
    bound = tails.quantile(TAIL, mean, dispersion)
    p = tails.mid_p(now, mean, dispersion)
    return shaped(counts, bound, p, mean, np.sqrt(dispersion * mean), len(_AGES))


def _expect(history: Floats, smallest_mean: float) -> tuple[Floats, Floats]:
    """Give mean and dispersion of the judged week's count."""
    trended = _reweighted(history, with_trend=True)
    expected, dispersion = trended.expected, trended.dispersion
    # A trend that leads beyond all that was seen, or to nothing, is not believed.
    refused = ~trended.converged | (expected > history.max(axis=0)) | (expected < smallest_mean)
    if refused.any():
        even = _reweighted(history[:, refused], with_trend=False)
        expected[refused], dispersion[refused] = even.expected, even.dispersion
    return np.maximum(expected, smallest_mean), dispersion


def _reweighted(history: Floats, *, with_trend: bool) -> Fit:
    """Fit, weight down the weeks that stand out, and fit again."""
    weights = np.ones_like(history)
    first = fit(_DESIGN, history, weights[:1], with_trend=with_trend)
    anscombe = 1.5 * (np.cbrt(history) ** 2 / np.sqrt(np.cbrt(first.means)) - np.sqrt(first.means))
    free = np.maximum(1 - first.leverage, 1e-9)
    residual = anscombe / np.sqrt(first.dispersion * free)
    np.divide(1, residual**2, out=weights, where=residual > RESIDUAL_LIMIT)
    weights *= len(history) / weights.sum(axis=0)
    second = fit(_DESIGN, history, weights, with_trend=with_trend)
    return second._replace(converged=first.converged & second.converged)
