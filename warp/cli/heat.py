"""
Heat tables: a cross table for a terminal, with a shade beside each count.

The shade is a sign of its own, so that it reads without colour. The latest columns that fit are shown, and
those before them are added up in one, so that lines and columns still add up to their totals.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.text import Text

from warp.crosstab import UNKNOWN, CrossTable

_SHADES = {"░": "blue", "▒": "cyan", "▓": "yellow", "█": "red"}
"""From few to many, with their colours."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NONE = "·"
_EARLIER = ("", "earlier ")


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """What a table says beside its counts."""

    unit: str
    """What a column stands for."""
    members: Mapping[str, int] | None = None
    """Row to distinct members."""
    all_members: int = 0
    marked: frozenset[str] = frozenset()
    """Columns with an asterisk."""
    arrived: Mapping[str, str] | None = None
    """Column to the share that has arrived, in words."""


class _Column(NamedTuple):
    """One column as it is shown."""

    head: tuple[str, str]
    texts: Sequence[str]
    """One for each row."""
    foot: Sequence[str]

    @property
    def width(self) -> int:
        """Characters, with one between it and the column before."""
        return 1 + max(map(len, (*self.head, *self.texts, *self.foot)))


def print_heat(table: CrossTable, name: Callable[[str], str], notes: Notes) -> None:
    """Print a cross table that has rows; in colour only where a terminal wants it."""
    console = Console(highlight=False)
    for line in render(table, name, notes, console.width):
        console.print(line, soft_wrap=True)


