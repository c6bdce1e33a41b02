"""EARS by hand, by the bounds that R gives, and on counts that no formula was made for."""

import csv
from itertools import product
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from warp import ears
from warp.judged import Judged

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "detection"
AS_R = {"limit": NormalDist().inv_cdf(0.999), "smallest_deviation": 0}
DETECTORS = {"c1": (ears.c1, 7), "c2": (ears.c2, 9), "c3": (ears.c3, 11)}
"""With the weeks that each needs before the judged one."""

# Mean 10/7 = 1.4286; squared deviations sum to 40/7, over 6 gives 20/21, so the deviation is 0.9759.
UNEVEN = [1, 2, 0, 1, 3, 2, 1]
MEAN, DEVIATION = 10 / 7, (20 / 21) ** 0.5


def _rows(name: str) -> list[list[str]]:
    with (VECTORS / name).open(newline="") as file:
        return list(csv.reader(file))


def _series(*weeks: int) -> np.ndarray:
    return np.array(weeks)[:, None]


def test_c1_looks_at_the_seven_weeks_just_before() -> None:
    judged = ears.c1(_series(99, *UNEVEN, 5))
    assert judged.bound == pytest.approx(MEAN + 3 * DEVIATION)
    assert judged.p == pytest.approx(NormalDist().cdf((MEAN - 5) / DEVIATION))
    assert (judged.expected, judged.deviation) == (pytest.approx(MEAN), pytest.approx(DEVIATION))
    assert judged.history == 7


def test_c2_leaves_out_the_two_weeks_before_the_judged_one() -> None:
    judged = ears.c2(_series(99, *UNEVEN, 50, 50, 5))
    assert judged.bound == pytest.approx(MEAN + 3 * DEVIATION)
    assert judged.p == pytest.approx(NormalDist().cdf((MEAN - 5) / DEVIATION))


def test_c3_adds_what_c2_found_in_the_two_weeks_before() -> None:
    # Baselines of nothing, so that the deviation is 0.9. C2 is 0, 2/0.9 and 2/0.9; less one, 0, 1.222, 1.222.
    judged = ears.c3(_series(*[0] * 11, 2, 2))
    assert judged.p == pytest.approx(NormalDist().cdf(-(1 + 2 * (2 / 0.9 - 1))))
    # The week before leaves 2 - 1.222 to reach.
    assert judged.bound == pytest.approx((1 + 2 - (2 / 0.9 - 1)) * 0.9)
    assert judged.bound < 2 < ears.c2(_series(*[0] * 11, 2, 2)).bound


def test_c3_is_c2_where_the_weeks_before_were_calm() -> None:
    weeks = _series(*UNEVEN, *UNEVEN, 1, 1, 5)
    for three, two in zip(ears.c3(weeks), ears.c2(weeks), strict=True):
        assert three == pytest.approx(two)


def test_c3_needs_no_further_report_where_the_weeks_before_suffice() -> None:
    judged = ears.c3(_series(*[0] * 11, 3, 3, 0))
    assert judged.bound == -1
    assert judged.p < NormalDist().cdf(-3)
    assert ears.c3(_series(*[0] * 11, 2, 0, 0)).bound > 0


@given(st.lists(st.integers(0, 30), min_size=14, max_size=14), st.integers(0, 1000))
def test_c3_alarms_by_the_definition(before: list[int], now: int) -> None:
    weeks = np.array([*before, now], dtype=float)
    total = 0.0
    for last in range(len(weeks) - 3, len(weeks)):
        baseline = weeks[last - 9 : last - 2]
        total += max(0, (weeks[last] - baseline.mean()) / max(baseline.std(ddof=1), 0.9) - 1)
    if abs(total - 2) > 1e-9:
        assert (now > ears.c3(_series(*before, now)).bound) == (total > 2)


@pytest.mark.parametrize("name", DETECTORS)
@given(st.lists(st.integers(0, 30), min_size=14, max_size=14), st.integers(0, 1000), st.integers(0, 1000))
def test_the_judged_week_moves_no_bound_and_more_reports_are_never_less_unusual(
    name: str, before: list[int], one: int, other: int
) -> None:
    detector, _ = DETECTORS[name]
    less, more = (detector(_series(*before, now)) for now in sorted((one, other)))
    assert less.bound == more.bound
    assert more.p <= less.p


@pytest.mark.parametrize("name", ["c1", "c2"])
def test_r_has_the_same_bounds_and_alarms(name: str) -> None:
    detector, _ = DETECTORS[name]
    series = np.array(_rows("series.csv"), dtype=np.int64).T
    expected = np.array(_rows(f"{name}.csv")).T
    first = len(series) - len(expected)
    for week, answers in enumerate(expected, first):
        judged = detector(series[: week + 1], **AS_R)
        bounds = np.char.rstrip(answers, "*").astype(float)
        np.testing.assert_allclose(judged.bound, bounds, rtol=5.1e-8)
        assert ((series[week] > judged.bound) == np.char.endswith(answers, "*")).all()


@pytest.mark.parametrize("name", DETECTORS)
def test_nothing_is_judged_by_one_week_too_few(name: str) -> None:
    detector, needed = DETECTORS[name]
    counts = np.full((needed, 2, 3), 9)
    counts[-1] = 1000
    judged = detector(counts)
    assert (judged.p == 1).all()
    assert (judged.bound == np.inf).all()
    assert (judged.expected == 0).all()
    assert (judged.deviation == 0).all()
    assert judged.history == 0
    judged = detector(np.concatenate([counts[:1], counts]))
    assert (judged.p < 1e-9).all()
    assert judged.history == 7


@pytest.mark.parametrize("name", DETECTORS)
def test_without_a_week_nothing_is_judged(name: str) -> None:
    detector, _ = DETECTORS[name]
    assert detector(np.zeros((0, 4), dtype=int)).p.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("name", DETECTORS)
def test_a_history_without_reports_alarms_at_three(name: str) -> None:
    detector, needed = DETECTORS[name]
    bound = detector(np.zeros((needed + 1, 1), dtype=int)).bound
    assert 2 < bound < 3


@pytest.mark.parametrize("name", DETECTORS)
def test_without_a_smallest_deviation_anything_above_a_constant_is_infinitely_unusual(name: str) -> None:
    detector, needed = DETECTORS[name]
    counts = np.full((needed + 1, 3), 4)
    counts[-1] = 3, 4, 5
    judged = detector(counts, smallest_deviation=0)
    assert judged.p.tolist() == [1 - 2**-53, 0.5, 1e-300]
    assert judged.bound.tolist() == [4, 4, 4]


@pytest.mark.parametrize(("name", "smallest"), list(product(DETECTORS, (0, 0.9))))
@given(
    counts=arrays.arrays(
        np.int64,
        arrays.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=14),
        elements=st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 2**62)),
    )
)
def test_any_counts_have_a_defined_result(name: str, smallest: float, counts: np.ndarray) -> None:
    detector, _ = DETECTORS[name]
    check_defined(detector(counts, smallest_deviation=smallest), counts)


def check_defined(judged: Judged, counts: np.ndarray) -> None:
    arrays_given = (judged.bound, judged.p, judged.expected, judged.deviation)
    assert all(each.shape == counts.shape[1:] for each in arrays_given)
    assert not any(np.isnan(each).any() for each in arrays_given)
    assert (judged.p > 0).all()
    assert ((judged.p < 1) == (judged.history > 0)).all()
    assert np.isfinite(judged.expected).all()
    assert np.isfinite(judged.deviation).all()
    assert np.isfinite(judged.bound).all() == (judged.history > 0 or not judged.bound.size)
