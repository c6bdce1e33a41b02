"""
Linear programs over everything published: which hidden cells surely hold something, which counts are sure.

One program minimises the sum of all hidden cells that may still be non-empty; every cell that is empty in its
solution is cleared, and the rest is tried again. That takes two or three programs, not one per cell.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

_EPSILON = 1e-6
_MANY = 100_000.0
"""More than any count."""
UNDER = 5
"""A count under it, known exactly, may be a name."""


class Row(NamedTuple):
    """What is known of a sum of counts."""

    of: tuple[int, ...]
    """Numbers of the counts."""
    low: float
    high: float = _MANY


class Known(NamedTuple):
    """What an attacker knows: counts, none below zero, sums between bounds, and which cells are hidden."""

    counts: int
    """How many there are."""
    rows: Sequence[Row]
    hidden: Sequence[tuple[int, ...]]
    """Cells, each a set of counts, of which no figure was published."""


class Proven(NamedTuple):
    """What is sure whatever the attacker does not know."""

    non_empty: int
    """Hidden cells that hold at least one report."""
    exact: int
    """Hidden cells whose exact count is sure and small."""

    def plus(self, other: "Proven") -> "Proven":
        return Proven(self.non_empty + other.non_empty, self.exact + other.exact)


def _matrix(sums: Sequence[tuple[int, ...]], counts: int) -> csr_array:
    rows = np.repeat(np.arange(len(sums)), [len(each) for each in sums])
    columns = np.fromiter((index for each in sums for index in each), dtype=np.int64, count=len(rows))
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(sums), counts))


def fits(known: Known, truth: NDArray[np.float64]) -> bool:
    """Say whether some counts are possible."""
    sums = _matrix([row.of for row in known.rows], known.counts) @ truth
    return all(row.low <= of <= row.high for row, of in zip(known.rows, sums, strict=True))


def proven(known: Known, truth: NDArray[np.float64]) -> Proven:
    """
    Give what is sure.

    Args:
        known: Of the attacker.
        truth: The counts, which are possible: they spare programs that look for a larger count.
    """
    return _Programs(known, truth).proven()


class _Programs:
    def __init__(self, known: Known, truth: NDArray[np.float64]) -> None:
        self._known = known
        self._truth = truth
        self._sums = _matrix([row.of for row in known.rows], known.counts)
        self._high = np.array([row.high for row in known.rows])
        low = np.array([row.low for row in known.rows])
        asked, limited = low > 0, self._high < _MANY
        self._at_most = vstack([-self._sums[asked], self._sums[limited]], format="csr")
        self._limits = np.concatenate([-low[asked], self._high[limited]])
        self._cells = _matrix(known.hidden, known.counts)

    def _least(self, costs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give possible counts whose weighed sum is least."""
        found = linprog(costs, A_ub=self._at_most, b_ub=self._limits, bounds=(0, _MANY), method="highs")
        if found.status != 0:
            raise AssertionError("what is known cannot be")
        return found.x

    def proven(self) -> Proven:
        smallest = self._smallest()
        exact = [cell for cell in np.flatnonzero(smallest < UNDER) if self._is_exact(cell, smallest[cell])]
        return Proven(int((smallest > _EPSILON).sum()), len(exact))

    def _smallest(self) -> NDArray[np.float64]:
        """Give the least that each hidden cell can hold."""
        smallest = np.zeros(len(self._known.hidden))
        unclear = np.arange(len(smallest))
        while len(unclear):
            held = self._cells[unclear] @ self._least(self._cells[unclear].sum(axis=0))
            if (held > _EPSILON).all():
                break
            unclear = unclear[held > _EPSILON]
        for cell in unclear:
            costs = self._cells[[cell]].sum(axis=0)
            smallest[cell] = costs @ self._least(costs)
        return smallest

    def _is_exact(self, cell: int, smallest: float) -> bool:
        """Say whether a cell that holds so many at least can hold no more."""
        counts = list(self._known.hidden[cell])
        if self._truth[counts].sum() >= smallest + 1 - _EPSILON or (self._room[counts] >= 1).any():
            return False
        costs = -self._cells[[cell]].sum(axis=0)
        return bool(-(costs @ self._least(costs)) < smallest + 1 - _EPSILON)

    @cached_property
    def _room(self) -> NDArray[np.float64]:
        """By how much each count can be larger than it is, all else being as it is."""
        room = np.full(self._known.counts, _MANY)
        for row, left in zip(self._known.rows, self._high - self._sums @ self._truth, strict=True):
            of = list(row.of)
            room[of] = np.minimum(room[of], left)
        return room
