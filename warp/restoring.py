"""
Restoring: makes a site from a backup, in a new data folder, whole or not at all.

The restored site goes on with the directory's chain, the public lists and the figures where they stood. What
was published after the backup must be given, up to yesterday: a site that went on without it would fork the
chain or shrink a list, and members' clients would refuse it; or draw figures a second time. Without keys in
the backup there is a new online key, which the root has to certify.
"""

import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import msgspec

from feeds import readback
from feeds.figures import json_path
from keys import directory, files, lists
from keys.directory import Certificate, fingerprint
from keys.keyring import WEEKS_AHEAD, Keyring
from keys.lists import Kind
from warp import backup, config, epochs, publication
from warp.backup import Manifest, NoBackup, Part
from warp.founding import CERTIFICATE, AlreadyThere
from warp.publication import Tree
from warp.weeks import Period, Span, Week


class MayBeBehind(Exception):
    """Something may have been published after the backup; says what to do."""


class Restored(NamedTuple):
    """What came of a backup."""

    manifest: Manifest
    lost: list[Week]
    """Weeks from today's on that are announced and whose keys are lost."""


def restore(
    path: Path, data: Path, today: date, public: Path | None, *, nothing_later: bool, secret: bytes | None
) -> Restored:
    """
    Make a site from a backup.

    Args:
        path: The backup.
        data: Where; must not exist, or be empty.
        today: UTC.
        public: A copy of the site's public folder, with what was published after the backup.
        nothing_later: Whether somebody has made sure that nothing was published after backup and copy.
        secret: Seals a new online key, if one has to be made.

    Raises:
        AlreadyThere: there is something.
        NoBackup: the file is none, or is damaged.
        MayBeBehind: a midnight has passed, and neither the copy nor anybody says what was published then.
        DirectoryError, ListError: what was published later does not follow.
    """
    if data.exists() and any(data.iterdir()):
        raise AlreadyThere(f"{data} exists and is not empty; choose another folder")
    manifest = backup.read_manifest(path)
    must_be_new = manifest.made < today and not nothing_later
    if must_be_new:
        _check_lists(manifest, public, today - timedelta(days=1))
    data.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{data.name}-", dir=data.parent))
    try:
        _unpack(path, workshop)
        root = config.read(workshop).root_key
        tree = Tree(workshop / "public")
        if public is not None:
            _continue_directory(tree, root, public / "v1" / "directory")
            _continue_lists(tree, root, public)
            _continue_figures(tree, public)
        if must_be_new:
            _check_directory(tree, today)
            _check_figures(tree, manifest.made, today)
        keyring = Keyring(workshop / "keys")
        if Part.KEYS not in manifest.parts:
            _new_online_key(workshop, keyring, root, Week.of(today), secret)
        lost = [week for week in epochs.announced(tree, Week.of(today)) if not keyring.has(week)]
        _make_durable(workshop)
        if data.exists():
            data.rmdir()
        workshop.rename(data)
        files.make_durable(data.parent)
    except BaseException:
        _destroy(workshop)
        raise
    return Restored(manifest, lost)


def _check_lists(manifest: Manifest, public: Path | None, yesterday: date) -> None:
    """Refuse before a key is unpacked; no list in the backup is as new as those of the copy have to be."""
    if public is None:
        raise MayBeBehind(
            f"this backup is of {manifest.made}: give a copy of the site's public folder, with what it has "
            "published since, with --public DIR; if it has published nothing since, say --nothing-later"
        )
    week = Week.of(yesterday)
    for kind in Kind:
        folder = public / "v1" / kind
        document = _either(folder / f"{week}.list", folder / str(week))
        if document is None or lists.read_own(document).head.day < yesterday.isoformat():
            raise MayBeBehind(
                f"{folder} holds no list of {week} with what was published until {yesterday}; get a newer "
                "copy or, if the site has published nothing since this one, say --nothing-later"
            )


def _check_figures(tree: Tree, made: date, today: date) -> None:
    """Refuse to draw the figures of a period a second time, beside those that are public."""
    week = Week.of(made).plus(-1)
    while week.end.date() <= today:
        for span in Span:
            period = Period.of(week, span)
            over = period.last == week and week.end.date() >= made
            if over and tree.read(json_path(str(period))) is None:
                raise MayBeBehind(
                    f"neither backup nor copy holds v1/figures of {period}, which has ended since; get a "
                    "newer copy or, if the site has published nothing since the backup, say --nothing-later"
                )
        week = week.plus(1)


def _check_directory(tree: Tree, today: date) -> None:
    last = Week.of(today).plus(WEEKS_AHEAD)
    if last not in epochs.announced(tree, Week.of(today)):
        raise MayBeBehind(
            f"neither backup nor copy holds the directory until {last}; get a newer copy of v1/directory or, "
            "if the site has published nothing since this one, say --nothing-later"
        )


