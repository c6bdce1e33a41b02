"""The reporter's side: what it asks for, what it sends, and what it believes."""

import asyncio
import secrets
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from keys import age, envelope, narrative
from keys.directory import BUNDLE, fingerprint
from keys.errors import (
    BadSignature,
    BrokenChain,
    MalformedDirectory,
    TextTooLong,
    UncertifiedDirectory,
    UnknownRoot,
)
from storage import members
from tests.line import Line, head_of, line_to
from tests.support import NOON, WEEK, Clock, Served, Stock, entry_of, flipped, found, served, waiting
from warp import client, epochs, syncing, wallet
from warp.client import Draft
from warp.exchange import ClientError, Refused, Unreachable
from warp.report import InvalidReport, parse
from warp.wallet import Contents, Lock, Wallet
from warp.weeks import Week

THIS_WEEK = [WEEK]
DRAFT = Draft(type="fraud/phishing", place="UY", text="hello")


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock.key_file(tmp_path / "key")


async def invited(server: Served, path: Path, lock: Lock, url: str = "") -> Wallet:
    """Make the wallet of a member that is invited and has not joined."""
    code = secrets.token_bytes(16)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, path.name, "UY", code, str(WEEK))
    root = fingerprint(server.site.settings.root_key)
    contents = Contents(url or server.url, root, code, secrets.token_bytes(32))
    return wallet.create(path, lock, contents, secrets.token_bytes)


async def joined(server: Served, path: Path, lock: Lock, url: str = "") -> Wallet:
    """Make the wallet of a member that has this week's tokens."""
    made = await invited(server, path, lock)
    await client.join(made)
    await syncing.sync(made, NOON, secrets.token_bytes, THIS_WEEK)
    made.contents.url = url or server.url
    return made


def reopened(path: Path, lock: Lock) -> Contents:
    with wallet.opened(path, lock, secrets.token_bytes) as kept:
        return kept.contents


# The whole way


