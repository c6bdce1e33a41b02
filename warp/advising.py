"""
Advising: signals become drafts, drafts get an author, and a second coordinator lets them out.

The machine drafts and never publishes. Every change is a new revision; none is lost. What an act makes of an
advisory, and who may do it, is `warp.advisory_life`'s; here it meets coordinators, signals, members and other
advisories, in one transaction. Rendering what is published is `warp.publication`'s work.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import advisories, coordinators, figures, members, signals
from warp import advisory_life, disclosure, drafting, life, naming, places, taxonomy
from warp.advisory import Advisory, Status, Tlp, public_tlp
from warp.advisory_life import Change
from warp.disclosure import Figure
from warp.events import Event
from warp.life import Kept, Step
from warp.policies import Policy
from warp.release import Hub, random_word
from warp.signal import Kind, State
from warp.stages import Act, Acting, NotPossible, Rules, Standing
from warp.weeks import Week


async def draft_signals(hub: Hub, languages: Sequence[str], policy: Policy) -> list[Advisory]:
    """
    Draft an advisory from each signal that calls for one and has none yet.

    A draft that nobody has taken over follows its signal to another place, and goes if the signal ends as
    part of a wider one. Of a rise and a coordinators' threshold that tell of one event there is one draft.

    Returns:
        What was drafted, or drafted anew.
    """
    async with hub.identity.read() as connection:
        by_place = await members.by_place(connection)
    drafts = []
    async with hub.reports.write() as connection:
        for each in await signals.everything(connection):
            if each.is_part:
                await _withdraw(connection, each)
        kept = {each.id: each for each in await signals.everything(connection)}
        # Rises first: what a threshold says beside one leads to no draft of its own.
        for each in sorted(kept.values(), key=lambda each: each.signal.kind is Kind.THRESHOLD):
            if not each.may_be_drafted:
                continue
            others = [other for other in kept.values() if other.id != each.id]
            advisory = each.advisory or await _shared(connection, each, others)
            now = each._replace(advisory=advisory)
            place = disclosure.place_to_name(each.signal.place, by_place, policy)
            if await _is_to_be_drafted(connection, now, place, others):
                draft = await _draft(hub, connection, now, place, languages)
                await advisories.save(connection, draft)
                drafts.append(draft)
                now = now._replace(advisory=draft.id)
            if now != each:
                await signals.save(connection, now)
                kept[now.id] = now
    return drafts


async def _withdraw(connection: AsyncConnection, part: Kept) -> None:
    """Delete the machine's own draft of a part; what shares it finds that of the wider signal."""
    draft = await advisories.latest(connection, part.advisory or "")
    if draft is None or not is_untouched(draft):
        return
    await advisories.remove(connection, draft.id)
    for each in await signals.of_advisory(connection, draft.id):
        await signals.save(connection, each._replace(advisory=None))


async def _shared(connection: AsyncConnection, kept: Kept, others: Sequence[Kept]) -> str | None:
    """Give the advisory of what tells of the same event; a rise takes over only what is nobody's yet."""
    of_rises = {other.advisory for other in others if other.signal.kind is Kind.RISE}
    for other in life.of_the_other_kind(kept, others):
        found = await advisories.latest(connection, other.advisory or "")
        if found is None:
            continue
        if kept.signal.kind is Kind.THRESHOLD or (is_untouched(found) and found.id not in of_rises):
            return found.id
    return None


async def _is_to_be_drafted(
    connection: AsyncConnection, kept: Kept, place: str, others: Iterable[Kept]
) -> bool:
    """Say whether there is no draft yet, or an untouched one for another place that follows this signal."""
    found = await advisories.latest(connection, kept.advisory or "")
    if found is None:
        return True
    sharing = [each for each in others if each.advisory == found.id and each.may_be_drafted]
    # A rise before thresholds, and always the same one of those: a draft cannot follow two.
    leader = min([kept, *sharing], key=lambda each: (each.signal.kind is Kind.THRESHOLD, each.id))
    return leader is kept and is_untouched(found) and found.place != place


async def _draft(
    hub: Hub, connection: AsyncConnection, kept: Kept, place: str, languages: Sequence[str]
) -> Advisory:
    """Give a signal's first draft, or the next revision of its draft."""
    signal = kept.signal
    found = await advisories.latest(connection, kept.advisory or "")
    release = await figures.find(connection, signal.week)
    figure = None
    # Beside a wider place the band would lead, through the published row, to the one withheld.
    if release is not None and place == ("" if signal.place == places.WORLD else signal.place):
        figure = _figure(release, signal.type, signal.place)
    identifier = _new_id(hub, signal.week, drill=bool(hub.rehearses))
    if hub.rehearses:
        figure = None
    made = drafting.draft(signal, found.id if found else identifier, place, figure, languages)
    revision = found.revision + 1 if found else 1
    return msgspec.structs.replace(made, revision=revision, drill=bool(hub.rehearses))


def is_untouched(advisory: Advisory) -> bool:
    """Say whether it is a draft that only the machine has written."""
    return advisory.status is Status.DRAFT and not advisory.author


