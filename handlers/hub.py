"""`POST /hub`: somebody asks that a callback be sent a feed when it changes, or no longer (W3C WebSub)."""

import re
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl

from aiohttp import web

from feeds import topics
from handlers import bodies
from handlers.errors import Problem
from handlers.keys import CLOCK, HUB
from warp import callbacks
from warp.callbacks import BadCallback
from warp.subscribing import Intent, Subscribing

_MOST = 8192
_MOST_FIELDS = 32
_MOST_CALLBACK = 1024
_MOST_SECRET = 199
"""Bytes; the recommendation says less than 200."""
LEAST_LEASE, DEFAULT_LEASE, MOST_LEASE = timedelta(hours=1), timedelta(days=5), timedelta(days=10)
_DIGITS = re.compile(r"[0-9]{1,20}")
_REQUIRED = frozenset({"hub.mode", "hub.topic", "hub.callback"})
_FIELDS = _REQUIRED | {"hub.lease_seconds", "hub.secret"}
_MODES = {"subscribe": True, "unsubscribe": False}


async def post(request: web.Request) -> web.Response:
    """Take a request; 202, and the callback is asked afterwards."""
    hub = request.app.get(HUB)
    if hub is None:
        raise Problem(404, "not-found", "There is nothing here.")
    body = await bodies.read(request, "application/x-www-form-urlencoded", _MOST)
    intent = _intent(_fields(body), hub)
    request.app[CLOCK]()  # a lease ends by the date, so nothing is taken while that is in doubt
    await hub.ask(intent)
    return web.Response(status=202, headers={"Cache-Control": "no-store"})


def _fields(body: bytes) -> Mapping[str, str]:
    """Give the hub's fields of a form; those that it does not know count for nothing."""
    malformed = Problem(400, "bad-form", "Send hub.mode, hub.topic and hub.callback as a form, each once.")
    if len(body) > _MOST:
        raise malformed
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise malformed from None
    found = [(name, value) for name, value in pairs if name in _FIELDS]
    fields = dict(found)
    if len(fields) < len(found) or not set(fields) >= _REQUIRED:
        raise malformed
    return fields


def _intent(fields: Mapping[str, str], hub: Subscribing) -> Intent:
    subscribes = _MODES.get(fields["hub.mode"])
    if subscribes is None:
        raise Problem(400, "bad-mode", "hub.mode is subscribe or unsubscribe.")
    topic = topics.path_of(fields["hub.topic"], hub.site)
    if topic is None:
        raise Problem(404, "no-topic", "hub.topic is a public feed's address, as its Link rel=self says.")
    callback = fields["hub.callback"]
    try:
        callbacks.check(callback, hub.caller.reach)
    except BadCallback:
        callback = ""
    if not 0 < len(callback) <= _MOST_CALLBACK:
        detail = (
            "hub.callback is an https address on the open network, on the usual port, of up to 1,024 bytes."
        )
        raise Problem(400, "bad-callback", detail)
    secret = fields.get("hub.secret", "").encode()
    if len(secret) > _MOST_SECRET:
        raise Problem(400, "bad-secret", "hub.secret is shorter than 200 bytes.")
    return Intent(subscribes, topic, callback, _lease(fields.get("hub.lease_seconds", "")), secret)


def _lease(seconds: str) -> timedelta:
    """Give the lease: what was asked for, within bounds."""
    if not seconds:
        return DEFAULT_LEASE
    if not _DIGITS.fullmatch(seconds):
        raise Problem(400, "bad-lease", "hub.lease_seconds is a number of seconds.")
    return min(max(LEAST_LEASE, timedelta(seconds=min(int(seconds), 10**9))), MOST_LEASE)
