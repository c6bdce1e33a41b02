"""Key pairs made from a seed."""

import random

import pytest

from keys import envelope
from keys.age import Identity, Recipient
from keys.errors import BadPublicKey, BadSeed
from keys.hybrid import PUBLIC_SIZE, SEED_SIZE, HybridKey, read_public

VECTORS = "hybrid"


def make_key(vector):
    if "seed" not in vector:
        read_public(vector.hex("public"))
        return
    key = HybridKey.from_seed(vector.hex("seed"))
    assert key.public == vector.hex("public")
    assert envelope.key_id(key.public) == vector.hex("key_id")
    assert Identity(key).to_string() == vector["identity"]
    assert Recipient(key.public).to_string() == vector["recipient"]
    read_public(key.public)


def test_every_vector_of_a_key_pair_has_its_outcome(vector, outcome):
    assert outcome(lambda: make_key(vector)) == vector.expect


def test_a_key_is_made_of_exactly_the_randomness_given():
    asked = []

    def randbytes(size):
        asked.append(size)
        return bytes(size)

    assert HybridKey.generate(randbytes) == HybridKey.from_seed(bytes(SEED_SIZE))
    assert asked == [SEED_SIZE]


def test_keys_are_equal_when_their_seeds_are():
    one, other = random.Random(1).randbytes(32), random.Random(2).randbytes(32)
    assert HybridKey.from_seed(one) == HybridKey.from_seed(one)
    assert HybridKey.from_seed(one) != HybridKey.from_seed(other)


def test_a_key_shows_nothing_of_itself():
    key = HybridKey.from_seed(bytes(range(32)))
    assert repr(key) == "HybridKey()"


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_seed_of_another_length_is_refused(size):
    with pytest.raises(BadSeed):
        HybridKey.from_seed(bytes(size))


@pytest.mark.parametrize("size", [0, PUBLIC_SIZE - 1, PUBLIC_SIZE + 1])
def test_a_public_key_of_another_length_is_refused(size):
    with pytest.raises(BadPublicKey):
        read_public(bytes(size))
