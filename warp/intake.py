"""
Intake: takes an envelope, or says why not.

Opens it in memory, checks everything in it, then stores it still sealed together with the mark of its token,
in one transaction shared by all envelopes that arrived meanwhile. The caller gets its answer only after that
transaction is on disk. Nothing of a refused envelope is kept. Counting is the release's business.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from keys.errors import TokenError
from storage import pool
from storage.database import Database
from warp.opening import Expired, Opener

_LARGEST_BATCH = 256
_QUEUE = 512
"""Envelopes, 16 KiB each, that may wait for the disk; further requests wait before they are opened."""

_Waiting = tuple[pool.Arrival, asyncio.Future[bool]]


class TokenSpent(TokenError):
    """This token has been used for another report."""


class Intake:
    """The way into the pool."""

    def __init__(self, reports: Database, opener: Opener, random_id: Callable[[], int]) -> None:
        self._reports = reports
        self._opener = opener
        self._random_id = random_id
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(_QUEUE)

    async def accept(self, envelope: bytes, now: datetime) -> None:
        """
        Take an envelope into the pool; durable when this returns. Taking the same one again changes nothing.

        Raises:
            EnvelopeError, TokenError, InvalidReport: what is wrong with it; see `Opener.open`.
            TokenSpent: its token has been used for another envelope.
        """
        opened = self._opener.open(envelope, now)
        arrival = pool.arrival(envelope, opened.token, str(opened.week))
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        await self._queue.put((arrival, stored))
        if not await stored:
            raise TokenSpent

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write batches while the block runs; then store what still waits."""
        writer = asyncio.create_task(self._write_batches())
        try:
            yield
            await self._queue.join()
        finally:
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer

    async def _write_batches(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < _LARGEST_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._write(batch)
            for _ in batch:
                self._queue.task_done()

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            async with self._reports.write() as connection:
                live = [pair for pair in batch if self._opener.has_keys_of(pair[0].week)]
                accepted = await pool.accept(connection, [arrival for arrival, _ in live], self._random_id)
        except Exception as error:  # noqa: BLE001 - every waiting request gets the failure as its own
            for _, stored in batch:
                if not stored.done():
                    stored.set_exception(error)
            return
        for (_, stored), outcome in zip(live, accepted, strict=True):
            if not stored.done():
                stored.set_result(outcome)
        for _, stored in batch:
            if not stored.done():
                stored.set_exception(Expired())  # its keys were destroyed while it waited for the disk
