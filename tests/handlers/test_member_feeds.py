"""The members' tree over HTTP: who may read, from when on nobody may, and what anybody else learns."""

import asyncio
import base64
import contextlib
import gzip
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from handlers import errors, keys, member_feeds
from handlers.turns import Turns
from keys import feed_password
from storage import feed_passwords, members
from tests.support import NOON, URL, WEEK, Answer, Served, exchange, request, seeded, unchanged
from warp import issuing
from warp.advisory import Advisory, Status, Text, Tlp
from warp.listening import listening
from warp.site import PAGES
from warp.taxonomy import Severity

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "CERT Uno"
MARK = b"a heron in the reeds"
NAMED = "2026-w47-k3v9q2xd"
WARNING = Advisory(
    id=NAMED,
    revision=1,
    version=1,
    status=Status.PUBLISHED,
    tlp=Tlp.AMBER,
    severity=Severity.HIGH,
    type="fraud/phishing",
    place="UY",
    sector="",
    week=str(WEEK),
    figure=None,
    texts={code: Text(title=f"Phishing, {MARK.decode()}", summary="S", actions=()) for code in ("en", "es")},
    author="ana",
    approver="luis",
    published=NOON,
    updated=NOON,
)
FEED = "/feeds/en/all.atom"
HTML, JSON = "text/html; charset=utf-8", "application/json"
FILES = {
    FEED: "application/atom+xml; charset=utf-8",
    "/feeds/es/type/fraud/phishing/country/UY.rss": "application/rss+xml; charset=utf-8",
    "/": HTML,
    "/es/": HTML,
    f"/en/advisories/{NAMED}": HTML,
    f"/v1/advisories/{NAMED}.json": JSON,
}
NOWHERE = [
    "/none",
    "/en",
    "/warp.toml",
    "/feeds/fr/all.atom",
    "/feeds/en/all.json.atom",
    "/en/advisories/none",
    "/feeds/en/type/" + "a" * 5000 + ".atom",
    "/..",
    "/../feeds/en/all.atom",
    "/%2e%2e/public/en/index.html",
    "/..%2f..%2fwarp.toml",
    "/en/advisories/..%2f..%2f..%2fwarp.toml",
    "//",
    "/a%00",
    "/a%0ab",
    "/a%0d%0aX-Mark:1",
    "/%ff%fe",
    "/v1/directory",
    "/v1/figures",
    "/healthz",
]


async def give(server: Served, name: str = NAME) -> str:
    """Do what `warp member feed` does; gives the password as text."""
    password = feed_password.new(secrets.token_bytes)
    async with server.site.hub.identity.write() as connection:
        with contextlib.suppress(members.NameTaken):
            await members.invite(connection, name, "UY", name.encode(), str(WEEK))
        assert await feed_passwords.give(connection, name, password)
    return feed_password.to_text(password)


def basic(password: str, user: str = "warp") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def same(answers: list[Answer]) -> bool:
    """Say whether answers are one, to the byte, but for the second in which they were given."""
    return len({answer.raw.replace(answer.headers["date"].encode(), b"", 1) for answer in answers}) == 1


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reading(shared: Served) -> AsyncIterator[Served]:
    """A site with a warning for members alone."""
    await shared.site.publish_all()
    for outlet in shared.site.outlets:
        issuing.issue(outlet, PAGES, [issuing.issued([WARNING])])
    yield shared


async def both(server: Served, address: str, password: str, **headers: str) -> list[Answer]:
    """Ask by password and by address."""
    return [
        await request(server.port, "GET", f"/members{address}", None, basic(password) | headers),
        await request(server.port, "GET", f"/m/{password}{address}", None, headers),
    ]


@pytest.mark.parametrize(("address", "media_type"), FILES.items())
async def test_a_member_reads_by_password_and_by_address_and_leaves_nothing(
    reading: Served, address: str, media_type: str
) -> None:
    password = await give(reading)
    async with unchanged(reading):
        for answer in await both(reading, address, password):
            assert answer.status == 200
            assert MARK in answer.body
            assert answer.headers["content-type"] == media_type
            assert not {"server", "set-cookie", "link", "location"} & set(answer.headers)
    assert MARK not in (await request(reading.port, "GET", address)).raw


async def test_what_a_warning_leads_to_is_below_members_and_names_no_password(reading: Served) -> None:
    password = await give(reading)
    for answer in await both(reading, FEED, password):
        [entry] = feedparser.parse(answer.body).entries
        assert entry.link == f"{URL}/members/en/advisories/{NAMED}"
        assert {
            urlsplit(link).path.split("/")[1]
            for link in re.findall(URL + r"[^\s<>\"]+", answer.body.decode())
        } == {"members"}


