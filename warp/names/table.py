"""
The shape of one language's names.

Lowest floor, beside the codes themselves. Keys are plain codes, so that a table needs nothing of the
taxonomy; a test checks that every code has a name in every language. Interface texts are not here.
"""

from collections.abc import Mapping

import msgspec


class NoSuchName(LookupError):
    """A code or language that has no name; the message holds neither."""


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """The names of all codes in one language."""

    types: Mapping[str, str]
    """RSIT types (class/type) and classes; empty for all types."""
    sectors: Mapping[str, str]
    """NIS2 annex sectors; empty for unknown."""
    severities: Mapping[str, str]
    similar: Mapping[str, str]
    """Bands of similar incidents."""
    tags: Mapping[str, str]
    areas: Mapping[str, str]
    """UN M49 areas."""
    countries: Mapping[str, str]
    """Only where pycountry's name is wrong, formal or clumsy; all others come from there."""
    catalogue: str
    """Pycountry's catalogue of country names; empty for English, which its codes are named in."""
    unknown_place: str


def look_up(names: Mapping[str, str], code: str) -> str:
    """
    Give the name of a code.

    Raises:
        NoSuchName: the code has no name.
    """
    if code not in names:
        raise NoSuchName("no name for this code")
    return names[code]
