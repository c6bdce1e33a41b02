"""What has left a feed is found by the links from archive to archive: every warning, back to the first."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import feedparser
import pytest
import pytest_asyncio

from tests.clients.story import Desk, site_at
from tests.support import NOON

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SAMPLE = re.search(
    r"^```python\n(.*?)^```$",
    (Path(__file__).parents[2] / "docs" / "subscribe.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)
A_MONTH = 30


class Published(NamedTuple):
    """Warnings of three months, of which one was corrected and one withdrawn in the last."""

    url: str
    ids: list[str]
    corrected: str
    withdrawn: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def published(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> AsyncIterator[Published]:
    data = Path(shutil.copytree(founded, tmp_path_factory.mktemp("archives") / "site"))
    async with site_at(data) as (server, url):
        desk = Desk(server)
        await desk.hire()
        ids = []
        for month in (NOON, datetime(2026, 12, 16, tzinfo=UTC), datetime(2027, 1, 13, tzinfo=UTC)):
            server.clock.now = month
            ids += await desk.publish(*(f"{month:%B} {number}" for number in range(A_MONTH)))
        corrected, withdrawn = ids[0], ids[A_MONTH]
        await desk.correct(corrected, "November, corrected", "The number was wrong.")
        await desk.withdraw(withdrawn, "It was an exercise.")
        yield Published(url, ids, corrected, withdrawn)


def of(ids: list[str]) -> set[str]:
    """Give entries' ids."""
    return {f"tag:127.0.0.1,{NOON.date()}:advisory/{each}" for each in ids}


def walk(address: str) -> list[list[Any]]:
    """Give the entries of a feed and of each archive behind it."""
    documents = []
    while address:
        parsed = feedparser.parse(address)
        assert parsed.status == 200
        assert not parsed.bozo
        documents.append(parsed.entries)
        address = next((link.href for link in parsed.feed.links if link.rel == "prev-archive"), "")
    return documents


@pytest.mark.parametrize("format_", ["atom", "rss"])
async def test_walking_back_gives_every_warning_and_each_of_its_versions_once(
    published: Published, format_: str
) -> None:
    feed, *archives = await asyncio.to_thread(walk, f"{published.url}/feeds/en/all.{format_}")
    assert len(feed) < len(published.ids)
    assert {entry.id for document in (feed, *archives) for entry in document} == of(published.ids)
    versions = [(entry.id, entry.updated) for document in archives for entry in document]
    assert len(versions) == len(set(versions))
    assert {entry.id for entry in feed} >= of(
        [published.corrected, published.withdrawn, *published.ids[-A_MONTH:]]
    )


@pytest.mark.parametrize("format_", ["atom", "rss"])
async def test_what_was_withdrawn_stands_in_no_archive_as_it_was(published: Published, format_: str) -> None:
    documents = await asyncio.to_thread(walk, f"{published.url}/feeds/en/all.{format_}")
    titles = [
        entry.title for document in documents for entry in document if {entry.id} == of([published.withdrawn])
    ]
    assert len(titles) >= 1
    assert {title.partition(" ")[0] for title in titles} == {"[WITHDRAWN]"}


async def test_the_documented_script_ends_with_the_newest_version_of_each(published: Published) -> None:
    assert SAMPLE is not None
    script = SAMPLE[1].replace("https://warp.example", published.url)
    names: dict[str, Any] = {}
    await asyncio.to_thread(exec, script, names)
    warnings = names["warnings"]
    assert set(warnings) == of(published.ids)
    [corrected], [withdrawn] = of([published.corrected]), of([published.withdrawn])
    assert warnings[corrected].title == "[UPDATED] [TLP:CLEAR] [MEDIUM] November, corrected"
    assert warnings[withdrawn].title.startswith("[WITHDRAWN]")
