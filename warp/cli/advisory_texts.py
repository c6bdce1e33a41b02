"""What a coordinator says of an advisory on the command line: options, and clean texts of what they hold."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, TypeVar

import click
import msgspec
from msgspec import UNSET, UnsetType

from warp import cleaning, drafting, taxonomy
from warp.advisory import Text, Tlp
from warp.advisory_life import Change
from warp.cleaning import Cleaned
from warp.config import ConfigError
from warp.site import Site

MOST_FILE = 200_000
"""Characters of a summary before it is cleaned; markup takes more room than what it says."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Said(NamedTuple):
    """What a coordinator says; none is what is left as it is."""

    language: str
    title: str | None
    summary: str | None
    actions: tuple[str, ...] | None
    advice: bool
    change: Change
    """All but the text."""
    removed: int
    """Characters that did not survive cleaning."""


NEVER = "never"


class Day(click.ParamType[date | str]):
    """A day, or never."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        if value == NEVER:
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("must be a day like 2026-12-31, or never", param, ctx)


class Minute(click.ParamType[datetime | str]):
    """A minute of UTC, or never."""

    name = "minute"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        if value == NEVER:
            return value
        try:
            return datetime.strptime(value.removesuffix("Z"), "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
        except ValueError:
            self.fail("must be a minute of UTC like 2026-11-25T08:00, or never", param, ctx)


_OPTIONS = (
    click.option("--title", help="Title in the given language."),
    click.option("--summary", "summary_file", type=click.File(encoding="utf-8"), help="Text file, or -."),
    click.option("--html", "is_html", is_flag=True, help="The file is HTML, pasted from a page or mail."),
    click.option(
        "--action",
        "actions",
        multiple=True,
        help="A recommended action; replaces the list; repeat it, or give '' for none.",
    ),
    click.option("--advice", is_flag=True, help="Recommend the first actions for the type; before --action."),
    click.option("--language", help="Which language's text is changed; the site's default unless given."),
    click.option("--severity", type=click.Choice([str(level) for level in taxonomy.Severity])),
    click.option("--tlp", type=click.Choice([str(label) for label in Tlp])),
    click.option("--place", help="Country, M49 area, or empty for everywhere."),
    click.option("--sector", help="NIS2 sector, or empty."),
    click.option(
        "--valid-until", type=Day(), metavar="DAY", help="The last day on which it holds, or never."
    ),
    click.option(
        "--related",
        multiple=True,
        metavar="ID",
        help="Another advisory that is out; replaces the list; repeat it, or give '' for none.",
    ),
    click.option("--ready", is_flag=True, help="Another coordinator may now let it out."),
)


_CHANGES = (
    click.option("--type", "type_", help="RSIT type or class, or empty for all."),
    click.option(
        "--drop-language",
        "dropped",
        multiple=True,
        metavar="LANGUAGE",
        help="A language whose text goes; its readers get the first language's. Repeat it.",
    ),
)


def change_options(command: _Command) -> _Command:
    """Add the options of what can be changed of an advisory, and is not said of a new one."""
    for option in reversed(_CHANGES):
        command = option(command)
    return command


def text_options(command: _Command) -> _Command:
    """Add the options that say what an advisory is to say."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def said(site: Site, given: dict[str, Any]) -> Said:
    """
    Give what the options hold, cleaned.

    Raises:
        ConfigError: the site does not have that language.
        UsageError: a text is empty, or the text of the site's first language would go.
    """
    language = given["language"] or site.publisher.default
    if language not in site.settings.languages:
        raise ConfigError(f"the site's languages are {', '.join(site.settings.languages)}")
    dropped = tuple(dict.fromkeys(given.get("dropped", ())))
    if site.publisher.default in dropped:
        raise click.UsageError(f"{site.publisher.default} is the site's first language: its text stays")
    title = None if given["title"] is None else cleaning.clean_title(given["title"])
    summary = _summary(given["summary_file"], is_html=given["is_html"])
    for option, text in (("--title", title), ("--summary", summary)):
        if text is not None and not text.text.strip():
            raise click.UsageError(f"{option} is empty")
    actions = [cleaning.clean_line(action) for action in given["actions"] if given["actions"] != ("",)]
    reason = cleaning.clean_line(given["reason"]) if given.get("reason") else None
    change = Change(
        dropped=dropped,
        type=given.get("type_"),
        severity=taxonomy.Severity(given["severity"]) if given["severity"] else None,
        tlp=Tlp(given["tlp"]) if given["tlp"] else None,
        place=given["place"],
        sector=given["sector"],
        valid_until=_until(given["valid_until"]),
        related=tuple(filter(None, given["related"])) if given["related"] else None,
        reason=reason.text if reason else None,
        ready=given["ready"],
    )
    cleaned = [each for each in (title, summary, reason, *actions) if each]
    return Said(
        language=language,
        title=title.text if title else None,
        summary=summary.text if summary else None,
        actions=tuple(action.text for action in actions) if given["actions"] else None,
        advice=given["advice"],
        change=change,
        removed=sum(each.removed for each in cleaned),
    )


def say_removed(count: int) -> None:
    """Say that what is stored is not all that was given."""
    if count:
        characters = "1 character" if count == 1 else f"{count:,} characters"
        click.echo(f"Removed from the text: {characters} of markup, or that nobody could see.", err=True)


def changed(site: Site, new: Said, of_type: str, texts: Mapping[str, Text]) -> Change:
    """
    Give the whole change of an advisory with its text.

    Args:
        site: Its default language is that of the first text.
        new: What is said.
        of_type: The advisory's type so far; the first actions are for that, or for the one that it gets.
        texts: What it says so far; a language of which nothing is said stays as it is.
    """
    if new.title is None and new.summary is None and new.actions is None and not new.advice:
        return new.change
    of_type = of_type if new.change.type is None else new.change.type
    old = texts.get(new.language)
    if old is None and not (new.title and new.summary):
        raise click.UsageError(f"the first text in {new.language} needs --title and --summary")
    if old is None and new.language != site.publisher.default and site.publisher.default not in texts:
        raise click.UsageError(f"write it in {site.publisher.default} first; then add other languages")
    if new.advice and not (of_type == "" or taxonomy.is_term(of_type)):
        raise click.BadParameter("not an RSIT type or class; see: warp terms types", param_hint="--type")
    first = drafting.advise(of_type, new.language) if new.advice else ()
    before = old or Text("", "")
    text = Text(
        title=new.title or before.title,
        summary=before.summary if new.summary is None else new.summary,
        actions=before.actions if new.actions is None and not first else (*first, *(new.actions or ())),
    )
    return msgspec.structs.replace(new.change, texts={new.language: text})


def _until(day: date | str | None) -> date | UnsetType | None:
    if day is None:
        return UNSET
    return None if isinstance(day, str) else day


def _summary(file: Any, *, is_html: bool) -> Cleaned | None:
    if file is None:
        if is_html:
            raise click.UsageError("--html says what the file of --summary is")
        return None
    written = file.read(MOST_FILE + 1)
    if len(written) > MOST_FILE:
        raise click.BadParameter(f"more than {MOST_FILE:,} characters", param_hint="--summary")
    return cleaning.from_html(written) if is_html else cleaning.clean_text(written)
