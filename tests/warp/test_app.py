"""The schedule: midnights, Mondays, urgent hours, and what happens after a time without a server."""

import asyncio
import json
import logging
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from keys.lists import Kind, read_items
from storage import pool
from tests.support import (
    NOON,
    PHISHING,
    WEEK,
    Clock,
    Logged,
    Served,
    Stock,
    opened,
    request,
    sealed,
    served,
    tally,
    waiting,
)
from warp import app, listening
from warp.app import keep_schedule
from warp.client import Draft
from warp.config import ConfigError
from warp.events import Event
from warp.publication import list_path
from warp.site import Site, open_site
from warp.weeks import Week

URGENT = Draft(type="fraud/phishing", place="UY", urgent=True)
THURSDAY = datetime(2026, 11, 19, tzinfo=UTC)
A_MOMENT = timedelta(milliseconds=50)
"""How late the schedule wakes up."""


async def send(server: Served, *drafts: Draft) -> None:
    for draft in drafts:
        assert (await server.post(sealed(server.site, draft))).status == 202


async def last_day(site: Site) -> date:
    async with site.hub.reports.read() as connection:
        return (await pool.waiting(connection)).day


def listed(site: Site, week: Week = WEEK) -> int:
    document = site.tree.read(list_path(Kind.ACCEPTED, week))
    assert document is not None
    return len(read_items(document))


# Midnight


async def test_a_new_site_has_nothing_to_catch_up_with(server: Served) -> None:
    assert not await server.site.catch_up()
    assert await last_day(server.site) == date(2026, 11, 17)


async def test_midnights_work_is_done_once_a_day_although_the_schedule_wakes_up_late(server: Served) -> None:
    done = []
    for hour in range(24 * 3):
        server.clock.now = THURSDAY + timedelta(hours=hour) + A_MOMENT
        if await server.site.catch_up():
            done.append(server.clock.now)
    assert done == [THURSDAY + timedelta(days=day) + A_MOMENT for day in range(3)]
    assert await last_day(server.site) == date(2026, 11, 20)
    assert listed(server.site) == 3 * 64


async def test_what_arrived_before_midnight_counts_under_the_day_that_ended(server: Served) -> None:
    await send(server, PHISHING, PHISHING, PHISHING)
    server.clock.now = THURSDAY + A_MOMENT
    await server.site.hour()
    assert await tally(server.site) == {("2026-11-18", "fraud/phishing", "UY"): 3}


async def test_a_server_that_was_down_at_midnight_does_its_work_when_it_is_back(
    data: Path, clock: Clock, stock: Stock
) -> None:
    async with served(data, clock, stock) as server:
        await send(server, PHISHING, PHISHING, PHISHING)
    clock.now = NOON + timedelta(days=4)
    async with served(data, clock, stock) as server:
        assert await server.site.catch_up()
        assert await tally(server.site) == {("2026-11-21", "fraud/phishing", "UY"): 3}
        assert await last_day(server.site) == date(2026, 11, 21)
        clock.now = datetime(2026, 11, 23, tzinfo=UTC) + A_MOMENT
        assert await server.site.catch_up(), "catching up must not skip the next midnight"


async def test_a_server_that_was_down_over_the_weekend_counts_and_closes_the_week_on_monday(
    data: Path, clock: Clock, stock: Stock
) -> None:
    clock.now = WEEK.end - timedelta(hours=3)
    async with served(data, clock, stock) as server:
        await send(server, PHISHING, PHISHING, PHISHING)
    clock.now = WEEK.end + timedelta(hours=9)
    async with served(data, clock, stock) as server:
        await server.site.catch_up()
        assert await tally(server.site) == {("2026-11-22", "fraud/phishing", "UY"): 3}
        assert server.site.tree.read(f"v1/figures/{WEEK}.json") is not None
        assert listed(server.site) == 64


async def test_a_server_that_was_down_for_weeks_closes_each_and_has_keys_again_once_its_clock_is_believed(
    data: Path, clock: Clock, stock: Stock
) -> None:
    clock.now = WEEK.plus(7).start + timedelta(hours=5)
    async with served(data, clock, stock) as server:
        assert not await server.site.catch_up()
        assert await server.site.catch_up(clock_is_right=True)
        for ahead in range(7):
            assert server.site.tree.read(f"v1/figures/{WEEK.plus(ahead)}.json") is not None
        assert await server.site.is_ready()
        kept = server.site.hub.keyring.weeks()
        assert kept == [WEEK.plus(n) for n in range(7, 12)]


