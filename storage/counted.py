"""Weekly counts for detection, made of the daily tallies without holding their rows."""

from array import array
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tallies
from warp.backing import less
from warp.counting import Counts, pack
from warp.weeks import Week

_Cell = tuple[str, str]


async def weekly(connection: AsyncConnection, day: date, history: int) -> Counts:
    """
    Give the counts up to a day, from the first week that has any report.

    Args:
        connection: Where.
        day: The last day that counts.
        history: Most weeks before that day's.
    """
    last = Week.of(day)
    begun = await tallies.first_day(connection)
    first = min(last, max(last.plus(-history), Week.of(begun))) if begun else last
    number = (last.monday - first.monday).days // 7 + 1
    today: Counter[_Cell] = Counter()
    weekdays = [0] * 7
    cells: dict[_Cell, array[int]] = {}
    async for arrived, cell, reports in _rows(tallies.stream_days(connection, first.monday, day)):
        _add(cells, cell, (arrived - first.monday).days // 7, reports)
        if arrived == day:
            today[cell] += reports
        if arrived < last.monday:
            weekdays[arrived.weekday()] += reports
    late: dict[_Cell, array[int]] = {}
    async for arrived, cell, reports in _rows(tallies.stream_late(connection, first.monday, day)):
        _add(late, cell, (arrived - first.monday).days // 7, reports)
        if arrived == day:
            today[cell] -= reports
    return Counts(
        weeks=tuple(first.plus(i) for i in range(number)),
        day=day,
        cells={cell: _packed(series) for cell, series in cells.items()},
        late={cell: _packed(series) for cell, series in late.items()},
        today={cell: reports for cell, reports in today.items() if reports > 0},
        first_today=less(
            await tallies.first_tokens(connection, day, day),
            await tallies.first_tokens(connection, day, day, late=True),
        ),
        weekdays=tuple(weekdays),
    )


async def _rows(
    stream: AsyncIterator[tuple[date, str, str, int]],
) -> AsyncIterator[tuple[date, _Cell, int]]:
    async for arrived, of_type, place, reports in stream:
        yield arrived, (of_type, place), reports


def _add(cells: "dict[_Cell, array[int]]", cell: _Cell, week: int, reports: int) -> None:
    """Add to a cell's last week, or begin its next; days come in order."""
    series = cells.setdefault(cell, array("I"))
    if series and series[-2] == week:
        series[-1] += reports
    else:
        series.extend((week, reports))


def _packed(series: "array[int]") -> bytes:
    return pack(zip(series[::2], series[1::2], strict=True))
