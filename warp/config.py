"""
The configuration of a site: `warp.toml` in its data folder, read by the composition root and command line.

Every setting has its meaning beside it here and in `docs/operating.md`; a test holds the two together.
"""

import base64
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from warp.detection import Threshold
from warp.disclosure import Policy
from warp.taxonomy import LANGUAGES

FILE = "warp.toml"


class ConfigError(Exception):
    """The configuration cannot be used; says which setting and why."""


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the server listens."""

    host: str = "127.0.0.1"
    """Address; a reverse proxy or an onion service in front is expected to be on the same machine."""
    port: int = 8080
    """TCP port."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings of a site."""

    name: str
    """What the site calls itself in pages and feeds."""
    url: str
    """Public address without a trailing slash; its host is in every token and feed id, so it stays."""
    created: date
    """First day of the site; part of every feed id, so it stays."""
    root: str
    """Ed25519 root public key, 32 bytes in base64; members have pinned it, so it stays."""
    languages: tuple[str, ...] = ("en", "es")
    """Languages of pages and feeds; the first is the default."""
    four_eyes: bool = True
    """Whether an advisory needs an approver other than its author. A WARP of one person says false."""
    listen: Listen = Listen()
    policy: Policy = Policy()
    thresholds: tuple[Threshold, ...] = ()
    """Coordinators' rules: so many reports in a week are a signal, whatever the history says."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or self.url.endswith("/"):
            raise ValueError("url: must be like https://warp.example, without a trailing slash")
        if parts.path or parts.query or parts.fragment or parts.username:
            raise ValueError("url: must be scheme and host (and port) only")
        unknown = [code for code in self.languages if code not in LANGUAGES]
        if unknown or not self.languages:
            raise ValueError(f"languages: choose from {', '.join(LANGUAGES)}")
        if not self.name.strip() or not self.name.isprintable():
            raise ValueError("name: must be one line of text")

    @property
    def issuer(self) -> str:
        """The token issuer's name: host, and port if the address has one."""
        return urlsplit(self.url).netloc

    @property
    def root_key(self) -> bytes:
        """The root public key, 32 bytes."""
        return base64.b64decode(self.root)


def read(data: Path) -> Config:
    """
    Read the configuration of a data folder.

    Raises:
        ConfigError: there is none, or a setting is wrong.
    """
    path = data / FILE
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Config)
    except FileNotFoundError:
        raise ConfigError(
            f"{data} is not a WARP data folder; make one with: warp init --data {data}"
        ) from None
    except (msgspec.DecodeError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from None


def write(data: Path, config: Config) -> None:
    """Write the settings of a new site."""
    lines = [
        f"name = {_quoted(config.name)}",
        f"url = {_quoted(config.url)}",
        f"created = {config.created.isoformat()}",
        f"root = {_quoted(config.root)}",
        f"languages = [{', '.join(map(_quoted, config.languages))}]",
        f"four_eyes = {'true' if config.four_eyes else 'false'}",
        "",
        "[listen]",
        f"host = {_quoted(config.listen.host)}",
        f"port = {config.listen.port}",
        "",
    ]
    (data / FILE).write_text("\n".join(lines), encoding="utf-8")


def _quoted(text: str) -> str:
    """A TOML basic string; a printable line needs only these two escapes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
