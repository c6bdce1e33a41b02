"""Turns: how much is done at a time, how many wait, and what the rest is told."""

import asyncio

import pytest

from handlers.turns import Busy, Turns


async def test_so_many_work_at_a_time_so_many_wait_and_the_rest_is_refused() -> None:
    turns, held = Turns(2, 3), asyncio.Event()
    working: list[int] = []

    async def work(number: int) -> None:
        async with turns.one():
            working.append(number)
            await held.wait()

    tasks = [asyncio.create_task(work(number)) for number in range(8)]
    refused, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert working == [0, 1]
    assert {type(task.exception()) for task in refused} == {Busy}
    assert [tasks.index(task) for task in sorted(refused, key=tasks.index)] == [5, 6, 7]
    held.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert working == [0, 1, 2, 3, 4]


async def test_who_fails_or_goes_away_leaves_its_place_to_others() -> None:
    turns = Turns(1, 0)
    with pytest.raises(ValueError, match="mine"):
        async with turns.one():
            raise ValueError("mine")
    async with turns.one():
        with pytest.raises(Busy):
            async with turns.one():
                pass
    waits = Turns(1, 1)
    async with waits.one():
        waiting = asyncio.create_task(waits.one().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        second = asyncio.create_task(waits.one().__aenter__())
        await asyncio.sleep(0)
        assert not second.done(), "it waits, and is not refused"
        second.cancel()
