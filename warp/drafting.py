"""
A machine's draft of a warning: from a signal to a text that a coordinator can correct and sign.

Between detection and the coordinators. Nothing is published here, and nobody answers for a draft: its author
is empty. What the signal says exactly (observed, expected, score, members) stays internal: the draft says
what was reported, where as far as it may be named, in which weeks, what to watch for, and what to do first.
It also checks the texts that coordinators write, because they may paste what an attacker wrote; what can be
mended has been by then (`warp.cleaning`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from warp import cleaning, places, taxonomy
from warp.advisory import Advisory, Status, Text, Tlp
from warp.disclosure import Figure
from warp.names import advice_en, advice_es, advice_fr, advice_pt
from warp.names.table import NoSuchName, look_up
from warp.signal import Kind, Signal
from warp.taxonomy import Severity
from warp.weeks import Week

_T = TypeVar("_T")

HIGH_FROM = 20
"""Reports; a draft whose figure says so many or more is of high severity."""
MOST_TITLE = 200
"""Characters."""
MOST_SUMMARY = 20_000
"""Characters."""
MOST_ACTIONS = 20
MOST_ACTION = 1_000
"""Characters."""
MOST_REASON = 500
"""Characters."""
MOST_RELATED = 20


class InvalidText(ValueError):
    """What may not stand in an advisory, a text or a code; says which part and why, never what it holds."""


class _Words(NamedTuple):
    """One language of `warp.names.advice_…`."""

    subjects: Mapping[str, str]
    sentences: Mapping[str, str]
    watch: Mapping[str, str]
    actions: Mapping[str, tuple[str, ...]]


_WORDS: Mapping[str, _Words] = {
    "en": _Words(advice_en.SUBJECTS, advice_en.SENTENCES, advice_en.WATCH, advice_en.ACTIONS),
    "es": _Words(advice_es.SUBJECTS, advice_es.SENTENCES, advice_es.WATCH, advice_es.ACTIONS),
    "pt": _Words(advice_pt.SUBJECTS, advice_pt.SENTENCES, advice_pt.WATCH, advice_pt.ACTIONS),
    "fr": _Words(advice_fr.SUBJECTS, advice_fr.SENTENCES, advice_fr.WATCH, advice_fr.ACTIONS),
}


def draft(
    signal: Signal, advisory_id: str, place: str, figure: Figure | None, languages: Sequence[str]
) -> Advisory:
    """
    Give the first draft of the advisory that a signal calls for.

    Args:
        signal: What was unusual.
        advisory_id: The permanent id of the advisory.
        place: The place that may be named (`disclosure.place_to_name`); empty names none.
        figure: The protected count, if there is one.
        languages: The site's languages.

    Raises:
        NoSuchName: there are no words in one of the languages.
        UnknownPlace: the place is no place.
    """
    return Advisory(
        id=advisory_id,
        revision=1,
        status=Status.DRAFT,
        tlp=Tlp.CLEAR,
        severity=severity(figure),
        type=signal.type,
        place=place,
        week=signal.week,
        figure=figure,
        texts={language: _text(signal, place, language) for language in languages},
    )


def advise(type: str, language: str) -> tuple[str, ...]:
    """
    Give the recommended first actions for a type or class, most urgent first; empty is all types.

    Raises:
        NoSuchName: not a code of RSIT, or no words in that language.
    """
    return _of_type(_words(language).actions, type)


def check(advisory: Advisory) -> None:
    """
    Check an advisory that somebody has written.

    Raises:
        InvalidText: there is no text, one or the reason is not allowed, a code is none, or too many are
            related.
    """
    _require(bool(advisory.texts), "texts: there is none")
    for text in advisory.texts.values():
        check_text(text)
    if advisory.reason:
        check_line("reason", advisory.reason, MOST_REASON)
    _require(not advisory.type or taxonomy.is_term(advisory.type), "type: not an RSIT type or class")
    _require(not advisory.place or places.is_place(advisory.place), "place: not an ISO 3166-1 or M49 code")
    _require(advisory.sector in ("", *taxonomy.SECTORS), "sector: not a NIS2 sector")
    few = len(advisory.related) <= MOST_RELATED
    _require(
        few and len(set(advisory.related)) == len(advisory.related),
        f"related: at most {MOST_RELATED}, each once",
    )


def check_text(text: Text) -> None:
    """
    Check a text that somebody wrote or pasted.

    Raises:
        InvalidText: the title is empty, or holds an angle bracket; a part is too long; there are too many
            actions or an empty one; or a part holds a character that cannot be seen or changes the direction
            of writing, or a line end where none belongs.
    """
    check_line("title", text.title, MOST_TITLE)
    _require(not set("<>") & set(text.title), "title: holds < or >, which some readers take for HTML")
    _check_characters("summary", text.summary)
    _require(len(text.summary) <= MOST_SUMMARY, f"summary: longer than {MOST_SUMMARY} characters")
    _require(len(text.actions) <= MOST_ACTIONS, f"actions: more than {MOST_ACTIONS}")
    for action in text.actions:
        check_line("actions", action, MOST_ACTION)


def check_line(part: str, line: str, most: int) -> None:
    """
    Check one line that somebody wrote or pasted.

    Raises:
        InvalidText: it is empty, longer than `most` characters, or holds what `check_text` refuses.
    """
    _require(bool(line.strip()), f"{part}: empty")
    _require(len(line) <= most, f"{part}: longer than {most} characters")
    _require("\n" not in line, f"{part}: holds a line end")
    _check_characters(part, line)


def severity(figure: Figure | None) -> Severity:
    """
    Medium; high when the figure itself says that there are many reports; critical is a person's word.

    From the figure alone: a severity taken from the score would publish whether the exact count passed a
    limit, even where no figure may be shown.
    """
    return Severity.HIGH if figure is not None and figure.at_least >= HIGH_FROM else Severity.MEDIUM


def _text(signal: Signal, place: str, language: str) -> Text:
    words = _words(language)
    kind = "threshold" if signal.kind is Kind.THRESHOLD else "rise"
    subject = look_up(words.subjects, signal.type)
    title = words.sentences[f"{kind}-title"].format(subject=subject)
    first = [words.sentences[kind].format(subject=subject, when=_when(signal, words))]
    if place:
        name = places.place_name(place, language)
        title += f" – {name}"
        first.append(words.sentences["place"].format(place=name))
    first.append(words.sentences["withheld"])
    watch = words.sentences["watch"].format(what=_of_type(words.watch, signal.type))
    summary = " ".join(first) + "\n\n" + watch
    return Text(title=title, summary=summary, actions=advise(signal.type, language))


def _when(signal: Signal, words: _Words) -> str:
    """Give the weeks that were judged together; of a single day its week, since nothing finer is public."""
    last = Week.parse(signal.week)
    first = last.plus(1 - max(signal.window_weeks, 1))
    sentence = words.sentences["week" if first == last else "weeks"]
    return sentence.format(first=first, monday=first.monday.isoformat(), last=last)


def _words(language: str) -> _Words:
    if language not in _WORDS:
        raise NoSuchName("no words in this language")
    return _WORDS[language]


def _of_type(table: Mapping[str, _T], code: str) -> _T:
    if code and not taxonomy.is_term(code):
        raise NoSuchName("not an RSIT type or class")
    return next(table[key] for key in (code, taxonomy.class_of(code), "") if key in table)


def _check_characters(part: str, text: str) -> None:
    _require(
        cleaning.is_clean(text),
        f"{part}: holds a character that cannot be seen, or one that changes the direction of writing",
    )


def _require(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as a sentence at every call
    if not holds:
        raise InvalidText(message)
