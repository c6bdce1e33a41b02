"""
ISO weeks, months and quarters, the only units of time that WARP keeps.

The lowest floor of the domain. Everything is UTC. A week is written 2026-W47; a week, and with it a day,
belongs to the month and quarter of its Thursday so that months and quarters are whole weeks.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
_MONTH = re.compile(r"([1-8][0-9]{3})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"([1-8][0-9]{3})-Q([1-4])")


class Week(NamedTuple):
    """An ISO 8601 week; ordered by time."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Week":
        """
        Give the week written as YYYY-Www.

        Raises:
            ValueError: not of that form, or no such week in that year.
        """
        match = _WEEK.fullmatch(text)
        if match is None:
            raise ValueError("a week is written like 2026-W47")
        year, number = int(match[1]), int(match[2])
        date.fromisocalendar(year, number, 1)
        return cls(year, number)

    @classmethod
    def of(cls, day: date) -> "Week":
        """Give the week that holds a day (of a datetime: its UTC day)."""
        if isinstance(day, datetime):
            day = day.astimezone(UTC).date()
        iso = day.isocalendar()
        return cls(iso.year, iso.week)

    @property
    def monday(self) -> date:
        """The first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """The last day."""
        return date.fromisocalendar(self.year, self.number, 7)

    @property
    def start(self) -> datetime:
        """Monday 00:00 UTC."""
        return datetime.combine(self.monday, time(), UTC)

    @property
    def end(self) -> datetime:
        """Monday 00:00 UTC of the week after."""
        return self.plus(1).start

    @property
    def quarter(self) -> str:
        """The quarter of the Thursday, written 2026-Q4."""
        thursday = self.thursday
        return f"{thursday.year}-Q{(thursday.month + 2) // 3}"

    @property
    def month(self) -> str:
        """The month of the Thursday, written 2026-11."""
        return f"{self.thursday:%Y-%m}"

    @property
    def thursday(self) -> date:
        """The day that says which month and quarter the week belongs to."""
        return date.fromisocalendar(self.year, self.number, 4)

    def plus(self, weeks: int) -> "Week":
        """Give the week so many weeks later (or, negative, earlier)."""
        return Week.of(self.monday + timedelta(weeks=weeks))

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"


class Span(StrEnum):
    """How long a period is; ordered from short to long."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Period(NamedTuple):
    """A week, month or quarter of whole weeks, written 2026-W47, 2026-11 or 2026-Q4."""

    span: Span
    first: Week
    last: Week

    @classmethod
    def parse(cls, text: str) -> "Period":
        """
        Give the period of that name.

        Raises:
            ValueError: it is no week, month or quarter.
        """
        return _parsed(text)

    @classmethod
    def of(cls, week: Week, span: Span) -> "Period":
        """Give the period of a span that a week belongs to."""
        name = _name(week, span)
        first = last = week
        while _name(first.plus(-1), span) == name:
            first = first.plus(-1)
        while _name(last.plus(1), span) == name:
            last = last.plus(1)
        return cls(span, first, last)

    @property
    def weeks(self) -> tuple[Week, ...]:
        """All its weeks, in order."""
        found = [self.first]
        while found[-1] < self.last:
            found.append(found[-1].plus(1))
        return tuple(found)

    @property
    def start(self) -> datetime:
        """The Monday 00:00 UTC on which it begins."""
        return self.first.start

    @property
    def end(self) -> datetime:
        """The Monday 00:00 UTC on which it is over."""
        return self.last.end

    def __str__(self) -> str:
        return _name(self.last, self.span)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Period:
    if match := _MONTH.fullmatch(text):
        return Period.of(_week_of_month(int(match[1]), int(match[2])), Span.MONTH)
    if match := _QUARTER.fullmatch(text):
        return Period.of(_week_of_month(int(match[1]), 3 * int(match[2])), Span.QUARTER)
    if _WEEK.fullmatch(text) and "1000" <= text < "9000":
        return Period.of(Week.parse(text), Span.WEEK)
    raise ValueError("a period is written like 2026-W47, 2026-11 or 2026-Q4")


def _name(week: Week, span: Span) -> str:
    if span is Span.WEEK:
        return str(week)
    return week.month if span is Span.MONTH else week.quarter


def _week_of_month(year: int, month: int) -> Week:
    """Give a week that surely belongs to a month: the one of its 15th, or the one before."""
    week = Week.of(date(year, month, 15))
    return week if week.month == f"{year:04d}-{month:02d}" else week.plus(-1)
