"""
Envelope files: a report that leaves this machine by hand, on a stick or as an attachment.

The wallet keeps an envelope until a file surely holds it, so a crash on the way loses nothing; the same
envelope in two places is counted once. A file tells nothing: one size, and no time of its own.
"""

import contextlib
import errno
import os
from pathlib import Path

from keys.envelope import SIZE, read_header
from keys.files import make_durable
from warp.wallet import Wallet

_NO_TIME = (0, 0)


def carry(wallet: Wallet, path: Path) -> None:
    """
    Write the oldest envelope that nobody has taken to a file, and drop it from the wallet.

    Args:
        wallet: Holds such an envelope. One from the outbox will not be sent from here any more.
        path: The file; must be new, unless it holds this very envelope.

    Raises:
        OSError: it cannot be written; the envelope stays in the wallet.
    """
    contents = wallet.contents
    if not contents.to_carry:
        contents.to_carry.append(contents.outbox[0])
        contents.take_out_first()
        wallet.save()
    _write(path, contents.to_carry[0])
    contents.to_carry.pop(0)
    wallet.save()


def check_new(path: Path) -> None:
    """
    Check that a file can be made, before anything is spent on it.

    Raises:
        OSError: it is there already, or its folder is not there or takes no files.
    """
    if path.exists():
        raise _exists(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))


def _write(path: Path, sealed: bytes) -> None:
    """Write the file whole, under its name only once all of it is on the disk; never over another."""
    if path.is_file() and path.read_bytes() == sealed:
        return  # written before a crash
    partial = path.with_name(f".{path.name}.partial")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _exists(path) from None
    os.close(descriptor)  # the name is ours; a stick's file system has no link() to claim it with
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.utime(partial, _NO_TIME)
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
            path.unlink()
        raise
    make_durable(path.parent)


def _exists(path: Path) -> FileExistsError:
    return FileExistsError(errno.EEXIST, "exists already; nothing is written over it", str(path))


def read(path: Path) -> bytes:
    """
    Give the envelope that a file holds.

    Raises:
        EnvelopeError: of another length, or not begun as an envelope is.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        sealed = file.read(SIZE + 1)
    read_header(sealed)
    return sealed
