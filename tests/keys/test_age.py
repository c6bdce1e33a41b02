"""age files: several recipients, several chunks, and one fault at a time."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import age
from keys.age import Identity, Recipient
from keys.errors import (
    AgeError,
    BadIdentity,
    BadRecipient,
    DamagedPayload,
    NoMatchingIdentity,
    TruncatedPayload,
)

VECTORS = "age"
RANDBYTES = random.Random(1).randbytes
ONE, TWO, STRANGER = (Identity.generate(RANDBYTES) for _ in range(3))
FILE = age.encrypt(b"plaintext", [ONE.recipient, TWO.recipient], RANDBYTES)
CHUNK = 65_536
SEALED_CHUNK = CHUNK + 16


def open_vector(vector):
    plaintext = age.decrypt(vector.body, [Identity.from_string(vector["identity"])])
    assert hashlib.sha256(plaintext).hexdigest() == vector["plaintext_sha256"]


def test_every_vector_of_an_age_file_has_its_outcome(vector, outcome):
    assert outcome(lambda: open_vector(vector)) == vector.expect


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])
def test_a_file_of_any_number_of_chunks_is_opened_by_each_recipient(size):
    plaintext = RANDBYTES(size)
    sealed = age.encrypt(plaintext, [ONE.recipient, TWO.recipient], RANDBYTES)
    assert age.decrypt(sealed, [ONE]) == plaintext
    assert age.decrypt(sealed, [STRANGER, TWO]) == plaintext
    with pytest.raises(NoMatchingIdentity):
        age.decrypt(sealed, [STRANGER])


@pytest.mark.parametrize("recipients", [1, 2, 3, 4])
def test_the_size_of_a_file_follows_from_its_recipients(recipients):
    sealed = age.encrypt(bytes(100), [ONE.recipient] * recipients, RANDBYTES)
    assert len(sealed) == 100 + age.FIXED_SIZE + recipients * age.STANZA_SIZE


@settings(deadline=None)
@given(st.integers(0, len(FILE) * 8 - 1))
def test_a_file_with_one_bit_changed_is_refused(bit):
    changed = bytearray(FILE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(AgeError):
        age.decrypt(bytes(changed), [TWO])


@settings(deadline=None)
@given(st.integers(0, len(FILE) - 1))
def test_a_file_cut_anywhere_is_refused(size):
    with pytest.raises(AgeError):
        age.decrypt(FILE[:size], [ONE])


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=100))
def test_bytes_after_the_end_are_refused(data):
    with pytest.raises(DamagedPayload):
        age.decrypt(FILE + data, [ONE])


LONG = age.encrypt(bytes(2 * CHUNK + 10), [ONE.recipient], RANDBYTES)
PAYLOAD = len(LONG) - 2 * SEALED_CHUNK - 26


@pytest.mark.parametrize("chunks", [1, 2])
def test_a_file_cut_between_chunks_is_truncated(chunks):
    with pytest.raises(TruncatedPayload):
        age.decrypt(LONG[: PAYLOAD + chunks * SEALED_CHUNK], [ONE])


def test_chunks_cannot_change_places():
    first, second = LONG[PAYLOAD:][:SEALED_CHUNK], LONG[PAYLOAD:][SEALED_CHUNK : 2 * SEALED_CHUNK]
    with pytest.raises(DamagedPayload):
        age.decrypt(LONG[:PAYLOAD] + second + first + LONG[PAYLOAD + 2 * SEALED_CHUNK :], [ONE])


def test_a_full_last_chunk_may_not_be_followed_by_another():
    sealed = age.encrypt(bytes(CHUNK), [ONE.recipient], RANDBYTES)
    for more in (b"\x00", bytes(16), bytes(SEALED_CHUNK)):
        with pytest.raises(DamagedPayload):
            age.decrypt(sealed + more, [ONE])


def test_only_the_chunk_of_an_empty_file_is_empty():
    file_key, nonce = bytes(16), bytes(16)
    cipher = age._payload_cipher(file_key, nonce)
    full = cipher.encrypt(age._chunk_nonce(0, last=False), bytes(CHUNK), None)
    empty = cipher.encrypt(age._chunk_nonce(1, last=True), b"", None)
    with pytest.raises(DamagedPayload):
        list(age._open_chunks(nonce + full + empty, file_key))


def test_a_file_key_and_a_nonce_are_drawn_for_each_file():
    asked = []

    def randbytes(size):
        asked.append(size)
        return RANDBYTES(size)

    age.encrypt(b"", [ONE.recipient, TWO.recipient], randbytes)
    assert asked == [16, 16]


@pytest.mark.parametrize("recipients", [[], [Recipient(bytes(1215))], [Recipient(b"\xff" * 1216)]])
def test_sealing_needs_recipients_with_keys(recipients):
    with pytest.raises(BadRecipient):
        age.encrypt(b"", recipients, RANDBYTES)


def test_keys_are_written_and_read():
    assert Identity.from_string(ONE.to_string()) == ONE
    assert ONE.to_string().startswith("AGE-SECRET-KEY-PQ-1")
    assert Recipient.from_string(ONE.recipient.to_string()) == ONE.recipient
    assert ONE.recipient.to_string().startswith("age1pq1")


def of_type(prefix, data):
    return age.bech32.encode(prefix, data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ONE.to_string().lower(),
        ONE.to_string()[:-1],
        ONE.to_string() + "\n",
        ONE.recipient.to_string(),
        of_type("age-secret-key-", bytes(32)).upper(),
        of_type("age-secret-key-pq-", bytes(31)).upper(),
        of_type("age-secret-key-pq-", bytes(33)).upper(),
    ],
)
def test_what_is_no_identity_is_refused(text):
    with pytest.raises(BadIdentity):
        Identity.from_string(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ONE.recipient.to_string().upper(),
        ONE.recipient.to_string()[:-1],
        " " + ONE.recipient.to_string(),
        ONE.to_string(),
        of_type("age", bytes(32)),
        of_type("age1pq", bytes(1215)),
        of_type("age1pq", b"\xff" * 1216),
    ],
    ids=["empty", "upper", "cut", "space", "identity", "x25519", "short", "unreduced"],
)
def test_what_is_no_recipient_is_refused(text):
    with pytest.raises(BadRecipient):
        Recipient.from_string(text)


@given(st.text(max_size=90))
def test_no_text_is_an_identity_or_recipient_by_accident(text):
    with pytest.raises(BadIdentity):
        Identity.from_string("AGE-SECRET-KEY-PQ-1" + text)
    with pytest.raises(BadRecipient):
        Recipient.from_string("age1pq1" + text)


@given(st.binary(max_size=200))
def test_no_header_makes_anything_but_a_refusal(data):
    with pytest.raises(AgeError):
        age.decrypt(b"age-encryption.org/v1\n-> " + data, [ONE])


def test_an_identity_shows_nothing_of_itself():
    assert repr(ONE) == "Identity()"
