"""
The members' tree: feeds, pages and all that belongs to them, for whoever shows a member's feed password.

It comes by HTTP Basic below `/members/`, or in the address below `/m/` where a reader knows no passwords. Who
has none learns nothing: the first answers 401 and the second 404, the same for every address, there or not.
Each request asks the identity database, once, whether the password is good, and never whose it is. So a
revoked one is void at the next request. Where too many ask at a time, good and wrong ones alike are told to
come later.
"""

import base64
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from handlers.errors import Problem, problem
from handlers.keys import IDENTITY, MEMBERS, PASSWORDS, Shelf
from keys import feed_password
from storage import feed_passwords

USER = "warp"
"""What to give readers that ask for a user name; any other does as well."""

Read = Callable[[web.Request, Shelf], Awaitable[web.StreamResponse]]
"""Answers for an address of a tree."""


def by_password(read: Read) -> Handler:
    """Let those read who send a feed password by HTTP Basic (RFC 7617), whatever user name is with it."""

    async def get(request: web.Request) -> web.StreamResponse:
        if not await _is_good(request, _password(request.headers.getall("Authorization", []))):
            return _ask()
        return await read(request, request.app[MEMBERS])

    return get


def by_address(read: Read) -> Handler:
    """Let those read whose address has a feed password as its part `password`."""

    async def get(request: web.Request) -> web.StreamResponse:
        found = read if await _is_good(request, request.match_info["password"]) else nothing
        return await found(request, request.app[MEMBERS])

    return get


async def nothing(_request: web.Request, _tree: Shelf) -> web.StreamResponse:
    """
    Answer for an address that no tree has.

    Raises:
        Problem: always.
    """
    raise Problem(404, "not-found", "There is nothing here.")


def _password(given: list[str]) -> str:
    """Give what a request's credentials have as password; empty if they are anything but one Basic pair."""
    scheme, _, pair = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(pair.strip(" "), validate=True).decode("latin-1").partition(":")[2]
    except ValueError:
        return ""


async def _is_good(request: web.Request, text: str) -> bool:
    password = feed_password.from_text(text)
    if password is None:
        return False
    async with request.app[PASSWORDS].one(), request.app[IDENTITY].read() as connection:
        return await feed_passwords.is_good(connection, password)


def _ask() -> web.Response:
    detail = "Only members read here. Send any user name and a feed password."
    response = problem(401, "feed-password", detail)
    response.headers["WWW-Authenticate"] = 'Basic realm="members", charset="UTF-8"'
    return response
