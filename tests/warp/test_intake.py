"""Intake, without HTTP: batches, failures of the disk, and what an answer promises."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from keys.errors import ForgedToken, KeysError, WrongLength
from storage import schema
from tests.support import NOON, WEEK, Served, new_token, rows, sealed, sealed_quickly, waiting
from warp.intake import Intake, TokenSpent
from warp.opening import Expired, NotYetOpen


@contextlib.asynccontextmanager
async def intake_of(server: Served) -> AsyncIterator[Intake]:
    made = Intake(server.site.hub.reports, server.site.hub.opener, itertools.count(1).__next__)
    async with made.running():
        yield made


async def pool(server: Served) -> list[bytes]:
    return [envelope for _, envelope in (await rows(server.site.hub.reports, schema.reports))["pool"]]


async def test_an_accepted_envelope_is_on_the_disk_when_accept_returns(server: Served) -> None:
    one = sealed(server.site)
    async with intake_of(server) as intake:
        await intake.accept(one, NOON)
        assert await pool(server) == [one]


async def test_what_is_stored_is_still_sealed_and_says_no_more_than_a_week(server: Served) -> None:
    token = new_token(server.site)
    one = sealed(server.site, token=token)
    async with intake_of(server) as intake:
        await intake.accept(one, NOON)
    stored = await rows(server.site.hub.reports, schema.reports)
    assert [row[1] for row in stored["pool"]] == [one]
    assert [row[2] for row in stored["spent"]] == [str(WEEK)]
    assert token not in repr(stored).encode("latin-1", "replace")
    assert [name for name, found in stored.items() if found] == ["pool", "spent", "waiting"]


async def test_envelopes_that_arrive_together_share_transactions(server: Served) -> None:
    envelopes = sealed_quickly(server.site, 60)
    begun: list[str] = []
    engine = server.site.hub.reports._writer.sync_engine
    event.listen(engine, "commit", lambda _connection: begun.append("commit"))
    async with intake_of(server) as intake:
        await asyncio.gather(*(intake.accept(each, NOON) for each in envelopes))
    assert sorted(await pool(server)) == sorted(envelopes)
    assert len(begun) < 10


async def test_more_envelopes_than_the_queue_holds_are_all_stored(server: Served) -> None:
    envelopes = sealed_quickly(server.site, 550)
    async with intake_of(server) as intake:
        await asyncio.gather(*(intake.accept(each, NOON) for each in envelopes))
    assert sorted(await pool(server)) == sorted(envelopes)


async def test_one_that_is_refused_does_not_hold_up_the_others(server: Served) -> None:
    token = new_token(server.site)
    good = [sealed(server.site) for _ in range(5)]
    twins = [sealed(server.site, token=token) for _ in range(2)]
    genuine = new_token(server.site)
    forged = sealed(server.site, token=genuine[:-1] + bytes([genuine[-1] ^ 1]))
    async with intake_of(server) as intake:
        sent = (*good, *twins, forged, b"short")
        outcomes = await asyncio.gather(*(intake.accept(each, NOON) for each in sent), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes[:7]] == [type(None)] * 6 + [TokenSpent]
    assert [type(outcome) for outcome in outcomes[7:]] == [ForgedToken, WrongLength]
    assert len(await pool(server)) == 6


async def test_leaving_the_block_stores_what_still_waits(server: Served) -> None:
    envelopes = [sealed(server.site) for _ in range(20)]
    async with intake_of(server) as intake:
        waiting = [asyncio.create_task(intake.accept(each, NOON)) for each in envelopes]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert len(await pool(server)) == 20


async def test_a_failing_disk_is_told_to_everyone_who_waits_and_intake_goes_on(server: Served) -> None:
    async with intake_of(server) as intake:
        async with server.site.hub.reports.write() as connection:
            await connection.execute(text("ALTER TABLE spent RENAME TO gone"))
        sent = [sealed(server.site) for _ in range(5)]
        outcomes = await asyncio.gather(*(intake.accept(each, NOON) for each in sent), return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {OperationalError}
        assert await waiting(server.site) == 0
        async with server.site.hub.reports.write() as connection:
            await connection.execute(text("ALTER TABLE gone RENAME TO spent"))
        await asyncio.gather(*(intake.accept(each, NOON) for each in sent))
    assert sorted(await pool(server)) == sorted(sent)


async def test_a_sender_who_gives_up_waiting_does_not_stop_the_batch(server: Served) -> None:
    envelopes = [sealed(server.site) for _ in range(6)]
    async with intake_of(server) as intake:
        tasks = [asyncio.create_task(intake.accept(each, NOON)) for each in envelopes]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.gather(*tasks[1:])
    assert set(envelopes[1:]) <= set(await pool(server))


@pytest.mark.parametrize(
    ("now", "error"),
    [(WEEK.plus(-1).end, None), (WEEK.plus(-1).start, NotYetOpen), (WEEK.plus(3).start, Expired)],
)
async def test_the_clock_is_an_argument(server: Served, now, error: type[KeysError] | None) -> None:
    async with intake_of(server) as intake:
        if error is None:
            await intake.accept(sealed(server.site), now)
        else:
            with pytest.raises(error):
                await intake.accept(sealed(server.site), now)
