"""
The published schemas of figures: JSON Schema for the JSON, CSV on the Web metadata for the CSV.

Made from the structs and columns that `feeds.figures` and `feeds.progress` write with; a test checks the
files against them. Each metadata file stands where a reader of CSV on the Web looks by itself: beside the
tables, as `csv-metadata.json`.

Sources: JSON Schema 2020-12; W3C, Metadata Vocabulary for Tabular Data.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from feeds import figures, progress
from feeds.entry import Site, line
from feeds.figures import FOLDER, pretty
from warp.policies import Name
from warp.weeks import Span

JSON_SCHEMA_PATH = f"{FOLDER}/schema.json"
METADATA_PATH = f"{FOLDER}/csv-metadata.json"
PROGRESS_METADATA_PATH = f"{progress.FOLDER}/csv-metadata.json"

_DATE = {"base": "date", "format": "yyyy-MM-dd"}
_NOTES = {
    "base": "string",
    "format": f"{figures.LOWER_BOUND}|{figures.TOO_FEW}|{figures.NOT_OF_THIS_LENGTH}",
}
_TYPE = {"base": "string", "format": "all|[a-z0-9-]+(/[a-z0-9-]+)?"}
_POSITIVE = {"base": "integer", "minimum": 1}
_COUNTED_FROM = (_DATE, "The first day of the period on which the site was there.")

_FIGURES: Mapping[str, tuple[object, str]] = {
    "publisher": ("anyURI", "Address of the site that publishes the figures."),
    "period": (
        {"base": "string", "format": "[0-9]{4}-(W[0-9]{2}|[01][0-9]|Q[1-4])"},
        "ISO week, or month or quarter of whole weeks (a week belongs to those of its Thursday).",
    ),
    "span": ({"base": "string", "format": "|".join(Span)}, "How long the period is."),
    "first_day": (_DATE, "Monday of the period's first week."),
    "last_day": (_DATE, "Sunday of its last week."),
    "counted_from": _COUNTED_FROM,
    "closed_on": (_DATE, f"The day from which on nothing was added. {figures.LATENESS}"),
    "policy": (
        {"base": "string", "format": "|".join(Name)},
        "Preset of the rules of publication; the JSON of the period has the numbers.",
    ),
    "type": (_TYPE, "RSIT class, RSIT class/type, or all: all types together."),
    "place": (
        {"base": "string", "format": "iso3166:[A-Z]{2}|m49:[0-9]{3}"},
        "ISO 3166-1 alpha-2 country or UN M49 area; m49:001 is the world, unknown places included.",
    ),
    "at_least": (
        _POSITIVE,
        f"Reports. {figures.AT_LEAST} {figures.COMPLETENESS} {figures.TREND} Empty where there is none.",
    ),
    "note": (_NOTES, "What the number is, or why there is none."),
}
_PROGRESS: Mapping[str, tuple[object, str]] = {
    "publisher": _FIGURES["publisher"],
    "area": ({"base": "string", "format": "m49:[0-9]{3}"}, "UN M49 area; m49:001 is the world."),
    "quarter": (
        {"base": "string", "format": "[0-9]{4}-Q[1-4]"},
        "Quarter of whole weeks, with all figures of its weeks, months and of itself.",
    ),
    "first_day": (_DATE, "Monday of the quarter's first week."),
    "last_day": (_DATE, "Sunday of its last week."),
    "counted_from": _COUNTED_FROM,
    "type": (_TYPE, "RSIT class, or all: reports that show over all types together only, not a total."),
    "at_least": (
        _POSITIVE,
        "Reports: sum of the lower bounds of the class's figures; each report is in at most one figure. "
        f"{figures.TREND}",
    ),
    "quarter_at_least": (_POSITIVE, "The same over all rows of the quarter."),
    "parts": (
        {"base": "string", "format": "|".join(progress.PARTS)},
        "What the area is divided into for the next two columns.",
    ),
    "parts_total": (_POSITIVE, "How many of them M49 has in the area."),
    "parts_with_figures": (
        _POSITIVE,
        "In how many of them a figure of the quarter lies. Empty where none is as narrow as a part, which "
        "does not mean that no part reported.",
    ),
    "note": (_NOTES, "What the numbers are, or why there are none."),
}
_MAY_BE_EMPTY = frozenset({"at_least", "quarter_at_least", "parts_with_figures"})


def json_schema() -> bytes:
    """Give the JSON Schema of a period's figures."""
    return pretty(
        {"$schema": "https://json-schema.org/draft/2020-12/schema"} | msgspec.json.schema(figures.Document)
    )


def figures_metadata(site: Site, periods: Iterable[str]) -> bytes:
    """Give the CSV on the Web metadata of the periods' tables; at least one."""
    columns = _columns(_FIGURES, figures.label_columns(site))
    tables = [f"{period}.csv" for period in periods]
    return _metadata(site, "Figures of incident reports", columns, ["period", "type", "place"], tables)


def progress_metadata(site: Site, areas: Iterable[str]) -> bytes:
    """Give the CSV on the Web metadata of the areas' progress; at least one."""
    columns = _columns(_PROGRESS, progress.label_columns(site))
    tables = [f"{area}.csv" for area in areas]
    return _metadata(site, "Progress of incident reporting", columns, ["area", "quarter", "type"], tables)


def _columns(described: Mapping[str, tuple[object, str]], labels: Iterable[str]) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = [
        {
            "name": name,
            "titles": name,
            "datatype": datatype,
            "required": name not in _MAY_BE_EMPTY,
            "dc:description": meaning,
        }
        for name, (datatype, meaning) in described.items()
    ]
    for name in labels:
        of, _, language = name.partition("_")
        meaning = f"Name of the {of} in the language {language}."
        columns.append(
            {"name": name, "titles": name, "datatype": "string", "required": True, "lang": language}
            | {"dc:description": meaning}
        )
    return columns


def _metadata(
    site: Site, title: str, columns: list[dict[str, Any]], key: list[str], tables: list[str]
) -> bytes:
    return pretty(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "dc:title": f"{line(site.name)}: {title}",
            "dc:publisher": {"schema:name": line(site.name), "schema:url": {"@id": site.url}},
            "tableSchema": {"columns": columns, "primaryKey": key},
            "tables": [{"url": each} for each in tables],
        }
    )
