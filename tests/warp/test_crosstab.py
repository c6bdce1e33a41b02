"""A cross table holds each report once, and its margins are its sums."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp import places, taxonomy
from warp.crosstab import (
    UNKNOWN,
    Choice,
    Rows,
    by_arrival,
    by_occurrence,
    cross,
    members_behind,
    months,
    periods,
    row_of,
)
from warp.tally import Cell, FirstTokens, Occurrence, members
from warp.weeks import Span, Week

FIRST, LAST = date(2025, 11, 20), date(2026, 3, 4)
PLACES = ("", "UY", "BR", "419", "005", "019", "FR", "001", "AQ")
TYPES = ("fraud/phishing", "fraud/masquerade", "availability/ddos")

cells = st.builds(Cell, st.dates(FIRST, LAST), st.sampled_from(TYPES), st.sampled_from(PLACES))
counted = st.lists(st.tuples(cells, st.integers(1, 9)), max_size=30)


@given(counted, st.sampled_from(Rows), st.sampled_from(Span))
def test_every_report_is_in_one_cell_and_the_margins_are_the_sums(
    found: list[tuple[Cell, int]], rows: Rows, columns: Span
) -> None:
    table = by_arrival(found, rows, columns, FIRST, LAST)
    assert table.total == sum(n for _, n in found)
    assert [sum(table.line(row)) for row in table.rows] == [table.row_totals[row] for row in table.rows]
    assert [sum(line) for line in zip(*map(table.line, table.rows), strict=True)] == (
        table.margin if found else []
    )
    assert sum(table.margin) == table.total


@given(counted)
def test_rows_stand_in_the_order_of_their_totals_and_then_of_their_codes(
    found: list[tuple[Cell, int]],
) -> None:
    table = by_arrival(found, Rows.PLACE, Span.MONTH, FIRST, LAST)
    totals = [(-table.row_totals[row], row) for row in table.rows]
    assert totals == sorted(totals)


@given(counted, st.sampled_from(TYPES), st.integers(0, 14))
def test_a_cell_holds_the_reports_of_its_row_and_week(
    found: list[tuple[Cell, int]], of_type: str, weeks: int
) -> None:
    table = by_arrival(found, Rows.TYPE, Span.WEEK, FIRST, LAST)
    monday = Week.of(FIRST).plus(weeks).monday
    days = {monday + timedelta(day) for day in range(7)}
    expected = sum(n for cell, n in found if cell.day in days and cell.type == of_type)
    assert table.cells.get((of_type, str(Week.of(monday))), 0) == expected


def test_a_week_without_a_report_is_a_column_all_the_same() -> None:
    cells = [(Cell(day, "fraud/phishing", "UY"), 1) for day in (date(2026, 11, 2), date(2026, 11, 18))]
    table = by_arrival(cells, Rows.TYPE, Span.WEEK, date(2026, 11, 2), date(2026, 11, 24))
    assert table.columns == ("2026-W45", "2026-W46", "2026-W47", "2026-W48")
    assert table.line("fraud/phishing") == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (Span.WEEK, ("2026-W52", "2026-W53", "2027-W01")),
        (Span.MONTH, ("2026-12", "2027-01")),
        (Span.QUARTER, ("2026-Q4", "2027-Q1")),
    ],
)
def test_months_and_quarters_are_whole_weeks(columns: Span, expected: tuple[str, ...]) -> None:
    # 28 December 2026 to 3 January 2027 is a week of December, because its Thursday is.
    assert periods(columns, date(2026, 12, 27), date(2027, 1, 4)) == expected
    assert periods(columns, date(2027, 1, 3), date(2027, 1, 3)) == expected[-2:-1]


def test_a_range_that_ends_before_it_begins_has_no_column() -> None:
    assert periods(Span.WEEK, LAST, FIRST) == ()
    assert by_arrival([], Rows.TYPE, Span.WEEK, LAST, FIRST) == cross([], [])


def test_a_count_in_no_column_is_an_error() -> None:
    with pytest.raises(ValueError, match="column"):
        cross([("fraud", "2026-W47", 1)], ["2026-W48"])


@pytest.mark.parametrize(
    ("place", "area", "sub_region", "region"),
    [
        ("UY", "005", "419", "019"),
        ("US", "021", "021", "019"),
        ("005", "005", "419", "019"),
        ("419", "419", "419", "019"),
        ("019", "019", "019", "019"),
        ("AQ", "001", "001", "001"),
        ("", "", "", ""),
    ],
)
def test_a_place_is_in_the_row_of_what_holds_it(place: str, area: str, sub_region: str, region: str) -> None:
    wider = (row_of(rows, "fraud/phishing", place) for rows in (Rows.AREA, Rows.SUB_REGION, Rows.REGION))
    assert tuple(wider) == (area, sub_region, region)
    assert row_of(Rows.PLACE, "fraud/phishing", place) == place


@pytest.mark.parametrize(
    ("choice", "held"),
    [
        (Choice(), {*PLACES}),
        (Choice(place="UY"), {"UY"}),
        (Choice(place="005"), {"UY", "BR", "005"}),
        (Choice(place="419"), {"UY", "BR", "005", "419"}),
        (Choice(place="019"), {"UY", "BR", "005", "419", "019"}),
        (Choice(place="001"), {*PLACES} - {""}),
        (Choice(type="fraud"), {*PLACES}),
        (Choice(type="fraud/masquerade"), set[str]()),
    ],
)
def test_an_area_holds_what_lies_in_it_and_a_class_its_types(choice: Choice, held: set[str]) -> None:
    assert {place for place in PLACES if choice.holds("fraud/phishing", place)} == held


def test_every_country_has_a_row_of_every_kind() -> None:
    for rows in Rows:
        assert all(row_of(rows, "fraud/phishing", place) for place in places.countries())


def test_months_of_occurrence_follow_each_other_and_the_unknown_comes_first() -> None:
    counts = [(Occurrence("2025-11", "fraud", "419"), 2), (Occurrence("", "fraud", ""), 3)]
    table = by_occurrence(counts, Rows.CLASS, "2026-02")
    assert table.columns == (UNKNOWN, "2025-11", "2025-12", "2026-01", "2026-02")
    assert table.line("fraud") == [3, 2, 0, 0, 0]
    assert by_occurrence(counts[1:], Rows.REGION, "2026-02").columns == (UNKNOWN,)
    assert by_occurrence(counts[:1], Rows.REGION, "2025-11").line("019") == [2]
    assert months("0999-12", "1000-01") == ("0999-12", "1000-01")


first_tokens = st.dictionaries(
    st.tuples(st.sampled_from(TYPES), st.sampled_from(PLACES)),
    st.dictionaries(st.sampled_from([Week(2026, 1), Week(2026, 2)]), st.integers(1, 5)),
)


@given(counted, first_tokens, st.sampled_from(Rows))
def test_members_of_a_row_are_those_of_its_cells_and_never_more_than_of_all(
    found: list[tuple[Cell, int]], tokens: FirstTokens, rows: Rows
) -> None:
    of_row, of_all = members_behind(found, rows, tokens)
    pairs = {(cell.type, cell.place) for cell, _ in found}
    assert of_all == members(pairs, tokens)
    for row, number in of_row.items():
        assert number == members([pair for pair in pairs if row_of(rows, *pair) == row], tokens) <= of_all


def test_ten_years_of_all_types_and_places_make_one_table() -> None:
    everywhere = sorted(places.countries())
    days = [date(2016, 1, 4) + timedelta(weeks=week) for week in range(520)]
    many = [
        (Cell(day, of_type, everywhere[(number + week) % len(everywhere)]), 1)
        for week, day in enumerate(days)
        for number, of_type in enumerate(taxonomy.TYPES)
    ]
    table = by_arrival(many, Rows.PLACE, Span.WEEK, days[0], days[-1])
    assert (len(table.rows), len(table.columns), table.total) == (len(everywhere), 520, len(many))
