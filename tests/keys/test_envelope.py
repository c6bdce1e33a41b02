"""Envelope v1: what is sealed comes out, and nothing that was changed does."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import envelope
from keys.envelope import Content
from keys.errors import BadPublicKey, CannotOpen, EnvelopeError, MalformedContent
from keys.hybrid import HybridKey

VECTORS = "envelope"
KEY = HybridKey.from_seed(b"k" * 32)
ROOT = b"r" * 32
CONTENT = Content(random.Random(1).randbytes(354), b'{"a":1}', random.Random(2).randbytes(13_824))
PLAINTEXT = envelope.pack(CONTENT)
SEALED = envelope.seal(PLAINTEXT, KEY.public, ROOT)


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def read_vector(vector):
    if vector["operation"] == "unpack":
        content = envelope.unpack(vector.body)
        assert content.token == vector.hex("token")
        assert content.facts == vector["facts"].encode()
        assert hashlib.sha256(content.narrative).hexdigest() == vector["narrative_sha256"]
        assert envelope.pack(content) == vector.body
        return
    key = HybridKey.from_seed(vector.hex("seed"))
    plaintext = envelope.open_sealed(vector.body, key, vector.hex("root"))
    assert hashlib.sha256(plaintext).hexdigest() == vector["plaintext_sha256"]


def test_every_vector_of_an_envelope_has_its_outcome(vector, outcome):
    assert outcome(lambda: read_vector(vector)) == vector.expect


def test_the_layout_is_the_one_in_the_design():
    assert len(SEALED) == envelope.SIZE == 16_384
    assert SEALED[:6] == b"WRP1\x00\x01"
    label = b"WARP report key v1\x00\x01"
    assert SEALED[6:14] == hashlib.sha256(label + KEY.public).digest()[:8]
    assert SEALED[14:16] == b"\x00\x00"
    assert len(PLAINTEXT) == envelope.PLAINTEXT_SIZE == 15_232
    assert PLAINTEXT[0] == 1
    assert PLAINTEXT[1:355] == CONTENT.token
    assert PLAINTEXT[355:357] == b"\x00\x07"
    assert PLAINTEXT[357:364] == CONTENT.facts
    assert PLAINTEXT[357 + envelope.MAX_FACTS :] == CONTENT.narrative


def test_the_header_names_suite_and_key():
    header = envelope.read_header(SEALED)
    assert header.suite == envelope.SUITE
    assert header.key_id == envelope.key_id(KEY.public)


@settings(deadline=None)
@given(st.binary(max_size=1051), st.integers())
def test_what_is_packed_and_sealed_comes_out(facts, seed):
    source = random.Random(seed)
    content = Content(source.randbytes(354), facts, source.randbytes(envelope.NARRATIVE_SIZE))
    sealed = envelope.seal(envelope.pack(content), KEY.public, ROOT)
    assert len(sealed) == envelope.SIZE
    assert envelope.unpack(envelope.open_sealed(sealed, KEY, ROOT)) == content


def test_sealing_twice_gives_different_envelopes():
    assert envelope.seal(PLAINTEXT, KEY.public, ROOT)[16:] != SEALED[16:]


@settings(deadline=None)
@given(st.integers(0, envelope.SIZE * 8 - 1))
def test_an_envelope_with_one_bit_changed_is_refused(bit):
    with pytest.raises(EnvelopeError):
        envelope.open_sealed(flipped(SEALED, bit), KEY, ROOT)


@pytest.mark.parametrize("bit", range(envelope.HEADER_SIZE * 8))
def test_every_bit_of_the_header_is_bound(bit):
    with pytest.raises(EnvelopeError):
        envelope.open_sealed(flipped(SEALED, bit), KEY, ROOT)


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_anything_else_is_refused_by_its_length(data):
    with pytest.raises(EnvelopeError):
        envelope.read_header(data)


def test_an_envelope_for_another_key_cannot_be_opened():
    with pytest.raises(CannotOpen):
        envelope.open_sealed(SEALED, HybridKey.from_seed(bytes(32)), ROOT)


def test_an_envelope_is_good_for_one_server_only():
    with pytest.raises(CannotOpen):
        envelope.open_sealed(SEALED, KEY, b"s" * 32)


def test_a_header_cannot_be_moved_to_an_envelope_for_another_key():
    other = HybridKey.from_seed(bytes(32))
    moved = envelope.seal(PLAINTEXT, other.public, ROOT)[:16] + SEALED[16:]
    for key in (KEY, other):
        with pytest.raises(CannotOpen):
            envelope.open_sealed(moved, key, ROOT)


def test_sealing_to_no_key_is_refused():
    with pytest.raises(BadPublicKey):
        envelope.seal(PLAINTEXT, b"\xff" * 1216, ROOT)


@pytest.mark.parametrize("size", [0, envelope.PLAINTEXT_SIZE - 1, envelope.PLAINTEXT_SIZE + 1])
def test_only_a_whole_plaintext_is_sealed(size):
    with pytest.raises(MalformedContent):
        envelope.seal(bytes(size), KEY.public, ROOT)


@pytest.mark.parametrize(
    ("token", "facts", "narrative"),
    [(353, 0, 13_824), (355, 0, 13_824), (354, 1052, 13_824), (354, 0, 13_823), (354, 0, 13_825)],
)
def test_a_part_of_another_size_is_not_packed(token, facts, narrative):
    with pytest.raises(MalformedContent):
        envelope.pack(Content(bytes(token), b"x" * facts, bytes(narrative)))


@settings(deadline=None)
@given(st.integers(357 + len(CONTENT.facts), 357 + envelope.MAX_FACTS - 1), st.integers(1, 255))
def test_padding_that_is_not_zero_is_refused(offset, value):
    changed = PLAINTEXT[:offset] + bytes((value,)) + PLAINTEXT[offset + 1 :]
    with pytest.raises(MalformedContent):
        envelope.unpack(changed)


@settings(deadline=None)
@given(st.integers(envelope.MAX_FACTS + 1, 65_535))
def test_facts_never_reach_into_the_narrative(length):
    with pytest.raises(MalformedContent):
        envelope.unpack(PLAINTEXT[:355] + length.to_bytes(2, "big") + PLAINTEXT[357:])


def test_content_shows_nothing_of_itself():
    assert repr(CONTENT).startswith("<keys.envelope.Content object at ")
