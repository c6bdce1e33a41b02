"""
Filters: which feeds exist, where each one is, and which warnings it holds.

A filter is a choice by facets: type, country, region, sector, least severity. Within a facet any of its
values will do; all facets that are named must hold. Every choice has exactly one address, in which values are
sorted and written as everywhere else: RSIT names in lower case, ISO 3166-1 countries in upper case
(feeds/en/type/fraud/phishing/country/BR,UY/min/high.atom). It renders nothing.
"""

import enum
import functools
from collections.abc import Collection, Iterator, Mapping

import msgspec

from feeds.entry import Site
from feeds.words import WORDS
from warp import places, taxonomy
from warp.advisory import Facets
from warp.taxonomy import Severity


class Format(enum.StrEnum):
    """The formats of a feed; the value is the file's extension."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"


MEDIA_TYPES = {
    Format.ATOM: "application/atom+xml",
    Format.RSS: "application/rss+xml",
    Format.JSON: "application/feed+json",
}
MOST_VALUES = 8
"""Of one facet in an address."""

_FACETS = ("type", "country", "region", "sector", "min")
"""In the order of an address."""


class UnknownFilter(ValueError):
    """An address that chooses nothing there is; says what is wrong with it, and nothing of it."""


class TooManyValues(UnknownFilter):
    """More values of a facet than an address may have."""


class Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One feed's choice of warnings; without any facet it holds all of them."""

    types: tuple[str, ...] = ()
    """Classes and types of `warp.taxonomy`. These and the other values are sorted, each once."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2."""
    regions: tuple[str, ...] = ()
    """M49 areas, but not the world."""
    sectors: tuple[str, ...] = ()
    """NIS2."""
    least: Severity | None = None
    """Only this severity and worse; an unknown one is neither."""
    drill: bool = False
    """Rehearsed warnings, whatever they are about, and nothing else."""

    @property
    def address(self) -> str:
        """Where it is below feeds/{language}/, without the extension."""
        if self.drill:
            return "drill"
        values = (*self._values, (self.least.value,) if self.least else ())
        parts = [f"{facet}/{','.join(of)}" for facet, of in zip(_FACETS, values, strict=True) if of]
        return "/".join(parts) or "all"

    @property
    def _values(self) -> tuple[tuple[str, ...], ...]:
        return self.types, self.countries, self.regions, self.sectors


ALL = Filter()
DRILL = Filter(drill=True)
"""It is none of the feeds of warnings, and no other feed holds a rehearsed one."""
REGIONS: tuple[str, ...] = tuple(code for code in places.AREAS if code != places.WORLD)
"""The areas that there are feeds of."""
LEVELS: tuple[Severity, ...] = tuple(each for each in Severity if each is not Severity.UNKNOWN)


def parse(address: str) -> Filter:
    """
    Give the filter of an address as in `Filter.address`; other orders and cases mean the same.

    Raises:
        UnknownFilter: a facet or value that there is not, or too many values.
    """
    if address == "all":
        return ALL
    if address == "drill":
        return DRILL
    given: dict[str, str] = {}
    facet = ""
    for part in address.split("/"):
        if part in _FACETS and part not in given:
            given[facet := part] = ""
        elif facet:
            given[facet] += f"/{part}" if given[facet] else part
        else:
            raise UnknownFilter(f"an address begins with one of {', '.join(_FACETS)}, all, drill")
    return choose({facet: _as_written(facet, text) for facet, text in given.items()})


def choose(given: Mapping[str, Collection[str]]) -> Filter:
    """
    Give the filter of values by facet, both written as in an address; a facet without any is none.

    Raises:
        UnknownFilter: a facet or value that there is not.
        TooManyValues: of a facet.
    """
    if not given.keys() <= set(_FACETS):
        raise UnknownFilter("not a facet that there are feeds of")
    values = {facet: tuple(sorted(set(each))) for facet, each in given.items()}
    for name, each in values.items():
        _check(name, each)
    least = values.get("min")
    return Filter(
        types=values.get("type", ()),
        countries=values.get("country", ()),
        regions=values.get("region", ()),
        sectors=values.get("sector", ()),
        least=Severity(least[0]) if least else None,
    )


def _as_written(facet: str, text: str) -> set[str]:
    return set((text.upper() if facet == "country" else text.lower()).split(","))


