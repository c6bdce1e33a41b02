"""Advisories in the database: who may act, links, times that come, and lives that nobody planned."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from storage import advisories, coordinators, signals
from tests.advising import FIRST, FOUR_EYES, WHY, by
from tests.signals import kept
from tests.support import NOON, WEEK, Clock, Logged, Served, Stock, opened, seeded
from warp import advising
from warp.advisory import Advisory, Status, Text, Tlp
from warp.advisory_life import Change
from warp.events import Event
from warp.release import Hub
from warp.signal import State
from warp.stages import Act, NotPossible, Rules
from warp.taxonomy import Severity

from .test_following import RISE, put

PEOPLE = ("ana", "luis", "eva")


@pytest_asyncio.fixture
async def hub(server: Served) -> Hub:
    """A site's hub, with three coordinators."""
    await employ(server.site.hub)
    return server.site.hub


async def employ(hub: Hub) -> None:
    """Make three people coordinators."""
    async with hub.identity.write() as connection:
        for name in PEOPLE:
            await coordinators.add(connection, name, f"age1pq1{name}")


async def drafted(hub: Hub, **change: object) -> Advisory:
    blank = advising.blank(hub, WEEK, "fraud/phishing")
    wanted = {"texts": FIRST, "place": "UY", "severity": Severity.MEDIUM, "ready": True} | change
    return await advising.write(hub, blank, by("ana"), Change(**wanted))  # type: ignore[arg-type]


async def published(hub: Hub, **change: object) -> Advisory:
    draft = await drafted(hub, **change)
    [made] = await advising.let_out(hub, draft.id, Act.PUBLISH, by("luis"))
    return made


async def latest(hub: Hub, identifier: str) -> Advisory:
    async with hub.reports.read() as connection:
        return (await advising.standing(connection, identifier)).latest


async def everything(hub: Hub) -> dict[str, list[Advisory]]:
    async with hub.reports.read() as connection:
        ids = [each.id for each in await advisories.everything(connection)]
        return {each: await advisories.revisions(connection, each) for each in ids}


async def test_only_coordinators_act(hub: Hub) -> None:
    made, nobody = await published(hub), by("eve")
    blank = advising.blank(hub, WEEK, "fraud")
    before = await everything(hub)
    for act in (
        advising.write(hub, blank, nobody, Change(texts=FIRST)),
        advising.edit(hub, made.id, nobody, Change(reason=WHY)),
        advising.approve(hub, made.id, nobody),
        advising.schedule(hub, made.id, Act.UPDATE, nobody, None),
        advising.let_out(hub, made.id, Act.UPDATE, nobody),
        advising.escalate(hub, made.id, nobody, Change(reason=WHY)),
        advising.withdraw(hub, made.id, nobody, WHY),
    ):
        with pytest.raises(NotPossible, match="no coordinator of this name"):
            await act
    assert await everything(hub) == before


async def test_an_id_that_is_none_is_said_to_be_none(hub: Hub) -> None:
    with pytest.raises(NotPossible, match="no advisory with this id"):
        await advising.edit(hub, "none", by("ana"), Change())


# Escalation


async def test_an_escalation_and_what_it_takes_the_place_of_come_out_together(hub: Hub) -> None:
    old = await published(hub)
    new = await advising.escalate(hub, old.id, by("ana"), Change(reason="banks are hit", ready=True))
    assert (await latest(hub, old.id)) == old
    out = await advising.let_out(hub, new.id, Act.PUBLISH, by("luis", hours=1))
    assert [(each.id, each.status) for each in out] == [
        (new.id, Status.PUBLISHED),
        (old.id, Status.ESCALATED),
    ]
    assert (out[0].escalates, out[1].escalated_by) == (old.id, new.id)
    assert out[0].reason == out[1].reason == "banks are hit"
    assert [await latest(hub, each.id) for each in out] == out


async def test_what_readers_get_later_is_dated_a_second_later_at_least(hub: Hub) -> None:
    """Whoever has looked in between, and takes what is dated after the last it has, misses nothing."""
    dated = []
    for _ in range(3):
        made = await published(hub)
        await advising.edit(hub, made.id, by("ana"), Change(reason=WHY, ready=True))
        [updated] = await advising.let_out(hub, made.id, Act.UPDATE, by("luis"))
        await advising.withdraw(hub, made.id, by("ana"), WHY)
        withdrawn = await advising.withdraw(hub, made.id, by("luis"), "")
        dated += [each.updated for each in (made, updated, withdrawn)]
    assert dated == [NOON + timedelta(seconds=second) for second in range(9)]


