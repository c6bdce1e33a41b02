"""The look at a month's end says what coordinators should look at, and no more than is known."""

from collections import Counter
from datetime import date

import pytest

from warp import monthly, places, taxonomy
from warp.lateness import Delay, Lateness
from warp.monthly import look
from warp.signal import Kind, Level, Signal
from warp.tally import Occurrence

END = date(2026, 10, 31)
BEGUN = date(2024, 1, 9)
DELAYS = {Delay.SAME_MONTH: 50, Delay.ONE: 30, Delay.TWO: 10, Delay.UP_TO_SIX: 10}
SHARES = {"2026-10": 0.5, "2026-09": 0.8, "2026-08": 0.9}

Known = Counter[Occurrence]


def _known(
    usual: int = 20, *, first: str = "2024-02", shares: dict[str, float] = SHARES, area: str = "419"
) -> Known:
    """Give months of two classes in three areas, as far as they have been reported."""
    months = [f"{year}-{month:02}" for year in range(2015, 2027) for month in range(1, 13)]
    known = Counter()
    for month in months:
        if first <= month <= max(shares):
            for of_class in ("fraud", "availability"):
                for place in (area, "150", "154"):
                    known[Occurrence(month, of_class, place)] = round(usual * shares.get(month, 1.0))
    return known


def _look(
    known: Known, *, delays: dict[Delay, int] = DELAYS, end: date = END, begun: date = BEGUN
) -> list[Signal]:
    return look(known.items(), Lateness(delays, end), begun, 0.5)


def test_a_month_as_usual_says_nothing_although_half_of_it_is_missing() -> None:
    assert _look(_known()) == []


def test_more_incidents_than_chance_explains_are_a_signal_with_all_that_explains_it() -> None:
    known = _known()
    known[Occurrence("2026-10", "fraud", "419")] = 30
    [found] = _look(known)
    assert (found.week, found.day) == ("2026-10", END)
    assert (found.kind, found.level, found.method) == (Kind.OCCURRENCE, Level.AREA, "occurrence")
    assert (found.type, found.place) == ("fraud", "419")
    assert found.observed == 30
    assert found.expected == pytest.approx(10, rel=0.15)
    assert found.low < found.expected < found.high < found.bound <= 30
    assert found.p_value is not None
    assert found.p_value < 1e-3
    assert found.q_value is not None
    assert 0 < found.q_value <= 0.5
    assert found.once_in_weeks is not None
    assert found.once_in_weeks >= 365 / 12 / 7 / 0.5
    assert found.history_weeks == 30 * 52 // 12
    assert 0 < found.borrowed < 0.5
    assert found.elapsed == 0.5
    assert found.parameters == {"budget": 0.5, "delays": 100}
    assert [point.week for point in found.points] == [f"2025-{n}" for n in (11, 12)] + [
        f"2026-{n:02}" for n in range(1, 11)
    ]
    assert (found.points[-1].observed, found.points[-1].expected) == (found.observed, found.expected)
    assert "30 reports so far tell of Fraud in Latin America and the Caribbean in 2026-10, where" in found.why
    assert "about 50% of a month's reports" in found.why
    assert found.why.endswith("weeks.")


def test_no_signal_says_that_any_member_stands_behind_it() -> None:
    """One member alone may have sent all of them, so that none may become a warning by machine."""
    known = _known()
    for month in SHARES:
        known[Occurrence(month, "fraud", "419")] = 90
    found = _look(known)
    assert {signal.week for signal in found} == set(SHARES)
    assert {signal.members for signal in found} == {0}


@pytest.mark.parametrize(("month", "found"), [("2026-10", 1), ("2026-09", 1), ("2026-08", 1), ("2026-07", 0)])
def test_a_month_is_looked_at_at_its_end_and_those_of_the_next_two(month: str, found: int) -> None:
    known = _known()
    known[Occurrence(month, "fraud", "419")] += 30
    assert [signal.week for signal in _look(known)] == [month] * found


