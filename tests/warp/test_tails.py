"""Tails and quantiles against scipy's distributions."""

import numpy as np
import pytest
from scipy import stats

from warp import tails

MEANS = np.array([1e-6, 0.01, 0.15, 1, 4, 30, 1000, 1e6])[:, None]
DISPERSIONS = np.array([1.001, 1.5, 3, 20, 1000])[None]
SIZE, PROBABILITY = MEANS / (DISPERSIONS - 1), np.broadcast_to(1 / DISPERSIONS, (8, 5))


@pytest.mark.parametrize("count", [0, 1, 2, 5, 40, 1000])
def test_the_chance_of_a_higher_count_is_that_of_the_negative_binomial(count: int) -> None:
    expected = stats.nbinom.sf(count, SIZE, PROBABILITY)
    np.testing.assert_allclose(
        tails.above(np.float64(count), MEANS, DISPERSIONS), expected, rtol=1e-9, atol=1e-290
    )


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_without_overdispersion_it_is_that_of_the_poisson(count: int) -> None:
    means = MEANS[1:]
    expected = stats.poisson.sf(count, means)
    np.testing.assert_allclose(
        tails.above(np.float64(count), means, np.float64(1)), expected, rtol=2e-6, atol=1e-290
    )


def test_a_count_of_zero_or_more_is_certain() -> None:
    assert (tails.above(np.float64(-1), MEANS, DISPERSIONS) == 1).all()


def test_the_mid_p_counts_half_of_the_count_itself() -> None:
    expected = stats.nbinom.sf(3, SIZE, PROBABILITY) + stats.nbinom.pmf(3, SIZE, PROBABILITY) / 2
    np.testing.assert_allclose(tails.mid_p(np.float64(3), MEANS, DISPERSIONS), expected, rtol=1e-9)


@pytest.mark.parametrize("tail", [0.3, 0.01, 0.001, 1e-6])
def test_the_quantile_is_the_least_count_that_is_seldom_exceeded(tail: float) -> None:
    expected = stats.nbinom.isf(tail, SIZE, PROBABILITY)
    assert tails.quantile(tail, MEANS, DISPERSIONS).tolist() == expected.tolist()


def test_the_quantile_of_a_huge_mean_is_as_exact_as_a_float() -> None:
    mean = np.array([1e15])
    found = tails.quantile(0.01, mean, np.array([1.0]))
    assert found == pytest.approx(1e15 + 2.3263 * 10**7.5, abs=1e6)
