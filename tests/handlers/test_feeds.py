"""Feeds over HTTP: every choice has one address, and what was published is there at once."""

import asyncio
import gzip
from datetime import timedelta
from functools import partial

import feedparser
import pytest
import pytest_asyncio
from aiohttp import web

from feeds import composer
from feeds.compose import Composed
from handlers import errors, feeds
from handlers.published import FRESH, Published
from storage import advisories
from tests.feeds.standards import check_atom, check_json_feed, check_rss
from tests.support import NOON, Logged, Served, request
from tests.warp.test_publication import advisory
from warp.advisory import Advisory
from warp.listening import listening

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMPOSED = "/feeds/en/type/fraud,intrusions/country/BR,UY/min/high"
CODES = ("AR", "BO", "BR", "CL", "CO", "EC", "PE", "PY")


async def put(site: Served, *several: Advisory) -> None:
    async with site.site.hub.reports.write() as connection:
        for each in several:
            await advisories.save(connection, each)
    await site.site.publish_advisories([each.id for each in several])


def one_feed(served: feeds.Feeds) -> web.Application:
    """Give an application that has feeds and nothing else."""
    app = web.Application(middlewares=[errors.middleware(Logged())])
    app.router.add_get("/feeds/{language}/{address:.+}.{format}", served.respond)
    return app


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def public(shared: Served) -> Served:
    """A site with more warnings than a feed holds."""
    await shared.site.publish_all()
    await put(
        shared,
        *(
            advisory(f"2026-w47-{i:08d}", updated=NOON + timedelta(minutes=i), place=("UY", "AR")[i % 2])
            for i in range(100)
        ),
    )
    return shared


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/feeds/en/country/UY,BR.atom", "country/BR,UY.atom"),
        ("/feeds/en/country/uy.rss", "country/UY.rss"),
        ("/feeds/es/min/high/type/fraud.json", "type/fraud/min/high.json"),
        ("/feeds/en/country/UY,UY/archive/2026-11-1.atom", "country/UY/archive/2026-11-1.atom"),
    ],
)
async def test_another_order_of_a_choice_leads_to_its_one_address(
    public: Served, asked: str, location: str
) -> None:
    answer = await request(public.port, "GET", asked)
    assert answer.status == 308
    above = asked.removeprefix("/feeds/").count("/") - 1
    assert answer.headers["location"] == "../" * above + location
    assert answer.body == b""


@pytest.mark.parametrize(
    "asked",
    [
        "/feeds/en/country/XX.atom",
        "/feeds/en/type/no-such.atom",
        "/feeds/fr/all.atom",
        "/feeds/en/all.txt",
        "/feeds/en/all/country/UY.atom",
        "/feeds/en/drill/archive/2026-11-1.atom",
        "/feeds/en/all/archive/2025-11-1.atom",
        "/feeds/en/all/archive/2026-11-99.atom",
        "/feeds/en/all/archive/.atom",
        "/feeds/en/region/001.atom",
        "/feeds/en/min/unknown.atom",
        "/feeds/en/country/AD,AE,AF,AG,AI,AL,AM,AO,AQ.atom",
    ],
)
async def test_a_choice_that_there_is_not_is_not_found_and_not_repeated(public: Served, asked: str) -> None:
    answer = await request(public.port, "GET", asked)
    assert (answer.status, answer.problem) in ((404, "no-such-feed"), (404, "not-found"))
    assert b"XX" not in answer.body
    assert b"no-such." not in answer.body


async def test_a_query_is_refused_whatever_the_feed(public: Served) -> None:
    answer = await request(public.port, "GET", f"{COMPOSED}.atom?page=2")
    assert (answer.status, answer.problem) == (400, "no-query")


@pytest.mark.parametrize(
    "address", [COMPOSED, "/feeds/en/sector/space", "/feeds/en/country/AQ", "/feeds/en/all"]
)
@pytest.mark.parametrize(
    ("format_", "check"), [("atom", check_atom), ("rss", check_rss), ("json", check_json_feed)]
)
async def test_written_or_composed_a_feed_keeps_its_standard_and_its_validators(
    public: Served, address: str, format_: str, check: object
) -> None:
    whole = await request(public.port, "GET", f"{address}.{format_}")
    assert whole.status == 200
    assert callable(check)
    assert not check(whole.body)
    packed = await request(public.port, "GET", f"{address}.{format_}", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.body) == whole.body
    assert packed.headers["etag"] != whole.headers["etag"]
    for known in (whole, packed):
        coding = {"Accept-Encoding": "gzip"} if known is packed else {}
        headers = {"If-None-Match": known.headers["etag"], **coding}
        again = await request(public.port, "GET", f"{address}.{format_}", headers=headers)
        assert (again.status, again.body) == (304, b"")
        for name in ("etag", "last-modified", "cache-control", "vary"):
            assert again.headers[name] == known.headers[name]
    assert (
        whole.headers["cache-control"]
        == "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"
    )


