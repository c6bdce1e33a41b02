"""How much of a history its figures show, by level; and what two plainer rules would show of it."""

import csv
import itertools
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from tests.attacks.figures import Finest, View
from tests.attacks.histories import VCDB, History, drawn, publish
from warp import taxonomy
from warp.disclosure import _coarsen, _of_type
from warp.policies import OfPlace, OfType, Policy
from warp.weeks import Span, Week

Level = tuple[Span, OfPlace, OfType]


class Share(NamedTuple):
    """A share of the reports, over secrets."""

    mean: float
    spread: float
    """Standard deviation."""


def shares(history: History, policy: Policy, secrets: int) -> list[Mapping[Level, float]]:
    """Give the share of the reports that is shown at each level, for each of some secrets."""
    random, found = Random(11), []
    for _ in range(secrets):
        view = View(history, policy, publish(history, policy, drawn(random)))
        steps = [view.shown_at((each.week, each.type, each.place)) for each in history.reports]
        levels = Counter((step.span, step.place, step.type) for step in steps if step is not None)
        found.append({level: number / len(history.reports) for level, number in levels.items()})
    return found


def over(found: list[Mapping[Level, float]], counts: Callable[[Level], bool]) -> Share:
    """Give the share that is shown at the levels that count."""
    sums = [sum(share for level, share in each.items() if counts(level)) for each in found]
    return Share(statistics.mean(sums), statistics.pstdev(sums))


def finer(level: Level) -> bool:
    """Whether a level is finer than (all types, world, quarter)."""
    return level != (Span.QUARTER, OfPlace.WORLD, OfType.ALL)


def class_and_region(level: Level) -> bool:
    """Whether a level is (class, region) or finer, in whatever period."""
    return level[1] is not OfPlace.WORLD and level[2] is not OfType.ALL


def first_design(history: History, secrets: int) -> list[Mapping[Level, float]]:
    """
    Give the same of the rule as it was first designed.

    All 45 steps, each span up to the world before the next; count and members, each with a secret offset of
    −2 to 2, from 7 and 5; a wider cell takes the smallest offsets of its parts.
    """
    random = Random(11)
    return [_climb_all(history, random) for _ in range(secrets)]


def _climb_all(history: History, random: Random) -> Mapping[Level, float]:
    reports: Counter[Finest] = Counter((each.week, each.type, each.place) for each in history.reports)
    firsts = Counter((each.week, each.type, each.place) for each in history.reports if each.first)
    offsets = {finest: (random.randint(-2, 2), random.randint(-2, 2)) for finest in sorted(reports)}
    left, shown = set(reports), Counter[Level]()
    for span, of_type, place in itertools.product(Span, OfType, OfPlace):
        groups: dict[tuple[str, ...], list[Finest]] = defaultdict(list)
        for finest in left:
            if (at := _coarsen(finest[2], place)) is not None:
                groups[_named(finest[0], span), _of_type(finest[1], of_type), at].append(finest)
        for group in groups.values():
            lowest = [min(offsets[finest][of] for finest in group) for of in (0, 1)]
            offsets.update(dict.fromkeys(group, (lowest[0], lowest[1])))
            members: Counter[tuple[Week, str]] = Counter()
            for finest in group:
                members[finest[0], taxonomy.class_of(finest[1])] += firsts[finest]
            most = max(members.values())
            counted = sum(reports[finest] for finest in group)
            if min(counted, 3 * most) + lowest[0] >= 7 and most + lowest[1] >= 5:
                shown[span, place, of_type] += counted
                left.difference_update(group)
    return {level: number / len(history.reports) for level, number in shown.items()}


def _named(week: Week, span: Span) -> str:
    return {Span.WEEK: str(week), Span.MONTH: week.month, Span.QUARTER: week.quarter}[span]


def plain_five(without: str) -> float:
    """Give the share of incidents of known month in cells of five: country, class, month of occurrence."""
    with VCDB.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["place"] != without and len(row["occurred"]) >= 7]
    cells = Counter((row["place"], taxonomy.class_of(row["type"]), row["occurred"][:7]) for row in rows)
    return sum(number for number in cells.values() if number >= 5) / len(rows)
