"""Publication: files whose bytes and times depend on nothing but what is published."""

import gzip
from datetime import date, timedelta
from pathlib import Path

import pytest

from feeds.entry import Site
from tests.support import NOON, WEEK
from warp import publication
from warp.advisory import Advisory, Status, Text, Tlp
from warp.publication import Tree
from warp.taxonomy import Severity
from warp.weeks import Week

SITE = Site(
    name="WARP of the South", url="https://warp.example", languages=("en", "es"), created=date(2026, 1, 5)
)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "public")


def advisory(identifier: str = "2026-w47-aaaaaaaa", **changed: object) -> Advisory:
    values: dict[str, object] = {
        "id": identifier,
        "revision": 2,
        "version": 1,
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


def test_what_a_crash_left_half_written_goes_with_the_file(tree: Tree) -> None:
    tree.write("a.json", b"old", NOON)
    for name in (".a.json.partial", ".a.json.gz.partial"):
        (tree.folder / name).write_bytes(b"ne")
    tree.remove("a.json")
    assert content(tree) == {}


def test_where_there_is_no_file_there_is_nothing_to_read(tree: Tree) -> None:
    assert tree.read("a.json") is None


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