async def test_a_pending_correction_ends_with_the_warning_that_was_escalated(hub: Hub) -> None:
    old = await published(hub)
    new = await advising.escalate(hub, old.id, by("ana"), Change(reason="banks are hit", ready=True))
    await advising.edit(hub, old.id, by("ana"), Change(reason=WHY, severity=Severity.LOW, ready=True))
    [_, ended] = await advising.let_out(hub, new.id, Act.PUBLISH, by("luis", hours=1))
    assert (ended.revision, ended.severity) == (old.revision + 2, old.severity)
    with pytest.raises(NotPossible, match="cannot be updated"):
        await advising.let_out(hub, old.id, Act.UPDATE, by("luis"))


async def test_of_two_escalations_of_one_warning_only_one_comes_out(hub: Hub) -> None:
    old = await published(hub)
    change = Change(reason="banks are hit", ready=True)
    one, two = [await advising.escalate(hub, old.id, by("ana"), change) for _ in range(2)]
    await advising.let_out(hub, one.id, Act.PUBLISH, by("luis"))
    with pytest.raises(NotPossible, match="is escalated"):
        await advising.let_out(hub, two.id, Act.PUBLISH, by("luis"))
    assert (await latest(hub, two.id)).status is Status.REVIEW


async def test_an_escalation_cannot_be_edited_into_a_lesser_warning(hub: Hub) -> None:
    old = await published(hub)
    new = await advising.escalate(hub, old.id, by("ana"), Change(reason="banks are hit"))
    with pytest.raises(NotPossible, match="must be more severe"):
        await advising.edit(hub, new.id, by("eva"), Change(severity=Severity.LOW))
    higher = Change(severity=Severity.CRITICAL, reason=WHY, ready=True)
    await advising.edit(hub, old.id, by("ana"), higher)
    await advising.let_out(hub, old.id, Act.UPDATE, by("luis"))
    await advising.edit(hub, new.id, by("eva"), Change(severity=Severity.CRITICAL, place="005"))
    with pytest.raises(NotPossible, match="must be more severe"):
        await advising.edit(hub, new.id, by("eva"), Change(place="UY"))


async def test_what_came_of_reports_cannot_name_a_small_place_by_way_of_an_escalation(hub: Hub) -> None:
    old = await published(hub, place="")
    async with hub.reports.write() as connection:
        await signals.save(connection, kept(RISE)._replace(advisory=old.id))
    change = Change(reason="worse", severity=Severity.CRITICAL, place="UY")
    with pytest.raises(NotPossible, match="too few members"):
        await advising.escalate(hub, old.id, by("ana"), change)
    new = await advising.escalate(hub, old.id, by("ana"), Change(reason="worse"))
    for identifier in (new.id, old.id):
        with pytest.raises(NotPossible, match="too few members"):
            await advising.edit(hub, identifier, by("ana"), Change(place="UY", reason=WHY))


# Links


async def test_a_related_advisory_is_out_and_for_all_readers(hub: Hub) -> None:
    public, of_members = await published(hub), await published(hub, tlp=Tlp.AMBER)
    draft = await drafted(hub, ready=False)
    for identifier in (draft.id, "none", public.id):
        with pytest.raises(NotPossible, match="related: not the id"):
            await advising.edit(hub, public.id, by("ana"), Change(related=(identifier,), reason=WHY))
    with pytest.raises(NotPossible, match="is for members only"):
        await advising.edit(hub, draft.id, by("ana"), Change(related=(of_members.id,)))
    change = Change(related=(of_members.id, public.id), tlp=Tlp.GREEN)
    assert (await advising.edit(hub, draft.id, by("ana"), change)).related == (of_members.id, public.id)
    with pytest.raises(NotPossible, match="is for members only"):
        await advising.edit(hub, draft.id, by("ana"), Change(tlp=Tlp.CLEAR))
    without = await advising.edit(hub, draft.id, by("ana"), Change(tlp=Tlp.CLEAR, related=()))
    assert without.related == ()


