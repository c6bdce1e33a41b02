"""
Publication: the public tree, to which everything is written once, when something changes.

Feeds, pages, figures, directory and lists are files that any web server can serve. Each is rendered to bytes
that depend on nothing but what is published, written whole or not at all, with a gzip twin; its time is the
time of its content, never of the writing. Advisories are written to it by `warp.issuing`.
"""

import gzip
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import NamedTuple

import msgspec

from feeds.entry import Site
from feeds.figures import Closed
from feeds.progress import Progress
from keys.directory import Entry
from keys.lists import Kind
from warp.advisory import Advisory
from warp.disclosure import Release
from warp.policies import Policy
from warp.weeks import Week

_LEVEL = 6
"""Of gzip: the best one takes thrice as long for a hundredth less."""


class Tree:
    """The public files of a site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(
        self, path: str, data: bytes, modified: datetime, *, durable: bool = False, twin: bool = True
    ) -> None:
        """
        Write a file and its gzip twin; one that is the same already stays as it is.

        Args:
            path: Below the tree, with `/`.
            data: What to serve.
            modified: When the content last changed, for Last-Modified.
            durable: Whether it stands nowhere else, and so must survive a power cut.
            twin: Whether it has a gzip twin; what is compressed already has none.
        """
        target = self.folder / path
        packed_target = target.with_name(f"{target.name}.gz")
        if target.exists() and target.read_bytes() == data and (packed_target.exists() or not twin):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        # The plain file last: whoever finds it new, after a crash or while serving, finds its twin new, too.
        if twin:
            packed = gzip.compress(data, _LEVEL, mtime=0)
            _replace(packed_target, packed, modified, durable=durable)
        _replace(target, data, modified, durable=durable)

    def read(self, path: str) -> bytes | None:
        """Give a file's content, or none where there is no such file."""
        target = self.folder / path
        return target.read_bytes() if target.exists() else None

    def keep(self, path: str, data: bytes, modified: datetime) -> None:
        """Write a file that stands nowhere else, so that it survives a power cut; it has no gzip twin."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, data, modified, durable=True)

    def remove(self, path: str) -> None:
        """Remove a file and its twin, and what a crash left half-written of either."""
        for target in (self.folder / path, self.folder / f"{path}.gz"):
            target.unlink(missing_ok=True)
            _partial(target).unlink(missing_ok=True)

    def remove_folder(self, path: str) -> None:
        """Remove a folder with all that is in it, if it is there."""
        shutil.rmtree(self.folder / path, ignore_errors=True)

    def names(self, folder: str) -> list[str]:
        """Give the names of a folder's files, sorted; none where there is no such folder."""
        return sorted(path.name for path in (self.folder / folder).glob("[!.]*") if path.is_file())


class Pages(NamedTuple):
    """How pages are rendered; the composition root hands them in, since pages belong to the floor above."""

    front: Callable[[Site, str, Iterable[Advisory]], bytes]
    advisory: Callable[[Site, str, Advisory], bytes]
    feeds: Callable[[Site, str], bytes]
    figures: Callable[[Site, str, Policy, Sequence[Release], Sequence[Progress]], bytes]
    period: Callable[[Site, str, Closed], bytes]
    progress: Callable[[Site, str, Progress], bytes]


def page_path(language: str, advisory: Advisory) -> str:
    """Give where an advisory's page stands in the tree."""
    return f"{language}/advisories/{advisory.id}.html"


def newest(site: Site, advisories: Iterable[Advisory]) -> datetime:
    """Give when the newest of some advisories was updated; the site's first day if there is none."""
    begun = datetime.combine(site.created, time(), UTC)
    return max((each.updated for each in advisories if each.updated), default=begun)


def list_path(kind: Kind, week: Week) -> str:
    """Give where a week's public list stands in the tree."""
    return f"v1/{kind}/{week}.list"


def newest_document(tree: Tree) -> bytes | None:
    """Give the newest directory document; none on a new site."""
    return tree.read("v1/directory/newest.json")


def read_entry(document: bytes) -> Entry:
    """Read an entry that this site made itself."""
    return msgspec.json.decode(document.split(b"\n")[0], type=Entry)


def publish_directory(tree: Tree, number: int, document: bytes, week: Week) -> None:
    """Write a directory entry under its number and as the newest; its time is that of the fixed schedule."""
    scheduled = week.plus(-4).start
    tree.write(f"v1/directory/{number}.json", document, scheduled, durable=True)
    tree.write("v1/directory/newest.json", document, scheduled, durable=True)


def _partial(target: Path) -> Path:
    return target.with_name(f".{target.name}.partial")


def _replace(target: Path, data: bytes, modified: datetime, *, durable: bool = False) -> None:
    partial = _partial(target)
    partial.write_bytes(data)
    os.utime(partial, (modified.timestamp(), modified.timestamp()))
    if durable:
        _sync(partial)
    partial.replace(target)
    if durable:
        _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
