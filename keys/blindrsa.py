"""
RSA blind signatures as plain arithmetic: RFC 9474, RSABSSA-SHA384-PSS with a prepared message.

Under `keys.tokens`, on both sides: the member's client blinds and unblinds, the server signs what it cannot
read. The modulus may have any size; formats of keys and tokens are not known here. Nor are signatures
verified here: that is RSASSA-PSS as `cryptography` has it.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import gmpy2
from gmpy2 import mpz

from keys.errors import BadBlindedMessage, BadTokenKey, SigningFault

Number: TypeAlias = Any
"""A gmpy2 `mpz`; gmpy2 carries no types."""

HASH_SIZE = 48
"""Bytes of SHA-384."""


@dataclass(frozen=True, slots=True)
class PublicNumbers:
    """An RSA public key."""

    n: Number
    e: Number
    size: int
    """Bytes of the modulus."""

    @classmethod
    def of(cls, n: int, e: int) -> "PublicNumbers":
        """Take an RSA public key; what makes a key acceptable is for the caller to check."""
        return cls(mpz(n), mpz(e), (n.bit_length() + 7) // 8)


@dataclass(frozen=True, slots=True)
class PrivateNumbers:
    """An RSA private key, ready for the Chinese remainder theorem. Its `repr` shows nothing of it."""

    public: PublicNumbers = field(repr=False)
    p: Number = field(repr=False)
    q: Number = field(repr=False)
    d_p: Number = field(repr=False)
    d_q: Number = field(repr=False)
    q_inverse: Number = field(repr=False)
    """Inverse of q modulo p."""

    @classmethod
    def of(cls, p: int, q: int, e: int) -> "PrivateNumbers":
        """
        Take an RSA private key by its primes; that they are prime is not checked.

        Raises:
            BadTokenKey: a number is even, or no private exponent exists.
        """
        if p % 2 == 0 or q % 2 == 0:
            raise BadTokenKey
        try:
            d_p, d_q = gmpy2.invert(e, p - 1), gmpy2.invert(e, q - 1)
            q_inverse = gmpy2.invert(q, p)
        except ZeroDivisionError:
            raise BadTokenKey from None
        return cls(PublicNumbers.of(p * q, e), mpz(p), mpz(q), d_p, d_q, q_inverse)


def encode(message: bytes, salt: bytes, modulus_bits: int) -> bytes:
    """
    Give EMSA-PSS-ENCODE with SHA-384 and MGF1-SHA384 for a signature under a modulus of so many bits.

    Source: RFC 8017, section 9.1.1; emBits is modulus_bits - 1, as RFC 9474, section 4.2 has it.
    """
    bits = modulus_bits - 1
    size = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(size - len(salt) - HASH_SIZE - 2) + b"\x01" + salt
    masked = bytearray(a ^ b for a, b in zip(block, _mgf1(digest, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + digest + b"\xbc"


def _mgf1(seed: bytes, size: int) -> bytes:
    rounds = range((size + HASH_SIZE - 1) // HASH_SIZE)
    return b"".join(hashlib.sha384(seed + i.to_bytes(4, "big")).digest() for i in rounds)[:size]


def is_blind(r: int, public: PublicNumbers) -> bool:
    """Say whether a number can blind: 0 < r < n and invertible."""
    return bool(0 < r < public.n and gmpy2.gcd(r, public.n) == 1)


def blind(encoded: bytes, r: int, public: PublicNumbers) -> bytes:
    """
    Give the blinded message that goes to the signer.

    Args:
        encoded: From `encode`.
        r: Uniformly random and used once; `is_blind` holds.
        public: The signer's key.

    Raises:
        BadTokenKey: the message shares a factor with the modulus, which no honest key lets happen.

    Source: RFC 9474, section 4.2.
    """
    m = mpz(int.from_bytes(encoded, "big"))
    if gmpy2.gcd(m, public.n) != 1:
        raise BadTokenKey
    return _to_bytes(m * gmpy2.powmod(r, public.e, public.n) % public.n, public)


def unblind(answer: bytes, r: int, public: PublicNumbers) -> bytes:
    """Give the signature in a signer's answer; still to be verified. Source: RFC 9474, section 4.4."""
    z = mpz(int.from_bytes(answer, "big"))
    return _to_bytes(z * gmpy2.invert(r, public.n) % public.n, public)


def blind_sign(blinded: bytes, key: PrivateNumbers) -> bytes:
    """
    Sign a blinded message, and check the signature before it leaves.

    Other threads run meanwhile. The message is blinded once more before the private key touches it, so that
    the time that the computation takes says nothing about the key. That randomness leaves no trace in the
    signature, therefore it is no argument.

    Raises:
        BadBlindedMessage: not as long as the modulus, zero, or not below it.
        SigningFault: the computation went wrong; a wrong signature would give away the private key.

    Source: RFC 9474, section 4.3; base blinding: Kocher, Timing Attacks, 1996; the check: Boneh, DeMillo,
    Lipton, On the Importance of Checking Cryptographic Protocols for Faults, 1997.
    """
    public = key.public
    m = mpz(int.from_bytes(blinded, "big"))
    if len(blinded) != public.size or not 0 < m < public.n:
        raise BadBlindedMessage
    with gmpy2.context(allow_release_gil=True):
        signature = _sign(m, key)
        if gmpy2.powmod(signature, public.e, public.n) != m:
            raise SigningFault
    return _to_bytes(signature, public)


def _sign(m: Number, key: PrivateNumbers) -> Number:
    n = key.public.n
    r = _random_unit(n)
    masked = m * gmpy2.powmod(r, key.public.e, n) % n
    s_p = gmpy2.powmod_sec(masked % key.p, key.d_p, key.p)
    s_q = gmpy2.powmod_sec(masked % key.q, key.d_q, key.q)
    s = s_q + key.q * ((s_p - s_q) * key.q_inverse % key.p)
    return s * gmpy2.invert(r, n) % n


def _random_unit(n: Number) -> Number:
    while True:
        r = mpz(secrets.randbelow(int(n)))
        if gmpy2.gcd(r, n) == 1:
            return r


def _to_bytes(number: Number, public: PublicNumbers) -> bytes:
    return int(number).to_bytes(public.size, "big")
