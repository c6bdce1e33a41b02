"""
Early warning: judges whether a week's count is unusual for its cell.

Pure; it sees tallies and never a report. `judge` gives the signals of the open week, `p_values` and `bounds`
judge a whole table by any detector. What does the work needs numpy and scipy, and is imported at the first
call: the serving process, which imports this module, has no memory to spare.
"""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, get_args

import msgspec

from warp.counting import Counts, Judgement, Months, Threshold
from warp.tally import FirstTokens
from warp.weeks import Week

if TYPE_CHECKING:
    from warp import judged

HISTORY_WEEKS = 522
"""Weeks before the open one that are looked at: ten years."""
WINDOW_WEEKS = 8
"""Most weeks that are judged together; their first tokens say how many members are behind a signal."""
FALSE_ALARMS_A_WEEK = 0.1
"""The budget, unless coordinators set another: about five signals a year that are nothing."""
OCCURRENCE_SHARE = 0.1
"""What the looks at the ends of months may add to the budget."""
WEEKS_A_MONTH = 4.348


Method = Literal["ears-c1", "ears-c2", "ears-c3", "farrington"]


def p_values(counts: "judged.Counts", method: Method | Literal["pooling"] = "pooling") -> "judged.Floats":
    """
    Give how unusual the last week is in each cell: the smaller the more, and 1 where it is not judged.

    Args:
        counts: Reports, weeks first; whole numbers. For pooling: (weeks, types, places).
        method: The detector, with its floor for sparse cells.

    Raises:
        ValueError: there is no such method.
    """
    if method == "pooling":
        from warp import pooling

        return pooling.judge(counts).p
    return _detector(method, with_floor=True)(counts).p


def bounds(counts: "judged.Counts", method: Method) -> "judged.Floats":
    """
    Give the bounds that R's `surveillance` gives: a count of the last week is unusual above its bound.

    There are no floors; EARS has a tail of 0.1 %, and C3 the CDC's definition, which is not R's. A bound is
    infinite where the cell is not judged.

    Args:
        counts: Reports, weeks first; whole numbers.
        method: The detector.

    Raises:
        ValueError: there is no such method.
    """
    return _detector(method, with_floor=False)(counts).bound


def _detector(method: Method, *, with_floor: bool) -> "Callable[[judged.Counts], judged.Judged]":
    from warp import ears, farrington

    if method == "farrington":
        return partial(farrington.judge, with_floor=with_floor)
    by_ears = {"ears-c1": ears.c1, "ears-c2": ears.c2, "ears-c3": ears.c3}
    if method not in by_ears:
        raise ValueError(f"a method is one of {', '.join(get_args(Method))}")
    if with_floor:
        return by_ears[method]
    return partial(by_ears[method], limit=NormalDist().inv_cdf(0.999), smallest_deviation=0)


def judge(
    counts: Counts,
    first_tokens: Sequence[FirstTokens],
    thresholds: Sequence[Threshold] = (),
    false_alarms_a_week: float = FALSE_ALARMS_A_WEEK,
    months: Months | None = None,
    late_tokens: Sequence[FirstTokens] = (),
) -> Judgement:
    """
    Give the signals of the open week.

    Args:
        counts: Weekly reports per cell, the open week last.
        first_tokens: Of each of the last `WINDOW_WEEKS` weeks of arrival or fewer, the open week last.
        thresholds: The coordinators' own rules.
        false_alarms_a_week: How many signals that are nothing one is ready to look at, on average.
        months: Given once, when a month has ended: reports by when their incidents happened.
        late_tokens: Of `first_tokens`, those of reports of old incidents; none unless given.

    Raises:
        ValueError: the last day does not lie in the last week.
        IndexError: a cell has reports in a week that is not there.
    """
    from warp import judging

    if not counts.weeks or Week.of(counts.day) != counts.weeks[-1]:
        raise ValueError("the last day must lie in the last week")

    late = late_tokens or [{}] * len(first_tokens)
    found = judging.judge(counts, first_tokens, late, thresholds, false_alarms_a_week)
    if months is None:
        return found
    from warp import monthly

    budget = OCCURRENCE_SHARE * false_alarms_a_week * WEEKS_A_MONTH
    seen = monthly.look(months.stored, months.delays, months.begun, budget)
    return msgspec.structs.replace(found, signals=(*found.signals, *seen))


def false_alarms_a_year(counts: Counts, thresholds: Sequence[Threshold]) -> list[float | None]:
    """Give how often a year chance alone meets each rule of the coordinators; none without a history."""
    from warp import judging

    return judging.false_alarms_a_year(counts, thresholds)
