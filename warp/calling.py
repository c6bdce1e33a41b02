"""
Requests to addresses that strangers named: to the very host that was judged, and to no other.

Names are resolved here, every address of a name is judged, and the connection goes to an address that was
judged, so a name that leads elsewhere a moment later leads nowhere. Redirects are not followed, no proxy of
the environment is used, no cookie is kept, and of an answer no more is read than was asked for.
"""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from warp import callbacks
from warp.callbacks import Address, BadCallback, Reach

_TIMEOUT = aiohttp.ClientTimeout(total=10)
"""For all of a request, its answer included."""
_LOOKUPS = 8
"""Names looked up at a time, by threads of their own: a name server that is silent must not delay signing."""

Lookup = Callable[[str], Awaitable[list[str]]]
"""Gives the addresses of a name."""


class NoAnswer(Exception):
    """The address gave none in time, or may not be asked."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes
    """Its beginning."""


class _NotAllowed(OSError):
    """A name leads to an address that may not be asked."""


class _Judged(AbstractResolver):
    """Resolves names to addresses that may be asked; where one may not, the whole name may not."""

    def __init__(self, lookup: Lookup, reach: Reach) -> None:
        self._lookup = lookup
        self._reach = reach

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - always any
    ) -> list[ResolveResult]:
        found = [ip_address(address) for address in await self._lookup(host)]
        if not all(map(self._reach.allows, found)):
            raise _NotAllowed
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is open between two lookups."""


class Caller:
    """Makes requests. It works inside `open_caller`."""

    def __init__(self, session: aiohttp.ClientSession, reach: Reach) -> None:
        self._session = session
        self.reach = reach

    async def call(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        most: int = 0,
    ) -> Answer:
        """
        Make one request on a connection of its own.

        Args:
            method: GET or POST.
            url: The address.
            body: What to send.
            headers: Of the body.
            most: Bytes of the answer to read, at most.

        Raises:
            NoAnswer: there is none, or the address may not be asked.
        """
        try:
            callbacks.check(url, self.reach)
            async with self._session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return Answer(response.status, await _beginning(response.content, most))
        except (aiohttp.ClientError, BadCallback, OSError, TimeoutError):
            raise NoAnswer from None


async def _beginning(content: aiohttp.StreamReader, most: int) -> bytes:
    body = b""
    while len(body) < most and (piece := await content.read(most - len(body))):
        body += piece
    return body


@contextlib.asynccontextmanager
async def open_caller(reach: Reach, lookup: Lookup | None = None) -> AsyncIterator[Caller]:
    """
    Give what makes requests within a reach.

    Args:
        reach: Where they may go.
        lookup: The machine's own unless given.
    """
    with _threads() as threads:
        judged = _Judged(lookup or _of_machine(threads), reach)
        connector = aiohttp.TCPConnector(resolver=judged, use_dns_cache=False, force_close=True, limit=0)
        async with aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=_TIMEOUT,
            trust_env=False,
            auto_decompress=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "WARP"},
        ) as session:
            yield Caller(session, reach)


@contextlib.contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """Give threads for lookups, and wait for none of them at the end."""
    threads = ThreadPoolExecutor(_LOOKUPS, "lookup")
    try:
        yield threads
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _of_machine(threads: ThreadPoolExecutor) -> Lookup:
    async def lookup(host: str) -> list[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(threads, _addresses, host)
        return list(dict.fromkeys(found))

    return lookup


def _addresses(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [str(address[0]) for *_, address in found]


def is_good(status: int) -> bool:
    """Say whether a status means success."""
    return 200 <= status < 300


def is_strangers(address: Address) -> bool:
    """Say whether an address is on the open network and none of this machine's."""
    return callbacks.is_public(address) and not _is_own(address)


def _is_own(address: Address) -> bool:
    """An address that can be bound to is this machine's."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError as error:
        return error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    return True
