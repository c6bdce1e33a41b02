"""Atom, RSS and JSON Feed: the same bytes each time, and the same warnings in other parsers."""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import feedparser
import msgspec
import pytest
from lxml import etree

from feeds import atom, rss
from feeds.document import HISTORY
from feeds.entry import Site, entry
from tests.feeds.composing import ATOM, FORMATS, XML_LANG, feed, found, head
from warp.advisory import MEMBERS_TLP, Advisory, Status, Text, Tlp
from warp.taxonomy import Severity

Make = Callable[..., Advisory]
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
HUB = "https://warp.example/hub"
OLDER = "https://warp.example/feeds/en/all/archive/2026-10-2."
CURRENT = "https://warp.example/feeds/en/all."


@pytest.fixture(params=FORMATS)
def how(request: pytest.FixtureRequest) -> str:
    """Name each format."""
    name: str = request.param
    return name


@pytest.fixture
def varied(advisory: Make) -> list[Advisory]:
    """Warnings of all sorts and states: untranslated, for everywhere, hostile, two of one second."""
    start = datetime(2026, 11, 16, 8, tzinfo=UTC)
    hostile = Text(
        title="<script>alert(1)</script> & &lt;b&gt; AT&T \x00 \x1b[31m]]>\u202e",
        summary="a < b && c > d\x0b\n\n<img src=x onerror=alert(1)>",
        actions=("Run <b>nothing.",),
    )
    changes: list[dict[str, Any]] = [
        {"place": "", "type": "", "sector": "", "severity": Severity.CRITICAL, "figure": None},
        {"place": "005", "type": "availability", "texts": {"en": Text(title="Untranslated", summary="S")}},
        {"texts": {"en": hostile, "es": hostile}, "severity": Severity.UNKNOWN},
        {"place": "BR", "updated": start},
        {},
        {"status": Status.UPDATED, "reason": "The <senders> & pages changed.", "version": 2},
        {"status": Status.ESCALATED, "reason": "Worse.", "escalated_by": "2026-w47-k3v9q2x7", "version": 2},
        {"escalates": "2026-w47-k3v9q2x6", "related": ("2026-w47-k3v9q2x4", "2026-w47-k3v9q2x5")},
        {"status": Status.WITHDRAWN, "reason": "Only a test of a provider.", "version": 3},
    ]
    return [
        advisory(
            id=f"2026-w47-k3v9q2x{number}",
            published=start,
            **({"updated": start + timedelta(hours=number)} | changed),
        )
        for number, changed in enumerate(changes)
    ]


def made(case: str, how: str, site: Site, varied: list[Advisory]) -> bytes:
    """Give the feed of a golden file."""
    name, language = case.split(".")
    if name == "empty":
        return feed(how, site, language, [])
    if name == "members":
        members = msgspec.structs.replace(site, url=f"{site.url}/members", allowed=MEMBERS_TLP)
        labels = (Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR)
        several = [msgspec.structs.replace(each, tlp=tlp) for each, tlp in zip(varied, labels, strict=False)]
        return feed(how, members, language, several)
    if name == "archive":
        kept = {"prev_archive": f"{OLDER}{how}", "current": f"{CURRENT}{how}"}
        return feed(how, site, language, varied[:2], **kept)
    return feed(how, msgspec.structs.replace(site, hub=HUB), language, varied, prev_archive=f"{OLDER}{how}")


CASES = ["all.en", "all.es", "all.pt", "all.fr", "archive.en", "members.en", "empty.es"]


@pytest.mark.parametrize("case", CASES)
def test_feeds_are_the_golden_files_to_the_byte(
    site: Site, varied: list[Advisory], how: str, case: str
) -> None:
    """Set WARP_WRITE_GOLDEN to write them anew after a wanted change, and read the difference."""
    document = made(case, how, site, varied)
    golden = GOLDEN / f"{case}.{how}"
    if os.environ.get("WARP_WRITE_GOLDEN"):
        golden.write_bytes(document)
    assert document == golden.read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_all_formats_say_the_same(case: str) -> None:
    in_atom, in_rss, in_json = (found(how, (GOLDEN / f"{case}.{how}").read_bytes()) for how in FORMATS)
    assert in_atom == in_rss == in_json
    assert bool(in_atom) is (case != "empty.es")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("how", ["atom", "rss"])
