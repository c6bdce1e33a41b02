"""
Who is sent feeds by the site's own hub (W3C WebSub): asks each callback whether it wants that.

Anybody can name any callback. So nothing is stored, and nothing but one small question is sent, before the
callback itself has answered with the challenge. Sending is `warp.delivering`.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.entry import Site
from storage import subscriptions
from storage.database import Database
from storage.subscriptions import Subscription
from warp.background import Background
from warp.callbacks import host_of
from warp.calling import Caller, NoAnswer, is_good

MOST = 1000
"""Subscriptions in all."""
MOST_PER_HOST = 100
"""Subscriptions whose callbacks have the same host."""
MOST_ASKED = 64
"""Callbacks that are being asked at a time …"""
MOST_ASKED_PER_HOST = 4
"""… and of one host."""
AFTER_REFUSAL_SECONDS = 10.0
"""A callback that did not confirm counts as being asked for so long, so that no host can be flooded."""

Content = Callable[[str], Awaitable[bytes | None]]
"""Gives a topic's bytes as they are served; none where there is no such feed now."""


class HubFull(Exception):
    """The hub takes no more for now."""


class Intent(NamedTuple):
    """What somebody says that a callback wants; its owner has not been asked yet."""

    subscribes: bool
    """Or else unsubscribes."""
    topic: str
    """Path of the feed."""
    callback: str
    lease: timedelta
    secret: bytes


class Subscribing:
    """Asks callbacks, and keeps what they confirm."""

    def __init__(
        self,
        database: Database,
        site: Site,
        content: Content,
        caller: Caller,
        clock: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        background: Background,
        after_refusal: float = AFTER_REFUSAL_SECONDS,
    ) -> None:
        self.site = site
        self.caller = caller
        self._database = database
        self._content = content
        self._clock = clock
        self._random_bytes = random_bytes
        self._background = background
        self._after_refusal = after_refusal
        self._asked: Counter[str] = Counter()

    async def ask(self, intent: Intent) -> None:
        """
        Begin to ask a callback whether it wants what somebody says that it wants.

        Raises:
            HubFull: there is no room for it, or too many are being asked.
        """
        host = host_of(intent.callback)
        async with self._database.read() as connection:
            is_known = await subscriptions.is_known(connection, intent.topic, intent.callback)
            has_room = not intent.subscribes or is_known or await _has_room(connection, host)
        if self._asked.total() >= MOST_ASKED or self._asked[host] >= MOST_ASKED_PER_HOST or not has_room:
            raise HubFull
        self._asked[host] += 1
        self._background.begin(partial(self._ask, intent, host, asks=intent.subscribes or is_known))

    async def _ask(self, intent: Intent, host: str, *, asks: bool) -> None:
        """Ask; or only take the time where there is nothing to end, so that nobody learns that."""
        try:
            if asks and await self._is_confirmed(intent):
                await self._background.whole(self._keep(intent))
            else:
                await asyncio.sleep(self._after_refusal)
        finally:
            self._asked[host] -= 1
            if not self._asked[host]:
                del self._asked[host]

    async def _is_confirmed(self, intent: Intent) -> bool:
        challenge = self._random_bytes(24).hex().encode()
        query = {
            "hub.mode": "subscribe" if intent.subscribes else "unsubscribe",
            "hub.topic": f"{self.site.url}/{intent.topic}",
            "hub.challenge": challenge.decode(),
        }
        if intent.subscribes:
            query["hub.lease_seconds"] = str(int(intent.lease.total_seconds()))
        joint = "&" if "?" in intent.callback else "?"
        url = f"{intent.callback}{joint}{urlencode(query)}"
        try:
            answer = await self.caller.call("GET", url, most=len(challenge) + 1)
        except NoAnswer:
            return False
        return is_good(answer.status) and answer.body == challenge

    async def _keep(self, intent: Intent) -> None:
        if not intent.subscribes:
            async with self._database.write() as connection:
                await subscriptions.remove(connection, intent.topic, intent.callback)
            return
        until = (self._clock() + intent.lease).date()
        document = await self._content(intent.topic)
        sent = b"" if document is None else sha256(document).digest()
        async with self._database.write() as connection:
            is_known = await subscriptions.is_known(connection, intent.topic, intent.callback)
            if is_known or await _has_room(connection, host_of(intent.callback)):
                new = Subscription(intent.topic, intent.callback, intent.secret, until, sent)
                await subscriptions.put(connection, new)


async def _has_room(connection: AsyncConnection, host: str) -> bool:
    in_all, theirs = await subscriptions.count(connection, host)
    return in_all < MOST and theirs < MOST_PER_HOST
