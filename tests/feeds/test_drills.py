"""Rehearsed warnings: whatever they are about, they are in the drill feed, marked, and in nothing else."""

from collections.abc import Callable

import feedparser
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import atom, rss
from feeds.categories import DRILL_SCHEME
from feeds.entry import Site, entry
from feeds.filters import ALL, DRILL, Filter, Format, affected, every_filter, holds, path, title
from handlers import pages
from tests.feeds import composing
from tests.feeds.conftest import ENGLISH, SPANISH
from warp import places, taxonomy
from warp.advisory import Advisory, Status, Tlp
from warp.disclosure import Figure
from warp.taxonomy import Severity

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


advisories = st.builds(
    Advisory,
    id=st.just("2026-w47-k3v9q2xd"),
    revision=st.just(3),
    status=st.sampled_from(Status),
    tlp=st.sampled_from(Tlp),
    severity=st.sampled_from(Severity),
    type=st.sampled_from(["", *taxonomy.CLASSES, *taxonomy.TYPES]),
    place=st.sampled_from(["", *places.AREAS, *sorted(places.countries())]),
    sector=st.sampled_from(["", *taxonomy.SECTORS]),
    week=st.just("2026-W47"),
    texts=st.just({"en": ENGLISH, "es": SPANISH}),
    drill=st.booleans(),
)


@given(advisories)
def test_a_drill_is_in_the_drill_feed_alone_and_a_warning_never(any_one: Advisory) -> None:
    of_drill = msgspec.structs.replace(any_one, drill=True)
    assert [each for each in (*every_filter(), DRILL) if holds(each, of_drill)] == [DRILL]
    assert list(affected(of_drill)) == []
    warning = msgspec.structs.replace(any_one, drill=False)
    assert not holds(DRILL, warning)
    assert holds(ALL, warning)


@pytest.mark.parametrize("how", Format)
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_feed_but_the_drill_feed_shows_one_whatever_is_handed_over(
    how: Format, language: str, site: Site, advisory: Make, drill: Make
) -> None:
    warning = advisory(place="", type="")
    both = [drill(place="", type=""), warning]
    for filter_, document in FORMATS[how].render_all(site, [*every_filter(), DRILL], language, both):
        ids = {each.id.rpartition("/")[2] for each in feedparser.parse(document).entries}
        assert ids == ({"drill-2026-w47-k3v9q2xd"} if filter_ == DRILL else {warning.id}), filter_


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
    assert DRILL not in list(every_filter())
    feed = feedparser.parse(atom.render(site, DRILL, "en", [])).feed
    assert feed.subtitle == "Rehearsed warnings only: nothing that stands here has happened."


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_front_page_is_the_same_with_and_without_drills(
    language: str, site: Site, advisory: Make, drill: Make
) -> None:
    without = pages.render_front(site, language, [advisory()])
    assert pages.render_front(site, language, [drill(), advisory(), drill(id="drill-b")]) == without
    assert f"/feeds/{language}/drill.atom" in without.decode()


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


def test_every_filter_knows_what_it_is_called() -> None:
    assert Filter(DRILL.kind) == DRILL
    assert DRILL.address == "drill"