def test_feedparser_reads_what_stands_there(case: str, how: str) -> None:
    document = (GOLDEN / f"{case}.{how}").read_bytes()
    parsed = feedparser.parse(document)
    assert not parsed.bozo
    assert [(each.id, each.title, each.link) for each in parsed.entries] == [
        (each.id, each.title, each.link) for each in found(how, document)
    ]
    for each, one in zip(parsed.entries, found(how, document), strict=True):
        assert each.content[0].value == one.html
        assert tuple(tag.term for tag in each.tags) == one.terms
        assert datetime.fromisoformat(each.updated) == one.updated
    assert parsed.feed.language == case.partition(".")[2]


def test_rss_and_atom_give_terms_the_same_schemes() -> None:
    in_atom, in_rss = (
        [
            [(tag.scheme, tag.term) for tag in each.tags]
            for each in feedparser.parse((GOLDEN / f"all.en.{how}").read_bytes()).entries
        ]
        for how in ("atom", "rss")
    )
    assert in_atom == in_rss


def test_every_atom_entry_has_exactly_one_link_in_full(site: Site, varied: list[Advisory]) -> None:
    document = etree.fromstring(feed("atom", site, "es", varied))
    for each in document.iter(f"{ATOM}entry"):
        (link,) = each.iter(f"{ATOM}link")
        assert dict(link.attrib) == {
            "href": f"https://warp.example/es/advisories/{each.findtext(f'{ATOM}id').rpartition('/')[2]}",
            "rel": "alternate",
            "type": "text/html",
            "hreflang": "es",
        }


@pytest.mark.parametrize(
    ("how", "media_type"), [("atom", "application/atom+xml"), ("rss", "application/rss+xml")]
)
def test_a_feed_says_where_it_its_hub_and_its_archives_are(site: Site, how: str, media_type: str) -> None:
    listed = etree.fromstring(feed(how, site, "en", [], hub=HUB, prev_archive="https://warp.example/old"))
    links = {link.get("rel"): link for link in listed.iter(f"{ATOM}link")}
    assert links["self"].get("href") == f"https://warp.example/feeds/en/all.{how}"
    assert links["self"].get("type") == links["prev-archive"].get("type") == media_type
    assert links["prev-archive"].get("href") == "https://warp.example/old"
    assert links["hub"].get("href") == HUB
    assert "current" not in links
    assert listed.find(f".//{{{HISTORY}}}archive") is None


def test_a_json_feed_says_where_it_its_hub_and_its_archives_are(site: Site) -> None:
    listed = json.loads(feed("json", site, "en", [], hub=HUB, prev_archive="https://warp.example/old"))
    assert listed["feed_url"] == "https://warp.example/feeds/en/all.json"
    assert listed["hubs"] == [{"type": "WebSub", "url": HUB}]
    assert listed["next_url"] == "https://warp.example/old"
    alone = json.loads(feed("json", site, "en", []))
    assert "hubs" not in alone
    assert "next_url" not in alone


@pytest.mark.parametrize("how", ["atom", "rss"])
def test_an_archive_says_that_it_is_one_and_of_which_feed(site: Site, how: str) -> None:
    archive = etree.fromstring(feed(how, site, "en", [], current="https://warp.example/now"))
    assert archive.find(f".//{{{HISTORY}}}archive") is not None
    (current,) = [link for link in archive.iter(f"{ATOM}link") if link.get("rel") == "current"]
    assert current.get("href") == "https://warp.example/now"


def test_a_tombstone_stands_before_the_entries_in_atom_and_nowhere_else(site: Site, advisory: Make) -> None:
    when = datetime(2027, 2, 20, 0, 0, 7, tzinfo=UTC)
    stone = atom.tombstone("tag:warp.example,2026-01-05:advisory/2026-w47-gone", when)
    document = atom.document(head(site, "en", "atom"), [atom.fragment(entry(advisory(), site, "en")), stone])
    listed = etree.fromstring(document)
    assert dict(listed.find(DELETED).attrib) == {
        "ref": "tag:warp.example,2026-01-05:advisory/2026-w47-gone",
        "when": "2027-02-20T00:00:07+00:00",
    }
    assert listed.index(listed.find(DELETED)) < listed.index(listed.find(f"{ATOM}entry"))
    for how in ("rss", "json"):
        nothing = FORMATS[how].tombstone("tag:x", when)
        top = head(site, "en", how)
        assert FORMATS[how].document(top, [nothing]) == FORMATS[how].document(top, [])


