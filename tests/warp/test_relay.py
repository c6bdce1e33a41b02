"""The relay: what goes in, what comes out at the other side, and what stays in between (nothing)."""

import asyncio
import contextlib
import itertools
import secrets
import statistics
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from keys import envelope
from keys.lock import Lock
from tests.line import Line, head_of, line_to
from tests.socks import proxy
from tests.support import (
    BINARY,
    NOON,
    WEEK,
    Answer,
    Logged,
    Served,
    exchange,
    flipped,
    request,
    sealed,
    sealed_quickly,
    seeded,
    unchanged,
    waiting,
)
from tests.warp.test_carrier import nobody_listens
from tests.warp.test_client import DRAFT, PORTAL, answer, joined, reopened
from warp import client, resealing
from warp.carrier import DIRECT, Carrier, Proxy
from warp.exchange import Refused, Unreachable
from warp.relay import Mixing, Relay, RelayFull
from warp.relaying import relaying

AT_ONCE = Mixing(most=1)
FOR_EVER = 3600.0
BLANK = envelope._HEADER.pack(envelope.MAGIC, envelope.SUITE, bytes(8), 0).ljust(envelope.SIZE, b"\x00")


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock.key_file(tmp_path / "key")


@contextlib.asynccontextmanager
async def relay_to(
    url: str, mixing: Mixing = AT_ONCE, carrier: Carrier = DIRECT, **given: Any
) -> AsyncIterator[int]:
    logged = Logged()
    async with relaying(url, "127.0.0.1", 0, mixing, carrier, log=logged, **given) as port:
        yield port
    assert logged.events == []


async def post(port: int, body: bytes, headers: dict[str, str] = BINARY) -> Answer:
    return await request(port, "POST", "/v1/reports", body, headers)


# What the server sees


async def test_the_server_sees_nothing_of_the_sender(server: Served) -> None:
    marked = {
        "User-Agent": "MARK-agent",
        "Cookie": "MARK=1",
        "Authorization": "Bearer MARK",
        "X-Forwarded-For": "192.0.2.77",
        "Forwarded": "for=192.0.2.77",
        "Via": "1.1 MARK",
        "Accept-Language": "x-MARK",
        "Content-Type": "application/octet-stream; charset=MARK",
    }
    report = sealed(server.site)
    async with line_to(server) as (line, url), relay_to(url) as port:
        assert (await post(port, report, marked)).status == 202
        [sent] = line.sent
    first, headers = head_of(sent)
    assert first == b"POST /v1/reports HTTP/1.1"
    assert headers == {
        "Host": url.removeprefix("http://"),
        "Accept-Encoding": "gzip",
        "Accept": "*/*",
        "Content-Length": "16384",
        "Content-Type": "application/octet-stream",
    }
    assert sent.endswith(b"\r\n\r\n" + report)
    assert b"MARK" not in sent.removesuffix(report)
    assert b"192.0.2.77" not in sent


