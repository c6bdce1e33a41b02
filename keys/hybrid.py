"""
The hybrid post-quantum key pair, ML-KEM-768 with X25519 (X-Wing), made from a seed of 32 bytes.

Reports are sealed to one for each epoch, narratives to one for each coordinator, replies to the one in a
receipt. This module makes and reads keys. It seals nothing, and keeps no key.

Source: draft-connolly-cfrg-xwing-kem, section 5.2 (expandDecapsulationKey); HPKE KEM 0x647A.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from keys.errors import BadPublicKey, BadSeed

RandBytes: TypeAlias = Callable[[int], bytes]
"""Gives so many random bytes; outside tests always `secrets.token_bytes`."""

SEED_SIZE = 32
PUBLIC_SIZE = 1216
ENC_SIZE = 1120
"""Bytes of an HPKE encapsulation to such a key."""

_MLKEM_PUBLIC_SIZE = 1184
_MLKEM_SEED_SIZE = 64
_ANY_KEY = X25519PrivateKey.generate()


@dataclass(frozen=True, slots=True)
class HybridKey:
    """A key pair; two are equal if their seeds are. Its `repr` shows nothing of it."""

    seed: bytes = field(repr=False)
    """32 bytes, secret: all that need be kept."""
    public: bytes = field(repr=False, compare=False)
    """1,216 bytes: ML-KEM-768 encapsulation key, then X25519 public key."""
    private: MLKEM768X25519PrivateKey = field(repr=False, compare=False)
    """What HPKE opens with."""

    @classmethod
    def generate(cls, randbytes: RandBytes) -> "HybridKey":
        """Make a new key pair."""
        return cls.from_seed(randbytes(SEED_SIZE))

    @classmethod
    def from_seed(cls, seed: bytes) -> "HybridKey":
        """
        Give the key pair of a seed of 32 bytes.

        Raises:
            BadSeed: of another length.
        """
        if len(seed) != SEED_SIZE:
            raise BadSeed
        expanded = hashlib.shake_256(seed).digest(_MLKEM_SEED_SIZE + 32)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_SIZE])
        x25519 = X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_SIZE:])
        public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        return cls(bytes(seed), public, MLKEM768X25519PrivateKey(mlkem, x25519))


def read_public(public: bytes) -> MLKEM768X25519PublicKey:
    """
    Give what HPKE seals to.

    Raises:
        BadPublicKey: not 1,216 bytes, not a reduced ML-KEM-768 key, or an X25519 key of low order.
    """
    if len(public) != PUBLIC_SIZE:
        raise BadPublicKey
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_SIZE])
    except ValueError:
        raise BadPublicKey from None
    x25519 = X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_SIZE:])
    try:
        _ANY_KEY.exchange(x25519)  # refuses a key with which every secret is the same (RFC 7748 §6.1)
    except ValueError:
        raise BadPublicKey from None
    return MLKEM768X25519PublicKey(mlkem, x25519)
