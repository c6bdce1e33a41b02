"""
Tells another server's hub (WebSub) which feeds have changed, so that it fetches and sends them.

Only the feeds that stand as files are announced; what is composed when asked for is the hub's own to look at.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from feeds import topics
from feeds.entry import Site
from warp.background import Background
from warp.calling import Caller, NoAnswer, is_good

_AT_ONCE = 50
"""Feeds named in one request."""
_RECENT = timedelta(days=2)
"""After a start, what changed so lately is announced again: it may have changed while the server was down."""


class _Stamp(NamedTuple):
    """Changes whenever a file is replaced."""

    changed: int
    inode: int


class Pace(NamedTuple):
    """How often to look, in seconds."""

    glance: float = 1.0
    """Between two glances at whether something was published."""
    retry: float = 60.0
    """Before the hub is told again what it did not take."""


class Announcing:
    """Looks for feeds that have changed and names them to the hub."""

    def __init__(
        self,
        folder: Path,
        site: Site,
        caller: Caller,
        clock: Callable[[], datetime],
        background: Background,
        published: Callable[[], object],
        pace: Pace,
    ) -> None:
        self._folder = folder
        self._site = site
        self._caller = caller
        self._clock = clock
        self._background = background
        self._published = published
        self._pace = pace
        self._seen: object = None
        self._told: dict[str, _Stamp] = {}
        self._next_look = math.inf

    async def keep_looking(self) -> None:
        """Announce what is new, for ever."""
        self._told = self._before()
        while True:
            now, published = asyncio.get_running_loop().time(), self._published()
            if published != self._seen or now >= self._next_look:
                self._seen, self._next_look = published, math.inf
                await self._background.watched(self._look)
            await asyncio.sleep(self._pace.glance)

    def _before(self) -> dict[str, _Stamp]:
        """Give the feeds that have not changed lately, by the times of their contents."""
        recent = (self._clock() - _RECENT).timestamp()
        return {
            path: stamp
            for path, stamp in self._stamps().items()
            if (self._folder / path).stat().st_mtime < recent
        }

    def _stamps(self) -> dict[str, _Stamp]:
        found = {}
        for file in (self._folder / "feeds").rglob("*"):
            path = file.relative_to(self._folder).as_posix()
            if topics.is_topic(path, self._site):
                stat = file.stat()
                found[path] = _Stamp(stat.st_ctime_ns, stat.st_ino)
        return found

    async def _look(self) -> None:
        stamps = self._stamps()
        new = sorted(path for path, stamp in stamps.items() if self._told.get(path) != stamp)
        for start in range(0, len(new), _AT_ONCE):
            paths = new[start : start + _AT_ONCE]
            if not await self._tell(paths):
                self._next_look = asyncio.get_running_loop().time() + self._pace.retry
                break
            self._told |= {path: stamps[path] for path in paths}

    async def _tell(self, paths: Sequence[str]) -> bool:
        """Name feeds to the hub as its publishers do; says whether it took them."""
        fields = [("hub.mode", "publish"), *(("hub.url", f"{self._site.url}/{path}") for path in paths)]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = await self._caller.call("POST", self._site.hub, urlencode(fields).encode(), headers)
        except NoAnswer:
            return False
        return is_good(answer.status)
