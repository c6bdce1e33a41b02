"""
The directory: public keys and policy, one signed entry a week, each naming the hash of the one before.

A document is two lines: the entry as JSON, and the proof as JSON. The proof's signature is over the exact
bytes of the first line; the online key that made it is certified by the offline root, which members pin when
they join. Everybody gets the same bytes, so a server that hands out other keys is caught by comparison.
"""

import hashlib
import re

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keys.age import Recipient
from keys.envelope import key_id
from keys.errors import (
    BadFingerprint,
    BadPublicKey,
    BadRecipient,
    BadTokenKey,
    BrokenChain,
    KeyUsedTwice,
    MalformedDirectory,
    SecondKeysForWeek,
    UncertifiedDirectory,
    UnknownRoot,
)
from keys.hybrid import read_public
from keys.narrative import MAX_RECIPIENTS
from keys.tokens import IssuerKey, VerifyKey
from warp import taxonomy
from warp.policies import Policy
from warp.weeks import Week

FURTHER_TOKENS = 24
"""Tokens a member gets each week beside its first ones, good for any class."""
BUNDLE = len(taxonomy.CLASSES) + FURTHER_TOKENS
"""Tokens in a bundle: one for each class in RSIT's order, then the further ones."""


class ListHeads(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a week's public lists ended: SHA-256 of the items of each, hex; see `keys.lists`."""

    accepted: str
    replies: str


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One week's public keys, and the policy as it stood when the entry was made."""

    number: int
    """0 for the first entry, one more for each."""
    previous: str
    """SHA-256 of the whole previous document, hex; empty for the first."""
    issuer: str
    """The server's host (and port, if not the usual one): the token issuer's name."""
    week: str
    """ISO week that the keys are for."""
    report_key: bytes
    """ML-KEM-768 + X25519 public key, 1,216 bytes."""
    first_keys: dict[str, bytes]
    """Class to the SubjectPublicKeyInfo of its first tokens' key."""
    further_key: bytes
    further_tokens: int = FURTHER_TOKENS
    recipients: tuple[str, ...]
    """The coordinators' age recipients, one to four."""
    policy: Policy
    release_at_least: int
    """The pool is released at midnight UTC when so many envelopes wait …"""
    release_after_midnights: int
    """… or when something has waited through so many midnights."""
    members: dict[str, int]
    """Place to the band that its number of members falls into: 1, 5, 10, 20, 50 or more."""
    holders: int
    """Band of the members with tokens of the week in which the entry appears; 0 = none, or not known yet."""
    lists: dict[str, ListHeads]
    """The latest closed weeks to how their public lists ended."""

    @property
    def token_keys(self) -> tuple[bytes, ...]:
        """The keys of a bundle's 35 tokens, in their order."""
        firsts = tuple(self.first_keys[of_class] for of_class in taxonomy.CLASSES)
        return firsts + (self.further_key,) * self.further_tokens


class Certificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The root's word that an online key may sign the entries of some weeks."""

    root: bytes
    """Ed25519, 32 bytes."""
    key: bytes
    """Ed25519, 32 bytes: the online key."""
    first_week: str
    last_week: str
    signature: bytes
    """By the root over `statement`."""

    @staticmethod
    def statement(key: bytes, first_week: str, last_week: str) -> bytes:
        """Give what the root signs."""
        return b"WARP online key v1\n" + key + f"\n{first_week}\n{last_week}".encode()

    def covers(self, online: Ed25519PrivateKey, week: Week) -> bool:
        """Say whether it lets a key sign for a week; what else the key signs, members refuse."""
        own = online.public_key().public_bytes_raw() == self.key
        return own and Week.parse(self.first_week) <= week <= Week.parse(self.last_week)


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The second line of a document."""

    certificate: Certificate
    signature: bytes
    """By the online key over a label and the exact bytes of the first line."""


_LABEL = b"WARP directory v1\n"
_BANDS = (50, 20, 10, 5, 1)


def band(members: int) -> int:
    """Give the start of the band that a number of members (at least 1) falls into."""
    return next(start for start in _BANDS if members >= start)


def certify(root: Ed25519PrivateKey, key: Ed25519PublicKey, first: Week, last: Week) -> Certificate:
    """Certify an online key for the entries of the weeks from first to last."""
    raw = key.public_bytes_raw()
    signature = root.sign(Certificate.statement(raw, str(first), str(last)))
    return Certificate(root.public_key().public_bytes_raw(), raw, str(first), str(last), signature)


def fingerprint(root: bytes) -> bytes:
    """Give the 16 bytes of a root public key that an invitation carries and a member pins."""
    return hashlib.sha256(b"WARP root key v1" + root).digest()[:16]


def read_fingerprint(text: str) -> bytes:
    """
    Read a root key's fingerprint as `warp init` prints it.

    Raises:
        BadFingerprint: it is none.
    """
    if re.fullmatch("[0-9a-f]{32}", text.strip().lower()) is None:
        raise BadFingerprint
    return bytes.fromhex(text)


def digest(document: bytes) -> str:
    """Give the hash by which the next entry names a document."""
    return hashlib.sha256(document).hexdigest()


def prove(label: bytes, line: bytes, online: Ed25519PrivateKey, certificate: Certificate) -> bytes:
    """Give the second line of a document whose first line is `line`, without its line feed."""
    return msgspec.json.encode(Proof(certificate, online.sign(label + line)))


def sign(entry: Entry, online: Ed25519PrivateKey, certificate: Certificate) -> bytes:
    """Give the document as it is served."""
    line = msgspec.json.encode(entry)
    return line + b"\n" + prove(_LABEL, line, online, certificate) + b"\n"


class Verified(msgspec.Struct, frozen=True):
    """An entry whose signatures have been checked."""

    entry: Entry
    root: bytes
    """Ed25519 root public key, 32 bytes; its fingerprint is the pinned one."""


def check_proof(label: bytes, line: bytes, proof: bytes, pinned: bytes, week: Week) -> bytes:
    """
    Check the second line of a document; gives the root key.

    Args:
        label: Of this kind of document.
        line: Its first line.
        proof: Its second line.
        pinned: Fingerprint of the root key.
        week: That the document is for.

    Raises:
        MalformedDirectory: not a proof.
        UnknownRoot: certified by another root.
        UncertifiedDirectory: a signature is wrong, or the certificate is for other weeks.
    """
    try:
        proven = msgspec.json.decode(proof, type=Proof)
        certificate = proven.certificate
        first, last = Week.parse(certificate.first_week), Week.parse(certificate.last_week)
    except (msgspec.DecodeError, ValueError):
        raise MalformedDirectory from None
    if fingerprint(certificate.root) != pinned:
        raise UnknownRoot
    statement = Certificate.statement(certificate.key, certificate.first_week, certificate.last_week)
    _check_signature(certificate.root, certificate.signature, statement)
    _check_signature(certificate.key, proven.signature, label + line)
    if not first <= week <= last:
        raise UncertifiedDirectory
    return certificate.root


def verify(document: bytes, pinned: bytes) -> Verified:
    """
    Check a document by itself.

    Args:
        document: As served.
        pinned: Fingerprint of the root key.

    Raises:
        MalformedDirectory: not two lines of the right form, or keys that are none.
        UnknownRoot: certified by another root.
        UncertifiedDirectory: a signature is wrong, or the certificate is for other weeks.
        KeyUsedTwice: one key serves for two kinds of token.
    """
    lines = document.split(b"\n")
    if len(lines) != 3 or lines[2]:
        raise MalformedDirectory
    try:
        entry = msgspec.json.decode(lines[0], type=Entry)
        week = Week.parse(entry.week)
    except (msgspec.DecodeError, ValueError):
        raise MalformedDirectory from None
    root = check_proof(_LABEL, lines[0], lines[1], pinned, week)
    _check_keys(entry)
    return Verified(entry, root)


def _check_keys(entry: Entry) -> None:
    """Check that what an entry calls keys are some, as many as there must be, each for one use."""
    if set(entry.first_keys) != set(taxonomy.CLASSES) or entry.further_tokens != FURTHER_TOKENS:
        raise MalformedDirectory
    if not 1 <= len(entry.recipients) <= MAX_RECIPIENTS:
        raise MalformedDirectory
    try:
        read_public(entry.report_key)
        kinds = {key.key_id for key in public_keys(entry)}
        for recipient in entry.recipients:
            Recipient.from_string(recipient)
    except (BadPublicKey, BadRecipient, BadTokenKey):
        raise MalformedDirectory from None
    if len(kinds) != len(taxonomy.CLASSES) + 1:
        raise KeyUsedTwice


class Chain:
    """Consecutive documents, oldest first, checked as they are added."""

    def __init__(self, pinned: bytes) -> None:
        """Begin with none; `pinned` is the fingerprint of the root key."""
        self._pinned = pinned
        self._last: bytes | None = None
        self._newest: Entry | None = None
        self._used: set[bytes] = set()

    def add(self, document: bytes) -> Verified:
        """
        Check a document by itself and after those that were added before.

        Raises:
            BrokenChain: the number or the hash of the one before is not as it must be.
            SecondKeysForWeek: it is for the same week as the one before, or for an earlier one.
            KeyUsedTwice: one of its keys was in an entry before.
            Whatever `verify` raises.
        """
        verified = verify(document, self._pinned)
        entry = verified.entry
        if self._last is not None and self._newest is not None:
            if entry.number != self._newest.number + 1 or entry.previous != digest(self._last):
                raise BrokenChain
            if Week.parse(entry.week) <= Week.parse(self._newest.week):
                raise SecondKeysForWeek
        keys = {key_id(entry.report_key), *entry.first_keys.values(), entry.further_key}
        if keys & self._used:
            raise KeyUsedTwice
        self._last, self._newest = document, entry
        self._used |= keys
        return verified


def check_chain(documents: list[bytes], pinned: bytes) -> list[Verified]:
    """
    Check consecutive documents, oldest first.

    Raises:
        Whatever `Chain.add` raises.
    """
    chain = Chain(pinned)
    return [chain.add(document) for document in documents]


def public_keys(entry: Entry) -> list[VerifyKey]:
    """Give the twelve token keys of an entry, first ones in class order, then further."""
    return [VerifyKey.from_spki(key) for key in entry.token_keys[: len(taxonomy.CLASSES) + 1]]


def issuer_publics(issuers: tuple[IssuerKey, ...]) -> tuple[dict[str, bytes], bytes]:
    """Give a week's issuer keys as an entry states them: first keys by class, and the further key."""
    firsts = {c: key.public for c, key in zip(taxonomy.CLASSES, issuers[:-1], strict=True)}
    return firsts, issuers[-1].public


def _check_signature(key: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise UncertifiedDirectory from None
