"""Publication of figures: what is written when, with which times; nothing but releases shows in it."""

import hashlib
import io
import json
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from storage import figures as stored
from storage import tallies
from tests import releases as made
from tests.releases import EARLIER, EMPTY, POLICY, QUARTER, RELEASES, WEEK
from tests.support import NOON, PHISHING, Clock, Logged, Stock, opened
from tests.support import tally as counted
from warp import figures
from warp.disclosure import Release
from warp.policies import Name, Policy
from warp.publication import Tree
from warp.site import PAGES, Site
from warp.tally import Counted, Tally
from warp.weeks import Period, Span
from warp.weeks import Week as IsoWeek

SITE = msgspec.structs.replace(made.SITE, languages=("en", "es"))
"""In the languages of a new site."""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "public")


def publish(tree: Tree, releases: list[Release], policy: Policy = POLICY, *, anew: bool = False) -> None:
    figures.publish(tree, SITE, PAGES, policy, releases, anew=anew)


def times(tree: Tree) -> dict[str, datetime]:
    """Give the files with their times, twins left out."""
    return {
        str(path.relative_to(tree.folder)): datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for path in tree.folder.rglob("*")
        if path.is_file() and path.suffix != ".gz"
    }


def state(tree: Tree) -> dict[str, int]:
    """Give the files with what changes whenever one is written."""
    return {
        str(path.relative_to(tree.folder)): path.stat().st_ino
        for path in tree.folder.rglob("*")
        if path.is_file() and path.suffix != ".gz"
    }


def own(period: str) -> set[str]:
    return {f"v1/figures/{period}.json", f"v1/figures/{period}.csv"} | {
        f"{language}/figures/{period}.html" for language in SITE.languages
    }


LISTS = {
    "v1/figures/index.json",
    "v1/figures/archive.zip",
    "v1/figures/csv-metadata.json",
    *(f"{language}/figures/index.html" for language in SITE.languages),
}


def progress(areas: str) -> set[str]:
    return {"v1/figures/progress/csv-metadata.json"} | {
        path
        for area in areas.split()
        for path in (
            f"v1/figures/progress/{area}.csv",
            *(f"{language}/figures/progress/{area}.html" for language in SITE.languages),
        )
    }


def test_a_period_has_json_csv_and_pages_of_the_moment_of_its_close(tree: Tree) -> None:
    publish(tree, RELEASES)
    found = times(tree)
    for release in RELEASES:
        assert {found[path] for path in own(release.period)} == {Period.parse(release.period).end}


def test_what_lists_periods_has_the_time_of_the_newest_and_the_schema_that_of_the_site(tree: Tree) -> None:
    publish(tree, [EARLIER, EMPTY, WEEK])
    found = times(tree)
    assert {found[path] for path in LISTS} == {Period.parse("2026-W47").end}
    assert {found[path] for path in progress("001 019 419")} == {Period.parse("2026-Q3").end}
    assert found["v1/figures/schema.json"] == datetime(2026, 1, 5, tzinfo=UTC)


def test_before_the_first_close_there_are_pages_index_and_schema_and_nothing_else(tree: Tree) -> None:
    publish(tree, [])
    assert set(times(tree)) == LISTS - {"v1/figures/archive.zip", "v1/figures/csv-metadata.json"} | {
        "v1/figures/schema.json"
    }


@pytest.mark.parametrize("count", range(1, len(RELEASES) + 1))
def test_one_more_period_writes_its_own_files_and_what_lists_it(tree: Tree, count: int) -> None:
    publish(tree, RELEASES[: count - 1])
    before = state(tree)
    publish(tree, RELEASES[:count])
    added = RELEASES[count - 1]
    allowed = own(added.period) | LISTS
    if Period.parse(added.period).span is Span.QUARTER:
        allowed |= progress("001 002 018 019 202 419 005")
    changed = {path for path, inode in state(tree).items() if before.get(path) != inode}
    assert own(added.period) | LISTS <= changed <= allowed


def test_nothing_new_writes_nothing(tree: Tree) -> None:
    publish(tree, RELEASES)
    before = state(tree)
    publish(tree, RELEASES)
    publish(tree, RELEASES, anew=True)
    assert state(tree) == before


def test_what_is_public_is_written_again_only_if_asked(tree: Tree) -> None:
    publish(tree, RELEASES)
    page = "en/figures/2026-W47.html"
    tree.write(page, b"of an earlier version", NOON)
    publish(tree, RELEASES)
    assert tree.read(page) == b"of an earlier version"
    publish(tree, RELEASES, anew=True)
    assert b"at least 20" in (tree.read(page) or b"")


def test_a_period_keeps_the_policy_that_it_was_closed_under(tree: Tree) -> None:
    publish(tree, [EARLIER, EMPTY, WEEK])
    before = {path: tree.read(path) for path in own("2026-W47")}
    cautious = Policy(preset=Name.CAUTIOUS)
    later = msgspec.structs.replace(QUARTER, policy=cautious)
    publish(tree, [EARLIER, EMPTY, WEEK, later], cautious, anew=True)
    assert {path: tree.read(path) for path in own("2026-W47")} == before
    assert b'"preset": "cautious"' in (tree.read("v1/figures/2026-Q4.json") or b"")


