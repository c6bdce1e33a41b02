"""
Who does the heavy work of a release: a child process each time, or this process.

Part of the composition, beside `warp.site`.
"""

import asyncio
import functools
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from storage import rewriting
from warp import child, detection, disclosure
from warp.config import Config
from warp.counting import Counts, Judgement, Months
from warp.disclosure import Release
from warp.policies import Policy
from warp.release import JudgeWeek, Protect
from warp.tally import FirstTokens, WeekCounts
from warp.weeks import Period, Week


class Workers(NamedTuple):
    """Who does the heavy work of a release."""

    judge: JudgeWeek
    protect: Protect
    rewrite: Callable[[Path], Awaitable[None]]


def children(settings: Config) -> Workers:
    """Have the heavy work done by child processes."""
    judge = functools.partial(
        child.judge, thresholds=settings.thresholds, false_alarms_a_week=settings.false_alarms_a_week
    )
    return Workers(judge, child.protect, child.rewrite)


def here(settings: Config) -> Workers:
    """Do the heavy work in this process; for runs that do much of it and end."""

    async def judge(
        counts: Counts,
        first_tokens: Sequence[FirstTokens],
        late_tokens: Sequence[FirstTokens],
        months: Months | None,
    ) -> Judgement:
        thresholds, a_week = settings.thresholds, settings.false_alarms_a_week
        return detection.judge(counts, first_tokens, thresholds, a_week, months, late_tokens)

    async def protect(
        period: Period,
        tally: Mapping[Week, WeekCounts],
        earlier: Sequence[Release],
        homes: frozenset[str],
        policy: Policy,
    ) -> Release:
        return disclosure.protect(period, tally, earlier, homes, policy, secrets.token_bytes(32))

    async def rewrite(path: Path) -> None:
        await asyncio.to_thread(rewriting.rewrite, path, in_memory=True)

    return Workers(judge, protect, rewrite)
