"""
The attacker who knows every report but one, and reads everything that is published.

Was there a report x? Everything else is known, so the view's chance with and without x differs on x's own
path up the ladder alone. For one course of all other cells (one secret a period) the two are compared over
all ways in which that path can end: exactly, from the odds of the offsets, and with no model of the rule but
its own code. What other cells do is the same with and without x, so the mean over secrets is the advantage
over everything published, true less false positives. Success over a coin is half of it.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from tests.attacks.histories import Filed, History
from tests.attacks.ladder import odds
from warp import taxonomy
from warp.disclosure import Cell, Figure, Release, _coarsen, _of_type, _Shown
from warp.policies import Policy, Step
from warp.weeks import Period, Week

Finest = tuple[Week, str, str]
Place = tuple[Period, tuple[str, str]]
"""A cell of a step: its period, and its type and place."""
Path = tuple[Place | None, ...]
"""The cells of a report, one a step; none where its place is wider than the step's."""


class Told(NamedTuple):
    """What a view tells of one report."""

    advantage: float
    """True less false positives of the best guess: the total variation."""
    certain: float
    """The chance that what is published can be with x only or without x only, a coin having said which."""


@cache
def path_of(week: Week, of_type: str, place: str, steps: tuple[Step, ...]) -> Path:
    """Give the cells that a (week, type, place) lies in."""
    levels = [_at(place, step.place) for step in steps]
    return tuple(
        None if level is None else (_period(week, step.span), (_of_type(of_type, step.type), level))
        for step, level in zip(steps, levels, strict=True)
    )


_period = cache(Period.of)
_at = cache(_coarsen)


class _Held(NamedTuple):
    """What a cell holds."""

    reports: int
    firsts: Mapping[tuple[Week, str], int]
    """First tokens by token week and class."""

    def plus(self, other: "_Held", sign: int = 1) -> "_Held":
        firsts = dict(self.firsts)
        for known, number in other.firsts.items():
            firsts[known] = firsts.get(known, 0) + sign * number
        return _Held(self.reports + sign * other.reports, firsts)

    @property
    def members(self) -> int:
        return max(self.firsts.values(), default=0)


_NOTHING = _Held(0, {})


def _together(parts: Iterable[_Held]) -> _Held:
    reports, firsts = 0, Counter[tuple[Week, str]]()
    for part in parts:
        reports += part.reports
        firsts.update(part.firsts)
    return _Held(reports, firsts)


def _x(finest: Finest, sign: int, *, first: bool) -> _Held:
    week, of_type, _ = finest
    return _Held(sign, {(week, taxonomy.class_of(of_type)): sign} if first else {})


class Published:
    """What can be told of cells from everything published and the policy alone."""

    def __init__(
        self, finest: Iterable[Finest], homes: frozenset[str], policy: Policy, releases: Iterable[Release]
    ) -> None:
        """
        Take everything in.

        Args:
            finest: The (week, type, place) that are looked at.
            homes: The places that have members.
            policy: The rules.
            releases: All of them.
        """
        self._policy = policy
        self._steps = policy.steps
        self._homes = homes
        self._paths = {each: path_of(*each, self._steps) for each in finest}
        self.at_least = {
            (Period.parse(each.period), (cell.type, cell.place)): cell.figure.at_least
            for each in releases
            for cell in each.cells
        }
        self.counted = {each: self._counted_at(path) for each, path in self._paths.items()}
        self.inside: dict[tuple[int, Place], list[Finest]] = defaultdict(list)
        for each, path in self._paths.items():
            for index, place in enumerate(path):
                if place is not None:
                    self.inside[index, place].append(each)
        self._finer_shown = self._shown_inside()
        self._nothing_shown = _Shown(homes)
        self.is_wide = cache(self._is_wide)

    def _counted_at(self, path: Path) -> int:
        """Give the number of the step whose cell counts what has this path; past the last if none does."""
        found = (index for index, place in enumerate(path) if place is not None and place in self.at_least)
        return next(found, len(self._steps))

    def _shown_inside(self) -> Mapping[tuple[int, Place], list[Place]]:
        """Give the shown cells within each cell."""
        inside: dict[tuple[int, Place], list[Place]] = defaultdict(list)
        for period, (of_type, place) in self.at_least:
            path = path_of(period.first, of_type, place, self._steps)
            own = path.index((period, (of_type, place)))
            for index in range(own + 1, len(path)):
                wider = path[index]
                if wider is not None:
                    inside[index, wider].append((period, (of_type, place)))
        return inside

    def _is_wide(self, index: int, place: Place, hidden: frozenset[Place] = frozenset()) -> bool:
        """Say whether a cell stands for enough places and types, were some shown ones hidden."""
        period, key = place
        finer = [each for each in self._finer_shown.get((index, place), ()) if each not in hidden]
        shown = _Shown(self._homes) if finer else self._nothing_shown
        for of, cell in finer:
            shown.add(of, Cell(*cell, Figure(at_least=0)))
        return shown.leaves_enough(key, self._steps[index], period, self._policy)