def test_a_look_that_is_made_up_for_later_is_at_the_months_that_have_ended() -> None:
    known = _known()
    known[Occurrence("2026-10", "fraud", "419")] += 30
    known[Occurrence("2026-11", "fraud", "419")] += 900
    [found] = _look(known, end=date(2026, 11, 29))
    assert (found.week, found.day) == ("2026-10", date(2026, 11, 29))
    assert found.elapsed == pytest.approx(0.5 + 0.3 * 29 / 30)


def test_the_most_unusual_comes_first() -> None:
    known = _known()
    known[Occurrence("2026-10", "fraud", "419")] += 20
    known[Occurrence("2026-10", "availability", "154")] += 60
    found = _look(known)
    assert [signal.type for signal in found] == ["availability", "fraud"]
    assert sorted(signal.p_value or 1 for signal in found) == [signal.p_value for signal in found]


def test_a_batch_of_old_incidents_is_no_rise() -> None:
    """A hundred incidents of the last seven years, entered in October in one go."""
    known, delays = _known(), Counter(DELAYS)
    for year in range(2019, 2026):
        for month in (1, 4, 7, 10):
            known[Occurrence(f"{year}-{month:02}", "fraud", "419")] += 4
    delays += Counter({Delay.UP_TO_TWO_YEARS: 24, Delay.UP_TO_FIVE_YEARS: 48, Delay.LONGER: 40})
    assert _look(known, delays=dict(delays)) == []


def test_while_too_little_is_known_of_delays_nothing_is_said() -> None:
    known = _known()
    known[Occurrence("2026-10", "fraud", "419")] = 300
    assert _look(known, delays={Delay.SAME_MONTH: 19}) == []
    assert _look(known, delays={}) == []


@pytest.mark.parametrize(
    ("begun", "signals"),
    [(date(2026, 1, 1), 1), (date(2026, 1, 31), 1), (date(2026, 2, 1), 0), (date(2026, 11, 1), 0)],
)
def test_a_site_judges_once_it_has_six_whole_months_before_the_judged_ones(begun: date, signals: int) -> None:
    known = _known()
    known[Occurrence("2026-10", "fraud", "419")] = 90
    assert len(_look(known, begun=begun)) == signals


def test_a_site_without_reports_says_nothing() -> None:
    assert _look(Counter()) == []


def test_months_from_before_the_site_began_are_no_history() -> None:
    """Only what came late was ever counted of them."""
    early = _known(first="2015-01")
    for occurrence in early:
        if occurrence.month <= "2024-01":
            early[occurrence] = 1
    assert _look(early) == _look(_known()) == []
    early[Occurrence("2026-10", "fraud", "419")] = 30
    assert _look(early)[0].history_weeks == 30 * 52 // 12


@pytest.mark.parametrize("area", ["", "019", places.WORLD])
def test_what_is_wider_than_a_sub_region_is_judged_as_a_place_that_is_not_known(area: str) -> None:
    known = _known(area=area)
    known[Occurrence("2026-10", "fraud", area)] = 40
    [found] = _look(known)
    assert found.place == ""
    assert "in no known sub-region" in found.why


def test_reports_without_a_month_and_of_months_to_come_are_left_out() -> None:
    known = _known()
    for month in ("", "2026-11", "0001-01", "1999-12"):
        known[Occurrence(month, "fraud", "419")] = 5000
    assert _look(known) == []


def test_every_class_that_is_counted_is_judged() -> None:
    for of_class in {taxonomy.class_of(code) for code in taxonomy.TYPES if code != taxonomy.TEST_TYPE}:
        known = _known()
        known[Occurrence("2026-10", of_class, "035")] = 40
        assert [(signal.type, signal.place) for signal in _look(known)] == [(of_class, "035")]
    assert taxonomy.class_of(taxonomy.TEST_TYPE) not in monthly.CLASSES


def test_what_no_model_can_tell_is_said_to_be_as_seldom_as_it_can() -> None:
    known = _known()
    known[Occurrence("2026-10", "fraud", "419")] = 10**12
    [found] = [signal for signal in _look(known) if signal.week == "2026-10"]
    assert found.once_in_weeks == pytest.approx(365.2425 / 12 / 7 / 1e-4)
    assert "once in 43481 weeks" in found.why
