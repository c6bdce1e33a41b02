"""
The public pages: warnings, one warning, figures; each a file that publication writes once.

The last step of a warning to people without a feed reader. Pure rendering: domain values in, HTML in UTF-8
out, the same input giving the same bytes. It reads no database, asks for no time, and knows no request; links
are relative to the host, so that a reader who came by an onion address stays on it.
"""

import base64
import functools
import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib import resources
from typing import NamedTuple
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from feeds import filters
from feeds.entry import (
    WINDOW,
    Site,
    advisory_path,
    entry,
    facts,
    figure_sentence,
    front_path,
    line,
    newest_first,
    notice,
    paragraphs,
    place_label,
    public_times,
)
from feeds.filters import ALL, MEDIA_TYPES, Filter, Format, Kind
from feeds.words import WORDS
from handlers.texts import TEXTS, Texts
from warp import places, taxonomy
from warp.advisory import Advisory, text_for
from warp.disclosure import Cell, Release
from warp.weeks import Period

_FORMAT_NAMES = {Format.ATOM: "Atom", Format.RSS: "RSS"}


class _Link(NamedTuple):
    text: str
    href: str
    language: str = ""
    type: str = ""


class _Feed(NamedTuple):
    """A feed with its links, one per format."""

    name: str
    links: tuple[_Link, ...]
    narrower: "tuple[_Feed, ...]" = ()
    """A class's types."""


class _Warning(NamedTuple):
    """A row in the list of warnings."""

    title: str
    href: str
    tlp: str
    severity: str
    """As in `taxonomy.Severity`; names the colour."""
    severity_name: str
    """Empty where unknown."""
    place: str
    updated: datetime
    text_language: str


def figures_path(language: str, week: str = "") -> str:
    """Give the path of a week's figures from the site's root; without a week, that of the newest."""
    return f"{language}/figures/{week}"


