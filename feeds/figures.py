"""
Figures as data: what the release of a closed period says as JSON and as CSV.

Between the gate and publication: releases come in, bytes go out. They depend on nothing but the releases, the
publisher and the policy, all of which are public. It sees no count, adds nothing up (`feeds.progress` does),
and asks for no time.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta

from feeds.entry import Site, line
from feeds.words import WORDS
from warp import places, taxonomy
from warp.disclosure import Cell, Release
from warp.policies import OfPlace, OfType, Policy
from warp.weeks import Period, Span

FOLDER = "v1/figures"
"""Where figures stand, from the site's root."""
ALL_TYPES = "all"
TOO_FEW: Final = "too few to publish"
NOT_OF_THIS_LENGTH: Final = "no figures of this length"
LOWER_BOUND: Final = "lower bound"

COUNTED = (
    "Reports of incidents that members of the site, incident response teams, sent to it anonymously. A "
    "report may stand for several similar incidents and is one report. Test reports are left out."
)
CLOCK = "Arrival: a report counts on the day of its release into the counts, not on that of the incident."
AT_LEAST = (
    "So many reports surely stand behind the cell. It is the start of a band; exact counts are not published."
)
COMPLETENESS = (
    "Each report is in at most one cell of all weeks, months and quarters together, so cells may be added "
    "up. A wide cell leaves out what narrower ones show, a long period what shorter ones show; so the cells "
    "of the world and of all types are the rest, not totals. A cell that is absent had too few reports or "
    "members, is counted in narrower or shorter cells, or is of a kind that the policy does not have; it "
    "does not mean zero. What nobody reported is in no figure."
)
TREND = (
    "Do not read a change between periods as a trend: each number may be under half of the truth, and what "
    "one quarter shows for an area may be in a wider area, or hidden, in the next; by chance alone a volume "
    "can halve or double."
)
LATENESS = (
    "A period is closed once, at its end, and never changes. A report that arrives later counts in the "
    "period in which it arrives."
)

Note = Literal["lower bound", "too few to publish", "no figures of this length"]
TypeCode = Annotated[
    str,
    Meta(
        pattern=r"^(all|[a-z0-9-]+(/[a-z0-9-]+)?)$",
        description="RSIT class, RSIT class/type, or all: all types together.",
    ),
]
PlaceCode = Annotated[
    str,
    Meta(
        pattern=r"^(iso3166:[A-Z]{2}|m49:[0-9]{3})$",
        description="ISO 3166-1 alpha-2 country, or UN M49 area; m49:001 is the world and unknown places.",
    ),
]
PeriodName = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-(W[0-9]{2}|[01][0-9]|Q[1-4])$",
        description="ISO week 2026-W47; month 2026-11 or quarter 2026-Q4 of whole weeks, by their Thursdays.",
    ),
]


class Closed(NamedTuple):
    """A closed period's figures."""

    release: Release

    @property
    def policy(self) -> Policy:
        """The rules that they were made by."""
        return self.release.policy

    @property
    def period(self) -> Period:
        """Which period."""
        return Period.parse(self.release.period)

    @property
    def note(self) -> Note:
        """What its numbers are, or why there are none."""
        if self.release.cells:
            return LOWER_BOUND
        return TOO_FEW if self.period.span in self.policy.spans else NOT_OF_THIS_LENGTH


class Publisher(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose figures they are."""

    name: str
    url: str


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cell's names in one language."""

    type: str
    place: str


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One cell."""

    type: TypeCode
    place: PlaceCode
    at_least: Annotated[int, Meta(ge=1, description="So many reports surely stand behind the cell.")]
    labels: Annotated[dict[str, Names], Meta(description="ISO 639-1 language to names.")]


class Enough(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    How many are enough for a cell: it never shows with fewer than `never_under`.

    With `surely_from` of both it always shows, if it stands for enough places and types. Members are counted
    by what is sure: the most that made their first report of one class in one week; there may be many more.
    """

    never_under: int
    surely_from: int


class Rung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of the policy's ladder; a cell needs enough of both."""

    span: Span
    place: OfPlace
    type: OfType
    reports: Enough
    members: Enough


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"schema": "$schema"}):
    """The figures of one closed week, month or quarter."""

    schema: Annotated[str, Meta(description="Where the JSON Schema of this document is.")]
    publisher: Publisher
    cite_as: str
    period: PeriodName
    span: Span
    first_day: date
    last_day: date
    counted_from: Annotated[
        date, Meta(description="The first day of the period on which the site was there.")
    ]
    closed_on: Annotated[date, Meta(description="The day from which on nothing was added.")]
    leaves_out: Annotated[
        tuple[PeriodName, ...], Meta(description="Shorter periods within it; what they show is not here.")
    ]
    may_count_later: Annotated[
        tuple[PeriodName, ...], Meta(description="Longer periods, which may show what is hidden here.")
    ]
    unit: Literal["reports"]
    counted: str
    clock: str
    at_least: Annotated[str, Meta(description="What the cells' `at_least` means.")]
    completeness: str
    lateness: str
    policy: Annotated[Policy, Meta(description="The rules of publication when the period was closed.")]
    ladder: Annotated[
        tuple[Rung, ...], Meta(description="What a cell needs, from the finest step to the widest.")
    ]
    note: Note
    cells: Annotated[tuple[Row, ...], Meta(description="Empty: `note` says why.")]