async def test_another_order_of_a_choice_leads_on_without_the_password(reading: Served) -> None:
    password = await give(reading)
    moved = "/feeds/en/country/UY/type/fraud.atom"
    for answer, below in zip(
        await both(reading, moved, password), ("/members", f"/m/{password}"), strict=True
    ):
        assert (answer.status, answer.body) == (308, b"")
        canonical = urljoin(f"{below}{moved}", answer.headers["location"])
        assert canonical == f"{below}/feeds/en/type/fraud/country/UY.atom"
        assert password.encode() not in answer.raw


async def test_no_shared_cache_and_no_search_engine_may_keep_what_members_read(reading: Served) -> None:
    for answer in await both(reading, FEED, await give(reading)):
        assert answer.headers["cache-control"] == "private, max-age=60"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["vary"] == "Accept-Encoding, Authorization"


async def test_a_member_that_has_it_already_gets_304_with_the_same_marks(reading: Served) -> None:
    password = await give(reading)
    for packed in ("", "gzip"):
        first = await both(reading, FEED, password, **{"Accept-Encoding": packed})
        for condition in (
            {"If-None-Match": first[0].headers["etag"]},
            {"If-Modified-Since": first[0].headers["last-modified"]},
        ):
            again = await both(reading, FEED, password, **{"Accept-Encoding": packed}, **condition)
            for before, answer in zip(first, again, strict=True):
                assert (answer.status, answer.body) == (304, b"")
                for name in ("etag", "cache-control", "vary"):
                    assert answer.headers[name] == before.headers[name]
    assert MARK in gzip.decompress(first[0].body)


async def test_head_gives_the_same_head_and_no_body(reading: Served) -> None:
    password = await give(reading)
    for path, headers in ((f"/members{FEED}", basic(password)), (f"/m/{password}{FEED}", {})):
        got, head = [await request(reading.port, method, path, None, headers) for method in ("GET", "HEAD")]
        assert (head.status, head.body) == (200, b"")
        assert head.headers | {"date": ""} == got.headers | {"date": ""}


def wrong(password: str) -> list[Mapping[str, str]]:
    """Give credentials that let nobody in, of every form."""
    other = feed_password.to_text(bytes(16))
    right = basic(password)["Authorization"]
    token = base64.b64encode(password.encode()).decode()
    values = [
        *(
            basic(each)["Authorization"]
            for each in (other, "", password.upper(), password[:-1], f"{password} ")
        ),
        basic(f"{password}:x")["Authorization"],
        *("", "Basic", "Basic ", "Basic =", "Basic ====", "Basic !", f"Basic {token}", f"Basic {password}"),
        *(
            f"Basic {right}",
            right.replace(" ", "\t"),
            right.replace(" ", ""),
            right.rstrip("=") + "=====",
            right + ", x",
        ),
        *(
            f"Bearer {password}",
            f"Bearer {token}",
            f"Digest username={password}",
            "\xff\xfe",
            "Basic \xff\xfe",
        ),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff" * 9).decode(),
        "Basic " + base64.b64encode(b"\0" * 3000).decode(),
        "Basic " + base64.b64encode(password.encode("utf-16")).decode(),
    ]
    return [{}, *({"Authorization": value} for value in values)]


async def test_who_is_no_member_gets_one_answer_whatever_is_asked_for_and_shown(reading: Served) -> None:
    password = await give(reading)
    async with unchanged(reading):
        asked = [(f"/members{address}", {}) for address in (*FILES, *NOWHERE)]
        asked += [(f"/members{address}", given) for address in (FEED, "/none") for given in wrong(password)]
        answers = [await request(reading.port, "GET", path, None, headers) for path, headers in asked]
        heads = [await request(reading.port, "HEAD", path, None, headers) for path, headers in asked]
    assert same(answers)
    assert same(heads)
    [challenge] = {answer.headers["www-authenticate"] for answer in (*answers, *heads)}
    assert challenge == 'Basic realm="members", charset="UTF-8"'
    assert (answers[0].status, answers[0].problem, heads[0].status) == (401, "feed-password", 401)


async def test_no_header_however_odd_is_a_fault_of_ours(reading: Served) -> None:
    random, logged = seeded(20261124), list(reading.logged.events)
    allowed = [chr(number) for number in range(256) if chr(number) not in "\r\n\0"]
    for _ in range(100):
        made = "".join(random.choices(allowed, k=random.randrange(60)))
        value = random.choice(["", "Basic ", "basic", "BASIC  "]) + made
        answer = await request(reading.port, "GET", f"/members{FEED}", None, {"Authorization": value})
        assert answer.status in {400, 401}, value  # 400: it is no HTTP
    assert reading.logged.events == logged


