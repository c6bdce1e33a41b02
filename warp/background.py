"""
Work that goes on beside the requests, and ends with the server.

What waits for others is cut short at the end; what is being written into a database is not.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from warp.events import Event, Log

T = TypeVar("T")
Work = Callable[[], Awaitable[None]]
"""Not begun yet, so that what is ended before its beginning leaves nothing."""


class Background:
    """Tasks of one owner. They go on inside `running`."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._tasks: set[asyncio.Task[Any]] = set()
        self._whole: set[asyncio.Task[Any]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let tasks go on while the block runs, and end them with it."""
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            for tasks in (self._tasks, self._whole):
                await asyncio.gather(*tasks, return_exceptions=True)

    def begin(self, work: Work) -> None:
        """Begin a task; what fails in it is logged, and ends nothing else."""
        _kept(self._tasks, self.watched(work))

    async def watched(self, work: Work) -> None:
        """Do something here; what fails in it is logged."""
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - a full disk must end neither the loop nor the server
            self._log(Event.FAULT, error)

    async def whole(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something that is not cut short, though the task that waits for it is."""
        return await asyncio.shield(_kept(self._whole, work))


def _kept(tasks: set[asyncio.Task[Any]], work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task
