"""
What happens on a connection below the routes: input that is not HTTP, and clients that wait to be asked.

aiohttp would answer both with text that repeats the input and names the server's software. Here they get a
problem document like everything else that is refused. What is HTTP goes to the routes unseen.
"""

from aiohttp import HttpVersion11, web

from handlers.errors import FAULT, NOT_HTTP, problem


class Connection(web.RequestHandler):
    """One connection of a client."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,  # noqa: ARG002 - its text repeats the input
        message: str | None = None,  # noqa: ARG002 - the same
    ) -> web.StreamResponse:
        """Answer what could not be read as a request, or what failed outside every handler, and hang up."""
        if request.writer.output_size > 0:
            raise ConnectionError  # an answer is under way: aiohttp ends the connection
        response = problem(*FAULT) if status == 500 else problem(status, NOT_HTTP.name, NOT_HTTP.detail)
        response.headers["Server"] = ""  # no application is at hand that could leave it out
        response.force_close()
        return response


async def expect(request: web.Request) -> None:
    """Ask for the body where a client waits to be asked (RFC 9110 §10.1.1); hear no other wish."""
    if request.headers["Expect"].lower() == "100-continue" and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
