"""
The relay: takes envelopes of several senders, mixes them, and hands them on.

It opens nothing, keeps nothing on a disk and says nothing of a request. A sender is answered only when the
server (or the next relay) has answered, so that "accepted" keeps its meaning; and all of a batch are answered
together, so that the times of the answers do not tell who sent what.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

from warp.exchange import Unreachable

_FORWARD_SECONDS = 45.0
"""For one envelope; with the wait for others it must be less than a client's own patience, 120 seconds."""


class RelayFull(Exception):
    """The relay holds as many envelopes as it may."""


class Mixing(NamedTuple):
    """How envelopes are mixed."""

    most: int = 16
    """A batch goes on when it has so many envelopes …"""
    seconds: float = 20.0
    """… or so long after its first one."""
    held: int = 256
    """Envelopes, 16 KiB each, that are held at once in all batches."""


_Waiting = tuple[bytes, asyncio.Future[BaseException | None]]


class Relay:
    """Envelopes on their way. It works inside `running`."""

    def __init__(
        self,
        forward: Callable[[bytes], Awaitable[None]],
        mixing: Mixing,
        shuffle: Callable[[list[Any]], None],
        forward_seconds: float = _FORWARD_SECONDS,
    ) -> None:
        self._forward = forward
        self._mixing = mixing
        self._shuffle = shuffle
        self._forward_seconds = forward_seconds
        self._batch: list[_Waiting] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._held = 0
        self._is_hurried = False

    async def accept(self, sealed: bytes) -> None:
        """
        Hand an envelope on; returns when the server has it.

        Raises:
            RelayFull: it was not taken.
            Refused, Unreachable: what came of handing it on.
        """
        if self._held >= self._mixing.held:
            raise RelayFull
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[BaseException | None] = loop.create_future()
        self._held += 1
        try:
            self._batch.append((sealed, answered))
            if len(self._batch) == 1:
                self._timer = loop.call_later(self._mixing.seconds, self._send_batch)
            if len(self._batch) == self._mixing.most or self._is_hurried:
                self._send_batch()
            outcome = await answered
        finally:
            self._held -= 1
        if outcome is not None:
            raise outcome

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hand batches on while the block runs; then what still waits."""
        try:
            yield
        finally:
            self.hurry()
            if self._under_way:
                await asyncio.wait(self._under_way)

    def hurry(self) -> None:
        """Wait for no further envelopes from now on: the relay is about to end."""
        self._is_hurried = True
        if self._batch:
            self._send_batch()

    def _send_batch(self) -> None:
        self._timer.cancel()
        batch, self._batch = self._batch, []
        self._shuffle(batch)
        task = asyncio.create_task(self._hand_on(batch))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _hand_on(self, batch: list[_Waiting]) -> None:
        outcomes = await asyncio.gather(
            *(self._hand_on_one(sealed) for sealed, _ in batch), return_exceptions=True
        )
        for (_, answered), outcome in zip(batch, outcomes, strict=True):
            if not answered.done():
                answered.set_result(outcome)

    async def _hand_on_one(self, sealed: bytes) -> None:
        try:
            async with asyncio.timeout(self._forward_seconds):
                await self._forward(sealed)
        except TimeoutError:
            raise Unreachable("no answer in time") from None
