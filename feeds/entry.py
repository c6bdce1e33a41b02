"""
Entries: what one published warning says in one language, ready for every format.

Between publication and the formats: an advisory comes in, and `feeds.atom`, `feeds.rss`, `feeds.jsonfeed`
and the pages put the entry into their own form. It decides which words a subscriber reads, and refuses what
is not for the readers of the tree. It knows nothing of XML and never asks for the present time.
"""

import html
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from html.entities import name2codepoint
from urllib.parse import urlsplit

import msgspec

from feeds.body import Body, Paragraph, as_html, as_text
from feeds.categories import Category, Codes, categories, codes, place_label
from feeds.words import WORDS
from warp import taxonomy
from warp.advisory import PUBLIC_TLP, Advisory, Status, Text, Tlp, text_for

WINDOW = 75
"""A feed holds so many of the newest entries; older warnings keep their pages."""

_UNFIT = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_ANGLES = str.maketrans("<>", "\u2039\u203a")
_REFERENCE = re.compile(r"&(#?\w+;?)")


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
    public_url: str = ""
    """Of a tree for members: `url` of the public one, which has what is the same for all; else empty."""

    def __post_init__(self) -> None:
        if not line(self.name):
            raise ValueError("site: name must be a line of text")
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


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One warning in one language: everything that a format needs."""

    id: str
    """Permanent tag: URI, the same in all formats and languages."""
    link: str
    """Absolute address of the HTML page in this language."""
    twin: str
    """Absolute address of the warning as JSON."""
    title: str
    """One `inert` line: that it is a drill, its status, TLP, severity where known, the advisory's title."""
    lead: str
    """The first paragraph, for a timeline; empty where nothing was written."""
    summary: str
    """The full warning as plain text; paragraphs separated by an empty line."""
    html: str
    """The same as HTML, made of the elements of `feeds.body` only."""
    published: datetime
    updated: datetime
    """Aware, UTC; microseconds are derived from the id, so that entries of one second differ."""
    categories: tuple[Category, ...]
    codes: Codes
    language: str
    """Of the page, labels and names."""
    text_language: str
    """Of what the coordinators wrote; the site's default where there is no translation of what is shown."""


def entry(advisory: Advisory, site: Site, language: str) -> Entry:
    """
    Give what a published advisory says in one language.

    Raises:
        NotPublicError: it is a draft, or its label is not for the tree's readers.
    """
    published, _ = public_times(advisory, site)
    text_language, text = text_for(advisory, language, site.default)
    withdrawn = advisory.status is Status.WITHDRAWN
    body = _withdrawn(advisory, site, language) if withdrawn else _body(advisory, site, language)
    return Entry(
        id=site.tag(f"advisory/{advisory.id}"),
        link=_address(site, language, advisory.id),
        twin=f"{site.url}/{twin_path(advisory.id)}",
        title=_title(advisory, text, language),
        lead=body.before[0].text if body.before else "",
        summary=as_text(body),
        html=as_html(body),
        published=published,
        updated=stamp(advisory, site),
        categories=tuple(categories(advisory, language)),
        codes=codes(advisory),
        language=language,
        text_language=language if withdrawn else text_language,
    )


def figures_path(language: str, page: str = "") -> str:
    """Give the path of a page of figures, from the site's root: of a period, of a progress report, of all."""
    return f"{language}/figures/{page}"


def front_path(language: str) -> str:
    """Give the front page's path from the site's root."""
    return f"{language}/"


def feeds_path(language: str, address: str = "") -> str:
    """Give the path of a page of feeds, from the site's root: of one, by its filter's address, or of all."""
    return f"{language}/feeds/{address}"


def advisory_path(language: str, advisory_id: str) -> str:
    """Give the path of a warning's page from the site's root."""
    return f"{language}/advisories/{advisory_id}"