def render(table: CrossTable, name: Callable[[str], str], notes: Notes, width: int) -> list[Text]:
    """Give the lines of a table, no longer than `width` characters if at least one column then fits."""
    foot = ["total"] + ["arrived by now"] * (notes.arrived is not None)
    labels = _labels(map(name, table.rows), foot, width // 3)
    dated = [column for column in table.columns if column != UNKNOWN]
    before = [_sum(table, [UNKNOWN], ("no ", "month "), notes)] if UNKNOWN in table.columns else []
    after = [_margin(table, notes)] + ([] if notes.members is None else [_members(table, notes)])
    room = width - sum(column.width for column in (labels, *before, *after))
    left_out = _left_out(table, dated, room, notes)
    if left_out:
        before.append(_sum(table, left_out, _EARLIER, notes))
    shown = dated[len(left_out) :]
    bounds = _bounds([table.cells.get((row, column), 0) for row in table.rows for column in shown])
    periods = _years_once([_period(table, column, notes, bounds) for column in shown])
    lines = [_line(texts) for texts in _across([labels, *before, *periods, *after])]
    return [*lines, Text(), _legend(bounds), *_explained(left_out, notes)]


def _labels(names: Iterable[str], foot: Sequence[str], longest: int) -> _Column:
    """Give the first column: names at its left, cut where they are too long."""
    short = [each if len(each) <= longest else each[: longest - 1] + "…" for each in names]
    width = max(map(len, (*short, *foot)))
    texts, below = ([text.ljust(width) for text in column] for column in (short, foot))
    return _Column(("", ""), texts, below)


def _left_out(table: CrossTable, dated: Sequence[str], room: int, notes: Notes) -> Sequence[str]:
    """Give the columns that do not fit in so many characters; the last one is always shown."""
    widest = max((_period(table, column, notes, ()).width for column in dated), default=1)
    if len(dated) * widest <= room:
        return []
    room -= _sum(table, dated, _EARLIER, notes).width
    return dated[: -max(room // widest, 1)]


def _explained(left_out: Sequence[str], notes: Notes) -> Iterable[Text]:
    """Give what the margins mean."""
    if left_out:
        marked = len(notes.marked.intersection(left_out))
        said = f"earlier: the {len(left_out)} {notes.unit}s before, which do not fit"
        yield Text(f"{said}; {marked} of them incomplete" if marked else said)
    if notes.members is not None:
        yield Text("members: at least so many distinct members reported")


def _period(table: CrossTable, column: str, notes: Notes, bounds: Sequence[int]) -> _Column:
    """Give the column of a week, month or quarter."""
    year, _, rest = column.partition("-")
    head = _MONTHS[int(rest) - 1] if rest.isdecimal() else rest
    texts = [_shaded(table.cells.get((row, column), 0), bounds) for row in table.rows]
    foot = [f"{table.column_totals.get(column, 0)} "]
    if notes.arrived is not None:
        foot.append(notes.arrived[column] + " ")
    return _Column((year, head + ("*" if column in notes.marked else " ")), texts, foot)


def _years_once(columns: Sequence[_Column]) -> list[_Column]:
    """Leave a year out where it is that of the column before; all columns become equally wide."""
    width = max((column.width for column in columns), default=1) - 1
    years = [column.head[0] for column in columns]
    news = [year if year != last else "" for last, year in zip(["", *years], years, strict=False)]
    return [
        column._replace(head=(new.rjust(width), column.head[1]))
        for column, new in zip(columns, news, strict=True)
    ]


def _sum(table: CrossTable, columns: Sequence[str], head: tuple[str, str], notes: Notes) -> _Column:
    """Give the sum of several columns as one."""
    texts = [f"{sum(table.cells.get((row, each), 0) for each in columns)} " for row in table.rows]
    foot = [f"{sum(table.column_totals.get(each, 0) for each in columns)} "]
    return _Column(head, texts, [*foot, *_blank(notes)])


def _margin(table: CrossTable, notes: Notes) -> _Column:
    texts = [f"{table.row_totals[row]}" for row in table.rows]
    return _Column(("", "total"), texts, [f"{table.total}", *_blank(notes)])


def _members(table: CrossTable, notes: Notes) -> _Column:
    of_row = notes.members or {}
    texts = [f"{of_row.get(row, 0)}" for row in table.rows]
    return _Column(("", "members"), texts, [f"{notes.all_members}", *_blank(notes)])


def _blank(notes: Notes) -> list[str]:
    """Give what stands in the line of shares where there is none."""
    return [""] * (notes.arrived is not None)


def _bounds(counts: Sequence[int]) -> list[int]:
    """Give the largest count of each shade; each shade spans the same factor."""
    largest, shades = max(counts, default=0), len(_SHADES)
    return [round(largest ** (step / shades)) for step in range(1, shades + 1)]


def _shaded(count: int, bounds: Sequence[int]) -> str:
    """Give a count and its shade; without bounds, only what is as wide."""
    shade = next((sign for sign, bound in zip(_SHADES, bounds, strict=False) if count <= bound), " ")
    return f"{count}{shade}" if count else f"{_NONE} "


def _legend(bounds: Sequence[int]) -> Text:
    """Give what the shades mean, without those that no number falls into."""
    legend, lowest = Text(f"{_NONE} none"), 1
    for sign, bound in zip(_SHADES, bounds, strict=True):
        if lowest <= bound:
            legend.append("   ").append(sign, _SHADES[sign])
            legend.append(f" {lowest}" if lowest == bound else f" {lowest} to {bound}")
        lowest = bound + 1
    return legend


def _across(columns: Sequence[_Column]) -> Iterable[Sequence[str]]:
    """Give the lines of columns that stand side by side, every text as wide as its column."""
    texts = [[*column.head, *column.texts, *column.foot] for column in columns]
    widths = [columns[0].width - 1, *(column.width for column in columns[1:])]
    for line in zip(*texts, strict=True):
        yield [text.rjust(width) for text, width in zip(line, widths, strict=True)]


def _line(texts: Sequence[str]) -> Text:
    """Give a line, each text in the colour of its shade."""
    line = Text()
    for text in texts:
        line.append(text, _SHADES.get(text[-1:]))
    line.rstrip()
    return line
