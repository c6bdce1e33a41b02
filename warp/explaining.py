"""
Explaining: a signal's numbers as a sentence, and as a list, that a tired person understands at once.

Between detection, which puts the sentence into the signal, and the coordinators. Pure. Everything that it
writes is exact and in English: for coordinators only.
"""

import math
from collections.abc import Iterator

from warp import places
from warp.signal import Kind, Level, Signal

_WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_WEEKS_A_YEAR = 52.1775
_IN_YEARS_FROM = 520
"""Weeks; beyond ten years nobody thinks in weeks."""
_MOST_YEARS = 1000
_LEAST_CHANCE = 1e-9


def sentence(signal: Signal) -> str:
    """Give the explanation of a signal in one sentence."""
    match signal.kind:
        case Kind.THRESHOLD:
            parts = [_met(signal)]
        case Kind.OCCURRENCE:
            parts = [f"{_happened(signal)}, {_compared(signal)}", _chance(signal)]
        case Kind.BATCH:
            parts = [f"{_arrived(signal)}, {_compared(signal)}, but {_in_bulk(signal)}", _chance(signal)]
        case Kind.RISE:
            parts = [f"{_arrived(signal)}, {_compared(signal)}", _chance(signal), _fired(signal)]
            if signal.late:
                parts.append(f"{signal.late} more {_are(signal.late)} of old incidents and not counted in")
    if signal.kind is not Kind.THRESHOLD:
        parts.append(_judged_by(signal))
    if signal.elapsed < 1:
        parts.append(_elapsed(signal))
    return "; ".join(filter(None, parts)) + "."


def brief(signal: Signal) -> str:
    """Give what a list has room for: what was observed, beside what was expected."""
    seen = f"{signal.observed:,}{_from(signal)}"
    if signal.kind is Kind.THRESHOLD:
        return f"{seen}; the threshold is {bound(signal):,}"
    told = f"{seen}; {number(signal.expected)} expected"
    if signal.kind is Kind.BATCH:
        return f"{told}; {_count(signal.late, 'old incident')} among them"
    return told if signal.once_in_weeks is None else f"{told}; by chance {once(signal.once_in_weeks)}"


def details(signal: Signal) -> list[tuple[str, str]]:
    """Give all that a signal says, as labels and values."""
    return list(_details(signal))


def _details(signal: Signal) -> Iterator[tuple[str, str]]:
    unit = "incidents" if signal.kind is Kind.OCCURRENCE else "reports"
    yield "what", f"{signal.type or 'all types'} ({signal.kind})"
    yield "where", f"{name(signal.place)}, level {signal.level}"
    until = f" to {signal.week}" if signal.window_weeks else ""
    yield "judged", f"{_window(signal)}{until}, counted to {signal.day}"
    yield "observed", f"{signal.observed:,} {unit}{_from(signal)}"
    yield "expected", f"{number(signal.expected)}; nine in ten counts lie from {band(signal)}"
    yield "unusual", f"from {bound(signal):,} on"
    if signal.once_in_weeks is not None:
        yield "by chance", once(signal.once_in_weeks)
    if signal.p_value is not None:
        yield "p", chance(signal.p_value)
    if signal.q_value is not None:
        yield "q", f"{chance(signal.q_value)}, the share of false alarms among all as unusual"
    yield "rests on", _history(signal)
    yield "complete", f"{100 * signal.elapsed:.0f} %"
    if signal.late:
        yield "old incidents", f"{_count(signal.late, 'report')}"
    for part in signal.parts:
        yield "folded in", f"{name(part.place)}: {part.observed:,}, expected {number(part.expected)}"
    yield "found by", f"{signal.method}, {signal.detector}"
    for label, value in sorted(signal.parameters.items()):
        yield "  set to", f"{label} = {value:g}"


def name(place: str) -> str:
    """Give a signal's place in words."""
    return "everywhere" if place == places.WORLD else places.place_name(place, "en")


def number(value: float) -> str:
    """Give a number of reports with no more digits than help: 0.04, 1.3, 27, 1,204."""
    if value == 0 or value >= 9.95:
        return f"{value:,.0f}"
    return f"{value:.2f}" if 0.005 <= value < 0.095 else "under 0.01" if value < 0.005 else f"{value:.1f}"


def band(signal: Signal) -> str:
    """Give the counts that are as expected."""
    return f"{edge(signal.low)} to {edge(signal.high)}"


def edge(value: float) -> str:
    """Give an end of the band: a whole number, or one with a digit more where it is small."""
    return f"{value:,.0f}" if value == round(value) or value >= 9.95 else f"{value:.1f}"


def bound(signal: Signal) -> int:
    """Give the least count that is unusual."""
    return math.ceil(signal.bound)


