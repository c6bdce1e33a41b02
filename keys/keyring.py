"""
The server's private keys: one file a week, made weeks ahead and destroyed on schedule.

A week's report key opens its envelopes, its twelve issuer keys sign its tokens. Whoever seizes the disk later
finds only the weeks still open (docs/threat-model.md). The root key is never here: it certifies `online.key`
and is kept offline.
"""

import contextlib
import functools
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys.envelope import key_id
from keys.hybrid import HybridKey, RandBytes
from keys.tokens import IssuerKey, VerifyKey
from warp import taxonomy
from warp.weeks import Week

WEEKS_AHEAD = 4
"""Keys exist, and are published, so many weeks before their own."""
KEPT_FOR = timedelta(days=14)
"""A week's keys open late and offline reports for so long after the week's end."""


class IssuerKeys(Protocol):
    """Makes one new issuer key; generation dominates the cost of a week, so tests may hand in a stock."""

    def __call__(self) -> IssuerKey: ...


class TokenKind(NamedTuple):
    """What the tokens of one issuer key are good for."""

    key: VerifyKey
    of_class: str | None
    """The class of a first token; none for further tokens, which serve any class."""


class WeekKeys:
    """All private keys of one ISO week."""

    def __init__(self, week: Week, report: HybridKey, issuers: tuple[IssuerKey, ...]) -> None:
        self.week = week
        self.report = report
        self.first = dict(zip(taxonomy.CLASSES, issuers[:-1], strict=True))
        """Class to the key that signs first tokens of it."""
        self.further = issuers[-1]
        self.report_key_id = key_id(report.public)

    @property
    def issuers(self) -> tuple[IssuerKey, ...]:
        """The twelve issuer keys in the directory's order: the classes as in RSIT, then further."""
        return (*self.first.values(), self.further)

    @property
    def expires(self) -> datetime:
        """When they are to be destroyed."""
        return self.week.end + KEPT_FOR

    @functools.cached_property
    def token_kinds(self) -> dict[bytes, TokenKind]:
        """Token key id to what its tokens are good for."""
        kinds = {key.key_id: TokenKind(VerifyKey.from_spki(key.public), c) for c, key in self.first.items()}
        kinds[self.further.key_id] = TokenKind(VerifyKey.from_spki(self.further.public), None)
        return kinds


class _Stored(msgspec.Struct, frozen=True):
    report: bytes
    """Seed, 32 bytes."""
    issuers: tuple[bytes, ...]
    """PKCS 8, DER."""


def make_week(week: Week, randbytes: RandBytes, issuer: IssuerKeys = IssuerKey.generate) -> WeekKeys:
    """Make a week's keys, on all processors; takes about a second, so call it from a thread."""
    with ThreadPoolExecutor(os.cpu_count()) as makers:
        made = [makers.submit(issuer) for _ in range(len(taxonomy.CLASSES) + 1)]
        return WeekKeys(week, HybridKey.generate(randbytes), tuple(each.result() for each in made))


class Keyring:
    """The key files of a folder, readable by their owner only."""

    def __init__(self, folder: Path) -> None:
        self._weeks = folder / "weeks"
        self._online = folder / "online.key"
        self._loaded: dict[Week, WeekKeys] = {}

    def create(self) -> None:
        """Make the folders and a new online key."""
        self._weeks.mkdir(parents=True, mode=0o700)
        _write(self._online, secrets.token_bytes(32))

    @property
    def online(self) -> Ed25519PrivateKey:
        """The key that signs directory entries."""
        return Ed25519PrivateKey.from_private_bytes(self._online.read_bytes())

    def weeks(self) -> list[Week]:
        """Give the weeks that have keys, in order."""
        return sorted(Week.parse(path.stem) for path in self._weeks.glob("*.json"))

    def add(self, keys: WeekKeys) -> None:
        """Store a week's keys; those that another process has stored meanwhile stay instead."""
        stored = _Stored(keys.report.seed, tuple(issuer.to_der() for issuer in keys.issuers))
        with contextlib.suppress(FileExistsError):
            _write(self._file(keys.week), msgspec.json.encode(stored))

    def week(self, week: Week) -> WeekKeys | None:
        """Give a week's keys; none when they were never made or are destroyed."""
        if not self._file(week).exists():
            self._loaded.pop(week, None)
            return None
        if week not in self._loaded:
            stored = msgspec.json.decode(self._file(week).read_bytes(), type=_Stored)
            issuers = tuple(IssuerKey.from_der(der) for der in stored.issuers)
            self._loaded[week] = WeekKeys(week, HybridKey.from_seed(stored.report), issuers)
        return self._loaded[week]

    def by_report_key(self, identifier: bytes) -> WeekKeys | None:
        """Give the keys of the week whose report key has this id."""
        known = [keys for keys in self._loaded.values() if keys.report_key_id == identifier]
        candidates = [keys.week for keys in known] or self.weeks()
        for week in candidates:
            keys = self.week(week)
            if keys is not None and keys.report_key_id == identifier:
                return keys
        return None

    def destroy(self, week: Week) -> None:
        """Overwrite and remove a week's keys; what it sealed can then be opened by nobody."""
        path = self._file(week)
        self._loaded.pop(week, None)
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()

    def forget_loaded(self, keep: Callable[[WeekKeys], bool]) -> None:
        """Drop keys from memory that another process may have destroyed, or that are no longer wanted."""
        self._loaded = {
            week: keys for week, keys in self._loaded.items() if keep(keys) and self._file(week).exists()
        }

    def _file(self, week: Week) -> Path:
        return self._weeks / f"{week}.json"


def _write(path: Path, data: bytes) -> None:
    """
    Write a new secret file, whole or not at all; its time is set to a constant.

    Raises:
        FileExistsError: there is a file of this name, which stays as it is.
    """
    partial = path.with_name(f"{path.name}.{secrets.token_hex(8)}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.utime(partial, (0, 0))
        os.link(partial, path)
    finally:
        partial.unlink()
