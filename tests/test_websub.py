"""WebSub from end to end: a served site, subscribers with servers of their own, and what they are sent."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from storage import advisories, subscriptions
from storage.subscriptions import Subscription
from tests.subscriber import DRILL, TERMS, Subscriber, ask, subscriber, until, with_hub
from tests.support import NOON, URL, Clock, Logged, Served, Stock, opened, request, served
from warp import delivering, subscribing
from warp.advisory import Advisory, Status, Text, Tlp
from warp.delivering import Pace
from warp.site import Site
from warp.taxonomy import Severity

NONE = "feeds/en/drill.rss"
"""There is no such file."""
SECRET = "a secret of the subscriber's"  # noqa: S105 - one of this test
LINK = f'<{URL}/hub>; rel="hub", <{URL}/{DRILL}>; rel="self"'


@pytest.fixture
def data(data: Path) -> Path:
    with_hub(data)
    return data


@pytest_asyncio.fixture
async def site(data: Path, clock: Clock, stock: Stock) -> AsyncIterator[Served]:
    """A site with a hub of its own, and a feed."""
    async with served(data, clock, stock, terms=TERMS) as running:
        publish(running, 1)
        yield running


@pytest_asyncio.fixture
async def reader() -> AsyncIterator[Subscriber]:
    async with subscriber() as running:
        yield running


def publish(on: Served, number: int, path: str = DRILL) -> bytes:
    """Change a feed; gives its bytes."""
    document = b"<feed>%d</feed>" % number
    on.site.tree.write(path, document, NOON)
    return document


async def stored(on: Served) -> list[Subscription]:
    async with on.site.hub.identity.read() as connection:
        return await subscriptions.everyone(connection)


async def until_stored(on: Served, number: int) -> list[Subscription]:
    async def found() -> list[list[Subscription]]:
        known = await stored(on)
        return [known] if len(known) == number else []

    return (await until(found))[0]


async def until_sent(on: Served, document: bytes) -> None:
    """Wait until it is written down that a document was sent."""
    digest = hashlib.sha256(document).digest()

    async def sent() -> bool:
        return [each.sent for each in await stored(on)] == [digest]

    await until(sent)


async def quiet() -> None:
    """Let the hub look a few times."""
    await asyncio.sleep(0.12)


async def subscribed(on: Served, reader: Subscriber, **fields: str) -> Subscription:
    assert (await ask(on, reader.callback(), **fields)).status == 202
    return (await until_stored(on, 1))[0]


async def test_a_reader_that_confirms_is_sent_the_feed_whenever_it_changes(
    site: Served, reader: Subscriber
) -> None:
    answer = await ask(site, reader.callback("/callback?of=mine"), lease_seconds="86400", secret=SECRET)
    assert (answer.status, answer.body) == (202, b"")
    await until_stored(site, 1)
    [asked] = reader.asked
    assert len(asked.pop("hub.challenge")) >= 40
    assert asked == {
        "of": "mine",
        "hub.mode": "subscribe",
        "hub.topic": f"{URL}/{DRILL}",
        "hub.lease_seconds": "86400",
    }
    await quiet()
    assert reader.sent == [], "what stood there already is not news"
    for number in (2, 3):
        document = publish(site, number)
        await until(lambda number=number: len(reader.sent) == number - 1)
        path, headers, body = reader.sent[-1]
        assert (path, body) == ("/callback?of=mine", document)
        assert headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert headers["Link"] == LINK
        expected = hmac.new(SECRET.encode(), document, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature"] == f"sha256={expected}"
    await quiet()
    assert len(reader.sent) == 2


async def test_the_hub_tells_no_more_of_itself_than_its_name(site: Served, reader: Subscriber) -> None:
    await subscribed(site, reader)
    publish(site, 2)
    await until(lambda: reader.sent)
    for headers in reader.headers:
        assert headers["User-Agent"] == "WARP"
        assert set(headers) <= {
            *("Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"),
            *("Content-Type", "Content-Length", "Link"),
        }


async def test_without_a_secret_nothing_is_signed(site: Served, reader: Subscriber) -> None:
    await subscribed(site, reader)
    publish(site, 2)
    await until(lambda: reader.sent)
    assert "X-Hub-Signature" not in reader.sent[0].headers


@pytest.mark.parametrize(
    "confirms",
    [
        lambda _challenge: web.Response(text="no"),
        lambda challenge: web.Response(text=challenge, status=404),
        lambda challenge: web.Response(text=challenge + "\n"),
        lambda challenge: web.Response(text=challenge[:-1]),
        lambda challenge: web.Response(status=302, headers={"Location": f"/else?hub.challenge={challenge}"}),
        lambda challenge: web.Response(text=challenge + "x" * 1_000_000),
    ],
    ids=["another text", "not found", "one byte more", "one byte less", "redirected", "a megabyte more"],
)
async def test_who_does_not_give_the_very_challenge_back_is_not_subscribed(
    site: Served, reader: Subscriber, confirms
) -> None:
    reader.confirms = confirms
    assert (await ask(site, reader.callback())).status == 202
    await until(lambda: reader.asked)
    publish(site, 2)
    await quiet()
    assert (await stored(site), reader.sent, len(reader.asked)) == ([], [], 1)


async def test_a_renewal_takes_the_place_of_what_was_there_and_loses_no_news(
    site: Served, reader: Subscriber
) -> None:
    first = await subscribed(site, reader, lease_seconds="3600", secret="old")
    reader.statuses = [500] * 3
    document = publish(site, 2)
    await until(lambda: len(reader.sent) == 3)
    await ask(site, reader.callback(), lease_seconds="864000", secret="new")

    async def renewal() -> list[Subscription]:
        return [each for each in await stored(site) if each.secret == b"new"]

    [renewed] = await until(renewal)
    assert (first.until, renewed.until) == (date(2026, 11, 18), date(2026, 11, 28))
    assert renewed.sent == first.sent == hashlib.sha256(b"<feed>1</feed>").digest()
    assert reader.sent[-1].body == document


@pytest.mark.parametrize(
    ("asked", "days"),
    [("", 5), ("1", 0), ("3600", 0), ("43200", 1), ("864000", 10), ("999999999999", 10)],
)
async def test_a_lease_is_kept_within_bounds_and_to_its_last_day(
    site: Served, reader: Subscriber, asked: str, days: int
) -> None:
    one = await subscribed(site, reader, lease_seconds=asked)
    assert one.until == NOON.date() + timedelta(days=days)
    assert 3600 <= int(reader.asked[0]["hub.lease_seconds"]) <= 864000


async def test_who_unsubscribes_is_asked_too_and_then_sent_nothing(site: Served, reader: Subscriber) -> None:
    await subscribed(site, reader)
    reader.confirms = lambda _challenge: web.Response(status=404)
    await ask(site, reader.callback(), mode="unsubscribe")
    await until(lambda: len(reader.asked) == 2)
    await quiet()
    assert len(await stored(site)) == 1, "somebody else said so"
    reader.confirms = lambda challenge: web.Response(text=challenge)
    await ask(site, reader.callback(), mode="unsubscribe")
    await until_stored(site, 0)
    assert reader.asked[-1]["hub.mode"] == "unsubscribe"
    assert "hub.lease_seconds" not in reader.asked[-1]
    publish(site, 2)
    await quiet()
    assert reader.sent == []


async def test_nobody_is_asked_about_a_subscription_that_there_is_not(
    site: Served, reader: Subscriber
) -> None:
    assert (await ask(site, reader.callback(), mode="unsubscribe")).status == 202
    await quiet()
    assert reader.asked == []


async def test_a_delivery_that_fails_is_tried_again(site: Served, reader: Subscriber) -> None:
    await subscribed(site, reader)
    reader.statuses = [500, 503]
    document = publish(site, 2)
    await until(lambda: len(reader.sent) == 3)
    await until_sent(site, document)
    await quiet()
    assert [each.body for each in reader.sent] == [document] * 3


async def test_after_three_attempts_it_waits_for_other_news(site: Served, reader: Subscriber) -> None:
    await subscribed(site, reader)
    reader.statuses = [500] * 3
    publish(site, 2)
    await until(lambda: len(reader.sent) == 3)
    await quiet()
    assert len(reader.sent) == 3
    document = publish(site, 3)
    await until(lambda: len(reader.sent) == 4)
    assert reader.sent[-1].body == document


async def test_who_says_gone_is_forgotten(site: Served, reader: Subscriber) -> None:
    await subscribed(site, reader)
    reader.statuses = [410]
    publish(site, 2)
    await until_stored(site, 0)
    publish(site, 3)
    await quiet()
    assert len(reader.sent) == 1


async def test_after_its_last_day_a_subscription_is_deleted_and_sent_nothing(
    site: Served, reader: Subscriber
) -> None:
    await subscribed(site, reader, lease_seconds="86400")
    site.clock.now = NOON + timedelta(hours=35)
    publish(site, 2)
    await until(lambda: len(reader.sent) == 1)
    site.clock.now = NOON + timedelta(hours=36)
    await until_stored(site, 0)
    publish(site, 3)
    await quiet()
    assert len(reader.sent) == 1


async def test_where_no_hub_runs_any_more_midnight_deletes_what_has_ended(
    data: Path, clock: Clock, stock: Stock, reader: Subscriber
) -> None:
    async with served(data, clock, stock, terms=TERMS) as site:
        publish(site, 1)
        one = await subscribed(site, reader)
    assert one.until == date(2026, 11, 23), "a Monday; it goes with its week"
    for day, left in ((29, 1), (30, 0)):
        async with opened(data, Clock(datetime(2026, 11, day, tzinfo=UTC)), Logged()) as other:
            await other.forget(other.clock())
        written = b"".join(path.read_bytes() for path in data.glob("identity.db*"))
        assert written.count(reader.callback().encode()) == left


async def test_a_restart_loses_no_news_and_repeats_none(
    data: Path, clock: Clock, stock: Stock, reader: Subscriber
) -> None:
    async with served(data, clock, stock, terms=TERMS) as first:
        publish(first, 1)
        await subscribed(first, reader)
        publish(first, 2)
        await until(lambda: len(reader.sent) == 1)
        await until_sent(first, b"<feed>2</feed>")
    async with served(data, clock, stock, terms=TERMS):
        await quiet()
        assert len(reader.sent) == 1
    async with opened(data, clock, Logged(), stock) as closed:
        closed.tree.write(DRILL, b"<feed>3</feed>", NOON)
    async with served(data, clock, stock, terms=TERMS):
        await until(lambda: len(reader.sent) == 2)
    assert reader.sent[-1].body == b"<feed>3</feed>"


async def test_one_host_that_is_silent_holds_up_no_other(
    data: Path, clock: Clock, stock: Stock, reader: Subscriber
) -> None:
    async with served(data, clock, stock, terms=TERMS) as site, subscriber() as silent:
        publish(site, 1)
        for path in ("/1", "/2"):
            await ask(site, silent.callback(path, "localhost"))
        await subscribed_beside(site, reader, 3)
        held = asyncio.Event()
        silent.answer_with(held)
        publish(site, 2)
        await until(lambda: reader.sent and silent.waiting)
        assert silent.waiting == 1, "a host is sent one feed after the other"
        held.set()


async def test_hosts_that_were_slow_hold_up_no_other(
    data: Path, clock: Clock, stock: Stock, reader: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def here(_host: str) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr(delivering, "_SLOW_SECONDS", 0.35)
    hosts = [f"a{number}.example" for number in range(delivering._AT_ONCE + 4)]
    async with (
        served(data, clock, stock, terms=TERMS._replace(lookup=here)) as site,
        subscriber() as slow,
    ):
        publish(site, 1)
        for host in hosts:
            await ask(site, slow.callback(host=host))
        await until_stored(site, len(hosts))
        held = asyncio.Event()
        slow.answer_with(held)
        publish(site, 2)
        await until(lambda: slow.waiting == delivering._AT_ONCE)
        await asyncio.sleep(0.5)
        held.set()
        await until(lambda: len(slow.sent) == len(hosts))
        await subscribed_beside(site, reader, len(hosts) + 1)
        slow.answer_with(asyncio.Event())
        documents = []
        for number in (3, 4):
            documents.append(publish(site, number))
            await until(lambda number=number: len(reader.sent) == number - 2, 2.0)
            await until(lambda: slow.waiting >= delivering._SLOW_AT_ONCE)
        assert [each.body for each in reader.sent] == documents


async def test_a_delivery_that_takes_too_long_has_failed(
    site: Served, reader: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "_DELIVERY_SECONDS", 0.05)
    first = await subscribed(site, reader)
    reader.answer_with(asyncio.Event())
    publish(site, 2)
    await until(lambda: reader.waiting == 3)
    await quiet()
    assert reader.waiting == 3, "it was tried three times, and then left"
    assert (await stored(site))[0].sent == first.sent


async def subscribed_beside(on: Served, reader: Subscriber, number: int) -> None:
    await ask(on, reader.callback())
    await until_stored(on, number)


async def test_a_glance_sees_news_long_before_the_next_look(
    data: Path, clock: Clock, stock: Stock, reader: Subscriber
) -> None:
    seldom = TERMS._replace(pace=Pace(0.02, 3600.0, ()))
    async with served(data, clock, stock, terms=seldom) as site:
        publish(site, 1)
        await subscribed(site, reader)
        await quiet()
        document = publish(site, 2)
        await until(lambda: reader.sent)
    assert reader.sent[0].body == document


async def put_out(site: Site) -> None:
    """Publish a warning."""
    warning = Advisory(
        id="2026-w47-k3v9q2xd",
        revision=1,
        status=Status.PUBLISHED,
        tlp=Tlp.CLEAR,
        severity=Severity.HIGH,
        type="fraud/phishing",
        place="UY",
        week="2026-W47",
        texts={"en": Text(title="Phishing", summary="Mail that pretends.", actions=())},
        version=1,
        published=NOON,
        updated=NOON,
    )
    async with site.hub.reports.write() as connection:
        await advisories.save(connection, warning)
    await site.publish_advisories([warning.id])


async def test_a_feed_that_is_composed_when_asked_for_is_sent_as_it_is_served(
    site: Served, reader: Subscriber
) -> None:
    await site.site.publish_all()
    path = "feeds/es/type/fraud/country/BR,UY/min/high.json"
    await subscribed(site, reader, topic=f"{URL}/{path}")
    await put_out(site.site)
    await until(lambda: reader.sent)
    served_now = await request(site.port, "GET", f"/{path}")
    assert reader.sent[0].body == served_now.body
    assert reader.sent[0].headers["Content-Type"] == served_now.headers["content-type"]
    assert reader.sent[0].headers["Link"] == served_now.headers["link"]
    assert path in served_now.headers["link"]


async def test_the_server_ends_while_somebody_is_asked_and_keeps_nothing_of_it(
    data: Path, clock: Clock, stock: Stock, reader: Subscriber
) -> None:
    held = asyncio.Event()
    reader.answer_with(held)
    async with served(data, clock, stock, terms=TERMS) as site:
        await ask(site, reader.callback())
        await until(lambda: reader.waiting)
        assert await stored(site) == []
    assert site.logged.events == []


async def test_a_feed_names_its_hub_and_itself_and_nothing_else_does(site: Served) -> None:
    site.site.tree.write("en/index.html", b"<p>", NOON)
    for _ in range(2):
        assert (await request(site.port, "GET", f"/{DRILL}")).headers["link"] == LINK
        assert "link" not in (await request(site.port, "GET", "/en/")).headers


async def test_a_host_has_its_share_of_subscriptions_and_no_more(site: Served, reader: Subscriber) -> None:
    await fill(site, subscribing.MOST_PER_HOST, "127.0.0.1")
    full = await ask(site, reader.callback())
    assert (full.status, full.problem, full.headers["retry-after"]) == (503, "hub-full", "60")
    assert (await ask(site, "http://127.0.0.1/0", topic=f"{URL}/{NONE}")).status == 202, "one renews"
    assert (await ask(site, reader.callback(host="localhost"))).status == 202, "another host"


async def test_the_hub_takes_so_many_subscriptions_and_no_more(site: Served, reader: Subscriber) -> None:
    for number in range(subscribing.MOST // subscribing.MOST_PER_HOST):
        await fill(site, subscribing.MOST_PER_HOST, f"host{number}.example")
    assert (await ask(site, reader.callback())).problem == "hub-full"
    assert reader.asked == []


async def fill(on: Served, number: int, host: str) -> None:
    """Subscribe callbacks at a host to a feed that there is not."""
    async with on.site.hub.identity.write() as connection:
        for each in range(number):
            one = Subscription(NONE, f"http://{host}/{each}", b"", NOON.date(), b"")
            await subscriptions.put(connection, one)


async def test_nobody_can_have_one_host_asked_again_and_again(
    data: Path, clock: Clock, stock: Stock, reader: Subscriber
) -> None:
    reader.confirms = lambda _challenge: web.Response(status=404)
    slow = TERMS._replace(after_refusal=60.0)
    async with served(data, clock, stock, terms=slow) as site:
        answers = [await ask(site, reader.callback(f"/{number}")) for number in range(20)]
        await quiet()
    statuses = [answer.status for answer in answers]
    assert statuses == [202] * subscribing.MOST_ASKED_PER_HOST + [503] * 16
    assert len(reader.asked) == subscribing.MOST_ASKED_PER_HOST


async def test_a_host_that_is_full_of_questions_does_not_tell_who_subscribes(
    data: Path, clock: Clock, stock: Stock, reader: Subscriber
) -> None:
    slow = TERMS._replace(after_refusal=60.0)
    async with served(data, clock, stock, terms=slow) as site:
        await fill(site, 1, "127.0.0.1")
        known, unknown = "http://127.0.0.1/0", reader.callback("/unknown")
        answers = [
            await ask(site, unknown, topic=f"{URL}/{NONE}", mode="unsubscribe")
            for _ in range(subscribing.MOST_ASKED_PER_HOST)
        ]
        assert {answer.status for answer in answers} == {202}, "each takes a turn, though nobody is asked"
        for callback in (known, unknown):
            for mode in ("subscribe", "unsubscribe"):
                answer = await ask(site, callback, topic=f"{URL}/{NONE}", mode=mode)
                assert (answer.status, answer.problem) == (503, "hub-full")
    assert reader.asked == []


async def test_nobody_can_have_many_hosts_asked_at_a_time(data: Path, clock: Clock, stock: Stock) -> None:
    async def never(_host: str) -> list[str]:
        await asyncio.sleep(60)
        raise AssertionError

    async with served(data, clock, stock, terms=TERMS._replace(lookup=never)) as site:
        statuses = [
            (await ask(site, f"http://host{number}.example/")).status
            for number in range(subscribing.MOST_ASKED + 3)
        ]
    assert statuses == [202] * subscribing.MOST_ASKED + [503] * 3
