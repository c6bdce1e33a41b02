"""Batches as files: every line is checked, named when it is wrong, and known again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp.batch import BadBatch, read
from warp.client import Draft
from warp.taxonomy import Severity, Similar

ROOM = 1000
GOOD = {"type": "fraud/phishing", "place": "UY"}
FULL = {
    "type": "fraud/phishing",
    "place": "UY",
    "sector": "banking",
    "occurred": "2026-11",
    "severity": "high",
    "similar": "21-100",
    "tags": ["smishing", "mobile-malware", "smishing"],
    "urgent": True,
    "text": "Cuarenta SMS. ✓",
    "language": "es-UY",
}


def file_of(*objects: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in objects)


def onces(data: bytes) -> list[bytes]:
    return [line.once for line in read(data, ROOM)]


def test_a_line_may_state_all_that_a_report_may() -> None:
    [line] = read(file_of(FULL), ROOM)
    assert line.number == 1
    assert line.draft == Draft(
        type="fraud/phishing",
        place="UY",
        sector="banking",
        occurred="2026-11",
        severity=Severity.HIGH,
        similar=Similar("21-100"),
        tags=("smishing", "mobile-malware", "smishing"),
        urgent=True,
        text="Cuarenta SMS. ✓",
        language="es-UY",
    )


def test_a_line_needs_a_type_only() -> None:
    [line] = read(b'{"type": "other/other"}', ROOM)
    assert line.draft == Draft(type="other/other")


def test_blank_lines_and_the_ends_of_windows_lines_are_no_reports() -> None:
    lines = read(b"\n" + file_of(GOOD).replace(b"\n", b"\r\n") + b"  \n" + file_of(GOOD), ROOM)
    assert [line.number for line in lines] == [2, 4]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (b"not JSON", "not one JSON object"),
        (b"[1]", "not one JSON object"),
        (b'"type"', "not one JSON object"),
        (b'{"type": "other/other"} {}', "not one JSON object"),
        (b'{"type": "other/other"', "not one JSON object"),
        (b'{"type": "\xff"}', "not one JSON object"),
        (b"[" * 100_000, "not one JSON object"),
        (b"{}", "type: missing"),
        (b'{"type": null}', "type: "),
        (b'{"type": "fraud/nonsense"}', "type: not an RSIT type"),
        (b'{"type": "other/other", "type": "fraud/phishing"}', "'type': stands twice"),
        (b'{"type": "other/other", "palce": "UY"}', "'palce': no such field"),
        (b'{"type": "other/other", "place": "XX"}', "place: not an ISO"),
        (b'{"type": "other/other", "place": 598}', "place: "),
        (b'{"type": "other/other", "sector": "x"}', "sector: not a NIS2"),
        (b'{"type": "other/other", "occurred": "2026-13"}', "occurred: not YYYY"),
        (b'{"type": "other/other", "severity": "bad"}', "severity: "),
        (b'{"type": "other/other", "similar": 40}', "similar: "),
        (b'{"type": "other/other", "tags": "ransomware"}', "tags: "),
        (b'{"type": "other/other", "tags": [1]}', "tags: "),
        (b'{"type": "other/other", "tags": ["x"]}', "tags: not in the list"),
        (b'{"type": "other/other", "urgent": "yes"}', "urgent: "),
        (b'{"type": "other/other", "language": "e"}', "language: not a BCP 47"),
        (b'{"type": "other/other", "text": 1}', "text: "),
        (b'{"type": "other/other", "text": "\\ud800"}', "text: not Unicode"),
    ],
)
def test_a_wrong_line_is_named_with_its_field(wrong: bytes, told: str) -> None:
    with pytest.raises(BadBatch) as bad:
        read(file_of(GOOD) + wrong + b"\n" + file_of(GOOD), ROOM)
    assert str(bad.value).startswith(f"line 2: {told}")
    assert "\n" not in str(bad.value)


def test_a_text_that_is_longer_than_its_room_is_told() -> None:
    data = file_of(GOOD | {"text": "é" * 500}, GOOD | {"text": "é" * 501})
    with pytest.raises(BadBatch, match="line 2: text: 1002 bytes, and there is room for 1000"):
        read(data, ROOM)


@pytest.mark.parametrize("data", [b"", b"\n", b" \n\n"])
def test_a_file_without_a_report_is_told(data: bytes) -> None:
    with pytest.raises(BadBatch, match="holds no report"):
        read(data, ROOM)


def test_two_lines_that_say_the_same_are_two_reports() -> None:
    assert len(set(onces(file_of(GOOD, GOOD, GOOD)))) == 3


def test_a_file_that_grew_is_known_up_to_where_it_ended() -> None:
    assert onces(file_of(GOOD, FULL, GOOD))[:2] == onces(file_of(GOOD, FULL))
    assert onces(file_of(GOOD, FULL).rstrip()) == onces(file_of(GOOD, FULL))


def test_what_follows_a_change_is_another_report() -> None:
    before, after = onces(file_of(GOOD, GOOD, GOOD)), onces(file_of(GOOD, FULL, GOOD))
    assert before[0] == after[0]
    assert not set(before[1:]) & set(after)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_batch_or_are_told_in_one_line(data: bytes) -> None:
    told = ""
    try:
        read(data, ROOM)
    except BadBatch as bad:
        told = str(bad)
    assert "\n" not in told
