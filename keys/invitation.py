"""
Invitations: what an operator hands to a team, by a channel that it trusts.

Carries a one-time code and the fingerprint of the root key, so that the member's client knows the right
directory before it has spoken to any server. A checksum tells a typing error from a refused invitation.
"""

import base64
import binascii
import hashlib

import msgspec

from keys.errors import BadInvitation
from keys.hybrid import RandBytes

_PREFIX = "warp-"
CODE_SIZE = 16
_FINGERPRINT_SIZE = 16
_CHECK_SIZE = 3


class Invitation(msgspec.Struct, frozen=True):
    """A code and the root to trust. Its `repr` shows nothing of it."""

    code: bytes
    """16 bytes, secret until used."""
    root: bytes
    """16 bytes: fingerprint of the root key."""

    def __repr__(self) -> str:
        return "Invitation()"

    @classmethod
    def new(cls, root: bytes, randbytes: RandBytes) -> "Invitation":
        """Make an invitation under a root key's fingerprint."""
        return cls(randbytes(CODE_SIZE), root)

    def to_string(self) -> str:
        """Give it as text, 61 characters of a to z, 2 to 7 and a hyphen."""
        data = self.code + self.root
        return _PREFIX + base64.b32encode(data + _check(data)).decode().rstrip("=").lower()

    @classmethod
    def from_string(cls, text: str) -> "Invitation":
        """
        Read an invitation.

        Raises:
            BadInvitation: not an invitation, or a character is wrong.
        """
        body = text.strip().lower()
        if not body.startswith(_PREFIX):
            raise BadInvitation
        body = body.removeprefix(_PREFIX).upper()
        try:
            data = base64.b32decode(body + "=" * (-len(body) % 8))
        except (binascii.Error, ValueError):
            raise BadInvitation from None
        data, check = data[:-_CHECK_SIZE], data[-_CHECK_SIZE:]
        if len(data) != CODE_SIZE + _FINGERPRINT_SIZE or check != _check(data):
            raise BadInvitation
        return cls(data[:CODE_SIZE], data[CODE_SIZE:])


def _check(data: bytes) -> bytes:
    return hashlib.sha256(b"WARP invitation v1" + data).digest()[:_CHECK_SIZE]
