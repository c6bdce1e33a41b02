"""
Scenarios: what a drill rehearses, in a few lines of TOML.

Read before a drill begins, and strictly, so that a wrong line is named at once and not after half an hour. It
says what the test reports of the drill stand for and when they come; it plays nothing.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from warp import places, taxonomy
from warp.taxonomy import Severity
from warp.weeks import Week

MOST_REPORTS = 60
MOST_DAYS = 6
"""From Monday on: a drill ends before its week does, so that no figures are made of it."""
MOST_QUIET_WEEKS = 104
MOST_TEXT = 4_000
"""Bytes; there is room for it beside four coordinators."""
_FIRST_HOUR, _LAST_HOUR = 9, 17
"""Of a day of work, UTC; reports come in between, at even distances."""


class BadScenario(Exception):
    """The scenario cannot be rehearsed; says which line of it and why."""


class Due(NamedTuple):
    """One report of a scenario."""

    when: datetime
    place: str


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is rehearsed. Each report is another member's."""

    title: str = "Phishing by SMS in four countries"
    """For whoever conducts the drill."""
    type: str = "fraud/phishing"
    """RSIT type that the test reports stand for."""
    places: tuple[str, ...] = ("UY", "AR", "BR", "CL")
    """Countries or M49 areas that the reports come from, in turn."""
    reports: int = 16
    """Of few of them no signal comes."""
    days: int = 2
    """Days, from Monday on, that the reports are spread over."""
    severity: Severity = Severity.HIGH
    """Of the reports, and of the warning if the coordinators act by name."""
    tags: tuple[str, ...] = ("smishing",)
    text: str = "This is a drill. SMS in the name of the tax office lead to a copy of its payment page."
    """Narrative of each report."""
    quiet_weeks: int = 12
    """Weeks before, with a few reports of other types; what detection compares with."""

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.title.isprintable():
            raise ValueError("title: must be one line of text")
        if self.type not in taxonomy.TYPES or self.type == taxonomy.TEST_TYPE:
            raise ValueError("type: not an RSIT type that a test can stand for; see: warp terms types")
        if not self.places or not all(places.is_place(each) for each in self.places):
            raise ValueError("places: must be ISO 3166-1 or M49 codes, at least one")
        if not 1 <= self.reports <= MOST_REPORTS:
            raise ValueError(f"reports: must be from 1 to {MOST_REPORTS}")
        if not 1 <= self.days <= MOST_DAYS:
            raise ValueError(f"days: must be from 1 to {MOST_DAYS}")
        if not all(tag in taxonomy.TAGS for tag in self.tags):
            raise ValueError("tags: not in the list of tags; see: warp terms tags")
        if len(self.text.encode()) > MOST_TEXT:
            raise ValueError(f"text: longer than {MOST_TEXT} bytes")
        if not 10 <= self.quiet_weeks <= MOST_QUIET_WEEKS:
            raise ValueError(f"quiet_weeks: must be from 10 to {MOST_QUIET_WEEKS}")

    @property
    def homes(self) -> tuple[str, ...]:
        """Where the members are at home, one for each report."""
        return tuple(self.places[i % len(self.places)] for i in range(self.reports))

    def day(self, week: Week, number: int) -> list[Due]:
        """Give the reports of one day of a week, Monday being 0, in the order in which they come."""
        come = self.homes[number * self.reports // self.days : (number + 1) * self.reports // self.days]
        opens = week.start + timedelta(days=number, hours=_FIRST_HOUR)
        step = timedelta(hours=_LAST_HOUR - _FIRST_HOUR) / max(len(come), 1)
        return [Due(opens + i * step, place) for i, place in enumerate(come)]


def read(path: Path) -> Scenario:
    """
    Read a scenario; what the file does not say is as in the built-in one.

    Raises:
        BadScenario: something in it is wrong.
        OSError: it cannot be read.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Scenario)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise BadScenario(f"{path}: {error}") from None
