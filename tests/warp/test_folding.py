"""A folded text reads alike however it is written, and knows where each of its characters came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp.folding import HIDDEN, fold


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ana PÉREZ", "ana perez"),
        ("Pe\u0301rez", "perez"),  # the accent is a character of its own
        ("A\u200bn\u00ada\ufeff", "ana"),  # zero-width space, soft hyphen, byte order mark
        ("ＡＮＡ １２", "ana 12"),
        ("Straße", "strasse"),
        ("ŁÓDŹ, Tromsø", "lodz, tromso"),
        ("ﬁle", "file"),
        ("٣٤", "34"),
        ("a\u00a0b\tc\r\nd", "a b c\n\nd"),
        ("a\0b\x1bc", "abc"),
        ("example[.]com (dot) net{.}uy", "example.com.net.uy"),
        ("ana[at]example[ . ]org", "ana@example.org"),
        ("hxxp[:]//x", "hxxp://x"),
        ("[name] (a) [x.y]", "[name] (a) [x.y]"),
    ],
)
def test_what_reads_alike_folds_alike(written: str, read: str) -> None:
    assert fold(written).text == read


def test_a_part_of_the_folded_text_is_found_in_the_written_one() -> None:
    written = "El sitio Pe\u0301\u200brez[.]org."
    folded = fold(written)
    start = folded.text.index("perez.org")
    first, last = folded.span(start, start + len("perez.org"))
    assert written[first:last] == "Pe\u0301\u200brez[.]org"


def test_a_part_is_widened_to_what_its_written_characters_fold_to() -> None:
    folded = fold("x℀y")
    assert folded.text == "xa/cy"
    assert folded.whole(2, 3) == folded.whole(1, 4) == (1, 4)
    assert folded.whole(0, 1) == (0, 1)


@given(st.text())
def test_positions_rise_and_nothing_folds_to_what_is_hidden(text: str) -> None:
    folded = fold(text)
    assert len(folded.positions) == len(folded.text) + 1
    assert list(folded.positions) == sorted(folded.positions)
    assert folded.positions[-1] == len(text)
    assert HIDDEN not in folded.text


@given(st.text(min_size=1), st.data())
def test_no_part_of_a_folded_text_comes_from_nothing(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if folded.text:
        start = data.draw(st.integers(0, len(folded.text) - 1))
        end = data.draw(st.integers(start + 1, len(folded.text)))
        first, last = folded.span(start, end)
        assert 0 <= first < last <= len(text)


@pytest.mark.parametrize(
    "written", ["example [.] org", "example(dot) org", "example 。org", "example｡org", "example { . } org"]
)
def test_a_dot_is_a_dot_however_it_is_set_apart(written: str) -> None:
    assert "example.org" in fold(written).text.replace(" .", ".")
