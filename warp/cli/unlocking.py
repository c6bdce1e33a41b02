"""
Where the passphrase of the server's key files comes from: a file descriptor, a credential of systemd, the
environment, or whoever sits at the terminal, in this order.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from keys.errors import KeysLocked

Command = Callable[..., Any]
CREDENTIAL = "warp-keys"


def read(_context: click.Context, _option: click.Parameter, descriptor: int | None) -> bytes | None:
    """Give the passphrase that a file descriptor holds, and close it, before anything else is opened."""
    if descriptor is None:
        return None
    try:
        with os.fdopen(descriptor, "rb") as file:
            return _line(file.read())
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "it cannot be read"
        raise click.BadParameter(f"{descriptor}: {reason}") from None


def key_option(command: Command) -> Command:
    """Add the option that says where the passphrase of the key files comes from."""
    return click.option(
        "--key-fd",
        "key",
        envvar="WARP_KEYS_FD",
        type=click.IntRange(0),
        callback=read,
        metavar="N",
        help="Read the passphrase of sealed key files from this file descriptor; or set WARP_KEYS_FD.",
    )(command)


def given(key: bytes | None) -> bytes | None:
    """Give the passphrase that came by option, credential or environment; none if somebody must be asked."""
    if key is not None:
        return key
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if folder and (credential := Path(folder) / CREDENTIAL).exists():
        return _line(credential.read_bytes())
    text = os.environ.get("WARP_KEYS_PASSPHRASE")
    return None if text is None else os.fsencode(text)


def secret(key: bytes | None) -> Callable[[], bytes]:
    """Give what gives the passphrase, once it is needed."""

    def give() -> bytes:
        found = given(key)
        return asked() if found is None else found

    return give


def asked(*, new: bool = False) -> bytes:
    """
    Ask for the passphrase.

    Args:
        new: Ask twice for another one.

    Raises:
        KeysLocked: nobody sits at a terminal.
    """
    if not sys.stdin.isatty():
        raise KeysLocked
    what = "New passphrase of the key files" if new else "Passphrase of the key files"
    typed: str = click.prompt(what, hide_input=True, confirmation_prompt=new, err=True)
    return typed.encode()


def _line(data: bytes) -> bytes:
    """Give a passphrase without the line feed that a file of one line ends with."""
    return data.removesuffix(b"\n")