def chance(value: float) -> str:
    """Give a probability with one or two digits that count: 0.5, 0.012, 3e-6."""
    if value < _LEAST_CHANCE:
        return "under 1e-9"
    if value >= 0.001:
        return f"{value:.2g}"
    digit, _, power = f"{value:.0e}".partition("e")
    return f"{digit}e{int(power)}"


def once(weeks: float) -> str:
    """Give how often something happens by chance alone."""
    if weeks < 1.5:
        return "about every week"
    if weeks < _IN_YEARS_FROM:
        return f"once in {weeks:.0f} weeks"
    years = weeks / _WEEKS_A_YEAR
    if years > _MOST_YEARS:
        return "less than once in 1,000 years"
    return f"once in {years:.0f} years"


def window(weeks: int) -> str:
    """Give so many weeks in words; 0 is the last day alone."""
    if not weeks:
        return "one day"
    return f"{_WORDS[weeks] if weeks < len(_WORDS) else weeks} week{'s' if weeks != 1 else ''}"


def _arrived(signal: Signal) -> str:
    reports = f"{_count(signal.observed, 'report')} {_of_what(signal)} in {window(signal.window_weeks)}"
    return reports + _from(signal)


def _happened(signal: Signal) -> str:
    incidents = f"{_count(signal.observed, 'incident')} {_of_what(signal)} in {signal.week}"
    have = "has" if signal.observed == 1 else "have"
    return f"{incidents} {have} been reported so far"


def _met(signal: Signal) -> str:
    rule = f"the coordinators' threshold is {bound(signal):,} in {window(signal.window_weeks)}"
    if not signal.history_weeks:
        return f"{_arrived(signal)}; {rule}, and there is no history to compare with"
    return f"{_arrived(signal)}; {rule}, and {number(signal.expected)} were expected by {_history(signal)}"


def _from(signal: Signal) -> str:
    """Give who is surely behind it; without a first token among the reports nobody knows."""
    if not signal.members:
        return ""
    return f" from at least {_count(signal.members, 'member')}"


def _of_what(signal: Signal) -> str:
    what = f"of {signal.type}" if signal.type else "of any type"
    if not signal.place:
        return f"{what} without a place"
    return f"{what} {'everywhere' if signal.place == places.WORLD else 'in ' + name(signal.place)}"


def _compared(signal: Signal) -> str:
    soon = " by now" if signal.kind is Kind.OCCURRENCE else ""
    expected = f"where {number(signal.expected)} were expected{soon} ({band(signal)})"
    return f"{expected} and {bound(signal):,} would be unusual"


def _in_bulk(signal: Signal) -> str:
    old = f"only with {signal.late:,} of incidents three or more months old"
    return f"{old}: entered in bulk, not an alarm"


def _chance(signal: Signal) -> str:
    sure = [f"{sign} {chance(value)}" for sign, value in _tails(signal)]
    beside = f" ({', '.join(sure)})" if sure else ""
    if signal.once_in_weeks is None:
        return f"the chance of it{beside}" if sure else ""
    return f"chance alone does this {once(signal.once_in_weeks)}{beside}"


def _tails(signal: Signal) -> Iterator[tuple[str, float]]:
    if signal.p_value is not None:
        yield "p", signal.p_value
    if signal.q_value is not None:
        yield "q", signal.q_value


def _fired(signal: Signal) -> str:
    by = {"scan": "scan of", "slow-rise": "slow rise over", "day": "sudden rise within"}.get(
        signal.method, f"{signal.method} over"
    )
    return f"{by} {window(signal.window_weeks)} at level {signal.level}"


def _judged_by(signal: Signal) -> str:
    return f"judged by {_history(signal)}"


def _history(signal: Signal) -> str:
    unit = "month" if signal.kind is Kind.OCCURRENCE else "week"
    history = f"{_count(signal.history_weeks, unit)} of history"
    return f"{history}, {_borrowed(signal)}" if signal.borrowed >= 0.005 else history


def _borrowed(signal: Signal) -> str:
    kin = "cells" if signal.level is Level.CELL else "places"
    return f"{100 * signal.borrowed:.0f} % borrowed from other {kin}"


def _elapsed(signal: Signal) -> str:
    share = f"{100 * signal.elapsed:.0f} %"
    if signal.kind is Kind.OCCURRENCE:
        return f"of the month's reports {share} have probably come"
    return f"the week is {share} complete"


def _window(signal: Signal) -> str:
    return "the month" if signal.kind is Kind.OCCURRENCE else window(signal.window_weeks)


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'s' if n != 1 else ''}"


def _are(n: int) -> str:
    return "is" if n == 1 else "are"
