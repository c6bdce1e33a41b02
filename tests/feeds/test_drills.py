"""Rehearsed warnings: whatever they are about, they are in the drill feed, marked, and in nothing else."""

from collections.abc import Callable

import feedparser
import pytest

from feeds import atom, rss
from feeds.categories import DRILL_SCHEME
from feeds.entry import Site, entry
from feeds.filters import DRILL, Filter, Format, path, single_filters, title
from handlers import feed_pages, pages
from tests.feeds import composing
from tests.feeds.conftest import ENGLISH, SPANISH
from warp.advisory import Advisory
from warp.disclosure import Figure

Make = Callable[..., Advisory]
FORMATS = {Format.ATOM: atom, Format.RSS: rss}
MARKS = {"en": "[DRILL] ", "es": "[SIMULACRO] "}
NEW = {"en": "[NEW] [TLP:CLEAR]", "es": "[NUEVA] [TLP:CLEAR]"}
NOTICES = {
    "en": "This is a drill: an exercise. Nothing of it has happened, and nothing needs to be done.",
    "es": "Esto es un simulacro: un ejercicio. Nada de esto ha ocurrido y no es necesario hacer nada.",
}


@pytest.fixture
def drill(advisory: Make) -> Make:
    def make(**changed: object) -> Advisory:
        return advisory(**({"id": "drill-2026-w47-k3v9q2xd", "drill": True, "figure": None} | changed))

    return make


@pytest.mark.parametrize("how", ["atom", "rss"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_title_text_and_category_say_that_it_is_a_drill(
    how: str, language: str, site: Site, drill: Make
) -> None:
    (shown,) = feedparser.parse(composing.feed(how, site, language, [drill()])).entries
    assert shown.title.startswith(MARKS[language] + NEW[language])
    assert shown.summary.startswith(NOTICES[language])
    assert shown.content[0].value.startswith(f"<p>{NOTICES[language]}</p>")
    assert (DRILL_SCHEME, "drill") in [(tag.scheme, tag.term) for tag in shown.tags]


def test_a_warning_says_nothing_of_drills(site: Site, advisory: Make) -> None:
    for language in site.languages:
        made = entry(advisory(), site, language)
        assert not made.title.startswith(MARKS[language])
        assert NOTICES[language] not in made.summary + made.html
        assert DRILL_SCHEME not in [each.scheme for each in made.categories]


def test_the_drill_feed_has_an_address_and_a_title_of_its_own(site: Site) -> None:
    assert path(DRILL, "en", Format.ATOM) == "feeds/en/drill.atom"
    assert path(DRILL, "es", Format.RSS) == "feeds/es/drill.rss"
    assert title(DRILL, site, "es") == "WARP of the South: Simulacros"
    assert DRILL not in list(single_filters())


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_front_page_is_the_same_with_and_without_drills(
    language: str, site: Site, advisory: Make, drill: Make
) -> None:
    without = pages.render_front(site, language, [advisory()])
    assert pages.render_front(site, language, [drill(), advisory(), drill(id="drill-b")]) == without
    assert f"/feeds/{language}/drill.atom" in feed_pages.render_feeds(site, language).decode()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_of_a_drill_says_so_and_asks_not_to_be_indexed(
    language: str, site: Site, advisory: Make, drill: Make
) -> None:
    page = pages.render_advisory(site, language, drill()).decode()
    assert f"<title>{MARKS[language]}" in page
    assert page.index(NOTICES[language]) < page.index({"en": ENGLISH, "es": SPANISH}[language].summary[:30])
    assert '<meta name="robots" content="noindex">' in page
    assert "noindex" not in pages.render_advisory(site, language, advisory()).decode()


def test_a_drill_has_no_figure(drill: Make) -> None:
    with pytest.raises(ValueError, match="no figure"):
        drill(figure=Figure(at_least=12))


def test_the_drill_feed_chooses_by_nothing_else() -> None:
    assert Filter(drill=True) == DRILL
    assert DRILL.address == "drill"
