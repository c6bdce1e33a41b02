"""
The gate for numbers: turns exact tallies into the figures that may leave the server.

A week's close passes through here once. Each report is counted in at most one published cell; a cell is shown
only when enough reports from enough members stand behind it, both judged with a secret offset, and then only
as a band (docs/protocol.md §14). What stays hidden in its week waits for its month and quarter, which are not
made here yet. No other module makes a `Figure` or a `Release`.
"""

import hashlib
import hmac
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from warp import places, taxonomy
from warp.tally import FirstTokens, members
from warp.weeks import Week

WORLD = "001"


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Thresholds of publication; see docs/operating.md."""

    reports: int = 7
    """A cell needs so many reports, secret offset included; bands are 1, 2, 4, … times it."""
    members: int = 5
    """… from so many distinct members, secret offset included."""
    offset: int = 2
    """The secret offsets lie between minus and plus this."""
    reports_per_member: int = 3
    """Counts are capped at so many times the members."""
    places: int = 3
    """A cell rolled up over places stands for at least so many places with members."""
    types: int = 2
    """A cell rolled up over types stands for at least so many types."""
    members_to_name_a_place: int = 5
    """A warning names a place only if so many members could have been its source there."""

    def __post_init__(self) -> None:
        floors = {"reports": 7, "members": 5, "offset": 2, "places": 3, "types": 2}
        for name, floor in floors.items():
            if getattr(self, name) < floor:
                raise ValueError(f"policy: {name} may not be under {floor}")
        if self.reports - self.offset < 5 or self.members - self.offset < 3:
            raise ValueError("policy: offset must leave at least 5 reports and 3 members behind a figure")
        if not 1 <= self.reports_per_member <= 3:
            raise ValueError("policy: reports_per_member must be 1, 2 or 3")
        if self.members_to_name_a_place < 3:
            raise ValueError("policy: members_to_name_a_place may not be under 3")


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A protected count: the band that count + secret offset fell into. Made only in this module."""

    band: int
    """Where the band starts: 7, 14, 28, … reports; it ends below twice that."""
    at_least: int
    """A number of reports that is surely true: the start of the band less the largest offset."""


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published cell."""

    type: str
    """RSIT type, class, or empty for all types."""
    place: str
    """ISO 3166-1 alpha-2, or an M49 code; 001 is the world, unknown places included."""
    figure: Figure


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is published of one closed week; hidden cells are absent. Made only in this module."""

    week: str
    cells: tuple[Cell, ...]
    """Sorted by type and place; empty means too few to publish."""


class _Level(NamedTuple):
    """A step of the roll-up: how a cell's type and place are coarsened."""

    of_type: Callable[[str], str]
    of_place: Callable[[str], str | None]
    over_types: bool
    over_places: bool


def _at_kind(kind: str) -> Callable[[str], str | None]:
    def coarsen(place: str) -> str | None:
        chain = (place, *places.areas_around(place)) if place else (WORLD,)
        return next((code for code in chain if _kind(code) == kind), None)

    return coarsen


def _kind(place: str) -> str:
    area = places.AREAS.get(place)
    return "country" if area is None else str(area.kind)


_TYPE_STEPS: tuple[tuple[Callable[[str], str], bool], ...] = (
    (lambda code: code, False),
    (taxonomy.class_of, True),
    (lambda _code: "", True),
)
_PLACE_STEPS = ("country", "intermediate", "sub-region", "region", "world")
_LEVELS = tuple(
    _Level(of_type, _at_kind(kind), over_types, kind != "country")
    for of_type, over_types in _TYPE_STEPS
    for kind in _PLACE_STEPS
)


