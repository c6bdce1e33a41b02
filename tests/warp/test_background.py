"""Work beside the requests: a failure stops nothing else, and what is being written is finished."""

import asyncio

import pytest

from tests.support import Logged
from warp.background import Background
from warp.events import Event


async def test_what_fails_is_an_event_and_ends_nothing_else() -> None:
    logged, done = Logged(), asyncio.Event()

    async def fail() -> None:
        raise OSError("a disk that is full")

    async def work() -> None:
        await asyncio.sleep(0)
        done.set()

    background = Background(logged)
    async with background.running():
        background.begin(fail)
        background.begin(work)
        await asyncio.wait_for(done.wait(), 5)
    assert logged.events == [Event.FAULT]


async def test_the_end_cuts_short_what_waits_and_finishes_what_is_whole() -> None:
    begun, steps = asyncio.Event(), []

    async def write() -> None:
        begun.set()
        await asyncio.sleep(0.05)
        steps.append("written")

    background = Background(Logged())

    async def work() -> None:
        await background.whole(write())
        steps.append("went on")

    async with background.running():
        background.begin(work)
        await begun.wait()
    assert steps == ["written"]


async def test_what_ends_before_it_has_begun_never_begins() -> None:
    background = Background(Logged())

    async def work() -> None:
        pytest.fail("it was not to begin")

    async with background.running():
        background.begin(work)
