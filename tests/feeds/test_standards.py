"""Every feed is what its standard asks, and the check would notice if it were not."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.feeds.standards import (
    CHECKS,
    WARNING,
    atom_faults,
    check_opml,
    json_feed_faults,
    opml_faults,
    rss_faults,
)

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
FEEDS = sorted(path.name for path in GOLDEN.glob("*.*.*"))
FAULTS: dict[str, Callable[[bytes], Iterable[str]]] = {
    "atom": atom_faults,
    "rss": rss_faults,
    "json": json_feed_faults,
}
AUTHOR = """  <author>
    <name>WARP of the South</name>
    <uri>https://warp.example</uri>
  </author>
"""
GONE = "tag:warp.example,2026-01-05:advisory/2026-w47-k3v9q2x8"
OPML = b"""<?xml version='1.0' encoding='UTF-8'?>
<opml version="2.0">
  <head>
    <title>WARP of the South: feeds</title>
    <dateModified>Tue, 24 Nov 2026 09:30:00 GMT</dateModified>
  </head>
  <body>
    <outline text="Fraud">
      <outline type="rss" text="Phishing" title="Phishing" language="en"
               xmlUrl="https://warp.example/feeds/en/type/fraud/phishing.atom" htmlUrl="https://warp.example/en/"/>
    </outline>
  </body>
