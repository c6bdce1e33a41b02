"""
The builder: makes the address of a feed out of what somebody has chosen in the form, and shows its page.

No address takes a query, so the form is posted, and answered with where its feed's page is. What was posted
is in that address and nowhere else. Both are of the public tree alone.
"""

import asyncio
from datetime import UTC, datetime, time
from functools import partial
from urllib.parse import parse_qsl

from aiohttp import web

from feeds import filters
from feeds.compose import Composed
from feeds.composer import Composer
from feeds.entry import feeds_path
from feeds.filters import DRILL, Filter, UnknownFilter
from handlers import bodies, feed_pages
from handlers.errors import Problem
from handlers.keys import FORMS, PUBLIC
from handlers.published import FRESH

_MOST_BYTES = 16 * 1024
"""Every box of the form ticked is 10 KB."""
_MOST_FIELDS = 512
NEWEST = 10
"""Warnings on the page of a feed."""
_HTML = "text/html; charset=utf-8"


async def post(request: web.Request) -> web.StreamResponse:
    """
    Answer the form: 303 to the page of the feed that was chosen, or the form again with what to change.

    Raises:
        Problem: it is not what the form sends.
        Busy: too many have sent what cannot be had.
    """
    tree = request.app[PUBLIC]
    site, language = tree.feeds.composer.site, request.match_info["language"]
    given = _given(await bodies.read(request, "application/x-www-form-urlencoded", _MOST_BYTES))
    try:
        address = filters.choose(given).address
    except UnknownFilter as refusal:
        headers = {
            "Content-Type": _HTML,
            "Content-Security-Policy": tree.files.policy(has_form=True),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        }
        async with request.app[FORMS].one():
            form = await asyncio.to_thread(feed_pages.render_feeds, site, language, given, refusal)
        return web.Response(status=400, body=form, headers=headers)
    # Relative to the form's own page, so that whatever stands before it stays.
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


async def get(request: web.Request) -> web.StreamResponse:
    """
    Answer a GET for the page of a feed.

    Raises:
        Problem: there is no such feed.
        HTTPPermanentRedirect: it has another address.
        Busy: too many wait for pages and feeds.
    """
    tree = request.app[PUBLIC]
    language, address = request.match_info["language"], request.match_info["address"]
    try:
        filter_ = filters.parse(address)
    except UnknownFilter as error:
        raise Problem(404, "no-such-feed", f"There is no such feed: {error}.") from None
    if filter_ == DRILL:
        raise Problem(404, "no-such-feed", "The feed of drills has no page.")
    path = feeds_path(language, filter_.address)
    if not request.raw_path.endswith(f"/{path}"):
        raise web.HTTPPermanentRedirect("../" * address.count("/") + filter_.address)
    headers = {
        "Content-Type": _HTML,
        "Cache-Control": FRESH,
        "Content-Security-Policy": tree.files.policy(has_form=False),
    }
    return await tree.feeds.made(
        request, path, partial(page, tree.feeds.composer, language, filter_), headers
    )


def page(composer: Composer, language: str, filter_: Filter) -> Composed:
    """Give the page of a feed, with when the newest warning on it was updated."""
    site = composer.site
    newest = composer.newest(filter_, NEWEST)
    begun = datetime.combine(site.created, time(), UTC)
    updated = max((each.updated for each in newest if each.updated), default=begun)
    return Composed(feed_pages.render_feed(site, language, filter_, newest), updated)


def _given(body: bytes) -> dict[str, list[str]]:
    """Give the values of the form's fields, without those that are empty."""
    refused = Problem(400, "bad-form", "Send what the form at this address sends.")
    if len(body) > _MOST_BYTES:
        raise refused
    try:
        pairs = parse_qsl(body.decode("ascii"), errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise refused from None
    given: dict[str, list[str]] = {}
    for field, value in pairs:
        given.setdefault(field, []).append(value)
    return given