async def test_two_credentials_in_one_request_are_none(reading: Served) -> None:
    lines = [f"Authorization: {basic(await give(reading))['Authorization']}"] * 2
    head = "\r\n".join([f"GET /members{FEED} HTTP/1.1", "Host: x", "Connection: close", *lines, "", ""])
    assert (await exchange(reading.port, head.encode())).status == 401


@pytest.mark.parametrize("user", ["warp", "", "CERT Example", "usuária", "x" * 2000])
async def test_the_user_name_is_as_you_like(reading: Served, user: str) -> None:
    headers = basic(await give(reading), user)
    for value in (headers["Authorization"], headers["Authorization"].replace("Basic ", "bAsIc   ")):
        answer = await request(reading.port, "GET", f"/members{FEED}", None, {"Authorization": value})
        assert answer.status == 200
    latin = base64.b64encode(f"é:{await give(reading)}".encode("latin-1")).decode()
    assert (
        await request(reading.port, "GET", f"/members{FEED}", None, {"Authorization": f"Basic {latin}"})
    ).status == 200


async def test_an_address_without_a_good_password_is_one_that_is_not_there(reading: Served) -> None:
    password = await give(reading)
    unlike = [
        feed_password.to_text(bytes(16)),
        password[:-1] + "b",
        password.upper(),
        password[:-1],
        "none",
        "",
    ]
    paths = [f"/m/{each}{address}" for each in unlike for address in (*FILES, "/none")]
    paths += [f"/m/{password}{address}" for address in NOWHERE]
    paths += [
        f"/m/{password}",
        "/m/",
        "/m",
        f"/m/{password}x{FEED}",
        f"/m/{password}%2f{FEED}",
        f"/m//{password}{FEED}",
    ]
    async with unchanged(reading):
        for method in ("GET", "HEAD"):
            answers = [await request(reading.port, method, path) for path in ("/nowhere", *paths)]
            assert answers[0].status == 404
            assert same(answers)


async def test_a_member_who_asks_for_what_is_not_there_is_told_so(reading: Served) -> None:
    password = await give(reading)
    for address in NOWHERE:
        for answer in await both(reading, address, password):
            assert (answer.status, answer.problem) == (404, "not-found")


async def test_a_revoked_password_is_void_at_the_next_request(reading: Served) -> None:
    password = await give(reading)
    for _ in range(3):  # so often that an address that can be remembered is
        assert [answer.status for answer in await both(reading, FEED, password)] == [200, 200]
    assert (await request(reading.port, "GET", f"/members{FEED}")).status == 401
    async with reading.site.hub.identity.write() as connection:
        await feed_passwords.revoke(connection, NAME)
    assert [answer.status for answer in await both(reading, FEED, password)] == [401, 404]


async def test_a_new_password_voids_the_one_before_and_nobody_elses(reading: Served) -> None:
    old, others = await give(reading), await give(reading, "CERT Dos")
    new = await give(reading)
    got = {each: [answer.status for answer in await both(reading, FEED, each)] for each in (old, others, new)}
    assert list(got.values()) == [[401, 404], [200, 200], [200, 200]]


async def test_a_member_that_is_revoked_reads_nothing_from_the_next_request_on(reading: Served) -> None:
    password = await give(reading, "CERT Tres")
    assert [answer.status for answer in await both(reading, FEED, password)] == [200, 200]
    async with reading.site.hub.identity.write() as connection:
        await members.revoke(connection, "CERT Tres")
    assert [answer.status for answer in await both(reading, FEED, password)] == [401, 404]


async def test_a_feed_password_fetches_no_tokens_and_a_credential_reads_nothing(reading: Served) -> None:
    password, credential = await give(reading, "CERT Cuatro"), secrets.token_bytes(16)
    async with reading.site.hub.identity.write() as connection:
        assert await members.join(connection, b"CERT Cuatro", credential, str(WEEK))
    raw = feed_password.from_text(password)
    assert raw is not None
    bearer = {
        "Authorization": f"Bearer {base64.b64encode(raw).decode()}",
        "Content-Type": "application/octet-stream",
    }
    answer = await request(reading.port, "POST", f"/v1/bundles/{WEEK}", b"", bearer)
    assert (answer.status, answer.problem) == (401, "credential")
    answers = await both(reading, FEED, feed_password.to_text(credential))
    assert [answer.status for answer in answers] == [401, 404]


