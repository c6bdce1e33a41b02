"""The public pages: what they say, in which language, and that no text can become markup."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.entry import WINDOW, NotPublicError, Site
from feeds.figures import Closed
from feeds.filters import Format, every_filter, path
from feeds.ladder import LADDERS
from feeds.progress import every_progress
from feeds.words import WORDS
from handlers import figure_pages, pages, rendering
from handlers.figure_texts.languages import FIGURE_TEXTS
from handlers.texts import TEXTS
from tests.releases import EMPTY, POLICY, RELEASES, SITE, WEEK
from warp.advisory import Advisory, Status, Text, Tlp
from warp.disclosure import Figure
from warp.taxonomy import Severity

TEXT = {
    "en": Text(title="Phishing campaign", summary="First.\n\nSecond.", actions=("Block it.", "Warn them.")),
    "es": Text(title="Campaña de phishing", summary="Uno.\n\nDos.", actions=("Bloquéelo.", "Avíseles.")),
}
AREAS = every_progress(RELEASES)
VOID = {"meta", "link"}


def advisory(**changed: Any) -> Advisory:
    values: dict[str, Any] = {
        "id": "2026-W47-k3v9q2xd",
        "revision": 4,
        "status": Status.PUBLISHED,
        "tlp": Tlp.CLEAR,
        "severity": Severity.HIGH,
        "type": "fraud/phishing",
        "place": "UY",
        "sector": "banking",
        "week": "2026-W47",
        "figure": Figure(at_least=12),
        "texts": TEXT,
        "author": "ana.perez",
        "approver": "luis.gil",
        "published": datetime(2026, 11, 20, 14, 3, 7, tzinfo=UTC),
        "updated": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    }
    return Advisory(**(values | changed))


def every_page(language: str, warning: Advisory) -> dict[str, bytes]:
    return {
        "front": pages.render_front(SITE, language, [warning]),
        "empty": pages.render_front(SITE, language, []),
        "advisory": pages.render_advisory(SITE, language, warning),
        "figures": figure_pages.render_figures(SITE, language, POLICY, RELEASES, AREAS),
        "none closed": figure_pages.render_figures(SITE, language, POLICY, [], []),
        "period": figure_pages.render_period(SITE, language, Closed(WEEK)),
        "too few": figure_pages.render_period(SITE, language, Closed(EMPTY)),
        "progress": figure_pages.render_progress(SITE, language, AREAS[0]),
    }


def read(page: bytes) -> str:
    """Give a page's text as a reader sees it, on one line."""
    body = lxml.html.fromstring(page.decode()).find("body")
    return " ".join(re.findall(r"[^ \n]+", " ".join(body.itertext())))


