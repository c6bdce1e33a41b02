"""The drill feed in the public tree: what goes in, what stays, and that nothing else moves."""

from datetime import timedelta
from pathlib import Path

import feedparser
import pytest

from feeds.entry import NotPublicError
from tests.support import NOON
from tests.warp.test_issuing import issue_all, outlet
from tests.warp.test_publication import SITE, advisory, content
from warp import drilled
from warp.advisory import Advisory, Status
from warp.issuing import Issued
from warp.publication import Tree
from warp.site import PAGES


def drill(number: int = 0, **changed: object) -> Advisory:
    when = NOON + timedelta(minutes=number)
    values = {"drill": True, "published": when, "updated": when} | changed
    return advisory(f"drill-2026-w47-{number:08d}", **values)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path / "public")
    issue_all(outlet(made), [Issued(advisory())])
    drilled.publish(made, SITE, PAGES)
    return made


def shown(tree: Tree, language: str = "en", how: str = "atom") -> list[str]:
    document = tree.read(f"feeds/{language}/drill.{how}")
    assert document is not None
    return [each.id.rpartition("/")[2] for each in feedparser.parse(document).entries]


def test_there_is_an_empty_drill_feed_from_the_beginning(tree: Tree) -> None:
    assert [shown(tree, language, how) for language in ("en", "es") for how in ("atom", "rss")] == [[]] * 4


def test_a_drill_touches_its_feed_and_its_pages_and_no_other_file(tree: Tree) -> None:
    before = content(tree)
    drilled.add(tree, SITE, PAGES, drill())
    after = content(tree)
    touched = {path for path in after if before.get(path) != after[path]}
    own = {f"{language}/advisories/{drill().id}.html" for language in ("en", "es")}
    own |= {f"feeds/{language}/drill.{how}" for language in ("en", "es") for how in ("atom", "rss", "json")}
    own |= {f"v1/advisories/{drill().id}.json"}
    assert touched == own | {f"{path}.gz" for path in own} | {drilled.STORE}
    assert set(before) <= set(after)


def test_publishing_all_warnings_again_leaves_no_trace_of_a_drill_in_them(tree: Tree) -> None:
    before = content(tree)
    everything = [advisory(), drill(1)]
    issue_all(outlet(tree), list(map(Issued, everything)))
    assert content(tree) == before


def test_what_is_no_drill_does_not_get_into_the_drill_feed(tree: Tree) -> None:
    for refused in (advisory(), drill(status=Status.DRAFT)):
        before = content(tree)
        with pytest.raises(NotPublicError):
            drilled.add(tree, SITE, PAGES, refused)
        assert content(tree) == before


def test_coordinators_are_not_named_in_what_is_kept(tree: Tree) -> None:
    drilled.add(tree, SITE, PAGES, drill(author="ana-perez", approver="luis-gil"))
    everything = b"".join(data for data, _ in content(tree).values())
    assert b"ana-perez" not in everything
    assert b"luis-gil" not in everything


def test_the_newest_stay_and_the_pages_of_the_others_go(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drilled, "WINDOW", 12)
    for number in range(14):
        drilled.add(tree, SITE, PAGES, drill(number))
    assert shown(tree) == [drill(number).id for number in reversed(range(2, 14))]
    assert b"prev-archive" not in (tree.read("feeds/en/drill.atom") or b"")
    names = set(tree.names("es/advisories"))
    assert f"{drill(1).id}.html" not in names
    assert f"{drill(1).id}.html.gz" not in names
    assert f"{drill(2).id}.html" in names
    assert f"{advisory().id}.html" in names


def test_emptying_the_drill_feed_leaves_the_tree_as_it_was(tree: Tree) -> None:
    before = content(tree)
    drilled.add(tree, SITE, PAGES, drill(1))
    drilled.add(tree, SITE, PAGES, drill(2))
    assert drilled.clear(tree, SITE, PAGES) == 2
    after = content(tree)
    assert after.pop(drilled.STORE)[0] == b"[]"
    assert after == before


def test_a_feed_that_a_crash_left_behind_is_written_at_the_next_start(tree: Tree) -> None:
    drilled.add(tree, SITE, PAGES, drill())
    before = content(tree)
    for path in before:
        if "drill" in path and path != drilled.STORE:
            (tree.folder / path).unlink()
    drilled.publish(tree, SITE, PAGES)
    assert content(tree) == before


def test_a_damaged_store_empties_the_drill_feed_and_stops_nothing(tree: Tree) -> None:
    drilled.add(tree, SITE, PAGES, drill())
    (tree.folder / drilled.STORE).write_bytes(b"[{")
    drilled.publish(tree, SITE, PAGES)
    assert shown(tree) == []
