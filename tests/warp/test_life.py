"""A signal is an event: its verdicts follow each other, and it ends when nothing more is heard of it."""

import calendar
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.signals import RISE, THRESHOLD, changed, kept, of_week
from tests.support import WEEK
from warp import life
from warp.life import Kept, Step, follow
from warp.signal import Kind, Level, Signal, State, concern_the_same
from warp.weeks import Week

ANA = {"week": str(WEEK), "by": "ana"}


def after(known: Iterable[Kept], *found: Signal, weeks: int = 0) -> dict[str, Kept]:
    """Give all that is kept after a week's verdicts."""
    numbers: Iterator[int] = count(1)
    everything = {each.id: each for each in known}
    changes = follow(everything.values(), found, WEEK.plus(weeks), lambda: f"new{next(numbers)}")
    return everything | {each.id: each for each in changes}


def dismissed(signal: Signal = RISE, **given: object) -> Kept:
    step = Step(state=State.DISMISSED, reason="a drill", once_in_weeks=signal.once_in_weeks, **ANA)
    return kept(signal, **given).stepped(step)


def test_what_was_not_known_is_a_new_signal_with_its_first_step() -> None:
    [found] = after([], RISE).values()
    assert (found.id, found.signal, found.state, found.advisory) == ("new1", RISE, State.NEW, None)
    assert found.steps == (Step(week="2026-W47", state=State.NEW),)


@pytest.mark.parametrize("place", ["005", "UY", "419", "001"])
def test_a_verdict_on_the_same_event_takes_the_place_of_the_last_and_nothing_else(place: str) -> None:
    known = kept(advisory="2026-w47-x", state=State.WATCHED)
    later = of_week(1, place=place)
    assert after([known], later, weeks=1) == {known.id: known._replace(signal=later)}


@pytest.mark.parametrize(
    "other",
    [
        changed(place="029"),
        changed(place="MX"),
        changed(place=""),
        changed(type="fraud"),
        changed(kind=Kind.BATCH),
        THRESHOLD,
    ],
    ids=["beside it", "in no common area", "nowhere", "class", "batch", "threshold"],
)
def test_another_place_type_or_kind_is_another_event(other: Signal) -> None:
    assert [each.signal for each in after([kept()], other).values()] == [RISE, other]


@pytest.mark.parametrize(("weeks", "number"), [(4, 1), (5, 2)])
def test_an_event_goes_on_after_four_silent_weeks_and_not_after_five(weeks: int, number: int) -> None:
    assert len(after([kept()], of_week(weeks), weeks=weeks)) == number


def test_an_event_that_goes_on_in_two_of_its_countries_stays_as_wide_as_it_was() -> None:
    rarer = [changed(place=place, once_in_weeks=9000) for place in ("UY", "AR", "PY")]
    assert after([kept()], *rarer) == {"k3v9q2xd": kept()}


def test_two_new_verdicts_on_different_places_are_two_events() -> None:
    assert len(after([], changed(place="UY"), changed(place="AR"))) == 2


@pytest.mark.parametrize(("weeks", "number"), [(7, 1), (8, 2)])
def test_a_slow_rise_whose_weeks_hold_a_known_event_is_that_event(weeks: int, number: int) -> None:
    slow = of_week(weeks, place="UY", method="slow-rise", window_weeks=8, once_in_weeks=20)
    known = kept()
    for week in range(1, weeks):
        [known] = after(
            [known], changed(slow, week=str(WEEK.plus(week)), day=WEEK.plus(week).sunday), weeks=week
        ).values()
    assert len(after([known], slow, weeks=weeks)) == number


@pytest.mark.parametrize("month", range(1, 13))
def test_an_unusual_month_is_one_event_at_each_of_its_looks(month: int) -> None:
    """From the end of a month to that of the next there are four weeks, or five."""
    ends = [date(2026, month, calendar.monthrange(2026, month)[1])]
    while len(ends) < 3:
        following = ends[-1] + timedelta(1)
        ends.append(following + timedelta(calendar.monthrange(following.year, following.month)[1] - 1))
    first, *later = (changed(kind=Kind.OCCURRENCE, members=0, day=end) for end in ends)
    going = kept(first, steps=(Step(week=str(Week.of(first.day)), state=State.NEW),))
    for look in later:
        assert follow([going], [], Week.of(look.day - timedelta(1)), str) == []
        [going] = follow([going], [look], Week.of(look.day), str)
        assert going.state is State.NEW
    assert len(going.steps) == 1


