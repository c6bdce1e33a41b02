"""Publication: files whose bytes and times depend on nothing but what is published."""

import gzip
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from feeds import filters
from feeds.entry import Site
from tests.support import NOON, WEEK
from warp import publication
from warp.advisory import Advisory, Status, Text, Tlp
from warp.publication import Tree
from warp.site import PAGES
from warp.taxonomy import Severity
from warp.weeks import Week

SITE = Site(
    name="WARP of the South", url="https://warp.example", languages=("en", "es"), created=date(2026, 1, 5)
)
CHANGED = (filters.ALL, filters.Filter(filters.Kind.COUNTRY, "UY"))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "public")


def advisory(identifier: str = "2026-w47-aaaaaaaa", **changed: object) -> Advisory:
    values: dict[str, object] = {
        "id": identifier,
        "revision": 2,
        "status": Status.PUBLISHED,
        "tlp": Tlp.CLEAR,
        "severity": Severity.HIGH,
        "type": "fraud/phishing",
        "place": "UY",
        "week": str(WEEK),
        "texts": {
            "en": Text(title="Phishing", summary="Much of it.", actions=("Warn.",)),
            "es": Text(title="Phishing", summary="Mucho.", actions=("Avise.",)),
        },
        "author": "ana",
        "approver": "luis",
        "published": NOON,
        "updated": NOON,
    }
    return Advisory(**(values | changed))  # type: ignore[arg-type]


def content(tree: Tree) -> dict[str, tuple[bytes, float]]:
    return {
        str(path.relative_to(tree.folder)): (path.read_bytes(), path.stat().st_mtime)
        for path in tree.folder.rglob("*")
        if path.is_file()
    }


def test_a_file_has_a_gzip_twin_and_the_time_of_its_content(tree: Tree) -> None:
    tree.write("a/b.json", b"content", NOON)
    target = tree.folder / "a/b.json"
    twin = target.with_name("b.json.gz")
    assert (target.read_bytes(), gzip.decompress(twin.read_bytes())) == (b"content", b"content")
    assert target.stat().st_mtime == twin.stat().st_mtime == NOON.timestamp()
    assert sorted(path.name for path in target.parent.iterdir()) == ["b.json", "b.json.gz"]


def test_the_gzip_twin_tells_neither_time_nor_name(tree: Tree) -> None:
    tree.write("a.json", b"content", NOON)
    head = (tree.folder / "a.json.gz").read_bytes()[:10]
    assert head[3] == 0, "a name or comment"
    assert head[4:8] == bytes(4), "a time"


def test_a_file_that_is_the_same_stays_as_it_is(tree: Tree) -> None:
    tree.write("a.json", b"content", NOON)
    before = content(tree), (tree.folder / "a.json").stat().st_ino
    tree.write("a.json", b"content", NOON + timedelta(days=1))
    assert (content(tree), (tree.folder / "a.json").stat().st_ino) == before


def test_a_new_content_replaces_both_files(tree: Tree) -> None:
    tree.write("a.json", b"old", NOON)
    tree.write("a.json", b"new", NOON + timedelta(days=1))
    assert tree.read("a.json") == b"new"
    assert gzip.decompress((tree.folder / "a.json.gz").read_bytes()) == b"new"


def test_a_reader_who_has_the_old_file_open_reads_it_to_the_end(tree: Tree) -> None:
    tree.write("a.json", b"old" * 1000, NOON)
    with (tree.folder / "a.json").open("rb") as file:
        begun = file.read(10)
        tree.write("a.json", b"new", NOON)
        assert begun + file.read() == b"old" * 1000


def test_what_is_compressed_already_has_no_twin(tree: Tree) -> None:
    tree.write("a.zip", b"content", NOON, twin=False)
    assert [path.name for path in tree.folder.iterdir()] == ["a.zip"]


def test_where_there_is_no_file_there_is_nothing_to_read(tree: Tree) -> None:
    assert tree.read("a.json") is None


