"""`POST /v1/members`: a team joins with its invitation. The only request that names a member, once."""

import base64

import msgspec
from aiohttp import web

from handlers import bodies
from handlers.errors import Problem
from handlers.keys import CLOCK, IDENTITY
from storage import members
from warp.forgetting import INVITATION_WEEKS
from warp.weeks import Week

_MOST = 1024
CREDENTIAL_BYTES = 32
INVITATION_BYTES = 16


class Joining(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a joining member sends; base64."""

    invitation: bytes
    """16 bytes: the invitation's code."""
    credential: bytes
    """32 random bytes of the client's choice, by which it fetches its bundles from now on."""


async def post(request: web.Request) -> web.Response:
    """Bind a credential to an invitation; 204, and again for the same two."""
    body = await bodies.read(request, "application/json", _MOST)
    malformed = Problem(400, "bad-request", "Send {invitation, credential} as JSON.")
    if len(body) > _MOST:
        raise malformed
    try:
        joining = msgspec.json.decode(body, type=Joining)
    except msgspec.DecodeError:
        raise malformed from None
    if len(joining.credential) != CREDENTIAL_BYTES or len(joining.invitation) != INVITATION_BYTES:
        raise Problem(400, "bad-request", "An invitation's code is 16 bytes, a credential 32, in base64.")
    earliest = str(Week.of(request.app[CLOCK]()).plus(-INVITATION_WEEKS))
    async with request.app[IDENTITY].write() as connection:
        joined = await members.join(connection, joining.invitation, joining.credential, earliest)
    if not joined:
        raise Problem(403, "invitation", "It is unknown, used or over four weeks old. Ask for a new one.")
    return web.Response(status=204, headers={"Cache-Control": "no-store"})


async def authenticated(request: web.Request) -> str:
    """
    Give the name of the member whose credential a request carries.

    Raises:
        Problem: there is none, or it belongs to nobody (any more).
    """
    refused = Problem(401, "credential", "Send your credential as Authorization: Bearer; or join again.")
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise refused
    try:
        credential = base64.b64decode(value, validate=True)
    except ValueError:
        raise refused from None
    async with request.app[IDENTITY].read() as connection:
        name = await members.by_credential(connection, credential)
    if name is None:
        raise refused
    return name
