"""Months are judged by when incidents happened, against simulations that know it."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy import stats

from warp import occurrences
from warp.judged import Counts, Floats
from warp.occurrences import LEAST_HISTORY, LEAST_REPORTS, LOOKS, bounds, false_alarms, judge, limit

some_shares = st.one_of(st.just(np.nan), st.just(0.0), st.just(1e-300), st.floats(-1, 2))


@settings(max_examples=200, deadline=None)
@given(
    st.data(),
    arrays.arrays(
        np.int64,
        st.tuples(st.integers(0, 45), st.integers(0, 4), st.integers(0, 4)),
        elements=st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 2**62)),
    ),
)
def test_any_counts_and_shares_have_a_defined_result(data: st.DataObject, counts: Counts) -> None:
    even = st.just(np.ones(len(counts)))
    shares = data.draw(st.one_of(even, arrays.arrays(np.float64, len(counts), elements=some_shares)))
    found = judge(counts, shares)
    for values in (found.p, found.expected, found.dispersion):
        assert values.shape == counts.shape
        assert np.isfinite(values).all()
    assert ((found.p > 0) & (found.p <= 1)).all()
    assert (found.p[:-LOOKS] == 1).all()
    assert (found.expected[found.p < 1] > 0).all()
    assert ((found.own >= 0) & (found.own <= 1)).all()
    assert found.history >= LEAST_HISTORY or (found.p == 1).all()
    up_to = limit(found, 0.5)
    # Of counts beyond all measure even the least p that is told apart is too likely.
    assert false_alarms(found, up_to) <= 0.5 or up_to < 1e-299
    assert not (counts[counts < LEAST_REPORTS] >= bounds(found, up_to)[counts < LEAST_REPORTS]).any()


@pytest.mark.parametrize("months", [0, 1, LOOKS, LOOKS + LEAST_HISTORY - 1])
def test_without_six_months_of_history_nothing_is_judged(months: int) -> None:
    found = judge(np.full((months, 2, 3), 50), np.ones(months))
    assert found.history == 0
    assert (found.p == 1).all()
    assert np.isinf(bounds(found, 0.5)).all()
    assert (judge(np.full((LOOKS + LEAST_HISTORY, 2, 3), 50), np.ones(9)).p[-LOOKS:] < 1).all()


def test_where_shares_are_unknown_nothing_is_judged() -> None:
    assert (judge(np.full((40, 2, 3), 50), np.full(40, np.nan)).p == 1).all()


def test_months_that_are_not_half_as_complete_as_others_are_no_history() -> None:
    shares = np.full(20, 0.8)
    shares[3:5], shares[5:8] = 0.39, np.nan
    assert judge(np.full((20, 2, 3), 50), shares).history == 20 - LOOKS - 5


@pytest.mark.parametrize(("shape", "shares"), [((9, 4), 9), ((9, 4, 4), 8)])
def test_shapes_that_do_not_go_together_are_refused(shape: tuple[int, ...], shares: int) -> None:
    with pytest.raises(ValueError, match="months, classes and areas"):
        judge(np.zeros(shape, dtype=np.int64), np.ones(shares))


# Against the truth


class World(NamedTuple):
    """What only a simulation knows: each report's month, class, area and month of release."""

    month: NDArray[np.int_]
    of_class: NDArray[np.int_]
    area: NDArray[np.int_]
    released: NDArray[np.int_]
    usual: Floats
    """Incidents a month, (classes, areas)."""


MONTHS = 40


def _world(seed: int, *, monthly: float = 100.0, sooner: float = 1.0, growth: float = 0.0) -> World:
    """
    Six years of incidents before a site begins in month 0, and forty months of them after.

    Half of the reports come within four weeks of the incident, one in six after 16 weeks or more. The counts
    vary by more than Poisson's. `sooner` is the part of its usual delay that the last month's reports take.
    """
    rng, before = np.random.default_rng(seed), 72
    usual = (
        np.exp(rng.normal(0, 1.2, 10))[:, None] * np.exp(rng.normal(0, 1.2, 12)) * rng.gamma(2, 1, (10, 12))
    )
    usual *= monthly / usual.sum()
    grown = (1 + growth) ** (np.arange(-before, MONTHS) / 12)
    happened = rng.poisson(rng.gamma(grown[:, None, None] * usual / 0.3, 0.3))
    month, of_class, area = (np.repeat(axis, happened[happened > 0]) for axis in np.nonzero(happened))
    released = _released(rng, month, np.where(month == month.max(), sooner, 1.0))
    told = released >= before
    return World(month[told] - before, of_class[told], area[told], released[told] - before, usual)


