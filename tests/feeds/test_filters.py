"""Which feeds there are, and which warnings belong to them."""

from collections.abc import Callable

import pytest

from feeds.entry import Site
from feeds.filters import ALL, Filter, Format, Kind, affected, every_filter, holds, path, title
from warp.advisory import Advisory

Make = Callable[..., Advisory]


def country(code: str) -> Filter:
    return Filter(Kind.COUNTRY, code)


def of_type(code: str) -> Filter:
    return Filter(Kind.TYPE, code)


def test_there_is_a_feed_for_all_for_each_class_type_and_country() -> None:
    kinds = [each.kind for each in every_filter()]
    assert (kinds.count(Kind.ALL), kinds.count(Kind.TYPE)) == (1, 11 + 39)
    assert kinds.count(Kind.COUNTRY) >= 249


def test_no_two_feeds_share_an_address() -> None:
    paths = [
        path(each, language, how) for each in every_filter() for language in ("en", "es") for how in Format
    ]
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (ALL, "feeds/en/all.atom"),
        (of_type("fraud"), "feeds/en/type/fraud.atom"),
        (of_type("fraud/phishing"), "feeds/en/type/fraud/phishing.atom"),
        (country("UY"), "feeds/en/country/UY.atom"),
    ],
)
def test_addresses_say_what_a_feed_holds(filter_: Filter, expected: str) -> None:
    assert path(filter_, "en", Format.ATOM) == expected


def test_the_order_of_feeds_is_always_the_same() -> None:
    codes = [each.value for each in every_filter() if each.kind is Kind.COUNTRY]
    assert codes == sorted(codes)


@pytest.mark.parametrize("place", ["UY", "005", "419", "019", "001", ""])
def test_a_country_gets_what_concerns_it_and_all_that_lies_around(advisory: Make, place: str) -> None:
    assert holds(country("UY"), advisory(place=place))


@pytest.mark.parametrize("place", ["AR", "029", "150"])
def test_a_country_does_not_get_what_is_elsewhere(advisory: Make, place: str) -> None:
    assert not holds(country("UY"), advisory(place=place))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("fraud/phishing", {"fraud", "fraud/phishing"}),
        ("fraud", {"fraud", "fraud/phishing", "fraud/copyright"}),
        ("", {"fraud", "fraud/phishing", "fraud/copyright", "test"}),
    ],
)
def test_a_class_takes_in_its_types_and_the_reverse(advisory: Make, code: str, expected: set[str]) -> None:
    asked = ("fraud", "fraud/phishing", "fraud/copyright", "test")
    assert {each for each in asked if holds(of_type(each), advisory(type=code))} == expected


def test_a_warning_changes_the_feeds_that_hold_it_and_no_other(advisory: Make) -> None:
    feeds = list(affected(advisory()))
    assert feeds == [ALL, of_type("fraud"), of_type("fraud/phishing"), country("UY")]
    everywhere = list(affected(advisory(place="", type="")))
    assert everywhere == list(every_filter())


def test_titles_name_the_site_and_the_subject_in_the_readers_language(site: Site) -> None:
    assert title(ALL, site, "es") == "WARP of the South: todas las alertas"
    assert title(of_type("fraud/phishing"), site, "en") == "WARP of the South: Phishing"
    assert title(country("BR"), site, "es") == "WARP of the South: Brasil"
