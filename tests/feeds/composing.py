"""Feeds of any advisories, in the three formats, and what a reader finds in them."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, NamedTuple

from lxml import etree

from feeds import atom, jsonfeed, rss
from feeds.document import Head
from feeds.entry import Site, entry, newest_first
from warp.advisory import Advisory

FORMATS: dict[str, ModuleType] = {"atom": atom, "rss": rss, "json": jsonfeed}
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def head(site: Site, language: str, how: str, updated: datetime | None = None, **changed: Any) -> Head:
    """Give the head of a feed of all warnings, with the fields named changed."""
    begun = datetime.combine(site.created, datetime.min.time(), UTC)
    values = {
        "id": site.tag(f"feed/{language}/all"),
        "title": f"{site.name}: all",
        "description": "Early warnings.",
        "language": language,
        "site_name": site.name,
        "site_url": site.url,
        "self_url": f"{site.url}/feeds/{language}/all.{how}",
        "alternate_url": f"{site.url}/{language}/",
        "updated": updated or begun,
        "hub": site.hub,
    }
    return Head(**(values | changed))


def feed(how: str, site: Site, language: str, advisories: Iterable[Advisory], **changed: Any) -> bytes:
    """Give a feed with the entries of all these, newest first."""
    form = FORMATS[how]
    entries = [entry(one, site, language) for one in newest_first(advisories, site)]
    top = head(site, language, how, entries[0].updated if entries else None, **changed)
    document: bytes = form.document(top, [form.fragment(each) for each in entries])
    return document


class Found(NamedTuple):
    """One warning, as a parser of the format finds it."""

    id: str
    title: str
    link: str
    text: str
    """RSS's is HTML to a reader: here it is what such a reader shows."""
    html: str
    updated: datetime
    terms: tuple[str, ...]


def found(how: str, document: bytes) -> list[Found]:
    """Give what stands in a feed."""
    return {"atom": _in_atom, "rss": _in_rss, "json": _in_json}[how](document)


def _in_atom(document: bytes) -> list[Found]:
    return [
        Found(
            id=each.findtext(f"{ATOM}id"),
            title=each.findtext(f"{ATOM}title"),
            link=each.find(f"{ATOM}link").get("href"),
            text=each.findtext(f"{ATOM}summary"),
            html=each.findtext(f"{ATOM}content"),
            updated=datetime.fromisoformat(each.findtext(f"{ATOM}updated")),
            terms=tuple(tag.get("term") for tag in each.iter(f"{ATOM}category")),
        )
        for each in _parsed(document).iter(f"{ATOM}entry")
    ]


def _in_rss(document: bytes) -> list[Found]:
    return [
        Found(
            id=each.findtext("guid"),
            title=each.findtext("title"),
            link=each.findtext("link"),
            text=shown(each.findtext("description")),
            html=each.findtext(f"{CONTENT}encoded"),
            updated=datetime.fromisoformat(each.findtext(f"{ATOM}updated")),
            terms=tuple(tag.text for tag in each.iter("category")),
        )
        for each in _parsed(document).iter("item")
    ]


def _in_json(document: bytes) -> list[Found]:
    return [
        Found(
            id=each["id"],
            title=each["title"],
            link=each["url"],
            text=each["content_text"],
            html=each["content_html"],
            updated=datetime.fromisoformat(each["date_modified"]),
            terms=tuple(each["tags"]),
        )
        for each in json.loads(document)["items"]
    ]


def shown(markup: str) -> str:
    """Give the text that a browser shows of HTML."""
    parser = etree.HTMLParser(huge_tree=True)
    tree = etree.fromstring(f"<html><body><div>{markup}</div></body></html>", parser)
    return "".join(tree.itertext())


def _parsed(document: bytes) -> etree._Element:
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
