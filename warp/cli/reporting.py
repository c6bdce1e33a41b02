"""Commands of a member who reports: say what happened, look at it once more, send it."""

import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec
from click.core import ParameterSource

from keys.narrative import room
from warp import carried, client, places, plaintext, resealing, taxonomy
from warp.carrier import Carrier, Proxy
from warp.cli import losses, reviewing
from warp.cli.batching import report_batch
from warp.cli.carrying import proxy_option, via_option
from warp.cli.joining import Command, opened_wallet, wallet_options
from warp.cli.options import asynchronous, json_option, printable, write_json
from warp.client import Draft
from warp.exchange import Unreachable
from warp.report import InvalidReport, check
from warp.site import present
from warp.wallet import Wallet
from warp.weeks import Week


def _fact_options(command: Command) -> Command:
    for option in (
        click.option("--language", default="en", show_default=True, help="Of the narrative."),
        click.option("--urgent", is_flag=True, help="Release at the next full hour, with less cover."),
        click.option(
            "--narrative", "narrative_file", type=click.File("rb"), help="Text file in UTF-8, or -."
        ),
        click.option("--tag", "tags", multiple=True, type=click.Choice(taxonomy.TAGS), metavar="TAG"),
        click.option(
            "--similar",
            default="1",
            show_default=True,
            type=click.Choice([str(band) for band in taxonomy.Similar]),
            help="How many similar incidents this report stands for.",
        ),
        click.option(
            "--severity",
            default="unknown",
            show_default=True,
            type=click.Choice([str(level) for level in taxonomy.Severity]),
        ),
        click.option("--occurred", default="", help="YYYY, YYYY-MM or YYYY-MM-DD."),
        click.option("--sector", default="", help="NIS2 sector, such as health."),
        click.option(
            "--place", default="", help="Country of the victim, or a wider M49 code, such as UY or 419."
        ),
        click.option("--type", "type_", help="RSIT type, such as fraud/phishing."),
    ):
        command = option(command)
    return command


