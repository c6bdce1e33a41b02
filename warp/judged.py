"""
What a detector gives for the last week of a table of counts: one verdict for every cell.

The detectors of `warp.ears` and `warp.farrington` share it. Whether a verdict is worth a signal is not theirs
to say.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.integer]
"""Reports, weeks first and the judged week last, then as many axes of cells as there are."""
Floats = NDArray[np.float64]

MOST_REPORTS = 10**15
"""In one week of one cell; more are taken as so many, because floats count no further one by one."""
SMALLEST_P = 1e-300
"""So that every p has a logarithm."""
LARGEST_P = 1 - 2**-53
"""So that 1 says that nothing was judged."""


class Judged(NamedTuple):
    """The judged week of every cell; each array has the shape of one week's counts. No value is NaN."""

    bound: Floats
    """Reports; a count is unusual above it. Infinite where the cell is not judged."""
    p: Floats
    """The smaller, the more unusual; over 0. It is 1 where the cell is not judged, and nowhere else."""
    expected: Floats
    """Reports; 0 where the cell is not judged."""
    deviation: Floats
    """Standard deviation of a count that is as expected, in reports; 0 where the cell is not judged."""
    history: int
    """Weeks that the expectation rests on; 0 where there were too few to judge anything."""


def columns(counts: Counts) -> Floats:
    """Give the counts with all cells on one axis, as floats."""
    table = counts.reshape(len(counts), math.prod(counts.shape[1:]))
    return np.minimum(table.astype(np.float64), MOST_REPORTS)


def shaped(
    counts: Counts, bound: Floats, p: Floats, expected: Floats, deviation: Floats, history: int
) -> Judged:
    """Give the verdicts, on one axis as `columns` puts it, in the shape of the counts."""
    shape = counts.shape[1:]
    p = np.clip(p, SMALLEST_P, LARGEST_P)
    return Judged(
        bound.reshape(shape), p.reshape(shape), expected.reshape(shape), deviation.reshape(shape), history
    )


def not_judged(counts: Counts) -> Judged:
    """Give what is said of a history that is too short."""
    shape = counts.shape[1:]
    return Judged(np.full(shape, np.inf), np.ones(shape), np.zeros(shape), np.zeros(shape), 0)
