"""
Feeds: those that publication has written, and every other that an address asks for, composed.

What is composed is kept until something is published. Each request costs one look at the catalogue's file; a
filter that nobody has asked for since costs a millisecond and no more of anything.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
from aiohttp import web

from feeds import compose, filters, twin
from feeds.catalogue import Catalogue, Index
from feeds.compose import Composed, Fragments
from feeds.entry import Site
from feeds.filters import DRILL, MEDIA_TYPES, Filter, Format, UnknownFilter
from handlers import validated
from handlers.errors import Problem
from handlers.published import FRESH, Published
from handlers.validated import Document

DAILY = "public, max-age=86400, stale-if-error=604800"
"""For archives, which change only if something in them is withdrawn."""

_MOST_BYTES = 8 * 1024 * 1024
"""Of composed feeds kept in memory."""
_ARCHIVE = "/archive/"
_NOTHING = "There is nothing here."


class Asked(NamedTuple):
    """What the address of a feed or archive says."""

    language: str
    filter: Filter
    archive: str
    """Name of the archive; empty for the feed itself."""
    format: Format

    @property
    def path(self) -> str:
        """From the site's root, without a leading slash: its only one."""
        if self.archive:
            return compose.archive_path(self.filter, self.archive, self.language, self.format)
        return filters.path(self.filter, self.language, self.format)


class _State(msgspec.Struct, frozen=True):
    """What is published, as of one catalogue."""

    stamp: tuple[int, int]
    index: Index


class _Kept(NamedTuple):
    document: Document
    size: int
    """Bytes, counted with the gzip that the reader who asked is about to have made."""


class Feeds:
    """The feeds of one tree."""

    def __init__(self, folder: Path, store: Path, site: Site, published: Published) -> None:
        """
        Serve the feeds of a tree.

        Args:
            folder: The tree.
            store: The folder in which publication keeps rendered entries.
            site: The publisher, as this tree's readers see it.
            published: Serves the tree's files.
        """
        self._folder = folder
        self._read = _reading(folder)
        self._site = site
        self._published = published
        self._fragments = Fragments(site, compose.kept(site, _reading(store), self._read))
        self._state: _State | None = None
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._held = 0
        self._turn = asyncio.Lock()

    async def respond(self, request: web.Request, link: str = "") -> web.StreamResponse:
        """
        Answer a GET for a feed or archive, by the route's language, address and format.

        Args:
            request: Its validators and encodings are honoured.
            link: Link header; empty for none.

        Raises:
            Problem: there is no such feed.
            HTTPPermanentRedirect: it has another address.
        """
        said = request.match_info
        asked = parse(self._site, said["language"], said["address"], said["format"])
        if not request.raw_path.endswith(f"/{asked.path}"):
            raise web.HTTPPermanentRedirect(_relative(request, asked))
        if not asked.archive and (asked.filter.is_single or asked.filter == DRILL):
            media_type = f"{MEDIA_TYPES[asked.format]}; charset=utf-8"
            if asked.filter == DRILL or (self._folder / asked.path).exists():
                return self._published.respond(request, asked.path, media_type, FRESH, link)
        return validated.answer(request, await self._document(asked, link))

    async def content(self, path: str) -> bytes | None:
        """Give the bytes of a feed by its path from the site's root; none where there is no such feed."""
        head, _, format_ = path.rpartition(".")
        _, _, rest = head.partition("/")
        language, _, address = rest.partition("/")
        try:
            asked = parse(self._site, language, address, format_)
            if asked.filter == DRILL:
                return self._read(asked.path)
            return (await self._composed(asked))[1].document
        except Problem:
            return None

    async def _document(self, asked: Asked, link: str) -> Document:
        await self._look()
        known = self._kept.get(asked.path)
        if known is not None:
            self._kept.move_to_end(asked.path)
            return known.document
        index, made = await self._composed(asked)
        headers = {
            "Content-Type": f"{MEDIA_TYPES[asked.format]}; charset=utf-8",
            "Cache-Control": DAILY if asked.archive else FRESH,
            **self._published.marks,
        }
        if link:
            headers["Link"] = link
        document = validated.composed(made.document, made.updated, headers)
        if self._state is not None and self._state.index is index:
            self._keep(asked.path, _Kept(document, 2 * len(made.document)))
        return document

    def _keep(self, path: str, kept: _Kept) -> None:
        before = self._kept.pop(path, None)
        self._held += kept.size - (before.size if before else 0)
        self._kept[path] = kept
        while self._held > _MOST_BYTES:
            self._held -= self._kept.popitem(last=False)[1].size

    async def _composed(self, asked: Asked) -> tuple[Index, Composed]:
        """Give a feed with what it was composed from."""
        index = await self._look()
        async with self._turn:
            return index, await asyncio.to_thread(self._compose, index, asked)

    def _compose(self, index: Index, asked: Asked) -> Composed:
        chosen = index.of(asked.filter)
        if not asked.archive:
            return compose.feed(
                self._site, asked.filter, chosen, self._fragments, asked.language, asked.format
            )
        try:
            return compose.archive(
                self._site, asked.filter, asked.archive, chosen, self._fragments, asked.language, asked.format
            )
        except KeyError:
            raise Problem(404, "not-found", _NOTHING) from None

    async def _look(self) -> Index:
        """Give what is published now; whatever was composed of something else is forgotten."""
        found = os.stat(self._folder / twin.INDEX_PATH)  # noqa: PTH116 - for every request
        stamp = (found.st_ctime_ns, found.st_ino)
        if self._state is None or self._state.stamp != stamp:
            index = await asyncio.to_thread(self._load)
            self._state = _State(stamp, index)
            self._kept.clear()
            self._held = 0
        return self._state.index

    def _load(self) -> Index:
        document = self._read(twin.INDEX_PATH) or b""
        return Index(msgspec.json.decode(document, type=Catalogue).advisories)


def _reading(folder: Path) -> Callable[[str], bytes | None]:
    """Give what reads a folder's files by their paths."""

    def read(path: str) -> bytes | None:
        try:
            return Path(folder, path).read_bytes()
        except FileNotFoundError:
            return None

    return read


def parse(site: Site, language: str, address: str, format: str) -> Asked:
    """
    Give what an address asks for; other orders of the same choice are the same.

    Raises:
        Problem: there is no such feed; says what is wrong, and nothing of the address.
    """
    if language not in site.languages or format not in MEDIA_TYPES:
        raise Problem(404, "not-found", _NOTHING)
    address, is_archive, archive = address.partition(_ARCHIVE)
    try:
        filter_ = filters.parse(address)
    except UnknownFilter as error:
        raise Problem(404, "unknown-filter", f"There is no such feed: {error}.") from None
    if is_archive and (not archive or filter_ == DRILL):
        raise Problem(404, "not-found", _NOTHING)
    return Asked(language, filter_, archive, Format(format))


def _relative(request: web.Request, asked: Asked) -> str:
    """Give the address of what was asked for, from where it was asked for: whatever stands before stays."""
    address = asked.path.split("/", 2)[2]
    above = request.match_info["address"].count("/")
    return "../" * above + address
