"""What each act makes of an advisory; nobody lets out what nobody else has read, and readers lose nothing."""

from datetime import date, timedelta

import msgspec
import pytest

from tests.advising import (
    ALONE,
    FIRST,
    FOUR_EYES,
    SECOND,
    WHY,
    by,
    corrected,
    escalated,
    in_every_stage,
    machines,
    out,
    pending,
    published,
    ready,
    withdrawing,
)
from tests.support import NOON
from warp import advisory_life
from warp.advisory import PUBLIC_TLP, Advisory, Status, Text, Tlp, public_history, version_of
from warp.advisory_life import Change
from warp.disclosure import Figure
from warp.stages import Act, NotPossible, Stage, Standing
from warp.taxonomy import Severity

STAGES = in_every_stage()


def let_out(standing: Standing, name: str = "luis", rules=FOUR_EYES, hours: float = 6) -> Advisory:
    act = Act.UPDATE if standing.public else Act.PUBLISH
    return advisory_life.let_out(standing, act, by(name, rules, hours))


# What readers have


def test_the_first_version_keeps_who_wrote_and_who_approved_it_and_says_no_reason() -> None:
    draft = advisory_life.edited(pending(machines()), by("ana"), Change(reason="typo", ready=True))
    made = let_out(pending(draft), hours=0.001)
    assert (made.status, made.version, made.history) == (Status.PUBLISHED, 1, ())
    assert (made.author, made.approver, made.reason) == ("ana", "luis", "")
    assert made.published == made.updated == NOON + timedelta(seconds=3)


def test_a_correction_keeps_id_and_first_time_and_what_readers_had_before() -> None:
    first = published()
    made = let_out(corrected(first))
    assert (made.id, made.status, made.version) == (first.latest.id, Status.UPDATED, 2)
    assert (made.published, made.updated) == (NOON, NOON + timedelta(hours=6))
    assert (made.texts, made.reason) == (SECOND, WHY)
    assert made.history == (version_of(first.latest),)
    assert (made.history[0].number, made.history[0].reason) == (1, "")
    again = let_out(corrected(out(made), Change(reason="once more", ready=True)), hours=7)
    assert [version.number for version in again.history] == [1, 2]
    assert [version.reason for version in again.history] == ["", WHY]


def test_a_pending_correction_changes_nothing_of_what_readers_have() -> None:
    first = published()
    second = corrected(first, Change(texts=SECOND, reason=WHY))
    assert second.public == first.public
    assert (second.latest.version, second.latest.history) == (1, ())
    more = corrected(second, Change(severity=Severity.HIGH, ready=True), "luis")
    assert (more.latest.texts, more.latest.reason) == (SECOND, WHY), "it is added to, and keeps its reason"


def test_a_correction_is_news_even_in_the_same_second() -> None:
    made = let_out(corrected(published()), hours=0)
    assert made.updated == NOON + timedelta(seconds=1)


def test_a_correction_changes_only_the_languages_that_it_names() -> None:
    both = FIRST | {"es": Text("Phishing por SMS", "Vino por SMS.")}
    first = published(texts=both)
    made = let_out(corrected(first, Change(texts=SECOND, reason=WHY, ready=True)))
    assert made.texts == {**SECOND, "es": both["es"]}


def test_a_correction_needs_a_reason_and_its_readers_get_it() -> None:
    with pytest.raises(NotPossible, match="--reason"):
        corrected(published(), Change(texts=SECOND))


# Four eyes


@pytest.mark.parametrize("stage", [Stage.REVIEW, Stage.CORRECTION])
def test_nobody_lets_out_or_approves_what_is_their_own(stage: Stage) -> None:
    standing = STAGES[stage]
    for act in (advisory_life.approved, lambda at, who: let_out(at, who.name)):
        with pytest.raises(NotPossible, match="second pair of eyes"):
            act(standing, by("ana"))


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.APPROVED_CORRECTION])
def test_what_another_has_approved_its_author_may_let_out(stage: Stage) -> None:
    made = let_out(STAGES[stage], "ana")
    assert (made.author, made.approver) == ("ana", "luis")


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.APPROVED_CORRECTION])
@pytest.mark.parametrize("name", ["ana", "luis", "eva"])
def test_a_change_takes_the_approval_and_the_time_back_whoever_makes_it(stage: Stage, name: str) -> None:
    act = Act.UPDATE if STAGES[stage].public else Act.PUBLISH
    at = NOON + timedelta(hours=9)
    set_to = STAGES[stage]._replace(latest=advisory_life.scheduled(STAGES[stage], act, by("eva"), at))
    edited = set_to._replace(latest=advisory_life.edited(set_to, by(name), Change(ready=True)))
    assert (edited.latest.approver, edited.latest.publish_at) == ("", None)
    assert edited.latest.author == name
    with pytest.raises(NotPossible, match="second pair of eyes"):
        let_out(edited, name)


