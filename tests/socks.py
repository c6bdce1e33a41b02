"""A SOCKS5 proxy (RFC 1928, with RFC 1929's user names) that keeps what it was asked; the tests' Tor."""

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import NamedTuple

_NO_AUTHENTICATION, _USER_NAME = 0, 2
_ADDRESS_4, _NAME, _ADDRESS_6 = 1, 3, 4


class Asked(NamedTuple):
    """One connection that was asked for."""

    user: bytes
    password: bytes
    host: str
    is_name: bool
    """Whether the client left it to the proxy to resolve the host."""


@dataclass
class Socks:
    """Leads every connection to this machine, whatever host was asked for."""

    port: int = 0
    wants_names: bool = True
    """Whether it picks user names among the methods offered, as Tor does."""
    refuses_with: int = 0
    """Reply code other than success."""
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"socks5h://127.0.0.1:{self.port}"

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            user, password = await self._authenticate(reader, writer)
            _, command, _, kind = await reader.readexactly(4)
            assert command == 1
            host = await self._host(reader, kind)
            port = int.from_bytes(await reader.readexactly(2))
            self.asked.append(Asked(user, password, host, kind == _NAME))
            writer.write(bytes((5, self.refuses_with, 0, 1)) + bytes(6))
            if not self.refuses_with:
                await _join(reader, writer, port)
        writer.close()

    async def _authenticate(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[bytes, bytes]:
        _, count = await reader.readexactly(2)
        offered = await reader.readexactly(count)
        if not self.wants_names or _USER_NAME not in offered:
            writer.write(bytes((5, _NO_AUTHENTICATION)))
            return b"", b""
        writer.write(bytes((5, _USER_NAME)))
        _, length = await reader.readexactly(2)
        user = await reader.readexactly(length)
        password = await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(bytes((1, 0)))
        return user, password

    async def _host(self, reader: asyncio.StreamReader, kind: int) -> str:
        if kind == _NAME:
            return (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        size = {_ADDRESS_4: 4, _ADDRESS_6: 16}[kind]
        return str(ipaddress.ip_address(await reader.readexactly(size)))


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    there, back = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def proxy(socks: Socks | None = None) -> AsyncIterator[Socks]:
    """Run a proxy on any free port."""
    running = socks or Socks()
    listener = await asyncio.start_server(running, "127.0.0.1", 0)
    async with listener:
        running.port = listener.sockets[0].getsockname()[1]
        yield running
