"""
Entries: what one published warning says in one language, ready for every format.

Between publication and the formats: an advisory comes in, and `feeds.atom`, `feeds.rss` and the pages put the
entry into their own form. It decides which words a subscriber reads, and refuses what is not public. It knows
nothing of XML and never asks for the present time.
"""

import html
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from feeds.words import WORDS, Words
from warp import places, taxonomy
from warp.advisory import PUBLIC_TLP, Advisory, Text, Tlp, text_for

WINDOW = 75
"""A feed holds so many of the newest entries; older warnings keep their pages."""

TLP_SCHEME = "https://www.first.org/tlp/"
"""Terms are written as FIRST writes them, like TLP:CLEAR."""
TYPE_SCHEME = "https://github.com/enisaeu/Reference-Security-Incident-Taxonomy-Task-Force"
"""Terms are RSIT machine names: a class (fraud), and a class with its type (fraud/phishing)."""
COUNTRY_SCHEME = "urn:iso:std:iso:3166:-1"
"""Terms are ISO 3166-1 alpha-2 codes (URN: RFC 5141)."""
AREA_SCHEME = "https://unstats.un.org/unsd/methodology/m49/"
"""Terms are three-digit UN M49 codes; 001 is the world."""
SECTOR_SCHEME = "http://data.europa.eu/eli/dir/2022/2555/oj"
"""Terms are the NIS2 annex sectors of `warp.taxonomy`."""
SEVERITY_SCHEME = "urn:warp:severity"
"""Terms are the values of `warp.taxonomy.Severity`."""
STATUS_SCHEME = "urn:warp:status"
"""Terms are the values of `warp.advisory.Status`."""
DRILL_SCHEME = "urn:warp:drill"
"""One term, drill: what the entry says was rehearsed and has not happened."""

_WORLD = "001"
_ILLEGAL = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotPublicError(ValueError):
    """The advisory is a draft, or its TLP label does not allow a public feed."""


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The publisher, as feeds and pages present it."""

    name: str
    url: str
    """Canonical base address, http or https, without a trailing slash."""
    languages: tuple[str, ...]
    """Codes that `feeds.words` knows; the first is the default."""
    created: date
    """Part of every tag: id, so it never changes; also the date of a feed that is still empty."""
    allowed: frozenset[Tlp] = PUBLIC_TLP
    """Labels of what may stand in this tree."""
    hub: str = ""
    """Address of the WebSub hub that is told of news; empty for none."""

    def __post_init__(self) -> None:
        if not self.languages or any(code not in WORDS for code in self.languages):
            raise ValueError(f"site: languages must be some of {', '.join(WORDS)}")
        if urlsplit(self.url).scheme not in ("http", "https") or self.url.endswith("/"):
            raise ValueError("site: url must be like https://warp.example, without a slash at its end")

    @property
    def default(self) -> str:
        """The language that every advisory has."""
        return self.languages[0]

    def tag(self, specific: str) -> str:
        """Give a permanent tag: URI (RFC 4151) of this site."""
        return f"tag:{urlsplit(self.url).hostname},{self.created.isoformat()}:{specific}"


class Category(NamedTuple):
    """One marking for machines, with its label for people."""

    scheme: str
    term: str
    label: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One warning in one language: everything that a format needs."""

    id: str
    """Permanent tag: URI, the same in all formats and languages."""
    link: str
    """Absolute address of the HTML page in this language."""
    title: str
    """One line of plain text: that it is a drill, TLP, severity where known, and the advisory's title."""
    summary: str
    """The full warning as plain text; paragraphs separated by an empty line."""
    html: str
    """The same as HTML, made of p, ol, li and strong only."""
    published: datetime
    updated: datetime
    """Aware, UTC; microseconds are derived from the id, so that entries of one second differ."""
    categories: tuple[Category, ...]
    language: str
    """Of the page, labels and names."""
    text_language: str
    """Of what the coordinators wrote; the site's default where there is no translation."""


class _Body(NamedTuple):
    """The parts of the full text, in reading order."""

    before: list[str]
    actions: tuple[str, ...]
    heading: str
    after: list[str]