def _released(rng: np.random.Generator, month: NDArray[np.int_], part: Floats) -> NDArray[np.int_]:
    delay = part * 28 / 30.4 * np.exp(1.4 * rng.normal(size=len(month)))
    return np.floor(month + rng.random(len(month)) + delay).astype(np.int_)


def _with_more(world: World, month: int, cell: tuple[int, int], times: float, seed: int) -> World:
    """Give the same world with so many times as many incidents of a cell in one month."""
    rng = np.random.default_rng(seed)
    more = np.full(rng.poisson((times - 1) * world.usual[cell]), month)
    added = (more, np.full_like(more, cell[0]), np.full_like(more, cell[1]), _released(rng, more, np.ones(1)))
    return World(*(np.concatenate(pair) for pair in zip(world[:4], added, strict=True)), world.usual)


def _known(world: World, end_of: int) -> tuple[Counts, Floats]:
    """Give what is counted at the end of a month, and the shares that the delays of two years say."""
    told = (world.released <= end_of) & (world.month >= 0)
    counts = np.zeros((end_of + 1, *world.usual.shape), dtype=np.int64)
    np.add.at(counts, (world.month[told], world.of_class[told], world.area[told]), 1)
    recent = (world.released <= end_of) & (world.released > end_of - 24)
    delays = np.bincount((world.released - world.month)[recent], minlength=end_of + 1)
    return counts, (delays.cumsum() / delays.sum())[end_of::-1]


def _cell(world: World, usual: float) -> tuple[int, int]:
    found = np.unravel_index(np.argmin(abs(world.usual - usual)), world.usual.shape)
    return int(found[0]), int(found[1])


@pytest.mark.slow
def test_on_clean_tables_false_alarms_are_as_many_as_the_budget() -> None:
    budgets, found, looks = np.array([0.1, 0.5, 2.0]), np.zeros(3), 0
    for seed in range(130):
        world = _world(seed)
        for end_of in (24, 29, 34, 39):
            counts, shares = _known(world, end_of)
            verdict = judge(counts, shares)
            chance = [
                false_alarms(verdict, p) for p in verdict.p[(verdict.p < 0.2) & (counts >= LEAST_REPORTS)]
            ]
            found += (np.array(chance)[:, None] <= budgets).sum(axis=0)
            looks += 1
    assert found / looks == pytest.approx(budgets, rel=0.3)


def test_alarms_are_the_cells_that_reach_their_bound_and_stay_within_the_budget() -> None:
    counts, shares = _known(_world(1), 30)
    found = judge(counts, shares)
    chance = np.full(counts.shape, np.inf)
    for cell in np.argwhere((found.p < 0.5) & (counts >= LEAST_REPORTS)):
        chance[tuple(cell)] = false_alarms(found, found.p[tuple(cell)])
    for budget in (0.1, 1.0, 4.0):
        assert ((counts >= bounds(found, limit(found, budget))) == (chance <= budget)).all()
    assert (chance[-LOOKS:] <= 4.0).any()
    assert np.isinf(chance[:-LOOKS]).all()


def test_expected_false_alarms_are_the_chance_of_every_count_that_is_as_unusual() -> None:
    counts, shares = _known(_world(2), 12)
    found = judge(counts, shares)
    mean, dispersion = found.expected[-LOOKS:, ..., None], found.dispersion[-LOOKS:, ..., None]
    each = stats.nbinom(mean / (dispersion - 1), 1 / dispersion)
    could_be = np.arange(LEAST_REPORTS, 2000)
    for p in (1e-4, 0.01, 0.3):
        as_unusual = each.sf(could_be) + each.pmf(could_be) / 2 <= p
        assert false_alarms(found, p) == pytest.approx((each.pmf(could_be) * as_unusual).sum(), rel=1e-6)


def test_a_budget_that_counts_of_three_cannot_fill_makes_all_of_them_alarms() -> None:
    counts, shares = np.zeros((20, 3, 3), dtype=np.int64), np.ones(20)
    counts[::4, 0, 0], counts[-1, 1, 1], counts[-2, 1, 1] = 1, 3, 2
    found = judge(counts, shares)
    assert np.argwhere(counts >= bounds(found, limit(found, 50.0))).tolist() == [[19, 1, 1]]


@pytest.mark.slow
@pytest.mark.parametrize(("times", "at_least"), [(3.0, (0.2, 0.45, 0.55)), (5.0, (0.7, 0.9, 0.95))])
def test_a_month_of_more_incidents_than_usual_is_found_the_surer_the_more_of_them_are_told(
    times: float, at_least: tuple[float, ...]
) -> None:
    worlds, month, found = 40, 34, np.zeros(LOOKS)
    for seed in range(worlds):
        world = _world(1000 + seed)
        cell = _cell(world, 8.0)
        world = _with_more(world, month, cell, times, seed)
        for look in range(LOOKS):
            counts, shares = _known(world, month + look)
            verdict = judge(counts, shares)
            found[look] += counts[(month, *cell)] >= bounds(verdict, limit(verdict, 0.5))[(month, *cell)]
    assert (found / worlds >= at_least).all()