class View(Published):
    """Everything published of a history, with what the attacker knows."""

    def __init__(self, history: History, policy: Policy, releases: Iterable[Release]) -> None:
        self._held = _held(history.reports)
        super().__init__(self._held, history.homes, policy, releases)
        self._left = cache(self._left_in)
        self._climb = cache(self._climbed)

    @property
    def finest(self) -> Iterable[Finest]:
        """Every (week, type, place) with a report."""
        return self._held.keys()

    def shown_at(self, finest: Finest) -> Step | None:
        """Give the step whose cell counts what lies there, if any does."""
        index = self.counted[finest]
        return self._steps[index] if index < len(self._steps) else None

    def of_one_less(self, finest: Finest, *, first: bool) -> Told:
        """Say what is told of one report that is there."""
        return self._told(finest, _x(finest, -1, first=first))

    def of_one_more(self, finest: Finest, *, first: bool) -> Told:
        """Say what would be told of one report that is not there."""
        return self._told(finest, _x(finest, 1, first=first))

    def _told(self, finest: Finest, change: _Held) -> Told:
        chance, other = 1.0, 1.0
        apart, certain = 0.0, 0.0
        for index, held in self._climb(finest):
            changed = held.plus(change)
            here = odds(self._steps[index], self._policy, held.reports, held.members)
            there = odds(self._steps[index], self._policy, changed.reports, changed.members)
            for band in (here.keys() | there.keys()) - {0}:
                one, two = chance * here.get(band, 0.0), other * there.get(band, 0.0)
                apart += abs(one - two)
                certain += one + two if not (one and two) else 0.0
            chance, other = chance * here.get(0, 0.0), other * there.get(0, 0.0)
        apart += abs(chance - other)
        certain += chance + other if not (chance and other) else 0.0
        return Told(apart / 2, certain / 2)

    def _climbed(self, finest: Finest) -> list[tuple[int, _Held]]:
        """Give the steps taken on a path while nothing is shown on it, and what its cells hold."""
        path = path_of(*finest, self._steps)
        held, below, climbed = _NOTHING, None, []
        for index, place in enumerate(path):
            if place is None:
                continue
            held = held.plus(self._left(index, index, place))
            if below is not None:
                held = held.plus(self._left(index, *below), -1)
            below = (index, place)
            if self.is_wide(index, place, self._on_path(path, index)):
                climbed.append((index, held))
        return climbed

    def _left_in(self, at: int, index: int, place: Place) -> _Held:
        """Give what a cell of one step holds that no step before another one has counted."""
        inside = self.inside.get((index, place), ())
        return _together(self._held[finest] for finest in inside if self.counted[finest] >= at)

    def _on_path(self, path: Path, index: int) -> frozenset[Place]:
        """Give the shown cells of a path before a step; as long as the path goes on they are hidden."""
        return frozenset(place for place in path[:index] if place is not None and place in self.at_least)


def _held(reports: Iterable[Filed]) -> dict[Finest, _Held]:
    held: dict[Finest, _Held] = {}
    for each in reports:
        finest = (each.week, each.type, each.place)
        held[finest] = held.get(finest, _NOTHING).plus(_x(finest, 1, first=each.first))
    return held


class Risk(NamedTuple):
    """What an attacker who knows all reports but one learns of a history."""

    average: float
    """Advantage over the reports that are there."""
    worst: float
    """Advantage in the worst cell, of a report that is there or of one more …"""
    chosen: tuple[Finest, str]
    """… which is this one."""
    certain: float
    """Share of certain proofs, over the reports that are there."""
    cells: int
    """How many (week, type, place) were tried."""


_KINDS = ("a first token less", "a further token less", "a first token more", "a further token more")


def risk(views: Iterable[View], history: History, targets: frozenset[Finest]) -> Risk:
    """Give the mean over views of what is told of reports in the targets, and of one more in each."""
    held = _held(history.reports)
    sums: dict[tuple[Finest, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    number = 0
    for view in views:
        number += 1
        for finest, kind in itertools.product(targets, _KINDS):
            there = held.get(finest, _NOTHING)
            first, less = "first" in kind, "less" in kind
            if less and not (there.members if first else there.reports - there.members):
                continue
            told = (view.of_one_less if less else view.of_one_more)(finest, first=first)
            sums[finest, kind][0] += told.advantage
            sums[finest, kind][1] += told.certain
    weights = {
        (finest, kind): held[finest].members
        if "first" in kind
        else held[finest].reports - held[finest].members
        for finest, kind in sums
        if "less" in kind
    }
    reports = sum(weights.values()) * number
    chosen = max(sums, key=lambda each: sums[each][0])
    return Risk(
        sum(weight * sums[each][0] for each, weight in weights.items()) / reports,
        sums[chosen][0] / number,
        chosen,
        sum(weight * sums[each][1] for each, weight in weights.items()) / reports,
        len(targets),
    )
