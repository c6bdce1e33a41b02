"""
Sends feeds that have changed to those who subscribed at the site's own hub (W3C WebSub).

What was last sent is known of each subscription, so news is found by comparing, and a stop of the server
loses none. A delivery that fails is tried a few times, then left until the feed changes again: readers also
look by themselves. Who subscribes is up to `warp.subscribing`.
"""

import asyncio
import contextlib
import hmac
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from feeds import topics
from feeds.entry import Site
from storage import subscriptions
from storage.database import Database
from storage.subscriptions import Subscription
from warp.background import Background
from warp.callbacks import host_of
from warp.calling import Caller, NoAnswer, is_good
from warp.schedule import ClockInDoubt
from warp.subscribing import Content

_AT_ONCE = 16
"""Hosts that are sent to at a time, each one feed after the other …"""
_SLOW_AT_ONCE = 8
"""… and besides these, of those that were slow …"""
_HOST_SECONDS = 30.0
"""… for so long; what is left waits for the next look."""
_DELIVERY_SECONDS = 5.0
"""One delivery, its answer included."""
_SLOW_SECONDS = 1.0
"""A host at which a delivery takes longer is slow."""
_UNKNOWN_SECONDS = 0.3
"""What a host counts for that has been sent nothing since the start."""
_GONE = 410


class Pace(NamedTuple):
    """How often to look and try, in seconds."""

    glance: float = 1.0
    """Between two glances at whether something was published."""
    look: float = 60.0
    """Between two looks at what there is to send, if nothing was."""
    retries: tuple[float, ...] = (60.0, 600.0, 3600.0)
    """Before each further attempt to deliver the same."""


class _Failed(NamedTuple):
    """A delivery that failed."""

    digest: bytes | None
    """Of what was to be sent."""
    times: int
    again: float
    """When it is tried again, by the loop's clock."""


