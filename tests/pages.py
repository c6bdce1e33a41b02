"""Pages for tests: warnings in several stages of their life, and what is found in a page that shows them."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import lxml.html
import msgspec

from feeds.filters import Filter
from tests.releases import SITE
from warp.advisory import MEMBERS_TLP, Advisory, Facets, Status, Text, Tlp, Version
from warp.disclosure import Figure
from warp.taxonomy import Severity

TEXT = {
    "en": Text(title="Phishing campaign", summary="First.\n\nSecond.", actions=("Block it.", "Warn them.")),
    "es": Text(title="Campaña de phishing", summary="Uno.\n\nDos.", actions=("Bloquéelo.", "Avíseles.")),
}
FILTER = Filter(types=("fraud", "intrusions/burglary"), countries=("UY",), least=Severity.HIGH)
MEMBERS = msgspec.structs.replace(SITE, url=f"{SITE.url}/members", allowed=MEMBERS_TLP, public_url=SITE.url)


def version(number: int, day: int, reason: str, **changed: Any) -> Version:
    facets = Facets(type="fraud/phishing", place="UY", sector="banking", severity=Severity.LOW)
    values: dict[str, Any] = {
        "number": number,
        "status": Status.UPDATED if number > 1 else Status.PUBLISHED,
        "tlp": Tlp.CLEAR,
        "facets": facets,
        "updated": datetime(2026, 11, day, 8, tzinfo=UTC),
        "reason": reason,
    }
    return Version(**(values | changed))


HISTORY = (version(1, 20, ""), version(2, 21, "An action was missing."))


def advisory(**changed: Any) -> Advisory:
    values: dict[str, Any] = {
        "id": "2026-W47-k3v9q2xd",
        "revision": 4,
        "version": 1,
        "status": Status.PUBLISHED,
        "tlp": Tlp.CLEAR,
        "severity": Severity.HIGH,
        "type": "fraud/phishing",
        "place": "UY",
        "sector": "banking",
        "week": "2026-W47",
        "figure": Figure(at_least=12),
        "texts": TEXT,
        "author": "ana.perez",
        "approver": "luis.gil",
        "published": datetime(2026, 11, 20, 14, 3, 7, tzinfo=UTC),
        "updated": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    }
    return Advisory(**(values | changed))


def withdrawn(**changed: Any) -> Advisory:
    values = {
        "status": Status.WITHDRAWN,
        "reason": "A test of a bank.",
        "version": 3,
        "history": HISTORY,
        "related": ("2026-W47-00000002",),
    }
    return advisory(**(values | changed))


VOID = {"meta", "link", "input"}


def read(page: bytes) -> str:
    """Give a page's text as a reader sees it, on one line."""
    body = lxml.html.fromstring(page.decode()).find("body")
    return " ".join(re.findall(r"[^ \n]+", " ".join(body.itertext())))


class Balance(HTMLParser):
    """Fails at an end tag that closes something else, or at a tag never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parse(page: bytes) -> list[tuple[str, dict[str, str | None]]]:
    """Give its tags with their attributes, once it is known to be well formed."""
    parser = Balance()
    parser.feed(page.decode())
    parser.close()
    assert parser.open == []
    return parser.seen


def hrefs(page: bytes) -> set[str | None]:
    """Give the addresses of its links."""
    return {held["href"] for tag, held in parse(page) if tag == "a"}


def announced(page: bytes) -> set[tuple[str | None, str | None]]:
    """Give media type and address of what its head links to (autodiscovery)."""
    tags = parse(page)
    return {(held["type"], held["href"]) for tag, held in tags if tag == "link" and "type" in held}


def feeds_of(language: str, *addresses: str) -> set[tuple[str | None, str | None]]:
    """Give what a page announces of feeds, with their media types."""
    types = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}
    return {
        (media_type, f"/feeds/{language}/{address}.{how}")
        for address in addresses
        for how, media_type in types.items()
    }
