"""
A snapshot: the public site as files, as it was when the public tree was listed.

That is the files of the tree that the server answers everybody with, and what it would compose when somebody
asks: feeds of single facets with their pages, and the archives that feeds lead to. Where a file is another
one than was listed, something was published meanwhile. It reads the public tree and the entries kept for it,
and writes nothing.
"""

import enum
import functools
import hashlib
import itertools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from feeds import compose, composer, filters, twin
from feeds.catalogue import Chosen, Event, Index
from feeds.compose import Composed, Fragments
from feeds.composer import Asked, Composer, NoSuchFeed
from feeds.entry import WINDOW, Site, feeds_path
from feeds.filters import ALL, DRILL, Filter, Format
from feeds.twin import DamagedTwin
from handlers import builder, routes, validated
from warp import outlets
from warp.issuing import Outlet

_LISTING = ("index.html", "index.json", "newest.json", "feeds.opml")
"""Names of what lists other files."""


class MovedOn(Exception):
    """Something was published since the tree was listed."""


class NothingPublic(Exception):
    """The tree has no catalogue yet."""


class Document(NamedTuple):
    """A file's content."""

    path: str
    content: bytes
    packed: bytes | None
    """The same as gzip; none where it has no gzip twin."""
    modified: int
    """In nanoseconds since 1970."""


class Stage(enum.IntEnum):
    """When something may be written: it leads to nothing of a later stage."""

    DOCUMENTS = 0
    ARCHIVES = 1
    FEEDS = 2
    LISTS = 3
    CATALOGUE = 4


class File(NamedTuple):
    """A file of the site."""

    path: str
    stamp: str
    """Changes when its content does: a hash of what it comes from."""
    packed: bool
    """Whether it has a gzip twin."""
    page_of: Filter | None = None
    """The feed whose page it is; none for all else."""

    @property
    def stage(self) -> Stage:
        """When it may be written."""
        if self.path == twin.INDEX_PATH:
            return Stage.CATALOGUE
        if self.path.rpartition("/")[2] in _LISTING:
            return Stage.LISTS
        is_of_feed = self.page_of is not None or self.path.startswith(f"{composer.FOLDER}/")
        return Stage.FEEDS if is_of_feed else Stage.DOCUMENTS


class Archive(NamedTuple):
    """An archive of one filter's feeds, in all languages and formats."""

    filter: Filter
    chosen: Chosen
    name: str
    """Like 2026-11-1."""
    stamp: str
    """As of a file."""
    stage: Stage = Stage.ARCHIVES

    @property
    def address(self) -> str:
        """What its paths have in common, like country/UY/archive/2026-11-1."""
        return f"{self.filter.address}/archive/{self.name}"


class _Listed(NamedTuple):
    which: tuple[int, int]
    """Change time, in nanoseconds, and inode: no other file has both, and none is changed in its place."""
    modified: int