class Balance(HTMLParser):
    """Fails at an end tag that closes something else, or at a tag never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parse(page: bytes) -> list[tuple[str, dict[str, str | None]]]:
    parser = Balance()
    parser.feed(page.decode())
    parser.close()
    assert parser.open == []
    return parser.seen


@pytest.fixture(params=SITE.languages)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_page_is_well_formed_and_says_its_language(language: str) -> None:
    for page in every_page(language, advisory()).values():
        assert page.startswith(b"<!DOCTYPE html>")
        assert ("html", {"lang": language}) in parse(page)


def test_no_page_runs_loads_or_sets_anything(language: str) -> None:
    for page in every_page(language, advisory()).values():
        tags = parse(page)
        assert not {tag for tag, _ in tags} & {"script", "img", "iframe", "form", "input", "object", "video"}
        assert not any(name.startswith("on") or name in ("src", "style") for _, held in tags for name in held)
        assert b"url(" not in page
        assert b"@import" not in page
        assert {held["rel"] for tag, held in tags if tag == "link"} == {"canonical", "alternate"}


def test_all_links_stay_on_the_host_that_the_reader_came_by(language: str) -> None:
    for page in every_page(language, advisory()).values():
        links = [held["href"] or "" for tag, held in parse(page) if tag == "a"]
        assert links
        assert all(re.match(r"/[a-z]|#[a-z]+$", link) for link in links)


def test_a_site_below_a_path_keeps_its_path() -> None:
    below = Site(name="W", url="https://w.example/warp", languages=("es",), created=date(2026, 1, 5))
    links = [held["href"] or "" for tag, held in parse(pages.render_front(below, "es", [])) if tag == "a"]
    assert all(link.startswith("/warp/") for link in links)


def test_pages_lead_to_the_same_page_in_every_other_language(language: str) -> None:
    expected = {
        "front": "",
        "advisory": "advisories/2026-W47-k3v9q2xd",
        "figures": "figures/",
        "period": "figures/2026-W47",
        "progress": "figures/progress/001",
    }
    made = every_page(language, advisory())
    for name, place in expected.items():
        for other in set(SITE.languages) - {language}:
            attributes = {"href": f"/{other}/{place}", "hreflang": other, "lang": other}
            assert ("a", attributes) in parse(made[name])


def test_the_front_page_lists_the_newest_warning_first() -> None:
    later = advisory(id="2026-W48-00000001", updated=datetime(2026, 11, 23, tzinfo=UTC), place="")
    text = read(pages.render_front(SITE, "es", [advisory(), later]))
    assert "TLP:CLEAR Alta Campaña de phishing 2026-11-23 · Todos los lugares TLP:CLEAR" in text
    assert text.index("2026-11-23") < text.index("2026-11-21 · Uruguay")


def test_the_front_page_is_bounded() -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    many = [advisory(id=f"2026-W01-{i:08d}", updated=start + timedelta(days=i)) for i in range(WINDOW + 2)]
    page = pages.render_front(SITE, "en", many)
    assert page.count(b"/en/advisories/") == WINDOW
    assert b"2026-W01-00000001" not in page


def test_the_front_page_leads_to_every_feed_and_announces_two(language: str) -> None:
    tags = parse(pages.render_front(SITE, language, []))
    links = {held["href"] for tag, held in tags if tag == "a"}
    assert {f"/{path(each, language, how)}" for each in every_filter() for how in Format} <= links
    announced = {(held["type"], held["href"]) for tag, held in tags if tag == "link" and "type" in held}
    assert announced == {
        ("application/atom+xml", f"/feeds/{language}/all.atom"),
        ("application/rss+xml", f"/feeds/{language}/all.rss"),
    }


def test_countries_stand_where_readers_look_for_them() -> None:
    text = read(pages.render_front(SITE, "es", []))
    assert text.index("Marruecos") < text.index("México") < text.index("Mozambique")


def test_a_site_without_warnings_says_so() -> None:
    assert "No warning has been published yet." in read(pages.render_front(SITE, "en", []))


def test_the_front_page_says_how_to_report(language: str) -> None:
    assert b"<code>warp report</code>" in pages.render_front(SITE, language, [])


def test_a_warnings_page_says_everything() -> None:
    text = read(pages.render_advisory(SITE, "en", advisory()))
    for part in (
        "TLP:CLEAR High Phishing campaign",
        "First. Second. At least 12 reports stand behind this warning.",
        "Recommended actions Block it. Warn them.",
        "Type Phishing Place Uruguay Sector Banking Severity High Week 2026-W47",
        "TLP:CLEAR. It may be shared with anyone; there is no limit on disclosure.",
        "Published 2026-11-20 14:03 UTC Updated 2026-11-21 09:30 UTC",
        "tag:warp.example,2026-01-05:advisory/2026-W47-k3v9q2xd",
    ):
        assert part in text


def test_an_untranslated_warning_says_so_and_marks_its_language() -> None:
    page = pages.render_advisory(SITE, "es", advisory(texts={"en": TEXT["en"]}))
    assert "El texto de esta alerta solo está disponible en inglés." in read(page)
    assert {tag for tag, held in parse(page) if held.get("lang") == "en"} == {"a", "h1", "div", "ol"}


def test_coordinators_are_not_named_on_any_page(language: str) -> None:
    for page in every_page(language, advisory()).values():
        assert b"ana.perez" not in page
        assert b"luis.gil" not in page


@pytest.mark.parametrize("changed", [{"status": Status.DRAFT}, {"tlp": Tlp.GREEN}, {"published": None}])
def test_what_is_not_public_has_no_page(changed: dict[str, Any]) -> None:
    with pytest.raises(NotPublicError):
        pages.render_advisory(SITE, "en", advisory(**changed))
    with pytest.raises(NotPublicError):
        pages.render_front(SITE, "en", [advisory(**changed)])


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style>{{ 7*7 }}",
    "&lt;b",
]


@settings(max_examples=40)
@given(st.one_of(st.text(st.characters(exclude_categories=()), max_size=40), st.sampled_from(HOSTILE)))
def test_no_text_becomes_markup(hostile: str) -> None:
    text = Text(title=hostile, summary=hostile, actions=(hostile,))
    site = Site(name=hostile, url="https://w.example", languages=SITE.languages, created=date(2026, 1, 5))
    extra = _tags(site, text) - _tags(SITE, Text(title="T", summary="", actions=("A",)))
    assert set(extra) <= {"p"}


def _tags(site: Site, text: Text) -> Counter[str]:
    warning = advisory(texts={"en": text})
    made = [
        pages.render_front(site, "es", [warning]),
        pages.render_advisory(site, "es", warning),
        figure_pages.render_progress(site, "es", AREAS[0]),
    ]
    return Counter(tag for page in made for tag, _ in parse(page))


def test_the_same_input_gives_the_same_bytes(language: str) -> None:
    assert every_page(language, advisory()) == every_page(language, advisory())


def test_the_style_source_is_the_hash_of_what_stands_in_the_page() -> None:
    page = pages.render_front(SITE, "en", []).decode()
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert rendering.style_source() == f"'sha256-{digest}'"


def test_text_and_background_contrast_is_at_least_aa() -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    style = pages.render_front(SITE, "en", []).decode()
    light, dark = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{[^}]*\}", style)[:2]
    )
    for colours in (light, light | dark):
        pairs = [(fore, back) for fore in ("ink", "soft", "link") for back in ("paper",)]
        pairs += [("ink", "wash"), *((f"on-{name}", name) for name in ("low", "medium", "high", "critical"))]
        for fore, back in pairs:
            assert contrast(colours[fore], colours[back]) >= 4.5, (fore, back)


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours. Source: WCAG 2.2, contrast ratio and relative luminance."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_pages_have_texts_for_every_language_of_the_feeds() -> None:
    assert set(TEXTS) == set(FIGURE_TEXTS) == set(WORDS)


def test_every_text_has_the_same_blanks_in_every_language() -> None:
    blanks: Callable[[str], list[str]] = re.compile(r"\{(\w+)\}").findall
    everything: list[dict[str, Any]] = [dict(TEXTS), dict(FIGURE_TEXTS), dict(LADDERS)]
    for texts in everything:
        for name in texts["en"].__struct_fields__:
            found = {code: sorted(blanks(repr(getattr(each, name)))) for code, each in texts.items()}
            assert len({tuple(names) for names in found.values()}) == 1, name
