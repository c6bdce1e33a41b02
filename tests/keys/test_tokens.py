"""Tokens: issued blindly, verified later, and impossible to trace back."""

import base64
import hashlib
import random
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, replace

import gmpy2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import blindrsa, tokens
from keys.errors import (
    BadBlindedMessage,
    BadPending,
    BadSignature,
    BadTokenKey,
    ForgedToken,
    SigningFault,
    TokenError,
    WrongChallenge,
    WrongToken,
    WrongTokenKey,
)
from keys.tokens import IssuerKey, Pending, TokenChallenge, VerifyKey

VECTORS = "tokens"
ISSUER = IssuerKey.generate()
KEY = VerifyKey.from_spki(ISSUER.public)
OTHER = IssuerKey.generate()
DIGEST = tokens.challenge_digest("warp.example")


def new_token():
    pending = tokens.blind(KEY, DIGEST, secrets.token_bytes)
    return tokens.finalize(pending, KEY, ISSUER.blind_sign(tokens.request(pending, KEY)))


TOKEN = new_token()


def pending_of(vector, key):
    digest = hashlib.sha256(vector.hex("challenge")).digest()
    return Pending(digest, key.key_id, vector.hex("nonce"), vector.hex("salt"), vector.hex("blind"))


def issue(vector, key):
    issuer = IssuerKey.from_der(vector.hex("private_key"))
    assert issuer.public == key.spki
    assert issuer.key_id == key.key_id
    pending = pending_of(vector, key)
    request = tokens.request(pending, key)
    # RFC 9578 puts the type and the last byte of the key id before it.
    assert b"\x00\x02" + key.key_id[-1:] + request == vector.hex("request")
    response = issuer.blind_sign(request)
    assert response == vector.hex("response")
    token = tokens.finalize(pending, key, response)
    assert token == vector.hex("token")
    tokens.verify(token, key, pending.challenge_digest)


def go_through(vector):
    key = VerifyKey.from_spki(vector.hex("public_key"))
    if vector["operation"] == "issue":
        issue(vector, key)
    elif vector["operation"] == "finalize":
        tokens.finalize(pending_of(vector, key), key, vector.hex("response"))
    elif vector["operation"] == "verify":
        tokens.verify(vector.hex("token"), key, hashlib.sha256(vector.hex("challenge")).digest())


def test_every_vector_of_a_token_has_its_outcome(vector, outcome):
    assert outcome(lambda: go_through(vector)) == vector.expect


def take_challenge_apart(data):
    length = int.from_bytes(data[2:4], "big")
    name, rest = data[4 : 4 + length], data[4 + length :]
    context, rest = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
    assert int.from_bytes(rest[:2], "big") == len(rest) - 2
    return name.decode(), context, rest[2:].decode()


def test_a_challenge_is_encoded_as_in_the_rfc(read_vectors):
    cases = [
        vector.hex("challenge") for vector in read_vectors("tokens") if vector.name.startswith("rfc9578")
    ]
    assert len(cases) == 5
    for encoded in cases:
        assert TokenChallenge(*take_challenge_apart(encoded)).encode() == encoded


def test_a_challenge_of_ours_has_only_the_issuer():
    assert tokens.challenge("a.example") == b"\x00\x02\x00\x09a.example\x00\x00\x00"
    assert tokens.challenge_digest("a.example") == hashlib.sha256(tokens.challenge("a.example")).digest()


def test_a_token_that_was_issued_verifies():
    tokens.verify(TOKEN, KEY, DIGEST)
    parsed = tokens.parse(TOKEN)
    assert parsed.type == 2
    assert parsed.challenge_digest == DIGEST
    assert parsed.key_id == KEY.key_id == ISSUER.key_id == hashlib.sha256(ISSUER.public).digest()
    assert tokens.token_input(TOKEN) + parsed.authenticator == TOKEN
    assert len(TOKEN) == tokens.SIZE


@settings(deadline=None)
@given(st.integers(0, tokens.SIZE * 8 - 1))
def test_a_token_with_one_bit_changed_is_refused(bit):
    changed = bytearray(TOKEN)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TokenError):
        tokens.verify(bytes(changed), KEY, DIGEST)


@given(st.binary(max_size=400).filter(lambda data: len(data) != tokens.SIZE))
def test_a_token_of_another_length_is_refused(data):
    with pytest.raises(WrongToken):
        tokens.parse(data)


