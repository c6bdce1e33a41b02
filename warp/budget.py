"""
The false-alarm budget: how many cells chance alone makes as unusual, and from where on one is an alarm.

A p says how unusual a count is in its own cell. Coordinators reason about something else: how often they are
called for nothing. Counts are whole numbers, so that a cell which expects next to nothing cannot have a p of
one in a thousand at all. Therefore the false alarms to expect are summed over the cells' own distributions,
and are not p times the number of cells. docs/detection.md says how that was held against simulations. No I/O.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from warp import tails
from warp.judged import Floats
from warp.pooling import Expected

DEEPEST = 1e-9
_LOOSEST = 0.05
"""P between which thresholds are looked for; nothing less likely is told apart."""
_HALVINGS = 11
_LEAST_EXCESS = 1e-9
_GRIDS = (12, 24, 160)
"""Most reports of a cell that are gone through one by one; of nearly empty cells they are few."""


class Chances(NamedTuple):
    """The counts that chance makes likely, of one window in all cells of a level."""

    p: tuple[Floats, ...]
    """(reports from 0, cells): the mid-p of each count; above 1 where a count is too small to be an alarm."""
    tail: tuple[Floats, ...]
    """The same shape: the chance of at least so many reports."""
    many: int
    """Cells that expect so many reports that a p is as likely as it says."""


def chances(expected: Expected, least: int) -> Chances:
    """
    Go through the counts of one window.

    Args:
        expected: What is expected of it.
        least: Reports; fewer are never an alarm.
    """
    mean, dispersion = expected.mean.ravel(), expected.dispersion.ravel()
    excess = np.maximum(dispersion - 1, _LEAST_EXCESS)
    # A negative binomial's tail falls by excess / dispersion with each report; a Poisson's faster than that.
    deep = np.log(1 / DEEPEST) / np.log(np.maximum(dispersion / excess, 2.0))
    highest = mean + 4 * np.sqrt(mean * dispersion) + deep
    p, tail, lowest = [], [], 0
    for top in _GRIDS:
        these = (highest > lowest) & (highest <= top)
        at_least = _tails_to(top, mean[these], excess[these])
        mid = (at_least[:-1] + at_least[1:]) / 2
        mid[:least] = 2
        p.append(mid)
        tail.append(at_least[:-1])
        lowest = top
    return Chances(tuple(p), tuple(tail), int((highest > lowest).sum()))


def _tails_to(top: int, mean: Floats, excess: Floats) -> Floats:
    """Give the chances of at least 0, 1, …, `top` + 1 reports, one row each."""
    chance = np.empty((top + 2, len(mean)))
    chance[0] = np.exp(-mean * np.log1p(excess) / excess)
    for count in range(top):
        chance[count + 1] = chance[count] * (mean + count * excess) / ((count + 1) * (1 + excess))
    chance[-1] = tails.above(np.full(len(mean), float(top)), mean, 1 + excess)
    # From the top down, so that small tails are not what is left of large ones.
    found: Floats = np.cumsum(chance[::-1], axis=0)[::-1]
    return found


def expected_alarms(windows: Sequence[Chances], p: Floats) -> Floats:
    """
    Give how many cells of a clean week have a p of at most this, on average over the windows.

    Args:
        windows: From `chances`.
        p: Any number of them, on one axis.
    """
    sums = np.zeros(len(p))
    for window in windows:
        sums += np.minimum(p, 1.0) * window.many
        sums += [_tails(window, each).sum() for each in p]
    return sums / len(windows)


def moments(window: Chances, p: float) -> tuple[float, float]:
    """Give mean and variance of the number of cells of a clean week with a p of at most this."""
    tails_of = _tails(window, p)
    rest = min(p, 1.0) * window.many
    return float(tails_of.sum() + rest), float((tails_of * (1 - tails_of)).sum() + rest * (1 - p))


def _tails(window: Chances, p: float) -> Floats:
    """Give each cell's chance of a count with a p of at most this; not of cells with many reports."""
    found = []
    for mid, tail in zip(window.p, window.tail, strict=True):
        first = (mid > p).sum(axis=0)
        cells = np.flatnonzero(first < len(mid))
        found.append(tail[first[cells], cells])
    return np.concatenate(found)


def threshold(windows: Sequence[Chances], alarms: float) -> float:
    """Give the largest p, to one in a hundred, with which a clean week has at most so many alarms."""
    low, high = DEEPEST, _LOOSEST
    for _ in range(_HALVINGS):
        middle = float(np.sqrt(low * high))
        if expected_alarms(windows, np.array([middle]))[0] <= alarms:
            low = middle
        else:
            high = middle
    return low
