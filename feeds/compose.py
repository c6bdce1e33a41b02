"""
Composition: a feed or archive, put together from entries that are rendered once.

Between the catalogue and the formats. Publication composes the feeds that it writes to files, a server any
other that somebody asks for, by the same code, so both give the same bytes. The bytes depend on what is
published and on nothing else.
"""

from collections import OrderedDict
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, datetime, time
from types import ModuleType
from typing import NamedTuple

import msgspec
from msgspec import structs

from feeds import atom, filters, jsonfeed, rss, twin
from feeds.catalogue import Chosen, Event
from feeds.document import Head
from feeds.entry import WINDOW, Site, entry, front_path, line
from feeds.filters import DRILL, Filter, Format
from feeds.words import WORDS
from warp.advisory import Advisory

MOST_BYTES = 100_000
"""A feed is not longer, and has no more than `WINDOW` entries; but all that no archive holds yet."""
_HEAD_BYTES = 8_000
"""Left for what stands around the entries, tombstones included."""
_MOST_TOMBSTONES = 25
"""The latest ones, in a feed."""
_MOST_FRAGMENT_BYTES = 8 * 1024 * 1024

RENDERERS: dict[Format, ModuleType] = {Format.ATOM: atom, Format.RSS: rss, Format.JSON: jsonfeed}
Rendered = Mapping[str, bytes]
"""One version of an advisory as an entry of every feed: language and format, like es.atom, to its bytes."""
Load = Callable[[str, int], Rendered]
"""Gives the entries of an advisory, by name, as it stood at a version."""


def rendered(advisory: Advisory, site: Site) -> Rendered:
    """
    Give an advisory as an entry, in each of the site's languages and each format.

    Raises:
        NotPublicError: it is not for this tree.
    """
    return {
        f"{language}.{format_}": form.fragment(made)
        for language, made in ((each, entry(advisory, site, each)) for each in site.languages)
        for format_, form in RENDERERS.items()
    }


def pack(entries: Rendered) -> bytes:
    """Give entries as they are kept; `unpack` reads them."""
    return msgspec.msgpack.encode(entries)


def unpack(packed: bytes) -> Rendered:
    """Give what `pack` was given."""
    return msgspec.msgpack.decode(packed, type=dict[str, bytes])


def packed_name(name: str, number: int) -> str:
    """Give the name of the file that keeps the entries of a version."""
    return f"{name}.{number}"


def kept(site: Site, store: Callable[[str], bytes | None], tree: Callable[[str], bytes | None]) -> Load:
    """
    Give what loads entries as publication has kept them, or renders them anew from the machine twin.

    Of a version whose twin is gone it gives the present one: it was withdrawn meanwhile.

    Args:
        site: The publisher.
        store: Gives a file of the folder of kept entries, by its name; none where there is none.
        tree: Gives a file of the tree.
    """

    def load(name: str, number: int) -> Rendered:
        packed = store(packed_name(name, number))
        entries = {} if packed is None else unpack(packed)
        # Kept by a program of other settings, until everything is written anew.
        is_whole = all(
            f"{language}.{format_}" in entries for language in site.languages for format_ in Format
        )
        return entries if is_whole else rendered(from_twin(tree, name, number), site)

    return load


def from_twin(tree: Callable[[str], bytes | None], name: str, number: int) -> Advisory:
    """Give a version of an advisory from its machine twin; the present one if that twin is gone."""
    current = twin.read(tree(twin.path(name)) or b"")
    earlier = None if current.version == number else tree(twin.version_path(name, number))
    return current if earlier is None else twin.read(earlier)


class Composed(NamedTuple):
    """A feed or archive."""

    document: bytes
    updated: datetime
    """When its newest entry was; of a feed without any the site's first day."""


class Fragments:
    """Entries as bytes; those used last are kept at hand, since a version never changes."""

    def __init__(self, site: Site, load: Load) -> None:
        self._site = site
        self._load = load
        self._kept: OrderedDict[tuple[str, int, str, Format], bytes] = OrderedDict()
        self._held = 0

    def of(self, event: Event, language: str, format_: Format) -> bytes:
        """
        Give the entry of one version; what is withdrawn since is that and nothing else.

        Raises:
            NotPublicError: the advisory is not for this tree.
        """
        listed = event.listed
        if listed.buried is not None:
            gone: bytes = RENDERERS[format_].tombstone(
                self._site.tag(f"advisory/{listed.name}"), listed.buried
            )
            return gone
        version = _shown(event).version
        key = (listed.name, version.number, language, format_)
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known
        made = self._load(listed.name, version.number)[f"{language}.{format_}"]
        self._keep(key, made)
        return made

    def forget(self, withdrawn: Container[str]) -> None:
        """Keep nothing of what has been withdrawn."""
        for key in [each for each in self._kept if each[0] in withdrawn]:
            self._held -= len(self._kept.pop(key))

    def _keep(self, key: tuple[str, int, str, Format], made: bytes) -> None:
        self._kept[key] = made
        self._held += len(made)
        while self._held > _MOST_FRAGMENT_BYTES:
            self._held -= len(self._kept.popitem(last=False)[1])


