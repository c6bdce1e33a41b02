"""
The configuration of a site: `warp.toml` in its data folder, read by the composition root and command line.

Every setting has its meaning beside it here and in `docs/operating.md`; a test holds the two together.
"""

import base64
import binascii
import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from warp.counting import Threshold
from warp.detection import FALSE_ALARMS_A_WEEK
from warp.notify import Notify
from warp.policies import Policy
from warp.taxonomy import LANGUAGES

FILE = "warp.toml"
DRILL_URL = "http://drill.invalid"
"""The address of every drill's own site, and of no other: it is one that nobody can reach (RFC 6761)."""

_ADDRESS = re.compile(r"https?://([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:[0-9]+)?")
_OWN_HUB = "own"
_HUB = re.compile(r"https://[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")


class ConfigError(Exception):
    """The configuration cannot be used; says which setting and why."""


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the server listens."""

    host: str = "127.0.0.1"
    """Address; a reverse proxy or an onion service in front is expected to be on the same machine."""
    port: int = 8080
    """TCP port."""

    def __post_init__(self) -> None:
        if not self.host or not self.host.isprintable():
            raise ValueError("host: must be an address or a host name")
        if not 0 <= self.port <= 65535:
            raise ValueError("port: must be from 0 to 65535")


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
    green_is_public: bool = False
    """Whether TLP:GREEN may stand in the public feeds; FIRST's rules keep it out of public channels."""
    listen: Listen = Listen()
    policy: Policy = Policy()
    notify: Notify = Notify()
    hub: str = ""
    """WebSub: empty for none, own for a hub in this server, or the address of another one."""
    false_alarms_a_week: float = FALSE_ALARMS_A_WEEK
    """How many signals that are nothing coordinators are ready to look at, on average."""
    thresholds: tuple[Threshold, ...] = ()
    """Coordinators' rules: so many reports in a week are a signal, whatever the history says."""

    def __post_init__(self) -> None:
        if not _is_address(self.url):
            raise ValueError("url: must be like https://warp.example: scheme, lower-case host, port if any")
        if not _is_key(self.root):
            raise ValueError("root: must be 32 bytes in base64")
        if not 0.01 <= self.false_alarms_a_week <= 20:
            raise ValueError("false_alarms_a_week: must be from 0.01 to 20")
        known = set(self.languages) & set(LANGUAGES)
        if not self.languages or len(known) != len(self.languages):
            raise ValueError(f"languages: choose from {', '.join(LANGUAGES)}, each once")
        if not self.name.strip() or not self.name.isprintable():
            raise ValueError("name: must be one line of text")
        if self.hub not in ("", _OWN_HUB) and not _HUB.fullmatch(self.hub):
            raise ValueError('hub: must be "own", an address like https://hub.example/, or empty')
        if self.hub and (urlsplit(self.url).hostname or "").endswith(".onion"):
            raise ValueError("hub: leave it empty; an onion service that opens connections tells where it is")

    @property
    def has_own_hub(self) -> bool:
        """Whether the server itself sends feeds to those who subscribe."""
        return self.hub == _OWN_HUB

    @property
    def hub_address(self) -> str:
        """Where readers ask to be told of news; empty if there is no hub."""
        return f"{self.url}/hub" if self.has_own_hub else self.hub

    @property
    def issuer(self) -> str:
        """The token issuer's name: host, and port if the address has one."""
        return urlsplit(self.url).netloc

    @property
    def of_drill(self) -> bool:
        """Whether it is the site of a drill: nothing in it has happened."""
        return self.url == DRILL_URL

    @property
    def root_key(self) -> bytes:
        """The root public key, 32 bytes."""
        return base64.b64decode(self.root)


def read(data: Path, *, of_drill: bool = False) -> Config:
    """
    Read the configuration of a data folder.

    Args:
        data: The folder.
        of_drill: Whether only the site of a drill will do, since test reports are going to be counted.

    Raises:
        ConfigError: there is none, a setting is wrong, or it is no drill's.
    """
    path = data / FILE
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=Config)
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(
            f"{data} is not a WARP data folder; make one with: warp init --data {data}"
        ) from None
    except (msgspec.DecodeError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from None
    if of_drill and not settings.of_drill:
        raise ConfigError(f"{data}: test reports count on the site of a drill, and on no other")
    return settings


def write(data: Path, config: Config) -> None:
    """Write the settings of a new site."""
    lines = [
        f"name = {_quoted(config.name)}",
        f"url = {_quoted(config.url)}",
        f"created = {config.created.isoformat()}",
        f"root = {_quoted(config.root)}",
        f"languages = [{', '.join(map(_quoted, config.languages))}]",
        f"four_eyes = {'true' if config.four_eyes else 'false'}",
        f"green_is_public = {'true' if config.green_is_public else 'false'}",
        f"hub = {_quoted(config.hub)}",
        f"false_alarms_a_week = {config.false_alarms_a_week}",
        "",
        "[listen]",
        f"host = {_quoted(config.listen.host)}",
        f"port = {config.listen.port}",
        "",
        *_policy_lines(config.policy),
        *_notify_lines(config.notify),
        *(line for rule in config.thresholds for line in _threshold_lines(rule)),
    ]
    (data / FILE).write_text("\n".join(lines), encoding="utf-8")


def _policy_lines(policy: Policy) -> list[str]:
    """The rules of publication; none while they are the defaults, so that better defaults reach a site."""
    if policy == Policy():
        return []
    settings = {**msgspec.structs.asdict(policy), "preset": _quoted(policy.preset)}
    return ["[policy]", *(f"{name} = {value}" for name, value in settings.items()), ""]


def _notify_lines(notify: Notify) -> list[str]:
    """How coordinators are told; none while they are not."""
    if notify == Notify():
        return []
    return [
        "[notify]",
        f"when = {_quoted(notify.when)}",
        f"urgent = {'true' if notify.urgent else 'false'}",
        f"command = [{', '.join(map(_quoted, notify.command))}]",
        f"mail_to = [{', '.join(map(_quoted, notify.mail_to))}]",
        f"mail_from = {_quoted(notify.mail_from)}",
        f"smtp = {_quoted(notify.smtp)}",
        "",
    ]


def _threshold_lines(rule: Threshold) -> list[str]:
    return [
        "[[thresholds]]",
        f"type = {_quoted(rule.type)}",
        f"place = {_quoted(rule.place)}",
        f"reports = {rule.reports}",
        "",
    ]


def _is_address(url: str) -> bool:
    """Say whether it is scheme, host and port in the one spelling that tokens and feed ids take over."""
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    return port != 0 and _ADDRESS.fullmatch(url) is not None


def _is_key(root: str) -> bool:
    try:
        return len(base64.b64decode(root, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _quoted(text: str) -> str:
    """A TOML basic string; a printable line needs only these two escapes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
