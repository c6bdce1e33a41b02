"""
OpenCTI and Taranis AI, platforms of CSIRTs, take warnings out of the feeds: each test states a habit of one.

Neither can be installed for a test. OpenCTI's reading is done by tests/node/opencti.mjs with the libraries
that it uses, Taranis AI's by `Taranis` below with feedparser, as it does; both are written from what they do
in their published source. `docs/subscribe.md` says how to set them up. Without Node and `npm ci` in
tests/node the tests of OpenCTI are skipped, or fail if WARP_REQUIRE_ALL is 1.
"""

import base64
import json
import re
import secrets
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple

import feedparser
import pytest
import pytest_asyncio
from lxml import html

from feeds.filters import Format
from keys import feed_password
from storage import feed_passwords, members
from tests.clients.story import Desk, site_at
from tests.interop import FOLDER, need_node
from tests.support import WEEK, Answer, Served, request
from warp.advisory import Tlp

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

XML = ("atom", "rss")
both = pytest.mark.parametrize("format_", XML)


class Site(NamedTuple):
    """A site with one warning in each state."""

    server: Served
    url: str
    desk: Desk

    async def member(self) -> str:
        """Do what `warp member feed` does; gives a feed password."""
        password = feed_password.new(secrets.token_bytes)
        async with self.server.site.hub.identity.write() as connection:
            await members.invite(connection, "CSIRT", "UY", secrets.token_bytes(16), str(WEEK))
            assert await feed_passwords.give(connection, "CSIRT", password)
        return feed_password.to_text(password)

    async def feed(self, format_: str, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await request(self.server.port, "GET", f"/feeds/en/all.{format_}", headers=named)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> AsyncIterator[Site]:
    data = Path(shutil.copytree(founded, tmp_path_factory.mktemp("platforms") / "site"))
    async with site_at(data) as (server, url):
        desk = Desk(server)
        await desk.hire()
        banks, mail = await desk.publish("Fake banks", "Stolen mailboxes")
        server.clock.now += timedelta(hours=1)
        await desk.publish("Open printers")
        await desk.correct(banks, "Fake shops", "It was shops, not banks.")
        await desk.escalate(mail, "Stolen networks", "It has spread.")
        yield Site(server, url, desk)


def node(arguments: list[str], given: object) -> Any:
    need_node()
    done = subprocess.run(
        [shutil.which("node") or "node", *arguments],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def opencti(feed: bytes, after: str | None = None) -> list[dict[str, Any]]:
    """Give what OpenCTI takes from a feed; `after` is the date of the last that it has."""
    return list(node([str(FOLDER / "opencti.mjs")], {"feed": feed.decode(), "after": after}))


TITLES = {
    "[UPDATED] [TLP:CLEAR] [MEDIUM] Fake shops",
    "[ESCALATED] [TLP:CLEAR] [MEDIUM] Stolen mailboxes",
    "[NEW] [TLP:CLEAR] [HIGH] Stolen networks",
    "[NEW] [TLP:CLEAR] [MEDIUM] Open printers",
}


@both
async def test_opencti_has_the_one_link_of_each_warning(site: Site, format_: str) -> None:
    taken = opencti((await site.feed(format_)).body)
    assert {item["title"] for item in taken} >= TITLES
    for item in taken:
        assert re.fullmatch(rf"{site.url}/en/advisories/[a-z0-9-]+", item["link"])


async def test_opencti_loses_the_link_of_an_atom_entry_that_has_two(site: Site) -> None:
    """So the test before would notice a second one."""
    feed = (await site.feed("atom")).body
    doubled = re.sub(rb"(<link [^>]*?href=\"[^\"]*/advisories/[^>]*>)", rb"\1\1", feed)
    assert {item.get("link") for item in opencti(doubled)} == {""}


async def test_opencti_takes_the_codes_of_rss_for_labels_the_same_in_all_languages(site: Site) -> None:
    in_spanish = (await request(site.server.port, "GET", "/feeds/es/all.rss")).body
    [item] = [each for each in opencti((await site.feed("rss")).body) if "Open printers" in each["title"]]
    [spanish] = [each for each in opencti(in_spanish) if "Open printers" in each["title"]]
    assert item["labels"] == spanish["labels"]
    assert {"TLP:CLEAR", "medium", "fraud", "fraud/phishing", "UY", "published"} <= set(item["labels"])


async def test_opencti_ignores_the_categories_of_atom_so_the_title_says_what_matters(site: Site) -> None:
    taken = opencti((await site.feed("atom")).body)
    assert [item["labels"] for item in taken] == [[]] * len(taken)
    assert {item["title"] for item in taken} >= TITLES


@both
async def test_opencti_keeps_only_the_summary_which_is_the_whole_warning(site: Site, format_: str) -> None:
    [item] = [each for each in opencti((await site.feed(format_)).body) if "Fake shops" in each["title"]]
    for part in ("Fake shops: what is known.", "Look into your logs.", "It was shops, not banks.", "Uruguay"):
        assert part in item["text"]


async def test_opencti_keeps_the_lines_of_rss(site: Site) -> None:
    """And runs those of plain text in Atom into one."""
    whole = "Open printers: what is known.\n\nRecommended actions:\n1\\. Look into your logs.\n"
    for format_, kept in (("rss", True), ("atom", False)):
        [item] = [
            each for each in opencti((await site.feed(format_)).body) if "Open printers" in each["title"]
        ]
        assert (whole in re.sub(r" +\n", "\n", item["text"])) is kept


@both
async def test_opencti_takes_what_is_dated_after_the_last_it_has(site: Site, format_: str) -> None:
    """Also if it looks twice, and more is published, within one second."""
    taken = opencti((await site.feed(format_)).body)
    had = {item["title"] for item in taken}
    for number in range(3):
        await site.desk.publish(f"{format_} {number}")
        new = opencti((await site.feed(format_)).body, taken[-1]["date"])
        assert [item["title"] for item in new] == [f"[NEW] [TLP:CLEAR] [MEDIUM] {format_} {number}"]
        assert not {item["title"] for item in new} & had
        taken = new


async def test_opencti_marks_a_whole_feed_and_everything_public_has_one_label(site: Site) -> None:
    taken = opencti((await site.feed("rss")).body)
    marked = {label for item in taken for label in item["labels"] if label.startswith("TLP:")}
    assert marked == {"TLP:CLEAR"}


async def test_platforms_take_a_members_feed_by_its_address_and_its_pages_by_one_header(site: Site) -> None:
    """OpenCTI marks it as a whole, as TLP:AMBER at worst; titles and labels say each warning's own."""
    await site.desk.publish("For members", tlp=Tlp.AMBER)
    password = await site.member()
    taken = opencti((await request(site.server.port, "GET", f"/m/{password}/feeds/en/all.rss")).body)
    labels = {label for item in taken for label in item["labels"] if label.startswith("TLP:")}
    assert labels == {"TLP:CLEAR", "TLP:AMBER"}
    [item] = [each for each in taken if each["title"] == "[NEW] [TLP:AMBER] [MEDIUM] For members"]
    path = item["link"].removeprefix(site.url)
    header = {"Authorization": "Basic " + base64.b64encode(f"warp:{password}".encode()).decode()}
    assert "For members: what is known." in _text(
        (await request(site.server.port, "GET", path, headers=header)).body
    )
    assert (await request(site.server.port, "GET", path)).status != 200
    assert b"For members" not in (await site.feed("rss")).body


async def test_javascript_reads_every_date_of_every_format(site: Site) -> None:
    dates = set()
    for format_ in Format:
        feed = (await site.feed(format_)).body.decode()
        dates |= set(re.findall(r"(?:>|\": ?\")([^<\"]*\d\d:\d\d:\d\d[^<\"]*)", feed))
    assert len(dates) > 10
    said = node(["-e", _READ_DATES], sorted(dates))
    assert [datetime.fromisoformat(each) for each in said] == [
        _to_milliseconds(each) for each in sorted(dates)
    ]
    assert all(each.endswith(("GMT", "Z", "+00:00")) for each in dates)


async def test_javascript_does_not_read_the_names_of_other_time_zones() -> None:
    assert node(["-e", _READ_DATES], ["Wed, 18 Nov 2026 12:00:00 CEST"]) == [None]


_READ_DATES = (
    "const dates = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));"
    "process.stdout.write(JSON.stringify(dates.map((each) => new Date(each))))"
)


def _to_milliseconds(date: str) -> datetime:
    read = datetime.fromisoformat(date) if date[0].isdigit() else parsedate_to_datetime(date)
    return read.replace(microsecond=read.microsecond // 1000 * 1000)


class Taranis:
    """
    Reads a feed as Taranis AI's collector does.

    It sends the validators of the last answer, gives up where the answer's Last-Modified is before its own
    last attempt, takes the first 42 entries, and fetches the page of each with the feed's If-Modified-Since.
    What it has already it knows by title and link.
    """

    def __init__(self, site: Site, format_: str) -> None:
        self._site = site
        self._format = format_
        self._validators: dict[str, str] = {}
        self._attempted: datetime | None = None
        self._had: set[tuple[str, str]] = set()
        self.status = 0

    async def collect(self) -> dict[str, str]:
        """Give the new items' titles with the text of their pages."""
        answer = await self._site.feed(self._format, **self._validators)
        attempted, self._attempted = self._attempted, self._site.server.clock()
        self.status = answer.status
        if answer.status == 304:
            return {}
        modified = answer.headers["last-modified"]
        self._validators = {"If_None_Match": answer.headers["etag"], "If_Modified_Since": modified}
        if attempted and parsedate_to_datetime(modified) < attempted:
            return {}
        items = {}
        for entry in feedparser.parse(answer.body).entries[:42]:
            path = entry.link.removeprefix(self._site.url)
            page = await request(self._site.server.port, "GET", path, headers={"If-Modified-Since": modified})
            if page.status == 200 and (entry.title, entry.link) not in self._had:
                self._had.add((entry.title, entry.link))
                items[entry.title] = _text(page.body)
        return items


def _text(page: bytes) -> str:
    """Give what a page says to a program that runs no scripts."""
    document = html.fromstring(page)
    assert not document.xpath("//script | //iframe | //object | //link[@rel='preload']")
    return " ".join(document.find("body").text_content().split())


@both
async def test_taranis_reads_each_page_without_an_account_or_a_script(site: Site, format_: str) -> None:
    items = await Taranis(site, format_).collect()
    assert set(items) >= TITLES
    for title, text in items.items():
        words = title.rpartition("] ")[2]
        assert words in text
        assert f"{words}: what is known." in text
        assert "Look into your logs." in text


@both
async def test_taranis_is_told_that_nothing_is_new(site: Site, format_: str) -> None:
    taranis = Taranis(site, format_)
    await taranis.collect()
    assert await taranis.collect() == {}
    assert taranis.status == 304


@both
async def test_taranis_misses_nothing_of_the_second_of_its_last_attempt(site: Site, format_: str) -> None:
    taranis = Taranis(site, format_)
    await taranis.collect()
    await site.desk.publish(f"{format_} at once")
    assert list(await taranis.collect()) == [f"[NEW] [TLP:CLEAR] [MEDIUM] {format_} at once"]


@both
async def test_taranis_takes_a_correction_since_its_title_says_so(site: Site, format_: str) -> None:
    taranis = Taranis(site, format_)
    [published] = await site.desk.publish(f"{format_} as it was")
    await taranis.collect()
    site.server.clock.now += timedelta(hours=1)
    await site.desk.correct(published, f"{format_} as it is", "A number was wrong.")
    [(title, text)] = (await taranis.collect()).items()
    assert title == f"[UPDATED] [TLP:CLEAR] [MEDIUM] {format_} as it is"
    assert f"{format_} as it is: what is known." in text


async def test_what_taranis_takes_first_is_the_newest(site: Site) -> None:
    """It takes 42 entries, so what is new must stand before them."""
    for format_ in XML:
        entries = feedparser.parse((await site.feed(format_)).body).entries
        dates = [entry.updated_parsed for entry in entries]
        assert dates == sorted(dates, reverse=True)


async def test_the_time_of_a_feed_is_that_of_its_newest_warning(site: Site) -> None:
    """So that no collector which compares it with its own last attempt takes news for old."""
    site.server.clock.now += timedelta(hours=1)
    await site.desk.publish("The newest")
    told = format_datetime(site.server.clock().astimezone(UTC), usegmt=True)
    for format_ in Format:
        assert (await site.feed(format_)).headers["last-modified"] == told
