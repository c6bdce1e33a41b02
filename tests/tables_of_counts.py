"""Counts as detection takes them, for tests: a quiet region, and what is put on top of it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from warp import taxonomy
from warp.counting import Counts, pack
from warp.tally import FirstTokens
from warp.weeks import Week

LAST = Week(2026, 47)
Cell = tuple[str, str]
PHISHING, DDOS, INFECTED = "fraud/phishing", "availability/ddos", "malicious-code/infected-system"
TYPES = (PHISHING, DDOS, INFECTED, "intrusions/system-compromise", "fraud/masquerade")
PLACES = ("AR", "BO", "BR", "CL", "CO", "CR", "EC", "ES", "GT", "HN", "MX", "PA", "PE", "PY", "UY", "")


def quiet(weeks: int, seed: int = 1, mean: float = 0.06) -> dict[Cell, list[int]]:
    """Give ten reports a month or so; the last week has none."""
    rng = np.random.default_rng(seed)
    table = rng.poisson(mean, (len(TYPES), len(PLACES), weeks))
    table[:, :, -1] = 0
    return {
        (of_type, place): table[i, j].tolist()
        for i, of_type in enumerate(TYPES)
        for j, place in enumerate(PLACES)
    }


def with_more(
    cells: Mapping[Cell, Sequence[int]], more: Mapping[Cell, Mapping[int, int]]
) -> dict[Cell, list[int]]:
    """Add reports: cell to week (-1 is the last) to how many."""
    found = {cell: list(series) for cell, series in cells.items()}
    length = max(map(len, found.values()))
    for cell, weeks in more.items():
        series = found.setdefault(cell, [0] * length)
        for week, reports in weeks.items():
            series[week] += reports
    return found


def counts(
    cells: Mapping[Cell, Sequence[int]],
    late: Mapping[Cell, Sequence[int]] | None = None,
    today: Mapping[Cell, int] | None = None,
    day: date = LAST.sunday,
    first_today: FirstTokens | None = None,
) -> Counts:
    """Write series as `Counts`."""
    length = max(map(len, cells.values()), default=1)
    return Counts(
        weeks=tuple(LAST.plus(i - length + 1) for i in range(length)),
        day=day,
        cells={cell: _bytes(series) for cell, series in cells.items()},
        late={cell: _bytes(series) for cell, series in (late or {}).items()},
        today=today or {},
        first_today=first_today or {},
        weekdays=(30, 30, 30, 30, 30, 5, 5),
    )


def each_another_member(cells: Mapping[Cell, Sequence[int]], weeks: int = 8) -> list[FirstTokens]:
    """Give first tokens as if each report were of another member."""
    length = max(map(len, cells.values()), default=1)
    return [
        {
            cell: {LAST.plus(-back): series[length - 1 - back]}
            for cell, series in cells.items()
            if series[length - 1 - back]
        }
        for back in reversed(range(min(weeks, length)))
    ]


def class_of(cell: Cell) -> str:
    """Give a cell's class."""
    return taxonomy.class_of(cell[0])


def day_of(week_day: int) -> date:
    """Give a day of the last week, from 0 for Monday."""
    return LAST.monday + timedelta(days=week_day)


def _bytes(series: Sequence[int]) -> bytes:
    return pack((week, reports) for week, reports in enumerate(series) if reports)
