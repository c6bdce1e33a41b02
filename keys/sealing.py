"""
Sealed key files: the server's private keys at rest, under one site key.

The site key is 32 random bytes. It lies in `site.key`, locked by a passphrase, and seals every other private
key file; each is bound to its place, so that no file can stand in for another. Formats: docs/data.md.
Whether a site's keys are sealed is decided by whether it has a `site.key`. What runs, runs without it: keys
are opened once and stay in memory.
"""

import contextlib
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys import files
from keys.errors import DamagedKeyFile, NoSecret, NotSealed, WrongSecret
from keys.lock import SALT, Lock

SITE_KEY = "site.key"
_LOCKED = b"WARP site key v1\n"
_SEALED = b"WARP sealed key v1\n"
_KEY, _NONCE = 32, 12


def is_sealed(data: bytes) -> bool:
    """Say whether a key file's content is sealed."""
    return data.startswith(_SEALED)


class SiteKey:
    """The key that key files are sealed with; while it is being changed, the ones before it, too."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys
        """32 bytes each, newest first."""

    @classmethod
    def new(cls) -> "SiteKey":
        """Make a key."""
        return cls([secrets.token_bytes(_KEY)])

    @classmethod
    def unlock(cls, data: bytes, secret: bytes) -> "SiteKey":
        """
        Open what `locked` gave.

        Raises:
            WrongSecret: it was locked with another secret, or is damaged.
            NoSecret: the secret is empty.
        """
        start = len(_LOCKED) + SALT
        salt, nonce, sealed = data[len(_LOCKED) : start], data[start : start + _NONCE], data[start + _NONCE :]
        if not data.startswith(_LOCKED) or len(salt) < SALT:
            raise WrongSecret
        try:
            keys = AESGCM(_lock(secret).key(salt)).decrypt(nonce, sealed, _LOCKED)
        except (InvalidTag, ValueError):
            raise WrongSecret from None
        return cls([keys[i : i + _KEY] for i in range(0, len(keys), _KEY)])

    def locked(self, secret: bytes) -> bytes:
        """Give the content of `site.key`."""
        salt, nonce = secrets.token_bytes(SALT), secrets.token_bytes(_NONCE)
        sealed = AESGCM(_lock(secret).key(salt)).encrypt(nonce, b"".join(self._keys), _LOCKED)
        return _LOCKED + salt + nonce + sealed

    def seal(self, place: str, plain: bytes) -> bytes:
        """Seal a key file's content with the newest key; its place is where it lies, like `online.key`."""
        nonce = secrets.token_bytes(_NONCE)
        return _SEALED + nonce + AESGCM(self._keys[0]).encrypt(nonce, plain, _SEALED + place.encode())

    def open(self, place: str, sealed: bytes) -> bytes:
        """
        Give the content of a sealed key file.

        Raises:
            DamagedKeyFile: it was sealed by another site, for another place, or was changed.
        """
        nonce, ciphertext = sealed[len(_SEALED) : len(_SEALED) + _NONCE], sealed[len(_SEALED) + _NONCE :]
        for key in self._keys:
            with contextlib.suppress(InvalidTag, ValueError):
                return AESGCM(key).decrypt(nonce, ciphertext, _SEALED + place.encode())
        raise DamagedKeyFile

    def succeeded(self) -> "SiteKey":
        """Give a new key, beside those that it will replace."""
        return SiteKey([secrets.token_bytes(_KEY), *self._keys])

    def newest(self) -> "SiteKey":
        """Give the newest key alone."""
        return SiteKey(self._keys[:1])

    @property
    def is_settled(self) -> bool:
        """Whether there is one key only."""
        return len(self._keys) == 1


def _lock(secret: bytes) -> Lock:
    if not secret:
        raise NoSecret
    return Lock(secret, stretch=True)


def seal_folder(folder: Path, secret: bytes) -> None:
    """
    Seal the key files of a folder where they lie; what was cut short before is finished.

    Raises:
        WrongSecret: they are sealed already, under another secret.
    """
    files.destroy_leftovers(folder)
    path = folder / SITE_KEY
    if path.exists():
        key = SiteKey.unlock(path.read_bytes(), secret)
    else:
        key = SiteKey.new()
        files.write_new(path, key.locked(secret))
    _settle(folder, key, secret)


def unseal_folder(folder: Path, secret: bytes) -> None:
    """
    Write the key files of a folder unsealed.

    Raises:
        NotSealed: they are so already.
        WrongSecret: they are sealed under another secret.
    """
    files.destroy_leftovers(folder)
    key = _unlocked(folder, secret)
    for path in _files(folder):
        data = path.read_bytes()
        if is_sealed(data):
            files.replace(path, key.open(place_of(folder, path), data))
    files.destroy(folder / SITE_KEY)


def change_secret(folder: Path, secret: bytes, new: bytes) -> None:
    """
    Seal the key files of a folder anew, under a new site key and a new secret.

    Raises:
        NotSealed: they are not sealed.
        WrongSecret: they are sealed under another secret.
    """
    files.destroy_leftovers(folder)
    key = _unlocked(folder, secret).succeeded()
    files.replace(folder / SITE_KEY, key.locked(new))
    _settle(folder, key, new)


def place_of(folder: Path, path: Path) -> str:
    """Give what a key file's content is bound to: where it lies."""
    return path.relative_to(folder).as_posix()


def _unlocked(folder: Path, secret: bytes) -> SiteKey:
    path = folder / SITE_KEY
    if not path.exists():
        raise NotSealed
    return SiteKey.unlock(path.read_bytes(), secret)


def _settle(folder: Path, key: SiteKey, secret: bytes) -> None:
    """Seal with the newest key what is not, then forget the keys before it."""
    newest = key.newest()
    for path in _files(folder):
        data, place = path.read_bytes(), place_of(folder, path)
        try:
            newest.open(place, data)
        except DamagedKeyFile:
            files.replace(path, newest.seal(place, key.open(place, data) if is_sealed(data) else data))
    if not key.is_settled:
        files.replace(folder / SITE_KEY, newest.locked(secret))


def _files(folder: Path) -> list[Path]:
    return [folder / "online.key", *sorted((folder / "weeks").glob("*.json"))]
