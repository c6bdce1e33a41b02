"""
Narratives: the free text of a report, sealed to the coordinators before anything else is sealed.

The client seals one into every envelope, text or no text, always 13,824 bytes; the server stores it as it
is and cannot read it; a coordinator opens it. That the text does not identify anyone is the client's to
check before.

Inside the age file, big-endian: version u8 = 1 | reply key 1216 | thread mark 16 | language: length u8,
ASCII | text: length u16, UTF-8 | zero padding up to the size that the number of recipients leaves.
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from keys import age, envelope
from keys.errors import (
    BadLanguage,
    MalformedNarrative,
    TextTooLong,
    WrongRecipientCount,
)
from keys.hybrid import PUBLIC_SIZE, RandBytes

SIZE: Final = envelope.NARRATIVE_SIZE
MAX_RECIPIENTS: Final = 4
THREAD_SIZE: Final = 16
MAX_LANGUAGE: Final = 35
"""Characters of a language tag (BCP 47, section 4.4.1)."""

_VERSION: Final = 1
_FIXED = struct.Struct(f">B{PUBLIC_SIZE}s{THREAD_SIZE}sB")
_TEXT_LENGTH = struct.Struct(">H")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, repr=False)
class Narrative:
    """What a reporter writes to the coordinators. Its `repr` shows nothing of it."""

    text: str
    """May be empty: a report without a text carries a narrative all the same."""
    language: str
    """BCP 47 tag of the reporter's language."""
    reply_key: bytes
    """1,216 bytes: what a reply is sealed to; from the receipt."""
    thread: bytes
    """16 bytes: the same in every report of one receipt; otherwise it says nothing."""


def room(recipients: int) -> int:
    """
    Give the bytes of UTF-8 that a text may have, sealed to so many coordinators.

    Raises:
        WrongRecipientCount: not one to four.
    """
    return _plaintext_size(recipients) - _FIXED.size - MAX_LANGUAGE - _TEXT_LENGTH.size


def seal(narrative: Narrative, recipients: Sequence[str], randbytes: RandBytes) -> bytes:
    """
    Give the age file, exactly 13,824 bytes.

    Args:
        narrative: What to seal.
        recipients: The coordinators' age recipients, age1pq1…, one to four.
        randbytes: Source of the file key and nonce.

    Raises:
        TextTooLong: the text is above `room`.
        BadLanguage: not a language tag.
        MalformedNarrative: reply key or thread of another length, or a text that is not Unicode.
        WrongRecipientCount: not one to four.
        BadRecipient: misspelt, or of another type.
    """
    plaintext = _pack(narrative, room(len(recipients)))
    padded = plaintext.ljust(_plaintext_size(len(recipients)), b"\x00")
    return age.encrypt(padded, [age.Recipient.from_string(text) for text in recipients], randbytes)


def open_sealed(data: bytes, identities: Sequence[age.Identity]) -> Narrative:
    """
    Open a narrative with any one of its coordinators' identities.

    Raises:
        MalformedNarrative: not 13,824 bytes, or of another form inside.
        AgeError: a subclass of it says what is wrong with the file.
    """
    if len(data) != SIZE:
        raise MalformedNarrative
    return _unpack(age.decrypt(data, identities))


def _plaintext_size(recipients: int) -> int:
    if not 1 <= recipients <= MAX_RECIPIENTS:
        raise WrongRecipientCount
    return SIZE - age.FIXED_SIZE - age.STANZA_SIZE * recipients


def _pack(narrative: Narrative, text_room: int) -> bytes:
    if len(narrative.reply_key) != PUBLIC_SIZE or len(narrative.thread) != THREAD_SIZE:
        raise MalformedNarrative
    if not is_language(narrative.language):
        raise BadLanguage
    try:
        text = narrative.text.encode()
    except UnicodeEncodeError:
        raise MalformedNarrative from None
    if len(text) > text_room:
        raise TextTooLong(text_room)
    language = narrative.language.encode("ascii")
    fixed = _FIXED.pack(_VERSION, narrative.reply_key, narrative.thread, len(language))
    return fixed + language + _TEXT_LENGTH.pack(len(text)) + text


def _unpack(plaintext: bytes) -> Narrative:
    try:
        version, reply_key, thread, language_length = _FIXED.unpack_from(plaintext)
        text_start = _FIXED.size + language_length + _TEXT_LENGTH.size
        (text_length,) = _TEXT_LENGTH.unpack_from(plaintext, text_start - _TEXT_LENGTH.size)
        language = plaintext[_FIXED.size : text_start - _TEXT_LENGTH.size].decode("ascii")
        text = plaintext[text_start : text_start + text_length].decode()
    except (struct.error, UnicodeDecodeError):
        raise MalformedNarrative from None
    end = text_start + text_length
    if version != _VERSION or not is_language(language) or end > len(plaintext) or any(plaintext[end:]):
        raise MalformedNarrative
    return Narrative(text, language, reply_key, thread)


def is_language(tag: str) -> bool:
    """Say whether a text has the form of a BCP 47 tag of at most 35 characters."""
    return len(tag) <= MAX_LANGUAGE and _LANGUAGE.fullmatch(tag) is not None
