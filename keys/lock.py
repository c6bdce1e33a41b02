"""
Locks: what a file that is sealed at rest is opened with, a passphrase or a file of random bytes.

A member's wallet and the server's key files are locked alike. What is sealed, and in which form, is theirs.
"""

import hashlib
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from keys.errors import ShortKeyFile

SALT = 16
"""Bytes."""
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 4
"""Second choice of RFC 9106 §4: for a machine that may be small."""


class Lock:
    """A secret that gives the key to a file."""

    def __init__(self, secret: bytes, *, stretch: bool) -> None:
        self._secret = secret
        self._stretch = stretch

    @classmethod
    def passphrase(cls, text: str) -> "Lock":
        """Lock by a passphrase, stretched with Argon2id."""
        return cls(text.encode(), stretch=True)

    @classmethod
    def key_file(cls, path: Path) -> "Lock":
        """
        Lock by the bytes of a file, made with 32 random ones where there is none.

        Raises:
            ShortKeyFile: it is too short to be a key.
        """
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_bytes(32))
        key = path.read_bytes()
        if len(key) < 32:
            raise ShortKeyFile
        return cls(key, stretch=False)

    def key(self, salt: bytes) -> bytes:
        """Give the 32 bytes that a file with this salt is sealed with."""
        if self._stretch:
            kdf = Argon2id(salt=salt, length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
            return kdf.derive(self._secret)
        return hashlib.sha256(b"WARP wallet key file v1" + salt + self._secret).digest()
