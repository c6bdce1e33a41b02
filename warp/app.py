"""
The server: puts a site behind a socket and keeps its schedule.

The top of the composition, with nothing of its own to decide: routes, handlers and acts are handed the open
site's parts.
"""

import asyncio
import contextlib
import functools
import gc
import logging
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from handlers import bodies, connection, errors, pages, routes
from handlers import keys as given
from handlers.published import Published
from keys.keyring import locked
from warp.events import Event, to_stderr
from warp.intake import Intake
from warp.site import Clock, Site, open_site

_SIGNERS = 2
"""Bundles signed at a time."""
_KEEPALIVE_SECONDS = 75
"""An idle connection is kept so long."""
_LOOK_SECONDS = 60.0
"""The schedule looks at the clock so often."""
_BACKLOG = 1024
"""Connections that may wait to be accepted."""

_Answers = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class CannotListen(Exception):
    """The address to listen on cannot be had; says why."""


def application(site: Site, intake: Intake, body_seconds: float = bodies.TIMEOUT_SECONDS) -> web.Application:
    """Give the server's application, without a schedule."""
    app = web.Application(middlewares=[errors.middleware(site.hub.log)])
    app.add_routes(routes.routes(site.publisher.default))
    app[given.CLOCK] = site.sure_clock
    app[given.INTAKE] = intake
    app[given.BODY_SECONDS] = body_seconds
    app[given.SIGNERS] = asyncio.Semaphore(_SIGNERS)
    app[given.IDENTITY] = site.hub.identity
    app[given.KEYRING] = site.hub.keyring
    app[given.PUBLISHED] = Published(site.tree.folder, pages.style_source())
    app[given.READY] = site.is_ready
    app.on_response_prepare.append(_without_server_name)
    return app


async def _without_server_name(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.popall("Server", None)


@contextlib.asynccontextmanager
async def serving(
    site: Site, host: str, port: int, body_seconds: float = bodies.TIMEOUT_SECONDS
) -> AsyncIterator[int]:
    """
    Serve a site on a socket; gives the port.

    Args:
        site: What to serve.
        host: Address to listen on.
        port: Port; 0 for any.
        body_seconds: How long a request's body may take.

    Raises:
        CannotListen: the address cannot be had.
    """
    silent = logging.getLogger("warp.silent")
    silent.disabled = True  # aiohttp would log the sender's address with an error
    intake = Intake(site.hub.reports, site.hub.opener, lambda: secrets.randbits(63))
    app = application(site, intake, body_seconds)
    runner = web.AppRunner(app, access_log=None, logger=silent, handle_signals=False)
    async with intake.running(), contextlib.AsyncExitStack() as started:
        await runner.setup()
        started.push_async_callback(runner.cleanup)
        server, loop = runner.server, asyncio.get_running_loop()
        if server is None:
            raise RuntimeError("the runner has no server after its setup")
        server.request_handler = _known_first(app[given.PUBLISHED], server.request_handler)
        accept = functools.partial(
            connection.Connection,
            server,
            loop=loop,
            keepalive_timeout=_KEEPALIVE_SECONDS,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's own way to have none
            logger=silent,
            auto_decompress=False,  # nothing is taken encoded
        )
        try:
            listener = await loop.create_server(accept, host, port, backlog=_BACKLOG)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else "the address is none"
            raise CannotListen(f"cannot listen: {reason}; choose with --host and --port") from None
        started.callback(listener.close)
        yield listener.sockets[0].getsockname()[1]


def _known_first(published: Published, otherwise: _Answers) -> _Answers:
    """Answer for known files at once; the router and what stands around it cost as much as the answer."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        known = published.again(request)
        return await otherwise(request) if known is None else known

    return handle


Sleep = Callable[[float], Awaitable[None]]


async def keep_schedule(site: Site, sleep: Sleep = asyncio.sleep) -> None:
    """Do what is due at each full hour, for ever; a failure is logged and tried again at the next."""
    while True:
        await _full_hour(site.clock, sleep)
        try:
            await site.hour()
        except Exception as error:  # noqa: BLE001 - the schedule must outlive a full disk
            site.hub.log(Event.FAULT, error)


async def _full_hour(clock: Clock, sleep: Sleep) -> None:
    """Wait until an hour is full by the clock on the wall, though the machine sleeps or the clock is set."""
    hour = clock().replace(minute=0, second=0, microsecond=0)
    while (now := clock()) < hour + timedelta(hours=1):
        hour = min(hour, now.replace(minute=0, second=0, microsecond=0))
        left = (hour + timedelta(hours=1) - now).total_seconds()
        await sleep(min(left + 0.05, _LOOK_SECONDS))


async def serve(
    data: Path,
    host: str | None,
    port: int | None,
    started: Callable[[str], None],
    secret: Callable[[], bytes] = locked,
) -> None:
    """
    Run the server until it is cancelled.

    Args:
        data: The site.
        host: Instead of the configured one.
        port: Instead of the configured one.
        started: Told the address once it answers.
        secret: Gives the passphrase of the key files, if they are sealed.
    """
    asyncio.get_running_loop().set_exception_handler(_log_only_the_event)
    async with open_site(data, secret=secret) as site:
        site.hub.keyring.unlock()
        if not await site.catch_up():
            await site.mend()
        await site.publish_all()
        address = host or site.settings.listen.host
        async with serving(site, address, site.settings.listen.port if port is None else port) as bound:
            gc.collect()
            gc.freeze()  # what stands now stays; collections need not walk it again for every few requests
            site.hub.log(Event.STARTED)
            started(f"http://{address}:{bound}")
            try:
                await keep_schedule(site)
            finally:
                site.hub.log(Event.STOPPED)


def _log_only_the_event(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    error = context.get("exception")
    to_stderr(Event.FAULT, error if isinstance(error, BaseException) else None)
