"""
Feeds as RSS 2.0, as the RSS Best Practices Profile wants it.

The last step of a warning to readers that do not take Atom: entries in, bytes out. The same input gives the
same bytes. An item's pubDate is that of the last update: many tools take only what is dated after the last
that they have seen, and would never learn of a correction. What is withdrawn for good leaves no trace here;
RSS has no tombstones. There is no ttl either: HTTP says how long a copy holds.
"""

import html
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from feeds.document import ATOM, GENERATOR, HISTORY, Head, element_bytes, joined, links
from feeds.entry import Entry, inert
from feeds.filters import MEDIA_TYPES, Format

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DOCS = "http://www.rssboard.org/rss-specification"
_IN_ITEMS = {"content": _CONTENT, "atom": ATOM}


def fragment(entry: Entry) -> bytes:
    """Give an item as it stands in every document."""
    item = etree.Element("item", nsmap=_IN_ITEMS)
    _add(item, "title", entry.title)
    _add(item, "link", entry.link)
    # To every reader the description is HTML, so plain text has to be escaped once more, and its lines end
    # with br: some keep nothing else (OpenCTI), and would run all lines into one.
    _add(item, "description", html.escape(entry.summary, quote=False).replace("\n", "<br>\n"))
    _add(item, f"{{{_CONTENT}}}encoded", entry.html)
    # RSS has no labels, and tools filter by the value: so it is the term, the same in all languages.
    for scheme, term, _ in entry.categories:
        etree.SubElement(item, "category", {"domain": scheme}).text = term
    etree.SubElement(item, "guid", {"isPermaLink": "false"}).text = entry.id
    _add(item, "pubDate", _rfc822(entry.updated))
    _add(item, f"{{{ATOM}}}updated", entry.updated.isoformat())
    return element_bytes(item, 2)


def tombstone(id_: str, when: datetime) -> bytes:  # noqa: ARG001  as in `feeds.atom`
    """Give nothing: RSS cannot say that an item is gone."""
    return b""


def document(head: Head, fragments: Sequence[bytes]) -> bytes:
    """Give a feed or an archive as an RSS document in UTF-8."""
    rss = etree.Element("rss", {"version": "2.0"}, {**_IN_ITEMS, "fh": HISTORY})
    channel = etree.SubElement(rss, "channel")
    _add(channel, "title", inert(head.title))
    _add(channel, "link", head.alternate_url)
    _add(channel, "description", inert(head.description))
    _add(channel, "language", head.language)
    _add(channel, "pubDate", _rfc822(head.updated))
    _add(channel, "lastBuildDate", _rfc822(head.updated))
    _add(channel, "docs", _DOCS)
    _add(channel, "generator", GENERATOR)
    for attributes in links(head, MEDIA_TYPES[Format.RSS]):
        etree.SubElement(channel, f"{{{ATOM}}}link", attributes)
    if head.current:
        etree.SubElement(channel, f"{{{HISTORY}}}archive")
    return joined(rss, b"\n  </channel>\n</rss>", fragments)


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _rfc822(when: datetime) -> str:
    return format_datetime(when, usegmt=True)
