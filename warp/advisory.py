"""
Advisories: what a warning says, who wrote and who approved it, and for whom it is.

The domain's last word before publication; it renders nothing and stores nothing. A figure in an advisory is
a `Figure`, so that an exact count cannot be published by mistake. Its place is what the coordinators may name
(`disclosure.place_to_name`): a country, a wider M49 area, or nothing for everywhere.
"""

import enum
from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from warp import taxonomy
from warp.disclosure import Figure


class Tlp(enum.StrEnum):
    """Traffic Light Protocol 2.0 labels, upper case and never translated (FIRST, 2022)."""

    RED = "RED"
    AMBER_STRICT = "AMBER+STRICT"
    AMBER = "AMBER"
    GREEN = "GREEN"
    CLEAR = "CLEAR"


PUBLIC_TLP = frozenset({Tlp.CLEAR})
"""Labels that may stand in a public feed, unless the site's policy says that GREEN may, too: `public_tlp`."""
MEMBERS_TLP = frozenset({Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER})
"""Labels that may stand in the members' feeds. AMBER+STRICT and RED stand in no feed at all."""


class Status(enum.StrEnum):
    """Where an advisory stands in its life."""

    DRAFT = "draft"
    REVIEW = "in-review"
    """Its author has said that it is ready."""
    PUBLISHED = "published"
    UPDATED = "updated"
    """Published, and corrected since."""
    ESCALATED = "escalated"
    """Another warning, of a new id, has taken its place."""
    WITHDRAWN = "withdrawn"

    @property
    def is_out(self) -> bool:
        """Whether readers have it."""
        return self not in (Status.DRAFT, Status.REVIEW)


class Facets(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What feeds are chosen by."""

    type: str
    """A taxonomy type (class/type), a class, or empty for all."""
    place: str
    """ISO 3166-1 alpha-2, an M49 code, or empty for everywhere."""
    sector: str
    """A NIS2 sector, or empty for all."""
    severity: taxonomy.Severity


class Version(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An earlier state of an advisory that readers have had."""

    number: int
    """1 at its first publication."""
    status: Status
    tlp: Tlp
    facets: Facets
    updated: datetime
    """Aware, UTC, whole seconds."""
    reason: str
    """Why it came to be; empty for the first, unless that took another warning's place."""


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
    reason: str = ""
    """Why this revision came to be; of what readers have, they read it, too."""
    withdraws: bool = False
    """Whether what waits for a second coordinator is its withdrawal, and no correction."""
    valid_until: date | None = None
    """The last day on which the warning holds; none where nobody has said."""
    publish_at: datetime | None = None
    """Aware, UTC, whole minutes: when what is approved goes out by itself."""
    hindrance: str = ""
    """Why it could not go out at its minute; for coordinators alone, and any act takes it back."""
    related: tuple[str, ...] = ()
    """Ids of other advisories that its readers want to see."""
    escalates: str = ""
    """Id of the advisory whose place it takes."""
    escalated_by: str = ""
    """Id of the advisory that has taken its place."""
    version: int = 0
    """Of what readers have: 1 at first publication, one more at each change; 0 before."""
    history: tuple[Version, ...] = ()
    """The versions before this one, oldest first."""
    buried: datetime | None = None
    """Aware, UTC: when a withdrawn one left the feeds for good; its page stays."""
    author: str = ""
    """The coordinator who last changed it; empty as long as only the machine has drafted it."""
    approver: str = ""
    """The coordinator who found it good as it is; any change takes that back."""
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
    """
    Give the text in a language, with the language that it is in.

    Where there is none, that in the default language; where the site's languages have changed since it was
    written, and there is not even that, the first one that there is.
    """
    found = next(code for code in (language, default, *advisory.texts) if code in advisory.texts)
    return found, advisory.texts[found]


def facets(advisory: Advisory) -> Facets:
    """Give what feeds choose it by now."""
    return Facets(
        type=advisory.type, place=advisory.place, sector=advisory.sector, severity=advisory.severity
    )


def public_tlp(*, green_is_public: bool) -> frozenset[Tlp]:
    """Give the labels that the public feeds of a site hold; members' feeds hold `MEMBERS_TLP`."""
    return PUBLIC_TLP | {Tlp.GREEN} if green_is_public else PUBLIC_TLP


def version_of(advisory: Advisory) -> Version:
    """Give what stays in the history of what readers have now, once they have the next version."""
    if advisory.updated is None:
        raise ValueError("readers never had it")
    return Version(
        number=advisory.version,
        status=advisory.status,
        tlp=advisory.tlp,
        facets=facets(advisory),
        updated=advisory.updated,
        reason=advisory.reason,
    )


def public_history(advisory: Advisory, allowed: frozenset[Tlp]) -> tuple[Version, ...]:
    """
    Give the versions before this one that readers of a tree have had; each keeps its number.

    What was for fewer readers than the tree's stays theirs: what it was about, and why it changed.
    """
    return tuple(version for version in advisory.history if version.tlp in allowed)
