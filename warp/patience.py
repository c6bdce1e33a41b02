"""
Patience: tries again while no answer comes, for longer and longer, and then gives up.

Only what can be asked again unchanged belongs here: a sync, and an envelope that is in the outbox.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import SystemRandom
from typing import TypeVar

from warp.exchange import Unreachable

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try. Pauses double, and are drawn, so that many clients do not come back all at once."""

    tries: int = 6
    """The first one included."""
    first_seconds: float = 2.0
    """The first pause is between half of it and all of it."""
    most_seconds: float = 60.0
    """No pause is longer."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    uniform: Callable[[float, float], float] = SystemRandom().uniform

    async def persist(self, act: Callable[[], Awaitable[R]]) -> R:
        """
        Do it until it is answered.

        Raises:
            Unreachable: of the last try.
        """
        for done in range(1, self.tries):
            try:
                return await act()
            except Unreachable:
                longest = min(self.most_seconds, self.first_seconds * 2 ** (done - 1))
                await self.sleep(self.uniform(longest / 2, longest))
        return await act()
