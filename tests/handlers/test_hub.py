"""`POST /hub`: what is taken, what is refused, and that a refusal repeats and stores nothing."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from tests.subscriber import DRILL, FORM, TERMS, ask, with_hub
from tests.support import NOON, URL, Clock, Served, Stock, request, served, unchanged

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOOD = "http://127.0.0.1:9/callback"
"""Nobody listens there."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory, founded: Path, stock: Stock) -> AsyncIterator[Served]:
    data = Path(shutil.copytree(founded, tmp_path_factory.mktemp("hub") / "site"))
    with_hub(data)
    async with served(data, Clock(), stock, terms=TERMS._replace(after_refusal=0.0)) as running:
        yield running


@pytest.mark.parametrize(
    "topic",
    [
        "feeds/en/all.atom",
        "feeds/es/all.rss",
        "feeds/es/type/fraud/phishing,intrusions/country/BR,UY/min/high.json",
        "feeds/en/region/419.json",
        "feeds/en/type/fraud.atom",
        "feeds/en/type/fraud/phishing.rss",
        "feeds/en/country/UY.atom",
        "feeds/en/drill.atom",
    ],
)
async def test_every_public_feed_is_a_topic(hub: Served, topic: str) -> None:
    assert (await ask(hub, GOOD, topic=f"{URL}/{topic}", mode="unsubscribe")).status == 202


@pytest.mark.parametrize(
    "topic",
    [
        "",
        URL,
        f"{URL}/",
        DRILL,
        f"/{DRILL}",
        f"https://warp.example:8080/{DRILL}",
        f"http://WARP.example:8080/{DRILL}",
        f"http://warp.example/{DRILL}",
        f"http://other.example/{DRILL}",
        f"{URL}.evil.example/{DRILL}",
        f"{URL}//{DRILL}",
        f"{URL}/{DRILL}?",
        f"{URL}/{DRILL}?x=1",
        f"{URL}/{DRILL}#x",
        f"{URL}/{DRILL}/",
        f"{URL}/feeds/en/../en/all.atom",
        f"{URL}/feeds/en/%61ll.atom",
        f"{URL}/feeds/xx/all.atom",
        f"{URL}/feeds/en/all.pdf",
        f"{URL}/feeds/en/country/uy.atom",
        f"{URL}/feeds/en/country/XX.atom",
        f"{URL}/feeds/en/country/UY,BR.atom",
        f"{URL}/feeds/en/country/UY,UY.atom",
        f"{URL}/feeds/en/country/UY/type/fraud.atom",
        f"{URL}/feeds/en/type/fraud/archive/2026-11-1.atom",
        f"{URL}/feeds/en/type/none.atom",
        f"{URL}/feeds/en/all/archive/2026-11-1.atom",
        f"{URL}/members/{DRILL}",
        f"{URL}/m/secret/{DRILL}",
        f"{URL}/en/",
        f"{URL}/v1/directory",
        f"{URL}/../{DRILL}",
        f"{URL}/{DRILL}\n",
    ],
)
async def test_nothing_else_is_a_topic(hub: Served, topic: str) -> None:
    async with unchanged(hub):
        answer = await ask(hub, GOOD, topic=topic)
    assert (answer.status, answer.problem) == (404, "no-topic")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"mode": ""}, "bad-mode"),
        ({"mode": "publish"}, "bad-mode"),
        ({"mode": "Subscribe"}, "bad-mode"),
        ({"lease_seconds": "-1"}, "bad-lease"),
        ({"lease_seconds": "1.5"}, "bad-lease"),
        ({"lease_seconds": "a day"}, "bad-lease"),
        ({"lease_seconds": "٣"}, "bad-lease"),
        ({"lease_seconds": "9" * 5000}, "bad-lease"),
        ({"secret": "s" * 200}, "bad-secret"),
        ({"secret": "ñ" * 100}, "bad-secret"),
        ({"callback": ""}, "bad-callback"),
        ({"callback": GOOD + "a" * 1024}, "bad-callback"),
    ],
)
async def test_a_field_that_is_wrong_is_named_and_not_repeated(
    hub: Served, fields: dict[str, str], problem: str
) -> None:
    async with unchanged(hub):
        answer = await ask(hub, **({"callback": GOOD} | fields))
    assert (answer.status, answer.problem) == (400, problem)
    assert not any(len(value) > 2 and value.encode() in answer.body for value in fields.values())


async def test_a_secret_may_have_199_bytes(hub: Served) -> None:
    assert (await ask(hub, GOOD, secret="s" * 199, mode="unsubscribe")).status == 202


WHOLE = {"hub.mode": "unsubscribe", "hub.topic": f"{URL}/{DRILL}", "hub.callback": GOOD}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hub.mode",
        urlencode({name: value for name, value in WHOLE.items() if name != "hub.topic"}).encode(),
        urlencode([*WHOLE.items(), ("hub.callback", GOOD)]).encode(),
        urlencode(WHOLE | {"x": "x" * 8192}).encode(),
        urlencode([*WHOLE.items(), *[("x", "")] * 40]).encode(),
        urlencode(WHOLE).encode() + b"&hub.secret=%ff",
        urlencode(WHOLE).encode() + b"&hub.secret=\xff",
        b"\0" * 100,
    ],
    ids=["empty", "a name", "no topic", "two callbacks", "too long", "too many", "no UTF-8", "raw", "zeros"],
)
async def test_what_is_no_form_of_a_hub_is_refused(hub: Served, body: bytes) -> None:
    async with unchanged(hub):
        answer = await request(hub.port, "POST", "/hub", body, FORM)
    assert (answer.status, answer.problem) == (400, "bad-form")


async def test_fields_that_a_hub_does_not_know_count_for_nothing(hub: Served) -> None:
    fields = [*WHOLE.items(), ("hub.verify", "sync"), ("hub.verify", "async"), ("hub.verify_token", "x")]
    answer = await request(hub.port, "POST", "/hub", urlencode(fields).encode(), FORM)
    assert (answer.status, answer.headers["cache-control"]) == (202, "no-store")


async def test_another_media_type_a_query_and_another_method_are_refused(hub: Served) -> None:
    body = urlencode(WHOLE).encode()
    json = {"Content-Type": "application/json"}
    assert (await request(hub.port, "POST", "/hub", body, json)).problem == "media-type"
    assert (await request(hub.port, "POST", "/hub?a", body, FORM)).problem == "no-query"
    assert (await request(hub.port, "GET", "/hub")).problem == "method-not-allowed"


async def test_while_the_clock_is_in_doubt_nothing_is_taken(hub: Served) -> None:
    await hub.site.catch_up()
    assert await hub.site.is_ready()
    with hub.clock.at(NOON.replace(year=2027)):
        assert (await ask(hub, GOOD)).problem == "clock"


async def test_a_site_without_a_hub_has_none(shared: Served) -> None:
    assert (await ask(shared, GOOD)).problem == "not-found"
    shared.site.tree.write(DRILL, b"<feed/>", NOON)
    assert "link" not in (await request(shared.port, "GET", f"/{DRILL}")).headers
