"""
Cross tables: exact counts by incident or place and by time, with their margins.

For coordinators only. Pure, and one pass over the counts. It protects nothing: what may be published is made
by `warp.disclosure`, which knows nothing of this module, and neither do pages, feeds and addresses.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from warp import places, taxonomy
from warp.tally import Cell, FirstTokens, Occurrence, members
from warp.weeks import Period, Span, Week

UNKNOWN = ""
"""The month of occurrence of reports that state none; the column before all others."""


class Rows(enum.StrEnum):
    """What a row stands for."""

    TYPE = "type"
    CLASS = "class"
    PLACE = "place"
    AREA = "area"
    """The finest M49 area of a place."""
    SUB_REGION = "sub-region"
    REGION = "region"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which reports are looked at."""

    type: str = ""
    """Type, class, or empty for all."""
    place: str = ""
    """Country, M49 area, or empty for everywhere; an area holds all that lies in it."""

    def holds(self, of_type: str, place: str) -> bool:
        """Say whether reports of a type (or class) and place are looked at."""
        if self.type and self.type not in (of_type, taxonomy.class_of(of_type)):
            return False
        return not self.place or self.place == place or self.place in places.areas_around(place)


class CrossTable(msgspec.Struct, frozen=True):
    """Numbers of reports by row and column; a cell that is absent holds none."""

    rows: tuple[str, ...]
    """Codes, that with the most reports first."""
    columns: tuple[str, ...]
    """In order of time, none left out."""
    cells: Mapping[tuple[str, str], int]
    row_totals: Mapping[str, int]
    column_totals: Mapping[str, int]

    @property
    def total(self) -> int:
        """All reports."""
        return sum(self.row_totals.values())

    def line(self, row: str) -> list[int]:
        """Give the counts of a row, column by column."""
        return [self.cells.get((row, column), 0) for column in self.columns]

    @property
    def margin(self) -> list[int]:
        """The totals, column by column."""
        return [self.column_totals.get(column, 0) for column in self.columns]


def cross(counts: Iterable[tuple[str, str, int]], columns: Sequence[str]) -> CrossTable:
    """
    Give the cross table of (row, column, reports).

    Args:
        counts: In any order, a cell any number of times.
        columns: All that the table has, in order.

    Raises:
        ValueError: a count has another column.
    """
    cells: Counter[tuple[str, str]] = Counter()
    row_totals: Counter[str] = Counter()
    column_totals: Counter[str] = Counter()
    for row, column, reports in counts:
        cells[row, column] += reports
        row_totals[row] += reports
        column_totals[column] += reports
    if not column_totals.keys() <= set(columns):
        raise ValueError("a count lies in a column that the table does not have")
    rows = tuple(sorted(row_totals, key=lambda row: (-row_totals[row], row)))
    return CrossTable(rows, tuple(columns), cells, row_totals, column_totals)


def row_of(rows: Rows, of_type: str, place: str) -> str:
    """Give the row of reports of a type (or class) and place; empty is the unknown place."""
    match rows:
        case Rows.TYPE:
            return of_type
        case Rows.CLASS:
            return taxonomy.class_of(of_type)
        case Rows.PLACE:
            return place
        case Rows.AREA:
            return place if not place or place in places.AREAS else places.areas_around(place)[0]
        case Rows.SUB_REGION:
            return places.sub_region(place)
        case Rows.REGION:
            return places.region(place)


def periods(columns: Span, first: date, last: date) -> tuple[str, ...]:
    """Give all weeks, months or quarters from one day to another, none left out."""
    if first > last:
        return ()
    found, end = [Period.of(Week.of(first), columns)], Week.of(last)
    while found[-1].last < end:
        found.append(Period.of(found[-1].last.plus(1), columns))
    return tuple(map(str, found))


def months(first: str, last: str) -> tuple[str, ...]:
    """Give all calendar months from one to another, written YYYY-MM."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return tuple(f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(start, end + 1))


def by_arrival(
    cells: Sequence[tuple[Cell, int]], rows: Rows, columns: Span, first: date, last: date
) -> CrossTable:
    """Give the cross table by week, month or quarter of release, over the days from first to last."""
    of_day = {day: str(Period.of(Week.of(day), columns)) for day in {cell.day for cell, _ in cells}}
    counts = ((row_of(rows, cell.type, cell.place), of_day[cell.day], n) for cell, n in cells)
    return cross(counts, periods(columns, first, last))


def by_occurrence(counts: Sequence[tuple[Occurrence, int]], rows: Rows, last: str) -> CrossTable:
    """Give the cross table by month of occurrence, from the first with a report to a last one."""
    known = [occurrence.month for occurrence, _ in counts if occurrence.month]
    columns = months(min(known), last) if known else ()
    if len(known) < len(counts):
        columns = (UNKNOWN, *columns)
    found = ((row_of(rows, each.of_class, each.sub_region), each.month, n) for each, n in counts)
    return cross(found, columns)


def members_behind(
    cells: Iterable[tuple[Cell, int]], rows: Rows, first_tokens: FirstTokens
) -> tuple[Mapping[str, int], int]:
    """Give the sure number of distinct members for each row, and for all rows together."""
    of_row: dict[str, set[tuple[str, str]]] = {}
    for cell, _ in cells:
        of_row.setdefault(row_of(rows, cell.type, cell.place), set()).add((cell.type, cell.place))
    found = {row: members(pairs, first_tokens) for row, pairs in of_row.items()}
    return found, members(set().union(*of_row.values()), first_tokens)
