"""A line between a client and a server, on real sockets, for tests that look at what goes over it."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable

from tests.support import Served


class Line:
    """A line to the server that can lose answers, or answer by itself; keeps what went over it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent: list[bytes] = []
        self.answers: list[bytes] = []
        self.lose: Callable[[bytes], bool] = lambda _request: False
        self.instead: bytes | None = None
        self.instead_of: dict[bytes, bytes] = {}
        """Address to the answer that its requests get."""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                await self._pass_on(await _read_request(reader), writer)
        writer.close()

    async def _pass_on(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        self.sent.append(request)
        if self.instead is not None:
            writer.write(self.instead)
            await writer.drain()
            raise ConnectionResetError
        address = request.split(b" ", 2)[1]
        if address in self.instead_of:
            writer.write(self.instead_of[address])
            await writer.drain()
            return
        onward, there = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            there.write(re.sub(rb"(?i)\r\nConnection: [^\r]*", b"", request, count=1))
            answer = await _read_message(onward)
        finally:
            there.close()
        self.answers.append(answer)
        if self.lose(request):
            raise ConnectionResetError
        writer.write(answer)
        await writer.drain()


async def _read_message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


_read_request = _read_message


@contextlib.asynccontextmanager
async def line_to(server: Served) -> AsyncIterator[tuple[Line, str]]:
    line = Line(server.port)
    listener = await asyncio.start_server(line, "127.0.0.1", 0)
    async with listener:
        yield line, f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"


def head_of(request: bytes) -> tuple[bytes, dict[str, str]]:
    first, *lines = request.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return first, dict(line.decode().split(": ", 1) for line in lines)
