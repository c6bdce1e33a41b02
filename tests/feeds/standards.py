"""
What the standards ask of feeds and lists of feeds, and what the W3C's validator warns of.

`check_atom`, `check_rss`, `check_json_feed` and `check_opml` fail with everything that they find. They are
written from RFC 4287, 5005 and 6721, RSS 2.0 with its Best Practices Profile, JSON Feed 1.1 and OPML 2.0.
What only the validator minds is a warning: it begins with `WARNING`.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.entities import name2codepoint
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

WARNING = "warning: "
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}"
NAMESPACES = {each[1:-1] for each in (ATOM, CONTENT, HISTORY, DELETED)}
OWN_MARKUP = {"p": (), "br": (), "ol": (), "li": (), "strong": (), "a": ("href",)}
"""Elements of the full text, with their attributes."""

_ATOM_SCHEMA = etree.RelaxNG(etree.parse(str(Path(__file__).with_name("atom.rng"))))
_RELATIONS = {"alternate", "self", "hub", "prev-archive", "next-archive", "current"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DATE_RFC822 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (GMT|[+-]\d{4})")
_DATE_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_END_TAG = re.compile(r"</\w+>")
_REFERENCE = re.compile(r"&(#?\w+)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

# Of each format, what a site of warnings has a use for.
# fmt: off
_CHANNEL = {"title", "link", "description", "language", "pubDate", "lastBuildDate", "docs", "generator"}
_ITEM = {"title", "link", "description", "category", "guid", "pubDate", f"{CONTENT}encoded", f"{ATOM}updated"}
_JSON_FEED = {
    "version", "title", "home_page_url", "feed_url", "description", "next_url", "authors", "language", "hubs",
    "items",
}
_JSON_ITEM = {
    "id", "url", "title", "content_html", "content_text", "summary", "date_published", "date_modified",
    "authors", "tags", "language", "attachments",
}
_OUTLINE = {"text", "type", "xmlUrl", "htmlUrl", "title", "description", "language", "version"}
# fmt: on


def check_atom(document: bytes) -> None:
    """Fail with everything that a feed in Atom does against a standard or the validator's advice."""
    _fail_with(atom_faults(document))


def check_rss(document: bytes) -> None:
    """Fail with everything that a feed in RSS does against a standard or the validator's advice."""
    _fail_with(rss_faults(document))


def check_json_feed(document: bytes) -> None:
    """Fail with everything that a JSON Feed does against its specification."""
    _fail_with(json_feed_faults(document))


def check_opml(document: bytes) -> None:
    """Fail with everything that a list of feeds does against OPML 2.0 or the validator's advice."""
    _fail_with(opml_faults(document))


CHECKS: dict[str, Callable[[bytes], None]] = {
    "atom": check_atom,
    "rss": check_rss,
    "json": check_json_feed,
    "opml": check_opml,
}
"""By the file's ending."""


def atom_faults(document: bytes) -> Iterator[str]:
    """Give what is wrong with a feed in Atom."""
    feed = _parsed(document)
    if not _ATOM_SCHEMA.validate(feed):
        yield from (str(error) for error in _ATOM_SCHEMA.error_log)
        return
    yield from _namespace_faults(feed)
    yield from _link_faults(feed, "application/atom+xml")
    entries = feed.findall(f"{ATOM}entry")
    if feed.find(f"{ATOM}author") is None and any(each.find(f"{ATOM}author") is None for each in entries):
        yield "no author of the feed, and entries without one"
    for name in ("id", "updated"):
        values = (each.findtext(f"{ATOM}{name}") for each in entries)
        yield from (WARNING + fault for fault in _repeated(name, values))
    yield from _deleted_faults(feed)
    for name in ("title", "subtitle", "author/{0}name", "generator"):
        yield from _plain_faults(name, feed.findtext(f"{ATOM}{name.format(ATOM)}"))
    for each in entries:
        yield from _atom_entry_faults(each)


