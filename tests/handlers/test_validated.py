"""Documents as they are answered: in memory or large, on connections and under conditions of every kind."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
import pytest_asyncio
from aiohttp import web

from handlers import validated
from handlers.validated import Document
from tests.support import Answer, read_answer, request

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODIFIED = datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)
DATE = "Wed, 18 Nov 2026 11:06:40 GMT"
LATER = "Wed, 18 Nov 2026 11:06:41 GMT"
FEED = b"<feed>" + b"<entry>a warning</entry>" * 4000 + b"</feed>\n"
HEADERS = {
    "Content-Type": "application/atom+xml; charset=utf-8",
    "Cache-Control": "private, max-age=60",
    "Link": '<https://hub.example/>; rel="hub"',
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port() -> AsyncIterator[int]:
    """A bare server with one composed document, and one of 4 MB that is not compressed."""
    feed = validated.composed(FEED, MODIFIED, HEADERS)
    large = Document(lambda: bytes(4_000_000), None, MODIFIED.timestamp(), HEADERS)

    async def get(asked: web.Request) -> web.StreamResponse:
        return validated.answer(asked, large if asked.path == "/large" else feed)

    app = web.Application()
    app.add_routes([web.get("/feed", get), web.get("/large", get)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def test_a_document_is_read_packed_and_hashed_only_for_who_asks() -> None:
    asked: list[str] = []

    def content(name: str, body: bytes) -> bytes:
        asked.append(name)
        return body

    document = Document(lambda: content("plain", b"x"), lambda: content("gzip", b"y"), 0, HEADERS)
    assert asked == []
    packed = [document.variant("gzip") for _ in range(2)]
    assert (asked, packed[0].body) == (["gzip"], b"y")
    assert packed[0] is packed[1]
    held = document.held
    assert document.variant("br").body == b"x"
    assert asked == ["gzip", "plain"]
    assert document.held == held + 1


@pytest.mark.parametrize("value", ["a\r\nX-Mark: 1", "a\nb", "a\0", "é"])
async def test_a_header_that_could_end_a_head_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"would end it|ascii"):
        validated.composed(FEED, MODIFIED, {"Link": value}).variant("")


async def test_what_stands_in_no_file_is_answered_like_a_file(port: int) -> None:
    plain = await request(port, "GET", "/feed")
    packed = await request(port, "GET", "/feed", None, {"Accept-Encoding": "gzip"})
    assert (plain.body, gzip.decompress(packed.body)) == (FEED, FEED)
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.body[4:8] == bytes(4), "a time stands in the gzip header"
    assert plain.headers["etag"] != packed.headers["etag"]
    for answer in (plain, packed):
        assert answer.headers["last-modified"] == DATE
        assert answer.headers["vary"] == "Accept-Encoding"
        assert {HEADERS[name] == answer.headers[name.lower()] for name in HEADERS} == {True}
        assert parsedate_to_datetime(answer.headers["date"]).tzinfo is not None
        assert "server" not in answer.headers


async def test_a_304_carries_what_a_cache_needs_and_nothing_else(port: int) -> None:
    first = await request(port, "GET", "/feed")
    for method in ("GET", "HEAD"):
        answer = await request(port, method, "/feed", None, {"If-None-Match": first.headers["etag"]})
        assert (answer.status, answer.body) == (304, b"")
        same = ("etag", "cache-control", "last-modified", "vary")
        assert set(answer.headers) == {*same, "date", "connection"}
        assert all(answer.headers[name] == first.headers[name] for name in same)


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({"If-None-Match": "W/{etag}"}, 304),
        ({"If-None-Match": '"a",W/"b" , {etag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"a"', "If-Modified-Since": DATE}, 200),
        ({"If-None-Match": "{etag}", "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 304),
        ({"If-Modified-Since": DATE}, 304),
        ({"If-Modified-Since": LATER}, 200),
        ({"If-Modified-Since": "0"}, 200),
    ],
)
async def test_conditions_hold_as_rfc_9110_says_and_a_date_only_if_it_is_the_very_one(
    port: int, conditions: dict[str, str], status: int
) -> None:
    etag = (await request(port, "GET", "/feed")).headers["etag"]
    asked = {name: value.format(etag=etag) for name, value in conditions.items()}
    assert (await request(port, "GET", "/feed", None, asked)).status == status


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("GZIP", True), ("x-gzip", True), ("deflate;q=1, gzip;q=0.001", True), ("*", False), ("deflate", False)]
    + [(f"gzip;q={zero}, *", False) for zero in ("0", "0.", "0.000")],
)
async def test_gzip_is_for_who_names_it_however_it_is_written(
    port: int,
    accepted: str,
    packed: bool,  # noqa: FBT001
) -> None:
    answer = await request(port, "GET", "/feed", None, {"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)


async def test_a_connection_goes_on_in_http_1_1_and_answers_requests_in_turn(port: int) -> None:
    answers = await _in_turn(port, b"GET /feed HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
    assert [answer.body for answer in answers] == [FEED] * 3
    assert all("connection" not in answer.headers for answer in answers)


async def test_http_1_0_keeps_a_connection_only_when_asked(port: int) -> None:
    asked = b"GET /feed HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    kept = await _in_turn(port, asked * 2 + b"GET /feed HTTP/1.0\r\n\r\n", ends=True)
    assert [answer.headers["connection"] for answer in kept] == ["keep-alive", "keep-alive", "close"]
    assert [answer.body for answer in kept] == [FEED] * 3


async def test_who_says_close_is_hung_up_on(port: int) -> None:
    closed = await _in_turn(port, b"GET /feed HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", ends=True)
    assert [answer.headers["connection"] for answer in closed] == ["close"]


async def _in_turn(port: int, asked: bytes, *, ends: bool = False) -> list[Answer]:
    """Send requests at once and read as many answers; say whether the server then hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asked)
    answers = [await read_answer(reader) for _ in range(asked.count(b"GET "))]
    if ends:
        assert await reader.read() == b""
    writer.close()
    return answers


async def test_a_large_body_reaches_a_slow_reader_whole(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    got = b""
    while piece := await reader.read(500_000):
        got += piece
        await asyncio.sleep(0)
    writer.close()
    assert got.partition(b"\r\n\r\n")[2] == bytes(4_000_000)


async def test_who_hangs_up_amid_an_answer_does_no_harm(port: int) -> None:
    for _ in range(5):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
        await writer.drain()
        writer.transport.abort()
    assert (await request(port, "HEAD", "/large")).headers["content-length"] == "4000000"
