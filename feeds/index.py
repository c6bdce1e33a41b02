"""
The index of figures: every closed period and progress report, with where the files are and their hashes.

Beside `feeds.figures`. Whoever has it knows which periods there are, which of them had too few to publish,
and whether a file is the one that was published.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from feeds import archive, progress, schemas
from feeds.entry import Site, href
from feeds.figures import (
    COUNTED,
    FOLDER,
    Closed,
    Note,
    PeriodName,
    PlaceCode,
    Publisher,
    csv_path,
    json_path,
    place_code,
    pretty,
    publisher,
)
from feeds.progress import Progress
from warp.disclosure import Release
from warp.policies import Policy
from warp.weeks import Period, Span

PATH = f"{FOLDER}/index.json"


class File(msgspec.Struct, frozen=True):
    """A file to download."""

    href: str
    """From the host's root."""
    sha256: str
    """In hexadecimal, of the file without any coding of the transfer."""


class Listed(msgspec.Struct, frozen=True):
    """A closed period in the index."""

    period: str
    span: Span
    first_day: date
    last_day: date
    cells: int
    note: Note
    json: File
    csv: File


class ListedProgress(msgspec.Struct, frozen=True):
    """The progress report of an area in the index."""

    area: PlaceCode
    first_quarter: PeriodName
    last_quarter: PeriodName
    closed_on: date
    """The end of the last quarter; until the next one closes the file stays as it is."""
    csv: File


class Index(msgspec.Struct, frozen=True):
    """All closed periods."""

    publisher: Publisher
    unit: str
    counted: str
    policy: Policy
    """What the site is set to; a quarter goes on by the policy that it has begun with."""
    schema: str
    csv_metadata: str | None
    """None as long as nothing is closed."""
    archive: File | None
    releases: tuple[Listed, ...]
    """The latest first; of those that end together, the longest first."""
    progress: tuple[ListedProgress, ...]
    """The world first."""


class _Name(msgspec.Struct, frozen=True):
    period: str


class _Names(msgspec.Struct, frozen=True):
    releases: tuple[_Name, ...]


def listed(document: bytes | None) -> frozenset[str]:
    """Give the periods that an index lists; none where there is none, or one that cannot be read."""
    try:
        found = () if document is None else msgspec.json.decode(document, type=_Names).releases
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = ()
    return frozenset(each.period for each in found)


def index(
    site: Site,
    policy: Policy,
    closed: Iterable[Release],
    areas: Iterable[Progress],
    files: Mapping[str, bytes],
) -> bytes:
    """
    Give the index of all closed periods.

    Args:
        site: The publisher.
        policy: In force.
        closed: All releases, in order of their ends.
        areas: The progress of every area in which a figure lies.
        files: Path in the public tree to content, of all that is listed with a hash.
    """

    def file(address: str, path: str) -> File:
        return File(href(site, address), hashlib.sha256(files[path]).hexdigest())

    releases = [
        Listed(
            period=each.period,
            span=Period.parse(each.period).span,
            first_day=Period.parse(each.period).first.monday,
            last_day=Period.parse(each.period).last.sunday,
            cells=len(each.cells),
            note=Closed(each).note,
            json=file(f"{FOLDER}/{each.period}", json_path(each.period)),
            csv=file(csv_path(each.period), csv_path(each.period)),
        )
        for each in closed
    ]
    document = Index(
        publisher=publisher(site),
        unit="reports",
        counted=COUNTED,
        policy=policy,
        schema=href(site, schemas.JSON_SCHEMA_PATH),
        csv_metadata=href(site, schemas.METADATA_PATH) if releases else None,
        archive=file(archive.PATH, archive.PATH) if releases else None,
        releases=tuple(reversed(releases)),
        progress=tuple(
            ListedProgress(
                area=place_code(each.area),
                first_quarter=str(each.quarters[0].period),
                last_quarter=str(each.quarters[-1].period),
                closed_on=each.quarters[-1].period.end.date(),
                csv=file(progress.csv_path(each.area), progress.csv_path(each.area)),
            )
            for each in areas
        ),
    )
    return pretty(document)
