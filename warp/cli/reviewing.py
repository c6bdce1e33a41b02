"""The look at a report before it is sealed: what its text and place may give away, and what is done."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import click
import msgspec

from keys.directory import Entry
from warp import client, disclosure, identifying, places
from warp.cli.joining import Command
from warp.cli.options import printable
from warp.client import Draft
from warp.identifying import OWN, Hit, Own
from warp.patterns import Kind
from warp.wallet import Wallet

_NAMES: Mapping[Kind, str] = {
    Kind.OWN_DOMAIN: "your domain",
    Kind.OWN_ADDRESS: "your network",
    Kind.NAME: "a name on your list",
    Kind.EMAIL: "e-mail address",
    Kind.USER: "user name",
    Kind.URL: "web address",
    Kind.PATH: "file path",
    Kind.HOST: "host name",
    Kind.DOMAIN: "domain",
    Kind.ADDRESS: "IP address",
    Kind.MAC: "MAC address",
    Kind.PHONE: "phone number",
    Kind.TICKET: "ticket number",
}
_AROUND = 40
"""Characters of the line that are shown on each side."""


class _Told(NamedTuple):
    """What the command line says of the look."""

    keep: tuple[str, ...]
    replace_all: bool
    reviewed: bool
    small_place: str | None


def review_options(command: Command) -> Command:
    """Add the options that answer the look's questions beforehand."""
    for option in (
        click.option(
            "--small-place",
            type=click.Choice(["widen", "keep"]),
            help="If the place has too few members: name the wider area, or the place all the same.",
        ),
        click.option(
            "--reviewed", is_flag=True, help="Send the text as it is; your own needs --keep all the same."
        ),
        click.option(
            "--replace-all", is_flag=True, help="Replace all that may identify you and is not kept."
        ),
        click.option(
            "--keep",
            multiple=True,
            metavar="TEXT",
            help="Leave this in the text, such as an attacker's address.",
        ),
    ):
        command = option(command)
    return command


def review(found: Wallet, draft: Draft, facts: Mapping[str, Any], *, ask: bool) -> Draft:
    """
    Give the report as it may be sealed: its place wide enough, its text without what may identify.

    Args:
        found: Holds the local list, and the directory.
        draft: As the reporter gave it.
        facts: The values of the command line's options; see `review_options`.
        ask: Whether somebody answers questions. If nobody does, a text that the options leave open is
            refused, and a place that was given with open eyes is taken, with a word on it.
    """
    told = _Told(*(facts[name] for name in _Told._fields))
    if told.replace_all and told.reviewed:
        raise click.UsageError("give either --replace-all or --reviewed")
    place = _place(draft.place, client.newest_entry(found), told, ask=ask)
    text = _text(draft, found.contents.own, told, ask=ask)
    return msgspec.structs.replace(draft, place=place, text=text)


def _place(place: str, newest: Entry, told: _Told, *, ask: bool) -> str:
    wider = disclosure.place_to_report(place, newest.members, newest.policy)
    if wider == place or told.small_place == "keep":
        return place
    if told.small_place == "widen":
        return wider
    enough = newest.policy.members_to_name_a_place
    few = f"as far as the directory says, fewer than {enough} members are in {_called(place)}"
    instead = f"name {wider}" if wider else "leave it out"
    if not ask:
        click.echo(f"Mind: the place may point at you: {few}. To {instead}: --small-place widen", err=True)
        return place
    click.echo(f"The place may point at you: {few}.")
    click.echo(f"   1  {f'{_called(wider)}, which has enough' if wider else 'leave the place unknown'}")
    click.echo(f"   2  {_called(place)} all the same")
    return wider if click.prompt("Number", default=1, type=click.IntRange(1, 2)) == 1 else place


def _called(place: str) -> str:
    return f"{places.place_name(place, 'en')} ({place})"


def _text(draft: Draft, own: Own, told: _Told, *, ask: bool) -> str:
    hits = identifying.find(draft.text, own, draft.language)
    kept = set(identifying.named(draft.text, hits, told.keep))
    if told.reviewed:
        kept.update(hit for hit in hits if hit.kind not in OWN)
    left = [] if told.replace_all else [hit for hit in hits if hit not in kept]
    if left and not ask:
        raise click.ClickException(_refusal(draft.text, left))
    if left:
        kept.update(_asked(draft.text, left))
    if draft.text and ask and own == Own():
        click.echo("Your own domains, networks and names could not be looked for: warp own add lists them.")
    return identifying.neutral(draft.text, hits, kept)


def _refusal(text: str, left: Sequence[Hit]) -> str:
    """Say where and what, and not what stands there: this line may end in a log."""
    kinds: dict[int, list[str]] = {}
    for hit in left:
        kinds.setdefault(_line(text, hit), []).append(_NAMES[hit.kind])
    where = "; ".join(f"line {line}: {', '.join(dict.fromkeys(found))}" for line, found in kinds.items())
    go_on = "--replace-all, --keep TEXT" + ("" if all(hit.kind in OWN for hit in left) else ", --reviewed")
    return f"the text may identify you ({where}). Nothing was sent. Answer without --yes, or give {go_on}"


def _asked(text: str, left: Sequence[Hit]) -> Iterable[Hit]:
    """Ask for each thing once, wherever it stands; gives what is kept."""
    things: dict[tuple[Kind, str], list[Hit]] = {}
    for hit in left:
        things.setdefault((hit.kind, hit.text), []).append(hit)
    click.echo(f"In the text, {_number(len(things))} may identify you. Keep what is the attacker's:")
    click.echo("r (or Enter) replaces it, k keeps it, a replaces it and all that follow.")
    for number, ((kind, _), hits) in enumerate(things.items(), start=1):
        where = ", ".join(dict.fromkeys(str(_line(text, hit)) for hit in hits))
        lines = "lines" if "," in where else "line"
        click.echo(f"{number:3}. {lines} {where}, {_NAMES[kind]}: {_in_its_line(text, hits[0])}")
        answer = click.prompt(f"     {hits[0].replacement}", default="r", type=click.Choice(["r", "k", "a"]))
        if answer == "k":
            yield from hits
        if answer == "a":
            return


def _number(things: int) -> str:
    return "one thing" if things == 1 else f"{things} things"


def _line(text: str, hit: Hit) -> int:
    return text.count("\n", 0, hit.start) + 1


def _in_its_line(text: str, hit: Hit) -> str:
    before = text[: hit.start].rpartition("\n")[2]
    after = text[hit.end :].partition("\n")[0]
    left = "…" * (len(before) > _AROUND) + before[-_AROUND:]
    right = after[:_AROUND] + "…" * (len(after) > _AROUND)
    return printable(f"{left}«{' '.join(hit.text.split())}»{right}".strip())
