"""The public pages: what they say, in which language, and that no text can become markup."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.entry import WINDOW, NotPublicError, Site
from feeds.figures import Closed
from feeds.filters import ALL, Format, path
from feeds.ladder import LADDERS
from feeds.progress import every_progress
from feeds.words import WORDS
from handlers import feed_pages, figure_pages, pages, rendering
from handlers.feed_texts import FEED_TEXTS
from handlers.figure_texts.languages import FIGURE_TEXTS
from handlers.texts import TEXTS
from tests.pages import (
    FILTER,
    HISTORY,
    MEMBERS,
    TEXT,
    advisory,
    announced,
    feeds_of,
    hrefs,
    parse,
    read,
    version,
    withdrawn,
)
from tests.releases import EMPTY, POLICY, RELEASES, SITE, WEEK
from warp.advisory import Advisory, Status, Text, Tlp

AREAS = every_progress(RELEASES)


def every_page(language: str, warning: Advisory) -> dict[str, bytes]:
    return {
        "front": pages.render_front(SITE, language, [warning]),
        "empty": pages.render_front(SITE, language, []),
        "advisory": pages.render_advisory(SITE, language, warning),
        "withdrawn": pages.render_advisory(SITE, language, withdrawn()),
        "feeds": feed_pages.render_feeds(SITE, language),
        "feed": feed_pages.render_feed(SITE, language, FILTER, [warning, withdrawn()]),
        "figures": figure_pages.render_figures(SITE, language, POLICY, RELEASES, AREAS),
        "none closed": figure_pages.render_figures(SITE, language, POLICY, [], []),
        "period": figure_pages.render_period(SITE, language, Closed(WEEK)),
        "too few": figure_pages.render_period(SITE, language, Closed(EMPTY)),
        "progress": figure_pages.render_progress(SITE, language, AREAS[0]),
    }


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
        assert not {tag for tag, _ in tags} & {"script", "img", "iframe", "object", "video"}
        assert not any(name.startswith("on") or name in ("src", "style") for _, held in tags for name in held)
        assert b"url(" not in page
        assert b"@import" not in page
        assert {held["rel"] for tag, held in tags if tag == "link"} == {"canonical", "alternate"}


def test_the_page_of_all_feeds_alone_has_a_form_and_only_the_public_one(language: str) -> None:
    made = every_page(language, advisory())
    assert [name for name, page in made.items() if b"<form" in page or b"<input" in page] == ["feeds"]
    assert b"<form" not in feed_pages.render_feeds(MEMBERS, language)


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
        "feeds": "feeds/",
        "feed": "feeds/type/fraud,intrusions/burglary/country/UY/min/high",
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
    assert "TLP:CLEAR Alta Campaña de phishing 2026-11-23 · Todos los lugares NUEVA TLP:CLEAR" in text
    assert text.index("2026-11-23") < text.index("2026-11-21 · Uruguay")


def test_the_front_page_is_bounded() -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    many = [advisory(id=f"2026-W01-{i:08d}", updated=start + timedelta(days=i)) for i in range(WINDOW + 2)]
    page = pages.render_front(SITE, "en", many)
    assert page.count(b"/en/advisories/") == WINDOW
    assert b"2026-W01-00000001" not in page


def test_status_severity_and_label_stand_beside_a_title_in_every_list() -> None:
    updated = advisory(status=Status.UPDATED, updated=datetime(2026, 11, 22, tzinfo=UTC))
    text = read(pages.render_front(SITE, "en", [updated, withdrawn()]))
    assert "UPDATED TLP:CLEAR High Phishing campaign 2026-11-22" in text
    assert "WITHDRAWN TLP:CLEAR High Phishing · Uruguay · 2026-W47" in text


def test_a_withdrawn_warning_is_struck_out_in_lists() -> None:
    page = lxml.html.fromstring(pages.render_front(SITE, "en", [advisory(), withdrawn()]))
    assert [each.text for each in page.iter("s")] == ["Phishing · Uruguay · 2026-W47"]


def test_the_front_page_leads_to_the_feeds_of_all_warnings_and_to_the_page_of_all_feeds(
    language: str,
) -> None:
    links = hrefs(pages.render_front(SITE, language, []))
    assert {f"/{path(ALL, language, how)}" for how in Format} <= links
    assert {f"/{language}/feeds/", f"/feeds/{language}/feeds.opml"} <= links


def test_every_page_announces_the_feeds_of_all_warnings_in_its_language(language: str) -> None:
    made = every_page(language, advisory())
    of_the_filter = made.pop("feed")
    for page in made.values():
        assert feeds_of(language, "all") <= announced(page)
    assert announced(of_the_filter) == feeds_of(language, FILTER.address)


@pytest.mark.parametrize(
    ("about", "addresses"),
    [
        ({}, ["type/fraud/phishing", "country/UY"]),
        ({"type": "fraud", "place": "419"}, ["type/fraud", "region/419"]),
        ({"type": "", "place": ""}, []),
    ],
)
def test_a_warnings_page_announces_the_feeds_of_its_type_and_place_and_its_twin(
    about: dict[str, str], addresses: list[str]
) -> None:
    twin = ("application/json", "/v1/advisories/2026-W47-k3v9q2xd.json")
    found = announced(pages.render_advisory(SITE, "en", advisory(**about)))
    assert found == {twin} | feeds_of("en", "all", *addresses)


def test_members_pages_lead_to_the_members_pages_and_for_figures_to_the_public_ones(language: str) -> None:
    amber = advisory(tlp=Tlp.AMBER, related=("2026-W47-00000002",), version=3, history=HISTORY)
    for page in (
        pages.render_front(MEMBERS, language, [amber]),
        pages.render_advisory(MEMBERS, language, amber),
        feed_pages.render_feeds(MEMBERS, language),
    ):
        links = hrefs(page) | {href for _, href in announced(page)}
        outside = {link for link in links if not str(link).startswith("/members/")}
        assert outside == {f"/{language}/figures/"}


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


def test_a_corrected_warning_says_what_changed_and_lists_its_earlier_versions() -> None:
    corrected = advisory(status=Status.UPDATED, version=3, history=HISTORY, reason="Other senders.")
    page = pages.render_advisory(SITE, "en", corrected)
    text = read(page)
    assert text.index("Update, 2026-11-21: Other senders.") < text.index("First. Second.")
    assert "Version 2 · 2026-11-21 · Updated: An action was missing. Version 1 · 2026-11-20 · New" in text
    assert {f"/v1/advisories/2026-W47-k3v9q2xd/{number}.json" for number in (1, 2)} <= hrefs(page)


def test_a_reason_is_marked_as_being_in_the_sites_first_language() -> None:
    page = pages.render_advisory(SITE, "es", advisory(status=Status.UPDATED, version=2, reason="Why."))
    assert '<strong>Actualización, 2026-11-21 (inglés):</strong> <span lang="en">Why.</span>' in page.decode()


def test_versions_of_a_stricter_label_are_not_on_the_page() -> None:
    of_members = version(1, 20, "For members.", tlp=Tlp.AMBER)
    corrected = advisory(status=Status.UPDATED, version=2, history=(of_members,))
    assert b"For members." not in pages.render_advisory(SITE, "en", corrected)
    assert b"For members." in pages.render_advisory(MEMBERS, "en", corrected)


def test_an_escalation_leads_to_the_other_warning_and_back(language: str) -> None:
    other = "2026-W47-00000002"
    for linked in (
        {"status": Status.ESCALATED, "escalated_by": other},
        {"escalates": other},
        {"related": (other,)},
    ):
        assert f"/{language}/advisories/{other}" in hrefs(
            pages.render_advisory(SITE, language, advisory(**linked))
        )


def test_a_warnings_page_leads_to_its_twin_and_the_signature(language: str) -> None:
    base = "/v1/advisories/2026-W47-k3v9q2xd"
    for warning in (advisory(), withdrawn()):
        assert {f"{base}.json", f"{base}.sig"} <= hrefs(pages.render_advisory(SITE, language, warning))


def test_a_withdrawn_warning_says_since_when_and_why_and_nothing_that_it_said() -> None:
    page = pages.render_advisory(SITE, "en", withdrawn())
    text = read(page)
    assert "This warning was withdrawn on 2026-11-21. It no longer holds. Reason: A test of a bank." in text
    assert ("meta", {"name": "robots", "content": "noindex"}) in parse(page)
    for gone in (
        "Phishing campaign",
        "First.",
        "Block it.",
        "12",
        "An action was missing",
        "00000002",
        "/2.json",
    ):
        assert gone not in page.decode().partition("<body>")[2].replace("2026-01-05", "")


def test_a_valid_until_is_on_the_page() -> None:
    page = pages.render_advisory(SITE, "fr", advisory(valid_until=date(2026, 12, 31)))
    assert "Valable jusqu'au 2026-12-31" in read(page)


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
    site = Site(
        name=f"W {hostile}", url="https://w.example", languages=SITE.languages, created=date(2026, 1, 5)
    )
    extra = _tags(site, text) - _tags(SITE, Text(title="T", summary="", actions=("A",)))
    assert set(extra) <= {"p"}


def _tags(site: Site, text: Text) -> Counter[str]:
    warning = advisory(
        texts={"en": text}, reason=text.title, history=(version(1, 20, text.title),), version=2
    )
    made = [
        pages.render_front(site, "es", [warning]),
        pages.render_advisory(site, "es", warning),
        pages.render_advisory(site, "es", withdrawn(reason=text.title)),
        feed_pages.render_feeds(site, "es"),
        feed_pages.render_feed(site, "es", FILTER, [warning]),
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
        pairs += [
            ("ink", "wash"),
            ("paper", "ink"),
            ("paper", "link"),
            *((f"on-{name}", name) for name in ("low", "medium", "high", "critical")),
        ]
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
    assert set(TEXTS) == set(FEED_TEXTS) == set(FIGURE_TEXTS) == set(WORDS)


def test_every_text_has_the_same_blanks_in_every_language() -> None:
    blanks: Callable[[str], list[str]] = re.compile(r"\{(\w+)\}").findall
    everything: list[dict[str, Any]] = [dict(TEXTS), dict(FEED_TEXTS), dict(FIGURE_TEXTS), dict(LADDERS)]
    for texts in everything:
        for name in texts["en"].__struct_fields__:
            found = {code: sorted(blanks(repr(getattr(each, name)))) for code, each in texts.items()}
            assert len({tuple(names) for names in found.values()}) == 1, name