async def test_a_setting_that_makes_green_public_keeps_its_links_from_members_advisories(hub: Hub) -> None:
    of_members = await published(hub, tlp=Tlp.AMBER)
    draft = await drafted(hub, tlp=Tlp.GREEN, related=(of_members.id,))
    rules = Rules(four_eyes=True, green_is_public=True)
    with pytest.raises(NotPossible, match="is for members only"):
        await advising.let_out(hub, draft.id, Act.PUBLISH, by("luis", rules))
    assert len(await advising.let_out(hub, draft.id, Act.PUBLISH, by("luis"))) == 1


# Time


async def test_what_is_set_to_a_minute_goes_out_at_that_minute_and_once(hub: Hub) -> None:
    draft, at = await drafted(hub), NOON + timedelta(minutes=10)
    await advising.schedule(hub, draft.id, Act.PUBLISH, by("luis"), at)
    assert await advising.due(hub, at - timedelta(seconds=1), FOUR_EYES) == []
    assert await advising.due(hub, at, FOUR_EYES) == [draft.id]
    assert await advising.due(hub, at, FOUR_EYES) == []
    made = await latest(hub, draft.id)
    assert (made.status, made.approver, made.updated, made.publish_at) == (
        Status.PUBLISHED,
        "luis",
        at,
        None,
    )


async def test_a_correction_and_an_escalation_go_out_by_themselves_too(hub: Hub) -> None:
    at = NOON + timedelta(minutes=10)
    one, two = await published(hub), await published(hub)
    await advising.edit(hub, one.id, by("ana"), Change(reason=WHY, ready=True))
    await advising.schedule(hub, one.id, Act.UPDATE, by("luis"), at)
    new = await advising.escalate(hub, two.id, by("ana"), Change(reason=WHY, ready=True))
    await advising.schedule(hub, new.id, Act.PUBLISH, by("eva"), at)
    assert set(await advising.due(hub, at, FOUR_EYES)) == {one.id, two.id, new.id}
    assert (await latest(hub, one.id)).status is Status.UPDATED
    assert (await latest(hub, two.id)).status is Status.ESCALATED


async def test_a_time_that_was_taken_back_or_edited_away_never_comes(hub: Hub) -> None:
    at = NOON + timedelta(minutes=10)
    one, two = await drafted(hub), await drafted(hub)
    for draft in (one, two):
        await advising.schedule(hub, draft.id, Act.PUBLISH, by("luis"), at)
    await advising.schedule(hub, one.id, Act.PUBLISH, by("eva"), None)
    await advising.edit(hub, two.id, by("luis"), Change(severity=Severity.LOW, ready=True))
    assert await advising.due(hub, at + timedelta(days=1), FOUR_EYES) == []


async def test_what_could_not_go_out_says_why_stays_in_review_and_holds_up_nothing_else(
    hub: Hub, server: Served
) -> None:
    at = NOON + timedelta(minutes=10)
    gone, good = await drafted(hub), await drafted(hub)
    await advising.schedule(hub, gone.id, Act.PUBLISH, by("luis"), at)
    await advising.schedule(hub, good.id, Act.PUBLISH, by("eva"), at)
    async with hub.identity.write() as connection:
        await coordinators.remove(connection, "luis")
    assert await advising.due(hub, at, FOUR_EYES) == [good.id]
    stays = await latest(hub, gone.id)
    assert (stays.status, stays.author, stays.approver, stays.publish_at) == (Status.REVIEW, "ana", "", None)
    assert (stays.hindrance, stays.reason) == ("no coordinator of this name; see: warp coordinator list", "")
    assert server.logged.events.count(Event.NOT_LET_OUT) == 1


async def test_what_could_not_go_out_does_not_go_out_later_by_itself(hub: Hub, server: Served) -> None:
    at, draft = NOON + timedelta(minutes=10), await drafted(hub)
    await advising.schedule(hub, draft.id, Act.PUBLISH, by("luis"), at)
    async with hub.identity.write() as connection:
        await coordinators.remove(connection, "luis")
    await advising.due(hub, at, FOUR_EYES)
    async with hub.identity.write() as connection:
        await coordinators.add(connection, "luis", "age1pq1luis")
    before = await everything(hub)
    assert await advising.due(hub, at + timedelta(days=1), FOUR_EYES) == []
    assert await everything(hub) == before
    with pytest.raises(NotPossible, match="second pair of eyes"):
        await advising.let_out(hub, draft.id, Act.PUBLISH, by("ana"))
    [out] = await advising.let_out(hub, draft.id, Act.PUBLISH, by("luis", hours=1))
    assert (out.status, out.hindrance) == (Status.PUBLISHED, "")
    assert server.logged.events.count(Event.NOT_LET_OUT) == 1


