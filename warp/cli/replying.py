"""The command that answers a reporter whom nobody knows: sealed by the coordinator, filed on the server."""

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import click

from keys import lists, reply
from keys.errors import TextTooLong
from keys.files import write_new
from keys.narrative import Narrative, open_sealed
from keys.reply import Reply, room
from storage import inbox, unlisted
from warp import advice, export, taxonomy
from warp.cli.inbox import read_identities, source_options
from warp.cli.options import asynchronous, quoted
from warp.export import BadFolder, Carried
from warp.site import open_site


class _Inbox(NamedTuple):
    """Narratives, and the root public key that replies are bound to."""

    narratives: Sequence[Carried]
    root: bytes


@click.command(name="reply")
@click.argument("name", metavar="[NARRATIVE]", required=False)
@source_options
@click.option("--text", "text_file", type=click.File(encoding="utf-8"), help="What to answer: a file, or -.")
@click.option("--advice", "code", metavar="TYPE", help="Begin with the first advice for this type or class.")
@click.option("--tag", "tags", multiple=True, type=click.Choice(taxonomy.TAGS), metavar="TAG", help="For it.")
@click.option("--language", help="Of the answer; the narrative's unless given.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the sealed reply, to be carried."
)
@click.option(
    "--deliver",
    "carried",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="At the server: file a sealed reply that was carried here. Repeat it for more.",
)
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@asynchronous
async def reply_command(name: str | None, data: Path | None, **given: Any) -> None:
    """
    Answer a reporter: sealed, of one size, in a public list among fillers.

    NARRATIVE is a name that `warp inbox` shows, or the beginning of one. The reply joins the public list at
    the next midnight. The reporter, and nobody else, can open it and tell it from the others.

    \b
    Examples:
      warp reply 2026-W47-3f1c --from narratives --identity ana.identity --text answer.txt --out answer.reply
      warp reply --deliver answer.reply --data site
      warp reply 2026-W47-3f1c --data site --identity ana.identity --advice fraud/phishing
    """
    if given["carried"]:
        if name is not None or data is None:
            raise click.UsageError("--deliver goes with --data DIR, and without a narrative")
        await _file(data, [_sealed(path) for path in given["carried"]])
        return
    folder, out = given["folder"], given["out"]
    if name is None or given["identity"] is None or (data is None) == (folder is None):
        raise click.UsageError("give NARRATIVE, --identity FILE, and either --data DIR or --from DIR")
    if folder is not None and out is None:
        raise click.UsageError("--from needs --out FILE; carry it to the server and file it with --deliver")
    if out is not None and out.exists():
        raise click.ClickException(f"{out} exists already")
    found = await _of_site(data) if data is not None else _of_folder(folder)
    narrative = _open(found.narratives, name, given["identity"])
    answer = _answer(narrative, given["text_file"], given["code"], given["tags"], given["language"])
    click.echo(f"The reply, in {answer.language}:\n{quoted(answer.text)}\n")
    if not given["yes"]:
        click.confirm("Seal it? Once it is published it cannot be recalled.", abort=True)
    sealed = _seal(answer, narrative, found.root)
    if out is not None:
        write_new(out, sealed)
        click.echo(f"Sealed in {out}. At the server: warp reply --deliver {out.name} --data DIR")
    elif data is not None:
        await _file(data, [sealed])


async def _of_site(data: Path) -> _Inbox:
    async with open_site(data) as site, site.hub.reports.read() as connection:
        kept = await inbox.everything(connection)
        return _Inbox([Carried(export.name(each), each.narrative) for each in kept], site.settings.root_key)


def _of_folder(folder: Path) -> _Inbox:
    try:
        root = base64.b64decode((folder / export.ROOT).read_bytes().strip(), validate=True)
    except (FileNotFoundError, binascii.Error):
        raise BadFolder(
            f"{folder / export.ROOT} is not a root key; export again: warp inbox --export"
        ) from None
    return _Inbox(export.read(folder), root)


def _open(narratives: Sequence[Carried], name: str, identity: Path) -> Narrative:
    meant = [each for each in narratives if each.name.startswith(name)]
    if len(meant) != 1:
        which = "there is no such narrative" if not meant else f"{len(meant)} narratives begin like that"
        raise click.ClickException(f"{which}; see: warp inbox")
    return open_sealed(meant[0].narrative, read_identities(identity))


def _answer(
    narrative: Narrative,
    text_file: TextIO | None,
    code: str | None,
    tags: Sequence[str],
    language: str | None,
) -> Reply:
    language = language or narrative.language
    parts = []
    if code is not None:
        if not taxonomy.is_term(code):
            raise click.BadParameter(
                "not an RSIT type or class; see: warp terms types", param_hint="--advice"
            )
        spoken = language.partition("-")[0].lower()
        parts.append(advice.as_text(code, spoken if spoken in advice.LANGUAGES else "en", tags))
    if text_file is not None:
        parts.append(text_file.read().strip())
    text = "\n\n".join(part for part in parts if part)
    if not text:
        raise click.UsageError("say what to answer: --text FILE, --advice TYPE, or both")
    return Reply(text, language)


def _seal(answer: Reply, narrative: Narrative, root: bytes) -> bytes:
    try:
        return reply.seal(answer, narrative.reply_key, root)
    except TextTooLong:
        size, most = len(answer.text.encode()), room(answer.language)
        raise click.ClickException(f"the reply has {size} bytes, and there is room for {most}") from None


def _sealed(path: Path) -> bytes:
    data = path.read_bytes()
    if len(data) != reply.SIZE:
        raise click.ClickException(f"{path} is not a sealed reply, which has exactly {reply.SIZE} bytes")
    return data


async def _file(data: Path, sealed: Sequence[bytes]) -> None:
    async with open_site(data) as site, site.hub.reports.write() as connection:
        await unlisted.wait(connection, lists.Kind.REPLIES, sealed)
    click.echo(f"{len(sealed)} sealed; in the public list from the next midnight UTC, among fillers.")


COMMANDS: list[click.Command] = [reply_command]
