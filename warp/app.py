"""
The server: puts a site behind a socket and keeps its schedule.

The top of the composition, with nothing of its own to decide: routes, handlers and acts are handed the open
site's parts.
"""

import asyncio
import contextlib
import functools
import gc
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from handlers import bodies, errors, rendering, routes
from handlers import keys as given
from handlers.feeds import Feeds
from handlers.published import Published
from handlers.turns import Turns
from keys.errors import DamagedKeyFile
from keys.keyring import locked
from warp import listening
from warp.events import Event
from warp.intake import Intake
from warp.issuing import Outlet
from warp.listening import Answers
from warp.pushing import Terms, pushing, usual_terms
from warp.site import Clock, Site, open_site
from warp.weeks import Week

_SIGNERS = 2
"""Bundles signed at a time."""
_FORMS_WAITING = 16
"""Refused forms that wait to be rendered: a sixth of a second of them."""
_PASSWORDS, _PASSWORDS_WAITING = 4, 256
"""Feed passwords looked up at a time, and those that wait for it: a second of them."""
_LOOK_SECONDS = 60.0
"""The schedule looks at the clock so often."""


def application(site: Site, intake: Intake, body_seconds: float = bodies.TIMEOUT_SECONDS) -> web.Application:
    """Give the server's application, without a schedule."""
    app = web.Application(middlewares=[errors.middleware(site.hub.log)])
    app.add_routes(routes.routes(site.publisher.languages))
    app[given.CLOCK] = site.sure_clock
    app[given.INTAKE] = intake
    app[given.BODY_SECONDS] = body_seconds
    app[given.SIGNERS] = asyncio.Semaphore(_SIGNERS)
    app[given.FORMS] = Turns(1, _FORMS_WAITING)
    app[given.PASSWORDS] = Turns(_PASSWORDS, _PASSWORDS_WAITING)
    app[given.IDENTITY] = site.hub.identity
    app[given.KEYRING] = site.hub.keyring
    public, members = site.outlets
    app[given.PUBLIC], app[given.MEMBERS] = _shelf(public, closed=False), _shelf(members, closed=True)
    app[given.READY] = site.is_ready
    return app


def _shelf(outlet: Outlet, *, closed: bool) -> given.Shelf:
    files = Published(outlet.tree.folder, rendering.style_source(), closed=closed)
    return given.Shelf(files, Feeds(outlet.tree.folder, outlet.store.folder, outlet.site, files))


@contextlib.asynccontextmanager
async def serving(
    site: Site,
    host: str,
    port: int,
    body_seconds: float = bodies.TIMEOUT_SECONDS,
    terms: Terms | None = None,
) -> AsyncIterator[int]:
    """
    Serve a site on a socket; gives the port.

    Args:
        site: What to serve.
        host: Address to listen on.
        port: Port; 0 for any.
        body_seconds: How long a request's body may take.
        terms: On what terms readers are told of news; the usual ones unless given.

    Raises:
        CannotListen: the address cannot be had.
    """
    intake = Intake(site.hub.reports, site.hub.opener, lambda: secrets.randbits(63))
    app = application(site, intake, body_seconds)
    public = app[given.PUBLIC]
    known_first = functools.partial(_known_first, public)
    usual = usual_terms(site.settings.url)
    async with intake.running(), pushing(site, public.feeds, terms or usual) as hub:
        if hub is not None:
            app[given.HUB] = hub
        async with listening.listening(app, host, port, known_first) as bound:
            yield bound


def _known_first(public: given.Shelf, otherwise: Answers) -> Answers:
    """Answer for what is known at once; the router and what stands around it cost as much as the answer."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        known = public.files.again(request) or public.feeds.again(request)
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


async def keep_issuing(site: Site, sleep: Sleep = asyncio.sleep) -> None:
    """Each minute let out what is due, and each second sign what another process has published, for ever."""
    minute, known = site.clock().replace(second=0, microsecond=0), site.published()
    while True:
        await sleep(1)
        now = site.clock().replace(second=0, microsecond=0)
        try:
            if now != minute:
                minute = now
                await site.minute()
            if site.published() != known:
                known = site.published()
                await site.sign_twins()
        except Exception as error:  # noqa: BLE001 - it is tried again a minute later
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
    listening.say_only_events(asyncio.get_running_loop())
    async with open_site(data, secret=secret) as site:
        site.hub.keyring.unlock()
        with contextlib.suppress(DamagedKeyFile):  # `warp status` names it; all else can be served
            site.hub.keyring.week(Week.of(site.clock()))  # now, so that key files may be sealed beside it
        if await site.catch_up():
            await site.publish_all()
        else:
            await site.mend()
        address = host or site.settings.listen.host
        async with serving(site, address, site.settings.listen.port if port is None else port) as bound:
            gc.collect()
            gc.freeze()  # what stands now stays; collections need not walk it again for every few requests
            site.hub.log(Event.STARTED)
            started(f"http://{address}:{bound}")
            try:
                await asyncio.gather(keep_schedule(site), keep_issuing(site))
            finally:
                site.hub.log(Event.STOPPED)
