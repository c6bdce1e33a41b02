"""Years of real incidents through the whole path, compared cell by cell with a count of the file."""

import json
from pathlib import Path

import pytest

from tests.commandline import program
from tests.test_replay import counted, tallied

HISTORY = Path(__file__).resolve().parents[2] / "shared" / "data" / "incidents-vcdb.csv"
YEAR = ("--from", "2014-01-01", "--to", "2014-12-31")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HISTORY.exists(), reason="the history is not beside this repository"),
]


def check(data: Path, expected: dict[tuple[str, ...], int], *choice: str) -> None:
    """Replay and compare."""
    summary = json.loads(program("replay", HISTORY, "--data", data, *choice, "--json"))
    total = sum(expected.values())
    assert (summary["sent"], summary["accepted"], summary["rejected"]) == (total, total, 0)
    assert sum(summary["weeks"].values()) == total
    assert tallied(data) == expected


def test_a_year_is_tallied_as_its_rows_count(tmp_path: Path) -> None:
    check(tmp_path / "site", counted(HISTORY, "2014-01-01", "2014-12-31"), *YEAR)


def test_a_year_without_its_largest_place_is_tallied_as_its_rows_count(tmp_path: Path) -> None:
    expected = counted(HISTORY, "2014-01-01", "2014-12-31", "US")
    check(tmp_path / "site", expected, *YEAR, "--drop-place", "US")


def test_the_whole_history_is_tallied_as_its_rows_count(tmp_path: Path) -> None:
    check(tmp_path / "site", counted(HISTORY))
