"""
Years of reports as the attacks on figures meet them, and everything that is published of them.

The real incidents lie beside the repository on some machines only; the seeded region is always there.
"""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

from warp import taxonomy
from warp.disclosure import Release, protect
from warp.policies import Policy
from warp.tally import WeekCounts
from warp.weeks import Period, Span, Week

VCDB = Path(__file__).resolve().parents[3] / "shared" / "data" / "incidents-vcdb.csv"
NOTHING = WeekCounts({}, {})


class Filed(NamedTuple):
    """A report as it is counted; its token is of the week of its arrival."""

    week: Week
    type: str
    place: str
    first: bool
    """Whether it was its member's first of the class and week."""


class History(NamedTuple):
    """Reports, and the places that have members."""

    reports: tuple[Filed, ...]
    homes: frozenset[str]

    @property
    def tally(self) -> dict[Week, WeekCounts]:
        """Give the exact tally of each week that has any."""
        counts: dict[Week, Counter[tuple[str, str]]] = defaultdict(Counter)
        firsts: dict[Week, Counter[tuple[str, str]]] = defaultdict(Counter)
        for each in self.reports:
            counts[each.week][each.type, each.place] += 1
            firsts[each.week][each.type, each.place] += each.first
        return {
            week: WeekCounts(dict(of), {key: {week: n} for key, n in firsts[week].items() if n})
            for week, of in counts.items()
        }

    def between(self, first: Week, last: Week) -> "History":
        """Give the part of some weeks."""
        return self._replace(reports=tuple(each for each in self.reports if first <= each.week <= last))


def vcdb(without: str = "", members: int | None = None) -> History:
    """
    Give the real incidents.

    Args:
        without: A place that is left out.
        members: So many members a place; each row of a class and week is another one's unless given.
    """
    seen: Counter[tuple[Week, str, str]] = Counter()
    reports = []
    with VCDB.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if without and row["place"] == without:
                continue
            week = Week.of(date.fromisoformat(row["arrival"]))
            known = (week, taxonomy.class_of(row["type"]), row["place"])
            seen[known] += 1
            first = members is None or seen[known] <= members
            reports.append(Filed(week, row["type"], row["place"], first))
    return History(tuple(reports), frozenset(each.place for each in reports if each.place))


_HOMES = (
    *("BR",) * 5,
    *("AR", "MX") * 4,
    *("CO", "CL") * 3,
    *("UY", "PE") * 2,
    *("EC", "CR", "DO", "PA", "PY", "BO", "TT"),
)
_TYPES = (
    *("fraud/phishing",) * 6,
    *("malicious-code/infected-system", "intrusions/system-compromise") * 3,
    *("availability/ddos", "information-content-security/data-leak") * 2,
    *("vulnerable/vulnerable-system", "intrusion-attempts/login-attempts") * 2,
)


def region(seed: int, years: int = 7) -> History:
    """
    Give a seeded region: thirty members and ten reports a month.

    In one week of 25 a campaign hits some of them, too; without it hardly anything would ever be published.
    """
    random = Random(seed)
    first, reports = Week(2019, 2), []
    for week in (first.plus(number) for number in range(52 * years)):
        victims = [(random.randrange(len(_HOMES)), random.choice(_TYPES)) for _ in range(_poisson(random))]
        if random.random() < 1 / 25:
            of_type = random.choice(_TYPES)
            victims += [(who, of_type) for who in random.sample(range(len(_HOMES)), random.randint(4, 12))]
        had = set()
        for who, of_type in victims:
            known = (who, taxonomy.class_of(of_type))
            reports.append(Filed(week, of_type, _HOMES[who], known not in had))
            had.add(known)
    return History(tuple(reports), frozenset(_HOMES))


def _poisson(random: Random) -> int:
    """Give how many reports a week brings, 10 × 12 ÷ 52 on average."""
    limit, product, drawn = math.exp(-10 * 12 / 52), random.random(), 0
    while product > limit:
        product *= random.random()
        drawn += 1
    return drawn


def periods(tally: Mapping[Week, WeekCounts]) -> Iterator[Period]:
    """Give the periods of a history in the order in which they close, its last quarter whole."""
    week, last = min(tally), Period.of(max(tally), Span.QUARTER).last
    while week <= last:
        yield from (period for span in Span if (period := Period.of(week, span)).last == week)
        week = week.plus(1)


def publish(history: History, policy: Policy, secret_of: Callable[[Period], bytes]) -> list[Release]:
    """Give everything that is ever published of a history."""
    tally = history.tally
    made: list[Release] = []
    open_: list[Release] = []
    for period in periods(tally):
        inside = {week: tally.get(week, NOTHING) for week in period.weeks}
        earlier = [each for each in open_ if period.first <= Period.parse(each.period).first]
        release = protect(period, inside, earlier, history.homes, policy, secret_of(period))
        made.append(release)
        open_ = [] if period.span is Span.QUARTER else [*open_, release]
    return made


def drawn(random: Random) -> Callable[[Period], bytes]:
    """Give each period a secret of its own."""
    return lambda _: random.randbytes(32)


def largest_quarter(history: History) -> tuple[Week, Week]:
    """Give the first and last week of the quarter with the most reports."""
    by_quarter = Counter(each.week.quarter for each in history.reports)
    period = Period.parse(by_quarter.most_common(1)[0][0])
    return period.first, period.last
