"""Machine twins: one JSON document per version that says what readers may know, and gives it back."""

import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import twin
from feeds.entry import NotPublicError, Site
from feeds.machine import MACHINE_FORMATS
from feeds.twin import DamagedTwin
from tests.tables import flaws
from warp import places, taxonomy
from warp.advisory import MEMBERS_TLP, Advisory, Facets, Status, Text, Tlp, Version
from warp.disclosure import Figure
from warp.taxonomy import Severity

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SCHEMA = json.loads(twin.schema())
MORNING = datetime(2026, 11, 20, 8, tzinfo=UTC)

Make = Callable[..., Advisory]


def version(number: int, tlp: Tlp = Tlp.CLEAR) -> Version:
    facets = Facets(type="fraud", place="", sector="", severity=Severity.MEDIUM)
    when = MORNING + timedelta(hours=number)
    return Version(
        number=number,
        status=Status.PUBLISHED,
        tlp=tlp,
        facets=facets,
        updated=when,
        reason=f"reason {number}",
    )


def corrected(advisory: Make, **changed: Any) -> Advisory:
    return advisory(
        **{
            "id": "2026-w47-k3v9q2xd",
            "version": 3,
            "status": Status.UPDATED,
            "reason": "A bank was named wrongly.",
            "history": (version(1), version(2)),
            "valid_until": date(2026, 12, 31),
            "related": ("2026-w46-aaaaaaaa", "2026-w45-bbbbbbbb"),
            "escalates": "2026-w40-cccccccc",
        }
        | changed
    )


def withdrawn(advisory: Make) -> Advisory:
    return corrected(
        advisory,
        status=Status.WITHDRAWN,
        reason="The pages were a test of the bank's own.",
        buried=MORNING + timedelta(days=90),
    )


def published(advisory: Advisory) -> Advisory:
    """Give what readers may know of it."""
    return msgspec.structs.replace(
        advisory, revision=advisory.version, author="", approver="", publish_at=None, withdraws=False
    )


def document(advisory: Advisory, site: Site) -> Any:
    return json.loads(twin.twin(advisory, site))


@pytest.mark.parametrize(("name", "make"), [("twin", corrected), ("twin-withdrawn", withdrawn)])
def test_twins_are_the_golden_files_to_the_byte(
    name: str, make: Callable[[Make], Advisory], advisory: Make, site: Site
) -> None:
    made, golden = twin.twin(make(advisory), site), GOLDEN / f"{name}.json"
    if os.environ.get("WARP_WRITE_GOLDEN"):
        golden.write_bytes(made)
    assert made == golden.read_bytes()


_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
_TEXTS = st.text(_CHARACTERS, max_size=40).map(lambda text: " ".join(text.split()))
_IDS = st.from_regex(r"(drill-)?20[0-9]{2}-w[0-5][0-9]-[a-z0-9]{8}", fullmatch=True)
_MOMENTS = st.integers(0, 400_000_000).map(lambda seconds: MORNING + timedelta(seconds=seconds))
_PLACES = st.sampled_from(["", *sorted(places.countries()), *sorted(set(places.AREAS) - {places.WORLD})])
_TYPES = st.sampled_from(["", *taxonomy.CLASSES, "fraud/phishing"])
_SECTORS = st.sampled_from(["", *taxonomy.SECTORS])
_TLPS = st.sampled_from(sorted(MEMBERS_TLP))
_OUT = st.sampled_from([status for status in Status if status.is_out and status is not Status.WITHDRAWN])
_FACETS = st.builds(
    Facets, type=_TYPES, place=_PLACES, sector=_SECTORS, severity=st.sampled_from(list(Severity))
)
_VERSIONS = st.builds(
    Version,
    number=st.integers(1, 99),
    status=_OUT,
    tlp=_TLPS,
    facets=_FACETS,
    updated=_MOMENTS,
    reason=_TEXTS,
)
_WORDS = st.builds(Text, _TEXTS, _TEXTS, st.lists(_TEXTS, max_size=3).map(tuple))
ADVISORIES = st.builds(
    Advisory,
    id=_IDS,
    revision=st.integers(1, 500),
    status=_OUT,
    tlp=_TLPS,
    severity=st.sampled_from(list(Severity)),
    type=_TYPES,
    place=_PLACES,
    sector=_SECTORS,
    week=st.just("2026-W47"),
    figure=st.none() | st.builds(Figure, at_least=st.integers(5, 10_000)),
    texts=st.dictionaries(st.sampled_from(["es", "pt", "fr"]), _WORDS).flatmap(
        lambda others: _WORDS.map(lambda text: {"en": text, **others})
    ),
    reason=_TEXTS,
    valid_until=st.none() | st.dates(),
    publish_at=st.none() | _MOMENTS,
    withdraws=st.booleans(),
    related=st.lists(_IDS, max_size=3).map(tuple),
    escalates=st.just("") | _IDS,
    escalated_by=st.just("") | _IDS,
    version=st.integers(1, 99),
    history=st.lists(_VERSIONS, max_size=3).map(tuple),
    author=st.just("Ana Author"),
    approver=st.just("Luis Approver"),
    published=_MOMENTS,
    updated=_MOMENTS,
)
MEMBERS = Site(
    name="WARP of the South",
    url="https://warp.example/members",
    languages=("en", "es"),
    created=date(2026, 1, 5),
    allowed=MEMBERS_TLP,
)


