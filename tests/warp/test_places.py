"""Every country has its area and its names, and every area leads to the world."""

import csv
from pathlib import Path

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp import places, taxonomy
from warp.names.languages import TABLES
from warp.names.table import NoSuchName

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

known_places = st.sampled_from(sorted({*places.AREAS, *places.countries()}))


def _rows(name: str) -> list[dict[str, str]]:
    if not (DATA / name).exists():
        pytest.skip(f"{name} is not here to compare with")
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _m49(row: dict[str, str]) -> tuple[str, ...]:
    columns = ("Intermediate Region Code", "Sub-region Code", "Region Code", "Global Code")
    return tuple(row[column].zfill(3) for column in columns if row[column])


def test_every_country_lies_in_one_area_and_only_countries_do() -> None:
    listed = [country for group in places._COUNTRIES.values() for country in group.split()]
    assert sorted(listed) == sorted(country.alpha_2 for country in pycountry.countries)


def test_areas_are_those_of_m49() -> None:
    rows = _rows("country-codes.csv")
    theirs = {row["ISO3166-1-Alpha-2"]: _m49(row) for row in rows}
    assert {country: places.areas_around(country) for country in places.countries()} == theirs
    assert set(places.AREAS) == {code for around in theirs.values() for code in around}


def test_english_area_names_are_those_of_m49() -> None:
    for row in _rows("country-codes.csv"):
        for level in ("Intermediate Region", "Sub-region", "Region", "Global"):
            if row[f"{level} Code"]:
                assert places.place_name(row[f"{level} Code"].zfill(3), "en") == row[f"{level} Name"]


def test_all_places_of_real_incidents_are_known() -> None:
    found = {row["place"] for row in _rows("incidents-vcdb.csv")} - {""}
    assert {code for code in found if not places.is_place(code)} == set()


def test_namibia_is_a_country() -> None:
    assert places.is_place("NA")
    assert places.place_name("NA", "en") == "Namibia"
    assert places.areas_around("NA") == ("018", "202", "002", "001")


def test_only_countries_and_m49_areas_are_places() -> None:
    assert all(places.is_place(code) for code in ("UY", "005", "419", "019", "001"))
    assert not any(places.is_place(code) for code in ("", "uy", "URY", "858", "XK", "EU", "000", "19"))


def test_a_place_rolls_up_from_the_finest_area_to_the_world() -> None:
    assert places.areas_around("UY") == ("005", "419", "019", "001")
    assert places.areas_around("US") == ("021", "019", "001")
    assert places.areas_around("419") == ("019", "001")
    assert places.areas_around("001") == ()
    assert places.areas_around("") == ()


def test_places_that_m49_leaves_out_or_puts_in_no_region_still_roll_up() -> None:
    assert places.areas_around("TW") == ("030", "142", "001")
    assert places.areas_around("AQ") == ("001",)


def test_sub_region_stands_above_intermediate_and_below_region() -> None:
    assert [places.sub_region(code) for code in ("UY", "005", "419", "FR")] == ["419", "419", "419", "155"]
    assert [places.sub_region(code) for code in ("019", "001", "AQ", "")] == ["019", "001", "001", ""]


def test_region_stands_below_the_world() -> None:
    assert [places.region(code) for code in ("UY", "005", "419", "019")] == ["019"] * 4
    assert [places.region(code) for code in ("001", "AQ", "")] == ["001", "001", ""]


def test_an_area_holds_the_countries_of_the_areas_below_it() -> None:
    assert places.countries_in("021") == {"BM", "CA", "GL", "PM", "US"}
    assert places.countries_in("419") == (
        places.countries_in("005") | places.countries_in("013") | places.countries_in("029")
    )
    assert places.countries_in("001") == places.countries()


@given(known_places)
def test_each_step_up_is_wider_in_kind_and_ends_at_the_world(place: str) -> None:
    around = places.areas_around(place)
    kinds = [list(places.Kind).index(places.AREAS[code].kind) for code in around]
    assert kinds == sorted(set(kinds), reverse=True)
    assert place == places.WORLD or around[-1] == places.WORLD
    assert place not in around


@given(known_places)
def test_a_country_is_in_each_area_around_it_and_in_no_other(place: str) -> None:
    holding = {code for code in places.AREAS if place in places.countries_in(code)}
    assert holding == (set(places.areas_around(place)) if place in places.countries() else set())


@pytest.mark.parametrize("code", ["XK", "uy", "858", "acme"])
def test_an_unknown_place_is_refused_and_not_repeated(code: str) -> None:
    for act in (places.areas_around, places.sub_region, places.region, places.countries_in):
        with pytest.raises(places.UnknownPlace) as refused:
            act(code)
        assert code not in str(refused.value)
    with pytest.raises(places.UnknownPlace):
        places.place_name(code, "en")


def test_a_country_holds_no_countries() -> None:
    with pytest.raises(places.UnknownPlace):
        places.countries_in("UY")


@pytest.mark.parametrize("language", taxonomy.LANGUAGES)
def test_every_place_has_a_name_of_its_own(language: str) -> None:
    assert set(TABLES[language].areas) == set(places.AREAS)
    assert set(TABLES[language].countries) <= places.countries()
    codes = ["", *places.AREAS, *places.countries()]
    names = [places.place_name(code, language) for code in codes]
    assert all(names)
    assert len(set(names)) == len(codes)
    assert not [name for name in names if "," in name and not name.startswith(("Bonaire", "Saint", "Santa"))]


def test_countries_have_their_usual_names() -> None:
    usual = {
        "BO": ("Bolivia", "Bolivia", "Bolívia", "Bolivie"),
        "VE": ("Venezuela", "Venezuela", "Venezuela", "Venezuela"),
        "CZ": ("Czechia", "Chequia", "Tchéquia", "Tchéquie"),
        "KR": ("South Korea", "Corea del Sur", "Coreia do Sul", "Corée du Sud"),
        "IR": ("Iran", "Irán", "Irã", "Iran"),
        "TW": ("Taiwan", "Taiwán", "Taiwan", "Taïwan"),
        "RU": ("Russia", "Rusia", "Rússia", "Russie"),
        "BR": ("Brazil", "Brasil", "Brasil", "Brésil"),
        "MX": ("Mexico", "México", "México", "Mexique"),
        "HT": ("Haiti", "Haití", "Haiti", "Haïti"),
        "DO": (
            "Dominican Republic",
            "República Dominicana",
            "República Dominicana",
            "République dominicaine",
        ),
        "PL": ("Poland", "Polonia", "Polônia", "Pologne"),
        "SB": ("Solomon Islands", "Islas Salomón", "Ilhas Salomão", "Îles Salomon"),
        "419": (
            "Latin America and the Caribbean",
            "América Latina y el Caribe",
            "América Latina e Caribe",
            "Amérique latine et Caraïbes",
        ),
        "001": ("World", "Mundo", "Mundo", "Monde"),
        "": ("unknown place", "lugar desconocido", "lugar desconhecido", "lieu inconnu"),
    }
    found = {code: tuple(places.place_name(code, each) for each in taxonomy.LANGUAGES) for code in usual}
    assert found == usual


def test_a_language_without_names_is_refused() -> None:
    with pytest.raises(NoSuchName):
        places.place_name("UY", "xx")