def test_what_is_not_said_to_be_ready_again_is_a_draft_again() -> None:
    assert advisory_life.edited(ready(), by("luis"), Change()).status is Status.DRAFT


def test_nobody_lets_out_an_escalation_of_their_own() -> None:
    new = advisory_life.escalation(published(), "new", "2026-W47", by("luis"), Change(reason=WHY, ready=True))
    assert (new.author, new.approver) == ("luis", "")
    with pytest.raises(NotPossible, match="second pair of eyes"):
        let_out(pending(new), "luis")


def test_nobody_withdraws_alone() -> None:
    asked = withdrawing(published())
    for reason in ("", "a false alarm"):
        with pytest.raises(NotPossible, match="second pair of eyes"):
            advisory_life.withdrawn(asked, by("ana"), reason)
    again = advisory_life.withdrawn(asked, by("ana"), "another reason")
    assert (again.status, again.withdraws, again.reason) == (Status.REVIEW, True, "another reason")
    made = advisory_life.withdrawn(asked._replace(latest=again), by("luis", hours=5), "")
    assert (made.status, made.reason, made.author, made.approver) == (
        Status.WITHDRAWN,
        "another reason",
        "ana",
        "luis",
    )


def test_another_reason_than_the_one_that_waits_asks_anew_and_is_read_by_two() -> None:
    asked = withdrawing(published())
    anew = advisory_life.withdrawn(asked, by("luis"), "nobody was hit")
    assert (anew.status, anew.author, anew.reason) == (Status.REVIEW, "luis", "nobody was hit")
    assert advisory_life.withdrawn(asked._replace(latest=anew), by("ana"), "").status is Status.WITHDRAWN


def test_approval_by_its_author_counts_for_nothing_once_four_eyes_are_asked_for() -> None:
    alone = pending(advisory_life.approved(ready(), by("ana", ALONE)))
    assert alone.latest.approver == "ana"
    with pytest.raises(NotPossible, match="second pair of eyes"):
        let_out(alone, "ana")
    assert let_out(alone, "luis").approver == "luis"


def test_a_warp_of_one_person_does_everything_alone() -> None:
    first = out(let_out(ready(), "ana", ALONE))
    second = out(let_out(corrected(first), "ana", ALONE))
    gone = advisory_life.withdrawn(second, by("ana", ALONE, 9), "a false alarm")
    assert (gone.status, gone.version, gone.author, gone.approver) == (Status.WITHDRAWN, 3, "ana", "ana")


# Time


def test_what_is_set_to_a_time_is_approved_and_waits() -> None:
    at = NOON + timedelta(days=7)
    made = advisory_life.scheduled(ready(), Act.PUBLISH, by("luis"), at)
    assert (made.status, made.approver, made.publish_at) == (Status.REVIEW, "luis", at)
    never = advisory_life.scheduled(pending(made), Act.PUBLISH, by("ana"), None)
    assert (never.publish_at, never.approver) == (None, "luis")


def test_an_author_cannot_set_a_time_alone() -> None:
    with pytest.raises(NotPossible, match="second pair of eyes"):
        advisory_life.scheduled(ready(), Act.PUBLISH, by("ana"), NOON + timedelta(days=7))


@pytest.mark.parametrize(
    "off", [timedelta(), -timedelta(minutes=1), timedelta(days=366), timedelta(seconds=90)], ids=str
)
def test_a_time_is_a_whole_minute_of_the_year_to_come(off: timedelta) -> None:
    with pytest.raises(NotPossible, match=r"^at: must be a whole minute"):
        advisory_life.scheduled(ready(), Act.PUBLISH, by("luis"), NOON + off)


def test_a_time_that_nobody_has_set_cannot_be_taken_back() -> None:
    with pytest.raises(NotPossible, match="no time has been set"):
        advisory_life.scheduled(ready(), Act.PUBLISH, by("luis"), None)


