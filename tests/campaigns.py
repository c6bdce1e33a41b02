"""Campaigns put on top of a history of arrivals, judged and followed day by day as every midnight does."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import NamedTuple

import numpy as np

from tests.tables_of_counts import PHISHING, PLACES, TYPES, Cell
from warp import detection, life, places
from warp.counting import Counts, pack
from warp.life import Kept
from warp.signal import Kind
from warp.tally import FirstTokens
from warp.weeks import Week

RIVER_PLATE = ("AR", "CL", "PY", "UY")
"""Four countries of sub-region 419."""


class Arrival(NamedTuple):
    """One report, on the day of its release."""

    day: date
    type: str
    place: str
    first: bool = True
    """Whether it is its member's first of the class and week."""
    late: bool = False
    """Whether it is of an old incident."""


def campaign(
    start: date, rng: Random, of: Sequence[str] = RIVER_PLATE, of_type: str = PHISHING, reports: int = 12
) -> list[Arrival]:
    """Spread a campaign at random over two weeks from its first day, and over countries, none left out."""
    after = [0, *(rng.randrange(14) for _ in range(reports - 1))]
    where = [*of, *(rng.choice(of) for _ in range(reports - len(of)))]
    rng.shuffle(where)
    return [
        Arrival(start + timedelta(days=days), of_type, place)
        for days, place in zip(after, where, strict=True)
    ]


def quiet_region(first: date, weeks: int, seed: int) -> list[Arrival]:
    """Give ten reports a month over some types and places, most of them on working days."""
    rng = np.random.default_rng(seed)
    found = []
    for week in range(weeks):
        for _ in range(rng.poisson(10 / 4.35)):
            weekday = int(rng.choice(7, p=(0.2, 0.2, 0.2, 0.17, 0.15, 0.04, 0.04)))
            day = first + timedelta(days=7 * week + weekday)
            found.append(Arrival(day, TYPES[rng.integers(len(TYPES))], PLACES[rng.integers(len(PLACES))]))
    return found


def followed(
    arrivals: Iterable[Arrival], first: date, last: date, budget: float = detection.FALSE_ALARMS_A_WEEK
) -> Iterator[tuple[date, list[Kept]]]:
    """Judge each day from the first to the last; gives it with all events that are known by then."""
    names: Callable[[], str] = (f"event{number}" for number in count()).__next__
    known: dict[str, Kept] = {}
    for counts, first_tokens in _days(arrivals, first, last):
        found = detection.judge(counts, first_tokens, (), budget).signals
        for each in life.follow(known.values(), found, counts.weeks[-1], names):
            known[each.id] = each
        yield counts.day, list(known.values())


def told(known: Iterable[Kept], of_type: str, places_of: Iterable[str]) -> list[Kept]:
    """Give the events that are a rise of a type in some places, or around one of them."""
    around = {area for place in places_of for area in (place, *places.areas_around(place))}
    return [
        each
        for each in known
        if each.signal.kind is Kind.RISE and each.signal.type == of_type and each.signal.place in around
    ]


def _days(arrivals: Iterable[Arrival], first: date, last: date) -> Iterator[tuple[Counts, list[FirstTokens]]]:
    """Give what is judged on each day."""
    ordered = sorted(arrivals, key=lambda each: each.day)
    begin, end = Week.of(ordered[0].day), Week.of(last)
    weeks = [begin.plus(number) for number in range(_number(begin, end) + 1)]
    by_day = defaultdict(list)
    for each in ordered:
        by_day[each.day].append(each)
    reports: defaultdict[Cell, Counter[int]] = defaultdict(Counter)
    late: defaultdict[Cell, Counter[int]] = defaultdict(Counter)
    tokens: list[dict[Cell, dict[Week, int]]] = [{} for _ in weeks]
    weekdays = [[0] * 7 for _ in weeks]
    days = sorted({*by_day, *(first + timedelta(days=n) for n in range((last - first).days + 1))})
    for day in (day for day in days if day <= last):
        of = _number(begin, Week.of(day))
        today: dict[Cell, int] = {}
        for each in by_day.get(day, ()):
            cell = (each.type, each.place)
            reports[cell][of] += 1
            weekdays[of][day.weekday()] += 1
            if each.late:
                late[cell][of] += 1
            else:
                today[cell] = today.get(cell, 0) + 1
            if each.first:
                of_cell = tokens[of].setdefault(cell, {})
                of_cell[weeks[of]] = of_cell.get(weeks[of], 0) + 1
        if day < first:
            continue
        counts = Counts(
            weeks=tuple(weeks[: of + 1]),
            day=day,
            cells={cell: pack(by_week.items()) for cell, by_week in reports.items()},
            late={cell: pack(by_week.items()) for cell, by_week in late.items()},
            today=today,
            weekdays=tuple(map(sum, zip(*weekdays[:of], strict=True))) if of else (0,) * 7,
        )
        yield counts, list(tokens[max(0, of + 1 - detection.WINDOW_WEEKS) : of + 1])


def _number(begin: Week, week: Week) -> int:
    return (week.monday - begin.monday).days // 7
