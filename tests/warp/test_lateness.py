"""How complete a month is, against simulations that know it."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import seeded
from warp.lateness import (
    LEAST_DELAYS,
    Delay,
    Lateness,
    delay_of,
    first_quarter,
    is_incomplete,
    is_late,
    last_ended_month,
)
from warp.weeks import Week


@pytest.mark.parametrize(
    ("month", "released", "expected"),
    [
        ("2026-11", date(2026, 11, 1), "0"),
        ("2026-11", date(2026, 11, 30), "0"),
        ("2026-10", date(2026, 11, 1), "1"),
        ("2025-12", date(2026, 2, 28), "2"),
        ("2026-08", date(2026, 11, 18), "3"),
        ("2026-07", date(2026, 11, 18), "4-6"),
        ("2026-05", date(2026, 11, 18), "4-6"),
        ("2026-04", date(2026, 11, 18), "7-12"),
        ("2025-11", date(2026, 11, 18), "7-12"),
        ("2025-10", date(2026, 11, 18), "13-24"),
        ("2024-11", date(2026, 11, 18), "13-24"),
        ("2024-10", date(2026, 11, 18), "25-60"),
        ("2021-11", date(2026, 11, 18), "25-60"),
        ("2021-10", date(2026, 11, 18), "over-60"),
        ("0001-01", date(2026, 11, 18), "over-60"),
    ],
)
def test_a_delay_is_counted_in_calendar_months(month: str, released: date, expected: str) -> None:
    assert delay_of(month, released) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 18), "2025-Q1"),
        (date(2026, 1, 5), "2024-Q2"),
        (date(2026, 9, 30), "2025-Q1"),  # the Thursday of its week is in October
        (date(2026, 9, 27), "2024-Q4"),
    ],
)
def test_eight_quarters_are_pooled_the_present_one_included(day: date, expected: str) -> None:
    assert first_quarter(day) == expected


@pytest.mark.parametrize(
    ("month", "released", "expected"),
    [
        ("2026-11", date(2026, 11, 1), False),
        ("2026-09", date(2026, 11, 30), False),
        ("2026-08", date(2026, 10, 31), False),
        ("2026-08", date(2026, 11, 1), True),
        ("2025-12", date(2026, 2, 28), False),
        ("2025-12", date(2026, 3, 1), True),
        ("0001-01", date(2026, 11, 18), True),
        ("", date(2026, 11, 18), False),
    ],
)
def test_an_incident_is_old_from_the_third_month_after_its_own(
    month: str,
    released: date,
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_late(month, released) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 30), "2026-09"),
        (date(2026, 10, 31), "2026-10"),
        (date(2026, 11, 1), "2026-10"),
        (date(2026, 1, 30), "2025-12"),
        (date(2024, 2, 28), "2024-01"),
        (date(2024, 2, 29), "2024-02"),
    ],
)
def test_a_month_has_ended_when_its_last_day_has(day: date, expected: str) -> None:
    assert last_ended_month(day) == expected


HALVES = {Delay.SAME_MONTH: 50, Delay.ONE: 30, Delay.UP_TO_SIX: 15, Delay.LONGER: 5}


@pytest.mark.parametrize(
    ("month", "counted_to", "expected"),
    [
        ("2026-11", date(2026, 11, 30), 0.5),
        ("2026-11", date(2026, 11, 15), 0.125),  # half of a month: a quarter of what comes in it
        ("2026-10", date(2026, 11, 30), 0.8),
        ("2026-10", date(2026, 11, 15), 0.65),
        ("2026-09", date(2026, 11, 15), 0.8),
        ("2026-08", date(2026, 11, 30), 0.8),
        ("2026-07", date(2026, 11, 30), 0.85),
        ("2026-05", date(2026, 11, 30), 0.95),
        ("2016-05", date(2026, 11, 30), 0.95),
        ("2026-12", date(2026, 11, 30), 0.0),
    ],
)
def test_the_share_is_that_of_the_delays_that_are_over(month: str, counted_to: date, expected: float) -> None:
    assert Lateness(HALVES, counted_to).share(month) == pytest.approx(expected)


def test_of_few_delays_nothing_is_said() -> None:
    day = date(2026, 11, 30)
    assert Lateness({}, day).share("2026-01") is None
    assert Lateness({Delay.ONE: LEAST_DELAYS - 1}, day).share("2026-01") is None
    assert Lateness({Delay.ONE: LEAST_DELAYS}, day).share("2026-01") == 1.0
    assert not is_incomplete(None)


@pytest.mark.parametrize(("share", "expected"), [(0.0, True), (0.899, True), (0.9, False), (1.0, False)])
def test_a_month_is_incomplete_while_a_tenth_is_missing(share: float, expected: bool) -> None:  # noqa: FBT001
    assert is_incomplete(share) == expected


@given(
    st.dictionaries(st.sampled_from(Delay), st.integers(0, 50)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 200),
)
def test_a_month_never_loses_what_has_arrived(delays: dict[Delay, int], day: date, later: int) -> None:
    now = Lateness(delays, day).share("2022-05")
    then = Lateness(delays, day + timedelta(later)).share("2022-05")
    if sum(delays.values()) < LEAST_DELAYS:
        assert now is then is None
    else:
        assert now is not None
        assert then is not None
        assert 0 <= now <= then + 1e-12 <= 1 + 1e-9


# Against the truth


class Incident(NamedTuple):
    """What only a simulation knows in advance."""

    month: str
    released: date
    quarter: str
    delay: Delay


START, DAYS = date(2012, 1, 1), 13 * 365
MOMENTS = [date(2023, month, day) for month, day in zip(range(1, 13), (1, 10, 20, 28) * 3, strict=True)]
MONTHS_AGO = (0, 1, 2, 3, 6, 12, 24)


def simulated(random: Random, delay_days: Callable[[Random], float], growth: float) -> Iterator[Incident]:
    """Let about ten incidents a day happen in the end, the number growing by a factor a year."""
    for day in range(DAYS):
        expected = 10 * growth ** ((day - DAYS) / 365)
        happened = START + timedelta(day)
        month = f"{happened:%Y-%m}"
        for _ in range(int(expected) + (random.random() < expected % 1)):
            released = happened + timedelta(int(delay_days(random)))
            yield Incident(month, released, Week.of(released).quarter, delay_of(month, released))


def mean_errors(incidents: list[Incident]) -> dict[int, float]:
    """Give estimate less truth for months so many months ago, in the mean of all moments."""
    happened, found = Counter(each.month for each in incidents), dict.fromkeys(MONTHS_AGO, 0.0)
    for moment in MOMENTS:
        released = [each for each in incidents if each.released <= moment]
        arrived = Counter(each.month for each in released)
        pooled = Counter(each.delay for each in released if each.quarter >= first_quarter(moment))
        for months_ago in MONTHS_AGO:
            number = moment.year * 12 + moment.month - 1 - months_ago
            month = f"{number // 12}-{number % 12 + 1:02d}"
            estimate = Lateness(pooled, moment).share(month)
            assert estimate is not None
            found[months_ago] += estimate - arrived[month] / happened[month]
    return {months_ago: error / len(MOMENTS) for months_ago, error in found.items()}


DELAYS: dict[str, Callable[[Random], float]] = {
    "days": lambda random: random.expovariate(1 / 4),
    "weeks": lambda random: random.expovariate(1 / 40),
    "a month, and years for some": lambda random: 30 * min(random.paretovariate(0.9) - 1, 100),
}


@pytest.mark.parametrize("delays", DELAYS)
def test_while_delays_and_incidents_stay_as_they_are_the_share_is_the_true_one_or_less(delays: str) -> None:
    errors = mean_errors(list(simulated(seeded(20261118), DELAYS[delays], growth=1)))
    assert max(errors.values()) < 0.02
    # The month that has just begun is what is known least of.
    assert errors.pop(0) > -0.12
    assert min(errors.values()) > -0.05


def test_where_incidents_double_each_year_and_come_late_the_share_is_too_high_by_a_tenth() -> None:
    late = DELAYS["a month, and years for some"]
    errors = mean_errors(list(simulated(seeded(20261118), late, growth=2)))
    assert 0.05 < max(errors.values()) < 0.12