async def standing(connection: AsyncConnection, identifier: str) -> Standing:
    """
    Give an advisory as it stands.

    Raises:
        NotPossible: there is none with this id.
    """
    latest = await advisories.latest(connection, identifier)
    if latest is None:
        raise NotPossible("there is no advisory with this id; see: warp advisory list")
    return Standing(latest, await advisories.public(connection, identifier))


async def write(hub: Hub, blank: Advisory, acting: Acting, change: Change) -> Advisory:
    """
    Store a coordinator's own new draft.

    Raises:
        NotPossible: the author is no coordinator, or a text, code, date or related advisory is not allowed.
    """
    await require_coordinator(hub, acting.name)
    written = advisory_life.begun(blank, acting, change)
    async with hub.reports.write() as connection:
        await _require_links(connection, written, acting.rules)
        await advisories.save(connection, written)
    return written


async def edit(hub: Hub, identifier: str, acting: Acting, change: Change) -> Advisory:
    """
    Take over a draft and change it, or correct what is out; whoever did so last is its author.

    The signal of a first draft counts as drafted then.

    Raises:
        NotPossible: as `advisory_life.edited`; no such coordinator; a link is not allowed; or what came of
            reports would name a place where too few members could have been the source.
    """
    await require_coordinator(hub, acting.name)
    async with hub.reports.write() as connection:
        found = await standing(connection, identifier)
        edited = advisory_life.edited(found, acting, change)
        if change.place is not None:
            await naming.require_nameable(hub.identity, connection, edited, hub.policy)
        await _require_links(connection, edited, acting.rules)
        await advisories.save(connection, edited)
        step = Step(week=str(Week.of(acting.now)), state=State.DRAFTED, by=acting.name)
        for each in await signals.of_advisory(connection, identifier):
            if found.public is None and each.state in (State.NEW, State.WATCHED):
                await signals.save(connection, each.stepped(step))
    return edited


async def approve(hub: Hub, identifier: str, acting: Acting) -> Advisory:
    """
    Find good what is in review; whoever then lets it out may be anybody.

    Raises:
        NotPossible: as `advisory_life.approved`; or no such coordinator.
    """
    await require_coordinator(hub, acting.name)
    async with hub.reports.write() as connection:
        approved = advisory_life.approved(await standing(connection, identifier), acting)
        await advisories.save(connection, approved)
    return approved


async def schedule(hub: Hub, identifier: str, act: Act, acting: Acting, when: datetime | None) -> Advisory:
    """
    Approve, unless somebody has, and let it go out by itself at a minute (`due`); or, with none, no longer.

    Raises:
        NotPossible: as `advisory_life.scheduled`; no such coordinator; or a link is not allowed.
    """
    await require_coordinator(hub, acting.name)
    async with hub.reports.write() as connection:
        scheduled = advisory_life.scheduled(await standing(connection, identifier), act, acting, when)
        await _require_links(connection, scheduled, acting.rules)
        await advisories.save(connection, scheduled)
    return scheduled


async def let_out(hub: Hub, identifier: str, act: Act, acting: Acting) -> list[Advisory]:
    """
    Approve, unless somebody has, and let out a first version (`Act.PUBLISH`) or correction (`Act.UPDATE`).

    Its signal is then closed, and the warning whose place it takes is escalated with it.

    Returns:
        What readers get anew: it, and then the one whose place it takes.

    Raises:
        NotPossible: as `advisory_life.let_out`; no such coordinator; or a link is not allowed.
    """
    await require_coordinator(hub, acting.name)
    async with hub.reports.write() as connection:
        return await _let_out(connection, await standing(connection, identifier), act, acting)


async def due(hub: Hub, now: datetime, rules: Rules) -> list[str]:
    """
    Let out what was set to go out by now, if all that it needs still holds; gives the ids of what changed.

    What it needs may have gone since: its label by a setting, its approver, the warning whose place it takes.
    Then it stays in review, says why, and has no time any more: it must not go out when nobody expects it.
    """
    async with hub.reports.read() as connection:
        waiting = await advisories.with_status(connection, Status.REVIEW)
    changed = []
    for each in waiting:
        if each.publish_at is None or each.publish_at > now:
            continue
        act = Act.UPDATE if each.version else Act.PUBLISH
        try:
            out = await let_out(hub, each.id, act, Acting(each.approver, now, rules))
            changed += [made.id for made in out]
        except NotPossible as why:
            await _hinder(hub, each, str(why), rules)
    return changed


async def _hinder(hub: Hub, pending: Advisory, why: str, rules: Rules) -> None:
    """Take its time from what could not go out, unless somebody has acted on it meanwhile."""
    async with hub.identity.read() as connection:
        known = pending.approver in await coordinators.everyone(connection)
    stands = known and not (rules.four_eyes and pending.approver == pending.author)
    async with hub.reports.write() as connection:
        if await advisories.latest(connection, pending.id) != pending:
            return
        hindered = advisory_life.hindered(pending, why, approver_stands=stands)
        await advisories.save(connection, hindered)
    hub.log(Event.NOT_LET_OUT)


