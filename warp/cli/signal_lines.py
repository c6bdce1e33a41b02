"""
A signal on a terminal: its sentence, its chart as characters, its numbers, its life, and what is next.

Eighty characters wide, and without colour: what a mark means is said below the chart.
"""

import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from warp import explaining, places, signal_chart
from warp.advisory import Advisory, Status
from warp.calibration import Calibration
from warp.cli.options import printable
from warp.counting import Threshold
from warp.life import Kept
from warp.signal import Kind, Signal, State

WIDTH = 80
_REPORTS, _INCOMPLETE, _EXPECTED, _BAND, _BOUND = "█", "░", ":", ")", "┃"
_LABEL = 14
"""Characters before a value."""
_INDENT = " " * 10
"""Of what stands below an id."""


class Draft(NamedTuple):
    """A signal's advisory, and where the machine would say it is now."""

    advisory: Advisory
    place: str
    """What may be named; empty for everywhere."""


def entry(kept: Kept) -> Iterator[str]:
    """Give the lines that a list has for a signal: what is read back to the command line stands whole."""
    signal = kept.signal
    kind = "" if signal.kind is Kind.RISE else f" ({signal.kind})"
    what = f"{signal.type or 'all types'}, {explaining.name(signal.place)}{kind}"
    yield from _set_in(f"{kept.id}  {signal.week:8}  {kept.state:9}  {what}", "")
    yield from _set_in(explaining.brief(signal), _INDENT)
    if kept.advisory:
        yield f"{_INDENT}draft {kept.advisory}"


def lines(kept: Kept, draft: Draft | None) -> Iterator[str]:
    """Give all that there is to say of a signal."""
    yield f"{kept.id} · {kept.signal.kind} · {kept.state} · since {kept.steps[0].week}"
    yield from _wrapped(kept.signal.why)
    yield ""
    yield from chart(kept.signal)
    yield ""
    for label, value in explaining.details(kept.signal):
        yield from _labelled(label, value)
    yield ""
    for step in kept.steps:
        why = f": {printable(step.reason)}" if step.reason else ""
        yield from _labelled(step.week, f"{step.state}, {step.by or 'the machine'}{why}")
    yield ""
    yield from _wrapped(_of_draft(kept, draft))
    yield ""
    yield "Next:"
    yield from (f"  warp {act} --as NAME{more}" for act, more in _next(kept, draft))


def again(kept: Kept, now: Signal | None) -> Iterator[str]:
    """Give what a signal's week says when it is judged again, beside what was said then."""
    if now == kept.signal:
        yield "The same, number by number:"
        yield from _wrapped(kept.signal.why)
        return
    yield f"Then, by {kept.signal.detector}:"
    yield from _wrapped(kept.signal.why)
    yield "Now it is no signal." if now is None else f"Now, by {now.detector}:"
    if now is not None:
        yield from _wrapped(now.why)


def check(
    budget: float, levels: Sequence[Calibration], rules: Sequence[tuple[Threshold, float | None]]
) -> Iterator[str]:
    """Give what detection was set to, and how it did."""
    often = f": {explaining.once(1 / budget)}" if budget < 1 else ""
    yield from _wrapped(
        f"Ready to look at {budget:g} {'signal' if budget == 1 else 'signals'} a week that "
        f"{'is' if budget == 1 else 'are'} nothing (false_alarms_a_week in warp.toml){often}."
    )
    yield ""
    yield from _wrapped("Cells with a p of 1 % or less, over at most a year of weeks that are complete:")
    for level in levels:
        weeks = f"{level.weeks} week{'s' if level.weeks != 1 else ''}"
        were = "was" if level.observed == 1 else "were"
        said = f"{level.observed:,} {were} unusual, {explaining.number(level.expected)} by chance, in {weeks}"
        yield from _labelled(f"  {level.level}", said + (" – drifts" if level.drifts else ""))
    if not levels:
        yield "  No week has been judged to its end yet."
    if any(level.drifts for level in levels):
        yield from _wrapped(
            "Where it drifts, the model does not fit what arrives. If much has happened, that is all; if "
            "not, trust its signals less, and ask who keeps WARP."
        )
    if rules:
        yield ""
        yield "Your thresholds, and how often a year chance alone meets them:"
    for rule, rate in rules:
        where = explaining.name(rule.place or places.WORLD)
        said = "not known before there is a history" if rate is None else explaining.number(rate)
        yield from _wrapped(f"  {rule.reports} a week of {rule.type or 'all types'}, {where}: {said}")


