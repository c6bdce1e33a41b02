"""
The chart of a signal, as SVG that reads in black and white: counts, what was expected, and what is unusual.

Above `warp.explaining`, for coordinators only: its numbers are exact. Pure. The file has no script and refers
to nothing outside itself; its numbers stand in it as text, too.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from warp import explaining
from warp.signal import Point, Signal

_WIDTH, _HEIGHT = 760, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 34, 52, 62
_MOST_LABELS = 10
_BAR = 0.62
"""Of the room of a week."""
_WIDEST_BAR = 44.0
_ROOM_FOR_A_LABEL = 170
_LEAST_HEIGHT = 1.5
_STYLE = (
    "text{font:12px sans-serif;fill:#000}.head{font-size:15px;font-weight:bold}"
    ".grid{stroke:#ccc;stroke-width:1}"
    ".axis{stroke:#000;stroke-width:1}.band{fill:url(#hatch);stroke:#999;stroke-width:1}"
    ".bar{fill:#888;stroke:#000;stroke-width:1}.judged{fill:#000;stroke:#000;stroke-width:1}"
    ".open{fill:#fff;stroke:#000;stroke-width:2;stroke-dasharray:4 2}"
    ".halo{fill:none;stroke:#fff;stroke-width:4}"
    ".expected{fill:none;stroke:#000;stroke-width:2;stroke-dasharray:6 4}"
    ".bound{stroke:#000;stroke-width:3}.under{stroke:#fff;stroke-width:6}"
    ".behind{stroke:#fff;stroke-width:4;stroke-linejoin:round}"
)
_HATCH = (
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#fff"/><line x1="0" y1="0" x2="0" y2="6" stroke="#aaa"/></pattern>'
)


class Drawn(NamedTuple):
    """What both forms of the chart draw."""

    points: Sequence[Point]
    judged: int
    """How many of the last points are judged together."""
    bound: float
    """Reports in one week: that of the window, shared among its weeks."""
    complete: bool
    """Whether all reports of the last week have come."""


def drawn(signal: Signal) -> Drawn:
    """Give what there is to draw; of a signal that keeps no weeks its window as one point."""
    complete = signal.elapsed >= 1
    if not signal.points:
        whole = Point(
            week=signal.week,
            observed=signal.observed,
            expected=signal.expected,
            low=signal.low,
            high=signal.high,
        )
        return Drawn((whole,), 1, signal.bound, complete)
    judged = max(1, min(signal.window_weeks, len(signal.points)))
    return Drawn(signal.points, judged, signal.bound / judged, complete)


def svg(signal: Signal) -> str:
    """Give the chart."""
    chart = drawn(signal)
    scale = _Scale(chart)
    head = f"{signal.type or 'all types'}, {explaining.name(signal.place)}, {signal.week} ({signal.kind})"
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(head)}</title>',
        f'<desc id="desc">{escape(description(signal))}</desc>',
        f"<style>{_STYLE}</style><defs>{_HATCH}</defs>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text class="head" x="{_LEFT}" y="22">{escape(head)}</text>',
        *_grid(scale),
        _band(chart, scale),
        *_bars(chart, scale),
        *_expected(chart, scale),
        *_bound(chart, scale, signal),
        *_weeks(chart, scale),
        *_legend(chart),
        "</svg>",
    )
    return "\n".join(parts) + "\n"


def description(signal: Signal) -> str:
    """Give the numbers of the chart as text."""
    chart = drawn(signal)
    rows = (
        f"{point.week}: {point.observed} observed, {explaining.number(point.expected)} expected "
        f"({explaining.edge(point.low)} to {explaining.edge(point.high)})"
        for point in chart.points
    )
    open_week = "" if chart.complete else " The last week is incomplete."
    return f"{signal.why} {'; '.join(rows)}.{open_week}"


class _Scale:
    """Where on the sheet a week and a number of reports lie; reports begin at 0."""

    def __init__(self, chart: Drawn) -> None:
        largest = max(max(point.observed, point.high, point.expected) for point in chart.points)
        self.step = _round_step(max(largest, chart.bound, 1.0) * 1.08)
        self.top = self.step * math.ceil(max(largest, chart.bound, 1.0) * 1.08 / self.step)
        self.width = (_WIDTH - _LEFT - _RIGHT) / len(chart.points)

    def x(self, index: float) -> float:
        """Give the left edge of a week's room."""
        return _LEFT + index * self.width

    def y(self, reports: float) -> float:
        """Give the height of a number of reports."""
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * reports / self.top


def _round_step(largest: float) -> float:
    """Give the distance of grid lines: whole reports, four to eight of them."""
    power = 10.0 ** math.floor(math.log10(largest / 4)) if largest > 4 else 1.0
    return next(each * power for each in (1, 2, 5, 10) if each * power * 8 >= largest)