async def test_a_composed_feed_is_kept_until_something_is_published(public: Served) -> None:
    before = await request(public.port, "GET", f"{COMPOSED}.atom")
    assert (await request(public.port, "GET", f"{COMPOSED}.atom")).body == before.body
    await put(public, advisory("2026-w47-zzzzzzzz", updated=NOON + timedelta(days=1)))
    after = await request(public.port, "GET", f"{COMPOSED}.atom")
    assert feedparser.parse(after.body).entries[0].id.endswith("/2026-w47-zzzzzzzz")
    assert after.headers["etag"] != before.headers["etag"]


async def test_whoever_follows_the_archives_of_a_composed_feed_gets_everything(public: Served) -> None:
    address, found = f"{COMPOSED}.atom", set()
    while address:
        answer = await request(public.port, "GET", address)
        assert answer.status == 200
        parsed = feedparser.parse(answer.body)
        found |= {each.id.rpartition("/")[2] for each in parsed.entries}
        links = {each.rel: each.href for each in parsed.feed.links}
        address = links.get("prev-archive", "").removeprefix(public.site.publisher.url)
    assert {f"2026-w47-{i:08d}" for i in range(0, 100, 2)} <= found


async def test_no_cache_keeps_an_archive_longer_than_a_feed(public: Served) -> None:
    """Or what is withdrawn could be read from it for longer."""
    answer = await request(public.port, "GET", "/feeds/en/all/archive/2026-11-1.atom")
    assert answer.status == 200
    assert answer.headers["cache-control"] == FRESH


async def test_no_cache_keeps_where_another_address_leads(public: Served) -> None:
    answer = await request(public.port, "GET", "/feeds/en/country/uy.atom")
    assert (answer.status, answer.headers["cache-control"]) == (308, "no-store")


async def test_many_who_ask_at_once_for_what_is_not_at_hand_get_it_or_are_told_to_come_later(
    public: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "_WAITING", 2)
    outlet = public.site.outlets[0]
    files = Published(outlet.tree.folder, "'none'")
    served = feeds.Feeds(outlet.tree.folder, outlet.store.folder, outlet.site, files)
    async with listening(one_feed(served), "127.0.0.1", 0) as port:
        answers = await asyncio.gather(
            *(request(port, "GET", f"/feeds/en/country/{code}.atom") for code in CODES),
            *(request(port, "GET", "/feeds/en/all.atom") for _ in CODES),
        )
    composed, written = answers[: len(CODES)], answers[len(CODES) :]
    assert {answer.status for answer in composed} == {200, 503}
    assert {
        (answer.problem, answer.headers["retry-after"]) for answer in composed if answer.status == 503
    } == {("busy", "60")}
    assert {answer.status for answer in written} == {200}, "what stands in a file waits for nobody"


async def test_a_feed_that_many_ask_for_at_once_is_composed_once(public: Served) -> None:
    outlet = public.site.outlets[0]
    files = Published(outlet.tree.folder, "'none'")
    served = feeds.Feeds(outlet.tree.folder, outlet.store.folder, outlet.site, files)
    composed: list[composer.Asked] = []
    compose = served.composer.compose

    def noted(asked: composer.Asked) -> Composed:
        composed.append(asked)
        return compose(asked)

    served.composer.compose = noted  # type: ignore[method-assign]
    async with listening(one_feed(served), "127.0.0.1", 0) as port:
        answers = await asyncio.gather(
            *(
                request(port, "GET", f"{COMPOSED}.atom", headers={"Accept-Encoding": coding})
                for coding in ("", "gzip") * 20
            )
        )
    assert {answer.status for answer in answers} == {200}
    assert len({answer.headers["etag"] for answer in answers}) == 2
    assert len(composed) == 1


async def test_composed_feeds_kept_in_memory_have_a_bound(
    public: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "_MOST_BYTES", 500_000)
    outlet = public.site.outlets[0]
    files = Published(outlet.tree.folder, "'none'")
    served = feeds.Feeds(outlet.tree.folder, outlet.store.folder, outlet.site, files)
    for code in ("AR", "BO", "BR", "CL", "CO", "EC"):
        asked = composer.parse(outlet.site, f"feeds/en/country/{code},UY.atom")
        await served._make(asked.path, partial(served.composer.compose, asked), {}, "")
        assert served._held == sum(each.size for each in served._kept.values()) <= 500_000
    assert 0 < len(served._kept) < 6
