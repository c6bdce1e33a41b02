"""
Answers with validators: a document whole, or 304 for who has it already (RFC 9110 §8.8, §13).

What readers ask for again and again, a file or composed in memory, is answered here. The heads of a document
are written once and sent as they stand: to put one together costs more than all else that an answer needs.
To find the document is the caller's part.
"""

import functools
import gzip
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import formatdate
from typing import NamedTuple

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.abc import AbstractStreamWriter

_LEVEL = 2
"""Of gzip made while a reader waits: 100 KB of a feed in a third of a millisecond. The best level takes four
times as long and saves a sixth."""
_JOINED = 65_536
"""Bytes of a body up to which copying it behind its head costs less than a second write."""
_HEADS = 4_096
"""Bytes that a document takes beside its bodies, about."""
SAFE: Mapping[str, str] = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
"""Headers of every document."""
_KEPT_ON_304 = frozenset({"ETag", "Cache-Control", "Last-Modified", "Vary"})


class Variant(NamedTuple):
    """A document in one encoding, as it is sent."""

    etag: str
    """Strong, and of this encoding alone."""
    body: bytes
    whole: bytes
    """Head of a 200: status line and headers, without the date."""
    unchanged: bytes
    """Head of a 304."""


class Document:
    """What stands at an address: one content with its validators, plain and as gzip."""

    def __init__(
        self,
        content: Callable[[], bytes],
        packed: Callable[[], bytes] | None,
        modified: float,
        headers: Mapping[str, str],
    ) -> None:
        """
        Describe a document; contents are asked for once, when the first reader needs them.

        Args:
            content: Gives its bytes.
            packed: Gives them as gzip; none where it is sent plain to everybody.
            modified: When the content last changed, in seconds since 1970.
            headers: Of its answers, beside what is said here: Content-Type, Cache-Control, Link, …
        """
        self._content, self._packed = content, packed
        self._variants: dict[bool, Variant] = {}
        self.modified = formatdate(modified, usegmt=True)
        self.known_by_date = not headers.get("Content-Type", "").startswith("text/html")
        """Whether a 304 may be had for the date alone. Not for a page: collectors (Taranis AI) ask for it
        with the date of the feed that led them there, which is that of the newest page."""
        self.held = _HEADS
        """Bytes of memory, about; more with each variant that somebody has asked for."""
        self._headers = {
            **headers,
            "Last-Modified": self.modified,
            **SAFE,
        }
        if packed is not None:
            self._headers["Vary"] = ", ".join(["Accept-Encoding", *filter(None, [headers.get("Vary")])])

    def variant(self, accepted: str) -> Variant:
        """Give it for an Accept-Encoding."""
        as_gzip = self._is_gzip_for(accepted)
        known = self._variants.get(as_gzip)
        return self._make(as_gzip) if known is None else known

    def has_variant(self, accepted: str) -> bool:
        """Say whether it was given for such an Accept-Encoding before, so that nothing has to be made."""
        return self._is_gzip_for(accepted) in self._variants

    def _is_gzip_for(self, accepted: str) -> bool:
        return self._packed is not None and _takes_gzip(accepted)

    def _make(self, as_gzip: bool) -> Variant:  # noqa: FBT001 - the key of `_variants`
        if as_gzip and self._packed is not None:
            body, headers = self._packed(), self._headers | {"Content-Encoding": "gzip"}
        else:
            body, headers = self._content(), self._headers
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = headers | {"ETag": etag}
        kept = {name: value for name, value in headers.items() if name in _KEPT_ON_304}
        made = Variant(
            etag,
            body,
            _head("200 OK", headers | {"Content-Length": str(len(body))}),
            _head("304 Not Modified", kept),
        )
        self._variants[as_gzip] = made
        self.held += len(body)
        return made


def composed(content: bytes, modified: datetime, headers: Mapping[str, str]) -> Document:
    """Give a document that stands in no file; its gzip is made at the first ask."""
    return Document(lambda: content, functools.partial(packed, content), modified.timestamp(), headers)


def packed(content: bytes) -> bytes:
    """Give content as the gzip that is sent where none stands in a file."""
    return gzip.compress(content, _LEVEL, mtime=0)


def answer(request: web.BaseRequest, document: Document) -> web.StreamResponse:
    """Answer a GET or HEAD with a document, or with 304 where the request says that it is known."""
    headers = request.headers
    variant = document.variant(headers.get(hdrs.ACCEPT_ENCODING, ""))
    known = headers.get(hdrs.IF_NONE_MATCH)
    if known is None:
        # Only the very date: content that is taken back makes a document older than what a reader has.
        is_known = document.known_by_date and headers.get(hdrs.IF_MODIFIED_SINCE) == document.modified
    else:
        is_known = known == variant.etag or _names(known, variant.etag)
    if is_known:
        return _Standing(request, 304, variant.unchanged, b"")
    return _Standing(request, 200, variant.whole, variant.body)


class _Standing(web.StreamResponse):
    """An answer whose head and body stand ready; nothing that is set on it changes them."""

    def __init__(self, request: web.BaseRequest, status: int, head: bytes, body: bytes) -> None:
        super().__init__(status=status)
        self._request, self._head, self._standing = request, head, body

    @property
    def keep_alive(self) -> bool:
        return self._request.keep_alive

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
        return request.writer

    async def write_eof(self, data: bytes = b"") -> None:
        """Write the answer; `data` has no place in it."""
        if data:
            raise ValueError("the body stands already")
        request, writer = self._request, self._request.writer
        head = self._head + _connection(request) + _end(int(time.time()))
        body = b"" if request.method == hdrs.METH_HEAD else self._standing
        if len(body) > _JOINED:
            await writer.write(head)
            await writer.write_eof(body)
        else:
            await writer.write_eof(head + body)


def _head(status: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    if not all(map(str.isprintable, lines)):
        raise ValueError("a header holds what would end it")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


@functools.lru_cache(maxsize=1)
def _end(now: int) -> bytes:
    """Give the last line of a head, which is the date, and its end."""
    return f"Date: {formatdate(now, usegmt=True)}\r\n\r\n".encode("ascii")


def _connection(request: web.BaseRequest) -> bytes:
    """Give the line that says what becomes of the connection, where its version does not say so already."""
    if not request.keep_alive:
        return b"Connection: close\r\n"
    return b"" if request.version >= HttpVersion11 else b"Connection: keep-alive\r\n"


def _names(known: str, etag: str) -> bool:
    """Say whether an If-None-Match holds a tag; compared weakly, as RFC 9110 §13.1.2 has it."""
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return etag in tags or "*" in tags


def _takes_gzip(accepted: str) -> bool:
    return _GZIP.search(accepted) is not None


_GZIP = re.compile(
    r"(?:^|,)\s*(?:x-)?gzip\s*(?=[;,]|$)(?![^,]*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE | re.ASCII
)
"""gzip among the codings, without a weight of zero; a star does not ask for it."""
