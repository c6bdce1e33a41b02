"""Commands for narratives: carry them, still sealed, to a coordinator's machine, and open them there."""

from pathlib import Path

import click

from keys import age
from keys.errors import AgeError, NarrativeError
from keys.narrative import open_sealed
from storage import inbox
from warp.cli.options import asynchronous, json_option, printable, write_json
from warp.site import open_site


@click.command(name="inbox")
@click.option(
    "--data",
    envvar="WARP_DATA",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The site's data folder, if it is on this machine; or set WARP_DATA.",
)
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A folder of exported narratives instead.",
)
@click.option(
    "--identity",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Open with this identity. Keep it, and use it, on the coordinator's own machine.",
)
@click.option(
    "--export",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the narratives, still sealed, as age files for the coordinator's own machine.",
)
@json_option
@asynchronous
async def inbox_command(
    data: Path | None, folder: Path | None, identity: Path | None, export: Path | None, *, as_json: bool
) -> None:
    """
    Open narratives on the coordinator's own machine, or export them sealed from the server.

    \b
    Examples:
      warp inbox --data site --export narratives
      warp inbox --from narratives --identity ana.identity
    """
    if (data is None) == (folder is None):
        raise click.UsageError("give either --data DIR or --from DIR")
    if (export is None) == (identity is None):
        raise click.UsageError("give either --identity FILE, to read, or --export DIR")
    sealed = await _from_site(data) if data is not None else _from_folder(folder or Path())
    if export is not None:
        _export(sealed, export)
    elif identity is not None:
        _read(sealed, identity, as_json=as_json)


async def _from_site(data: Path) -> list[tuple[str, bytes]]:
    async with open_site(data) as site, site.hub.reports.read() as connection:
        return [(f"{n.week}-{n.id.hex()}", n.narrative) for n in await inbox.everything(connection)]


def _from_folder(folder: Path) -> list[tuple[str, bytes]]:
    return [(path.stem, path.read_bytes()) for path in sorted(folder.glob("*.age"))]


def _export(sealed: list[tuple[str, bytes]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, narrative in sealed:
        (folder / f"{name}.age").write_bytes(narrative)
    click.echo(f"{len(sealed)} sealed narratives in {folder}")


def _read(sealed: list[tuple[str, bytes]], identity: Path, *, as_json: bool) -> None:
    lines = [line.strip() for line in identity.read_text(encoding="ascii").splitlines()]
    identities = [age.Identity.from_string(line) for line in lines if line and not line.startswith("#")]
    opened, unreadable = [], 0
    for name, narrative in sealed:
        try:
            found = open_sealed(narrative, identities)
        except (AgeError, NarrativeError):
            unreadable += 1
            continue
        opened.append(
            {"id": name, "language": found.language, "text": found.text, "thread": found.thread.hex()}
        )
    if as_json:
        write_json({"narratives": opened, "unreadable": unreadable})
        return
    for each in opened:
        click.echo(f"── {each['id']} ({each['language']})\n{printable(each['text']) or '(no text)'}\n")
    click.echo(f"{len(opened)} opened, {unreadable} not sealed to this identity.")


COMMANDS: list[click.Command] = [inbox_command]
