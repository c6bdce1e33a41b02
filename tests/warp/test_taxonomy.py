"""The codes are RSIT's and NIS2's, and each has a name in each language."""

import json
from pathlib import Path
from typing import Any

import pytest

from warp import taxonomy
from warp.names.languages import TABLES
from warp.names.table import NoSuchName

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def _read(name: str) -> Any:
    if not (DATA / name).exists():
        pytest.skip(f"{name} is not here to compare with")
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _values(machine_tag: Any, predicate: str) -> list[dict[str, str]]:
    return next(group["entry"] for group in machine_tag["values"] if group["predicate"] == predicate)


def test_there_are_39_types_in_11_classes() -> None:
    assert len(set(taxonomy.TYPES)) == len(taxonomy.TYPES) == 39
    assert len(set(taxonomy.CLASSES)) == len(taxonomy.CLASSES) == 11


def test_types_are_those_of_rsit_in_its_order() -> None:
    rsit = _read("rsit-machinev1.json")
    theirs = [
        f"{group['predicate']}/{entry['value']}" for group in rsit["values"] for entry in group["entry"]
    ]
    assert list(taxonomy.TYPES) == theirs
    assert list(taxonomy.CLASSES) == [predicate["value"] for predicate in rsit["predicates"]]


def test_english_type_names_are_those_of_rsit() -> None:
    rsit = _read("rsit-machinev1.json")
    theirs = {predicate["value"]: predicate["expanded"] for predicate in rsit["predicates"]}
    for group in rsit["values"]:
        theirs |= {f"{group['predicate']}/{entry['value']}": entry["expanded"] for entry in group["entry"]}
    assert {code: name.casefold() for code, name in theirs.items()} == {
        code: taxonomy.type_name(code, "en").casefold() for code in theirs
    }


def test_sectors_are_those_of_nis2_in_its_order_with_its_names() -> None:
    theirs = _values(_read("misp-nis2.json"), "impact-sectors-impacted")
    assert list(taxonomy.SECTORS) == [entry["value"] for entry in theirs]
    assert [taxonomy.sector_name(code, "en") for code in taxonomy.SECTORS] == [
        entry["expanded"] for entry in theirs
    ]


def test_what_the_americas_teams_report_can_be_said_with_a_term_or_a_tag() -> None:
    ours = {
        "defacement": "defacement",
        "malware": "malicious-code",
        "ddos": "availability/ddos",
        "phishing": "fraud/phishing",
        "spam": "abusive-content/spam",
        "botnet": "botnet",
        "fastflux": "fast-flux",
        "cryptojacking": "cryptojacking",
        "xss": "cross-site-scripting",
        "sqli": "sql-injection",
        "vulnerability": "vulnerable",
        "infoleak": "information-content-security/data-leak",
        "compromise": "intrusions/system-compromise",
        "other": "other",
    }
    assert all(taxonomy.is_term(code) or code in taxonomy.TAGS for code in ours.values())
    theirs = _read("misp-csirt-americas.json")["predicates"]
    assert set(ours) == {predicate["value"] for predicate in theirs}


def test_two_misleading_codes_have_the_names_that_rsit_means() -> None:
    assert taxonomy.type_name("intrusion-attempts/ids-alert", "en") == "Exploitation of known vulnerabilities"
    assert taxonomy.type_name("intrusion-attempts/exploit", "en") == "New attack signature"
    assert taxonomy.type_name("intrusion-attempts/ids-alert", "es") == (
        "Explotación de vulnerabilidades conocidas"
    )
    assert taxonomy.type_name("intrusion-attempts/exploit", "es") == "Nueva firma de ataque"


def test_ransomware_is_a_tag_and_no_type() -> None:
    assert "ransomware" in taxonomy.TAGS
    assert not any("ransomware" in code for code in taxonomy.TYPES)


def test_tags_are_sorted_and_stand_once() -> None:
    assert list(taxonomy.TAGS) == sorted(set(taxonomy.TAGS))


