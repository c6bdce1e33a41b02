"""Detection: any method by its name, a budget that is kept, and a serving process that stays small."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import get_args

import msgspec
import numpy as np
import pytest

from tests.tables_of_counts import LAST, PHISHING, counts
from warp import detection, ears, farrington
from warp.counting import Threshold, pack
from warp.detection import bounds, judge, p_values
from warp.judged import Judged


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


def test_the_last_day_must_lie_in_the_last_week() -> None:
    for day in (LAST.monday - timedelta(days=1), LAST.sunday + timedelta(days=1)):
        with pytest.raises(ValueError, match="the last day must lie in the last week"):
            judge(counts({(PHISHING, "UY"): [0] * 10}, day=day), [{}])


def test_reports_of_a_week_that_is_not_there_are_refused() -> None:
    found = counts({(PHISHING, "UY"): [0] * 10})
    wrong = msgspec.structs.replace(found, cells={(PHISHING, "UY"): pack([(10, 3)])})
    with pytest.raises(IndexError):
        judge(wrong, [{}])
