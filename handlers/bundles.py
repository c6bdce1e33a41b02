"""
`POST /v1/bundles/{week}`: signs a member's 35 blinded tokens of a week, once.

The server sees who asks and signs what it cannot read; the tokens that come of it cannot be linked to the
request. The same request again gets the same answer, so that a lost reply costs nothing.
"""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from handlers import bodies, members
from handlers.errors import Problem
from handlers.keys import CLOCK, IDENTITY, KEYRING, SIGNERS
from keys.directory import BUNDLE, FURTHER_TOKENS
from keys.errors import BadBlindedMessage
from keys.keyring import WEEKS_AHEAD, WeekKeys
from keys.tokens import REQUEST_SIZE, IssuerKey
from storage import members as stored
from warp.weeks import Week

MEDIA_TYPE = "application/octet-stream"


async def post(request: web.Request) -> web.Response:
    """Give 35 × 256 bytes: the signatures, in the directory's key order."""
    member = await members.authenticated(request)
    week = _week(request)
    keys = request.app[KEYRING].week(week)
    if keys is None:
        raise Problem(404, "no-keys", "This week has no token keys here. Sync with the directory first.")
    body = await bodies.read(request, MEDIA_TYPE, BUNDLE * REQUEST_SIZE)
    if len(body) != BUNDLE * REQUEST_SIZE:
        raise Problem(400, "bad-bundle", "A bundle is 35 blinded tokens of 256 bytes.")
    blinded = [body[i : i + REQUEST_SIZE] for i in range(0, len(body), REQUEST_SIZE)]
    issuers = (*keys.first.values(), *(keys.further,) * FURTHER_TOKENS)
    _check(blinded, issuers, keys)
    async with request.app[IDENTITY].write() as connection:
        claimed = await stored.claim_bundle(connection, member, str(week), body)
    if not claimed:
        raise Problem(409, "bundle-taken", "This member has had its tokens of this week for another request.")
    async with request.app[SIGNERS]:
        signatures = await asyncio.to_thread(_sign, blinded, issuers)
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=signatures, content_type=MEDIA_TYPE, headers=headers)


def _sign(blinded: Sequence[bytes], issuers: Sequence[IssuerKey]) -> bytes:
    return b"".join(issuer.blind_sign(message) for message, issuer in zip(blinded, issuers, strict=True))


def _check(blinded: Sequence[bytes], issuers: Sequence[IssuerKey], keys: WeekKeys) -> None:
    """Refuse what cannot be signed before the member's one bundle is spent on it."""
    for message, issuer in zip(blinded, issuers, strict=True):
        if not 0 < int.from_bytes(message) < keys.token_kinds[issuer.key_id].key.numbers.n:
            raise BadBlindedMessage


def _week(request: web.Request) -> Week:
    current = Week.of(request.app[CLOCK]())
    try:
        week = Week.parse(request.match_info["week"])
    except ValueError:
        raise Problem(404, "no-week", "A week is written like 2026-W47.") from None
    if not current <= week <= current.plus(WEEKS_AHEAD):
        raise Problem(404, "no-keys", "Tokens are given for the current week and the next four.")
    return week