class Delivering:
    """Looks for news and sends it."""

    def __init__(
        self,
        database: Database,
        site: Site,
        content: Content,
        caller: Caller,
        clock: Callable[[], datetime],
        background: Background,
        published: Callable[[], object],
        pace: Pace,
    ) -> None:
        self._database = database
        self._site = site
        self._content = content
        self._caller = caller
        self._clock = clock
        self._background = background
        self._pace = pace
        self._published = published
        self._seen: object = None
        self._digests: dict[str, bytes | None] = {}
        self._next_look = 0.0
        self._busy: set[str] = set()
        self._failed: dict[tuple[str, str], _Failed] = {}
        self._sent: dict[tuple[str, str], bytes] = {}
        """Hashes of what was sent last, by this process."""
        self._took: dict[str, float] = {}
        """Seconds of a delivery, by host: of the last ones, or half of what it was before if that is more."""
        self._prompt, self._slow = asyncio.Semaphore(_AT_ONCE), asyncio.Semaphore(_SLOW_AT_ONCE)

    async def keep_looking(self) -> None:
        """Send what is new, for ever."""
        while True:
            now, published = asyncio.get_running_loop().time(), self._published()
            if published != self._seen:
                self._seen, self._next_look = published, now
                self._digests.clear()
            if now >= self._next_look:
                self._next_look = now + self._pace.look
                await self._background.watched(self._look)
            await asyncio.sleep(self._pace.glance)

    async def _look(self) -> None:
        """Begin to send what is new, host by host; where nothing failed first, and where it was quick."""
        known = await self._background.whole(self._running_leases())
        present = {_key(each) for each in known}
        self._failed = {key: failed for key, failed in self._failed.items() if key in present}
        self._sent = {key: digest for key, digest in self._sent.items() if key in present}
        there = {host_of(each.callback) for each in known}
        self._took = {host: seconds for host, seconds in self._took.items() if host in there}
        hosts: dict[str, list[Subscription]] = defaultdict(list)
        for one in sorted(await self._with_news(known), key=self._place):
            hosts[host_of(one.callback)].append(one)
        for host, due in hosts.items():
            if host not in self._busy:
                self._busy.add(host)
                self._background.begin(partial(self._send_to_host, host, due))

    async def _running_leases(self) -> list[Subscription]:
        """Give all subscriptions, once those that have ended are deleted."""
        async with self._database.read() as connection:
            known = await subscriptions.everyone(connection)
        try:
            today = self._clock().date()
        except ClockInDoubt:  # then nothing ends
            return known
        running = [each for each in known if each.until >= today]
        if len(running) < len(known):
            async with self._database.write() as connection:
                await subscriptions.forget_ended(connection, today)
        return running

    async def _with_news(self, known: Sequence[Subscription]) -> list[Subscription]:
        """Give the subscriptions whose feed is another one than was last sent, if it is time to send it."""
        for topic in {each.topic for each in known} - set(self._digests):
            document = await self._content(topic)
            self._digests[topic] = None if document is None else sha256(document).digest()
        return [each for each in known if self._is_due(each, self._digests[each.topic])]

    def _is_due(self, one: Subscription, digest: bytes | None) -> bool:
        if digest is None or digest == one.sent:
            return False
        failed = self._failed.get(_key(one))
        if failed is None or failed.digest != digest:
            return True
        return failed.again <= asyncio.get_running_loop().time()

    def _place(self, one: Subscription) -> tuple[int, float]:
        """Give what says when it is its turn; the least comes first."""
        failed = self._failed.get(_key(one))
        times = 0 if failed is None else failed.times
        return times, self._took.get(host_of(one.callback), _UNKNOWN_SECONDS)

    async def _send_to_host(self, host: str, due: Sequence[Subscription]) -> None:
        before = self._took.get(host, _UNKNOWN_SECONDS)
        try:
            async with self._slow if before > _SLOW_SECONDS else self._prompt:
                begun = asyncio.get_running_loop().time()
                tried = await self._send_all(due)
                took = asyncio.get_running_loop().time() - begun
            self._took[host] = max(took / tried, before / 2)
        finally:
            self._busy.discard(host)

    async def _send_all(self, due: Sequence[Subscription]) -> int:
        """Send one feed after the other, until a host is silent or has had its time; gives how many."""
        tried = 0
        with contextlib.suppress(TimeoutError):  # what is left is as new at the next look
            async with asyncio.timeout(_HOST_SECONDS):
                for tried, one in enumerate(due, 1):
                    if not await self._send(one):
                        self._fail(due[tried - 1 :])
                        break
        return tried

    async def _send(self, one: Subscription) -> bool:
        """Send a feed as it is now; says whether its host answered."""
        document = await self._content(one.topic)
        if document is None or self._sent.get(_key(one)) == sha256(document).digest():
            return True  # what was sent since it was looked up is no news
        try:
            async with asyncio.timeout(_DELIVERY_SECONDS):
                answer = await self._caller.call("POST", one.callback, document, self._headers(one, document))
        except (NoAnswer, TimeoutError):
            return False
        if is_good(answer.status) or answer.status == _GONE:
            self._failed.pop(_key(one), None)
            await self._background.whole(self._note(one, document, answer.status))
        else:
            self._fail([one])
        return True

    async def _note(self, one: Subscription, document: bytes, status: int) -> None:
        async with self._database.write() as connection:
            if status == _GONE:
                await subscriptions.remove(connection, one.topic, one.callback)
            else:
                digest = self._sent[_key(one)] = sha256(document).digest()
                await subscriptions.mark_sent(connection, one.topic, one.callback, digest)

    def _headers(self, one: Subscription, document: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": topics.media_type(one.topic),
            "Link": topics.link_header(self._site, one.topic),
        }
        if one.secret:
            headers["X-Hub-Signature"] = f"sha256={hmac.new(one.secret, document, sha256).hexdigest()}"
        return headers

    def _fail(self, these: Iterable[Subscription]) -> None:
        """Remember that deliveries failed, and when each is tried again; in the end, with the next news."""
        now = asyncio.get_running_loop().time()
        for one in these:
            digest = self._digests.get(one.topic)
            before = self._failed.get(_key(one))
            times = before.times if before is not None and before.digest == digest else 0
            pause = self._pace.retries[times] if times < len(self._pace.retries) else math.inf
            self._failed[_key(one)] = _Failed(digest, times + 1, now + pause)
            self._next_look = min(self._next_look, now + pause)


def _key(one: Subscription) -> tuple[str, str]:
    return one.topic, one.callback
