"""The pages of feeds: what they lead to, the form, and what they say of one feed."""

import re

import lxml.html
import pytest

from feeds.filters import ALL, Format, TooManyValues, path, single_filters
from feeds.filters import parse as parse_address
from handlers import feed_pages
from handlers.feed_texts import FEED_TEXTS
from tests.pages import FILTER, advisory, hrefs, parse, read
from tests.releases import SITE


@pytest.fixture(params=SITE.languages)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_page_of_all_feeds_leads_to_each_of_them(language: str) -> None:
    links = hrefs(feed_pages.render_feeds(SITE, language))
    assert {f"/{path(each, language, how)}" for each in single_filters() for how in Format} <= links
    assert {f"/feeds/{language}/drill.atom", f"/feeds/{language}/feeds.opml"} <= links


def test_countries_stand_where_readers_look_for_them() -> None:
    text = read(feed_pages.render_feeds(SITE, "es"))
    assert text.index("Marruecos") < text.index("México") < text.index("Mozambique")


def test_every_box_of_the_form_has_a_label_and_every_list_a_name(language: str) -> None:
    page = lxml.html.fromstring(feed_pages.render_feeds(SITE, language).decode())
    boxes = list(page.iter("input"))
    assert len(boxes) == len(list(single_filters()))  # and “any severity” in the place of “all”
    assert all(box.getparent().tag == "label" and box.getparent().text_content().strip() for box in boxes)
    for fieldset in page.iter("fieldset"):
        assert page.get_element_by_id(fieldset.get("aria-labelledby")).text_content()


def test_what_was_chosen_stays_ticked_when_it_cannot_be_had() -> None:
    picked = {"country": ["BR", "UY"], "min": ["high"]}
    page = lxml.html.fromstring(feed_pages.render_feeds(SITE, "en", picked, TooManyValues()).decode())
    ticked = [box.get("value") for box in page.iter("input") if box.get("checked") is not None]
    assert ticked == ["BR", "UY", "high"]
    assert len([each for each in page.iter("details") if each.get("open") is not None]) == 2
    assert "Choose at most 8 in each list." in page.text_content()


def test_the_page_of_a_feed_says_what_it_holds_and_gives_its_addresses() -> None:
    text = read(feed_pages.render_feed(SITE, "en", FILTER, [advisory()]))
    for part in (
        "Type Fraud or Burglary Country Uruguay Severity High or worse",
        f"Atom https://warp.example/feeds/en/{FILTER.address}.atom",
        f"RSS https://warp.example/feeds/en/{FILTER.address}.rss",
        f"JSON https://warp.example/feeds/en/{FILTER.address}.json",
        "Newest in this feed NEW TLP:CLEAR High Phishing campaign",
    ):
        assert part in text


def test_the_page_of_an_empty_feed_says_so_and_is_not_to_be_indexed(language: str) -> None:
    page = feed_pages.render_feed(SITE, language, ALL, [])
    assert FEED_TEXTS[language].none_yet in read(page)
    assert ("meta", {"name": "robots", "content": "noindex"}) in parse(page)


def test_the_address_of_the_example_is_that_of_a_feed(language: str) -> None:
    found = re.findall(
        rf"https://warp.example/feeds/{language}/([^.]*)[.]atom",
        read(feed_pages.render_feeds(SITE, language)),
    )
    assert [parse_address(each).address for each in found] == found != []