def test_of_two_verdicts_on_one_event_the_wider_one_is_told() -> None:
    rules = [changed(THRESHOLD, place=place) for place in ("UY", "001", "005")]
    assert [each.signal.place for each in after([], *rules).values()] == ["001"]


def test_of_two_known_events_the_one_at_the_very_place_goes_on_else_the_latest() -> None:
    wide, narrow = kept(of_week(1), "wide"), kept(of_week(0, place="UY"), "narrow")
    exact = after([wide, narrow], of_week(2, place="UY"), weeks=2)
    assert exact["narrow"].signal.week == "2026-W49"
    assert exact["wide"] == wide
    latest = after([wide, narrow], of_week(2, place="001"), weeks=2)
    assert latest["wide"].signal.place == "001"


def test_events_of_two_countries_end_as_parts_of_one_that_holds_both() -> None:
    known = [kept(changed(place="UY"), "uy"), kept(changed(place="AR"), "ar", state=State.WATCHED)]
    wide = after(known, of_week(1, place="005"), weeks=1)
    assert (wide["ar"].signal.place, wide["ar"].state) == ("005", State.WATCHED), "somebody looks at it"
    assert wide["uy"].steps[-1] == Step(week="2026-W48", state=State.CLOSED, reason=life.FOLDED)
    assert wide["uy"].is_part
    later = after(wide.values(), of_week(2, place="UY"), weeks=2)
    assert set(later) == {"uy", "ar"}
    assert (later["uy"], later["ar"].signal.place) == (wide["uy"], "UY")


@pytest.mark.parametrize("state", [State.DRAFTED, State.DISMISSED, State.CLOSED])
def test_what_somebody_has_dealt_with_ends_as_no_part_of_another(state: State) -> None:
    known = [kept(changed(place="UY"), "uy", state=state), kept(identifier="south", state=State.DRAFTED)]
    assert after(known, of_week(1), weeks=1)["uy"] == known[0]


@pytest.mark.parametrize("ended", [dismissed(), kept(state=State.CLOSED)])
def test_what_has_ended_takes_no_open_event_in(ended: Kept) -> None:
    known = [kept(changed(place="UY"), "uy"), ended]
    assert after(known, of_week(1), weeks=1)["uy"].state is State.NEW


def test_a_part_that_a_coordinator_opens_again_stays_open() -> None:
    known = [kept(changed(place="UY"), "uy"), kept(changed(place="AR"), "ar", state=State.WATCHED)]
    wide = after(known, of_week(1, place="005"), weeks=1)
    wide["uy"] = wide["uy"].stepped(Step(week="2026-W48", state=State.NEW, by="ana"))
    assert after(wide.values(), of_week(1, place="005"), weeks=1)["uy"].state is State.NEW


def test_what_is_left_of_an_event_in_its_countries_is_the_same_event() -> None:
    left = [of_week(1, place=place, once_in_weeks=20) for place in ("UY", "AR")]
    assert after([kept()], *left, weeks=1) == {"k3v9q2xd": kept()}


def test_an_event_moves_to_the_country_where_it_is_as_rare() -> None:
    [moved] = after([kept()], of_week(1, place="UY", once_in_weeks=340), weeks=1).values()
    assert moved.signal.place == "UY"


@pytest.mark.parametrize("state", [State.NEW, State.WATCHED, State.DRAFTED])
def test_an_event_that_nothing_is_heard_of_for_more_than_four_weeks_is_closed_by_the_machine(
    state: State,
) -> None:
    known = kept(state=state)
    assert after([known], weeks=4) == {known.id: known}
    over = after([known], weeks=5)[known.id]
    assert over.state is State.CLOSED
    assert over.steps[-1] == Step(week="2026-W52", state=State.CLOSED, reason=life.OVER)


