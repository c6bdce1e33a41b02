"""
A reader that subscribes: a web server of its own on this machine, which notes what it is asked and sent.

And the terms on which a hub under test may ask and send on this machine.
"""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from aiohttp import web

from tests.support import URL, Answer, Served, request
from warp import config
from warp.callbacks import Address, Reach
from warp.delivering import Pace
from warp.pushing import Terms

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DRILL = "feeds/en/drill.atom"
"""A feed that is nothing but a file, so a test can change it at will."""


def is_loopback(address: Address) -> bool:
    return str(address) == "127.0.0.1"


HERE = Reach(is_loopback, range(1, 65536), frozenset({"http"}))
TERMS = Terms(HERE, Pace(0.01, 0.02, (0.02, 0.02)), 0.02)
"""The hub looks for news all the time, and tries a delivery three times."""


class Delivery(NamedTuple):
    """What a subscriber was sent."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Subscriber:
    """What a subscriber answers, and what has come."""

    port: int = 0
    confirms: Callable[[str], web.StreamResponse] = lambda challenge: web.Response(text=challenge)
    statuses: list[int] = field(default_factory=list)
    """Of the answers to the next deliveries; 204 when there are none left."""
    asked: list[Mapping[str, str]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    """Of all requests."""
    sent: list[Delivery] = field(default_factory=list)
    waiting: int = 0
    """Requests that are not answered yet."""
    _held: asyncio.Event | None = None

    def answer_with(self, held: asyncio.Event) -> None:
        """Answer nothing more before an event."""
        self._held = held

    def callback(self, path: str = "/callback", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def answer(self, given: web.Request) -> web.StreamResponse:
        self.headers.append(given.headers.copy())
        if self._held is not None:
            self.waiting += 1
            await self._held.wait()
            self.waiting -= 1
        if given.method == "GET":
            self.asked.append(dict(given.query))
            return self.confirms(given.query["hub.challenge"])
        self.sent.append(Delivery(given.path_qs, given.headers.copy(), await given.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 204)


@contextlib.asynccontextmanager
async def subscriber(host: str = "127.0.0.1") -> AsyncIterator[Subscriber]:
    """Run one."""
    made = Subscriber()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, made.port).start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


def with_hub(data: Path, hub: str = "own") -> None:
    """Set a site's hub."""
    file = data / config.FILE
    text = file.read_text("utf-8")
    assert 'hub = ""' in text
    file.write_text(text.replace('hub = ""', f'hub = "{hub}"'), "utf-8")


async def ask(served: Served, callback: str, **fields: str) -> Answer:
    """Ask the hub of a served site for something."""
    form = {"mode": "subscribe", "topic": f"{URL}/{DRILL}", "callback": callback} | fields
    body = urlencode({f"hub.{name}": value for name, value in form.items()}).encode()
    return await request(served.port, "POST", "/hub", body, FORM)


async def until(happens: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Wait until something is so; gives what it gave."""
    async with asyncio.timeout(seconds):
        while True:
            found = happens()
            found = await found if inspect.isawaitable(found) else found
            if found:
                return found
            await asyncio.sleep(0.005)
