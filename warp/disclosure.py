"""
The gate for numbers: turns exact tallies into the figures that may leave the server.

Each period's close passes through here once: weeks, then months, then quarters. A report is counted in at
most one published cell, the finest on its path up the policy's ladder that has enough reports from enough
members, both judged with a secret offset, and then only as a band (docs/protocol.md §14). No other module
makes a `Figure` or a `Release`.
"""

import hashlib
import hmac
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

import msgspec

from warp import places, taxonomy
from warp.policies import OfPlace, OfType, Policy, Step
from warp.tally import WeekCounts
from warp.weeks import Period, Week

WORLD = places.WORLD


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A protected count: the band that it falls into. Made only in this module."""

    at_least: int
    """A number of reports that is surely true: where the band starts, 5, 10, 20, … by default."""


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published cell."""

    type: str
    """RSIT type, class, or empty for all types."""
    place: str
    """ISO 3166-1 alpha-2, or an M49 code; 001 is the world, unknown places included."""
    figure: Figure


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is published of one closed period; hidden cells are absent. Made only in this module."""

    period: str
    """2026-W47, 2026-11 or 2026-Q4."""
    cells: tuple[Cell, ...]
    """Sorted by type and place; empty means too few to publish."""
    policy: Policy
    """The rules that it was made by."""


class _Finest(NamedTuple):
    """What the ladder's groups are made of."""

    week: Week
    type: str
    place: str


_Group = list[_Finest]


def protect(
    period: Period,
    tally: Mapping[Week, WeekCounts],
    earlier: Iterable[Release],
    member_places: Iterable[str],
    policy: Policy,
    secret: bytes,
) -> Release:
    """
    Give the figures that may leave the server for one closed period.

    Args:
        period: The period that closes.
        tally: The exact tally of each of its weeks.
        earlier: The releases of the shorter periods within it: what they count is not counted again.
        member_places: The places that have members, each once.
        policy: Thresholds.
        secret: 32 random bytes, for this period only, forgotten by the caller afterwards.

    Returns:
        One partition: every report in at most one shown cell of all releases, every hidden cell absent.

    Source: the rule of docs/protocol.md §14.
    """
    shown = _Shown(member_places)
    for each in earlier:
        for cell in each.cells:
            shown.add(Period.parse(each.period), cell)
    left = _uncounted(tally, shown)
    made: list[Cell] = []
    for step in policy.steps_of(period.span):
        for key, group in sorted(_grouped(left, step).items()):
            if not shown.leaves_enough(key, step, period, policy):
                continue
            figure = _figure(group, tally, step, policy, _offset(period, key, step, secret))
            if figure is not None:
                made.append(Cell(*key, figure))
                shown.add(period, made[-1])
                left.difference_update(group)
    return Release(str(period), tuple(sorted(made, key=lambda cell: (cell.type, cell.place))), policy)


def place_to_name(place: str, members_by_place: Mapping[str, int], policy: Policy) -> str:
    """
    Give the place that a warning may name: the place itself, else the smallest area with enough members.

    Returns:
        A country, an M49 code, or empty for everywhere.
    """
    if not place:
        return ""
    for candidate in (place, *places.areas_around(place)):
        inside = sum(n for home, n in members_by_place.items() if _lies_in(home, candidate))
        if candidate != WORLD and inside >= policy.members_to_name_a_place:
            return candidate
    return ""


def place_to_report(place: str, members_by_place: Mapping[str, int], policy: Policy) -> str:
    """
    Give the place that a report can state without pointing at few: the place itself, else as `place_to_name`.

    Args:
        place: Country or M49 area; unknown and the world point at nobody.
        members_by_place: The number of members at home in each place, or the start of its band.
        policy: Says how many are enough.
    """
    return place if place in ("", WORLD) else place_to_name(place, members_by_place, policy)


def _uncounted(tally: Mapping[Week, WeekCounts], shown: "_Shown") -> set[_Finest]:
    """
    Give what no shown cell counts yet.

    A shown cell counts all that lies in it, unless a finer one has counted it: the ladder's cells nest.
    """
    found = set()
    for week, counts in tally.items():
        cells = shown.cells_in(week)
        for key, reports in counts.reports.items():
            if reports > 0 and cells.isdisjoint(_around(*key)):
                found.add(_Finest(week, *key))
    return found