</opml>
"""


@pytest.mark.parametrize("name", FEEDS)
def test_every_kind_of_feed_is_what_its_standard_asks(name: str) -> None:
    CHECKS[name.rpartition(".")[2]]((GOLDEN / name).read_bytes())


def test_a_list_of_feeds_can_be_what_its_standard_asks() -> None:
    check_opml(OPML)


@pytest.mark.parametrize(
    ("how", "old", "new", "fault"),
    [
        ("atom", "  <id>tag:warp.example,2026-01-05:feed/en/all</id>\n", "", "Expecting"),
        ("atom", 'rel="alternate" type="text/html"', 'rel="alternate" type="html"', "type"),
        ("atom", "<updated>2026-11-16T16:00:00.768233+00:00", "<updated>2026-11-16T16:00:00", "updated"),
        ("atom", 'xml:lang="en"', 'xml:lang="en" class="a"', "class"),
        ("atom", "16:00:00.768233", "15:00:00.345528", "two entries of one updated"),
        ("atom", "2026-w47-k3v9q2x8</id>", "2026-w47-k3v9q2x7</id>", "two entries of one id"),
        ("atom", ' rel="self"', ' rel="via"', "link relation via"),
        ("atom", ' rel="self" type="application/atom+xml"', ' rel="self"', "no link to itself"),
        ("atom", 'href="https://warp.example/hub"', 'href="tag:hub"', "not absolute"),
        ("atom", ' rel="hub"', ' rel="current"', "in a feed that is none"),
        ("atom", AUTHOR, "", "no author of the feed"),
        ("atom", "    <published>2026-11-16T0", "    <published>2027-11-16T0", "before it was published"),
        ("atom", "<published>", '<link href="https://warp.example/b"/><published>', "2 links"),
        ("atom", ' scheme="urn:warp:severity"', "", "without a scheme"),
        ("atom", '<content type="html">', "<content>", "without both text and HTML"),
        ("atom", "<content ", '<content xmlns:h="urn:h" ', "namespaces of its own"),
        ("atom", "</generator>", '</generator><x xmlns="urn:x"/>', "namespace urn:x"),
        ("atom", "&lt;/p&gt;", "&lt;/p&gt;&lt;img src=x onerror=a()&gt;", "markup of somebody else: img"),
        ("atom", "&lt;p&gt;", "&lt;p style=a&gt;", "markup of somebody else: p"),
        ("atom", '&lt;a href="https://warp.example', '&lt;a href="', "relative address"),
        ("atom", "[NEW] ", "[NEW] &lt;", "one line without angle brackets"),
        ("atom", "[NEW] ", "[NEW] &amp;lt;", "title looks like HTML"),
        ("atom", "[NEW] ", "[NEW] \x9b", "control characters"),
        ("atom", "<summary>", "<summary>&lt;b&gt;&lt;/b&gt;", "summary looks like HTML"),
        (
            "atom",
            "</generator>",
            f'</generator><at:deleted-entry ref="{GONE}" when="2026"/>',
            "beside its entry",
        ),
        (
            "atom",
            "</generator>",
            '</generator><at:deleted-entry ref="tag:a" when="2026"/>',
            "needs ref and when",
        ),
        ("rss", 'version="2.0"', 'version="0.91"', "not RSS 2.0"),
        ("rss", "    <description>Early warnings.</description>\n", "", "no description"),
        ("rss", "    <language>en</language>\n", "", "no language"),
        ("rss", "rssboard.org", "rssboard.example", "docs is elsewhere"),
        ("rss", "  </channel>", "    <generator>W</generator>\n  </channel>", "behind the first item"),
        ("rss", "    <generator>WARP</generator>\n", "    <speed>9</speed>\n", "speed is not known"),
        ("rss", 'rel="self"', 'rel="hub"', "no link to itself"),
        ("rss", "<generator>WARP</generator>", "<generator>W</generator>" * 2, "generator twice"),
        ("rss", '<guid isPermaLink="false">', "<guid>", "must say so"),
        ("rss", "2026-w47-k3v9q2x8</guid>", "2026-w47-k3v9q2x7</guid>", "two entries of one guid"),
        ("rss", "<link>https://warp.example/en/adv", "<link>/en/adv", "item's link is not absolute"),
        ("rss", "<pubDate>Mon, 16", "<pubDate>Tue, 16", "wrong day"),
        ("rss", " 2026 16:00:00 GMT", " 26 16:00:00 GMT", "no date of RFC 822"),
        ("rss", " GMT</pubDate>", " CEST</pubDate>", "no date of RFC 822"),
        ("rss", "<title>[NEW]", "<title>&lt;b&gt;[NEW]", "without angle brackets"),
        ("rss", "<description>", "<description>&lt;script&gt;", "markup of somebody else: script"),
        (
            "rss",
            '<category domain="urn:warp:severity">high',
            '<category domain="urn:warp:severity">',
            "empty",
        ),
        ("rss", "<category domain", '<category label="a" domain', "attributes that RSS does not know"),
        ("json", "version/1.1", "version/1", "not version 1.1"),
        ("json", '"title": "WARP of the South: all"', '"titel": ""', "key titel"),
        ("json", '"feed_url": "https://warp.example', '"feed_url": "', "feed_url is not absolute"),
        ("json", "all/archive/2026-10-2.json", "all.json", "next_url is the feed's own"),
        ("json", '"type": "WebSub"', '"kind": "WebSub"', "hub needs type"),
        ("json", '"name": "WARP of the South"', '"name": "&lt;W"', "name looks like HTML"),
        ("json", '"language": "en"', '"language": "English (UK)"', "no language"),
        (
            "json",
            '2026-w47-k3v9q2x8",\n      "url"',
            '2026-w47-k3v9q2x7",\n      "url"',
            "two entries of one id",
        ),
        ("json", '"content_', '"_content.', "is not known"),
        ("json", "T08:00:00Z", " 08:00", "no date of RFC 3339"),
        ("json", '"TLP:CLEAR",', '"",', "a tag"),
        ("json", '"mime_type"', '"_mime"', "needs url and mime_type"),
        ("json", '"title": "[NEW]', '"title": "<b>[NEW]', "without angle brackets"),
        ("json", '"content_html": "', '"content_html": "<iframe>', "markup of somebody else: iframe"),
    ],
)
def test_the_check_finds_what_is_wrong(how: str, old: str, new: str, fault: str) -> None:
    sound = (GOLDEN / f"all.en.{how}").read_text("utf-8")
    assert old in sound
    found = list(FAULTS[how](sound.replace(old, new).encode()))
    assert any(fault in each for each in found), found


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('version="2.0"', 'version="1.0"', "not OPML 2.0"),
        ("<title>WARP of the South: feeds</title>", "", "no title"),
        ("Tue, 24", "Wed, 24", "wrong day"),
        (' text="Fraud"', "", "without text"),
        (' xmlUrl="https://warp.example', ' xmlUrl="', "xmlUrl is not absolute"),
        (' xmlUrl="https://warp.example/feeds/en/type/fraud/phishing.atom"', "", "without xmlUrl"),
        (' type="rss"', ' type="atom"', "another type"),
        (' language="en"', ' version="ATOM"', "version is not one"),
        (' language="en"', ' lang="en"', "not known"),
        (' text="Phishing"', ' text="&lt;b>Phishing&lt;/b>"', "text looks like HTML"),
        ('<outline text="Fraud">', '<outline text="Fraud">Fraud', "text between outlines"),
    ],
)
def test_the_check_finds_what_is_wrong_in_a_list(old: str, new: str, fault: str) -> None:
    sound = " ".join(OPML.decode().split())
    assert old in sound
    found = list(opml_faults(sound.replace(old, new).encode()))
    assert any(fault in each for each in found), found


def test_an_empty_list_is_no_list() -> None:
    empty = b'<opml version="2.0"><head><title>T</title></head><body/></opml>'
    assert list(opml_faults(empty)) == ["no outline"]


def test_what_only_the_validator_minds_is_said_to_be_a_warning() -> None:
    sound = (GOLDEN / "all.en.rss").read_text("utf-8")
    silent = sound.replace("    <language>en</language>\n", "")
    assert list(rss_faults(silent.encode())) == [WARNING + "no language"]
