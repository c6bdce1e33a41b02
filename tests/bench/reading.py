"""
Readers of feeds: how fast who has a full feed already is answered, and who has not, and in how much memory.

The floor sends the same answers from bare handlers (`bare.py`). Everybody takes gzip, as readers do.
"""

import asyncio
import contextlib
import gzip
import http.client
import json
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import advisories
import serving
from serving import Compared, Served

from warp import founding, taxonomy
from warp.site import present

FEED = "/feeds/en/all.atom"
WARNINGS = 200
LANGUAGES = taxonomy.LANGUAGES
_OWN = frozenset({"Date", "Content-Length", "Connection", "Server"})
"""Headers that every server gives by itself."""


class Reading(NamedTuple):
    """What was measured."""

    entries: int
    """Of the feed."""
    unchanged: Compared
    whole: Compared
    feeds: int
    """Over which memory was measured."""
    memory_mb: tuple[float, float]
    """Resident, once every feed has been read, and after all readings."""


def measure(folder: Path, gets: int) -> Reading:
    """Give the rates of so many GETs a repeat, and the memory before and after twice as many of all feeds."""
    site = folder / "read"
    _found(site)
    with serving.warp_serve(site) as ours:
        whole, body = _get(ours.port, {})
        unchanged, _ = _get(ours.port, {"If-None-Match": whole["ETag"]})
        sent = folder / "body"
        sent.write_bytes(body)
        floor_of = (serving.HERE / "bare.py", sent, json.dumps(whole), json.dumps(unchanged))
        with serving.started(*floor_of) as floor:
            of_unchanged = _compare(ours, floor, "/unchanged", "--etag", whole["ETag"], "--count", gets)
            of_whole = _compare(ours, floor, "/whole", "--count", gets)
        feeds = _feeds(site)
        listed = folder / "feeds"
        listed.write_text("".join(f"/{feed}\n" for feed in feeds))
        memory = []
        for count in (len(feeds), 2 * gets):
            serving.load(ours.port, "--paths", listed, "--count", count)
            memory.append(ours.memory_mb()[0])
    entries = gzip.decompress(body).count(b"<entry")
    return Reading(entries, of_unchanged, of_whole, len(feeds), (memory[0], memory[1]))


def _found(site: Path) -> None:
    yesterday = present().date() - timedelta(days=1)
    settings = {"languages": LANGUAGES}
    asyncio.run(founding.found(site, "Bench", "http://bench.invalid", yesterday, settings=settings))
    drawn = advisories.drawn(WARNINGS, present().replace(microsecond=0) - timedelta(days=4), LANGUAGES)
    asyncio.run(advisories.store(site, drawn))


def _get(port: int, asked: dict[str, str]) -> tuple[dict[str, str], bytes]:
    """Give the headers and the body of the feed, without the headers that every server gives by itself."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", FEED, headers={"Accept-Encoding": "gzip"} | asked)
        answer = connection.getresponse()
        return {name: value for name, value in answer.headers.items() if name not in _OWN}, answer.read()


def _compare(ours: Served, floor: Served, floors_path: str, *asked: object) -> Compared:
    return serving.interleaved(
        lambda _: serving.load(ours.port, "--path", FEED, *asked),
        lambda _: serving.load(floor.port, "--path", floors_path, *asked),
    )


def _feeds(site: Path) -> list[str]:
    public = site / "public"
    files = (path for path in public.glob("feeds/**/*") if path.is_file() and path.suffix != ".gz")
    return sorted(str(path.relative_to(public)) for path in files)
