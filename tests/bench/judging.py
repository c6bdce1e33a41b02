"""
How long the judging of one week of a large community takes in its child process, and how much memory.

All types of 250 places, ten years of weeks, every level and rule, reports of old incidents among them. Run by
`bench.py` in a fresh process: what children used at most is never forgotten.
"""

import asyncio
import json
import resource
import sys
from collections.abc import Mapping

import numpy as np

from warp import child, places, taxonomy
from warp.counting import Counts, pack
from warp.detection import HISTORY_WEEKS
from warp.weeks import Week

PLACES = 250
LAST = Week(2026, 47)


def community() -> tuple[Counts, list[dict[tuple[str, str], dict[Week, int]]]]:
    """Give some 500 reports a week, a tenth of them of old incidents, each of another member; 9,500 cells."""
    generator = np.random.default_rng(1)
    types = [code for code in taxonomy.TYPES if code != taxonomy.TEST_TYPE]
    of = [*sorted(places.countries()), ""][:PLACES]
    rates = np.exp(generator.normal(0, 1.5, (len(types), 1)) + generator.normal(0, 1.5, len(of)))
    mean = 500 * rates / rates.sum()
    shape = (HISTORY_WEEKS + 1, *mean.shape)
    reports = generator.negative_binomial(np.broadcast_to(mean / 0.5, shape), 1 / 1.5)
    late = generator.binomial(reports, 0.1)
    cells = [((of_type, place), i, j) for i, of_type in enumerate(types) for j, place in enumerate(of)]
    counts = Counts(
        weeks=tuple(LAST.plus(i - HISTORY_WEEKS) for i in range(HISTORY_WEEKS + 1)),
        day=LAST.sunday,
        cells={cell: _packed(reports[:, i, j]) for cell, i, j in cells if reports[:, i, j].any()},
        late={cell: _packed(late[:, i, j]) for cell, i, j in cells if late[:, i, j].any()},
        weekdays=(9, 9, 9, 9, 9, 2, 2),
    )
    first = [
        {
            cell: {LAST.plus(-back): int(reports[-1 - back, i, j])}
            for cell, i, j in cells
            if reports[-1 - back, i, j]
        }
        for back in reversed(range(8))
    ]
    return counts, first


def _packed(series: np.ndarray) -> bytes:
    return pack((week, int(series[week])) for week in np.flatnonzero(series))


async def judge() -> Mapping[str, float]:
    """Give the child's seconds of processor time, its peak memory, and what it found."""
    counts, first = community()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = await child.judge(counts, first, (), None, (), 0.1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": spent, "peak_mb": after.ru_maxrss / 1024, "signals": len(found.signals)}


if __name__ == "__main__":
    json.dump(asyncio.run(judge()), sys.stdout)
