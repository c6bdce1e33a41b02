"""
Feeds as Atom (RFC 4287), with archives (RFC 5005) and tombstones (RFC 6721).

The last step of a warning to its readers: entries in, bytes out. The same input gives the same bytes. It
writes no files and never asks for the present time.
"""

from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from feeds.document import ATOM, GENERATOR, HISTORY, XML_LANG, Head, element_bytes, joined, links
from feeds.entry import Entry, inert
from feeds.filters import MEDIA_TYPES, Format

_DELETED = "http://purl.org/atompub/tombstones/1.0"
_TOMBSTONE = b"  <at:deleted-entry "


def fragment(entry: Entry) -> bytes:
    """Give an entry as it stands in every document; without namespaces, since the document is Atom's."""
    element = etree.Element("entry")
    if entry.text_language != entry.language:
        element.set(XML_LANG, entry.text_language)
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    link = {"rel": "alternate", "type": "text/html", "hreflang": entry.language, "href": entry.link}
    etree.SubElement(element, "link", link)
    _add(element, "published", entry.published.isoformat())
    _add(element, "updated", entry.updated.isoformat())
    for scheme, term, label in entry.categories:
        etree.SubElement(element, "category", {"term": term, "scheme": scheme, "label": label})
    _add(element, "summary", entry.summary)
    etree.SubElement(element, "content", {"type": "html"}).text = entry.html
    return element_bytes(element, 1)


def tombstone(id_: str, when: datetime) -> bytes:
    """Give what stands in the place of an entry that has left all feeds for good."""
    name = f"{{{_DELETED}}}deleted-entry"
    return element_bytes(etree.Element(name, {"ref": id_, "when": when.isoformat()}, {"at": _DELETED}), 1)


def document(head: Head, fragments: Sequence[bytes]) -> bytes:
    """
    Give a feed or an archive as an Atom document in UTF-8.

    Args:
        head: What stands above the entries.
        fragments: Of entries and tombstones. Tombstones are put first: extensions stand before all entries
            in Atom's schema.
    """
    feed = etree.Element("feed", nsmap={None: ATOM, "fh": HISTORY, "at": _DELETED})
    feed.set(XML_LANG, head.language)
    _add(feed, "id", head.id)
    _add(feed, "title", inert(head.title))
    _add(feed, "subtitle", inert(head.description))
    _add(feed, "updated", head.updated.isoformat())
    author = etree.SubElement(feed, "author")
    _add(author, "name", inert(head.site_name))
    _add(author, "uri", head.site_url)
    _add(feed, "generator", GENERATOR)
    page = {"rel": "alternate", "type": "text/html", "hreflang": head.language, "href": head.alternate_url}
    for attributes in (page, *links(head, MEDIA_TYPES[Format.ATOM])):
        etree.SubElement(feed, "link", attributes)
    if head.current:
        etree.SubElement(feed, f"{{{HISTORY}}}archive")
    ordered = sorted(fragments, key=lambda each: not each.startswith(_TOMBSTONE))
    return joined(feed, b"\n</feed>", ordered)


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text
