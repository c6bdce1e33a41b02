"""Feeds and archives, put together: nothing is lost, repeated or hidden, however much there is."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import feedparser
import msgspec
import pytest

from feeds import compose, filters, twin
from feeds.catalogue import Index, listed
from feeds.compose import MOST_BYTES, Composed, Fragments
from feeds.entry import WINDOW, Site
from feeds.filters import ALL, DRILL, Filter, Format
from warp.advisory import Advisory, Status, Text, version_of

Make = Callable[..., Advisory]
START = datetime(2026, 1, 10, tzinfo=UTC)
ARCHIVE = re.compile(r"/feeds/en/all/archive/([0-9-]+)\.")


class Shelf:
    """Some advisories with all their versions, from which feeds are composed."""

    def __init__(self, site: Site, advisories: Iterable[Advisory] = ()) -> None:
        self.site = site
        self.versions: dict[str, list[Advisory]] = {}
        for each in advisories:
            self.put(each)

    def put(self, advisory: Advisory) -> None:
        self.versions.setdefault(advisory.id, []).append(advisory)

    def change(self, name: str, updated: datetime, **changed: object) -> None:
        old = self.versions[name][-1]
        new = {"version": old.version + 1, "history": (*old.history, version_of(old)), "updated": updated}
        self.put(msgspec.structs.replace(old, **(new | changed)))

    def index(self) -> Index:
        return Index(listed(each[-1], hashlib.sha256().hexdigest()) for each in self.versions.values())

    def fragments(self) -> Fragments:
        return Fragments(self.site, self._load)

    def feed(self, format_: Format = Format.ATOM, filter_: Filter = ALL) -> Composed:
        chosen = self.index().of(filter_)
        return compose.feed(self.site, filter_, chosen, self.fragments(), "en", format_)

    def archive(self, name: str, format_: Format = Format.ATOM) -> Composed:
        chosen = self.index().of(ALL)
        return compose.archive(name, self.site, ALL, chosen, self.fragments(), "en", format_)

    def whole(self, format_: Format) -> list[Composed]:
        """Give a feed and its archives, as somebody gets them who follows the links."""
        found = [self.feed(format_)]
        while name := previous(found[-1].document, format_):
            found.append(self.archive(name, format_))
        return found

    def _load(self, name: str, number: int) -> compose.Rendered:
        [found] = [each for each in self.versions[name] if each.version == number]
        return compose.rendered(found, self.site)


def previous(document: bytes, format_: Format) -> str:
    """Give the name of the archive that a document links to; empty where it links to none."""
    if format_ is Format.JSON:
        links = [json.loads(document).get("next_url", "")]
    else:
        links = [each.href for each in feedparser.parse(document).feed.links if each.rel == "prev-archive"]
    return "".join(match[1] for each in links if (match := ARCHIVE.search(each)))


def ids(document: bytes, format_: Format) -> list[str]:
    """Give the names of a document's entries, in its order."""
    if format_ is Format.JSON:
        found = [each["id"] for each in json.loads(document)["items"]]
    else:
        found = [each.id for each in feedparser.parse(document).entries]
    return [each.rpartition("/")[2] for each in found]


@pytest.fixture
def many(advisory: Make) -> Callable[..., list[Advisory]]:
    """Make so many warnings, the newest last."""

    def make(count: int, apart: timedelta = timedelta(days=1), **changed: object) -> list[Advisory]:
        return [
            advisory(
                **{
                    "id": f"2026-w01-{i:08d}",
                    "version": 1,
                    "published": START + i * apart,
                    "updated": START + i * apart,
                    **changed,
                }
            )
            for i in range(count)
        ]

    return make


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 90])
def test_whoever_follows_the_archives_gets_every_warning_once(
    site: Site, many: Callable[..., list[Advisory]], count: int, format_: Format
) -> None:
    shelf = Shelf(site, many(count))
    found: dict[str, None] = {}
    for each in shelf.whole(format_):
        found.update(dict.fromkeys(ids(each.document, format_)))
    assert list(found) == [f"2026-w01-{i:08d}" for i in reversed(range(count))]


