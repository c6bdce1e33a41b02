"""The public tree over HTTP: what is there, what a reader that has it already gets, and what is not there."""

import asyncio
import gzip
import hashlib
import itertools
import json
import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
import pytest_asyncio
from aiohttp import web

from handlers import errors
from handlers.published import Published
from storage import figures
from tests.support import NOON, WEEK, Logged, Served, request, sealed
from warp.disclosure import Cell, Figure, Release
from warp.listening import listening
from warp.policies import Policy
from warp.publication import Tree

pytestmark = pytest.mark.asyncio(loop_scope="module")

HTML, JSON, CSV = "text/html; charset=utf-8", "application/json", "text/csv; charset=utf-8"
METADATA = "application/csvm+json"
BINARY = "application/octet-stream"
PAGES = {
    "/": HTML,
    "/en/": HTML,
    "/es/": HTML,
    "/en/figures/": HTML,
    f"/es/figures/{WEEK}": HTML,
    "/es/figures/2026-Q3": HTML,
    "/en/figures/progress/019": HTML,
}
FILES = {
    "/v1/directory": JSON,
    "/v1/directory/0": JSON,
    "/v1/figures": JSON,
    f"/v1/figures/{WEEK}": JSON,
    f"/v1/figures/{WEEK}.csv": CSV,
    "/v1/figures/2026-10": JSON,
    "/v1/figures/2026-Q3.csv": CSV,
    "/v1/figures/schema.json": "application/schema+json",
    "/v1/figures/csv-metadata.json": METADATA,
    "/v1/figures/progress/019.csv": CSV,
    "/v1/figures/progress/csv-metadata.json": METADATA,
    "/feeds/en/all.atom": "application/atom+xml; charset=utf-8",
    "/feeds/es/all.rss": "application/rss+xml; charset=utf-8",
    "/feeds/es/all.json": "application/feed+json; charset=utf-8",
    "/feeds/en/country/BR,UY/min/high.atom": "application/atom+xml; charset=utf-8",
    "/v1/advisories": JSON,
    "/v1/advisories/schema.json": "application/schema+json",
}
COMPRESSED = PAGES | FILES
LISTS = {
    f"/v1/accepted/{WEEK}": BINARY,
    f"/v1/replies/{WEEK}": BINARY,
    "/v1/figures/archive.zip": "application/zip",
}
EVERYTHING = COMPRESSED | LISTS


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def public(shared: Served) -> Served:
    """A site with closed periods, an area's progress, its pages and the feeds of everything."""
    async with shared.site.hub.reports.write() as connection:
        await figures.close(connection, Release("2026-Q3", (Cell("fraud", "419", Figure(5)),), Policy()))
        await figures.close(connection, Release("2026-10", (), Policy()))
    await shared.post(sealed(shared.site))
    shared.clock.now = WEEK.end
    await shared.site.midnight(WEEK.end)
    await shared.site.publish_all()
    await shared.site.publish_figures()
    return shared


@pytest.mark.parametrize(("path", "media_type"), EVERYTHING.items())
async def test_a_public_file_is_served_with_validators_and_nothing_that_identifies(
    public: Served, path: str, media_type: str
) -> None:
    answer = await request(public.port, "GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"] == media_type
    assert re.fullmatch(r'"[0-9a-f]{32}"', answer.headers["etag"])
    assert answer.headers["last-modified"].endswith(" 00:00:00 GMT")
    assert answer.headers.get("vary") == (None if path in LISTS else "Accept-Encoding")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "max-age=" in answer.headers["cache-control"]
    assert not {"server", "set-cookie", "content-encoding", "x-powered-by"} & set(answer.headers)
    assert len(answer.body) == int(answer.headers["content-length"])


@pytest.mark.parametrize("path", EVERYTHING)
async def test_an_address_asked_for_again_gets_the_same_answer(public: Served, path: str) -> None:
    first, again = [await request(public.port, "GET", path) for _ in range(2)]
    assert again.body == first.body
    assert list(again.headers) == list(first.headers)
    assert {**again.headers, "date": ""} == {**first.headers, "date": ""}
    head = await request(public.port, "HEAD", path)
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", first.headers["etag"])


async def test_a_tree_whose_addresses_are_secrets_remembers_none(tmp_path: Path) -> None:
    Tree(tmp_path).write("a", b"secret", NOON)
    app = web.Application()
    for address, closed in (("/one", False), ("/two", True)):
        tree = Published(tmp_path, "'self'", closed=closed)

        async def get(request: web.Request, tree: Published = tree) -> web.Response:
            tree.respond(request, "a", "text/plain")
            return tree.again(request) or web.Response(status=404)

        app.router.add_get(address, get)
    async with listening(app, "127.0.0.1", 0) as port:
        assert [(await request(port, "GET", address)).status for address in ("/one", "/two")] == [200, 404]


