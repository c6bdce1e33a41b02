"""The catalogue finds what a filter holds, and cuts it into archives that never change."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import catalogue
from feeds.catalogue import PART, Catalogue, Index, Listed
from feeds.entry import stamped
from feeds.filters import ALL, DRILL, Filter, chooses
from tests.feeds.test_filters import COUNTRIES, TERMS, any_filter
from warp import places, taxonomy
from warp.advisory import Facets, Status, Tlp, Version
from warp.taxonomy import Severity

START = datetime(2026, 1, 1, tzinfo=UTC)

some_facets = st.builds(
    Facets,
    type=st.sampled_from(["", *TERMS]),
    place=st.sampled_from(["", *places.AREAS, *COUNTRIES]),
    sector=st.sampled_from(["", *taxonomy.SECTORS]),
    severity=st.sampled_from(Severity),
)


def version(number: int, facets: Facets, updated: datetime, status: Status = Status.PUBLISHED) -> Version:
    return Version(number=number, status=status, tlp=Tlp.CLEAR, facets=facets, updated=updated, reason="")


@st.composite
def catalogues(draw: st.DrawFn) -> list[Listed]:
    listed = []
    for i in range(draw(st.integers(0, 12))):
        minutes = draw(st.lists(st.integers(0, 200_000), min_size=1, max_size=3, unique=True))
        facets = [draw(some_facets) for _ in minutes]
        versions = [
            version(number, each, START + timedelta(minutes=at))
            for number, (each, at) in enumerate(zip(facets, sorted(minutes), strict=True), start=1)
        ]
        listed.append(Listed(name=f"2026-w01-{i:08d}", sha256="0" * 64, versions=tuple(versions)))
    return listed


def everything(count: int, first: datetime, apart: timedelta, start: int = 0) -> list[Listed]:
    """Give warnings of one kind, one after the other."""
    facets = Facets(type="fraud/phishing", place="UY", sector="", severity=Severity.HIGH)
    return [
        Listed(
            name=f"2026-w01-{start + i:08d}",
            sha256="0" * 64,
            versions=(version(1, facets, first + i * apart),),
        )
        for i in range(count)
    ]


@given(catalogues(), any_filter)
def test_a_feed_holds_what_it_chooses_now_or_chose_in_any_version(
    listed: list[Listed], filter_: Filter
) -> None:
    expected = {
        each.name for each in listed if any(chooses(filter_, version.facets) for version in each.versions)
    }
    chosen = Index(listed).of(filter_)
    found = list(chosen.newest())
    assert {each.listed.name for each in found} == expected
    assert len(found) == len(chosen) == len(expected)
    assert all(each.is_current for each in found)
    assert [each.time for each in found] == sorted((each.time for each in found), reverse=True)


@given(catalogues())
def test_no_feed_of_warnings_holds_a_drill_nor_the_reverse(listed: list[Listed]) -> None:
    assert len(Index(listed).of(DRILL)) == 0


@given(catalogues(), any_filter)
def test_archives_and_the_open_part_hold_every_version_once(listed: list[Listed], filter_: Filter) -> None:
    chosen = Index(listed).of(filter_)
    expected = set()
    for each in listed:
        reached = False
        for one in each.versions:
            reached = reached or chooses(filter_, one.facets)
            if reached:
                expected.add((each.name, one.number))
    since = chosen.open_since
    in_archives = [
        (each.listed.name, each.version.number)
        for name in chosen.archives()
        for each in chosen.archived(name)
    ]
    assert len(set(in_archives)) == len(in_archives)
    still_open = {
        (each.name, one.number)
        for each in listed
        for one in each.versions
        if since is not None and stamped(one.updated, each.name) >= since
    }
    # Of two versions in one part the later one stands for both.
    hidden = expected - set(in_archives) - still_open
    assert all(
        any(name == other and number < later for other, later in in_archives) for name, number in hidden
    )
    assert set(in_archives) <= expected


def test_a_month_is_cut_into_parts_and_the_newest_one_stays_open() -> None:
    january = everything(PART + 5, START, timedelta(hours=1))
    assert Index(january).of(ALL).archives() == ["2026-01-1"]
    february = everything(3, START + timedelta(days=40), timedelta(hours=1), start=100)
    chosen = Index(january + february).of(ALL)
    assert chosen.archives() == ["2026-01-1", "2026-01-2"]
    assert [len(chosen.archived(name)) for name in chosen.archives()] == [PART, 5]
    assert chosen.open_since == stamped(february[0].current.updated, february[0].name)


def test_a_full_part_is_closed_and_nothing_is_open() -> None:
    chosen = Index(everything(PART, START, timedelta(hours=1))).of(ALL)
    assert chosen.archives() == ["2026-01-1"]
    assert chosen.open_since is None


@given(st.integers(0, 50), st.integers(0, 50))
def test_what_an_archive_holds_stays_whatever_follows(before: int, after: int) -> None:
    old = everything(before, START, timedelta(days=1))
    new = everything(after, START + timedelta(days=before), timedelta(days=1), start=before)
    first, second = Index(old).of(ALL), Index(old + new).of(ALL)
    for name in first.archives():
        names = [each.listed.name for each in first.archived(name)]
        assert names == [each.listed.name for each in second.archived(name)]


@pytest.mark.parametrize("name", ["2026-01-2", "2026-02-1", "2026-01-0", "2026-1-1", "", "2026-01-01"])
def test_an_archive_that_there_is_not_is_refused(name: str) -> None:
    chosen = Index(everything(PART + 1, START, timedelta(hours=1))).of(ALL)
    with pytest.raises(KeyError):
        chosen.archived(name)


@given(catalogues())
def test_the_catalogue_is_json_with_an_advisory_a_line(listed: list[Listed]) -> None:
    whole = Catalogue(publisher="https://warp.example", schema="/schema", advisories=tuple(listed))
    document = catalogue.encode(whole)
    assert msgspec.json.decode(document, type=Catalogue) == whole
    assert len(document.splitlines()) == 2 + max(1, len(listed))
