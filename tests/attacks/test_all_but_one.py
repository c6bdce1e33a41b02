"""
The attacker who knows all reports but one, or chooses some, and reads everything ever published.

Advantage is true less false positives of the best guess; success over a coin is half of it.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from random import Random

import pytest

from tests.attacks.figures import Risk, Told, View, risk
from tests.attacks.histories import (
    VCDB,
    Filed,
    History,
    drawn,
    largest_quarter,
    publish,
    region,
    vcdb,
)
from warp import taxonomy
from warp.disclosure import Release, _offset
from warp.policies import PRESETS, Name, OfPlace, Policy, Step
from warp.weeks import Period, Span, Week

needs_vcdb = pytest.mark.skipif(not VCDB.exists(), reason="the history is not beside this repository")

AVERAGE = 0.1
"""What one report may change on the average over the reports that are there."""

# The evaluation itself, against all offsets there are.

WEEK = Week(2026, 47)
QUARTER = Period.of(WEEK, Span.QUARTER)
HOMES = frozenset({"AR", "BR", "UY", "DE", "ES", "FR"})
TYPE = "fraud/phishing"
X = (WEEK, TYPE, "UY")
POLICY = Policy()
SUB_REGION, REGION, WORLD = (
    next(step for step in POLICY.steps if step.place is place)
    for place in (OfPlace.SUB_REGION, OfPlace.REGION, OfPlace.WORLD)
)
AMERICAS, EUROPE, EVERYWHERE = (REGION, "019"), (REGION, "150"), (WORLD, "001")

Drawn = tuple[Step, str]
"""A cell of the quarter whose offset decides: its step and its place."""


def _filed(place: str, firsts: int, further: int = 0) -> list[Filed]:
    return [Filed(WEEK, TYPE, place, first=True)] * firsts + [Filed(WEEK, TYPE, place, first=False)] * further


def _every(cells: tuple[Drawn, ...]) -> list[tuple[float, bytes]]:
    """Give a secret for each way in which the offsets of some cells can fall, and its chance."""
    random, found = Random(7), dict[tuple[int, ...], bytes]()
    ways = list(itertools.product(*(range(len(step.odds)) for step, _ in cells)))
    while len(found) < len(ways):
        secret = random.randbytes(32)
        fallen = tuple(_offset(QUARTER, ("fraud", place), step, secret) for step, place in cells)
        found.setdefault(fallen, secret)
    weighed = []
    for way in ways:
        chance = 1.0
        for (step, _), offset in zip(cells, way, strict=True):
            chance *= step.odds[offset] / sum(step.odds)
        weighed.append((chance, found[way]))
    return weighed


def _views(history: History, ways: list[tuple[float, bytes]]) -> Mapping[tuple[Release, ...], float]:
    views: Counter[tuple[Release, ...]] = Counter()
    for chance, secret in ways:
        views[tuple(publish(history, POLICY, lambda _, secret=secret: secret))] += chance
    return views


CASES = {
    "threshold at region and world": (
        [*_filed("UY", 3), *_filed("AR", 2), *_filed("BR", 2), *_filed("FR", 2)],
        (AMERICAS, EVERYWHERE),
    ),
    "further tokens, so that members hold the threshold": (
        [*_filed("UY", 3, 8), *_filed("AR", 3), *_filed("BR", 3, 2), *_filed("FR", 2, 1)],
        ((SUB_REGION, "419"), AMERICAS, EVERYWHERE),
    ),
    "leading threshold, then a band": (
        [*_filed("UY", 5), *_filed("AR", 5), *_filed("BR", 4)],
        ((SUB_REGION, "419"), AMERICAS),
    ),
    "another region that may or may not be left for the world": (
        [*_filed("UY", 3, 1), *_filed("AR", 2), *_filed("FR", 4), *_filed("DE", 3)],
        (AMERICAS, EUROPE, EVERYWHERE),
    ),
}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_the_advantage_is_what_all_offsets_give_through_the_rule_itself(case: str, *, first: bool) -> None:
    reports, cells = CASES[case]
    ways = _every(cells)
    without = History(tuple(reports), HOMES)
    having = History((*reports, Filed(*X, first=first)), HOMES)
    one, two = _views(without, ways), _views(having, ways)
    apart = sum(abs(one.get(view, 0) - two.get(view, 0)) for view in one.keys() | two.keys()) / 2

    def told(history: History, less: bool) -> float:  # noqa: FBT001 - a closure of this test
        mean = 0.0
        for chance, secret in ways:
            view = View(history, POLICY, publish(history, POLICY, lambda _, secret=secret: secret))
            of = view.of_one_less if less else view.of_one_more
            mean += chance * of(X, first=first).advantage
        return mean

    assert apart > 0.05
    assert told(without, less=False) == pytest.approx(apart, abs=1e-9)
    assert told(having, less=True) == pytest.approx(apart, abs=1e-9)


# All but one.


def _risk(history: History, name: Name, secrets: int, seed: int = 1) -> Risk:
    policy, random = Policy(preset=name), Random(seed)
    views = (View(history, policy, publish(history, policy, drawn(random))) for _ in range(secrets))
    return risk(views, history, frozenset((each.week, each.type, each.place) for each in history.reports))


def _assert_within(found: Risk, name: Name) -> None:
    assert found.worst <= PRESETS[name].risk
    assert found.average <= AVERAGE
    # It bites: somewhere the attacker does learn something.
    assert found.worst > PRESETS[name].risk / 4


@pytest.mark.parametrize("name", Name)
def test_one_report_of_a_region_is_told_by_no_more_than_the_presets_risk(name: Name) -> None:
    _assert_within(_risk(region(1), name, secrets=3), name)


@needs_vcdb
@pytest.mark.parametrize("name", Name)
def test_one_report_of_the_fullest_real_quarter_is_told_by_no_more(name: Name) -> None:
    history = vcdb(without="US")
    _assert_within(_risk(history.between(*largest_quarter(history)), name, secrets=3), name)


@needs_vcdb
@pytest.mark.slow
@pytest.mark.parametrize("without", ["", "US"])
@pytest.mark.parametrize("name", Name)
def test_one_report_of_seven_real_years_is_told_by_no_more(name: Name, without: str) -> None:
    _assert_within(_risk(vcdb(without), name, secrets=3), name)


@needs_vcdb
@pytest.mark.slow
@pytest.mark.parametrize("name", Name)
def test_one_report_of_places_with_three_members_is_told_by_no_more(name: Name) -> None:
    _assert_within(_risk(vcdb("US", members=3), name, secrets=3), name)


# One's own reports alone.


@pytest.mark.parametrize("name", Name)
def test_a_member_who_knows_its_own_reports_learns_less_of_any_other(name: Name) -> None:
    """
    The others are drawn anew; the attacker knows from what.

    Not knowing them can only help him less than being told them would: his advantage is at most the mean over
    what they may be.
    """
    policy, random = Policy(preset=name), Random(3)
    week = Week(2019, 20)
    own = tuple(Filed(week.plus(n), TYPE, "UY", first=True) for n in range(-6, 7))
    aims = [(week.plus(n), of_type, "UY") for n in (-5, 0, 5) for of_type in (TYPE, "availability/ddos")]
    sums: Counter[tuple[Week, str, str]] = Counter()
    worlds = 30
    for seed in range(worlds):
        others = region(seed, years=1)
        history = others._replace(reports=(*others.reports, *own))
        view = View(history, policy, publish(history, policy, drawn(random)))
        for aim in aims:
            sums[aim] += max(view.of_one_more(aim, first=first).advantage for first in (True, False))
    assert 0 < max(sums.values()) / worlds <= AVERAGE


# Two members who choose what they report.

_ALONE = History((), frozenset({"AR", "BR", "UY", "CL", "MX", "DE", "ES", "FR"}))
_TOKENS = (2, 2 * 24)
"""First tokens of a class, and further ones, that two members have in a week."""


def _brinks(history: History) -> Iterator[History]:
    """Give what two members can make of a history, in x's own cell, its region and the world."""
    amounts = (0, 1, 2, 4, 7, 11)
    for firsts, near, far in itertools.product(((2, 0, 0), (0, 2, 0), (0, 0, 2)), amounts, amounts):
        further = (near, near, far)
        if sum(further) > _TOKENS[1]:
            continue
        added = [
            each
            for place, first, more in zip(("UY", "AR", "FR"), firsts, further, strict=True)
            for each in _filed(place, first, more)
        ]
        yield history._replace(reports=(*history.reports, *added))


