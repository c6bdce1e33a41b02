"""
Progress of an area, quarter by quarter, from figures alone: volume, who has figures, mix of types.

Beside `feeds.figures`, and of the same material: sums of what is published, so they are lower bounds, too,
and tell nothing that the releases do not. Quarters that are not closed are left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, get_args

from feeds import figures
from feeds.entry import Site, figures_path
from warp import places, taxonomy
from warp.disclosure import Release
from warp.weeks import Period, Span

FOLDER = f"{figures.FOLDER}/progress"

PartKind = Literal["regions", "sub-regions", "countries"]
PARTS: tuple[PartKind, ...] = get_args(PartKind)
"""What an area can be divided into."""


class Quarter(NamedTuple):
    """What the releases of a quarter, its weeks and its months show of an area."""

    period: Period
    by_class: Mapping[str, int]
    """Class to sum of `at_least`; empty for reports that show over all types only."""
    parts: frozenset[str]
    """The area's parts in which any figure lies; empty: none is as narrow as a part."""

    @property
    def at_least(self) -> int:
        """So many reports surely; each report is in at most one figure, so figures may be added up."""
        return sum(self.by_class.values())


class Progress(NamedTuple):
    """An area's quarters."""

    area: str
    """M49 code."""
    parts: tuple[str, ...]
    """What the share of parts is of: the world's regions, a region's sub-regions, else countries."""
    quarters: tuple[Quarter, ...]
    """From the first closed one to the last."""

    @property
    def parts_kind(self) -> PartKind:
        """What the parts are."""
        return _KINDS[places.AREAS[self.area].kind]

    @property
    def classes(self) -> list[str]:
        """The classes that any quarter shows, in RSIT's order, all types last."""
        found = {code for quarter in self.quarters for code in quarter.by_class}
        return [code for code in (*taxonomy.CLASSES, "") if code in found]


def every_progress(releases: Iterable[Release]) -> list[Progress]:
    """
    Give the progress of every area in which a figure lies, the world first.

    Args:
        releases: All of the site's, in order of their ends.
    """
    quarters: list[Period] = []
    sums: dict[tuple[str, str], Counter[str]] = {}
    parts: dict[tuple[str, str], set[str]] = {}
    for release in releases:
        period = Period.parse(release.period)
        if period.span is Span.QUARTER:
            quarters.append(period)
        quarter = str(Period.of(period.last, Span.QUARTER))
        for cell in release.cells:
            around = (cell.place, *places.areas_around(cell.place))
            for area in around:
                if area in places.AREAS:
                    amount = {taxonomy.class_of(cell.type): cell.figure.at_least}
                    sums.setdefault((area, quarter), Counter()).update(amount)
                    parts.setdefault((area, quarter), set()).update(around)
    closed = {str(quarter) for quarter in quarters}
    shown = {area for area, quarter in sums if quarter in closed}
    return [
        Progress(
            area,
            within := _parts(area),
            tuple(
                Quarter(
                    each,
                    sums.get((area, str(each)), {}),
                    frozenset(within).intersection(parts.get((area, str(each)), ())),
                )
                for each in quarters
            ),
        )
        for area in places.AREAS
        if area in shown
    ]


def csv_path(area: str) -> str:
    """Give the path of an area's CSV in the public tree."""
    return f"{FOLDER}/{area}.csv"


def page_path(language: str, area: str) -> str:
    """Give the path of an area's page from the site's root."""
    return figures_path(language, f"progress/{area}")


COLUMNS = (
    "publisher",
    "area",
    "quarter",
    "first_day",
    "last_day",
    "counted_from",
    "type",
    "at_least",
    "quarter_at_least",
    "parts",
    "parts_total",
    "parts_with_figures",
    "note",
)


def label_columns(site: Site) -> list[str]:
    """Give the names of the columns with labels."""
    return [f"{of}_{language}" for language in site.languages for of in ("area", "type")]


def as_csv(site: Site, progress: Progress) -> bytes:
    """Give the progress as CSV, a row per quarter and class; a quarter without a figure has one row."""
    rows: list[tuple[object, ...]] = []
    for quarter in progress.quarters:
        for code in [each for each in progress.classes if each in quarter.by_class] or [""]:
            at_least = quarter.by_class.get(code)
            rows.append(
                (
                    site.url,
                    figures.place_code(progress.area),
                    quarter.period,
                    quarter.period.first.monday,
                    quarter.period.last.sunday,
                    figures.counted_from(site, quarter.period),
                    figures.type_code(code),
                    "" if at_least is None else at_least,
                    "" if at_least is None else quarter.at_least,
                    progress.parts_kind,
                    len(progress.parts),
                    len(quarter.parts) or "",
                    figures.TOO_FEW if at_least is None else figures.LOWER_BOUND,
                    *_labels(site, progress.area, code),
                )
            )
    return figures.table([*COLUMNS, *label_columns(site)], rows)


def _labels(site: Site, area: str, of_class: str) -> list[str]:
    found = []
    for language in site.languages:
        found += [places.place_name(area, language), figures.type_label(of_class, language)]
    return found


_KINDS: Mapping[places.Kind, PartKind] = {
    places.Kind.WORLD: "regions",
    places.Kind.REGION: "sub-regions",
    places.Kind.SUB_REGION: "countries",
    places.Kind.INTERMEDIATE: "countries",
}


def _parts(area: str) -> tuple[str, ...]:
    if _KINDS[places.AREAS[area].kind] == "countries":
        return tuple(sorted(places.countries_in(area)))
    return tuple(each.code for each in places.AREAS.values() if each.parent == area)
