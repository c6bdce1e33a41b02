"""The clock: a leap of it does nothing that stays; what sleep, restarts and kills cut short is made good."""

import asyncio
import base64
import secrets
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from keys import directory
from keys.directory import fingerprint
from storage import inbox, members, pool, schema
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
    rows,
    sealed,
    sealed_quickly,
    served,
    tally,
    unchanged,
    waiting,
)
from warp import schedule
from warp.app import keep_schedule
from warp.client import Draft
from warp.events import Event
from warp.schedule import BELIEVED, ClockInDoubt, Standing
from warp.site import Site
from warp.weeks import Week

FINISHED = date(2026, 11, 17)
"""The last finished day of a new site."""
URGENT = Draft(type="fraud/phishing", place="UY", urgent=True)
LEAPS = [
    datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),  # no battery, and no time server yet
    datetime(2015, 1, 1, tzinfo=UTC),
    NOON - timedelta(days=16),
    NOON + timedelta(days=15),
    NOON + timedelta(days=31),  # a month mistyped
    datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
]


async def send(server: Served, *drafts: Draft) -> None:
    for draft in drafts:
        assert (await server.post(sealed(server.site, draft))).status == 202


async def last_day(site: Site) -> date:
    async with site.hub.reports.read() as connection:
        return (await pool.waiting(connection)).day


def public(site: Site) -> dict[str, bytes]:
    folder = site.tree.folder
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (FINISHED, Standing.DONE),
        (FINISHED + timedelta(days=1), Standing.DONE),
        (FINISHED + timedelta(days=2), Standing.WAS_AHEAD),
        (FINISHED + BELIEVED, Standing.WAS_AHEAD),
        (FINISHED + BELIEVED + timedelta(days=1), Standing.IN_DOUBT),
        (FINISHED - timedelta(days=1), Standing.DUE),
        (FINISHED - BELIEVED, Standing.DUE),
        (FINISHED - BELIEVED - timedelta(days=1), Standing.IN_DOUBT),
    ],
)
def test_the_clock_is_judged_by_the_last_finished_day(day: date, expected: Standing) -> None:
    assert schedule.standing(day, NOON) is expected


def test_no_clock_that_is_believed_destroys_keys_of_a_week_that_still_runs() -> None:
    """The worst leap that passes, after a midnight that was on time, on any day of a week."""
    for day in range(7):
        true = WEEK.start + timedelta(days=day)
        finished = true.date() - timedelta(days=1)
        leaps = [true + timedelta(days=n) for n in range(40)]
        latest = max(at for at in leaps if schedule.standing(finished, at) is not Standing.IN_DOUBT)
        assert latest - true == BELIEVED
        assert WEEK.end + timedelta(days=14) > latest


# Leaps


@pytest.mark.parametrize("leap", LEAPS, ids=str)
async def test_a_clock_that_leapt_changes_nothing_at_all(server: Served, leap: datetime) -> None:
    await server.site.publish_all()
    await server.site.catch_up()
    await send(server, PHISHING, PHISHING, PHISHING, URGENT)
    before, server.clock.now = public(server.site), leap
    async with unchanged(server):
        kept, server.logged.events = server.logged.events, []
        for _ in range(3):
            await server.site.hour()
        assert set(server.logged.events) == {Event.CLOCK_IN_DOUBT}
        server.logged.events = kept
    assert public(server.site) == before
    server.clock.now = NOON
    await server.site.hour()
    assert sum((await tally(server.site)).values()) == 1, "the urgent one, once the clock is right again"
    assert await last_day(server.site) == FINISHED


