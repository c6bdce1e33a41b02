"""
Pages in general: templates, the style sheet, and what stands around every page.

Links are relative to the host, so that a reader who came by an onion address stays on it.
"""

import base64
import functools
import hashlib
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from typing import NamedTuple

import jinja2
from markupsafe import Markup

from feeds import filters
from feeds.entry import Site, figures_path, front_path, href, line
from feeds.filters import ALL, MEDIA_TYPES, Format
from feeds.words import WORDS
from handlers.texts import TEXTS


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


def render(name: str, site: Site, language: str, translations: Mapping[str, str], **values: object) -> bytes:
    """
    Give a page.

    Args:
        name: Of the template.
        site: The publisher.
        language: One of the site's.
        translations: Language to the path of the page in it.
        values: What the template shows.
    """
    template = _environment().get_template(name)
    page = template.render(
        values,
        site_name=line(site.name),
        language=language,
        t=TEXTS[language],
        words=WORDS[language],
        canonical=f"{site.url}/{translations[language]}",
        translations=[Link(TEXTS[c].language, href(site, p), c) for c, p in translations.items()],
        front=href(site, front_path(language)),
        figures=href(site, figures_path(language)),
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


def _discovery(site: Site, language: str) -> list[Link]:
    title = filters.title(ALL, site, language)
    return [
        Link(line(title), href(site, filters.path(ALL, language, each)), type=MEDIA_TYPES[each])
        for each in Format
    ]


def _day(when: datetime) -> str:
    return when.date().isoformat()


def _minute(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
