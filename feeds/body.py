"""
The full text of a warning, as plain text and as HTML of a few elements.

Beside `feeds.entry`, which says what stands in it. Whatever a paragraph says, it becomes text: the only
elements are p, ol, li, strong and, for the addresses that the site itself writes, a.
"""

import html
from collections.abc import Sequence
from typing import NamedTuple


class Paragraph(NamedTuple):
    """A paragraph, with addresses of the site behind it."""

    text: str
    addresses: tuple[str, ...] = ()


class Body(NamedTuple):
    """The parts of the full text, in reading order."""

    before: Sequence[Paragraph]
    heading: str
    """Of the actions."""
    colon: str
    """Behind the heading, in plain text."""
    actions: Sequence[str]
    after: Sequence[Paragraph]


def as_text(body: Body) -> str:
    """Give it as plain text; an empty line separates paragraphs."""
    numbered = [f"{number}. {action}" for number, action in enumerate(body.actions, start=1)]
    steps = ["\n".join([f"{body.heading}{body.colon}", *numbered])] if numbered else []
    return "\n\n".join([*map(_lines, body.before), *steps, *map(_lines, body.after)])


def as_html(body: Body) -> str:
    """Give it as HTML, without a document around it."""
    steps: list[str] = []
    if body.actions:
        items = "".join(f"<li>{_escaped(action)}</li>" for action in body.actions)
        steps = [f"<p><strong>{_escaped(body.heading)}</strong></p><ol>{items}</ol>"]
    return "".join([*map(_paragraph, body.before), *steps, *map(_paragraph, body.after)])


def _lines(paragraph: Paragraph) -> str:
    return " ".join([paragraph.text, *paragraph.addresses])


def _paragraph(paragraph: Paragraph) -> str:
    links = [f'<a href="{html.escape(each)}">{_escaped(each)}</a>' for each in paragraph.addresses]
    return f"<p>{' '.join([_escaped(paragraph.text), *links])}</p>"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
