"""What there is to seize: a site through five hundred marked reports, copied raw at each step of its life."""

import contextlib
import gzip
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from keys.keyring import KEPT_FOR
from keys.tokens import IssuerKey
from tests.attacks.marked import Facts, Sent, seal
from tests.support import NOON, WEEK, Clock, Served, Stock, found, served
from warp import child, config
from warp.forgetting import NARRATIVES_KEPT
from warp.workers import here

BATCHES = (
    Facts("vulnerable/weak-crypto", "drinking-water", "sim-swap", "2019-03-07", 200),
    Facts("information-content-security/data-loss", "waste-water", "fast-flux", "2018-05-11", 150),
    Facts("intrusions/burglary", "courier", "web-skimming", "2017-09-21", 148),
    Facts("availability/sabotage", "chemical", "cryptojacking", "2016-01-30", 2, urgent=True),
)


class Destroyed(NamedTuple):
    """A week's private keys while they were there."""

    seed: bytes
    issuers: tuple[bytes, ...]
    """DER."""


_COPY = "import shutil, sys; shutil.copytree(sys.argv[1], sys.argv[2])"


@dataclass
class Seizure:
    """All that was on the disk, moment by moment, and what only its owners know."""

    folder: Path
    sent: list[list[Sent]] = field(default_factory=list)
    """By batch, in order of arrival."""
    moments: dict[str, Path] = field(default_factory=dict)
    """Copies of all files."""
    aside: dict[str, bytes] = field(default_factory=dict)
    """Files that were there between moments only, unlinked ones of child processes included."""
    keys: Destroyed | None = None

    def files(self, moment: str) -> dict[str, bytes]:
        """Give name to content; compressed ones opened; the names of all are a file, too."""
        found = {}
        for path in sorted(self.moments[moment].rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                name = str(path.relative_to(self.moments[moment]))
                found[name] = gzip.decompress(content) if path.suffix == ".gz" else content
        return found | {"names": "\n".join(found).encode()}

    @contextlib.contextmanager
    def database(self, moment: str, name: str) -> Iterator[sqlite3.Connection]:
        """Open a database as it was seized: a copy, since opening alone writes to the files beside it."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            for path in self.moments[moment].glob(f"{name}*"):
                shutil.copy(path, folder)
            with contextlib.closing(sqlite3.connect(Path(folder) / name)) as connection:
                yield connection

    def keep(self, moment: str) -> None:
        """
        Copy everything as it stands, times included.

        By another process: closing a database file here would take this process's locks on it away.
        """
        self.moments[moment] = self.folder / moment
        paths = (str(self.folder / "live"), str(self.moments[moment]))
        subprocess.run([sys.executable, "-c", _COPY, *paths], check=True)


async def arrive(server: Served, facts: Facts) -> list[Sent]:
    """Post a batch, one after the other."""
    sent = [seal(server.site, facts, number) for number in range(facts.number)]
    for each in sent:
        assert (await server.post(each.envelope)).status == 202
    return sent


async def pass_to(server: Served, then: datetime) -> None:
    """Let time pass a week at a time, as far as a server believes its clock at once."""
    while server.clock.now < then:
        server.clock.now = min(server.clock.now + timedelta(days=7), then)
        await server.site.hour()


async def live(seizure: Seizure, server: Served) -> None:
    """Let three days of reports, the death of their keys and the end of retention pass."""
    clock, midnight = server.clock, WEEK.start + timedelta(days=3, seconds=1)
    for day, facts in enumerate(BATCHES[:3]):
        clock.now = NOON + timedelta(days=day)
        seizure.sent.append(await arrive(server, facts))
        seizure.keep(f"waiting {day}")
        if day < 2:
            clock.now = midnight + timedelta(days=day)
            await server.site.hour()
            seizure.keep(f"released {day}")
    seizure.sent.append(await arrive(server, BATCHES[3]))
    clock.now = NOON + timedelta(days=2, hours=1)
    await server.site.hour()
    seizure.keep("urgent")
    clock.now = midnight + timedelta(days=2)
    await server.site.hour()
    seizure.keep("released 2")
    await pass_to(server, WEEK.end + KEPT_FOR + timedelta(seconds=1))
    seizure.keep("keys destroyed")
    await pass_to(server, WEEK.end + NARRATIVES_KEPT + timedelta(days=7, seconds=1))
    seizure.keep("narratives deleted")


@contextlib.contextmanager
def watched(seizure: Seizure, folders: list[Path]) -> Iterator[None]:
    """Keep what comes and goes in folders, and what child processes hold open there without a name."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.002):
            for path in (*_named(folders), *_unnamed(folders)):
                with contextlib.suppress(OSError):
                    content = path.read_bytes()
                    name = str(path)
                    if len(content) >= len(seizure.aside.get(name, b"")):
                        seizure.aside[name] = content

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


_LASTING = (".db", ".db-wal", ".db-shm", ".toml", "lock")


def _named(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in folder.iterdir():
            if path.is_file() and not path.name.endswith(_LASTING):
                yield path


def _unnamed(folders: list[Path]) -> Iterator[Path]:
    """Give the files of child processes that are open and have no name any more (on Linux)."""
    for children in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for process in children.read_text().split():
                for link in Path(f"/proc/{process}/fd").iterdir():
                    target = str(link.readlink())
                    if target.endswith(" (deleted)") and any(target.startswith(str(f)) for f in folders):
                        yield link


class Fresh(Stock):
    """Issuer keys that share no prime with any other: parts of destroyed ones must not be found in others."""

    def __next__(self) -> IssuerKey:
        return IssuerKey.generate()


async def seized(folder: Path, stock: Stock) -> Seizure:
    """Give a site's whole life."""
    seizure = Seizure(folder)
    data = folder / "live"
    await found(data, Fresh())
    temporary = folder / "temporary"
    temporary.mkdir()
    settings = config.read(data)
    workers = here(settings)._replace(rewrite=child.rewrite)
    with pytest.MonkeyPatch.context() as patch, watched(seizure, [data, temporary]):
        for name in ("TMPDIR", "SQLITE_TMPDIR"):
            patch.setenv(name, str(temporary))
        async with served(data, Clock(), stock, workers=workers) as server:
            keys = server.site.hub.keyring.week(WEEK)
            assert keys is not None
            seizure.keys = Destroyed(keys.report.seed, tuple(each.to_der() for each in keys.issuers))
            del keys
            await live(seizure, server)
        seizure.keep("ended")
    return seizure
