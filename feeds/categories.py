"""
Markings for machines: the categories of an entry with their schemes, and the same as plain codes.

Beside `feeds.entry`. Terms are the same in every language; labels are the reader's.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from feeds.words import WORDS
from warp import places, taxonomy
from warp.advisory import Advisory, Status, Tlp

TLP_SCHEME = "https://www.first.org/tlp/"
"""Terms are written as FIRST writes them, like TLP:CLEAR."""
TYPE_SCHEME = "https://github.com/enisaeu/Reference-Security-Incident-Taxonomy-Task-Force"
"""Terms are RSIT machine names: a class (fraud), and a class with its type (fraud/phishing)."""
COUNTRY_SCHEME = "urn:iso:std:iso:3166:-1"
"""Terms are ISO 3166-1 alpha-2 codes (URN: RFC 5141)."""
AREA_SCHEME = "https://unstats.un.org/unsd/methodology/m49/"
"""Terms are three-digit UN M49 codes; 001 is the world."""
SECTOR_SCHEME = "http://data.europa.eu/eli/dir/2022/2555/oj"
"""Terms are the NIS2 annex sectors of `warp.taxonomy`."""
SEVERITY_SCHEME = "urn:warp:severity"
"""Terms are the values of `warp.taxonomy.Severity`."""
STATUS_SCHEME = "urn:warp:status"
"""Terms are the values of `warp.advisory.Status`."""
DRILL_SCHEME = "urn:warp:drill"
"""One term, drill: what the entry says was rehearsed and has not happened."""

_WORLD = "001"


class Category(NamedTuple):
    """One marking for machines, with its label for people."""

    scheme: str
    term: str
    label: str


class Codes(msgspec.Struct, frozen=True, kw_only=True):
    """What a warning is about, for machines: the same in every language."""

    status: Status
    version: int
    tlp: Tlp
    severity: taxonomy.Severity
    type: str
    place: str
    sector: str
    week: str
    valid_until: date | None
    drill: bool


def codes(advisory: Advisory) -> Codes:
    """Give them of an advisory."""
    return Codes(
        status=advisory.status,
        version=advisory.version,
        tlp=advisory.tlp,
        severity=advisory.severity,
        type=advisory.type,
        place=advisory.place,
        sector=advisory.sector,
        week=advisory.week,
        valid_until=advisory.valid_until,
        drill=advisory.drill,
    )


def categories(advisory: Advisory, language: str) -> Iterator[Category]:
    """Give the markings of an advisory, labelled in one language."""
    if advisory.drill:
        yield Category(DRILL_SCHEME, "drill", WORDS[language].drill_mark)
    tlp = f"TLP:{advisory.tlp}"
    yield Category(TLP_SCHEME, tlp, tlp)
    severity = advisory.severity
    yield Category(SEVERITY_SCHEME, severity.value, taxonomy.severity_name(severity, language))
    yield from _type_categories(advisory.type, language)
    area = not advisory.place or advisory.place.isdigit()
    scheme = AREA_SCHEME if area else COUNTRY_SCHEME
    yield Category(scheme, advisory.place or _WORLD, place_label(advisory.place, language))
    if advisory.sector:
        yield Category(SECTOR_SCHEME, advisory.sector, taxonomy.sector_name(advisory.sector, language))
    status = WORDS[language].statuses[advisory.status].capitalize()
    yield Category(STATUS_SCHEME, advisory.status.value, status)


def place_label(code: str, language: str) -> str:
    """Give the name of a country or area; empty is everywhere."""
    return places.place_name(code, language) if code else WORDS[language].everywhere


def _type_categories(code: str, language: str) -> Iterator[Category]:
    if not code:
        return
    yield Category(TYPE_SCHEME, code, taxonomy.type_name(code, language))
    if "/" in code:
        parent = taxonomy.class_of(code)
        yield Category(TYPE_SCHEME, parent, taxonomy.type_name(parent, language))
