"""Coordinators follow a signal, and its draft follows with it; what makes no sense is refused."""

from collections.abc import Sequence
from itertools import count

import pytest
import pytest_asyncio

from storage import advisories, coordinators, figures, members, signals
from tests.signals import RISE, THRESHOLD, changed, kept, of_week
from tests.support import NOON, WEEK, Served
from warp import advising, disclosure, following, life
from warp.advisory import Advisory, Status
from warp.advisory_life import Change
from warp.disclosure import Cell, Figure, Release
from warp.life import Kept, Step
from warp.policies import Policy
from warp.signal import Kind, Signal, State
from warp.site import Site
from warp.stages import Act, Acting, NotPossible
from warp.taxonomy import Severity

HOMES = (*["UY"] * 5, *["AR"] * 5, *["PY"] * 2)
LATER = WEEK.plus(1).start


@pytest_asyncio.fixture
async def site(server: Served) -> Site:
    """A site with two coordinators and members in three countries."""
    async with server.site.hub.identity.write() as connection:
        await coordinators.add(connection, "luis", "age1pq1luis")
        for number, home in enumerate(HOMES):
            code = bytes([number]) * 16
            await members.invite(connection, f"team {number}", home, code, str(WEEK))
            assert await members.join(connection, code, code * 2, str(WEEK))
    return server.site


async def raised(site: Site, *found: Signal, weeks: int = 0) -> list[Advisory]:
    """Record a week's signals, and let the machine draft; gives what it drafted."""
    async with site.hub.reports.write() as connection:
        known = {each.id for each in await signals.everything(connection)}
        fresh = (f"id{number}" for number in count() if f"id{number}" not in known)
        await signals.record(connection, found, fresh.__next__, WEEK.plus(weeks))
    return await advising.draft_signals(site.hub, site.settings.languages, site.settings.policy)


async def stored(site: Site, identifier: str = "id0") -> Kept:
    async with site.hub.reports.read() as connection:
        found = await signals.by_id(connection, identifier)
    assert found is not None
    return found


async def drafts(site: Site) -> list[Advisory]:
    async with site.hub.reports.read() as connection:
        return await advisories.everything(connection)


async def put(site: Site, *everything: Kept) -> None:
    async with site.hub.reports.write() as connection:
        for each in everything:
            await signals.save(connection, each)


async def take_over(site: Site, identifier: str, name: str = "coordinator") -> Advisory:
    return await advising.edit(site.hub, identifier, Acting(name, LATER, site.rules), Change())


# The draft


async def test_a_rise_leads_to_one_draft_however_long_it_goes_on(site: Site) -> None:
    [draft] = await raised(site, RISE)
    assert (draft.place, draft.author, draft.status, draft.week) == ("005", "", Status.DRAFT, "2026-W47")
    assert (await stored(site)).advisory == draft.id
    assert await raised(site, of_week(1), weeks=1) == []
    assert await drafts(site) == [draft]


@pytest.mark.parametrize(
    "signal",
    [
        changed(kind=Kind.BATCH),
        changed(kind=Kind.OCCURRENCE, week="2026-10", type="fraud"),
        changed(members=1),
        changed(THRESHOLD, members=1),
    ],
    ids=["batch", "occurrence", "one member", "one member over a threshold"],
)
async def test_nothing_is_drafted_of_what_is_no_alarm_or_of_one_member_alone(
    site: Site, signal: Signal
) -> None:
    assert await raised(site, signal) == []
    assert (await stored(site)).state is State.NEW


@pytest.mark.parametrize("state", [State.DISMISSED, State.CLOSED, State.DRAFTED])
async def test_nothing_is_drafted_of_a_signal_that_people_have_dealt_with(site: Site, state: State) -> None:
    await put(site, kept().stepped(Step(week=str(WEEK), state=state, by="coordinator")))
    assert await raised(site, RISE) == []


async def test_a_watched_signal_is_drafted(site: Site) -> None:
    await put(site, kept(state=State.WATCHED))
    assert len(await raised(site, RISE)) == 1


async def test_everywhere_is_no_place_in_a_draft(site: Site) -> None:
    [draft] = await raised(site, changed(place="001"))
    assert draft.place == ""
    assert await raised(site, of_week(1, place="001"), weeks=1) == []


