"""
What carries a member's requests: the network as it is, a SOCKS proxy such as Tor, a relay for envelopes.

Under the exchange, which makes the requests. A proxy is never gone round: what it does not carry stays here.
It resolves the names of hosts, too, so no name is asked for on this machine's network.
"""

import secrets
from urllib.parse import SplitResult, urlsplit

import msgspec
from aiohttp import BaseConnector
from aiohttp_socks import ProxyConnector

_PROXY_FORM = "a proxy is written socks5h://HOST:PORT, such as socks5h://127.0.0.1:9050"
_ADDRESS_FORM = "an address begins with https:// (or http://) and holds a host, nothing after a ? or #"


class Proxy(msgspec.Struct, frozen=True):
    """A SOCKS5 proxy that resolves the names of hosts."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Proxy":
        """
        Give the proxy written socks5h://HOST:PORT.

        Raises:
            ValueError: anything else, socks5:// included, which would resolve names on this machine.
        """
        parts = _split(text, _PROXY_FORM)
        if parts.scheme == "socks5":
            raise ValueError("socks5:// resolves names on this machine's network; write socks5h://")
        bare = parts.path in ("", "/") and "@" not in parts.netloc and not parts.query and not parts.fragment
        if parts.scheme != "socks5h" or not parts.hostname or not parts.port or not bare:
            raise ValueError(_PROXY_FORM)
        return cls(parts.hostname, parts.port)

    def connector(self) -> BaseConnector:
        """
        Give a way through the proxy with a user name and password of its own.

        Tor keeps connections with different ones on different circuits (IsolateSOCKSAuth, on by default);
        whoever has no use for them is offered none, too.
        """
        name, password = secrets.token_hex(16), secrets.token_hex(16)
        return ProxyConnector(self.host, self.port, username=name, password=password, rdns=True)


class Carrier(msgspec.Struct, frozen=True):
    """How requests leave this machine."""

    proxy: Proxy | None = None
    relay: str = ""
    """Address that envelopes go to instead of the server; empty for none."""


DIRECT = Carrier()
"""Straight to the server."""


def address(text: str) -> str:
    """
    Give the address of a server or relay, without a slash at its end.

    Raises:
        ValueError: not http:// or https:// with a host.
    """
    parts = _split(text, _ADDRESS_FORM)
    if parts.scheme not in ("http", "https") or not parts.hostname or "?" in text or "#" in text:
        raise ValueError(_ADDRESS_FORM)
    return text.rstrip("/")


def is_onion(url: str) -> bool:
    """Say whether only Tor can reach an address; asking a resolver for it would tell others (RFC 7686)."""
    return (urlsplit(url).hostname or "").rstrip(".").endswith(".onion")


def _split(text: str, form: str) -> SplitResult:
    """Take an address apart, up to what may not be in one: a port that is none, a name that is none."""
    try:
        parts = urlsplit(text)
        (parts.hostname or "").encode("idna")
        return parts if parts.port != 0 else parts._replace(netloc="")
    except ValueError:
        raise ValueError(form) from None