def test_a_warning_cannot_be_let_out_after_its_last_day() -> None:
    today = date(2026, 11, 18)
    with pytest.raises(NotPossible, match="the day is over"):
        advisory_life.edited(pending(machines()), by("ana"), Change(valid_until=today - timedelta(days=1)))
    draft = advisory_life.edited(pending(machines()), by("ana"), Change(valid_until=today, ready=True))
    assert let_out(pending(draft), hours=11).valid_until == today
    with pytest.raises(NotPossible, match="the day is over by then"):
        let_out(pending(draft), hours=13)
    with pytest.raises(NotPossible, match="the day is over by then"):
        advisory_life.scheduled(pending(draft), Act.PUBLISH, by("luis"), NOON + timedelta(days=1))


def test_a_correction_extends_a_warning_or_corrects_it_after_its_last_day() -> None:
    first = published(valid_until=date(2026, 11, 18))
    later = let_out(corrected(first, Change(valid_until=date(2026, 12, 1), reason="goes on", ready=True)))
    assert later.valid_until == date(2026, 12, 1)
    assert let_out(corrected(first), hours=100).valid_until == date(2026, 11, 18)
    without = let_out(corrected(first, Change(valid_until=None, reason="nobody knows", ready=True)))
    assert without.valid_until is None


def test_a_withdrawn_advisory_leaves_the_feeds_after_ninety_days_and_its_version_stays() -> None:
    gone = STAGES[Stage.WITHDRAWN].latest
    assert gone.updated is not None
    late = gone.updated + timedelta(days=90)
    assert not advisory_life.is_to_be_buried(gone, late - timedelta(seconds=1))
    assert advisory_life.is_to_be_buried(gone, late)
    buried = advisory_life.buried(gone, late)
    assert buried.buried == late.replace(hour=0, minute=0, second=0)
    assert (buried.version, buried.updated, buried.revision) == (
        gone.version,
        gone.updated,
        gone.revision + 1,
    )
    assert not advisory_life.is_to_be_buried(buried, late)
    assert not advisory_life.is_to_be_buried(published().latest, late)


# Labels


@pytest.mark.parametrize("tlp", [Tlp.RED, Tlp.AMBER_STRICT])
def test_what_is_not_for_all_members_stands_in_no_feed(tlp: Tlp) -> None:
    for act in (
        lambda: let_out(ready(tlp=tlp)),
        lambda: advisory_life.approved(ready(tlp=tlp), by("luis")),
        lambda: advisory_life.scheduled(ready(tlp=tlp), Act.PUBLISH, by("luis"), NOON + timedelta(days=1)),
    ):
        with pytest.raises(NotPossible, match=r"may not go into any feed"):
            act()


@pytest.mark.parametrize("tlp", [Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR])
def test_what_is_for_members_or_everybody_can_be_published(tlp: Tlp) -> None:
    assert let_out(ready(tlp=tlp)).tlp is tlp


@pytest.mark.parametrize(
    ("green_is_public", "tlp", "allowed"),
    [(False, Tlp.GREEN, False), (True, Tlp.GREEN, True), (True, Tlp.AMBER, False)],
)
def test_a_drill_is_only_for_everybody(*, green_is_public: bool, tlp: Tlp, allowed: bool) -> None:
    drill = ready(id="drill-2026-w47-k3v9q2xd", drill=True, tlp=tlp)
    rules = FOUR_EYES._replace(green_is_public=green_is_public)
    if allowed:
        assert let_out(drill, rules=rules).tlp is tlp
    else:
        with pytest.raises(NotPossible, match="the drill feed"):
            let_out(drill, rules=rules)


WIDTH = [Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR]


@pytest.mark.parametrize("before", WIDTH)
@pytest.mark.parametrize("after", WIDTH)
def test_what_readers_have_stays_theirs(before: Tlp, after: Tlp) -> None:
    change = Change(tlp=after, reason=WHY, ready=True)
    if WIDTH.index(after) >= WIDTH.index(before):
        assert let_out(corrected(published(tlp=before), change)).tlp is after
        return
    with pytest.raises(NotPossible, match="withdraw it instead"):
        corrected(published(tlp=before), change)
    higher = msgspec.structs.replace(change, severity=Severity.CRITICAL)
    with pytest.raises(NotPossible, match="withdraw it instead"):
        advisory_life.escalation(published(tlp=before), "new", "2026-W47", by("ana"), higher)


