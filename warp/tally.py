"""
Exact internal counts: what a release adds to the tallies.

Pure counting, independent of the order in which reports arrive. The tables are narrow on purpose and never
the full cross (docs/data.md): nobody, the coordinators included, can look up type × place × sector × month.
An exact count never leaves the server; `warp.disclosure` makes the figures that may.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import msgspec

from warp import places, taxonomy
from warp.lateness import Delay, delay_of, is_late
from warp.report import Report
from warp.weeks import Week


class Cell(NamedTuple):
    """Where a report is counted: the day of its release, its type and its place (empty = unknown)."""

    day: date
    type: str
    place: str


class Occurrence(NamedTuple):
    """When and where an incident happened, as finely as that is kept."""

    month: str
    """YYYY-MM, or empty for unknown."""
    of_class: str
    sub_region: str
    """M49 sub-region (or region, or the world), or empty for unknown."""


class Counted(NamedTuple):
    """One opened report and the week of its token; `first` when it was its member's first of the class."""

    report: Report
    token_week: Week
    first: bool


@dataclass(frozen=True)
class Tally:
    """Exact counts to be added; every value is a number of reports, first tokens included."""

    reports: Counter[Cell] = field(default_factory=Counter)
    similar: Counter[tuple[Cell, taxonomy.Similar]] = field(default_factory=Counter)
    first_tokens: Counter[tuple[Cell, Week]] = field(default_factory=Counter)
    sectors: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(quarter, class, sector); quarter of the release day's week."""
    severities: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(quarter, class, severity)."""
    tags: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(quarter, class, tag); a report with two tags counts under each."""
    occurrences: Counter[Occurrence] = field(default_factory=Counter)
    delays: Counter[tuple[str, Delay]] = field(default_factory=Counter)
    """(quarter, delay); only of reports with a known month of occurrence."""
    late: Counter[Cell] = field(default_factory=Counter)
    """Of `reports`, those of old incidents (`warp.lateness.is_late`)."""
    late_first: Counter[tuple[Cell, Week]] = field(default_factory=Counter)
    """Of `first_tokens`, those of such reports."""

    def add(self, counted: Counted, day: date) -> None:
        """Count one report under its day of release; a test report is not counted."""
        report = counted.report
        if report.is_test:
            return
        cell, quarter = Cell(day, report.type, report.place), Week.of(day).quarter
        of_class = taxonomy.class_of(report.type)
        self.reports[cell] += 1
        self.similar[cell, report.similar] += 1
        if counted.first:
            self.first_tokens[cell, counted.token_week] += 1
        self.sectors[quarter, of_class, report.sector] += 1
        self.severities[quarter, of_class, str(report.severity)] += 1
        for tag in report.tags:
            self.tags[quarter, of_class, tag] += 1
        month = report.occurred_month(day)
        self.occurrences[Occurrence(month, of_class, places.sub_region(report.place))] += 1
        if month:
            self.delays[quarter, delay_of(month, day)] += 1
        if is_late(report.latest_month(day), day):
            self.late[cell] += 1
            if counted.first:
                self.late_first[cell, counted.token_week] += 1


def count(reports: Iterable[Counted], day: date) -> Tally:
    """Give the tally of reports released on one day."""
    tally = Tally()
    for counted in reports:
        tally.add(counted, day)
    return tally


FirstTokens = Mapping[tuple[str, str], Mapping[Week, int]]
"""(type, place) to token week to first tokens."""


class WeekCounts(msgspec.Struct, frozen=True):
    """The exact tally of one week, by arrival."""

    reports: Mapping[tuple[str, str], int]
    """Reports per (type, place)."""
    first_tokens: FirstTokens
    """First tokens per (type, place) and token week."""


def members(cells: Iterable[tuple[str, str]], first_tokens: FirstTokens) -> int:
    """
    Give a number of distinct members that surely stand behind the reports of some (type, place) cells.

    A member has one first token per class and week, so that within one (token week, class) every first token
    is another member; across weeks or classes it may be the same one. Hence the largest single sum, never a
    sum over classes or weeks (docs/threat-model.md).
    """
    sums: Counter[tuple[Week, str]] = Counter()
    for cell in cells:
        for week, tokens in first_tokens.get(cell, {}).items():
            sums[week, taxonomy.class_of(cell[0])] += tokens
    return max(sums.values(), default=0)