async def test_a_rise_and_a_threshold_of_one_event_lead_to_one_draft(site: Site) -> None:
    [draft] = await raised(site, changed(THRESHOLD, place="UY"), RISE)
    assert draft.place == "005"
    assert {(await stored(site, name)).advisory for name in ("id0", "id1")} == {draft.id}
    assert await raised(site, changed(THRESHOLD, place="UY"), RISE) == []


async def test_a_threshold_in_the_weeks_after_a_rise_gets_its_draft_and_later_one_of_its_own(
    site: Site,
) -> None:
    [draft] = await raised(site, RISE)
    await take_over(site, draft.id)
    assert await raised(site, of_week(4, THRESHOLD, place="UY"), weeks=4) == []
    assert (await stored(site, "id1")).advisory == draft.id
    [own] = await raised(site, of_week(10, THRESHOLD, place="UY"), weeks=10)
    assert own.id != draft.id


async def test_a_threshold_beside_a_rise_has_a_draft_of_its_own(site: Site) -> None:
    assert len(await raised(site, RISE, changed(THRESHOLD, place="MX"))) == 2
    assert len(await raised(site, RISE, changed(THRESHOLD, type="intrusions"))) == 1


async def test_a_rise_takes_over_the_untouched_draft_of_a_threshold_and_its_place(site: Site) -> None:
    [first] = await raised(site, changed(THRESHOLD, place="001"))
    [second] = await raised(site, changed(THRESHOLD, place="001"), changed(place="UY"))
    assert (second.id, second.revision, second.place) == (first.id, 2, "UY")
    assert second.texts["en"].title.startswith("Unusual rise")
    assert await raised(site, changed(THRESHOLD, place="001"), changed(place="UY")) == [], (
        "it follows the rise"
    )


async def test_two_rises_never_share_the_draft_of_a_threshold(site: Site) -> None:
    everywhere = changed(THRESHOLD, place="001")
    [first] = await raised(site, everywhere)
    made = await raised(site, everywhere, changed(place="UY"), changed(place="AR"))
    assert sorted(draft.place for draft in made) == ["AR", "UY"]
    assert len({draft.id for draft in made}) == 2
    assert first.id in {draft.id for draft in made}


async def test_a_draft_that_two_thresholds_share_follows_one_of_them(site: Site) -> None:
    rules = [changed(THRESHOLD, place="UY"), changed(THRESHOLD, place="AR")]
    [draft] = await raised(site, RISE, *rules)
    await following.dismiss(site.hub, "id0", "luis", "a drill", LATER)
    [moved] = await raised(site, *rules)
    assert (moved.id, moved.place in ("UY", "AR")) == (draft.id, True)
    assert await raised(site, *rules) == []


async def test_the_draft_of_a_part_goes_and_what_shares_it_gets_that_of_the_wider_signal(site: Site) -> None:
    country = changed(THRESHOLD, place="AR")
    assert len(await raised(site, changed(place="UY"), changed(place="AR"), country)) == 2
    [moved] = await raised(site, RISE, country)
    assert (moved.place, moved.revision) == ("005", 2)
    assert [(each.id, each.revision) for each in await drafts(site)] == [(moved.id, 2)]
    found = {name: await stored(site, name) for name in ("id0", "id1", "id2")}
    assert {each.advisory for each in found.values() if not each.is_part} == {moved.id}
    assert [each.advisory for each in found.values() if each.is_part] == [None]


async def test_a_part_whose_draft_somebody_took_over_goes_on_with_it(site: Site) -> None:
    first, _ = await raised(site, changed(place="UY"), changed(place="AR"))
    taken = await take_over(site, first.id)
    assert await raised(site, RISE) == []
    assert await drafts(site) == [taken], "the other one is a part of it"
    states = {(await stored(site, name)).state for name in ("id0", "id1")}
    assert states == {State.DRAFTED, State.CLOSED}


async def test_a_rise_has_its_own_draft_where_somebody_has_taken_over_that_of_a_threshold(site: Site) -> None:
    [first] = await raised(site, THRESHOLD)
    await take_over(site, first.id)
    [second] = await raised(site, THRESHOLD, RISE)
    assert second.id != first.id


async def test_an_untouched_draft_follows_its_signal_to_another_place(site: Site) -> None:
    [first] = await raised(site, changed(place="UY"))
    [second] = await raised(site, of_week(1), weeks=1)
    assert (second.id, second.revision, second.place, second.week) == (first.id, 2, "005", "2026-W48")
    assert second.texts["en"].title.endswith("South America")
    assert await raised(site, of_week(1), weeks=1) == []


