"""
The benchmark: WARP against floors that do the same work bare, in one run.

`make bench`, or with arguments: `make bench ARGS="--quick"`, `make bench ARGS="--replay incidents.csv"`.
Every rate is a median of interleaved repeats (WARP, floor, WARP, floor, …), because the speed of a machine
changes meanwhile: trust the ratios. Needs Linux, for /proc.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import detecting
import material
import publishing
import reading
import reporting
from serving import HERE, REPEATS, Compared, Served, interleaved, load, started, warp_serve

from keys.keyring import Keyring
from warp import config, epochs, founding, publication
from warp.publication import Tree
from warp.site import present
from warp.weeks import Week


class Scale(NamedTuple):
    """How much is measured."""

    reports: int
    """In all; the serving process has taken so many when its memory is read."""
    batch: int
    """Reports of one repeat."""
    gets: int
    """Requests for feeds of one repeat."""
    warnings: int
    """Published before one more is."""


FULL = Scale(reports=20_000, batch=2_000, gets=10_000, warnings=10_000)
QUICK = Scale(reports=2_000, batch=200, gets=2_000, warnings=500)
MORE_MB = 4
"""Of memory may be in use after so many GETs, from what Python and the system's allocator keep for later."""


def found_site(data: Path) -> None:
    """Found a site yesterday, so that its first midnight's work is done when it starts."""
    asyncio.run(founding.found(data, "Bench", "http://bench.invalid", present().date() - timedelta(days=1)))


def seal_all(data: Path, week: Week, count: int, file: Path) -> None:
    """Seal the envelopes with the keys that the site has announced."""
    keys, tree = Keyring(data / "keys").week(week), Tree(data / "public")
    documents = (tree.read(f"v1/directory/{n}.json") for n in range(epochs.WEEKS_AHEAD + 1))
    entries = [publication.read_entry(document) for document in documents if document]
    entry = next(entry for entry in entries if entry.week == str(week))
    material.write(file, count, material.recipe(entry, keys.further, config.read(data).root_key))


def measure(folder: Path, scale: Scale, say: Callable[[str], None]) -> list[tuple[str, ...]]:
    """Give the rows of the table."""
    data, sealed, week = folder / "site", folder / "sealed", Week.of(present())
    found_site(data)
    with warp_serve(data) as ours:
        at_rest = ours.memory_mb()
        say("reports in a member's client")
        sealing = reporting.measure(data, f"http://127.0.0.1:{ours.port}", folder)
        checking = reporting.check_replies()
        say(f"sealing {scale.reports} envelopes")
        seal_all(data, week, scale.reports, sealed)
        with started(HERE / "floor.py", data, week, folder / "floor.db") as floor:
            say("reports, WARP and floor in turn")
            reports = compare_reports(ours, floor, sealed, scale)
        say("the rest of the reports")
        done = scale.batch * REPEATS
        load(ours.port, "--envelopes", sealed, "--first", done, "--count", scale.reports - done)
        loaded = ours.memory_mb()
    say("their release")
    released = release_at_start(data)
    return [
        ("", "WARP", "floor", "ratio", "target"),
        comparison("durable accepted reports/s", reports, 0.5),
        milliseconds("one report in the client, ms", Compared(*sealing), 50),
        milliseconds("a week of 1,024 replies, ms", Compared(*checking), 2000),
        ("", "now", "peak", "", ""),
        memory("memory at rest, MB", at_rest),
        memory(f"after {scale.reports} reports, MB", loaded),
        memory("after their release, MB", released),
    ]


def read_rows(folder: Path, scale: Scale) -> list[tuple[str, ...]]:
    """Give the rows about readers of feeds."""
    found = reading.measure(folder, scale.gets)
    before, after = found.memory_mb
    more = f"≤ {MORE_MB} more  {_met(after - before <= MORE_MB)}"
    return [
        ("", "WARP", "floor", "ratio", "target"),
        comparison(f"304s/s of a feed of {found.entries}", found.unchanged, 0.8),
        comparison(f"200s/s of a feed of {found.entries}", found.whole, 0.8),
        ("", "before", "after", "", ""),
        (f"{2 * scale.gets:,} GETs of {found.feeds} feeds, MB", f"{before:.1f}", f"{after:.1f}", "", more),
    ]


def publish_rows(folder: Path, scale: Scale) -> list[tuple[str, ...]]:
    """Give the rows about publishing into a site that has much already."""
    found = publishing.measure(folder, scale.warnings)
    before, after = found.memory_mb
    return [
        (f"of {scale.warnings:,} warnings", "median", "most", "", "target"),
        at_most("all served from nothing, s", [found.start]),
        at_most("one more written everywhere, s", found.written, 2),
        at_most("one more given by the server, s", found.visible, 1),
        at_most("one for all countries written, s", [found.everywhere], 2),
        at_most("a composed feed, ms", found.from_memory_ms, 1),
        at_most("the same, entries from disk, ms", found.from_disk_ms),
        ("", "at start", "then", "", ""),
        ("memory of the server, MB", f"{before:.0f}", f"{after:.0f}", "", ""),
    ]


