"""Figures as data: JSON and CSV that say the same, fit their published schemas, and load as they are."""

import csv
import hashlib
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from feeds import archive, figures, index, progress, schemas
from feeds.figures import Closed
from tests.releases import EMPTY, MONTH, POLICY, QUARTER, RELEASES, SITE, WEEK
from tests.tables import flaws, table_flaws
from warp.disclosure import Release
from warp.policies import PRESETS, Name, Policy
from warp.weeks import Period

SCHEMA = json.loads(schemas.json_schema())
METADATA = json.loads(schemas.figures_metadata(SITE, [each.period for each in RELEASES]))


def document(release: Release, policy: Policy = POLICY) -> Any:
    return json.loads(figures.as_json(SITE, Closed(msgspec.structs.replace(release, policy=policy))))


def rows(release: Release) -> list[dict[str, str]]:
    table = figures.as_csv(SITE, Closed(release)).decode()
    return list(csv.DictReader(io.StringIO(table, newline="")))


@pytest.mark.parametrize("preset", Name)
@pytest.mark.parametrize("release", RELEASES, ids=lambda each: each.period)
def test_every_period_fits_the_published_schemas(release: Release, preset: Name) -> None:
    policy = Policy(preset=preset)
    assert list(flaws(document(release, policy), SCHEMA, SCHEMA)) == []
    closed = Closed(msgspec.structs.replace(release, policy=policy))
    assert list(table_flaws(figures.as_csv(SITE, closed), METADATA)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("period", "2026-W471"),
        ("first_day", "2026-13-01"),
        ("note", ""),
        ("unit", "incidents"),
        ("cells", [{"type": "fraud", "place": "NA", "at_least": 5, "labels": {}}]),
        ("cells", [{"type": "fraud", "place": "iso3166:NA", "at_least": 0, "labels": {}}]),
        ("count", 3),
    ],
)
def test_the_schema_refuses_what_is_no_such_document(field: str, value: object) -> None:
    assert list(flaws(document(WEEK) | {field: value}, SCHEMA, SCHEMA))


@pytest.mark.parametrize("field", [name for name in SCHEMA["$defs"]["Document"]["required"]])
def test_the_schema_lets_no_part_of_the_head_be_missing(field: str) -> None:
    made = document(WEEK)
    del made[field]
    assert list(flaws(made, SCHEMA, SCHEMA))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"iso3166:BR", b"BR"),
        (b",20,lower bound", b",,"),
        (b",20,lower bound", b",20.5,lower bound"),
        (b"2026-11-16", b"16/11/2026"),
        (b"at_least", b"reports"),
        (b",iso3166:BR,", b",m49:005,"),
    ],
)
def test_the_metadata_refuses_what_is_no_such_table(old: bytes, new: bytes) -> None:
    table = figures.as_csv(SITE, Closed(WEEK))
    assert list(table_flaws(table.replace(old, new), METADATA))


def test_the_metadata_names_every_table_where_it_stands_beside_it() -> None:
    assert [each["url"] for each in METADATA["tables"]] == [f"{each.period}.csv" for each in RELEASES]
    assert schemas.METADATA_PATH.rpartition("/")[0] == figures.csv_path("2026-W47").rpartition("/")[0]
    assert schemas.PROGRESS_METADATA_PATH.rpartition("/")[0] == progress.csv_path("019").rpartition("/")[0]


@pytest.mark.parametrize("release", [WEEK, MONTH, QUARTER], ids=lambda each: each.period)
def test_json_and_csv_say_the_same(release: Release) -> None:
    made = document(release)
    assert [(row["type"], row["place"], int(row["at_least"])) for row in rows(release)] == [
        (cell["type"], cell["place"], cell["at_least"]) for cell in made["cells"]
    ]
    for row in rows(release):
        assert {name: row[name] for name in ("period", "span", "first_day", "last_day", "closed_on")} == {
            name: made[name] for name in ("period", "span", "first_day", "last_day", "closed_on")
        }


