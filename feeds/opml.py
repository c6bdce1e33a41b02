"""
OPML: all feeds of a site in one language, as one file that feed readers and tools import.

Beside the formats; written when everything is published. It follows from the site and the codes alone, so it
has no date. Version 2.0 of the format has one type for every feed, rss, whatever format that feed is in.
"""

import unicodedata
from collections.abc import Iterable

from lxml import etree

from feeds import filters
from feeds.entry import Site, front_path, inert
from feeds.filters import ALL, Filter, Format
from feeds.words import WORDS


def path(language: str) -> str:
    """Give the file's path from the site's root, without a leading slash."""
    return f"feeds/{language}/feeds.opml"


def document(site: Site, language: str) -> bytes:
    """Give the feed of all warnings, and those by one value of each facet, grouped by facet."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = inert(site.name)
    body = etree.SubElement(root, "body")
    _outlines(body, site, language, [ALL])
    for name, group in groups(language):
        _outlines(etree.SubElement(body, "outline", text=name), site, language, group)
    etree.indent(root)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made + b"\n"


def groups(language: str) -> list[tuple[str, list[Filter]]]:
    """
    Give the feeds by a single value, under the name of their facet, in the order of an address.

    Places stand in the order of their names.
    """
    words = WORDS[language]

    def alphabetically(each: Filter) -> str:
        # Letters with accents beside those without, as readers expect.
        letters = unicodedata.normalize("NFD", filters.name(each, language).casefold())
        return "".join(letter for letter in letters if not unicodedata.combining(letter))

    return [
        (words.type, list(filters.type_filters())),
        (words.country, sorted(filters.country_filters(), key=alphabetically)),
        (words.region, sorted(filters.region_filters(), key=alphabetically)),
        (words.sector, list(filters.sector_filters())),
        (words.severity, list(filters.level_filters())),
    ]


def _outlines(parent: etree._Element, site: Site, language: str, feeds: Iterable[Filter]) -> None:
    for each in feeds:
        title = inert(filters.title(each, site, language))
        etree.SubElement(
            parent,
            "outline",
            type="rss",
            text=title,
            title=title,
            xmlUrl=f"{site.url}/{filters.path(each, language, Format.ATOM)}",
            htmlUrl=f"{site.url}/{front_path(language)}",
            language=language,
        )
