"""
Advice on an incident: what to do in the first hour, what to keep, whom to tell, and how to recover.

Beside `warp.drafting`: coordinators start from these texts when they answer a reporter or write a warning. It
sends nothing, knows no reporter, and does not say what a machine's draft recommends (`drafting.advise`).
"""

import enum
from collections.abc import Collection, Mapping
from typing import NamedTuple

from warp import taxonomy
from warp.names import guidance_en, guidance_es, guidance_fr, guidance_pt
from warp.names.table import NoSuchName, look_up


class Section(enum.StrEnum):
    """The parts of a text of advice, in the order in which somebody needs them."""

    FIRST_HOUR = "first-hour"
    EVIDENCE = "evidence"
    WHOM_TO_TELL = "whom-to-tell"
    LAW_ENFORCEMENT = "law-enforcement"
    RECOVERY = "recovery"


class _Words(NamedTuple):
    """One language of `warp.names.guidance_…`."""

    headings: Mapping[str, str]
    guidance: Mapping[str, Mapping[str, str]]


_WORDS: Mapping[str, _Words] = {
    "en": _Words(guidance_en.HEADINGS, guidance_en.GUIDANCE),
    "es": _Words(guidance_es.HEADINGS, guidance_es.GUIDANCE),
    "pt": _Words(guidance_pt.HEADINGS, guidance_pt.GUIDANCE),
    "fr": _Words(guidance_fr.HEADINGS, guidance_fr.GUIDANCE),
}

LANGUAGES: tuple[str, ...] = tuple(_WORDS)
"""ISO 639-1 codes of the languages that have advice."""

_RANSOMWARE = "ransomware"
"""The one tag with a text of its own, because what to do first differs from that of any class."""
_TEST = taxonomy.class_of(taxonomy.TEST_TYPE)


def section_name(section: Section, language: str) -> str:
    """
    Give the heading of a section.

    Raises:
        NoSuchName: there is no advice in that language.
    """
    return look_up(_words(language).headings, section)


def advice(code: str, language: str, tags: Collection[str] = ()) -> Mapping[Section, str]:
    """
    Give the advice on an incident: every section, in order.

    Args:
        code: RSIT type or class; a type takes its class's text.
        language: One of `LANGUAGES`.
        tags: The report's tags; with `ransomware` the text is ransomware's own, except for a test.

    Raises:
        NoSuchName: not a code of RSIT, or there is no advice in that language.
    """
    texts = _words(language).guidance[_subject(code, tags)]
    return {section: texts[section] for section in Section}


def as_text(code: str, language: str, tags: Collection[str] = ()) -> str:
    """
    Give the advice as plain text with headings; at most 1,800 bytes of UTF-8, so that it fits a reply.

    Raises:
        NoSuchName: as `advice`.
    """
    sections = advice(code, language, tags).items()
    return "\n\n".join(f"{section_name(section, language)}\n{text}" for section, text in sections)


def _words(language: str) -> _Words:
    if language not in _WORDS:
        raise NoSuchName("no advice in this language")
    return _WORDS[language]


def _subject(code: str, tags: Collection[str]) -> str:
    if not taxonomy.is_term(code):
        raise NoSuchName("not an RSIT type or class")
    subject = taxonomy.class_of(code)
    return _RANSOMWARE if _RANSOMWARE in tags and subject != _TEST else subject
