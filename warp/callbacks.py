"""
Which addresses strangers may have this server ask: the decision alone.

Under `warp.calling`, which makes the requests. Whoever subscribes names an address that the server will open
connections to, so a name must lead to the open network and nowhere behind the server's own firewall
(server-side request forgery).
"""

import re
from collections.abc import Callable, Container
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

_URL = re.compile(r"[!-~]+")
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""The last label begins with a letter: 127.1, 0x7f.1 and 2130706433 are addresses in disguise."""
_PORTS = {"http": 80, "https": 443}

_UNICAST = IPv6Network("2000::/3")
_EMBEDDING = tuple(map(IPv6Network, ("2001::/32", "2002::/16")))
"""Teredo and 6to4: their addresses lead to an IPv4 address that stands in them."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""What a resolver makes of an IPv4 address, its last 32 bits, for a machine without IPv4 (RFC 6052)."""
_RELAYS = ip_network("192.88.99.0/24")
"""Of 6to4."""


class BadCallback(ValueError):
    """Nothing is sent to such an address."""


class Reach(NamedTuple):
    """Where requests may go."""

    allows: Callable[[Address], bool]
    ports: Container[int] = frozenset(_PORTS.values())
    """None but those of web servers: what listens elsewhere may take HTTP for something else."""
    schemes: frozenset[str] = frozenset({"https"})


def check(url: str, reach: Reach) -> None:
    """
    Refuse an address that may not be asked, as far as it says so itself: a name can lead anywhere.

    Raises:
        BadCallback: it is no address of a web server, or of none that may be asked.
    """
    if not _URL.fullmatch(url) or "#" in url or "\\" in url:
        raise BadCallback
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadCallback from None
    if parts.scheme not in reach.schemes or "@" in parts.netloc or parts.netloc.endswith(":"):
        raise BadCallback
    if (_PORTS[parts.scheme] if port is None else port) not in reach.ports:
        raise BadCallback
    literal = _literal(host, is_bracketed="[" in parts.netloc)
    if literal is None and (len(host) > 253 or not _NAME.fullmatch(host)):
        raise BadCallback
    if literal is not None and not reach.allows(literal):
        raise BadCallback


def _literal(host: str, *, is_bracketed: bool) -> Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        if is_bracketed:
            raise BadCallback from None
        return None
    if is_bracketed != (address.version == 6):
        raise BadCallback
    return address


def host_of(url: str) -> str:
    """Give the host of a callback that was taken."""
    return urlsplit(url).hostname or ""


def is_public(address: Address) -> bool:
    """Say whether an address is one host's on the open network, also after all translation."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _RELAYS
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    embeds = any(address in network for network in _EMBEDDING)
    return address in _UNICAST and address.is_global and not embeds
