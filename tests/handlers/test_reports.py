"""Posting an envelope: what is taken, what is refused, and that a refusal leaves nothing behind."""

import asyncio
import contextlib
import json
import secrets
import struct
from collections.abc import Callable
from datetime import timedelta

import pytest

from keys import envelope, tokens
from tests.support import (
    BINARY,
    PHISHING,
    WEEK,
    Answer,
    Served,
    exchange,
    flipped,
    issuer_of,
    new_token,
    read_answer,
    request,
    sealed,
    sealed_facts,
    sealed_plaintext,
    seeded,
    served,
    token_of,
    unchanged,
    waiting,
)
from warp.report import encode
from warp.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOOD_FACTS = {
    "type": "fraud/phishing",
    "place": "UY",
    "sector": "",
    "occurred": "2026-11",
    "severity": "unknown",
    "similar": "1",
    "tags": [],
    "lookup": "A" * 43,
    "urgent": False,
}
MARK = "mark-7f3a9c"

Corrupt = Callable[[bytes], bytes]


async def taken(server: Served, sent: bytes) -> None:
    answer = await server.post(sent)
    assert (answer.status, answer.body) == (202, b"")


async def refused(server: Served, sent: bytes) -> Answer:
    async with unchanged(server):
        return await server.post(sent)


async def test_a_good_envelope_is_accepted_with_an_empty_answer(shared: Served) -> None:
    before = await waiting(shared.site)
    answer = await shared.post(sealed(shared.site))
    assert (answer.status, answer.body) == (202, b"")
    assert await waiting(shared.site) == before + 1
    names = {"cache-control", "content-length", "content-type", "date", "connection"}
    assert set(answer.headers) <= names


# What the envelope looks like from outside


@pytest.mark.parametrize("size", [0, 1, 16, 16_383, 16_385, 16_400, 200_000])
async def test_an_envelope_of_another_length_is_refused(shared: Served, size: int) -> None:
    good = sealed(shared.site)
    answer = await refused(shared, (good * 20)[:size])
    assert (answer.status, answer.problem) == (400, "wrong-length")
    await taken(shared, good)


async def test_an_envelope_without_a_body_is_refused(shared: Served) -> None:
    async with unchanged(shared):
        answer = await request(shared.port, "POST", "/v1/reports", None, BINARY)
    assert (answer.status, answer.problem) == (400, "wrong-length")


@pytest.mark.parametrize(
    ("region", "problem", "status"),
    [
        (range(4), "not-an-envelope", 400),
        (range(4, 6), "unknown-suite", 400),
        (range(6, 14), "unknown-key", 410),
        (range(14, 16), "reserved-bytes", 400),
        (range(16, 1136), "cannot-open", 400),
        (range(1136, 16_368), "cannot-open", 400),
        (range(16_368, 16_384), "cannot-open", 400),
    ],
    ids=["magic", "suite", "key id", "reserved", "enc", "ciphertext", "tag"],
)
async def test_a_flipped_bit_anywhere_is_refused_and_spends_no_token(
    shared: Served, region: range, problem: str, status: int
) -> None:
    good, random = sealed(shared.site), seeded(20261118)
    positions = {region[0], region[-1], *random.sample(region, min(10, len(region)))}
    async with unchanged(shared):
        for position in positions:
            answer = await shared.post(flipped(good, position, random.randrange(8)))
            assert (answer.status, answer.problem) == (status, problem), position
    await taken(shared, good)


async def test_an_envelope_for_another_root_is_refused(shared: Served) -> None:
    keys = shared.site.hub.keyring.week(WEEK)
    assert keys is not None
    plaintext = envelope.open_sealed(sealed(shared.site), keys.report, shared.site.settings.root_key)
    answer = await refused(shared, envelope.seal(plaintext, keys.report.public, bytes(32)))
    assert (answer.status, answer.problem) == (400, "cannot-open")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/json", "multipart/form-data; boundary=x", "application/age"]
)
async def test_another_media_type_is_refused(shared: Served, media_type: str) -> None:
    good = sealed(shared.site)
    async with unchanged(shared):
        answer = await request(shared.port, "POST", "/v1/reports", good, {"Content-Type": media_type})
    assert (answer.status, answer.problem) == (415, "media-type")
    await taken(shared, good)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", MARK, "identity, gzip"])