def test_a_token_is_good_for_one_server_and_one_key_only():
    with pytest.raises(WrongChallenge):
        tokens.verify(TOKEN, KEY, tokens.challenge_digest("other.example"))
    with pytest.raises(WrongTokenKey):
        tokens.verify(TOKEN, VerifyKey.from_spki(OTHER.public), DIGEST)


def test_a_token_signed_with_another_key_is_forged():
    other = VerifyKey.from_spki(OTHER.public)
    pending = tokens.blind(other, DIGEST, secrets.token_bytes)
    token = tokens.finalize(pending, other, OTHER.blind_sign(tokens.request(pending, other)))
    with pytest.raises(ForgedToken):
        tokens.verify(token[:66] + KEY.key_id + token[98:], KEY, DIGEST)


def test_the_same_pending_gives_the_same_request_and_token():
    pending = tokens.blind(KEY, DIGEST, secrets.token_bytes)
    request = tokens.request(pending, KEY)
    assert tokens.request(pending, KEY) == request
    response = ISSUER.blind_sign(request)
    assert ISSUER.blind_sign(request) == response
    assert tokens.finalize(pending, KEY, response) == tokens.finalize(pending, KEY, response)


def test_a_pending_request_can_be_stored():
    pending = tokens.blind(KEY, DIGEST, secrets.token_bytes)
    stored = msgspec.json.encode(pending)
    assert msgspec.json.decode(stored, type=Pending) == pending


def test_every_part_of_a_pending_request_is_drawn_afresh():
    one, other = (tokens.blind(KEY, DIGEST, secrets.token_bytes) for _ in range(2))
    assert one.nonce != other.nonce
    assert one.salt != other.salt
    assert one.blind != other.blind
    assert [len(part) for part in astuple(one)] == [32, 32, 32, 48, 256]


def test_a_blind_is_drawn_again_until_it_lies_below_the_modulus():
    good = (int(KEY.numbers.n) - 1).to_bytes(256, "big")
    draws = [bytes(32), bytes(48), b"\xff" * 256, bytes(256), int(KEY.numbers.n).to_bytes(256, "big"), good]
    assert tokens.blind(KEY, DIGEST, lambda _size: draws.pop(0)).blind == good
    assert not draws


def test_any_request_may_have_become_any_token():
    """Blindness does not rest on any computation: for every pair there is a blind that joins them."""
    given_out = [tokens.blind(KEY, DIGEST, secrets.token_bytes) for _ in range(3)]
    requests = [tokens.request(pending, KEY) for pending in given_out]
    responses = [ISSUER.blind_sign(request) for request in requests]
    made = [tokens.finalize(*case) for case in zip(given_out, [KEY] * 3, responses, strict=True)]
    n = KEY.numbers.n
    for pending, token in zip(given_out, made, strict=True):
        encoded = blindrsa.encode(tokens.token_input(token), pending.salt, 2048)
        for request, response in zip(requests, responses, strict=True):
            ratio = int.from_bytes(request, "big") * gmpy2.invert(int.from_bytes(encoded, "big"), n) % n
            r = ISSUER.blind_sign(int(ratio).to_bytes(256, "big"))
            explained = replace(pending, blind=r)
            assert tokens.request(explained, KEY) == request
            assert tokens.finalize(explained, KEY, response) == token


def test_a_request_belongs_to_one_key():
    pending = tokens.blind(KEY, DIGEST, secrets.token_bytes)
    other = VerifyKey.from_spki(OTHER.public)
    with pytest.raises(BadPending):
        tokens.request(pending, other)
    with pytest.raises(BadPending):
        tokens.finalize(pending, other, bytes(256))


@pytest.mark.parametrize("blind", [bytes(256), b"\xff" * 256, b""])
def test_a_pending_request_that_was_damaged_is_refused(blind):
    pending = replace(tokens.blind(KEY, DIGEST, secrets.token_bytes), blind=blind)
    with pytest.raises(BadPending):
        tokens.request(pending, KEY)


def test_an_answer_to_another_request_makes_no_token():
    one, other = (tokens.blind(KEY, DIGEST, secrets.token_bytes) for _ in range(2))
    with pytest.raises(BadSignature):
        tokens.finalize(one, KEY, ISSUER.blind_sign(tokens.request(other, KEY)))


