"""
Opens an envelope: the one place where a report is readable, in memory, for a moment.

Intake opens to check and forgets; the release opens to count. An `Opened` is made here only, so whoever holds
one knows that its token, its week and its facts have been checked. Whether the token was spent before is
intake's question, not this module's.
"""

from datetime import datetime
from typing import NamedTuple

from keys import envelope, tokens
from keys.errors import EnvelopeError
from keys.keyring import Keyring, WeekKeys
from warp.report import Report, decode_lookup, parse
from warp.taxonomy import class_of
from warp.weeks import Week


class UnknownReportKey(EnvelopeError):
    """This envelope is sealed to a key that this server does not have, or has destroyed."""


class NotYetOpen(EnvelopeError):
    """This envelope is sealed to the key of a week that has not begun."""


class Expired(EnvelopeError):
    """This envelope's week ended more than 14 days ago."""


class WrongClassToken(EnvelopeError):
    """A first token serves for its own class only, and for the week of its envelope."""


class Opened(NamedTuple):
    """A checked report. Never stored, logged or passed to a page."""

    report: Report
    week: Week
    """Of key and token."""
    first: bool
    """Whether the token was its member's first one of the class."""
    token: bytes
    lookup: bytes
    narrative: bytes


class Opener:
    """Opens envelopes with a keyring."""

    def __init__(self, keyring: Keyring, root: bytes, issuer: str) -> None:
        """
        Hold what opening needs.

        Args:
            keyring: Private keys by week.
            root: Ed25519 root public key, 32 bytes.
            issuer: The token issuer's name, the server's host.
        """
        self._keyring = keyring
        self._root = root
        self._challenge = tokens.challenge_digest(issuer)

    def open(self, sealed: bytes, now: datetime | None) -> Opened:
        """
        Give what an envelope holds.

        Args:
            sealed: The envelope.
            now: Refuse what is too early or too late at this time; none to open what was accepted earlier.

        Raises:
            EnvelopeError, TokenError, InvalidReport: by what is wrong with it.
        """
        keys = self._keys(envelope.read_header(sealed), now)
        content = envelope.unpack(envelope.open_sealed(sealed, keys.report, self._root))
        token = tokens.parse(content.token)
        kind = keys.token_kinds.get(token.key_id)
        if kind is None:
            raise WrongClassToken
        tokens.verify(content.token, kind.key, self._challenge)
        report = parse(content.facts)
        if kind.of_class not in (None, class_of(report.type)):
            raise WrongClassToken
        lookup = decode_lookup(report.lookup)
        return Opened(report, keys.week, kind.of_class is not None, content.token, lookup, content.narrative)

    def has_keys_of(self, week: str) -> bool:
        """Whether the keys of a week are still there."""
        return self._keyring.has(Week.parse(week))

    def _keys(self, header: envelope.Header, now: datetime | None) -> WeekKeys:
        keys = self._keyring.by_report_key(header.key_id)
        if keys is None:
            raise UnknownReportKey
        if now is not None and now < keys.week.start:
            raise NotYetOpen
        if now is not None and now >= keys.expires:
            raise Expired
        return keys
