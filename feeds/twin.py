"""
Machine twins: each published version of an advisory as one JSON document, at a static address.

Beside the feeds: `twin` writes it when an advisory is published, and `read` gives back from it what every
renderer takes, so that feeds can be composed from public files alone. It holds nothing that readers of the
tree it stands in may not know: no author, approver or planned time, and no version whose label is not theirs.
What is withdrawn keeps its marks and its reason, and no text and no figure: they may be what had to go.

Another format for machines (CSAF, MISP, STIX, CAP) is a function of an advisory and a site, too: a module of
its own, and one line of `feeds.machine`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from feeds.entry import NotPublicError, Site, advisory_path, line, plain, public_times
from feeds.figures import ALL_TYPES, PlaceCode, Publisher, TypeCode, place_code, pretty, publisher, type_code
from warp import places, taxonomy
from warp.advisory import Advisory, Facets, Status, Text, Tlp, Version, public_history
from warp.weeks import Week

FOLDER = "v1/advisories"
"""Where twins stand, from the site's root."""
INDEX_PATH = f"{FOLDER}/index.json"
SCHEMA_PATH = f"{FOLDER}/schema.json"

Id = Annotated[
    str,
    Meta(
        pattern=r"^tag:[^,]+,[0-9]{4}-[0-9]{2}-[0-9]{2}:advisory/[A-Za-z0-9-]+$",
        description="Permanent tag: URI (RFC 4151), the same in all versions, formats and languages.",
    ),
]
Number = Annotated[int, Meta(ge=1, description="1 at first publication, one more at each change.")]
Address = Annotated[str, Meta(pattern="^https?://", description="Absolute address.")]
WeekName = Annotated[str, Meta(pattern=r"^[0-9]{4}-W[0-9]{2}$", description="ISO week 2026-W47.")]
Label = Annotated[Tlp, Meta(description="Label of TLP 2.0, without `TLP:`.")]
Life = Annotated[Status, Meta(description="Where it stands in its life.")]
Level = Annotated[taxonomy.Severity, Meta(description="How bad it is for those whom it meets.")]
Sector = Annotated[str | None, Meta(description="Sector of the NIS2 annexes; null: all.")]
Why = Annotated[
    str,
    Meta(
        description="Why this version came to be, in the coordinators' words; empty for a first version that "
        "takes no other's place."
    ),
]
Updated = Annotated[
    datetime, Meta(tz=True, description="When this version was published; whole seconds, UTC.")
]


class DamagedTwin(ValueError):
    """This is no machine twin of an advisory."""

    def __str__(self) -> str:
        """Say it without a word of the document."""
        return "not the machine twin of an advisory, or damaged"


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it says in one language; plain text."""

    title: Annotated[str, Meta(description="One line.")]
    summary: Annotated[str, Meta(description="Paragraphs are separated by an empty line.")]
    actions: Annotated[tuple[str, ...], Meta(description="Recommended, most urgent first.")]


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another advisory of this site."""

    id: Id
    address: Address


