"""Releases for tests of what is published: a site's quarter, with and without figures."""

from datetime import date

from feeds.entry import Site
from warp.disclosure import Cell, Figure, Release
from warp.policies import Name, Policy
from warp.taxonomy import LANGUAGES

SITE = Site(
    name="WARP of the South", url="https://warp.example", languages=LANGUAGES, created=date(2026, 1, 5)
)
POLICY = Policy(preset=Name.SMALL_COMMUNITY)


def cell(of_type: str, place: str, at_least: int) -> Cell:
    return Cell(of_type, place, Figure(at_least))


EMPTY = Release("2026-W46", (), POLICY)
WEEK = Release(
    "2026-W47",
    (cell("fraud/phishing", "005", 10), cell("fraud/phishing", "BR", 20), cell("malicious-code", "NA", 5)),
    POLICY,
)
MONTH = Release("2026-11", (cell("fraud", "001", 40),), POLICY)
EARLIER = Release("2026-Q3", (cell("availability", "419", 5),), POLICY)
QUARTER = Release("2026-Q4", (cell("", "001", 5), cell("fraud", "019", 80)), POLICY)
RELEASES = [EARLIER, EMPTY, WEEK, MONTH, QUARTER]
"""In order of their ends."""
