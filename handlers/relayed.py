"""`POST /v1/reports` at a relay: one envelope in, seen from outside only, and the server's answer out."""

from aiohttp import web

from handlers import bodies, reports
from handlers.keys import RELAY
from keys.envelope import SIZE, read_header


async def post(request: web.Request) -> web.Response:
    """Take an envelope; 202 once the server behind the relay has answered 202."""
    body = await bodies.read(request, reports.MEDIA_TYPE, SIZE)
    read_header(body)
    await request.app[RELAY].accept(body)
    return web.Response(status=202, headers={"Cache-Control": "no-store"})