def style_source() -> str:
    """Give the Content-Security-Policy source that allows the pages' one inline style sheet."""
    digest = hashlib.sha256(_style().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def render_front(site: Site, language: str, advisories: Iterable[Advisory]) -> bytes:
    """
    Give the front page: what this is, the newest warnings, all feeds.

    Args:
        site: The publisher.
        language: One of the site's.
        advisories: Published ones, in any order; the newest `feeds.entry.WINDOW` are listed.

    Raises:
        NotPublicError: one of them is not public.
    """
    return _render(
        "front.html",
        site,
        language,
        {code: front_path(code) for code in site.languages},
        warnings=[_warning(site, language, one) for one in newest_first(advisories)[:WINDOW]],
        everything=_feed(site, language, ALL),
        by_type=_classes(site, language),
        by_country=_countries(site, language),
        report_how=_with_command(TEXTS[language].report_how),
    )


def render_advisory(site: Site, language: str, advisory: Advisory) -> bytes:
    """
    Give the page of one warning.

    Raises:
        NotPublicError: it is not public.
    """
    published, updated = public_times(advisory)
    text_language, text = text_for(advisory, language, site.default)
    return _render(
        "advisory.html",
        site,
        language,
        {code: advisory_path(code, advisory.id) for code in site.languages},
        warning=_warning(site, language, advisory),
        id=entry(advisory, site, language).id,
        paragraphs=paragraphs(text.summary),
        actions=[line(action) for action in text.actions],
        figure=figure_sentence(advisory, language),
        facts=facts(advisory, language),
        marking=WORDS[language].tlp[advisory.tlp],
        notice=notice(text_language, language),
        published=published,
        updated=updated,
    )


def render_figures(
    site: Site, language: str, release: Release | None, other_weeks: Sequence[str] = ()
) -> bytes:
    """
    Give the page of one closed week's figures.

    Args:
        site: The publisher.
        language: One of the site's.
        release: The figures; none as long as no week has closed.
        other_weeks: Weeks whose pages are linked, in the order shown.
    """
    texts = TEXTS[language]
    week = release.period if release else ""
    return _render(
        "figures.html",
        site,
        language,
        {code: figures_path(code, week) for code in site.languages},
        heading=texts.figures_of.format(week=week) if week else texts.figures,
        week=week,
        days=_days(week, texts) if week else "",
        rows=_rows(release, language) if release else [],
        other_weeks=[_Link(other, _href(site, figures_path(language, other))) for other in other_weeks],
    )


def _render(name: str, site: Site, language: str, translations: dict[str, str], **values: object) -> bytes:
    template = _environment().get_template(name)
    page = template.render(
        values,
        site_name=line(site.name),
        language=language,
        t=TEXTS[language],
        words=WORDS[language],
        canonical=f"{site.url}/{translations[language]}",
        translations=[_Link(TEXTS[c].language, _href(site, p), c) for c, p in translations.items()],
        front=_href(site, front_path(language)),
        figures=_href(site, figures_path(language)),
        discovery=_discovery(site, language),
        style=Markup(_style()),  # noqa: S704  our own file
    )
    return page.encode()


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("handlers"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = _day
    environment.filters["minute"] = _minute
    return environment


@functools.cache
def _style() -> str:
    return resources.files("handlers").joinpath("templates", "style.css").read_text("utf-8")


def _href(site: Site, path: str) -> str:
    return f"{urlsplit(site.url).path}/{path}"


def _discovery(site: Site, language: str) -> list[_Link]:
    title = filters.title(ALL, site, language)
    return [
        _Link(line(title), _href(site, filters.path(ALL, language, each)), type=MEDIA_TYPES[each])
        for each in Format
    ]


def _feed(site: Site, language: str, filter_: Filter, narrower: Iterable[_Feed] = ()) -> _Feed:
    links = (
        _Link(_FORMAT_NAMES[each], _href(site, filters.path(filter_, language, each))) for each in Format
    )
    name = filters.name(filter_, language) or TEXTS[language].all_warnings
    return _Feed(name, tuple(links), tuple(narrower))


def _classes(site: Site, language: str) -> list[_Feed]:
    types: dict[str, list[_Feed]] = {code: [] for code in taxonomy.CLASSES}
    for code in taxonomy.TYPES:
        types[taxonomy.class_of(code)].append(_feed(site, language, Filter(Kind.TYPE, code)))
    return [_feed(site, language, Filter(Kind.TYPE, code), within) for code, within in types.items()]


def _countries(site: Site, language: str) -> list[_Feed]:
    return sorted((_feed(site, language, each) for each in filters.country_filters()), key=_in_alphabet)


def _in_alphabet(feed: _Feed) -> str:
    """Sort as readers expect: letters with accents beside those without."""
    letters = unicodedata.normalize("NFD", feed.name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _warning(site: Site, language: str, advisory: Advisory) -> _Warning:
    text_language, text = text_for(advisory, language, site.default)
    known = advisory.severity is not taxonomy.Severity.UNKNOWN
    return _Warning(
        title=line(text.title),
        href=_href(site, advisory_path(language, advisory.id)),
        tlp=f"TLP:{advisory.tlp}",
        severity=advisory.severity.value,
        severity_name=taxonomy.severity_name(advisory.severity, language) if known else "",
        place=place_label(advisory.place, language),
        updated=public_times(advisory)[1],
        text_language=text_language,
    )


def _with_command(sentence: str) -> Markup:
    return Markup("{}").format(sentence).format(command=Markup("<code>warp report</code>"))


def _days(period: str, texts: Texts) -> str:
    parsed = Period.parse(period)
    return texts.days.format(first=parsed.first.monday.isoformat(), last=parsed.last.sunday.isoformat())


def _rows(release: Release, language: str) -> list[tuple[str, str, str]]:
    """Give the rows, what is narrow before what is wide."""
    at_least = TEXTS[language].at_least
    return [
        (
            taxonomy.type_name(cell.type, language),
            places.place_name(cell.place, language),
            at_least.format(n=cell.figure.at_least),
        )
        for cell in sorted(release.cells, key=_width)
    ]


def _width(cell: Cell) -> tuple[bool, str, bool, str]:
    return not cell.type, cell.type, cell.place.isdigit(), cell.place


def _day(when: datetime) -> str:
    return when.date().isoformat()


def _minute(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