async def test_two_processes_do_a_midnights_work_once(data: Path, stock: Stock) -> None:
    clock = Clock(THURSDAY + A_MOMENT)
    async with opened(data, clock, Logged(), stock) as one, opened(data, clock, Logged(), stock) as other:
        assert sorted(await asyncio.gather(one.catch_up(), other.catch_up())) == [False, True]
        assert listed(one) == 64


# Monday


async def test_on_monday_the_week_is_closed_and_the_keys_of_one_more_are_announced(server: Served) -> None:
    server.clock.now = WEEK.end + A_MOMENT
    await server.site.hour()
    assert server.logged.events == [Event.PERIOD_CLOSED, Event.KEYS_MADE]
    figures = json.loads(server.site.tree.read(f"v1/figures/{WEEK}.json") or b"")
    assert (figures["period"], figures["note"], figures["cells"]) == (str(WEEK), "too few to publish", [])
    assert server.site.hub.keyring.weeks()[-1] == WEEK.plus(5)


async def test_keys_of_a_week_are_gone_after_its_third_monday(server: Served) -> None:
    for monday in range(1, 4):
        server.clock.now = WEEK.plus(monday).start + A_MOMENT
        await server.site.hour()
        assert (WEEK in server.site.hub.keyring.weeks()) is (monday < 3)
    assert Event.KEYS_DESTROYED in server.logged.events


# Urgent


async def test_an_urgent_report_is_released_at_the_next_full_hour(server: Served) -> None:
    await send(server, URGENT)
    server.clock.now = NOON + timedelta(hours=1) + A_MOMENT
    await server.site.hour()
    assert await tally(server.site) == {("2026-11-18", "fraud/phishing", "UY"): 1}
    assert not await server.site.catch_up()


async def test_what_is_not_urgent_waits_when_the_hour_is_full(server: Served) -> None:
    await send(server, PHISHING)
    server.clock.now = NOON + timedelta(hours=1) + A_MOMENT
    await server.site.hour()
    assert await waiting(server.site) == 1


async def test_an_urgent_report_leaves_the_others_their_cover(server: Served) -> None:
    await send(server, PHISHING, URGENT, PHISHING)
    server.clock.now = NOON + timedelta(hours=1) + A_MOMENT
    await server.site.hour()
    assert await waiting(server.site) == 2
    assert sum((await tally(server.site)).values()) == 1


async def test_an_urgent_report_of_the_last_hour_is_released_at_midnight(server: Served) -> None:
    server.clock.now = THURSDAY - timedelta(minutes=20)
    await send(server, URGENT)
    server.clock.now = THURSDAY + A_MOMENT
    await server.site.hour()
    assert await tally(server.site) == {("2026-11-18", "fraud/phishing", "UY"): 1}


# Hours


def ticking(clock: Clock, until: datetime, woken: list[datetime]) -> Callable[[float], Awaitable[None]]:
    """Give a sleep that moves the clock, and ends the schedule when its time has come."""

    async def sleep(seconds: float) -> None:
        clock.now += timedelta(seconds=seconds)
        woken.append(clock.now)
        if clock.now > until:
            raise asyncio.CancelledError
        await asyncio.sleep(0)

    return sleep


async def run(server: Served, until: datetime) -> list[datetime]:
    woken: list[datetime] = []
    with pytest.raises(asyncio.CancelledError):
        await keep_schedule(server.site, ticking(server.clock, until, woken))
    return woken[:-1]


async def test_the_schedule_wakes_up_just_after_each_full_hour(server: Served) -> None:
    server.clock.now = NOON + timedelta(minutes=17, seconds=3, microseconds=5)
    woken = [each for each in await run(server, NOON + timedelta(hours=5)) if each.minute == 0]
    assert woken == [NOON + timedelta(hours=hour) + A_MOMENT for hour in range(1, 5)]


async def test_a_week_of_hours_releases_and_closes_as_it_should(server: Served) -> None:
    await send(server, *[PHISHING] * 3)
    await run(server, datetime(2026, 11, 25, 1, tzinfo=UTC))
    assert await tally(server.site) == {("2026-11-18", "fraud/phishing", "UY"): 3}
    assert await last_day(server.site) == date(2026, 11, 24)
    assert server.logged.events == [Event.RELEASED, Event.PERIOD_CLOSED, Event.KEYS_MADE]
    assert listed(server.site) == 5 * 64
    assert listed(server.site, WEEK.plus(1)) == 2 * 64


