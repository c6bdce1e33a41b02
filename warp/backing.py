"""
Who stands behind a rise: how many members surely do, and how many reports are surely not of one.

One member has one first token for each class and week, and two dozen further ones that nobody can tell from
another member's. So in each place and class as many reports count as figures would count, three for each
first token; a rise that holds with no more than those is not the work of one. Pure.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from warp import tally, taxonomy
from warp.tally import FirstTokens
from warp.weeks import Week

Cell = tuple[str, str]
"""(type, place)."""

LEAST_MEMBERS = 2
"""One member alone, however many tokens it spends, raises no signal."""
REPORTS_PER_MEMBER = 3


def members(first_tokens: Sequence[FirstTokens], holds: Callable[[Cell], bool]) -> int:
    """
    Give how many distinct members surely stand behind the reports of some weeks of arrival.

    Args:
        first_tokens: Of each of the weeks.
        holds: Says whether a cell's reports are meant.
    """
    together: dict[Cell, Counter[Week]] = {}
    for arrived in first_tokens:
        for cell, tokens in arrived.items():
            if holds(cell):
                together.setdefault(cell, Counter()).update(tokens)
    return tally.members(together, together)


def counted(reports: Iterable[tuple[Cell, int]], first_tokens: FirstTokens) -> int:
    """
    Give how many reports of a week of arrival count as those of more than one.

    Args:
        reports: Of each cell that is meant.
        first_tokens: Of all cells in that week.
    """
    here: Counter[Cell] = Counter()
    for (of_type, place), number in reports:
        here[taxonomy.class_of(of_type), place] += number
    first: Counter[Cell] = Counter()
    for (of_type, place), tokens in first_tokens.items():
        first[taxonomy.class_of(of_type), place] += sum(tokens.values())
    return sum(min(number, REPORTS_PER_MEMBER * first[group]) for group, number in here.items())


def less(every: FirstTokens, some: FirstTokens) -> dict[Cell, dict[Week, int]]:
    """Give first tokens without some of them."""
    left = {
        cell: {
            week: number - some[cell].get(week, 0)
            for week, number in tokens.items()
            if number > some[cell].get(week, 0)
        }
        if cell in some
        else dict(tokens)
        for cell, tokens in every.items()
    }
    return {cell: tokens for cell, tokens in left.items() if tokens}
