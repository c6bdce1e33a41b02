"""Which feeds there are, where each one is, and which warnings belong to them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.entry import Site
from feeds.filters import (
    ALL,
    DRILL,
    LEVELS,
    REGIONS,
    Filter,
    Format,
    UnknownFilter,
    chooses,
    parse,
    path,
    single_filters,
    title,
)
from warp import places, taxonomy
from warp.advisory import Advisory, Facets, facets
from warp.taxonomy import Severity

Make = Callable[..., Advisory]

TERMS = (*taxonomy.CLASSES, *taxonomy.TYPES)
COUNTRIES = tuple(sorted(places.countries()))


def values(of: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(of), max_size=8).map(lambda chosen: tuple(sorted(chosen)))


any_filter = st.builds(
    Filter,
    types=values(TERMS),
    countries=values(COUNTRIES),
    regions=values(REGIONS),
    sectors=values(taxonomy.SECTORS),
    least=st.sampled_from([None, *LEVELS]),
)


def country(code: str) -> Filter:
    return Filter(countries=(code,))


def of_type(code: str) -> Filter:
    return Filter(types=(code,))


def about(**changed: object) -> Facets:
    given: dict[str, object] = {"type": "fraud/phishing", "place": "UY", "sector": "banking"}
    return Facets(**({"severity": Severity.HIGH} | given | changed))  # type: ignore[arg-type]


def test_there_is_a_feed_for_all_and_for_each_value_of_each_facet() -> None:
    singles = list(single_filters())
    assert singles[0] == ALL
    assert len(singles) == 1 + len(TERMS) + len(COUNTRIES) + len(REGIONS) + len(taxonomy.SECTORS) + 4


def test_no_two_feeds_share_an_address() -> None:
    paths = [path(each, code, how) for each in single_filters() for code in ("en", "es") for how in Format]
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (ALL, "feeds/en/all.atom"),
        (DRILL, "feeds/en/drill.atom"),
        (of_type("fraud"), "feeds/en/type/fraud.atom"),
        (of_type("fraud/phishing"), "feeds/en/type/fraud/phishing.atom"),
        (country("UY"), "feeds/en/country/UY.atom"),
        (
            Filter(
                types=("fraud/phishing", "intrusions"),
                countries=("BR", "UY"),
                regions=("419",),
                sectors=("banking", "energy"),
                least=Severity.HIGH,
            ),
            "feeds/en/type/fraud/phishing,intrusions/country/BR,UY/region/419/sector/banking,energy/min/high.atom",
        ),
    ],
)
def test_addresses_say_what_a_feed_holds(filter_: Filter, expected: str) -> None:
    assert path(filter_, "en", Format.ATOM) == expected


@given(any_filter)
def test_an_address_leads_back_to_its_filter(filter_: Filter) -> None:
    assert parse(filter_.address) == filter_


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("country/uy", "country/UY"),
        ("country/UY,BR", "country/BR,UY"),
        ("country/UY,UY", "country/UY"),
        ("min/high/country/UY", "country/UY/min/high"),
        ("sector/Energy/type/Fraud/Phishing", "type/fraud/phishing/sector/energy"),
    ],
)
def test_other_orders_and_cases_of_a_choice_have_the_same_address(address: str, canonical: str) -> None:
    assert parse(address).address == canonical


@pytest.mark.parametrize(
    "address",
    [
        "",
        "all/country/UY",
        "country",
        "country/",
        "country/XX",
        "country/419",
        "country/UY,",
        "country/UY/country/BR",
        "region/001",
        "region/UY",
        "type/no-such",
        "type/fraud/phishing/scam",
        "sector/none",
        "min/unknown",
        "min/low,high",
        "severity/high",
        "UY/country",
        "drill/country/UY",
        "country/" + ",".join(COUNTRIES[:9]),
    ],
)
def test_what_chooses_nothing_there_is_is_refused_without_an_echo(address: str) -> None:
    with pytest.raises(UnknownFilter) as refused:
        parse(address)
    assert "XX" not in str(refused.value)
    assert "no-such" not in str(refused.value)


@pytest.mark.parametrize("place", ["UY", "005", "419", "019", "001", ""])
def test_a_country_gets_what_concerns_it_and_all_that_lies_around(place: str) -> None:
    assert chooses(country("UY"), about(place=place))


@pytest.mark.parametrize("place", ["AR", "029", "150"])
def test_a_country_does_not_get_what_is_elsewhere(place: str) -> None:
    assert not chooses(country("UY"), about(place=place))


@pytest.mark.parametrize(
    ("place", "is_held"),
    [("UY", True), ("005", True), ("419", True), ("019", True), ("", True), ("US", False), ("021", False)],
)
def test_a_region_gets_what_lies_in_it_and_around_it(place: str, is_held: bool) -> None:  # noqa: FBT001
    assert chooses(Filter(regions=("419",)), about(place=place)) is is_held


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("fraud/phishing", {"fraud", "fraud/phishing"}),
        ("fraud", {"fraud", "fraud/phishing", "fraud/copyright"}),
        ("", {"fraud", "fraud/phishing", "fraud/copyright", "test"}),
    ],
)
def test_a_class_takes_in_its_types_and_the_reverse(code: str, expected: set[str]) -> None:
    asked = ("fraud", "fraud/phishing", "fraud/copyright", "test")
    assert {each for each in asked if chooses(of_type(each), about(type=code))} == expected


def test_a_warning_without_a_sector_is_for_every_sector() -> None:
    energy = Filter(sectors=("energy",))
    held = [chooses(energy, about(sector=sector)) for sector in ("energy", "banking", "")]
    assert held == [True, False, True]


def test_the_least_severity_leaves_out_what_is_milder_or_unknown() -> None:
    high = Filter(least=Severity.HIGH)
    assert {each for each in Severity if chooses(high, about(severity=each))} == {"high", "critical"}


@given(any_filter, st.sampled_from(["", *TERMS]), st.sampled_from(["", *places.AREAS, *COUNTRIES]))
def test_one_more_facet_never_lets_more_through(filter_: Filter, of_type: str, place: str) -> None:
    one = about(type=of_type, place=place)
    if chooses(filter_, one):
        assert chooses(Filter(types=filter_.types), one)
        assert chooses(Filter(countries=filter_.countries, regions=filter_.regions), one)
    assert not chooses(DRILL, one)


def test_a_warning_is_in_the_feeds_of_its_own_facets_and_in_no_other(advisory: Make) -> None:
    held = [each for each in single_filters() if chooses(each, facets(advisory()))]
    assert held == [
        ALL,
        of_type("fraud"),
        of_type("fraud/phishing"),
        country("UY"),
        *(Filter(regions=(code,)) for code in ("019", "419", "005")),
        Filter(sectors=("banking",)),
        *(Filter(least=level) for level in (Severity.LOW, Severity.MEDIUM, Severity.HIGH)),
    ]
    everywhere = about(place="", type="", sector="", severity=Severity.CRITICAL)
    assert all(chooses(each, everywhere) for each in single_filters())


def test_titles_name_the_site_and_the_subject_in_the_readers_language(site: Site) -> None:
    assert title(ALL, site, "es") == "WARP of the South: todas las alertas"
    assert title(of_type("fraud/phishing"), site, "en") == "WARP of the South: Phishing"
    many = Filter(countries=("BR", "UY"), regions=("419",), least=Severity.HIGH)
    assert title(many, site, "en") == (
        "WARP of the South: Brazil, Uruguay · Latin America and the Caribbean · ≥ High"
    )