def _told(history: History, policy: Policy, random: Random) -> Told:
    view = View(history, policy, publish(history, policy, drawn(random)))
    return max(view.of_one_more(X, first=first) for first in (True, False))


@pytest.mark.parametrize("name", Name)
def test_two_members_who_bring_cells_to_the_brink_learn_no_more_than_the_presets_risk(name: Name) -> None:
    policy, random = Policy(preset=name), Random(5)
    found: dict[int, float] = defaultdict(float)
    for others in (0, 3, 8):
        spread = itertools.islice(itertools.cycle(("BR", "UY", "ES", "AR")), others)
        base = _ALONE._replace(reports=tuple(each for place in spread for each in _filed(place, 1)))
        for history in _brinks(base):
            told = _told(history, policy, random)
            assert told.advantage <= PRESETS[name].risk
            found[others] = max(found[others], told.advantage)
    # It bites: with no others there, too, a third one's first token is sometimes seen.
    assert min(found.values()) > PRESETS[name].risk / 2


def test_two_members_alone_show_nothing_however_much_they_report() -> None:
    everything = [
        Filed(WEEK, of_type, place, first)
        for place in ("UY", "FR")
        for of_class in taxonomy.CLASSES
        for of_type in [next(code for code in taxonomy.TYPES if taxonomy.class_of(code) == of_class)]
        for first in (True, *(False,) * 24)
    ]
    for name in Name:
        history = _ALONE._replace(reports=tuple(everything))
        policy = Policy(preset=name)
        assert all(not each.cells for each in publish(history, policy, drawn(Random(1))))
