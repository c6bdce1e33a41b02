"""Another server's hub is told which feeds have changed, each once it has."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest_asyncio

from feeds.entry import Site
from tests.subscriber import HERE, Subscriber, subscriber, until, with_hub
from tests.support import NOON, URL, Clock, Logged, opened
from warp.announcing import Announcing, Pace
from warp.background import Background
from warp.calling import open_caller
from warp.events import raise_faults
from warp.publication import Tree

ALL = "feeds/en/all.atom"
OTHER = "feeds/es/type/fraud.rss"


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Subscriber]:
    async with subscriber() as running:
        yield running


@asynccontextmanager
async def announcing(tree: Tree, hub: Subscriber) -> AsyncIterator[Announcing]:
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
            tree.folder, site, caller, lambda: NOON, background, itertools.count().__next__, Pace(0.02, 0.02)
        )
        background.begin(made.keep_looking)
        yield made


def named(hub: Subscriber) -> list[list[str]]:
    """Give the feeds that each request named."""
    forms = [parse_qs(each.body.decode()) for each in hub.sent]
    assert all(form["hub.mode"] == ["publish"] for form in forms)
    assert all(each.headers["Content-Type"] == "application/x-www-form-urlencoded" for each in hub.sent)
    return [form["hub.url"] for form in forms]


async def test_a_feed_that_changes_is_named_once_and_other_files_are_not(
    tmp_path: Path, hub: Subscriber
) -> None:
    tree = Tree(tmp_path)
    before = NOON - timedelta(days=3)
    for path in (ALL, OTHER):
        tree.write(path, b"old", before)
    async with announcing(tree, hub):
        await asyncio.sleep(0.1)
        assert hub.sent == []
        for path in (ALL, "feeds/drills.json", "feeds/en/all/archive/2026-11-1.atom", "en/index.html"):
            tree.write(path, b"new", NOON)
        await until(lambda: hub.sent)
        await asyncio.sleep(0.1)
    assert named(hub) == [[f"{URL}/{ALL}"]]


async def test_what_changed_lately_is_named_again_after_a_start(tmp_path: Path, hub: Subscriber) -> None:
    tree = Tree(tmp_path)
    tree.write(ALL, b"new", NOON - timedelta(hours=47))
    tree.write(OTHER, b"old", NOON - timedelta(hours=49))
    async with announcing(tree, hub):
        await until(lambda: hub.sent)
    assert named(hub) == [[f"{URL}/{ALL}"]]


async def test_what_the_hub_did_not_take_is_named_again(tmp_path: Path, hub: Subscriber) -> None:
    tree = Tree(tmp_path)
    hub.statuses = [500, 500, 202]
    tree.write(ALL, b"new", NOON)
    async with announcing(tree, hub):
        await until(lambda: len(hub.sent) == 3)
        await asyncio.sleep(0.1)
    assert named(hub) == [[f"{URL}/{ALL}"]] * 3


async def test_a_site_names_its_hub_in_its_settings(data: Path) -> None:
    with_hub(data, "https://hub.example/")
    async with opened(data, Clock(), Logged()) as site:
        assert site.publisher.hub == "https://hub.example/"
