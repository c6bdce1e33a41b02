"""Judging: one event is one signal, one member is none, and what is old is no alarm."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tables_of_counts import (
    DDOS,
    INFECTED,
    LAST,
    PHISHING,
    Cell,
    counts,
    day_of,
    each_another_member,
    quiet,
    with_more,
)
from warp import detection, places, taxonomy
from warp.counting import Counts, Judgement, Threshold
from warp.signal import Kind, Level, Signal
from warp.tally import FirstTokens

CAMPAIGN = {(PHISHING, place): {-1: 3} for place in ("AR", "CL", "PY", "UY")}
Cells = Mapping[Cell, Sequence[int]]


def judged(
    cells: Cells, late: Cells | None = None, budget: float = 0.1, day: date = LAST.sunday
) -> Judgement:
    return detection.judge(counts(cells, late, day=day), each_another_member(cells), (), budget)


def signals(cells: Cells, late: Cells | None = None, budget: float = 0.1) -> list[Signal]:
    return list(judged(cells, late, budget).signals)


def test_a_quiet_week_is_no_signal() -> None:
    assert signals(quiet(60)) == []


def test_a_campaign_over_countries_of_one_sub_region_is_one_signal_of_that_sub_region() -> None:
    [signal] = signals(with_more(quiet(60), CAMPAIGN))
    assert (signal.kind, signal.level, signal.type, signal.place) == (
        Kind.RISE,
        Level.AREA,
        PHISHING,
        "419",
    )
    assert signal.observed >= 12 > signal.bound > signal.high >= signal.expected
    assert {part.place for part in signal.parts} == {"AR", "CL", "PY", "UY"}
    assert signal.members >= 12
    assert signal.week == str(LAST)
    assert signal.why.startswith("1")
    assert signal.points[-1].observed >= 12
    assert signal.points[-1].week == str(LAST)


def test_a_rise_of_one_country_is_a_signal_of_that_country() -> None:
    [signal] = signals(with_more(quiet(60), {(DDOS, "MX"): {-1: 8}}))
    assert (signal.level, signal.type, signal.place) == (Level.CELL, DDOS, "MX")
    assert signal.once_in_weeks is not None
    assert signal.once_in_weeks > 500


def test_a_signal_is_no_wider_than_its_reports() -> None:
    """Where all that was ever reported is of one country, its sub-region and the total are as unusual."""
    cells = {(PHISHING, "UY"): [1] * 9 + [6]}
    found = counts(cells, today={(PHISHING, "UY"): 6}, day=day_of(2))
    [signal] = detection.judge(found, each_another_member(cells), (), 0.1).signals
    assert (signal.level, signal.place) == (Level.CELL, "UY")


def test_a_rise_in_many_sub_regions_is_one_signal_of_everywhere() -> None:
    more = {(INFECTED, place): {-1: 4} for place in ("AR", "ES", "JP", "NG")}
    [signal] = signals(with_more(quiet(60), more))
    assert (signal.level, signal.place) == (Level.TYPE, places.WORLD)
    assert {"AR", "ES", "JP", "NG"} <= {part.place for part in signal.parts}


def test_rises_of_two_types_are_two_signals() -> None:
    more = {(DDOS, "MX"): {-1: 8}, (PHISHING, "MX"): {-1: 8}}
    assert {signal.type for signal in signals(with_more(quiet(60), more))} == {DDOS, PHISHING}


def test_a_slow_rise_is_found_though_no_week_stands_out() -> None:
    places_of = ((1, "AR"), (3, "CL"), (5, "UY"), (7, "PE"), (8, "CR"))
    cells = with_more(quiet(100, mean=0.006), {(DDOS, place): {-back: 1} for back, place in places_of})
    members = each_another_member(cells)
    members[-1] = {(DDOS, "AR"): {LAST: 1}, (DDOS, "CL"): {LAST: 1}}
    [signal] = detection.judge(counts(cells), members, (), 0.1).signals
    assert (signal.method, signal.window_weeks) == ("slow-rise", 8)
    assert signal.observed >= 5


def test_one_member_alone_raises_no_signal_however_many_reports_it_makes() -> None:
    cells = with_more(quiet(60), {(DDOS, "MX"): {-1: 25}})
    for alone in (0, 1):
        members = [*each_another_member(quiet(60))[:-1], {(DDOS, "MX"): {LAST: alone}}]
        assert detection.judge(counts(cells), members, (), 0.1).signals == ()
    # First in three weeks' tokens is still one; so it is in two classes.
    members[-1] = {(DDOS, "MX"): {LAST: 1, LAST.plus(-1): 1, LAST.plus(-2): 1}, (PHISHING, "MX"): {LAST: 1}}
    assert detection.judge(counts(cells), members, (), 0.1).signals == ()
    members[-1] = {(DDOS, "MX"): {LAST: 2}}
    [signal] = detection.judge(counts(cells), members, (), 0.1).signals
    assert signal.members == 2


def test_one_member_who_floods_among_others_raises_no_signal_either() -> None:
    """Six members report as they do, one each; a seventh sends two dozen in one country."""
    usual = {(DDOS, place): {-1: 1} for place in ("AR", "BR", "CL", "CO", "MX", "PE")}
    cells = with_more(quiet(60, mean=0.3), usual)
    assert signals(cells) == []
    members = each_another_member(cells)
    members[-1] = {**members[-1], (DDOS, "UY"): {LAST: 1}}
    flooded = with_more(cells, {(DDOS, "UY"): {-1: 24}})
    assert detection.judge(counts(flooded), members, (), 0.1).signals == ()
    rule = [Threshold(type="availability", reports=15)]
    assert detection.judge(counts(flooded), members, rule, 0.1).signals == ()
    members[-1] = {**members[-1], (DDOS, "UY"): {LAST: 8}}
    [signal] = detection.judge(counts(flooded), members, (), 0.1).signals
    assert (signal.place, signal.members) == ("UY", 8)


def test_who_reports_old_incidents_does_not_stand_behind_what_another_floods() -> None:
    cells = with_more(quiet(60), {(DDOS, "MX"): {-1: 26}})
    late = {(DDOS, "MX"): [*[0] * 59, 1]}
    members = [*each_another_member(quiet(60))[:-1], {(DDOS, "MX"): {LAST: 2}}]
    tokens: list[FirstTokens] = [*[{}] * (len(members) - 1), {(DDOS, "MX"): {LAST: 1}}]
    found = detection.judge(counts(cells, late), members, (), 0.1, None, tokens).signals
    assert [signal.kind for signal in found] in ([], [Kind.BATCH])


def test_a_few_reports_elsewhere_do_not_take_the_place_off_a_signal() -> None:
    more = {(PHISHING, "UY"): {-1: 14}, (PHISHING, "ES"): {-1: 3}}
    found = {signal.place: signal.observed for signal in signals(with_more(quiet(60, mean=0.01), more))}
    assert set(found) == {"UY", "ES"}
    assert found["UY"] >= 14


def test_members_of_another_place_do_not_stand_behind_a_country() -> None:
    cells = with_more(quiet(60), {(DDOS, "MX"): {-1: 25}})
    members = [{}, {(DDOS, "MX"): {LAST: 1}, (DDOS, "ES"): {LAST: 9}}]
    found = detection.judge(counts(cells), members, (), 0.1).signals
    assert all(signal.place == places.WORLD for signal in found)


def test_reports_of_old_incidents_are_a_batch_and_no_alarm() -> None:
    cells = with_more(quiet(60), {(DDOS, "MX"): {-1: 9}})
    late = {(DDOS, "MX"): [*[0] * 59, 9]}
    [signal] = signals(cells, late)
    assert (signal.kind, signal.observed, signal.late) == (Kind.BATCH, 9, 9)
    assert "entered in bulk, not an alarm" in signal.why


def test_a_rise_beside_old_incidents_is_a_rise_that_does_not_count_them() -> None:
    cells = with_more(quiet(60), {(DDOS, "MX"): {-1: 16}})
    late = {(DDOS, "MX"): [*[0] * 59, 8]}
    [signal] = signals(cells, late)
    assert (signal.kind, signal.observed, signal.late) == (Kind.RISE, 8, 8)


def test_more_old_reports_than_reports_are_taken_as_all_of_them() -> None:
    cells = with_more(quiet(60), {(DDOS, "MX"): {-1: 9}})
    [signal] = signals(cells, {(DDOS, "MX"): [*[0] * 59, 50]})
    assert signal.kind is Kind.BATCH


def test_the_open_week_is_judged_as_if_it_were_over() -> None:
    cells = with_more(quiet(60), CAMPAIGN)
    [monday] = judged(cells, day=day_of(0)).signals
    [sunday] = judged(cells, day=day_of(6)).signals
    assert (monday.observed, monday.bound, monday.p_value) == (sunday.observed, sunday.bound, sunday.p_value)
    assert 0.1 < monday.elapsed < 0.3
    assert sunday.elapsed == 1


def test_one_day_of_a_busy_type_is_a_signal_before_its_week_is_one() -> None:
    rng = np.random.default_rng(3)
    cells = {(PHISHING, place): rng.poisson(9, 80).tolist() for place in ("AR", "BR", "CL", "MX", "PE", "UY")}
    cells = {cell: [*series[:-1], 6] for cell, series in cells.items()}
    members = each_another_member(cells)
    found = counts(cells, today=dict.fromkeys(cells, 6), first_today=members[-1], day=day_of(0))
    [signal] = detection.judge(found, members, (), 0.1).signals
    assert (signal.method, signal.window_weeks, signal.observed) == ("day", 0, 36)
    quieter = msgspec.structs.replace(found, day=day_of(4), today=dict.fromkeys(cells, 1))
    assert detection.judge(quieter, members, (), 0.1).signals == ()


def test_members_of_earlier_days_do_not_stand_behind_a_day() -> None:
    rng = np.random.default_rng(3)
    cells = {(PHISHING, place): rng.poisson(9, 80).tolist() for place in ("AR", "BR", "CL", "MX", "PE", "UY")}
    cells = {cell: [*series[:-1], 1] for cell, series in cells.items()}
    cells[PHISHING, "UY"][-1] += 30
    members: list[FirstTokens] = [{}, {cell: {LAST: 1} for cell in cells}]
    for alone, number in ((1, 0), (12, 1)):
        first = {(PHISHING, "UY"): {LAST: alone}}
        found = counts(cells, today={(PHISHING, "UY"): 30}, first_today=first, day=day_of(2))
        signals_of = detection.judge(found, members, (), 0.1).signals
        assert [signal.members for signal in signals_of if signal.method == "day"] == [12] * number


def test_a_larger_budget_finds_all_that_a_smaller_one_does() -> None:
    cells = with_more(quiet(60, mean=0.2), {(DDOS, "MX"): {-1: 4}, (PHISHING, "AR"): {-1: 3}})
    found = [
        {(each.type, each.place) for each in signals(cells, budget=budget)} for budget in (0.02, 0.5, 20)
    ]
    assert len(found[0]) <= len(found[1]) <= len(found[2])
    assert {of_type for of_type, _ in found[0]} <= {of_type for of_type, _ in found[2]}


def test_the_bound_is_the_least_count_that_alarms() -> None:
    cells = with_more(quiet(60), {(DDOS, "MX"): {-1: 8}})
    [signal] = signals(cells)
    for reports, alarms in ((int(signal.bound) - 1, False), (int(signal.bound), True)):
        series = dict(cells)
        series[DDOS, "MX"] = [
            *cells[DDOS, "MX"][:-1],
            reports - sum(cells[DDOS, "MX"][-signal.window_weeks : -1]),
        ]
        assert bool([s for s in signals(series) if s.place == "MX"]) == alarms


def test_a_signal_can_be_computed_again_from_its_counts_and_parameters() -> None:
    cells = with_more(quiet(60), CAMPAIGN)
    [signal] = signals(cells, budget=0.3)
    assert signal.parameters["false_alarms_a_week"] == 0.3
    again = detection.judge(
        counts(cells, day=signal.day),
        each_another_member(cells),
        (),
        signal.parameters["false_alarms_a_week"],
    )
    assert again.signals == (signal,)


def test_the_check_counts_what_is_unusual_and_what_should_be() -> None:
    judgements = [judged(with_more(quiet(60, seed, 0.3), {}), day=LAST.sunday) for seed in range(3)]
    for judgement in judgements:
        assert [check.level for check in judgement.checks] == list(Level)
        for check in judgement.checks:
            assert check.week == str(LAST)
            assert 0 < check.variance <= check.expected < 5
    assert judged(quiet(60), day=day_of(5)).checks == ()


# Coordinators' own rules.


def _met(rule: Threshold, cells: Cells, weeks: int = 60) -> list[Signal]:
    found = detection.judge(counts(cells), each_another_member(cells), [rule], 0.01).signals
    return [signal for signal in found if signal.kind is Kind.THRESHOLD]


@pytest.mark.parametrize(
    ("rule", "observed", "place", "level"),
    [
        (Threshold(type=PHISHING, place="UY", reports=3), 3, "UY", Level.CELL),
        (Threshold(type="fraud", place="005", reports=12), 12, "005", Level.AREA),
        (Threshold(type="", place="", reports=12), 12, places.WORLD, Level.TYPE),
        (Threshold(type=PHISHING, place="001", reports=5), 12, places.WORLD, Level.TYPE),
    ],
)
def test_a_rule_is_met_by_reports_whatever_the_history_says(
    rule: Threshold, observed: int, place: str, level: Level
) -> None:
    [signal] = _met(rule, with_more(quiet(60), CAMPAIGN))
    assert (signal.observed, signal.place, signal.level) == (observed, place, level)
    assert (signal.bound, signal.p_value, signal.method) == (rule.reports, None, "threshold")
    assert signal.once_in_weeks is not None


@pytest.mark.parametrize(
    "rule",
    [
        Threshold(type=PHISHING, place="UY", reports=4),
        Threshold(type=DDOS, reports=1),
        Threshold(type="fraud", place="013", reports=1),
    ],
)
def test_a_rule_that_is_not_met_says_nothing(rule: Threshold) -> None:
    assert _met(rule, with_more(quiet(60), CAMPAIGN)) == []


def test_a_rule_needs_no_history() -> None:
    [signal] = _met(Threshold(reports=2), {(PHISHING, "UY"): [2]})
    assert (signal.expected, signal.low, signal.high, signal.history_weeks) == (0, 0, 0, 0)
    assert signal.once_in_weeks is None


def test_one_member_alone_meets_no_rule() -> None:
    cells = {(PHISHING, "UY"): [9]}
    members = [{(PHISHING, "UY"): {LAST: 1}}]
    assert detection.judge(counts(cells), members, [Threshold(reports=1)], 0.1).signals == ()


def test_how_often_chance_meets_a_rule_is_what_it_does_in_clean_years() -> None:
    rng = np.random.default_rng(2)
    table = rng.poisson(0.5, (4, 2000))
    cells = {(PHISHING, place): table[i].tolist() for i, place in enumerate(("AR", "CL", "PE", "UY"))}
    rules = [Threshold(type="fraud", reports=reports) for reports in (4, 6, 40)]
    often, seldom, never = detection.false_alarms_a_year(
        counts({k: v[:200] for k, v in cells.items()}), rules
    )
    sums = table.sum(axis=0)
    assert often == pytest.approx(52.18 * (sums >= 4).mean(), rel=0.3)
    assert seldom == pytest.approx(52.18 * (sums >= 6).mean(), rel=0.5)
    assert never is not None
    assert never < 1e-6
    assert detection.false_alarms_a_year(counts({(PHISHING, "UY"): [1]}), rules) == [None] * 3


# Whatever the counts.

_SERIES = st.lists(
    st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 2**32 - 1)), min_size=1, max_size=30
)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from(sorted(taxonomy.TYPES)),
            st.sampled_from(["UY", "AR", "419", "019", "001", "AQ", ""]),
        ),
        _SERIES,
        max_size=6,
    ),
    st.integers(0, 6),
    st.sampled_from([0.01, 1.0, 20.0]),
)
def test_any_counts_have_a_defined_judgement(cells: Cells, weekday: int, budget: float) -> None:
    length = max(map(len, cells.values()), default=1)
    padded = {cell: [*[0] * (length - len(series)), *series] for cell, series in cells.items()}
    today = {cell: series[-1] for cell, series in padded.items()}
    rules = [Threshold(reports=1), Threshold(type="fraud", place="UY", reports=3)]
    for late in (None, padded):
        found = detection.judge(
            counts(padded, late, today, day_of(weekday)), each_another_member(padded), rules, budget
        )
        assert len(found.checks) <= (3 if weekday == 6 else 0)
        for signal in found.signals:
            assert signal.members >= 2
            for value in (
                signal.expected,
                signal.low,
                signal.high,
                signal.bound,
                signal.borrowed,
                signal.elapsed,
            ):
                assert np.isfinite(value)
            assert 0 <= signal.borrowed <= 1
            assert signal.low <= signal.high
            assert signal.observed >= signal.bound
            assert signal.once_in_weeks is None or signal.once_in_weeks > 0
            assert signal.q_value is None or 0 <= signal.q_value <= 1


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {(PHISHING, "UY"): [7]},
        {(PHISHING, "UY"): [0] * 80},
        {(PHISHING, "UY"): [*[0] * 79, 1]},
        {(PHISHING, "UY"): [*[5] * 40, *[0] * 40]},
        {(PHISHING, "UY"): [*[5] * 79, 4]},
    ],
)
def test_nothing_unusual_is_no_signal(cells: Cells) -> None:
    assert signals(cells) == []


def test_a_type_that_appears_is_a_signal_and_a_place_that_vanishes_is_none() -> None:
    cells = with_more(quiet(60), {("fraud/copyright", "UY"): {-1: 6}})
    [signal] = signals(cells)
    assert (signal.type, signal.place) == ("fraud/copyright", "UY")
    gone = {(DDOS, "MX"): [*[9] * 59, 0], (DDOS, "ES"): [1] * 60}
    assert signals(gone) == []


def test_a_week_that_is_missing_as_a_whole_hides_no_campaign() -> None:
    cells = quiet(60)
    for series in cells.values():
        series[-2] = series[30] = 0
    assert len(signals(with_more(cells, CAMPAIGN))) == 1


def test_an_empty_judgement_is_what_a_site_without_reports_gets() -> None:
    empty = Counts(weeks=(LAST,), day=LAST.sunday, cells={})
    assert detection.judge(empty, [{}], [Threshold(reports=1)], 0.1) == Judgement()