async def test_a_content_encoding_is_refused(shared: Served, coding: str) -> None:
    good = sealed(shared.site)
    async with unchanged(shared):
        headers = BINARY | {"Content-Encoding": coding}
        answer = await request(shared.port, "POST", "/v1/reports", good, headers)
    assert (answer.status, answer.problem) == (415, "content-encoding")
    assert MARK.encode() not in answer.raw
    await taken(shared, good)


@pytest.mark.parametrize("headers", [{}, BINARY | {"Content-Encoding": "identity"}, BINARY | {"X-Any": MARK}])
async def test_headers_that_change_nothing_are_ignored(shared: Served, headers: dict[str, str]) -> None:
    answer = await request(shared.port, "POST", "/v1/reports", sealed(shared.site), headers)
    assert answer.status == 202


# Bodies that no client library would send


def chunked(data: bytes, size: int = 1000) -> bytes:
    pieces = (data[i : i + size] for i in range(0, len(data), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


HEAD = b"POST /v1/reports HTTP/1.1\r\nHost: warp.example\r\nContent-Type: application/octet-stream\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


async def test_a_chunked_envelope_of_the_right_length_is_accepted(shared: Served) -> None:
    answer = await exchange(shared.port, CHUNKED + chunked(sealed(shared.site)) + b"0\r\n\r\n")
    assert answer.status == 202


@pytest.mark.parametrize("length", [0, 100, 16_383, 16_385])
async def test_a_chunked_envelope_of_another_length_is_refused(shared: Served, length: int) -> None:
    body = (sealed(shared.site) * 2)[:length]
    async with unchanged(shared):
        answer = await exchange(shared.port, CHUNKED + chunked(body) + b"0\r\n\r\n")
    assert (answer.status, answer.problem) == (400, "wrong-length")


async def test_a_body_that_never_ends_is_refused_after_one_byte_too_many(shared: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", shared.port)
    async with unchanged(shared):
        writer.write(CHUNKED)
        writer.write(chunked(bytes(20_000)))
        answer = await asyncio.wait_for(read_answer(reader), 5)
    assert (answer.status, answer.problem) == (400, "wrong-length")
    writer.close()


async def test_a_body_that_is_said_to_be_huge_is_refused_without_being_read(shared: Served) -> None:
    async with unchanged(shared):
        answer = await exchange(shared.port, HEAD + b"Content-Length: 9999999999\r\n\r\n" + bytes(20_000))
    assert (answer.status, answer.problem) == (400, "wrong-length")


async def test_a_body_that_stops_arriving_is_refused(shared: Served) -> None:
    async with served(shared.site.data, shared.clock, body_seconds=0.2) as impatient:
        good = sealed(impatient.site)
        async with unchanged(impatient):
            sent = HEAD + b"Content-Length: 16384\r\n\r\n" + good[:5000]
            answer = await exchange(impatient.port, sent)
        assert (answer.status, answer.problem) == (408, "too-slow")
        await taken(impatient, good)


async def test_a_body_that_trickles_is_refused_when_its_time_is_up(shared: Served) -> None:
    async with served(shared.site.data, shared.clock, body_seconds=0.4) as impatient:
        reader, writer = await asyncio.open_connection("127.0.0.1", impatient.port)
        async with unchanged(impatient):
            writer.write(HEAD + b"Content-Length: 16384\r\n\r\n")
            answered = asyncio.create_task(read_answer(reader))
            with contextlib.suppress(ConnectionError):
                while not answered.done():
                    writer.write(b"W")
                    await asyncio.sleep(0.05)
            answer = await answered
        assert (answer.status, answer.problem) == (408, "too-slow")
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b"Content-Length: 16384\r\n\r\nWRP1",
        CHUNKED + b"4\r\nWRP1\r\n",
        CHUNKED,
    ],
    ids=["length", "in a chunk", "no chunk"],
)
async def test_a_sender_that_hangs_up_leaves_no_trace(shared: Served, sent: bytes) -> None:
    async with unchanged(shared):
        _, writer = await asyncio.open_connection("127.0.0.1", shared.port)
        writer.write(sent)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()
        await asyncio.sleep(0.05)


async def test_a_broken_chunk_is_refused(shared: Served) -> None:
    async with served(shared.site.data, shared.clock, body_seconds=0.3) as impatient:
        reader, writer = await asyncio.open_connection("127.0.0.1", impatient.port)
        async with unchanged(impatient):
            writer.write(CHUNKED + b"4\r\nWRP1\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(MARK.encode() + b"\r\n")
            answer = await asyncio.wait_for(read_answer(reader), 5)
        assert (answer.status, answer.problem) in ((400, "incomplete"), (408, "too-slow"))
        assert MARK.encode() not in answer.raw
        writer.close()
        await writer.wait_closed()


async def test_a_connection_can_be_used_again_after_a_refusal(shared: Served) -> None:
    good = sealed(shared.site)
    reader, writer = await asyncio.open_connection("127.0.0.1", shared.port)
    for body, status in ((b"short", 400), (flipped(good, 9000), 400), (good, 202), (good, 202)):
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert (await asyncio.wait_for(read_answer(reader), 5)).status == status
    writer.close()


async def test_who_waits_to_be_asked_for_the_body_is_asked(shared: Served) -> None:
    good = sealed(shared.site)
    reader, writer = await asyncio.open_connection("127.0.0.1", shared.port)
    writer.write(HEAD + b"Content-Length: 16384\r\nExpect: 100-continue\r\n\r\n")
    assert (await asyncio.wait_for(read_answer(reader), 5)).status == 100
    writer.write(good)
    assert (await asyncio.wait_for(read_answer(reader), 5)).status == 202
    writer.close()


async def test_another_expectation_is_not_repeated(shared: Served) -> None:
    sent = HEAD + b"Content-Length: 3\r\nExpect: " + MARK.encode() + b"\r\n\r\nabc"
    async with unchanged(shared):
        answer = await exchange(shared.port, sent)
    assert (answer.status, answer.problem) == (400, "wrong-length")
    assert MARK.encode() not in answer.raw


@pytest.mark.parametrize(
    "sent",
    [
        f"{MARK} / HTTP/1.1\r\nHost: a\r\n\r\n",
        f"POST /v1/reports HTTP/1.1\r\nHost: a\r\n{MARK} : x\r\n\r\n",
        f"POST /v1/reports HTTP/1.1\r\nHost: a\r\nContent-Length: {MARK}\r\n\r\n",
        f"POST /v1/reports HTTP/1.1\r\nX: {MARK}\r\n\r\n",
        f"POST /v1/reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {MARK}\r\n\r\n",
        f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n{MARK}",
        f"POST /{MARK}{'a' * 9000} HTTP/1.1\r\nHost: a\r\n\r\n",
        f"POST /v1/reports HTTP/1.1\r\nHost: a\r\nX: {MARK}{'a' * 9000}\r\n\r\n",
        f"GET /{MARK}\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        f"GET http://{MARK}:99999999/ HTTP/1.1\r\nHost: a\r\n\r\n",
        f"\x16\x03\x01{MARK}\r\n\r\n",
    ],
    ids=[
        "method",
        "header name",
        "length",
        "no host",
        "transfer coding",
        "two lengths",
        "long path",
        "long header",
        "NUL",
        "port",
        "TLS",
    ],
)
async def test_what_is_not_http_is_refused_without_repeating_it(shared: Served, sent: str) -> None:
    async with unchanged(shared):
        answer = await exchange(shared.port, sent.encode("latin-1"))
    assert (answer.status, answer.problem) == (400, "not-http")
    assert MARK.encode() not in answer.raw
    assert b"aiohttp" not in answer.raw


# Keys and weeks


async def test_an_envelope_of_a_week_not_yet_begun_is_to_be_sent_later(shared: Served) -> None:
    early = sealed(shared.site, week=WEEK.plus(1))
    answer = await refused(shared, early)
    assert (answer.status, answer.problem) == (425, "not-yet-open")
    with shared.clock.at(WEEK.end):
        await taken(shared, early)


async def test_a_late_envelope_is_accepted_for_fourteen_days(shared: Served) -> None:
    with shared.clock.at(WEEK.end + timedelta(days=14) - timedelta(microseconds=1)):
        await taken(shared, sealed(shared.site))


async def test_an_envelope_is_refused_from_the_fifteenth_day(shared: Served) -> None:
    late = sealed(shared.site)
    with shared.clock.at(WEEK.end + timedelta(days=14)):
        answer = await refused(shared, late)
    assert (answer.status, answer.problem) == (410, "expired")


# Tokens


def random_signature(site: Site) -> bytes:
    return new_token(site)[:-256] + secrets.token_bytes(256)


def signed_by_a_stranger(site: Site) -> bytes:
    return new_token(site)[:66] + secrets.token_bytes(32 + 256)


def of_another_issuer(site: Site) -> bytes:
    return token_of(issuer_of(site, WEEK, None), "other.example")


def of_another_week(site: Site) -> bytes:
    return new_token(site, WEEK.plus(1))


def of_another_class(site: Site) -> bytes:
    return new_token(site, of_class="availability")


def of_another_type(site: Site) -> bytes:
    return struct.pack(">H", 3) + new_token(site)[2:]


def all_zero(_site: Site) -> bytes:
    return bytes(tokens.SIZE)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (random_signature, "bad-token"),
        (signed_by_a_stranger, "wrong-token"),
        (of_another_issuer, "bad-token"),
        (of_another_week, "wrong-token"),
        (of_another_class, "wrong-token"),
        (of_another_type, "bad-token"),
        (all_zero, "bad-token"),
    ],
)
async def test_a_token_that_is_not_good_here_is_refused(
    shared: Served, make: Callable[[Site], bytes], problem: str
) -> None:
    answer = await refused(shared, sealed(shared.site, token=make(shared.site)))
    assert (answer.status, answer.problem) == (403, problem)