def twin_path(advisory_id: str) -> str:
    """Give the path of a warning as JSON from the site's root."""
    return f"v1/advisories/{advisory_id}.json"


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
        NotPublicError: it is a draft, or its label is not for the tree's readers.
    """
    if not advisory.status.is_out or advisory.tlp not in site.allowed:
        raise NotPublicError("only what is published for these readers has entries and pages")
    if advisory.published is None or advisory.updated is None:
        raise NotPublicError("a published advisory has the times of its publication and update")
    return advisory.published, advisory.updated


def stamp(advisory: Advisory, site: Site) -> datetime:
    """
    Give its entry's time.

    Raises:
        NotPublicError: as `public_times`.
    """
    return stamped(public_times(advisory, site)[1], advisory.id)


def stamped(updated: datetime, name: str) -> datetime:
    """
    Give the time of an entry: that of its update, with microseconds from its name.

    From the name alone, so that an entry has the same time in every feed, whatever stands beside it. Two of
    the same second fall together once in a million, and then only a validator warns.
    """
    return updated + timedelta(microseconds=zlib.crc32(name.encode()) % 1_000_000)


def plain(text: str) -> str:
    """
    Give the text without what XML forbids, what controls terminals, and what turns the direction of reading.

    Lines end with LF.
    """
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def href(site: Site, path: str) -> str:
    """Give the address of a path of the site on whatever host the reader came by."""
    return f"{urlsplit(site.url).path}/{path}"


def line(text: str) -> str:
    """Give the text on a single line."""
    return " ".join(plain(text).split())


def inert(text: str) -> str:
    """
    Give a line of text that is no markup, even to a reader that takes it for HTML, as many take RSS's titles.

    Angle brackets become single angle quotation marks, and an ampersand that could begin a character
    reference becomes a full-width one; AT&T stays as it is.
    """
    return _REFERENCE.sub(_unreferring, line(text).translate(_ANGLES))


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
    """Give the (label, value) pairs of type, place, sector where named, severity, week and last valid day."""
    words = WORDS[language]
    pairs = [
        (words.type, taxonomy.type_name(advisory.type, language)),
        (words.place, place_label(advisory.place, language)),
        (words.sector, taxonomy.sector_name(advisory.sector, language) if advisory.sector else ""),
        (words.severity, taxonomy.severity_name(advisory.severity, language)),
        (words.week, line(advisory.week)),
        (words.valid_until, advisory.valid_until.isoformat() if advisory.valid_until else ""),
    ]
    return [(label, value) for label, value in pairs if value]


def drill_notice(advisory: Advisory, language: str) -> str:
    """Give the sentence that says that it is only rehearsed, or nothing where it is not."""
    return WORDS[language].drill_notice if advisory.drill else ""


def marked(advisory: Advisory, text: Text, language: str) -> str:
    """Give the title on a single line; a rehearsed one begins with what it is."""
    mark = f"[{WORDS[language].drill_mark}] " if advisory.drill else ""
    return mark + _own_title(advisory, text, language)


def changes(advisory: Advisory, site: Site, language: str) -> list[Paragraph]:
    """Give what has become of a warning since it was new, and of which one it takes the place."""
    words = WORDS[language]
    found: list[Paragraph] = []
    if advisory.status in (Status.UPDATED, Status.ESCALATED) and advisory.reason:
        found.append(_because(words.update, advisory, site, language))
    if advisory.escalated_by:
        found.append(Paragraph(words.replaced_by, (_address(site, language, advisory.escalated_by),)))
    if advisory.escalates:
        found.append(Paragraph(words.replaces, (_address(site, language, advisory.escalates),)))
    return found


def withdrawal(advisory: Advisory, site: Site, language: str) -> list[Paragraph]:
    """Give all that may still be said of a withdrawn warning: since when it no longer holds, and why."""
    words = WORDS[language]
    _, updated = public_times(advisory, site)
    said = Paragraph(words.withdrawn.format(date=updated.date().isoformat()))
    why = [_because(words.reason, advisory, site, language)] if advisory.reason else []
    return [said, *why]


def elsewhere(advisory: Advisory, site: Site, language: str) -> list[Paragraph]:
    """Give where related warnings are, and this one as JSON."""
    words = WORDS[language]
    related = tuple(_address(site, language, each) for each in advisory.related)
    twin = Paragraph(words.machine, (f"{site.url}/{twin_path(advisory.id)}",))
    return [Paragraph(words.related, related), twin] if related else [twin]


def because(label: str, updated: datetime, site: Site, language: str) -> str:
    """
    Give what stands before a reason, with its language where that is not the reader's: nobody translates it.

    Args:
        label: May have a blank for the date.
        updated: When the change was published whose reason it is.
        site: The publisher.
        language: The reader's.
    """
    words = WORDS[language]
    said = label.format(date=updated.date().isoformat())
    if language != site.default:
        said += f" ({words.languages[site.default]})"
    return f"{said}{words.colon}"


def _because(label: str, advisory: Advisory, site: Site, language: str) -> Paragraph:
    _, updated = public_times(advisory, site)
    return Paragraph(f"{because(label, updated, site, language)} {line(advisory.reason)}")


def _address(site: Site, language: str, advisory_id: str) -> str:
    return f"{site.url}/{advisory_path(language, advisory_id)}"


def _unreferring(match: re.Match[str]) -> str:
    name = match[1]
    plain_name = name.isalpha() and name not in name2codepoint and name != "apos"
    return match[0] if plain_name and html.unescape(match[0]) == match[0] else f"＆{name}"


def _title(advisory: Advisory, text: Text, language: str) -> str:
    words = WORDS[language]
    marks = [words.drill_mark] if advisory.drill else []
    marks += [words.statuses[advisory.status], f"TLP:{advisory.tlp}"]
    if advisory.severity is not taxonomy.Severity.UNKNOWN:
        marks.append(taxonomy.severity_name(advisory.severity, language).upper())
    return " ".join([*(f"[{mark}]" for mark in marks), inert(_own_title(advisory, text, language))])


def _own_title(advisory: Advisory, text: Text, language: str) -> str:
    """Give what it is about where it has none, or is withdrawn: the title may be what had to go."""
    title = "" if advisory.status is Status.WITHDRAWN else line(text.title)
    about = (taxonomy.type_name(advisory.type, language), place_label(advisory.place, language))
    return title or " · ".join([*about, line(advisory.week)])


def _body(advisory: Advisory, site: Site, language: str) -> Body:
    text_language, text = text_for(advisory, language, site.default)
    words = WORDS[language]
    colon = f"{words.colon} "
    facts_line = " · ".join(f"{label}{colon}{value}" for label, value in facts(advisory, language))
    return Body(
        before=[
            *_paragraphs(drill_notice(advisory, language)),
            *changes(advisory, site, language),
            *_paragraphs(*paragraphs(text.summary), figure_sentence(advisory, language)),
        ],
        heading=words.actions,
        colon=words.colon,
        actions=[line(action) for action in text.actions],
        after=[
            *_paragraphs(facts_line, _marking(advisory, language), notice(text_language, language)),
            *elsewhere(advisory, site, language),
        ],
    )


def _withdrawn(advisory: Advisory, site: Site, language: str) -> Body:
    """Leave out text, actions, figure and what it led to: any of them may be what had to go."""
    said = [*_paragraphs(drill_notice(advisory, language)), *withdrawal(advisory, site, language)]
    twin = Paragraph(WORDS[language].machine, (f"{site.url}/{twin_path(advisory.id)}",))
    return Body(said, "", "", (), [*_paragraphs(_marking(advisory, language)), twin])


def _paragraphs(*texts: str) -> Iterator[Paragraph]:
    return (Paragraph(text) for text in texts if text)


def _marking(advisory: Advisory, language: str) -> str:
    return f"TLP:{advisory.tlp}. {WORDS[language].tlp[advisory.tlp]}"
