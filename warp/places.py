"""
Where an incident happened: countries, and the areas that they roll up into.

Lowest floor, beside the taxonomy. Tallies and figures widen a place with it, advisories and feeds find whom
they concern, pages show the names. Countries are ISO 3166-1 (through pycountry, read at first use), areas are
UN M49's. It has no cities and no codes outside ISO 3166-1, Kosovo's XK among them. An unknown place is empty;
callers say what that means for them.

Source: UN Statistics Division, Standard country or area codes for statistical use (M49).
"""

import enum
import gettext
from collections.abc import Mapping
from functools import cache

import msgspec
import pycountry

from warp.names.languages import names_in

WORLD = "001"


class UnknownPlace(ValueError):
    """Neither an ISO 3166-1 alpha-2 country nor an M49 area; the message does not say which code."""


class Kind(enum.StrEnum):
    """How wide an area is."""

    WORLD = "world"
    REGION = "region"
    SUB_REGION = "sub-region"
    INTERMEDIATE = "intermediate"


class Area(msgspec.Struct, frozen=True):
    """One area of M49."""

    code: str
    """Three digits."""
    kind: Kind
    parent: str
    """The next wider area; empty for the world."""


_CHILDREN: Mapping[Kind, Mapping[str, str]] = {
    Kind.REGION: {WORLD: "002 009 019 142 150"},
    Kind.SUB_REGION: {
        "002": "015 202",
        "009": "053 054 057 061",
        "019": "021 419",
        "142": "030 034 035 143 145",
        "150": "039 151 154 155",
    },
    Kind.INTERMEDIATE: {
        "202": "011 014 017 018",
        "419": "005 013 029",
    },
}

AREAS: Mapping[str, Area] = {
    WORLD: Area(WORLD, Kind.WORLD, ""),
    **{
        code: Area(code, kind, parent)
        for kind, children in _CHILDREN.items()
        for parent, codes in children.items()
        for code in codes.split()
    },
}
"""Code to area, from the widest to the finest."""

_COUNTRIES: Mapping[str, str] = {
    "005": "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE",
    "011": "BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG",
    "013": "BZ CR GT HN MX NI PA SV",
    "014": "BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW",
    "015": "DZ EG EH LY MA SD TN",
    "017": "AO CD CF CG CM GA GQ ST TD",
    "018": "BW LS NA SZ ZA",
    "021": "BM CA GL PM US",
    "029": "AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI",
    # M49 does not list TW; it lies among these.
    "030": "CN HK JP KP KR MN MO TW",
    "034": "AF BD BT IN IR LK MV NP PK",
    "035": "BN ID KH LA MM MY PH SG TH TL VN",
    "039": "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA",
    "053": "AU CC CX HM NF NZ",
    "054": "FJ NC PG SB VU",
    "057": "FM GU KI MH MP NR PW UM",
    "061": "AS CK NU PF PN TK TO TV WF WS",
    "143": "KG KZ TJ TM UZ",
    "145": "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE",
    "151": "BG BY CZ HU MD PL RO RU SK UA",
    "154": "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ",
    "155": "AT BE CH DE FR LI LU MC NL",
    # M49 puts Antarctica in no region: a continent of its own, so it rolls up into the world at once.
    WORLD: "AQ",
}
_AREA_OF: Mapping[str, str] = {
    country: area for area, countries in _COUNTRIES.items() for country in countries.split()
}


@cache
def countries() -> frozenset[str]:
    """Give all countries, ISO 3166-1 alpha-2."""
    return frozenset(country.alpha_2 for country in pycountry.countries)


def is_place(code: str) -> bool:
    """Say whether it is a country or an M49 area, the world included; empty is neither."""
    return code in AREAS or code in countries()


@cache
def areas_around(place: str) -> tuple[str, ...]:
    """
    Give the areas that hold a place, from the finest to the world, without the place itself.

    Empty for the world and for the unknown place.

    Raises:
        UnknownPlace: not a country or M49 area.
    """
    around = []
    wider = _wider(place)
    while wider:
        around.append(wider)
        wider = AREAS[wider].parent
    return tuple(around)


def sub_region(place: str) -> str:
    """
    Give the M49 sub-region of a place; what has none (wider areas, Antarctica) gives its finest area.

    Returns:
        An M49 code; empty for the unknown place.

    Raises:
        UnknownPlace: not a country or M49 area.
    """
    return _of_kind(place, (Kind.SUB_REGION, Kind.REGION, Kind.WORLD))


def region(place: str) -> str:
    """
    Give the M49 region of a place; the world and Antarctica give the world.

    Returns:
        An M49 code; empty for the unknown place.

    Raises:
        UnknownPlace: not a country or M49 area.
    """
    return _of_kind(place, (Kind.REGION, Kind.WORLD))


@cache
def countries_in(area: str) -> frozenset[str]:
    """
    Give the countries that an M49 area holds.

    Raises:
        UnknownPlace: not an M49 area.
    """
    if area not in AREAS:
        raise UnknownPlace("not an M49 code")
    return frozenset(country for country in countries() if area in areas_around(country))


def place_name(code: str, language: str) -> str:
    """
    Give the usual short name of a country or area; empty is the unknown place.

    Raises:
        UnknownPlace: not a country or M49 area.
        NoSuchName: no names in that language.
    """
    names = names_in(language)
    if not code:
        return names.unknown_place
    if code in names.areas:
        return names.areas[code]
    if code not in countries():
        raise UnknownPlace("not an ISO 3166-1 or M49 code")
    return _country_names(language)[code]


def _wider(place: str) -> str:
    if not place:
        return ""
    if place in AREAS:
        return AREAS[place].parent
    if place in _AREA_OF:
        return _AREA_OF[place]
    # A later pycountry may know a country that the table lacks; its reports must not stop a release.
    if place in countries():
        return WORLD
    raise UnknownPlace("not an ISO 3166-1 or M49 code")


def _of_kind(place: str, kinds: tuple[Kind, ...]) -> str:
    chain = (place, *areas_around(place))
    return next((code for code in chain if code in AREAS and AREAS[code].kind in kinds), "")


@cache
def _country_names(language: str) -> Mapping[str, str]:
    names = names_in(language)
    # The names are English themselves and have no catalogue; any other language must have one.
    catalogue = gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=[names.catalogue], fallback=not names.catalogue
    )
    return {
        country.alpha_2: names.countries.get(country.alpha_2)
        or catalogue.gettext(getattr(country, "common_name", country.name))
        for country in pycountry.countries
    }
