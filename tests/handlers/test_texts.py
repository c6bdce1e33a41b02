"""What people read is in their own language, with its own marks."""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from feeds.ladder import LADDERS
from feeds.words import WORDS
from handlers.figure_texts.languages import FIGURE_TEXTS
from handlers.texts import TEXTS
from warp.names import (
    advice_en,
    advice_es,
    advice_fr,
    advice_pt,
    guidance_en,
    guidance_es,
    guidance_fr,
    guidance_pt,
)
from warp.names.languages import TABLES
from warp.names.placeholders import TABLES as PLACEHOLDERS

ADVICE = {"en": advice_en, "es": advice_es, "pt": advice_pt, "fr": advice_fr}
GUIDANCE = {"en": guidance_en, "es": guidance_es, "pt": guidance_pt, "fr": guidance_fr}


def texts(language: str) -> list[str]:
    """Give every text that the program holds in a language."""
    advice, guidance = ADVICE[language], GUIDANCE[language]
    tables = (TABLES, PLACEHOLDERS, WORDS, LADDERS, TEXTS, FIGURE_TEXTS)
    held = [table[language] for table in tables]
    held += [advice.SUBJECTS, advice.SENTENCES, advice.WATCH, advice.ACTIONS]
    return list(_within([*held, guidance.HEADINGS, guidance.GUIDANCE]))


def _within(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield held
        return
    if isinstance(held, msgspec.Struct):
        held = msgspec.structs.asdict(held)
    for each in held.values() if isinstance(held, Mapping) else held:
        yield from _within(each)


def test_every_table_has_every_language() -> None:
    tables = (TABLES, PLACEHOLDERS, WORDS, LADDERS, TEXTS, FIGURE_TEXTS, ADVICE, GUIDANCE)
    assert {tuple(sorted(table)) for table in tables} == {("en", "es", "fr", "pt")}


def test_no_sentence_stands_untranslated() -> None:
    sentences = {
        language: {text for text in texts(language) if len(text.split()) > 4 and "{address}" not in text}
        for language in TABLES
    }
    assert all(len(found) > 300 for found in sentences.values())
    for one, other in itertools.combinations(sentences, 2):
        assert not sentences[one] & sentences[other]


def test_french_marks_stand_after_a_space_that_never_breaks() -> None:
    alone = re.compile("[^\u00a0:][:;!?](?!\\S)|[^\u00a0]»|«[^\u00a0]|“|”")
    assert not [text for text in texts("fr") if alone.search(text)]


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_other_languages_have_no_space_that_never_breaks(language: str) -> None:
    assert not [text for text in texts(language) if re.search("[\u00a0\u202f]| [:;!?](?!\\S)", text)]


@pytest.mark.parametrize("language", TABLES)
def test_no_text_holds_two_spaces_or_ends_in_one(language: str) -> None:
    assert not [text for text in texts(language) if "  " in text or text != text.strip(" \n")]
