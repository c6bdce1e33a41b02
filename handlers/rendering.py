"""
Pages in general: templates, the style sheet, and what stands around every page.

Links are relative to the host, so that a reader who came by an onion address stays on it.
"""

import base64
import functools
import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib import resources
from typing import NamedTuple

import jinja2
from markupsafe import Markup
from msgspec import structs

from feeds import filters
from feeds.entry import Site, feeds_path, figures_path, front_path, href, line
from feeds.filters import ALL, MEDIA_TYPES, Filter, Format
from feeds.words import WORDS
from handlers.texts import TEXTS

_FORMAT_NAMES = {Format.ATOM: "Atom", Format.RSS: "RSS", Format.JSON: "JSON"}


class Link(NamedTuple):
    """A link of a page."""

    text: str
    href: str
    language: str = ""
    type: str = ""


def style_source() -> str:
    """Give the Content-Security-Policy source that allows the pages' one inline style sheet."""
    digest = hashlib.sha256(_style().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def render(
    template: str,
    site: Site,
    language: str,
    translations: Mapping[str, str],
    announced: Iterable[Filter] = (ALL,),
    **values: object,
) -> bytes:
    """
    Give a page.

    Args:
        template: Its file's name.
        site: The publisher.
        language: One of the site's.
        translations: Language to the path of the page in it.
        announced: The feeds that readers find by the page's address (autodiscovery).
        values: What the template shows.
    """
    filled = _environment().get_template(template)
    page = filled.render(
        values,
        site_name=line(site.name),
        language=language,
        t=TEXTS[language],
        words=WORDS[language],
        canonical=f"{site.url}/{translations[language]}",
        translations=[Link(TEXTS[c].language, href(site, p), c) for c, p in translations.items()],
        front=href(site, front_path(language)),
        feeds=href(site, feeds_path(language)),
        figures=href(_with_figures(site), figures_path(language)),
        discovery=[link for each in announced for link in _discovery(site, language, each)],
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


def feed_links(site: Site, language: str, filter_: Filter) -> list[Link]:
    """Give the links to a feed in each format, named by the format."""
    return [
        Link(name, href(site, filters.path(filter_, language, each)), type=MEDIA_TYPES[each])
        for each, name in _FORMAT_NAMES.items()
    ]


def _discovery(site: Site, language: str, filter_: Filter) -> list[Link]:
    title = line(filters.title(filter_, site, language))
    return [link._replace(text=title) for link in feed_links(site, language, filter_)]


def _with_figures(site: Site) -> Site:
    """Give the site's public tree, which alone has figures."""
    return structs.replace(site, url=site.public_url) if site.public_url else site


def _day(when: datetime) -> str:
    return when.date().isoformat()


def _minute(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