async def test_a_token_refused_in_one_place_is_good_in_its_own(shared: Served) -> None:
    token = of_another_class(shared.site)
    await refused(shared, sealed(shared.site, token=token))
    draft = PHISHING.__class__(type="availability/dos", place="UY")
    await taken(shared, sealed(shared.site, draft, token))
    token = of_another_week(shared.site)
    await refused(shared, sealed(shared.site, token=token))
    with shared.clock.at(WEEK.end):
        await taken(shared, sealed(shared.site, token=token, week=WEEK.plus(1)))


async def test_a_spent_token_in_another_envelope_is_refused(shared: Served) -> None:
    token = new_token(shared.site)
    await taken(shared, sealed(shared.site, token=token))
    answer = await refused(shared, sealed(shared.site, token=token))
    assert (answer.status, answer.problem) == (409, "token-spent")


async def test_every_first_token_is_accepted_once(shared: Served) -> None:
    token = new_token(shared.site, of_class="fraud")
    await taken(shared, sealed(shared.site, token=token))
    assert (await refused(shared, sealed(shared.site, token=token))).status == 409


# What is inside


def changed(**fields: object) -> bytes:
    return json.dumps(GOOD_FACTS | fields).encode()


def without(name: str) -> bytes:
    return json.dumps({key: value for key, value in GOOD_FACTS.items() if key != name}).encode()


