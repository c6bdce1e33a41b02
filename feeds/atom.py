"""
Feeds as Atom (RFC 4287).

The last step of a warning to its readers: advisories in, bytes out. The same input gives the same bytes. It
writes no files and never asks for the present time.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.document import XML_LANG, choose, fill_entry, fill_head, updated
from feeds.entry import Entry, Site
from feeds.filters import Filter, Format
from warp.advisory import Advisory


def render(site: Site, filter_: Filter, language: str, advisories: Sequence[Advisory]) -> bytes:
    """
    Give a feed as an Atom document in UTF-8.

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
        feed = FeedGenerator()
        fill_head(feed, site, filter_, language, Format.ATOM)
        feed.updated(updated(site, entries))
        for entry in entries:
            if entry.id not in items:
                items[entry.id] = _Item(entry)
            feed.add_entry(items[entry.id], order="append")
        yield filter_, feed.atom_str(pretty=True)


class _Item(FeedEntry):  # type: ignore[misc]  # feedgen has no types
    """A feedgen entry built once, whose link keeps its attributes: feedgen 1.0 writes the href alone."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        fill_entry(self, entry)
        self.summary(entry.summary)
        self.link(href=entry.link)
        self.published(entry.published)
        self.updated(entry.updated)
        self.category([category._asdict() for category in entry.categories])
        self._element = self._built(entry)

    def atom_entry(self) -> etree._Element:
        """Give a copy of the element, since feedgen moves it into the feed's tree."""
        return copy.deepcopy(self._element)

    def _built(self, entry: Entry) -> etree._Element:
        element = super().atom_entry()
        link = {"rel": "alternate", "type": "text/html", "hreflang": entry.language}
        element.find("link").attrib.update(link)
        if entry.text_language != entry.language:
            element.set(XML_LANG, entry.text_language)
        return element