def _atom_entry_faults(entry: etree._Element) -> Iterator[str]:
    links = entry.findall(f"{ATOM}link")
    if len(links) != 1 or links[0].get("rel", "alternate") != "alternate":
        yield f"an entry with {len(links)} links; readers take any of several, or none"
    updated, published = (entry.findtext(f"{ATOM}{name}") for name in ("updated", "published"))
    if published and datetime.fromisoformat(published) > datetime.fromisoformat(updated):
        yield "an entry updated before it was published"
    content, summary = entry.find(f"{ATOM}content"), entry.find(f"{ATOM}summary")
    if content is None or summary is None or content.get("type") != "html":
        yield "an entry without both text and HTML"
        return
    yield from _markup_faults(content.text or "")
    yield from _plain_faults("title", entry.findtext(f"{ATOM}title"))
    yield from _plain_faults("summary", summary.text)
    for category in entry.findall(f"{ATOM}category"):
        yield from _plain_faults("category", category.get("label"))
        if not category.get("scheme"):
            yield "a category without a scheme"


def _deleted_faults(feed: etree._Element) -> Iterator[str]:
    """Hold tombstones to RFC 6721."""
    present = {each.text for each in feed.iterfind(f"{ATOM}entry/{ATOM}id")}
    for stone in feed.iter(f"{DELETED}deleted-entry"):
        if set(stone.attrib) - {"ref", "when"} or not _DATE_RFC3339.fullmatch(stone.get("when", "")):
            yield "a tombstone needs ref and when, and nothing else"
        if stone.get("ref") in present:
            yield "a tombstone beside its entry"


def rss_faults(document: bytes) -> Iterator[str]:
    """Give what is wrong with a feed in RSS."""
    rss = _parsed(document)
    if rss.tag != "rss" or rss.get("version") != "2.0" or [each.tag for each in rss] != ["channel"]:
        yield "not RSS 2.0 with one channel"
        return
    yield from _namespace_faults(rss)
    (channel,) = rss
    yield from _link_faults(channel, "application/rss+xml")
    tags = [each.tag for each in channel]
    items = channel.findall("item")
    if items and tags.index("item") + len(items) != len(tags):
        yield WARNING + "something stands behind the first item"
    known = {*_CHANNEL, "item", f"{ATOM}link", f"{HISTORY}archive", f"{HISTORY}complete"}
    yield from _element_faults(channel, known, {"category", "item", f"{ATOM}link"})
    yield from (f"no {name}" for name in ("title", "link", "description") if not channel.findtext(name))
    if not _LANGUAGE.fullmatch(channel.findtext("language") or ""):
        yield WARNING + "no language"
    if channel.findtext("docs") not in (None, "http://www.rssboard.org/rss-specification"):
        yield WARNING + "docs is elsewhere"
    for name in ("title", "description", "generator"):
        yield from _plain_faults(name, channel.findtext(name))
    for name in ("pubDate", "lastBuildDate"):
        yield from _rfc822_faults(name, channel.findtext(name))
    yield from _repeated("guid", (each.findtext("guid") for each in items))
    for each in items:
        yield from _rss_item_faults(each)


def _rss_item_faults(item: etree._Element) -> Iterator[str]:
    yield from _element_faults(item, _ITEM, {"category"})
    tags = [each.tag for each in item]
    if not {"title", "description", "link", "guid", "pubDate"} <= set(tags):
        yield "an item without title, description, link, guid or pubDate"
        return
    if f"{CONTENT}encoded" in tags and tags.index(f"{CONTENT}encoded") < tags.index("description"):
        yield WARNING + "content:encoded stands before the description"
    guid = item.find("guid")
    if guid.get("isPermaLink", "true") == "true" and not _is_web(guid.text):
        yield "a guid that is no address must say so"
    if not _is_web(item.findtext("link")):
        yield "an item's link is not absolute"
    yield from _rfc822_faults("pubDate", item.findtext("pubDate"))
    yield from _plain_faults("title", item.findtext("title"))
    for category in item.findall("category"):
        yield from _plain_faults("category", category.text)
        if not (category.text or "").strip():
            yield "an empty category"
    yield from _markup_faults(item.findtext("description") or "")
    yield from _markup_faults(item.findtext(f"{CONTENT}encoded") or "")


def json_feed_faults(document: bytes) -> Iterator[str]:
    """Give what is wrong with a JSON Feed."""
    feed = json.loads(document, object_pairs_hook=_without_repeats)
    yield from _key_faults(feed, _JSON_FEED)
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield "not version 1.1"
    if not isinstance(feed.get("title"), str) or not isinstance(feed.get("items"), list):
        yield "no title, or no items"
        return
    yield from _address_faults(feed, ("home_page_url", "feed_url", "next_url"))
    if "feed_url" not in feed:
        yield "it does not say where it is"
    if feed.get("next_url") == feed.get("feed_url"):
        yield "next_url is the feed's own"
    yield from _author_faults(feed)
    for hub in feed.get("hubs", ()):
        if set(hub) != {"type", "url"} or not _is_web(hub["url"]):
            yield "a hub needs type and url"
    for name in ("title", "description"):
        yield from _plain_faults(name, feed.get(name))
    yield from _json_language_faults(feed)
    yield from _repeated("id", (each.get("id") for each in feed["items"]))
    for each in feed["items"]:
        yield from _json_item_faults(each)


