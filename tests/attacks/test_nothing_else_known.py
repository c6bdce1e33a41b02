"""
The attacker who knows nothing but the policy and every figure ever published.

Once as it is, and once on the strong assumption that every report of a class and week is another member's and
that no other places and types than those of the history ever report: then what is not shown has a most, too.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from random import Random

import numpy as np
import pytest

from tests.attacks.bounds import UNDER, Known, Proven, Row, fits, proven
from tests.attacks.figures import Finest, Published
from tests.attacks.histories import VCDB, History, drawn, largest_quarter, publish, region, vcdb
from warp import taxonomy
from warp.disclosure import Release
from warp.places import areas_around
from warp.policies import Name, OfType, Policy
from warp.weeks import Period, Week

needs_vcdb = pytest.mark.skipif(not VCDB.exists(), reason="the history is not beside this repository")


def _of_others(history: History) -> History:
    """The same reports, each of a class and week another member's."""
    return history._replace(reports=tuple(each._replace(first=True) for each in history.reports))


def _blocks(history: History, policy: Policy, releases: list[Release]) -> Iterator[list[Finest]]:
    """Give all (week, type, place) that share anything published: a quarter's, of a class unless all are."""
    types = sorted({each.type for each in history.reports})
    stated = {each.place for each in history.reports} | history.homes
    # Any report may state a wider place than its own, or none.
    known = {place for place in stated if place}
    places = sorted(stated.union({""}, *map(areas_around, known)))
    together = any(step.type is OfType.ALL for step in policy.steps)
    shown: set[tuple[str, str]] = set()
    for release in releases:
        quarter = Period.parse(release.period).first.quarter
        shown |= {(quarter, "" if together else taxonomy.class_of(cell.type)) for cell in release.cells}
    for quarter, of_class in sorted(shown):
        inside = [each for each in types if not of_class or taxonomy.class_of(each) == of_class]
        yield list(itertools.product(Period.parse(quarter).weeks, inside, places))


class _Knowledge:
    """What is published of a block, as bounds."""

    def __init__(self, published: Published, block: list[Finest], policy: Policy, *, strong: bool) -> None:
        self._published = published
        self._policy = policy
        self._strong = strong
        self._number = {finest: number for number, finest in enumerate(block)}
        self.rows: list[Row] = []
        hidden: set[tuple[int, ...]] = set()
        for (index, place), inside in published.inside.items():
            step = policy.steps[index]
            left = [finest for finest in inside if published.counted[finest] >= index]
            if place in published.at_least:
                counted = [finest for finest in left if published.counted[finest] == index]
                self._shown(counted, published.at_least[place], step.lead, len(step.odds) - 1)
                continue
            hidden.add(self._numbers(left))
            if strong and left and published.is_wide(index, place):
                self._at_most(left, step.lead + len(step.odds) - 2)
        hidden |= {(number,) for number in self._number.values()}
        # What is alone in a shown cell is not hidden.
        hidden -= {row.of for row in self.rows if row.low > 0} | {()}
        self.known = Known(len(block), self.rows, sorted(hidden))

    def _numbers(self, cells: Iterable[Finest]) -> tuple[int, ...]:
        return tuple(self._number[finest] for finest in cells)

    def _shown(self, counted: list[Finest], at_least: int, lead: int, largest: int) -> None:
        beyond = max(lead, at_least - self._policy.reports)
        self.rows.append(Row(self._numbers(counted), self._policy.reports + beyond))
        if self._strong:
            self._at_most(counted, 2 * at_least - self._policy.reports - 1 + largest)

    def _at_most(self, cells: list[Finest], beyond: int) -> None:
        """
        Bound cells of which the smaller of reports and members is so far beyond the floor at most.

        The members of one week and class are its reports here, so neither may be further beyond in any week.
        """
        by_week: dict[tuple[Week, str], list[Finest]] = defaultdict(list)
        for finest in cells:
            by_week[finest[0], taxonomy.class_of(finest[1])].append(finest)
        floor = max(self._policy.reports, self._policy.members)
        self.rows += [Row(self._numbers(each), 0, floor + beyond) for each in by_week.values()]


