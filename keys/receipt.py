"""
Receipts: 128 random bits that only the reporter keeps, shown as twelve words.

Everything by which a reporter is answered comes out of a receipt: the lookup value that travels among the
sealed facts, the reply key and the thread mark in the narrative. The public accepted list holds only the
lookup's mark. A receipt does not depend on the envelope, so no carrier of envelopes can recognise one, and
nothing here says whether a report was accepted.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from mnemonic import Mnemonic

from keys.errors import BadReceipt
from keys.hybrid import SEED_SIZE, HybridKey, RandBytes

SECRET_SIZE: Final = 16
LOOKUP_SIZE: Final = 32
WORDS: Final = 12
WORD_LISTS: Final = {"en": "english", "es": "spanish", "fr": "french", "pt": "portuguese"}
"""Languages that have a word list (BIP 39)."""

_THREAD_SIZE = 16
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, repr=False)
class Receipt:
    """What proves to its holder that a report is theirs. Its `repr` shows nothing of it."""

    secret: bytes
    """16 bytes."""

    @classmethod
    def new(cls, randbytes: RandBytes) -> "Receipt":
        """Make a new one."""
        return cls(randbytes(SECRET_SIZE))

    @classmethod
    def from_words(cls, text: str) -> "Receipt":
        """
        Read the twelve words, in any of the languages.

        Case, accents, numbering and punctuation do not matter. Four bits of checksum catch fifteen of sixteen
        mistakes that leave twelve words of one list.

        Raises:
            BadReceipt: not twelve words of one list, or a checksum that is wrong.
        """
        words = _LETTERS.findall(_fold(text))
        secrets = {secret for language in WORD_LISTS if (secret := _decode(words, language))}
        if len(secrets) != 1:
            raise BadReceipt
        return cls(secrets.pop())

    def words(self, language: str = "en") -> str:
        """Give the twelve words; in English where the language has no list."""
        known = language if language in WORD_LISTS else "en"
        return unicodedata.normalize("NFC", _list(known).to_mnemonic(self.secret))

    @property
    def lookup(self) -> bytes:
        """32 bytes that travel inside the envelope; their `mark` shows that it was accepted."""
        return self._derive(b"WARP receipt lookup v1", LOOKUP_SIZE)

    @property
    def reply_key(self) -> HybridKey:
        """The key pair that a reply is sealed to."""
        return HybridKey.from_seed(self._derive(b"WARP receipt reply key v1", SEED_SIZE))

    @property
    def thread(self) -> bytes:
        """16 bytes by which coordinators see that two narratives have one author."""
        return self._derive(b"WARP receipt thread v1", _THREAD_SIZE)

    def _derive(self, label: bytes, size: int) -> bytes:
        return HKDF(SHA256(), size, None, label).derive(self.secret)


def mark(lookup: bytes) -> bytes:
    """Give the 32 bytes that stand for a lookup value in the public accepted list."""
    return hashlib.sha256(b"WARP accepted mark v1" + lookup).digest()


def _decode(words: list[str], language: str) -> bytes | None:
    spelling = _spellings(language)
    if len(words) != WORDS or not all(word in spelling for word in words):
        return None
    try:
        return bytes(_list(language).to_entropy([spelling[word] for word in words]))
    except ValueError:
        return None


@cache
def _list(language: str) -> Mnemonic:
    return Mnemonic(WORD_LISTS[language])


@cache
def _spellings(language: str) -> dict[str, str]:
    return {_fold(word): word for word in _list(language).wordlist}


def _fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
