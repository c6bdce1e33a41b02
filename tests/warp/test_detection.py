"""EARS C2 by examples worked out by hand, two members at least, and the coordinators' thresholds."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import NormalDist
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp import detection, ears, farrington
from warp.detection import Counts, Signal, Threshold, bounds, judge, p_values
from warp.judged import Judged
from warp.tally import FirstTokens
from warp.weeks import Week

WEEK = Week(2026, 47)
NOW = datetime(2026, 11, 19, tzinfo=UTC)
CELL = ("fraud/phishing", "UY")


def _counts(cells: dict[tuple[str, str], list[int]]) -> Counts:
    length = max(map(len, cells.values()), default=1)
    weeks = tuple(WEEK.plus(i - length + 1) for i in range(length))
    return Counts(weeks, {cell: tuple(series) for cell, series in cells.items()})


def _judged(series: list[int], distinct: int = 2, thresholds: tuple[Threshold, ...] = ()) -> list[Signal]:
    return judge(_counts({CELL: series}), {CELL: {WEEK: distinct}}, NOW, thresholds)


# Mean 10/7 = 1.4286; squared deviations sum to 40/7, over 6 gives 20/21, so the deviation is 0.9759.
# The bound is 1.4286 + 3 × 0.9759 = 4.356.
UNEVEN = [1, 2, 0, 1, 3, 2, 1]


def test_c2_alarms_above_three_deviations_over_the_mean_of_seven_weeks() -> None:
    assert _judged([*UNEVEN, 0, 0, 4]) == []
    [signal] = _judged([*UNEVEN, 0, 0, 5])
    assert (signal.week, signal.type, signal.place) == ("2026-W47", "fraud/phishing", "UY")
    assert (signal.observed, signal.expected, signal.bound) == (5, 1.429, 4.356)
    assert signal.p_value == pytest.approx(1 - NormalDist().cdf(3.6596), rel=1e-3)
    assert (signal.method, signal.members, signal.history_weeks) == ("ears-c2", 2, 7)


def test_c2_leaves_out_the_two_weeks_before_the_judged_one() -> None:
    assert _judged([*UNEVEN, 50, 50, 5])[0].bound == _judged([*UNEVEN, 0, 0, 5])[0].bound


def test_c2_looks_no_further_back_than_nine_weeks() -> None:
    assert _judged([100, 100, *UNEVEN, 0, 0, 5])[0].bound == _judged([*UNEVEN, 0, 0, 5])[0].bound


def test_a_history_without_variation_takes_the_smallest_deviation() -> None:
    # Mean 4, deviation 0, taken as 0.9: the bound is 6.7.
    assert _judged([4] * 9 + [6]) == []
    [signal] = _judged([4] * 9 + [7])
    assert (signal.expected, signal.bound) == (4.0, 6.7)


def test_three_reports_alarm_on_an_empty_history_and_two_do_not() -> None:
    assert _judged([0] * 9 + [2]) == []
    [signal] = _judged([0] * 9 + [3])
    assert (signal.observed, signal.expected, signal.bound) == (3, 0.0, 2.7)


def test_one_member_alone_raises_no_signal_however_many_reports_it_makes() -> None:
    assert _judged([0] * 9 + [25], distinct=1) == []
    assert _judged([0] * 9 + [25], distinct=0) == []
    assert len(_judged([0] * 9 + [25], distinct=2)) == 1


def test_members_of_another_cell_do_not_count_for_this_one() -> None:
    counts = _counts({CELL: [0] * 9 + [5]})
    assert judge(counts, {CELL: {WEEK: 1}, ("fraud/phishing", "AR"): {WEEK: 5}}, NOW) == []


def test_one_member_who_is_first_in_two_token_weeks_is_still_one() -> None:
    assert judge(_counts({CELL: [0] * 9 + [5]}), {CELL: {WEEK: 1, WEEK.plus(-1): 1}}, NOW) == []


@pytest.mark.parametrize("before", range(9))
def test_a_history_of_less_than_nine_weeks_is_not_judged(before: int) -> None:
    assert _judged([0] * before + [30]) == []


def test_a_quiet_week_is_no_signal() -> None:
    assert _judged([5] * 9 + [0]) == []
    assert judge(_counts({}), {}, NOW) == []


@given(st.lists(st.integers(0, 30), min_size=9, max_size=9), st.integers(0, 200))
def test_a_count_is_a_signal_exactly_from_its_bound_on(history: list[int], observed: int) -> None:
    mean = sum(history[:7]) / 7
    spread = (sum((n - mean) ** 2 for n in history[:7]) / 6) ** 0.5
    over = observed - (mean + 3 * max(spread, 0.9))
    if abs(over) > 1e-6:  # at equality rounding decides
        assert bool(_judged([*history, observed])) == (over > 0)


@given(st.lists(st.integers(0, 30), min_size=10, max_size=10))
def test_one_more_report_never_silences_a_signal(series: list[int]) -> None:
    if _judged(series):
        assert _judged([*series[:-1], series[-1] + 1])


def test_cells_are_judged_apart_and_signals_are_sorted() -> None:
    cells = {("fraud/phishing", "UY"): [0] * 9 + [3], ("availability/ddos", "AR"): [0] * 9 + [3]}
    cells[("fraud/phishing", "BR")] = [0] * 9 + [2]
    found = judge(_counts(cells), {cell: {WEEK: 2} for cell in cells}, NOW)
    assert [(signal.type, signal.place) for signal in found] == [
        ("availability/ddos", "AR"),
        ("fraud/phishing", "UY"),
    ]


def test_the_last_week_must_be_the_open_one() -> None:
    counts = _counts({CELL: [0] * 9 + [3]})
    for wrong in (datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 15, tzinfo=UTC)):
        with pytest.raises(ValueError, match="open one"):
            judge(counts, {}, wrong)
    with pytest.raises(ValueError, match="open one"):
        judge(Counts((), {}), {}, NOW)


def test_the_release_of_monday_midnight_judges_the_week_that_has_just_ended() -> None:
    counts, first_tokens = _counts({CELL: [0] * 9 + [3]}), {CELL: {WEEK: 2}}
    assert len(judge(counts, first_tokens, datetime(2026, 11, 23, tzinfo=UTC))) == 1
    with pytest.raises(ValueError, match="open one"):
        judge(counts, first_tokens, datetime(2026, 11, 23, 0, 0, 0, 1, tzinfo=UTC))


SPREAD = {
    ("fraud/phishing", "UY"): [1, 2],
    ("fraud/masquerade", "AR"): [0, 2],
    ("availability/ddos", "UY"): [3, 2],
    ("fraud/phishing", "FR"): [0, 1],
    ("fraud/phishing", ""): [0, 1],
}


@pytest.mark.parametrize(
    ("of_type", "place", "observed", "expected"),
    [
        ("fraud/phishing", "UY", 2, 1.0),
        ("fraud/phishing", "", 4, 1.0),
        ("fraud", "", 6, 1.0),
        ("fraud", "005", 4, 1.0),
        ("fraud", "419", 4, 1.0),
        ("", "UY", 4, 4.0),
        ("", "019", 6, 4.0),
        ("", "150", 1, 0.0),
        ("", "", 8, 4.0),
        ("", "001", 8, 4.0),
    ],
)
def test_a_threshold_counts_all_cells_below_it(
    of_type: str, place: str, observed: int, expected: float
) -> None:
    first_tokens: FirstTokens = {cell: {WEEK: 2} for cell in SPREAD}
    counts = _counts(SPREAD)
    rule = Threshold(type=of_type, place=place, reports=observed)
    [signal] = judge(counts, first_tokens, NOW, [rule])
    assert (signal.type, signal.place, signal.method) == (of_type, place or "001", "threshold")
    assert (signal.observed, signal.expected, signal.bound) == (observed, expected, float(observed))
    assert (signal.p_value, signal.history_weeks) == (None, 1)
    higher = Threshold(type=of_type, place=place, reports=observed + 1)
    assert judge(counts, first_tokens, NOW, [higher]) == []


def test_a_threshold_holds_without_any_history() -> None:
    [signal] = _judged([3], thresholds=(Threshold(type="fraud", reports=3),))
    assert (signal.expected, signal.history_weeks) == (0.0, 0)


def test_a_threshold_needs_two_members_too() -> None:
    rule = Threshold(type="fraud/phishing", reports=1)
    assert _judged([30], distinct=1, thresholds=(rule,)) == []
    assert len(_judged([30], distinct=2, thresholds=(rule,))) == 1


def test_a_cell_has_one_signal_and_c2_explains_it_better_than_a_threshold() -> None:
    rules = (
        Threshold(type="fraud/phishing", place="UY", reports=3),
        Threshold(type="fraud/phishing", place="UY", reports=5),
    )
    assert [signal.method for signal in _judged([0] * 9 + [6], thresholds=rules)] == ["ears-c2"]
    assert [signal.method for signal in _judged([9] * 9 + [6], thresholds=rules)] == ["threshold"]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"type": "phishing", "reports": 3}, "type"),
        ({"type": "fraud/", "reports": 3}, "type"),
        ({"place": "uy", "reports": 3}, "place"),
        ({"place": "858", "reports": 3}, "place"),
        ({"reports": 0}, "reports"),
        ({"reports": -1}, "reports"),
    ],
)
def test_a_threshold_of_nothing_known_is_refused(settings: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=f"threshold: {named}"):
        Threshold(**settings)  # type: ignore[arg-type]


# Whole tables, by any detector


@pytest.mark.parametrize(
    ("method", "detector"),
    [("ears-c1", ears.c1), ("ears-c2", ears.c2), ("ears-c3", ears.c3), ("farrington", farrington.judge)],
)
def test_a_table_is_judged_by_the_detector_that_was_named(
    method: detection.Method, detector: Callable[[np.ndarray], Judged]
) -> None:
    counts = np.random.default_rng(3).poisson(2.0, (300, 4, 5))
    assert p_values(counts, method).tolist() == detector(counts).p.tolist()
    assert p_values(counts, method).shape == (4, 5)


@pytest.mark.parametrize("method", get_args(detection.Method))
def test_whole_numbers_of_any_width_are_judged_alike(method: detection.Method) -> None:
    counts = np.random.default_rng(4).poisson(2.0, (300, 9))
    expected = p_values(counts, method).tolist()
    for width in (np.int8, np.uint8, np.int16, np.int32, np.uint64):
        assert p_values(counts.astype(width), method).tolist() == expected


def test_every_method_is_known() -> None:
    for method in get_args(detection.Method):
        assert p_values(np.ones((3, 2), dtype=int), method).tolist() == [1, 1]
        assert bounds(np.ones((3, 2), dtype=int), method).tolist() == [np.inf, np.inf]


@pytest.mark.parametrize("call", [p_values, bounds])
def test_an_unknown_method_is_refused_by_naming_the_known_ones(call: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="ears-c1, ears-c2, ears-c3, farrington"):
        call(np.ones((300, 1), dtype=int), "cusum")


@pytest.mark.parametrize("method", get_args(detection.Method))
def test_bounds_have_no_floor(method: detection.Method) -> None:
    assert bounds(np.zeros((300, 2), dtype=int), method).tolist() == [0, 0]


def test_the_serving_process_imports_neither_numpy_nor_scipy() -> None:
    code = "import sys, warp.app, warp.cli.main; sys.exit(bool({'numpy', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-W", "error", "-c", code]).returncode == 0
