"""
Documents: what the three formats have in common, a head and the entries below it.

An entry is rendered once, to bytes, and joined into every document that shows it: so a feed of any choice
costs its head alone. The formats render heads and entries; nothing here, or there, asks for the present time.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from lxml import etree

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