def entry(advisory: Advisory, site: Site, language: str) -> Entry:
    """
    Give what a published advisory says in one language.

    Raises:
        NotPublicError: it is a draft, or its label is not for public feeds.
    """
    published, _ = public_times(advisory, site)
    text_language, text = text_for(advisory, language, site.default)
    body = _body(advisory, text, text_language, language)
    return Entry(
        id=site.tag(f"advisory/{advisory.id}"),
        link=f"{site.url}/{advisory_path(language, advisory.id)}",
        title=_title(advisory, text, language),
        summary=_as_text(body),
        html=_as_html(body),
        published=published,
        updated=stamp(advisory, site),
        categories=tuple(_categories(advisory, language)),
        language=language,
        text_language=text_language,
    )


def figures_path(language: str, page: str = "") -> str:
    """Give the path of a page of figures, from the site's root: of a period, of a progress report, of all."""
    return f"{language}/figures/{page}"


def front_path(language: str) -> str:
    """Give the front page's path from the site's root."""
    return f"{language}/"


def advisory_path(language: str, advisory_id: str) -> str:
    """Give the path of a warning's page from the site's root."""
    return f"{language}/advisories/{advisory_id}"


def newest_first(advisories: Iterable[Advisory], site: Site) -> list[Advisory]:
    """
    Give advisories in the order of all feeds and lists: by `updated`, then as the entries' microseconds say.

    Raises:
        NotPublicError: one of them is not public.
    """
    return sorted(advisories, key=lambda one: (stamp(one, site), one.id), reverse=True)


def public_times(advisory: Advisory, site: Site) -> tuple[datetime, datetime]:
    """
    Give when it was first published and when last updated, provided that it is public.

    Raises:
        NotPublicError: it is a draft, or its label is not for public feeds.
    """
    if not advisory.status.is_out or advisory.tlp not in site.allowed:
        raise NotPublicError("only what is published for these readers has entries and pages")
    if advisory.published is None or advisory.updated is None:
        raise NotPublicError("a published advisory has the times of its publication and update")
    return advisory.published, advisory.updated


def stamp(advisory: Advisory, site: Site) -> datetime:
    """
    Give its entry's time: that of its last update, with microseconds from its id.

    From the id alone, so that an entry has the same time in every feed, whatever stands beside it. Two of the
    same second fall together once in a million, and then only a validator warns.

    Raises:
        NotPublicError: as `public_times`.
    """
    spread = timedelta(microseconds=zlib.crc32(advisory.id.encode()) % 1_000_000)
    return public_times(advisory, site)[1] + spread


def plain(text: str) -> str:
    """Give the text without characters that XML forbids or that control terminals; lines end with LF."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def href(site: Site, path: str) -> str:
    """Give the address of a path of the site on whatever host the reader came by."""
    return f"{urlsplit(site.url).path}/{path}"


def line(text: str) -> str:
    """Give the text on a single line."""
    return " ".join(plain(text).split())


def paragraphs(text: str) -> list[str]:
    """Give the paragraphs of a text, which empty lines separate."""
    return [part.strip() for part in re.split(r"\n\s*\n", plain(text)) if part.strip()]


def notice(text_language: str, language: str) -> str:
    """Give the sentence that says which language a text is in, or nothing where it is the reader's."""
    if text_language == language:
        return ""
    words = WORDS[language]
    return words.only_in.format(language=words.languages[text_language])


def figure_sentence(advisory: Advisory, language: str) -> str:
    """Give the sentence on how many reports there were, or nothing where there is no figure."""
    if advisory.figure is None:
        return ""
    return WORDS[language].figure.format(n=advisory.figure.at_least)


def facts(advisory: Advisory, language: str) -> list[tuple[str, str]]:
    """Give the (label, value) pairs of type, place, sector where named, severity and week."""
    words = WORDS[language]
    pairs = [
        (words.type, taxonomy.type_name(advisory.type, language)),
        (words.place, place_label(advisory.place, language)),
        (words.sector, taxonomy.sector_name(advisory.sector, language) if advisory.sector else ""),
        (words.severity, taxonomy.severity_name(advisory.severity, language)),
        (words.week, line(advisory.week)),
    ]
    return [(label, value) for label, value in pairs if value]


