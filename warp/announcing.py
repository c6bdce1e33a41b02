"""
Tells another server's hub (WebSub) which feeds have changed, so that it fetches and sends them.

Only the feeds of one value, and of all warnings and drills, are announced: the other choices have no end.
"""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from feeds.composer import Newest
from feeds.entry import Site
from warp.background import Background
from warp.calling import Caller, NoAnswer, is_good

_AT_ONCE = 50
"""Feeds named in one request."""
_RECENT = timedelta(days=2)
"""After a start, what changed so lately is announced again: it may have changed while the server was down."""


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
        heads: Callable[[], Mapping[str, Newest]],
        site: Site,
        caller: Caller,
        clock: Callable[[], datetime],
        background: Background,
        published: Callable[[], object],
        pace: Pace,
    ) -> None:
        self._heads = heads
        self._site = site
        self._caller = caller
        self._clock = clock
        self._background = background
        self._published = published
        self._pace = pace
        self._seen: object = None
        self._told: dict[str, Newest] = {}
        self._next_look = math.inf

    async def keep_looking(self) -> None:
        """Announce what is new, for ever."""
        recent = self._clock() - _RECENT
        self._told = {path: one for path, one in (await self._newest()).items() if one.updated < recent}
        while True:
            now, published = asyncio.get_running_loop().time(), self._published()
            if published != self._seen or now >= self._next_look:
                self._seen, self._next_look = published, math.inf
                await self._background.watched(self._look)
            await asyncio.sleep(self._pace.glance)

    async def _newest(self) -> Mapping[str, Newest]:
        return await asyncio.to_thread(self._heads)

    async def _look(self) -> None:
        heads = await self._newest()
        new = sorted(path for path, newest in heads.items() if self._told.get(path) != newest)
        for start in range(0, len(new), _AT_ONCE):
            paths = new[start : start + _AT_ONCE]
            if not await self._tell(paths):
                self._next_look = asyncio.get_running_loop().time() + self._pace.retry
                break
            self._told |= {path: heads[path] for path in paths}

    async def _tell(self, paths: Sequence[str]) -> bool:
        """Name feeds to the hub as its publishers do; says whether it took them."""
        fields = [("hub.mode", "publish"), *(("hub.url", f"{self._site.url}/{path}") for path in paths)]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = await self._caller.call("POST", self._site.hub, urlencode(fields).encode(), headers)
        except NoAnswer:
            return False
        return is_good(answer.status)
