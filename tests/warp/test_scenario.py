"""Scenarios: when and whence the reports of a drill come."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import WEEK
from warp import taxonomy
from warp.scenario import MOST_DAYS, MOST_REPORTS, BadScenario, Scenario, read

scenarios = st.builds(
    Scenario,
    reports=st.integers(1, MOST_REPORTS),
    days=st.integers(1, MOST_DAYS),
    places=st.lists(st.sampled_from(["UY", "AR", "005", "419"]), min_size=1, max_size=5).map(tuple),
)


@given(scenarios)
def test_every_report_comes_once_by_day_from_the_home_of_its_member(scenario: Scenario) -> None:
    days = [scenario.day(WEEK, number) for number in range(scenario.days)]
    assert tuple(due.place for day in days for due in day) == scenario.homes
    assert len(scenario.homes) == scenario.reports
    for number, day in enumerate(days):
        whens = [due.when for due in day]
        assert whens == sorted(set(whens))
        opens = WEEK.start + timedelta(days=number, hours=9)
        assert all(opens <= when < opens + timedelta(hours=8) for when in whens)


@given(scenarios)
def test_days_have_as_many_reports_as_each_other_give_or_take_one(scenario: Scenario) -> None:
    sizes = {len(scenario.day(WEEK, number)) for number in range(scenario.days)}
    assert max(sizes) - min(sizes) <= 1


def test_the_built_in_scenario_spreads_sixteen_reports_of_four_countries_over_two_days() -> None:
    monday, tuesday = (Scenario().day(WEEK, number) for number in (0, 1))
    assert [due.place for due in monday] == ["UY", "AR", "BR", "CL"] * 2
    assert (monday[0].when, monday[-1].when) == (
        datetime(2026, 11, 16, 9, tzinfo=UTC),
        datetime(2026, 11, 16, 16, tzinfo=UTC),
    )
    assert len(tuesday) == 8


def test_a_file_that_says_nothing_is_the_built_in_scenario(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_bytes(b"")
    assert read(tmp_path / "empty.toml") == Scenario()


def test_no_scenario_stands_for_tests(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f'type = "{taxonomy.TEST_TYPE}"', encoding="utf-8")
    with pytest.raises(BadScenario, match="type: not an RSIT type that a test can stand for"):
        read(tmp_path / "a.toml")
