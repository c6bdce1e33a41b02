"""
Tokens: one-time proofs of membership, Privacy Pass type 0x0002 (RFC 9578) with RSA-2048.

At a sync the member's client makes requests (`blind`, `request`), the server signs them unread
(`IssuerKey.blind_sign`), and the client makes tokens of the answers (`finalize`). Later a token comes back
in an envelope, and intake verifies it (`verify`). That a token is spent only once, how many a member gets
and which key belongs to which week are not decided here.

Token, 354 bytes: type u16 = 2 | nonce 32 | challenge digest 32 | key id 32 | signature 256.
"""

import hashlib
import struct
from dataclasses import dataclass, field
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_der_public_key,
)

from keys import blindrsa
from keys.errors import (
    BadPending,
    BadSignature,
    BadTokenKey,
    ForgedToken,
    WrongChallenge,
    WrongToken,
    WrongTokenKey,
)
from keys.hybrid import RandBytes

TYPE: Final = 2
SIZE: Final = 354
MODULUS_BITS: Final = 2048
REQUEST_SIZE: Final = 256
"""Bytes of a blinded message, and of the answer to it."""
EXPONENT: Final = 65537
NONCE_SIZE: Final = 32
SALT_SIZE: Final = 48
_INPUT_SIZE: Final = 98

_TOKEN = struct.Struct(f">H32s32s32s{REQUEST_SIZE}s")
_PSS = padding.PSS(padding.MGF1(SHA384()), SALT_SIZE)
_SHA384 = SHA384()

_RSASSA_PSS = bytes.fromhex(
    "303d"  # AlgorithmIdentifier
    "06092a864886f70d01010a"  # id-RSASSA-PSS
    "3030a00d300b0609608648016503040202"  # SHA-384
    "a11a301806092a864886f70d010108300b0609608648016503040202"  # MGF1 with SHA-384
    "a203020130"  # a salt of 48 bytes
)


class TokenChallenge(msgspec.Struct, frozen=True):
    """What a token is issued for (RFC 9577, section 2.1.1)."""

    issuer_name: str
    redemption_context: bytes = b""
    """0 or 32 bytes; WARP has none."""
    origin_info: str = ""
    """WARP has none."""

    def encode(self) -> bytes:
        """Give the structure as it is hashed."""
        issuer, origin = self.issuer_name.encode("ascii"), self.origin_info.encode("ascii")
        return b"".join(
            (
                struct.pack(">HH", TYPE, len(issuer)) + issuer,
                struct.pack(">B", len(self.redemption_context)) + self.redemption_context,
                struct.pack(">H", len(origin)) + origin,
            )
        )


def challenge(issuer: str) -> bytes:
    """Give the TokenChallenge of a server, by its host (ASCII)."""
    return TokenChallenge(issuer).encode()


def challenge_digest(issuer: str) -> bytes:
    """Give the 32 bytes by which a token names its challenge."""
    return hashlib.sha256(challenge(issuer)).digest()


def spki(n: int, e: int) -> bytes:
    """
    Give the RSASSA-PSS SubjectPublicKeyInfo of a key, DER.

    Built by hand: `cryptography` reads this form but writes rsaEncryption, and the key id depends on it.

    Source: RFC 9578, section 8.2.2; RFC 4055, section 1.2.
    """
    numbers = _der(0x30, _der_integer(n) + _der_integer(e))
    return _der(0x30, _RSASSA_PSS + _der(0x03, b"\x00" + numbers))


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def _der_integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """The server's key for one week and one kind of token. Its `repr` shows nothing of it."""

    public: bytes = field(repr=False)
    """SubjectPublicKeyInfo, DER."""
    key_id: bytes = field(repr=False)
    """SHA-256 of `public`, 32 bytes."""
    _private: rsa.RSAPrivateKey = field(repr=False, compare=False)
    _numbers: blindrsa.PrivateNumbers = field(repr=False, compare=False)

    @classmethod
    def generate(cls) -> "IssuerKey":
        """Make a new key; takes some 40 ms."""
        return cls._of(rsa.generate_private_key(EXPONENT, MODULUS_BITS))

    @classmethod
    def from_der(cls, pkcs8: bytes) -> "IssuerKey":
        """
        Read a key that `to_der` wrote.

        The primes are not tested again (it takes 75 ms a key): a key that is not right cannot pass the check
        that ends every signature.

        Raises:
            BadTokenKey: not an RSA private key of 2,048 bits with exponent 65537.
        """
        try:
            key = load_der_private_key(pkcs8, None, unsafe_skip_rsa_key_validation=True)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise BadTokenKey from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise BadTokenKey
        return cls._of(key)

    @classmethod
    def _of(cls, key: rsa.RSAPrivateKey) -> "IssuerKey":
        given = key.private_numbers()
        n, e = given.public_numbers.n, given.public_numbers.e
        if key.key_size != MODULUS_BITS or e != EXPONENT or given.p * given.q != n:
            raise BadTokenKey
        public = spki(n, e)
        numbers = blindrsa.PrivateNumbers.of(given.p, given.q, e)
        return cls(public, hashlib.sha256(public).digest(), key, numbers)

    def to_der(self) -> bytes:
        """Give the private key as PKCS #8, DER, not encrypted."""
        return self._private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def blind_sign(self, blinded: bytes) -> bytes:
        """
        Sign one blinded message of 256 bytes; other threads run meanwhile.

        Raises:
            BadBlindedMessage: not 256 bytes, zero, or not below the modulus.
            SigningFault: the computation went wrong; nothing is given out.
        """
        return blindrsa.blind_sign(blinded, self._numbers)


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """The public side of an issuer key, read once and kept."""

    spki: bytes
    key_id: bytes
    """SHA-256 of `spki`, 32 bytes."""
    public: rsa.RSAPublicKey = field(repr=False, compare=False)
    numbers: blindrsa.PublicNumbers = field(repr=False, compare=False)

    @classmethod
    def from_spki(cls, der: bytes) -> "VerifyKey":
        """
        Read a SubjectPublicKeyInfo.

        Raises:
            BadTokenKey: anything but what `spki` writes for 2,048 bits and exponent 65537. One key must have
                one encoding, since its id is the encoding's digest.
        """
        try:
            key = load_der_public_key(der)
        except (ValueError, UnsupportedAlgorithm):
            raise BadTokenKey from None
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size != MODULUS_BITS:
            raise BadTokenKey
        given = key.public_numbers()
        if given.e != EXPONENT or given.n % 2 == 0 or spki(given.n, given.e) != der:
            raise BadTokenKey
        numbers = blindrsa.PublicNumbers.of(given.n, given.e)
        return cls(der, hashlib.sha256(der).digest(), key, numbers)


