"""Wallets that were lost, copied or restored, and tokens that are used up: no report is lost or doubled."""

import secrets
import shutil
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from keys import age, envelope, narrative
from keys.directory import BUNDLE
from keys.receipt import Receipt
from storage import members
from tests.line import line_to
from tests.membership import invite, invite_again, join, member, reopened
from tests.support import NOON, WEEK, Served, tally, waiting
from warp import client, epochs, resealing, syncing, taxonomy, wallet
from warp.carrier import Carrier
from warp.client import Draft
from warp.exchange import ClientError, Refused, Unreachable
from warp.report import Report, decode_lookup, parse
from warp.wallet import Lock, Wallet

DRAFT = Draft(type="fraud/phishing", place="UY", text="what happened")
REFUSAL = (
    b"HTTP/1.1 409 Conflict\r\nContent-Length: 59\r\n\r\n"
    b'{"type": "urn:warp:problem:token-spent", "detail": "Used."}'
)
FIVE = [WEEK.plus(n) for n in range(5)]


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock.key_file(tmp_path / "key")


def copy_of(path: Path, lock: Lock) -> Wallet:
    """Copy a wallet's file and open the copy."""
    copy = Path(shutil.copy(path, path.with_name(f"{path.name}.{secrets.token_hex(4)}")))
    with wallet.opened(copy, lock, secrets.token_bytes) as kept:
        return kept


async def report(made: Wallet, draft: Draft = DRAFT) -> int:
    """Report; gives how often it had to be sealed again."""
    client.seal(made, draft, NOON, secrets.token_bytes)
    return await resealing.deliver(made, NOON, secrets.token_bytes)


async def sync(made: Wallet, server: Served) -> syncing.Synced:
    now = server.clock.now
    return await syncing.sync(made, now, secrets.token_bytes, [*epochs.weeks_ahead(now)])


async def counted(server: Served) -> int:
    """Release what waits; gives how many reports were ever counted."""
    await server.site.release(server.clock.now)
    return sum((await tally(server.site)).values())


# Lost


