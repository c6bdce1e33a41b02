"""`POST /v1/reports`: one envelope in; nothing in the answer but that it is kept."""

from aiohttp import web

from handlers import bodies
from handlers.keys import CLOCK, INTAKE
from keys.envelope import SIZE

MEDIA_TYPE = "application/octet-stream"


async def post(request: web.Request) -> web.Response:
    """Take an envelope; 202 once it is on disk, and again for the same envelope."""
    body = await bodies.read(request, MEDIA_TYPE, SIZE)
    await request.app[INTAKE].accept(body, request.app[CLOCK]())
    return web.Response(status=202, headers={"Cache-Control": "no-store"})
