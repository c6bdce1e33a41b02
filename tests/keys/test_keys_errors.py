"""Refusals say what was wrong, and nothing of what was given."""

import pytest

from keys import errors
from keys.errors import KeyFileError, KeysError, TextTooLong

CLASSES = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, (KeysError, KeyFileError))
]


@pytest.mark.parametrize("refusal", CLASSES, ids=lambda refusal: refusal.__name__)
def test_every_refusal_explains_itself_in_one_sentence(refusal):
    message = str(refusal(1) if refusal is TextTooLong else refusal())
    assert message.endswith(".")
    assert "\n" not in message
    assert message == refusal.__doc__.strip().splitlines()[0]


@pytest.mark.parametrize("refusal", CLASSES, ids=lambda refusal: refusal.__name__)
def test_no_refusal_repeats_what_it_was_given(refusal):
    assert "7261" not in str(refusal(7261))


def test_no_two_refusals_say_the_same():
    assert len({refusal.__doc__ for refusal in CLASSES}) == len(CLASSES)