@given(ADVISORIES)
def test_what_is_read_back_is_what_was_published(advisory: Advisory) -> None:
    assert twin.read(twin.twin(advisory, MEMBERS)) == published(advisory)


@given(ADVISORIES)
def test_every_twin_fits_the_published_schema(advisory: Advisory) -> None:
    assert list(flaws(document(advisory, MEMBERS), SCHEMA, SCHEMA)) == []


@given(ADVISORIES)
def test_no_name_of_a_coordinator_and_no_planned_time_is_in_the_bytes(advisory: Advisory) -> None:
    planned = datetime(2041, 2, 3, 4, 5, tzinfo=UTC)
    made = twin.twin(msgspec.structs.replace(advisory, publish_at=planned), MEMBERS)
    assert made == twin.twin(published(advisory), MEMBERS)
    assert not any(
        word in made for word in (b"Ana Author", b"Luis Approver", b"2041-02-03", b"publish_at", b"withdraws")
    )


def test_a_drill_says_so_and_comes_back_as_one(advisory: Make, site: Site) -> None:
    drill = advisory(id="drill-2026-w47-k3v9q2xd", version=1, drill=True, figure=None)
    assert document(drill, site)["drill"] is True
    assert twin.read(twin.twin(drill, site)) == published(drill)


def test_a_withdrawn_one_has_no_text_and_no_figure_and_no_way_to_its_earlier_texts(
    advisory: Make, site: Site
) -> None:
    gone = withdrawn(advisory)
    made = twin.twin(gone, site)
    for text in gone.texts.values():
        for words in (text.title, text.summary, *text.actions):
            assert json.dumps(words, ensure_ascii=False).encode() not in made
    found = json.loads(made)
    assert (found["texts"], found["at_least"], found["status"]) == ({}, None, "withdrawn")
    assert found["reason"] == "The pages were a test of the bank's own."
    assert [(each["number"], each["address"]) for each in found["history"]] == [(1, None), (2, None)]
    assert list(flaws(found, SCHEMA, SCHEMA)) == []


def test_a_withdrawn_one_comes_back_with_an_empty_text_in_every_language(advisory: Make, site: Site) -> None:
    gone = withdrawn(advisory)
    empty = {language: Text("", "") for language in site.languages}
    expected = msgspec.structs.replace(published(gone), texts=empty, figure=None)
    assert twin.read(twin.twin(gone, site)) == expected


def test_versions_of_a_stricter_label_are_not_in_the_history(advisory: Make, site: Site) -> None:
    made = corrected(advisory, history=(version(1, Tlp.AMBER), version(2)))
    public = twin.twin(made, site)
    assert [each["number"] for each in json.loads(public)["history"]] == [2]
    assert b"reason 1" not in public
    assert [each["number"] for each in document(made, MEMBERS)["history"]] == [1, 2]


