"""
Detached signatures: a file beside an advisory's document that shows, for years, which site wrote it.

The online key signs which advisory, which version and which bytes it is; the root's certificate stands beside
it. So whoever pins the root checks a copy from anywhere, offline, and an earlier version's signature fits no
other version and no other advisory. What it does not say is that its version is the newest one.

A signature is two lines, the statement and the proof as JSON, as in `keys.directory`.
"""

import hashlib

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys import directory
from keys.directory import Certificate, Proof
from keys.errors import (
    DirectoryError,
    ForeignRoot,
    MalformedSignature,
    NotADocument,
    OtherDocument,
    UncertifiedSignature,
    UnknownRoot,
)
from warp.weeks import Week

_LABEL = b"WARP advisory v1\n"


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a signature is over."""

    id: str
    """The advisory's tag: URI."""
    version: int
    """1 at first publication, one more at each change."""
    sha256: str
    """Of the document's exact bytes, hex."""
    week: str
    """ISO week in which it was signed; there is no finer time."""


class _Document(msgspec.Struct, frozen=True):
    """What a document says of itself, whatever else it says."""

    id: str
    version: int


class _Signature(msgspec.Struct, frozen=True):
    statement: Statement
    proof: Proof
    line: bytes
    """The first line, as signed."""


def sign(document: bytes, online: Ed25519PrivateKey, certificate: Certificate, week: Week) -> bytes:
    """
    Give the signature of a document.

    Raises:
        NotADocument: it does not say which advisory and version it is.
    """
    line = msgspec.json.encode(_statement(document, week))
    return line + b"\n" + directory.prove(_LABEL, line, online, certificate) + b"\n"


def check(document: bytes, signature: bytes, pinned: bytes) -> Statement:
    """
    Check a document with its signature and nothing else.

    Args:
        document: As published, every byte.
        signature: As published.
        pinned: Fingerprint of the root key.

    Raises:
        MalformedSignature: it is none.
        ForeignRoot: certified by another root.
        UncertifiedSignature: a signature is wrong, or the certificate is for other weeks.
        NotADocument: the document does not say which advisory and version it is.
        OtherDocument: it is of another version or advisory, or of other bytes.
    """
    found = _read(signature)
    week = Week.parse(found.statement.week)
    try:
        directory.check_proof(_LABEL, found.line, msgspec.json.encode(found.proof), pinned, week)
    except UnknownRoot:
        raise ForeignRoot from None
    except DirectoryError:
        raise UncertifiedSignature from None
    if found.statement != _statement(document, week):
        raise OtherDocument
    return found.statement


def is_of(signature: bytes, document: bytes, certificate: Certificate) -> bool:
    """Say whether this site has made a signature for these bytes under its present root; checks no more."""
    try:
        found = _read(signature)
    except MalformedSignature:
        return False
    same = found.statement.sha256 == hashlib.sha256(document).hexdigest()
    return same and found.proof.certificate.root == certificate.root


def _statement(document: bytes, week: Week) -> Statement:
    try:
        said = msgspec.json.decode(document, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotADocument from None
    return Statement(said.id, said.version, hashlib.sha256(document).hexdigest(), str(week))


def _read(signature: bytes) -> _Signature:
    try:
        line, proof, rest = signature.split(b"\n")
        found = _Signature(
            msgspec.json.decode(line, type=Statement), msgspec.json.decode(proof, type=Proof), line
        )
        Week.parse(found.statement.week)
    except (msgspec.DecodeError, ValueError):
        raise MalformedSignature from None
    # One spelling only: base64 has bits that say nothing, and a changed file should show.
    if rest or msgspec.json.encode(found.proof) != proof:
        raise MalformedSignature
    return found
