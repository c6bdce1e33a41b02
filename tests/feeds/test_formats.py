"""Atom and RSS: the same bytes each time, and the same warnings in other parsers."""

import html
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds import atom, rss
from feeds.entry import WINDOW, NotPublicError, Site
from feeds.filters import ALL, Filter, Kind, every_filter
from warp.advisory import Advisory, Status, Text, Tlp
from warp.taxonomy import Severity

Make = Callable[..., Advisory]
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
FORMATS = {"atom": atom, "rss": rss}
ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
URUGUAY = Filter(Kind.COUNTRY, "UY")


@pytest.fixture(params=list(FORMATS.values()), ids=list(FORMATS))
def form(request: pytest.FixtureRequest) -> ModuleType:
    """Either format's module."""
    module: ModuleType = request.param
    return module


@pytest.fixture
def varied(advisory: Make) -> list[Advisory]:
    """Warnings of all sorts, oldest first: untranslated, for everywhere, hostile, and two of one second."""
    start = datetime(2026, 11, 16, 8, tzinfo=UTC)
    hostile = Text(
        title="<script>alert(1)</script> & \x00 \x1b[31m]]>",
        summary="a < b && c > d\x0b\n\n<img src=x onerror=alert(1)>",
        actions=("Run <b>nothing</b>.",),
    )
    changes: list[dict[str, Any]] = [
        {"place": "", "type": "", "sector": "", "severity": Severity.CRITICAL, "figure": None},
        {"place": "005", "type": "availability", "texts": {"en": Text(title="Untranslated", summary="S")}},
        {"texts": {"en": hostile, "es": hostile}, "severity": Severity.UNKNOWN},
        {"place": "BR", "updated": start},
        {},
    ]
    return [
        advisory(id=f"2026-W47-k3v9q2x{number}", **({"updated": start + timedelta(hours=number)} | changed))
        for number, changed in enumerate(changes)
    ]


CASES: list[tuple[str, Filter, str, bool]] = [
    ("all.en", ALL, "en", True),
    ("all.es", ALL, "es", True),
    ("country-UY.es", URUGUAY, "es", True),
    ("empty.es", Filter(Kind.TYPE, "fraud/phishing"), "es", False),
]


@pytest.mark.parametrize("how", FORMATS)
@pytest.mark.parametrize(("name", "filter_", "language", "filled"), CASES)
def test_feeds_are_the_golden_files_to_the_byte(
    site: Site, varied: list[Advisory], how: str, name: str, filter_: Filter, language: str, *, filled: bool
) -> None:
    """Set WARP_WRITE_GOLDEN to write them anew after a wanted change, and read the difference."""
    document = FORMATS[how].render(site, filter_, language, varied if filled else [])
    golden = GOLDEN / f"{name}.{how}"
    if os.environ.get("WARP_WRITE_GOLDEN"):
        golden.write_bytes(document)
    assert document == golden.read_bytes()


@pytest.mark.parametrize(("name", "_filter", "language", "filled"), CASES)
def test_both_formats_read_the_same_in_another_parser(
    name: str, _filter: Filter, language: str, *, filled: bool
) -> None:
    parsed = [feedparser.parse((GOLDEN / f"{name}.{how}").read_bytes()) for how in FORMATS]
    assert not any(feed.bozo for feed in parsed)
    in_atom, in_rss = ([_as_read(one) for one in feed.entries] for feed in parsed)
    assert in_atom == in_rss
    assert bool(in_atom) is filled
    assert parsed[0].feed.title == parsed[1].feed.title
    assert parsed[0].feed.updated_parsed == parsed[1].feed.updated_parsed
    assert parsed[0].feed.link == parsed[1].feed.link == f"https://warp.example/{language}/"
    assert parsed[0].feed.language == parsed[1].feed.language == language


def _as_read(entry: Any) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        # Atom's is plain text and RSS's is HTML, as every reader takes them.
        "summary": html.unescape(entry.summary),
        "content": entry.content[0].value,
        "updated": entry.updated,
        "terms": [(tag.scheme, tag.term) for tag in entry.tags],
    }


def test_every_atom_entry_has_exactly_one_link_in_full(site: Site, varied: list[Advisory]) -> None:
    feed = etree.fromstring(atom.render(site, ALL, "es", varied))
    for entry in feed.iter(f"{ATOM}entry"):
        (link,) = entry.iter(f"{ATOM}link")
        assert dict(link.attrib) == {
            "href": f"https://warp.example/es/advisories/{entry.findtext(f'{ATOM}id').rpartition('/')[2]}",
            "rel": "alternate",
            "type": "text/html",
            "hreflang": "es",
        }


@pytest.mark.parametrize(
    ("how", "media_type"), [("atom", "application/atom+xml"), ("rss", "application/rss+xml")]
)
def test_a_feed_says_where_it_is(site: Site, how: str, media_type: str) -> None:
    feed = etree.fromstring(FORMATS[how].render(site, URUGUAY, "en", []))
    (own,) = [link for link in feed.iter(f"{ATOM}link") if link.get("rel") == "self"]
    assert own.get("href") == f"https://warp.example/feeds/en/country/UY.{how}"
    assert own.get("type") == media_type