def compare_reports(ours: Served, floor: Served, sealed: Path, scale: Scale) -> Compared:
    def post(server: Served, repeat: int) -> float:
        first = repeat * scale.batch
        return load(server.port, "--envelopes", sealed, "--first", first, "--count", scale.batch)

    return interleaved(lambda repeat: post(ours, repeat), lambda repeat: post(floor, repeat))


def release_at_start(data: Path) -> tuple[float, float]:
    """Let a serving process catch up with a midnight that releases the pool; gives its memory."""
    missed = (date.fromisoformat(_one(data, "SELECT day FROM waiting")) - timedelta(days=1)).isoformat()
    _one(data, "UPDATE waiting SET day = ? RETURNING day", missed)
    with warp_serve(data) as server:
        if _one(data, "SELECT count(*) FROM pool") != "0":
            raise SystemExit("the pool was not released")
        return server.memory_mb()


def _one(data: Path, statement: str, *values: str) -> str:
    with contextlib.closing(sqlite3.connect(data / "reports.db", isolation_level=None)) as database:
        return str(database.execute(statement, values).fetchone()[0])


def comparison(name: str, compared: Compared, target: float) -> tuple[str, ...]:
    medians = (f"{statistics.median(each):,.0f}" for each in compared)
    return (name, *medians, f"{compared.ratio:.2f}", f"≥ {target}  {_met(compared.ratio >= target)}")


def at_most(name: str, measured: Sequence[float], most: float | None = None) -> tuple[str, ...]:
    median = statistics.median(measured)
    target = "" if most is None else f"≤ {most}  {_met(median <= most)}"
    return (name, f"{median:.2f}", f"{max(measured):.2f}", "", target)


def milliseconds(name: str, compared: Compared, most: float) -> tuple[str, ...]:
    ours, floor = (statistics.median(each) for each in compared)
    return (name, f"{ours:.1f}", f"{floor:.1f}", f"{compared.ratio:.2f}", f"≤ {most}  {_met(ours <= most)}")


def memory(name: str, read: tuple[float, float]) -> tuple[str, ...]:
    now, most = read
    return (name, f"{now:.0f}", f"{most:.0f}", "", f"≤ 120  {_met(most <= 120)}")


def _met(is_met: bool) -> str:  # noqa: FBT001 - a truth value is what it says
    return "met" if is_met else "missed"


def detection_rows() -> list[tuple[str, ...]]:
    ours, other = statistics.median(detecting.farrington_rates(REPEATS)), detecting.R_SERIES_WEEKS
    ratio = ours / other
    row = (
        "Farrington, series-weeks/s",
        f"{ours:,.0f}",
        f"{other}",
        f"{ratio:.0f}",
        f"≥ 50  {_met(ratio >= 50)}",
    )
    command = [sys.executable, "-m", "tests.bench.judging"]
    weeks = [
        json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout) for _ in range(REPEATS)
    ]
    seconds, peak = (statistics.median(week[name] for week in weeks) for name in ("seconds", "peak_mb"))
    judged = ("a week of 9,500 cells, s", f"{seconds:.2f}", "", "", f"≤ 1  {_met(seconds <= 1)}")
    memory_of = ("its child's memory at most, MB", f"{peak:.0f}", "", "", f"≤ 250  {_met(peak <= 250)}")
    return [("", "WARP", "R, noted", "ratio", "target"), row, judged, memory_of]


def replay_row(folder: Path, history: Path | None) -> tuple[str, ...]:
    """Replay a whole history, if there is one."""
    if history is None:
        return ("replay of a whole history", "skipped: give one with --replay FILE", "", "", "")
    command = [
        sys.executable,
        "-m",
        "warp.cli.main",
        "replay",
        history,
        "--data",
        folder / "history",
        "--json",
    ]
    done = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    seconds = done["seconds"]
    name = f"replay of {done['sent']} reports, s"
    return (name, f"{seconds:.0f}", "", "", f"≤ 900  {_met(seconds <= 900)}")


def machine() -> str:
    """Say what it ran on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "cryptography", "numpy", "uvloop"))
    return (
        f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {packages}"
    )


def show(rows: list[tuple[str, ...]]) -> None:
    for first, *others in rows:
        print(f"{first:32}" + "".join(f"{each:>10}" for each in others[:3]) + f"   {others[3]}".rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the reports, to see that it runs")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="also replay a whole history")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="warp-bench-") as folder:
        scale = QUICK if asked.quick else FULL
        rows = measure(Path(folder), scale, lambda line: print(f"… {line}", flush=True))
        print("… readers of feeds", flush=True)
        rows += read_rows(Path(folder), scale)
        print("… one more warning", flush=True)
        rows += publish_rows(Path(folder), scale)
        rows += [*detection_rows(), replay_row(Path(folder), asked.replay)]
    print(f"\n{machine()}; medians of {REPEATS} interleaved repeats\n")
    show(rows)


if __name__ == "__main__":
    main()