@settings(deadline=None)
@given(st.binary(max_size=300) | st.integers(0, 2**2048 - 1).map(lambda number: number.to_bytes(256, "big")))
def test_an_answer_that_was_not_signed_makes_no_token(response):
    pending = tokens.blind(KEY, DIGEST, random.Random(1).randbytes)
    with pytest.raises(BadSignature):
        tokens.finalize(pending, KEY, response)


def test_a_key_with_a_small_factor_is_found_out():
    """A dishonest modulus could sort members by what their message shares with it."""
    n = 3 * (1 << 2046 | random.Random(1).getrandbits(2040) | 1)
    key = VerifyKey.from_spki(tokens.spki(n, 65537))
    randbytes = random.Random(2).randbytes
    refused = 0
    for _ in range(30):
        try:
            tokens.request(tokens.blind(key, DIGEST, randbytes), key)
        except BadTokenKey:
            refused += 1
    assert refused


@pytest.mark.parametrize("size", [0, 1, 255, 257])
def test_a_blinded_message_of_another_length_is_not_signed(size):
    with pytest.raises(BadBlindedMessage):
        ISSUER.blind_sign(b"\x01" * size)


def test_a_blinded_message_out_of_range_is_not_signed():
    n = int(KEY.numbers.n)
    for number in (0, n, n + 1, 2**2048 - 1):
        with pytest.raises(BadBlindedMessage):
            ISSUER.blind_sign(number.to_bytes(256, "big"))


def test_an_issuer_key_survives_storage():
    again = IssuerKey.from_der(ISSUER.to_der())
    assert again == ISSUER
    pending = tokens.blind(KEY, DIGEST, secrets.token_bytes)
    request = tokens.request(pending, KEY)
    assert again.blind_sign(request) == ISSUER.blind_sign(request)


def test_a_faulty_computation_gives_no_signature_out():
    numbers = ISSUER._numbers
    faulty = replace(ISSUER, _numbers=replace(numbers, d_q=numbers.d_q + 2))
    with pytest.raises(SigningFault):
        faulty.blind_sign(b"\x01" * 256)


def der_of(key):
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30\x00",
        ISSUER.public,
        ISSUER.to_der()[:-1],
        der_of(ec.generate_private_key(ec.SECP256R1())),
        der_of(rsa.generate_private_key(65537, 3072)),
        der_of(rsa.generate_private_key(3, 2048)),
    ],
    ids=["empty", "sequence", "public", "cut", "elliptic", "3072", "exponent 3"],
)
def test_what_is_no_issuer_key_is_refused(der):
    with pytest.raises(BadTokenKey):
        IssuerKey.from_der(der)


@given(st.binary(max_size=400))
def test_what_is_no_public_key_is_refused(der):
    with pytest.raises(BadTokenKey):
        VerifyKey.from_spki(der)


@given(st.integers(0, len(ISSUER.public) * 8 - 1))
def test_a_public_key_with_one_bit_changed_has_another_id_or_is_refused(bit):
    changed = bytearray(ISSUER.public)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        key = VerifyKey.from_spki(bytes(changed))
    except BadTokenKey:
        return
    assert key.key_id != KEY.key_id
    with pytest.raises(TokenError):
        tokens.verify(TOKEN, key, DIGEST)


def test_several_threads_sign_with_one_key():
    pending = [tokens.blind(KEY, DIGEST, secrets.token_bytes) for _ in range(12)]
    requests = [tokens.request(one, KEY) for one in pending]
    with ThreadPoolExecutor(4) as pool:
        responses = list(pool.map(ISSUER.blind_sign, requests))
    for one, response in zip(pending, responses, strict=True):
        tokens.verify(tokens.finalize(one, KEY, response), KEY, DIGEST)


def test_secrets_are_not_shown():
    pending = tokens.blind(KEY, DIGEST, secrets.token_bytes)
    assert repr(ISSUER) == "IssuerKey()"
    assert repr(pending).startswith("<keys.tokens.Pending object at ")
    assert repr(tokens.parse(TOKEN)).startswith("<keys.tokens.Token object at ")


def test_a_key_has_the_size_that_the_design_counts_with():
    assert len(ISSUER.public) == 342
    assert base64.b64encode(ISSUER.public).startswith(b"MIIBUjA9BgkqhkiG9w0BAQowMKANMAsGCWCGSAFlAwQCAqEaMBgG")