def test_cells_have_stable_codes_and_names_in_every_language() -> None:
    cells = document(WEEK)["cells"]
    assert [(cell["type"], cell["place"]) for cell in cells] == [
        ("fraud/phishing", "iso3166:BR"),
        ("fraud/phishing", "m49:005"),
        ("malicious-code", "iso3166:NA"),
    ]
    assert cells[0]["labels"] == {
        "en": {"type": "Phishing", "place": "Brazil"},
        "es": {"type": "Phishing", "place": "Brasil"},
        "pt": {"type": "Phishing", "place": "Brasil"},
        "fr": {"type": "Hameçonnage (phishing)", "place": "Brésil"},
    }
    assert document(QUARTER)["cells"][-1]["type"] == "all"


def test_a_period_without_a_cell_says_too_few_to_publish() -> None:
    assert (document(EMPTY)["note"], document(EMPTY)["cells"]) == ("too few to publish", [])
    [row] = rows(EMPTY)
    assert (row["note"], row["at_least"]) == ("too few to publish", "")
    assert "" not in {value for name, value in row.items() if name != "at_least"}


def test_a_period_of_a_length_that_its_policy_has_no_step_for_says_so() -> None:
    cautious = msgspec.structs.replace(EMPTY, policy=Policy(preset=Name.CAUTIOUS))
    assert (document(cautious, cautious.policy)["note"], rows(cautious)[0]["note"]) == (
        "no figures of this length",
    ) * 2
    listed = json.loads(index.index(SITE, POLICY, [cautious], [], files() | {archive.PATH: b""}))
    assert listed["releases"][0]["note"] == "no figures of this length"


@pytest.mark.parametrize(
    ("created", "counted_from"), [(date(2026, 1, 5), "2026-11-16"), (date(2026, 11, 18), "2026-11-18")]
)
def test_a_period_in_which_the_site_began_says_from_when_it_counts(created: date, counted_from: str) -> None:
    site = msgspec.structs.replace(SITE, created=created)
    assert json.loads(figures.as_json(site, Closed(WEEK)))["counted_from"] == counted_from
    table = figures.as_csv(site, Closed(WEEK)).decode()
    assert {row["counted_from"] for row in csv.DictReader(io.StringIO(table, newline=""))} == {counted_from}


def test_what_is_left_for_all_types_or_the_world_is_named_the_rest() -> None:
    [fraud, rest] = document(QUARTER)["cells"]
    assert rest["labels"]["en"] == {"type": "All types (the rest)", "place": "World (the rest)"}
    assert rest["labels"]["es"]["type"] == "Todos los tipos (el resto)"
    assert fraud["labels"]["en"] == {"type": "Fraud", "place": "Americas"}


def test_the_head_says_what_it_takes_to_read_the_numbers_alone() -> None:
    made = document(QUARTER)
    assert (made["period"], made["first_day"], made["last_day"]) == ("2026-Q4", "2026-09-28", "2027-01-03")
    assert (made["span"], made["closed_on"], made["unit"]) == ("quarter", "2027-01-04", "reports")
    assert made["policy"]["preset"] == "small-community"
    assert made["publisher"] == {"name": "WARP of the South", "url": "https://warp.example"}
    for part, word in (
        ("clock", "Arrival"),
        ("lateness", "later"),
        ("completeness", "narrower or shorter cells"),
    ):
        assert word in made[part]


@pytest.mark.parametrize("preset", Name)
def test_the_ladder_says_what_each_step_needs(preset: Name) -> None:
    policy = Policy(preset=preset, reports=7, members=4)
    rungs = document(WEEK, policy)["ladder"]
    assert len(rungs) == len(PRESETS[preset].steps)
    for rung, step in zip(rungs, PRESETS[preset].steps, strict=True):
        surely = step.lead + len(step.odds) - 1
        assert rung["reports"] == {"never_under": 7 + step.lead, "surely_from": 7 + surely}
        assert rung["members"] == {"never_under": 4 + step.lead, "surely_from": 4 + surely}