def test_namespaces_are_declared_once_for_all_entries(how: str, site: Site, varied: list[Advisory]) -> None:
    document = feed(how, site, "en", varied)
    assert document.count(b"xmlns") == feed(how, site, "en", []).count(b"xmlns")
    assert b"xmlns" not in FORMATS[how].tombstone("tag:x", datetime(2027, 2, 20, tzinfo=UTC))


def test_an_empty_feed_dates_from_the_day_it_is_told(site: Site) -> None:
    listed = etree.fromstring(feed("atom", site, "en", []))
    assert listed.findtext(f"{ATOM}updated") == "2026-01-05T00:00:00+00:00"
    channel = etree.fromstring(feed("rss", site, "en", []))
    assert channel.findtext("channel/lastBuildDate") == "Mon, 05 Jan 2026 00:00:00 GMT"
    assert channel.findtext("channel/pubDate") == "Mon, 05 Jan 2026 00:00:00 GMT"


def test_no_two_entries_have_the_same_time(site: Site, varied: list[Advisory], how: str) -> None:
    times = [each.updated for each in found(how, feed(how, site, "en", varied))]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == len(varied)


def test_a_correction_is_newer_in_rss_too(site: Site, advisory: Make) -> None:
    item = etree.fromstring(feed("rss", site, "en", [advisory()])).find("channel/item")
    assert item.findtext("pubDate") == "Sat, 21 Nov 2026 09:30:00 GMT"
    assert item.find("guid").get("isPermaLink") == "false"


def test_a_json_item_has_the_twin_the_first_paragraph_and_the_codes(site: Site, advisory: Make) -> None:
    (item,) = json.loads(feed("json", site, "en", [advisory(version=1)]))["items"]
    twin = "https://warp.example/v1/advisories/2026-W47-k3v9q2xd.json"
    assert item["attachments"] == [{"url": twin, "mime_type": "application/json"}]
    assert twin in item["content_text"]
    assert item["summary"] == "Messages pretend to come from banks."
    assert item["_warp"] == {
        "status": "published",
        "version": 1,
        "tlp": "CLEAR",
        "severity": "high",
        "type": "fraud/phishing",
        "place": "UY",
        "sector": "banking",
        "week": "2026-W47",
        "valid_until": None,
        "drill": False,
    }


def test_an_entry_says_which_language_an_untranslated_text_is_in(site: Site, varied: list[Advisory]) -> None:
    listed = etree.fromstring(feed("atom", site, "es", varied))
    languages = [each.get(XML_LANG) for each in listed.iter(f"{ATOM}entry")]
    assert [language for language in languages if language] == ["en"]
    assert listed.get(XML_LANG) == "es"
    items = json.loads(feed("json", site, "es", varied))["items"]
    assert [each["language"] for each in items if "language" in each] == ["en"]


def test_a_feeds_name_is_inert_in_every_format(how: str, site: Site) -> None:
    named = feed(how, site, "en", [], title="<b>A</b> &amp; \x00B", site_name="<i>W</i>", description="&lt;")
    text = json.loads(named) if how == "json" else etree.fromstring(named)
    titles = [text["title"]] if how == "json" else [each.text for each in text.iter(f"{ATOM}title", "title")]
    assert titles == ["\u2039b\u203aA\u2039/b\u203a ＆amp; B"]


def test_rendering_leaves_the_locale_alone(how: str, site: Site, varied: list[Advisory]) -> None:
    called: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            called.add(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        feed(how, site, "en", varied)
    finally:
        sys.setprofile(None)
    assert "fragment" in called
    assert "setlocale" not in called


def test_rss_shows_the_time_in_english_whatever_the_feeds_language(
    site: Site, varied: list[Advisory]
) -> None:
    item = rss.fragment(entry(varied[0], site, "fr"))
    assert b"<pubDate>Mon, 16 Nov 2026 08:00:00 GMT</pubDate>" in item
