"""
Feeds: that of all warnings and that of drills, which stand in files, and every other, composed.

What is composed, feeds and their pages, is kept until something is published. Each request costs one look at
the catalogue's file; what nobody has asked for since costs a thread a millisecond or two, one after the
other, and no more of anything.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from aiohttp import hdrs, web

from feeds import composer, topics, twin
from feeds.compose import Composed
from feeds.composer import Composer, NoSuchFeed
from feeds.entry import Site
from feeds.filters import ALL, DRILL
from handlers import validated
from handlers.errors import Problem
from handlers.published import FRESH, Published, is_plain
from handlers.turns import Turns
from handlers.validated import Document

_MOST_BYTES = 8 * 1024 * 1024
"""Of what is composed and kept in memory."""
_WAITING = 256
"""Requests that may wait for what is not at hand: half a second of them."""


class _Kept(NamedTuple):
    document: Document
    size: int
    """Bytes, counted with its gzip."""


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
        self._published = published
        self._stamp: Hashable = None
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._held = 0
        self._turns = Turns(1, _WAITING)  # a second thread of Python would only take turns with the first
        self.composer = Composer(site, _reading(folder), _reading(store), _stamping(folder / twin.INDEX_PATH))

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """
        Answer a GET for a feed or archive, by the route's language, address and format.

        Args:
            request: Its validators and encodings are honoured.

        Raises:
            Problem: there is no such feed.
            HTTPPermanentRedirect: it has another address.
        """
        path = "feeds/{language}/{address}.{format}".format(**request.match_info)
        try:
            asked = composer.parse(self.composer.site, path)
            if not request.raw_path.endswith(f"/{asked.path}"):
                raise web.HTTPPermanentRedirect(_relative(path, asked.path))
            link = topics.link_header(self.composer.site, asked.path)
            if asked.filter in (ALL, DRILL) and not asked.archive:
                return self._published.respond(request, asked.path, asked.media_type, FRESH, link)
            headers = {"Content-Type": asked.media_type, "Cache-Control": FRESH} | self._published.marks
            if link:
                headers["Link"] = link
            return await self.made(request, asked.path, partial(self.composer.compose, asked), headers)
        except NoSuchFeed as error:
            if self._published.marks:  # a closed tree says of nothing more than that it is not there
                raise Problem(404, "not-found", "There is nothing here.") from None
            raise Problem(404, "no-such-feed", f"There is no such feed: {error}.") from None

    def again(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """Answer a GET for what is at hand, which needs no router; none for anything else."""
        known = self._kept.get(request.raw_path.removeprefix("/"))
        if known is None or not is_plain(request) or self.composer.stamp() != self._stamp:
            return None
        is_ready = known.document.has_variant(_accepted(request))
        return validated.answer(request, known.document) if is_ready else None

    async def made(
        self, request: web.Request, path: str, make: Callable[[], Composed], headers: Mapping[str, str]
    ) -> web.StreamResponse:
        """
        Answer a GET with what is made of the feeds, once for as long as nothing is published.

        Args:
            request: Its validators and encodings are honoured.
            path: Its only path from the site's root.
            make: Makes it, in a thread.
            headers: Of its answers.

        Raises:
            Busy: too many wait for such things already.
        """
        accepted = _accepted(request)
        document = self._known(path)
        if document is None or not document.has_variant(accepted):
            async with self._turns.one():
                document = await self._make(path, make, headers, accepted)
        return validated.answer(request, document)

    async def content(self, path: str) -> bytes | None:
        """Give the bytes of a feed by its path from the site's root; none where there is no such feed."""
        return await asyncio.to_thread(self.composer.content, path)

    def _known(self, path: str) -> Document | None:
        """Give what was made since something was last published; what was made before is dropped."""
        stamp = self.composer.stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            self._kept.clear()
            self._held = 0
        known = self._kept.get(path)
        if known is None:
            return None
        self._kept.move_to_end(path)
        return known.document

    async def _make(
        self, path: str, make: Callable[[], Composed], headers: Mapping[str, str], accepted: str
    ) -> Document:
        """Give a document with its variant for an Accept-Encoding, of both what others have not had made."""
        document = self._known(path)
        if document is None:
            stamp = self._stamp
            made = await asyncio.to_thread(make)
            document = validated.composed(made.document, made.updated, headers)
            if self._stamp == stamp == self.composer.stamp():  # else it may be of what was published before
                self._keep(path, _Kept(document, 2 * len(made.document)))
        if not document.has_variant(accepted):
            await asyncio.to_thread(document.variant, accepted)
        return document

    def _keep(self, path: str, kept: _Kept) -> None:
        before = self._kept.pop(path, None)
        self._held += kept.size - (before.size if before else 0)
        self._kept[path] = kept
        while self._held > _MOST_BYTES:
            self._held -= self._kept.popitem(last=False)[1].size


def _accepted(request: web.BaseRequest) -> str:
    return request.headers.get(hdrs.ACCEPT_ENCODING, "")


def _reading(folder: Path) -> Callable[[str], bytes | None]:
    """Give what reads a folder's files by their paths."""

    def read(path: str) -> bytes | None:
        try:
            return Path(folder, path).read_bytes()
        except FileNotFoundError:
            return None

    return read


def _stamping(path: Path) -> Callable[[], Hashable]:
    """Give what says which file stands at a path: another one after each publication."""
    name = str(path)

    def stamp() -> tuple[int, int]:
        found = os.stat(name)  # noqa: PTH116 - for every request
        return found.st_ctime_ns, found.st_ino

    return stamp


def _relative(asked: str, path: str) -> str:
    """Give the address of a feed from where it was asked for: whatever stands before both stays as it is."""
    return "../" * (asked.count("/") - 2) + path.split("/", 2)[2]