def test_a_lost_twin_comes_back_and_an_index_that_cannot_be_read_is_made_anew(tree: Tree) -> None:
    publish(tree, RELEASES)
    twin = tree.folder / "v1/figures/2026-11.json.gz"
    before, whole = twin.read_bytes(), tree.read("v1/figures/index.json")
    twin.unlink()
    (tree.folder / "v1/figures/index.json").write_bytes(b'{"releases":[{"period":"2026-Q\xb3"}]}')
    publish(tree, RELEASES)
    assert tree.read("v1/figures/index.json") == whole
    assert twin.read_bytes() == before


@pytest.mark.parametrize("lost", sorted(own("2026-11")))
def test_a_period_that_lost_a_file_gets_it_back(tree: Tree, lost: str) -> None:
    publish(tree, RELEASES)
    before = tree.read(lost)
    tree.remove(lost)
    publish(tree, RELEASES)
    assert tree.read(lost) == before


def test_what_failed_halfway_is_made_up_for_the_next_time(tree: Tree) -> None:
    """Something is in the way of the progress reports, and is gone a midnight later."""
    publish(tree, [EMPTY])
    in_the_way = tree.folder / "v1/figures/progress"
    in_the_way.touch()
    with pytest.raises(OSError, match="progress"):
        publish(tree, RELEASES)
    in_the_way.unlink()
    publish(tree, RELEASES)
    anew = Tree(tree.folder.parent / "anew")
    publish(anew, RELEASES, anew=True)
    assert times(tree) == times(anew)
    assert all(tree.read(path) == anew.read(path) for path in times(anew))


def test_the_archive_holds_the_files_that_are_served(tree: Tree) -> None:
    publish(tree, RELEASES)
    with zipfile.ZipFile(io.BytesIO(tree.read("v1/figures/archive.zip") or b"")) as archive:
        names = set(archive.namelist())
        assert names == {
            *(f"{each.period}.{form}" for each in RELEASES for form in ("json", "csv")),
            *(f"progress/{area}.csv" for area in ["001", "002", "018", "019", "202", "419", "005"]),
            *("schema.json", "csv-metadata.json", "progress/csv-metadata.json", "SHA256SUMS"),
        }
        for name in names - {"SHA256SUMS"}:
            assert archive.read(name) == tree.read(f"v1/figures/{name}")
        sums = archive.read("SHA256SUMS").decode()
    assert hashlib.sha256(tree.read("v1/figures/2026-W47.csv") or b"").hexdigest() in sums


def test_the_index_has_the_hashes_of_the_progress_reports_that_are_served(tree: Tree) -> None:
    publish(tree, RELEASES)
    listed = json.loads(tree.read("v1/figures/index.json") or b"")["progress"]
    assert len(listed) == 7
    for each in listed:
        served = tree.read(each["csv"]["href"].removeprefix("/"))
        assert each["csv"]["sha256"] == hashlib.sha256(served or b"").hexdigest()


def test_a_closing_after_ten_years_writes_no_more_than_one_after_a_month(tree: Tree) -> None:
    week, releases = IsoWeek(2026, 2), []
    while week.year < 2036:
        for span in Span:
            period = Period.of(week, span)
            if period.last == week:
                releases.append(Release(str(period), WEEK.cells if span is Span.WEEK else (), POLICY))
        week = week.plus(1)
    assert len(releases) > 650
    weekly = [each for each in releases if "-W" in each.period]
    publish(tree, weekly[:-1])
    before = state(tree)
    publish(tree, weekly)
    changed = {path for path, inode in state(tree).items() if before.get(path) != inode}
    assert changed == own(weekly[-1].period) | LISTS


async def count(site: Site, reports: int) -> None:
    """Let a site count reports of one member, which no release shows."""
    tally = Tally()
    for number in range(reports):
        report = PHISHING.facts(bytes(32))
        tally.add(Counted(report, IsoWeek(2026, 47), first=number == 0), NOON.date())
    async with site.hub.reports.write() as connection:
        await tallies.add(connection, tally)


async def test_two_sites_with_other_tallies_and_equal_releases_publish_the_same(
    tmp_path: Path, founded: Path, stock: Stock
) -> None:
    found = []
    for reports, moment in ((0, timedelta()), (4, timedelta(minutes=7))):
        data = Path(shutil.copytree(founded, tmp_path / str(reports)))
        clock = Clock()
        async with opened(data, clock, Logged(), stock) as site:
            await count(site, reports)
            async with site.hub.reports.write() as connection:
                await stored.close(connection, EARLIER)
            clock.now = Period.parse("2026-W47").end + moment
            await site.midnight(clock.now, weeks=[])
            assert sum((await counted(site)).values()) == reports
            files = {path: (site.tree.read(path), time) for path, time in times(site.tree).items()}
            found.append({path: held for path, held in files.items() if "figures" in path})
    assert found[0] == found[1]
    assert {*own("2026-W47"), *own("2026-Q3"), *LISTS, *progress("001 019 419")} <= set(found[0])
