"""Receipts: twelve words, and what comes out of them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import receipt
from keys.errors import BadReceipt
from keys.receipt import WORD_LISTS, Receipt

VECTORS = "receipt"
SECRETS = st.binary(min_size=16, max_size=16)


def go_through(vector):
    if "words" in vector:
        Receipt.from_words(vector["words"])
        return
    made = Receipt(vector.hex("secret"))
    for language in WORD_LISTS:
        assert made.words(language) == vector[f"words_{language}"]
        assert Receipt.from_words(vector[f"words_{language}"]) == made
    assert made.lookup == vector.hex("lookup")
    assert made.thread == vector.hex("thread")
    assert made.reply_key.seed == vector.hex("reply_seed")
    assert receipt.mark(made.lookup) == vector.hex("mark")


def test_every_vector_of_a_receipt_has_its_outcome(vector, outcome):
    assert outcome(lambda: go_through(vector)) == vector.expect


@given(SECRETS, st.sampled_from(sorted(WORD_LISTS)))
def test_the_words_give_the_receipt_back(secret, language):
    words = Receipt(secret).words(language)
    assert len(words.split()) == receipt.WORDS
    assert Receipt.from_words(words) == Receipt(secret)


def test_words_are_read_however_they_were_copied():
    made = Receipt(bytes(range(16)))
    words = made.words("fr").split()
    numbered = "\n".join(f"{i}. {word.upper()}," for i, word in enumerate(words, 1))
    bare = made.words("es").translate(str.maketrans("áéíóúñ", "aeioun"))
    assert Receipt.from_words(numbered) == made
    assert Receipt.from_words(f"  {bare}\t\n") == made


@pytest.mark.parametrize("language", sorted(WORD_LISTS))
def test_no_two_words_of_a_list_are_spelt_alike(language):
    assert len(receipt._spellings(language)) == 2048


def test_a_language_without_a_list_gets_english_words():
    made = Receipt(bytes(range(16)))
    assert made.words("ht") == made.words() == made.words("en")


@settings(max_examples=10, deadline=None)
@given(SECRETS, st.integers(0, 11), st.randoms(use_true_random=False))
def test_most_wrong_words_are_noticed(secret, place, source):
    words = Receipt(secret).words().split()
    found = 0
    for other in source.sample(receipt._list("en").wordlist, 64):
        changed = " ".join([*words[:place], other, *words[place + 1 :]])
        try:
            found += Receipt.from_words(changed) != Receipt(secret)
        except BadReceipt:
            continue
    assert found < 20


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text):
    with pytest.raises(BadReceipt):
        Receipt.from_words(text)


def test_the_message_does_not_repeat_the_words():
    with pytest.raises(BadReceipt) as caught:
        Receipt.from_words("correct horse battery staple")
    assert "horse" not in str(caught.value)
    assert "twelve words" in str(caught.value)


@given(SECRETS, SECRETS)
def test_whatever_comes_out_of_a_receipt_is_its_own(one, other):
    first, second = Receipt(one), Receipt(other)
    outputs = {first.lookup, first.thread, first.reply_key.seed, receipt.mark(first.lookup)}
    assert len(outputs) == 4
    assert (first.lookup == second.lookup) == (one == other)


def test_a_receipt_is_made_of_exactly_the_randomness_given():
    made = Receipt.new(random.Random(1).randbytes)
    assert made.secret == random.Random(1).randbytes(16)


def test_a_receipt_shows_nothing_of_itself():
    assert repr(Receipt(bytes(16))).startswith("<keys.receipt.Receipt object at ")
