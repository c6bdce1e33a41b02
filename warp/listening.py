"""
Puts an application behind a socket, so that nothing of a connection is logged and the server has no name.

The server and the relay listen alike. What they answer is theirs.
"""

import asyncio
import contextlib
import functools
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from handlers import connection
from warp.events import Event, to_stderr

_KEEPALIVE_SECONDS = 75
"""An idle connection is kept so long."""
_BACKLOG = 1024
"""Connections that may wait to be accepted."""

Answers = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
"""What answers requests."""


class CannotListen(Exception):
    """The address to listen on cannot be had; says why."""


@contextlib.asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, around: Callable[[Answers], Answers] | None = None
) -> AsyncIterator[int]:
    """
    Serve an application; gives the port. Requests under way at the end are answered.

    Args:
        app: What answers.
        host: Address to listen on.
        port: Port; 0 for any.
        around: Gives what is asked before the application's router, if anything is.

    Raises:
        CannotListen: the address cannot be had.
    """
    silent = logging.getLogger("warp.silent")
    silent.disabled = True  # aiohttp would log the sender's address with an error
    app.on_response_prepare.append(_without_server_name)
    runner = web.AppRunner(app, access_log=None, logger=silent, handle_signals=False)
    async with contextlib.AsyncExitStack() as started:
        await runner.setup()
        started.push_async_callback(runner.cleanup)
        server, loop = runner.server, asyncio.get_running_loop()
        if server is None:
            raise RuntimeError("the runner has no server after its setup")
        if around is not None:
            server.request_handler = around(server.request_handler)
        accept = functools.partial(
            connection.Connection,
            server,
            loop=loop,
            keepalive_timeout=_KEEPALIVE_SECONDS,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's own way to have none
            logger=silent,
            auto_decompress=False,  # nothing is taken encoded
        )
        try:
            listener = await loop.create_server(accept, host, port, backlog=_BACKLOG)
        except OSError as error:
            number = error.errno or 0
            reason = os.strerror(number) if number > 0 else "the address is none"
            raise CannotListen(f"cannot listen: {reason}; choose with --host and --port") from None
        started.callback(listener.close)
        yield listener.sockets[0].getsockname()[1]


async def _without_server_name(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.popall("Server", None)


def say_only_events(loop: asyncio.AbstractEventLoop) -> None:
    """Have a loop say of what nobody caught no more than an event."""
    loop.set_exception_handler(_log_only_the_event)


def _log_only_the_event(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    error = context.get("exception")
    to_stderr(Event.FAULT, error if isinstance(error, BaseException) else None)
