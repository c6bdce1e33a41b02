"""The regression against iterated least squares by a general solver, stopped where R's `glm` stops."""

from typing import NamedTuple

import numpy as np
import pytest

from warp import regression
from warp.regression import Design, fit

WEEKS = np.arange(60).reshape(15, 4).T.ravel()
"""The oldest first, group by group."""
TIMES = -5 + 4.5 * WEEKS / 59
GROUPS = WEEKS % 4
DESIGN = Design(TIMES, GROUPS)


class _General(NamedTuple):
    expected: float
    dispersion: float
    means: np.ndarray
    leverage: np.ndarray


def _general(counts: np.ndarray, weights: np.ndarray, *, with_trend: bool) -> _General:
    """Fit one cell as the textbook says."""
    columns = [group == GROUPS for group in range(4)] + ([TIMES] if with_trend else [])
    matrix = np.array(columns, dtype=float).T
    means = counts + 0.1
    before = np.inf
    while True:
        share = weights * means
        root = np.sqrt(share)[:, None]
        coefficients = np.linalg.lstsq(
            root * matrix, root[:, 0] * (np.log(means) + (counts - means) / means), rcond=None
        )[0]
        means = np.exp(matrix @ coefficients)
        parts = np.where(counts > 0, counts * np.log(np.maximum(counts, 1) / means), 0) - (counts - means)
        deviance = 2 * (weights * parts).sum()
        if abs(deviance - before) < 1e-8 * (deviance + 0.1):
            break
        before = deviance
    orthogonal = np.linalg.qr(root * matrix)[0]
    dispersion = (share * ((counts - means) / means) ** 2).sum() / (60 - matrix.shape[1])
    return _General(np.exp(coefficients[0]), max(1, dispersion), means, (orthogonal**2).sum(axis=1))


@pytest.mark.parametrize("with_trend", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_every_cell_is_fitted_as_by_a_general_solver(seed: int, *, with_trend: bool) -> None:
    generator = np.random.default_rng(seed)
    slopes = generator.normal(0, 0.3, 30)
    means = np.exp(generator.normal(1, 1, 30) + 0.4 * (GROUPS == 2)[:, None] + slopes * TIMES[:, None])
    counts = generator.negative_binomial(means, 0.5).astype(float)
    weights = generator.uniform(0.2, 1.5, counts.shape)
    fitted = fit(DESIGN, counts, weights, with_trend=with_trend)
    assert fitted.converged.all()
    for cell in range(30):
        general = _general(counts[:, cell], weights[:, cell], with_trend=with_trend)
        assert fitted.expected[cell] == pytest.approx(general.expected, rel=1e-7, abs=1e-7)
        assert fitted.dispersion[cell] == pytest.approx(general.dispersion, rel=1e-7)
        np.testing.assert_allclose(fitted.means[:, cell], general.means, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(fitted.leverage[:, cell], general.leverage, rtol=1e-6)


def test_one_weight_for_all_weeks_is_a_weight_for_each() -> None:
    counts = np.random.default_rng(1).poisson(5.0, (60, 10)).astype(float)
    short = fit(DESIGN, counts, np.ones((1, 10)), with_trend=True)
    long = fit(DESIGN, counts, np.ones((60, 10)), with_trend=True)
    for one, other in zip(short, long, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_a_slope_without_an_end_is_no_fit() -> None:
    # All reports in the oldest week of each group, then all in the latest.
    counts = np.zeros((60, 2))
    counts[WEEKS < 4, 0], counts[WEEKS >= 56, 1] = 9, 9
    assert not fit(DESIGN, counts, np.ones((1, 2)), with_trend=True).converged.any()
    assert fit(DESIGN, counts, np.ones((1, 2)), with_trend=False).expected == pytest.approx(9 / 15)


def test_a_fit_that_takes_too_many_steps_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.random.default_rng(3).poisson(4.0, (60, 10)).astype(float)
    assert fit(DESIGN, counts, np.ones((1, 10)), with_trend=True).converged.all()
    monkeypatch.setattr(regression, "_STEPS", 2)
    assert not fit(DESIGN, counts, np.ones((1, 10)), with_trend=True).converged.any()


def test_groups_without_reports_are_no_obstacle_to_the_others() -> None:
    counts = np.random.default_rng(2).poisson(4.0, (60, 10)).astype(float)
    counts[GROUPS == 3] = 0
    fitted = fit(DESIGN, counts, np.ones((1, 10)), with_trend=True)
    assert fitted.converged.all()
    assert (fitted.means[GROUPS == 3] < 1e-6).all()
    assert fitted.means[GROUPS == 1].mean() == pytest.approx(4, abs=0.5)