async def test_an_address_known_before_is_still_refused_what_it_always_was(public: Served) -> None:
    path = "/v1/directory/1"
    assert (await request(public.port, "GET", path)).status == 200
    assert (await request(public.port, "GET", f"{path}?x")).problem == "no-query"
    assert (await request(public.port, "POST", path, b"")).problem == "method-not-allowed"


async def test_a_file_that_is_gone_is_not_found_though_it_was_served(public: Served) -> None:
    public.site.tree.write("v1/directory/77.json", b"{}", NOON)
    path = "/v1/directory/77"
    assert [(await request(public.port, "GET", path)).status for _ in range(2)] == [200, 200]
    (public.site.tree.folder / "v1/directory/77.json").unlink()
    assert (await request(public.port, "GET", path)).problem == "not-found"


async def test_a_file_that_is_gone_is_gone_from_memory_too(tmp_path: Path) -> None:
    tree, published = Tree(tmp_path), Published(tmp_path, "'none'")
    for name in ("a.json", "b.json"):
        tree.write(name, b"[]", NOON)

    async def get(asked: web.Request) -> web.StreamResponse:
        return published.again(asked) or published.respond(asked, asked.match_info["name"], JSON)

    app = web.Application(middlewares=[errors.middleware(Logged())])
    app.add_routes([web.get("/{name}", get)])
    async with listening(app, "127.0.0.1", 0) as port:
        for name in ("a.json", "b.json"):
            assert (await request(port, "GET", f"/{name}")).status == 200
        (tmp_path / "a.json").unlink()
        assert (await request(port, "GET", "/a.json")).status == 404
    assert list(published._files) == ["b.json"]
    assert published._held == published._files["b.json"].document.held


async def test_of_a_language_that_a_site_has_no_longer_nothing_is_served(public: Served) -> None:
    left = {
        "fr/index.html": "/fr/",
        "fr/feeds/index.html": "/fr/feeds/",
        "fr/figures/index.html": "/fr/figures/",
        "fr/advisories/drill-1.html": "/fr/advisories/drill-1",
        "feeds/fr/drill.atom": "/feeds/fr/drill.atom",
        "feeds/fr/feeds.opml": "/feeds/fr/feeds.opml",
    }
    for path, address in left.items():
        public.site.tree.write(path, b"left", NOON)
        assert (await request(public.port, "GET", address)).problem == "not-found"


@pytest.mark.parametrize("path", LISTS)
async def test_what_cannot_be_compressed_is_the_same_for_everybody(public: Served, path: str) -> None:
    plain = await request(public.port, "GET", path)
    packed = await request(public.port, "GET", path, None, {"Accept-Encoding": "gzip"})
    assert "content-encoding" not in packed.headers
    assert (packed.body, packed.headers["etag"]) == (plain.body, plain.headers["etag"])


@pytest.mark.parametrize("path", COMPRESSED)
async def test_the_gzip_twin_unpacks_to_the_same_and_has_its_own_etag(public: Served, path: str) -> None:
    plain = await request(public.port, "GET", path)
    packed = await request(public.port, "GET", path, None, {"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["last-modified"] == plain.headers["last-modified"]
    assert packed.body[4:8] == bytes(4), "a time stands in the gzip header"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("br, gzip ; q=0.1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, identity", False),
        ("deflate, br", False),
        ("", False),
        ("identity", False),
        ("xgzip", False),
        ("\xff", False),
    ],
)
async def test_only_who_takes_gzip_gets_it(public: Served, accepted: str, packed: bool) -> None:  # noqa: FBT001
    answer = await request(public.port, "GET", "/v1/directory", None, {"Accept-Encoding": accepted})
    assert answer.status == 200
    assert ("content-encoding" in answer.headers) is packed


