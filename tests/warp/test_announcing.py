"""Another server's hub is told which feeds have changed, each once it has."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest_asyncio

from feeds import twin
from feeds.composer import Composer, Newest
from feeds.entry import Site
from tests.subscriber import HERE, Subscriber, subscriber, until, with_hub
from tests.support import NOON, URL, Clock, Logged, Stock, opened, served
from tests.test_websub import put_out
from warp.announcing import Announcing, Pace
from warp.background import Background
from warp.calling import open_caller
from warp.events import raise_faults

Feeds = dict[str, Newest]
ALL = "feeds/en/all.atom"
OTHER = "feeds/es/type/fraud.rss"


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Subscriber]:
    async with subscriber() as running:
        yield running


@asynccontextmanager
async def announcing(feeds: Feeds, hub: Subscriber) -> AsyncIterator[Announcing]:
    site = Site(
        name="A WARP",
        url=URL,
        languages=("en", "es"),
        created=date(2026, 11, 16),
        hub=hub.callback("/hub"),
    )
    background = Background(raise_faults)
    async with open_caller(HERE) as caller, background.running():
        made = Announcing(
            feeds.copy, site, caller, lambda: NOON, background, itertools.count().__next__, Pace(0.02, 0.02)
        )
        background.begin(made.keep_looking)
        yield made


def named(hub: Subscriber) -> list[list[str]]:
    """Give the feeds that each request named."""
    forms = [parse_qs(each.body.decode()) for each in hub.sent]
    assert all(form["hub.mode"] == ["publish"] for form in forms)
    assert all(each.headers["Content-Type"] == "application/x-www-form-urlencoded" for each in hub.sent)
    return [form["hub.url"] for form in forms]


async def test_a_feed_that_changes_is_named_once(hub: Subscriber) -> None:
    old = Newest(NOON - timedelta(days=3), "2026-w47-aaaaaaaa")
    feeds = {ALL: old, OTHER: old}
    async with announcing(feeds, hub):
        await asyncio.sleep(0.1)
        assert hub.sent == []
        feeds[ALL] = Newest(NOON, "2026-w47-bbbbbbbb")
        await until(lambda: hub.sent)
        await asyncio.sleep(0.1)
    assert named(hub) == [[f"{URL}/{ALL}"]]


async def test_what_changed_lately_is_named_again_after_a_start(hub: Subscriber) -> None:
    feeds = {
        ALL: Newest(NOON - timedelta(hours=47), "2026-w47-aaaaaaaa"),
        OTHER: Newest(NOON - timedelta(hours=49), "2026-w47-bbbbbbbb"),
    }
    async with announcing(feeds, hub):
        await until(lambda: hub.sent)
    assert named(hub) == [[f"{URL}/{ALL}"]]


async def test_what_the_hub_did_not_take_is_named_again(hub: Subscriber) -> None:
    hub.statuses = [500, 500, 202]
    async with announcing({ALL: Newest(NOON, "2026-w47-aaaaaaaa")}, hub):
        await until(lambda: len(hub.sent) == 3)
        await asyncio.sleep(0.1)
    assert named(hub) == [[f"{URL}/{ALL}"]] * 3


async def test_a_warning_is_on_top_of_the_feeds_that_it_is_in(data: Path, stock: Stock) -> None:
    async with served(data, Clock(), stock) as running:
        await running.site.publish_all()
        tree, site, store = running.site.outlets[0]
        composer = Composer(site, tree.read, store.read, lambda: tree.read(twin.INDEX_PATH))
        before = composer.tops()
        await put_out(running.site)
        changed = {path for path, newest in composer.tops().items() if newest != before[path]}
        assert {"feeds/en/all.atom", "feeds/es/country/UY.json", "feeds/en/min/high.rss"} <= changed
        assert not {"feeds/es/country/AR.json", "feeds/en/drill.atom"} & changed


async def test_a_site_names_its_hub_in_its_settings(data: Path) -> None:
    with_hub(data, "https://hub.example/")
    async with opened(data, Clock(), Logged()) as site:
        assert site.publisher.hub == "https://hub.example/"
