"""A draft says what a reader needs and nothing that is internal, and a hostile text is refused."""

import itertools
import string
from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given

from tests.signals import RISE, TERMS, anything
from warp import places, taxonomy
from warp.advisory import Advisory, Status, Text, Tlp
from warp.disclosure import Figure
from warp.drafting import InvalidText, advise, check_text, draft
from warp.names import advice_en, advice_es, advice_fr, advice_pt
from warp.names.table import NoSuchName
from warp.places import UnknownPlace
from warp.signal import Kind, Signal
from warp.taxonomy import Severity

TABLES = {"en": advice_en, "es": advice_es, "pt": advice_pt, "fr": advice_fr}
LONGEST_PLACES = [
    max((*places.AREAS, *sorted(places.countries())), key=lambda code: len(places.place_name(code, language)))
    for language in taxonomy.LANGUAGES
]


def _signal(of_type: str = "fraud/phishing", kind: Kind = Kind.RISE, weeks: int = 1) -> Signal:
    return msgspec.structs.replace(
        RISE,
        type=of_type,
        place="UY",
        kind=kind,
        window_weeks=weeks,
        observed=7171,
        expected=8282.5,
        low=6464.5,
        high=6565.5,
        bound=9393.25,
        p_value=0.5353,
        members=4242,
        why="7171 reports from at least 4242 members",
    )


def _draft(
    of_type: str = "fraud/phishing",
    place: str = "UY",
    figure: Figure | None = None,
    kind: Kind = Kind.RISE,
    weeks: int = 1,
) -> Advisory:
    return draft(_signal(of_type, kind, weeks), "2026-w47-k3v9q2xd", place, figure, taxonomy.LANGUAGES)


def _all_of(text: Text) -> str:
    return "\n".join((text.title, text.summary, *text.actions))


def test_a_draft_is_a_first_revision_for_which_nobody_answers() -> None:
    made = _draft()
    assert (made.id, made.revision, made.status) == ("2026-w47-k3v9q2xd", 1, Status.DRAFT)
    assert (made.author, made.approver, made.published, made.updated) == ("", "", None, None)
    assert (made.tlp, made.severity) == (Tlp.CLEAR, Severity.MEDIUM)
    assert (made.type, made.place, made.sector, made.week) == ("fraud/phishing", "UY", "", "2026-W47")


def test_a_draft_reads_like_this() -> None:
    texts = _draft().texts
    assert texts["en"].title == "Unusual rise in reports of phishing – Uruguay"
    assert texts["en"].summary == (
        "In the week that began on 2026-11-16 (2026-W47), incident response teams reported more phishing "
        "than usual. Place: Uruguay. The teams report anonymously, and exact numbers are withheld to protect "
        "them.\n\n"
        "Watch for messages that ask people to log in, pay or confirm data, and sites that copy yours."
    )
    assert texts["es"].title == "Aumento inusual de reportes de phishing – Uruguay"
    assert texts["es"].summary == (
        "En la semana que comenzó el 2026-11-16 (2026-W47), equipos de respuesta a incidentes reportaron más "
        "phishing de lo habitual. Lugar: Uruguay. Los equipos reportan de forma anónima; para protegerlos, "
        "no se publican números exactos.\n\n"
        "Preste atención a: mensajes que pidan iniciar sesión, pagar o confirmar datos, y copias de sus "
        "sitios."
    )
    assert texts["en"].actions == advise("fraud/phishing", "en")


@pytest.mark.parametrize(
    ("weeks", "first", "monday"),
    [(2, "2026-W46", "2026-11-09"), (3, "2026-W45", "2026-11-02"), (8, "2026-W40", "2026-09-28")],
)
def test_weeks_that_were_judged_together_are_named_together(weeks: int, first: str, monday: str) -> None:
    texts = _draft(weeks=weeks).texts
    assert texts["en"].summary.startswith(
        f"In the weeks from {first} (which began on {monday}) to 2026-W47, incident response teams reported "
        "more phishing than usual."
    )
    assert texts["es"].summary.startswith(
        f"En las semanas de la {first} (que comenzó el {monday}) a la 2026-W47, equipos de respuesta a "
        "incidentes reportaron más phishing de lo habitual."
    )


def test_a_rise_of_a_single_day_is_one_of_its_week() -> None:
    assert _draft(weeks=0).texts == _draft(weeks=1).texts


def test_a_draft_without_a_place_names_none() -> None:
    for text in _draft(place="").texts.values():
        assert "–" not in text.title
        assert not any(word in text.summary for word in ("Uruguay", "Uruguai", "Place:", "Lugar:", "Lieu"))


def test_a_draft_names_the_place_it_is_told_and_not_that_of_the_signal() -> None:
    texts = _draft(place="419").texts
    assert texts["en"].title.endswith(" – Latin America and the Caribbean")
    assert texts["es"].title.endswith(" – América Latina y el Caribe")
    assert texts["pt"].title.endswith(" – América Latina e Caribe")
    assert texts["fr"].title.endswith(" – Amérique latine et Caraïbes")
    assert not any(name in _all_of(text) for text in texts.values() for name in ("Uruguay", "Uruguai"))