def test_the_public_history_of_what_was_for_members_begins_when_it_is_public() -> None:
    of_members = "as told by three of you"
    one = published(tlp=Tlp.AMBER, place="AR", sector="banking")
    two = out(let_out(corrected(one, Change(reason=of_members, place="UY", ready=True)), hours=1))
    three = out(let_out(corrected(two, Change(reason="now for all", tlp=Tlp.CLEAR, ready=True)), hours=2))
    four = let_out(corrected(three, Change(reason="more", place="BR", ready=True)), hours=3)
    seen = public_history(four, PUBLIC_TLP)
    assert [version.number for version in seen] == [3]
    assert of_members not in str(seen)
    assert [version.number for version in public_history(four, frozenset(Tlp))] == [1, 2, 3]


# Escalation


def test_an_escalation_is_a_warning_of_its_own_that_copies_the_old_one() -> None:
    old = published(texts=FIRST | {"es": Text("Phishing", "Vino.")}, place="UY", sector="banking")
    change = Change(reason="banks are hit", texts=SECOND)
    new = advisory_life.escalation(old, "2026-w48-new", "2026-W48", by("eva"), change)
    assert (new.id, new.revision, new.version, new.escalates) == ("2026-w48-new", 1, 0, old.latest.id)
    assert (new.severity, new.place, new.sector) == (Severity.HIGH, "UY", "banking")
    assert new.texts == {**SECOND, "es": Text("Phishing", "Vino.")}
    assert (new.author, new.approver, new.published) == ("eva", "", None)


def test_an_escalation_takes_over_what_is_out_and_nothing_that_is_pending() -> None:
    standing = corrected(published())
    new = advisory_life.escalation(standing, "new", "2026-W47", by("eva"), Change(reason=WHY))
    assert new.texts == FIRST


def test_both_are_out_when_an_escalation_is() -> None:
    old = escalated().latest
    assert (old.status, old.version, old.escalated_by) == (Status.ESCALATED, 2, "2026-w47-newernew")
    assert (old.reason, old.author, old.approver) == ("banks are hit, too", "ana", "luis")
    assert [version.number for version in old.history] == [1]


@pytest.mark.parametrize(
    ("severity", "place", "allowed"),
    [
        (Severity.MEDIUM, "UY", False),
        (Severity.LOW, "UY", False),
        (Severity.MEDIUM, "AR", False),
        (Severity.HIGH, "UY", True),
        (Severity.CRITICAL, "AR", True),
        (Severity.MEDIUM, "005", True),
        (Severity.LOW, "419", True),
        (Severity.MEDIUM, "", True),
        (Severity.MEDIUM, "150", False),
    ],
)
def test_what_takes_anothers_place_is_more_severe_or_wider(
    severity: Severity, place: str, *, allowed: bool
) -> None:
    change = Change(severity=severity, place=place, reason=WHY)
    if allowed:
        new = advisory_life.escalation(published(), "new", "2026-W47", by("ana"), change)
        assert (new.severity, new.place) == (severity, place)
    else:
        with pytest.raises(NotPossible, match="more severe than medium, or name a wider place"):
            advisory_life.escalation(published(), "new", "2026-W47", by("ana"), change)


def test_nothing_is_more_severe_than_critical_and_an_unknown_severity_has_no_next() -> None:
    for severity, because in ((Severity.CRITICAL, "more severe"), (Severity.UNKNOWN, "give --severity")):
        with pytest.raises(NotPossible, match=because):
            advisory_life.escalation(
                published(severity=severity), "new", "2026-W47", by("ana"), Change(reason=WHY)
            )


def test_a_figure_stays_with_its_place_and_its_week() -> None:
    old = published(figure=Figure(20))
    for week, place, kept in (
        ("2026-W47", None, Figure(20)),
        ("2026-W48", None, None),
        ("2026-W47", "005", None),
    ):
        change = Change(reason=WHY, place=place)
        assert advisory_life.escalation(old, "new", week, by("ana"), change).figure == kept
    assert corrected(old, Change(reason=WHY, place="AR")).latest.figure is None
    assert corrected(old, Change(reason=WHY, type="fraud")).latest.figure is None
    assert corrected(old, Change(reason=WHY, type=old.latest.type)).latest.figure == Figure(20)
    of_another = Change(reason=WHY, type="fraud", severity=Severity.CRITICAL)
    assert advisory_life.escalation(old, "new", old.latest.week, by("ana"), of_another).figure is None
    assert corrected(old, Change(reason=WHY)).latest.figure == Figure(20)


