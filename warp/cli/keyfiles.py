"""Commands of the operator for the key files: seal them, unseal them, change their passphrase."""

import contextlib
import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from keys import sealing
from warp import config
from warp.cli import unlocking
from warp.cli.options import data_option
from warp.cli.unlocking import key_option


@click.group()
def keys() -> None:
    """Seal the private key files of a site at rest, under a passphrase."""


@contextlib.contextmanager
def _folder(data: Path) -> Iterator[Path]:
    """Give a site's key files, while nobody else announces or forgets keys; nobody may be asked meanwhile."""
    with (data / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield data / "keys"


@keys.command()
@data_option
@key_option
def seal(data: Path, key: bytes | None) -> None:
    """
    Seal the key files where they lie; asks for a passphrase unless one is given.

    \b
    Example:
      warp keys seal --data site
    """
    config.read(data)
    is_new = not (data / "keys" / sealing.SITE_KEY).exists()
    passphrase = _given_or(key, lambda: unlocking.asked(new=is_new))
    with _folder(data) as folder:
        sealing.seal_folder(folder, passphrase)
    click.echo("The key files are sealed. If the passphrase is lost, so are they.")
    click.echo("Restart the server, and give it the passphrase; see docs/operating.md.")


@keys.command()
@data_option
@key_option
def unseal(data: Path, key: bytes | None) -> None:
    """
    Write the key files unsealed, so that nothing has to be given at a start.

    \b
    Example:
      warp keys unseal --data site
    """
    config.read(data)
    passphrase = unlocking.secret(key)()
    with _folder(data) as folder:
        sealing.unseal_folder(folder, passphrase)
    click.echo("The key files are not sealed any more: whoever has the disk has them.")
    click.echo("Restart the server: one that runs goes on sealing new ones, and nobody could open those.")


@keys.command()
@data_option
@key_option
@click.option(
    "--new-key-fd",
    "new_key",
    type=click.IntRange(0),
    callback=unlocking.read,
    metavar="N",
    help="Read the new passphrase from this file descriptor, instead of asking for it.",
)
def change(data: Path, key: bytes | None, new_key: bytes | None) -> None:
    """
    Change the passphrase, and with it the key that the files are sealed with.

    \b
    Example:
      warp keys change --data site
    """
    config.read(data)
    old = unlocking.secret(key)()
    new = unlocking.asked(new=True) if new_key is None else new_key
    with _folder(data) as folder:
        sealing.change_secret(folder, old, new)
    click.echo("Changed. Backups with keys still open with the passphrase that was theirs.")
    click.echo("Restart the server, and give it the new passphrase.")


def _given_or(key: bytes | None, ask: Callable[[], bytes]) -> bytes:
    found = unlocking.given(key)
    return ask() if found is None else found


COMMANDS: list[click.Command] = [keys]