BAD_FACTS = {
    "empty": b"",
    "not JSON": b"\xff\xfe",
    "not UTF-8": json.dumps(GOOD_FACTS).encode().replace(b"UY", b"\xff\xff"),
    "a list": b"[]",
    "deeply nested": b"[" * 1000,
    "something after": json.dumps(GOOD_FACTS).encode() + b"{}",
    "unknown type": changed(type="fraud/mark"),
    "a class": changed(type="fraud"),
    "another case": changed(type="FRAUD/phishing"),
    "unknown place": changed(place="XX"),
    "old M49 code": changed(place="890"),
    "unknown sector": changed(sector="mark"),
    "unknown severity": changed(severity="mark"),
    "unknown similar": changed(similar="7"),
    "unknown tag": changed(tags=["mark"]),
    "tag twice": changed(tags=["ransomware", "ransomware"]),
    "tags out of order": changed(tags=["supply-chain", "ransomware"]),
    "impossible date": changed(occurred="2026-02-30"),
    "a time": changed(occurred="2026-11-18T12:00"),
    "other digits": changed(occurred="٢٠٢٦"),
    "short lookup": changed(lookup="A" * 42),
    "lookup with spare bits": changed(lookup="A" * 42 + "B"),
    "unknown field": changed(mark="x"),
    "null": changed(place=None),
    "number for text": changed(place=5),
    "text for truth": changed(urgent="true"),
    "number for truth": changed(urgent=1),
    "text for list": changed(tags="ransomware"),
    "half a surrogate": json.dumps(GOOD_FACTS).encode().replace(b'"UY"', b'"\\ud800"'),
    "key twice": json.dumps(GOOD_FACTS).encode().replace(b'"place"', b'"type": "fraud/phishing", "place"'),
    "key twice, escaped": json.dumps(GOOD_FACTS)
    .encode()
    .replace(b'"place"', b'"t\\u0079pe": "fraud/phishing", "place"'),
    **{f"without {name}": without(name) for name in GOOD_FACTS},
}


