"""
The composer: gives any feed or archive of a tree by its path, as of what is published now.

Behind the server and its hub. It reads the catalogue when that has changed, and entries when a feed needs
them; both come from files that publication wrote.
"""

import hashlib
import itertools
import threading
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, time
from typing import NamedTuple

import msgspec

from feeds import compose, filters, twin
from feeds.catalogue import Catalogue, Index
from feeds.compose import Composed, Fragments
from feeds.entry import Site
from feeds.filters import ALL, DRILL, MEDIA_TYPES, Filter, Format, UnknownFilter
from warp.advisory import Advisory

FOLDER = "feeds"
_ARCHIVE = "/archive/"


class NoSuchFeed(LookupError):
    """There is no such feed or archive; says what is wrong, and nothing of the address."""


class Asked(NamedTuple):
    """What the address of a feed or archive says."""

    language: str
    filter: Filter
    archive: str
    """Name of the archive; empty for the feed itself."""
    format: Format

    @property
    def path(self) -> str:
        """Its only path from the site's root, without a leading slash."""
        if self.archive:
            return compose.archive_path(self.filter, self.archive, self.language, self.format)
        return filters.path(self.filter, self.language, self.format)

    @property
    def media_type(self) -> str:
        """With its charset."""
        return f"{MEDIA_TYPES[self.format]}; charset=utf-8"


def parse(site: Site, path: str) -> Asked:
    """
    Give what a path from the site's root asks for; other orders of the same choice are the same.

    Raises:
        NoSuchFeed: it is none of a feed or archive.
    """
    folder, _, rest = path.partition("/")
    language, _, rest = rest.partition("/")
    address, _, format_ = rest.rpartition(".")
    address, is_archive, archive = address.partition(_ARCHIVE)
    if folder != FOLDER or language not in site.languages or format_ not in MEDIA_TYPES:
        raise NoSuchFeed("not a language and format of this site")
    try:
        filter_ = filters.parse(address)
    except UnknownFilter as error:
        raise NoSuchFeed(str(error)) from None
    if is_archive and (not archive or filter_ == DRILL):
        raise NoSuchFeed("no such archive")
    return Asked(language, filter_, archive, Format(format_))


class Newest(NamedTuple):
    """What stands on top of a feed: another one whenever the feed has news."""

    updated: datetime
    name: str
    """Of the advisory, or the hash of a feed of drills; empty where nothing stands there."""


class Composer:
    """Composes the feeds of one tree; several threads may ask."""

    def __init__(
        self,
        site: Site,
        tree: Callable[[str], bytes | None],
        store: Callable[[str], bytes | None],
        stamp: Callable[[], Hashable],
    ) -> None:
        """
        Compose from files.

        Args:
            site: The publisher, as this tree's readers see it.
            tree: Gives a file of the tree by its path; none where there is none.
            store: The same, of the folder in which publication keeps rendered entries.
            stamp: Gives what changes whenever the catalogue does.
        """
        self.site = site
        self._tree = tree
        self._stamp = stamp
        self._fragments = Fragments(site, compose.kept(site, store, tree))
        self._known: tuple[Hashable, Index] | None = None
        self._turn = threading.Lock()
        self._loading = threading.Lock()
        self._withdrawn: frozenset[str] = frozenset()
        self._forgotten: frozenset[str] = frozenset()

    def stamp(self) -> Hashable:
        """Give what changes whenever something is published."""
        return self._stamp()

    def index(self) -> Index:
        """Give what is published now."""
        stamp = self._stamp()
        with self._loading:
            if self._known is None or self._known[0] != stamp:
                document = self._tree(twin.INDEX_PATH) or b""
                advisories = msgspec.json.decode(document, type=Catalogue).advisories
                self._known = stamp, Index(advisories)
                self._withdrawn = frozenset(each.name for each in advisories if each.is_withdrawn)
            return self._known[1]

    def compose(self, asked: Asked) -> Composed:
        """
        Give a feed or archive; the drill feed, which is in no catalogue, is empty here.

        Raises:
            NoSuchFeed: there is no such archive.
        """
        with self._turn:
            chosen = self.index().of(asked.filter)
            if self._withdrawn != self._forgotten:
                self._fragments.forget(self._withdrawn - self._forgotten)
                self._forgotten = self._withdrawn
            given = (self.site, asked.filter, chosen, self._fragments, asked.language, asked.format)
            if not asked.archive:
                return compose.feed(*given)
            try:
                return compose.archive(asked.archive, *given)
            except KeyError:
                raise NoSuchFeed("no such archive") from None

    def newest(self, filter_: Filter, most: int) -> list[Advisory]:
        """Give the newest warnings of a feed, the latest first, as it shows them."""
        shown = (event for event in self.index().of(filter_).newest() if event.listed.buried is None)
        return [
            compose.from_twin(self._tree, event.listed.name, event.version.number)
            for event in itertools.islice(shown, most)
        ]

    def tops(self) -> dict[str, Newest]:
        """Give what stands on top of the feeds of one value, of all and of drills, in each form, by path."""
        index, found = self.index(), {}
        begun = datetime.combine(self.site.created, time(), UTC)
        for filter_ in (*filters.single_filters(), DRILL):
            top = next(index.of(filter_).newest(), None)
            newest = Newest(begun, "") if top is None else Newest(top.time, top.listed.name)
            for language in self.site.languages:
                for format_ in Format:
                    path = filters.path(filter_, language, format_)
                    if filter_ == DRILL:  # in no catalogue
                        newest = Newest(begun, hashlib.sha256(self._tree(path) or b"").hexdigest())
                    found[path] = newest
        return found

    def content(self, path: str) -> bytes | None:
        """Give the bytes that the server answers with for a feed's path; none where there is no such feed."""
        try:
            asked = parse(self.site, path)
            if asked.path != path:
                return None
            written = self._tree(path) if asked.filter in (ALL, DRILL) else None
            return self.compose(asked).document if written is None else written
        except NoSuchFeed:
            return None
