"""Farrington flexible by the bounds and alarms that R gives, and on counts that no formula was made for."""

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.warp.test_ears import check_defined
from warp import ears, farrington, tails
from warp.detection import bounds
from warp.farrington import HISTORY_WEEKS
from warp.judged import MOST_REPORTS, Judged

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "detection"
BENCHMARK = Path(__file__).resolve().parents[3] / "shared" / "bench" / "detection"
"""560 series, each without and with the outbreak under test, and R's answers."""


def _simulated(weeks: int, cells: int, mean: float = 3.0, dispersion: float = 1.5) -> np.ndarray:
    generator = np.random.default_rng([weeks, cells])
    return generator.negative_binomial(mean / (dispersion - 1), 1 / dispersion, (weeks, cells))


def _with_last(counts: np.ndarray, last: int) -> Judged:
    return farrington.judge(np.concatenate([counts[:-1], np.full_like(counts[:1], last)]))


def test_r_has_the_same_bounds_and_alarms() -> None:
    with (VECTORS / "series.csv").open(newline="") as file:
        series = np.array(list(csv.reader(file)), dtype=np.int64).T
    with (VECTORS / "farrington.csv").open(newline="") as file:
        expected = np.array(list(csv.reader(file))).T
    assert np.char.endswith(expected, "*").sum() > 50
    first = len(series) - len(expected)
    for week, answers in enumerate(expected, first):
        bound = farrington.judge(series[: week + 1], with_floor=False).bound
        assert bound.tolist() == np.char.rstrip(answers, "*").astype(int).tolist()
        assert ((series[week] > bound) == np.char.endswith(answers, "*")).all()


@pytest.mark.skipif(not BENCHMARK.exists(), reason="the benchmark is not beside this repository")
@pytest.mark.parametrize("kind", ["clean", "out"])
@pytest.mark.parametrize(
    ("method", "name", "digits"),
    [("ears-c1", "earsC1", 5.1e-8), ("ears-c2", "earsC2", 5.1e-8), ("farrington", "ffnouf", 0)],
)
def test_r_has_the_same_bounds_and_alarms_on_the_whole_benchmark(
    method: str, name: str, digits: float, kind: str
) -> None:
    def read(file: str) -> np.ndarray:
        return np.loadtxt(BENCHMARK / file, delimiter=",").T

    series = read(f"b28x20_{kind}.csv").astype(np.int64)
    expected, alarms = read(f"r/b28x20_{kind}_{name}_ub.csv"), read(f"r/b28x20_{kind}_{name}_alarm.csv")
    weeks = range(len(series) - len(expected), len(series))
    found = np.array([bounds(series[: week + 1], method) for week in weeks])
    assert found.shape == (49, 560)
    np.testing.assert_allclose(found, expected, rtol=digits, atol=0)
    assert ((series[weeks.start :] > found) == (alarms == 1)).all()


def test_a_cell_is_judged_alike_alone_and_among_others() -> None:
    counts = _simulated(300, 700)
    counts[200, ::7] += 40
    together = farrington.judge(counts)
    for cell in range(0, 700, 50):
        for each, alone in zip(together[:4], farrington.judge(counts[:, cell])[:4], strict=True):
            assert each[cell] == pytest.approx(alone, rel=1e-6)


def test_cells_keep_their_shape_and_their_order() -> None:
    counts = _simulated(280, 6)
    flat, table = farrington.judge(counts), farrington.judge(counts.reshape(280, 2, 3))
    for one, other in zip(flat[:4], table[:4], strict=True):
        assert one.reshape(2, 3).tolist() == other.tolist()


def test_the_judged_week_moves_no_bound_and_more_reports_are_more_unusual() -> None:
    counts = _simulated(300, 50)
    judged = [_with_last(counts, last) for last in range(12)]
    for less, more in pairwise(judged):
        assert (less.bound == more.bound).all()
        assert (less.p > more.p).all()


def test_the_weeks_just_before_the_judged_one_teach_nothing() -> None:
    counts, rising = (_simulated(300, 50) for _ in range(2))
    rising[-27:-1] += 100
    assert farrington.judge(counts).bound.tolist() == farrington.judge(rising).bound.tolist()
    rising[-28:-1] += 100
    assert farrington.judge(counts).bound.tolist() != farrington.judge(rising).bound.tolist()


def test_an_old_outbreak_hardly_lifts_the_bound() -> None:
    calm = _simulated(300, 50)
    struck = calm.copy()
    struck[-1 - 52 : 2 - 52] += 60
    lifted = farrington.judge(struck).bound - farrington.judge(calm).bound
    assert lifted.mean() < 5
    assert ears.c1(np.concatenate([struck[: 2 - 52], calm[-1:]])).bound.mean() > 60


def test_the_season_of_the_judged_week_is_expected_of_it() -> None:
    season = np.exp(np.cos(2 * np.pi * np.arange(624) / 52))
    counts = np.random.default_rng(5).poisson(10 * season[:, None], (624, 40))
    expected = [farrington.judge(counts[: week + 1]).expected.mean() for week in (572, 598)]
    assert expected == pytest.approx([10 * season[572], 10 * season[598]], rel=0.1)


def test_a_trend_is_followed_unless_it_leads_beyond_all_that_was_seen() -> None:
    weeks = np.arange(300)[:, None]
    falling = np.round(40 * np.exp(-weeks / 200)).astype(int)
    assert farrington.judge(falling).expected == pytest.approx(40 * np.exp(-299 / 200), rel=0.05)
    rising = falling[::-1]
    assert farrington.judge(rising).expected < rising[:-27].max()