async def test_a_draft_is_named_by_who_could_have_been_the_source_when_it_is_written(site: Site) -> None:
    [first] = await raised(site, changed(place="PY"))
    assert first.place == "005", "two members are too few"


async def test_a_draft_that_somebody_took_over_stays_where_it_is(site: Site) -> None:
    [first] = await raised(site, changed(place="UY"))
    taken = await take_over(site, first.id)
    assert await raised(site, of_week(1), weeks=1) == []
    assert await drafts(site) == [taken]
    assert (await stored(site)).signal.place == "005"


def release(*cells: Cell) -> Release:
    return Release(str(WEEK), cells, Policy())


async def test_figure_and_severity_are_made_anew_for_the_new_place(site: Site) -> None:
    async with site.hub.reports.write() as connection:
        await figures.close(connection, release(Cell("fraud/phishing", "UY", Figure(20))))
    [first] = await raised(site, changed(place="UY"))
    assert (first.figure, first.severity) == (Figure(20), Severity.HIGH)
    [second] = await raised(site, changed(place="005"))
    assert (second.figure, second.severity) == (None, Severity.MEDIUM)


@pytest.mark.parametrize(("place", "figure"), [("001", Figure(20)), ("FR", None), ("", None)])
async def test_a_figure_of_the_world_belongs_to_a_draft_for_everywhere_and_to_no_other(
    site: Site, place: str, figure: Figure | None
) -> None:
    async with site.hub.reports.write() as connection:
        await figures.close(connection, release(Cell("fraud/phishing", disclosure.WORLD, Figure(20))))
    [draft] = await raised(site, changed(place=place))
    assert (draft.place, draft.figure) == ("", figure)


# The signal


async def test_taking_a_draft_over_makes_its_signal_drafted_once(site: Site) -> None:
    [draft] = await raised(site, RISE)
    for _ in range(2):
        await take_over(site, draft.id, "luis")
    found = await stored(site)
    assert found.state is State.DRAFTED
    assert found.steps[1:] == (Step(week="2026-W48", state=State.DRAFTED, by="luis"),)


async def test_publishing_closes_the_signals_that_it_warns_of(site: Site) -> None:
    [draft] = await raised(site, RISE, THRESHOLD)
    ana = Acting("coordinator", LATER, site.rules)
    await advising.edit(site.hub, draft.id, ana, Change(ready=True))
    await advising.let_out(site.hub, draft.id, Act.PUBLISH, Acting("luis", LATER, site.rules))
    for name in ("id0", "id1"):
        found = await stored(site, name)
        assert found.state is State.CLOSED
        step = found.steps[-1]
        assert (step.week, step.by, step.reason) == ("2026-W48", "luis", life.PUBLISHED)
        assert (step.once_in_weeks, step.members) == (found.signal.once_in_weeks, found.signal.members)
    assert await raised(site, of_week(1), weeks=1) == []
    assert (await stored(site)).state is State.CLOSED


async def test_a_draft_that_no_signal_led_to_changes_no_signal(site: Site) -> None:
    await raised(site, RISE)
    own, texts = advising.blank(site.hub, WEEK, "fraud"), (await drafts(site))[0].texts
    ana, luis = (Acting(name, NOON, site.rules) for name in ("coordinator", "luis"))
    await advising.write(site.hub, own, ana, Change(texts=texts, ready=True))
    await advising.let_out(site.hub, own.id, Act.PUBLISH, luis)
    assert (await stored(site)).state is State.NEW


async def test_dismissing_a_signal_deletes_the_draft_that_nobody_has_touched(site: Site) -> None:
    [draft] = await raised(site, RISE)
    done = await following.dismiss(site.hub, "id0", "luis", "a drill", LATER)
    assert (done.deleted, done.left) == (draft.id, None)
    assert await drafts(site) == []
    found = await stored(site)
    assert found == done.kept
    assert (found.state, found.advisory) == (State.DISMISSED, None)
    assert found.steps[-1] == Step(
        week="2026-W48", state=State.DISMISSED, by="luis", reason="a drill", once_in_weeks=340, members=9
    )
    assert await raised(site, of_week(1), weeks=1) == [], "it stays dismissed"


