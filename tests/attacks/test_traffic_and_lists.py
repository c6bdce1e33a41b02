"""
The attack of somebody who watches: every size, every header, every public list at every moment.

Two members differ in all that a member can do, two sites in all that can happen on a day. Whoever sees the
traffic of both, or polls the lists of both each minute, must not tell which is which.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from keys import reply
from keys.directory import fingerprint
from keys.lists import Kind, read_items
from keys.receipt import Receipt
from keys.reply import Reply
from storage import members, unlisted
from tests.line import Line, head_of, line_to
from tests.support import NOON, PHISHING, WEEK, Clock, Served, Stock, found, sealed, served
from tests.support import request as ask
from warp import client, syncing, wallet
from warp.client import Draft
from warp.wallet import Contents, Lock, Wallet

MIDNIGHT = datetime(2026, 11, 19, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
SHORT = Draft(type="fraud/phishing")
LONG = Draft(
    type="malicious-code/infected-system",
    place="UY",
    sector="health",
    occurred="2026-11-17",
    tags=("ransomware", "supply-chain", "data-extortion"),
    urgent=True,
    text="ñandú " * 1300,
    language="es-419",
)


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock.key_file(tmp_path / "key")


@pytest_asyncio.fixture
async def line(server: Served) -> AsyncIterator[tuple[Line, str]]:
    async with line_to(server) as opened:
        yield opened


async def joined(server: Served, url: str, path: Path, lock: Lock) -> Wallet:
    code = secrets.token_bytes(16)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, path.name, "", code, str(WEEK))
    pinned = fingerprint(server.site.settings.root_key)
    made = wallet.create(
        path, lock, Contents(url, pinned, code, secrets.token_bytes(32)), secrets.token_bytes
    )
    await client.join(made)
    await syncing.sync(made, NOON, secrets.token_bytes, [WEEK])
    return made


def without_random_bytes(message: bytes) -> tuple[bytes, dict[str, str], int]:
    """Give the parts of a message that are no envelope, credential or blinded token."""
    first, headers = head_of(message)
    for random in ("Authorization", "Date"):
        if random in headers:
            headers[random] = str(len(headers[random]))
    return first, headers, len(message)


async def test_two_reports_differ_in_nothing_but_random_bytes(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    seen, sent = [], []
    for name, draft in (("one", SHORT), ("another team of a longer name", LONG)):
        made = await joined(server, line[1], tmp_path / name, lock)
        line[0].sent.clear()
        line[0].answers.clear()
        client.seal(made, draft, NOON, secrets.token_bytes)
        await client.deliver(made)
        seen.append([without_random_bytes(each) for each in (*line[0].sent, *line[0].answers)])
        sent += [each.partition(b"\r\n\r\n")[2] for each in line[0].sent]
    assert seen[0] == seen[1]
    assert len(seen[0]) == 2
    assert [len(envelope) for envelope in sent] == [16_384, 16_384]
    assert sent[0][:16] == sent[1][:16], "the header names the week and nothing else"
    for start in range(16, 16_384 - 1024, 1024):
        assert sent[0][start : start + 1024] != sent[1][start : start + 1024]


async def test_a_sync_after_reports_and_replies_differs_in_nothing_but_random_bytes(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    busy, quiet = [await joined(server, line[1], tmp_path / name, lock) for name in ("busy", "a quiet team")]
    for _ in range(25):
        receipt = client.seal(busy, SHORT, NOON, secrets.token_bytes).receipt
    await client.deliver(busy)
    await answer(server, receipt)
    server.clock.now = MIDNIGHT
    await server.site.midnight(MIDNIGHT)
    seen = []
    for made in (busy, quiet):
        line[0].sent.clear()
        line[0].answers.clear()
        await syncing.sync(made, MIDNIGHT, secrets.token_bytes)
        seen.append([without_random_bytes(each) for each in (*line[0].sent, *line[0].answers)])
    assert len(busy.contents.replies) == 1
    assert seen[0] == seen[1]


async def test_no_answer_sets_a_cookie_sends_elsewhere_or_marks_who_asked(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    server.clock.now = MIDNIGHT
    await server.site.midnight(MIDNIGHT)
    validators: dict[bytes, set[tuple[str | None, str | None]]] = {}
    for name in ("one", "two"):
        made = await joined(server, line[1], tmp_path / name, lock)
        await syncing.sync(made, MIDNIGHT, secrets.token_bytes)
    assert len(line[0].answers) > 20
    for asked, answered in zip(line[0].sent, line[0].answers, strict=True):
        status, headers = head_of(answered)
        assert status.split()[1] in (b"200", b"202", b"204", b"404")
        names = {name.lower() for name in headers}
        assert not names & {"set-cookie", "location", "server", "via", "x-request-id", "age"}
        if asked.startswith(b"GET"):
            address = asked.split()[1]
            validators.setdefault(address, set()).add((headers.get("ETag"), headers.get("Last-Modified")))
        else:
            assert not names & {"etag", "last-modified"}
            assert headers["Cache-Control"] == "no-store"
    assert all(len(seen) == 1 for seen in validators.values()), "one answer for everybody"
    for asked in line[0].sent:
        names = {name.lower() for name in head_of(asked)[1]}
        assert not names & {"cookie", "user-agent", "if-none-match", "if-modified-since", "referer"}


async def answer(server: Served, receipt: Receipt) -> None:
    item = reply.seal(Reply("call us", "es"), receipt.reply_key.public, server.site.settings.root_key)
    async with server.site.hub.reports.write() as connection:
        await unlisted.wait(connection, Kind.REPLIES, [item])


@pytest_asyncio.fixture
async def pair(tmp_path: Path, stock: Stock) -> AsyncIterator[tuple[Served, Served]]:
    """Two sites of one clock: on one there will be reports and replies, on the other nothing."""
    clock = Clock()
    for name in ("busy", "quiet"):
        await found(tmp_path / name, stock)
    async with (
        served(tmp_path / "busy", clock, stock) as busy,
        served(tmp_path / "quiet", clock, stock) as quiet,
    ):
        yield busy, quiet


POLLED = [f"/v1/{kind}/{WEEK}" for kind in Kind] + ["/v1/directory", "/v1/accepted/2026-W48"]


async def look(server: Served) -> list[tuple[int, int, str | None, str | None, str | None]]:
    """Give what a poller sees but the bytes themselves."""
    seen = []
    for path in POLLED:
        got = await ask(server.port, "GET", path)
        seen.append(
            (
                got.status,
                len(got.body),
                got.headers.get("last-modified"),
                got.headers.get("cache-control"),
                got.headers.get("content-type"),
            )
        )
    return seen


async def test_who_polls_every_list_day_and_night_cannot_tell_a_day_with_reports(
    pair: tuple[Served, Served],
) -> None:
    busy, quiet = pair
    for minute in range(0, 3 * 24 * 60, 20):
        now = NOON + minute * A_MINUTE
        busy.clock.now = now
        if minute in (20, 700, 740, 1500, 1520):  # before and after a midnight, and an urgent one
            draft = PHISHING if minute != 740 else Draft(type="fraud/phishing", urgent=True)
            receipt = Receipt.new(secrets.token_bytes)
            for _ in range(3):
                await busy.post(sealed(busy.site, draft))
            await answer(busy, receipt)
        if now.minute == 0:
            for each in pair:
                await each.site.hour()
        assert await look(busy) == await look(quiet)
    assert busy.site.tree.read(f"v1/accepted/{WEEK}.list") != quiet.site.tree.read(f"v1/accepted/{WEEK}.list")


@pytest.mark.parametrize("kind", Kind)
async def test_the_bytes_of_a_list_with_reports_are_as_even_as_those_without(
    pair: tuple[Served, Served], kind: Kind
) -> None:
    """A chi-square test over the bytes of each list; a filler of zeros or text would stand out at once."""
    busy = pair[0]
    marks = [secrets.token_bytes(32) for _ in range(60)]
    async with busy.site.hub.reports.write() as connection:
        await unlisted.wait(connection, Kind.ACCEPTED, [hashlib.sha256(each).digest() for each in marks])
    for _ in range(60):
        await answer(busy, Receipt.new(secrets.token_bytes))
    for each in pair:
        each.clock.now = MIDNIGHT
        await each.site.midnight(MIDNIGHT)
        items = read_items(each.site.tree.read(f"v1/{kind}/{WEEK}.list") or b"")
        # The first 1,088 bytes of a reply are an ML-KEM ciphertext and uniform, as is all of its AES part.
        counts = Counter(b"".join(items))
        expected = sum(counts.values()) / 256
        chi_square = sum((counts[byte] - expected) ** 2 / expected for byte in range(256))
        assert chi_square < 400, "255 degrees of freedom: once in a hundred million by chance"
