"""
One at a time: keeps the processes of a site from releasing, announcing and publishing at once.

The server and the command line work on the same folder. Readers need no lock: each file is whole at any time.
"""

import asyncio
import contextlib
import fcntl
from collections.abc import AsyncIterator
from contextvars import ContextVar
from pathlib import Path

LOCK = "lock"
"""Name of the file in the data folder that is locked."""
_held: ContextVar[bool] = ContextVar("held", default=False)
"""Whether the running task has the lock."""


@contextlib.asynccontextmanager
async def alone(data: Path) -> AsyncIterator[None]:
    """Wait until no other process has the lock of a data folder, and keep it; one's own steps may nest."""
    if _held.get():
        yield
        return
    with (data / LOCK).open("ab") as file:
        await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
        token = _held.set(True)
        try:
            yield
        finally:
            _held.reset(token)
