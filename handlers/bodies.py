"""Reads request bodies: of a known size, in limited time, never more than asked for."""

import asyncio

from aiohttp import web

from handlers.errors import Problem
from handlers.keys import BODY_SECONDS

TIMEOUT_SECONDS = 30.0
"""For the whole body, unless the application says otherwise; 16 KiB come through three Tor hops in less."""


async def read(request: web.Request, media_type: str, most: int) -> bytes:
    """
    Give a request's body.

    Args:
        request: The request.
        media_type: The only one taken.
        most: Bytes; reading stops after one more, so a longer body is seen to be longer and costs nothing.

    Raises:
        Problem: another media type, an encoded body, or one that ends too early or not in time.
    """
    if request.content_type != media_type:
        raise Problem(415, "media-type", f"Send it as Content-Type: {media_type}")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "content-encoding", "Send it without a content encoding.")
    body = b""
    here_already = request.content.is_eof()  # a timer for each request would cost more than reading it
    try:
        async with asyncio.timeout(None if here_already else request.app[BODY_SECONDS]):
            while len(body) <= most:
                chunk = await request.content.read(most + 1 - len(body))
                if not chunk:
                    break
                body += chunk
    except TimeoutError:
        raise Problem(408, "too-slow", "The body did not arrive in time. Send it again.") from None
    except (ConnectionError, web.RequestPayloadError):
        raise Problem(400, "incomplete", "The body did not arrive whole. Send it again.") from None
    return body
