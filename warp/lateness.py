"""
How late reports come: the delay of each, and what share of a month's incidents has been reported by now.

Pure. A release counts the delays (`warp.tally`); coordinators see with them which recent months of occurrence
are not to be compared with older ones yet. It corrects no count: a count stays what was reported.
"""

import calendar
import enum
from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from warp.weeks import Week

POOLED_QUARTERS = 8
"""Quarters of release whose delays are taken together, the present one included."""
LEAST_DELAYS = 20
"""With fewer, nothing is said."""
COMPLETE = 0.9
"""A month of which a smaller share has arrived is incomplete."""
LATE_FROM = 3
"""
Calendar months from occurrence to release from which an incident is an old one.

Two whole months lie between, where half of all reports come within four weeks: so late, a report says what
has been found or entered, not what is going on.
"""


class Delay(enum.StrEnum):
    """Calendar months from the month of occurrence to the month of release; written from short to long."""

    SAME_MONTH = "0"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    UP_TO_SIX = "4-6"
    UP_TO_TWELVE = "7-12"
    UP_TO_TWO_YEARS = "13-24"
    UP_TO_FIVE_YEARS = "25-60"
    LONGER = "over-60"


_UP_TO: Mapping[Delay, int] = dict(zip(Delay, (0, 1, 2, 3, 6, 12, 24, 60), strict=False))
"""The longest delay of each band, in months; the last band has none."""


def months_between(month: str, day: date) -> int:
    """Give the calendar months from a month, YYYY-MM, to that of a day; negative if it is after the day."""
    year, number = map(int, month.split("-"))
    return (day.year - year) * 12 + day.month - number


def delay_of(month: str, released: date) -> Delay:
    """
    Give the delay of a report.

    Args:
        month: Of occurrence, YYYY-MM.
        released: The day of its release, not before the month.
    """
    months = months_between(month, released)
    return next((band for band, longest in _UP_TO.items() if months <= longest), Delay.LONGER)


def is_late(month: str, released: date) -> bool:
    """Say whether a report is of an old incident; not said where no month is known (empty)."""
    return bool(month) and months_between(month, released) >= LATE_FROM


def first_quarter(day: date) -> str:
    """Give the first of the quarters that are pooled on a day, written 2026-Q4."""
    year, number = Week.of(day).quarter.split("-Q")
    first = int(year) * 4 + int(number) - POOLED_QUARTERS
    return f"{first // 4}-Q{first % 4 + 1}"


def last_ended_month(day: date) -> str:
    """Give the latest month that is over when a day is, written 2026-11."""
    return f"{(day + timedelta(days=1)).replace(day=1) - timedelta(days=1):%Y-%m}"


class Lateness(msgspec.Struct, frozen=True):
    """The delays that were observed, and the day up to which reports are counted."""

    delays: Mapping[Delay, int]
    """Reports with a known month of occurrence that were released in the pooled quarters."""
    counted_to: date

    @property
    def observed(self) -> int:
        """The number of delays."""
        return sum(self.delays.values())

    def share(self, month: str) -> float | None:
        """
        Give the share of a month's reports that has probably arrived; None: too few delays to say.

        With p(d) the observed share of the delay of d months, k the months from the month of occurrence to
        the last counted day, and e the elapsed part of that day's month:

            share(k) = p(0) + … + p(k-1) + e · p(k),    share(0) = e² · p(0)

        A band of several months is spread evenly over them; of the last band, nothing ever counts as arrived.

        It assumes that delays will be as they were in the pooled quarters, that about as many incidents
        happen each month, and that reports which state no month come as late as those that do. Delays are
        those of the reports released in a quarter, not of the incidents that happened in it. So while the
        number of incidents grows, short delays are too frequent and the share is too high: by a tenth where
        incidents double each year and many reports are months late. While it falls, the share is too low; so
        it is, until these quarters pass, where a site was told of many old incidents at its beginning. Where
        a delay is the less frequent the longer it is, evenly spread bands, e and e² give less than the
        truth, not more.
        """
        if self.observed < LEAST_DELAYS:
            return None
        months = months_between(month, self.counted_to)
        if months < 0:
            return 0.0
        days = calendar.monthrange(self.counted_to.year, self.counted_to.month)[1]
        elapsed = self.counted_to.day / days
        by_now = months - 1 + elapsed if months else elapsed**2 - 1
        return self._arrived(by_now) / self.observed

    def _arrived(self, by: float) -> float:
        """Give the reports with a delay of at most so many months; -1 is none, and between is a part."""
        arrived, shortest = 0.0, -1
        for band, longest in _UP_TO.items():
            part = min(max((by - shortest) / (longest - shortest), 0.0), 1.0)
            arrived += part * self.delays.get(band, 0)
            shortest = longest
        return arrived


def is_incomplete(share: float | None) -> bool:
    """Say whether too little of a month has arrived to compare it; not said of an unknown share."""
    return share is not None and share < COMPLETE
