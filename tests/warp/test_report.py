"""A report is read exactly or not at all: what is accepted here is counted."""

import base64
import contextlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp import places, report, taxonomy
from warp.report import InvalidReport, Report

LOOKUP = report.encode_lookup(bytes(range(32)))

FACTS: Mapping[str, Any] = {
    "type": "fraud/phishing",
    "place": "UY",
    "sector": "banking",
    "occurred": "2026-11-18",
    "severity": "high",
    "similar": "2-5",
    "tags": ["business-email-compromise", "smishing"],
    "lookup": LOOKUP,
    "urgent": False,
}

dates = st.dates(date(1990, 1, 1), date(2200, 12, 31)).map(date.isoformat)
reports = st.builds(
    Report,
    type=st.sampled_from(taxonomy.TYPES),
    place=st.sampled_from(["", *places.AREAS, *sorted(places.countries())]),
    sector=st.sampled_from(["", *taxonomy.SECTORS]),
    occurred=st.one_of(st.just(""), dates, dates.map(lambda day: day[:7]), dates.map(lambda day: day[:4])),
    severity=st.sampled_from(taxonomy.Severity),
    similar=st.sampled_from(taxonomy.Similar),
    tags=st.sets(st.sampled_from(taxonomy.TAGS)).map(lambda tags: tuple(sorted(tags))),
    lookup=st.binary(min_size=32, max_size=32).map(report.encode_lookup),
    urgent=st.booleans(),
)


def _written(**changes: object) -> bytes:
    return json.dumps({**FACTS, **changes}).encode()


def _without(key: str) -> bytes:
    return json.dumps({name: value for name, value in FACTS.items() if name != key}).encode()


def _refusal(facts: bytes) -> str:
    with pytest.raises(InvalidReport) as refused:
        report.parse(facts)
    return str(refused.value)


@given(reports)
def test_every_valid_report_reads_back_as_it_was_written(original: Report) -> None:
    assert report.parse(report.encode(original)) == original


@given(st.binary(max_size=200))
def test_any_bytes_are_a_report_or_an_invalid_report(facts: bytes) -> None:
    with contextlib.suppress(InvalidReport):
        report.parse(facts)


@given(reports, st.data())
def test_a_changed_byte_is_another_valid_report_or_an_invalid_one(
    original: Report, data: st.DataObject
) -> None:
    facts = bytearray(report.encode(original))
    facts[data.draw(st.integers(0, len(facts) - 1))] = data.draw(st.integers(0, 255))
    try:
        changed = report.parse(bytes(facts))
    except InvalidReport:
        return
    report.check(changed)


def test_the_example_is_read() -> None:
    found = report.parse(_written())
    assert found.tags == ("business-email-compromise", "smishing")
    assert (found.severity, found.similar) == (taxonomy.Severity.HIGH, taxonomy.Similar.FEW)


@pytest.mark.parametrize("key", FACTS)
def test_a_missing_key_is_refused(key: str) -> None:
    assert "not JSON of exactly the fields" in _refusal(_without(key))


@pytest.mark.parametrize("key", ["victim", "", "Type", "type "])
def test_an_unknown_key_is_refused(key: str) -> None:
    assert "not JSON of exactly the fields" in _refusal(_written(**{key: "x"}))


@pytest.mark.parametrize("key", FACTS)
def test_a_key_that_stands_twice_is_refused_even_with_the_same_value(key: str) -> None:
    again = json.dumps({key: FACTS[key]}).encode()
    assert _refusal(_written()[:-1] + b"," + again[1:]) == "a key stands twice"


def test_a_key_that_stands_twice_in_another_spelling_is_refused() -> None:
    assert _refusal(_written()[:-1] + b',"pl\\u0061ce":"AR"}') == "a key stands twice"