def test_a_period_names_the_shorter_ones_that_it_leaves_out_and_the_longer_ones_to_come() -> None:
    month = document(MONTH)
    assert month["leaves_out"] == ["2026-W45", "2026-W46", "2026-W47", "2026-W48"]
    assert month["may_count_later"] == ["2026-Q4"]
    assert document(WEEK)["may_count_later"] == ["2026-11", "2026-Q4"]
    assert document(WEEK)["leaves_out"] == document(QUARTER)["may_count_later"] == []


def test_a_period_does_not_name_what_was_before_the_site() -> None:
    quarter = Period.parse("2026-Q4")
    assert figures.shorter(quarter, date(2026, 12, 27)) == ["2026-W52", "2026-W53", "2026-12"]


def test_no_value_can_be_taken_for_a_missing_one() -> None:
    """Readers of CSV take NA, and a few more words, for a missing value; NA is Namibia, too."""
    for row in rows(WEEK):
        assert not {"NA", "N/A", "NULL", "null", "None", "nan", "NaN", ""} & set(row.values())


def run_or_skip(program: str | None, missing: str, *arguments: str) -> str:
    if program is None and os.environ.get("WARP_REQUIRE_ALL") == "1":
        pytest.fail(missing)
    if program is None:
        pytest.skip(missing)
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def written(tmp_path: Path) -> Path:
    for release in (WEEK, EMPTY):
        (tmp_path / f"{release.period}.csv").write_bytes(figures.as_csv(SITE, Closed(release)))
    return tmp_path


def test_the_csv_loads_in_pandas_unchanged(written: Path) -> None:
    load = (
        "import pandas as pd, sys\n"
        "week, empty = pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2])\n"
        "print(week.at_least.dtype, week.at_least.sum(), int(week.isna().sum().sum()), *week.place)\n"
        "print(len(empty), int(empty.isna().sum().sum()), empty.note[0])\n"
    )
    python = sys.executable if importlib.util.find_spec("pandas") else None
    files = [str(written / f"{release.period}.csv") for release in (WEEK, EMPTY)]
    said = run_or_skip(python, "pandas is not installed", "-c", load, *files)
    assert said.splitlines() == ["int64 35 0 iso3166:BR m49:005 iso3166:NA", "1 1 too few to publish"]


def test_the_csv_loads_in_r_unchanged(written: Path) -> None:
    load = (
        "files <- commandArgs(trailingOnly = TRUE); week <- read.csv(files[1]); empty <- read.csv(files[2])\n"
        "cat(class(week$at_least), sum(week$at_least), sum(is.na(week)), week$place, fill = 200)\n"
        "cat(nrow(empty), sum(is.na(empty)), empty$note, fill = 200)\n"
    )
    files = [str(written / f"{release.period}.csv") for release in (WEEK, EMPTY)]
    said = run_or_skip(shutil.which("Rscript"), "R is not installed", "-e", load, *files)
    assert said.splitlines() == ["integer 35 0 iso3166:BR m49:005 iso3166:NA", "1 1 too few to publish"]


DOCUMENTED = (Path(__file__).parents[2] / "docs" / "figures.md").read_text("utf-8")


def documented(language: str) -> str:
    [code] = re.findall(f"```{language}\n(.*?)```", DOCUMENTED, re.DOTALL)
    return str(code)


