"""
Feed passwords: what a member's feed reader shows to see what is for members only.

A secret of its own, unrelated to the credential that fetches tokens: a feed reader, a proxy or a history that
gives it away gives away reading and nothing else.
"""

import base64

from keys.hybrid import RandBytes

SIZE = 16
"""Bytes, all random: 128 bits are found by no search, online or in a stolen hash."""


def new(randbytes: RandBytes) -> bytes:
    """Make a feed password."""
    return randbytes(SIZE)


def to_text(password: bytes) -> str:
    """Give it as text, 26 characters of a to z and 2 to 7, which an address need not escape."""
    return base64.b32encode(password).decode().rstrip("=").lower()


def from_text(text: str) -> bytes | None:
    """Read one; none if it is not written exactly as `to_text` writes it."""
    try:
        password = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
    return password if len(password) == SIZE and to_text(password) == text else None
