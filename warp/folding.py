"""
A text as it reads, whatever it is written with: what the check of a narrative looks at.

Case, accents, full-width and other forms, invisible characters and defanging (hxxp, example[.]com) are folded
away, and every folded character knows where it came from. It does not undo look-alike letters of other
scripts, nor encodings such as %40.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

HIDDEN = "\0"
"""Stands for what is not to be looked at; no text folds to it, because control characters are dropped."""

_INVISIBLE = frozenset({"Mn", "Me", "Cf", "Cc"})
"""Unicode categories: accents and other marks on letters, zero-width and control characters."""
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Hangul fillers: letters to Unicode, nothing to the eye."""
_LINE_ENDS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
_DOTS = {"。": "."}
"""Ideographic full stops, which a browser takes for the dots of a domain."""
_WITHOUT_STROKE = {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"}
"""Letters whose accent Unicode does not take apart."""

_DEFANGED = re.compile(
    r" ?[\[({] ?(\.|dot|punto|ponto|point) ?[\])}] ?|[\[({] ?(:|/|://|@|at|arroba) ?[\])}]"
)
_REFANGED = {"dot": ".", "punto": ".", "ponto": ".", "point": ".", "at": "@", "arroba": "@"}


class Folded(NamedTuple):
    """A folded text, and where each of its characters came from."""

    text: str
    """Lower case, without accents; ASCII digits; line ends are line feeds, other white space is spaces."""
    positions: tuple[int, ...]
    """In the text as it was written; one more than there are characters, for the end."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the part of the written text that a part of the folded one came from; it is not empty."""
        return self.positions[start], max(self.positions[end], self.positions[end - 1] + 1)

    def whole(self, start: int, end: int) -> tuple[int, int]:
        """Widen a part to all that its written characters fold to: one such as ½ folds to several."""
        while start > 0 and self.positions[start - 1] == self.positions[start]:
            start -= 1
        while end < len(self.text) and self.positions[end] == self.positions[end - 1]:
            end += 1
        return start, end


def fold(text: str) -> Folded:
    """Fold a text."""
    return _refanged(_folded(text))


def _folded(text: str) -> Folded:
    characters, positions = [], []
    for position, character in enumerate(text):
        for folded in _fold(character):
            characters.append(folded)
            positions.append(position)
    return Folded("".join(characters), (*positions, len(text)))


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    if character.isspace():
        return "\n" if character in _LINE_ENDS else " "
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    return "".join((_WITHOUT_STROKE | _DOTS).get(letter, letter) for letter in _letters(character))


def _letters(character: str) -> Iterator[str]:
    """Take a character apart, and leave out what is not seen or is only a mark on a letter."""
    lowered = unicodedata.normalize("NFKD", character).casefold()
    for letter in unicodedata.normalize("NFKD", lowered):
        if unicodedata.category(letter) not in _INVISIBLE and letter not in _FILLERS:
            yield letter


def _refanged(folded: Folded) -> Folded:
    """Write [.] as a dot, and so on: a character that stands for several knows where they began."""
    parts, positions, done = [], list[int](), 0
    for found in _DEFANGED.finditer(folded.text):
        inside = found[1] or found[2]
        plain = _REFANGED.get(inside, inside)
        parts += [folded.text[done : found.start()], plain]
        positions += folded.positions[done : found.start()]
        positions += [folded.positions[found.start()]] * len(plain)
        done = found.end()
    return Folded("".join((*parts, folded.text[done:])), (*positions, *folded.positions[done:]))
