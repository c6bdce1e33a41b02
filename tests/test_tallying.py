"""`warp tally` on a real site: its tables, their margins, its two clocks, and what it refuses."""

import csv
import io
import os
import pty
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import PROGRAM, program, refused, warp, warp_json
from warp.cli.heat import Notes, render
from warp.crosstab import Rows, cross
from warp.weeks import Span, Week

HEADER = "arrival,occurred,type,place,sector,tags"
ROWS = (
    *["2014-01-06,2013-12,fraud/phishing,UY,,"] * 3,
    *["2014-01-08,2014-01-02,fraud/masquerade,BR,,"] * 4,
    *["2014-01-20,2013-10,availability/ddos,419,,"] * 2,
    *["2014-02-03,2014-01,fraud/phishing,UY,,"] * 8,
    *["2014-02-11,2013,intrusions/burglary,NZ,,"] * 2,
    *["2014-02-12,,fraud/phishing,,,"],
    *["2014-02-28,2014-02-27,malicious-code/infected-system,FR,,"] * 3,
)
"""23 reports of eight weeks; the month of 20 is known. No week of them is 2014-W03, W05 or W08."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    (folder / "history.csv").write_text("\n".join((HEADER, *ROWS, "")), encoding="utf-8")
    program("replay", folder / "history.csv", "--data", folder / "site")
    return folder / "site"


def tallied(data: Path, *choice: str) -> Any:
    return warp_json("tally", "--data", data, *choice)


def table(data: Path, *choice: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(warp("tally", "--data", data, *choice, "--csv")), strict=True))


def on_terminal(*arguments: str | Path, **environment: str) -> str:
    """Run a command with a terminal as its output."""
    ours, its = pty.openpty()
    given = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    command = [*PROGRAM, *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=its, env=given | {"TERM": "xterm-256color"} | environment
    ) as process:
        os.close(its)
        said = b""
        try:
            while part := os.read(ours, 65536):
                said += part
        except OSError:  # the terminal has no other end any more
            pass
        os.close(ours)
    assert process.returncode == 0
    return said.decode().replace("\r\n", "\n")


# By arrival


def test_the_cells_are_those_of_the_history(data: Path) -> None:
    fields = [row.split(",") for row in ROWS]
    expected = Counter((arrival, of_type, place) for arrival, _, of_type, place, *_ in fields)
    cells = tallied(data)["cells"]
    assert {(cell["day"], cell["type"], cell["place"]): cell["reports"] for cell in cells} == expected


def test_the_table_has_all_types_and_weeks_with_their_totals(data: Path) -> None:
    head, *lines, total = table(data)
    weeks = [f"2014-W{number:02d}" for number in range(2, 10)]
    assert head == ["type", "name", *weeks, "total"]
    assert [line[0] for line in lines] == [
        "fraud/phishing",
        "fraud/masquerade",
        "malicious-code/infected-system",
        "availability/ddos",
        "intrusions/burglary",
    ]
    assert lines[0] == ["fraud/phishing", "Phishing", "3", "0", "0", "0", "8", "1", "0", "0", "12"]
    assert total == ["total", "", "7", "0", "2", "0", "8", "3", "0", "3", "23"]


@pytest.mark.parametrize("rows", Rows)
@pytest.mark.parametrize("columns", Span)
def test_every_table_adds_up(data: Path, rows: Rows, columns: Span) -> None:
    head, *lines, total = table(data, "--rows", rows, "--columns", columns, "--members")
    assert (head[0], head[-2:]) == (rows, ["total", "members"])
    for line in (*lines, total):
        assert sum(map(int, line[2:-2])) == int(line[-2])
    assert [sum(map(int, column)) for column in zip(*(line[2:-1] for line in lines), strict=True)] == [
        *map(int, total[2:-1])
    ]
    assert total[-2] == "23"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (("--type", "fraud"), 16),
        (("--type", "fraud/phishing"), 12),
        (("--place", "uy"), 11),
        (("--place", "005"), 15),
        (("--place", "019"), 17),
        (("--place", "019", "--type", "availability"), 2),
        (("--from", "2014-02-12"), 4),
        (("--from", "2014-W07"), 6),
        (("--to", "2014-W07"), 20),
        (("--from", "2014-01-08", "--to", "2014-01-08"), 4),
        (("--from", "2014-02", "--to", "2014-02"), 14),
        (("--from", "2014-Q1", "--to", "2014-01"), 9),
        (("--from", "1999-01-01", "--to", "2999-Q1"), 23),
        (("--from", "2014-W08", "--to", "2014-W08"), 0),
        (("--from", "2019-01-01"), 0),
    ],
)
def test_a_choice_holds_for_cells_and_table_alike(data: Path, choice: tuple[str, ...], expected: int) -> None:
    found = tallied(data, *choice)
    assert (
        sum(cell["reports"] for cell in found["cells"]) == found["total"] == sum(found["totals"]) == expected
    )
    assert table(data, *choice)[-1][-1] == str(expected)


def test_an_area_is_a_row_for_all_that_lies_in_it(data: Path) -> None:
    lines = tallied(data, "--rows", "region", "--columns", "quarter")["lines"]
    assert [(line["code"], line["name"], line["reports"]) for line in lines] == [
        ("019", "Americas", [17]),
        ("150", "Europe", [3]),
        ("009", "Oceania", [2]),
        ("", "unknown place", [1]),
    ]


def test_members_are_the_sure_number_of_distinct_ones(data: Path) -> None:
    found = tallied(data, "--rows", "type", "--members")
    # In a replay each row of a class and week is another member's; over the weeks they may be the same.
    assert {line["code"]: line["members"] for line in found["lines"]}["fraud/phishing"] == 8
    assert found["members"] == 8
    assert "members" not in tallied(data)


# By occurrence


def test_by_occurrence_incomplete_months_are_marked_with_the_share_that_has_arrived(data: Path) -> None:
    found = tallied(data, "--by", "occurrence")
    assert (found["counted_to"], found["delays"], found["total"]) == ("2014-03-02", 20, 23)
    assert found["periods"] == ["", "2013-10", "2013-11", "2013-12", "2014-01", "2014-02", "2014-03"]
    assert found["totals"] == [3, 2, 0, 3, 12, 3, 0]
    # 7 came in the month itself, 11 in the next, 2 in the third; 2 days of March are over.
    expected = {"2013-10": 1.0, "2013-11": 1.0, "2013-12": 0.906, "2014-01": 0.9, "2014-02": 0.385}
    months = {each["month"]: each for each in found["months"]}
    assert {month: months[month]["arrived"] for month in expected} == expected
    assert months["2014-03"]["arrived"] == 0.001
    assert [month for month in months if months[month]["incomplete"]] == ["2014-02", "2014-03"]


def test_by_occurrence_the_last_line_of_the_csv_is_the_share(data: Path) -> None:
    head, *_, total, arrived = table(data, "--by", "occurrence", "--rows", "sub-region")
    assert head[:4] == ["sub-region", "name", "unknown", "2013-10"]
    assert total[:4] == ["total", "", "3", "2"]
    assert arrived[:4] == ["arrived by now", "", "", "1.000"]
    assert len(head) == len(total) == len(arrived)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (("--type", "fraud"), 16),
        (("--place", "419"), 17),
        (("--place", "019"), 17),
        (("--place", "150"), 3),
        (("--from", "2013-12", "--to", "2014-01-20"), 15 + 3),
        (("--to", "2013-Q4"), 5 + 3),
        (("--to", "2013-09"), 0 + 3),
        (("--from", "2014-W05"), 15 + 3),
    ],
)
def test_by_occurrence_a_choice_is_of_months_classes_and_sub_regions(
    data: Path, choice: tuple[str, ...], expected: int
) -> None:
    # Three reports state no month, and stay whatever months are asked for.
    found = tallied(data, "--by", "occurrence", *choice)
    assert sum(cell["reports"] for cell in found["cells"]) == found["total"] == expected


def test_with_few_delays_no_month_is_marked_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("\n".join((HEADER, *ROWS[:9], "")), encoding="utf-8")
    program("replay", tmp_path / "history.csv", "--data", tmp_path / "site")
    said = warp("tally", "--data", tmp_path / "site", "--by", "occurrence")
    assert "not marked: it takes 20 known delays, there are 9" in said
    assert "*" not in said
    assert tallied(tmp_path / "site", "--by", "occurrence")["months"] == []


# For people


def test_a_person_sees_what_it_is_and_that_it_stays_here(data: Path) -> None:
    said = warp("tally", "--data", data, "--type", "fraud", "--place", "UY", "--columns", "month")
    assert said.splitlines() == [
        "Reports of Fraud in Uruguay by type and month of release, 2014-01-06 to 2014-03-02.",
        "Exact counts, for coordinators only: never publish them.",
        "",
        "         2014",
        "         Jan  Feb  total",
        "Phishing   3▒   8█    11",
        "total      3    8     11",
        "",
        "· none   ░ 1 to 2   ▒ 3   ▓ 4 to 5   █ 6 to 8",
    ]


def test_a_person_sees_which_months_are_incomplete(data: Path) -> None:
    said = warp("tally", "--data", data, "--by", "occurrence")
    assert "Dec   Jan   Feb*  Mar* total" in said
    assert "arrived by now        100%  100%   90%   90%   38%    0%" in said
    assert "* incomplete: less than 90% of its reports have probably arrived" in said
    assert "estimated from how late 20 reports came" in said


def test_where_nothing_is_counted_that_is_said(data: Path, tmp_path: Path) -> None:
    assert warp("tally", "--data", data, "--type", "other") == "Nothing of this was counted.\n"
    assert warp("tally", "--data", data, "--by", "occurrence", "--type", "other").startswith("Nothing")
    assert table(data, "--from", "2019-01-01") == [["type", "name", "total"], ["total", "", "0"]]
    program("init", "--data", tmp_path / "new", "--name", "New", "--url", "http://127.0.0.1:8080")
    for clock in ("arrival", "occurrence"):
        assert warp("tally", "--data", tmp_path / "new", "--by", clock) == "Nothing of this was counted.\n"
        assert tallied(tmp_path / "new", "--by", clock)["cells"] == []


WEEKS = [Week(2016, 1).plus(number) for number in range(520)]


@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("with_members", [True, False])
def test_a_table_of_ten_years_fits_and_every_line_adds_up(width: int, with_members: bool) -> None:  # noqa: FBT001
    rows = [f"row {number} with a name that is far too long for a narrow terminal" for number in range(250)]
    counts = [
        (row, str(week), (place * number) % 17)
        for place, row in enumerate(rows)
        for number, week in enumerate(WEEKS)
    ]
    table = cross(counts, [str(week) for week in WEEKS])
    notes = Notes(unit="week", members=dict.fromkeys(rows, 7) if with_members else None)
    lines = [line.plain for line in render(table, str, notes, width)]
    assert max(map(len, lines)) <= width
    shown = sum(part.startswith("W") for part in lines[1].split())
    assert f"earlier: the {520 - shown} weeks before, which do not fit" in lines
    assert shown >= 2
    for line in lines[2:253]:
        texts = line.split()[-(shown + 3 if with_members else shown + 2) :]
        numbers = [int(text.rstrip("░▒▓█").replace("·", "0")) for text in texts]
        *parts, total = numbers[:-1] if with_members else numbers
        assert sum(parts) == total


def test_a_wide_terminal_leaves_nothing_out() -> None:
    table = cross([("a", str(week), 1) for week in WEEKS[:30]], [str(week) for week in WEEKS[:30]])
    lines = [line.plain for line in render(table, str, Notes(unit="week"), 200)]
    assert lines[1].split() == [*(f"W{week.number:02d}" for week in WEEKS[:30]), "total"]
    assert not any(line.startswith("earlier") for line in lines)


def test_colour_is_for_terminals_that_want_it(data: Path) -> None:
    arguments = ("tally", "--data", data)
    assert "\x1b[" in on_terminal(*arguments)
    assert "\x1b[" not in on_terminal(*arguments, NO_COLOR="1")
    assert "\x1b[" not in warp(*arguments)
    plain = on_terminal(*arguments, NO_COLOR="1", COLUMNS="200")
    assert plain == warp(*arguments)


# What is refused


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (("--type", "fraud/none"), "--type: not an RSIT type"),
        (("--place", "XX"), "--place: not an ISO 3166-1"),
        (("--from", "2014-02-30"), "--from: write a day"),
        (("--to", "soon"), "--to: write a day"),
        (("--to", "20140203"), "--to: write a day"),
        (("--from", "2014-W53"), "--from: write a day"),
        (("--from", "0001-W01"), "--from: write a day"),
        (("--to", "9999-W52"), "--to: write a day"),
        (("--from", "2014-W09", "--to", "2014-01"), "--from: lies after --to"),
        (("--rows", "sector"), "--rows"),
        (("--columns", "day"), "--columns"),
        (("--by", "hand"), "--by"),
        (("--json", "--csv"), "choose --json or --csv"),
        (("--by", "occurrence", "--type", "fraud/phishing"), "only classes are kept: fraud"),
        (("--by", "occurrence", "--place", "UY"), "only sub-regions are kept: 419"),
        (("--by", "occurrence", "--place", "005"), "only sub-regions are kept: 419"),
        (("--by", "occurrence", "--rows", "place"), "only these are kept: class, sub-region, region"),
        (("--by", "occurrence", "--columns", "week"), "only months are kept"),
        (("--by", "occurrence", "--members"), "no member is counted"),
    ],
)
def test_what_cannot_be_counted_is_refused_in_one_sentence(
    data: Path, choice: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused("tally", "--data", data, *choice)
