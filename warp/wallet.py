"""
The wallet: all that a member's client keeps, in one encrypted file.

Tokens leave the wallet before they are used, and the sealed envelope stays in it until the server has it, so
that neither a crash nor a lost answer spends a token twice or loses a report. Whoever has the file and its
passphrase (or key file) is the member. It makes no requests.
"""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.files import make_durable
from keys.hybrid import RandBytes
from keys.lock import SALT, Lock
from keys.tokens import Pending
from warp.identifying import Own

_MAGIC = b"WARP wallet v1\n"
_NONCE = 12


class WalletError(Exception):
    """The wallet cannot be used; says why."""


class Tokens(msgspec.Struct):
    """What is left of a week's bundle."""

    first: dict[str, bytes]
    """Class to its first token."""
    further: list[bytes]

    def left(self) -> int:
        """Give the number of unused tokens."""
        return len(self.first) + len(self.further)

    def erase(self, token: bytes) -> None:
        """Forget a token that is now in an envelope."""
        self.first = {of_class: kept for of_class, kept in self.first.items() if kept != token}
        self.further = [kept for kept in self.further if kept != token]


class Filed(msgspec.Struct, frozen=True):
    """A report that was made with this wallet."""

    week: str
    receipt: bytes
    """16 bytes; see `keys.receipt`."""
    thread: bytes = b""
    """16 bytes that coordinators see in every report on one matter."""
    once: bytes = b""
    """What its maker knows it by, so that it is not made a second time; empty for nothing."""


class ReceivedReply(msgspec.Struct, frozen=True):
    """A coordinator's reply to a report of this wallet."""

    receipt: bytes
    """16 bytes."""
    item: bytes
    """SHA-256 of the sealed reply."""
    week: str
    """ISO week of the list that it stood in."""
    language: str
    text: str


class Kept(msgspec.Struct, frozen=True):
    """What a sealed report was made of, until the server has it: its token may turn out to be used."""

    envelope: bytes
    """SHA-256 of the envelope in the outbox."""
    week: str
    receipt: bytes
    """16 bytes."""
    draft: bytes
    """A `warp.client.Draft` as MessagePack."""


class Contents(msgspec.Struct):
    """What the file holds."""

    url: str
    root: bytes
    """16 bytes: fingerprint of the root key, from the invitation."""
    invitation: bytes
    """Its code, until the server has answered; empty afterwards."""
    credential: bytes
    """32 bytes: fetches bundles; never near a report."""
    documents: dict[int, bytes] = {}
    """Directory documents seen, by number, as served."""
    tokens: dict[str, Tokens] = {}
    """By ISO week."""
    pending: dict[str, list[Pending]] = {}
    """Secrets of the requests for bundles whose answer has not come, by ISO week."""
    requests: dict[str, bytes] = {}
    """Requests for bundles as the server saw them, by ISO week: every sync repeats them."""
    outbox: list[bytes] = []
    """Sealed envelopes that the server has not confirmed."""
    kept: list[Kept] = []
    """What those envelopes were made of."""
    to_carry: list[bytes] = []
    """Sealed envelopes that are to leave in a file, and that no file surely holds; never sent from here."""
    filed: list[Filed] = []
    accepted: dict[bytes, str] = {}
    """Receipt to the ISO week of the public list that shows that the report was counted."""
    replies: list[ReceivedReply] = []
    synced: str = ""
    """ISO week of the last sync."""
    collected: dict[str, str] = {}
    """Public list, such as replies-2026-W47, to the SHA-256 of the state that was looked through."""
    taken: list[str] = []
    """ISO weeks whose tokens another wallet of the same member has had."""
    replaced: bytes = b""
    """The credential that a new invitation replaces, until the server has answered; empty otherwise."""
    own: Own = Own()
    """What to look for in a text before it is sent."""

    def kept_of(self, sealed: bytes) -> Kept | None:
        """Give what an envelope in the outbox was made of."""
        envelope = hashlib.sha256(sealed).digest()
        return next((each for each in self.kept if each.envelope == envelope), None)

    def take_out_first(self) -> None:
        """Take the oldest envelope out of the outbox, and forget what it was made of."""
        self.outbox.pop(0)
        self.forget_delivered()

    def forget_delivered(self) -> None:
        """Drop what reports were made of that are no longer in the outbox."""
        waiting = {hashlib.sha256(sealed).digest() for sealed in self.outbox}
        self.kept = [each for each in self.kept if each.envelope in waiting]


class Wallet:
    """An open wallet. `save` after every change that must not be lost."""

    def __init__(self, path: Path, lock: Lock, contents: Contents, randbytes: RandBytes) -> None:
        self.path = path
        self._randbytes = randbytes
        self._salt = randbytes(SALT)
        self._key = lock.key(self._salt)
        self.contents = contents

    def save(self) -> None:
        """Write the file, sealed anew, whole or not at all."""
        nonce = self._randbytes(_NONCE)
        plain = msgspec.msgpack.encode(self.contents)
        sealed = AESGCM(self._key).encrypt(nonce, plain, _MAGIC)
        partial = self.path.with_name(self.path.name + ".partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_MAGIC + self._salt + nonce + sealed)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)
        make_durable(self.path.parent)


def create(path: Path, lock: Lock, contents: Contents, randbytes: RandBytes) -> Wallet:
    """
    Make a wallet file.

    Raises:
        WalletError: there is a file already.
    """
    if path.exists():
        raise WalletError(f"{path} exists already; a wallet belongs to one membership")
    wallet = Wallet(path, lock, contents, randbytes)
    wallet.save()
    return wallet


@contextlib.contextmanager
def opened(path: Path, lock: Lock, randbytes: RandBytes) -> Iterator[Wallet]:
    """
    Open a wallet for this process alone.

    Raises:
        WalletError: there is none, it is in use, or the passphrase or key file is another one.
    """
    if not path.exists():
        raise WalletError(f"{path}: there is no wallet; make one with: warp join")
    # A file of its own, since every save puts another file in the wallet's place.
    with path.with_name(path.name + ".lock").open("ab") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WalletError(f"{path} is in use by another command") from None
        contents = _unseal(path.read_bytes(), lock, path)
        yield Wallet(path, lock, contents, randbytes)


def _unseal(data: bytes, lock: Lock, path: Path) -> Contents:
    start = len(_MAGIC) + SALT
    if not data.startswith(_MAGIC):
        raise WalletError(f"{path} is not a wallet")
    salt, nonce = data[len(_MAGIC) : start], data[start : start + _NONCE]
    try:
        plain = AESGCM(lock.key(salt)).decrypt(nonce, data[start + _NONCE :], _MAGIC)
    except (InvalidTag, ValueError):
        raise WalletError(f"{path}: the passphrase or key file is another one, or it is damaged") from None
    return msgspec.msgpack.decode(plain, type=Contents)
