"""
Fetches copies of the directory for comparison: the server's own, and those that mirrors keep.

A mirror is any web server with the same files, under the server's addresses or under the names of its public
tree. Each copy is read on a connection of its own, without a credential, from the first document to the last,
so what is asked for says nothing of who asks. Judging is `keys.comparison`'s.
"""

import asyncio
from collections.abc import Callable

import aiohttp

from keys.comparison import Copy, number_of
from warp.carrier import Proxy
from warp.exchange import Unreachable, connection, public_file

_AT_ONCE = 4
"""Documents asked for at a time."""
_MOST = 2_000
"""Documents read of a copy: 38 years of weeks, and an end to what a forger can send."""
_LAYOUTS = ("{}/v1/directory/{}", "{}/v1/directory/{}.json")
"""A server's addresses, and the names in its public tree."""


async def of_server(url: str, proxy: Proxy | None = None) -> Copy:
    """
    Give a server's whole directory, from number 0 or from the oldest that is to be had.

    Raises:
        Unreachable: there is no directory.
    """
    async with connection(proxy) as session:
        newest = await public_file(session, f"{url}/v1/directory")
        number = None if newest is None else number_of(newest)
        if newest is None or number is None:
            raise Unreachable(f"{url}: there is no directory")
        address = _address(url, _LAYOUTS[0])
        documents = await _upwards(session, address, 0) or await _downwards(session, address, number)
    if not documents:
        raise Unreachable(f"{url}: the directory has no entries")
    return Copy(url, documents, newest)


async def brought_up_to_date(copy: Copy, proxy: Proxy | None = None) -> Copy:
    """Give a server's copy with what it published while mirrors were read."""
    async with connection(proxy) as session:
        first = max(copy.documents, default=-1) + 1
        more = await _upwards(session, _address(copy.name, _LAYOUTS[0]), first)
    newest = more[max(more)] if more else copy.newest
    return copy._replace(documents={**copy.documents, **more}, newest=newest)


async def of_mirror(url: str, first: int, proxy: Proxy | None = None) -> Copy:
    """
    Give a mirror's copy.

    Args:
        url: What the mirror has in front of `/v1/directory/`.
        first: The server's oldest number.
        proxy: What the requests go through, if anything.

    Raises:
        Unreachable: there is no such copy.
    """
    async with connection(proxy) as session:
        for layout in _LAYOUTS:
            documents = await _upwards(session, _address(url, layout), first)
            if documents:
                return Copy(url, documents)
    raise Unreachable(f"{url}: there is no copy of the directory from number {first} on")


def _address(url: str, layout: str) -> Callable[[int], str]:
    return lambda number: layout.format(url, number)


async def _upwards(
    session: aiohttp.ClientSession, address: Callable[[int], str], first: int
) -> dict[int, bytes]:
    """Give the documents from a number on, up to the first that is not there or says another number."""
    found: dict[int, bytes] = {}
    for start in range(first, first + _MOST, _AT_ONCE):
        numbers = range(start, start + _AT_ONCE)
        asked = (public_file(session, address(number)) for number in numbers)
        answers = await asyncio.gather(*asked, return_exceptions=True)  # so none runs on after another fails
        for number, document in zip(numbers, answers, strict=True):
            if isinstance(document, BaseException):
                raise document
            if document is None:
                return found
            found[number] = document
            if number_of(document) != number:  # it proves enough; whatever answers so may answer for ever
                return found
    return found


async def _downwards(
    session: aiohttp.ClientSession, address: Callable[[int], str], last: int
) -> dict[int, bytes]:
    """Give the documents up to a number, down to the first that is not there."""
    found: dict[int, bytes] = {}
    for number in range(last, max(-1, last - _MOST), -1):
        document = await public_file(session, address(number))
        if document is None:
            break
        found[number] = document
    return found