def chart(signal: Signal) -> Iterator[str]:
    """Give the lines of a signal's chart: one for each week, and what the marks mean."""
    drawn = signal_chart.drawn(signal)
    digits = max(len(f"{point.observed:,}") for point in drawn.points)
    labels = [f"{point.week:8} {point.observed:>{digits},} " for point in drawn.points]
    room = WIDTH - len(labels[0]) - 1
    most = max(drawn.bound, 1.0, *(max(p.observed, p.expected, p.high) for p in drawn.points))
    first = len(drawn.points) - drawn.judged
    for index, (label, point) in enumerate(zip(labels, drawn.points, strict=True)):
        open_week = index == len(drawn.points) - 1 and not drawn.complete
        marks = {point.high: _BAND, point.expected: _EXPECTED}
        if index >= first:
            marks[drawn.bound] = _BOUND
        bar = (_INCOMPLETE if open_week else _REPORTS) * max(
            round(room * point.observed / most), bool(point.observed)
        )
        row = list(bar.ljust(room + 1))
        for value, mark in marks.items():
            row[round(room * value / most)] = mark
        yield (label + "".join(row)).rstrip()
    yield from _legend(signal, drawn)


def _legend(signal: Signal, drawn: signal_chart.Drawn) -> Iterator[str]:
    marks = [f"{_REPORTS} reports", f"{_EXPECTED} expected", f"{_BAND} nine in ten counts end here"]
    if not drawn.complete:
        marks.insert(1, f"{_INCOMPLETE} incomplete")
    yield "   ".join(marks)
    together = f" in {explaining.window(drawn.judged)}" if drawn.judged > 1 else ""
    yield f"{_BOUND} unusual from here on: {explaining.bound(signal):,}{together}"


_ENDED = {Status.ESCALATED: "escalated", Status.WITHDRAWN: "withdrawn"}
"""What a warning becomes that cannot be escalated any more."""


def _of_draft(kept: Kept, draft: Draft | None) -> str:
    if draft is None:
        return (
            "There is no draft. The machine drafts of rises and thresholds, if two members or more reported."
        )
    found = draft.advisory
    named = explaining.name(found.place) if found.place else "no place"
    here = explaining.name(draft.place) if draft.place else "everywhere"
    if found.version:
        said = f"The warning {found.id} is {_ENDED.get(found.status, 'out')}; it names {named}."
        if not _is_beyond(kept, draft):
            return said
        return f"{said} The signal is now to be named in {here}, which takes a warning of its own."
    if not found.author:
        return f"The draft {found.id} names {named}; nobody has taken it over."
    said = f"The draft {found.id} names {named}; {printable(found.author)} answers for it."
    if found.place == draft.place or kept.settled:
        return said
    return f"{said} The signal is now to be named in {here}; the machine leaves the draft as it is."


def _is_beyond(kept: Kept, draft: Draft) -> bool:
    """Say whether a signal that nobody has ended has left the place that its warning names."""
    return not kept.settled and draft.advisory.place != draft.place


def _next(kept: Kept, draft: Draft | None) -> Iterator[tuple[str, str]]:
    """Give what a coordinator can do now, as the command before and after the name."""
    if kept.settled:
        yield f"signals reopen {kept.id}", " --reason …"
        return
    if draft is None:
        yield "advisory draft", f" --type {kept.signal.type or '…'} --title … --summary …"
    elif draft.advisory.version:
        if _is_beyond(kept, draft):
            yield _beyond(kept, draft)
        yield f"signals close {kept.id}", ""
    else:
        # In review it is another's turn: whoever answers for it may not publish it where four eyes look.
        ready = draft.advisory.status is Status.REVIEW
        yield f"advisory {'publish' if ready else 'edit'} {draft.advisory.id}", "" if ready else " --ready"
    if kept.state is State.NEW:
        yield f"signals watch {kept.id}", ""
    yield f"signals dismiss {kept.id}", " --reason …"


def _beyond(kept: Kept, draft: Draft) -> tuple[str, str]:
    """Give the command that warns where a warning does not that is out: in its place if that is wider."""
    out = draft.advisory
    if (
        out.status not in _ENDED
        and out.place
        and (draft.place == "" or draft.place in places.areas_around(out.place))
    ):
        return f"advisory escalate {out.id}", f" --place '{draft.place}' --reason …"
    where = f" --place {draft.place}" if draft.place else ""
    return "advisory draft", f" --type {kept.signal.type or '…'}{where} --title … --summary …"


def _labelled(label: str, value: str) -> Sequence[str]:
    return textwrap.wrap(
        value,
        WIDTH,
        initial_indent=f"{label:{_LABEL}}",
        subsequent_indent=" " * _LABEL,
        break_on_hyphens=False,
    )


def _set_in(text: str, first: str) -> Sequence[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=_INDENT, break_on_hyphens=False)


def _wrapped(text: str) -> Sequence[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False)
