"""`GET /healthz` and `GET /readyz`, for whatever watches the process. They say nothing of what it holds."""

from aiohttp import web

from handlers.errors import Problem
from handlers.keys import READY


async def alive(_request: web.Request) -> web.Response:
    """Say that the process answers."""
    return web.Response(text="ok\n", headers={"Cache-Control": "no-store"})


async def ready(request: web.Request) -> web.Response:
    """Say whether it can take reports: databases open, keys of this week there."""
    if not await request.app[READY]():
        raise Problem(503, "not-ready", "The server cannot take reports now; `warp status` says why.")
    return web.Response(text="ready\n", headers={"Cache-Control": "no-store"})