@pytest.fixture(params=[QUARTER, Release("2026-Q4", (), POLICY)], ids=["figures", "too few"])
def quarter(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """A folder with the file that the documented code reads."""
    release: Release = request.param
    (tmp_path / "2026-Q4.csv").write_bytes(figures.as_csv(SITE, Closed(release)))
    monkeypatch.chdir(tmp_path)
    return release


def test_the_documented_pandas_code_adds_up_figures_and_makes_no_zero(quarter: Release) -> None:
    python = sys.executable if importlib.util.find_spec("pandas") else None
    said = run_or_skip(python, "pandas is not installed", "-c", documented("python"))
    assert ("Fraud" in said, "80" in said) == (bool(quarter.cells),) * 2
    assert not re.search(r"\b0\b", said)


def test_the_documented_r_code_adds_up_figures_and_makes_no_zero(quarter: Release) -> None:
    said = run_or_skip(shutil.which("Rscript"), "R is not installed", "-e", documented("r"))
    assert ("Fraud" in said, "80" in said) == (bool(quarter.cells),) * 2
    assert not re.search(r"\b0\b", said)


def files() -> dict[str, bytes]:
    made = {}
    for each in RELEASES:
        made[figures.json_path(each.period)] = figures.as_json(SITE, Closed(each))
        made[figures.csv_path(each.period)] = figures.as_csv(SITE, Closed(each))
    return made


def test_the_index_lists_every_period_latest_first_with_its_hashes() -> None:
    held = files() | {archive.PATH: b"packed"}
    listed = json.loads(index.index(SITE, POLICY, RELEASES, [], held))
    found = [(each["period"], each["cells"], each["note"]) for each in listed["releases"]]
    assert found == [
        ("2026-Q4", 2, "lower bound"),
        ("2026-11", 1, "lower bound"),
        ("2026-W47", 3, "lower bound"),
        ("2026-W46", 0, "too few to publish"),
        ("2026-Q3", 1, "lower bound"),
    ]
    for each in listed["releases"]:
        assert each["json"]["href"] == f"/v1/figures/{each['period']}"
        assert each["csv"]["href"] == f"/v1/figures/{each['period']}.csv"
        assert each["csv"]["sha256"] == hashlib.sha256(held[figures.csv_path(each["period"])]).hexdigest()
        assert each["json"]["sha256"] == hashlib.sha256(held[figures.json_path(each["period"])]).hexdigest()
    assert listed["archive"]["sha256"] == hashlib.sha256(b"packed").hexdigest()


def test_before_the_first_close_the_index_names_no_file_that_is_not_there() -> None:
    listed = json.loads(index.index(SITE, POLICY, [], [], {}))
    assert (listed["releases"], listed["archive"], listed["csv_metadata"]) == ([], None, None)
    assert listed["progress"] == []


def test_the_index_lists_every_progress_report_with_its_hash() -> None:
    areas = progress.every_progress(RELEASES)
    own = {progress.csv_path(each.area): progress.as_csv(SITE, each) for each in areas}
    listed = json.loads(index.index(SITE, POLICY, RELEASES, areas, files() | own | {archive.PATH: b""}))
    assert [each["area"] for each in listed["progress"]] == [f"m49:{each.area}" for each in areas]
    assert listed["progress"][0] == {
        "area": "m49:001",
        "first_quarter": "2026-Q3",
        "last_quarter": "2026-Q4",
        "closed_on": "2027-01-04",
        "csv": {
            "href": "/v1/figures/progress/001.csv",
            "sha256": hashlib.sha256(own["v1/figures/progress/001.csv"]).hexdigest(),
        },
    }


def test_the_archive_holds_every_file_with_its_hash_and_nothing_of_the_machine() -> None:
    held = {path.rpartition("/")[2]: data for path, data in files().items()}
    packed = archive.pack(held)
    assert packed == archive.pack(dict(reversed(held.items())))
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert opened.testzip() is None
        members = opened.infolist()
        assert {member.filename: opened.read(member) for member in members if member.filename in held} == held
        sums = dict(line.split("  ")[::-1] for line in opened.read("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
    assert {(member.create_system, member.extra, member.comment) for member in members} == {(0, b"", b"")}
