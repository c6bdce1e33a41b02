"""
Backups: one file that a site can be made from again, holding no more than was asked for.

What waits, what coordinators have still to read, and private keys are left out unless asked for; see `PARTS`.
A backup keeps what the site forgets, so it has a last day, and the next backup into the same folder destroys
those that have passed theirs. Making a site from one is `warp.restoring`.
"""

import contextlib
import enum
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec
from sqlalchemy import Table

from keys import files
from keys.keyring import Keyring
from storage import copying, pool, schema
from storage.database import open_database
from warp import forgetting
from warp.config import FILE as CONFIG
from warp.forgetting import Stores

KEPT_AT_MOST = timedelta(days=28)
"""Members who are revoked stay in a backup, and its directory grows old with each Monday."""
MANIFEST = "manifest.json"
_PREFIX = "warp-backup-"
_WORKSHOP = ".warp-backup-"
_ALL, _NONE = "1", "0"
DATABASES = ("identity.db", "reports.db")


class Part(enum.StrEnum):
    """What is in a backup only if asked for."""

    POOL = "pool"
    INBOX = "inbox"
    KEYS = "keys"


class Meaning(NamedTuple):
    """What it means for people that a part is there, or is not."""

    included: str
    omitted: str


MEANINGS = {
    Part.POOL: Meaning(
        "Envelopes that wait, still sealed. Whoever gets this file and opens its keys can read the facts "
        "of these reports after the site has forgotten them, and sees which of them waited together.",
        "No envelope that waits is in it. If the site is restored, reports that were taken and not yet "
        "released are lost, although their senders were told that they had arrived.",
    ),
    Part.INBOX: Meaning(
        "Narratives, sealed to the coordinators. Whoever gets this file and a coordinator's identity can "
        "read what reporters wrote after the site has deleted it.",
        "No narrative is in it. If the site is restored, what coordinators have not exported is lost.",
    ),
    Part.KEYS: Meaning(
        "Private keys, marks of spent tokens, and who fetched which week's tokens. Whoever gets this file "
        "and opens its keys can open every envelope to them that was recorded anywhere, and sign the "
        "directory. A restored site goes on at once, but takes tokens again that were spent since.",
        "No private key is in it. A restored site needs a new online key that the root certifies, and "
        "refuses reports in all weeks that are announced by then, up to five.",
    ),
}

IDENTITY: Mapping[Table, Part | None] = {
    schema.members: None,
    schema.bundles: Part.KEYS,
    schema.feed_passwords: None,
    schema.coordinators: None,
}
"""All but subscriptions, which tell who reads, and which readers renew by themselves."""
REPORTS: Mapping[Table, Part | None] = {
    schema.pool: Part.POOL,
    schema.waiting: None,
    schema.spent: Part.KEYS,
    schema.tally_day: None,
    schema.tally_similar: None,
    schema.tally_first: None,
    schema.tally_sector: None,
    schema.tally_severity: None,
    schema.tally_tag: None,
    schema.tally_occurrence: None,
    schema.tally_delay: None,
    schema.tally_late: None,
    schema.tally_late_first: None,
    schema.inbox: Part.INBOX,
    schema.unlisted: None,
    schema.figures: None,
    schema.signals: None,
    schema.calibration: None,
    schema.advisories: None,
}
"""Which part a table belongs to; none: it is in every backup. A table that is missing here is in none."""


class CannotBackUp(Exception):
    """A backup cannot be made; says why."""


class NoBackup(Exception):
    """This file is no backup, or is damaged."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a backup says of itself."""

    version: int = 1
    root: str
    """The site's root public key, as in its settings."""
    made: date
    until: date
    """At the beginning of this day, UTC, it is to be destroyed."""
    parts: tuple[Part, ...]


class Made(NamedTuple):
    """What a backup led to."""

    path: Path
    manifest: Manifest
    destroyed: list[str]
    """Names of the backups that had passed their day."""


async def back_up(
    data: Path, stores: Stores, root: str, out: Path, parts: frozenset[Part], today: date
) -> Made:
    """
    Write a backup, whole or not at all; the caller keeps others from releasing and announcing.

    Args:
        data: The site.
        stores: Its databases and keys.
        root: Its root public key, as in its settings.
        out: The folder for backups.
        parts: What is in it only if asked for.
        today: UTC.

    Raises:
        CannotBackUp: the parts do not go together, something in the site is overdue, or the name is taken.
    """
    if Part.POOL in parts and Part.KEYS not in parts:
        raise CannotBackUp("the pool can be opened with its keys only: ask for both, --with pool --with keys")
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = out / f"{_PREFIX}{today}.tar"
    if path.exists() and read_manifest(path).root != root:
        raise CannotBackUp(f"{path} is a backup of another site; choose another folder")
    with _workshop(out) as workshop:
        copied = await _copied(stores, workshop, parts)
        try:
            until = min(today + KEPT_AT_MOST, await _ends(copied, parts, today))
        finally:
            await copied.identity.close()
            await copied.reports.close()
        if until <= today:
            raise CannotBackUp("something in the site has outlived its time: first warp forget")
        manifest = Manifest(root=root, made=today, until=until, parts=tuple(sorted(parts)))
        _write(workshop / "tar", manifest, data, workshop, parts)
        destroyed = _destroy_expired(out, root, today)
        if path.exists():
            os.link(path, workshop / "replaced.old")  # destroyed with the workshop, once there is another
        (workshop / "tar").rename(path)
        files.make_durable(out)
    return Made(path, manifest, destroyed)


