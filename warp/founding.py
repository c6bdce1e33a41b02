"""
Founds a site: the data folder with its keys, databases, configuration and first public files.

Whole or not at all: everything is made in a folder beside the wanted one, which then takes its name. The root
key, and the first coordinator's identity if one had to be made, end in `take-offline/`: they do not belong on
the server, and `warp status` says so as long as they are there.
"""

import base64
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from keys import age, directory, files
from keys.directory import Certificate
from keys.keyring import Keyring, locked
from keys.narrative import MAX_RECIPIENTS as MOST_COORDINATORS
from storage import coordinators, pool
from storage.database import open_database
from warp import config
from warp.config import Config, Listen
from warp.weeks import Week

TAKE_OFFLINE = "take-offline"
ROOT_FILE = "root.pem"
CERTIFICATE = "certificate.json"
CERTIFIED_WEEKS = 104
"""How long the root certifies the online key at once; `warp certify` renews it."""


class AlreadyThere(Exception):
    """The data folder exists and is not empty."""


async def found(
    data: Path,
    name: str,
    url: str,
    today: date,
    recipients: Mapping[str, str] | None = None,
    last_week: Week | None = None,
    settings: Mapping[str, object] | None = None,
    secret: bytes | None = None,
) -> Config:
    """
    Make the data folder of a new site; gives its configuration.

    Args:
        data: Where; must not exist, or be empty.
        name: What the site calls itself.
        url: Its public address.
        today: Its first day.
        recipients: Coordinators' names and age recipients; without any, one is made for `coordinator`.
        last_week: Until when the root certifies the online key; two years ahead unless given.
        settings: Other settings of `Config`.
        secret: Seals the key files, from their first byte on.

    Raises:
        AlreadyThere: there is something.
        ValueError: a setting is wrong, or there are more than four coordinators.
        BadRecipient: a recipient is none.
    """
    if data.exists() and any(data.iterdir()):
        raise AlreadyThere(f"{data} exists and is not empty; choose another folder")
    if len(recipients or ()) > MOST_COORDINATORS:
        raise ValueError(f"a narrative has room for {MOST_COORDINATORS} coordinators")
    root = Ed25519PrivateKey.generate()
    public = base64.b64encode(root.public_key().public_bytes_raw()).decode()
    made = Config(name=name, url=url, created=today, root=public, **(settings or {}))  # type: ignore[arg-type]
    made = msgspec.structs.replace(made, listen=_listen(made))
    data.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{data.name}-", dir=data.parent))
    try:
        config.write(workshop, made)
        _write_secret(workshop / TAKE_OFFLINE / ROOT_FILE, _pem(root))
        keyring = Keyring(workshop / "keys")
        keyring.create(secret)
        last = last_week or Week.of(today).plus(CERTIFIED_WEEKS)
        _write_certificate(workshop, root, keyring, Week.of(today), last)
        await _fill(workshop, recipients or _first_coordinator(workshop), today)
        if data.exists():
            data.rmdir()
        workshop.rename(data)
    except BaseException:
        shutil.rmtree(workshop)
        raise
    return made


def _listen(made: Config) -> Listen:
    """Listen where a local address says; behind any other address stands a proxy, which is told the port."""
    parts = urlsplit(made.url)
    if parts.hostname in ("127.0.0.1", "localhost") and parts.port and made.listen == Listen():
        return Listen(port=parts.port)
    return made.listen


def certify(
    data: Path, root_file: Path, first: Week, last: Week, secret: Callable[[], bytes] = locked
) -> None:
    """
    Let the root, for a moment on this machine, certify the online key for more weeks.

    Args:
        data: The site.
        root_file: See `read_root`.
        first: First week whose entry the online key may sign.
        last: Last such week.
        secret: Gives the passphrase of the key files, if they are sealed.

    Raises:
        ConfigError: the root is not this site's.
        OSError, ValueError: the file cannot be read as a private key.
    """
    root = read_root(root_file)
    expected = config.read(data).root_key
    if root.public_key().public_bytes_raw() != expected:
        raise config.ConfigError("this root key is not the one that this site's members have pinned")
    _write_certificate(data, root, Keyring(data / "keys", secret), first, last)


def read_root(path: Path) -> Ed25519PrivateKey:
    """
    Read a root key file.

    Raises:
        OSError, ValueError: it cannot be read as one.
    """
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 private key")  # noqa: TRY004 - the file's content is wrong, not a type
    return key


def left_online(data: Path) -> Iterable[Path]:
    """Give the secret files that should have been taken off the server."""
    folder = data / TAKE_OFFLINE
    return sorted(folder.iterdir()) if folder.exists() else []


def _write_certificate(
    data: Path, root: Ed25519PrivateKey, keyring: Keyring, first: Week, last: Week
) -> None:
    certificate = directory.certify(root, keyring.online.public_key(), first, last)
    path = data / "keys" / CERTIFICATE
    partial = path.with_name(f".{CERTIFICATE}.partial")
    partial.write_bytes(msgspec.json.encode(certificate))
    files.make_durable(partial)
    partial.replace(path)
    files.make_durable(path.parent)


def read_certificate(data: Path) -> Certificate:
    """
    Read the online key's certificate.

    Raises:
        ConfigError: it is not there, or is damaged.
    """
    path = data / "keys" / CERTIFICATE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Certificate)
    except (FileNotFoundError, msgspec.DecodeError):
        raise config.ConfigError(f"{path} is damaged; make it anew, with the root: warp certify") from None


def _first_coordinator(workshop: Path) -> dict[str, str]:
    identity = age.Identity.generate(secrets.token_bytes)
    recipient = identity.recipient.to_string()
    text = f"# public key: {recipient}\n{identity.to_string()}\n"
    _write_secret(workshop / TAKE_OFFLINE / "coordinator.identity", text.encode())
    return {"coordinator": recipient}


async def _fill(workshop: Path, recipients: Mapping[str, str], today: date) -> None:
    for recipient in recipients.values():
        age.Recipient.from_string(recipient)
    identity = await open_database(workshop / "identity.db", "identity")
    async with identity.write() as connection:
        for name, recipient in recipients.items():
            await coordinators.add(connection, name, recipient)
    await identity.close()
    reports = await open_database(workshop / "reports.db", "reports")
    async with reports.write() as connection:
        await pool.begin(connection, today - timedelta(days=1))
    await reports.close()


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_secret(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(data)
