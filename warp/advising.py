"""
Advising: signals become drafts, drafts get an author, and a second coordinator lets them out.

The machine drafts and never publishes. Every change is a new revision; none is lost. Rendering what is
published is `warp.publication`'s work.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import advisories, coordinators, figures, members, signals
from warp import disclosure, drafting, life, places, taxonomy
from warp.advisory import PUBLIC_TLP, Advisory, Status, Text, Tlp
from warp.disclosure import Figure
from warp.life import Kept, Step
from warp.policies import Policy
from warp.release import Hub, random_word
from warp.signal import Kind, State
from warp.weeks import Week


class NotPossible(Exception):
    """A coordinator asked for something that the rules or the advisory's state do not allow; says why."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a coordinator changes in a draft; none leaves a field as it is."""

    texts: Mapping[str, Text] = {}
    severity: taxonomy.Severity | None = None
    tlp: Tlp | None = None
    place: str | None = None
    sector: str | None = None


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
    identifier = f"{signal.week.lower()}-{random_word(hub.random)}"
    if hub.rehearses:
        identifier, figure = f"drill-{identifier}", None
    made = drafting.draft(signal, found.id if found else identifier, place, figure, languages)
    revision = found.revision + 1 if found else 1
    return msgspec.structs.replace(made, revision=revision, drill=bool(hub.rehearses))


def is_untouched(advisory: Advisory) -> bool:
    """Say whether it is a draft that only the machine has written."""
    return advisory.status is Status.DRAFT and not advisory.author


async def write(hub: Hub, advisory: Advisory, author: str) -> Advisory:
    """
    Store a coordinator's own new draft.

    Raises:
        NotPossible: the author is no coordinator, or a text or code is not allowed.
    """
    await require_coordinator(hub, author)
    written = msgspec.structs.replace(advisory, author=author)
    _check(written)
    async with hub.reports.write() as connection:
        await advisories.save(connection, written)
    return written


async def edit(
    hub: Hub, identifier: str, author: str, change: Change, policy: Policy, now: datetime
) -> Advisory:
    """
    Take over a draft and change it; its author is then the coordinator, and its signal counts as drafted.

    Raises:
        NotPossible: no such draft, no such coordinator, a text or code is not allowed, or a draft that came
            of reports would name a place where too few members could have been the source.
    """
    await require_coordinator(hub, author)
    async with hub.reports.write() as connection:
        found = await advisories.latest(connection, identifier)
        if found is None or found.status is not Status.DRAFT:
            raise NotPossible("there is no draft with this id; see: warp advisory list")
        # The figure is one of its place, and the machine's severity one of the figure: beside another place
        # they would be untrue, or lead back to the first.
        stays = change.place in (None, found.place)
        severity = found.severity if stays or found.author else drafting.severity(None)
        edited = msgspec.structs.replace(
            found,
            revision=found.revision + 1,
            author=author,
            texts={**found.texts, **change.texts},
            severity=change.severity or severity,
            tlp=change.tlp or found.tlp,
            place=found.place if change.place is None else change.place,
            figure=found.figure if stays else None,
            sector=found.sector if change.sector is None else change.sector,
        )
        _check(edited)
        if change.place is not None and await _is_of_a_signal(connection, identifier):
            await _require_nameable(hub, edited.place, policy)
        await advisories.save(connection, edited)
        step = Step(week=str(Week.of(now)), state=State.DRAFTED, by=author)
        for each in await signals.of_advisory(connection, identifier):
            if each.state in (State.NEW, State.WATCHED):
                await signals.save(connection, each.stepped(step))
    return edited


async def publish(hub: Hub, identifier: str, approver: str, now: datetime, *, four_eyes: bool) -> Advisory:
    """
    Approve a draft and mark it published, at whole seconds of `now`; its signal is then closed.

    Raises:
        NotPossible: no such draft, nobody answers for it, the approver wrote it, or its TLP is not public.
    """
    await require_coordinator(hub, approver)
    async with hub.reports.write() as connection:
        found = await advisories.latest(connection, identifier)
        if found is None or found.status is not Status.DRAFT:
            raise NotPossible("there is no draft with this id; see: warp advisory list")
        if not found.author:
            raise NotPossible(
                "only the machine has drafted it; take it over: warp advisory draft ID --as NAME"
            )
        if four_eyes and found.author == approver:
            raise NotPossible("an advisory needs a second pair of eyes: another coordinator publishes it")
        if found.tlp not in PUBLIC_TLP:
            raise NotPossible(f"TLP:{found.tlp} may not go into a public feed; only TLP:CLEAR may")
        when = now.replace(microsecond=0)
        published = msgspec.structs.replace(
            found,
            revision=found.revision + 1,
            status=Status.PUBLISHED,
            approver=approver,
            published=when,
            updated=when,
        )
        await advisories.save(connection, published)
        week = str(Week.of(now))
        step = Step(week=week, state=State.CLOSED, by=approver, reason=life.PUBLISHED)
        for each in await signals.of_advisory(connection, identifier):
            if not each.settled:
                await signals.save(connection, each.stepped(life.ended(each, step)))
    return published


def blank(hub: Hub, week: Week, of_type: str, place: str, texts: Mapping[str, Text]) -> Advisory:
    """Give an empty draft that no signal gave rise to."""
    return Advisory(
        id=f"{str(week).lower()}-{random_word(hub.random)}",
        revision=1,
        status=Status.DRAFT,
        tlp=Tlp.CLEAR,
        severity=taxonomy.Severity.UNKNOWN,
        type=of_type,
        place=place,
        week=str(week),
        texts=texts,
    )


def _figure(release: disclosure.Release, of_type: str, place: str) -> Figure | None:
    """Give a signal's figure if its closed week shows it; an advisory adds no number to what is public."""
    shown = {(cell.type, cell.place): cell.figure for cell in release.cells}
    return shown.get((of_type, place))


def _check(advisory: Advisory) -> None:
    try:
        for text in advisory.texts.values():
            drafting.check_text(text)
    except ValueError as error:
        raise NotPossible(str(error)) from None
    if advisory.type and not taxonomy.is_term(advisory.type):
        raise NotPossible("type: not an RSIT type or class")
    if advisory.place and not places.is_place(advisory.place):
        raise NotPossible("place: not an ISO 3166-1 or M49 code")
    if advisory.sector and advisory.sector not in taxonomy.SECTORS:
        raise NotPossible("sector: not a NIS2 sector")


async def _is_of_a_signal(connection: AsyncConnection, identifier: str) -> bool:
    return bool(await signals.of_advisory(connection, identifier))


async def _require_nameable(hub: Hub, place: str, policy: Policy) -> None:
    async with hub.identity.read() as connection:
        by_place = await members.by_place(connection)
    wider = disclosure.place_to_name(place, by_place, policy)
    if wider != place:
        instead = wider or "everywhere (an empty place)"
        raise NotPossible(f"place: too few members there could have been the source; name {instead}")


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