def _json_item_faults(item: dict[str, Any]) -> Iterator[str]:
    yield from _key_faults(item, _JSON_ITEM)
    if not isinstance(item.get("id"), str) or not item["id"]:
        yield "an item without an id that is a string"
    if not {"content_html", "content_text"} & set(item):
        yield "an item without content"
    yield from _address_faults(item, ("url",))
    for name in ("date_published", "date_modified"):
        if name in item and not _is_rfc3339(item[name]):
            yield f"{name} is no date of RFC 3339"
    if not all(isinstance(tag, str) and tag for tag in item.get("tags", ())):
        yield "a tag that is no string, or empty"
    for attachment in item.get("attachments", ()):
        if not {"url", "mime_type"} <= set(attachment) or not _is_web(attachment["url"]):
            yield "an attachment needs url and mime_type"
    yield from _author_faults(item)
    yield from _json_language_faults(item)
    yield from _plain_faults("title", item.get("title"))
    yield from _markup_faults(item.get("content_html", ""))


def opml_faults(document: bytes) -> Iterator[str]:
    """Give what is wrong with a list of feeds."""
    opml = _parsed(document)
    if opml.tag != "opml" or opml.get("version") != "2.0" or [each.tag for each in opml] != ["head", "body"]:
        yield "not OPML 2.0 with head and body"
        return
    yield from _namespace_faults(opml)
    head, body = opml
    if not head.findtext("title"):
        yield "no title"
    for name in ("dateCreated", "dateModified"):
        yield from _rfc822_faults(name, head.findtext(name))
    if not len(body):
        yield "no outline"
    for outline in body.iter("*"):
        if outline is not body:
            yield from _outline_faults(outline)
        if (outline.text or "").strip() or (outline.tail or "").strip():
            yield "text between outlines"


def _outline_faults(outline: etree._Element) -> Iterator[str]:
    if outline.tag != "outline" or set(outline.attrib) - _OUTLINE:
        yield f"{outline.tag} or an attribute of it is not known"
    if not outline.get("text"):
        yield "an outline without text"
    for name in ("text", "title", "description"):
        yield from _plain_faults(name, outline.get(name))
    for name in ("xmlUrl", "htmlUrl"):
        if outline.get(name) is not None and not _is_web(outline.get(name)):
            yield f"{name} is not absolute"
    if outline.get("xmlUrl") is not None and outline.get("type") != "rss":
        yield WARNING + "a feed of another type than rss"
    if outline.get("type") == "rss" and not (outline.get("xmlUrl") and outline.get("title")):
        yield "a feed without xmlUrl or title"
    if outline.get("version", "RSS2") not in ("RSS", "RSS1", "RSS2", "scriptingNews"):
        yield WARNING + "version is not one of OPML's"


def _fail_with(faults: Iterable[str]) -> None:
    found = Counter(faults)
    assert not found, "\n".join(f"{fault} ({times})" for fault, times in found.items())


def _parsed(document: bytes) -> etree._Element:
    """Parse as strictly as XML is, without entities, and with nothing but UTF-8."""
    document.decode()
    assert b"<!DOCTYPE" not in document[:200]
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))


def _namespace_faults(root: etree._Element) -> Iterator[str]:
    known = {*NAMESPACES, "http://www.w3.org/XML/1998/namespace", ""}
    for each in root.iter("*"):
        names = [etree.QName(name).namespace or "" for name in (each.tag, *each.attrib)]
        yield from (f"namespace {name} is not one of ours" for name in names if name not in known)
        if each is not root and each.nsmap != root.nsmap:
            yield f"{each.tag} declares namespaces of its own"