@pytest.mark.parametrize("leap", LEAPS, ids=str)
async def test_a_server_that_starts_with_such_a_clock_changes_nothing_either(
    data: Path, stock: Stock, leap: datetime
) -> None:
    async with served(data, Clock(), stock) as server:
        await send(server, PHISHING, PHISHING, PHISHING)
        await server.site.publish_all()
        before = public(server.site)
    async with served(data, Clock(leap), stock) as server:
        assert not await server.site.catch_up()
        async with unchanged(server):
            await server.site.mend()
        assert public(server.site) == before
    async with served(data, Clock(), stock) as server:
        assert not await server.site.catch_up()
        assert await waiting(server.site) == 3


async def test_a_leap_refuses_reports_for_the_moment_and_not_for_good(server: Served) -> None:
    """A client gives up what is refused with 410, as it would be by a date in 2038."""
    await server.site.catch_up()
    envelope = sealed(server.site)
    server.clock.now = LEAPS[-1]
    answer = await server.post(envelope)
    assert (answer.status, answer.problem) == (503, "clock")
    ready = await request(server.port, "GET", "/readyz")
    assert (ready.status, ready.problem) == (503, "not-ready")
    server.clock.now = NOON
    assert (await server.post(envelope)).status == 202
    assert (await request(server.port, "GET", "/readyz")).status == 200


async def test_a_leap_is_believed_once_somebody_has_looked(data: Path, stock: Stock) -> None:
    """A site that was away for a year, for instance."""
    back = NOON + timedelta(days=364)
    async with served(data, Clock(), stock) as server:
        await send(server, PHISHING, PHISHING, PHISHING)
    async with served(data, Clock(back), stock) as server:
        assert not await server.site.catch_up()
        with pytest.raises(ClockInDoubt, match="warp midnight --today 2027-11-17"):
            await server.site.check_clock()
        async with opened(data, Clock(back), Logged(), stock) as beside:
            assert await beside.catch_up(clock_is_right=True)
        await server.site.hour()
        assert await last_day(server.site) == date(2027, 11, 16)
        assert await tally(server.site) == {("2027-11-16", "fraud/phishing", "UY"): 3}
        current = Week.of(back)
        assert server.site.hub.keyring.weeks() == [current.plus(n) for n in range(5)]
        assert (await request(server.port, "GET", "/readyz")).status == 200


async def test_a_server_believes_its_clock_as_soon_as_it_is_asked_whether_it_is_ready(
    data: Path, stock: Stock
) -> None:
    back = NOON + timedelta(days=30)
    async with served(data, Clock(back), stock) as server:
        assert not await server.site.catch_up()
        async with opened(data, Clock(back), Logged(), stock) as beside:
            await beside.catch_up(clock_is_right=True)
        assert (await request(server.port, "GET", "/readyz")).status == 200
        envelope = sealed(server.site, week=Week.of(back))
        assert (await server.post(envelope)).status == 202


# A clock that was ahead


async def test_a_clock_that_was_ahead_and_is_set_right_begins_anew_from_today(server: Served) -> None:
    server.clock.now = NOON + timedelta(days=10)
    await server.site.hour()
    assert await last_day(server.site) == FINISHED + timedelta(days=10)
    server.clock.now = NOON + timedelta(days=1)
    await send(server, PHISHING, PHISHING, PHISHING)
    await server.site.hour()
    assert Event.CLOCK_WAS_AHEAD in server.logged.events
    assert await last_day(server.site) == FINISHED + timedelta(days=1)
    assert await tally(server.site) == {("2026-11-18", "fraud/phishing", "UY"): 3}
    await send(server, PHISHING, PHISHING, PHISHING)
    server.clock.now = datetime(2026, 11, 20, 0, 0, 1, tzinfo=UTC)
    await server.site.hour()
    assert (await tally(server.site))["2026-11-19", "fraud/phishing", "UY"] == 3, "and nothing stalls"


