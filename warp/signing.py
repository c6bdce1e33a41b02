"""
Signing: puts the detached signature beside every machine twin that lacks it.

Comes after publication, which needs no private key: a warning can be published from the command line while
only the server holds the passphrase of the key files, and the server signs it then. A signature can be made
anew from its twin at any time; its file's time is the twin's.
"""

import contextlib
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

from feeds import twin
from keys import detached
from keys.directory import Certificate
from keys.errors import NotADocument
from keys.keyring import Keyring
from warp.publication import Tree
from warp.weeks import Week


def sign_missing(
    tree: Tree, keyring: Keyring, certificate: Certificate, week: Week, ids: Collection[str] | None = None
) -> int:
    """
    Sign the twins whose signature is not there, or is of other bytes or another root; gives how many.

    A signature of what is gone goes first, also where the key cannot be had: it would confirm a guess of what
    was withdrawn, and look like a forgery beside a new version. Without a certificate for the week nothing is
    signed, since nobody would believe it.

    Args:
        tree: Where the twins stand.
        keyring: Holds the online key; asked for it only if there is something to sign.
        certificate: Of the online key.
        week: The present one.
        ids: The advisories to look at; all unless given.

    Raises:
        KeysLocked: the key is sealed, and nobody gives the secret.
    """
    for signature in _files(tree, "sig", ids):
        if not signature.with_suffix(".json").exists():
            signature.unlink(missing_ok=True)
    missing = [path for path in _files(tree, "json", ids) if not _is_signed(path, certificate)]
    for path in missing:
        path.with_suffix(".sig").unlink(missing_ok=True)
    if not missing or not certificate.covers(keyring.online, week):
        return 0
    signed = 0
    for path in missing:
        with contextlib.suppress(NotADocument):  # a damaged one is no reason to leave the others
            made = detached.sign(path.read_bytes(), keyring.online, certificate, week)
            name = path.with_suffix(".sig").relative_to(tree.folder).as_posix()
            tree.write(name, made, datetime.fromtimestamp(path.stat().st_mtime, UTC), twin=False)
            signed += 1
    return signed


def _files(tree: Tree, ending: str, ids: Collection[str] | None) -> Iterator[Path]:
    """Give the files of advisories, current and of earlier versions, that end so."""
    folder = tree.folder / twin.FOLDER
    if ids is not None:
        for each in ids:
            yield from folder.glob(f"{each}.{ending}")
            yield from folder.glob(f"{each}/*.{ending}")
        return
    of_no_advisory = {tree.folder / twin.INDEX_PATH, tree.folder / twin.SCHEMA_PATH}
    for path in folder.rglob(f"*.{ending}"):
        if path not in of_no_advisory:
            yield path


def _is_signed(path: Path, certificate: Certificate) -> bool:
    signature = path.with_suffix(".sig")
    return signature.exists() and detached.is_of(signature.read_bytes(), path.read_bytes(), certificate)
