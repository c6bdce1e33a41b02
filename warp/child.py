"""
Runs detection, disclosure and rewriting in a short-lived child process, so that the server stays small.

The parent sends one task on standard input and reads one answer on standard output; the child then ends, and
with it the memory that it took. The secret of a period's figures is made in the child and never leaves it.
"""

import asyncio
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from storage import rewriting
from warp import detection, disclosure
from warp.counting import Counts, Judgement, Months, Threshold
from warp.disclosure import Release
from warp.events import Event, say_nothing_else, to_stderr
from warp.policies import Policy
from warp.tally import FirstTokens, WeekCounts
from warp.weeks import Period, Week


class ChildFailed(Exception):
    """The child process ended without an answer; it has said why on standard error."""


class Judge(msgspec.Struct, frozen=True, tag=True):
    """Judge the open week."""

    counts: Counts
    first_tokens: tuple[dict[tuple[str, str], dict[Week, int]], ...]
    thresholds: tuple[Threshold, ...]
    false_alarms_a_week: float
    months: Months | None
    late_tokens: tuple[dict[tuple[str, str], dict[Week, int]], ...]

    def run(self) -> Judgement:
        """Give the signals."""
        return detection.judge(
            self.counts,
            self.first_tokens,
            self.thresholds,
            self.false_alarms_a_week,
            self.months,
            self.late_tokens,
        )


class Protect(msgspec.Struct, frozen=True, tag=True):
    """Make the figures of a closed period."""

    period: str
    tally: dict[Week, WeekCounts]
    earlier: tuple[Release, ...]
    member_places: tuple[str, ...]
    policy: Policy

    def run(self) -> Release:
        """Give the figures, with a secret that is used once."""
        secret = secrets.token_bytes(32)
        period = Period.parse(self.period)
        return disclosure.protect(period, self.tally, self.earlier, self.member_places, self.policy, secret)


class Rewrite(msgspec.Struct, frozen=True, tag=True):
    """Write a database file anew."""

    path: str

    def run(self) -> None:
        """Do it, with a temporary file where the parent has said."""
        rewriting.rewrite(Path(self.path), in_memory=False)


_Task = Judge | Protect | Rewrite


async def judge(
    counts: Counts,
    first_tokens: Sequence[FirstTokens],
    late_tokens: Sequence[FirstTokens],
    months: Months | None,
    thresholds: Sequence[Threshold],
    false_alarms_a_week: float,
) -> Judgement:
    """Give what `detection.judge` gives, from a child process."""
    first, late = (
        tuple({cell: dict(weeks) for cell, weeks in arrived.items()} for arrived in tokens)
        for tokens in (first_tokens, late_tokens)
    )
    task = Judge(counts, first, tuple(thresholds), false_alarms_a_week, months, late)
    return msgspec.msgpack.decode(await _ask(task), type=Judgement)


async def protect(
    period: Period,
    tally: Mapping[Week, WeekCounts],
    earlier: Sequence[Release],
    member_places: frozenset[str],
    policy: Policy,
) -> Release:
    """Give what `disclosure.protect` gives, from a child process and with a secret of its own."""
    task = Protect(str(period), dict(tally), tuple(earlier), tuple(sorted(member_places)), policy)
    return msgspec.msgpack.decode(await _ask(task), type=Release)


async def rewrite(path: Path) -> None:
    """Write a database file anew in a child process; what it puts aside meanwhile lies beside the file."""
    await _ask(Rewrite(str(path)), {"SQLITE_TMPDIR": str(path.parent)})


async def _ask(task: _Task, environment: Mapping[str, str] = MappingProxyType({})) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "warp.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**_without_secrets(), **environment},
    )
    answer, _ = await process.communicate(msgspec.msgpack.encode(task))
    if process.returncode != 0:
        raise ChildFailed("a child process ended without an answer; it said why above")
    return answer


def _without_secrets() -> dict[str, str]:
    """Give the environment without what unlocks key files: a child needs none."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WARP_KEYS_")}


def main() -> int:
    """Answer one task."""
    say_nothing_else()
    try:
        task = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=_Task)
        sys.stdout.buffer.write(msgspec.msgpack.encode(task.run()))
    except Exception as error:  # noqa: BLE001 - a traceback would show counts
        to_stderr(Event.FAULT, error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