async def test_the_facts_that_are_bent_below_are_good(shared: Served) -> None:
    await taken(shared, sealed_facts(shared.site, changed(), new_token(shared.site)))


@pytest.mark.parametrize("facts", BAD_FACTS.values(), ids=BAD_FACTS.keys())
async def test_facts_that_are_no_report_are_refused_and_spend_no_token(shared: Served, facts: bytes) -> None:
    token = new_token(shared.site)
    answer = await refused(shared, sealed_facts(shared.site, facts, token))
    assert (answer.status, answer.problem) == (400, "invalid-report")
    assert b"mark" not in answer.body
    await taken(shared, sealed(shared.site, token=token))


def another_version(plaintext: bytes) -> bytes:
    return b"\x02" + plaintext[1:]


def facts_too_long(plaintext: bytes) -> bytes:
    return plaintext[:355] + struct.pack(">H", 1052) + plaintext[357:]


def padding_not_zero(plaintext: bytes) -> bytes:
    return plaintext[: 357 + 1050] + b"\x01" + plaintext[357 + 1051 :]


@pytest.mark.parametrize("bend", [another_version, facts_too_long, padding_not_zero])
async def test_content_of_another_form_is_refused(shared: Served, bend: Corrupt) -> None:
    facts = encode(PHISHING.facts(bytes(32)))
    token = new_token(shared.site)
    good = envelope.pack(envelope.Content(token, facts, bytes(envelope.NARRATIVE_SIZE)))
    answer = await refused(shared, sealed_plaintext(shared.site, bend(good)))
    assert (answer.status, answer.problem) == (400, "malformed-content")
    await taken(shared, sealed_plaintext(shared.site, good))


# Addresses and methods


@pytest.mark.parametrize("query", ["?a=b", f"?{MARK}", "?token=", "??"])
async def test_an_address_with_a_query_is_refused(shared: Served, query: str) -> None:
    async with unchanged(shared):
        answer = await request(shared.port, "POST", "/v1/reports" + query, sealed(shared.site), BINARY)
    assert (answer.status, answer.problem) == (400, "no-query")
    assert MARK.encode() not in answer.raw


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_another_method_is_refused(shared: Served, method: str) -> None:
    async with unchanged(shared):
        answer = await request(shared.port, method, "/v1/reports", None, {"X": MARK})
    assert answer.status == 405
    assert answer.headers["allow"] == "POST"
    assert MARK.encode() not in answer.raw
