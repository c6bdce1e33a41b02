"""
The pages of warnings: the front page and one warning; each a file that publication writes once.

The last step of a warning to people without a feed reader. Pure rendering: domain values in, HTML in UTF-8
out, the same input giving the same bytes. It reads no database, asks for no time, and knows no request.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from feeds import opml, twin
from feeds.categories import place_label
from feeds.entry import (
    WINDOW,
    Site,
    advisory_path,
    because,
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
from feeds.filters import ALL, DRILL, REGIONS, Filter
from feeds.words import WORDS
from handlers.rendering import Link, feed_links, render
from handlers.texts import TEXTS
from warp import taxonomy
from warp.advisory import Advisory, Status, public_history, text_for


class Row(NamedTuple):
    """A warning in a list, and its marks."""

    title: str
    href: str
    status: str
    """As in `warp.advisory.Status`; so are severities: they name the colours."""
    status_name: str
    tlp: str
    severity: str
    severity_name: str
    """Empty where unknown."""
    place: str
    updated: datetime
    text_language: str

    @property
    def is_withdrawn(self) -> bool:
        """Whether it no longer holds."""
        return self.status == Status.WITHDRAWN


class _Earlier(NamedTuple):
    """A version before the present one."""

    number: int
    updated: datetime
    status_name: str
    reason: str
    href: str


def render_front(site: Site, language: str, advisories: Iterable[Advisory]) -> bytes:
    """
    Give the front page: what this is, the newest warnings, and where their feeds are.

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
        warnings=[row(site, language, one) for one in newest_first(listed, site)[:WINDOW]],
        everything=feed_links(site, language, ALL),
        opml=href(site, opml.path(language)),
        report_how=_with_command(TEXTS[language].report_how),
    )


def render_advisory(site: Site, language: str, advisory: Advisory) -> bytes:
    """
    Give the page of one warning; of a withdrawn one only that, since when and why.

    Raises:
        NotPublicError: it is not public.
    """
    published, updated = public_times(advisory, site)
    is_withdrawn = advisory.status is Status.WITHDRAWN
    return render(
        "withdrawn.html" if is_withdrawn else "advisory.html",
        site,
        language,
        {code: advisory_path(code, advisory.id) for code in site.languages},
        announced=_feeds_around(advisory),
        warning=row(site, language, advisory),
        id=entry(advisory, site, language).id,
        version=advisory.version,
        default=site.default,
        drill=drill_notice(advisory, language),
        reason_label=because(_reason_label(advisory, language), updated, site, language),
        reason=line(advisory.reason),
        marking=WORDS[language].tlp[advisory.tlp],
        twin=href(site, twin.path(advisory.id)),
        signature=href(site, twin.signature_path(advisory.id)),
        published=published,
        updated=updated,
        **({} if is_withdrawn else _contents(site, language, advisory)),
    )


def row(site: Site, language: str, advisory: Advisory) -> Row:
    """
    Give a warning as lists show it.

    Raises:
        NotPublicError: it is not public.
    """
    text_language, text = text_for(advisory, language, site.default)
    known = advisory.severity is not taxonomy.Severity.UNKNOWN
    withdrawn = advisory.status is Status.WITHDRAWN
    return Row(
        title=marked(advisory, text, language),
        href=href(site, advisory_path(language, advisory.id)),
        status=advisory.status.value,
        status_name=WORDS[language].statuses[advisory.status],
        tlp=f"TLP:{advisory.tlp}",
        severity=advisory.severity.value,
        severity_name=taxonomy.severity_name(advisory.severity, language) if known else "",
        place=place_label(advisory.place, language),
        updated=public_times(advisory, site)[1],
        text_language=language if withdrawn else text_language,
    )


def _contents(site: Site, language: str, advisory: Advisory) -> dict[str, object]:
    """Give what the page of a warning says that holds."""
    text_language, text = text_for(advisory, language, site.default)
    return {
        "instead": _others(site, language, [advisory.escalated_by]),
        "before": _others(site, language, [advisory.escalates]),
        "related": _others(site, language, advisory.related),
        "paragraphs": paragraphs(text.summary),
        "actions": [line(action) for action in text.actions],
        "figure": figure_sentence(advisory, language),
        "facts": facts(advisory, language),
        "notice": notice(text_language, language),
        "earlier": list(_earlier(site, language, advisory)),
    }


def _reason_label(advisory: Advisory, language: str) -> str:
    words = WORDS[language]
    is_change = advisory.status in (Status.UPDATED, Status.ESCALATED)
    return words.update if is_change else words.reason


def _others(site: Site, language: str, ids: Iterable[str]) -> list[Link]:
    """Give links to other warnings, each by its id: what they say is theirs to change."""
    return [Link(each, href(site, advisory_path(language, each))) for each in ids if each]


def _earlier(site: Site, language: str, advisory: Advisory) -> Iterator[_Earlier]:
    """Give the versions that readers have had before, the latest first."""
    for version in reversed(public_history(advisory, site.allowed)):
        yield _Earlier(
            number=version.number,
            updated=version.updated,
            status_name=WORDS[language].statuses[version.status].capitalize(),
            reason=line(version.reason),
            href=href(site, twin.version_path(advisory.id, version.number)),
        )


def _feeds_around(advisory: Advisory) -> list[Filter]:
    """Give the feeds of all, of its type and of its place; of a rehearsed one those of all and of drills."""
    if advisory.drill:
        return [ALL, DRILL]
    found = [ALL]
    if advisory.type:
        found.append(Filter(types=(advisory.type,)))
    if advisory.place in REGIONS:
        found.append(Filter(regions=(advisory.place,)))
    elif advisory.place:
        found.append(Filter(countries=(advisory.place,)))
    return found


def _with_command(sentence: str) -> Markup:
    return Markup("{}").format(sentence).format(command=Markup("<code>warp report</code>"))
