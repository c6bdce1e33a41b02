"""What a warning says to its subscribers, and what never becomes an entry."""

import html
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import lxml.html
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import twin
from feeds.entry import NotPublicError, Site, entry, inert, newest_first, plain
from feeds.words import WORDS
from warp import taxonomy
from warp.advisory import MEMBERS_TLP, PUBLIC_TLP, Advisory, Status, Text, Tlp

Make = Callable[..., Advisory]
CLEAR = "TLP:CLEAR. It may be shared with anyone; there is no limit on disclosure."
TWIN = "This warning as JSON, for machines: https://warp.example/v1/advisories/2026-W47-k3v9q2xd.json"
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


def test_the_title_carries_tlp_and_severity_in_the_readers_language(site: Site, advisory: Make) -> None:
    english, spanish = (entry(advisory(), site, language) for language in ("en", "es"))
    assert english.title == "[NEW] [TLP:CLEAR] [HIGH] Phishing campaign – banks of the region"
    assert spanish.title == "[NUEVA] [TLP:CLEAR] [ALTA] Campaña de phishing – bancos de la región"


def test_an_unknown_severity_is_left_out_of_the_title(site: Site, advisory: Make) -> None:
    made = entry(advisory(severity=taxonomy.Severity.UNKNOWN), site, "en")
    assert made.title == "[NEW] [TLP:CLEAR] Phishing campaign – banks of the region"


def test_the_summary_is_the_whole_warning_as_plain_text(site: Site, advisory: Make) -> None:
    assert entry(advisory(), site, "en").summary == (
        "Messages pretend to come from banks.\n\n"
        "The pages ask for the second factor, too.\n\n"
        "At least 12 reports stand behind this warning.\n\n"
        "Recommended actions:\n"
        "1. Block the senders.\n"
        "2. Warn customers by another channel than e-mail.\n\n"
        "Type: Phishing · Place: Uruguay · Sector: Banking · Severity: High · Week: 2026-W47\n\n"
        f"{CLEAR}\n\n{TWIN}"
    )


def test_a_warning_without_figure_sector_or_actions_says_nothing_of_them(site: Site, advisory: Make) -> None:
    bare = Text(title="T", summary="S")
    made = entry(advisory(figure=None, sector="", place="", type="", texts={"en": bare}), site, "en")
    assert made.summary == (
        f"S\n\nType: All types · Place: Everywhere · Severity: High · Week: 2026-W47\n\n{CLEAR}\n\n{TWIN}"
    )
    assert [one.term for one in made.categories] == ["TLP:CLEAR", "high", "001", "published"]


def test_the_id_is_the_same_in_all_languages_and_the_link_is_not(site: Site, advisory: Make) -> None:
    english, spanish = (entry(advisory(), site, language) for language in ("en", "es"))
    assert english.id == spanish.id == "tag:warp.example,2026-01-05:advisory/2026-W47-k3v9q2xd"
    assert english.link == "https://warp.example/en/advisories/2026-W47-k3v9q2xd"
    assert spanish.link == "https://warp.example/es/advisories/2026-W47-k3v9q2xd"


def test_a_missing_translation_is_said_in_the_readers_language(site: Site, advisory: Make) -> None:
    made = entry(advisory(texts={"en": Text(title="T", summary="S")}), site, "es")
    assert "\n\nEl texto de esta alerta solo está disponible en inglés.\n\n" in made.summary
    assert (made.language, made.text_language) == ("es", "en")


@pytest.mark.parametrize(
    "changed",
    [{"status": Status.DRAFT}, {"published": None}, {"updated": None}]
    + [{"tlp": label} for label in Tlp if label not in PUBLIC_TLP],
)
def test_what_is_not_public_has_no_entry(site: Site, advisory: Make, changed: dict[str, object]) -> None:
    with pytest.raises(NotPublicError):
        entry(advisory(**changed), site, "en")


def test_coordinators_are_not_named(site: Site, advisory: Make) -> None:
    made = entry(advisory(author="ana.perez", approver="luis.gil"), site, "en")
    assert b"ana.perez" not in msgspec.json.encode(made)
    assert b"luis.gil" not in msgspec.json.encode(made)


