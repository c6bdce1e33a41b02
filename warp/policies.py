"""
Policies of publication: how fine figures may be, and how much doubt stands before each.

A policy is a ladder of steps, from the finest cell to the widest. A report climbs it until a cell that holds
it has enough reports from enough members; both are judged with a secret offset, drawn for each cell from the
odds of its step. The odds, and the lead that a finer step asks for, are chosen together: along a path up the
ladder, whatever all other reports are, one report changes the odds of what is published by at most `RISK`
(docs/figures.md has the argument; `tests/attacks` search for a counterexample). No I/O.
"""

import itertools
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from warp.weeks import Span


class OfType(StrEnum):
    """How fine a cell is in its type."""

    TYPE = "type"
    CLASS = "class"
    ALL = "all"


class OfPlace(StrEnum):
    """How fine a cell is in its place."""

    COUNTRY = "country"
    AREA = "area"
    """The M49 intermediate region where there is one, else the sub-region."""
    SUB_REGION = "sub-region"
    REGION = "region"
    WORLD = "world"


class Step(NamedTuple):
    """One step of a ladder."""

    span: Span
    place: OfPlace
    type: OfType
    lead: int
    """How many reports, and members, a cell needs beyond the floors, on top of its offset."""
    odds: tuple[int, ...]
    """Chances in a thousand that the secret offset is 0, 1, 2, …"""


_STEEP = (105, 117, 131, 146, 163, 182, 156)
"""
For a risk of 0.2: of a path's steps two can be in doubt, 1 − (1 − 0.105)² < 0.2.

Each chance q follows from those before, whose sum is Q: q + (1 − Q − q)·0.105 ≤ 0.199. So a later value may
be likelier, the range is as short as can be, and the mean is smallest. A lead of a whole range keeps a third
step from being in doubt.
"""
_FLAT = (50, 53, 56, 59, 62, 65, 69, 73, 77, 81, 85, 90, 94, 86)
"""For a risk of 0.1, in the same way: 1 − (1 − 0.05)² < 0.1."""


class Preset(msgspec.Struct, frozen=True):
    """A named ladder."""

    steps: tuple[Step, ...]
    """From the finest to the widest; every cell of a step lies within one cell of the next."""
    risk: float
    """What one report can change in the odds of what is published: true less false positives, at most."""
    why: str
    """For whom it is, in plain words."""


class Name(StrEnum):
    """A preset's name."""

    CAUTIOUS = "cautious"
    STANDARD = "standard"
    SMALL_COMMUNITY = "small-community"


RISK = 0.2
"""No preset may let one report change the odds of what is published by more."""

PRESETS = MappingProxyType(
    {
        Name.CAUTIOUS: Preset(
            steps=(
                Step(Span.MONTH, OfPlace.COUNTRY, OfType.CLASS, 28, _FLAT),
                Step(Span.QUARTER, OfPlace.SUB_REGION, OfType.CLASS, 14, _FLAT),
                Step(Span.QUARTER, OfPlace.REGION, OfType.CLASS, 0, _FLAT),
                Step(Span.QUARTER, OfPlace.WORLD, OfType.CLASS, 0, _FLAT),
            ),
            risk=0.1,
            why="Half the risk of the others, for reports that must not be seen; fewer and wider figures.",
        ),
        Name.STANDARD: Preset(
            steps=(
                Step(Span.WEEK, OfPlace.COUNTRY, OfType.TYPE, 28, _STEEP),
                Step(Span.MONTH, OfPlace.COUNTRY, OfType.CLASS, 21, _STEEP),
                Step(Span.MONTH, OfPlace.AREA, OfType.CLASS, 14, _STEEP),
                Step(Span.QUARTER, OfPlace.SUB_REGION, OfType.CLASS, 7, _STEEP),
                Step(Span.QUARTER, OfPlace.REGION, OfType.CLASS, 0, _STEEP),
                Step(Span.QUARTER, OfPlace.WORLD, OfType.CLASS, 0, _STEEP),
            ),
            risk=RISK,
            why=(
                "For a community over several regions, to see what happens in each: by class and quarter, "
                "finer where there is much."
            ),
        ),
        Name.SMALL_COMMUNITY: Preset(
            steps=(
                Step(Span.WEEK, OfPlace.COUNTRY, OfType.TYPE, 21, _STEEP),
                Step(Span.WEEK, OfPlace.AREA, OfType.CLASS, 14, _STEEP),
                Step(Span.MONTH, OfPlace.WORLD, OfType.CLASS, 7, _STEEP),
                Step(Span.QUARTER, OfPlace.WORLD, OfType.CLASS, 0, _STEEP),
                Step(Span.QUARTER, OfPlace.WORLD, OfType.ALL, 0, _STEEP),
            ),
            risk=RISK,
            why=(
                "For tens of members in one region: the whole community by class, and what is left of a "
                "quarter in one row."
            ),
        ),
    }
)


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rules of publication of a site; see docs/operating.md."""

    preset: Name = Name.STANDARD
    """Which ladder: cautious, standard or small-community."""
    reports: int = 5
    """So many reports surely stand behind a figure; bands start at 1, 2, 4, … times it."""
    members: int = 3
    """… from so many distinct members."""
    reports_per_member: int = 3
    """Counts are capped at so many times the members."""
    places: int = 3
    """A cell rolled up over places stands for at least so many places with members."""
    types: int = 2
    """A cell rolled up over types stands for at least so many types."""
    members_to_name_a_place: int = 5
    """A warning names a place only if so many members could have been its source there."""

    def __post_init__(self) -> None:
        floors = {"reports": 5, "members": 3, "places": 3, "types": 2, "members_to_name_a_place": 3}
        for name, floor in floors.items():
            if getattr(self, name) < floor:
                raise ValueError(f"policy: {name} may not be under {floor}")
        if self.reports_per_member not in (2, 3):
            raise ValueError("policy: reports_per_member must be 2 or 3")
        if self.reports > self.reports_per_member * self.members:
            raise ValueError("policy: reports may not be over reports_per_member times members")

    @property
    def steps(self) -> tuple[Step, ...]:
        """The ladder, from the finest step to the widest."""
        return PRESETS[self.preset].steps

    @property
    def spans(self) -> tuple[Span, ...]:
        """The lengths of the periods that have figures, from short to long."""
        return tuple(span for span, _ in itertools.groupby(step.span for step in self.steps))

    def steps_of(self, span: Span) -> tuple[Step, ...]:
        """The steps that are taken when a period of a length closes, from the finest."""
        return tuple(step for step in self.steps if step.span is span)

    def needs(self, step: Step) -> tuple[range, range]:
        """Give how many reports, and members, a cell of a step needs, from the least to the surely enough."""
        spread = len(step.odds)
        first = (self.reports + step.lead, self.members + step.lead)
        return range(first[0], first[0] + spread), range(first[1], first[1] + spread)
