"""
Filters: which feeds exist, where each one is, and which warnings it holds.

Publication asks here which files a warning changes. Addresses use the codes as they are written everywhere
else: RSIT names in lower case, ISO 3166-1 countries in upper case (feeds/en/country/UY.atom). It renders
nothing.
"""

import enum
from collections.abc import Iterator

import msgspec

from feeds.entry import Site
from feeds.words import WORDS
from warp import places, taxonomy
from warp.advisory import Advisory, concerns_place, concerns_type


class Format(enum.StrEnum):
    """The formats of a feed; the value is the file's extension."""

    ATOM = "atom"
    RSS = "rss"


MEDIA_TYPES = {Format.ATOM: "application/atom+xml", Format.RSS: "application/rss+xml"}


class Kind(enum.StrEnum):
    """What a feed is chosen by."""

    ALL = "all"
    TYPE = "type"
    COUNTRY = "country"
    DRILL = "drill"


_SINGLE = frozenset({Kind.ALL, Kind.DRILL})
"""Of these there is one feed; they have no value."""


class Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One feed's choice of warnings."""

    kind: Kind
    value: str = ""
    """A class or type of `warp.taxonomy`, or an ISO 3166-1 alpha-2 code; empty for the rest."""

    @property
    def address(self) -> str:
        """Where it is below feeds/{language}/, without the extension: all, type/…, country/…, drill"""
        return self.kind.value if self.kind in _SINGLE else f"{self.kind}/{self.value}"


ALL = Filter(Kind.ALL)
DRILL = Filter(Kind.DRILL)
"""Rehearsed warnings. It is none of the feeds of warnings, and no other feed holds one."""


def path(filter_: Filter, language: str, format_: Format) -> str:
    """Give a feed's path from the site's root, without a leading slash."""
    return f"feeds/{language}/{filter_.address}.{format_}"


def every_filter() -> Iterator[Filter]:
    """Give all feeds of warnings: all of them, each class and type of incident, each country."""
    yield ALL
    yield from type_filters()
    yield from country_filters()


def type_filters() -> Iterator[Filter]:
    """Give the feeds by type: each class, followed by its types."""
    for code in taxonomy.CLASSES:
        yield Filter(Kind.TYPE, code)
        yield from (Filter(Kind.TYPE, each) for each in taxonomy.TYPES if taxonomy.class_of(each) == code)


def country_filters() -> Iterator[Filter]:
    """Give the feeds by country, in the order of their codes."""
    for code in sorted(places.countries()):
        yield Filter(Kind.COUNTRY, code)


def holds(filter_: Filter, advisory: Advisory) -> bool:
    """
    Say whether a feed's subscribers need a warning; one for an area or everywhere is for its countries.

    A rehearsed one is in the drill feed, whatever it is about, and everything else is in any other.
    """
    if advisory.drill or filter_.kind is Kind.DRILL:
        return advisory.drill and filter_.kind is Kind.DRILL
    match filter_.kind:
        case Kind.ALL:
            return True
        case Kind.TYPE:
            return concerns_type(advisory, filter_.value)
        case Kind.COUNTRY:
            return concerns_place(advisory, filter_.value)


def affected(advisory: Advisory) -> Iterator[Filter]:
    """Give the feeds that a warning belongs to; none if it is rehearsed."""
    return (each for each in every_filter() if holds(each, advisory))


def name(filter_: Filter, language: str) -> str:
    """Give the name of what a feed is chosen by; empty for all."""
    match filter_.kind:
        case Kind.ALL:
            return ""
        case Kind.DRILL:
            return WORDS[language].drills
        case Kind.TYPE:
            return taxonomy.type_name(filter_.value, language)
        case Kind.COUNTRY:
            return places.place_name(filter_.value, language)


def title(filter_: Filter, site: Site, language: str) -> str:
    """Give a feed's title: the site and what the feed is about."""
    words = WORDS[language]
    if filter_.kind is Kind.ALL:
        return words.feed_of_all.format(site=site.name)
    return words.feed.format(site=site.name, name=name(filter_, language))
