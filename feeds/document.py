"""
Documents: what the three formats have in common, a head and the entries below it.

An entry is rendered once, to bytes, and joined into every document that shows it: so a feed of any choice
costs its head alone. The formats render heads and entries; nothing here, or there, asks for the present time.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from itertools import islice
from types import ModuleType

import msgspec
from lxml import etree

from feeds.entry import WINDOW, Entry, Site, entry, front_path, newest_first
from feeds.filters import DRILL, Filter, Format, holds, path, title
from feeds.words import WORDS
from warp.advisory import Advisory

GENERATOR = "WARP"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
"""Marks archives (RFC 5005)."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What stands above the entries of a feed or of an archive; all addresses are absolute."""

    id: str
    """Permanent tag: URI, the same in all formats."""
    title: str
    description: str
    language: str
    site_name: str
    site_url: str
    self_url: str
    """Of this document, in its format."""
    alternate_url: str
    """Of the page for people."""
    updated: datetime
    """Aware, UTC: that of the newest entry, or the site's first day."""
    hub: str = ""
    """Address of the WebSub hub; empty for none."""
    prev_archive: str = ""
    """Address of the archive before this document; empty where there is none."""
    current: str = ""
    """Set in an archive: the address of the feed that it belongs to."""


def element_bytes(element: etree._Element, level: int) -> bytes:
    """
    Give an element as it stands within a document that declares its namespaces, indented, with a line feed.

    Args:
        element: Whose namespaces are declared on itself, and on nothing within.
        level: How many elements the document has around it.
    """
    etree.indent(element, level=level)
    data: bytes = etree.tostring(element, encoding="UTF-8", xml_declaration=False)
    for prefix, uri in element.nsmap.items():
        data = data.replace(f' xmlns:{prefix}="{uri}"'.encode(), b"", 1)
    return b"  " * level + data + b"\n"


def joined(root: etree._Element, end: bytes, fragments: Iterable[bytes]) -> bytes:
    """Give a document in UTF-8, with rendered elements before its end, which is all closing tags."""
    etree.indent(root)
    head: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return b"".join([head.removesuffix(end), b"\n", *fragments, end.lstrip(b"\n"), b"\n"])


def links(head: Head, media_type: str) -> Iterator[dict[str, str]]:
    """Give the attributes of the links that Atom has, and RSS as an extension, without the alternate."""
    yield {"rel": "self", "type": media_type, "href": head.self_url}
    if head.hub:
        yield {"rel": "hub", "href": head.hub}
    if head.prev_archive:
        yield {"rel": "prev-archive", "type": media_type, "href": head.prev_archive}
    if head.current:
        yield {"rel": "current", "type": media_type, "href": head.current}


def choose(
    site: Site, filters: Iterable[Filter], language: str, advisories: Iterable[Advisory]
) -> Iterator[tuple[Filter, list[Entry]]]:
    """
    Give each feed with its entries, newest first; an entry in several feeds is the same object.

    Raises:
        NotPublicError: one of the advisories is not public, whether a feed would hold it or not.
    """
    ordered = newest_first(advisories, site)
    entries: dict[str, Entry] = {}
    for filter_ in filters:
        shown = list(islice((one for one in ordered if holds(filter_, one)), WINDOW))
        for one in shown:
            if one.id not in entries:
                entries[one.id] = entry(one, site, language)
        yield filter_, [entries[one.id] for one in shown]


def feed_head(site: Site, filter_: Filter, language: str, format_: Format, entries: Sequence[Entry]) -> Head:
    """Give the head of a feed with its entries, newest first."""
    words = WORDS[language]
    return Head(
        id=site.tag(f"feed/{language}/{filter_.address}"),
        title=title(filter_, site, language),
        description=words.drills_subtitle if filter_ == DRILL else words.subtitle,
        language=language,
        site_name=site.name,
        site_url=site.url,
        self_url=f"{site.url}/{path(filter_, language, format_)}",
        alternate_url=f"{site.url}/{front_path(language)}",
        updated=entries[0].updated if entries else datetime.combine(site.created, time(), UTC),
        hub=site.hub,
    )


def render_all(
    form: ModuleType,
    format_: Format,
    site: Site,
    filters: Iterable[Filter],
    language: str,
    advisories: Sequence[Advisory],
) -> Iterator[tuple[Filter, bytes]]:
    """Give several feeds in one format, rendering each entry once; a warning can be in all 300."""
    rendered: dict[str, bytes] = {}
    for filter_, entries in choose(site, filters, language, advisories):
        for each in entries:
            if each.id not in rendered:
                rendered[each.id] = form.fragment(each)
        head = feed_head(site, filter_, language, format_, entries)
        yield filter_, form.document(head, [rendered[each.id] for each in entries])
