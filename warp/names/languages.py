"""
The languages that have names: adding one is a module like `en` and a line here.

Holds no names itself.
"""

from collections.abc import Mapping

from warp.names import en, es, fr, pt
from warp.names.table import Names, NoSuchName

TABLES: Mapping[str, Names] = {"en": en.NAMES, "es": es.NAMES, "pt": pt.NAMES, "fr": fr.NAMES}
"""ISO 639-1 code to names; the first is the language that codes are defined in."""


def names_in(language: str) -> Names:
    """
    Give the names in a language.

    Raises:
        NoSuchName: no names in that language.
    """
    if language not in TABLES:
        raise NoSuchName("no names in this language")
    return TABLES[language]
