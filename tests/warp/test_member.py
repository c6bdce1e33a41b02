"""A member's own tools: wherever a program dies, nothing is lost and nothing is counted twice."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from keys.directory import BUNDLE
from keys.lock import Lock
from tests.line import Line, line_to
from tests.support import NOON, WEEK, Served, waiting
from tests.warp.test_carrier import nobody_listens
from tests.warp.test_client import DRAFT, THIS_WEEK, answer, joined, reopened
from warp import client, syncing, wallet
from warp.batch import read
from warp.client import Draft, NoTokens
from warp.exchange import Refused, Unreachable
from warp.member import Member, NotDelivered
from warp.patience import Patience
from warp.report import InvalidReport
from warp.wallet import Wallet

ONE_TRY = Patience(tries=1)
LINES = read(b'{"type": "fraud/phishing"}\n{"type": "fraud/phishing"}\n{"type": "other/other"}\n', 100)


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock.key_file(tmp_path / "key")


def member(made: Wallet, patience: Patience = ONE_TRY) -> Member:
    return Member(made, patience=patience, clock=lambda: NOON)


async def report_all(opened: Member) -> list[bytes]:
    """Report a batch as `warp report --batch` does; gives the receipts."""
    return [(await opened.report(line.draft, line.once)).secret for line in LINES]


# By hand


async def test_a_tool_opens_syncs_and_reports(server: Served, tmp_path: Path, lock: Lock) -> None:
    await joined(server, tmp_path / "w", lock)
    async with Member.open(tmp_path / "w", lock, clock=lambda: NOON) as opened:
        assert len((await opened.sync()).bundles) == 4
    async with Member.open(tmp_path / "w", lock, clock=lambda: NOON) as opened:
        receipt = await opened.report(DRAFT)
    kept = reopened(tmp_path / "w", lock)
    assert [filed.receipt for filed in kept.filed] == [receipt.secret]
    assert await waiting(server.site) == 1


async def test_a_wallet_is_open_in_one_program_only(server: Served, tmp_path: Path, lock: Lock) -> None:
    await joined(server, tmp_path / "w", lock)
    async with Member.open(tmp_path / "w", lock):
        with pytest.raises(wallet.WalletError, match="in use"):
            async with Member.open(tmp_path / "w", lock):
                pass


async def test_the_same_report_again_sends_nothing_and_gives_the_same_receipt(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    first = await member(made).report(DRAFT, b"ticket 1")
    again = await member(made).report(DRAFT, b"ticket 1")
    other = await member(made).report(DRAFT, b"ticket 2")
    assert first.secret == again.secret != other.secret
    assert await waiting(server.site) == 2


async def test_reports_without_a_mark_of_their_own_are_all_different(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    for _ in range(2):
        await member(made).report(DRAFT)
    assert await waiting(server.site) == 2


async def test_reports_that_are_asked_for_at_once_are_made_in_turn(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    opened = member(made)
    marks = [b"1", b"2", b"3", b"1", b"2"]
    receipts = await asyncio.gather(*(opened.report(DRAFT, mark) for mark in marks))
    assert len({receipt.secret for receipt in receipts}) == len(made.contents.filed) == 3
    assert await waiting(server.site) == 3


async def test_a_draft_that_is_wrong_makes_no_request_and_costs_nothing(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    async with line_to(server) as (line, url):
        made = await joined(server, tmp_path / "w", lock, url)
        client.seal(made, DRAFT, NOON, secrets.token_bytes)
        with pytest.raises(InvalidReport):
            await member(made).report(Draft(type="fraud/nonsense"))
        assert line.sent == []


# Where no answer comes


async def test_what_waits_goes_first_and_its_failure_makes_nothing_of_the_next(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock, f"http://127.0.0.1:{nobody_listens()}")
    with pytest.raises(NotDelivered) as kept:
        await member(made).report(DRAFT)
    with pytest.raises(Unreachable) as error:
        await member(made).report(DRAFT)
    assert not isinstance(error.value, NotDelivered)
    assert [filed.receipt for filed in made.contents.filed] == [kept.value.receipt.secret]
    made.contents.url = server.url
    await member(made).report(DRAFT)
    assert await waiting(server.site) == 2


async def test_a_tool_tries_again_until_the_server_answers(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    pauses: list[float] = []
    async with line_to(server) as (line, url):
        made = await joined(server, tmp_path / "w", lock, url)
        line.instead = answer("503 X", b'{"type": "urn:warp:problem:relay-full", "detail": "Later."}')

        async def sleep(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                line.instead = None

        await member(made, Patience(sleep=sleep)).report(DRAFT)
        assert len(line.sent) == 4
        assert len(set(line.sent)) == 1
    assert len(pauses) == 3
    assert await waiting(server.site) == 1


async def test_a_sync_is_tried_again(server: Served, tmp_path: Path, lock: Lock) -> None:
    async with line_to(server) as (line, url):
        made = await joined(server, tmp_path / "w", lock, url)
        lost = iter([True, False, False, True])
        line.lose = lambda _request: next(lost, False)

        async def sleep(_seconds: float) -> None:
            return

        await member(made, Patience(sleep=sleep)).sync()
        assert len(made.contents.tokens) == 5


# A restored wallet


async def test_a_report_whose_token_a_restored_wallet_had_used_goes_out_under_another(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    copy = (tmp_path / "w").read_bytes()
    first = await member(made).report(DRAFT, b"1")
    (tmp_path / "w").write_bytes(copy)
    async with Member.open(tmp_path / "w", lock, clock=lambda: NOON) as restored:
        receipt = await restored.report(DRAFT, b"2")
        assert restored.resealed == 1
    kept = reopened(tmp_path / "w", lock)
    assert [filed.receipt for filed in kept.filed] == [receipt.secret]
    assert receipt.secret != first.secret
    assert await waiting(server.site) == 2


async def test_what_the_server_never_takes_stops_the_tool_until_it_is_given_up(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    made.contents.outbox.append(bytes(16_384))
    for _ in range(2):
        with pytest.raises(Refused):
            await member(made).report(DRAFT)
    assert made.contents.filed == []
    member(made).discard()
    await member(made).report(DRAFT)
    assert await waiting(server.site) == 1


async def test_a_report_that_was_given_up_can_be_made_again(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock, f"http://127.0.0.1:{nobody_listens()}")
    with pytest.raises(NotDelivered):
        await member(made).report(DRAFT, b"1")
    member(made).discard()
    made.contents.url = server.url
    await member(made).report(DRAFT, b"1")
    assert await waiting(server.site) == 1


# Wherever it dies


class Crash(Exception):
    """The program ends here; what was not saved is gone."""


def crashing(made: Wallet, at: int, *, written: bool) -> None:
    """Let the wallet's n-th save be the last thing that the program does, or nearly does."""
    saves, save = 0, made.save

    def save_or_die() -> None:
        nonlocal saves
        saves += 1
        if saves == at and written:
            save()
        if saves == at:
            raise Crash
        save()

    made.save = save_or_die  # type: ignore[method-assign]


