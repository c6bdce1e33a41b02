"""
What tests of the whole path share: a clock, a stock of issuer keys, served sites, envelopes of every kind.

Nothing here replaces a part of the server: sites are founded, opened and served by the code under test, on
real sockets and real files. Only time is handed in, and what is slow: making issuer keys, starting child
processes.
"""

import asyncio
import base64
import contextlib
import itertools
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import MetaData, select

from keys import envelope, tokens
from keys.directory import Entry
from keys.receipt import Receipt
from keys.tokens import EXPONENT, MODULUS_BITS, IssuerKey, VerifyKey
from storage import pool, schema
from storage.database import Database
from warp import config, epochs, founding, publication
from warp.app import serving
from warp.client import Draft, seal_with
from warp.events import Event, Log
from warp.pushing import Terms
from warp.report import encode
from warp.site import Site, open_site
from warp.taxonomy import class_of
from warp.weeks import Week
from warp.workers import here

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
"""A Wednesday."""
WEEK = Week(2026, 47)
PHISHING = Draft(type="fraud/phishing", place="UY", text="a text")
URL = "http://warp.example:8080"


class Clock:
    """Stands still until a test sets it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    @contextlib.contextmanager
    def at(self, now: datetime) -> Iterator[None]:
        before, self.now = self.now, now
        try:
            yield
        finally:
            self.now = before


class Stock:
    """Issuer keys without end, no two the same: any two primes make one, and only primes take time."""

    def __init__(self) -> None:
        self._primes: list[int] = []
        self._pairs = ((i, j) for j in itertools.count(1) for i in range(j))
        self._turn = threading.Lock()

    def __iter__(self) -> Iterator[IssuerKey]:
        return self

    def __next__(self) -> IssuerKey:
        with self._turn:
            i, j = next(self._pairs)
            while len(self._primes) <= j:
                found = rsa.generate_private_key(EXPONENT, MODULUS_BITS).private_numbers()
                self._primes += [found.p, found.q]
        return issuer_key(self._primes[i], self._primes[j])


def issuer_key(p: int, q: int) -> IssuerKey:
    """Make an issuer key of two primes."""
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q), public)
    key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    return IssuerKey.from_der(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


@dataclass
class Logged:
    """Takes the events of a site."""

    events: list[Event] = field(default_factory=list)
    forward: Log | None = None

    def __call__(self, event: Event, error: BaseException | None = None) -> None:
        self.events.append(event)
        if self.forward is not None:
            self.forward(event, error)


async def found(data: Path, stock: Stock, now: datetime = NOON) -> None:
    """Found a site with the keys of five weeks."""
    await founding.found(data, "Example WARP", URL, now.date())
    async with opened(data, Clock(now), Logged(), stock) as site:
        await site.announce(epochs.weeks_ahead(now))


@contextlib.asynccontextmanager
async def opened(
    data: Path, clock: Callable[[], datetime], logged: Logged, stock: Stock | None = None, **given: Any
) -> AsyncIterator[Site]:
    defaults: dict[str, Any] = {"workers": here(config.read(data))}
    if stock:
        defaults["new_issuer"] = iter(stock).__next__
    async with open_site(data, clock, logged, **(defaults | given)) as site:
        yield site


@dataclass
class Served:
    """A site on a socket."""

    site: Site
    port: int
    clock: Clock
    logged: Logged

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def post(self, sealed: bytes) -> "Answer":
        return await request(self.port, "POST", "/v1/reports", sealed, BINARY)


@contextlib.asynccontextmanager
async def served(
    data: Path,
    clock: Clock,
    stock: Stock | None = None,
    body_seconds: float = 30.0,
    logged: Logged | None = None,
    terms: Terms | None = None,
    **given: Any,
) -> AsyncIterator[Served]:
    logged = logged or Logged()
    async with (
        opened(data, clock, logged, stock, **given) as site,
        serving(site, "127.0.0.1", 0, body_seconds, terms) as port,
    ):
        yield Served(site, port, clock, logged)


BINARY = {"Content-Type": "application/octet-stream"}


class Answer(NamedTuple):
    """What a server sent back, to the byte."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    raw: bytes

    @property
    def problem(self) -> str:
        """The name of the problem, after all that every refusal must keep to."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.headers["cache-control"] == "no-store"
        assert self.headers.get("server", "") == ""
        document = msgspec.json.decode(self.body)
        assert set(document) == {"type", "title", "status", "detail"}
        assert document["status"] == self.status
        assert document["detail"].endswith((".", "?")) or len(document["detail"]) > 20
        return str(document["type"].removeprefix("urn:warp:problem:"))


async def request(
    port: int,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Make one request on a connection of its own; nothing is added, encoded or normalised on the way."""
    lines = [f"{method} {path} HTTP/1.1", "Host: warp.example", "Connection: close"]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return await exchange(port, "\r\n".join((*lines, "", "")).encode("latin-1") + (body or b""))