WRONG_KINDS = {
    "text for a number": {"type": 1},
    "no value": {"place": None},
    "a list for a text": {"place": ["UY"]},
    "a number for a year": {"occurred": 2026},
    "a number for a band": {"similar": 1},
    "an unknown band": {"similar": "3"},
    "an unknown severity": {"severity": "dire"},
    "a severity in upper case": {"severity": "HIGH"},
    "a text for tags": {"tags": "smishing"},
    "numbers for tags": {"tags": [1]},
    "an object for tags": {"tags": {}},
    "a number for a mark": {"urgent": 0},
    "a text for a mark": {"urgent": "false"},
}


@pytest.mark.parametrize("changes", WRONG_KINDS.values(), ids=WRONG_KINDS.keys())
def test_a_value_of_the_wrong_kind_is_refused(changes: dict[str, object]) -> None:
    assert "not JSON of exactly the fields" in _refusal(_written(**changes))


NOT_JSON = {
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "cut short": _written()[:-1],
    "something after it": _written() + b"{}",
    "a zero byte after it": _written() + b"\0",
    "a comma too many": _written()[:-1] + b",}",
    "a comment": b"/* */" + _written(),
    "a byte order mark": b"\xef\xbb\xbf" + _written(),
    "UTF-16": _written().decode().encode("utf-16"),
    "no UTF-8": _written().replace(b"UY", b"\xff\xfe"),
    "half a surrogate pair, escaped": _written().replace(b"UY", b"\\ud800"),
    "half a surrogate pair, as bytes": _written().replace(b"UY", b"\xed\xa0\x80"),
    "a raw line feed in a text": _written().replace(b"UY", b"U\nY"),
    "not a number": _written().replace(b"false", b"NaN"),
}


@pytest.mark.parametrize("facts", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_is_not_strict_json_is_refused(facts: bytes) -> None:
    assert "not JSON of exactly the fields" in _refusal(facts)


@pytest.mark.parametrize("opening", [b"[", b'{"type":', b'{"a":'])
def test_deep_nesting_is_refused_and_does_not_exhaust_the_stack(opening: bytes) -> None:
    assert _refusal(opening * 100_000)
    assert _refusal(_written().replace(b'"UY"', opening * 100_000))
    assert _refusal(_written()[:-1] + b',"tags":' + opening * 100_000)


@pytest.mark.parametrize(
    "code", ["", "phishing", "fraud", "fraud/", "Fraud/phishing", "fraud/phishing ", "x/y"]
)
def test_a_type_outside_rsit_is_refused(code: str) -> None:
    assert _refusal(_written(type=code)).startswith("type: ")


@pytest.mark.parametrize("code", ["uy", "URY", "858", "XK", "EU", " ", "UY ", "\x7f"])
def test_a_place_outside_iso_3166_and_m49_is_refused(code: str) -> None:
    assert _refusal(_written(place=code)).startswith("place: ")


@pytest.mark.parametrize("code", ["", "UY", "005", "419", "019", "001"])
def test_a_place_may_be_wide_or_unknown(code: str) -> None:
    assert report.parse(_written(place=code)).place == code


def test_a_sector_outside_nis2_is_refused() -> None:
    assert _refusal(_written(sector="casinos")).startswith("sector: ")
    assert report.parse(_written(sector="")).sector == ""


@pytest.mark.parametrize(
    "occurred", ["", "2026", "2026-02", "2026-02-28", "2024-02-29", "2000-02-29", "2999-12"]
)
def test_a_date_may_be_coarse_unknown_or_in_the_future(occurred: str) -> None:
    assert report.parse(_written(occurred=occurred)).occurred == occurred


@pytest.mark.parametrize(
    "occurred",
    [
        "2026-02-29",
        "2100-02-29",
        "2026-13",
        "2026-00",
        "2026-04-31",
        "2026-11-00",
        "0000",
        "26",
        "202611",
        "2026-1",
        "2026-11-1",
        "2026-W47",
        "2026-",
        "2026-11-18T00:00",
        "2026-11-18\n",
        " 2026",
        "+2026",
        "٢٠٢٦",
    ],
)
def test_an_impossible_or_oddly_written_date_is_refused(occurred: str) -> None:
    assert _refusal(_written(occurred=occurred)).startswith("occurred: ")


def test_the_month_of_occurrence_counts_up_to_the_month_of_release() -> None:
    def month(occurred: str) -> str:
        return report.parse(_written(occurred=occurred)).occurred_month(date(2026, 11, 18))

    assert [month(each) for each in ("2026-11-18", "2026-11", "2024-02-29")] == [
        "2026-11",
        "2026-11",
        "2024-02",
    ]
    # A later day of the month of release is not told from the release: only months are kept.
    assert month("2026-11-30") == "2026-11"


@pytest.mark.parametrize("occurred", ["", "2026", "2026-12", "2026-12-01", "2999-01-01"])
def test_an_unknown_coarse_or_future_date_has_no_month(occurred: str) -> None:
    assert report.parse(_written(occurred=occurred)).occurred_month(date(2026, 11, 18)) == ""


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        (["smishing", "business-email-compromise"], "not sorted"),
        (["smishing", "smishing"], "not sorted"),
        (["acme"], "not in the list"),
        ([""], "not in the list"),
        (["Smishing"], "not in the list"),
    ],
)
def test_tags_are_known_sorted_and_stand_once(tags: list[str], reason: str) -> None:
    refusal = _refusal(_written(tags=tags))
    assert refusal.startswith("tags: ")
    assert reason in refusal