def test_a_threshold_is_not_called_an_unusual_rise() -> None:
    texts = _draft("fraud", kind=Kind.THRESHOLD).texts
    assert texts["en"].title == "Attention: reports of fraud – Uruguay"
    assert texts["es"].title == "Atención: reportes de fraude – Uruguay"
    assert texts["pt"].title == "Atenção: notificações de fraude – Uruguai"
    assert texts["fr"].title == "Attention\u00a0: signalements de fraude – Uruguay"
    assert not any(word in _all_of(texts["en"]) for word in ("nusual", "than usual"))
    assert not any(word in _all_of(texts["es"]) for word in ("inusual de", "de lo habitual"))
    assert not any(word in _all_of(texts["pt"]) for word in ("incomum de", "do que o habitual"))
    assert not any(word in _all_of(texts["fr"]) for word in ("inhabituelle des", "que d'habitude"))


@pytest.mark.parametrize("weeks", [0, 1, 3, 8])
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("code", TERMS)
def test_no_draft_holds_a_number_of_its_signal(code: str, kind: Kind, weeks: int) -> None:
    for text in _draft(code, figure=Figure(20), kind=kind, weeks=weeks).texts.values():
        assert not [
            number
            for number in ("7171", "8282", "9393", "6464", "6565", "5353", "4242")
            if number in _all_of(text)
        ]


@given(anything)
def test_a_draft_is_the_same_whatever_a_signal_counted(signal: Signal) -> None:
    same = _signal(signal.type, signal.kind, signal.window_weeks)
    assert draft(signal, "x", "UY", None, ("en",)) == draft(same, "x", "UY", None, ("en",))


@pytest.mark.parametrize(
    ("figure", "severity"),
    [
        (None, Severity.MEDIUM),
        (Figure(5), Severity.MEDIUM),
        (Figure(10), Severity.MEDIUM),
        (Figure(20), Severity.HIGH),
        (Figure(5120), Severity.HIGH),
    ],
)
def test_severity_follows_from_the_public_figure_alone_and_is_never_critical(
    figure: Figure | None, severity: Severity
) -> None:
    made = _draft(figure=figure)
    assert (made.figure, made.severity) == (figure, severity)


@pytest.mark.parametrize("code", TERMS)
def test_every_draft_passes_its_own_check(code: str) -> None:
    for place in ("", *LONGEST_PLACES):
        for kind, weeks in itertools.product((Kind.RISE, Kind.THRESHOLD), (1, 2)):
            for text in _draft(code, place, kind=kind, weeks=weeks).texts.values():
                check_text(text)
                assert "{" not in _all_of(text)


def test_a_draft_has_the_languages_asked_for_and_no_others() -> None:
    assert list(draft(_signal(), "x", "", None, ("es",)).texts) == ["es"]
    with pytest.raises(NoSuchName):
        draft(_signal(), "x", "", None, ("en", "xx"))


def test_a_draft_of_an_unknown_place_or_type_is_refused() -> None:
    with pytest.raises(UnknownPlace):
        _draft(place="XK")
    with pytest.raises(NoSuchName):
        _draft("fraud/spam")


@pytest.mark.parametrize("language", taxonomy.LANGUAGES)
@pytest.mark.parametrize("code", TERMS)
def test_three_to_five_short_actions_are_recommended_for_everything_but_a_test(
    code: str, language: str
) -> None:
    actions = advise(code, language)
    if taxonomy.class_of(code) == "test":
        assert len(actions) == 1
        return
    assert 3 <= len(actions) <= 5
    assert len(set(actions)) == len(actions)
    assert all(len(action) <= 110 and action[0].isupper() and action.endswith(".") for action in actions)


@pytest.mark.parametrize("language", taxonomy.LANGUAGES)
def test_a_type_without_words_of_its_own_takes_those_of_its_class(language: str) -> None:
    assert advise("intrusions/system-compromise", language) == advise("intrusions", language)
    assert advise("other/undetermined", language) == advise("other", language) == advise("", language)
    assert advise("intrusions/burglary", language) != advise("intrusions", language)


def test_an_outage_is_not_met_like_an_attack() -> None:
    assert "DDoS protection" in advise("availability/ddos", "en")[0]
    assert "DDoS" not in " ".join(advise("availability/outage", "en"))
    assert "do not power them off" in advise("malicious-code", "en")[0]
    assert "no los apague" in advise("malicious-code", "es")[0]
    assert "não os desligue" in advise("malicious-code", "pt")[0]
    assert "ne les éteignez pas" in advise("malicious-code", "fr")[0]


@pytest.mark.parametrize(("code", "language"), [("fraud/spam", "en"), ("acme", "en"), ("fraud", "xx")])
def test_advice_on_an_unknown_type_or_in_an_unknown_language_is_refused(code: str, language: str) -> None:
    with pytest.raises(NoSuchName) as refused:
        advise(code, language)
    assert code not in str(refused.value)


