"""
What Atom and RSS have in common: which entries a feed shows, its head, and feedgen's terms for both.

Between the entries and the two formats, which add what differs. It sets every date that feedgen would take
from the clock, and leaves out those that feedgen would write with the process's locale.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from itertools import islice

import lxml.etree  # noqa: F401  feedgen.util reads lxml.etree without importing it
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feeds.entry import WINDOW, Entry, Site, entry, front_path, line, newest_first
from feeds.filters import DRILL, MEDIA_TYPES, Filter, Format, holds, path, title
from feeds.words import WORDS
from warp.advisory import Advisory

GENERATOR = "WARP"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


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


def updated(site: Site, entries: list[Entry]) -> datetime:
    """Give when a feed last changed: its newest entry's time, or the day of the site's creation."""
    return entries[0].updated if entries else datetime.combine(site.created, time(), UTC)


def fill_head(feed: FeedGenerator, site: Site, filter_: Filter, language: str, format_: Format) -> None:
    """Set what stands above the entries."""
    feed.id(site.tag(f"feed/{language}/{filter_.address}"))
    feed.title(line(title(filter_, site, language)))
    words = WORDS[language]
    feed.description(words.drills_subtitle if filter_ == DRILL else words.subtitle)
    feed.language(language)
    feed.author(name=line(site.name), uri=site.url)
    feed.generator(GENERATOR)
    address = f"{site.url}/{path(filter_, language, format_)}"
    feed.link(href=address, rel="self", type=MEDIA_TYPES[format_])
    # Last, because feedgen makes the last link the channel's.
    feed.link(href=f"{site.url}/{front_path(language)}", rel="alternate", type="text/html", hreflang=language)


def fill_entry(item: FeedEntry, entry: Entry) -> None:
    """Set what an entry is in both formats."""
    item.id(entry.id)
    item.title(entry.title)
    item.content(entry.html, type="html")