def type_code(code: str) -> str:
    """Give the published code of a type, a class, or (empty) all types."""
    return code or ALL_TYPES


def place_code(place: str) -> str:
    """Give the published code of a place; never a bare NA, which readers of CSV take for a missing value."""
    return f"m49:{place}" if place in places.AREAS else f"iso3166:{place}"


def json_path(period: str) -> str:
    """Give the path of a period's JSON in the public tree."""
    return f"{FOLDER}/{period}.json"


def csv_path(period: str) -> str:
    """Give the path of a period's CSV in the public tree."""
    return f"{FOLDER}/{period}.csv"


def ordered(cells: Iterable[Cell]) -> list[Cell]:
    """Give cells for readers: what is narrow before what is wide."""
    return sorted(cells, key=lambda cell: (not cell.type, cell.type, cell.place.isdigit(), cell.place))


def shorter(period: Period, begun: date) -> list[str]:
    """Give the shorter periods within a period that the site was there for, in order of their ends."""
    spans = list(Span)[: list(Span).index(period.span)]
    weeks = [week for week in period.weeks if week.sunday >= begun]
    found = {Period.of(week, span) for week in weeks for span in spans}
    return [str(each) for each in sorted(found, key=lambda each: (each.last, list(Span).index(each.span)))]


def longer(period: Period) -> list[str]:
    """Give the longer periods that a period lies in."""
    spans = list(Span)[list(Span).index(period.span) + 1 :]
    return [str(Period.of(period.last, span)) for span in spans]


def counted_from(site: Site, period: Period) -> date:
    """Give the first day of a period on which the site was there."""
    return max(period.first.monday, site.created)


def type_label(code: str, language: str) -> str:
    """Give the name of a cell's type; all types stand for the rest that no finer cell shows."""
    name = taxonomy.type_name(code, language)
    return name if code else _rest(name, language)


def place_label(place: str, language: str) -> str:
    """Give the name of a cell's place; the world stands for the rest that no narrower cell shows."""
    name = places.place_name(place, language)
    return _rest(name, language) if place == places.WORLD else name


def _rest(name: str, language: str) -> str:
    return WORDS[language].rest.format(name=name)


def as_json(site: Site, closed: Closed) -> bytes:
    """Give a closed period's figures as JSON."""
    period = closed.period
    document = Document(
        schema=f"{site.url}/{FOLDER}/schema.json",
        publisher=publisher(site),
        cite_as=f"{line(site.name)}: figures of {period}. {site.url}/{FOLDER}/{period}",
        period=str(period),
        span=period.span,
        first_day=period.first.monday,
        last_day=period.last.sunday,
        counted_from=counted_from(site, period),
        closed_on=period.end.date(),
        leaves_out=tuple(shorter(period, site.created)),
        may_count_later=tuple(longer(period)),
        unit="reports",
        counted=COUNTED,
        clock=CLOCK,
        at_least=AT_LEAST,
        completeness=COMPLETENESS,
        lateness=LATENESS,
        policy=closed.policy,
        ladder=ladder(closed.policy),
        note=closed.note,
        cells=tuple(_row(site, cell) for cell in ordered(closed.release.cells)),
    )
    return pretty(document)


def ladder(policy: Policy) -> tuple[Rung, ...]:
    """Give what a cell of each step needs."""
    rungs = []
    for step in policy.steps:
        reports, members = (Enough(each[0], each[-1]) for each in policy.needs(step))
        rungs.append(Rung(step.span, step.place, step.type, reports, members))
    return tuple(rungs)


def as_csv(site: Site, closed: Closed) -> bytes:
    """
    Give a closed period's figures as CSV (RFC 4180), a row per cell.

    A period without a cell has one row, which says why in `note` and has no number.
    """
    period = closed.period
    days = (period.first.monday, period.last.sunday, counted_from(site, period), period.end.date())
    head = (site.url, period, period.span, *days, closed.policy.preset)
    numbers: list[tuple[str, str, object]] = [
        (cell.type, cell.place, cell.figure.at_least) for cell in ordered(closed.release.cells)
    ]
    rows = (
        (*head, type_code(of_type), place_code(place), at_least, closed.note, *_labels(site, of_type, place))
        for of_type, place, at_least in numbers or [("", places.WORLD, "")]
    )
    return table([*COLUMNS, *label_columns(site)], rows)


COLUMNS = (
    "publisher",
    "period",
    "span",
    "first_day",
    "last_day",
    "counted_from",
    "closed_on",
    "policy",
    "type",
    "place",
    "at_least",
    "note",
)


def label_columns(site: Site) -> list[str]:
    """Give the names of the columns with labels."""
    return [f"{of}_{language}" for language in site.languages for of in ("type", "place")]


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Give a CSV file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _row(site: Site, cell: Cell) -> Row:
    labels = {
        language: Names(type_label(cell.type, language), place_label(cell.place, language))
        for language in site.languages
    }
    return Row(type_code(cell.type), place_code(cell.place), cell.figure.at_least, labels)


def _labels(site: Site, of_type: str, place: str) -> list[str]:
    found = []
    for language in site.languages:
        found += [type_label(of_type, language), place_label(place, language)]
    return found


def publisher(site: Site) -> Publisher:
    """Give whose figures they are."""
    return Publisher(line(site.name), site.url)


def pretty(document: object) -> bytes:
    """Give JSON that people can read, too."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