def test_all_languages_have_words_for_the_same_codes() -> None:
    assert tuple(TABLES) == taxonomy.LANGUAGES
    for table in TABLES.values():
        assert set(table.SUBJECTS) == set(TERMS)
        assert set(table.WATCH) == set(advice_en.WATCH) <= set(TERMS)
        assert set(table.ACTIONS) == set(advice_en.ACTIONS) <= set(TERMS)
        assert {"", "test"} <= set(table.ACTIONS) & set(table.WATCH)
        assert len(set(table.SUBJECTS.values())) == len(TERMS)


def _fields(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field}


def test_all_languages_have_the_same_sentences_with_the_same_gaps() -> None:
    gaps = [{key: _fields(text) for key, text in table.SENTENCES.items()} for table in TABLES.values()]
    assert all(found == gaps[0] for found in gaps)


def test_all_languages_recommend_as_many_actions() -> None:
    counts = [{code: len(found) for code, found in table.ACTIONS.items()} for table in TABLES.values()]
    assert all(found == counts[0] for found in counts)


def test_french_elides_before_a_subject_that_begins_with_a_vowel() -> None:
    texts = _draft("intrusions/burglary").texts
    assert texts["fr"].title == "Hausse inhabituelle des signalements d'intrusions physiques – Uruguay"
    assert all(subject.startswith(("de ", "d'")) for subject in advice_fr.SUBJECTS.values())
    whole = [subject[3:] for subject in advice_fr.SUBJECTS.values() if subject.startswith("de ")]
    assert not [words for words in whole if words[0] in "aeiouyéèêh"]


GOOD = Text(title="A title", summary="One paragraph.\n\nAnother.", actions=("Do this.",))


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        Text(title="x" * 200, summary="x" * 20_000, actions=("x" * 1000,) * 20),
        Text(title="Sin resumen ni acciones", summary=""),
        Text(title="تحذير: ارتفاع", summary="עברית ואנגלית, mixed", actions=("اتصل",)),
        Text(title="🛰 ‹2.4 & more", summary="{week} %s & <script>alert(1)</script>, a < b\u00a0!"),
    ],
)
def test_a_plain_text_of_allowed_length_passes(text: Text) -> None:
    check_text(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (Text(title="", summary="x"), "title: empty"),
        (Text(title=" \u00a0 ", summary="x"), "title: empty"),
        (Text(title="x" * 201, summary="x"), "title: longer"),
        (Text(title="x", summary="x" * 20_001), "summary: longer"),
        (Text(title="x", summary="\n" * 20_001), "summary: longer"),
        (Text(title="x", summary="x", actions=("x",) * 21), "actions: more"),
        (Text(title="x", summary="x", actions=("x", "")), "actions: empty"),
        (Text(title="x", summary="x", actions=("x" * 1001,)), "actions: longer"),
        (Text(title="x\ny", summary="x"), "title: holds a line end"),
        (Text(title="x < y", summary="x"), "title: holds <"),
        (Text(title="x > y", summary="x"), "title: holds <"),
        (Text(title="x", summary="x", actions=("x\ny",)), "actions: holds"),
        (Text(title="x", summary="x\r\ny"), "summary: holds"),
    ],
)
def test_what_is_empty_too_long_or_over_several_lines_is_refused_by_part(text: Text, part: str) -> None:
    with pytest.raises(InvalidText, match=f"^{part}"):
        check_text(text)


def _characters(*ranges: tuple[int, int]) -> Iterable[str]:
    return [chr(code) for first, last in ranges for code in range(first, last + 1)]


HIDDEN = [
    *_characters((0x00, 0x09), (0x0B, 0x1F), (0x7F, 0x9F)),
    *_characters((0x202A, 0x202E), (0x2066, 0x2069)),
    *_characters((0x2028, 0x2029)),
    *_characters((0x200B, 0x200F), (0x2060, 0x2064), (0xE0041, 0xE0042), (0xFDD0, 0xFDD1)),
    *"\u00ad\u061c\u3164\ufe0f\ufeff\ufffe\U0001ffff\U0010fffe\ud800",
]


@pytest.mark.parametrize("character", HIDDEN, ids=[f"U+{ord(each):04X}" for each in HIDDEN])
def test_a_character_that_cannot_be_seen_or_turns_the_text_is_refused_everywhere(character: str) -> None:
    pasted = f"before{character}after"
    for text, part in (
        (Text(title=pasted, summary="x"), "title"),
        (Text(title="x", summary=pasted), "summary"),
        (Text(title="x", summary="x", actions=("x", pasted)), "actions"),
    ):
        with pytest.raises(InvalidText, match=f"^{part}: holds") as refused:
            check_text(text)
        assert "before" not in str(refused.value)


def test_a_line_feed_is_allowed_in_a_summary_only() -> None:
    check_text(Text(title="x", summary="one\ntwo"))