async def test_whoever_is_invited_again_has_no_second_bundle_of_a_week_and_goes_on_after_them(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    await member(server, tmp_path / "lost", lock)
    found = await join(server, tmp_path / "new", lock, await invite_again(server, "CERT Uno"))
    done = await sync(found, server)
    assert (done.bundles, sorted(done.refused)) == ([], [str(week) for week in FIVE])
    with pytest.raises(ClientError, match=f"its tokens of {WEEK.plus(5)}"):
        client.seal(found, DRAFT, NOON, secrets.token_bytes)
    server.clock.now = WEEK.plus(1).start + timedelta(hours=1)
    await server.site.announce(epochs.weeks_ahead(server.clock.now))
    assert (await sync(found, server)).bundles == [str(WEEK.plus(5))]


async def test_the_old_credential_is_void_at_once_and_the_old_tokens_stay_good(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    old = await member(server, tmp_path / "lost", lock)
    await invite_again(server, "CERT Uno")
    old.contents.tokens.pop(str(WEEK.plus(1)))
    with pytest.raises(Refused) as refused:
        await sync(old, server)
    assert refused.value.problem == "credential"
    assert await report(old) == 0
    assert await waiting(server.site) == 1


async def test_a_member_that_is_invited_again_counts_on_and_is_not_forgotten_with_its_invitation(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    await member(server, tmp_path / "w", lock)
    await invite(server, "Never came")
    await invite_again(server, "CERT Uno")
    await server.site.midnight(WEEK.plus(5).start, weeks=[])
    async with server.site.hub.identity.read() as connection:
        [kept] = await members.everyone(connection)
        assert (kept.name, kept.joined, kept.awaited) == ("CERT Uno", True, True)
        assert await members.by_place(connection) == {"UY": 1}


async def test_an_invitation_that_was_lost_before_it_was_used_is_void_once_there_is_another(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    lost = await invite(server, "CERT Uno")
    again = await invite_again(server, "CERT Uno")
    with pytest.raises(Refused):
        await join(server, tmp_path / "one", lock, lost)
    await join(server, tmp_path / "two", lock, again)


async def test_a_wallet_that_is_still_there_takes_a_new_invitation_and_keeps_tokens_and_receipts(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await member(server, tmp_path / "w", lock)
    await report(made)
    code, before = await invite_again(server, "CERT Uno"), made.contents.credential
    client.take_invitation(made, code, secrets.token_bytes)
    await client.join(made)
    kept = reopened(tmp_path / "w", lock)
    assert (kept.invitation, kept.replaced, len(kept.filed)) == (b"", b"", 1)
    assert kept.credential != before
    assert kept.tokens[str(WEEK)].left() == BUNDLE - 1
    assert (await sync(made, server)).refused == {}
    assert await report(made) == 0


async def test_an_invitation_that_the_server_refuses_leaves_a_wallet_as_it_was(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await member(server, tmp_path / "w", lock)
    before = reopened(tmp_path / "w", lock)
    client.take_invitation(made, secrets.token_bytes(16), secrets.token_bytes)
    with pytest.raises(Refused):
        await client.join(made)
    assert msgspec.to_builtins(reopened(tmp_path / "w", lock)) == msgspec.to_builtins(before)


async def test_a_new_invitation_whose_answer_is_lost_can_be_redeemed_again(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made, code = await member(server, tmp_path / "w", lock), await invite_again(server, "CERT Uno")
    async with line_to(server) as (line, url):
        made.contents.url = url
        client.take_invitation(made, code, secrets.token_bytes)
        line.lose = lambda _request: True
        with pytest.raises(Unreachable):
            await client.join(made)
        line.lose = lambda _request: False
        with wallet.opened(tmp_path / "w", lock, secrets.token_bytes) as again:
            client.take_invitation(again, code, secrets.token_bytes)
            await client.join(again)
            assert (await sync(again, server)).refused == {}


# Copied


async def test_two_copies_of_a_wallet_report_in_turn_and_each_report_counts_once(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    one = await member(server, tmp_path / "w", lock)
    two = copy_of(tmp_path / "w", lock)
    again = []
    for _ in range(2):
        again.append([await report(one), await report(two)])
    assert again[0] == [0, 1]
    assert one.contents.outbox == two.contents.outbox == []
    assert await counted(server) == 4


async def test_a_report_that_is_sealed_again_is_the_same_report_under_the_same_receipt(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    one = await member(server, tmp_path / "w", lock)
    two = copy_of(tmp_path / "w", lock)
    await report(one)
    first = client.seal(two, DRAFT, NOON, secrets.token_bytes)
    async with line_to(server) as (line, url):
        two.contents.url = url
        assert await resealing.deliver(two, NOON, secrets.token_bytes) == 1
    sent = [request.partition(b"\r\n\r\n")[2] for request in line.sent]
    assert sent[0] == first.envelope != sent[1]
    facts, written = opened(server, sent[1])
    assert (facts.type, written.text) == ("fraud/phishing", "what happened")
    assert decode_lookup(facts.lookup) == first.receipt.lookup
    assert written.thread == first.receipt.thread
    assert [Receipt(each.receipt).words() for each in two.contents.filed] == [first.receipt.words()]


def opened(server: Served, sealed: bytes) -> tuple[Report, narrative.Narrative]:
    keys = server.site.hub.keyring.week(WEEK)
    assert keys is not None
    content = envelope.unpack(envelope.open_sealed(sealed, keys.report, server.site.settings.root_key))
    lines = (server.site.data / "take-offline" / "coordinator.identity").read_text().splitlines()
    return parse(content.facts), narrative.open_sealed(
        content.narrative, [age.Identity.from_string(lines[-1])]
    )


async def test_what_a_report_was_made_of_is_in_the_wallet_until_it_is_delivered_and_no_longer(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await member(server, tmp_path / "w", lock)
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    [kept] = reopened(tmp_path / "w", lock).kept
    assert msgspec.msgpack.decode(kept.draft, type=Draft) == DRAFT
    await resealing.deliver(made, NOON, secrets.token_bytes)
    assert reopened(tmp_path / "w", lock).kept == []
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    client.discard(made)
    assert reopened(tmp_path / "w", lock).kept == []


async def test_a_stop_after_a_report_was_sealed_again_loses_nothing_and_counts_it_once(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    one = await member(server, tmp_path / "w", lock)
    two = copy_of(tmp_path / "w", lock)
    await report(one)
    async with line_to(server) as (line, url):
        two.contents.url = url
        line.lose = lambda _request: (
            len(line.sent) > 1
        )  # the refusal arrives, the answer to the second post not
        client.seal(two, DRAFT, NOON, secrets.token_bytes)
        with pytest.raises(Unreachable):
            await resealing.deliver(two, NOON, secrets.token_bytes)
        line.lose = lambda _request: False
        assert await resealing.deliver(two, NOON, secrets.token_bytes) == 0
        assert line.sent[1] == line.sent[2]
    assert await counted(server) == 2


@pytest.mark.parametrize("left", [0, 1])
async def test_without_another_token_the_report_stays_and_goes_out_with_one_of_a_later_week(
    server: Served, tmp_path: Path, lock: Lock, left: int
) -> None:
    one = await member(server, tmp_path / "w", lock)
    two = copy_of(tmp_path / "w", lock)
    two.contents.tokens[str(WEEK)].further = one.contents.tokens[str(WEEK)].further[-1:][:left]
    await report(one)
    await report(one)
    client.seal(two, DRAFT, NOON, secrets.token_bytes)
    with pytest.raises(Refused, match="another token" if left else "no other is left"):
        await resealing.deliver(two, NOON, secrets.token_bytes)
    assert len(two.contents.outbox) == 1
    server.clock.now = WEEK.plus(1).start + timedelta(hours=9)
    assert await resealing.deliver(two, server.clock.now, secrets.token_bytes) == 1
    assert await counted(server) == 3


async def test_a_report_of_which_nothing_is_kept_is_given_up_and_the_next_one_goes_out(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    one = await member(server, tmp_path / "w", lock)
    two = copy_of(tmp_path / "w", lock)
    await report(one)
    client.seal(two, DRAFT, NOON, secrets.token_bytes)
    two.contents.kept.clear()
    client.seal(two, Draft(type="test/test"), NOON, secrets.token_bytes)
    with pytest.raises(client.GivenUp, match="given up"):
        await resealing.deliver(two, NOON, secrets.token_bytes)
    assert len(two.contents.outbox) == 1
    assert await resealing.deliver(two, NOON, secrets.token_bytes) == 0


async def test_who_answers_in_the_servers_place_draws_one_token_more_and_no_other(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await member(server, tmp_path / "w", lock)
    async with line_to(server) as (line, url):
        made.contents.url = url
        line.instead = REFUSAL
        client.seal(made, DRAFT, NOON, secrets.token_bytes)
        with pytest.raises(Refused):
            await resealing.deliver(made, NOON, secrets.token_bytes)
    assert len(line.sent) == 2
    assert made.contents.tokens[str(WEEK)].left() == BUNDLE - 2


async def test_a_bundle_that_another_copy_fetched_is_told_and_other_weeks_come(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    one = await member(server, tmp_path / "w", lock)
    two = copy_of(tmp_path / "w", lock)
    server.clock.now = WEEK.plus(1).start + timedelta(hours=1)
    await server.site.announce(epochs.weeks_ahead(server.clock.now))
    assert (await sync(one, server)).bundles == [str(WEEK.plus(5))]
    done = await sync(two, server)
    assert list(done.refused) == two.contents.taken == [str(WEEK.plus(5))]
    server.clock.now = WEEK.plus(2).start + timedelta(hours=1)
    await server.site.announce(epochs.weeks_ahead(server.clock.now))
    assert (await sync(two, server)).bundles == [str(WEEK.plus(6))]


# Restored from an older copy


async def test_a_restored_wallet_reports_although_its_tokens_were_used_since(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await member(server, tmp_path / "w", lock)
    older = copy_of(tmp_path / "w", lock)
    await report(made)
    assert await report(older) == 1
    assert await counted(server) == 2


async def test_a_restored_outbox_whose_report_was_delivered_since_counts_it_once(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await member(server, tmp_path / "w", lock)
    client.seal(made, DRAFT, NOON, secrets.token_bytes)
    older = copy_of(tmp_path / "w", lock)
    for each in (made, older):
        assert await resealing.deliver(each, NOON, secrets.token_bytes) == 0
    assert await counted(server) == 1


# Used up


async def test_the_thirty_sixth_report_of_a_week_is_told_of_similar_and_sends_and_changes_nothing(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await member(server, tmp_path / "w", lock)
    one_of_each = [next(t for t in taxonomy.TYPES if t.startswith(f"{c}/")) for c in taxonomy.CLASSES]
    for code in (*one_of_each, *[DRAFT.type] * 24):
        await report(made, Draft(type=code))
    assert await waiting(server.site) == BUNDLE
    before = (tmp_path / "w").read_bytes()
    for code in one_of_each:
        with pytest.raises(ClientError, match="--similar"):
            client.seal(made, Draft(type=code), NOON, secrets.token_bytes)
    with pytest.raises(ClientError, match="--similar"):
        client.require_tokens(made, WEEK)
    assert (tmp_path / "w").read_bytes() == before
    assert await waiting(server.site) == BUNDLE


async def test_a_relay_that_says_a_token_is_used_gets_no_second_envelope(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    """It could keep the first one, deny it, and deliver both: one report would count twice."""
    made = await member(server, tmp_path / "w", lock)
    left = made.contents.tokens[str(WEEK)].left()
    async with line_to(server) as (line, relay):
        line.instead = REFUSAL
        client.seal(made, DRAFT, NOON, secrets.token_bytes)
        with pytest.raises(Refused, match="without the relay"):
            await resealing.deliver(made, NOON, secrets.token_bytes, Carrier(relay=relay))
        assert len(line.sent) == 1
    assert len(made.contents.outbox) == 1
    assert made.contents.tokens[str(WEEK)].left() == left - 1
    assert await resealing.deliver(made, NOON, secrets.token_bytes) == 0, "the server itself takes it"
    assert await counted(server) == 1
