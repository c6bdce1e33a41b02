"""nginx answers from a published folder as the server does: the same site, the same requests, both asked."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import pytest_asyncio

from handlers import nginx, routes
from storage import figures
from tests import webserver
from tests.support import WEEK, Answer, Served, request, sealed
from tests.warp.test_issuing import issue_all
from tests.warp.test_publication import SITE, advisory
from tests.warp.test_static import LONG, in_silence
from warp import drilled, static
from warp.advisory import Status, version_of
from warp.disclosure import Cell, Figure, Release
from warp.issuing import Issued
from warp.policies import Policy
from warp.site import PAGES

on_the_loop = pytest.mark.asyncio(loop_scope="module")

SAMPLE = Path(__file__).parents[2] / "docs" / "nginx.conf"
_OWN = {"date", "server", "connection"}
"""Headers of the web server, not of the document; nginx names itself, without its version."""
TWIN = "2026-w47-00000001"
ADDRESSES = {
    "/v1/directory": True,
    "/v1/directory/0": True,
    f"/v1/accepted/{WEEK}": False,
    f"/v1/replies/{WEEK}": False,
    "/v1/figures": True,
    "/v1/figures/archive.zip": False,
    "/v1/figures/schema.json": True,
    "/v1/figures/csv-metadata.json": True,
    f"/v1/figures/{WEEK}": True,
    f"/v1/figures/{WEEK}.csv": True,
    "/v1/figures/2026-10": True,
    "/v1/figures/2026-Q3.csv": True,
    "/v1/figures/progress/csv-metadata.json": True,
    "/v1/figures/progress/019.csv": True,
    "/en/figures/": True,
    f"/es/figures/{WEEK}": True,
    "/es/figures/2026-Q3": True,
    "/en/figures/progress/019": True,
    "/v1/advisories": True,
    "/v1/advisories/schema.json": True,
    f"/v1/advisories/{TWIN}.json": True,
    f"/v1/advisories/{TWIN}/1.json": True,
    f"/v1/advisories/{TWIN}.sig": False,
    "/": True,
    "/en/": True,
    "/es/": True,
    f"/en/advisories/{TWIN}": True,
    "/en/advisories/drill-2026-w47-00000000": True,
    "/en/feeds/": True,
    "/es/feeds/all": True,
    "/en/feeds/country/UY": True,
    "/en/feeds/type/fraud/phishing": True,
    "/en/feeds/sector/energy": True,
    "/feeds/es/feeds.opml": True,
    "/feeds/en/all.atom": True,
    "/feeds/es/all.rss": True,
    "/feeds/en/country/UY.json": True,
    "/feeds/en/drill.atom": True,
    "/feeds/en/country/NA.atom": True,
    "/feeds/es/type/fraud/phishing.json": True,
    "/feeds/en/all/archive/2026-11-1.atom": True,
    "/feeds/es/country/UY/archive/2026-11-2.json": True,
    "/feeds/en/region/419/archive/2026-11-1.rss": True,
}
"""Every kind of address, and whether it has a gzip twin."""
ENCODINGS = ("", "gzip", "gzip;q=0", "br, gzip;q=0.5")


class Both(NamedTuple):
    """The same site, served twice, and by nginx with the server behind it."""

    server: Served
    nginx: int
    behind: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(shared: Served, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Both]:
    webserver.required()
    async with shared.site.hub.reports.write() as connection:
        await figures.close(connection, Release("2026-Q3", (Cell("fraud", "419", Figure(5)),), Policy()))
        await figures.close(connection, Release("2026-10", (), Policy()))
    await shared.post(sealed(shared.site))
    shared.clock.now = WEEK.end
    await shared.site.midnight(WEEK.end)
    public, _ = shared.site.outlets
    issue_all(public, [_warning(number) for number in range(25)])
    drilled.add(public.tree, public.site, PAGES, advisory("drill-2026-w47-00000000", drill=True))
    await shared.site.sign_twins()
    folder = tmp_path_factory.mktemp("nginx")
    static.publish(shared.site.data, public, folder / "www", in_silence)
    root = str(folder / "www")
    ways = [nginx.configuration(root, public.site), nginx.configuration(root, public.site, shared.url)]
    with webserver.serving(folder, ways) as ports:
        yield Both(shared, *ports)


def _warning(number: int) -> Issued:
    one = advisory(f"2026-w47-{number:08d}", texts=LONG)
    if number != 1:
        return Issued(one)
    changed = {"version": 2, "status": Status.UPDATED, "history": (version_of(one),), "reason": "More."}
    return Issued(msgspec.structs.replace(one, **changed), (one,))


def headers(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in _OWN}


def problem(answer: Answer) -> str:
    """Give the name of a problem, whichever web server answers; nginx says that it is nginx."""
    return answer._replace(headers=answer.headers | {"server": ""}).problem


def test_every_address_of_a_file_is_among_those_asked_for() -> None:
    for each in routes.files("en"):
        pattern = routes.PART.sub(lambda part: f"(?:{part[2]})", each.address)
        assert any(re.fullmatch(pattern, address) for address in ADDRESSES), each.address


@on_the_loop
@pytest.mark.parametrize(("path", "is_packed"), ADDRESSES.items())
async def test_nginx_answers_as_the_server_does(both: Both, path: str, is_packed: bool) -> None:  # noqa: FBT001
    tags = set()
    for accepted in ENCODINGS:
        asked = {"Accept-Encoding": accepted} if accepted else {}
        ours, theirs = [
            await request(port, "GET", path, headers=asked) for port in (both.server.port, both.nginx)
        ]
        assert (theirs.status, ours.status) == (200, 200)
        assert theirs.body == ours.body
        assert headers(theirs) | {"etag": ""} == headers(ours) | {"etag": ""}
        assert re.fullmatch('"[^"]+"', theirs.headers["etag"])
        assert ("content-encoding" in theirs.headers) == (
            is_packed and accepted in ("gzip", "br, gzip;q=0.5")
        )
        tags.add((theirs.headers.get("content-encoding"), theirs.headers["etag"]))
    assert len({tag for _, tag in tags}) == len(tags) == 1 + is_packed


@on_the_loop
@pytest.mark.parametrize("path", ADDRESSES)
async def test_nginx_says_304_to_either_validator(both: Both, path: str) -> None:
    for accepted in ("", "gzip"):
        encoding = {"Accept-Encoding": accepted}
        whole = await request(both.nginx, "GET", path, headers=encoding)
        for validator in (
            {"If-None-Match": whole.headers["etag"]},
            {"If-Modified-Since": whole.headers["last-modified"]},
        ):
            again = await request(both.nginx, "GET", path, headers=encoding | validator)
            assert (again.status, again.body) == (304, b"")
            for name in ("etag", "cache-control", "last-modified", "vary"):
                assert again.headers.get(name) == whole.headers.get(name)
        older = {"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
        newer = {"If-Modified-Since": "Mon, 01 Jan 2035 00:00:00 GMT"}
        for other in (older, newer, {"If-None-Match": '"other"'}):
            assert (await request(both.nginx, "GET", path, headers=encoding | other)).status == 200


REFUSED = {
    "/en/?": 400,
    "/en/?utm=1": 400,
    "/nowhere?a=b": 400,
    "/nowhere": 404,
    "/en": 404,
    "/fr/": 404,
    "/v1": 404,
    "/v1/directory/": 404,
    "/v1/directory/9": 404,
    "/v1/directory/newest.json": 404,
    "/v1/figures/": 404,
    "/feeds/en/all.atom.gz": 404,
    "/feeds/en/all": 404,
    "/feeds/drills.json": 404,
    "/feeds/en/all/archive/2026-11-9.atom": 404,
    "/en/advisories/": 404,
    f"/en/advisories/{TWIN}.html": 404,
    "/.warp-published": 404,
    "/.no-query": 404,
    "/.not-http": 404,
    "/en/%0a": 404,
    "/en/feeds/index": 404,
    "/en/feeds/drill": 404,
    "/en/feeds/country/XX": 404,
    "/fr/feeds/all": 404,
}


@on_the_loop
@pytest.mark.parametrize(("path", "status"), REFUSED.items())
async def test_nginx_refuses_as_the_server_does(both: Both, path: str, status: int) -> None:
    for port in (both.nginx, both.behind):
        refused = await request(port, "GET", path)
        assert refused.status == status
        assert problem(refused) in ("no-query" if status == 400 else "not-found", "no-such-feed")
    ours = await request(both.server.port, "GET", path)
    alone = await request(both.nginx, "GET", path)
    assert ours.status == status
    if problem(ours) != "no-such-feed":
        assert (alone.body, headers(alone)) == (ours.body, headers(ours))


@on_the_loop
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_nginx_takes_no_other_method_where_the_server_takes_none(both: Both, method: str) -> None:
    for port in (both.server.port, both.nginx, both.behind):
        refused = await request(port, method, "/en/", b"")
        assert (refused.status, problem(refused)) == (405, "method-not-allowed")
        assert refused.headers["allow"] == "GET,HEAD"


@on_the_loop
async def test_what_is_not_http_gets_a_problem_from_nginx_too(both: Both) -> None:
    for port in (both.server.port, both.nginx):
        refused = await request(port, "G ET", "/en/")
        assert (refused.status, problem(refused)) == (400, "not-http")


@on_the_loop
async def test_nginx_does_not_tell_its_version(both: Both) -> None:
    for path in ("/en/", "/nowhere", "/en/?a"):
        assert (await request(both.nginx, "GET", path)).headers["server"] == "nginx"


@on_the_loop
async def test_head_is_get_without_the_body(both: Both) -> None:
    whole, head = [await request(both.nginx, method, "/feeds/en/all.atom") for method in ("GET", "HEAD")]
    assert headers(head) == headers(whole)
    assert head.body == b""


@on_the_loop
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feeds/en/type/fraud/country/AR,UY.atom", 200),
        ("/feeds/en/country/uy.atom", 308),
        ("/feeds/en/country/XX.atom", 404),
        ("/en/feeds/country/AR,UY", 200),
        ("/healthz", 200),
        ("/members/feeds/en/all.atom", 401),
    ],
)
async def test_what_is_no_file_comes_from_the_server_behind(both: Both, path: str, status: int) -> None:
    ours, theirs = [await request(port, "GET", path) for port in (both.server.port, both.behind)]
    assert (ours.status, theirs.status) == (status, status)
    assert theirs.body == ours.body
    kept = {name: value for name, value in headers(theirs).items() if name != "transfer-encoding"}
    assert kept == headers(ours)
    assert (await request(both.nginx, "GET", path)).status == 404


@on_the_loop
async def test_the_form_reaches_the_server_behind(both: Both) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    ours, theirs = [
        await request(port, "POST", "/en/feeds/", b"country=UY", form)
        for port in (both.server.port, both.behind)
    ]
    assert (ours.status, theirs.status) == (303, 303)
    assert ours.headers["location"] == theirs.headers["location"]


@on_the_loop
async def test_a_report_reaches_the_server_behind(both: Both) -> None:
    binary = {"Content-Type": "application/octet-stream"}
    envelope = sealed(both.server.site)
    taken, refused = [
        await request(port, "POST", "/v1/reports", envelope, binary) for port in (both.behind, both.nginx)
    ]
    assert taken.status in (200, 201, 202), taken.body
    assert refused.status == 404


def test_the_sample_in_the_documentation_is_what_the_command_writes() -> None:
    assert SAMPLE.read_text("utf-8") == nginx.configuration("/srv/www/warp", SITE), (
        "write it anew: python -c 'from handlers import nginx; "
        'print(nginx.configuration("/srv/www/warp", SITE), end="")\' > docs/nginx.conf'
    )
