"""
The life of a signal: which verdict tells of an event that is known already, and when an event is over.

Between detection and storage. Pure: it is handed what is kept and what was found, and gives what changes.
What coordinators do with a signal is `warp.following`'s, what comes of its draft `warp.advising`'s.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from warp import places
from warp.backing import LEAST_MEMBERS
from warp.signal import Kind, Signal, State, concern_the_same, weeks_between
from warp.weeks import Week

LASTING = 4
"""Weeks without evidence that one event may have; after more it is over, and what comes is a new one."""
LASTING_BY_MONTH = 9
"""The same of an occurrence, whose months are looked at once a month: as long as three looks take."""
OVER = "over: nothing unusual any more"
GREW = "grew since it was ended"
PUBLISHED = "published"
WIDENED = "wider than its warning"
FOLDED = "part of a wider signal"
TEN_TIMES = 10.0
"""How much rarer by chance an ended signal must have become to be shown again …"""
TWICE = 2
"""… or how many more members stand behind it. No few can make many, however rare a flood of theirs looks."""
SETTLED = frozenset({State.DISMISSED, State.CLOSED})
_OPEN = {State.DISMISSED: 0, State.CLOSED: 0, State.NEW: 1, State.WATCHED: 2, State.DRAFTED: 3}
"""How much coordinators have done with what is open."""
_FOLDS = frozenset({State.NEW, State.WATCHED})
_DRAFTED_OF = frozenset({Kind.RISE, Kind.THRESHOLD})


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One change of a signal's state."""

    week: str
    """ISO week."""
    state: State
    """What it became."""
    by: str = ""
    """The coordinator's name; empty for the machine."""
    reason: str = ""
    once_in_weeks: float | None = None
    """When a coordinator dismissed or closed it: how rare the verdict was …"""
    members: int | None = None
    """… and how many members surely stood behind it."""


class Kept(NamedTuple):
    """A signal that is kept."""

    id: str
    signal: Signal
    """The latest verdict."""
    state: State
    advisory: str | None
    """Id of the advisory that was drafted from it."""
    steps: tuple[Step, ...]
    """Oldest first; the first one says when it was raised."""

    def stepped(self, step: Step) -> "Kept":
        """Give it after one more step."""
        return self._replace(state=step.state, steps=(*self.steps, step))

    @property
    def settled(self) -> bool:
        """Whether nothing more is to be done with it."""
        return self.state in SETTLED

    @property
    def is_part(self) -> bool:
        """Whether it ended because a wider event tells of it."""
        return self.state is State.CLOSED and self.steps[-1].reason == FOLDED and not self.steps[-1].by

    @property
    def may_be_drafted(self) -> bool:
        """Whether the machine may write a warning of it, or change the one that it wrote."""
        shown = self.signal.kind in _DRAFTED_OF and self.signal.members >= LEAST_MEMBERS
        return shown and self.state in (State.NEW, State.WATCHED)


def follow(
    kept: Iterable[Kept], found: Iterable[Signal], week: Week, new_id: Callable[[], str]
) -> list[Kept]:
    """
    Give the signals that are new or change with a week's verdicts.

    Wide verdicts come first, and move an event to their place: a narrow one tells of the same event only if
    it lies there or lay there before. Events that turn out to be parts of a wider one end. A narrow verdict
    moves a wider event only if it is the only one within it, and chance explains it no more often: what is
    left of a campaign in each of its countries is no new event.

    Args:
        kept: All that is kept.
        found: What was found; of two thresholds or months that tell of one event the wider one is kept.
        week: The week that was judged.
        new_id: Gives an id for a new event.
    """
    before = {each.id: each for each in kept}
    known = dict(before)
    told: set[str] = set()
    changed: dict[str, Kept] = {}
    for signal in sorted(sorted(found, key=_latest_first), key=_width):
        same = _event_of(signal, known.values())
        moved = _event_of(signal, [before[each] for each in told & before.keys()])
        if same is None and moved is not None:
            known[moved.id] = changed[moved.id] = known[moved.id]._replace(signal=moved.signal)
            continue
        if same is None:
            raised = (Step(week=str(week), state=State.NEW),)
            same = Kept(new_id(), signal, State.NEW, None, raised)
        elif same.id in told:
            continue
        told.add(same.id)
        known[same.id] = changed[same.id] = _going_on(same, signal, week)
        for part in _parts(known[same.id], known.values()):
            told.add(part.id)
            known[part.id] = changed[part.id] = part.stepped(
                Step(week=str(week), state=State.CLOSED, reason=FOLDED)
            )
    for each in known.values():
        if each.id not in told and _is_over(each, week):
            over = Step(week=str(week), state=State.CLOSED, reason=OVER)
            changed[each.id] = each.stepped(over)
    return list(changed.values())


