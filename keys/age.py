"""
age v1 files with hybrid post-quantum recipients, the form in which a narrative is sealed to coordinators.

`keys.narrative` writes them at one fixed size, and a coordinator opens them here or with the stock `age`
tool. Of the recipient types only `mlkem768x25519` is known; stanzas of other types are passed over. There
is no passphrase, no plugin, no ASCII armour, and no streaming: a file is held in memory whole.

Source: C2SP age specification, c2sp.org/age.
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys import bech32
from keys.errors import (
    BadIdentity,
    BadPublicKey,
    BadRecipient,
    BadSeed,
    BadSpelling,
    DamagedPayload,
    MalformedHeader,
    NoMatchingIdentity,
    NotAnAgeFile,
    TruncatedPayload,
    WrongMac,
)
from keys.hybrid import ENC_SIZE, HybridKey, RandBytes, read_public

STANZA_SIZE: Final = 1557
"""Bytes that each recipient adds to a file."""
FIXED_SIZE: Final = 102
"""Bytes that a file of one chunk has beside its stanzas and its plaintext."""

_VERSION = b"age-encryption.org/v1\n"
_TYPE = b"mlkem768x25519"
_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_HPKE_INFO = b"age-encryption.org/mlkem768x25519"
_COLUMNS = 64
_CHUNK_SIZE = 65_536
_TAG_SIZE = 16
_NONCE_SIZE = 16
_FILE_KEY_SIZE = 16
_BODY_SIZE = _FILE_KEY_SIZE + _TAG_SIZE
_MAC_LINE = re.compile(rb"--- ([A-Za-z0-9+/]{43})")
_ARGUMENTS = re.compile(rb"->(?: [\x21-\x7e]+)+")


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key to seal to."""

    public: bytes
    """1,216 bytes."""

    @classmethod
    def from_string(cls, text: str) -> "Recipient":
        """
        Read a recipient as age writes it, age1pq1….

        Raises:
            BadRecipient: misspelt, of another type, or no such key.
        """
        try:
            public = bech32.decode("age1pq", text)
            read_public(public)
        except (BadSpelling, BadPublicKey):
            raise BadRecipient from None
        return cls(public)

    def to_string(self) -> str:
        """Give it as age writes it."""
        return bech32.encode("age1pq", self.public)


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key to open with. Its `repr` shows nothing of it."""

    key: HybridKey = field(repr=False)

    @classmethod
    def generate(cls, randbytes: RandBytes) -> "Identity":
        """Make a new one."""
        return cls(HybridKey.generate(randbytes))

    @classmethod
    def from_string(cls, text: str) -> "Identity":
        """
        Read an identity as age writes it, AGE-SECRET-KEY-PQ-1….

        Raises:
            BadIdentity: misspelt, in lower case, or of another type.
        """
        if text != text.upper():
            raise BadIdentity
        try:
            return cls(HybridKey.from_seed(bech32.decode("age-secret-key-pq-", text.lower())))
        except (BadSpelling, BadSeed):
            raise BadIdentity from None

    def to_string(self) -> str:
        """Give it as age writes it: a secret."""
        return bech32.encode("age-secret-key-pq-", self.key.seed).upper()

    @property
    def recipient(self) -> Recipient:
        """The public side."""
        return Recipient(self.key.public)


def encrypt(plaintext: bytes, recipients: Sequence[Recipient], randbytes: RandBytes) -> bytes:
    """
    Give an age file that any one of the recipients (at least one) can open.

    Raises:
        BadRecipient: no recipient, or one that holds no such key.
    """
    if not recipients:
        raise BadRecipient
    file_key, nonce = randbytes(_FILE_KEY_SIZE), randbytes(_NONCE_SIZE)
    header = _VERSION + b"".join(_wrap(file_key, recipient) for recipient in recipients) + b"---"
    mac = _base64(_mac(file_key, header))
    return b"".join((header, b" ", mac, b"\n", nonce, *_seal_chunks(plaintext, file_key, nonce)))


def decrypt(data: bytes, identities: Sequence[Identity]) -> bytes:
    """
    Give the plaintext of an age file.

    Raises:
        NotAnAgeFile: begins otherwise.
        MalformedHeader: breaks the format of the header.
        NoMatchingIdentity: sealed to none of the identities.
        WrongMac: the header was changed.
        TruncatedPayload: ends before the final chunk does, at a chunk's border.
        DamagedPayload: changed, cut within a chunk, or followed by other bytes.
    """
    header = _read_header(data)
    file_key = _unwrap(header.stanzas, identities)
    if not hmac.compare_digest(_mac(file_key, data[: header.mac_covers]), header.mac):
        raise WrongMac
    return b"".join(_open_chunks(data[header.size :], file_key))


def recipients(data: bytes) -> int:
    """
    Give how many recipients of the known type a file is sealed to; whose they are, nobody can tell from it.

    Raises:
        NotAnAgeFile: begins otherwise.
        MalformedHeader: breaks the format of the header.
    """
    return sum(stanza.arguments[0] == _TYPE for stanza in _read_header(data).stanzas)


@dataclass(frozen=True, slots=True)
class _Stanza:
    arguments: tuple[bytes, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Header:
    stanzas: tuple[_Stanza, ...]
    mac: bytes
    mac_covers: int
    size: int


def _wrap(file_key: bytes, recipient: Recipient) -> bytes:
    try:
        sealed = _HPKE.encrypt(file_key, read_public(recipient.public), info=_HPKE_INFO)
    except BadPublicKey:
        raise BadRecipient from None
    enc, body = _base64(sealed[:ENC_SIZE]), _base64(sealed[ENC_SIZE:])
    return b"-> " + _TYPE + b" " + enc + b"\n" + body + b"\n"


def _unwrap(stanzas: Sequence[_Stanza], identities: Sequence[Identity]) -> bytes:
    sealed_keys = [_read_stanza(stanza) for stanza in stanzas if stanza.arguments[0] == _TYPE]
    for identity in identities:
        for sealed in sealed_keys:
            try:
                return _HPKE.decrypt(sealed, identity.key.private, info=_HPKE_INFO)
            except InvalidTag:
                continue
    raise NoMatchingIdentity


def _read_stanza(stanza: _Stanza) -> bytes:
    if len(stanza.arguments) != 2:
        raise MalformedHeader
    enc = _unbase64(stanza.arguments[1])
    # A body of any other length would let one file open with several keys.
    if len(enc) != ENC_SIZE or len(stanza.body) != _BODY_SIZE:
        raise MalformedHeader
    return enc + stanza.body


def _read_header(data: bytes) -> _Header:
    if not data.startswith(_VERSION):
        raise NotAnAgeFile
    position, stanzas = len(_VERSION), []
    while data.startswith(b"->", position):
        stanza, position = _next_stanza(data, position)
        stanzas.append(stanza)
    line, end = _next_line(data, position)
    match = _MAC_LINE.fullmatch(line)
    if match is None or not stanzas:
        raise MalformedHeader
    return _Header(tuple(stanzas), _unbase64(match[1]), position + len(b"---"), end)


def _next_stanza(data: bytes, position: int) -> tuple[_Stanza, int]:
    line, position = _next_line(data, position)
    if _ARGUMENTS.fullmatch(line) is None:
        raise MalformedHeader
    arguments, body = tuple(line.split(b" ")[1:]), b""
    while True:
        line, position = _next_line(data, position)
        body += line
        if len(line) > _COLUMNS:
            raise MalformedHeader
        if len(line) < _COLUMNS:
            return _Stanza(arguments, _unbase64(body)), position


def _next_line(data: bytes, position: int) -> tuple[bytes, int]:
    end = data.find(b"\n", position)
    if end < 0:
        raise MalformedHeader
    return data[position:end], end + 1


def _seal_chunks(plaintext: bytes, file_key: bytes, nonce: bytes) -> Iterator[bytes]:
    cipher = _payload_cipher(file_key, nonce)
    count = max(1, -(-len(plaintext) // _CHUNK_SIZE))
    for i in range(count):
        chunk = plaintext[i * _CHUNK_SIZE : (i + 1) * _CHUNK_SIZE]
        yield cipher.encrypt(_chunk_nonce(i, last=i == count - 1), chunk, None)


def _open_chunks(payload: bytes, file_key: bytes) -> Iterator[bytes]:
    nonce, sealed = payload[:_NONCE_SIZE], payload[_NONCE_SIZE:]
    if len(sealed) < _TAG_SIZE:
        raise TruncatedPayload
    cipher = _payload_cipher(file_key, nonce)
    step = _CHUNK_SIZE + _TAG_SIZE
    count = -(-len(sealed) // step)
    for i in range(count):
        chunk = _open_chunk(cipher, i, sealed[i * step : (i + 1) * step], last=i == count - 1)
        if not chunk and i:
            raise DamagedPayload
        yield chunk


def _open_chunk(cipher: ChaCha20Poly1305, i: int, sealed: bytes, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_chunk_nonce(i, last=last), sealed, None)
    except InvalidTag:
        if last and _is_inner_chunk(cipher, i, sealed):
            raise TruncatedPayload from None
        raise DamagedPayload from None


def _is_inner_chunk(cipher: ChaCha20Poly1305, i: int, sealed: bytes) -> bool:
    try:
        cipher.decrypt(_chunk_nonce(i, last=False), sealed, None)
    except InvalidTag:
        return False
    return True


def _chunk_nonce(i: int, *, last: bool) -> bytes:
    return i.to_bytes(11, "big") + bytes((last,))


def _payload_cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", b"header"), header, hashlib.sha256)


def _derive(file_key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(file_key)


def _base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _unbase64(text: bytes) -> bytes:
    try:
        data = b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        raise MalformedHeader from None
    # One value has one spelling, so that a file cannot be changed without notice.
    if _base64(data) != text:
        raise MalformedHeader
    return data
