"""
A web root: a folder of files that a web server hands out, while they are written.

What `warp publish` writes is named in a ledger beside the files, before it is written: so what a killed run
left is known, and nobody else's file is ever replaced or removed. Each file appears whole, by a rename.
Nothing is written or removed behind a symbolic link. It knows nothing of what the files are.
"""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

LEDGER = ".warp-published"
_PARTIAL = ".warp-partial"
"""What is being written; one at a time."""


class CannotPublish(Exception):
    """The folder cannot be published to; says which and why."""


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A file that was written."""

    stamp: str
    """Of what it was written from; empty where that is not known."""
    packed: bool
    """Whether it has a gzip twin."""


class Ledger(msgspec.Struct, kw_only=True):
    """What stands in the folder by this program's hand."""

    files: dict[str, Kept] = msgspec.field(default_factory=dict)
    """By path; all but archives."""
    archives: dict[str, str] = msgspec.field(default_factory=dict)
    """Address, like country/UY/archive/2026-11-1, to stamp: too many to name each of their files."""
    variants: list[str] = msgspec.field(default_factory=list)
    """Languages with formats, like en.atom, in which archives stand there."""


class WebRoot:
    """A folder that this process alone writes. Made by `opened` only."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.ledger = ledger
        self._folder = folder
        self._seen: set[Path] = {folder}
        """Folders that are no links."""

    def has(self, path: str) -> bool:
        """Say whether a file stands there that is one, and not empty as after a power cut."""
        if not self._is_reached(path):
            return False
        try:
            found = (self._folder / path).lstat()
        except FileNotFoundError:
            return False
        return stat.S_ISREG(found.st_mode) and found.st_size > 0

    def is_free(self, path: str) -> bool:
        """Say whether nothing at all stands there."""
        return not self._is_reached(path) or not os.path.lexists(self._folder / path)

    def holds(self, path: str, content: bytes, modified: int) -> bool:
        """Say whether a file stands there with this content and time, in nanoseconds since 1970."""
        if not self.has(path):
            return False
        target = self._folder / path
        return target.lstat().st_mtime_ns == modified and target.read_bytes() == content

    def put(self, path: str, content: bytes, modified: int) -> None:
        """Write a file, whole or not at all, for everybody to read; its time is in nanoseconds since 1970."""
        target = self._folder / path
        self._make(target.parent)
        with self._written(target) as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.utime(file.fileno(), ns=(modified, modified))

    def remove(self, path: str) -> None:
        """Remove a file, and the folders that it leaves empty."""
        if not self._is_reached(path):
            return
        target = self._folder / path
        target.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # not empty
            while target.parent != self._folder:
                target = target.parent
                target.rmdir()
                self._seen.discard(target)

    def save(self) -> None:
        """Write the ledger; it is nobody else's business."""
        with self._written(self._folder / LEDGER) as file:
            file.write(msgspec.json.encode(self.ledger))

    @contextlib.contextmanager
    def _written(self, target: Path) -> Iterator[BinaryIO]:
        """Give a file to fill, which then takes its place."""
        partial = self._folder / _PARTIAL
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
        partial.replace(target)

    def _is_reached(self, path: str) -> bool:
        """Say whether the folder of a path is there; it may not be behind a link."""
        return self._look((self._folder / path).parent)

    def _look(self, folder: Path) -> bool:
        if folder in self._seen:
            return True
        if not self._look(folder.parent):
            return False
        try:
            mode = folder.lstat().st_mode
        except FileNotFoundError:
            return False
        if not stat.S_ISDIR(mode):
            raise CannotPublish(f"{folder} is no folder; nothing is written through it")
        self._seen.add(folder)
        return True

    def _make(self, folder: Path) -> None:
        if self._look(folder):
            return
        self._make(folder.parent)
        folder.mkdir()
        folder.chmod(0o755)
        self._seen.add(folder)


def archive_path(address: str, variant: str) -> str:
    """Give the path of an archive in a language and format."""
    language, _, format_ = variant.partition(".")
    return f"feeds/{language}/{address}.{format_}"


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[WebRoot]:
    """
    Give a folder that is new, empty, or was written by this program; no other process writes it meanwhile.

    Raises:
        CannotPublish: it holds something else, or another process is writing it.
    """
    if not folder.exists():
        folder.mkdir()
        folder.chmod(0o755)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotPublish(f"{folder} is being written by another run") from None
        ledger = _ledger(folder)
        root = WebRoot(folder, ledger or Ledger())
        if ledger is None:
            root.save()
        yield root
    finally:
        os.close(descriptor)


def _ledger(folder: Path) -> Ledger | None:
    """Give the ledger; none in an empty folder."""
    try:
        return msgspec.json.decode((folder / LEDGER).read_bytes(), type=Ledger)
    except FileNotFoundError:
        if {path.name for path in folder.iterdir()} <= {_PARTIAL}:
            return None
        raise CannotPublish(
            f"{folder} holds what `warp publish` has not written; give an empty one"
        ) from None
    except msgspec.DecodeError:
        raise CannotPublish(f"{folder / LEDGER} is damaged; give an empty folder") from None
