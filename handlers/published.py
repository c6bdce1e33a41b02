"""
Serves the public tree: files that publication wrote, with validators, and nothing else.

The same tree can be served by any web server. Each request costs one look at the file; contents and their
hashes stay in memory as long as the file is the same.
"""

import hashlib
import os
import re
from collections import OrderedDict
from email.utils import formatdate
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from handlers.errors import Problem

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


class _Variant(NamedTuple):
    body: bytes
    etag: str
    headers: dict[str, str]
    unchanged: dict[str, str]
    """Headers of a 304."""


class _Address(NamedTuple):
    """What the router found for an address."""

    path: str
    media_type: str
    caching: str


class _WithoutRouter(web.Response):
    """An answer that no application sees, and so none takes the name of the server's software out of."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall("Server", None)


class _File(NamedTuple):
    stamp: tuple[int, int]
    """Change time and inode: changes whenever the file is replaced. The modification time is set by hand."""
    plain: _Variant
    gzip: _Variant

    @property
    def size(self) -> int:
        twin = 0 if self.gzip is self.plain else len(self.gzip.body)
        return len(self.plain.body) + twin


class Published:
    """The public tree, as it is served."""

    def __init__(self, folder: Path, style_source: str) -> None:
        """
        Serve a folder.

        Args:
            folder: The public tree.
            style_source: The Content-Security-Policy source of the pages' style sheet.
        """
        self._folder = str(folder)
        self._policy = f"default-src 'none'; style-src {style_source}; base-uri 'none'; form-action 'none'"
        self._files: OrderedDict[str, _File] = OrderedDict()
        self._held = 0
        self._addresses: dict[str, _Address] = {}

    def respond(self, request: web.Request, path: str, media_type: str, caching: str = FRESH) -> web.Response:
        """
        Answer a GET for a file of the tree.

        Args:
            request: Its validators and encodings are honoured.
            path: Below the tree; made by the routes from checked parts only.
            media_type: Of the file.
            caching: Cache-Control.

        Raises:
            Problem: there is no such file.
        """
        address = _Address(path, media_type, caching)
        response = self._answer(request, address, web.Response)
        if len(self._addresses) >= _MOST_ADDRESSES:
            self._addresses.clear()
        self._addresses[request.raw_path] = address
        return response

    def again(self, request: web.BaseRequest) -> web.Response | None:
        """Answer a GET for an address that was answered before, which needs no router; none for any other."""
        address = self._addresses.get(request.raw_path)
        if address is None or request.method != "GET" or "Expect" in request.headers:
            return None
        try:
            return self._answer(request, address, _WithoutRouter)
        except Problem:  # the file is gone since
            return None

    def _answer(
        self, request: web.BaseRequest, address: _Address, response: type[web.Response]
    ) -> web.Response:
        file = self._file(*address)
        variant = file.gzip if _takes_gzip(request.headers.get("Accept-Encoding", "")) else file.plain
        if _matches(request, variant):
            return response(status=304, headers=variant.unchanged)
        return response(body=variant.body, headers=variant.headers)

    def _file(self, path: str, media_type: str, caching: str) -> _File:
        target = f"{self._folder}/{path}"
        try:
            found = os.stat(target)  # noqa: PTH116 - on the path of every request; pathlib costs thrice as much
        except (FileNotFoundError, NotADirectoryError):
            raise Problem(404, "not-found", "There is nothing here.") from None
        stamp = (found.st_ctime_ns, found.st_ino)
        known = self._files.get(path)
        if known is not None and known.stamp == stamp:
            self._files.move_to_end(path)
            return known
        return self._load(path, Path(target), stamp, found.st_mtime, media_type, caching)

    def _load(
        self,
        path: str,
        target: Path,
        stamp: tuple[int, int],
        modified: float,
        media_type: str,
        caching: str,
    ) -> _File:
        common = {
            "Content-Type": media_type,
            "Cache-Control": caching,
            "Last-Modified": formatdate(modified, usegmt=True),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        if media_type.startswith("text/html"):
            common["Content-Security-Policy"] = self._policy
        if media_type.startswith("text/csv"):
            common["Link"] = f'<csv-metadata.json>; rel="describedby"; type="{METADATA}"'
        file = _File(stamp, *_variants(target, common))
        old = self._files.pop(path, None)
        self._held += file.size - (old.size if old else 0)
        self._files[path] = file
        while self._held > _MOST_BYTES:
            _, dropped = self._files.popitem(last=False)
            self._held -= dropped.size
        return file


def _variants(target: Path, headers: dict[str, str]) -> tuple[_Variant, _Variant]:
    """Give a file plain and as gzip; what cannot be compressed has no twin and is the same either way."""
    plain = target.read_bytes()
    twin = target.with_name(target.name + ".gz")
    if not twin.exists():
        return (_variant(plain, headers),) * 2
    varied = headers | {"Vary": "Accept-Encoding"}
    return _variant(plain, varied), _variant(twin.read_bytes(), varied | {"Content-Encoding": "gzip"})


_KEPT_ON_304 = frozenset({"ETag", "Cache-Control", "Last-Modified", "Vary"})


def _variant(body: bytes, headers: dict[str, str]) -> _Variant:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = headers | {"ETag": etag}
    unchanged = {name: value for name, value in headers.items() if name in _KEPT_ON_304}
    return _Variant(body, etag, headers, unchanged)


def _takes_gzip(accepted: str) -> bool:
    return _GZIP.search(accepted) is not None


_GZIP = re.compile(r"(?:^|,)\s*gzip\s*(?=[;,]|$)(?![^,]*;\s*q=0(?:\.0*)?\s*(?:,|$))")
"""gzip among the codings, without a weight of zero."""


def _matches(request: web.BaseRequest, variant: _Variant) -> bool:
    """Compare the validators as RFC 9110 §13.2.2 says: If-None-Match, and only without it the date."""
    known = request.headers.get("If-None-Match")
    if known == variant.etag:
        return True
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return variant.etag in tags or "*" in tags
    return request.headers.get("If-Modified-Since") == variant.headers["Last-Modified"]
