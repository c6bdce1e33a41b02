"""
Detection's check of itself: whether as many cells were unusual as should have been by chance.

Pure. Each week that is over leaves a count of the cells whose p is 1 % or less, and how many a clean week
would have had. Events make it somewhat more; far more, or far less, says that the model does not fit.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec

from warp.counting import Check
from warp.signal import Level

CHECKED_WEEKS = 52
_DEVIATIONS = 3.0
_MOST, _LEAST = 2.0, 0.5
"""Observed over expected."""
_ENOUGH = 5.0
"""Expected unusual cells; with fewer nothing is said."""


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks of one level say together."""

    level: Level
    weeks: int
    observed: int
    """Cell-weeks that were unusual."""
    expected: float
    """Cell-weeks that should have been, if nothing had happened."""
    drifts: bool
    """Whether there is more between the two than chance and a few events explain."""


def of(checks: Iterable[Check]) -> list[Calibration]:
    """Give each level that was checked, from fine to wide."""
    every = list(checks)
    by_level = ((level, [each for each in every if each.level is level]) for level in Level)
    return [_of_level(level, mine) for level, mine in by_level if mine]


def _of_level(level: Level, checks: Sequence[Check]) -> Calibration:
    observed = sum(check.observed for check in checks)
    expected = sum(check.expected for check in checks)
    deviation = math.sqrt(sum(check.variance for check in checks))
    far = abs(observed - expected) > _DEVIATIONS * deviation
    strange = not _LEAST * expected <= observed <= _MOST * expected
    return Calibration(
        level=level,
        weeks=len(checks),
        observed=observed,
        expected=round(expected, 1),
        drifts=expected >= _ENOUGH and far and strange,
    )