def test_what_is_expected_is_what_a_month_has_when_it_is_complete_times_what_has_come_of_it() -> None:
    ratios = []
    for seed in range(20):
        world = _world(seed, monthly=400)
        counts, shares = _known(world, 39)
        expected = judge(counts, shares).expected[-LOOKS:].sum(axis=(1, 2))
        ratios.append(expected / (400 * shares[-LOOKS:]))
    assert np.mean(ratios, axis=0) == pytest.approx([1.0, 1.0, 1.0], abs=0.04)
    assert (shares[-LOOKS:] < [0.85, 0.75, 0.45]).all()


def test_a_community_that_grows_is_expected_to() -> None:
    alarms = 0
    for seed in range(30):
        counts, shares = _known(_world(seed, growth=1.0), 39)
        found = judge(counts, shares)
        assert found.expected[-LOOKS:].sum() == pytest.approx(counts[-LOOKS:].sum(), rel=0.2)
        alarms += int((counts >= bounds(found, limit(found, 2.0))).sum())
    assert 0.6 * 60 <= alarms <= 1.4 * 60


def test_a_month_that_is_told_sooner_than_any_before_is_not_one_of_more_incidents() -> None:
    """All its classes and areas are; the look's budget, which is for three months, holds."""
    looks, alarms, told, awaited = 30, 0, 0, 0.0
    for seed in range(looks):
        counts, shares = _known(_world(seed, sooner=0.4), 39)
        told, awaited = told + counts[-1].sum(), awaited + 100 * shares[-1]
        found = judge(counts, shares)
        alarms += int((counts >= bounds(found, limit(found, 1.0)))[-1].sum())
    assert told > 1.5 * awaited
    assert alarms <= looks * 1.0


def test_one_outbreak_makes_no_other_cell_an_alarm_and_hides_none() -> None:
    world = _world(7)
    cell, other = _cell(world, 8.0), _cell(world, 4.0)
    counts, shares = _known(world, 39)
    clean = judge(counts, shares)
    up_to = limit(clean, 0.5)
    counts[(-1, *cell)] += 5000
    counts[(-1, *other)] = bounds(clean, up_to)[(-1, *other)] + 3
    found = judge(counts, shares)
    alarms = np.argwhere((counts >= bounds(found, limit(found, 0.5)))[-1]).tolist()
    assert sorted(alarms) == sorted([list(cell), list(other)])


def test_an_old_outbreak_hides_no_rise_in_its_class_nor_in_its_cell() -> None:
    counts, shares = _known(_world(11), 39)
    cell, other = (3, 5), (3, 6)
    counts[:, 3, 5:7] = np.random.default_rng(11).poisson(8 * shares[:, None], (40, 2))
    before = judge(counts, shares)
    counts[(20, *cell)] += 400
    after = judge(counts, shares)
    for each in (cell, other):
        assert after.expected[-1][each] < 1.25 * before.expected[-1][each]
        assert after.dispersion[-1][each] < 1.5 * before.dispersion[-1][each]


def test_how_much_counts_vary_is_seen_although_months_are_incomplete() -> None:
    rng, shares = np.random.default_rng(8), np.linspace(1.0, 0.55, 39)
    counts = rng.binomial(rng.negative_binomial(20 / 1.5, 1 / 2.5, (39, 6, 8)), shares[:, None, None])
    dispersion = judge(counts, shares).dispersion
    assert np.median(dispersion[0]) == pytest.approx(2.5, rel=0.2)
    assert np.median(dispersion[35]) == pytest.approx(1 + 1.5 * shares[35], rel=0.2)


def test_the_order_of_classes_and_areas_does_not_matter() -> None:
    counts, shares = _known(_world(9), 30)
    classes, areas = np.random.default_rng(1).permutation(10), np.random.default_rng(2).permutation(12)
    turned = judge(counts[:, classes][:, :, areas], shares)
    assert turned.p == pytest.approx(judge(counts, shares).p[:, classes][:, :, areas], rel=1e-6)


def test_older_months_than_three_years_before_say_nothing() -> None:
    counts, shares = _known(_world(10), 39)
    longer = np.concatenate([np.full((30, 10, 12), 999), counts])
    found = judge(longer, np.concatenate([np.ones(30), shares]))
    assert found.p[30:] == pytest.approx(judge(counts, shares).p, rel=1e-9)
    assert found.history == occurrences.MOST_HISTORY