async def test_an_approval_outlasts_what_has_nothing_to_do_with_it(hub: Hub) -> None:
    """An escalated warning says nothing against an approver; one who is its author is no second pair."""
    at, alone = NOON + timedelta(minutes=10), Rules(four_eyes=False, green_is_public=False)
    old = await published(hub)
    change = Change(reason="banks are hit", ready=True)
    one, two = [await advising.escalate(hub, old.id, by("ana"), change) for _ in range(2)]
    own = await drafted(hub)
    await advising.schedule(hub, two.id, Act.PUBLISH, by("luis"), at)
    await advising.schedule(hub, own.id, Act.PUBLISH, by("ana", alone), at)
    await advising.let_out(hub, one.id, Act.PUBLISH, by("luis"))
    assert await advising.due(hub, at, FOUR_EYES) == []
    found = [await latest(hub, each.id) for each in (two, own)]
    assert [each.approver for each in found] == ["luis", ""]
    assert f"{old.id}, whose place it takes, is escalated" in found[0].hindrance
    assert "second pair of eyes" in found[1].hindrance


async def test_each_act_on_what_could_not_go_out_takes_the_reason_back(hub: Hub) -> None:
    at, draft = NOON + timedelta(minutes=10), await drafted(hub)

    async def hinder() -> None:
        await advising.schedule(hub, draft.id, Act.PUBLISH, by("eva"), at)
        async with hub.identity.write() as connection:
            await coordinators.remove(connection, "eva")
        await advising.due(hub, at, FOUR_EYES)
        async with hub.identity.write() as connection:
            await coordinators.add(connection, "eva", "age1pq1eva")
        assert (await latest(hub, draft.id)).hindrance

    await hinder()
    assert not (await advising.approve(hub, draft.id, by("luis"))).hindrance
    assert not (await advising.edit(hub, draft.id, by("ana"), Change(ready=True))).hindrance
    await hinder()
    assert not (await advising.schedule(hub, draft.id, Act.PUBLISH, by("luis"), at)).hindrance
    assert not (await advising.edit(hub, draft.id, by("ana"), Change(ready=True))).hindrance
    await hinder()
    assert not (await advising.edit(hub, draft.id, by("ana"), Change())).hindrance


async def test_publication_by_the_clock_closes_its_signal(hub: Hub, server: Served) -> None:
    draft = await drafted(hub)
    await put(server.site, kept(RISE)._replace(advisory=draft.id))
    await advising.schedule(hub, draft.id, Act.PUBLISH, by("luis"), NOON + timedelta(minutes=1))
    await advising.due(hub, NOON + timedelta(minutes=1), FOUR_EYES)
    async with hub.reports.read() as connection:
        [closed] = await signals.of_advisory(connection, draft.id)
    assert (closed.state, closed.steps[-1].by) == (State.CLOSED, "luis")


async def test_what_was_withdrawn_ninety_days_ago_leaves_the_feeds_once(hub: Hub) -> None:
    made, stays = await published(hub), await published(hub)
    await advising.withdraw(hub, made.id, by("ana"), WHY)
    gone = await advising.withdraw(hub, made.id, by("luis"), "")
    midnight = NOON.replace(hour=0) + timedelta(days=91)
    assert await advising.bury(hub, midnight - timedelta(days=1)) == []
    assert await advising.bury(hub, midnight) == [made.id]
    assert await advising.bury(hub, midnight + timedelta(days=1)) == []
    buried = await latest(hub, made.id)
    assert (buried.buried, buried.version) == (midnight, gone.version)
    assert await latest(hub, stays.id) == stays


# Lives that nobody planned


