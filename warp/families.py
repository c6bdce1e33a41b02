"""
Families: alarms of one type that tell of one event, folded into the one that tells it best.

A campaign makes a sub-region, its countries and the type's total unusual at once; a coordinator needs to be
told of it once. No I/O.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from warp import places
from warp.alarms import Alarm, observed

_MOST = 0.7
"""Of the reports over what is expected: a place that has so many is where the event is."""


class Family(NamedTuple):
    """One event."""

    head: Alarm
    parts: tuple[Alarm, ...]
    """Alarms of places within the head's, most reports first."""


def fold(alarms: Iterable[Alarm]) -> list[Family]:
    """
    Fold alarms; of each type in order of places.

    Where several branches below an alarm are alarms, too, the event is as wide as that, unless one of them
    holds most of it: then each is an event of its own, and few reports elsewhere take no place off a warning.
    Where only one is, the event is wherever the evidence is the strongest; but no wider than the reports are.
    """
    by_type: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        by_type.setdefault(alarm.type, []).append(alarm)
    found = []
    for of_type in by_type.values():
        ordered = sorted(of_type, key=lambda each: (each.place, each.table.level))
        found += [_family(head, ordered) for head in _heads(ordered)]
    return found


def _heads(alarms: Sequence[Alarm]) -> list[Alarm]:
    """Give the alarm that stands for each event among some, every one of them within no other's event."""
    tops = [each for each in alarms if not any(_within(each, other) for other in alarms)]
    heads = []
    for top in tops:
        below = _heads([each for each in alarms if _within(each, top)])
        if len(below) == 1:
            heads.append(_stronger(below[0], top))
        elif any(_excess(each) > _MOST * _excess(top) for each in below):
            heads += below
        else:
            heads.append(top)
    return heads


def _excess(alarm: Alarm) -> float:
    return alarm.observed - float(alarm.expected.mean[0])


def _stronger(fine: Alarm, wide: Alarm) -> Alarm:
    if observed(fine.table, fine.row, fine.column, wide.weeks) == wide.observed:
        return fine
    return min(fine, wide, key=lambda each: each.strength)


def _within(alarm: Alarm, other: Alarm) -> bool:
    """Say whether an alarm is of a finer level within another's place."""
    if alarm.table.level is other.table.level:
        return False
    return other.place in (places.WORLD, alarm.place, *_around(alarm.place)) and _finer(alarm, other)


def _around(place: str) -> tuple[str, ...]:
    return places.areas_around(place) if place else ()


def _finer(alarm: Alarm, other: Alarm) -> bool:
    levels = list(type(alarm.table.level))
    return levels.index(alarm.table.level) < levels.index(other.table.level)


def _family(head: Alarm, alarms: Sequence[Alarm]) -> Family:
    parts = [each for each in alarms if _within(each, head)]
    return Family(head, tuple(sorted(parts, key=lambda each: (-each.observed, each.place))))
