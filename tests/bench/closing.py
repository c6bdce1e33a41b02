"""
How long the close of a well filled period takes in its child process, and how much memory.

Run by `figures.py` in a fresh process for each period: what children used at most is never forgotten.
"""

import asyncio
import json
import random
import resource
import sys
import time
from collections.abc import Mapping

from warp import child, places, taxonomy
from warp.disclosure import Release, protect
from warp.policies import Name, Policy
from warp.tally import WeekCounts
from warp.weeks import Period, Span, Week


def filled(period: Period) -> Mapping[Week, WeekCounts]:
    """Give a tally of all types of all countries in every week: up to 60 reports of as many members."""
    seeded = random.Random(str(period))
    types = [code for code in taxonomy.TYPES if code != taxonomy.TEST_TYPE]
    keys = [(of_type, place) for of_type in types for place in sorted(places.countries())]
    tally = {}
    for week in period.weeks:
        reports = {key: seeded.randint(1, 60) for key in keys}
        tally[week] = WeekCounts(reports, {key: {week: number} for key, number in reports.items()})
    return tally


def shown_before(period: Period, tally: Mapping[Week, WeekCounts], policy: Policy) -> list[Release]:
    """Give the releases of the shorter periods within a period."""
    made: list[Release] = []
    shorter = list(Span)[: list(Span).index(period.span)]
    for span in shorter:
        for inside in dict.fromkeys(Period.of(week, span) for week in period.weeks):
            own = {week: tally[week] for week in inside.weeks}
            earlier = [
                each for each in made if inside.first <= Period.parse(each.period).first <= inside.last
            ]
            made.append(protect(inside, own, earlier, places.countries(), policy, bytes(32)))
    return made


async def close(period: Period, policy: Policy) -> float:
    """Give how many seconds the child takes."""
    tally = filled(period)
    earlier = shown_before(period, tally, policy)
    started = time.perf_counter()
    await child.protect(period, tally, earlier, places.countries(), policy)
    return time.perf_counter() - started


if __name__ == "__main__":
    seconds = asyncio.run(close(Period.parse(sys.argv[1]), Policy(preset=Name(sys.argv[2]))))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    json.dump({"seconds": seconds, "peak_mb": peak}, sys.stdout)