@pytest.mark.parametrize("format_", Format)
def test_a_feed_has_75_entries_and_100_kb_at_most(
    site: Site, many: Callable[..., list[Advisory]], format_: Format
) -> None:
    brief = many(90, texts={"en": Text(title="T", summary="S")}, figure=None)
    document = Shelf(site, brief).feed(format_).document
    assert len(ids(document, format_)) <= WINDOW
    assert len(document) <= MOST_BYTES
    long = many(60, texts={"en": Text(title="T", summary="A word. " * 200)})
    document = Shelf(site, long).feed(format_).document
    assert MOST_BYTES / 2 < len(document) <= MOST_BYTES


def test_a_feed_of_one_warning_has_it_however_long_it_is(
    site: Site, many: Callable[..., list[Advisory]]
) -> None:
    huge = many(1, texts={"en": Text(title="T", summary="A word. " * 20_000)})
    document = Shelf(site, huge).feed().document
    assert len(document) > MOST_BYTES
    assert len(ids(document, Format.ATOM)) == 1


def test_what_no_archive_holds_yet_is_in_the_feed_however_long_it_is(
    site: Site, many: Callable[..., list[Advisory]]
) -> None:
    long = many(9, timedelta(hours=1), texts={"en": Text(title="T", summary="A word. " * 3_000)})
    shelf = Shelf(site, long)
    assert len(shelf.feed().document) > MOST_BYTES
    assert len(shelf.whole(Format.ATOM)) == 1
    assert len(ids(shelf.feed().document, Format.ATOM)) == 9


@pytest.mark.parametrize("format_", Format)
def test_an_archive_stays_as_it_is_whatever_is_published_or_corrected_later(
    site: Site, many: Callable[..., list[Advisory]], format_: Format
) -> None:
    shelf = Shelf(site, many(60))
    before = {name: shelf.archive(name, format_) for name in shelf.index().of(ALL).archives()}
    assert len(before) >= 2
    shelf.change("2026-w01-00000003", START + timedelta(days=100), status=Status.UPDATED, reason="R")
    for each in many(90)[60:]:
        shelf.put(each)
    assert {name: shelf.archive(name, format_) for name in before} == before


@pytest.mark.parametrize("format_", Format)
def test_a_correction_stands_on_top_of_the_feed_though_its_first_version_is_archived(
    site: Site, many: Callable[..., list[Advisory]], format_: Format
) -> None:
    shelf = Shelf(site, many(90))
    late = START + timedelta(days=100)
    shelf.change("2026-w01-00000003", late, status=Status.UPDATED, reason="Other senders.")
    assert ids(shelf.feed(format_).document, format_)[0] == "2026-w01-00000003"
    first = shelf.archive("2026-01-1", format_).document
    assert b"Other senders" not in first
    assert "2026-w01-00000003" in ids(first, format_)


@pytest.mark.parametrize("format_", Format)
def test_what_is_withdrawn_stands_in_archives_only_as_withdrawn(
    site: Site, many: Callable[..., list[Advisory]], format_: Format
) -> None:
    shelf = Shelf(site, many(90, texts={"en": Text(title="A title", summary="A secret")}))
    late = START + timedelta(days=100)
    for each in many(90):
        shelf.change(each.id, late, status=Status.WITHDRAWN, reason="It named somebody.")
    for each in shelf.whole(format_):
        assert b"A secret" not in each.document
        assert b"[WITHDRAWN]" in each.document


def test_a_buried_warning_leaves_a_tombstone_in_atom_and_nothing_elsewhere(
    site: Site, many: Callable[..., list[Advisory]]
) -> None:
    shelf = Shelf(site, many(3))
    gone = START + timedelta(days=99)
    shelf.change("2026-w01-00000001", START + timedelta(days=9), status=Status.WITHDRAWN, reason="R")
    shelf.versions["2026-w01-00000001"][-1] = msgspec.structs.replace(
        shelf.versions["2026-w01-00000001"][-1], buried=gone
    )
    left = ["2026-w01-00000002", "2026-w01-00000000"]
    for format_ in Format:
        assert ids(shelf.feed(format_).document, format_) == left
    atom = shelf.feed()
    assert b"deleted-entry" in atom.document
    assert atom.updated == gone
    assert b"00000001" not in shelf.feed(Format.RSS).document + shelf.feed(Format.JSON).document