def test_the_test_type_is_a_type() -> None:
    assert taxonomy.TEST_TYPE in taxonomy.TYPES


def test_types_and_classes_are_terms_and_nothing_else_is() -> None:
    assert all(taxonomy.is_term(code) for code in (*taxonomy.TYPES, *taxonomy.CLASSES))
    assert not any(taxonomy.is_term(code) for code in ("", "spam", "fraud/", "fraud/spam", "Fraud"))


def test_each_type_belongs_to_a_class_and_a_class_to_itself() -> None:
    assert {taxonomy.class_of(code) for code in taxonomy.TYPES} == set(taxonomy.CLASSES)
    assert [taxonomy.class_of(code) for code in taxonomy.CLASSES] == list(taxonomy.CLASSES)
    assert taxonomy.class_of("fraud/phishing") == "fraud"


def test_severities_rank_from_unknown_to_critical() -> None:
    codes = ("unknown", "low", "medium", "high", "critical")
    ranks = [taxonomy.severity_rank(taxonomy.Severity(code)) for code in codes]
    assert ranks == [0, 1, 2, 3, 4]


def test_similar_bands_are_written_as_the_format_says() -> None:
    assert [str(band) for band in taxonomy.Similar] == ["1", "2-5", "6-20", "21-100", "over-100"]


@pytest.mark.parametrize("language", taxonomy.LANGUAGES)
def test_every_code_has_a_name_and_every_name_a_code(language: str) -> None:
    names = TABLES[language]
    assert set(names.types) == {"", *taxonomy.TYPES, *taxonomy.CLASSES}
    assert set(names.sectors) == {"", *taxonomy.SECTORS}
    assert set(names.severities) == set(taxonomy.Severity)
    assert set(names.similar) == set(taxonomy.Similar)
    assert set(names.tags) == set(taxonomy.TAGS)
    tables = (names.types, names.sectors, names.severities, names.similar, names.tags)
    assert all(name and name == name.strip() for table in tables for name in table.values())


@pytest.mark.parametrize("language", taxonomy.LANGUAGES)
def test_no_two_codes_of_a_list_share_a_name(language: str) -> None:
    names = TABLES[language]
    types = [taxonomy.type_name(code, language) for code in taxonomy.TYPES]
    for shown in (types, *(list(table.values()) for table in (names.sectors, names.severities, names.tags))):
        assert len(set(shown)) == len(shown)


def test_names_are_in_the_language_asked_for() -> None:
    assert taxonomy.LANGUAGES == ("en", "es", "pt", "fr")
    assert taxonomy.type_name("malicious-code", "es") == "Código malicioso"
    assert taxonomy.type_name("", "en") == "All types"
    assert taxonomy.sector_name("health", "es") == "Salud"
    assert taxonomy.sector_name("", "es") == "Sector desconocido"
    assert taxonomy.severity_name(taxonomy.Severity.HIGH, "es") == "Alta"
    assert taxonomy.severity_name(taxonomy.Severity.HIGH, "fr") == "Élevée"
    assert taxonomy.type_name("intrusions/system-compromise", "pt") == "Comprometimento de sistema"
    assert taxonomy.tag_name("ransomware", "fr") == "Rançongiciel (ransomware)"
    assert taxonomy.tag_name("supply-chain", "es") == "Cadena de suministro"
    assert taxonomy.similar_name(taxonomy.Similar.VERY_MANY, "es") == "más de 100"


def test_an_unknown_code_or_language_has_no_name_and_is_not_repeated() -> None:
    with pytest.raises(NoSuchName) as unknown_code:
        taxonomy.tag_name("acme-bank", "en")
    with pytest.raises(NoSuchName) as unknown_language:
        taxonomy.tag_name("election", "xx")
    assert "acme" not in str(unknown_code.value)
    assert "xx" not in str(unknown_language.value)
