"""
The most that one report can change in the odds of what is published, over everything else there may be.

A report x climbs its own path up a policy's ladder. Only the cells on that path hold x, and a shown one ends
the path; so the search goes through all paths of (reports, members) of those cells without x, from fine to
wide. Neither number falls on the way. x adds a report everywhere, and a member or none at each step: it may
be a further token, or a first one of a week and class that does not hold the largest sum. Any step may be
left out, since places lack levels and cells may stand for too few places. What a cell shows comes of the
rule's own code.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from warp.disclosure import _figure, _Finest
from warp.policies import Policy, Step
from warp.tally import WeekCounts
from warp.weeks import Week

_Table = NDArray[np.float64]
_CELL = _Finest(Week(2026, 47), "other/other", "UY")


@cache
def band(step: Step, policy: Policy, reports: int, members: int, offset: int) -> int:
    """Give what a cell of so many shows under an offset; 0 is nothing."""
    if not reports:
        return 0
    key = (_CELL.type, _CELL.place)
    tally = {_CELL.week: WeekCounts({key: reports}, {key: {_CELL.week: members}})}
    figure = _figure([_CELL], tally, step, policy, offset)
    return figure.at_least if figure else 0


Rule = Callable[[Step, Policy, int, int, int], int]
"""Step, policy, reports, members and offset to the band that is shown; 0 is nothing."""


@cache
def odds(step: Step, policy: Policy, reports: int, members: int, rule: Rule = band) -> dict[int, float]:
    """Give the chance of each band (0: nothing) of a cell of so many."""
    found: dict[int, float] = {}
    for offset, chance in enumerate(step.odds):
        shown = rule(step, policy, reports, members, offset)
        found[shown] = found.get(shown, 0.0) + chance / sum(step.odds)
    return found


def worst(steps: tuple[Step, ...], policy: Policy, rule: Rule = band) -> float:
    """
    Give the largest total variation between what is published with and without a report, over all paths.

    Args:
        steps: The ladder.
        policy: Says where the floors are; its own ladder is not looked at.
        rule: What a cell shows; the project's own unless given.
    """
    return _Search(steps, policy, rule).value(0, 1.0, 1.0, (0, 0))[0, 0] / 2


class _Search:
    def __init__(self, steps: tuple[Step, ...], policy: Policy, rule: Rule) -> None:
        # Beyond, windows only repeat: one limit of a band at a time, in cells that are surely shown.
        spread, lead = max(len(step.odds) for step in steps), max(step.lead for step in steps)
        self._size = max(8 * policy.reports, policy.reports + lead) + spread + 2
        self._steps = [self._chances(step, policy, rule) for step in steps]
        self._known: dict[tuple[float, ...], _Table] = {}

    def _chances(self, step: Step, policy: Policy, rule: Rule) -> _Table:
        """Give the chance of each band by (band, reports, members), nothing first."""
        bands = [0, *(policy.reports << power for power in range(8))]
        table = np.zeros((len(bands), self._size + 1, self._size + 1))
        for reports in range(self._size + 1):
            for members in range(reports + 1):
                for shown, chance in odds(step, policy, reports, members, rule).items():
                    table[bands.index(shown), reports, members] = chance
        return table

    def value(self, index: int, without: float, having: float, least: tuple[int, int]) -> _Table:
        """
        Give twice the variation that is still to come, by the least (reports, members) of what follows.

        Args:
            index: The step that comes next.
            without: Chance that nothing was shown on the path so far, without x …
            having: … and with it.
            least: Where the table begins.
        """
        key = (index, round(without, 12), round(having, 12), *least)
        if key not in self._known:
            self._known[key] = self._value(index, without, having, least)
        return self._known[key]

    def _value(self, index: int, without: float, having: float, least: tuple[int, int]) -> _Table:
        reports, members = least
        if index == len(self._steps):
            return np.full((self._size - reports, self._size - members), abs(without - having))
        best = self.value(index + 1, without, having, least)
        chances = self._steps[index]
        before = without * chances[:, reports:-1, members:-1]
        for more in (0, 1):
            after = having * chances[:, reports + 1 :, members + more : self._size + more]
            here = abs(before[1:] - after[1:]).sum(axis=0) + self._after(index, before[0], after[0], least)
            here[np.add.outer(np.arange(reports, self._size), -np.arange(members, self._size)) < 0] = 0
            best = np.maximum(best, here)
        for axis in (0, 1):
            best = np.flip(np.maximum.accumulate(np.flip(best, axis), axis), axis)
        return best

    def _after(self, index: int, before: _Table, after: _Table, least: tuple[int, int]) -> _Table:
        """Give what is still to come where the path goes on, for each way in which it does."""
        rest = np.zeros_like(before)
        for without, having in np.unique(np.stack([before.ravel(), after.ravel()]), axis=1).T:
            if without or having:
                rows, columns = np.nonzero((before == without) & (after == having))
                row, column = int(rows.min()), int(columns.min())
                begin = (least[0] + row, least[1] + column)
                table = self.value(index + 1, float(without), float(having), begin)
                rest[rows, columns] = table[rows - row, columns - column]
        return rest
