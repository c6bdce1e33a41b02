"""`warp forget`, `midnight`, `backup` and `restore`, as an operator meets them."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import rewriting
from tests.commandline import refused, run, serving, warp, warp_json
from tests.support import Stock, found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, stock: Stock) -> Path:
    """A site of today: the command line knows no other clock than the machine's."""
    data = tmp_path_factory.mktemp("made") / "site"
    asyncio.run(found(data, stock, datetime.now(UTC)))
    return data


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "site"))


def execute(data: Path, name: str, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(data / f"{name}.db", isolation_level=None)) as connection:
        connection.execute(statement, values)
    rewriting.hide_times(data / f"{name}.db")


def finish(data: Path, ago: timedelta) -> None:
    """Let the last finished day be so long before today."""
    day = (datetime.now(UTC) - ago).date()
    execute(data, "reports", "UPDATE waiting SET day = ?", day.isoformat())


def file_old_narrative(data: Path) -> None:
    statement = "INSERT INTO inbox VALUES (?, ?, ?)"
    execute(data, "reports", statement, bytes(16), "2020-W10", b"an old narrative" * 4)


# Forgetting


def test_a_dry_run_says_what_is_due_and_destroys_nothing(site: Path) -> None:
    file_old_narrative(site)
    said = warp("forget", "--dry-run", "--data", site)
    assert "Sealed narratives: for 90 days after their week." in said
    assert "2020-W10      1  due now" in said
    told = warp_json("forget", "--dry-run", "--data", site)
    assert told["forgotten"] is False
    [narratives] = [each for each in told["kept"] if each["what"] == "sealed narratives"]
    assert narratives["weeks"] == [
        {"week": "2020-W10", "number": 1, "until": "2020-06-07", "due": True, "waits": False}
    ]


def test_forgetting_by_hand_destroys_what_is_due_and_says_so(site: Path) -> None:
    file_old_narrative(site)
    assert "2020-W10      1  gone" in warp("forget", "--data", site)
    assert "2020-W10" not in warp("forget", "--dry-run", "--data", site)
    assert b"an old narrative" not in (site / "reports.db").read_bytes()


# The clock


LEAPS = (timedelta(days=400), timedelta(days=-400))


@pytest.mark.parametrize("leap", LEAPS, ids=["ahead", "behind"])
@pytest.mark.parametrize(
    "command", ["forget", "release", "midnight", "backup --out {out}", "advisory publish x --as coordinator"]
)
def test_a_clock_in_doubt_is_told_in_one_sentence(
    site: Path, tmp_path: Path, leap: timedelta, command: str
) -> None:
    finish(site, leap)
    today = datetime.now(UTC).date()
    sentence = refused(*command.format(out=tmp_path / "out").split(), "--data", site)
    assert f"the clock says {today}" in sentence
    assert f"warp midnight --today {today}" in sentence


def test_status_says_that_the_clock_is_in_doubt_until_somebody_has_looked(site: Path) -> None:
    finish(site, timedelta(days=400))
    today = datetime.now(UTC).date()
    done = run("status", "--data", site)
    assert done.status == 1
    assert f"The clock says {today}, but the last finished day is" in done.out
    assert refused("midnight", "--today", "2020-01-01", "--data", site).startswith("warp: the clock says")
    assert warp_json("midnight", "--today", str(today), "--data", site)["done"]
    assert "The clock says" not in run("status", "--data", site).out


def test_status_says_that_the_clock_was_ahead(site: Path) -> None:
    finish(site, timedelta(days=-5))
    execute(site, "reports", "INSERT INTO figures VALUES ('2099-W01', '{}')")
    said = run("status", "--data", site).out
    assert "The clock was ahead" in said
    assert "Closed before their end, by a clock that was ahead: 2099-W01." in said


def test_a_midnight_that_is_done_is_not_done_again(site: Path) -> None:
    finish(site, timedelta(days=1))
    assert "Nothing was due" in warp("midnight", "--data", site)
    finish(site, timedelta(days=2))
    assert "Done" in warp("midnight", "--data", site)
    assert "Nothing was due" in warp("midnight", "--data", site)


# Backups


def test_a_backup_says_what_is_in_it_what_is_not_and_until_when(site: Path, tmp_path: Path) -> None:
    out = tmp_path / "backups"
    said = warp("backup", "--data", site, "--out", out)
    assert "No private key is in it." in said
    assert "No narrative is in it." in said
    assert "No envelope that waits is in it." in said
    until = (datetime.now(UTC) + timedelta(days=28)).date()
    assert f"by {until}, 00:00 UTC" in said
    said = warp("backup", "--data", site, "--out", out, "--with", "keys", "--with", "inbox")
    assert "THE KEYS IN IT ARE NOT SEALED" in said
    assert "Whoever gets this file and a coordinator's identity can read" in said
    told = warp_json("backup", "--data", site, "--out", out, "--with", "keys")
    assert (told["with"], told["keys sealed"], told["destroyed"]) == (["keys"], False, [])


def test_a_crash_while_todays_backup_is_replaced_leaves_one(site: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = Path(warp_json("backup", "--data", site, "--out", out)["file"])
    before = file.read_bytes()
    crash = """
import os, sys

def watch(event, arguments):
    if event == "os.rename" and str(arguments[1]) == sys.argv[-1]:
        os._exit(9)

sys.addaudithook(watch)
from warp.cli.main import cli
cli.main(["backup", "--data", sys.argv[1], "--out", sys.argv[2]])
"""
    command = [sys.executable, "-c", crash, str(site), str(out), str(file)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 9
    assert file.read_bytes() == before
    with file.open("rb") as still_open:
        warp("backup", "--data", site, "--out", out, "--with", "keys")
        assert still_open.read() != before, "overwritten, once there is another"
    assert list(out.iterdir()) == [file]


def test_the_pool_alone_is_refused(site: Path, tmp_path: Path) -> None:
    assert "--with keys" in refused("backup", "--data", site, "--out", tmp_path, "--with", "pool")


def test_a_restored_site_serves_and_says_what_it_lacks(site: Path, tmp_path: Path) -> None:
    file = warp_json("backup", "--data", site, "--out", tmp_path / "out")["file"]
    new = tmp_path / "new"
    said = warp("restore", file, "--data", new)
    assert "new online key. Next: warp certify" in said
    assert "Announced, but their keys are lost: " in said
    assert "not empty" in refused("restore", file, "--data", new)
    wrong = "\n".join(json.loads(run("status", "--data", new, "--json").out)["wrong"])
    assert "The online key is not certified" in wrong
    assert "Announced, but their keys are lost: " in wrong
    with serving(new):
        pass
    warp("certify", "--data", new, "--root", site / "take-offline" / "root.pem")
    assert "The online key" not in run("status", "--data", new).out


def test_a_file_that_is_no_backup_is_told(site: Path, tmp_path: Path) -> None:
    assert "no backup" in refused("restore", site / "warp.toml", "--data", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_damaged_key_file_is_named(site: Path) -> None:
    [path, *_] = sorted((site / "keys" / "weeks").iterdir())
    path.write_bytes(path.read_bytes()[:100])
    done = run("status", "--data", site)
    assert (done.status, f"This key file is damaged: {path}" in done.out) == (1, True)
    path.unlink()
    assert "file is damaged" not in run("status", "--data", site).out
