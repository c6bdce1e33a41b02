"""Feed passwords as text."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import feed_password

GOOD = feed_password.to_text(bytes(range(16)))


@given(st.binary(min_size=16, max_size=16))
def test_a_password_comes_back_from_its_text_which_an_address_need_not_escape(password: bytes) -> None:
    text = feed_password.to_text(password)
    assert len(text) == 26
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert feed_password.from_text(text) == password


@given(st.text(max_size=40))
def test_any_other_text_is_none(text: str) -> None:
    found = feed_password.from_text(text)
    assert found is None or feed_password.to_text(found) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD.upper(),
        GOOD[:-1],
        GOOD + "a",
        GOOD + "=",
        f" {GOOD}",
        f"{GOOD}\n",
        GOOD[:-1] + "b",
        "ﬀ" * 13,
        "\ud800",
    ],
)
def test_it_has_one_spelling(text: str) -> None:
    assert feed_password.from_text(text) is None


def test_it_is_as_random_as_the_source_and_no_shorter() -> None:
    assert len(feed_password.new(secrets.token_bytes)) * 8 == 128
    assert feed_password.new(secrets.token_bytes) != feed_password.new(secrets.token_bytes)