def _unpack(path: Path, workshop: Path) -> None:
    tree = Tree(workshop / "public")
    for name, content, modified in _content(path):
        if name.parts[0] == "public":
            write = tree.keep if name.suffix == ".list" else tree.write  # lists have no twin
            write(str(name.relative_to("public")), content, datetime.fromtimestamp(modified, UTC))
            continue
        target = workshop / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(content)
        os.utime(target, (0, 0))
    if not all((workshop / name).exists() for name in (*backup.DATABASES, "public/v1/directory/newest.json")):
        raise NoBackup(f"{path} is damaged: it has no databases, or no directory")


def _make_durable(workshop: Path) -> None:
    """Have all survive a power cut but pages and feeds, which the server writes anew."""
    kept = (workshop / "keys", workshop / "public" / "v1")
    for path in (*(each for folder in kept for each in folder.rglob("*")), *workshop.glob("*"), workshop):
        files.make_durable(path)


def _destroy(workshop: Path) -> None:
    """Overwrite what is not public, the keys first of all, and remove all."""
    for path in sorted(workshop.rglob("*"), key=lambda path: path.parent == workshop):
        if path.is_file() and not path.is_relative_to(workshop / "public"):
            files.destroy(path)
    shutil.rmtree(workshop)


def _content(path: Path) -> Iterator[tuple[PurePosixPath, bytes, int]]:
    """Give name, content and time of everything in a backup that belongs into a data folder."""
    try:
        with tarfile.open(path) as tar:
            for entry in tar:
                name = PurePosixPath(entry.name)
                file = tar.extractfile(entry) if entry.isfile() else None
                if file is None or not name.parts or name.is_absolute() or ".." in name.parts:
                    raise NoBackup(f"{path} is no backup: it holds what does not belong into a site")
                if entry.name != backup.MANIFEST:
                    yield name, file.read(), int(entry.mtime)
    except (tarfile.TarError, EOFError):
        raise NoBackup(f"{path} is damaged") from None


def _continue_directory(tree: Tree, root: bytes, folder: Path) -> None:
    """Add the documents that follow the newest one, as far as the folder has them."""
    newest = publication.newest_document(tree)
    if newest is None:
        return
    documents, number = [newest], publication.read_entry(newest).number + 1
    while (document := _either(folder / f"{number}.json", folder / f"{number}")) is not None:
        documents.append(document)
        number += 1
    for document, verified in zip(
        documents, directory.check_chain(documents, fingerprint(root)), strict=True
    ):
        entry = verified.entry
        publication.publish_directory(tree, entry.number, document, Week.parse(entry.week))


def _either(file: Path, address: Path) -> bytes | None:
    """Read what a mirror keeps under the file's name, or under that of its address."""
    return next((path.read_bytes() for path in (file, address) if path.exists() and not path.is_dir()), None)


def _continue_lists(tree: Tree, root: bytes, public: Path) -> None:
    """Take the public lists as they stood last, after the checks that members' clients make."""
    pinned = fingerprint(root)
    for kind in Kind:
        folder = public / "v1" / kind
        for week in sorted({path.stem for path in folder.glob("[0-9]*")}):
            document = _either(folder / f"{week}.list", folder / week)
            if document is None:
                continue
            found = lists.read(document, kind, week, pinned)
            place = publication.list_path(kind, Week.parse(week))
            earlier = tree.read(place)
            if earlier is not None:
                lists.check_growth(lists.read(earlier, kind, week, pinned), found)
            ended = datetime.combine(date.fromisoformat(found.head.day), time(), UTC) + timedelta(days=1)
            tree.keep(place, document, ended)


def _continue_figures(tree: Tree, public: Path) -> None:
    """Take the figures that are public; the database learns them when their periods are closed."""
    folder = public / "v1" / "figures"
    for name in sorted({path.name.removesuffix(".json") for path in folder.glob("[0-9]*")}):
        document = _either(folder / f"{name}.json", folder / name)
        try:
            ended = Period.parse(name).end
        except ValueError:
            continue  # the same as CSV
        if document is not None and tree.read(json_path(name)) is None:
            try:
                readback.read(document, name)
            except ValueError as error:
                raise MayBeBehind(f"{folder} holds no figures of {name}: {error}; get another copy") from None
            tree.write(json_path(name), document, ended, durable=True)


def _new_online_key(workshop: Path, keyring: Keyring, root: bytes, week: Week, secret: bytes | None) -> None:
    """Make an online key with a certificate for no week; `warp certify` puts a true one in its place."""
    keyring.create(secret)
    public = keyring.online.public_key().public_bytes_raw()
    uncertified = Certificate(root, public, str(week), str(week.plus(-1)), b"")
    (workshop / "keys" / CERTIFICATE).write_bytes(msgspec.json.encode(uncertified))