def test_classes_and_types_stand_in_one_scheme_and_areas_apart_from_countries(
    site: Site, advisory: Make
) -> None:
    categories = {one.term: one.scheme for one in entry(advisory(), site, "en").categories}
    assert categories["fraud"] == categories["fraud/phishing"]
    assert categories["UY"] == "urn:iso:std:iso:3166:-1"
    area = entry(advisory(place="005", type="fraud"), site, "en").categories
    assert ("https://unstats.un.org/unsd/methodology/m49/", "005", "South America") in area
    assert [one.term for one in area].count("fraud") == 1


def test_a_corrected_warning_begins_with_what_is_new(site: Site, advisory: Make) -> None:
    corrected = advisory(status=Status.UPDATED, reason="The\nsenders changed.")
    made = entry(corrected, site, "en")
    assert made.title.startswith("[UPDATED] [TLP:CLEAR] [HIGH] ")
    assert made.lead == "Update, 2026-11-21: The senders changed."
    assert made.summary.startswith(f"{made.lead}\n\nMessages pretend")
    assert entry(corrected, site, "es").lead == "Actualización, 2026-11-21 (inglés): The senders changed."
    assert entry(corrected, site, "en").id == entry(advisory(), site, "en").id


def test_an_escalation_and_what_it_escalates_name_each_other(site: Site, advisory: Make) -> None:
    old = advisory(id="2026-w47-aaaaaaaa", status=Status.ESCALATED, escalated_by="2026-w48-bbbbbbbb")
    new = advisory(id="2026-w48-bbbbbbbb", escalates="2026-w47-aaaaaaaa")
    assert entry(old, site, "en").title.startswith("[ESCALATED] ")
    assert entry(old, site, "en").summary.startswith(
        "Another warning has taken the place of this one: https://warp.example/en/advisories/2026-w48-bbbbbbbb\n\n"
    )
    assert entry(new, site, "es").html.startswith(
        "<p>Esta alerta toma el lugar de una anterior: "
        '<a href="https://warp.example/es/advisories/2026-w47-aaaaaaaa">'
    )


def test_a_withdrawn_warning_says_that_since_when_why_and_nothing_else(site: Site, advisory: Make) -> None:
    gone = advisory(
        status=Status.WITHDRAWN,
        reason="It named the wrong bank.",
        related=("2026-w47-aaaaaaaa",),
        valid_until=date(2026, 12, 24),
    )
    made = entry(gone, site, "en")
    assert made.title == "[WITHDRAWN] [TLP:CLEAR] [HIGH] Phishing · Uruguay · 2026-W47"
    assert made.summary == (
        "This warning was withdrawn on 2026-11-21. It no longer holds.\n\n"
        "Reason: It named the wrong bank.\n\n"
        f"{CLEAR}\n\n{TWIN}"
    )
    kept = [one.term for one in made.categories]
    assert kept == ["TLP:CLEAR", "high", "fraud/phishing", "fraud", "UY", "banking", "withdrawn"]


def test_a_withdrawn_warning_reads_the_same_without_its_texts(site: Site, advisory: Make) -> None:
    gone = advisory(status=Status.WITHDRAWN, reason="Wrong.", texts={"en": Text("Old", "Old", ("Old",))})
    empty = msgspec.structs.replace(gone, texts={"en": Text("", ""), "es": Text("", "")}, figure=None)
    for language in site.languages:
        assert entry(gone, site, language) == entry(empty, site, language)


def test_related_warnings_and_the_last_day_stand_below(site: Site, advisory: Make) -> None:
    made = entry(
        advisory(related=("2026-w47-aaaaaaaa", "2026-w47-bbbbbbbb"), valid_until=date(2026, 12, 24)),
        site,
        "en",
    )
    here = "https://warp.example/en/advisories"
    assert f"Related warnings: {here}/2026-w47-aaaaaaaa {here}/2026-w47-bbbbbbbb\n\n" in made.summary
    assert " · Week: 2026-W47 · Valid until: 2026-12-24\n\n" in made.summary