@click.command()
@wallet_options
@_fact_options
@click.option(
    "--follow-up",
    type=click.IntRange(1),
    metavar="NUMBER",
    help="On the matter of an earlier report, by its number in `warp receipt check`; coordinators see it.",
)
@reviewing.review_options
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@click.option("--retry", is_flag=True, help="Only send what an earlier try could not deliver.")
@click.option("--discard", is_flag=True, help="Give up the report that could not be delivered.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Do not send: write the envelope to a new file, for warp send.",
)
@click.option(
    "--batch",
    type=click.File("rb"),
    metavar="FILE",
    help="Report every line of a file of JSON objects, without asking; - for standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="With --batch: write JSON, for scripts.")
@via_option
@proxy_option
@asynchronous
async def report(
    wallet_path: Path,
    key_file: Path | None,
    relay: str | None,
    proxy: Proxy | None,
    out: Path | None,
    batch: BinaryIO | None,
    *,
    yes: bool,
    retry: bool,
    discard: bool,
    as_json: bool,
    **facts: Any,
) -> None:
    """
    Report an incident: asks what is missing, looks at what may identify you, shows all of it, and sends it.

    \b
    Examples:
      warp report --wallet wallet
      warp report --wallet wallet --type malicious-code/infected-system --place UY --occurred 2026-11 \\
        --narrative note.txt --yes --replace-all --keep bad.example --small-place widen
      warp report --wallet wallet --via https://relay.example --proxy socks5h://127.0.0.1:9050
      warp report --wallet wallet --out envelope
      warp report --wallet wallet --key-file key --batch reports.jsonl --json
    """
    _check_together(click.get_current_context())
    carrier = Carrier(proxy, relay or "")
    with opened_wallet(wallet_path, key_file) as found:
        if batch is not None:
            await report_batch(found, batch, carrier, facts, as_json=as_json)
            return
        contents = found.contents
        if discard and (contents.to_carry or contents.outbox):
            click.confirm("Give up the report that was not delivered? It cannot be had back.", abort=True)
            client.discard(found)
        if retry or discard:
            await _hand_over(found, carrier, out)
            return
        draft = _seal(found, facts, out, ask=not yes)
        await _hand_over(found, carrier, out)
        click.echo(_when_counted(draft))


_WITH_BATCH = {
    *("wallet_path", "key_file", "relay", "proxy", "batch", "as_json", "yes"),
    *("keep", "reviewed", "replace_all", "small_place"),
}
"""Parameters that may stand beside --batch."""


def _check_together(context: click.Context) -> None:
    """Refuse options that say two things at once."""
    typed = {
        name
        for name in context.params
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE and context.params[name]
    }
    if "batch" in typed and typed - _WITH_BATCH:
        raise click.UsageError("--batch stands alone; what is reported stands in the file")
    if "as_json" in typed and "batch" not in typed:
        raise click.UsageError("--json is for --batch")


def _seal(found: Wallet, facts: dict[str, Any], out: Path | None, *, ask: bool) -> Draft:
    """Make a report of what is given and answered, and put it into the wallet, sealed."""
    _check_nothing_waits(found)
    if out is not None:
        carried.check_new(out)
    week = Week.of(present())
    thread = _thread(found, facts.pop("follow_up"))
    client.require_tokens(found, week, facts["type_"])
    draft = msgspec.structs.replace(_draft(facts, ask=ask), thread=thread)
    client.require_tokens(found, week, draft.type)
    try:
        check(draft.facts(bytes(32)))
    except InvalidReport as error:
        raise click.ClickException(str(error)) from None
    entry, _ = client.entry_of_week(found, week)
    draft = reviewing.review(found, draft, facts, ask=ask)
    _require_room(draft.text, room(len(entry.recipients)))
    _show(draft, len(entry.recipients))
    _show_crowd(client.holders(found, week))
    if client.keys_given_up(found, week):
        click.echo(losses.KEY_GIVEN_UP)
    if ask:
        what = "Send it?" if out is None else "Seal it?"
        click.confirm(f"{what} It cannot be recalled.", abort=True)
    seal = client.seal if out is None else client.seal_to_carry
    sealed = seal(found, draft, present(), secrets.token_bytes)
    click.echo("Your receipt, which proves that the report is yours; keep a copy beside the wallet's:")
    click.echo(f"  {sealed.receipt.words()}")
    return draft


def _check_nothing_waits(found: Wallet) -> None:
    if found.contents.outbox:
        raise click.ClickException("an earlier report was not delivered; send it first: warp report --retry")
    if found.contents.to_carry:
        raise click.ClickException(
            "an earlier report is in no file yet; write it first: warp report --retry --out FILE"
        )


def _thread(found: Wallet, number: int | None) -> bytes:
    """Give the thread mark of the report of a number; none for a matter of its own."""
    if number is None:
        return b""
    if number > len(found.contents.filed):
        raise click.BadParameter("this wallet has made no such report", param_hint="--follow-up")
    return found.contents.filed[number - 1].thread


_FEW = {0: "it is not known how many", 1: "1 to 4", 5: "5 to 9"}
"""Bands of the directory in which a report is easily guessed to be somebody's."""


def _show_crowd(holders: int) -> None:
    if holders in _FEW:
        few = f"Mind: {_FEW[holders]} members hold tokens of this week."
        click.echo(f"{few} Where they are few, whose a report is can be guessed.")
    else:
        click.echo(f"At least {holders} members hold tokens of this week; the report can be any of theirs.")


def _require_room(text: str, most: int) -> None:
    length = len(text.encode())
    if length > most:
        raise click.ClickException(
            f"the text has {length:,} bytes and there is room for {most:,}; leave out what the facts say "
            "already. Nothing was sent"
        )


def _when_counted(draft: Draft) -> str:
    if taxonomy.class_of(draft.type) == "test":
        return "It is a test: it goes the whole way and is not counted."
    if draft.urgent:
        return "It is counted at the next full hour."
    return "It is counted at the next release, at midnight UTC once there is enough cover."


async def _hand_over(found: Wallet, carrier: Carrier, out: Path | None) -> None:
    """Send what waits, or write it to a file."""
    if out is None:
        await _deliver(found, carrier)
        return
    if not (found.contents.to_carry or found.contents.outbox):
        click.echo("There is nothing to write.")
        return
    try:
        carried.carry(found, out)
    except OSError as error:
        reason = f"{error.filename or out}: {error.strerror}"
        raise click.ClickException(
            f"{reason}. The sealed report is in the wallet: warp report --retry --out FILE"
        ) from None
    click.echo(f"Written to {out}. Send it within two weeks, from anywhere: warp send {out} --to URL")


async def _deliver(found: Wallet, carrier: Carrier) -> None:
    if not found.contents.outbox:
        to_write = "; one is to be written: warp report --retry --out FILE"
        click.echo(f"There is nothing to send{to_write if found.contents.to_carry else '.'}")
        return
    try:
        again = await resealing.deliver(found, present(), secrets.token_bytes, carrier)
    except Unreachable as error:
        raise click.ClickException(
            f"{str(error).rstrip('.')}. The sealed report is in the wallet: warp report --retry"
        ) from None
    if again:
        click.echo(losses.RESEALED)
    click.echo("Sent.")


def _draft(facts: dict[str, Any], *, ask: bool) -> Draft:
    text = _read(facts["narrative_file"]) if facts["narrative_file"] else ""
    if facts["type_"] is None:
        if not ask:
            raise click.UsageError("--yes needs --type")
        facts = _asked(facts)
        text = text or _asked_text()
    return Draft(
        type=facts["type_"],
        place=facts["place"].upper(),
        sector=facts["sector"],
        occurred=facts["occurred"],
        severity=taxonomy.Severity(facts["severity"]),
        similar=taxonomy.Similar(facts["similar"]),
        tags=tuple(facts["tags"]),
        urgent=facts["urgent"],
        text=text,
        language=facts["language"],
    )


def _read(file: BinaryIO) -> str:
    try:
        return plaintext.read(file.read())
    except plaintext.NotText as error:
        raise click.ClickException(f"--narrative: {error}") from None


def _asked(facts: dict[str, Any]) -> dict[str, Any]:
    """Ask for what makes a report and was not given; Enter leaves a thing unknown."""
    of_class = _choose("What kind of incident?", [c for c in taxonomy.CLASSES if c != "test"])
    types = [code for code in taxonomy.TYPES if taxonomy.class_of(code) == of_class]
    asked = {"type_": types[0] if len(types) == 1 else _choose("Which type?", types)}
    for name, question in (
        ("place", "Country of the victim (such as UY), a wider M49 code, or Enter"),
        ("occurred", "When (YYYY-MM-DD, YYYY-MM, YYYY), or Enter"),
    ):
        asked[name] = facts[name] or click.prompt(question, default="", show_default=False)
    if facts["severity"] == str(taxonomy.Severity.UNKNOWN):
        asked["severity"] = _choose("How severe?", [str(level) for level in taxonomy.Severity])
    return facts | asked


def _choose(question: str, choices: Sequence[str]) -> str:
    click.echo(question)
    for number, choice in enumerate(choices, start=1):
        click.echo(f"  {number:2}  {_label(choice)}")
    picked: int = click.prompt("Number", type=click.IntRange(1, len(choices)))
    return choices[picked - 1]


def _label(code: str) -> str:
    return taxonomy.type_name(code, "en") if taxonomy.is_term(code) else code


def _asked_text() -> str:
    click.echo("What happened, for the coordinators? Name nobody. End with an empty line; Enter for none.")
    lines = []
    while line := sys.stdin.readline().rstrip("\n"):
        lines.append(line)
    text = "\n".join(lines)
    try:
        plaintext.check(text)
    except plaintext.NotText as error:
        raise click.ClickException(str(error)) from None
    return text


def _show(draft: Draft, recipients: int) -> None:
    click.echo("This will be sent, sealed, in one file of 16,384 bytes:")
    for name, value in (
        ("type", f"{draft.type} ({taxonomy.type_name(draft.type, 'en')})"),
        ("place", f"{draft.place} ({places.place_name(draft.place, 'en')})" if draft.place else "unknown"),
        ("sector", draft.sector or "unknown"),
        ("occurred", draft.occurred or "unknown"),
        ("severity", draft.severity),
        ("similar incidents", draft.similar),
        ("tags", ", ".join(sorted(set(draft.tags))) or "none"),
        ("follow-up", "coordinators see that it belongs to an earlier report" if draft.thread else "no"),
        ("urgent", "yes: released at the next full hour, with less cover" if draft.urgent else "no"),
    ):
        click.echo(f"  {name:18} {value}")
    click.echo(f"  narrative, sealed to the {recipients} coordinator(s) only, language {draft.language}:")
    for line in draft.text.splitlines() or ["(none)"]:
        click.echo(f"    {printable(line)}")
    click.echo("With it go a one-time token, which cannot be linked to you, and keys for a reply.")


_TERMS = {
    "types": (taxonomy.TYPES, taxonomy.type_name),
    "sectors": (taxonomy.SECTORS, taxonomy.sector_name),
    "tags": (taxonomy.TAGS, taxonomy.tag_name),
    "places": (tuple(sorted([*places.countries(), *places.AREAS])), places.place_name),
}


@click.command()
@click.argument("kind", type=click.Choice(list(_TERMS)))
@click.option(
    "--language", default="en", show_default=True, type=click.Choice(taxonomy.LANGUAGES), help="Of the names."
)
@json_option
def terms(kind: str, language: str, *, as_json: bool) -> None:
    """
    List the codes that a report can use, with their names.

    \b
    Example:
      warp terms types
    """
    codes, name = _TERMS[kind]
    if as_json:
        write_json({kind: {code: name(code, language) for code in codes}})
        return
    for code in codes:
        click.echo(f"{code:55} {name(code, language)}")


COMMANDS: list[click.Command] = [report, terms]
