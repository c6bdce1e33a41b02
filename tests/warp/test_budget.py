"""The false alarms to expect are those that clean weeks have, however discrete the counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp import budget, tails
from warp.pooling import Expected

LEAST = 3


def _expected(means: list[float], dispersion: float) -> Expected:
    mean = np.array(means)
    return Expected(mean, np.full(mean.shape, dispersion))


@pytest.mark.parametrize("dispersion", [1.0, 1.5, 4.0])
def test_the_alarms_to_expect_are_those_that_clean_counts_have(dispersion: float) -> None:
    rng = np.random.default_rng(1)
    mean = np.exp(rng.normal(-1, 1.5, 400))
    shape = (4000, len(mean))
    if dispersion == 1:
        counts = rng.poisson(mean, shape)
    else:
        counts = rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion, shape)
    spread = np.full(shape, dispersion)
    p = tails.mid_p(counts.astype(float), np.broadcast_to(mean, shape), spread)
    p[counts < LEAST] = 2
    window = budget.chances(Expected(mean, spread[0]), LEAST)
    for limit in (1e-2, 1e-3, 1e-4):
        observed = float((p <= limit).sum() / len(counts))
        [expected] = budget.expected_alarms([window], np.array([limit]))
        assert observed == pytest.approx(expected, rel=0.12), limit
        mean_of, variance = budget.moments(window, limit)
        assert mean_of == pytest.approx(expected)
        assert 0 < variance <= mean_of
        assert (p <= limit).sum(axis=1).var() == pytest.approx(variance, rel=0.15)


def test_p_times_the_number_of_cells_would_be_far_off() -> None:
    window = budget.chances(_expected([0.01] * 1000, 1.5), LEAST)
    [expected] = budget.expected_alarms([window], np.array([1e-3]))
    assert expected < 0.5 < 1000 * 1e-3


@pytest.mark.parametrize("alarms", [0.001, 0.02, 0.5])
def test_below_the_threshold_a_clean_week_has_at_most_so_many_alarms(alarms: float) -> None:
    window = budget.chances(_expected(list(np.geomspace(0.01, 300, 500)), 1.7), LEAST)
    limit = budget.threshold([window], alarms)
    within, above = budget.expected_alarms([window], np.array([limit, limit * 1.5]))
    assert 0.7 * alarms <= within <= alarms < above


def test_fewer_reports_than_the_least_are_never_an_alarm() -> None:
    [three], [ten] = (
        budget.expected_alarms([budget.chances(_expected([1e-4], 1.1), least)], np.array([0.1]))
        for least in (3, 10)
    )
    assert 0 < ten < 1e-12 < three < 1e-6


def test_several_windows_count_on_average() -> None:
    few, many = (budget.chances(_expected([mean] * 10, 1.5), LEAST) for mean in (0.1, 2.0))
    limits = np.array([1e-2, 1e-4])
    both = budget.expected_alarms([few, many], limits)
    alone = [budget.expected_alarms([each], limits) for each in (few, many)]
    assert both == pytest.approx((alone[0] + alone[1]) / 2)


@given(
    st.lists(st.floats(1e-9, 1e9), max_size=20),
    st.floats(1, 1e6),
    st.floats(1e-6, 20),
)
def test_any_expectation_has_a_threshold(means: list[float], dispersion: float, alarms: float) -> None:
    window = budget.chances(_expected(means, dispersion), LEAST)
    limit = budget.threshold([window], alarms)
    [expected] = budget.expected_alarms([window], np.array([limit]))
    assert 0 < limit <= 0.05
    assert np.isfinite(expected)
    assert limit == 1e-9 or expected <= alarms