async def test_dismissing_a_signal_leaves_a_draft_that_somebody_took_over(site: Site) -> None:
    [draft] = await raised(site, RISE)
    taken = await take_over(site, draft.id)
    done = await following.dismiss(site.hub, "id0", "luis", "a drill", LATER)
    assert (done.deleted, done.left) == (None, taken)
    assert await drafts(site) == [taken]


async def test_a_draft_of_two_signals_goes_with_the_second(site: Site) -> None:
    [draft] = await raised(site, RISE, THRESHOLD)
    first = await following.dismiss(site.hub, "id0", "luis", "a drill", LATER)
    assert (first.deleted, first.left) == (None, draft)
    second = await following.dismiss(site.hub, "id1", "luis", "a drill", LATER)
    assert second.deleted == draft.id
    assert [(await stored(site, name)).advisory for name in ("id0", "id1")] == [None, None]


async def test_a_dismissed_signal_that_grows_tenfold_is_drafted_again(site: Site) -> None:
    await raised(site, RISE)
    await following.dismiss(site.hub, "id0", "luis", "a drill", LATER)
    assert len(await raised(site, of_week(1, once_in_weeks=3400), weeks=1)) == 1
    assert (await stored(site)).steps[-1].reason == life.GREW


async def test_a_reopened_signal_is_new_or_drafted_if_there_is_a_coordinators_draft(site: Site) -> None:
    [draft] = await raised(site, RISE)
    await following.close(site.hub, "id0", "luis", "", LATER)
    assert (await following.reopen(site.hub, "id0", "luis", "not yet", LATER)).state is State.NEW
    await take_over(site, draft.id)
    await following.close(site.hub, "id0", "luis", "told by telephone", LATER)
    again = await following.reopen(site.hub, "id0", "luis", "not all", LATER)
    assert again == await stored(site)
    assert (again.state, again.steps[-1].state) == (State.DRAFTED, State.DRAFTED)


async def act(site: Site, name: str, by: str = "luis", reason: str = "a reason") -> None:
    if name == "watch":
        await following.watch(site.hub, "id0", by, LATER)
        return
    acts = {"close": following.close, "dismiss": following.dismiss, "reopen": following.reopen}
    await acts[name](site.hub, "id0", by, reason, LATER)


@pytest.mark.parametrize(
    ("before", "name", "said"),
    [
        (["watch"], "watch", "is watched already"),
        (["dismiss"], "watch", "is dismissed already; reopen it first"),
        (["dismiss"], "dismiss", "is dismissed already"),
        (["dismiss"], "close", "is dismissed already"),
        (["close"], "close", "is closed already"),
        (["close"], "dismiss", "is closed already"),
        ([], "reopen", "is new already"),
        (["watch"], "reopen", "is watched already"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    site: Site, before: Sequence[str], name: str, said: str
) -> None:
    await raised(site, RISE)
    for each in before:
        await act(site, each)
    found = await stored(site)
    with pytest.raises(NotPossible, match=said):
        await act(site, name)
    assert await stored(site) == found


@pytest.mark.parametrize("name", ["watch", "close", "dismiss", "reopen"])
async def test_only_a_coordinator_acts_and_only_on_a_signal_that_exists(site: Site, name: str) -> None:
    with pytest.raises(NotPossible, match="no signal with this id"):
        await act(site, name)
    await raised(site, RISE)
    with pytest.raises(NotPossible, match="no coordinator of this name"):
        await act(site, name, by="mallory")
    assert (await stored(site)).state is State.NEW


@pytest.mark.parametrize("name", ["close", "dismiss", "reopen"])
@pytest.mark.parametrize("reason", ["two\nlines", "a\x1b[2Jbell", "x" * 501, "\u202egnorw", "\ud800"])
async def test_a_reason_is_one_line_without_characters_that_hide(site: Site, name: str, reason: str) -> None:
    await raised(site, RISE)
    with pytest.raises(NotPossible, match=r"^reason: "):
        await act(site, name, reason=reason)
    assert (await stored(site)).steps == (Step(week="2026-W47", state=State.NEW),)


@pytest.mark.parametrize("name", ["dismiss", "reopen"])
async def test_a_dismissal_and_a_reopening_need_a_reason(site: Site, name: str) -> None:
    await raised(site, RISE)
    with pytest.raises(NotPossible, match="reason: empty"):
        await act(site, name, reason=" ")