async def test_no_answer_of_any_kind_repeats_the_password(reading: Served) -> None:
    password = await give(reading)
    answers = [
        *[answer for address in (*FILES, *NOWHERE) for answer in await both(reading, address, password)],
        *await both(reading, f"{FEED}?x={password}", password),
        await request(reading.port, "POST", f"/m/{password}{FEED}", b""),
        await request(reading.port, "GET", f"/m/{password}{FEED}", None, {"Expect": password}),
        await exchange(reading.port, f"GET /m/{password}{FEED} HTTP/9\r\n\r\n".encode()),
    ]
    assert {answer.status for answer in answers} == {200, 400, 404, 405}
    spelt = {password.encode(), basic(password)["Authorization"][6:].encode()}
    assert not any(each in answer.raw for each in spelt for answer in answers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_another_method_tells_nothing_of_what_is_there(reading: Served, method: str) -> None:
    password = await give(reading)
    paths = [f"/members{FEED}", "/members/none", f"/m/{password}{FEED}", f"/m/{'a' * 26}/none"]
    answers = [await request(reading.port, method, path) for path in paths]
    assert answers[0].problem == "method-not-allowed"
    assert same(answers)


async def test_a_flood_of_wrong_passwords_keeps_no_member_from_reading(reading: Served) -> None:
    password = await give(reading)
    guesses = [feed_password.to_text(feed_password.new(secrets.token_bytes)) for _ in range(100)]
    async with unchanged(reading):
        flood = asyncio.gather(*(request(reading.port, "GET", f"/m/{each}{FEED}") for each in guesses))
        assert [answer.status for answer in await both(reading, FEED, password)] == [200, 200]
        assert {answer.status for answer in await flood} == {404}


async def test_in_a_flood_good_and_wrong_passwords_are_told_alike_to_come_later(reading: Served) -> None:
    password, wrong = await give(reading), feed_password.to_text(bytes(16))
    turns = Turns(1, 0)
    app = web.Application(middlewares=[errors.middleware(reading.logged)])
    app[keys.IDENTITY], app[keys.PASSWORDS] = reading.site.hub.identity, turns
    app.router.add_get("/members/{path}", member_feeds.by_password(member_feeds.nothing))
    app.router.add_get("/m/{password}/{path}", member_feeds.by_address(member_feeds.nothing))
    async with listening(app, "127.0.0.1", 0) as port:
        asked = [(f"/m/{each}/x", {}) for each in (password, wrong)]
        asked += [("/members/x", basic(each)) for each in (password, wrong)]
        async with turns.one():
            answers = [await request(port, "GET", path, None, headers) for path, headers in asked]
    assert same(answers)
    assert (answers[0].status, answers[0].problem) == (503, "busy")


async def test_a_flood_of_passwords_leaves_connections_for_all_else(
    reading: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, taken, most = reading.site.hub.identity, 0, 0
    read = database.read

    @contextlib.asynccontextmanager
    async def counted() -> AsyncIterator[AsyncConnection]:
        nonlocal taken, most
        taken, most = taken + 1, max(most, taken + 1)
        try:
            async with read() as connection:
                yield connection
        finally:
            taken -= 1

    monkeypatch.setattr(database, "read", counted)
    guesses = [feed_password.to_text(feed_password.new(secrets.token_bytes)) for _ in range(100)]
    flood = (request(reading.port, "GET", f"/m/{each}{FEED}") for each in guesses)
    assert {answer.status for answer in await asyncio.gather(*flood)} == {404}
    assert most == 4, "of fifteen"


async def test_what_members_read_lies_in_folders_for_their_owner_alone(reading: Served) -> None:
    files = [path for path in reading.site.data.rglob("*") if path.is_file()]
    holding = {path.relative_to(reading.site.data).parts[0] for path in files if MARK in path.read_bytes()}
    assert {"members", "entries"} <= {path.name for path in reading.site.data.iterdir()}
    assert holding <= {"members", "entries"}
    for name in ("members", "entries"):
        assert (reading.site.data / name).stat().st_mode & 0o777 == 0o700


async def test_a_reader_with_the_password_in_its_address_shows_what_is_for_members(reading: Served) -> None:
    password = await give(reading)
    for base in (f"http://warp:{password}@127.0.0.1:{reading.port}/members", f"{reading.url}/m/{password}"):
        found = await asyncio.to_thread(feedparser.parse, base + FEED)
        assert [entry.title.partition(" Phishing")[0] for entry in found.entries] == [
            "[NEW] [TLP:AMBER] [HIGH]"
        ]