async def test_a_clock_that_was_ahead_left_no_week_of_the_directory_out(server: Served) -> None:
    server.clock.now = NOON + BELIEVED - timedelta(hours=12)
    await server.site.hour()
    server.clock.now = NOON
    await server.site.hour()
    for monday in range(1, 8):
        server.clock.now = WEEK.plus(monday).start + timedelta(seconds=1)
        await server.site.hour()
        assert await server.site.is_ready()
    documents = []
    while document := server.site.tree.read(f"v1/directory/{len(documents)}.json"):
        documents.append(document)
    verified = directory.check_chain(documents, fingerprint(server.site.settings.root_key))
    assert [each.entry.week for each in verified] == [str(WEEK.plus(n)) for n in range(12)]


@pytest.mark.parametrize("seconds", [1, 90, 3600, 3600 * 20])
async def test_a_small_step_back_across_midnight_releases_nothing_twice(server: Served, seconds: int) -> None:
    midnight = datetime(2026, 11, 19, tzinfo=UTC)
    await send(server, PHISHING, PHISHING, PHISHING)
    server.clock.now = midnight + timedelta(milliseconds=50)
    assert await server.site.catch_up()
    await send(server, PHISHING, PHISHING, PHISHING)
    server.clock.now = midnight - timedelta(seconds=seconds)
    await server.site.hour()
    server.clock.now = midnight + timedelta(milliseconds=50)
    await server.site.hour()
    assert await waiting(server.site) == 3
    assert sum((await tally(server.site)).values()) == 3


# Sleep


def asleep(clock: Clock, at: dict[int, timedelta], until: datetime) -> Callable[[float], Awaitable[None]]:
    """Give a sleep in which, at some of its turns, the clock moves by more or less than the seconds."""
    turn = 0

    async def sleep(seconds: float) -> None:
        nonlocal turn
        clock.now += at.get(turn, timedelta(seconds=seconds))
        turn += 1
        if clock.now > until or turn > 5000:
            raise asyncio.CancelledError
        await asyncio.sleep(0)

    return sleep


async def test_a_machine_that_slept_over_midnight_makes_up_for_it_within_a_minute(server: Served) -> None:
    server.clock.now = datetime(2026, 11, 18, 21, 30, tzinfo=UTC)
    await send(server, PHISHING, PHISHING, PHISHING)
    woken = datetime(2026, 11, 19, 7, 45, tzinfo=UTC)
    sleep = asleep(server.clock, {3: timedelta(hours=10, minutes=12)}, woken + timedelta(minutes=1))
    with pytest.raises(asyncio.CancelledError):
        await keep_schedule(server.site, sleep)
    assert await tally(server.site) == {("2026-11-18", "fraud/phishing", "UY"): 3}
    assert await last_day(server.site) == date(2026, 11, 18)


async def test_a_clock_that_is_set_back_within_an_hour_moves_the_next_full_hour(server: Served) -> None:
    server.clock.now = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    await send(server, PHISHING, PHISHING, PHISHING)
    sleep = asleep(server.clock, {3: timedelta(hours=-5)}, datetime(2026, 11, 18, 23, 58, tzinfo=UTC))
    with pytest.raises(asyncio.CancelledError):
        await keep_schedule(server.site, sleep)
    assert await waiting(server.site) == 3
    with pytest.raises(asyncio.CancelledError):
        await keep_schedule(server.site, asleep(server.clock, {}, datetime(2026, 11, 19, 0, 1, tzinfo=UTC)))
    assert await waiting(server.site) == 0


# Kills

