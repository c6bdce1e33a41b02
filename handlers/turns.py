"""
Turns: of what is dear to answer so many are made at a time, a bounded number waits, and the rest comes later.

So that whoever asks for much of it at once delays those alone who ask for the same, and never reports.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Busy(Exception):
    """Too many wait already."""


class Turns:
    """Turns at one kind of work, given in the order in which they are asked for."""

    def __init__(self, at_a_time: int, waiting: int) -> None:
        """
        Bound a kind of work.

        Args:
            at_a_time: How much of it is done at a time.
            waiting: How much more may wait.
        """
        self._turn = asyncio.Semaphore(at_a_time)
        self._most = at_a_time + waiting
        self._here = 0

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """
        Wait for a turn, which ends with the block.

        Raises:
            Busy: too many wait already.
        """
        if self._here >= self._most:
            raise Busy
        self._here += 1
        try:
            async with self._turn:
                yield
        finally:
            self._here -= 1
