"""
Feeds as RSS 2.0.

The last step of a warning to readers that do not take Atom: advisories in, bytes out. The same input gives
the same bytes. Dates are written here, since feedgen would change the locale of the whole process to do so.
"""

import copy
import html
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.document import choose, fill_entry, fill_head, updated
from feeds.entry import Entry, Site
from feeds.filters import Filter, Format
from warp.advisory import Advisory

_ATOM = "http://www.w3.org/2005/Atom"


def render(site: Site, filter_: Filter, language: str, advisories: Sequence[Advisory]) -> bytes:
    """
    Give a feed as an RSS document in UTF-8.

    Args:
        site: The publisher.
        filter_: Which feed; advisories that do not belong to it are left out.
        language: One of the site's.
        advisories: Published ones, in any order; the newest `feeds.entry.WINDOW` are shown.

    Raises:
        NotPublicError: one of the advisories is not public.
    """
    return next(document for _, document in render_all(site, [filter_], language, advisories))


def render_all(
    site: Site, filters: Iterable[Filter], language: str, advisories: Sequence[Advisory]
) -> Iterator[tuple[Filter, bytes]]:
    """Give several feeds as `render` does, building each entry once; a warning can be in all 300."""
    items: dict[str, _Item] = {}
    for filter_, entries in choose(site, filters, language, advisories):
        channel = _Channel(updated(site, entries))
        fill_head(channel, site, filter_, language, Format.RSS)
        for entry in entries:
            if entry.id not in items:
                items[entry.id] = _Item(entry)
            channel.add_entry(items[entry.id], order="append")
        yield filter_, channel.rss_str(pretty=True)


class _Item(FeedEntry):  # type: ignore[misc]  # feedgen has no types
    """A feedgen entry built once, with its own dates."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        fill_entry(self, entry)
        # The description is HTML to every reader, so plain text has to be escaped once more.
        self.summary(html.escape(entry.summary, quote=False))
        self.link(href=entry.link, rel="alternate")
        # RSS has no labels, and tools filter by the value: so it is the term, the same in all languages.
        self.category([{"scheme": scheme, "term": term} for scheme, term, _ in entry.categories])
        self._element = self._built(entry)

    def rss_entry(self) -> etree._Element:
        """Give a copy of the element, since feedgen moves it into the channel's tree."""
        return copy.deepcopy(self._element)

    def _built(self, entry: Entry) -> etree._Element:
        element = super().rss_entry()
        # The last update, not the first publication: some tools take only what is dated after the last seen.
        etree.SubElement(element, "pubDate").text = _rfc822(entry.updated)
        etree.SubElement(element, f"{{{_ATOM}}}updated").text = entry.updated.isoformat()
        return element


class _Channel(FeedGenerator):  # type: ignore[misc]  # feedgen has no types
    """A feedgen feed with its own dates."""

    def __init__(self, changed: datetime) -> None:
        super().__init__()
        self._changed = changed
        # Private to feedgen, and the only way to keep its default, the present time, out of the document.
        self._FeedGenerator__rss_lastBuildDate = None

    def _create_rss(self, *args: object, **kwargs: object) -> tuple[etree._Element, etree._ElementTree]:
        root, document = super()._create_rss(*args, **kwargs)
        language = root.find("channel/language")
        for name in ("pubDate", "lastBuildDate"):
            date = etree.Element(name)
            date.text = _rfc822(self._changed)
            language.addnext(date)
        return root, document


def _rfc822(when: datetime) -> str:
    return format_datetime(when, usegmt=True)