def ended(kept: Kept, step: Step) -> Step:
    """Give a step with what its signal must outgrow to be shown again."""
    signal = kept.signal
    return msgspec.structs.replace(step, once_in_weeks=signal.once_in_weeks, members=signal.members)


def of_the_other_kind(kept: Kept, others: Iterable[Kept]) -> Iterator[Kept]:
    """Give what a coordinators' threshold says of the event that is a rise, or the reverse; latest first."""
    if kept.signal.kind not in _DRAFTED_OF:
        return
    for other in sorted(others, key=lambda each: each.signal.day, reverse=True):
        if other.signal.kind in _DRAFTED_OF - {kept.signal.kind}:
            as_one_kind = msgspec.structs.replace(other.signal, kind=kept.signal.kind)
            apart = abs(weeks_between(other.signal, kept.signal))
            if apart <= LASTING and concern_the_same(as_one_kind, kept.signal):
                yield other


def _event_of(signal: Signal, known: Iterable[Kept]) -> Kept | None:
    """Give the event that a verdict tells of: at its very place rather than around it, open, the latest."""
    same = [
        each
        for each in known
        if _tells_of(each, signal)
        and weeks_between(each.signal, signal) <= max(_lasting(signal), signal.window_weeks - 1)
        and not _was_over(each)
        and not each.is_part
    ]
    return max(
        same,
        key=lambda each: (each.signal.place == signal.place, _OPEN[each.state], each.signal.day, each.id),
        default=None,
    )


def _parts(event: Kept, known: Iterable[Kept]) -> list[Kept]:
    """Give the events that an open one tells of, too; what was made open again after that stays so."""
    return [
        each
        for each in known
        if each.id != event.id
        and each.state in _FOLDS
        and all(step.reason != FOLDED for step in each.steps)
        and not event.settled
        and concern_the_same(each.signal, event.signal)
        and abs(weeks_between(each.signal, event.signal)) <= LASTING
        and not _is_wider(each.signal, event.signal)
    ]


def _tells_of(kept: Kept, signal: Signal) -> bool:
    """
    Say whether a verdict may be of the event that is kept.

    What a coordinator has ended hides nothing else that lies in its place: there, only its own parts go on.
    """
    if not concern_the_same(kept.signal, signal):
        return False
    narrower = kept.signal.place in places.areas_around(signal.place or places.WORLD) or (
        kept.signal.place == places.WORLD and not signal.place
    )
    parts = (part.place for part in kept.signal.parts)
    return not (kept.settled and narrower) or signal.place in parts


def _lasting(signal: Signal) -> int:
    return LASTING_BY_MONTH if signal.kind is Kind.OCCURRENCE else LASTING


def _latest_first(signal: Signal) -> int:
    return -signal.day.toordinal()


def _width(signal: Signal) -> int:
    """Give how many areas lie around its place; what has no place lies in the world alone."""
    return len(places.areas_around(signal.place)) if signal.place else 1


def _going_on(kept: Kept, signal: Signal, week: Week) -> Kept:
    if _is_wider(kept.signal, signal) and _is_rarer(kept.signal, signal):
        return kept
    going = kept._replace(signal=signal)
    if kept.settled and _has_grown(kept.steps[-1], signal):
        return going.stepped(Step(week=str(week), state=State.NEW, reason=GREW))
    if _is_published(kept) and _is_wider(signal, kept.signal):
        return going.stepped(Step(week=str(week), state=State.NEW, reason=WIDENED))
    return going


def _is_wider(a: Signal, b: Signal) -> bool:
    """Say whether the place of one of two signals on one event lies around that of the other."""
    return _width(a) < _width(b)


def _is_rarer(a: Signal, b: Signal) -> bool:
    return a.once_in_weeks is not None and b.once_in_weeks is not None and a.once_in_weeks > b.once_in_weeks


def _is_published(kept: Kept) -> bool:
    return kept.state is State.CLOSED and kept.steps[-1].reason == PUBLISHED


def _has_grown(ended: Step, signal: Signal) -> bool:
    before, now = ended.once_in_weeks, signal.once_in_weeks
    if before is not None and now is not None and now >= TEN_TIMES * before:
        return True
    return ended.members is not None and signal.members >= TWICE * max(ended.members, 1)


def _is_over(kept: Kept, week: Week) -> bool:
    """Say whether there was neither evidence nor a coordinator's word for too long."""
    said = (Week.parse(step.week) for step in kept.steps if step.by)
    last = max((Week.of(kept.signal.day), *said))
    return not kept.settled and (week.monday - last.monday).days > 7 * _lasting(kept.signal)


def _was_over(kept: Kept) -> bool:
    return kept.state is State.CLOSED and kept.steps[-1].reason == OVER and not kept.steps[-1].by
