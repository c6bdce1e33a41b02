"""
A member that has to go: no tokens from the moment on, nothing kept of it, and what it holds already.

Over a socket, as the member would try it. Blind tokens cannot be recalled; these tests say how far that goes.
"""

import base64
import secrets
from datetime import timedelta
from pathlib import Path

import pytest

from keys import tokens
from keys.directory import BUNDLE
from storage import members, schema
from tests.membership import invite, join, member
from tests.support import BINARY, NOON, WEEK, Answer, Served, entry_of, request, rows, sealed
from warp import client, epochs, exchange, syncing
from warp.client import Draft
from warp.exchange import Refused
from warp.wallet import Lock, Wallet
from warp.weeks import Week

NAME = "CERT Heron Zx41"


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock.key_file(tmp_path / "key")


async def revoke(server: Served) -> None:
    """Do what `warp member revoke` does."""
    async with server.site.hub.identity.write() as connection:
        assert await members.revoke(connection, NAME)
    await server.site.hub.rewrite(server.site.hub.identity.path)


async def ask(server: Served, made: Wallet, week: Week) -> Answer:
    """Ask for a week's bundle with a member's credential."""
    entry = entry_of(server.site, week)
    keys = exchange.token_keys(entry)
    pending = exchange.blind_bundle(entry, keys, secrets.token_bytes)
    body = b"".join(tokens.request(one, key) for one, key in zip(pending, keys, strict=True))
    credential = base64.b64encode(made.contents.credential).decode()
    headers = BINARY | {"Authorization": f"Bearer {credential}"}
    return await request(server.port, "POST", f"/v1/bundles/{week}", body, headers)


async def test_the_next_bundle_is_refused_at_once_and_so_is_every_later_one(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await join(server, tmp_path / "w", lock, await invite(server, NAME))
    assert (await ask(server, made, WEEK)).status == 200
    await revoke(server)
    for week in epochs.weeks_ahead(NOON):
        answer = await ask(server, made, week)
        assert (answer.status, answer.problem) == (401, "credential")


async def test_its_invitation_does_not_let_it_in_again(server: Served, tmp_path: Path, lock: Lock) -> None:
    code = await invite(server, NAME)
    await join(server, tmp_path / "w", lock, code)
    await revoke(server)
    with pytest.raises(Refused) as refused:
        await join(server, tmp_path / "again", lock, code)
    assert refused.value.problem == "invitation"


async def test_an_invitation_that_was_not_used_yet_is_void(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    code = await invite(server, NAME)
    await revoke(server)
    with pytest.raises(Refused):
        await join(server, tmp_path / "w", lock, code)


async def test_nothing_of_it_is_left_in_any_file(server: Served, tmp_path: Path, lock: Lock) -> None:
    made = await member(server, tmp_path / "w", lock, NAME)

    def left() -> bytes:
        return b"".join(path.read_bytes() for path in server.site.data.rglob("*") if path.is_file())

    of_it = (NAME.encode(), members.digest(made.contents.credential))
    assert all(value in left() for value in of_it)
    await revoke(server)
    assert not any(value in left() for value in of_it)
    assert (await rows(server.site.hub.identity, schema.identity))["bundles"] == []


async def test_tokens_that_it_holds_stay_good_for_their_weeks_and_there_are_no_others(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    """The limit of blind tokens, measured: this week's bundle and the next four, 35 reports each."""
    made = await member(server, tmp_path / "w", lock, NAME)
    await revoke(server)
    assert {week: left.left() for week, left in made.contents.tokens.items()} == {
        str(week): BUNDLE for week in epochs.weeks_ahead(NOON)
    }
    for week in epochs.weeks_ahead(NOON):
        server.clock.now = week.start + timedelta(hours=9)
        client.seal(made, Draft(type="fraud/phishing"), server.clock.now, secrets.token_bytes)
        assert await client.deliver(made) == 1
    server.clock.now = WEEK.plus(5).start + timedelta(hours=9)
    await server.site.announce(epochs.weeks_ahead(server.clock.now))
    with pytest.raises(Refused):
        await syncing.sync(made, server.clock.now, secrets.token_bytes, [WEEK.plus(5)])
    assert str(WEEK.plus(5)) not in made.contents.tokens


async def test_its_tokens_cannot_be_told_from_those_of_a_member(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    """What the server keeps of a spent token is a hash, for a revoked member as for any other."""
    made = await member(server, tmp_path / "w", lock, NAME)
    await revoke(server)
    client.seal(made, Draft(type="fraud/phishing"), NOON, secrets.token_bytes)
    await client.deliver(made)
    assert (await server.post(sealed(server.site, first=True))).status == 202
    kept = await rows(server.site.hub.reports, schema.reports)
    shapes = [[(type(value), len(value)) for value in row] for row in kept["spent"]]
    assert len(shapes) == 2
    assert shapes[0] == shapes[1]
    assert {len(row[1]) for row in kept["pool"]} == {16_384}