BAD_LOOKUPS = {
    "nothing": "",
    "31 bytes": base64.urlsafe_b64encode(bytes(31)).rstrip(b"=").decode(),
    "33 bytes": base64.urlsafe_b64encode(bytes(33)).decode(),
    "padding": LOOKUP + "=",
    "the other alphabet": base64.b64encode(b"\xff" * 32).rstrip(b"=").decode(),
    "loose last bits": LOOKUP[:-1] + "9",
    "a blank": LOOKUP[:20] + " " + LOOKUP[20:],
    "a letter outside ASCII": "é" + LOOKUP[1:],
    "hex": bytes(32).hex(),
}


@pytest.mark.parametrize("lookup", BAD_LOOKUPS.values(), ids=BAD_LOOKUPS.keys())
def test_a_lookup_is_32_bytes_in_one_spelling(lookup: str) -> None:
    assert _refusal(_written(lookup=lookup)).startswith("lookup: ")


@given(st.binary(min_size=32, max_size=32))
def test_a_lookup_reads_back(lookup: bytes) -> None:
    assert report.decode_lookup(report.encode_lookup(lookup)) == lookup


@pytest.mark.parametrize(
    "facts",
    [
        _written(type="acme-bank"),
        _written(severity="acme-bank"),
        _written(**{"acme-bank": 1}),
        _written(place="acme-bank"),
        _written(occurred="acme-bank"),
        _written(tags=["acme-bank"]),
        _written(lookup="acme-bank"),
        b'{"acme-bank": \xff}',
    ],
)
def test_a_refusal_repeats_nothing_of_the_report_and_carries_no_other_error(facts: bytes) -> None:
    with pytest.raises(InvalidReport) as refused:
        report.parse(facts)
    assert "acme" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_the_largest_report_leaves_room_in_its_envelope() -> None:
    largest = report.encode(
        Report(
            type=max(taxonomy.TYPES, key=len),
            place="419",
            sector=max(taxonomy.SECTORS, key=len),
            occurred="2026-11-18",
            severity=taxonomy.Severity.CRITICAL,
            similar=taxonomy.Similar.VERY_MANY,
            tags=taxonomy.TAGS,
            lookup=LOOKUP,
            urgent=False,
        )
    )
    assert len(largest) <= 1051  # docs/protocol.md §3: facts are padded to this


def test_only_the_test_type_is_a_test() -> None:
    assert report.parse(_written(type="test/test")).is_test
    assert not report.parse(_written()).is_test
