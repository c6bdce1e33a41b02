"""The spelling of age's keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import bech32
from keys.errors import BadSpelling


@given(st.binary(max_size=100))
def test_what_is_written_is_read(data):
    assert bech32.decode("age1pq", bech32.encode("age1pq", data)) == data


@pytest.mark.parametrize(
    ("prefix", "checksum"),
    [
        ("a", "2uel5l"),
        ("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio", "tt5tgs"),
    ],
)
def test_valid_texts_of_bip_173_are_read(prefix, checksum):
    assert bech32.decode(prefix, f"{prefix}1{checksum}") == b""
    assert bech32.encode(prefix, b"") == f"{prefix}1{checksum}"


@given(st.binary(min_size=1, max_size=40), st.data())
def test_a_changed_letter_is_noticed(data, draw):
    text = bech32.encode("age1pq", data)
    at = draw.draw(st.integers(len("age1pq1"), len(text) - 1))
    letter = draw.draw(st.sampled_from(bech32._ALPHABET).filter(lambda new: new != text[at]))
    with pytest.raises(BadSpelling):
        bech32.decode("age1pq", text[:at] + letter + text[at + 1 :])


@pytest.mark.parametrize(
    "text", ["", "age1pq", "age1pq1", "age1pq1b", "age1pq1qqqqq", "age1qqqqqqq", "AGE1PQ1Q"]
)
def test_what_is_no_such_text_is_refused(text):
    with pytest.raises(BadSpelling):
        bech32.decode("age1pq", text)


def with_values(prefix, values):
    remainder = bech32._polymod([*bech32._expand(prefix), *values, *bytes(6)]) ^ 1
    checksum = [remainder >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(bech32._ALPHABET[value] for value in [*values, *checksum])


@pytest.mark.parametrize("values", [[0], [0, 1], [0, 0, 0], [31, 31]])
def test_padding_must_be_short_and_zero(values):
    with pytest.raises(BadSpelling):
        bech32.decode("x", with_values("x", values))


def test_the_text_of_those_tests_is_read_when_its_padding_is_right():
    assert bech32.decode("x", with_values("x", [31, 28])) == b"\xff"