def _link_faults(top: etree._Element, media_type: str) -> Iterator[str]:
    """Hold the links of a feed to RFC 4287 and 5005, and the validator's advice."""
    links = top.findall(f"{ATOM}link")
    relations = Counter(each.get("rel", "alternate") for each in links)
    yield from (f"link relation {each} is not registered" for each in set(relations) - _RELATIONS)
    yield from (f"two links of relation {each}" for each, times in relations.items() if times > 1)
    yield from ("a link that is not absolute" for each in links if not _is_web(each.get("href")))
    own = [each for each in links if each.get("rel") == "self"]
    if [each.get("type") for each in own] != [media_type]:
        yield WARNING + f"no link to itself as {media_type}"
    yield from ("text in a link" for each in links if each.text or len(each))
    if top.find(f"{HISTORY}archive") is not None and "current" not in relations:
        yield WARNING + "an archive that does not say of which feed"
    if top.find(f"{HISTORY}archive") is None and {"current", "next-archive"} & set(relations):
        yield "links of an archive in a feed that is none"


def _element_faults(parent: etree._Element, known: set[str], many: set[str]) -> Iterator[str]:
    counted = Counter(each.tag for each in parent)
    yield from (f"{tag} is not known in {parent.tag}" for tag in counted if tag not in known)
    yield from (f"{tag} twice in {parent.tag}" for tag, n in counted.items() if n > 1 and tag not in many)
    for each in parent:
        allowed = {"category": {"domain"}, "guid": {"isPermaLink"}}.get(each.tag, set())
        if each.tag != f"{ATOM}link" and set(each.attrib) - allowed:
            yield f"{each.tag} has attributes that RSS does not know"


def _plain_faults(name: str, text: str | None) -> Iterator[str]:
    """Find what a reader that takes plain text for HTML would take for markup, as the validator does."""
    if text is None:
        return
    if _CONTROL.search(text):
        yield f"{name} has control characters"
    words = _REFERENCE.findall(text)
    if _END_TAG.search(text) or any(w in name2codepoint or w == "apos" or not w.isalpha() for w in words):
        yield WARNING + f"{name} looks like HTML"
    if name in ("title", "category") and ("<" in text or text != " ".join(text.split())):
        yield f"{name} is not one line without angle brackets"


def _markup_faults(markup: str) -> Iterator[str]:
    """Allow what this site writes itself, and nothing of what anybody else wrote."""
    if not markup:
        return
    for each in lxml.html.fragment_fromstring(markup, create_parent="main").iter():
        if each.tag == "main":
            continue
        if each.tag not in OWN_MARKUP or set(each.attrib) - set(OWN_MARKUP[each.tag]):
            yield f"markup of somebody else: {each.tag} {sorted(each.attrib)}"
        elif each.tag == "a" and not _is_web(each.get("href")):
            yield WARNING + "a relative address in the content"


def _rfc822_faults(name: str, text: str | None) -> Iterator[str]:
    if text is None:
        return
    if not _DATE_RFC822.fullmatch(text):
        yield f"{name} is no date of RFC 822 with a year of four digits"
    elif parsedate_to_datetime(text).strftime("%a") != text[:3]:
        yield f"{name} has the wrong day of the week"


def _is_rfc3339(text: str) -> bool:
    if not _DATE_RFC3339.fullmatch(text):
        return False
    return datetime.fromisoformat(text).tzinfo is not None


def _is_web(address: str | None) -> bool:
    parts = urlsplit(address or "")
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"\s", address or "")


def _repeated(name: str, values: Iterable[str | None]) -> Iterator[str]:
    yield from (f"two entries of one {name}: {each}" for each, n in Counter(values).items() if n > 1)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), "a key stands twice in one object"
    return dict(pairs)


def _key_faults(value: dict[str, Any], known: set[str]) -> Iterator[str]:
    for key in value:
        if key not in known and not re.fullmatch(r"_[A-Za-z][^.]*", key):
            yield f"key {key} is not known"


def _address_faults(value: dict[str, Any], names: Iterable[str]) -> Iterator[str]:
    yield from (f"{name} is not absolute" for name in names if name in value and not _is_web(value[name]))


def _author_faults(value: dict[str, Any]) -> Iterator[str]:
    for author in value.get("authors", ()):
        if not set(author) & {"name", "url"}:
            yield "an author of nothing"
        yield from _plain_faults("name", author.get("name"))


def _json_language_faults(value: dict[str, Any]) -> Iterator[str]:
    if "language" in value and not _LANGUAGE.fullmatch(value["language"]):
        yield "no language of RFC 5646"
