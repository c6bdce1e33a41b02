"""
Replies: what a coordinator answers, in public, to a reporter whom nobody knows.

Sealed to the reply key that stood in the narrative, always 3,072 bytes, and published in a list among
fillers. A filler is a reply to nobody: a real seal to a key thrown away at once, so that no test tells it
from the others. The reporter opens the whole list with the receipt and sees which one is theirs; no name,
number or hint stands outside the seal.

Plaintext, 1,936 bytes, big-endian: version u8 = 1 | language: length u8, ASCII | text: length u16, UTF-8 |
zero padding.
"""

import hashlib
import struct
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from keys.errors import BadLanguage, MalformedReply, NotYourReply, TextTooLong
from keys.hybrid import ENC_SIZE, HybridKey, RandBytes, read_public
from keys.narrative import is_language

SIZE: Final = 3_072
_TAG_SIZE: Final = 16
_PLAINTEXT_SIZE: Final = SIZE - ENC_SIZE - _TAG_SIZE
_VERSION: Final = 1
_HEAD = struct.Struct(">BB")
_TEXT_LENGTH = struct.Struct(">H")
_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """Advice to one reporter. Its `repr` shows nothing of it."""

    text: str
    language: str
    """BCP 47 tag."""


def room(language: str) -> int:
    """Give the bytes of UTF-8 that a reply has room for."""
    return _PLAINTEXT_SIZE - _HEAD.size - len(language) - _TEXT_LENGTH.size


def seal(reply: Reply, reply_key: bytes, root: bytes) -> bytes:
    """
    Seal a reply; gives 3,072 bytes.

    Args:
        reply: What to answer.
        reply_key: From the narrative, 1,216 bytes.
        root: The directory's root key, 32 bytes.

    Raises:
        BadLanguage: not a language tag.
        TextTooLong: says how much room there is.
        BadPublicKey: the reply key is none.
    """
    if not is_language(reply.language):
        raise BadLanguage
    language, text = reply.language.encode("ascii"), reply.text.encode()
    if len(text) > room(reply.language):
        raise TextTooLong(room(reply.language))
    packed = _HEAD.pack(_VERSION, len(language)) + language + _TEXT_LENGTH.pack(len(text)) + text
    return _HPKE.encrypt(packed.ljust(_PLAINTEXT_SIZE, b"\0"), read_public(reply_key), info=_info(root))


def filler(root: bytes, randbytes: RandBytes) -> bytes:
    """Give a reply that nobody can open."""
    return seal(Reply("", "en"), HybridKey.generate(randbytes).public, root)


def open_sealed(sealed: bytes, key: HybridKey, root: bytes) -> Reply:
    """
    Open a reply with the key pair of a receipt.

    Raises:
        NotYourReply: sealed to another key, which is what nearly all in a list are.
        MalformedReply: sealed to this key, and not of the right form.
    """
    if len(sealed) != SIZE:
        raise MalformedReply
    try:
        plaintext = _HPKE.decrypt(sealed, key.private, info=_info(root))
    except InvalidTag:
        raise NotYourReply from None
    return _unpack(plaintext)


def _unpack(plaintext: bytes) -> Reply:
    version, language_length = _HEAD.unpack_from(plaintext)
    start = _HEAD.size + language_length + _TEXT_LENGTH.size
    (text_length,) = _TEXT_LENGTH.unpack_from(plaintext, start - _TEXT_LENGTH.size)
    end = start + text_length
    try:
        language = plaintext[_HEAD.size : start - _TEXT_LENGTH.size].decode("ascii")
        text = plaintext[start:end].decode()
    except UnicodeDecodeError:
        raise MalformedReply from None
    if version != _VERSION or not is_language(language) or end > len(plaintext) or any(plaintext[end:]):
        raise MalformedReply
    return Reply(text, language)


def _info(root: bytes) -> bytes:
    return b"WARP reply v1" + hashlib.sha256(root).digest()
