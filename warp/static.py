"""
The static site: writes a snapshot of the public site to a folder, and later what has changed in it.

The site is locked only while its public tree is listed. If something is published while files are written,
all is listed again, and what was written stays. What is new comes first: pages and twins, then archives, the
feeds that lead to them, and what lists all of that; what is gone is removed last. So whoever reads meanwhile
finds whatever a link leads to.
"""

import contextlib
import fcntl
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from warp import webroot
from warp.alone import LOCK
from warp.issuing import Outlet
from warp.snapshot import Archive, Document, File, MovedOn, NothingPublic, Snapshot
from warp.webroot import CannotPublish, Kept, WebRoot

_TRIES = 5
"""Listings before the site stays locked until all of one is written."""

Tell = Callable[[int, int], None]
"""Told how many changes of how many are made."""


class Done(NamedTuple):
    """What a run has done; paths of files, without their gzip twins."""

    files: int
    """That stand there now."""
    written: list[str]
    removed: list[str]


def publish(data: Path, outlet: Outlet, folder: Path, tell: Tell) -> Done:
    """
    Write what has changed since a folder was written last.

    Args:
        data: The site's folder.
        outlet: The public one.
        folder: Where to; new, empty, or written before.
        tell: Is told how far it is.

    Raises:
        CannotPublish: the folder holds something else or is being written, or there is nothing to publish.
    """
    folder, own = folder.resolve(), data.resolve()
    if folder.is_relative_to(own) or own.is_relative_to(folder):
        raise CannotPublish(f"{folder} and the site's own folder {data} must lie apart")
    with webroot.opened(folder) as root:
        run = _Run(root, tell)
        for _ in range(_TRIES):
            with _locked(data):
                snapshot = _snapshot(outlet)
            with contextlib.suppress(MovedOn):
                return run.write(snapshot)
        with _locked(data), contextlib.suppress(MovedOn):
            return run.write(_snapshot(outlet))
        raise CannotPublish("the public files cannot be read as they are; see: warp status")


@contextlib.contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Keep the server and other commands from publishing."""
    with (data / LOCK).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _snapshot(outlet: Outlet) -> Snapshot:
    try:
        return Snapshot(outlet)
    except (NothingPublic, FileNotFoundError):
        raise CannotPublish("the site has published nothing yet; start it once: warp serve") from None


class _Run:
    """What one run writes, which may take several snapshots."""

    def __init__(self, root: WebRoot, tell: Tell) -> None:
        self._root, self._tell = root, tell
        self._written: dict[str, None] = {}

    def write(self, snapshot: Snapshot) -> Done:
        """
        Bring the folder up to a snapshot.

        Raises:
            MovedOn: the site is another one meanwhile.
        """
        files = {each.path: each for each in snapshot.files()}
        archives = {each.address: each for each in snapshot.archives()}
        new = sorted((each for each in files.values() if not self._stands(each)), key=self._turn)
        parts = [each for each in archives.values() if not self._has_archive(each, snapshot.variants)]
        self._claim(new, parts, snapshot.variants)
        changes: list[File | Archive] = [*new, *parts]
        changes.sort(key=_stage)
        for done, change in enumerate(changes):
            self._tell(done, len(changes))
            self._bring(change, snapshot)
        self._tell(len(changes), len(changes))
        removed = [*self._clear_files(files), *self._clear_archives(archives, snapshot.variants)]
        if changes or removed:
            self._root.save()
        return Done(len(files) + len(archives) * len(snapshot.variants), list(self._written), removed)

    def _stands(self, file: File) -> bool:
        known = self._root.ledger.files.get(file.path)
        if known is None or known.stamp != file.stamp:
            return False
        return self._root.has(file.path) and (not file.packed or self._root.has(f"{file.path}.gz"))

    def _has_archive(self, archive: Archive, variants: Iterable[str]) -> bool:
        if self._root.ledger.archives.get(archive.address) != archive.stamp:
            return False
        paths = [webroot.archive_path(archive.address, each) for each in variants]
        return all(self._root.has(path) and self._root.has(f"{path}.gz") for path in paths)

    def _turn(self, file: File) -> tuple[int, bool, str]:
        """Give what files are sorted by: what is new comes before what it may be linked from."""
        return file.stage, self._root.has(file.path), file.path

    def _claim(self, files: list[File], archives: list[Archive], variants: list[str]) -> None:
        """Name in the ledger what is about to be written; what stands there is unknown until it is."""
        ledger = self._root.ledger
        for path in (each.path for each in files if each.path not in ledger.files):
            if not self._root.is_free(path):
                raise CannotPublish(f"{path} in the folder is somebody else's; move it away")
        claimed = {each.path: Kept("", packed=each.packed or self._was_packed(each.path)) for each in files}
        parts = {each.address: "" for each in archives}
        if claimed or parts:
            ledger.files |= claimed
            ledger.archives |= parts
            ledger.variants = sorted({*ledger.variants, *variants})
            self._root.save()

    def _was_packed(self, path: str) -> bool:
        known = self._root.ledger.files.get(path)
        return known is not None and known.packed

    def _bring(self, change: File | Archive, snapshot: Snapshot) -> None:
        ledger = self._root.ledger
        if isinstance(change, Archive):
            for document in snapshot.documents(change):
                self._put(document)
            ledger.archives[change.address] = change.stamp
            return
        self._put(snapshot.document(change))
        if not change.packed and self._was_packed(change.path):
            self._root.remove(f"{change.path}.gz")
        ledger.files[change.path] = Kept(change.stamp, change.packed)

    def _put(self, document: Document) -> None:
        """Write a file, its gzip twin first; what is the same stays untouched."""
        path, content, packed, modified = document
        if packed is not None and not self._root.holds(f"{path}.gz", packed, modified):
            self._root.put(f"{path}.gz", packed, modified)
            self._written[path] = None
        if not self._root.holds(path, content, modified):
            self._root.put(path, content, modified)
            self._written[path] = None

    def _clear_files(self, wanted: dict[str, File]) -> Iterator[str]:
        """Remove the files that the site has no longer."""
        files = self._root.ledger.files
        for path in [path for path in files if path not in wanted]:
            self._root.remove(path)
            if files.pop(path).packed:
                self._root.remove(f"{path}.gz")
            yield path

    def _clear_archives(self, wanted: dict[str, Archive], variants: list[str]) -> Iterator[str]:
        """Remove archives, or of all of them those in languages, that the site has no longer."""
        ledger = self._root.ledger
        for address in list(ledger.archives):
            is_wanted = address in wanted
            for variant in ledger.variants:
                if not is_wanted or variant not in variants:
                    path = webroot.archive_path(address, variant)
                    self._root.remove(path)
                    self._root.remove(f"{path}.gz")
                    yield path
            if not is_wanted:
                del ledger.archives[address]
        ledger.variants = sorted(variants)


def _stage(item: File | Archive) -> int:
    return item.stage