MIDNIGHT = """
import asyncio, dataclasses, os, signal, sys
from datetime import datetime
from pathlib import Path
from warp import config
from warp.events import Event
from warp.site import open_site
from warp.workers import here

data, now, step = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3]
steps = {"rewriting": 0}

def end():
    os.kill(os.getpid(), signal.SIGKILL)

def log(event, error=None):
    if event.name == step:
        end()

def look(event, arguments):
    if step == "destroying" and event == "os.rename" and str(arguments[1]).endswith(".json.old"):
        end()
    if step == "destroyed" and event == "os.remove" and str(arguments[0]).endswith(".json.old"):
        end()
    if step == "publishing" and event == "os.rename" and "/public/v1/figures/" in str(arguments[1]):
        end()
    if step == "announcing" and event == "os.rename" and "/public/v1/directory/" in str(arguments[1]):
        end()

sys.addaudithook(look)

async def main():
    workers = here(config.read(data))
    async def rewrite(path):
        if step == f"rewriting {path.stem}":
            end()
        await workers.rewrite(path)
    async with open_site(data, lambda: now, log, workers=workers._replace(rewrite=rewrite)) as site:
        if not await site.catch_up():
            await site.mend()

asyncio.run(main())
"""
STEPS = [
    *("destroying", "destroyed", "rewriting identity", "announcing"),
    *(
        pytest.param(step, marks=pytest.mark.slow)
        for step in (
            "RELEASED",
            "PERIOD_CLOSED",
            "KEYS_DESTROYED",
            "KEYS_MADE",
            "rewriting reports",
            "publishing",
        )
    ),
]
MONDAY = datetime.combine(WEEK.plus(3).monday, time(), UTC) + timedelta(seconds=1)
"""The first moment at which the keys of 2026-W47 are due."""
NARRATIVE = b"narrative of an old week" * 4


async def age(server: Served) -> None:
    """Give the site what a site has on that Monday: something of each kind that is due, and three reports."""
    assert (await server.post(sealed(server.site))).status == 202
    await server.site.release(NOON)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, "CERT", "UY", bytes(16), str(WEEK))
        await members.join(connection, bytes(16), bytes(32), str(WEEK))
        await members.claim_bundle(connection, "CERT", str(WEEK), b"request")
        await members.invite(connection, "Lapsed", "UY", bytes([1] * 16), str(WEEK.plus(-10)))
    async with server.site.hub.reports.write() as connection:
        await inbox.file(connection, inbox.Sealed(secrets.token_bytes(16), "2026-W30", NARRATIVE))
        await pool.pass_midnight(connection, MONDAY.date() - timedelta(days=2))
    server.clock.now = MONDAY - timedelta(hours=3)
    for each in sealed_quickly(server.site, 3, WEEK.plus(2)):
        assert (await server.post(each)).status == 202


def not_in(data: Path, values: list[bytes]) -> list[bytes]:
    """Give the values that no file holds."""
    held = [path.read_bytes() for path in data.rglob("*") if path.is_file()]
    return [value for value in values if not any(value in content for content in held)]


@pytest.mark.parametrize("step", STEPS)
async def test_whatever_step_of_a_midnight_is_killed_the_next_start_forgets_what_is_due(
    data: Path, stock: Stock, step: str
) -> None:
    async with served(data, Clock(), stock) as server:
        keys = server.site.hub.keyring.week(WEEK)
        assert keys is not None
        await age(server)
        spent = [
            row[0]
            for row in (await rows(server.site.hub.reports, schema.reports))["spent"]
            if row[2] == str(WEEK)
        ]
    [mark] = spent
    due = [NARRATIVE, mark, b"Lapsed", base64.b64encode(keys.report.seed)]
    assert not_in(data, due) == []
    command = [sys.executable, "-c", MIDNIGHT, str(data), MONDAY.isoformat(), step]
    killed = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    async with opened(data, Clock(MONDAY + timedelta(hours=1)), Logged(), stock) as site:
        if not await site.catch_up():
            await site.mend()
        await site.publish_all()
        assert await last_day(site) == MONDAY.date() - timedelta(days=1)
        assert (await tally(site))["2026-12-06", "fraud/phishing", "UY"] == 3
        assert site.hub.keyring.weeks() == [WEEK.plus(n) for n in range(1, 8)]
        assert (await rows(site.hub.identity, schema.identity))["bundles"] == []
        assert site.tree.read(f"v1/figures/{WEEK.plus(2)}.json") is not None
    assert not [path for path in data.rglob("*") if path.suffix in (".old", ".partial")]
    assert not_in(data, due) == due