class Earlier(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A version before this one."""

    number: Number
    status: Life
    tlp: Label
    severity: Level
    type: TypeCode
    place: PlaceCode
    sector: Sector
    updated: Updated
    reason: Why
    address: Annotated[str | None, Meta(description="Of its document; null: the advisory is withdrawn.")]


class Twin(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"schema": "$schema"}
):
    """One version of an advisory."""

    schema: Annotated[str, Meta(description="Where the JSON Schema of this document is.")]
    id: Id
    name: Annotated[
        str, Meta(pattern="^[A-Za-z0-9-]+$", description="What stands for it in addresses; the end of `id`.")
    ]
    publisher: Publisher
    language: Annotated[str, Meta(description="ISO 639-1: the language that every advisory has.")]
    version: Number
    status: Life
    reason: Why
    drill: Annotated[bool, Meta(description="True: a rehearsal, and nothing of it has happened.")]
    tlp: Label
    severity: Level
    type: TypeCode
    place: PlaceCode
    sector: Sector
    week: Annotated[WeekName, Meta(description="The ISO week whose reports gave rise to it.")]
    at_least: Annotated[
        int | None,
        Meta(
            description="So many reports surely stand behind it: the start of a band, never an exact count. "
            "Null: too few to say, a rehearsal, or withdrawn."
        ),
    ]
    texts: Annotated[dict[str, Wording], Meta(description="ISO 639-1 language to text; empty: withdrawn.")]
    published: Annotated[
        datetime, Meta(tz=True, description="When the first version was published; whole seconds, UTC.")
    ]
    updated: Updated
    valid_until: Annotated[
        date | None, Meta(description="The last day on which it holds; null: nobody has said.")
    ]
    related: Annotated[tuple[Link, ...], Meta(description="Others that its readers want to see.")]
    escalates: Annotated[Link | None, Meta(description="The one whose place it takes.")]
    escalated_by: Annotated[Link | None, Meta(description="The one that has taken its place.")]
    history: Annotated[
        tuple[Earlier, ...],
        Meta(description="The versions before this one, oldest first, without those of a stricter label."),
    ]
    pages: Annotated[dict[str, Address], Meta(description="ISO 639-1 language to page.")]
    buried: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        Meta(description="When a withdrawn one left the feeds for good; UTC. Its page stays."),
    ]


def path(advisory_id: str, ending: str = "json") -> str:
    """Give the path of an advisory's current document in a format of `feeds.machine`; of its twin."""
    return f"{FOLDER}/{advisory_id}.{ending}"


def version_path(advisory_id: str, number: int, ending: str = "json") -> str:
    """Give the path of an earlier version's document in a format of `feeds.machine`; of its twin."""
    return f"{FOLDER}/{advisory_id}/{number}.{ending}"


def signature_path(advisory_id: str) -> str:
    """Give the path of the signature of an advisory's current twin."""
    return path(advisory_id, "sig")


def version_signature_path(advisory_id: str, number: int) -> str:
    """Give the path of the signature of an earlier version's twin."""
    return version_path(advisory_id, number, "sig")


def schema() -> bytes:
    """Give the JSON Schema of a twin."""
    return pretty({"$schema": "https://json-schema.org/draft/2020-12/schema"} | msgspec.json.schema(Twin))


def twin(advisory: Advisory, site: Site) -> bytes:
    """
    Give a published advisory as JSON.

    Its links are taken as they are: to what readers of this tree cannot have, the caller leaves them out.

    Raises:
        NotPublicError: it is a draft, has no version, or its label is not for this tree.
    """
    published, updated = public_times(advisory, site)
    if advisory.version < 1:
        raise NotPublicError("a published advisory has the number of its version")
    withdrawn = advisory.status is Status.WITHDRAWN
    return pretty(
        Twin(
            schema=f"{site.url}/{SCHEMA_PATH}",
            id=_tag(site, advisory.id),
            name=advisory.id,
            publisher=publisher(site),
            language=site.default,
            version=advisory.version,
            status=advisory.status,
            reason=plain(advisory.reason),
            drill=advisory.drill,
            tlp=advisory.tlp,
            severity=advisory.severity,
            type=type_code(advisory.type),
            place=place_code(advisory.place or places.WORLD),
            sector=advisory.sector or None,
            week=advisory.week,
            at_least=None if withdrawn or advisory.figure is None else advisory.figure.at_least,
            texts={} if withdrawn else dict(_wordings(advisory.texts)),
            published=published,
            updated=updated,
            valid_until=advisory.valid_until,
            related=tuple(_link(site, each) for each in advisory.related),
            escalates=_link(site, advisory.escalates) if advisory.escalates else None,
            escalated_by=_link(site, advisory.escalated_by) if advisory.escalated_by else None,
            history=tuple(_history(advisory, site)),
            pages={code: f"{site.url}/{advisory_path(code, advisory.id)}" for code in site.languages},
            buried=advisory.buried,
        )
    )


def read(document: bytes) -> Advisory:
    """
    Give back what renderers take, from a twin that this site has written.

    Its revision is its version; author, approver and planned time are empty. A withdrawn one has an empty
    text in each language that it has a page in.

    Raises:
        DamagedTwin: it is none.
    """
    try:
        found = msgspec.json.decode(document, type=Twin)
        Week.parse(found.week)
        return _advisory(found)
    except (msgspec.DecodeError, ValueError):
        raise DamagedTwin from None


def _wordings(texts: Mapping[str, Text]) -> Iterator[tuple[str, Wording]]:
    for language, text in sorted(texts.items()):
        actions = tuple(line(action) for action in text.actions)
        yield language, Wording(line(text.title), plain(text.summary), actions)


def _history(advisory: Advisory, site: Site) -> Iterator[Earlier]:
    for version in public_history(advisory, site.allowed):
        address = f"{site.url}/{version_path(advisory.id, version.number)}"
        yield Earlier(
            number=version.number,
            status=version.status,
            tlp=version.tlp,
            severity=version.facets.severity,
            type=type_code(version.facets.type),
            place=place_code(version.facets.place or places.WORLD),
            sector=version.facets.sector or None,
            updated=version.updated,
            reason=plain(version.reason),
            address=None if advisory.status is Status.WITHDRAWN else address,
        )


def _tag(site: Site, advisory_id: str) -> str:
    return site.tag(f"advisory/{advisory_id}")


def _link(site: Site, advisory_id: str) -> Link:
    return Link(_tag(site, advisory_id), f"{site.url}/{path(advisory_id)}")


def _advisory(found: Twin) -> Advisory:
    if not found.id.endswith(f":advisory/{found.name}"):
        raise DamagedTwin
    if not found.texts and found.status is not Status.WITHDRAWN:
        raise DamagedTwin
    facets = _facets(found)
    figure = None if found.at_least is None else {"at_least": found.at_least}
    texts = found.texts or {language: Wording("", "", ()) for language in found.pages}
    plainly = {
        "id": found.name,
        "revision": found.version,
        "version": found.version,
        "status": found.status.value,
        "tlp": found.tlp.value,
        "severity": facets.severity.value,
        "type": facets.type,
        "place": facets.place,
        "sector": facets.sector,
        "week": found.week,
        "figure": figure,
        "texts": msgspec.to_builtins(texts),
        "reason": found.reason,
        "valid_until": found.valid_until,
        "related": _names(found.related),
        "escalates": _name(found.escalates),
        "escalated_by": _name(found.escalated_by),
        "history": [msgspec.to_builtins(_version(each)) for each in found.history],
        "buried": found.buried,
        "published": found.published,
        "updated": found.updated,
        "drill": found.drill,
    }
    return msgspec.convert(plainly, Advisory)  # from plain values: a figure is made by the gate alone


def _version(earlier: Earlier) -> Version:
    return Version(
        number=earlier.number,
        status=earlier.status,
        tlp=earlier.tlp,
        facets=_facets(earlier),
        updated=earlier.updated,
        reason=earlier.reason,
    )


def _facets(of: Twin | Earlier) -> Facets:
    of_type = "" if of.type == ALL_TYPES else of.type
    place = of.place.rpartition(":")[2]
    known = not of_type or taxonomy.is_term(of_type)
    if not known or not places.is_place(place):
        raise DamagedTwin
    if of.sector is not None and of.sector not in taxonomy.SECTORS:
        raise DamagedTwin
    place = "" if place == places.WORLD else place
    return Facets(type=of_type, place=place, sector=of.sector or "", severity=of.severity)


def _names(links: Iterable[Link]) -> list[str]:
    return [_name(link) for link in links]


def _name(link: Link | None) -> str:
    if link is None:
        return ""
    return link.id.rpartition("/")[2]
