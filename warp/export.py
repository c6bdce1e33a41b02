"""
The folder in which narratives are carried, still sealed, between the server and a coordinator's machine.

Beside the narratives it holds the keys of the present coordinators, so that a remaining one can seal them
anew after a key was replaced, and the root's public key. Whose keys those are the folder cannot prove: the
coordinator is shown them. It knows no database and no site.
"""

import base64
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from keys import age, narrative
from keys.errors import AgeError, NarrativeError, TextTooLong
from keys.hybrid import RandBytes
from storage.inbox import Sealed

RECIPIENTS = "recipients.txt"
"""The coordinators' age recipients, one a line."""
ROOT = "root.txt"
"""The root's Ed25519 public key, 32 bytes in base64."""

_NAME = re.compile(r"([0-9]{4}-W[0-9]{2})-([0-9a-f]{32})")


class BadFolder(Exception):
    """The folder, or a file in it, is not what was exported; says which and why."""


class Carried(NamedTuple):
    """A narrative in the folder."""

    name: str
    """Of its file, without the ending: week of release, a hyphen, its id in hex."""
    narrative: bytes


def write(folder: Path, narratives: Iterable[Sealed], recipients: Iterable[str], root: bytes) -> int:
    """Fill the folder, made for its owner only where there is none; gives the number of narratives."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = 0
    for each in narratives:
        _write(folder / f"{name(each)}.age", each.narrative)
        number += 1
    _write(folder / RECIPIENTS, "".join(f"{recipient}\n" for recipient in recipients).encode("ascii"))
    _write(folder / ROOT, base64.b64encode(root) + b"\n")
    return number


def name(sealed: Sealed) -> str:
    """Give the name that a narrative has in a folder, without the ending."""
    return f"{sealed.week}-{sealed.id.hex()}"


def read(folder: Path) -> list[Carried]:
    """Give the narratives by name."""
    return [Carried(path.stem, path.read_bytes()) for path in sorted(folder.glob("*.age"))]


def read_recipients(folder: Path) -> list[str]:
    """
    Give the recipients that the server has named.

    Raises:
        BadFolder: there are none.
        BadRecipient: one of them is none.
    """
    try:
        found = (folder / RECIPIENTS).read_text(encoding="ascii").split()
    except (FileNotFoundError, UnicodeDecodeError):
        found = []
    if not found:
        raise BadFolder(f"{folder / RECIPIENTS} names nobody; export again: warp inbox --export")
    return [age.Recipient.from_string(recipient).to_string() for recipient in found]


class Anew(NamedTuple):
    """What came of sealing a folder anew."""

    sealed: list[str]
    too_long: list[str]
    """Names of those whose text has no room beside so many recipients; they are as they were."""
    unreadable: list[str]
    """Names of those that the identities do not open; they are as they were."""


def seal_anew(
    folder: Path, identities: Sequence[age.Identity], recipients: Sequence[str], randbytes: RandBytes
) -> Anew:
    """
    Seal each narrative to other recipients; what it says stays, and each file is changed whole or not at all.

    Args:
        folder: With what was exported.
        identities: Open the narratives.
        recipients: Whom they are sealed to.
        randbytes: Source of file keys and nonces.

    Raises:
        WrongRecipientCount, BadRecipient: the recipients cannot be sealed to.
    """
    done = Anew([], [], [])
    for carried in read(folder):
        try:
            opened = narrative.open_sealed(carried.narrative, identities)
        except (AgeError, NarrativeError):
            done.unreadable.append(carried.name)
            continue
        try:
            anew = narrative.seal(opened, recipients, randbytes)
        except TextTooLong:
            done.too_long.append(carried.name)
            continue
        _write(folder / f"{carried.name}.age", anew)
        done.sealed.append(carried.name)
    return done


def parse(carried: Carried) -> Sealed:
    """
    Give a narrative as the inbox files it.

    Raises:
        BadFolder: its name, size or form is none of a narrative.
    """
    match = _NAME.fullmatch(carried.name)
    if match is None:
        raise BadFolder(f"{carried.name}.age is not named like an exported narrative")
    if len(carried.narrative) != narrative.SIZE:
        raise BadFolder(f"{carried.name}.age is not {narrative.SIZE:,} bytes long, as each narrative is")
    try:
        age.recipients(carried.narrative)
    except AgeError as error:
        raise BadFolder(f"{carried.name}.age: {error}") from None
    return Sealed(bytes.fromhex(match[2]), match[1], carried.narrative)


def _write(path: Path, data: bytes) -> None:
    """Write a file for its owner only, whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
