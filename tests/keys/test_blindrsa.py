"""The arithmetic of RFC 9474."""

import random
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import blindrsa
from keys.errors import BadTokenKey, SigningFault

VECTORS = "blindrsa"
RSA = rsa.generate_private_key(65537, 2048)
NUMBERS = RSA.private_numbers()
KEY = blindrsa.PrivateNumbers.of(NUMBERS.p, NUMBERS.q, 65537)


def go_through(vector):
    key = blindrsa.PrivateNumbers.of(vector.number("p"), vector.number("q"), vector.number("e"))
    answer = blindrsa.blind_sign(vector.hex("blinded"), key)
    assert answer == vector.hex("blind_signature")
    r = pow(vector.number("inverse"), -1, int(key.public.n))
    encoded = blindrsa.encode(vector.hex("message"), vector.hex("salt"), int(key.public.n).bit_length())
    assert "encoded" not in vector or encoded == vector.hex("encoded")
    assert blindrsa.blind(encoded, r, key.public) == vector.hex("blinded")
    assert blindrsa.unblind(answer, r, key.public) == vector.hex("signature")


def test_every_vector_of_a_blind_signature_has_its_outcome(vector, outcome):
    assert outcome(lambda: go_through(vector)) == vector.expect


@given(st.binary(max_size=300), st.sampled_from([0, 20, 48]), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_an_unblinded_signature_is_an_rsa_pss_signature(message, salt_size, source):
    encoded = blindrsa.encode(message, source.randbytes(salt_size), 2048)
    r = source.randrange(1, int(KEY.public.n))
    answer = blindrsa.blind_sign(blindrsa.blind(encoded, r, KEY.public), KEY)
    signature = blindrsa.unblind(answer, r, KEY.public)
    RSA.public_key().verify(signature, message, padding.PSS(padding.MGF1(SHA384()), salt_size), SHA384())


def test_the_arithmetic_holds_for_every_message_of_a_tiny_key():
    tiny = blindrsa.PrivateNumbers.of(3, 11, 7)
    for m in range(1, 33):
        signature = blindrsa.blind_sign(bytes((m,)), tiny)
        assert pow(signature[0], 7, 33) == m


@pytest.mark.parametrize("bits", range(2041, 2050))
def test_a_modulus_of_any_number_of_bits_is_encoded_for(bits):
    encoded = blindrsa.encode(b"message", bytes(48), bits)
    assert len(encoded) == (bits - 1 + 7) // 8
    assert int.from_bytes(encoded, "big").bit_length() <= bits - 1
    assert encoded[-1] == 0xBC


@pytest.mark.parametrize("part", ["d_p", "d_q", "q_inverse", "p"])
def test_a_wrong_signature_never_leaves(part):
    broken = replace(KEY, **{part: getattr(KEY, part) + 2})
    with pytest.raises(SigningFault):
        blindrsa.blind_sign(random.Random(1).randbytes(255).rjust(256, b"\x00"), broken)


def test_signing_the_same_message_again_gives_the_same_signature():
    message = random.Random(1).randbytes(255).rjust(256, b"\x00")
    assert blindrsa.blind_sign(message, KEY) == blindrsa.blind_sign(message, KEY)


def test_only_units_below_the_modulus_blind():
    n = int(KEY.public.n)
    assert not any(blindrsa.is_blind(r, KEY.public) for r in (0, n, n + 1, NUMBERS.p, NUMBERS.q))
    assert blindrsa.is_blind(1, KEY.public)
    assert blindrsa.is_blind(n - 1, KEY.public)


def test_a_message_that_shares_a_factor_with_the_modulus_is_not_blinded():
    encoded = (5 * NUMBERS.p).to_bytes(256, "big")
    with pytest.raises(BadTokenKey):
        blindrsa.blind(encoded, 2, KEY.public)


@pytest.mark.parametrize(("p", "q"), [(65537 * 2 + 1, 7), (4, 7), (7, 4), (7, 7), (1, 7)])
def test_primes_without_private_exponent_are_refused(p, q):
    with pytest.raises(BadTokenKey):
        blindrsa.PrivateNumbers.of(p, q, 65537)


def test_a_private_key_shows_nothing_of_itself():
    assert repr(KEY) == "PrivateNumbers()"