@pytest.mark.parametrize("format_", Format)
def test_what_is_buried_takes_no_room_from_what_stands(
    site: Site, many: Callable[..., list[Advisory]], format_: Format
) -> None:
    shelf = Shelf(site, many(100, timedelta(hours=1)))
    late = START + timedelta(days=200)
    for i in range(20, 100):
        shelf.change(f"2026-w01-{i:08d}", late, status=Status.WITHDRAWN, reason="R")
        gone = msgspec.structs.replace(shelf.versions[f"2026-w01-{i:08d}"][-1], buried=late)
        shelf.versions[f"2026-w01-{i:08d}"][-1] = gone
    document = shelf.feed(format_).document
    assert ids(document, format_) == [f"2026-w01-{i:08d}" for i in reversed(range(20))]
    assert document.count(b"deleted-entry ref") == (25 if format_ is Format.ATOM else 0)


def test_entries_kept_by_a_program_of_fewer_languages_are_rendered_anew(site: Site, advisory: Make) -> None:
    one = advisory(version=1)
    packed = compose.pack({"en.atom": b"old"})
    load = compose.kept(site, lambda _: packed, lambda _: twin.twin(one, site))
    assert load(one.id, 1) == compose.rendered(one, site)


def test_a_withdrawn_warning_is_not_kept_at_hand(site: Site, many: Callable[..., list[Advisory]]) -> None:
    shelf = Shelf(site, many(3))
    fragments = shelf.fragments()
    for event in shelf.index().of(ALL).newest():
        fragments.of(event, "en", Format.ATOM)
    fragments.forget({"2026-w01-00000001"})
    assert {key[0] for key in fragments._kept} == {"2026-w01-00000000", "2026-w01-00000002"}
    assert fragments._held == sum(map(len, fragments._kept.values()))


def test_entries_that_are_at_hand_give_the_same_bytes_as_new_ones(
    site: Site, many: Callable[..., list[Advisory]]
) -> None:
    shelf = Shelf(site, many(90))
    fragments, chosen = shelf.fragments(), shelf.index().of(ALL)
    made = [compose.feed(site, ALL, chosen, fragments, "en", Format.ATOM) for _ in range(2)]
    assert made[0] == made[1] == shelf.feed()


def test_entries_are_kept_as_they_were_rendered(site: Site, advisory: Make) -> None:
    entries = compose.rendered(advisory(version=1), site)
    assert compose.unpack(compose.pack(entries)) == entries
    assert set(entries) == {f"{language}.{format_}" for language in site.languages for format_ in Format}


def test_an_archive_says_that_it_is_one_and_of_which_feed(
    site: Site, many: Callable[..., list[Advisory]]
) -> None:
    shelf = Shelf(site, many(60))
    parsed = feedparser.parse(shelf.archive("2026-02-1").document)
    links = {each.rel: each.href for each in parsed.feed.links}
    assert links["self"] == f"{site.url}/feeds/en/all/archive/2026-02-1.atom"
    assert links["current"] == f"{site.url}/feeds/en/all.atom"
    assert links["prev-archive"] == f"{site.url}/feeds/en/all/archive/2026-01-3.atom"
    assert "fh_archive" in parsed.feed


def test_the_drill_feed_has_no_archives(site: Site, many: Callable[..., list[Advisory]]) -> None:
    shelf = Shelf(site, many(90, drill=True, figure=None))
    chosen = shelf.index().of(ALL)
    made = compose.feed(site, DRILL, chosen, shelf.fragments(), "en", Format.ATOM)
    assert previous(made.document, Format.ATOM) == ""
    assert filters.path(DRILL, "en", Format.ATOM).encode() in made.document
