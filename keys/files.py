"""
Secret files: written whole or not at all, overwritten when they go, and without a time.

What file systems and SSDs keep below a file is not in their power; see docs/threat-model.md.
"""

import os
import secrets
from pathlib import Path

_OLD, _PARTIAL = ".old", ".partial"
_CHUNK = 1 << 20


def write_new(path: Path, data: bytes) -> None:
    """
    Write a new secret file, whole or not at all; its time is set to a constant.

    Raises:
        FileExistsError: there is a file of this name, which stays as it is.
    """
    partial = _write_partial(path, data)
    try:
        os.link(partial, path)
    finally:
        partial.unlink()
    make_durable(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Put a secret file in the place of another, which is then overwritten; a crash leaves one of the two."""
    old = path.with_name(path.name + _OLD)
    os.link(path, old)
    _write_partial(path, data).replace(path)
    make_durable(path.parent)
    destroy(old)


def destroy(path: Path) -> None:
    """Overwrite a secret file and remove it; its name goes first, so that nobody meets it half destroyed."""
    old = path if path.suffix in (_OLD, _PARTIAL) else path.rename(path.with_name(path.name + _OLD))
    with old.open("r+b") as file:
        for start in range(0, size := old.stat().st_size, _CHUNK):
            file.write(secrets.token_bytes(min(_CHUNK, size - start)))
        file.flush()
        os.fsync(file.fileno())
    old.unlink()


def destroy_leftovers(folder: Path) -> None:
    """Destroy what a crash left of the writing of secret files; nobody else may be writing one."""
    for path in folder.rglob("*"):
        if path.suffix in (_OLD, _PARTIAL):
            if path.stat().st_nlink > 1:
                path.unlink()  # a second name of a file that is in use
            else:
                destroy(path)


def make_durable(path: Path) -> None:
    """Have a folder's files keep their new names through a power cut, or a file its content."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_partial(path: Path, data: bytes) -> Path:
    partial = path.with_name(f"{path.name}.{secrets.token_hex(8)}{_PARTIAL}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        destroy(partial)
        raise
    os.utime(partial, (0, 0))
    return partial
