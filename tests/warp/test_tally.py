"""Counting is exact, does not depend on order, and never takes one member for two."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from warp import tally, taxonomy
from warp.report import Report, encode_lookup
from warp.tally import Cell, Counted, count, members
from warp.weeks import Week

DAY = date(2026, 11, 18)
WEEK = Week(2026, 47)
BEFORE = Week(2026, 46)

COUNTED_TYPES = [code for code in taxonomy.TYPES if code != taxonomy.TEST_TYPE]


def _counted(
    of_type: str = "fraud/phishing",
    place: str = "UY",
    *,
    week: Week = WEEK,
    first: bool = True,
    occurred: str = "",
    tags: tuple[str, ...] = (),
    similar: taxonomy.Similar = taxonomy.Similar.ONE,
) -> Counted:
    report = Report(
        type=of_type,
        place=place,
        sector="banking",
        occurred=occurred,
        severity=taxonomy.Severity.HIGH,
        similar=similar,
        tags=tags,
        lookup=encode_lookup(bytes(32)),
        urgent=False,
    )
    return Counted(report, week, first)


some = st.builds(
    _counted,
    st.sampled_from(["fraud/phishing", "fraud/masquerade", "availability/ddos", taxonomy.TEST_TYPE]),
    st.sampled_from(["", "UY", "AR", "419"]),
    week=st.sampled_from([WEEK, BEFORE]),
    first=st.booleans(),
    occurred=st.sampled_from(["", "2026", "2026-10-02", "2027-01"]),
    tags=st.sampled_from([(), ("ransomware",), ("ransomware", "wiper")]),
    similar=st.sampled_from(taxonomy.Similar),
)


@given(st.lists(some, max_size=12), st.randoms(use_true_random=False))
def test_a_tally_does_not_depend_on_the_order_of_arrival(reports: list[Counted], random: object) -> None:
    shuffled = list(reports)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert count(shuffled, DAY) == count(reports, DAY)


@given(st.lists(some, max_size=12), st.integers(0, 12))
def test_two_tallies_add_up_to_the_tally_of_both(reports: list[Counted], cut: int) -> None:
    one, other, both = count(reports[:cut], DAY), count(reports[cut:], DAY), count(reports, DAY)
    for table in (
        "reports",
        "similar",
        "first_tokens",
        "sectors",
        "severities",
        "tags",
        "occurrences",
        "delays",
        "late",
    ):
        assert getattr(one, table) + getattr(other, table) == getattr(both, table)


@given(st.lists(some, max_size=12))
def test_every_report_but_a_test_is_counted_once_in_each_table_and_once_a_tag(reports: list[Counted]) -> None:
    found, real = count(reports, DAY), [each for each in reports if not each.report.is_test]
    for table in (found.reports, found.similar, found.sectors, found.severities, found.occurrences):
        assert table.total() == len(real)
    assert found.tags.total() == sum(len(each.report.tags) for each in real)
    assert found.first_tokens.total() == sum(each.first for each in real)


def test_a_test_report_leaves_no_count_and_no_member() -> None:
    assert count([_counted(taxonomy.TEST_TYPE, tags=("ransomware",))] * 3, DAY) == tally.Tally()


def test_a_report_is_counted_under_its_day_type_and_place_whatever_it_stands_for() -> None:
    found = count([_counted(similar=taxonomy.Similar.VERY_MANY), _counted(first=False)], DAY)
    cell = Cell(DAY, "fraud/phishing", "UY")
    assert found.reports == Counter({cell: 2})
    assert found.similar == Counter({(cell, taxonomy.Similar.VERY_MANY): 1, (cell, taxonomy.Similar.ONE): 1})
    assert found.first_tokens == Counter({(cell, WEEK): 1})


def test_a_late_report_is_counted_on_the_day_of_its_release_with_the_week_of_its_token() -> None:
    found = count([_counted(week=BEFORE)], DAY)
    assert found.first_tokens == Counter({(Cell(DAY, "fraud/phishing", "UY"), BEFORE): 1})


def test_the_quarter_is_that_of_the_release_weeks_thursday() -> None:
    found = count([_counted(tags=("wiper",))], date(2026, 3, 31))  # its Thursday is 2 April
    assert found.sectors == Counter({("2026-Q2", "fraud", "banking"): 1})
    assert found.severities == Counter({("2026-Q2", "fraud", "high"): 1})
    assert found.tags == Counter({("2026-Q2", "fraud", "wiper"): 1})


def test_occurrences_are_kept_by_month_class_and_sub_region_only() -> None:
    found = count(
        [
            _counted(place="UY", occurred="2026-09-13"),
            _counted(place="BO", occurred="2026-09"),
            _counted(place="019", occurred="2026"),
            _counted(place="", occurred="2026-12-01"),
        ],
        DAY,
    )
    assert found.occurrences == Counter(
        {("2026-09", "fraud", "419"): 2, ("", "fraud", "019"): 1, ("", "fraud", ""): 1}
    )


def test_delays_are_counted_of_reports_whose_month_is_known() -> None:
    found = count(
        [_counted(occurred=text) for text in ("2026-09-13", "2026-09", "2026-11-18", "2026", "")], DAY
    )
    assert found.delays == Counter({("2026-Q4", "2"): 2, ("2026-Q4", "0"): 1})
    assert count([_counted(occurred="2026-12")], DAY).delays == Counter()


def test_reports_of_old_incidents_are_counted_a_second_time_by_day_type_and_place() -> None:
    stated = ("2026-08-31", "2025-12", "2025", "2026-09-01", "2026-11-18", "2026", "2027", "")
    found = count([_counted(occurred=text) for text in stated], DAY)
    cell = Cell(DAY, "fraud/phishing", "UY")
    assert found.late == Counter({cell: 3})
    assert found.reports == Counter({cell: len(stated)})


def test_no_table_is_the_full_cross() -> None:
    found = count([_counted(tags=("ransomware",), occurred="2026-08")], DAY)
    # (day, type, place) never meets sector, severity, tag or month; those never meet a place or a type.
    assert {len(key) for key in (*found.reports, *found.late)} == {3}
    for table in (found.sectors, found.severities, found.tags, found.occurrences, found.delays):
        assert all("fraud/phishing" not in key and "UY" not in key and DAY not in key for key in table)


PHISHING, MASQUERADE, DDOS = ("fraud/phishing", "UY"), ("fraud/masquerade", "AR"), ("availability/ddos", "UY")


def test_members_of_one_class_and_week_add_up_over_types_and_places() -> None:
    assert members([PHISHING, MASQUERADE], {PHISHING: {WEEK: 2}, MASQUERADE: {WEEK: 3}}) == 5


def test_members_never_add_up_over_classes() -> None:
    assert members([PHISHING, DDOS], {PHISHING: {WEEK: 2}, DDOS: {WEEK: 3}}) == 3


def test_members_never_add_up_over_token_weeks() -> None:
    assert members([PHISHING], {PHISHING: {WEEK: 2, BEFORE: 3}}) == 3


def test_members_are_the_largest_single_sum_and_not_a_sum_of_the_largest() -> None:
    first_tokens = {PHISHING: {WEEK: 2, BEFORE: 3}, MASQUERADE: {WEEK: 2}, DDOS: {BEFORE: 3}}
    assert members([PHISHING, MASQUERADE, DDOS], first_tokens) == 4


def test_cells_that_are_not_asked_for_and_cells_without_first_tokens_bring_no_member() -> None:
    assert members([PHISHING], {DDOS: {WEEK: 9}}) == 0
    assert members([], {DDOS: {WEEK: 9}}) == 0
    assert members([PHISHING], {PHISHING: {}}) == 0


_Spending = tuple[str, str, str, Week]
"""Member, type, place, token week."""

spendings: st.SearchStrategy[list[_Spending]] = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from(["fraud/phishing", "fraud/masquerade", "availability/ddos", "availability/dos"]),
        st.sampled_from(["UY", "AR", ""]),
        st.sampled_from([WEEK, BEFORE]),
    ),
    max_size=40,
)


def _first_tokens(spent: Iterable[_Spending]) -> dict[tuple[str, str], dict[Week, int]]:
    """A member has one first token per class and week; what it reports beyond that is paid otherwise."""
    had: set[tuple[str, str, Week]] = set()
    found: dict[tuple[str, str], dict[Week, int]] = {}
    for member, of_type, place, week in spent:
        purse = (member, taxonomy.class_of(of_type), week)
        if purse not in had:
            had.add(purse)
            weeks = found.setdefault((of_type, place), {})
            weeks[week] = weeks.get(week, 0) + 1
    return found


@given(spendings, st.sets(st.sampled_from(["UY", "AR", ""])))
def test_members_are_never_more_than_there_are(spent: list[_Spending], asked: set[str]) -> None:
    first_tokens = _first_tokens(spent)
    cells = [cell for cell in first_tokens if cell[1] in asked]
    truly = {member for member, _, place, _ in spent if place in asked}
    assert members(cells, first_tokens) <= len(truly)


@given(st.sets(st.sampled_from("abcdef")), st.sampled_from(COUNTED_TYPES))
def test_members_who_report_once_in_one_class_and_week_are_all_seen(names: set[str], of_type: str) -> None:
    first_tokens = _first_tokens((name, of_type, "UY", WEEK) for name in names)
    assert members(first_tokens, first_tokens) == len(names)
