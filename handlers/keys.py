"""What the composition root hands to the handlers, by typed application keys."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

from aiohttp import web

from handlers.feeds import Feeds
from handlers.published import Published
from handlers.turns import Turns
from keys.keyring import Keyring
from storage.database import Database
from warp.intake import Intake
from warp.relay import Relay
from warp.subscribing import Subscribing


class Shelf(NamedTuple):
    """A tree, as it is served."""

    files: Published
    feeds: Feeds


CLOCK: web.AppKey[Callable[[], datetime]] = web.AppKey("clock")
"""Gives the present time, aware, or says that it cannot be believed; never an argument of a request."""
INTAKE: web.AppKey[Intake] = web.AppKey("intake", Intake)
RELAY: web.AppKey[Relay] = web.AppKey("relay", Relay)
HUB: web.AppKey[Subscribing] = web.AppKey("hub", Subscribing)
"""Only if the site has a hub of its own."""
IDENTITY: web.AppKey[Database] = web.AppKey("identity", Database)
KEYRING: web.AppKey[Keyring] = web.AppKey("keyring", Keyring)
PUBLIC: web.AppKey[Shelf] = web.AppKey("public", Shelf)
MEMBERS: web.AppKey[Shelf] = web.AppKey("members", Shelf)
BODY_SECONDS: web.AppKey[float] = web.AppKey("body seconds", float)
"""How long a request's body may take."""
SIGNERS: web.AppKey[asyncio.Semaphore] = web.AppKey("signers", asyncio.Semaphore)
"""Lets so many bundles be signed at a time; each takes a thread some 40 to 80 ms."""
FORMS: web.AppKey[Turns] = web.AppKey("forms", Turns)
"""Lets so many refused forms be rendered at a time; each takes a thread some 10 ms."""
PASSWORDS: web.AppKey[Turns] = web.AppKey("passwords", Turns)
"""Lets so many feed passwords be looked up at a time, so that connections are left for all else."""
READY: web.AppKey[Callable[[], Awaitable[bool]]] = web.AppKey("ready")