async def test_what_comes_through_a_relay_is_what_a_member_sends_itself(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    async with line_to(server) as (line, url), relay_to(url) as port:
        made = await joined(server, tmp_path / "w", lock, url)
        for carrier in (DIRECT, Carrier(relay=f"http://127.0.0.1:{port}")):
            client.seal(made, DRAFT, NOON, secrets.token_bytes)
            await client.deliver(made, carrier)
        direct, relayed = (message.partition(b"\r\n\r\n")[0] for message in line.sent)
    assert direct == relayed


async def test_every_envelope_goes_on_over_a_connection_of_its_own(server: Served) -> None:
    connections = 0
    line = Line(server.port)

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await line(reader, writer)

    async with await asyncio.start_server(counted, "127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        async with relay_to(url, Mixing(most=3, seconds=FOR_EVER)) as port:
            answers = await asyncio.gather(*(post(port, each) for each in sealed_quickly(server.site, 3)))
    assert [each.status for each in answers] == [202] * 3
    assert connections == len(line.sent) == 3


async def test_a_relay_behind_a_proxy_has_a_circuit_for_each_envelope(server: Served) -> None:
    async with proxy() as socks:
        carrier = Carrier(Proxy.parse(socks.url))
        async with relay_to(f"http://warp.invalid:{server.port}", AT_ONCE, carrier) as port:
            for each in sealed_quickly(server.site, 3):
                assert (await post(port, each)).status == 202
    assert len({asked.user for asked in socks.asked}) == 3
    assert await waiting(server.site) == 3


async def test_a_relay_hands_on_to_a_relay(server: Served) -> None:
    async with relay_to(server.url) as last, relay_to(f"http://127.0.0.1:{last}") as first:
        assert (await post(first, sealed(server.site))).status == 202
        assert (await post(first, flipped(sealed(server.site), 9000))).problem == "cannot-open"
    assert await waiting(server.site) == 1


# Mixing


class Upstream:
    """A server that takes everything, after a moment."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def __call__(self, sealed: bytes) -> None:
        self.taken.append(sealed)


async def orders(shuffle: Callable[[list[Any]], None], batches: int, size: int) -> list[list[int]]:
    """Give the places at which envelopes that came in turn went out, batch by batch."""
    found = []
    for _ in range(batches):
        upstream = Upstream()
        relay = Relay(upstream, Mixing(most=size, seconds=FOR_EVER), shuffle)
        async with relay.running():
            await asyncio.gather(*(relay.accept(bytes((i,))) for i in range(size)))
        found.append([taken[0] for taken in upstream.taken])
    return found


async def test_the_order_in_which_envelopes_go_on_tells_nothing_of_how_they_came() -> None:
    size = 8
    mixed = await orders(seeded(3).shuffle, 300, size)
    assert all(sorted(order) == list(range(size)) for order in mixed)
    correlations = [statistics.correlation(range(size), order) for order in mixed]
    # The mean of n correlations of 8 places has a standard deviation of 1 / sqrt(7 n): 0.022 here.
    assert abs(statistics.mean(correlations)) < 0.09
    for place in range(size):
        firsts = sum(order[place] == 0 for order in mixed)
        assert 300 / size - 25 < firsts < 300 / size + 25


async def test_without_shuffling_the_order_would_be_that_of_arrival() -> None:
    assert await orders(lambda _batch: None, 3, 8) == [list(range(8))] * 3


async def test_a_batch_goes_on_when_it_is_full_and_not_before(server: Served) -> None:
    async with line_to(server) as (line, url), relay_to(url, Mixing(most=3, seconds=FOR_EVER)) as port:
        one, two, three = sealed_quickly(server.site, 3)
        early = [asyncio.create_task(post(port, each)) for each in (one, two)]
        await asyncio.sleep(0.3)
        assert line.sent == []
        assert not any(task.done() for task in early)
        assert (await post(port, three)).status == 202
        assert [(await task).status for task in early] == [202, 202]
        assert len(line.sent) == 3


async def test_one_envelope_alone_goes_on_after_the_wait(server: Served) -> None:
    async with relay_to(server.url, Mixing(most=3, seconds=0.2)) as port:
        loop = asyncio.get_running_loop()
        started = loop.time()
        assert (await post(port, sealed(server.site))).status == 202
        assert loop.time() - started >= 0.2


async def test_the_senders_of_a_batch_are_answered_together() -> None:
    gate = asyncio.Event()

    async def first_at_once(sealed: bytes) -> None:
        if sealed != b"a":
            await gate.wait()

    relay = Relay(first_at_once, Mixing(most=2, seconds=FOR_EVER), seeded(1).shuffle)
    async with relay.running():
        senders = [asyncio.create_task(relay.accept(each)) for each in (b"a", b"b")]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in senders)
        gate.set()
        await asyncio.gather(*senders)


async def test_a_relay_that_ends_hands_on_what_waits(server: Served) -> None:
    async with relay_to(server.url, Mixing(most=9, seconds=FOR_EVER)) as port:
        sender = asyncio.create_task(post(port, sealed(server.site)))
        await asyncio.sleep(0.2)
    assert (await sender).status == 202
    assert await waiting(server.site) == 1


# What it refuses by itself


@pytest.mark.parametrize(
    ("body", "headers", "problem"),
    [
        (BLANK[:-1], BINARY, "wrong-length"),
        (BLANK + b"x", BINARY, "wrong-length"),
        (b"", BINARY, "wrong-length"),
        (b"XXXX" + BLANK[4:], BINARY, "not-an-envelope"),
        (flipped(BLANK, 5), BINARY, "unknown-suite"),
        (flipped(BLANK, 15), BINARY, "reserved-bytes"),
        (BLANK, {"Content-Type": "text/plain"}, "media-type"),
        (BLANK, BINARY | {"Content-Encoding": "gzip"}, "content-encoding"),
    ],
)
async def test_what_is_no_envelope_goes_no_further(
    body: bytes, headers: dict[str, str], problem: str
) -> None:
    upstream = nobody_listens()  # a request to it would be answered upstream-away
    async with relay_to(f"http://127.0.0.1:{upstream}") as port:
        assert (await post(port, body, headers)).problem == problem


async def test_a_relay_answers_two_addresses_and_looks_like_the_server(server: Served) -> None:
    async with relay_to(server.url) as port:
        assert (await request(port, "GET", "/healthz")).body == b"ok\n"
        for method, path in (
            ("GET", "/v1/reports"),
            ("GET", "/v1/directory"),
            ("POST", "/v1/members"),
            ("POST", "/v1/bundles/2026-W47"),
            ("GET", "/readyz"),
            ("GET", "/"),
            ("POST", "/v1/reports?x"),
        ):
            refusal = await request(port, method, path, b"", BINARY)
            assert refusal.problem in {"not-found", "method-not-allowed", "no-query"}
            assert refusal.headers.get("server", "") == ""
        assert (await exchange(port, b"no HTTP at all\r\n\r\n")).problem == "not-http"
        accepted = await post(port, sealed(server.site))
        assert (accepted.body, "server" in accepted.headers) == (b"", False)
        assert accepted.headers["cache-control"] == "no-store"


async def test_a_body_that_never_ends_is_not_waited_for() -> None:
    async with relay_to("http://127.0.0.1:1", body_seconds=0.2) as port:
        head = "POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n"
        refusal = await exchange(port, f"{head}Content-Length: 16384\r\n\r\nWRP1".encode())
        assert refusal.problem == "too-slow"


async def test_a_relay_that_holds_all_it_may_says_when_to_come_back(server: Served) -> None:
    mixing = Mixing(most=9, seconds=FOR_EVER, held=2)
    async with relay_to(server.url, mixing) as port:
        held = [asyncio.create_task(post(port, each)) for each in sealed_quickly(server.site, 2)]
        await asyncio.sleep(0.2)
        refusal = await post(port, sealed(server.site))
        assert (refusal.status, refusal.problem) == (503, "relay-full")
        assert refusal.headers["retry-after"] == "60"
    assert [(await task).status for task in held] == [202, 202]
    assert await waiting(server.site) == 2


async def test_room_is_free_again_once_a_batch_is_answered() -> None:
    relay = Relay(Upstream(), Mixing(most=1, seconds=FOR_EVER, held=1), seeded(1).shuffle)
    async with relay.running():
        for _ in range(3):
            await relay.accept(b"x")


# What comes back


def damaged(server: Served) -> bytes:
    return flipped(sealed(server.site), 9000)


def to_another_key(server: Served) -> bytes:
    return flipped(sealed(server.site), 8)


def of_next_week(server: Served) -> bytes:
    return sealed(server.site, week=WEEK.plus(1))


def without_facts(server: Served) -> bytes:
    return sealed(server.site, client.Draft(type="fraud/phishing", place="ZZ"))


REFUSED = (damaged, to_another_key, of_next_week, without_facts)


@pytest.mark.parametrize("made", REFUSED)
async def test_a_refusal_of_the_server_is_the_senders_too(
    server: Served, made: Callable[[Served], bytes]
) -> None:
    envelope_ = made(server)
    async with relay_to(server.url) as port, unchanged(server):
        direct, relayed = await server.post(envelope_), await post(port, envelope_)
        assert direct.problem == relayed.problem
        assert (direct.status, direct.body) == (relayed.status, relayed.body)
        assert set(direct.headers) == set(relayed.headers)


async def test_each_sender_of_a_batch_gets_the_answer_to_its_own_envelope(server: Served) -> None:
    good = sealed_quickly(server.site, 2)
    sent = [good[0], damaged(server), good[1], to_another_key(server)]
    async with relay_to(server.url, Mixing(most=4, seconds=FOR_EVER)) as port:
        answers = await asyncio.gather(*(post(port, each) for each in sent))
    assert [each.status for each in answers] == [202, 400, 202, 410]
    assert await waiting(server.site) == 2


async def test_a_used_token_is_told_through_a_relay_and_believed_of_the_server_only(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    copy = dict(made.contents.tokens[str(WEEK)].first)
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    made.contents.tokens[str(WEEK)].first = copy
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    async with relay_to(server.url) as port:
        carrier = Carrier(relay=f"http://127.0.0.1:{port}")
        with pytest.raises(Refused, match="without the relay"):
            await resealing.deliver(made, NOON, secrets.token_bytes, carrier)
    assert await resealing.deliver(made, NOON, secrets.token_bytes) == 1
    assert await waiting(server.site) == 2
    assert made.contents.outbox == []


async def test_the_same_envelope_over_two_ways_is_counted_once(server: Served) -> None:
    report = sealed(server.site)
    async with relay_to(server.url, Mixing(most=2, seconds=FOR_EVER)) as port:
        answers = await asyncio.gather(post(port, report), post(port, report))
        answers.append(await server.post(report))
    assert [each.status for each in answers] == [202] * 3
    assert await waiting(server.site) == 1


@pytest.mark.parametrize(
    ("instead", "status", "problem"),
    [
        (answer("200 OK", PORTAL), 502, "upstream-away"),
        (answer("202 Accepted", PORTAL), 502, "upstream-away"),
        (answer("302 Found", b"", "Location: http://127.0.0.1:1/"), 502, "upstream-away"),
        (answer("403 Forbidden", PORTAL), 502, "upstream-away"),
        (b"not HTTP\r\n\r\n", 502, "upstream-away"),
        (answer("500 X", b'{"type":"urn:warp:problem:fault","detail":"MARK"}'), 502, "upstream-away"),
        (answer("503 X", b'{"type":"urn:warp:problem:token-spent","detail":"MARK"}'), 502, "upstream-away"),
        (answer("503 X", b'{"type":"urn:warp:problem:relay-full","detail":"MARK"}'), 503, "relay-full"),
        (answer("400 X", b'{"type":"urn:warp:problem:news","detail":"MARK"}'), 400, "upstream-refused"),
        (answer("400 X", b'{"type":"urn:warp:problem:relay-full","detail":"MARK"}'), 400, "upstream-refused"),
        (answer("499 X", b'{"type":"urn:warp:problem:expired","detail":"MARK"}'), 410, "expired"),
    ],
)
async def test_no_byte_of_an_answer_passes_through(
    server: Served, instead: bytes, status: int, problem: str
) -> None:
    async with line_to(server) as (line, url), relay_to(url) as port:
        line.instead = instead
        refusal = await post(port, sealed(server.site))
    assert (refusal.status, refusal.problem) == (status, problem)
    assert b"MARK" not in refusal.raw
    assert ("retry-after" in refusal.headers) is (status == 503)


async def test_an_upstream_that_never_answers_is_given_up() -> None:
    relay = Relay(lambda _sealed: asyncio.sleep(FOR_EVER), AT_ONCE, seeded(1).shuffle, forward_seconds=0.1)
    async with relay.running():
        with pytest.raises(Unreachable):
            await relay.accept(b"x")


async def test_a_member_keeps_its_envelope_while_the_server_behind_the_relay_is_away(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    async with relay_to(f"http://127.0.0.1:{nobody_listens()}") as port:
        with pytest.raises(Unreachable, match="502"):
            await client.deliver(made, Carrier(relay=f"http://127.0.0.1:{port}"))
    assert len(reopened(tmp_path / "w", lock).outbox) == 1
    async with relay_to(server.url) as port:
        assert await client.deliver(made, Carrier(relay=f"http://127.0.0.1:{port}")) == 1
    assert await waiting(server.site) == 1


async def test_a_fault_of_the_relay_is_its_own_and_ends_nothing() -> None:
    faults = itertools.count()

    async def faulty(_sealed: bytes) -> None:
        if next(faults) == 0:
            raise ZeroDivisionError

    relay = Relay(faulty, AT_ONCE, Random(1).shuffle)
    async with relay.running():
        with pytest.raises(ZeroDivisionError):
            await relay.accept(b"x")
        await relay.accept(b"y")


async def test_who_does_not_get_in_leaves_nothing_behind() -> None:
    relay = Relay(Upstream(), Mixing(most=2, seconds=FOR_EVER, held=1), seeded(1).shuffle)
    async with relay.running():
        first = asyncio.create_task(relay.accept(b"x"))
        await asyncio.sleep(0)
        with pytest.raises(RelayFull):
            await relay.accept(b"y")
        relay.hurry()
        await first