@contextlib.contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """Give a folder beside the backups, and leave nothing of it, nor of one that a crash has left."""
    made = Path(tempfile.mkdtemp(prefix=_WORKSHOP, dir=out))
    try:
        yield made
    finally:
        for folder in out.glob(f"{_WORKSHOP}*"):
            files.destroy_leftovers(folder)
            for path in folder.iterdir():
                files.destroy(path)
            shutil.rmtree(folder)


async def _copied(stores: Stores, workshop: Path, parts: frozenset[Part]) -> Stores:
    """Copy the databases as far as they are asked for."""
    identity = await open_database(workshop / "identity.db", "identity")
    reports = await open_database(workshop / "reports.db", "reports")
    chosen = {table: _condition(part, parts) for table, part in IDENTITY.items()}
    chosen[schema.members] = "joined = 1"
    chosen[schema.feed_passwords] = "member IN (SELECT name FROM main.members WHERE joined = 1)"
    copying.copy(stores.identity.path, identity.path, chosen)
    copying.copy(
        stores.reports.path, reports.path, {table: _condition(part, parts) for table, part in REPORTS.items()}
    )
    if Part.POOL not in parts:
        async with reports.write() as connection:
            await pool.remove(connection, [])  # an empty pool has waited through no midnight
    keyring = stores.keyring if Part.KEYS in parts else Keyring(workshop / "keys")
    return stores._replace(identity=identity, reports=reports, keyring=keyring)


def _condition(part: Part | None, parts: frozenset[Part]) -> str:
    return _ALL if part is None or part in parts else _NONE


async def _ends(copied: Stores, parts: frozenset[Part], today: date) -> date:
    """Give the first day on which the site will have forgotten something that is in the copy."""
    ends = await forgetting.earliest_end(copied)
    tomorrow = today + timedelta(days=1)
    return min(tomorrow if Part.POOL in parts else date.max, ends or date.max)


def _write(target: Path, manifest: Manifest, data: Path, workshop: Path, parts: frozenset[Part]) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            _add(tar, MANIFEST, io.BytesIO(msgspec.json.encode(manifest)))
            for path in (data / CONFIG, *_key_files(data, parts), *_public_files(data)):
                with path.open("rb") as content:
                    # A public file's time is that of its content, and everybody is told it.
                    modified = int(path.stat().st_mtime) if path.is_relative_to(data / "public") else 0
                    _add(tar, path.relative_to(data).as_posix(), content, modified)
            for name in DATABASES:
                with (workshop / name).open("rb") as content:
                    _add(tar, name, content)
        file.flush()
        os.fsync(file.fileno())
    os.utime(target, (0, 0))


def _key_files(data: Path, parts: frozenset[Part]) -> list[Path]:
    if Part.KEYS not in parts:
        return []
    return [path for path in sorted((data / "keys").rglob("*")) if path.suffix in (".json", ".key")]


def _public_files(data: Path) -> list[Path]:
    """Give the public files without their gzip twins, which are made again."""
    found = (path for path in sorted((data / "public").rglob("*")) if path.is_file())
    return [path for path in found if path.suffix != ".gz" and not path.name.startswith(".")]


def _add(tar: tarfile.TarFile, name: str, content: BinaryIO, modified: int = 0) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = content.seek(0, io.SEEK_END), modified, 0o600
    content.seek(0)
    tar.addfile(entry, content)


def read_manifest(path: Path) -> Manifest:
    """
    Read what a backup says of itself.

    Raises:
        NoBackup: it is none.
    """
    try:
        with tarfile.open(path) as tar:
            first = tar.next()
            is_manifest = first is not None and first.isfile() and first.name == MANIFEST
            file = tar.extractfile(first) if first is not None and is_manifest else None
            return msgspec.json.decode(file.read() if file else b"", type=Manifest)
    except (tarfile.TarError, EOFError, msgspec.DecodeError):
        raise NoBackup(f"{path} is no backup of a WARP site, or is damaged") from None


def _destroy_expired(out: Path, root: str, today: date) -> list[str]:
    """Overwrite and remove this site's backups whose day has come; gives their names."""
    gone = []
    for path in sorted(out.glob(f"{_PREFIX}*.tar")):
        with contextlib.suppress(NoBackup):
            manifest = read_manifest(path)
            if manifest.root == root and manifest.until <= today:
                files.destroy(path)
                gone.append(path.name)
    return gone
