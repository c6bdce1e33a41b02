"""
The schedule's judgement of the clock: what is due by the date, and when the date cannot be believed.

A midnight closes weeks, destroys keys and announces others for good. So a clock that has leapt, forwards or
backwards, has none of it done until a person has looked. Only the last finished day and the present go in.
"""

import enum
from datetime import date, datetime, timedelta

from keys.keyring import KEPT_FOR

BELIEVED = KEPT_FOR
"""
A leap up to here is taken for what it mostly is: a server that was down, or a clock that was somewhat ahead.
It is no longer than keys outlive their week, so that no clock which is believed destroys keys of a week that
still runs, or leaves a week of the directory out.
"""


class ClockInDoubt(Exception):
    """The clock is too far from the last finished day to be believed; says what to do."""


class Standing(enum.Enum):
    """How the present stands to the last finished day."""

    DONE = enum.auto()
    """Nothing is due; also when the clock was set back across a midnight by a little."""
    DUE = enum.auto()
    """At least one midnight's work is not done."""
    WAS_AHEAD = enum.auto()
    """Days were finished that have not come yet: the clock was wrong then, and is right now."""
    IN_DOUBT = enum.auto()
    """Only a person can say whether the clock is wrong now, was wrong before, or the server was away."""


def standing(finished: date, now: datetime) -> Standing:
    """Judge the present by the last finished day."""
    ended = now.date() - timedelta(days=1)
    ahead = finished - ended
    if abs(ahead) > BELIEVED:
        return Standing.IN_DOUBT
    if ahead > timedelta(days=1):
        return Standing.WAS_AHEAD
    return Standing.DUE if ahead < timedelta(0) else Standing.DONE
