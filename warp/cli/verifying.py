"""The command of whoever holds a copy of an advisory's document: check its signature, offline."""

from pathlib import Path

import click
import msgspec

from keys import detached
from keys.directory import read_fingerprint
from keys.errors import SignatureError
from warp.cli.options import json_option, printable, write_json

_file = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("document", metavar="FILE", type=_file)
@click.option(
    "--signature", "signature_file", type=_file, metavar="FILE", help="Unless it stands beside FILE as .sig."
)
@click.option(
    "--root", required=True, metavar="FINGERPRINT", help="Of the site's root key, from somebody you trust."
)
@json_option
def verify(document: Path, signature_file: Path | None, root: str, *, as_json: bool) -> None:
    """
    Check that an advisory's document (JSON) was written by the site with this root key, and not changed.

    Offline: it needs the two files, and the fingerprint, which warp init prints and every member has. It does
    not tell whether there is a newer version. Exit status 1 if the signature does not hold.

    \b
    Examples:
      warp advisory verify 2026-w47-k3v9q2xd.json --root 0123456789abcdef0123456789abcdef
      warp advisory verify copy.json --signature copy.sig --root 0123456789abcdef0123456789abcdef --json
    """
    pinned = read_fingerprint(root)
    signature = (signature_file or document.with_suffix(".sig")).read_bytes()
    try:
        found = detached.check(document.read_bytes(), signature, pinned)
    except SignatureError as error:
        write_json({"holds": False, "reason": str(error)}) if as_json else click.echo(
            f"Does not hold: {error}"
        )
        click.get_current_context().exit(1)
    if as_json:
        write_json({"holds": True, **msgspec.structs.asdict(found)})
    else:
        click.echo(printable(f"Holds: {found.id}, version {found.version}, signed in {found.week}"))
