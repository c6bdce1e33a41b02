"""Pooling finds what stands out of what cells have in common, and says something defined of any counts."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from warp import pooling, tails
from warp.detection import p_values
from warp.judged import Counts, Floats

BENCHMARK = Path(__file__).resolve().parents[3] / "shared" / "bench" / "detection" / "score.py"


def _panel(seed: int, weeks: int, dispersion: float = 1.5) -> tuple[Counts, Floats]:
    """Counts (weeks, 12 types, 15 places) without any outbreak, and their means."""
    rng = np.random.default_rng(seed)
    rates = np.exp(rng.normal(0, 1, 12))[:, None] * np.exp(rng.normal(0, 1, 15)) * 0.5
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(weeks) / 52)
    means = rates * season[:, None, None]
    return rng.negative_binomial(means / (dispersion - 1), 1 / dispersion), means


@settings(max_examples=200, deadline=None)
@given(
    arrays.arrays(
        np.int64,
        st.tuples(st.integers(1, 40), st.integers(0, 4), st.integers(0, 4)),
        elements=st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 2**62)),
    )
)
def test_any_counts_have_a_defined_result(counts: Counts) -> None:
    found = pooling.judge(counts)
    for values in (found.p, found.expected, found.deviation, found.own):
        assert values.shape == counts.shape[1:]
        assert np.isfinite(values).all()
    assert ((found.p > 0) & (found.p <= 1)).all()
    assert ((found.expected > 0) == (found.history > 0)).all()
    assert ((found.own >= 0) & (found.own <= 1)).all()
    assert ((found.window >= 1) & (found.window <= 3)).all()
    assert ((found.p == 1) == (found.history == 0)).all()


@pytest.mark.parametrize("weeks", [1, 2])
def test_without_two_weeks_of_history_nothing_is_judged(weeks: int) -> None:
    found = pooling.judge(np.full((weeks, 2, 3), 50))
    assert (found.p == 1).all()
    assert found.history == 0


def test_counts_without_places_are_refused() -> None:
    with pytest.raises(ValueError, match="weeks, types and places"):
        pooling.judge(np.zeros((30, 4), dtype=np.int64))


@pytest.mark.parametrize("weeks", [5, 10, 60])
def test_five_reports_where_few_are_expected_stand_out_of_all_cells(weeks: int) -> None:
    counts, means = _panel(1, weeks)
    cell = np.unravel_index(means[-1].argmin(), means[-1].shape)
    counts[(-1, *cell)] += 5
    found = pooling.judge(counts)
    assert np.unravel_index(found.p.argmin(), found.p.shape) == cell
    assert found.p[cell] < 5e-4


@pytest.mark.parametrize("weeks", [9, 60])
def test_an_old_burst_hides_nothing_in_its_cell_its_type_or_its_place(weeks: int) -> None:
    counts, means = _panel(10, weeks)
    kind, place = np.unravel_index(means[-1].argmin(), means[-1].shape)
    burst = counts.copy()
    burst[weeks // 3, kind, place] += 1000
    clean, found = pooling.judge(counts), pooling.judge(burst)
    rate, before = found.expected / found.window, clean.expected / clean.window
    assert rate[kind, place] < 1.5 * before[kind, place]
    assert rate[kind] == pytest.approx(before[kind], rel=0.1, abs=0.02)
    assert rate[:, place] == pytest.approx(before[:, place], rel=0.1, abs=0.02)
    for other in (place, (place + 1) % 15):
        burst[-1, kind, other] += 10
        assert pooling.judge(burst).p[kind, other] < 1e-3
        burst[-1, kind, other] -= 10


def test_a_cell_without_a_history_expects_what_its_type_and_its_place_make_one_expect() -> None:
    counts = np.zeros((20, 3, 4), dtype=np.int64)
    counts[:, 0], counts[:, 1] = 8, 1
    counts[:-1, :, 0] *= 4
    counts[:, 0, 0] = counts[:, 1, 0] = 0
    expected = pooling.judge(counts).expected
    assert expected[0, 0] > 3 * expected[1, 0] > 0


def test_what_is_expected_follows_the_season_and_the_cell() -> None:
    counts, means = _panel(2, 300)
    found = pooling.judge(counts)
    alone = found.window == 1
    error = np.log(found.expected[alone] / means[-1][alone])
    assert np.median(abs(error)) < 0.15
    young = pooling.judge(counts[-10:])
    assert (found.own > young.own).all()


def test_of_clean_cells_about_one_in_a_hundred_is_as_unusual_as_one_in_a_hundred() -> None:
    """Over three windows it is the least of three, so somewhat more."""
    shares = [(pooling.judge(_panel(seed, 80)[0]).p < 0.01).mean() for seed in range(20)]
    assert 0.008 <= np.mean(shares) <= 0.03


def _frequency(dispersion: float, weeks: int, seeds: range, chance: float) -> float:
    """
    How often p of the last week is at most `chance` on clean panels, over what it says of discrete counts.

    Both follow from the least count with such a p: by the truth, and by what the detector expects.
    """
    observed = nominal = 0.0
    for seed in seeds:
        counts, means = _panel(seed, weeks, dispersion)
        fitted = pooling.fit(counts[:-1])
        assert fitted is not None
        mean, varies = pooling.expect(fitted, 1)
        least = tails.quantile(chance, mean, varies)
        least += tails.mid_p(least, mean, varies) > chance
        observed += tails.above(least - 1, means[-1], np.full(mean.shape, dispersion)).sum()
        nominal += tails.above(least - 1, mean, varies).sum()
    return observed / nominal


@pytest.mark.parametrize("dispersion", [1.02, 1.5, 3.0])
@pytest.mark.parametrize("weeks", [53, 200])
def test_without_an_outbreak_a_p_of_one_in_a_thousand_is_that_rare(dispersion: float, weeks: int) -> None:
    assert 0.75 < _frequency(dispersion, weeks, range(12), 1e-3) < 1.25


@pytest.mark.slow
@pytest.mark.parametrize("dispersion", [1.02, 1.5, 3.0])
@pytest.mark.parametrize(("weeks", "least", "most"), [(10, 0.6, 1.4), (27, 0.5, 1.25), (317, 0.8, 1.25)])
def test_without_an_outbreak_small_p_are_as_rare_as_they_say(
    dispersion: float, weeks: int, least: float, most: float
) -> None:
    for chance in (1e-2, 1e-3, 1e-4):
        assert least < _frequency(dispersion, weeks, range(60), chance) < most


def test_a_rise_that_is_spread_thin_is_found_in_three_weeks_together() -> None:
    counts, means = _panel(3, 60)
    cell = np.unravel_index(means[-1].argmin(), means[-1].shape)
    counts[(slice(-3, None), *cell)] = 2
    found = pooling.judge(counts)
    assert found.window[cell] == 3
    assert found.p[cell] < 1e-3


def test_a_series_that_stands_alone_is_judged_by_its_last_week() -> None:
    counts, _ = _panel(4, 120)
    assert (pooling.judge(counts.sum(axis=2, keepdims=True)).window == 1).all()


def test_a_slow_rise_of_eight_weeks_is_not_learnt_as_usual() -> None:
    """33 weeks, of which the latest quarter before the judged one has five times as many reports."""
    rng = np.random.default_rng(5)
    counts = rng.poisson(1.0, (33, 8, 12)) * np.exp(rng.normal(0, 1.5, (8, 12))).round().astype(int)[None]
    counts[:, 3, 5] = rng.poisson(4.0, 33)
    before = pooling.judge(counts).expected[3, 5]
    counts[-9:-1, 3, 5] += 16
    found = pooling.judge(counts)
    assert found.expected[3, 5] / found.window[3, 5] < 1.5 * before


def test_the_order_of_types_and_places_does_not_matter() -> None:
    counts, _ = _panel(6, 40)
    types, places = np.random.default_rng(6).permutation(12), np.random.default_rng(7).permutation(15)
    turned = pooling.judge(counts[:, types][:, :, places]).p
    assert turned == pytest.approx(pooling.judge(counts).p[types][:, places], rel=1e-6)


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.uint64])
def test_small_whole_numbers_are_counts_like_any(kind: type) -> None:
    counts = np.minimum(_panel(9, 300)[0], 200)
    for method in ("pooling", "farrington", "ears-c2"):
        assert (p_values(counts.astype(kind), method) == p_values(counts, method)).all()


def test_it_is_what_is_meant_unless_a_method_is_named() -> None:
    counts, _ = _panel(8, 30)
    assert (p_values(counts) == pooling.judge(counts).p).all()


# The benchmark: its limit is a detector that knows the true mean and dispersion.


@pytest.fixture(scope="module")
def score() -> ModuleType:
    if not BENCHMARK.exists():
        pytest.skip("the detection benchmark is not beside the repository")
    found = importlib.util.spec_from_file_location("score", BENCHMARK)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_on_sparse_panels_it_comes_near_to_who_knows_the_truth(score: ModuleType) -> None:
    mine = score.score_panel(lambda counts, _mean, _phi: p_values(counts), seed=11, repeats=2)
    limit = score.score_panel(
        lambda counts, mean, phi: score.oracle(counts, mean, phi, scan=2), seed=11, repeats=2
    )

    def share(rate: str, histories: list[int]) -> float:
        names = [(f"history {weeks} weeks", kind) for weeks in histories for kind in ("spike", "ramp")]
        return float(
            np.mean([mine[h][k][f"POD at fpr {rate}"] for h, k in names])
            / np.mean([limit[h][k][f"POD at fpr {rate}"] for h, k in names])
        )

    long = [9, 26, 52, 160, 316]
    assert share("0.2%", long) >= 0.80
    assert share("1.0%", long) >= 0.88
    assert share("1.0%", [4]) >= 0.65


@pytest.mark.slow
def test_on_long_series_it_comes_near_to_who_knows_the_truth(score: ModuleType) -> None:
    mine = score.score_noufaily(lambda counts, _mean, _phi: p_values(counts), 10, 11)["fpr 1%"]
    limit = score.score_noufaily(score.oracle, 10, 11)["fpr 1%"]
    assert mine["POD"] >= 0.95 * limit["POD"]
    assert mine["first"] >= 0.92 * limit["first"]