async def exchange(port: int, sent: bytes) -> Answer:
    """Send bytes and read one answer up to the end of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        async with asyncio.timeout(20):
            return await read_answer(reader)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in filter(None, lines):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = headers.get("content-length")
    body = b"" if length is None else await _body(reader, int(length))
    return Answer(int(status.split()[1]), headers, body, head + body)


async def _body(reader: asyncio.StreamReader, length: int) -> bytes:
    try:
        return await reader.readexactly(length)
    except asyncio.IncompleteReadError as early:
        return early.partial  # the answer to a HEAD states a length and has no body


def entry_of(site: Site, week: Week) -> Entry:
    """Give a week's directory entry."""
    for number in itertools.count():
        document = site.tree.read(f"v1/directory/{number}.json")
        assert document is not None, f"no entry of {week}"
        entry = publication.read_entry(document)
        if entry.week == str(week):
            return entry
    raise AssertionError


def issuer_of(site: Site, week: Week, of_class: str | None) -> IssuerKey:
    """Give the key that signs a class's first tokens, or further ones."""
    keys = site.hub.keyring.week(week)
    assert keys is not None
    return keys.further if of_class is None else keys.first[of_class]


def token_of(issuer: IssuerKey, name: str) -> bytes:
    """Make a token without a server: the same arithmetic as a bundle's."""
    key = VerifyKey.from_spki(issuer.public)
    pending = tokens.blind(key, tokens.challenge_digest(name), secrets.token_bytes)
    return tokens.finalize(pending, key, issuer.blind_sign(tokens.request(pending, key)))


def new_token(site: Site, week: Week = WEEK, of_class: str | None = None) -> bytes:
    """Make a good token: a further one, or the first one of a class."""
    return token_of(issuer_of(site, week, of_class), site.settings.issuer)


def sealed(
    site: Site, draft: Draft = PHISHING, token: bytes | None = None, week: Week = WEEK, *, first: bool = False
) -> bytes:
    """Seal a report."""
    made = token or new_token(site, week, class_of(draft.type) if first else None)
    receipt = Receipt.new(secrets.token_bytes)
    return seal_with(draft, made, entry_of(site, week), site.settings.root_key, receipt, secrets.token_bytes)


def sealed_facts(site: Site, facts: bytes, token: bytes, week: Week = WEEK) -> bytes:
    """Seal any facts at all."""
    content = envelope.Content(token, facts, bytes(envelope.NARRATIVE_SIZE))
    return sealed_plaintext(site, envelope.pack(content), week)


def sealed_plaintext(site: Site, plaintext: bytes, week: Week = WEEK) -> bytes:
    """Seal 15,232 bytes of anything."""
    return envelope.seal(plaintext, entry_of(site, week).report_key, site.settings.root_key)


def sealed_quickly(site: Site, number: int, week: Week = WEEK) -> list[bytes]:
    """Seal many reports of one kind, whose narratives are nothing: what the server sees is the same."""
    issuer, name = issuer_of(site, week, None), site.settings.issuer
    made = []
    for _ in range(number):
        facts = encode(PHISHING.facts(secrets.token_bytes(32)))
        made.append(sealed_facts(site, facts, token_of(issuer, name), week))
    return made


Rows = dict[str, list[tuple[Any, ...]]]


async def rows(database: Database, metadata: MetaData) -> Rows:
    """Give every row of every table."""
    async with database.read() as connection:
        return {
            table.name: sorted(tuple(row) for row in await connection.execute(select(table)))
            for table in metadata.sorted_tables
        }


async def state(site: Site) -> tuple[Rows, Rows, Sequence[str]]:
    """Give all that a site holds, for comparison: its rows and the names of its files."""
    files = sorted(str(path.relative_to(site.data)) for path in site.data.rglob("*"))
    return (
        await rows(site.hub.identity, schema.identity),
        await rows(site.hub.reports, schema.reports),
        files,
    )


@contextlib.asynccontextmanager
async def unchanged(served: Served) -> AsyncIterator[None]:
    """Check that nothing in the block was stored or logged."""
    before, logged = await state(served.site), list(served.logged.events)
    yield
    assert await state(served.site) == before
    assert served.logged.events == logged


async def tally(site: Site) -> dict[tuple[str, str, str], int]:
    """Give (day, type, place) to reports."""
    async with site.hub.reports.read() as connection:
        found = await connection.execute(select(schema.tally_day))
        return {(row.day, row.type, row.place): row.reports for row in found}


async def waiting(site: Site) -> int:
    """Give the number of envelopes in the pool."""
    async with site.hub.reports.read() as connection:
        return await pool.size(connection)


def readable(folder: Path, keys: Sequence[bytes]) -> list[bytes]:
    """Give those private keys of which a piece stands in any file, raw, in hex or in base64."""
    everything = b"\0".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    found = []
    for key in keys:
        piece = key[-24:]  # of a DER file: the end of its last number
        encoded = (base64.b64encode(piece[shift:])[:-4] for shift in range(3))
        if any(form in everything for form in (piece, piece.hex().encode(), *encoded)):
            found.append(key)
    return found


def flipped(data: bytes, position: int, bit: int = 0) -> bytes:
    """Give data with one bit flipped."""
    changed = bytearray(data)
    changed[position] ^= 1 << bit
    return bytes(changed)


def seeded(seed: int) -> Random:
    """Give a generator whose seed a failing test names."""
    return Random(seed)
