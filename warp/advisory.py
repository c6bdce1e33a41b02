"""
Advisories: what a warning says, who wrote and who approved it, and for whom it is.

The domain's last word before publication; it renders nothing and stores nothing. A figure in an advisory is
a `Figure`, so that an exact count cannot be published by mistake. Its place is what the coordinators may name
(`disclosure.place_to_name`): a country, a wider M49 area, or nothing for everywhere.
"""

import enum
from collections.abc import Mapping
from datetime import datetime

import msgspec

from warp import places, taxonomy
from warp.disclosure import Figure


class Tlp(enum.StrEnum):
    """Traffic Light Protocol 2.0 labels, upper case and never translated (FIRST, 2022)."""

    RED = "RED"
    AMBER_STRICT = "AMBER+STRICT"
    AMBER = "AMBER"
    GREEN = "GREEN"
    CLEAR = "CLEAR"


PUBLIC_TLP = frozenset({Tlp.CLEAR})
"""Labels that may stand in a public feed; even GREEN may not go out "via publicly accessible channels"."""


class Status(enum.StrEnum):
    """Where an advisory stands in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an advisory says in one language; plain text, paragraphs separated by an empty line."""

    title: str
    summary: str
    actions: tuple[str, ...] = ()
    """Recommended actions, most urgent first."""


class Advisory(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One warning in all the site's languages."""

    id: str
    """Permanent and random: the week in lower case and 40 random bits, like 2026-w47-k3v9q2xd."""
    revision: int
    """1 at the first draft; one more at each change."""
    status: Status
    tlp: Tlp
    severity: taxonomy.Severity
    type: str
    """A taxonomy type (class/type), a class, or empty for all."""
    place: str
    """ISO 3166-1 alpha-2, an M49 code, or empty for everywhere."""
    sector: str = ""
    week: str
    """The ISO week whose reports gave rise to it."""
    figure: Figure | None = None
    """How many reports, as a protected band; none when there are too few to say."""
    texts: Mapping[str, Text]
    """Language code to text; the site's default language is always there."""
    author: str = ""
    """The coordinator who answers for the text; empty as long as only the machine has drafted it."""
    approver: str = ""
    published: datetime | None = None
    """Aware, UTC, whole seconds: when a coordinator first published it."""
    updated: datetime | None = None
    """Aware, UTC, whole seconds: when the last published revision was published."""
    drill: bool = False
    """Whether it is a rehearsed one, whose id begins with `drill-`: for the drill feed and nothing else."""

    def __post_init__(self) -> None:
        if self.drill and self.figure is not None:
            raise ValueError("a drill has no figure: nobody reported")


def text_for(advisory: Advisory, language: str, default: str) -> tuple[str, Text]:
    """Give the text in a language, else in the default language, with the language that it is in."""
    if language in advisory.texts:
        return language, advisory.texts[language]
    return default, advisory.texts[default]


def concerns_place(advisory: Advisory, country: str) -> bool:
    """Say whether a country's subscribers need it: it names the country, an area around it, or everywhere."""
    return advisory.place in ("", country) or advisory.place in places.areas_around(country)


def concerns_type(advisory: Advisory, code: str) -> bool:
    """Say whether a type's or class's subscribers need it; a class takes in its types, and the reverse."""
    if advisory.type in ("", code):
        return True
    return advisory.type.startswith(code + "/") or code.startswith(advisory.type + "/")
