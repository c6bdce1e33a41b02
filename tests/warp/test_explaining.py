"""The explanation of a signal is one sentence that holds its numbers in words."""

import re

import msgspec
import pytest
from hypothesis import given

from tests.signals import RISE, THRESHOLD, anything, changed
from warp import explaining
from warp.explaining import details, sentence
from warp.signal import Kind, Level, Signal


def test_a_rise_reads_like_this() -> None:
    assert sentence(RISE) == (
        "12 reports of fraud/phishing in South America in two weeks from at least 9 members, where 1.3 "
        "were expected (0 to 4) and 6 would be unusual; chance alone does this once in 340 weeks (p "
        "1e-6, q 0.01); scan of two weeks at level area; judged by 61 weeks of history, 80 % borrowed "
        "from other places; the week is 64 % complete."
    )


def test_a_slow_rise_in_a_complete_week_reads_like_this() -> None:
    slow = changed(
        place="UY", method="slow-rise", window_weeks=8, observed=1204, level=Level.CELL, elapsed=1, late=3
    )
    assert slow.why == (
        "1,204 reports of fraud/phishing in Uruguay in eight weeks from at least 9 members, where 1.3 "
        "were expected (0 to 4) and 6 would be unusual; chance alone does this once in 340 weeks (p "
        "1e-6, q 0.01); slow rise over eight weeks at level cell; 3 more are of old incidents and not "
        "counted in; judged by 61 weeks of history, 80 % borrowed from other cells."
    )


def test_a_threshold_reads_like_this() -> None:
    assert changed(THRESHOLD, type="", place="001", elapsed=1).why == (
        "12 reports of any type everywhere in one week from at least 9 members; the coordinators' "
        "threshold is 5 in one week, and 1.3 were expected by 61 weeks of history."
    )
    first = changed(THRESHOLD, place="UY", history_weeks=0, elapsed=1, observed=1, members=1, bound=1)
    assert first.why == (
        "1 report of fraud/phishing in Uruguay in one week from at least 1 member; the coordinators' "
        "threshold is 1 in one week, and there is no history to compare with."
    )


def test_a_batch_is_said_to_be_no_alarm() -> None:
    assert changed(kind=Kind.BATCH, place="", late=7, elapsed=1, window_weeks=1).why == (
        "12 reports of fraud/phishing without a place in one week from at least 9 members, where 1.3 "
        "were expected (0 to 4) and 6 would be unusual, but only with 7 of incidents three or more "
        "months old: entered in bulk, not an alarm; chance alone does this once in 340 weeks (p 1e-6, q"
        " 0.01); judged by 61 weeks of history, 80 % borrowed from other places."
    )


def test_an_occurrence_is_of_a_month_and_of_incidents() -> None:
    month = changed(
        kind=Kind.OCCURRENCE, method="occurrence", week="2026-10", type="fraud", members=0, borrowed=0
    )
    assert month.why == (
        "12 incidents of fraud in South America in 2026-10 have been reported so far, where 1.3 were "
        "expected by now (0 to 4) and 6 would be unusual; chance alone does this once in 340 weeks (p "
        "1e-6, q 0.01); judged by 61 months of history; of the month's reports 64 % have probably come."
    )


def test_one_incident_is_one_and_nobody_is_made_up_of_no_members() -> None:
    assert "1 incident of fraud/phishing in South America in 2026-W47 has been reported" in sentence(
        changed(kind=Kind.OCCURRENCE, observed=1)
    )
    assert "member" not in sentence(msgspec.structs.replace(THRESHOLD, members=0))


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        (RISE, "12 from at least 9 members; 1.3 expected; by chance once in 340 weeks"),
        (THRESHOLD, "12 from at least 9 members; the threshold is 5"),
        (
            changed(kind=Kind.BATCH, late=7),
            "12 from at least 9 members; 1.3 expected; 7 old incidents among them",
        ),
        (changed(kind=Kind.BATCH, late=1, members=0), "12; 1.3 expected; 1 old incident among them"),
        (changed(members=0, once_in_weeks=None), "12; 1.3 expected"),
    ],
)
def test_a_list_has_room_for_this(signal: Signal, said: str) -> None:
    assert explaining.brief(signal) == said


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        (0.2, "about every week"),
        (1.6, "once in 2 weeks"),
        (340.4, "once in 340 weeks"),
        (520, "once in 10 years"),
        (12_345, "once in 237 years"),
        (1e300, "less than once in 1,000 years"),
    ],
)
def test_how_often_chance_does_it_is_said_in_units_that_one_thinks_in(weeks: float, said: str) -> None:
    assert explaining.once(weeks) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0.5, "0.5"), (0.0123, "0.012"), (3e-6, "3e-6"), (1e-300, "under 1e-9"), (1, "1")]
)
def test_a_probability_has_no_more_digits_than_count(value: float, said: str) -> None:
    assert explaining.chance(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.001, "under 0.01"),
        (0.04, "0.04"),
        (0.097, "0.1"),
        (1.26, "1.3"),
        (9.96, "10"),
        (1204.4, "1,204"),
    ],
)
def test_a_number_of_reports_has_no_more_digits_than_help(value: float, said: str) -> None:
    assert explaining.number(value) == said


@given(anything)
def test_any_signal_has_one_sentence_in_one_line(signal: Signal) -> None:
    said = sentence(signal)
    assert said.endswith(".")
    assert "\n" not in said
    assert "  " not in said
    assert ". " not in said, "it is one sentence"
    assert not re.search(r"\b(nan|inf|None)\b", said)
    assert f"{signal.observed:,} " in said


@given(anything)
def test_the_details_name_all_that_a_signal_rests_on(signal: Signal) -> None:
    told = details(signal)
    labels = [label for label, _ in told]
    assert {"what", "where", "judged", "observed", "expected", "unusual", "rests on", "found by"} <= set(
        labels
    )
    assert labels.count("folded in") == len(signal.parts)
    assert ("p" in labels, "q" in labels) == (signal.p_value is not None, signal.q_value is not None)
    assert labels.count("  set to") == len(signal.parameters)