@pytest.mark.parametrize("state", [State.DISMISSED, State.CLOSED])
def test_what_has_ended_stays_as_it_is(state: State) -> None:
    known = kept(state=state)
    assert after([known], weeks=50) == {known.id: known}


def test_a_coordinators_word_keeps_an_old_event_open_for_four_weeks_more() -> None:
    reopened = dismissed().stepped(Step(week="2027-W01", state=State.NEW, by="ana"))
    assert after([reopened], weeks=11)[reopened.id].state is State.NEW
    assert after([reopened], weeks=12)[reopened.id].state is State.CLOSED


def test_what_was_over_does_not_go_on_even_if_the_clock_is_set_back() -> None:
    over = after([kept()], weeks=5)["k3v9q2xd"]
    assert set(after([over], of_week(1), weeks=1)) == {"k3v9q2xd", "new1"}


@pytest.mark.parametrize("place", [None, "UY"])
def test_what_was_published_goes_on_closed(place: str | None) -> None:
    known = kept().stepped(Step(state=State.CLOSED, reason=life.PUBLISHED, **ANA))
    later = of_week(1) if place is None else of_week(1, place=place)
    [going] = after([known], later, weeks=1).values()
    assert (going.state, going.signal.week) == (State.CLOSED, "2026-W48")


def test_what_becomes_wider_than_its_warning_is_shown_again_once() -> None:
    known = kept(changed(place="UY")).stepped(Step(state=State.CLOSED, reason=life.PUBLISHED, **ANA))
    [wider] = after([known], of_week(1, place="005"), weeks=1).values()
    assert wider.steps[-1] == Step(week="2026-W48", state=State.NEW, reason=life.WIDENED)
    closed = wider.stepped(Step(state=State.CLOSED, reason="nothing to add", **ANA))
    [going] = after([closed], of_week(2, place="001"), weeks=2).values()
    assert going.state is State.CLOSED


@pytest.mark.parametrize(
    ("then", "now", "state"),
    [
        (340.0, 3399.0, State.DISMISSED),
        (340.0, 3400.0, State.NEW),
        (None, 3400.0, State.DISMISSED),
        (340.0, None, State.DISMISSED),
    ],
)
def test_a_dismissed_event_stays_so_unless_it_becomes_ten_times_as_rare(
    then: float | None, now: float | None, state: State
) -> None:
    known = dismissed(changed(once_in_weeks=then))
    [going] = after([known], of_week(1, once_in_weeks=now), weeks=1).values()
    assert going.state is state
    if state is State.NEW:
        assert going.steps[-1] == Step(week="2026-W48", state=State.NEW, reason=life.GREW)


FLOODED = dismissed(changed(place="001", once_in_weeks=1e9, members=2, parts=()))
TOLD = kept(changed(place="001", parts=())).stepped(Step(state=State.CLOSED, reason="told", **ANA))


@pytest.mark.parametrize("ended", [FLOODED, TOLD], ids=["dismissed", "closed"])
@pytest.mark.parametrize("place", ["UY", "005", ""])
def test_what_was_ended_everywhere_hides_no_event_of_one_place(ended: Kept, place: str) -> None:
    found = after([ended], of_week(1, place=place), weeks=1)
    assert found[ended.id] == ended
    assert (found["new1"].signal.place, found["new1"].state) == (place, State.NEW)


@pytest.mark.parametrize("state", [State.DISMISSED, State.CLOSED])
@pytest.mark.parametrize("signal", [RISE, THRESHOLD], ids=["rise", "threshold"])
@pytest.mark.parametrize(("members", "shown"), [(5, False), (6, True)])
def test_what_twice_as_many_members_stand_behind_is_shown_again(
    state: State,
    signal: Signal,
    members: int,
    shown: bool,  # noqa: FBT001
) -> None:
    """However rare a flood of few made it look when a coordinator ended it."""
    ended = Step(state=state, once_in_weeks=1e9, members=3, **ANA)
    [going] = after([kept(signal).stepped(ended)], of_week(1, signal, members=members), weeks=1).values()
    assert (going.state, going.steps[-1].reason) == ((State.NEW, life.GREW) if shown else (state, ""))