def test_the_place_of_what_has_ended_cannot_be_taken() -> None:
    new = msgspec.structs.replace(machines(), severity=Severity.CRITICAL, escalates="old")
    for stage in (Stage.ESCALATED, Stage.WITHDRAWN):
        with pytest.raises(NotPossible, match="whose place it takes, is"):
            advisory_life.superseded(STAGES[stage], new, by("luis"))


# Withdrawal


def test_a_withdrawal_says_what_readers_had_and_why_it_is_gone() -> None:
    gone = STAGES[Stage.WITHDRAWN].latest
    assert (gone.status, gone.version, gone.withdraws) == (Status.WITHDRAWN, 2, False)
    assert (gone.texts, gone.reason) == (FIRST, "a false alarm")


def test_a_withdrawal_withdraws_what_is_out_whatever_is_pending() -> None:
    standing = corrected(published())
    asked = standing._replace(latest=advisory_life.withdrawn(standing, by("luis"), "a false alarm"))
    gone = advisory_life.withdrawn(asked, by("ana"), "")
    assert gone.texts == FIRST


def test_a_correction_takes_the_place_of_a_withdrawal_that_nobody_confirmed() -> None:
    asked = withdrawing(published())
    with pytest.raises(NotPossible, match="--reason"):
        corrected(asked, Change(texts=SECOND))
    made = corrected(asked)
    assert (made.latest.withdraws, made.latest.reason, made.stage) == (False, WHY, Stage.CORRECTION)


def test_what_was_escalated_can_still_be_withdrawn() -> None:
    asked = withdrawing(escalated())
    gone = advisory_life.withdrawn(asked, by("luis"), "")
    assert (gone.status, gone.version, gone.escalated_by) == (Status.WITHDRAWN, 3, "2026-w47-newernew")


def test_a_withdrawal_needs_a_reason_in_one_clean_line() -> None:
    for reason, because in (("", "--reason"), ("x\ny", "reason: "), ("x\u202ey", "reason: ")):
        with pytest.raises(NotPossible, match=because):
            advisory_life.withdrawn(published(), by("ana"), reason)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (Change(texts={"en": Text("", "x")}), "title: empty"),
        (Change(texts={"en": Text("a < b", "x")}), "title: holds <"),
        (Change(place="XX"), "place: "),
        (Change(sector="none"), "sector: "),
        (Change(related=("a",) * 2), "related: "),
        (Change(related=tuple(map(str, range(21)))), "related: at most 20"),
        (Change(reason="x" * 501), "reason: longer"),
    ],
)
def test_what_may_not_stand_in_an_advisory_is_refused_by_its_part(change: Change, because: str) -> None:
    with pytest.raises(NotPossible, match=f"^{because}"):
        advisory_life.edited(pending(machines()), by("ana"), change)


def test_the_machines_severity_goes_with_another_type() -> None:
    draft = pending(machines(severity=Severity.HIGH, figure=Figure(20)))
    made = advisory_life.edited(draft, by("ana"), Change(type="malicious-code"))
    assert (made.type, made.severity, made.figure) == ("malicious-code", Severity.MEDIUM, None)
    kept = advisory_life.edited(draft, by("ana"), Change(type="fraud/phishing"))
    assert (kept.severity, kept.figure) == (Severity.HIGH, Figure(20))


def test_a_type_that_is_none_is_refused() -> None:
    with pytest.raises(NotPossible, match="type: not an RSIT type"):
        corrected(published(), Change(reason=WHY, type="phish"))


def test_the_text_of_a_language_can_go_but_one_stays() -> None:
    both = {**FIRST, "pt": Text("Phishing", "Por SMS.")}
    old = published(texts=both)
    made = corrected(old, Change(reason=WHY, dropped=("pt",)))
    assert (made.latest.texts, old.latest.texts) == (FIRST, both)
    for change in (Change(dropped=("fr",), reason=WHY), Change(dropped=("pt",), texts=both, reason=WHY)):
        with pytest.raises(NotPossible, match="must have a text, and cannot get another"):
            corrected(old, change)
    with pytest.raises(NotPossible, match="texts: there is none"):
        corrected(old, Change(dropped=("pt", "en"), reason=WHY))