def _grid(scale: _Scale) -> Iterator[str]:
    for number in range(round(scale.top / scale.step) + 1):
        reports = number * scale.step
        of, y = "axis" if number == 0 else "grid", scale.y(reports)
        yield _line(of, _LEFT, _WIDTH - _RIGHT, y)
        yield f'<text x="{_LEFT - 6}" y="{_round(y + 4)}" text-anchor="end">{reports:,.0f}</text>'


def _band(chart: Drawn, scale: _Scale) -> str:
    """Draw the counts that are as expected, week by week."""
    above, below = [], []
    for index, point in enumerate(chart.points):
        left, right = scale.x(index), scale.x(index + 1)
        above += [(left, scale.y(point.high)), (right, scale.y(point.high))]
        below += [(left, scale.y(point.low)), (right, scale.y(point.low))]
    return f'<polygon class="band" points="{_path(above + below[::-1])}"/>'


def _bars(chart: Drawn, scale: _Scale) -> Iterator[str]:
    first = len(chart.points) - chart.judged
    for index, point in enumerate(chart.points):
        last = index == len(chart.points) - 1
        of = "open" if last and not chart.complete else "judged" if index >= first else "bar"
        width = min(scale.width * _BAR, _WIDEST_BAR)
        left = scale.x(index + 0.5) - width / 2
        height = max(scale.y(0) - scale.y(point.observed), _LEAST_HEIGHT if point.observed else 0.0)
        if point.observed:
            yield (
                f'<rect class="{of}" x="{_round(left)}" y="{_round(scale.y(0) - height)}" '
                f'width="{_round(width)}" height="{_round(height)}"/>'
            )
        if index >= first:
            middle, y = _round(scale.x(index + 0.5)), _round(scale.y(point.observed) - 5)
            yield f'<text x="{middle}" y="{y}" text-anchor="middle">{point.observed:,}</text>'


def _expected(chart: Drawn, scale: _Scale) -> Iterator[str]:
    line = [
        (scale.x(index + side), scale.y(point.expected))
        for index, point in enumerate(chart.points)
        for side in (0, 1)
    ]
    yield f'<polyline class="halo" points="{_path(line)}"/>'
    yield f'<polyline class="expected" points="{_path(line)}"/>'


def _bound(chart: Drawn, scale: _Scale, signal: Signal) -> Iterator[str]:
    """Mark from where the judged weeks are unusual; between them, what is unusual is their sum."""
    left, right = scale.x(len(chart.points) - chart.judged), scale.x(len(chart.points))
    y = scale.y(chart.bound)
    for of in ("under", "bound"):
        yield _line(of, left, right, y)
    together = f" in {explaining.window(chart.judged)}" if chart.judged > 1 else ""
    label = f"unusual from {explaining.bound(signal):,}{together}"
    beside = left > _ROOM_FOR_A_LABEL
    at = (left - 6, y + 4) if beside else (left + 4, y - 6)
    where = f'x="{_round(at[0])}" y="{_round(at[1])}" text-anchor="{"end" if beside else "start"}"'
    yield f'<text class="behind" {where}>{label}</text><text {where}>{label}</text>'


def _weeks(chart: Drawn, scale: _Scale) -> Iterator[str]:
    """Name some of the weeks, the last one always."""
    every = math.ceil(len(chart.points) / _MOST_LABELS)
    for index, point in enumerate(chart.points):
        if (len(chart.points) - 1 - index) % every == 0:
            x, y = _round(scale.x(index + 0.5)), _HEIGHT - _BOTTOM + 17
            yield f'<text x="{x}" y="{y}" text-anchor="middle">{escape(point.week)}</text>'


def _legend(chart: Drawn) -> Iterator[str]:
    y = _HEIGHT - 18
    box = f'y="{y - 10}" width="14" height="11"'
    yield f'<rect class="bar" x="{_LEFT}" {box}/><rect class="judged" x="{_LEFT + 18}" {box}/>'
    yield f'<text x="{_LEFT + 38}" y="{y}">reports; black: judged</text>'
    if not chart.complete:
        yield f'<rect class="open" x="{_LEFT + 190}" {box}/><text x="{_LEFT + 210}" y="{y}">incomplete</text>'
    yield _line("expected", _LEFT + 300, _LEFT + 330, y - 4)
    yield f'<text x="{_LEFT + 336}" y="{y}">expected</text>'
    yield f'<rect class="band" x="{_LEFT + 410}" {box}/>'
    yield f'<text x="{_LEFT + 430}" y="{y}">nine in ten counts, if nothing happens</text>'


def _line(of: str, left: float, right: float, y: float) -> str:
    return f'<line class="{of}" x1="{_round(left)}" y1="{_round(y)}" x2="{_round(right)}" y2="{_round(y)}"/>'


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_round(x)},{_round(y)}" for x, y in points)


def _round(value: float) -> str:
    return f"{value:.1f}"
