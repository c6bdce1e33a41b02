"""
The relay as a program: two addresses behind a socket, and a server to hand envelopes on to.

Composition, beside the server's. It has no folder, no configuration and no schedule.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable
from random import SystemRandom
from typing import Any

from aiohttp import web

from handlers import bodies, errors, routes
from handlers import keys as given
from warp import exchange, listening
from warp.carrier import DIRECT, Carrier
from warp.events import Event, Log, to_stderr
from warp.relay import Mixing, Relay

_RANDOM = SystemRandom()


def application(relay: Relay, log: Log, body_seconds: float) -> web.Application:
    """Give the relay's application."""
    app = web.Application(middlewares=[errors.middleware(log)])
    app.add_routes(routes.relay_routes())
    app[given.RELAY] = relay
    app[given.BODY_SECONDS] = body_seconds

    async def hurry(_app: web.Application) -> None:
        relay.hurry()  # or those who wait would hold up the end

    app.on_shutdown.append(hurry)
    return app


@contextlib.asynccontextmanager
async def relaying(
    to: str,
    host: str,
    port: int,
    mixing: Mixing,
    carrier: Carrier = DIRECT,
    *,
    log: Log = to_stderr,
    shuffle: Callable[[list[Any]], None] = _RANDOM.shuffle,
    body_seconds: float = bodies.TIMEOUT_SECONDS,
) -> AsyncIterator[int]:
    """
    Relay to a server on a socket; gives the port.

    Args:
        to: Address of the server, or of another relay.
        host: Address to listen on.
        port: Port; 0 for any.
        mixing: How envelopes are mixed.
        carrier: How they leave this machine.
        log: Takes the relay's events.
        shuffle: Puts a batch into random order.
        body_seconds: How long a request's body may take.

    Raises:
        CannotListen: the address cannot be had.
    """
    relay = Relay(functools.partial(exchange.send, to, carrier=carrier), mixing, shuffle)
    app = application(relay, log, body_seconds)
    async with relay.running(), listening.listening(app, host, port) as bound:
        yield bound


async def relay(
    to: str, host: str, port: int, mixing: Mixing, carrier: Carrier, started: Callable[[str], None]
) -> None:
    """Relay until cancelled; `started` is told the address once it answers."""
    listening.say_only_events(asyncio.get_running_loop())
    async with relaying(to, host, port, mixing, carrier) as bound:
        to_stderr(Event.STARTED)
        started(f"http://{host}:{bound}")
        try:
            await asyncio.Event().wait()
        finally:
            to_stderr(Event.STOPPED)