def _proven(history: History, policy: Policy, *, strong: bool, seed: int = 1) -> Proven:
    releases = publish(history, policy, drawn(Random(seed)))
    there = Counter((each.week, each.type, each.place) for each in history.reports)
    found = Proven(0, 0)
    for block in _blocks(history, policy, releases):
        quarter = block[0][0].quarter
        own = [each for each in releases if Period.parse(each.period).first.quarter == quarter]
        knowledge = _Knowledge(Published(block, history.homes, policy, own), block, policy, strong=strong)
        truth = np.array([there[finest] for finest in block], dtype=float)
        assert fits(knowledge.known, truth)
        found = found.plus(proven(knowledge.known, truth))
    return found


@pytest.mark.parametrize("strong", [False, True], ids=["", "strong"])
@pytest.mark.parametrize("name", Name)
def test_no_hidden_cell_of_a_region_is_proven_and_no_small_count_is_exact(
    name: Name, *, strong: bool
) -> None:
    assert _proven(_of_others(region(1)), Policy(preset=name), strong=strong) == Proven(0, 0)


@needs_vcdb
@pytest.mark.parametrize("name", Name)
def test_no_hidden_cell_of_the_fullest_real_quarter_is_proven(name: Name) -> None:
    history = vcdb(without="US")
    quarter = history.between(*largest_quarter(history))
    assert _proven(quarter, Policy(preset=name), strong=True) == Proven(0, 0)


@needs_vcdb
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "without"),
    # The whole with all types together is one program of minutes a quarter.
    [*((name, "US") for name in Name), (Name.CAUTIOUS, ""), (Name.STANDARD, "")],
)
def test_no_hidden_cell_of_seven_real_years_is_proven(name: Name, without: str) -> None:
    assert _proven(vcdb(without), Policy(preset=name), strong=True) == Proven(0, 0)


@pytest.mark.parametrize("name", Name)
def test_every_figure_is_of_whole_weeks_so_no_day_is_pinned(name: Name) -> None:
    for release in publish(region(1), Policy(preset=name), drawn(Random(1))):
        period = Period.parse(release.period)
        assert (period.start.weekday(), period.end.weekday()) == (0, 0)
        assert (period.end - period.start).days >= 7


# The same programs on figures without the rule: each day, exact margins, cells of five and more.


def _unprotected(there: Counter[tuple[str, str]], places: list[str]) -> tuple[Known, np.ndarray]:
    """Give what is published of a day: sums by type and by place, and the cells of at least five."""
    cells = list(itertools.product(sorted({of_type for of_type, _ in there}), places))
    truth = np.array([there[cell] for cell in cells], dtype=float)
    margins: dict[str, list[int]] = defaultdict(list)
    for number, cell in enumerate(cells):
        for value in cell:
            margins[value].append(number)
    rows = [Row(tuple(of), truth[of].sum(), truth[of].sum()) for of in margins.values()]
    rows += [Row((number,), truth[number], truth[number]) for number in np.flatnonzero(truth >= UNDER)]
    hidden = [(number,) for number in np.flatnonzero(truth < UNDER)]
    return Known(len(cells), [*rows, *(Row(of, 0, UNDER - 1) for of in hidden)], hidden), truth


def test_exact_daily_margins_of_the_same_region_prove_hidden_cells_by_the_hundred_and_their_days() -> None:
    history, random = region(1, years=2), Random(1)
    by_day: dict[tuple[Week, int], Counter[tuple[str, str]]] = defaultdict(Counter)
    for each in history.reports:
        by_day[each.week, random.randrange(7)][each.type, each.place] += 1
    found = Proven(0, 0)
    for day in by_day.values():
        known, truth = _unprotected(day, sorted(history.homes))
        assert fits(known, truth)
        found = found.plus(proven(known, truth))
    # Each is a report, and the day on which it came.
    assert min(found) > 100


# Late and withdrawn.


@pytest.mark.parametrize("name", Name)
def test_a_report_that_comes_late_changes_nothing_that_was_published_before(name: Name) -> None:
    policy, history = Policy(preset=name), region(1, years=2)
    late = next(each for each in history.reports if each.week > Week(2020, 6))
    before = {each.period: each for each in publish(history, policy, _fixed)}
    having = history._replace(reports=(*history.reports, *[late] * 40))
    after = {each.period: each for each in publish(having, policy, _fixed)}
    changed = {period for period in before if before[period] != after[period]}
    assert changed
    assert all(Period.parse(period).first <= late.week <= Period.parse(period).last for period in changed)


def _fixed(period: Period) -> bytes:
    """The same secret whatever was reported."""
    return str(period).encode().ljust(32)