def test_earlier_versions_and_other_advisories_stand_with_their_addresses(advisory: Make, site: Site) -> None:
    found = document(corrected(advisory), site)
    assert [each["address"] for each in found["history"]] == [
        "https://warp.example/v1/advisories/2026-w47-k3v9q2xd/1.json",
        "https://warp.example/v1/advisories/2026-w47-k3v9q2xd/2.json",
    ]
    assert found["escalates"] == {
        "id": "tag:warp.example,2026-01-05:advisory/2026-w40-cccccccc",
        "address": "https://warp.example/v1/advisories/2026-w40-cccccccc.json",
    }
    assert found["escalated_by"] is None


@pytest.mark.parametrize(
    "changed",
    [
        {"status": Status.DRAFT},
        {"status": Status.REVIEW},
        {"tlp": Tlp.GREEN},
        {"tlp": Tlp.AMBER},
        {"tlp": Tlp.RED},
        {"published": None},
        {"version": 0},
    ],
)
def test_what_is_not_for_the_trees_readers_has_no_twin(
    changed: dict[str, Any], advisory: Make, site: Site
) -> None:
    for render in MACHINE_FORMATS.values():
        with pytest.raises(NotPublicError):
            render(advisory(**({"version": 1} | changed)), site)


@pytest.mark.parametrize("field", sorted(SCHEMA["$defs"]["Twin"]["required"]))
def test_a_twin_without_one_of_its_fields_is_damaged(field: str, advisory: Make, site: Site) -> None:
    made = document(corrected(advisory), site)
    del made[field]
    assert list(flaws(made, SCHEMA, SCHEMA))
    with pytest.raises(DamagedTwin):
        twin.read(json.dumps(made).encode())


@pytest.mark.parametrize(
    "changed",
    [
        {"author": "ana"},
        {"name": "2026-w47-aaaaaaaa"},
        {"type": "phishing"},
        {"place": "iso3166:QQ"},
        {"place": "m49:UY"},
        {"place": "UY"},
        {"sector": "nothing"},
        {"week": "2026-W54"},
        {"version": 0},
        {"texts": {}},
        {"updated": "2026-11-21T09:30:00"},
        {"tlp": "TLP:CLEAR"},
        {"drill": True},
        {"at_least": "many"},
    ],
    ids=str,
)
def test_a_twin_that_this_site_would_not_write_is_damaged(
    changed: dict[str, Any], advisory: Make, site: Site
) -> None:
    made = document(corrected(advisory), site) | changed
    with pytest.raises(DamagedTwin):
        twin.read(json.dumps(made).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff", b"\x1f\x8b", b'{"id": "\xed\xa0\x80"}'])
def test_what_is_no_twin_is_refused_without_repeating_it(data: bytes) -> None:
    with pytest.raises(DamagedTwin, match=r"^not the machine twin of an advisory, or damaged$") as caught:
        twin.read(data)
    assert caught.value.__cause__ is None


def test_no_control_character_and_no_surrogate_of_a_text_is_in_its_twin(advisory: Make, site: Site) -> None:
    hostile = Text("a\ntitle\x1b[2J\ud800", "one\r\n\r\ntwo\x00", ("an\naction\x07",))
    before = msgspec.structs.replace(version(1), reason="was\x1b[2J\ud800")
    made = advisory(version=2, texts={"en": hostile}, reason="is\x07", history=(before,))
    found = document(made, site)
    assert found["texts"]["en"] == {
        "title": "a title[2J",
        "summary": "one\n\ntwo",
        "actions": ["an action"],
    }
    assert (found["reason"], found["history"][0]["reason"]) == ("is", "was[2J")


def test_each_field_says_what_it_is() -> None:
    for name in ("Twin", "Earlier", "Link", "Wording"):
        definition = SCHEMA["$defs"][name]
        for field, described in definition["properties"].items():
            referred = SCHEMA["$defs"].get(described.get("$ref", "").removeprefix("#/$defs/"), {})
            assert described.get("description") or referred.get("description"), field
