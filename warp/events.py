"""
What the server may say of itself: an allow-list of named events.

An event is a name and, for a fault, the class of the exception and the line of our code. Nothing that came
from a request, a database or a clock can be said, because there is no argument to say it with.
"""

import enum
import logging
import sys
import traceback
from pathlib import Path
from typing import Protocol

_OURS = frozenset({"warp", "handlers", "storage", "feeds", "keys"})


class Event(enum.StrEnum):
    """Everything that can be logged."""

    STARTED = "started"
    STOPPED = "stopped"
    RELEASED = "released"
    UNREADABLE = "an envelope in the pool could not be opened and was dropped"
    PERIOD_CLOSED = "period closed"
    KEYS_MADE = "keys made"
    KEYS_DESTROYED = "keys destroyed"
    LIST_DAMAGED = "a public list could not be read and stays as it is; what waits joins the next week's"
    NOT_LET_OUT = "a warning was set to go out by now and could not; warp status says which"
    NOT_TOLD = "coordinators could not be told"
    CLOCK_IN_DOUBT = "the clock is in doubt, so midnight's work waits for a person"
    CLOCK_WAS_AHEAD = "the clock was ahead, so the last midnight's work is done again"
    NOT_CERTIFIED = "no keys announced, because the root has not certified the online key for that week"
    FAULT = "fault"


class Log(Protocol):
    """Takes events."""

    def __call__(self, event: Event, error: BaseException | None = None) -> None: ...


def to_stderr(event: Event, error: BaseException | None = None) -> None:
    """Write an event as one line, without a time; journals add their own."""
    where = f": {type(error).__name__} at {_place(error)}" if error is not None else ""
    print(f"warp: {event}{where}", file=sys.stderr, flush=True)


def raise_faults(event: Event, error: BaseException | None = None) -> None:
    """Say nothing, for runs that have events by the thousand; a fault is raised where it happens."""
    if event is Event.FAULT and error is not None:
        raise error


def say_nothing_else() -> None:
    """
    Keep this process from logging anything but events, whatever levels and handlers somebody sets.

    At their debug levels the database driver logs the values of statements, and the event loop the addresses
    of clients, both with a time.
    """
    logging.disable(logging.CRITICAL)


def _place(error: BaseException) -> str:
    """Give module and line of the last frame in our own code."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if _OURS & set(path.parts):
            return f"{path.parent.name}/{path.name}:{frame.lineno}"
    return "outside"