class Snapshot:
    """What there is to write, and the content of each."""

    def __init__(self, outlet: Outlet) -> None:
        """
        List the public tree; whoever publishes must be kept out meanwhile.

        Raises:
            NothingPublic: there is nothing yet.
        """
        self._site, self._tree = outlet.site, outlet.tree
        self._made_by = outlets.made_by(outlet.site).hex()
        self._listed = dict(_listed(self._tree.folder, "", _is_served(outlet.site)))
        if twin.INDEX_PATH not in self._listed:
            raise NothingPublic
        self._fragments = Fragments(
            outlet.site, compose.kept(outlet.site, outlet.store.read, outlet.tree.read)
        )
        self._composer = Composer(outlet.site, self._file, outlet.store.read, lambda: 0)
        self.variants = [f"{language}.{format_}" for language in self._site.languages for format_ in Format]
        """Languages with formats of archives."""

    @functools.cached_property
    def _index(self) -> Index:
        """What is published. Raises MovedOn."""
        return self._composer.index()

    def files(self) -> Iterator[File]:
        """Give all files but archives."""
        for path, listed in self._listed.items():
            if not path.endswith(".gz"):
                packed = self._listed.get(f"{path}.gz")
                yield File(path, _hash(listed.which, packed and packed.which), packed is not None)
        for filter_ in filters.single_filters():
            stamp = self._feed_stamp(self._index.of(filter_))
            for language in self._site.languages:
                paths = (filters.path(filter_, language, format_) for format_ in Format)
                yield from (File(path, stamp, packed=True) for path in paths if path not in self._listed)
                yield self._feed_page(language, filter_)

    def archives(self) -> list[Archive]:
        """
        Give the archives, month by month, oldest first.

        Raises:
            MovedOn: the tree is not as it was listed.
        """
        found: list[Archive] = []
        for filter_ in filters.single_filters():
            chosen = self._index.of(filter_)
            if self._leads_on(filter_, chosen):
                found += self._parts(filter_, chosen)
        return sorted(found, key=lambda archive: archive.name.rpartition("-")[0])

    def document(self, file: File) -> Document:
        """
        Give a file's content.

        Raises:
            MovedOn: the tree is not as it was listed.
        """
        listed = self._listed.get(file.path)
        if file.page_of is not None:
            return self._page(file.path, file.page_of)
        if listed is None:
            asked = composer.parse(self._site, file.path)
            return _document(file.path, self._made(asked, self._index.of(asked.filter)))
        packed = self._read(f"{file.path}.gz") if file.packed else None
        return Document(file.path, self._read(file.path), packed, listed.modified)

    def documents(self, archive: Archive) -> Iterator[Document]:
        """
        Give an archive in all languages and formats.

        Raises:
            MovedOn: the tree is not as it was listed.
        """
        for variant in self.variants:
            language, _, format_ = variant.partition(".")
            asked = Asked(language, archive.filter, archive.name, Format(format_))
            yield _document(asked.path, self._made(asked, archive.chosen))

    def _leads_on(self, filter_: Filter, chosen: Chosen) -> bool:
        """Say whether one of its feeds has no room for everything, and leads to archives."""
        names = chosen.archives()
        if not names or len(chosen) > WINDOW:
            return bool(names)
        for variant in self.variants:
            language, _, format_ = variant.partition(".")
            last = compose.archive_path(filter_, names[-1], language, Format(format_))
            made = self._made(Asked(language, filter_, "", Format(format_)), chosen)
            if f"{self._site.url}/{last}".encode() in made.document:
                return True
        return False

    def _feed_stamp(self, chosen: Chosen) -> str:
        """Give what changes with a feed: the entries for which it may have room, and where the others are."""
        newest = itertools.islice(chosen.newest(), WINDOW + 1)
        return _hash(self._made_by, chosen.archives()[-1:], *map(_shown, newest))

    def _feed_page(self, language: str, filter_: Filter) -> File:
        standing = (event.listed for event in self._index.of(filter_).newest() if not event.listed.buried)
        twins = [(each.name, each.sha256) for each in itertools.islice(standing, builder.NEWEST)]
        stamp = _hash(self._made_by, twins)
        return File(f"{feeds_path(language, filter_.address)}.html", stamp, packed=True, page_of=filter_)

    def _page(self, path: str, filter_: Filter) -> Document:
        try:
            made = builder.page(self._composer, path.partition("/")[0], filter_)
        except DamagedTwin:  # gone meanwhile
            raise MovedOn from None
        return _document(path, made)

    def _parts(self, filter_: Filter, chosen: Chosen) -> Iterator[Archive]:
        before = ""
        for name, events in chosen.parts():
            yield Archive(filter_, chosen, name, _hash(self._made_by, before, *map(_shown, events)))
            before = name

    def _made(self, asked: Asked, chosen: Chosen) -> Composed:
        given = (self._site, asked.filter, chosen, self._fragments, asked.language, asked.format)
        try:
            return compose.archive(asked.archive, *given) if asked.archive else compose.feed(*given)
        except DamagedTwin:  # gone meanwhile
            raise MovedOn from None

    def _file(self, path: str) -> bytes | None:
        """Give a file of the tree as it was when that was listed; none where there was none."""
        return self._read(path) if path in self._listed else None

    def _read(self, path: str) -> bytes:
        """Give the content of a file of the tree that is still the one listed."""
        try:
            with (self._tree.folder / path).open("rb") as file:
                if _which(os.fstat(file.fileno())) != self._listed[path].which:
                    raise MovedOn
                return file.read()
        except FileNotFoundError:
            raise MovedOn from None


def _listed(folder: Path, below: str, is_served: Callable[[str], bool]) -> Iterator[tuple[str, _Listed]]:
    with os.scandir(folder / below) as entries:
        for entry in entries:
            path = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _listed(folder, f"{path}/", is_served)
            elif entry.is_file(follow_symlinks=False) and is_served(path.removesuffix(".gz")):
                found = entry.stat(follow_symlinks=False)
                yield path, _Listed(_which(found), found.st_mtime_ns)


def _is_served(site: Site) -> Callable[[str], bool]:
    """Give what says whether the server answers with the file at a path."""
    patterns = "|".join(each.pattern for each in routes.files(site.default))
    standing = re.compile(patterns)

    def is_served(path: str) -> bool:
        if standing.fullmatch(path):
            return True
        try:
            asked = composer.parse(site, path)
        except NoSuchFeed:
            return False
        return asked.path == path and not asked.archive and asked.filter in (ALL, DRILL)

    return is_served


def _which(found: os.stat_result) -> tuple[int, int]:
    return found.st_ctime_ns, found.st_ino


def _shown(event: Event) -> tuple[str, int, object]:
    """Give what an entry of an archive depends on: what is withdrawn since is that and nothing else."""
    listed = event.listed
    number = listed.current.number if listed.is_withdrawn else event.version.number
    return listed.name, number, listed.buried


def _hash(*parts: object) -> str:
    # Not the parts themselves: times of writing are nobody's business where a folder is copied to.
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _document(path: str, made: Composed) -> Document:
    modified = int(made.updated.timestamp()) * 1_000_000_000
    return Document(path, made.document, validated.packed(made.document), modified)
