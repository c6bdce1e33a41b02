"""
Following: what coordinators do with a signal beside its draft: watch, dismiss, close and reopen it.

Every act is one step, kept with the name of who did it, the ISO week and the reason; none is lost. What
begins and ends signals without a person is `warp.life`; drafts are written and published by `warp.advising`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import advisories, signals
from warp import advising, detection, drafting, release
from warp.advisory import Advisory
from warp.counting import Threshold
from warp.detection import FALSE_ALARMS_A_WEEK
from warp.life import SETTLED, Kept, Step, ended
from warp.release import Hub
from warp.signal import Kind, Signal, State
from warp.stages import NotPossible
from warp.weeks import Week

_OPEN = frozenset(State) - SETTLED


class Dismissed(NamedTuple):
    """What a dismissal led to."""

    kept: Kept
    deleted: str | None
    """Id of the machine's draft that went with the signal."""
    left: Advisory | None
    """The draft or warning that stays."""


async def again(hub: Hub, identifier: str) -> tuple[Kept, Signal | None]:
    """
    Judge a signal's week again, from the tallies up to its day and by its own settings.

    Gives the signal, and what is said now; that is none if it would be no signal. It differs if the detector
    has changed since, or if more was released later on the very day.

    Raises:
        NotPossible: there is no such signal, or it is of a month, whose counts have grown since.
    """
    async with hub.reports.read() as connection:
        kept = await signals.by_id(connection, identifier)
        if kept is None:
            raise NotPossible("there is no signal with this id; see: warp signals list --all")
        signal = kept.signal
        if signal.kind is Kind.OCCURRENCE:
            raise NotPossible("counts by month of occurrence go on growing: it cannot be judged again")
        counts, first_tokens, late_tokens = await release.evidence(connection, signal.day)
    budget = signal.parameters.get("false_alarms_a_week", FALSE_ALARMS_A_WEEK)
    rules = []
    if signal.kind is Kind.THRESHOLD:
        rules = [Threshold(type=signal.type, place=signal.place, reports=int(signal.bound))]
    found = detection.judge(counts, first_tokens, rules, budget, None, late_tokens).signals
    key = (signal.kind, signal.type, signal.place)
    return kept, next((each for each in found if (each.kind, each.type, each.place) == key), None)


async def watch(hub: Hub, identifier: str, name: str, now: datetime) -> Kept:
    """
    Mark a new signal as one that somebody watches.

    Raises:
        NotPossible: no such signal or coordinator, or it is not new.
    """
    return await _act(hub, identifier, {State.NEW}, _step(State.WATCHED, name, now))


async def close(hub: Hub, identifier: str, name: str, reason: str, now: datetime) -> Kept:
    """
    End a signal that nothing more is to be done about; its reason may be empty.

    Raises:
        NotPossible: no such signal or coordinator, the reason is not allowed, or it has ended already.
    """
    if reason:
        _check(reason)
    return await _act(hub, identifier, _OPEN, _step(State.CLOSED, name, now, reason))


async def reopen(hub: Hub, identifier: str, name: str, reason: str, now: datetime) -> Kept:
    """
    Make a dismissed or closed signal new again; drafted, if a coordinator's draft of it is there.

    Raises:
        NotPossible: no such signal or coordinator, the reason is not allowed, or it has not ended.
    """
    _check(reason)
    await advising.require_coordinator(hub, name)
    async with hub.reports.write() as connection:
        kept = await _find(connection, identifier, SETTLED)
        draft = await advisories.latest(connection, kept.advisory or "")
        drafted = draft is not None and not draft.version and draft.author
        state = State.DRAFTED if drafted else State.NEW
        reopened = kept.stepped(_step(state, name, now, reason))
        await signals.save(connection, reopened)
    return reopened


async def dismiss(hub: Hub, identifier: str, name: str, reason: str, now: datetime) -> Dismissed:
    """
    End a signal as a false alarm, with the draft that only the machine has written.

    Raises:
        NotPossible: no such signal or coordinator, the reason is not allowed, or it has ended already.
    """
    _check(reason)
    await advising.require_coordinator(hub, name)
    async with hub.reports.write() as connection:
        kept = await _find(connection, identifier, _OPEN)
        dismissed = kept.stepped(ended(kept, _step(State.DISMISSED, name, now, reason)))
        await signals.save(connection, dismissed)
        draft = await advisories.latest(connection, kept.advisory or "")
        if draft is None or not await _goes_too(connection, draft):
            return Dismissed(dismissed, None, draft)
        await advisories.remove(connection, draft.id)
        for each in await signals.of_advisory(connection, draft.id):
            await signals.save(connection, each._replace(advisory=None))
    return Dismissed(dismissed._replace(advisory=None), draft.id, None)


async def _goes_too(connection: AsyncConnection, draft: Advisory) -> bool:
    """Say whether nobody has touched a draft, and all signals that it was made from are dismissed."""
    made_from = await signals.of_advisory(connection, draft.id)
    return advising.is_untouched(draft) and all(each.state is State.DISMISSED for each in made_from)


async def _act(hub: Hub, identifier: str, allowed: Collection[State], step: Step) -> Kept:
    await advising.require_coordinator(hub, step.by)
    async with hub.reports.write() as connection:
        kept = await _find(connection, identifier, allowed)
        acted = kept.stepped(ended(kept, step) if step.state is State.CLOSED else step)
        await signals.save(connection, acted)
    return acted


async def _find(connection: AsyncConnection, identifier: str, allowed: Collection[State]) -> Kept:
    kept = await signals.by_id(connection, identifier)
    if kept is None:
        raise NotPossible("there is no signal with this id; see: warp signals list --all")
    if kept.state not in allowed:
        instead = "; reopen it first: warp signals reopen ID" if kept.settled else ""
        raise NotPossible(f"the signal is {kept.state} already{instead}")
    return kept


def _step(state: State, name: str, now: datetime, reason: str = "") -> Step:
    return Step(week=str(Week.of(now)), state=state, by=name, reason=reason)


def _check(reason: str) -> None:
    try:
        drafting.check_line("reason", reason, drafting.MOST_REASON)
    except ValueError as error:
        raise NotPossible(str(error)) from None