SAVES = 2 * len(LINES)
"""One when a report is sealed, one when it is taken."""


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("at", range(1, SAVES + 1))
async def test_a_batch_that_dies_at_any_save_goes_on_where_it_was(
    server: Served, tmp_path: Path, lock: Lock, at: int, *, written: bool
) -> None:
    await joined(server, tmp_path / "w", lock)
    with wallet.opened(tmp_path / "w", lock, secrets.token_bytes) as made:
        crashing(made, at, written=written)
        with pytest.raises(Crash):
            await report_all(member(made))
    with wallet.opened(tmp_path / "w", lock, secrets.token_bytes) as again:
        receipts = await report_all(member(again))
        assert await report_all(member(again)) == receipts
    await every_line_counts_once(server, tmp_path, lock, receipts)


async def test_a_batch_saves_as_often_as_this_test_dies(server: Served, tmp_path: Path, lock: Lock) -> None:
    made = await joined(server, tmp_path / "w", lock)
    crashing(made, SAVES + 1, written=False)
    await report_all(member(made))
    with pytest.raises(Crash):
        made.save()


def lost_on_the_way_there(line: Line) -> None:
    line.instead = answer("502 Bad Gateway", b"away")


def lost_on_the_way_back(line: Line) -> None:
    line.lose = lambda _request: True


@pytest.mark.parametrize("lose", [lost_on_the_way_there, lost_on_the_way_back])
@pytest.mark.parametrize("at", range(len(LINES)))
async def test_a_batch_whose_connection_fails_anywhere_goes_on_where_it_was(
    server: Served, tmp_path: Path, lock: Lock, at: int, lose: Callable[[Line], None]
) -> None:
    async with line_to(server) as (line, url):
        made = await joined(server, tmp_path / "w", lock, url)
        for each in LINES[:at]:
            await member(made).report(each.draft, each.once)
        lose(line)
        with pytest.raises(NotDelivered):
            await report_all(member(made))
    with wallet.opened(tmp_path / "w", lock, secrets.token_bytes) as again:
        again.contents.url = server.url
        receipts = await report_all(member(again))
    await every_line_counts_once(server, tmp_path, lock, receipts)


async def every_line_counts_once(server: Served, folder: Path, lock: Lock, receipts: list[bytes]) -> None:
    kept = reopened(folder / "w", lock)
    assert await waiting(server.site) == len(LINES) == len(set(receipts))
    assert [filed.receipt for filed in kept.filed] == receipts
    assert kept.tokens[str(WEEK)].left() == BUNDLE - len(LINES)
    assert kept.outbox == []


async def test_when_the_tokens_are_used_up_nothing_is_half_done(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    made.contents.tokens[str(WEEK)].further.clear()
    with pytest.raises(NoTokens, match="--similar"):
        await report_all(member(made))
    assert await waiting(server.site) == len(made.contents.filed) == 1
    assert made.contents.outbox == []


Act = Callable[[Member], Awaitable[Any]]


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        (lambda opened: opened.sync(), {b"GET", b"POST"}),
        (lambda opened: opened.report(DRAFT), {b"POST"}),
    ],
)
async def test_a_report_is_one_request_and_a_sync_none_of_that_kind(
    server: Served, tmp_path: Path, lock: Lock, act: Act, kinds: set[bytes]
) -> None:
    async with line_to(server) as (line, url):
        made = await joined(server, tmp_path / "w", lock, url)
        made.contents.outbox.clear()
        await syncing.sync(made, NOON, secrets.token_bytes, THIS_WEEK)
        line.sent.clear()
        await act(member(made))
        assert {request.split()[0] for request in line.sent} == kinds
        reports = [request for request in line.sent if b" /v1/reports " in request]
        assert len(reports) == len(line.sent) if kinds == {b"POST"} else reports == []
