"""
Writes a database file anew, so that it holds what it holds and nothing of what it held.

A page keeps its rows in the order in which they came, and a write-ahead log keeps old pages; this ends both.
It needs as much memory or temporary disk as the file is large, so the server has it done by a child process.
Plain `sqlite3`, because it is no statement on any table.
"""

import contextlib
import os
import sqlite3
import time
from pathlib import Path

_PATIENCE_SECONDS = 5
_PAUSE_SECONDS = 0.02


class StillInUse(Exception):
    """Another process kept the write-ahead log from being emptied; old pages are still on disk."""


def rewrite(path: Path, *, in_memory: bool) -> None:
    """
    Write a database file in key order and empty its write-ahead log; other processes may have it open.

    Args:
        path: The file.
        in_memory: Whether the copy is built in memory, or in a temporary file where SQLITE_TMPDIR says.

    Raises:
        StillInUse: a reader of another process held on for longer than five seconds.
    """
    with contextlib.closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA temp_store = {'MEMORY' if in_memory else 'FILE'}")
        connection.execute("VACUUM")
        _empty_log(connection)
    hide_times(path)
    os.utime(path.parent, (0, 0))  # a temporary file came and went there


def _empty_log(connection: sqlite3.Connection) -> None:
    """
    Empty the write-ahead log.

    SQLite waits for readers and writers, but not for another connection's checkpoint, which a commit to a
    long log begins by itself: then it says at once that it is busy. So it is asked again.
    """
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_SECONDS * 1000}")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() >= deadline:
            raise StillInUse("the write-ahead log could not be emptied")
        time.sleep(_PAUSE_SECONDS)


def hide_times(path: Path) -> None:
    """Set a database's file times to a constant; the time of a file is the time of its last report."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.utime(f"{path}{suffix}", (0, 0))