async def test_a_member_joins_syncs_reports_and_keeps_its_receipt(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    assert made.contents.invitation == b""
    sealed = client.seal(made, DRAFT, NOON, secrets.token_bytes)
    assert await client.deliver(made) == 1
    kept = reopened(tmp_path / "w", lock)
    assert kept.outbox == []
    assert [each.receipt for each in kept.filed] == [sealed.receipt.secret]
    assert kept.tokens[str(WEEK)].left() == BUNDLE - 1
    assert await waiting(server.site) == 1


async def test_a_coordinator_reads_what_the_reporter_wrote(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    sealed = client.seal(made, DRAFT, NOON, secrets.token_bytes)
    keys = server.site.hub.keyring.week(WEEK)
    assert keys is not None
    content = envelope.unpack(
        envelope.open_sealed(sealed.envelope, keys.report, server.site.settings.root_key)
    )
    lines = (server.site.data / "take-offline" / "coordinator.identity").read_text().splitlines()
    identity = age.Identity.from_string(lines[-1])
    written = narrative.open_sealed(content.narrative, [identity])
    assert (written.text, written.language) == ("hello", "en")
    assert written.reply_key == sealed.receipt.reply_key.public
    assert parse(content.facts).type == "fraud/phishing"


async def test_a_first_token_of_the_class_goes_first_and_then_further_ones(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    left = []
    for _ in range(3):
        client.seal(made, DRAFT, NOON, secrets.token_bytes)
        tokens = made.contents.tokens[str(WEEK)]
        left.append((len(tokens.first), len(tokens.further)))
    assert left == [(10, 24), (10, 23), (10, 22)]
    assert await client.deliver(made) == 3


async def test_when_the_tokens_are_used_up_the_client_says_what_else_can_be_done(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    made.contents.tokens[str(WEEK)].further.clear()
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    with pytest.raises(ClientError, match="--similar"):
        client.seal(made, DRAFT, NOON, secrets.token_bytes)


# Ahead of need


async def test_a_sync_fetches_the_next_four_weeks_and_not_this_one(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await invited(server, tmp_path / "w", lock)
    await client.join(made)
    done = await syncing.sync(made, NOON, secrets.token_bytes)
    assert done.bundles == [str(WEEK.plus(n)) for n in range(1, 5)]
    assert (await syncing.sync(made, NOON, secrets.token_bytes)).bundles == []


async def test_who_synced_last_month_reports_with_one_request(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    async with line_to(server) as (line, url):
        made = await invited(server, tmp_path / "w", lock, url)
        await client.join(made)
        await syncing.sync(made, NOON, secrets.token_bytes)
        server.clock.now = WEEK.plus(4).start + timedelta(hours=9)
        line.sent.clear()
        client.seal(made, DRAFT, server.clock.now, secrets.token_bytes)
        assert await client.deliver(made) == 1
        assert len(line.sent) == 1


async def test_without_tokens_of_this_week_nothing_is_fetched_behind_the_reporters_back(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await invited(server, tmp_path / "w", lock)
    await client.join(made)
    await syncing.sync(made, NOON, secrets.token_bytes)
    with pytest.raises(ClientError, match="tells the server"):
        client.seal(made, DRAFT, NOON, secrets.token_bytes)


async def test_without_keys_of_this_week_the_client_asks_for_a_sync(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    with pytest.raises(ClientError, match="sync first"):
        client.seal(made, DRAFT, WEEK.plus(9).start, secrets.token_bytes)


async def test_tokens_that_no_server_takes_any_more_are_dropped(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    for ahead, kept in ((2, True), (3, False)):
        await server.site.announce(epochs.weeks_ahead(WEEK.plus(ahead).start))
        await syncing.sync(made, WEEK.plus(ahead).start, secrets.token_bytes, [WEEK.plus(50)])
        assert (str(WEEK) in made.contents.tokens) is kept


# What goes over the line


async def test_a_report_carries_the_envelope_and_nothing_of_its_sender(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    async with line_to(server) as (line, url):
        made = await joined(server, tmp_path / "w", lock, url)
        sealed = client.seal(made, DRAFT, NOON, secrets.token_bytes)
        await client.deliver(made)
        [request] = line.sent
    first, headers = head_of(request)
    assert first == b"POST /v1/reports HTTP/1.1"
    assert headers == {
        "Host": url.removeprefix("http://"),
        "Accept-Encoding": "gzip",
        "Accept": "*/*",
        "Content-Length": "16384",
        "Content-Type": "application/octet-stream",
    }
    assert request.endswith(b"\r\n\r\n" + sealed.envelope)


async def test_two_members_syncs_have_the_same_shape(server: Served, tmp_path: Path, lock: Lock) -> None:
    shapes = []
    for name in ("one", "a much longer name"):
        async with line_to(server) as (line, url):
            made = await invited(server, tmp_path / name, lock, url)
            await client.join(made)
            if name == "one":
                await syncing.sync(made, NOON, secrets.token_bytes, THIS_WEEK)
                client.seal(made, DRAFT, NOON, secrets.token_bytes)
            line.sent.clear()
            made.contents.documents.clear()
            await syncing.sync(made, NOON, secrets.token_bytes)
            shapes.append([(head_of(request)[0], len(request)) for request in line.sent])
    assert shapes[0] == shapes[1]


async def test_a_sync_and_a_report_share_no_connection(server: Served, tmp_path: Path, lock: Lock) -> None:
    connections: list[list[bytes]] = []

    async with line_to(server) as (line, _):

        async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            own = Line(server.port)
            connections.append(own.sent)
            await own(reader, writer)

        listener = await asyncio.start_server(counted, "127.0.0.1", 0)
        async with listener:
            url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
            made = await joined(server, tmp_path / "w", lock, url)
            await syncing.sync(made, NOON, secrets.token_bytes)
            for _ in range(2):
                client.seal(made, DRAFT, NOON, secrets.token_bytes)
            await client.deliver(made)
        assert line.sent == []
    reports = [[b"/v1/reports" in request for request in sent] for sent in connections if sent]
    assert [True] in reports
    assert all(kinds == [True] or not any(kinds) for kinds in reports)


async def test_proxies_of_the_environment_are_not_used(
    server: Served, tmp_path: Path, lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    await joined(server, tmp_path / "w", lock)


# Lost answers


async def test_a_lost_answer_to_a_report_leaves_it_in_the_outbox_and_it_counts_once(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    async with line_to(server) as (line, url):
        made = await joined(server, tmp_path / "w", lock, url)
        client.seal(made, DRAFT, NOON, secrets.token_bytes)
        line.lose = lambda _request: True
        with pytest.raises(Unreachable):
            await client.deliver(made)
        assert len(reopened(tmp_path / "w", lock).outbox) == 1
        line.lose = lambda _request: False
        assert await client.deliver(made) == 1
    assert await waiting(server.site) == 1


async def test_a_lost_answer_to_a_bundle_is_asked_for_again_unchanged(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    async with line_to(server) as (line, url):
        made = await invited(server, tmp_path / "w", lock, url)
        await client.join(made)
        line.lose = lambda request: b"/v1/bundles/" in request
        with pytest.raises(Unreachable):
            await syncing.sync(made, NOON, secrets.token_bytes)
        first = line.sent[-1]
        line.lose = lambda _request: False
        line.sent.clear()
        with wallet.opened(tmp_path / "w", lock, secrets.token_bytes) as again:
            done = await syncing.sync(again, NOON, secrets.token_bytes)
        assert len(done.bundles) == 4
        assert first in line.sent


async def test_a_lost_answer_to_joining_does_no_harm(server: Served, tmp_path: Path, lock: Lock) -> None:
    async with line_to(server) as (line, url):
        made = await invited(server, tmp_path / "w", lock, url)
        line.lose = lambda _request: True
        with pytest.raises(Unreachable):
            await client.join(made)
        line.lose = lambda _request: False
        with wallet.opened(tmp_path / "w", lock, secrets.token_bytes) as again:
            await client.join(again)
            assert again.contents.invitation == b""


async def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path, server: Served, lock: Lock) -> None:
    made = await joined(server, tmp_path / "w", lock, "http://127.0.0.1:1")
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    with pytest.raises(Unreachable, match="try again later"):
        await client.deliver(made)
    assert len(made.contents.outbox) == 1


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


PORTAL = b"<html>Please accept our terms</html>"


@pytest.mark.parametrize(
    "instead",
    [
        answer("200 OK", PORTAL),
        answer("202 Accepted", PORTAL),
        answer("204 No Content"),
        answer("302 Found", b"", "Location: http://127.0.0.1:1/"),
        answer("403 Forbidden", PORTAL),
        answer("404 Not Found", b'{"detail": "elsewhere", "type": "about:blank"}'),
        answer("502 Bad Gateway", PORTAL),
        answer("503 Service Unavailable", b'{"type": "urn:warp:problem:x", "detail": "Later."}'),
        answer("408 Request Timeout", b'{"type": "urn:warp:problem:too-slow", "detail": "Again."}'),
        b"not HTTP\r\n\r\n",
    ],
)
async def test_what_somebody_on_the_way_answers_loses_no_report(
    server: Served, tmp_path: Path, lock: Lock, instead: bytes
) -> None:
    async with line_to(server) as (line, url):
        made = await joined(server, tmp_path / "w", lock, url)
        client.seal(made, DRAFT, NOON, secrets.token_bytes)
        line.instead = instead
        with pytest.raises(Unreachable):
            await client.deliver(made)
        assert len(reopened(tmp_path / "w", lock).outbox) == 1
        line.instead = None
        assert await client.deliver(made) == 1


async def test_a_clock_that_is_ahead_loses_no_report(server: Served, tmp_path: Path, lock: Lock) -> None:
    made = await joined(server, tmp_path / "w", lock)
    await syncing.sync(made, NOON, secrets.token_bytes)
    client.seal(made, DRAFT, WEEK.end, secrets.token_bytes)
    with pytest.raises(Unreachable, match="week to come"):
        await client.deliver(made)
    server.clock.now = WEEK.end
    assert await client.deliver(made) == 1


async def test_what_the_server_refuses_is_told_and_kept_until_it_is_given_up(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    made.contents.outbox[0] = flipped(made.contents.outbox[0], 5000)
    with pytest.raises(Refused, match="damaged"):
        await client.deliver(made)
    assert len(made.contents.outbox) == 2
    client.discard(made)
    assert await client.deliver(made) == 1


# Nothing is spent on what cannot be sent


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (Draft(type="fraud/nonsense"), InvalidReport),
        (Draft(type="fraud/phishing", place="XX"), InvalidReport),
        (Draft(type="fraud/phishing", text="x" * 20_000), TextTooLong),
    ],
)
async def test_a_report_that_cannot_be_sealed_costs_no_token(
    server: Served, tmp_path: Path, lock: Lock, draft: Draft, error: type[Exception]
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    with pytest.raises(error):
        client.seal(made, draft, NOON, secrets.token_bytes)
    assert made.contents.tokens[str(WEEK)].left() == BUNDLE
    assert made.contents.outbox == made.contents.filed == []


async def test_the_token_is_off_the_wallet_before_the_report_is_sent(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    kept = reopened(tmp_path / "w", lock)
    assert kept.tokens[str(WEEK)].left() == BUNDLE - 1
    assert len(kept.outbox) == 1


# What the client believes


async def test_a_directory_of_another_root_is_refused(server: Served, tmp_path: Path, lock: Lock) -> None:
    made = await invited(server, tmp_path / "w", lock)
    made.contents.root = bytes(16)
    with pytest.raises(UnknownRoot):
        await syncing.sync(made, NOON, secrets.token_bytes)
    assert made.contents.documents == {}


@pytest.mark.parametrize(
    ("bend", "error"),
    [
        (lambda document: document.replace(b'"place', b'"plaxe'), (UncertifiedDirectory, MalformedDirectory)),
        (
            lambda document: document.replace(b'"release_at_least":3', b'"release_at_least":1'),
            UncertifiedDirectory,
        ),
        (lambda document: document + b"\n", MalformedDirectory),
        (lambda _document: b"{}", MalformedDirectory),
        (lambda _document: b"", MalformedDirectory),
    ],
)
async def test_a_directory_that_was_changed_is_refused(
    server: Served, tmp_path: Path, lock: Lock, bend: Callable[[bytes], bytes], error: type[Exception]
) -> None:
    made = await invited(server, tmp_path / "w", lock)
    document = server.site.tree.read("v1/directory/newest.json")
    assert document is not None
    changed = bend(document)
    assert changed != document
    server.site.tree.write("v1/directory/newest.json", changed, NOON)
    with pytest.raises(error):
        await syncing.sync(made, NOON, secrets.token_bytes)
    assert made.contents.tokens == {}


async def test_a_rollback_is_refused(server: Served, tmp_path: Path, lock: Lock) -> None:
    made = await joined(server, tmp_path / "w", lock)
    older = server.site.tree.read("v1/directory/2.json")
    assert older is not None
    server.site.tree.write("v1/directory/newest.json", older, NOON)
    with pytest.raises(BrokenChain):
        await syncing.sync(made, NOON, secrets.token_bytes)


async def test_a_fork_is_refused_by_those_who_saw_the_other_branch(
    tmp_path: Path, stock: Stock, founded: Path, lock: Lock
) -> None:
    """The same root and online key sign two histories: a copy of the site, before and after keys are made."""
    empty = Path(shutil.copytree(founded, tmp_path / "other"))
    shutil.rmtree(empty / "public" / "v1" / "directory")
    for file in (empty / "keys" / "weeks").iterdir():
        file.unlink()
    data = Path(shutil.copytree(founded, tmp_path / "site"))
    async with served(data, Clock(), stock) as server:
        made = await joined(server, tmp_path / "w", lock)
    async with served(empty, Clock(), stock) as other:
        await other.site.announce(epochs.weeks_ahead(NOON))
        assert entry_of(other.site, WEEK).report_key != b""
        made.contents.url = other.url
        with pytest.raises(BrokenChain):
            await syncing.sync(made, NOON, secrets.token_bytes, THIS_WEEK)


async def test_a_client_that_was_away_for_weeks_catches_up_with_the_chain(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    for ahead in range(1, 7):
        await server.site.announce(epochs.weeks_ahead(WEEK.plus(ahead).start))
    server.clock.now = WEEK.plus(6).start
    done = await syncing.sync(made, server.clock.now, secrets.token_bytes)
    assert done.bundles == [str(WEEK.plus(n)) for n in range(7, 11)]
    assert len(made.contents.documents) == 8


async def test_a_server_that_signs_with_other_keys_than_it_announced_is_caught(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await invited(server, tmp_path / "w", lock)
    await client.join(made)
    keyring = server.site.hub.keyring
    keys = keyring.week(WEEK.plus(1))
    assert keys is not None
    keys.first["fraud"] = keys.first["availability"]
    with pytest.raises((Refused, BadSignature)):
        await syncing.sync(made, NOON, secrets.token_bytes)
    assert set(made.contents.tokens) == {str(week) for week in syncing.weeks_ahead(NOON)[1:]}


async def test_two_sites_keys_do_not_mix(tmp_path: Path, stock: Stock, server: Served, lock: Lock) -> None:
    await found(tmp_path / "second", stock)
    made = await joined(server, tmp_path / "w", lock)
    async with served(tmp_path / "second", Clock(), stock) as second:
        made.contents.url = second.url
        with pytest.raises(UnknownRoot):
            await syncing.sync(made, NOON, secrets.token_bytes)
        client.seal(made, DRAFT, NOON, secrets.token_bytes)
        with pytest.raises(Refused, match="not here"):
            await client.deliver(made)
        assert await waiting(second.site) == 0


def test_weeks_ahead_are_the_next_four() -> None:
    assert syncing.weeks_ahead(NOON) == [Week(2026, 48), Week(2026, 49), Week(2026, 50), Week(2026, 51)]