def place_label(code: str, language: str) -> str:
    """Give the name of a country or area; empty is everywhere."""
    return places.place_name(code, language) if code else WORDS[language].everywhere


def drill_notice(advisory: Advisory, language: str) -> str:
    """Give the sentence that says that it is only rehearsed, or nothing where it is not."""
    return WORDS[language].drill_notice if advisory.drill else ""


def marked(advisory: Advisory, text: Text, language: str) -> str:
    """Give the title on a single line; a rehearsed one begins with what it is."""
    mark = f"[{WORDS[language].drill_mark}] " if advisory.drill else ""
    return mark + line(text.title)


def _title(advisory: Advisory, text: Text, language: str) -> str:
    marks = [WORDS[language].drill_mark] if advisory.drill else []
    marks.append(f"TLP:{advisory.tlp}")
    if advisory.severity is not taxonomy.Severity.UNKNOWN:
        marks.append(taxonomy.severity_name(advisory.severity, language).upper())
    return " ".join([*(f"[{mark}]" for mark in marks), line(text.title)])


def _body(advisory: Advisory, text: Text, text_language: str, language: str) -> _Body:
    words = WORDS[language]
    notices = [
        drill_notice(advisory, language),
        *paragraphs(text.summary),
        figure_sentence(advisory, language),
    ]
    facts_line = " · ".join(f"{label}: {value}" for label, value in facts(advisory, language))
    after = [facts_line, _marking(advisory, words), notice(text_language, language)]
    return _Body(
        before=[part for part in notices if part],
        heading=words.actions,
        actions=tuple(line(action) for action in text.actions),
        after=[part for part in after if part],
    )


def _marking(advisory: Advisory, words: Words) -> str:
    return f"TLP:{advisory.tlp}. {words.tlp[advisory.tlp]}"


def _as_text(body: _Body) -> str:
    numbered = [f"{number}. {action}" for number, action in enumerate(body.actions, start=1)]
    steps = ["\n".join([f"{body.heading}:", *numbered])] if numbered else []
    return "\n\n".join([*body.before, *steps, *body.after])


def _as_html(body: _Body) -> str:
    steps: list[str] = []
    if body.actions:
        items = "".join(f"<li>{_escaped(action)}</li>" for action in body.actions)
        steps = [f"<p><strong>{_escaped(body.heading)}</strong></p><ol>{items}</ol>"]
    return "".join([*map(_paragraph, body.before), *steps, *map(_paragraph, body.after)])


def _paragraph(text: str) -> str:
    return f"<p>{_escaped(text)}</p>"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _categories(advisory: Advisory, language: str) -> Iterator[Category]:
    if advisory.drill:
        yield Category(DRILL_SCHEME, "drill", WORDS[language].drill_mark)
    tlp = f"TLP:{advisory.tlp}"
    yield Category(TLP_SCHEME, tlp, tlp)
    severity = advisory.severity
    yield Category(SEVERITY_SCHEME, severity.value, taxonomy.severity_name(severity, language))
    yield from _type_categories(advisory.type, language)
    area = not advisory.place or advisory.place.isdigit()
    scheme = AREA_SCHEME if area else COUNTRY_SCHEME
    yield Category(scheme, advisory.place or _WORLD, place_label(advisory.place, language))
    if advisory.sector:
        yield Category(SECTOR_SCHEME, advisory.sector, taxonomy.sector_name(advisory.sector, language))
    yield Category(STATUS_SCHEME, advisory.status.value, advisory.status.value)


def _type_categories(code: str, language: str) -> Iterator[Category]:
    if not code:
        return
    yield Category(TYPE_SCHEME, code, taxonomy.type_name(code, language))
    if "/" in code:
        parent = taxonomy.class_of(code)
        yield Category(TYPE_SCHEME, parent, taxonomy.type_name(parent, language))
