"""
Envelope v1: the one file of 16,384 bytes in which a report travels and waits.

The client packs token, facts and narrative and seals them to the week's report key; intake opens the
envelope in memory and stores it sealed; the release opens it again. This module knows the sizes and the
seal. It does not check the token, read the facts or open the narrative, and it decides nothing about which
keys still live.

Layout (docs/protocol.md §3), big-endian: magic 4 | suite u16 | key id 8 | zero 2 | enc 1120 |
ciphertext 15232 | tag 16. Plaintext: version u8 = 1 | token 354 | facts length u16 | facts, zero-padded to
1051 | narrative 13824.
"""

import hashlib
import struct
from dataclasses import dataclass
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from keys.errors import (
    CannotOpen,
    MalformedContent,
    NotAnEnvelope,
    ReservedBytesSet,
    UnknownSuite,
    WrongLength,
)
from keys.hybrid import HybridKey, read_public

SIZE: Final = 16_384
HEADER_SIZE: Final = 16
PLAINTEXT_SIZE: Final = 15_232
TOKEN_SIZE: Final = 354
MAX_FACTS: Final = 1051
NARRATIVE_SIZE: Final = 13_824

MAGIC: Final = b"WRP1"
SUITE: Final = 1
"""HPKE base mode, KEM 0x647A (ML-KEM-768 + X25519), HKDF-SHA256, AES-256-GCM."""

_VERSION: Final = 1
_HEADER = struct.Struct(">4sH8sH")
_CONTENT = struct.Struct(f">B{TOKEN_SIZE}sH{MAX_FACTS}s{NARRATIVE_SIZE}s")
_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Header(msgspec.Struct, frozen=True):
    """What an envelope says in the clear."""

    suite: int
    key_id: bytes
    """8 bytes: which report key it is sealed to."""


@dataclass(frozen=True, slots=True, repr=False)
class Content:
    """What a report is made of. Its `repr` shows nothing of it."""

    token: bytes
    """354 bytes; see `keys.tokens`."""
    facts: bytes
    """At most 1,051 bytes of JSON."""
    narrative: bytes
    """13,824 bytes; see `keys.narrative`."""


def key_id(public: bytes) -> bytes:
    """Give the 8 bytes by which an envelope names a report key (1,216 bytes)."""
    return hashlib.sha256(b"WARP report key v1" + struct.pack(">H", SUITE) + public).digest()[:8]


def read_header(envelope: bytes) -> Header:
    """
    Read what an envelope says in the clear; every later fault is a `CannotOpen`.

    Raises:
        WrongLength: not 16,384 bytes.
        NotAnEnvelope: begins with another magic.
        UnknownSuite: sealed in a way that this version does not know.
        ReservedBytesSet: bytes 14 and 15 are not zero.
    """
    if len(envelope) != SIZE:
        raise WrongLength
    magic, suite, identifier, reserved = _HEADER.unpack_from(envelope)
    if magic != MAGIC:
        raise NotAnEnvelope
    if suite != SUITE:
        raise UnknownSuite
    if reserved:
        raise ReservedBytesSet
    return Header(suite, identifier)


def seal(plaintext: bytes, public: bytes, root: bytes) -> bytes:
    """
    Seal a packed report.

    Args:
        plaintext: 15,232 bytes from `pack`.
        public: The week's report key, 1,216 bytes.
        root: The directory's root key, Ed25519, 32 raw bytes: an envelope is good for one server only.

    Raises:
        MalformedContent: the plaintext has another length.
        BadPublicKey: the report key is none.
    """
    if len(plaintext) != PLAINTEXT_SIZE:
        raise MalformedContent
    header = _HEADER.pack(MAGIC, SUITE, key_id(public), 0)
    return header + _HPKE.encrypt(plaintext, read_public(public), info=_info(header, root))


def open_sealed(envelope: bytes, key: HybridKey, root: bytes) -> bytes:
    """
    Give the 15,232 bytes that were sealed.

    Args:
        envelope: 16,384 bytes.
        key: The report key that the header names.
        root: As for `seal`.

    Raises:
        WrongLength, NotAnEnvelope, UnknownSuite, ReservedBytesSet: as `read_header`.
        CannotOpen: sealed to another key, for another root, or changed.
    """
    if read_header(envelope).key_id != key_id(key.public):
        raise CannotOpen
    header = envelope[:HEADER_SIZE]
    try:
        return _HPKE.decrypt(envelope[HEADER_SIZE:], key.private, info=_info(header, root))
    except InvalidTag:
        raise CannotOpen from None


def pack(content: Content) -> bytes:
    """
    Lay out a report, zero-padded to 15,232 bytes.

    Raises:
        MalformedContent: a part is too long, or not of its fixed length.
    """
    if len(content.token) != TOKEN_SIZE or len(content.narrative) != NARRATIVE_SIZE:
        raise MalformedContent
    if len(content.facts) > MAX_FACTS:
        raise MalformedContent
    return _CONTENT.pack(_VERSION, content.token, len(content.facts), content.facts, content.narrative)


def unpack(plaintext: bytes) -> Content:
    """
    Take a report apart.

    Raises:
        MalformedContent: another length or version, or padding that is not zero.
    """
    if len(plaintext) != PLAINTEXT_SIZE:
        raise MalformedContent
    version, token, length, padded, narrative = _CONTENT.unpack(plaintext)
    if version != _VERSION or length > MAX_FACTS or any(padded[length:]):
        raise MalformedContent
    return Content(token, padded[:length], narrative)


def _info(header: bytes, root: bytes) -> bytes:
    return b"WARP envelope v1" + header + hashlib.sha256(root).digest()
