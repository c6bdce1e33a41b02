"""Patience: how often, how long, and what it does not try again."""

import itertools

import pytest

from warp.exchange import Refused, Unreachable
from warp.patience import Patience


class Act:
    """Fails so many times."""

    def __init__(self, failures: int, error: Exception | None = None) -> None:
        self.tries = 0
        self._failures = failures
        self._error = error or Unreachable("away")

    async def __call__(self) -> str:
        self.tries += 1
        if self.tries <= self._failures:
            raise self._error
        return "done"


class Slept:
    """Takes the pauses."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def patient(slept: Slept, *, at: int) -> Patience:
    """Give one that draws the shortest (0) or the longest (1) pauses."""
    return Patience(5, 2.0, 10.0, slept, lambda *bounds: bounds[at])


async def test_what_is_answered_at_once_waits_for_nothing() -> None:
    slept, act = Slept(), Act(0)
    assert await patient(slept, at=1).persist(act) == "done"
    assert (act.tries, slept.seconds) == (1, [])


async def test_pauses_double_up_to_the_longest() -> None:
    slept, act = Slept(), Act(4)
    assert await patient(slept, at=1).persist(act) == "done"
    assert slept.seconds == [2.0, 4.0, 8.0, 10.0]


async def test_no_pause_is_less_than_half_of_what_it_may_be() -> None:
    slept = Slept()
    await patient(slept, at=0).persist(Act(4))
    assert slept.seconds == [1.0, 2.0, 4.0, 5.0]


async def test_after_the_last_try_it_gives_up_without_a_further_pause() -> None:
    slept, act = Slept(), Act(99)
    with pytest.raises(Unreachable, match="away"):
        await patient(slept, at=1).persist(act)
    assert (act.tries, len(slept.seconds)) == (5, 4)


async def test_a_refusal_is_not_asked_for_twice() -> None:
    slept, act = Slept(), Act(1, Refused("no"))
    with pytest.raises(Refused):
        await patient(slept, at=1).persist(act)
    assert (act.tries, slept.seconds) == (1, [])


async def test_two_clients_draw_different_pauses() -> None:
    drawn = []
    for _ in range(2):
        slept = Slept()
        await Patience(sleep=slept).persist(Act(5))
        drawn.append(slept.seconds)
    assert drawn[0] != drawn[1]
    for pauses in drawn:
        for pause, longest in zip(pauses, itertools.accumulate([2.0] * 5, lambda a, _: a * 2), strict=True):
            assert longest / 2 <= pause <= longest
