"""Advice: every class has it in every language, it fits a sealed reply, and unknown codes have none."""

import re
import unicodedata
from collections.abc import Iterator

import pytest

from keys import reply
from warp import taxonomy
from warp.advice import LANGUAGES, Section, advice, as_text, section_name
from warp.names import guidance_en, guidance_es, guidance_fr, guidance_pt
from warp.names.table import NoSuchName

MOST_CHARACTERS = 300
"""Of one section."""
MOST_BYTES = 1_800
"""Of a whole text in UTF-8, headings included."""
MOST_SENTENCES = 3
TABLES = {"en": guidance_en, "es": guidance_es, "pt": guidance_pt, "fr": guidance_fr}
SUBJECTS = [(code, ()) for code in taxonomy.CLASSES] + [("malicious-code", ("ransomware",))]
"""A code and tags for each text that there is."""

each_language = pytest.mark.parametrize("language", LANGUAGES)
each_text = pytest.mark.parametrize(
    ("code", "tags", "language"),
    [(code, tags, language) for code, tags in SUBJECTS for language in LANGUAGES],
)


def all_sections() -> Iterator[str]:
    for language in LANGUAGES:
        for code, tags in SUBJECTS:
            yield from advice(code, language, tags).values()


def test_advice_is_in_the_four_languages() -> None:
    assert LANGUAGES == ("en", "es", "pt", "fr")


@each_language
def test_the_tables_hold_every_class_ransomware_and_nothing_else(language: str) -> None:
    table = TABLES[language]
    assert set(table.GUIDANCE) == {*taxonomy.CLASSES, "ransomware"}
    assert all(list(sections) == list(Section) for sections in table.GUIDANCE.values())
    assert list(table.HEADINGS) == list(Section)


@each_text
def test_every_text_has_five_sections_in_order(code: str, tags: tuple[str, ...], language: str) -> None:
    sections = advice(code, language, tags)
    assert list(sections) == list(Section)
    assert all(text.strip() == text != "" for text in sections.values())


@each_text
def test_a_section_is_short(code: str, tags: tuple[str, ...], language: str) -> None:
    for text in advice(code, language, tags).values():
        assert len(text) <= MOST_CHARACTERS
        assert 1 <= len(re.findall(r"[.!?](?=\s|$)", text)) <= MOST_SENTENCES
        assert text.endswith(".")


@each_text
def test_a_whole_text_fits_a_sealed_reply(code: str, tags: tuple[str, ...], language: str) -> None:
    size = len(as_text(code, language, tags).encode())
    assert size <= MOST_BYTES < reply.room(language)


def test_no_two_sections_are_the_same() -> None:
    sections = list(all_sections())
    assert len(set(sections)) == len(sections)


def test_texts_hold_no_hidden_characters_and_no_double_spaces() -> None:
    for text in all_sections():
        assert all(unicodedata.category(each)[0] != "C" for each in text)
        assert "  " not in text
        assert unicodedata.is_normalized("NFC", text)


def test_no_text_holds_an_address() -> None:
    """Nothing to call up: an address in a reply would tell a server who reads it."""
    assert not any("://" in text or "@" in text or "www." in text for text in all_sections())


@each_language
def test_headings_differ_and_stand_above_their_sections(language: str) -> None:
    headings = [section_name(section, language) for section in Section]
    assert len(set(headings)) == len(Section)
    lines = as_text("fraud/phishing", language).split("\n")
    assert lines[0::3] == headings
    assert lines[1::3] == list(advice("fraud", language).values())
    assert set(lines[2::3]) == {""}


@pytest.mark.parametrize("code", taxonomy.TYPES)
def test_a_type_takes_the_text_of_its_class(code: str) -> None:
    assert advice(code, "pt") == advice(taxonomy.class_of(code), "pt")


@each_language
def test_ransomware_has_its_own_text_whatever_the_type(language: str) -> None:
    own = advice("malicious-code/infected-system", language, ["ransomware", "data-extortion"])
    assert own != advice("malicious-code/infected-system", language, ["data-extortion"])
    assert own == advice("availability/outage", language, {"ransomware"})


@each_language
def test_a_test_is_told_that_it_was_one_even_if_tagged_ransomware(language: str) -> None:
    assert as_text("test/test", language, ("ransomware",)) == as_text("test", language)
    assert len(as_text("test", language)) < MOST_BYTES // 3


@each_language
def test_sexual_material_is_never_to_be_copied(language: str) -> None:
    """Its evidence is the one thing that must not be kept: holding it is a crime in many countries."""
    never = {"en": "never copy", "es": "nunca lo copie", "pt": "nunca copie", "fr": "ne le copiez"}
    assert never[language] in advice("abusive-content/violence", language)[Section.EVIDENCE]


@pytest.mark.parametrize("code", ["", "ransomware", "fraud/", "fraud/unknown", "Fraud", "phishing"])
def test_an_unknown_code_has_no_advice_and_is_not_repeated_in_the_message(code: str) -> None:
    with pytest.raises(NoSuchName) as caught:
        advice(code, "en", ["ransomware"])
    assert str(caught.value) == "not an RSIT type or class"


@pytest.mark.parametrize("language", ["", "de", "EN", "pt-BR"])
def test_an_unknown_language_has_no_advice_and_no_headings(language: str) -> None:
    with pytest.raises(NoSuchName):
        as_text("fraud", language)
    with pytest.raises(NoSuchName):
        section_name(Section.EVIDENCE, language)
