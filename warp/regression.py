"""
Quasi-Poisson regression of counts on a level for each group of weeks and one slope, for many cells at once.

The steps are those of R's `glm`, and end where its do, so that what hangs on a last digit comes out the same.
No general least squares are needed: given the slope, each group's level follows from sums over its weeks.
"""

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import special

from warp.judged import Floats

Bools = NDArray[np.bool_]

_START = 0.1
"""Reports added to each count for the means that the first step starts from."""
_TOLERANCE = 1e-8
"""Of the deviance: a step that gains less is the last one."""
_STEPS = 25
"""At most."""
_STEEPEST = 60.0
"""Of a slope, in natural logarithms for each unit of time. Only a fit without an end reaches it."""
_LEVELS = (-350.0, 150.0)
"""Natural logarithms of reports. So all stays in the range of a float for five units of time."""
_LEAST = 1e-200
"""In the place of 0 under a fraction."""


class Design:
    """When the weeks of a history were, and which group each belongs to."""

    def __init__(self, times: Floats, groups: NDArray[np.intp]) -> None:
        """
        Prepare the sums over groups.

        Args:
            times: Of the weeks; one at time 0 is to be expected.
            groups: Of the weeks; numbers from 0 in ascending order, none left out.
        """
        self.times = times[:, None]
        self.groups = groups
        ends = np.flatnonzero(np.diff(groups, append=-1)) + 1
        spans = map(slice, (0, *ends[:-1]), ends)
        self._spans = [(span, np.stack([times[span] ** power for power in range(3)])) for span in spans]

    def moments(self, values: Floats) -> "Moments":
        """Give the sums of the values; shape (weeks, cells)."""
        sums = np.empty((3, len(self._spans), values.shape[1]))
        # Products so small stay on one core: more would wait for each other.
        for group, (span, powers) in enumerate(self._spans):
            np.matmul(powers, values[span], out=sums[:, group])
        return Moments(*sums)

    def means(self, curve: "Curve") -> Floats:
        """Give the mean of each week; shape (weeks, cells)."""
        return np.exp(curve.levels)[self.groups] * np.exp(curve.slope * self.times)


class Moments(NamedTuple):
    """Sums of value, value × time and value × time² over each group; shape (groups, cells)."""

    total: Floats
    moment: Floats
    square: Floats

    @property
    def lean(self) -> Floats:
        """Give the sum of value × time over all weeks."""
        sums: Floats = self.moment.sum(axis=0)
        return sums

    @property
    def centre(self) -> Floats:
        """Give the mean time of each group, weighted by the values."""
        return self.moment / np.maximum(self.total, _LEAST)

    @property
    def spread(self) -> Floats:
        """Give the sum, over all weeks, of value × squared distance to the group's mean time."""
        sums: Floats = (self.square - self.centre * self.moment).sum(axis=0)
        return np.maximum(sums, _LEAST)

    def solve(self, sums: Floats, lean: Floats, *, with_trend: bool) -> "Curve":
        """
        Give the curve of least squares; these are the moments of the weights.

        Args:
            sums: Weighted values, summed over each group.
            lean: Weighted values × time, summed over all weeks.
            with_trend: Whether the slope may differ from 0.
        """
        slope = np.zeros_like(lean)
        if with_trend:
            slope = (lean - (self.centre * sums).sum(axis=0)) / self.spread
        return Curve((sums - slope * self.moment) / np.maximum(self.total, _LEAST), slope)


class Curve(NamedTuple):
    """Log mean = level of the group + slope × time."""

    levels: Floats
    """Shape (groups, cells)."""
    slope: Floats

    def plus(self, step: "Curve") -> "Curve":
        """Give the curve one step further, and within the limits."""
        return Curve(
            np.clip(self.levels + step.levels, *_LEVELS),
            np.clip(self.slope + step.slope, -_STEEPEST, _STEEPEST),
        )


class Fit(NamedTuple):
    """What a regression says of each cell."""

    expected: Floats
    """Mean of a week of group 0 at time 0."""
    dispersion: Floats
    """Variance over mean, at least 1."""
    means: Floats
    """Of the history's weeks; shape (weeks, cells)."""
    leverage: Floats
    """How much of each mean its own count makes out; shape (weeks, cells)."""
    converged: Bools


