"""Requests go to the host that was judged and nowhere else, whatever its name leads to a moment later."""

import asyncio
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest
import pytest_asyncio
from aiohttp import web

from tests.subscriber import HERE, Subscriber, is_loopback, subscriber
from warp import callbacks
from warp.callbacks import Reach
from warp.calling import Lookup, NoAnswer, _is_own, open_caller

OTHER = "127.0.0.2"
"""Also this machine, and not allowed."""


@pytest_asyncio.fixture
async def reader() -> AsyncIterator[Subscriber]:
    async with subscriber("0.0.0.0") as running:  # noqa: S104 - it is to see what comes to either address
        yield running


def answers(*given: list[str]) -> Lookup:
    """Give a name server that answers differently each time."""
    left = list(given)

    async def lookup(_host: str) -> list[str]:
        return left.pop(0)

    return lookup


async def test_a_name_that_leads_elsewhere_at_the_second_look_leads_nowhere(reader: Subscriber) -> None:
    async with open_caller(HERE, answers(["127.0.0.1"], [OTHER])) as caller:
        url = reader.callback("/?hub.challenge=x", "rebinding.example")
        assert (await caller.call("GET", url, most=5)).body == b"x"
        with pytest.raises(NoAnswer):
            await caller.call("GET", url)
        assert len(reader.asked) == 1


async def test_a_name_is_looked_up_once_for_a_request_and_the_connection_goes_there(
    reader: Subscriber,
) -> None:
    async with open_caller(HERE, answers(["127.0.0.1"])) as caller:
        url = reader.callback("/?hub.challenge=x", "rebinding.example")
        assert (await caller.call("GET", url)).status == 200
    assert reader.headers[0]["Host"] == f"rebinding.example:{reader.port}"


@pytest.mark.parametrize(
    "found", [[OTHER], ["127.0.0.1", OTHER], [OTHER, "127.0.0.1"], ["::1", "127.0.0.1"], ["fe80::1%lo"]]
)
async def test_a_name_with_one_address_that_is_not_allowed_is_not_asked(
    reader: Subscriber, found: list[str]
) -> None:
    async with open_caller(HERE, answers(found)) as caller:
        with pytest.raises(NoAnswer):
            await caller.call("GET", reader.callback("/?hub.challenge=x", "mixed.example"))
    assert reader.headers == []


@pytest.mark.parametrize("host", [OTHER, "127.1", "2130706434", "0x7f000002", "[::1]", "[::ffff:127.0.0.1]"])
async def test_an_address_in_the_place_of_a_name_is_judged_too(reader: Subscriber, host: str) -> None:
    async with open_caller(HERE) as caller:
        with pytest.raises(NoAnswer):
            await caller.call("GET", reader.callback("/?hub.challenge=x", host))
    assert reader.headers == []


async def test_the_machines_own_names_lead_nowhere_on_the_usual_terms(reader: Subscriber) -> None:
    usual = Reach(callbacks.is_public, HERE.ports, HERE.schemes)
    async with open_caller(usual) as caller:
        with pytest.raises(NoAnswer):
            await caller.call("GET", reader.callback("/?hub.challenge=x", "localhost"))
    assert reader.headers == []


async def test_a_redirect_is_not_followed_and_a_cookie_not_kept(reader: Subscriber) -> None:
    away = web.Response(status=307, headers={"Location": "/?hub.challenge=x", "Set-Cookie": "a=b"})
    reader.confirms = lambda _challenge: away
    async with open_caller(HERE) as caller:
        url = reader.callback("/?hub.challenge=x")
        assert (await caller.call("GET", url)).status == 307
        reader.confirms = lambda challenge: web.Response(text=challenge)
        assert (await caller.call("GET", url)).status == 200
    assert len(reader.asked) == 2
    assert not any("Cookie" in headers for headers in reader.headers)


async def test_no_proxy_of_the_environment_is_used(
    reader: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with subscriber() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.callback(""))
        async with open_caller(HERE) as caller:
            assert (await caller.call("POST", reader.callback(), b"news")).status == 204
        assert (len(reader.sent), proxy.sent) == (1, [])


async def test_no_more_of_an_answer_is_read_than_was_asked_for(reader: Subscriber) -> None:
    reader.confirms = lambda _challenge: web.Response(body=b"x" * 50_000_000)
    async with open_caller(HERE) as caller:
        answer = await caller.call("GET", reader.callback("/?hub.challenge=x"), most=7)
    assert answer.body == b"x" * 7


async def test_what_is_no_answer_of_a_web_server_is_none() -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"-ERR unknown command\r\n" * 3)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server, open_caller(HERE) as caller:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NoAnswer):
            await caller.call("GET", f"http://127.0.0.1:{port}/")


async def test_where_nobody_listens_there_is_no_answer() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        async with open_caller(HERE) as caller:
            with pytest.raises(NoAnswer):
                await caller.call("GET", f"http://127.0.0.1:{probe.getsockname()[1]}/")


def test_loopback_is_the_machines_own_and_a_strangers_address_is_not() -> None:
    assert _is_own(ip_address("127.0.0.1"))
    assert not _is_own(ip_address("192.0.2.1"))
    assert is_loopback(ip_address("127.0.0.1"))
