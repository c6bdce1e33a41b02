"""Hostile text where a coordinator's stands: no format breaks, and all of them say the same words."""

import html
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.entry import Site, inert, line, plain
from tests.feeds.composing import FORMATS, Found, feed, found, shown
from tests.feeds.standards import WARNING, atom_faults, json_feed_faults, rss_faults
from warp.advisory import MEMBERS_TLP, Advisory, Status, Text, Tlp
from warp.taxonomy import Severity

FAULTS = {"atom": atom_faults, "rss": rss_faults, "json": json_feed_faults}
PIECES = [
    "]]>",
    "<![CDATA[",
    "<script>alert(1)</script>",
    "</summary></entry><entry>",
    "</description><link>https://evil.example</link>",
    '"><img src=x onerror="alert(1)">',
    "<a href='javascript:alert(1)'>",
    "&lt;b&gt;",
    "&amp;lt;",
    "&#60;i&#x3e;",
    "&ltscript",
    "&nosuch;",
    "AT&T",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>&b;",
    "<?xml version='1.0'?>",
    "<!--",
    "-->",
    '"}],"_warp":{"tlp":"CLEAR"},"',
    "\\u003cb\\u003e",
    "{{ 7 * 7 }}{date}%s",
    "\x00\x08\x0b\x0c\x1b[31m\x7f\x85\x9b",
    "\ud800\udfff\udc80",
    "\ufdd0\ufffe\uffff\U0001fffe\U0010ffff",
    "\u202eevil\u202c\u2066\u2069",
    "\u2028\u2029\ufeff\u200b",
    "\r\n\r\n \t",
    "\n\n",
    "العربية עברית 中文 🐈",
]
texts = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=()), max_size=10), max_size=6
).map("".join)
warnings = st.builds(
    Advisory,
    id=st.sampled_from(["2026-w47-k3v9q2xa", "2026-w47-k3v9q2xb"]),
    revision=st.just(1),
    version=st.just(1),
    status=st.sampled_from([each for each in Status if each.is_out]),
    tlp=st.sampled_from(sorted(MEMBERS_TLP)),
    severity=st.sampled_from(Severity),
    type=st.sampled_from(["", "fraud", "fraud/phishing"]),
    place=st.sampled_from(["", "UY", "005"]),
    week=st.just("2026-W47"),
    texts=st.builds(
        lambda text, other: {"en": text, "fr": other},
        *2 * [st.builds(Text, title=texts, summary=texts, actions=st.lists(texts, max_size=2).map(tuple))],
    ),
    reason=texts,
    escalated_by=st.sampled_from(["", "2026-w48-k3v9q2xc"]),
    published=st.just(datetime(2026, 11, 20, tzinfo=UTC)),
    updated=st.just(datetime(2026, 11, 24, tzinfo=UTC)),
    drill=st.booleans(),
)


def site(name: str) -> Site:
    """Give a site for members, so that all labels are there."""
    return Site(
        name=name,
        url="https://warp.example/members",
        languages=("en", "fr"),
        created=date(2026, 1, 5),
        allowed=MEMBERS_TLP,
    )


def words(text: str) -> str:
    """Give a text without what only lays it out."""
    return " ".join(text.split())


def written(advisory: Advisory, language: str) -> Iterable[str]:
    """Give what a coordinator wrote and readers must find, as far as it is there at all."""
    if advisory.status is Status.WITHDRAWN:
        return [advisory.reason]
    text = advisory.texts[language]
    reason = "" if advisory.status is Status.PUBLISHED else advisory.reason
    return [reason, *text.actions, *plain(text.summary).split("\n\n")]


def check(advisory: Advisory, name: str, language: str) -> None:
    """Hold all formats to being sound, inert, and the same in meaning."""
    documents = {how: feed(how, site(name), language, [advisory], title=name) for how in FORMATS}
    for how, document in documents.items():
        # Warnings are about what text looks like: here it looks like HTML on purpose.
        assert [each for each in FAULTS[how](document) if not each.startswith(WARNING)] == [], how
    (in_atom,), (in_rss,), (in_json,) = (found(how, document) for how, document in documents.items())
    assert in_atom == in_rss == in_json
    _says(in_atom, advisory, language)
    assert json.loads(documents["json"])["title"] == inert(name)