def test_each_feed_has_an_id_of_its_own(site: Site) -> None:
    ids = {
        etree.fromstring(document).findtext(f"{ATOM}id")
        for language in site.languages
        for _, document in atom.render_all(site, every_filter(), language, [])
    }
    assert len(ids) == 2 * len(list(every_filter()))
    assert "tag:warp.example,2026-01-05:feed/es/country/UY" in ids


def test_an_empty_feed_dates_from_the_sites_creation(site: Site) -> None:
    feed = etree.fromstring(atom.render(site, ALL, "en", []))
    assert feed.findtext(f"{ATOM}updated") == "2026-01-05T00:00:00+00:00"
    channel = etree.fromstring(rss.render(site, ALL, "en", []))
    assert channel.findtext("channel/lastBuildDate") == "Mon, 05 Jan 2026 00:00:00 GMT"
    assert channel.findtext("channel/pubDate") == "Mon, 05 Jan 2026 00:00:00 GMT"


def test_a_feed_dates_from_its_newest_entry(site: Site, varied: list[Advisory]) -> None:
    feed = etree.fromstring(atom.render(site, ALL, "en", varied))
    times = [entry.findtext(f"{ATOM}updated") for entry in feed.iter(f"{ATOM}entry")]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == len(varied)
    assert feed.findtext(f"{ATOM}updated") == times[0]


def test_a_correction_is_newer_in_rss_too(site: Site, advisory: Make) -> None:
    item = etree.fromstring(rss.render(site, ALL, "en", [advisory()])).find("channel/item")
    assert item.findtext("pubDate") == "Sat, 21 Nov 2026 09:30:00 GMT"
    assert item.find("guid").get("isPermaLink") == "false"


def test_the_order_of_what_is_handed_over_does_not_matter(
    form: ModuleType, site: Site, varied: list[Advisory]
) -> None:
    assert form.render(site, ALL, "en", varied) == form.render(site, ALL, "en", varied[::-1])


def test_many_feeds_at_once_are_the_same_as_one_by_one(
    form: ModuleType, site: Site, varied: list[Advisory]
) -> None:
    filters = [ALL, URUGUAY, Filter(Kind.TYPE, "availability/ddos"), ALL]
    together = list(form.render_all(site, filters, "es", varied))
    assert together == [(each, form.render(site, each, "es", varied)) for each in filters]


def test_a_feed_leaves_out_what_does_not_belong_to_it(
    form: ModuleType, site: Site, varied: list[Advisory]
) -> None:
    document = form.render(site, URUGUAY, "en", varied)
    assert b"2026-W47-k3v9q2x0" in document
    assert b"2026-W47-k3v9q2x3" not in document


def test_only_the_newest_are_shown(form: ModuleType, site: Site, advisory: Make) -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    many = [advisory(id=f"2026-W01-{i:08d}", updated=start + timedelta(minutes=i)) for i in range(WINDOW + 3)]
    ids = [entry.id[-8:] for entry in feedparser.parse(form.render(site, ALL, "en", many)).entries]
    assert ids == [f"{i:08d}" for i in range(WINDOW + 2, 2, -1)]


def test_one_that_is_not_public_stops_the_feed(form: ModuleType, site: Site, advisory: Make) -> None:
    with pytest.raises(NotPublicError):
        form.render(site, ALL, "en", [advisory(), advisory(id="2026-W47-00000000", tlp=Tlp.AMBER)])


def test_an_entry_says_which_language_an_untranslated_text_is_in(site: Site, varied: list[Advisory]) -> None:
    feed = etree.fromstring(atom.render(site, ALL, "es", varied))
    languages = [entry.get(XML_LANG) for entry in feed.iter(f"{ATOM}entry")]
    assert sorted(languages, key=str) == [None, None, None, None, "en"]
    assert feed.get(XML_LANG) == "es"


def test_rendering_leaves_the_locale_alone(form: ModuleType, site: Site, varied: list[Advisory]) -> None:
    called: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            called.add(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        form.render(site, ALL, "en", varied)
    finally:
        sys.setprofile(None)
    assert "render_all" in called
    assert "setlocale" not in called


@settings(max_examples=50)
@given(text=st.text(st.characters(exclude_categories=()), max_size=40), how=st.sampled_from(sorted(FORMATS)))
def test_no_text_breaks_a_feed(text: str, how: str) -> None:
    when = datetime(2026, 11, 20, tzinfo=UTC)
    warning = Advisory(
        id="2026-W47-k3v9q2xd",
        revision=1,
        status=Status.PUBLISHED,
        tlp=Tlp.CLEAR,
        severity=Severity.LOW,
        type="",
        place="",
        week="2026-W47",
        texts={"en": Text(title=text, summary=text, actions=(text,))},
        published=when,
        updated=when,
    )
    here = Site(name=f"W {text}", url="https://w.example", languages=("en",), created=date(2026, 1, 5))
    etree.fromstring(FORMATS[how].render(here, ALL, "en", [warning]))