def test_the_same_content_gives_the_same_bytes_and_times(tmp_path: Path) -> None:
    written = []
    for name, order in (("one", 1), ("two", -1)):
        tree = Tree(tmp_path / name)
        several = [advisory(), advisory("2026-w47-bbbbbbbb", updated=NOON + timedelta(hours=1))][::order]
        publication.publish_advisories(tree, SITE, PAGES, several, CHANGED)
        written.append(content(tree))
    assert written[0] == written[1]
    assert len(written[0]) > 20


def hidden() -> Iterable[Advisory]:
    yield advisory(status=Status.DRAFT)
    for tlp in Tlp:
        if tlp is not Tlp.CLEAR:
            yield advisory(tlp=tlp)


@pytest.mark.parametrize("one", list(hidden()), ids=lambda one: f"{one.status} {one.tlp}")
def test_what_is_not_public_leaves_no_trace_in_the_tree(tree: Tree, one: Advisory) -> None:
    assert not publication.is_public(one)
    publication.publish_advisories(tree, SITE, PAGES, [one], CHANGED)
    found = content(tree)
    assert not [path for path in found if one.id in path]
    plain = [data for path, (data, _) in found.items() if not path.endswith(".gz")]
    assert not [data for data in plain if one.id.encode() in data or b"Much of it" in data]


def test_a_public_advisory_has_a_page_in_each_language_and_stands_in_feeds_and_front_pages(
    tree: Tree,
) -> None:
    one = advisory()
    publication.publish_advisories(tree, SITE, PAGES, [one], CHANGED)
    for language, words in (("en", b"Much of it."), ("es", b"Mucho.")):
        page = tree.read(f"{language}/advisories/{one.id}.html")
        assert page is not None
        assert words in page
        for path in (f"feeds/{language}/all.atom", f"feeds/{language}/country/UY.rss"):
            assert words in (tree.read(path) or b"")
        assert one.id.encode() in (tree.read(f"{language}/index.html") or b"")


def test_only_the_feeds_that_a_change_touches_are_written(tree: Tree) -> None:
    publication.publish_advisories(tree, SITE, PAGES, [advisory()], CHANGED)
    found = {path for path in content(tree) if path.startswith("feeds/") and not path.endswith(".gz")}
    assert found == {
        f"feeds/{language}/{path}.{ending}"
        for language in ("en", "es")
        for path in ("all", "country/UY")
        for ending in ("atom", "rss")
    }


def test_the_time_of_a_page_is_that_of_its_advisory_and_of_an_empty_feed_that_of_the_site(tree: Tree) -> None:
    one = advisory(updated=NOON)
    publication.publish_advisories(
        tree, SITE, PAGES, [one], (filters.ALL, next(iter(filters.country_filters())))
    )
    times = {path: time for path, (_, time) in content(tree).items()}
    begun = datetime(2026, 1, 5, tzinfo=UTC).timestamp()
    assert times[f"en/advisories/{one.id}.html"] == NOON.timestamp()
    assert times["feeds/en/all.atom"] == times["en/index.html"] == NOON.timestamp()
    [other] = {path for path in times if path.startswith("feeds/en/country/") and path.endswith(".atom")}
    assert times[other] == begun


@pytest.mark.parametrize("week", [WEEK, WEEK.plus(4)])
def test_the_time_of_a_directory_entry_is_that_of_its_schedule(tree: Tree, week: Week) -> None:
    publication.publish_directory(tree, 3, b"document", week)
    found = content(tree)
    assert found["v1/directory/3.json"] == found["v1/directory/newest.json"]
    assert found["v1/directory/3.json"][1] == week.plus(-4).start.timestamp()


def test_what_a_crash_left_half_done_is_mended_by_the_next_write(tree: Tree) -> None:
    tree.write("a.json", b"old", NOON)
    (tree.folder / ".a.json.partial").write_bytes(b"ne")
    (tree.folder / "a.json.gz").write_bytes(gzip.compress(b"new"))
    assert tree.read("a.json") == b"old"
    tree.write("a.json", b"new", NOON)
    assert tree.read("a.json") == b"new"
    assert gzip.decompress((tree.folder / "a.json.gz").read_bytes()) == b"new"
    assert sorted(content(tree)) == ["a.json", "a.json.gz"]
