"""Detection says when it no longer fits, and says nothing of chance and of a few events."""

import pytest

from warp import calibration
from warp.counting import Check
from warp.signal import Level


def checks(observed: int, expected: float, weeks: int = 52, level: Level = Level.CELL) -> list[Check]:
    return [
        Check(week=f"2026-W{week:02}", level=level, observed=observed, expected=expected, variance=expected)
        for week in range(1, weeks + 1)
    ]


@pytest.mark.parametrize(
    ("observed", "expected", "drifts"),
    [
        (8, 8.0, False),
        (15, 8.0, False),
        (17, 8.0, True),
        (4, 8.0, False),
        (3, 8.0, True),
        (0, 0.05, False),  # 2.6 expected: too few to say
        (1, 0.2, True),
        (0, 0.0, False),
    ],
)
def test_what_is_far_from_what_was_expected_drifts(observed: int, expected: float, drifts: bool) -> None:  # noqa: FBT001
    [found] = calibration.of(checks(observed, expected))
    assert (found.observed, found.weeks, found.drifts) == (52 * observed, 52, drifts)
    assert found.expected == pytest.approx(52 * expected, abs=0.1)


def test_in_one_week_chance_explains_more_than_in_a_year() -> None:
    [week] = calibration.of(checks(14, 6.0, weeks=1))
    [year] = calibration.of(checks(14, 6.0))
    assert 14 - 6 < 3 * 6**0.5 * 1.1
    assert (week.drifts, year.drifts) == (True, True)
    [week] = calibration.of(checks(13, 6.0, weeks=1))
    assert not week.drifts


def test_levels_are_told_apart_from_fine_to_wide() -> None:
    found = calibration.of(
        [*checks(9, 8.0, level=Level.TYPE), *checks(1, 9.0), *checks(2, 2.0, level=Level.AREA)]
    )
    assert [each.level for each in found] == [Level.CELL, Level.AREA, Level.TYPE]
    assert [each.drifts for each in found] == [True, False, False]


def test_without_checks_there_is_nothing_to_say() -> None:
    assert calibration.of([]) == []
