"""
Serves the public tree: files that publication wrote, with validators, and nothing else.

The same tree can be served by any web server. Each request costs one look at the file; contents and their
hashes stay in memory as long as the file is the same.
"""

import os
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from aiohttp import hdrs, web

from handlers import validated
from handlers.errors import NOT_FOUND, Problem
from handlers.validated import Document

_MOST_BYTES = 8 * 1024 * 1024
"""Of contents kept in memory."""
_MOST_ADDRESSES = 4096
"""Remembered; far more than a site has, so only odd spellings of them can fill it."""
FRESH = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"
BRIEF = "public, max-age=60"
"""For what a client compares with what it saw before: an old copy would look like a step back."""
METADATA = "application/csvm+json"
"""Says what the columns of the tables beside it mean (W3C, CSV on the Web)."""
IMMUTABLE = "public, max-age=31536000, immutable"
CLOSED = {"Cache-Control": "private, max-age=60", "X-Robots-Tag": "noindex", "Vary": "Authorization"}
"""Of every answer from a tree for members: for the cache of its reader, and for no other."""
_READING = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
FORM = "/feeds/index.html"
"""Ends the path of the one page with a form; members have that page without it."""


def is_plain(request: web.BaseRequest) -> bool:
    """Say whether a request asks for a document and nothing else, so that no router has to look at it."""
    return request.method in _READING and hdrs.EXPECT not in request.headers


def content_policy(style_source: str, *, has_form: bool) -> str:
    """Give the Content-Security-Policy of a page whose style sheet has this source."""
    target = "'self'" if has_form else "'none'"
    return f"default-src 'none'; style-src {style_source}; base-uri 'none'; form-action {target}"


class _Address(NamedTuple):
    """What the router found for an address."""

    path: str
    media_type: str
    caching: str
    link: str


class _File(NamedTuple):
    stamp: tuple[int, int]
    """Change time and inode: changes whenever the file is replaced. The modification time is set by hand."""
    document: Document


class Published:
    """A tree, the public or the members', as it is served."""

    def __init__(self, folder: Path, style_source: str, *, closed: bool = False) -> None:
        """
        Serve a folder.

        Args:
            folder: The tree.
            style_source: The Content-Security-Policy source of the pages' style sheet.
            closed: Whether it is for members only: kept from shared caches and search engines, and its
                addresses, which may hold a password, are never remembered.
        """
        self.marks = CLOSED if closed else {}
        """Headers of every answer from the tree, whatever else its addresses say."""
        self._closed = closed
        self._folder = str(folder)
        self._style_source = style_source
        self._files: OrderedDict[str, _File] = OrderedDict()
        self._held = 0
        self._addresses: dict[str, _Address] = {}

    def policy(self, *, has_form: bool) -> str:
        """Give the Content-Security-Policy of a page."""
        return content_policy(self._style_source, has_form=has_form)

    def respond(
        self, request: web.Request, path: str, media_type: str, caching: str = FRESH, link: str = ""
    ) -> web.StreamResponse:
        """
        Answer a GET for a file of the tree.

        Args:
            request: Its validators and encodings are honoured.
            path: Below the tree; made by the routes from checked parts only.
            media_type: Of the file.
            caching: Cache-Control.
            link: Link header (RFC 8288); empty for none.

        Raises:
            Problem: there is no such file.
        """
        address = _Address(path, media_type, caching, link)
        response = self._answer(request, address)
        if self._closed:
            return response
        if len(self._addresses) >= _MOST_ADDRESSES:
            self._addresses.clear()
        self._addresses[request.raw_path] = address
        return response

    def again(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """Answer a GET for an address that was answered before, which needs no router; none for any other."""
        address = self._addresses.get(request.raw_path)
        if address is None or not is_plain(request):
            return None
        try:
            return self._answer(request, address)
        except Problem:  # the file is gone since
            return None

    def _answer(self, request: web.BaseRequest, address: _Address) -> web.StreamResponse:
        try:
            document = self._document(address)
            before = document.held
            response = validated.answer(request, document)
        except (FileNotFoundError, NotADirectoryError):
            raise Problem(*NOT_FOUND) from None
        if document.held == before:
            return response
        self._held += document.held - before
        while self._held > _MOST_BYTES:
            _, dropped = self._files.popitem(last=False)
            self._held -= dropped.document.held
        return response

    def _document(self, address: _Address) -> Document:
        """Give a file's document, the one from before as long as the file is the same."""
        path = address.path
        try:
            found = os.stat(f"{self._folder}/{path}")  # noqa: PTH116 - for every request; pathlib costs thrice as much
        except (FileNotFoundError, NotADirectoryError):
            gone = self._files.pop(path, None)
            self._held -= gone.document.held if gone else 0
            raise
        stamp = (found.st_ctime_ns, found.st_ino)
        known = self._files.get(path)
        if known is not None and known.stamp == stamp:
            self._files.move_to_end(path)
            return known.document
        if known is not None:
            self._held -= known.document.held
        document = self._describe(address, found.st_mtime)
        self._held += document.held
        self._files[path] = _File(stamp, document)
        self._files.move_to_end(path)
        return document

    def _describe(self, address: _Address, modified: float) -> Document:
        headers = {"Content-Type": address.media_type, "Cache-Control": address.caching} | self.marks
        if address.media_type.startswith("text/html"):
            has_form = address.path.endswith(FORM) and not self._closed
            headers["Content-Security-Policy"] = self.policy(has_form=has_form)
        if address.link:
            headers["Link"] = address.link
        plain = Path(self._folder, address.path)
        twin = plain.with_name(f"{plain.name}.gz")
        return Document(plain.read_bytes, twin.read_bytes if twin.exists() else None, modified, headers)
