"""Commands for narratives: carry them, still sealed, to a coordinator's machine and back; open them there."""

import secrets
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from keys import age
from keys.errors import AgeError, NarrativeError
from keys.narrative import Narrative, open_sealed
from storage import inbox
from warp import export, narratives
from warp.cli.options import asynchronous, json_option, quoted, write_json
from warp.export import Carried
from warp.site import Site, open_site

Command = Callable[..., Any]


def source_options(command: Command) -> Command:
    """Add the options that say where narratives are, and what opens them."""
    for option in (
        click.option(
            "--identity",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            metavar="FILE",
            help="Open with this identity. Keep it, and use it, on the coordinator's own machine.",
        ),
        click.option(
            "--from",
            "folder",
            type=click.Path(path_type=Path, exists=True, file_okay=False),
            metavar="DIR",
            help="A folder of exported narratives instead.",
        ),
        click.option(
            "--data",
            envvar="WARP_DATA",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            help="The site's data folder, if it is on this machine; or set WARP_DATA.",
        ),
    ):
        command = option(command)
    return command


@click.command(name="inbox")
@source_options
@click.option(
    "--export",
    "out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the narratives, still sealed, as age files for the coordinator's own machine.",
)
@click.option("--reseal", is_flag=True, help="Seal the exported narratives to the present coordinators.")
@click.option("--yes", is_flag=True, help="With --reseal: do not ask whether the keys are the right ones.")
@click.option(
    "--import",
    "back",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Take narratives that were sealed anew back into the inbox, in place of the old ones.",
)
@json_option
@asynchronous
async def inbox_command(data: Path | None, folder: Path | None, **given: Any) -> None:
    """
    Open narratives on the coordinator's own machine, or export them sealed from the server.

    After a coordinator's key was replaced another one seals the inbox anew: export, reseal, import.

    \b
    Examples:
      warp inbox --data site --export narratives
      warp inbox --from narratives --identity ana.identity
      warp inbox --from narratives --identity luis.identity --reseal
      warp inbox --data site --import narratives
    """
    identity, out, back, as_json = given["identity"], given["out"], given["back"], given["as_json"]
    if (data is None) == (folder is None):
        raise click.UsageError("give either --data DIR or --from DIR")
    if given["reseal"] and (folder is None or identity is None):
        raise click.UsageError("--reseal needs --from DIR and --identity FILE")
    if data is None and folder is not None:
        if identity is None or out or back:
            raise click.UsageError("--from goes with --identity FILE")
        if given["reseal"]:
            _seal_anew(folder, identity, ask=not given["yes"], as_json=as_json)
        else:
            _read(export.read(folder), identity, as_json=as_json)
    elif data is not None:
        await _at_site(data, identity, out, back, as_json=as_json)


async def _at_site(
    data: Path, identity: Path | None, out: Path | None, back: Path | None, *, as_json: bool
) -> None:
    if [identity, out, back].count(None) != 2:
        raise click.UsageError("give one of --identity FILE, to read, --export DIR and --import DIR")
    async with open_site(data) as site:
        if back is not None:
            await _import(site, back, as_json=as_json)
        elif out is not None:
            number = await narratives.carry_out(site.hub, out, site.settings.root_key)
            click.echo(f"{number} sealed narratives in {out}")
        elif identity is not None:
            async with site.hub.reports.read() as connection:
                kept = await inbox.everything(connection)
            _read([Carried(export.name(each), each.narrative) for each in kept], identity, as_json=as_json)


def read_identities(file: Path) -> list[age.Identity]:
    """
    Read a coordinator's identity file.

    Raises:
        BadIdentity: it holds none.
    """
    lines = [line.strip() for line in file.read_text(encoding="ascii").splitlines()]
    return [age.Identity.from_string(line) for line in lines if line and not line.startswith("#")]


def _read(sealed: list[Carried], identity: Path, *, as_json: bool) -> None:
    identities = read_identities(identity)
    opened: list[tuple[str, Narrative]] = []
    for name, narrative in sealed:
        try:
            opened.append((name, open_sealed(narrative, identities)))
        except (AgeError, NarrativeError):
            continue
    unreadable = len(sealed) - len(opened)
    if as_json:
        found = [
            {"id": name, "language": each.language, "text": each.text, "thread": each.thread.hex()}
            for name, each in opened
        ]
        write_json({"narratives": found, "unreadable": unreadable})
        return
    _print(opened)
    click.echo(f"{len(opened)} opened, {unreadable} not sealed to this identity.")


def _print(opened: list[tuple[str, Narrative]]) -> None:
    """Write narratives for people: those of one thread together, where its first one stands."""
    sizes = Counter(each.thread for _, each in opened)
    first = {thread: place for place, thread in enumerate(sizes)}
    seen: Counter[bytes] = Counter()
    for name, each in sorted(opened, key=lambda pair: first[pair[1].thread]):
        seen[each.thread] += 1
        several = f", {seen[each.thread]} of {sizes[each.thread]}" if sizes[each.thread] > 1 else ""
        click.echo(f"── {name} ({each.language}) thread {each.thread.hex()[:8]}{several}")
        click.echo(f"{quoted(each.text or '(no text)')}\n")


def _seal_anew(folder: Path, identity: Path, *, ask: bool, as_json: bool) -> None:
    identities, recipients = read_identities(identity), export.read_recipients(folder)
    if ask:
        own = {each.recipient.to_string() for each in identities}
        click.echo(f"The narratives in {folder} will be sealed to these keys, and to no other:", err=True)
        for recipient in recipients:
            yours = "  (yours)" if recipient in own else ""
            click.echo(f"  {recipient[:20]}…{recipient[-12:]}{yours}", err=True)
        click.echo("Whoever has one of them can read all of it. The operator has named them.", err=True)
        click.confirm("Are they the present coordinators' keys?", abort=True, err=True)
    done = export.seal_anew(folder, identities, recipients, secrets.token_bytes)
    if as_json:
        write_json(done._asdict())
        return
    click.echo(f"{len(done.sealed)} sealed anew to {len(recipients)} keys.")
    for name in done.too_long:
        click.echo(f"Left as it is, because its text has no room beside {len(recipients)} keys: {name}")
    if done.unreadable:
        click.echo(f"Left as they are, because this identity does not open them: {len(done.unreadable)}")
    click.echo(f"Next, on the server: warp inbox --data DIR --import {folder}")


async def _import(site: Site, folder: Path, *, as_json: bool) -> None:
    async with site.alone():
        done = await narratives.take_back(site.hub, folder)
    if as_json:
        write_json(done._asdict())
        return
    click.echo(
        f"{done.replaced} narratives replaced, {done.unchanged} as they were, "
        f"{done.not_in_the_inbox} no longer in the inbox."
    )
    if done.replaced:
        click.echo(
            "The old ones are gone from the database. Delete other exports and backups that hold them."
        )


COMMANDS: list[click.Command] = [inbox_command]