def _check(facet: str, values: Collection[str]) -> None:
    known: Collection[str]
    match facet:
        case "type":
            known = _TERMS
        case "country":
            known = places.countries()
        case "region":
            known = REGIONS
        case "sector":
            known = taxonomy.SECTORS
        case _:
            known = LEVELS
    most = 1 if facet == "min" else MOST_VALUES
    if len(values) > most:
        raise TooManyValues(f"{facet}: at most {most}")
    if not all(each in known for each in values):
        raise UnknownFilter(f"{facet}: not a value that there are feeds of")


_TERMS = frozenset((*taxonomy.CLASSES, *taxonomy.TYPES))


def path(filter_: Filter, language: str, format_: Format) -> str:
    """Give a feed's path from the site's root, without a leading slash."""
    return f"feeds/{language}/{filter_.address}.{format_}"


def single_filters() -> Iterator[Filter]:
    """Give the feeds of all warnings, and of each class and type, country, region, sector and level."""
    yield ALL
    yield from type_filters()
    yield from country_filters()
    yield from region_filters()
    yield from sector_filters()
    yield from level_filters()


def type_filters() -> Iterator[Filter]:
    """Give the feeds by type: each class, followed by its types."""
    for code in taxonomy.CLASSES:
        yield Filter(types=(code,))
        yield from (Filter(types=(each,)) for each in taxonomy.TYPES if taxonomy.class_of(each) == code)


def country_filters() -> Iterator[Filter]:
    """Give the feeds by country, in the order of their codes."""
    for code in sorted(places.countries()):
        yield Filter(countries=(code,))


def region_filters() -> Iterator[Filter]:
    """Give the feeds by area, in the order of their codes."""
    yield from (Filter(regions=(code,)) for code in REGIONS)


def sector_filters() -> Iterator[Filter]:
    """Give the feeds by sector."""
    yield from (Filter(sectors=(code,)) for code in taxonomy.SECTORS)


def level_filters() -> Iterator[Filter]:
    """Give the feeds by least severity, the widest first."""
    yield from (Filter(least=level) for level in LEVELS)


@functools.cache
def types_around(code: str) -> tuple[str, ...]:
    """Give the types whose warnings concern one: itself, its class or its types, and all types (empty)."""
    if "/" in code:
        return code, taxonomy.class_of(code), ""
    return code, *(each for each in taxonomy.TYPES if taxonomy.class_of(each) == code), ""


@functools.cache
def places_of_country(code: str) -> tuple[str, ...]:
    """Give the places whose warnings concern a country: itself, what lies around it, everywhere (empty)."""
    return code, *places.areas_around(code), ""


@functools.cache
def places_of_region(code: str) -> tuple[str, ...]:
    """Give the places whose warnings concern an area: what lies in it and around it, itself, everywhere."""
    within = (area for area in places.AREAS if code in places.areas_around(area))
    return code, *within, *sorted(places.countries_in(code)), *places.areas_around(code), ""


def levels_from(least: Severity) -> tuple[Severity, ...]:
    """Give a level and all that are worse."""
    return LEVELS[LEVELS.index(least) :]


def chooses(filter_: Filter, facets: Facets) -> bool:
    """Say whether a feed's subscribers need a warning of these facets; one without a sector is for all."""
    kind, place = facets.type, facets.place
    return not filter_.drill and all(
        (
            not filter_.types or any(kind in types_around(code) for code in filter_.types),
            not filter_.countries or any(place in places_of_country(code) for code in filter_.countries),
            not filter_.regions or any(place in places_of_region(code) for code in filter_.regions),
            not filter_.sectors or facets.sector in ("", *filter_.sectors),
            filter_.least is None or facets.severity in levels_from(filter_.least),
        )
    )


def name(filter_: Filter, language: str) -> str:
    """Give the name of what a feed is chosen by; empty for all."""
    if filter_.drill:
        return WORDS[language].drills
    named = (
        [taxonomy.type_name(code, language) for code in filter_.types],
        [places.place_name(code, language) for code in filter_.countries],
        [places.place_name(code, language) for code in filter_.regions],
        [taxonomy.sector_name(code, language) for code in filter_.sectors],
        [f"≥ {taxonomy.severity_name(filter_.least, language)}"] if filter_.least else [],
    )
    return " · ".join(", ".join(each) for each in named if each)


def title(filter_: Filter, site: Site, language: str) -> str:
    """Give a feed's title: the site and what the feed is about."""
    words = WORDS[language]
    if filter_ == ALL:
        return words.feed_of_all.format(site=site.name)
    return words.feed.format(site=site.name, name=name(filter_, language))