@pytest.mark.parametrize("encoding", ["", "gzip"])
@pytest.mark.parametrize("path", EVERYTHING)
async def test_who_has_it_already_gets_304_and_no_body(public: Served, path: str, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    first = await request(public.port, "GET", path, None, headers)
    conditions = [
        {"If-None-Match": first.headers["etag"]},
        {"If-None-Match": f'"other", W/{first.headers["etag"]}'},
        {"If-None-Match": "*"},
    ]
    if path not in PAGES:
        conditions.append({"If-Modified-Since": first.headers["last-modified"]})
    for condition in conditions:
        answer = await request(public.port, "GET", path, None, headers | condition)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == first.headers["etag"]
        assert answer.headers["cache-control"] == first.headers["cache-control"]
        assert answer.headers.get("vary") == first.headers.get("vary")
        assert "server" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_whole_for_who_asks_with_a_date_alone(public: Served, path: str) -> None:
    """Taranis AI asks for it with the date of the feed, which is the same as that of its newest page."""
    modified = (await request(public.port, "GET", path)).headers["last-modified"]
    assert (await request(public.port, "GET", path, None, {"If-Modified-Since": modified})).status == 200


async def test_the_etag_of_one_encoding_does_not_do_for_the_other(public: Served) -> None:
    plain = await request(public.port, "GET", "/en/")
    headers = {"Accept-Encoding": "gzip", "If-None-Match": plain.headers["etag"]}
    assert (await request(public.port, "GET", "/en/", None, headers)).status == 200


@pytest.mark.parametrize(
    "condition",
    [
        {"If-None-Match": '"other"'},
        {"If-None-Match": ""},
        {"If-None-Match": "\xff"},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ],
)
async def test_who_has_something_else_gets_it_whole(public: Served, condition: dict[str, str]) -> None:
    answer = await request(public.port, "GET", "/v1/directory", None, condition)
    assert answer.status == 200
    assert answer.body


async def test_a_tag_that_does_not_match_weighs_more_than_a_date_that_does(public: Served) -> None:
    first = await request(public.port, "GET", "/v1/directory")
    conditions = {"If-None-Match": '"other"', "If-Modified-Since": first.headers["last-modified"]}
    assert (await request(public.port, "GET", "/v1/directory", None, conditions)).status == 200


@pytest.mark.parametrize("path", EVERYTHING)
async def test_head_gives_the_same_head_and_no_body(public: Served, path: str) -> None:
    got, head = await request(public.port, "GET", path), await request(public.port, "HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers | {"date": ""} == got.headers | {"date": ""}


@pytest.mark.parametrize("path", PAGES)
async def test_pages_allow_no_script_and_only_their_own_style(public: Served, path: str) -> None:
    policy = (await request(public.port, "GET", path)).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("table", "metadata"),
    [
        ("/v1/figures/2026-Q3.csv", "/v1/figures/csv-metadata.json"),
        ("/v1/figures/progress/019.csv", "/v1/figures/progress/csv-metadata.json"),
    ],
)
async def test_a_table_leads_to_its_metadata_and_back(public: Served, table: str, metadata: str) -> None:
    link = (await request(public.port, "GET", table)).headers["link"]
    found = re.fullmatch(r'<([^>]+)>; rel="describedby"; type="application/csvm\+json"', link)
    assert found is not None
    assert urljoin(table, found[1]) == metadata
    answer = await request(public.port, "GET", metadata)
    assert "link" not in answer.headers
    assert table in [urljoin(metadata, each["url"]) for each in json.loads(answer.body)["tables"]]


async def test_the_hashes_of_the_index_are_those_of_what_is_served(public: Served) -> None:
    listed = json.loads((await request(public.port, "GET", "/v1/figures")).body)
    files = [listed["archive"], *(each[form] for each in listed["releases"] for form in ("json", "csv"))]
    for file in files:
        answer = await request(public.port, "GET", file["href"])
        assert hashlib.sha256(answer.body).hexdigest() == file["sha256"]
    assert len(files) == 7


async def test_an_index_is_kept_for_a_short_time_only(public: Served) -> None:
    for path in ("/v1/figures", "/v1/figures/archive.zip", "/v1/figures/csv-metadata.json"):
        caching = (await request(public.port, "GET", path)).headers["cache-control"]
        assert caching == "public, max-age=60"


async def test_a_directory_entry_never_changes_and_says_so(public: Served) -> None:
    assert "immutable" in (await request(public.port, "GET", "/v1/directory/0")).headers["cache-control"]
    assert "immutable" not in (await request(public.port, "GET", "/v1/directory")).headers["cache-control"]


async def test_what_is_published_again_is_served_at_once(public: Served) -> None:
    tree = Tree(public.site.data / "public")
    for number in range(3):
        body = b"%d" % number * 100
        tree.write("v1/directory/900.json", body, NOON)
        for encoding in ("", "gzip"):
            headers = {"Accept-Encoding": encoding}
            answer = await request(public.port, "GET", "/v1/directory/900", None, headers)
            assert (gzip.decompress(answer.body) if encoding else answer.body) == body


async def test_what_is_kept_in_memory_adds_up_and_has_a_bound(tmp_path: Path) -> None:
    tree, published = Tree(tmp_path), Published(tmp_path, "'none'")
    for number in range(30):
        tree.write(f"{number}.json", secrets.token_bytes(400_000), NOON)

    async def get(asked: web.Request) -> web.StreamResponse:
        return published.respond(asked, f"{asked.match_info['number']}.json", JSON)

    app = web.Application()
    app.add_routes([web.get("/{number}", get)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    for number, encoding in itertools.product(range(30), ("", "gzip")):
        await request(port, "GET", f"/{number}", None, {"Accept-Encoding": encoding})
        await request(port, "GET", "/0", None, {"Accept-Encoding": "gzip"})
    tree.write("0.json", b"[]", NOON)
    assert (await request(port, "GET", "/0")).body == b"[]"
    await runner.cleanup()
    held = {name: file.document.held for name, file in published._files.items()}
    assert published._held == sum(held.values()) <= 8 * 1024 * 1024
    assert len(held) == 10
    assert held["0.json"] < 5_000, "what was asked for last and often stays, as it is now"


async def test_a_write_that_was_cut_short_is_mended_by_the_next(public: Served) -> None:
    tree, path = Tree(public.site.data / "public"), "v1/directory/901.json"
    tree.write(path, b"old", NOON)
    target = tree.folder / path
    kept = target.with_suffix(".kept")
    os.link(target, kept)
    tree.write(path, b"new", NOON)
    kept.replace(target)  # as if the writer had stopped between the two files

    async def served(encoding: str) -> bytes:
        answer = await request(public.port, "GET", "/v1/directory/901", None, {"Accept-Encoding": encoding})
        return gzip.decompress(answer.body) if encoding else answer.body

    assert await served("") == b"old"
    tree.write(path, b"new", NOON)
    assert [await served(""), await served("gzip")] == [b"new", b"new"]


async def test_many_readers_at_once_get_the_same(public: Served) -> None:
    paths = list(EVERYTHING) * 8
    answers = await asyncio.gather(*(request(public.port, "GET", path) for path in paths))
    assert {answer.status for answer in answers} == {200}
    assert len({(path, answer.body) for path, answer in zip(paths, answers, strict=True)}) == len(EVERYTHING)


@pytest.mark.parametrize(
    "path",
    [
        "/index.html",
        "/en",
        "/en/index.html",
        "/xx/",
        "/EN/",
        "/en/advisories/none",
        "/en/advisories/" + "a" * 81,
        "/en/advisories/" + "a" * 5000,
        "/feeds/en/type/" + "a" * 5000 + ".atom",
        "/v1/directory/7",
        "/v1/directory/007",
        "/v1/directory/1.json",
        "/v1/directory/9999999",
        "/v1/directory/%D9%A1",
        "/v1/accepted/2026-W46",
        "/v1/accepted/2026-W99",
        "/v1/figures/2026-W46",
        "/v1/figures/2026-W46.csv",
        "/v1/figures/",
        "/v1/figures/index.json",
        "/v1/figures/2026-Q5",
        "/v1/figures/2026-10.json",
        "/v1/figures/progress/002.csv",
        "/v1/figures/progress/019",
        "/en/figures/progress/002",
        "/en/figures/progress/",
        "/v1/reports/1",
        "/warp.toml",
        "/../warp.toml",
        "/en/../../warp.toml",
        "/en/..%2f..%2fwarp.toml",
        "/en/%2e%2e/%2e%2e/warp.toml",
        "/en/advisories/..%2f..%2f..%2fwarp.toml",
        "/en/advisories/..",
        "/en/figures/%2e%2e",
        "/v1/directory/..%2f..%2f..%2fwarp",
        "/feeds/en/type/..%2f..%2f..%2f..%2freports.db%00.atom",
        "/feeds/en/%00.atom",
        "/en/%00",
        "/en/advisories/a%00",
        "/en/advisories/a%0d%0aX-Mark:1",
        "//etc/passwd",
        "/%ff%fe",
        "/en//",
        "/./en/./..",
        "/keys/online.key",
        "/public/en/index.html",
    ],
)
async def test_what_is_not_there_is_not_found(public: Served, path: str) -> None:
    logged = list(public.logged.events)
    for method in ("GET", "HEAD"):
        answer = await request(public.port, method, path)
        assert answer.status == 404
    assert (await request(public.port, "GET", path)).problem == "not-found"
    assert public.logged.events == logged


@pytest.mark.parametrize("path", EVERYTHING)
async def test_public_files_take_no_query_and_no_other_method(public: Served, path: str) -> None:
    answer = await request(public.port, "GET", path + "?mark=1")
    assert (answer.status, answer.problem) == (400, "no-query")
    assert b"mark" not in answer.raw
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = await request(public.port, method, path)
        assert (answer.status, answer.problem) == (405, "method-not-allowed")
        assert answer.headers["allow"] == "GET,HEAD"


async def test_times_of_files_are_those_of_their_content(public: Served) -> None:
    listed = await request(public.port, "GET", f"/v1/accepted/{WEEK}")
    assert listed.headers["last-modified"] == "Mon, 23 Nov 2026 00:00:00 GMT"
    oldest = datetime(2026, 10, 19, tzinfo=UTC)
    entry = await request(public.port, "GET", "/v1/directory/0")
    assert entry.headers["last-modified"] == f"{oldest:%a, %d %b %Y} 00:00:00 GMT"