class _Shown:
    """The cells that are published already, by what holds them."""

    def __init__(self, member_places: Iterable[str]) -> None:
        # A home that is an area may be the same country as another home, so it counts as none.
        self._homes = sorted({place for place in member_places if place and place not in places.AREAS})
        self._within: dict[tuple[str, str], list[tuple[Period, Cell]]] = {}

    def add(self, period: Period, cell: Cell) -> None:
        """Take in a cell."""
        for key in _around(cell.type, cell.place):
            self._within.setdefault(key, []).append((period, cell))

    def cells_in(self, week: Week) -> set[tuple[str, str]]:
        """Give the cells of the periods that hold a week."""
        everything = self._within.get(("", WORLD), ())
        return {(cell.type, cell.place) for of, cell in everything if of.first <= week <= of.last}

    def leaves_enough(self, key: tuple[str, str], step: Step, period: Period, policy: Policy) -> bool:
        """
        Say whether a rolled-up cell stands for enough places and types.

        Judged by what could be in it, not by what is: the (type, place with members) pairs below it, without
        those that finer cells show in every week. So subtracting what is shown leaves no small remainder.
        """
        if step.type is OfType.TYPE and step.place is OfPlace.COUNTRY:
            return True
        # A country stands for itself, whether it has members or not.
        inside = [key[1]] if step.place is OfPlace.COUNTRY else self._homes_in(key[1])
        pairs = set(itertools.product(_types_in(key[0]), inside)) - self._always_shown(key, period)
        wide = step.place is OfPlace.COUNTRY or len({place for _, place in pairs}) >= policy.places
        return wide and (step.type is OfType.TYPE or len({code for code, _ in pairs}) >= policy.types)

    def _always_shown(self, key: tuple[str, str], period: Period) -> set[tuple[str, str]]:
        weeks: dict[tuple[str, str], set[Week]] = {}
        for of, cell in self._within.get(key, ()):
            inside = [cell.place] if cell.place not in places.AREAS else self._homes_in(cell.place)
            its_weeks = of.weeks
            for pair in itertools.product(_types_in(cell.type), inside):
                weeks.setdefault(pair, set()).update(its_weeks)
        every = period.weeks
        return {pair for pair, by in weeks.items() if by.issuperset(every)}

    def _homes_in(self, area: str) -> list[str]:
        return [home for home in self._homes if _lies_in(home, area)]


@cache
def _types_in(wider: str) -> tuple[str, ...]:
    """Give the types that a type, a class or all types stand for, tests left out."""
    inside = (code for code in taxonomy.TYPES if wider in ("", code, taxonomy.class_of(code)))
    return tuple(code for code in inside if code != taxonomy.TEST_TYPE)


def _around(of_type: str, place: str) -> Iterable[tuple[str, str]]:
    """Give every cell that may hold a (type, place), itself included."""
    around = (place, *places.areas_around(place)) if place else (WORLD,)
    return itertools.product((of_type, taxonomy.class_of(of_type), ""), around)


def _grouped(cells: Iterable[_Finest], step: Step) -> dict[tuple[str, str], _Group]:
    """Give the cells of a step with what they hold; what has no place at this step is in none."""
    groups: dict[tuple[str, str], _Group] = {}
    for cell in cells:
        place = _coarsen(cell.place, step.place)
        if place is not None:
            groups.setdefault((_of_type(cell.type, step.type), place), []).append(cell)
    return groups


def _of_type(of_type: str, level: OfType) -> str:
    return {OfType.TYPE: of_type, OfType.CLASS: taxonomy.class_of(of_type), OfType.ALL: ""}[level]


def _coarsen(place: str, level: OfPlace) -> str | None:
    """Give a place at a level; none for a place that is wider, or unknown, or lies in no such area."""
    if level is OfPlace.WORLD:
        return WORLD
    chain = (place, *places.areas_around(place)) if place else ()
    return next((code for code in chain if level in _levels(code)), None)


def _levels(place: str) -> tuple[OfPlace, ...]:
    """Give the levels that a place is of; a sub-region without intermediate regions is of two."""
    area = places.AREAS.get(place)
    if area is None:
        return (OfPlace.COUNTRY,)
    if area.kind is places.Kind.INTERMEDIATE:
        return (OfPlace.AREA,)
    if area.kind is places.Kind.SUB_REGION and place not in _DIVIDED:
        return (OfPlace.AREA, OfPlace.SUB_REGION)
    return (OfPlace(area.kind.value),)


_DIVIDED = {area.parent for area in places.AREAS.values() if area.kind is places.Kind.INTERMEDIATE}


def _lies_in(place: str, area: str) -> bool:
    return area == WORLD or place == area or area in places.areas_around(place)


def _figure(
    group: _Group, tally: Mapping[Week, WeekCounts], step: Step, policy: Policy, offset: int
) -> Figure | None:
    reports = sum(tally[cell.week].reports[cell.type, cell.place] for cell in group)
    distinct = _members(group, tally)
    margin = min(reports - policy.reports, distinct - policy.members) - step.lead - offset
    if margin < 0:
        return None
    seen = policy.reports + step.lead
    # What has only just passed shows its step's floor. Else one report could move the band of a cell that is
    # in doubt, and where it stays hidden that of the next: two full chances to tell (docs/protocol.md §14).
    if margin >= len(step.odds) // 2:
        seen = max(seen, min(reports - offset, policy.reports_per_member * (distinct - offset)))
    band = policy.reports
    while 2 * band <= seen:
        band *= 2
    return Figure(at_least=band)


def _members(group: _Group, tally: Mapping[Week, WeekCounts]) -> int:
    """
    Give a number of distinct members that surely stand behind a group's reports.

    The largest number of first tokens of one token week and class, never a sum over either (`warp.tally`).
    """
    sums: Counter[tuple[Week, str]] = Counter()
    for cell in group:
        for week, tokens in tally[cell.week].first_tokens.get((cell.type, cell.place), {}).items():
            sums[week, taxonomy.class_of(cell.type)] += tokens
    return max(sums.values(), default=0)


def _offset(period: Period, key: tuple[str, str], step: Step, secret: bytes) -> int:
    """
    Give the secret offset of a cell: a draw from its step's odds, its own for each period and cell.

    One offset stands against both the reports and the members, so that the two are not two chances to tell.
    """
    message = "|".join((str(period), step.place, step.type, *key)).encode()
    draw = int.from_bytes(hmac.digest(secret, message, hashlib.sha256)[:8]) % sum(step.odds)
    return next(u for u, reached in enumerate(itertools.accumulate(step.odds)) if draw < reached)
