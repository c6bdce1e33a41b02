"""
Cleaning: what a coordinator types or pastes becomes plain text that shows all that it holds.

On the way from the command line into a draft. What cannot be seen (control and zero-width characters, soft
hyphens, tags), or makes a text read as another one (controls of the direction of writing), goes; spaces of
all kinds become spaces, and letters their composed form. HTML becomes paragraphs. It escapes nothing: a text
means what it says, and each format writes it down by its own rules. `drafting.check_text` refuses what is not
clean.
"""

import html
import re
import unicodedata
from html.parser import HTMLParser
from typing import NamedTuple

import nh3

_UNSEEN_KINDS = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories: control and format characters (bidirectional and zero-width ones, tags), surrogates."""
_UNSEEN_MARKS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\uffff"
    "\U0001fffe\U0001ffff\U000e0000-\U000e0fff]"
)
"""What Unicode lets nobody see although it calls it a letter or a mark, and some that are no characters."""
_NONCHARACTERS = frozenset({0xFFFE, 0xFFFF})
"""The last two of each plane; and see `_is_unseen` for the 32 in the middle of the first."""
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")
_SPACES = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_MANY_LINE_ENDS = re.compile("\n{3,}")

_BLOCKS = frozenset({"blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "tr", "ul"})
_KEPT = _BLOCKS | {"a", "br", "li", "td", "th"}
_ITEM = "\n- "
_ADDRESSES = frozenset({"http", "https", "mailto"})


class Cleaned(NamedTuple):
    """A clean text."""

    text: str
    removed: int
    """How many characters went that nobody can see, or that were markup."""


def clean_text(written: str) -> Cleaned:
    """Give a text of several lines; at most one of them in a row is empty, and no space ends one."""
    seen, removed = _without_unseen(written)
    lines = "\n".join(line.rstrip(" ") for line in seen.split("\n"))
    return Cleaned(_MANY_LINE_ENDS.sub("\n\n", lines).strip(), removed)


def clean_line(written: str) -> Cleaned:
    """Give a text on one line, with single spaces."""
    seen, removed = _without_unseen(written)
    return Cleaned(" ".join(seen.split()), removed)


def clean_title(written: str) -> Cleaned:
    """
    Give a title, on one line and without markup.

    Some readers take a title for HTML, whatever the feed says. So tags go, and what looks like the beginning
    or end of one is written with other marks: ‹ and ›.
    """
    line = clean_line(written)
    if "<" not in line.text:
        return Cleaned(_bracketed(line.text), line.removed)
    # No entity in it was meant as one: what is left means what it says.
    bare = html.unescape(nh3.clean(line.text.replace("&", "&amp;"), tags=set()))
    gone = len(line.text) - len(bare)
    return Cleaned(_bracketed(clean_line(bare).text), line.removed + gone)


def from_html(pasted: str) -> Cleaned:
    """
    Give what a piece of a web page or mail says, as plain text.

    Paragraphs and headings are separated by an empty line, items of lists are lines with a dash, and the
    address of a link stands behind its words. Scripts, styles, pictures and all else are gone.
    """
    seen, removed = _without_unseen(pasted)
    reader = _Reader()
    reader.feed(
        nh3.clean(
            seen,
            tags=set(_KEPT),
            clean_content_tags={"script", "style", "template", "title"},
            attributes={"a": {"href"}},
            url_schemes=set(_ADDRESSES),
            link_rel=None,
        )
    )
    reader.close()
    text, of_entities = clean_text(reader.text())
    return Cleaned(text, removed + of_entities)


def is_clean(text: str) -> bool:
    """Say whether a text holds nothing that cleaning takes out; of spaces it allows all."""
    return not any(map(_is_unseen, text.replace("\n", ""))) and _LINE_ENDS.search(text) is None


def _without_unseen(written: str) -> tuple[str, int]:
    spaced = _SPACES.sub(" ", _LINE_ENDS.sub("\n", written))
    seen = "".join(each for each in spaced if each == "\n" or not _is_unseen(each))
    return unicodedata.normalize("NFC", seen), len(spaced) - len(seen)


def _is_unseen(character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.category(character) in _UNSEEN_KINDS
        or _UNSEEN_MARKS.match(character) is not None
        or code & 0xFFFF in _NONCHARACTERS
        or 0xFDD0 <= code <= 0xFDEF
    )


def _bracketed(line: str) -> str:
    return line.replace("<", "‹").replace(">", "›")


class _Reader(HTMLParser):
    """Reads what nh3 has left: a few tags, well nested, and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._links: list[tuple[str, int]] = []
        """Of open links the address, and how many parts there were before."""

    def text(self) -> str:
        return "\n".join(line.strip() for line in "".join(self._parts).split("\n"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._parts.append("\n")
        elif tag == "li":
            self._parts.append(_ITEM)
        elif tag in _BLOCKS and self._parts[-1:] != [_ITEM]:
            self._parts.append("\n\n")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._parts)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag in ("td", "th"):
            self._parts.append(" ")
        elif tag == "a" and self._links:
            address, start = self._links.pop()
            address = address.removeprefix("mailto:") if ":" in address else ""
            if address and "".join(self._parts[start:]).strip() != address:
                self._parts.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        self._parts.append(re.sub(r"\s+", " ", data))