@dataclass(frozen=True, slots=True, repr=False)
class Pending:
    """
    A request whose answer is awaited: all that the client keeps of it. Secret until the token is spent.

    Storing it makes a lost reply harmless, since the same request goes out again. Its `repr` shows nothing.
    """

    challenge_digest: bytes
    """32 bytes."""
    key_id: bytes
    """32 bytes: the issuer key that the request is for."""
    nonce: bytes
    """32 bytes."""
    salt: bytes
    """48 bytes."""
    blind: bytes
    """256 bytes: r of RFC 9474, uniform below the modulus, big-endian."""


def blind(key: VerifyKey, challenge_digest: bytes, randbytes: RandBytes) -> Pending:
    """
    Begin a request for one token.

    Args:
        key: The issuer key.
        challenge_digest: Of the server; see `challenge_digest`.
        randbytes: True randomness, never a stream made from a seed: only then is it certain, and not only
            hard to compute otherwise, that issuing and spending cannot be linked.
    """
    nonce, salt = randbytes(NONCE_SIZE), randbytes(SALT_SIZE)
    return Pending(challenge_digest, key.key_id, nonce, salt, _uniform_blind(key, randbytes))


def _uniform_blind(key: VerifyKey, randbytes: RandBytes) -> bytes:
    # Drawing again, and not reducing modulo n, is what makes it uniform.
    while True:
        r = randbytes(REQUEST_SIZE)
        if blindrsa.is_blind(int.from_bytes(r, "big"), key.numbers):
            return r


def request(pending: Pending, key: VerifyKey) -> bytes:
    """
    Give the 256 bytes that go to the server: the same ones for the same `pending`.

    Raises:
        BadPending: made for another key.
        BadTokenKey: the message shares a factor with the modulus: the server's key is no honest one.
    """
    r = _read_blind(pending, key)
    encoded = blindrsa.encode(_input(pending), pending.salt, MODULUS_BITS)
    return blindrsa.blind(encoded, r, key.numbers)


def finalize(pending: Pending, key: VerifyKey, response: bytes) -> bytes:
    """
    Make the token, 354 bytes, of the server's answer.

    Raises:
        BadPending: made for another key.
        BadSignature: the answer makes no valid token.
    """
    r = _read_blind(pending, key)
    if len(response) != REQUEST_SIZE:
        raise BadSignature
    token = _input(pending) + blindrsa.unblind(response, r, key.numbers)
    try:
        verify(token, key, pending.challenge_digest)
    except ForgedToken:
        raise BadSignature from None
    return token


def _read_blind(pending: Pending, key: VerifyKey) -> int:
    r = int.from_bytes(pending.blind, "big")
    if pending.key_id != key.key_id or not blindrsa.is_blind(r, key.numbers):
        raise BadPending
    return r


def _input(pending: Pending) -> bytes:
    return struct.pack(">H32s32s32s", TYPE, pending.nonce, pending.challenge_digest, pending.key_id)


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A token taken apart; not yet verified. Its `repr` shows nothing of it."""

    type: int
    nonce: bytes
    """32 bytes, the member's own random choice."""
    challenge_digest: bytes
    key_id: bytes
    """32 bytes: which issuer key signed it."""
    authenticator: bytes
    """256 bytes: the signature of what stands before it."""


def parse(data: bytes) -> Token:
    """
    Take a token apart.

    Raises:
        WrongToken: not 354 bytes, or of another type.
    """
    if len(data) != SIZE:
        raise WrongToken
    token = Token(*_TOKEN.unpack(data))
    if token.type != TYPE:
        raise WrongToken
    return token


def token_input(data: bytes) -> bytes:
    """Give the 98 bytes of a token that are signed."""
    return data[:_INPUT_SIZE]


def verify(data: bytes, key: VerifyKey, challenge_digest: bytes) -> None:
    """
    Check that a token is genuine; whether it was spent is the caller's to know.

    Raises:
        WrongToken: not 354 bytes, or of another type.
        WrongChallenge: issued for another server.
        WrongTokenKey: issued with another key.
        ForgedToken: the signature is false.
    """
    token = parse(data)
    if token.challenge_digest != challenge_digest:
        raise WrongChallenge
    if token.key_id != key.key_id:
        raise WrongTokenKey
    try:
        key.public.verify(token.authenticator, token_input(data), _PSS, _SHA384)
    except InvalidSignature:
        raise ForgedToken from None
