"""
The load: a client process that keeps so many connections busy and counts answers.

Raw bytes on asyncio transports, because a full client would be the slowest part. An answer other than the
expected one ends the run: a benchmark of refusals measures nothing. Prints one JSON object, {answers,
seconds}; making connections is not in the seconds.
"""

import argparse
import asyncio
import itertools
import json
import mmap
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvloop

ENVELOPE = 16_384
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]+)", re.IGNORECASE)
_IN_HEAD = -1
"""Bytes left of an answer whose head is not read yet."""

Request = Sequence[bytes]
"""Parts that are written together."""


class Unexpected(Exception):
    """The server gave another answer than the run is about."""


class Connection(asyncio.Protocol):
    """One kept-alive connection: sends the next request as soon as the last one is answered."""

    def __init__(self, requests: Iterator[Request], status: bytes) -> None:
        self._requests = requests
        self._expected = b"HTTP/1.1 " + status
        self._head = b""
        self._left = _IN_HEAD
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def send(self) -> None:
        self._head, self._left = b"", _IN_HEAD
        request = next(self._requests, None)
        if request is None:
            self.ended.set_result(None)
            self._transport.close()
        else:
            self._transport.writelines(request)

    def data_received(self, data: bytes) -> None:
        if self._left == _IN_HEAD:
            self._read_head(data)
        else:
            self._left -= len(data)
        if self._left == 0:
            self.send()

    def _read_head(self, data: bytes) -> None:
        self._head += data
        head, end, body = self._head.partition(_END)
        if not end:
            return
        if not head.startswith(self._expected):
            self._fail(head.split(b"\r\n")[0].decode())
            return
        length = _LENGTH.search(head)
        self._left = (int(length[1]) if length else 0) - len(body)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why, the count shows
        self._fail("the connection was closed")

    def _fail(self, why: str) -> None:
        if not self.ended.done():
            self.ended.set_exception(Unexpected(why))


def posts(path: Path, first: int, count: int) -> list[Request]:
    """Give POSTs of envelopes out of a file that holds one after the other."""
    head = (
        "POST /v1/reports HTTP/1.1\r\nHost: bench.invalid\r\nContent-Type: application/octet-stream\r\n"
        f"Content-Length: {ENVELOPE}\r\n\r\n"
    ).encode()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as sealed:
        return [(head, sealed[i * ENVELOPE : (i + 1) * ENVELOPE]) for i in range(first, first + count)]


def gets(paths: Sequence[str], etag: str, count: int) -> list[Request]:
    """Give GETs of files in turn, of which the client has that of an ETag already."""
    known = f"If-None-Match: {etag}\r\n" if etag else ""
    heads = [
        f"GET {path} HTTP/1.1\r\nHost: bench.invalid\r\nAccept-Encoding: gzip\r\n{known}\r\n".encode()
        for path in paths
    ]
    return [(head,) for head in itertools.islice(itertools.cycle(heads), count)]


async def run(port: int, requests: Sequence[Request], status: str, connections: int) -> float:
    """Send all requests; gives the seconds from the first to the last answer."""
    loop, shared = asyncio.get_running_loop(), iter(requests)
    made = [
        (await loop.create_connection(lambda: Connection(shared, status.encode()), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    started = time.perf_counter()
    for each in made:
        each.send()
    await asyncio.gather(*(each.ended for each in made))
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--envelopes", type=Path, help="POST envelopes of this file")
    parser.add_argument("--first", type=int, default=0, help="number of the first envelope")
    parser.add_argument("--path", help="GET this address")
    parser.add_argument("--paths", type=Path, help="GET those in this file in turn, one a line")
    parser.add_argument("--etag", default="", help="and say that this is known")
    asked = parser.parse_args()
    if asked.envelopes:
        requests, status = posts(asked.envelopes, asked.first, asked.count), "202"
    else:
        paths = [asked.path] if asked.path else asked.paths.read_text("ascii").splitlines()
        requests, status = gets(paths, asked.etag, asked.count), "304" if asked.etag else "200"
    seconds = uvloop.run(run(asked.port, requests, status, asked.connections))
    print(json.dumps({"answers": len(requests), "seconds": seconds}))


if __name__ == "__main__":
    main()