def fit(design: Design, counts: Floats, weights: Floats, *, with_trend: bool) -> Fit:
    """
    Give the regression of the counts, and their dispersion by Pearson's sum.

    Args:
        design: Of the weeks.
        counts: Reports; shape (weeks, cells).
        weights: The same shape, or of one week that stands for all.
        with_trend: Whether the slope may differ from 0.
    """
    curve, before, converged = _search(design, counts, weights, with_trend=with_trend)
    means = design.means(curve)
    # As in R, dispersion and leverage follow the weights that the last step started from.
    shares = weights * design.means(before)
    moments = design.moments(shares)
    leverage = 1 / np.maximum(moments.total, _LEAST)[design.groups]
    if with_trend:
        leverage += (design.times - moments.centre[design.groups]) ** 2 / moments.spread
    freedom = len(counts) - len(moments.total) - int(with_trend)
    dispersion = (shares * (counts / means - 1) ** 2).sum(axis=0) / freedom
    return Fit(np.exp(curve.levels[0]), np.maximum(dispersion, 1), means, shares * leverage, converged)


class _Weighted(NamedTuple):
    """What of the counts decides a fit; the cells are the last axis."""

    weights: Floats
    cases: Floats
    """Weighted reports of each group; shape (groups, cells)."""
    lean: Floats
    """Weighted reports × time, over all weeks."""
    saturated: Floats
    """Log-likelihood if each mean were the count."""

    def deviance(self, curve: Curve, total: Floats) -> Floats:
        """Give that of a curve, from the sums of its means over each group."""
        reached = (self.cases * curve.levels - total).sum(axis=0) + self.lean * curve.slope
        missing: Floats = self.saturated - reached
        return 2 * missing


def _search(
    design: Design, counts: Floats, weights: Floats, *, with_trend: bool
) -> tuple[Curve, Curve, Bools]:
    """Give the curve, the one before the last step, and whether the steps came to an end."""
    weighted = weights * counts
    reports = design.moments(weighted)
    saturated = special.xlogy(weighted, counts).sum(axis=0) - reports.total.sum(axis=0)
    data = _Weighted(weights, reports.total, reports.lean, saturated)
    curve = before = _start(design, counts, weights, with_trend=with_trend)
    gain = np.full_like(curve.slope, np.inf)
    found, earlier = Curve(*map(np.copy, curve)), Curve(*map(np.copy, curve))
    live = np.arange(counts.shape[1])
    for _ in range(_STEPS):
        growth = design.moments(data.weights * np.exp(curve.slope * design.times))
        moments = Moments(*(np.exp(curve.levels) * each for each in growth))
        _put(found, live, curve)
        _put(earlier, live, before)
        going = gain >= _TOLERANCE * (data.deviance(curve, moments.total) + 0.1)
        live = live[going]
        if not live.size:
            break
        data, before, moments = _only(data, going), _only(curve, going), _only(moments, going)
        sums, lean = data.cases - moments.total, data.lean - moments.lean
        curve = before.plus(moments.solve(sums, lean, with_trend=with_trend))
        gain = ((curve.levels - before.levels) * sums).sum(axis=0) + (curve.slope - before.slope) * lean
    ended = np.abs(found.slope) < _STEEPEST
    ended[live] = False
    return found, earlier, ended


def _start(design: Design, counts: Floats, weights: Floats, *, with_trend: bool) -> Curve:
    """Give the first step, from means that are nearly the counts."""
    means = counts + _START
    shares = weights * means
    values = design.moments(shares * (np.log(means) - _START / means))
    step = design.moments(shares).solve(values.total, values.lean, with_trend=with_trend)
    return Curve(np.zeros_like(step.levels), np.zeros_like(step.slope)).plus(step)


_Arrays = TypeVar("_Arrays", Curve, Moments, _Weighted)


def _only(arrays: _Arrays, cells: Bools) -> _Arrays:
    return type(arrays)(*(each[..., cells] for each in arrays))


def _put(into: Curve, cells: NDArray[np.intp], curve: Curve) -> None:
    into.levels[:, cells], into.slope[cells] = curve
