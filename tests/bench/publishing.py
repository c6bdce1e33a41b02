"""
A site of ten thousand warnings: how soon the next one is in all feeds, and what a feed costs that is no file.

One process publishes beside the one that serves, as `warp advisory publish` does; their start does not count.
"""

import asyncio
import contextlib
import http.client
import itertools
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import advisories
import msgspec
import serving

from warp import founding, taxonomy
from warp.advisory import Advisory
from warp.site import open_site, present

LANGUAGES = taxonomy.LANGUAGES
_FORMATS = ("atom", "rss", "json")


class Publishing(NamedTuple):
    """What was measured."""

    start: float
    """Seconds until the server answers, after it has written the whole site for the first time."""
    written: list[float]
    """Seconds until all that one more warning affects was written, warning by warning."""
    visible: list[float]
    """Seconds until the server gave it, in the feed of all warnings and in one that it composes."""
    everywhere: float
    """Seconds until all was written of a warning that stands in the feeds of all countries."""
    from_disk_ms: list[float]
    """Milliseconds until the server gave each of some composed feeds that nobody had asked for."""
    from_memory_ms: list[float]
    """The same of feeds whose entries all stand in those."""
    memory_mb: tuple[float, float]
    """Resident in the serving process at its start, and then."""


def measure(folder: Path, warnings: int) -> Publishing:
    """Publish so many warnings, and then some more, one by one."""
    data = folder / "busy"
    yesterday = present().date() - timedelta(days=1)
    settings = {"languages": LANGUAGES}
    asyncio.run(founding.found(data, "Bench", "http://bench.invalid", yesterday, settings=settings))
    last = present().replace(microsecond=0) - timedelta(days=4)
    drawn = list(advisories.drawn(warnings + serving.REPEATS + 1, last, LANGUAGES))
    asyncio.run(advisories.store(data, drawn[:warnings]))
    *typical, everywhere = drawn[warnings:]
    everywhere = [msgspec.structs.replace(version, place="", history=()) for version in everywhere[:1]]
    started = time.perf_counter()
    with serving.warp_serve(data) as server:
        start = time.perf_counter() - started
        at_start = server.memory_mb()[0]
        found = [asyncio.run(_publish(data, server.port, each)) for each in typical]
        of_all = asyncio.run(_publish(data, server.port, everywhere))
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
            from_disk = list(_ask(connection, "UY", "BR"))
            from_memory = list(_ask(connection, "BR,UY"))
        memory = (at_start, server.memory_mb()[0])
    written, visible = ([each[i] for each in found] for i in range(2))
    return Publishing(start, written, visible, of_all[0], from_disk, from_memory, memory)


async def _publish(data: Path, port: int, versions: list[Advisory]) -> tuple[float, float]:
    """Give the seconds until everything is written, and until the server gives it."""
    await advisories.store(data, [versions])
    one = versions[-1]
    types = sorted((one.type, "fraud" if one.type == "other" else "other"))
    feeds = ("/feeds/en/all.atom", f"/feeds/en/type/{','.join(types)}.atom")
    async with open_site(data) as site:
        started = time.perf_counter()
        seen = asyncio.create_task(asyncio.to_thread(_wait, port, feeds, one.id))
        await site.publish_advisories([one.id])
        written = time.perf_counter() - started
        return written, await seen - started


def _wait(port: int, feeds: Iterable[str], name: str) -> float:
    """Give when a warning stands in all of some feeds."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        for feed in feeds:
            while name.encode() not in _get(connection, feed, "identity"):
                time.sleep(0.01)
    return time.perf_counter()


def _ask(connection: http.client.HTTPConnection, *countries: str) -> Iterator[float]:
    """Ask for feeds of countries; gives milliseconds."""
    for class_, country, format_ in itertools.product(taxonomy.CLASSES[:4], countries, _FORMATS):
        started = time.perf_counter()
        _get(connection, f"/feeds/en/type/{class_}/country/{country}/min/low.{format_}", "gzip")
        yield (time.perf_counter() - started) * 1000


def _get(connection: http.client.HTTPConnection, path: str, encoding: str) -> bytes:
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{path} was answered {answer.status}")
    return answer.read()