def protect(
    week: Week,
    counts: Mapping[tuple[str, str], int],
    first_tokens: FirstTokens,
    member_places: Iterable[str],
    policy: Policy,
    secret: bytes,
) -> Release:
    """
    Give the figures that may leave the server for one closed week.

    Args:
        week: The week that closes.
        counts: Reports per (type, place); exact.
        first_tokens: First tokens per (type, place) and token week.
        member_places: The places that have members, each once.
        policy: Thresholds.
        secret: 32 random bytes, for this week only, forgotten by the caller afterwards.

    Returns:
        One partition: every report in at most one shown cell, every hidden cell absent.

    Source: the rule of docs/protocol.md §14.
    """
    remaining = {cell for cell, reports in counts.items() if reports > 0}
    # A home that is an area may be the same country as another home, so it counts as none.
    homes = {place for place in member_places if place and _kind(place) == "country"}
    shown: list[Cell] = []
    for level in _LEVELS:
        for key, group in _grouped(remaining, level).items():
            figure = _figure(group, counts, first_tokens, policy, secret)
            if figure is not None and _wide_enough(key, level, homes, policy, shown):
                shown.append(Cell(*key, figure))
                remaining -= group
    return Release(str(week), tuple(sorted(shown, key=lambda cell: (cell.type, cell.place))))


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


def _grouped(cells: Iterable[tuple[str, str]], level: _Level) -> dict[tuple[str, str], set[tuple[str, str]]]:
    groups: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for cell in sorted(cells):
        place = level.of_place(cell[1])
        if place is not None:
            groups.setdefault((level.of_type(cell[0]), place), set()).add(cell)
    return groups


def _wide_enough(
    key: tuple[str, str], level: _Level, homes: Iterable[str], policy: Policy, shown: Iterable[Cell]
) -> bool:
    """
    Say whether a rolled-up cell stands for enough places and types.

    Judged by what could be in it, not by what is: the (type, place with members) pairs below it, without
    those that finer cells show, so that subtracting what is shown leaves no small remainder.
    """
    if not (level.over_types or level.over_places):
        return True
    types = [code for code in taxonomy.TYPES if code != taxonomy.TEST_TYPE and _is_kind_of(code, key[0])]
    inside = [home for home in homes if _lies_in(home, key[1])]
    pairs = set(itertools.product(types, inside))
    for cell in shown:
        pairs -= {pair for pair in pairs if _is_kind_of(pair[0], cell.type) and _lies_in(pair[1], cell.place)}
    wide = not level.over_places or len({home for _, home in pairs}) >= policy.places
    return wide and (not level.over_types or len({code for code, _ in pairs}) >= policy.types)


def _is_kind_of(code: str, wider: str) -> bool:
    return wider in ("", code) or code.startswith(wider + "/")


def _lies_in(place: str, area: str) -> bool:
    return area == WORLD or place == area or area in places.areas_around(place)


def _figure(
    group: set[tuple[str, str]],
    counts: Mapping[tuple[str, str], int],
    first_tokens: FirstTokens,
    policy: Policy,
    secret: bytes,
) -> Figure | None:
    distinct = members(group, first_tokens)
    reports = min(sum(counts[cell] for cell in group), policy.reports_per_member * distinct)
    on_reports, on_members = _offsets(group, policy.offset, secret)
    if reports + on_reports < policy.reports or distinct + on_members < policy.members:
        return None
    band = policy.reports
    while 2 * band <= reports + on_reports:
        band *= 2
    return Figure(band=band, at_least=band - policy.offset)


def _offsets(group: Iterable[tuple[str, str]], largest: int, secret: bytes) -> tuple[int, int]:
    """
    Give two secret offsets from -largest to +largest: for the reports and for the members.

    Drawn once for each finest cell, uniformly; a rolled-up cell takes the smallest of its parts. So no cell
    that was hidden by its offsets gets a second draw at a wider level, which would tell more than one may.
    """
    drawn = [_draw(cell, largest, secret) for cell in group]
    return min(reports for reports, _ in drawn), min(members for _, members in drawn)


def _draw(cell: tuple[str, str], largest: int, secret: bytes) -> tuple[int, int]:
    digest = hmac.new(secret, "|".join(cell).encode(), hashlib.sha256).digest()
    width = 2 * largest + 1  # 64 bits leave no bias worth naming
    reports, members = (int.from_bytes(digest[i : i + 8]) % width - largest for i in (0, 8))
    return reports, members
