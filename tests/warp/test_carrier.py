"""What carries a member's requests: a proxy is used for all, resolves names, and is never gone round."""

import asyncio
import secrets
import socket
from pathlib import Path

import pytest

from keys.lock import Lock
from tests.socks import Socks, proxy
from tests.support import NOON, Served, waiting
from tests.warp.test_client import DRAFT, THIS_WEEK, invited, joined, reopened
from warp import client, exchange, syncing
from warp.carrier import Carrier, Proxy, address, is_onion
from warp.exchange import ClientError, Unreachable
from warp.wallet import Wallet


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock.key_file(tmp_path / "key")


def through(socks: Socks) -> Carrier:
    return Carrier(Proxy.parse(socks.url))


def nobody_listens() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def whole_way(made: Wallet, carrier: Carrier) -> None:
    await client.join(made, carrier)
    await syncing.sync(made, NOON, secrets.token_bytes, THIS_WEEK, carrier)
    for _ in range(2):
        client.seal(made, DRAFT, NOON, secrets.token_bytes)
    await client.deliver(made, carrier)


async def test_a_member_joins_syncs_and_reports_through_a_proxy_that_resolves_the_name(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    async with proxy() as socks:
        # .invalid is a name that no resolver has (RFC 6761).
        made = await invited(server, tmp_path / "w", lock, f"http://warp.invalid:{server.port}")
        await whole_way(made, through(socks))
    assert {(each.host, each.is_name) for each in socks.asked} == {("warp.invalid", True)}
    assert await waiting(server.site) == 2


async def test_joining_syncing_and_each_report_have_a_circuit_of_their_own(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    async with proxy() as socks:
        made = await invited(server, tmp_path / "w", lock)
        await whole_way(made, through(socks))
    assert len(socks.asked) == 4
    assert len({each.user for each in socks.asked}) == len({each.password for each in socks.asked}) == 4
    assert all(len(each.user) == len(each.password) == 32 for each in socks.asked)


async def test_a_proxy_that_knows_no_user_names_is_used_all_the_same(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    async with proxy(Socks(wants_names=False)) as socks:
        made = await invited(server, tmp_path / "w", lock)
        await whole_way(made, through(socks))
    assert {each.user for each in socks.asked} == {b""}


async def test_a_proxy_that_is_not_there_is_never_gone_round(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    connections = 0

    async def counted(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        writer.close()

    carrier = Carrier(Proxy("127.0.0.1", nobody_listens()))
    async with await asyncio.start_server(counted, "127.0.0.1", 0) as listener:
        made.contents.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        for act in (
            client.deliver(made, carrier),
            syncing.sync(made, NOON, secrets.token_bytes, carrier=carrier),
            client.join(made, carrier),
        ):
            with pytest.raises(Unreachable, match="proxy"):
                await act
        assert connections == 0
        with pytest.raises(Unreachable, match="server"):
            await client.deliver(made)
        assert connections == 1
    assert len(reopened(tmp_path / "w", lock).outbox) == 1


@pytest.mark.parametrize("code", [1, 2, 4, 5])
async def test_a_proxy_that_finds_no_way_is_told_from_a_server_that_is_away(
    server: Served, tmp_path: Path, lock: Lock, code: int
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    async with proxy(Socks(refuses_with=code)) as socks:
        with pytest.raises(Unreachable, match="the proxy found no way"):
            await client.deliver(made, through(socks))
    assert len(reopened(tmp_path / "w", lock).outbox) == 1


async def test_what_is_no_proxy_loses_no_report(server: Served, tmp_path: Path, lock: Lock) -> None:
    made = await joined(server, tmp_path / "w", lock)
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    with pytest.raises(Unreachable, match="proxy"):
        await client.deliver(made, Carrier(Proxy("127.0.0.1", server.port)))
    assert await waiting(server.site) == 0
    assert await client.deliver(made) == 1


async def test_an_onion_address_is_never_asked_of_a_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asks, **_: asked.append(asks))
    with pytest.raises(ClientError, match="Tor only"):
        await exchange.send("http://abcdefgh.onion", bytes(16))
    assert asked == []


async def test_an_onion_address_is_reached_through_a_proxy(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    async with proxy() as socks:
        made = await invited(server, tmp_path / "w", lock, f"http://abcdefgh.onion:{server.port}")
        await whole_way(made, through(socks))
    assert {each.host for each in socks.asked} == {"abcdefgh.onion"}


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("socks5h://127.0.0.1:9050", "127.0.0.1", 9050),
        ("socks5h://[::1]:9050/", "::1", 9050),
        ("socks5h://tor.example:1", "tor.example", 1),
    ],
)
def test_a_proxy_is_read(text: str, host: str, port: int) -> None:
    assert Proxy.parse(text) == Proxy(host, port)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.0.0.1:9050",
        "http://127.0.0.1:9050",
        "socks4://127.0.0.1:9050",
        "socks5h://127.0.0.1",
        "socks5h://127.0.0.1:0",
        "socks5h://127.0.0.1:65536",
        "socks5h://127.0.0.1:port",
        "socks5h://:9050",
        "socks5h://user:secret@127.0.0.1:9050",
        "socks5h://127.0.0.1:9050/path",
        "socks5h://127.0.0.1:9050?x",
        "socks5h://[::1:9050",
        f"socks5h://{'x' * 64}:9050",
    ],
)
def test_what_is_no_proxy_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="socks5h://HOST:PORT"):
        Proxy.parse(text)


def test_a_proxy_that_would_resolve_names_here_is_refused() -> None:
    with pytest.raises(ValueError, match="write socks5h://"):
        Proxy.parse("socks5://127.0.0.1:9050")


def test_an_address_is_read_without_the_slash_at_its_end() -> None:
    assert address("https://warp.example/") == "https://warp.example"
    assert address("http://[::1]:8080/under") == "http://[::1]:8080/under"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "warp.example",
        "ftp://warp.example",
        "https://",
        "https://x:0",
        "https://x?",
        "https://x/#y",
        "http://[",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        address(text)


def test_an_onion_address_is_told_from_others() -> None:
    assert is_onion("http://abcdefgh.onion:80/")
    assert is_onion("https://ABCDEFGH.ONION.")
    assert not is_onion("https://onion.example")
    assert not is_onion("https://warp.example/x.onion")