def test_members_read_more_labels_at_addresses_of_their_own(site: Site, advisory: Make) -> None:
    members = msgspec.structs.replace(site, url="https://warp.example/members", allowed=MEMBERS_TLP)
    made = entry(advisory(tlp=Tlp.AMBER), members, "en")
    assert made.title.startswith("[NEW] [TLP:AMBER] [HIGH] ")
    assert "TLP:AMBER. It may be shared in your organisation" in made.summary
    assert made.link == "https://warp.example/members/en/advisories/2026-W47-k3v9q2xd"
    assert made.id == entry(advisory(), site, "en").id


@pytest.mark.parametrize("label", [Tlp.AMBER_STRICT, Tlp.RED])
def test_two_labels_stand_in_no_feed_at_all(site: Site, advisory: Make, label: Tlp) -> None:
    members = msgspec.structs.replace(site, allowed=MEMBERS_TLP)
    with pytest.raises(NotPublicError):
        entry(advisory(tlp=label), members, "en")


def test_the_twin_is_where_it_is_written(site: Site, advisory: Make) -> None:
    assert entry(advisory(), site, "en").twin == f"{site.url}/{twin.path('2026-W47-k3v9q2xd')}"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<b>a</b>", "\u2039b\u203aa\u2039/b\u203a"),
        ("&lt;b&gt;", "＆lt;b＆gt;"),
        ("&#60;&#x3c;&ltb&apos", "＆#60;＆#x3c;＆ltb＆apos"),
        ("AT&T, R&D & S & P", "AT&T, R&D & S & P"),
        ("a\n b\tc", "a b c"),
        ("\u202eevil\u2066", "evil"),
        ("\ufdd0\ufffe\U0001ffff\ud800\x00x", "x"),
    ],
)
def test_a_title_is_no_markup_even_where_it_is_taken_for_html(written: str, said: str) -> None:
    assert inert(written) == said
    assert html.unescape(inert(written)) == inert(written)


@given(title=ANY_TEXT, summary=ANY_TEXT, action=ANY_TEXT)
def test_any_text_becomes_legal_and_inert(title: str, summary: str, action: str) -> None:
    here = Site(name="W", url="https://w.example", languages=("en",), created=date(2026, 1, 5))
    text = Text(title=title, summary=f"S\n\n{summary}", actions=("A", action))
    made = entry(_published(text), here, "en")
    whole = made.title + made.summary + made.html
    assert plain(whole) == whole
    assert "\n" not in made.title
    tags = {node.tag for node in lxml.html.fragment_fromstring(made.html, create_parent="div").iter()}
    assert tags <= {"div", "p", "ol", "li", "strong", "a"}


def _published(text: Text) -> Advisory:
    when = datetime(2026, 11, 20, tzinfo=UTC)
    return Advisory(
        id="2026-W47-k3v9q2xd",
        revision=1,
        status=Status.PUBLISHED,
        tlp=Tlp.CLEAR,
        severity=taxonomy.Severity.LOW,
        type="",
        place="",
        week="2026-W47",
        texts={"en": text},
        published=when,
        updated=when,
    )


def test_warnings_of_one_second_have_different_times_within_it(site: Site, advisory: Make) -> None:
    together = [advisory(id=f"2026-W47-{i:08d}") for i in range(75)]
    times = [entry(one, site, "en").updated for one in newest_first(together, site)]
    assert len(set(times)) == 75
    assert times == sorted(times, reverse=True)
    assert max(times) - together[0].updated < timedelta(seconds=1)


def test_a_port_is_no_part_of_an_id() -> None:
    here = Site(name="W", url="http://w.example:8080/x", languages=("es",), created=date(2026, 1, 5))
    assert here.tag("a") == "tag:w.example,2026-01-05:a"


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "https://w.example/"},
        {"url": "w.example"},
        {"url": "ftp://w.example"},
        {"name": " \x00\n"},
        {"languages": ()},
        {"languages": ("en", "xx")},
    ],
)
def test_a_site_that_could_not_be_rendered_is_refused(site: Site, changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="site: "):
        msgspec.structs.replace(site, **changed)


def test_feeds_have_words_for_every_language_of_the_names() -> None:
    assert set(WORDS) == set(taxonomy.LANGUAGES)
    assert all(set(words.languages) == set(WORDS) for words in WORDS.values())
    assert all(set(words.tlp) == MEMBERS_TLP for words in WORDS.values())
    out = {status for status in Status if status.is_out}
    assert all(set(words.statuses) == out for words in WORDS.values())
