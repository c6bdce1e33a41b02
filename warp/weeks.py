"""
ISO weeks, months and quarters, the only units of time that WARP keeps.

The lowest floor of the domain. Everything is UTC. A week is written 2026-W47; a week, and with it a day,
belongs to the month and quarter of its Thursday so that months and quarters are whole weeks.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


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
        thursday = date.fromisocalendar(self.year, self.number, 4)
        return f"{thursday.year}-Q{(thursday.month + 2) // 3}"

    def plus(self, weeks: int) -> "Week":
        """Give the week so many weeks later (or, negative, earlier)."""
        return Week.of(self.monday + timedelta(weeks=weeks))

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"
