"""Narratives: always one size, opened by each coordinator and nobody else."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import age, narrative
from keys.age import Identity
from keys.errors import (
    AgeError,
    BadLanguage,
    BadRecipient,
    KeysError,
    MalformedNarrative,
    NoMatchingIdentity,
    TextTooLong,
    WrongRecipientCount,
)
from keys.hybrid import HybridKey
from keys.narrative import Narrative

VECTORS = "narrative"
RANDBYTES = random.Random(1).randbytes
COORDINATORS = [Identity.generate(RANDBYTES) for _ in range(4)]
RECIPIENTS = [identity.recipient.to_string() for identity in COORDINATORS]
REPLY_KEY = HybridKey.generate(RANDBYTES).public
THREAD = RANDBYTES(16)


def of_text(text, language="en"):
    return Narrative(text, language, REPLY_KEY, THREAD)


def open_vector(vector):
    found = narrative.open_sealed(vector.body, [Identity.from_string(vector["identity"])])
    assert hashlib.sha256(found.text.encode()).hexdigest() == vector["text_sha256"]
    assert found.language == vector["language"]
    assert found.reply_key == HybridKey.from_seed(vector.hex("reply_seed")).public
    assert found.thread == vector.hex("thread")


def test_every_vector_of_a_narrative_has_its_outcome(vector, outcome):
    assert outcome(lambda: open_vector(vector)) == vector.expect


def test_a_narrative_for_two_is_opened_by_each_of_them():
    sealed = narrative.seal(of_text("¿Qué pasó?", "es-419"), RECIPIENTS[:2], RANDBYTES)
    for identity in COORDINATORS[:2]:
        assert narrative.open_sealed(sealed, [identity]) == of_text("¿Qué pasó?", "es-419")
    with pytest.raises(NoMatchingIdentity):
        narrative.open_sealed(sealed, COORDINATORS[2:])


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=1500), st.integers(1, 4), st.sampled_from(["en", "pt-BR", "zh-Hant-TW", "x" * 8]))
def test_every_narrative_has_the_same_size_and_comes_out(text, count, language):
    sealed = narrative.seal(of_text(text, language), RECIPIENTS[:count], RANDBYTES)
    assert len(sealed) == narrative.SIZE == 13_824
    assert narrative.open_sealed(sealed, COORDINATORS[:count]) == of_text(text, language)


@pytest.mark.parametrize(("recipients", "room"), [(1, 10_894), (2, 9_337), (3, 7_780), (4, 6_223)])
def test_a_text_may_fill_its_room_and_not_a_byte_more(recipients, room):
    longest = "ab-" * 11 + "ab"
    assert len(longest) == narrative.MAX_LANGUAGE
    assert narrative.room(recipients) == room
    sealed = narrative.seal(of_text("x" * room, longest), RECIPIENTS[:recipients], RANDBYTES)
    assert len(sealed) == narrative.SIZE
    assert narrative.open_sealed(sealed, COORDINATORS[:1]).text == "x" * room
    with pytest.raises(TextTooLong) as caught:
        narrative.seal(of_text("x" * (room - 1) + "ñ"), RECIPIENTS[:recipients], RANDBYTES)
    assert caught.value.room == room


def test_the_layout_inside_is_the_one_documented():
    sealed = narrative.seal(of_text("text", "es"), RECIPIENTS[:1], RANDBYTES)
    plaintext = age.decrypt(sealed, COORDINATORS[:1])
    start = b"\x01" + REPLY_KEY + THREAD + b"\x02es" + b"\x00\x04text"
    assert plaintext == start.ljust(narrative.SIZE - age.FIXED_SIZE - age.STANZA_SIZE, b"\x00")


@pytest.mark.parametrize("recipients", [0, 5, -1])
def test_a_narrative_has_one_to_four_recipients(recipients):
    with pytest.raises(WrongRecipientCount):
        narrative.room(recipients)


@pytest.mark.parametrize("recipients", [[], RECIPIENTS + RECIPIENTS[:1]])
def test_nobody_and_a_crowd_are_refused(recipients):
    with pytest.raises(WrongRecipientCount):
        narrative.seal(of_text(""), recipients, RANDBYTES)


@pytest.mark.parametrize("recipient", ["", "age1pq1", COORDINATORS[0].to_string()])
def test_a_recipient_that_is_none_is_refused(recipient):
    with pytest.raises(BadRecipient):
        narrative.seal(of_text(""), [recipient], RANDBYTES)


@pytest.mark.parametrize(
    "language", ["", "e", "e n", "en-", "-en", "english12", "é", "en_US", "ab-" * 12 + "a", "1a", "en\n"]
)
def test_what_is_no_language_tag_is_refused(language):
    with pytest.raises(BadLanguage):
        narrative.seal(of_text("", language), RECIPIENTS[:1], RANDBYTES)


@pytest.mark.parametrize(
    "unusable",
    [
        Narrative("", "en", REPLY_KEY[:-1], THREAD),
        Narrative("", "en", REPLY_KEY, THREAD[:-1]),
        Narrative("\ud800", "en", REPLY_KEY, THREAD),
    ],
    ids=["reply key", "thread", "surrogate"],
)
def test_a_part_of_another_form_is_not_sealed(unusable):
    with pytest.raises(MalformedNarrative):
        narrative.seal(unusable, RECIPIENTS[:1], RANDBYTES)


SEALED = narrative.seal(of_text("text"), RECIPIENTS[:1], RANDBYTES)


@settings(deadline=None)
@given(st.integers(0, len(SEALED) * 8 - 1))
def test_a_narrative_with_one_bit_changed_is_refused(bit):
    changed = bytearray(SEALED)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(AgeError):
        narrative.open_sealed(bytes(changed), COORDINATORS[:1])


@pytest.mark.parametrize("size", [0, narrative.SIZE - 1, narrative.SIZE + 1])
def test_a_narrative_of_another_size_is_refused(size):
    with pytest.raises(MalformedNarrative):
        narrative.open_sealed(bytes(size), COORDINATORS[:1])


@settings(deadline=None)
@given(st.binary(max_size=1300), st.integers(0, 12_165))
def test_whatever_a_sender_puts_inside_is_read_or_refused(start, size):
    plaintext = start.ljust(size, b"\x00")
    try:
        found = narrative._unpack(plaintext)
    except MalformedNarrative:
        return
    assert narrative._pack(found, len(plaintext)).ljust(size, b"\x00") == plaintext


@given(st.integers(0, 36), st.integers(0, 65_535), st.integers(1230, 1400))
def test_no_length_reaches_beyond_the_end(language_length, text_length, size):
    inside = b"\x01" + REPLY_KEY + THREAD + bytes((language_length,)) + b"e" * language_length
    plaintext = (inside + text_length.to_bytes(2, "big") + b"x" * min(text_length, 200))[:size]
    try:
        found = narrative._unpack(plaintext)
    except KeysError:
        return
    assert len(found.text) == text_length


def test_a_narrative_shows_nothing_of_itself():
    assert repr(of_text("text")).startswith("<keys.narrative.Narrative object at ")
