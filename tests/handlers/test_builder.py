"""The builder over HTTP: from a choice in the form to the page of its feed, and what is refused."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from urllib.parse import urlencode, urljoin

import lxml.html
import msgspec
import pytest
import pytest_asyncio

from feeds.filters import MOST_VALUES
from tests.support import NOON, WEEK, Answer, Served, request, unchanged
from warp import issuing
from warp.advisory import Advisory, Status, Text, Tlp
from warp.site import PAGES
from warp.taxonomy import Severity

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGE = "/en/feeds/"
WARNING = Advisory(
    id="2026-w47-k3v9q2xd",
    revision=1,
    version=1,
    status=Status.PUBLISHED,
    tlp=Tlp.CLEAR,
    severity=Severity.HIGH,
    type="fraud/phishing",
    place="UY",
    week=str(WEEK),
    texts={code: Text(title="Phishing of banks", summary="S") for code in ("en", "es")},
    published=NOON,
    updated=NOON,
)
OTHER = msgspec.structs.replace(
    WARNING, id="2026-w47-00000002", place="BR", type="intrusions/burglary", updated=NOON + timedelta(hours=1)
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(shared: Served) -> AsyncIterator[Served]:
    """A site with two warnings."""
    await shared.site.publish_all()
    for outlet in shared.site.outlets:
        issuing.issue(outlet, PAGES, [issuing.issued([each]) for each in (WARNING, OTHER)])
    yield shared


async def choose(site: Served, *chosen: tuple[str, str], page: str = PAGE) -> Answer:
    return await request(site.port, "POST", page, urlencode(chosen).encode(), FORM)


async def get(site: Served, path: str) -> Answer:
    return await request(site.port, "GET", path)


def titles(page: bytes) -> list[str]:
    return [each.text_content() for each in lxml.html.fromstring(page.decode()).iter("h3")]


@pytest.mark.parametrize(
    ("chosen", "address"),
    [
        ([("min", "")], "all"),
        ([], "all"),
        ([("country", "UY"), ("min", "high"), ("country", "BR"), ("type", "intrusions")], None),
        ([("region", "419"), ("sector", "banking")], "region/419/sector/banking"),
    ],
)
async def test_a_choice_leads_to_the_page_of_its_feed(
    site: Served, chosen: Sequence[tuple[str, str]], address: str | None
) -> None:
    async with unchanged(site):
        answer = await choose(site, *chosen)
        assert (answer.status, answer.body) == (303, b"")
        assert answer.headers["location"] == (address or "type/intrusions/country/BR,UY/min/high")
        assert answer.headers["cache-control"] == "no-store"
        shown = await get(site, urljoin(PAGE, answer.headers["location"]))
    assert shown.status == 200


async def test_what_the_form_sends_as_it_stands_is_accepted(site: Served) -> None:
    form = lxml.html.fromstring((await get(site, PAGE)).body.decode()).forms[0]
    assert (form.method, form.get("action")) == ("POST", None)
    assert {each.get("name") for each in form.iter("input")} == {"type", "country", "region", "sector", "min"}
    sent = [(each.get("name"), each.get("value")) for each in form.xpath(".//input[@checked]")]
    assert sent == [("min", "")]
    assert (await choose(site, *sent)).headers["location"] == "all"


async def test_the_page_of_a_feed_shows_what_stands_in_it(site: Served) -> None:
    assert titles((await get(site, "/en/feeds/all")).body) == ["Phishing of banks"] * 2
    assert titles((await get(site, "/es/feeds/country/UY/min/high")).body) == ["Phishing of banks"]
    assert titles((await get(site, "/en/feeds/min/critical")).body) == []


async def test_the_page_of_a_feed_is_answered_with_validators_and_runs_nothing(site: Served) -> None:
    answer = await get(site, "/en/feeds/country/UY")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "form-action 'none'" in answer.headers["content-security-policy"]
    known = {"If-None-Match": answer.headers["etag"]}
    assert (await request(site.port, "GET", "/en/feeds/country/UY", None, known)).status == 304


async def test_the_page_of_a_feed_is_the_same_when_asked_for_again_until_something_is_published(
    site: Served,
) -> None:
    path, gzip = "/en/feeds/type/intrusions", {"Accept-Encoding": "gzip"}
    first, again = [await get(site, path) for _ in range(2)]
    assert {**again.headers, "date": ""} == {**first.headers, "date": ""}
    assert (again.status, again.body) == (200, first.body)
    packed = [(await request(site.port, "GET", path, None, gzip)).headers["etag"] for _ in range(2)]
    assert len({*packed, first.headers["etag"]}) == 2
    further = msgspec.structs.replace(OTHER, id="2026-w47-00000003", type="intrusions/system-compromise")
    issuing.issue(site.site.outlets[0], PAGES, [issuing.issued([further])])
    assert len(titles((await get(site, path)).body)) == len(titles(first.body)) + 1


async def test_its_links_are_those_of_its_feed(site: Served) -> None:
    answer = await get(site, "/en/feeds/country/BR,UY")
    for how in ("atom", "rss", "json"):
        path = f"/feeds/en/country/BR,UY.{how}"
        assert f'href="{path}"'.encode() in answer.body
        assert (await get(site, path)).status == 200


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("country/UY,BR", "country/BR,UY"),
        ("min/high/country/uy", "country/UY/min/high"),
        ("country/BR,BR", "country/BR"),
    ],
)
async def test_another_spelling_leads_to_the_one_address(site: Served, asked: str, location: str) -> None:
    answer = await get(site, f"{PAGE}{asked}")
    assert answer.status == 308
    assert urljoin(f"{PAGE}{asked}", answer.headers["location"]) == f"{PAGE}{location}"


@pytest.mark.parametrize(
    "path",
    ["/en/feeds/drill", "/en/feeds/country/XX", "/en/feeds/none", "/de/feeds/all", "/en/feeds/all.atom"],
)
async def test_what_is_no_feed_has_no_page(site: Served, path: str) -> None:
    answer = await get(site, path)
    assert answer.status == 404
    assert answer.problem in ("no-such-feed", "not-found")


COUNTRIES = ("AR", "BO", "BR", "CL", "CO", "EC", "PE", "PY", "UY")


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ([("country", each) for each in COUNTRIES], "Choose at most 8 in each list."),
        ([("country", "UY"), ("country", "Atlantis-canary")], "none that there are feeds of"),
        ([("colour-canary", "blue")], "none that there are feeds of"),
    ],
)
async def test_what_cannot_be_had_brings_the_form_again_with_what_to_change(
    site: Served, chosen: Sequence[tuple[str, str]], sentence: str
) -> None:
    async with unchanged(site):
        answer = await choose(site, *chosen)
    assert answer.status == 400
    assert sentence.encode() in answer.body
    assert b"canary" not in answer.body
    assert answer.headers["cache-control"] == "no-store"
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    ticked = lxml.html.fromstring(answer.body.decode()).xpath("//input[@checked]/@value")
    assert {each for each in ticked if each} == {value for _, value in chosen if value in COUNTRIES}


async def test_of_many_refusals_at_once_some_are_told_to_come_later(site: Served) -> None:
    answers = await asyncio.gather(*(choose(site, ("country", "XX")) for _ in range(80)))
    later = [answer for answer in answers if answer.status != 400]
    assert 0 < len(later) < len(answers)
    assert {(answer.status, answer.problem, answer.headers["retry-after"]) for answer in later} == {
        (503, "busy", "60")
    }
    assert (await choose(site, ("country", "XX"))).status == 400


async def test_the_most_that_an_address_may_have_can_be_chosen(site: Served) -> None:
    assert len(COUNTRIES) == MOST_VALUES + 1
    assert (await choose(site, *(("country", each) for each in COUNTRIES[1:]))).status == 303


async def test_the_refusal_is_in_the_language_of_the_page(site: Served) -> None:
    answer = await choose(site, *(("country", each) for each in COUNTRIES), page="/es/feeds/")
    assert "Elija como máximo 8 en cada lista." in answer.body.decode()


@pytest.mark.parametrize(
    ("body", "headers", "refusal"),
    [
        (b"country=UY", {"Content-Type": "application/json"}, (415, "media-type")),
        (b"country=UY", {**FORM, "Content-Encoding": "gzip"}, (415, "content-encoding")),
        (b"a" * 16_385, FORM, (400, "bad-form")),
        (b"&".join([b"country=UY"] * 600), FORM, (400, "bad-form")),
        (b"country=%ff", FORM, (400, "bad-form")),
        ("country=é".encode(), FORM, (400, "bad-form")),
    ],
)
async def test_what_is_not_a_form_is_refused_and_leaves_nothing(
    site: Served, body: bytes, headers: dict[str, str], refusal: tuple[int, str]
) -> None:
    async with unchanged(site):
        answer = await request(site.port, "POST", PAGE, body, headers)
        assert (answer.status, answer.problem) == refusal


async def test_only_the_page_with_the_form_may_send_one(site: Served) -> None:
    for path, target in ((PAGE, "'self'"), ("/en/", "'none'"), (f"/en/advisories/{WARNING.id}", "'none'")):
        policy = (await get(site, path)).headers["content-security-policy"]
        assert policy.endswith(f"form-action {target}")


async def test_the_list_of_feeds_is_served_as_what_it_is(site: Served) -> None:
    answer = await get(site, "/feeds/es/feeds.opml")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/x-opml; charset=utf-8")


async def test_members_have_the_page_of_all_feeds_without_the_form_and_their_own_list(site: Served) -> None:
    _, members = site.site.outlets
    page, listed = (members.tree.read(path) or b"" for path in ("en/feeds/index.html", "feeds/en/feeds.opml"))
    assert b"/members/feeds/en/country/UY.atom" in page
    assert b"<form" not in page
    assert f"{members.site.url}/feeds/en/country/UY.atom".encode() in listed
    assert (await choose(site, page=f"/members{PAGE}")).status == 405
