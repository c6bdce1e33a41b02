"""
The pages of feeds: all of them with the form that composes an address, and one that a filter chooses.

The first is a file that publication writes; the second is rendered when somebody asks for it. Like
`handlers.pages` it is pure rendering, and knows no request.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from markupsafe import Markup

from feeds import filters, opml
from feeds.entry import Site, feeds_path, href
from feeds.filters import ALL, DRILL, MOST_VALUES, Filter, Format, TooManyValues, UnknownFilter
from feeds.words import WORDS
from handlers.feed_texts import FEED_TEXTS, FeedTexts
from handlers.pages import row
from handlers.rendering import Link, feed_links, render
from handlers.texts import TEXTS
from warp import taxonomy
from warp.advisory import Advisory
from warp.taxonomy import Severity

Picked = Mapping[str, Collection[str]]
"""Values by facet, as `filters.choose` takes them."""

_EXAMPLE = Filter(types=("fraud/phishing",), countries=("BR", "UY"), least=Severity.HIGH)


class _Choice(NamedTuple):
    """A feed by one value, which the form may combine with others."""

    name: str
    value: str
    is_picked: bool
    links: list[Link]
    narrower: "tuple[_Choice, ...]" = ()
    """A class's types."""


class _List(NamedTuple):
    """The feeds of one facet."""

    facet: str
    """As in an address; names the form's field."""
    heading: str
    how: str
    """Empty where nothing needs to be said."""
    choices: list[_Choice]
    is_open: bool


def render_feeds(
    site: Site, language: str, picked: Picked | None = None, refusal: UnknownFilter | None = None
) -> bytes:
    """
    Give the page of all feeds; on a tree for members without the form.

    Args:
        site: The publisher.
        language: One of the site's.
        picked: What stands chosen in the form.
        refusal: Why this choice makes no feed.
    """
    texts = FEED_TEXTS[language]
    return render(
        "feeds.html",
        site,
        language,
        {code: feeds_path(code) for code in site.languages},
        f=texts,
        most=MOST_VALUES,
        refusal=_refusal(texts, refusal),
        has_form=not site.public_url,
        everything=feed_links(site, language, ALL),
        drills=feed_links(site, language, DRILL),
        opml=Link(texts.opml, href(site, opml.path(language))),
        lists=_lists(site, language, picked or {}),
        any_severity=not any((picked or {}).get("min", ())),
        write_how=[sentence.format(most=MOST_VALUES) for sentence in texts.write_how],
        example=_with_address(texts.example, f"{site.url}/{filters.path(_EXAMPLE, language, Format.ATOM)}"),
    )


def render_feed(site: Site, language: str, filter_: Filter, newest: Iterable[Advisory]) -> bytes:
    """
    Give the page of the feeds that a filter chooses, one in each format.

    Args:
        site: The publisher.
        language: One of the site's.
        filter_: Any but that of drills.
        newest: What stands in it, the latest first.
    """
    texts = FEED_TEXTS[language]
    holds = _holds(filter_, language)
    return render(
        "feed.html",
        site,
        language,
        {code: feeds_path(code, filter_.address) for code in site.languages},
        announced=[filter_],
        f=texts,
        name=" · ".join(values for _, values in holds) or TEXTS[language].all_warnings,
        holds=holds,
        has_places=bool(filter_.countries or filter_.regions),
        addresses=[
            (link, f"{site.url}/{filters.path(filter_, language, each)}")
            for link, each in zip(feed_links(site, language, filter_), Format, strict=True)
        ],
        opml=Link(texts.opml, href(site, opml.path(language))),
        warnings=[row(site, language, each) for each in newest],
    )


def _refusal(texts: FeedTexts, refusal: UnknownFilter | None) -> str:
    if refusal is None:
        return ""
    return (texts.too_many if isinstance(refusal, TooManyValues) else texts.unknown).format(most=MOST_VALUES)


def _lists(site: Site, language: str, picked: Picked) -> list[_List]:
    texts = FEED_TEXTS[language]
    said = (
        ("type", texts.by_type, ""),
        ("country", texts.by_country, texts.places_how),
        ("region", texts.by_region, texts.places_how),
        ("sector", texts.by_sector, ""),
        ("min", texts.by_severity, texts.severity_how),
    )
    made = []
    for (facet, heading, how), (_, group) in zip(said, opml.groups(language), strict=True):
        chosen = picked.get(facet, ())
        choices = [_choice(site, language, facet, each, chosen) for each in group]
        made.append(_List(facet, heading, how, _nested(choices) if facet == "type" else choices, any(chosen)))
    return made


def _choice(site: Site, language: str, facet: str, filter_: Filter, picked: Collection[str]) -> _Choice:
    value = filter_.address.removeprefix(f"{facet}/")
    name = _least(filter_.least, language) if filter_.least else filters.name(filter_, language)
    return _Choice(name, value, value in picked, feed_links(site, language, filter_))


def _nested(choices: Iterable[_Choice]) -> list[_Choice]:
    """Put each class's types below it."""
    types: dict[str, list[_Choice]] = {}
    classes = []
    for each in choices:
        if "/" in each.value:
            types.setdefault(taxonomy.class_of(each.value), []).append(each)
        else:
            classes.append(each)
    return [each._replace(narrower=tuple(types[each.value])) for each in classes]


def _holds(filter_: Filter, language: str) -> list[tuple[str, str]]:
    """Give what a filter chooses by: the facet's name, and its values as a reader says them."""
    words, texts = WORDS[language], FEED_TEXTS[language]
    named = (
        (words.type, [Filter(types=(code,)) for code in filter_.types]),
        (words.country, [Filter(countries=(code,)) for code in filter_.countries]),
        (words.region, [Filter(regions=(code,)) for code in filter_.regions]),
        (words.sector, [Filter(sectors=(code,)) for code in filter_.sectors]),
    )
    said = [
        (label, f" {texts.or_} ".join(filters.name(each, language) for each in values))
        for label, values in named
        if values
    ]
    return [*said, (words.severity, _least(filter_.least, language))] if filter_.least else said


def _least(least: Severity, language: str) -> str:
    name = taxonomy.severity_name(least, language)
    return name if least is Severity.CRITICAL else FEED_TEXTS[language].least.format(name=name)


def _with_address(sentence: str, address: str) -> Markup:
    return Markup("{}").format(sentence).format(address=Markup("<code>{}</code>").format(address))
