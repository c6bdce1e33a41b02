"""A small history, replayed as a user does, and everything that can be wrong with one."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import program, refused, warp, warp_json
from warp import replay
from warp.replay import BadHistory

HEADER = "arrival,occurred,type,place,sector,tags"
ROWS = (
    "2014-03-03,2014-02,fraud/phishing,UY,banking,",
    "2014-03-03,2014-03-01,fraud/phishing,UY,banking,smishing",
    "2014-03-03,2013,malicious-code/infected-system,AR,,ransomware|supply-chain",
    "2014-03-05,2014-02-30,fraud/phishing,,,",
    "2014-03-05,,availability/ddos,419,,",
    "2014-03-09,2014-03-09,fraud/masquerade,US,,",
    "2014-03-10,,information-content-security/data-leak,BR,health,",
    "2014-03-10,,information-content-security/data-leak,BR,health,",
    "2014-03-10,,information-content-security/data-loss,BR,health,",
    "2014-03-16,2015,fraud/phishing,UY,,",
    "2014-03-16,,intrusions/application-compromise,NA,,",
    "2014-03-16,,fraud/phishing,US,,",
)


def history(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return path


def counted(path: Path, first: str = "", last: str = "9", without: str = "-") -> dict[tuple[str, ...], int]:
    """Count a history by day, type and place, without any of the code that is tested."""
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if first <= row["arrival"] <= last]
    return Counter((row["arrival"], row["type"], row["place"]) for row in rows if row["place"] != without)


def tallied(data: Path) -> dict[tuple[str, ...], int]:
    cells = warp_json("tally", "--data", data)["cells"]
    return {(cell["day"], cell["type"], cell["place"]): cell["reports"] for cell in cells}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return history(tmp_path_factory.mktemp("history") / "small.csv", *ROWS)


@pytest.fixture(scope="module")
def replayed(small: Path) -> tuple[Path, Any]:
    """The whole history, replayed once: its site and the summary."""
    data = small.parent / "site"
    return data, json.loads(program("replay", small, "--data", data, "--json"))


def test_every_row_is_accepted_once(replayed: tuple[Path, Any]) -> None:
    summary = replayed[1]
    assert (summary["sent"], summary["accepted"], summary["rejected"]) == (12, 12, 0)
    assert summary["weeks"] == {"2014-W10": 6, "2014-W11": 6}
    assert summary["seconds"] > 0


def test_the_tally_of_a_replay_is_the_count_of_its_rows(small: Path, replayed: tuple[Path, Any]) -> None:
    assert tallied(replayed[0]) == counted(small)


def test_a_replay_closes_every_week_that_it_plays(replayed: tuple[Path, Any]) -> None:
    assert sorted(path.name for path in (replayed[0] / "public/v1/figures").glob("*-W*.json")) == [
        "2014-W10.json",
        "2014-W11.json",
    ]


def test_a_folder_that_holds_a_site_is_refused_and_stays_as_it_is(
    small: Path, replayed: tuple[Path, Any]
) -> None:
    before = {path: path.read_bytes() for path in replayed[0].rglob("*") if path.is_file()}
    assert "not empty" in refused("replay", small, "--data", replayed[0])
    assert {path: path.read_bytes() for path in replayed[0].rglob("*") if path.is_file()} == before


def test_days_are_inclusive_and_a_place_can_be_left_out(small: Path, tmp_path: Path) -> None:
    choice = ("--from", "2014-03-10", "--to", "2014-03-16", "--drop-place", "US")
    summary = json.loads(warp("replay", small, "--data", tmp_path / "site", *choice, "--json"))
    assert summary["accepted"] == 5
    assert tallied(tmp_path / "site") == counted(small, "2014-03-10", "2014-03-16", "US")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2014-03-03", "2014-03-05", 5),
        ("2014-03-04", "2014-03-09", 3),
        ("2014-03-09", "2014-03-09", 1),
        ("2014-03-06", "2014-03-08", 0),
    ],
)
def test_the_first_and_the_last_day_belong_to_what_is_read(
    small: Path, first: str, last: str, expected: int
) -> None:
    read = replay.read(small, date.fromisoformat(first), date.fromisoformat(last))
    assert len(read) == expected == sum(counted(small, first, last).values())


def test_rows_are_played_by_their_day_of_arrival(tmp_path: Path) -> None:
    file = history(tmp_path / "unsorted.csv", *reversed(ROWS))
    assert [row.arrival for row in replay.read(file)] == sorted(row.arrival for row in replay.read(file))


@pytest.mark.parametrize(
    ("occurred", "kept"),
    [
        ("2018-02-29", "2018-02"),
        ("2016-02-29", "2016-02-29"),
        ("2014-04-31", "2014-04"),
        ("2014-12-31", "2014-12-31"),
        ("2014", "2014"),
        ("", ""),
    ],
)
def test_a_day_that_its_month_does_not_have_becomes_the_month(
    tmp_path: Path, occurred: str, kept: str
) -> None:
    file = history(tmp_path / "days.csv", f"2019-01-01,{occurred},fraud/phishing,UY,,")
    assert [row.draft.occurred for row in replay.read(file)] == [kept]


def test_tags_may_stand_in_any_order(tmp_path: Path) -> None:
    file = history(tmp_path / "tags.csv", "2019-01-01,,fraud/phishing,UY,,supply-chain|ransomware")
    assert [row.draft.tags for row in replay.read(file)] == [("ransomware", "supply-chain")]


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("2014-3-3,,fraud/phishing,UY,,", "column arrival"),
        ("2014-02-30,,fraud/phishing,UY,,", "column arrival"),
        (",,fraud/phishing,UY,,", "column arrival"),
        ("2014-03-03,soon,fraud/phishing,UY,,", "column occurred"),
        ("2014-03-03,2014-13-01,fraud/phishing,UY,,", "column occurred"),
        ("2014-03-03,2014-03-32,fraud/phishing,UY,,", "column occurred"),
        ("2014-03-03,2014-03-00,fraud/phishing,UY,,", "column occurred"),
        ("2014-03-03,,fraud,UY,,", "column type"),
        ("2014-03-03,,,UY,,", "column type"),
        ("2014-03-03,,fraud/phishing,XX,,", "column place"),
        ("2014-03-03,,fraud/phishing,uy,,", "column place"),
        ("2014-03-03,,fraud/phishing,UY,farming,", "column sector"),
        ("2014-03-03,,fraud/phishing,UY,,ransom", "column tags"),
        ("2014-03-03,,fraud/phishing,UY,", "columns"),
        ("2014-03-03,,fraud/phishing,UY,,,", "columns"),
        ('2014-03-03,,"fraud"/phishing,UY,,', "CSV"),
    ],
)
def test_a_bad_row_is_named_with_its_column(tmp_path: Path, row: str, named: str) -> None:
    file = history(tmp_path / "bad.csv", ROWS[0], ROWS[1], row, ROWS[2])
    with pytest.raises(BadHistory, match=f"row 4.*{named}"):
        replay.read(file)


def test_nothing_is_sent_of_a_history_with_a_bad_row(tmp_path: Path) -> None:
    file = history(tmp_path / "bad.csv", *ROWS, "2014-03-17,,fraud/phishing,XX,,")
    assert "row 14, column place" in refused("replay", file, "--data", tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_bad_row_outside_the_wanted_days_is_a_bad_row(tmp_path: Path) -> None:
    file = history(tmp_path / "bad.csv", *ROWS, "2014-03-17,,fraud/phishing,XX,,")
    with pytest.raises(BadHistory, match="row 14"):
        replay.read(file, last=date(2014, 3, 10))


@pytest.mark.parametrize("header", ["", "arrival,type", HEADER + ",more", HEADER.upper()])
def test_other_columns_are_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(BadHistory, match="the columns must be arrival,"):
        replay.read(history(tmp_path / "columns.csv", *ROWS, header=header))


def test_a_header_that_is_no_csv_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadHistory, match="row 1: not valid CSV"):
        replay.read(history(tmp_path / "columns.csv", *ROWS, header='"arrival"x,occurred'))


def test_a_history_saved_by_a_spreadsheet_is_read(small: Path, tmp_path: Path) -> None:
    lines = small.read_text(encoding="utf-8").splitlines()
    (tmp_path / "saved.csv").write_text("\r\n".join(lines), encoding="utf-8-sig")
    assert replay.read(tmp_path / "saved.csv") == replay.read(small)


async def test_an_empty_choice_makes_no_site(small: Path, tmp_path: Path) -> None:
    with pytest.raises(BadHistory, match="no row is left"):
        await replay.replay(replay.read(small, first=date(2015, 1, 1)), tmp_path / "site")
    assert not (tmp_path / "site").exists()