class Life:
    """Three people who do anything at all to a few advisories, and what must hold whatever they do."""

    def __init__(self, hub: Hub, random: Random) -> None:
        self._hub = hub
        self._random = random
        self._hours = 0.0
        self._wrote: dict[str, str] = {}
        """Id to who has changed it last, as this test saw it."""
        self._read: dict[str, set[str]] = {}
        """Id to who else has said since then that it is good."""
        self._before: dict[str, list[Advisory]] = {}
        self.refused = 0

    async def step(self) -> None:
        """Let somebody do something, and look."""
        self._hours += self._random.choice((0.0, 0.2, 5.0))
        name = self._random.choice(PEOPLE)
        acting = by(name, hours=self._hours)
        identifier = self._random.choice([*self._wrote, ""])
        try:
            await self._act(identifier, name, acting)
        except NotPossible:
            self.refused += 1
        await self._look()

    async def _act(self, identifier: str, name: str, acting) -> None:
        hub, random = self._hub, self._random
        text = {"en": Text("Phishing", f"As of hour {self._hours}, says {name}")}
        change = Change(
            texts=random.choice(({}, text)),
            severity=random.choice((None, *Severity)),
            tlp=random.choice((None,) * 6 + (Tlp.AMBER, Tlp.CLEAR, Tlp.RED)),
            reason=random.choice((None, f"for reason {self._hours}")),
            ready=random.random() < 0.7,
        )
        if not identifier:
            if len(self._before) < 8:
                blank = advising.blank(hub, WEEK, "fraud")
                self._changed((await advising.write(hub, blank, acting, Change(texts=text))).id, name)
            return
        acts = ["edit"] * 6 + ["out"] * 6 + ["approve"] * 3 + ["at"] * 2 + ["withdraw"] * 4 + ["escalate"]
        match random.choice(acts):
            case "edit":
                await advising.edit(hub, identifier, acting, change)
                self._changed(identifier, name)
            case "approve":
                await advising.approve(hub, identifier, acting)
                self._read[identifier].add(name)
            case "out":
                await advising.let_out(hub, identifier, random.choice((Act.PUBLISH, Act.UPDATE)), acting)
                self._read[identifier].add(name)
            case "at":
                act = random.choice((Act.PUBLISH, Act.UPDATE))
                at = (acting.now + timedelta(hours=2)).replace(minute=0, second=0)
                await advising.schedule(hub, identifier, act, acting, at)
                self._read[identifier].add(name)
                await advising.due(hub, at, FOUR_EYES)
            case "escalate":
                made = await advising.escalate(hub, identifier, acting, change)
                self._changed(made.id, name)
            case "withdraw":
                made = await advising.withdraw(hub, identifier, acting, random.choice(("", "a false alarm")))
                if made.status is Status.REVIEW:
                    self._changed(identifier, name)
                else:
                    self._read[identifier].add(name)

    def _changed(self, identifier: str, name: str) -> None:
        self._wrote[identifier], self._read[identifier] = name, set()

    async def _look(self) -> None:
        after = await everything(self._hub)
        assert self._before.keys() <= after.keys()
        for identifier, revisions in after.items():
            before = self._before.get(identifier, [])
            assert revisions[: len(before)] == before, "no revision changes or goes"
            assert [each.revision for each in revisions] == list(range(1, len(revisions) + 1))
            out = [each for each in revisions if each.status.is_out]
            assert [each.version for each in out] == list(range(1, len(out) + 1))
            times = [each.updated for each in out if each.updated]
            assert times == sorted(set(times))
            assert len(times) == len(out)
            for each in revisions[len(before) :]:
                self._look_at(each, revisions)
        self._before = after

    def _look_at(self, new: Advisory, revisions: list[Advisory]) -> None:
        if not new.status.is_out:
            return
        assert new.tlp in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER)
        who = new.escalated_by if new.status is Status.ESCALATED else new.id
        assert new.author == self._wrote[who]
        assert new.approver in self._read[who] - {new.author}, "somebody else has read just this"
        if new.status is not Status.ESCALATED:
            pending = revisions[new.revision - 2]
            assert (new.texts, new.tlp, new.severity) == (pending.texts, pending.tlp, pending.severity)


@pytest.mark.parametrize(
    "seed", [3, pytest.param(4, marks=pytest.mark.slow), pytest.param(5, marks=pytest.mark.slow)]
)
async def test_whatever_three_people_do_nothing_is_lost_and_nothing_comes_out_that_one_alone_has_read(
    data: Path, stock: Stock, seed: int
) -> None:
    # Nothing serves this site: whatever a server does at its own minutes is no part of what is repeated.
    async with opened(data, Clock(), Logged(), stock) as site:
        hub = site.hub._replace(random=seeded(seed))
        await employ(hub)
        life = Life(hub, seeded(seed))
        for _ in range(250):
            await life.step()
        seen = {each.status for revisions in (await everything(hub)).values() for each in revisions}
    assert seen >= {Status.PUBLISHED, Status.UPDATED, Status.WITHDRAWN}, "the test says something"
    assert life.refused
