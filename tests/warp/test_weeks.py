"""Weeks are ISO weeks in UTC, and a week belongs to the quarter of its Thursday."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp.weeks import Week

days = st.dates(date(1970, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 29), "2024-W52"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2021, 1, 3), "2020-W53"),
        (date(2026, 11, 18), "2026-W47"),
    ],
)
def test_a_day_at_the_end_of_a_year_may_lie_in_a_week_of_the_other_year(day: date, written: str) -> None:
    assert str(Week.of(day)) == written


def test_the_week_after_the_last_is_the_first_of_the_next_year() -> None:
    assert Week(2026, 53).plus(1) == Week(2027, 1)
    assert Week(2025, 52).plus(1) == Week(2026, 1)
    assert Week(2027, 1).plus(-1) == Week(2026, 53)
    assert Week(2026, 47).plus(0) == Week(2026, 47)


def test_a_week_runs_from_monday_to_sunday_and_ends_where_the_next_starts() -> None:
    week = Week(2026, 53)
    assert (week.monday, week.sunday) == (date(2026, 12, 28), date(2027, 1, 3))
    assert week.start == datetime(2026, 12, 28, tzinfo=UTC)
    assert week.end == datetime(2027, 1, 4, tzinfo=UTC) == Week(2027, 1).start


def test_the_week_of_a_moment_is_that_of_its_utc_day() -> None:
    east = timezone(timedelta(hours=5))
    assert Week.of(datetime(2026, 11, 23, 4, 59, tzinfo=east)) == Week(2026, 47)
    assert Week.of(datetime(2026, 11, 23, 5, 0, tzinfo=east)) == Week(2026, 48)


@pytest.mark.parametrize(
    ("week", "quarter"),
    [
        ("2026-W01", "2026-Q1"),  # begins on 29 December 2025
        ("2025-W01", "2025-Q1"),  # begins on 30 December 2024
        ("2026-W13", "2026-Q1"),  # Thursday 26 March
        ("2026-W14", "2026-Q2"),  # begins in March; Thursday 2 April
        ("2025-W40", "2025-Q4"),  # begins in September; Thursday 2 October
        ("2026-W27", "2026-Q3"),  # Thursday 2 July
        ("2026-W53", "2026-Q4"),  # Thursday 31 December
        ("2020-W53", "2020-Q4"),
    ],
)
def test_a_week_belongs_to_the_quarter_of_its_thursday(week: str, quarter: str) -> None:
    assert Week.parse(week).quarter == quarter


@given(days)
def test_a_week_reads_back_as_it_is_written(day: date) -> None:
    week = Week.of(day)
    assert Week.parse(str(week)) == week
    assert week.monday <= day <= week.sunday


@given(days, days)
def test_weeks_are_ordered_as_their_days_are(one: date, other: date) -> None:
    assert (Week.of(one) < Week.of(other)) == (Week.of(one).monday < Week.of(other).monday)
    assert (Week.of(one) == Week.of(other)) == (Week.of(one).monday == Week.of(other).monday)


@given(days, st.integers(-1000, 1000))
def test_so_many_weeks_later_is_seven_times_as_many_days(day: date, weeks: int) -> None:
    assert Week.of(day).plus(weeks).monday == Week.of(day).monday + timedelta(days=7 * weeks)


@given(days)
def test_a_quarter_is_whole_weeks_whose_thursdays_lie_in_it(day: date) -> None:
    thursday = Week.of(day).monday + timedelta(days=3)
    year, _, number = Week.of(day).quarter.partition("-Q")
    assert int(year) == thursday.year
    assert 3 * int(number) - 2 <= thursday.month <= 3 * int(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-47",
        "2026-W4",
        "2026-w47",
        "2026W47",
        "2026-W047",
        " 2026-W47",
        "2026-W47\n",
        "2026-W00",
        "2026-W54",
        "2025-W53",  # 2025 has 52 weeks
        "0000-W01",
        "-026-W47",
        "٢٠٢٦-W٤٧",  # other digits: one week has one spelling
    ],
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)week|year"):
        Week.parse(text)
