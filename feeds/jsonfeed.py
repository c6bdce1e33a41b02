"""
Feeds as JSON Feed 1.1.

The last step of a warning to programs that would rather not read XML: entries in, bytes out. The same input
gives the same bytes. What a program needs and the format does not have is in one extension object, _warp.
What is withdrawn for good leaves no trace here; the format has no tombstones.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from feeds.categories import Codes
from feeds.document import Head
from feeds.entry import Entry, inert

_VERSION = "https://jsonfeed.org/version/1.1"
_INDENT = b"    "


class _Attachment(msgspec.Struct, frozen=True):
    url: str
    mime_type: str


class _Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"codes": "_warp"}):
    id: str
    url: str
    title: str
    language: str = ""
    """Given where it is not the feed's."""
    summary: str = ""
    content_text: str
    content_html: str
    date_published: datetime
    date_modified: datetime
    tags: tuple[str, ...]
    attachments: tuple[_Attachment, ...]
    codes: Codes


class _Author(msgspec.Struct, frozen=True):
    name: str
    url: str


class _Hub(msgspec.Struct, frozen=True):
    type: str
    url: str


class _Feed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: str
    title: str
    home_page_url: str
    feed_url: str
    description: str
    language: str
    authors: tuple[_Author, ...]
    hubs: tuple[_Hub, ...] = ()
    next_url: str = ""
    """Of older entries."""


def fragment(entry: Entry) -> bytes:
    """Give an item as it stands in every document."""
    item = _Item(
        id=entry.id,
        url=entry.link,
        title=entry.title,
        language="" if entry.text_language == entry.language else entry.text_language,
        summary=entry.lead,
        content_text=entry.summary,
        content_html=entry.html,
        date_published=entry.published,
        date_modified=entry.updated,
        tags=tuple(term for _, term, _ in entry.categories),
        attachments=(_Attachment(entry.twin, "application/json"),),
        codes=entry.codes,
    )
    # No string of JSON holds a line feed, so that all of them are the formatting's.
    return _INDENT + _readable(item).replace(b"\n", b"\n" + _INDENT) + b"\n"


def tombstone(id_: str, when: datetime) -> bytes:  # noqa: ARG001  as in `feeds.atom`
    """Give nothing: JSON Feed cannot say that an item is gone."""
    return b""


def document(head: Head, fragments: Sequence[bytes]) -> bytes:
    """Give a feed or an archive as a JSON Feed document in UTF-8."""
    feed = _Feed(
        version=_VERSION,
        title=inert(head.title),
        home_page_url=head.alternate_url,
        feed_url=head.self_url,
        description=inert(head.description),
        language=head.language,
        authors=(_Author(inert(head.site_name), head.site_url),),
        hubs=(_Hub("WebSub", head.hub),) if head.hub else (),
        next_url=head.prev_archive,
    )
    items = b",".join(b"\n" + each.removesuffix(b"\n") for each in fragments if each)
    start = _readable(feed).removesuffix(b"\n}")
    return b"".join([start, b',\n  "items": [', items, b"\n  ]\n}\n" if items else b"]\n}\n"])


def _readable(value: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)