async def test_a_failure_is_logged_and_the_work_is_done_at_the_next_hour(server: Served) -> None:
    await send(server, *[PHISHING] * 3)
    async with server.site.hub.reports.write() as connection:
        await connection.execute(text("ALTER TABLE tally_day RENAME TO aside"))
    server.clock.now = THURSDAY - timedelta(minutes=1)
    await run(server, THURSDAY + timedelta(minutes=30))
    assert server.logged.events == [Event.FAULT]
    assert await waiting(server.site) == 3
    async with server.site.hub.reports.write() as connection:
        await connection.execute(text("ALTER TABLE aside RENAME TO tally_day"))
    await run(server, THURSDAY + timedelta(hours=2, minutes=30))
    assert await tally(server.site) == {("2026-11-18", "fraud/phishing", "UY"): 3}
    assert await last_day(server.site) == date(2026, 11, 18)


# After a crash


async def test_what_a_crash_kept_from_being_published_is_published_at_the_next_start(
    data: Path, clock: Clock, stock: Stock
) -> None:
    async with served(data, clock, stock) as server:
        await send(server, *[PHISHING] * 3)
        for clock.now in (WEEK.end, WEEK.plus(2).start):
            await server.site.midnight(clock.now)
        paths = [f"v1/figures/{WEEK.plus(n)}.json" for n in range(2)]
        before = [server.site.tree.read(path) for path in paths]
    assert None not in before
    shutil.rmtree(data / "public" / "v1" / "figures")
    async with served(data, clock, stock) as server:
        assert not await server.site.catch_up()
        await server.site.publish_figures()
        assert [server.site.tree.read(path) for path in paths] == before


async def test_a_restart_keeps_every_accepted_envelope_and_every_spent_token(
    data: Path, clock: Clock, stock: Stock
) -> None:
    async with served(data, clock, stock) as server:
        sent = [sealed(server.site) for _ in range(3)]
        for each in sent:
            await server.post(each)
    async with served(data, clock, stock) as server:
        assert await waiting(server.site) == 3
        assert {(await server.post(each)).status for each in sent} == {202}
        await server.site.release(NOON)
        assert await tally(server.site) == {("2026-11-18", "fraud/phishing", "UY"): 3}


# The rest of the composition


async def test_a_folder_that_is_no_site_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a WARP data folder"):
        async with open_site(tmp_path):
            pass


async def test_a_port_that_is_in_use_is_told(server: Served, data: Path, stock: Stock) -> None:
    async with opened(data, Clock(), Logged(), stock) as beside:
        with pytest.raises(listening.CannotListen, match="in use"):
            async with app.serving(beside, "127.0.0.1", server.port):
                pass
    assert (await request(server.port, "GET", "/healthz")).status == 200


async def test_no_library_logs_anything_of_a_request(
    server: Served, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, "aiohttp")
    caplog.set_level(logging.INFO)
    await send(server, PHISHING)
    await server.post(b"mark-7f3a")
    await request(server.port, "GET", "/mark-7f3a")
    async with server.site.hub.reports.write() as connection:
        await connection.execute(text("DROP TABLE spent"))
    assert (await server.post(sealed(server.site))).status == 500
    assert server.logged.events == [Event.FAULT]
    assert [record.getMessage() for record in caplog.records] == []
    assert capfd.readouterr() == ("", "")


async def test_a_fault_of_ours_says_so_and_no_more(server: Served) -> None:
    async with server.site.hub.reports.write() as connection:
        await connection.execute(text("DROP TABLE spent"))
    answer = await server.post(sealed(server.site))
    assert (answer.status, answer.problem) == (500, "fault")
    assert b"spent" not in answer.raw
    assert b"sqlite" not in answer.raw.lower()


async def test_requests_under_way_are_finished_when_the_server_stops(
    data: Path, clock: Clock, stock: Stock
) -> None:
    async with served(data, clock, stock) as server:
        sent = [sealed(server.site) for _ in range(30)]
        posting = [asyncio.create_task(server.post(each)) for each in sent]
        await asyncio.sleep(0.02)
    outcomes = await asyncio.gather(*posting, return_exceptions=True)
    acknowledged = sum(getattr(outcome, "status", 0) == 202 for outcome in outcomes)
    async with opened(data, clock, Logged(), stock) as site:
        assert acknowledged <= await waiting(site) <= len(sent)