async def escalate(hub: Hub, identifier: str, acting: Acting, change: Change) -> Advisory:
    """
    Draft the warning that is to take the place of one that is out, which stays as it is until then.

    Raises:
        NotPossible: as `advisory_life.escalation`; no such coordinator; a link is not allowed; or a place
            where too few members could have been the source.
    """
    await require_coordinator(hub, acting.name)
    week = Week.of(acting.now)
    async with hub.reports.write() as connection:
        old = await standing(connection, identifier)
        new_id = _new_id(hub, str(week), drill=old.latest.drill)
        made = advisory_life.escalation(old, new_id, str(week), acting, change)
        if change.place is not None:
            await naming.require_nameable(hub.identity, connection, made, hub.policy)
        await _require_links(connection, made, acting.rules)
        await advisories.save(connection, made)
    return made


async def withdraw(hub: Hub, identifier: str, acting: Acting, reason: str) -> Advisory:
    """
    Ask for a withdrawal, or confirm the one that another coordinator has asked for.

    Raises:
        NotPossible: as `advisory_life.withdrawn`; or no such coordinator.
    """
    await require_coordinator(hub, acting.name)
    async with hub.reports.write() as connection:
        acting = await _in_turn(connection, acting)
        withdrawn = advisory_life.withdrawn(await standing(connection, identifier), acting, reason)
        await advisories.save(connection, withdrawn)
    return withdrawn


async def bury(hub: Hub, now: datetime) -> list[str]:
    """Let what was withdrawn long ago leave the feeds; gives the ids. A part of a midnight's work."""
    gone = []
    async with hub.reports.write() as connection:
        for each in await advisories.with_status(connection, Status.WITHDRAWN):
            if advisory_life.is_to_be_buried(each, now):
                await advisories.save(connection, advisory_life.buried(each, now))
                gone.append(each.id)
    return gone


async def _in_turn(connection: AsyncConnection, acting: Acting) -> Acting:
    """
    Let nobody give readers anything in a second in which they may have looked already.

    Programs take what is dated after the last that they have, to the second (OpenCTI), or a feed that has
    changed in another second than the last (curl, and with it newsboat): what shared one would be lost.
    """
    last = await advisories.last_update(connection)
    return acting if last is None else acting._replace(now=max(acting.now, last + timedelta(seconds=1)))


async def _let_out(connection: AsyncConnection, found: Standing, act: Act, acting: Acting) -> list[Advisory]:
    await _require_links(connection, found.latest, acting.rules)
    acting = await _in_turn(connection, acting)
    out = advisory_life.let_out(found, act, acting)
    made = [out]
    if out.version == 1 and out.escalates:
        old = await standing(connection, out.escalates)
        made.append(advisory_life.superseded(old, out, acting))
    for version in made:
        await advisories.save(connection, version)
    step = Step(week=str(Week.of(acting.now)), state=State.CLOSED, by=acting.name, reason=life.PUBLISHED)
    for each in await signals.of_advisory(connection, out.id):
        if out.version == 1 and not each.settled:
            await signals.save(connection, each.stepped(life.ended(each, step)))
    return made


def blank(hub: Hub, week: Week, of_type: str) -> Advisory:
    """Give an empty draft that no signal gave rise to, before its first revision."""
    return Advisory(
        id=_new_id(hub, str(week), drill=False),
        revision=0,
        status=Status.DRAFT,
        tlp=Tlp.CLEAR,
        severity=taxonomy.Severity.UNKNOWN,
        type=of_type,
        place="",
        week=str(week),
        texts={},
    )


def _new_id(hub: Hub, week: str, *, drill: bool) -> str:
    return f"{'drill-' if drill else ''}{week.lower()}-{random_word(hub.random)}"


def _figure(release: disclosure.Release, of_type: str, place: str) -> Figure | None:
    """Give a signal's figure if its closed week shows it; an advisory adds no number to what is public."""
    shown = {(cell.type, cell.place): cell.figure for cell in release.cells}
    return shown.get((of_type, place))


async def _require_links(connection: AsyncConnection, advisory: Advisory, rules: Rules) -> None:
    """Let it name only advisories that its own readers can read, and take the place of what is out alone."""
    everybody = public_tlp(green_is_public=rules.green_is_public)
    for identifier in advisory.related:
        found = await advisories.public(connection, identifier)
        if found is None or identifier == advisory.id or found.drill != advisory.drill:
            raise NotPossible("related: not the id of another advisory that is out")
        if advisory.tlp in everybody and found.tlp not in everybody:
            raise NotPossible(f"related: {identifier} is for members only, and this one for everybody")
    if advisory.escalates and not advisory.version:
        old = await standing(connection, advisory.escalates)
        advisory_life.require_escalates(old, advisory)


async def require_coordinator(hub: Hub, name: str) -> None:
    """
    Let only coordinators act.

    Raises:
        NotPossible: nobody of this name is one.
    """
    async with hub.identity.read() as connection:
        known = await coordinators.everyone(connection)
    if name not in known:
        raise NotPossible("no coordinator of this name; see: warp coordinator list")