def feed(
    site: Site, filter_: Filter, chosen: Chosen, fragments: Fragments, language: str, format_: Format
) -> Composed:
    """
    Give a feed: the newest entries, and where the older ones are.

    Args:
        site: The publisher.
        filter_: Which feed.
        chosen: What it holds.
        fragments: Its entries.
        language: One of the site's.
        format_: Of the document.
    """
    events: list[Event] = []
    gone: list[Event] = []
    parts: list[bytes] = []
    size, archives = 0, []
    since = chosen.open_since
    for event in chosen.newest():
        if event.listed.buried is not None:  # takes no room from what stands
            if len(gone) < _MOST_TOMBSTONES:
                gone.append(event)
                parts.append(fragments.of(event, language, format_))
            continue
        fragment = fragments.of(event, language, format_)
        size += len(fragment)
        is_full = len(events) >= WINDOW or size > MOST_BYTES - _HEAD_BYTES
        if events and is_full and (since is None or event.time < since):
            archives = [] if filter_ == DRILL else chosen.archives()  # rehearsed ones are kept nowhere else
            break
        events.append(event)
        parts.append(fragment)
    address = filters.path(filter_, language, format_)
    updated = _updated(site, [*events, *gone])
    head = _head(site, filter_, language, address, updated)
    if archives:
        previous = archive_path(filter_, archives[-1], language, format_)
        head = structs.replace(head, prev_archive=f"{site.url}/{previous}")
    return Composed(RENDERERS[format_].document(head, parts), updated)


def archive(
    name: str,
    site: Site,
    filter_: Filter,
    chosen: Chosen,
    fragments: Fragments,
    language: str,
    format_: Format,
) -> Composed:
    """
    Give a part of a month's archive (RFC 5005); it stays as it is, unless something in it is withdrawn.

    Raises:
        KeyError: there is no such archive.
    """
    events = chosen.archived(name)
    names = chosen.archives()
    position = names.index(name)
    address = archive_path(filter_, name, language, format_)
    updated = _updated(site, events)
    head = _head(site, filter_, language, address, updated)
    head = structs.replace(
        head,
        id=f"{head.id}/archive/{name}",
        title=f"{head.title} · {name}",
        current=f"{site.url}/{filters.path(filter_, language, format_)}",
        hub="",
    )
    if position:
        previous = archive_path(filter_, names[position - 1], language, format_)
        head = structs.replace(head, prev_archive=f"{site.url}/{previous}")
    parts = [fragments.of(event, language, format_) for event in events]
    return Composed(RENDERERS[format_].document(head, parts), updated)


def archive_path(filter_: Filter, name: str, language: str, format_: Format) -> str:
    """Give the path of an archive from the site's root, without a leading slash."""
    return f"feeds/{language}/{filter_.address}/archive/{name}.{format_}"


def _head(site: Site, filter_: Filter, language: str, address: str, updated: datetime) -> Head:
    words = WORDS[language]
    return Head(
        id=site.tag(f"feed/{language}/{filter_.address}"),
        title=line(filters.title(filter_, site, language)),
        description=words.drills_subtitle if filter_ == DRILL else words.subtitle,
        language=language,
        site_name=line(site.name),
        site_url=site.url,
        self_url=f"{site.url}/{address}",
        alternate_url=f"{site.url}/{front_path(language)}",
        updated=updated,
        hub=site.hub,
    )


def _updated(site: Site, events: Sequence[Event]) -> datetime:
    times = [event.listed.buried or _shown(event).time for event in events]
    return max(times, default=datetime.combine(site.created, time(), UTC))


def _shown(event: Event) -> Event:
    """Give the version that an entry shows: what is withdrawn since is that and nothing else."""
    listed = event.listed
    return Event(listed, listed.current) if listed.is_withdrawn else event