def _says(one: Found, advisory: Advisory, language: str) -> None:
    assert html.unescape(one.title) == one.title
    assert plain(one.title + one.text + one.html) == one.title + one.text + one.html
    in_text, in_html = words(one.text), words(shown(one.html))
    for each in written(advisory, language):
        assert line(each) in in_text
        assert line(each) in in_html


def mended(text: str) -> str:
    """Give what feedparser makes of text that could be UTF-8 that was read as Latin-1: it guesses so."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def check_with_feedparser(advisory: Advisory, name: str, language: str) -> None:
    """Let another parser, which guesses at markup, find the same words."""
    for how in ("atom", "rss"):
        document = feed(how, site(name), language, [advisory], title=name)
        parsed = feedparser.parse(document)
        (one,), (same,) = parsed.entries, found(how, document)
        assert not parsed.bozo
        assert parsed.feed.title == mended(inert(name))
        assert (one.id, one.title, one.link) == (same.id, mended(same.title), same.link)
        assert words(shown(one.content[0].value)) == words(shown(mended(same.html)))
        assert [tag.term for tag in one.tags] == list(same.terms)


@settings(max_examples=40)
@given(advisory=warnings, name=texts.map("W {}".format), language=st.sampled_from(["en", "fr"]))
def test_no_text_breaks_a_format_or_is_markup_in_it(advisory: Advisory, name: str, language: str) -> None:
    check(advisory, name, language)


@settings(max_examples=8)
@given(advisory=warnings, name=texts.map("W {}".format), language=st.sampled_from(["en", "fr"]))
def test_another_parser_finds_the_same_words(advisory: Advisory, name: str, language: str) -> None:
    check_with_feedparser(advisory, name, language)


@pytest.mark.slow
@settings(max_examples=1_000)
@given(advisory=warnings, name=texts.map("W {}".format), language=st.sampled_from(["en", "fr"]))
def test_no_text_among_thousands_breaks_a_format(advisory: Advisory, name: str, language: str) -> None:
    check(advisory, name, language)
    check_with_feedparser(advisory, name, language)


@pytest.mark.parametrize("piece", PIECES)
def test_each_kind_of_hostile_text_is_harmless_everywhere_at_once(piece: str) -> None:
    check(_with(f"a {piece} b"), f"W {piece}", "en")


def test_a_title_of_a_megabyte_is_still_a_title() -> None:
    mixed = "<b>&lt;]]>\u202e\ud800\x00é\n"
    check(_with("", texts={"en": Text(mixed * (1_000_000 // len(mixed)), "S")}), "W", "en")


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["<b>", "</b>", "&lt;", "&", "]]>", "\u202e", "\ud800", "é", "\n\n", "a\n\n"]
)
def test_a_megabyte_of_anything_everywhere_is_harmless(piece: str) -> None:
    check(_with(piece * (200_000 // len(piece))), f"W {piece * 10_000}", "en")


@given(texts)
def test_a_title_made_inert_stays_as_it_is(text: str) -> None:
    made = inert(text)
    assert inert(made) == made
    assert html.unescape(made) == made
    assert not set("<>\n") & set(made)


def _with(text: str, **changed: Any) -> Advisory:
    values: dict[str, Any] = {
        "id": "2026-w47-k3v9q2xa",
        "revision": 2,
        "version": 2,
        "status": Status.UPDATED,
        "tlp": Tlp.CLEAR,
        "severity": Severity.LOW,
        "type": "",
        "place": "",
        "week": "2026-W47",
        "texts": {"en": Text(text, text, (text,))},
        "reason": text,
        "published": datetime(2026, 11, 20, tzinfo=UTC),
        "updated": datetime(2026, 11, 24, tzinfo=UTC),
    }
    return Advisory(**(values | changed))
