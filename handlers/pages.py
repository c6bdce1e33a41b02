"""
The pages of warnings: the front page and one warning; each a file that publication writes once.

The last step of a warning to people without a feed reader. Pure rendering: domain values in, HTML in UTF-8
out, the same input giving the same bytes. It reads no database, asks for no time, and knows no request.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from feeds import filters
from feeds.categories import place_label
from feeds.entry import (
    WINDOW,
    Site,
    advisory_path,
    drill_notice,
    entry,
    facts,
    figure_sentence,
    front_path,
    href,
    line,
    marked,
    newest_first,
    notice,
    paragraphs,
    public_times,
)
from feeds.filters import ALL, DRILL, Filter, Format
from feeds.words import WORDS
from handlers.rendering import Link, render
from handlers.texts import TEXTS
from warp import taxonomy
from warp.advisory import Advisory, text_for

_FORMAT_NAMES = {Format.ATOM: "Atom", Format.RSS: "RSS", Format.JSON: "JSON"}


class _Feed(NamedTuple):
    """A feed with its links, one per format."""

    name: str
    links: tuple[Link, ...]
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


def render_front(site: Site, language: str, advisories: Iterable[Advisory]) -> bytes:
    """
    Give the front page: what this is, the newest warnings, all feeds.

    Args:
        site: The publisher.
        language: One of the site's.
        advisories: Published ones, in any order; the newest `feeds.entry.WINDOW` are listed, none rehearsed.

    Raises:
        NotPublicError: one of them is not public.
    """
    listed = [one for one in advisories if not one.drill]
    return render(
        "front.html",
        site,
        language,
        {code: front_path(code) for code in site.languages},
        warnings=[_warning(site, language, one) for one in newest_first(listed, site)[:WINDOW]],
        everything=_feed(site, language, ALL),
        drills=_feed(site, language, DRILL),
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
    published, updated = public_times(advisory, site)
    text_language, text = text_for(advisory, language, site.default)
    return render(
        "advisory.html",
        site,
        language,
        {code: advisory_path(code, advisory.id) for code in site.languages},
        warning=_warning(site, language, advisory),
        id=entry(advisory, site, language).id,
        drill=drill_notice(advisory, language),
        paragraphs=paragraphs(text.summary),
        actions=[line(action) for action in text.actions],
        figure=figure_sentence(advisory, language),
        facts=facts(advisory, language),
        marking=WORDS[language].tlp[advisory.tlp],
        notice=notice(text_language, language),
        published=published,
        updated=updated,
    )


def _feed(site: Site, language: str, filter_: Filter, narrower: Iterable[_Feed] = ()) -> _Feed:
    links = (Link(_FORMAT_NAMES[each], href(site, filters.path(filter_, language, each))) for each in Format)
    name = filters.name(filter_, language) or TEXTS[language].all_warnings
    return _Feed(name, tuple(links), tuple(narrower))


def _classes(site: Site, language: str) -> list[_Feed]:
    types: dict[str, list[_Feed]] = {code: [] for code in taxonomy.CLASSES}
    for code in taxonomy.TYPES:
        types[taxonomy.class_of(code)].append(_feed(site, language, Filter(types=(code,))))
    return [_feed(site, language, Filter(types=(code,)), within) for code, within in types.items()]


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
        title=marked(advisory, text, language),
        href=href(site, advisory_path(language, advisory.id)),
        tlp=f"TLP:{advisory.tlp}",
        severity=advisory.severity.value,
        severity_name=taxonomy.severity_name(advisory.severity, language) if known else "",
        place=place_label(advisory.place, language),
        updated=public_times(advisory, site)[1],
        text_language=text_language,
    )


def _with_command(sentence: str) -> Markup:
    return Markup("{}").format(sentence).format(command=Markup("<code>warp report</code>"))
