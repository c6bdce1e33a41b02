"""
The server's private keys: one file a week, made weeks ahead and destroyed on schedule.

A week's report key opens its envelopes, its twelve issuer keys sign its tokens. Whoever seizes the disk later
finds only the weeks still open (docs/threat-model.md), sealed if the operator wants so (`keys.sealing`). The
root key is never here: it certifies `online.key` and is kept offline.
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

from keys import files, sealing
from keys.envelope import key_id
from keys.errors import DamagedKeyFile, KeysError, KeysLocked
from keys.hybrid import HybridKey, RandBytes
from keys.sealing import SiteKey
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


def _week_keys(week: Week, data: bytes) -> WeekKeys:
    try:
        stored = msgspec.json.decode(data, type=_Stored)
        issuers = tuple(IssuerKey.from_der(der) for der in stored.issuers)
        return WeekKeys(week, HybridKey.from_seed(stored.report), issuers)
    except (msgspec.DecodeError, KeysError, ValueError, IndexError):
        raise DamagedKeyFile from None


def make_week(week: Week, randbytes: RandBytes, issuer: IssuerKeys = IssuerKey.generate) -> WeekKeys:
    """Make a week's keys, on all processors; takes about a second, so call it from a thread."""
    with ThreadPoolExecutor(os.cpu_count()) as makers:
        made = [makers.submit(issuer) for _ in range(len(taxonomy.CLASSES) + 1)]
        return WeekKeys(week, HybridKey.generate(randbytes), tuple(each.result() for each in made))


def locked() -> bytes:
    """Give no secret: there is nobody to ask."""
    raise KeysLocked


class Keyring:
    """The key files of a folder, readable by their owner only, and sealed if the folder has a site key."""

    def __init__(self, folder: Path, secret: Callable[[], bytes] = locked) -> None:
        """
        Hold a folder.

        Args:
            folder: Of the key files; see `create`.
            secret: Gives what unlocks the site key; asked once, and only for what needs a private key.
        """
        self._folder = folder
        self._weeks = folder / "weeks"
        self._online = folder / "online.key"
        self._secret = secret
        self._site_key: SiteKey | None = None
        self._loaded: dict[Week, WeekKeys] = {}

    def create(self, secret: bytes | None = None) -> None:
        """Make the folders and a new online key, sealed if there is a secret."""
        self._weeks.mkdir(parents=True, mode=0o700)
        if secret is not None:
            self._site_key = SiteKey.new()
            files.write_new(self._folder / sealing.SITE_KEY, self._site_key.locked(secret))
        self._write(self._online, secrets.token_bytes(32))

    @property
    def is_sealed(self) -> bool:
        """Whether new key files are sealed."""
        return (self._folder / sealing.SITE_KEY).exists()

    def unsealed(self) -> bool:
        """Say whether any private key lies here unsealed."""
        private = (self._online, *self._weeks.glob("*.json"))
        return not all(sealing.is_sealed(path.read_bytes()) for path in private)

    def unlock(self) -> None:
        """
        Make sure that the private keys can be used; asks for the secret if they are sealed, now or never.

        Raises:
            KeysLocked: there is nobody to ask.
            WrongSecret: it is another one.
        """
        if not self.is_sealed:
            self._site_key = None  # unsealed meanwhile: what is written from now on is written so, too
        elif self._site_key is None:
            data = (self._folder / sealing.SITE_KEY).read_bytes()
            self._site_key = SiteKey.unlock(data, self._secret())
        self._secret = locked  # a server whose keys are sealed while it runs must not stop to ask

    @property
    def online(self) -> Ed25519PrivateKey:
        """The key that signs directory entries."""
        try:
            return Ed25519PrivateKey.from_private_bytes(self._read(self._online))
        except ValueError:
            raise DamagedKeyFile from None

    def weeks(self) -> list[Week]:
        """Give the weeks that have keys, in order."""
        return sorted(Week.parse(path.stem) for path in self._weeks.glob("*.json"))

    def has(self, week: Week) -> bool:
        """Say whether a week's keys are there."""
        return self._file(week).exists()

    def add(self, keys: WeekKeys) -> None:
        """Store a week's keys; those that another process has stored meanwhile stay instead."""
        stored = _Stored(keys.report.seed, tuple(issuer.to_der() for issuer in keys.issuers))
        with contextlib.suppress(FileExistsError):
            self._write(self._file(keys.week), msgspec.json.encode(stored))

    def week(self, week: Week) -> WeekKeys | None:
        """Give a week's keys; none when they were never made or are destroyed."""
        if not self.has(week):
            self._loaded.pop(week, None)
            return None
        if week not in self._loaded:
            self._loaded[week] = _week_keys(week, self._read(self._file(week)))
        return self._loaded[week]

    def by_report_key(self, identifier: bytes) -> WeekKeys | None:
        """
        Give the keys of the week whose report key has this id; a damaged file stops no other week.

        Raises:
            DamagedKeyFile: no week is found, and it may be one whose file is damaged.
        """
        known = [keys for keys in self._loaded.values() if keys.report_key_id == identifier]
        candidates = [keys.week for keys in known] or self.weeks()
        damaged = False
        for week in candidates:
            try:
                keys = self.week(week)
            except DamagedKeyFile:
                damaged = True
                continue
            if keys is not None and keys.report_key_id == identifier:
                return keys
        if damaged:
            raise DamagedKeyFile
        return None

    def damaged(self) -> list[Path]:
        """Give the key files that are damaged, as far as can be seen without a secret."""
        reads: dict[Path, Callable[[], object]] = {self._online: lambda: self.online}
        reads |= {self._file(week): functools.partial(self.week, week) for week in self.weeks()}
        found = []
        for path, read in reads.items():
            try:
                read()
            except DamagedKeyFile:
                found.append(path)
            except KeysLocked:
                continue  # sealed, and nobody to ask
        return found

    def destroy(self, week: Week) -> None:
        """Overwrite and remove a week's keys; what it sealed can then be opened by nobody."""
        self._loaded.pop(week, None)
        files.destroy(self._file(week))

    def destroy_leftovers(self) -> None:
        """Destroy what a crash left of the writing of key files; nobody else may be writing one."""
        files.destroy_leftovers(self._folder)

    def forget_loaded(self, keep: Callable[[WeekKeys], bool]) -> None:
        """Drop keys from memory that another process may have destroyed, or that are no longer wanted."""
        self._loaded = {week: keys for week, keys in self._loaded.items() if keep(keys) and self.has(week)}

    def _file(self, week: Week) -> Path:
        return self._weeks / f"{week}.json"

    def _read(self, path: Path) -> bytes:
        data = path.read_bytes()
        if not sealing.is_sealed(data):
            return data
        self.unlock()
        if self._site_key is None:
            raise DamagedKeyFile
        return self._site_key.open(sealing.place_of(self._folder, path), data)

    def _write(self, path: Path, data: bytes) -> None:
        self.unlock()
        place = sealing.place_of(self._folder, path)
        files.write_new(path, self._site_key.seal(place, data) if self._site_key else data)