def test_a_trend_without_an_end_is_not_believed() -> None:
    counts = np.zeros((300, 1), dtype=int)
    counts[-1 - HISTORY_WEEKS] = 1
    # One report in 5 × 7 weeks about the anniversaries.
    assert farrington.judge(counts, with_floor=False).expected == pytest.approx(1 / 35)


def test_with_the_floor_no_trend_leads_to_nothing() -> None:
    counts = np.random.default_rng(6).poisson(0.5, (300, 200))
    counts[-231] += 2000
    assert np.median(farrington.judge(counts, with_floor=False).expected) < 0.15
    assert np.median(farrington.judge(counts).expected) == pytest.approx(0.5, abs=0.1)


def test_above_the_bound_a_count_is_rarer_than_one_in_a_hundred() -> None:
    counts = _simulated(300, 200)
    judged = farrington.judge(counts)
    dispersion = judged.deviation**2 / judged.expected
    assert (tails.above(judged.bound, judged.expected, dispersion) <= 0.01).all()
    assert (tails.above(judged.bound - 1, judged.expected, dispersion) > 0.01).all()
    for offset, holds in ((0, np.greater), (1, np.less)):
        for cell in range(0, 200, 20):
            over = _with_last(counts[:, [cell]], int(judged.bound[cell]) + offset)
            assert holds(over.p, 0.005 if holds is np.greater else 0.01)


def test_three_reports_alarm_in_a_cell_that_had_none_and_two_do_not() -> None:
    empty = np.zeros((300, 1), dtype=int)
    judged = farrington.judge(empty)
    assert (judged.bound, judged.expected) == (2, 0.15)
    assert farrington.judge(empty, with_floor=False).bound == 0


@pytest.mark.parametrize("ago", [40, 150, 230, 262])
def test_an_old_burst_leaves_no_cell_where_one_report_alarms(ago: int) -> None:
    counts = np.random.default_rng(ago).poisson(0.1, (300, 200))
    counts[-1 - ago] += 2000
    assert (farrington.judge(counts, with_floor=False).bound < 2).mean() > 0.3
    assert (farrington.judge(counts).bound >= 2).all()
    assert (_with_last(counts, 1).p > 0.01).all()


def test_the_floor_changes_nothing_where_reports_are_many() -> None:
    counts = _simulated(300, 50, mean=30)
    for one, other in zip(farrington.judge(counts), farrington.judge(counts, with_floor=False), strict=True):
        assert np.array_equal(one, other)


def test_nothing_is_judged_by_one_week_too_few() -> None:
    counts = _simulated(HISTORY_WEEKS + 1, 4)
    judged, too_short = farrington.judge(counts), farrington.judge(counts[1:])
    assert judged.history == 263 - 26
    assert (judged.p < 1).all()
    assert too_short.history == 0
    assert (too_short.p == 1).all()
    assert (too_short.bound == np.inf).all()


@pytest.mark.parametrize("weeks", [0, 1, 263, 264, 700])
@pytest.mark.parametrize("cells", [(), (1,), (0,), (3, 2)])
@pytest.mark.parametrize("count", [0, 1, 2**40, 2**62])
def test_the_same_count_in_every_week_is_no_surprise(weeks: int, cells: tuple[int, ...], count: int) -> None:
    counts = np.full((weeks, *cells), count)
    judged = farrington.judge(counts)
    check_defined(judged, counts)
    if weeks > HISTORY_WEEKS:
        assert judged.expected == pytest.approx(min(max(count, 0.15), MOST_REPORTS), rel=1e-6)
        assert (judged.p > 0.1).all()


def _extreme(generator: np.random.Generator) -> np.ndarray:
    """Give counts with gaps, bursts and lone reports of every size."""
    counts = generator.poisson(10.0 ** generator.uniform(-3, 6, 40), (HISTORY_WEEKS + 1, 40))
    for cell in range(40):
        begin, end = sorted(generator.integers(0, len(counts), 2))
        counts[begin:end, cell] *= generator.integers(0, 2)
        counts[generator.integers(0, len(counts)), cell] += int(10 ** generator.uniform(0, 18))
    return counts


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("with_floor", [False, True])
def test_gaps_and_bursts_have_a_defined_result(seed: int, *, with_floor: bool) -> None:
    counts = _extreme(np.random.default_rng(seed))
    check_defined(farrington.judge(counts, with_floor=with_floor), counts)


@given(
    counts=arrays.arrays(
        np.int64,
        (HISTORY_WEEKS + 1, 2),
        elements=st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 2**62)),
        fill=st.sampled_from([0, 1, 2**50]),
    ),
    with_floor=st.booleans(),
)
def test_any_counts_have_a_defined_result(*, counts: np.ndarray, with_floor: bool) -> None:
    check_defined(farrington.judge(counts, with_floor=with_floor), counts)


def test_a_week_that_alone_decides_its_mean_has_a_defined_result() -> None:
    # Rounding takes the leverage of one over 1, if other cells stand beside this one.
    counts = np.zeros((HISTORY_WEEKS + 1, 64), dtype=int)
    counts[[-233, -236, -179]] = np.array([[155293111], [13175564], [10737016957]])
    check_defined(farrington.judge(counts, with_floor=False), counts)


def test_one_report_in_any_one_week_of_the_history_has_a_defined_result() -> None:
    counts = np.zeros((HISTORY_WEEKS + 1, HISTORY_WEEKS), dtype=int)
    np.fill_diagonal(counts, 1)
    judged = farrington.judge(counts)
    check_defined(judged, counts)
    assert (judged.bound == 2).all()