def test_what_detection_did_not_fold_is_two_events() -> None:
    """A report may state no finer place than the world; it swallows no country's campaign."""
    found = after([], changed(place="001", level=Level.CELL), changed(place="UY", level=Level.CELL))
    assert sorted(each.signal.place for each in found.values()) == ["001", "UY"]


def test_growth_is_measured_from_the_last_dismissal() -> None:
    grown = after([dismissed()], of_week(1, once_in_weeks=3400), weeks=1)["k3v9q2xd"]
    again = grown.stepped(Step(state=State.DISMISSED, once_in_weeks=3400.0, **ANA))
    [going] = after([again], of_week(2, once_in_weeks=9000), weeks=2).values()
    assert going.state is State.DISMISSED


_places = st.sampled_from(["", "UY", "AR", "MX", "005", "013", "419", "019", "001"])
_signals = st.builds(
    lambda place, kind, weeks: of_week(weeks, changed(kind=kind), place=place),
    _places,
    st.sampled_from([Kind.RISE, Kind.THRESHOLD]),
    st.integers(0, 8),
)
_verdicts = _signals.map(lambda signal: of_week(8, signal))


@given(st.lists(_signals, max_size=6), st.lists(_verdicts, max_size=6))
def test_every_verdict_is_told_once_or_by_a_wider_one(before: list[Signal], found: list[Signal]) -> None:
    known = [kept(signal, f"id{number}") for number, signal in enumerate(before)]
    everything = after(known, *found, weeks=8)
    assert set(everything) >= {each.id for each in known}
    told = [each.signal for each in everything.values() if not each.is_part]
    for signal in found:
        assert any(concern_the_same(signal, other) for other in told)
    assert len(everything) <= len(known) + len(found)


@given(st.lists(_verdicts, max_size=6))
def test_the_same_verdicts_again_change_nothing(found: list[Signal]) -> None:
    once = after([], *found, weeks=8)
    again = after(once.values(), *found, weeks=8)
    assert {each.signal.place for each in again.values()} == {each.signal.place for each in once.values()}
    assert set(again) == set(once)


def test_a_threshold_is_found_beside_the_rise_that_it_tells_of() -> None:
    rise = kept(identifier="rise")
    for place, weeks, found in (("UY", 4, 1), ("001", -4, 1), ("UY", 5, 0), ("MX", 0, 0)):
        threshold = kept(of_week(weeks, THRESHOLD, place=place), "threshold")
        assert len(list(life.of_the_other_kind(threshold, [rise]))) == found
        assert len(list(life.of_the_other_kind(rise, [threshold, rise]))) == found
    batch = kept(changed(kind=Kind.BATCH))
    assert list(life.of_the_other_kind(batch, [rise])) == []


@pytest.mark.parametrize(
    ("given_", "drafted"),
    [
        ({}, True),
        ({"members": 1}, False),
        ({"kind": Kind.BATCH}, False),
        ({"kind": Kind.OCCURRENCE}, False),
        ({"kind": Kind.THRESHOLD}, True),
    ],
)
def test_the_machine_drafts_of_rises_and_thresholds_of_two_members(
    given_: dict[str, object],
    drafted: bool,  # noqa: FBT001
) -> None:
    assert kept(changed(**given_)).may_be_drafted is drafted
    assert not kept(changed(**given_), state=State.DISMISSED).may_be_drafted


def test_a_cell_of_a_wide_place_neither_moves_nor_folds_a_countrys_event() -> None:
    """Two members who state no finer place than the world would else take a campaign's place off it."""
    campaign, wide = changed(place="UY"), changed(place="001", level=Level.CELL)
    known = after([], campaign, wide)
    assert {each.signal.place for each in known.values()} == {"UY", "001"}
    again = after(known.values(), of_week(1, place="UY"), of_week(1, place="001", level=Level.CELL), weeks=1)
    assert {each.signal.place: each.state for each in again.values()} == {"UY": State.NEW, "001": State.NEW}
    total = after(known.values(), of_week(1, place="001", level=Level.TYPE), weeks=1)
    assert "001" in {each.signal.place for each in total.values() if each.state is State.NEW}
