"""
A chart of figures, as an inline picture without script or style: rows of bars with their numbers.

For `handlers.figure_pages`. One period length per chart, one scale for all its rows, so that bars compare;
black and white are enough to read it, and the table beside it says the same. Only geometry is made here; the
template draws it.
"""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH = 360
"""Units; the picture is scaled to the page, and stays readable on a narrow telephone."""
_HEADING, _HIGHEST, _GAP = 18, 40, 14
_BAR = 34


class Bar(NamedTuple):
    """One number."""

    x: int
    y: int
    height: int
    number: int
    middle: int
    """Where its number is centred."""


class Row(NamedTuple):
    """What is counted, with a bar for each period that has any."""

    name: str
    heading: int
    """Base line of the name."""
    floor: int
    """Where the bars stand."""
    bars: tuple[Bar, ...]


class Label(NamedTuple):
    """A period's name below its bars."""

    name: str
    middle: int


class Chart(NamedTuple):
    """All that the template draws."""

    width: int
    height: int
    bar: int
    """Width of a bar."""
    rows: tuple[Row, ...]
    labels: tuple[Label, ...]
    base: int
    """Base line of the labels."""


def draw(periods: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """
    Lay out a chart.

    Args:
        periods: At least one, oldest first.
        series: Name, and a number for each period; no bar where it is zero.
    """
    step = WIDTH // len(periods)
    highest = max((number for _, numbers in series for number in numbers), default=0) or 1
    rows, y = [], 0
    for name, numbers in series:
        floor = y + _HEADING + _GAP + _HIGHEST
        bars = []
        for place, number in enumerate(numbers):
            if number:
                height = max(2, round(_HIGHEST * number / highest))
                x = place * step + (step - _BAR) // 2
                bars.append(Bar(x, floor - height, height, number, place * step + step // 2))
        rows.append(Row(name, y + 13, floor, tuple(bars)))
        y = floor + 8
    labels = tuple(Label(name, place * step + step // 2) for place, name in enumerate(periods))
    return Chart(WIDTH, y + 16, _BAR, tuple(rows), labels, y + 10)
