"""Killing real processes: what was acknowledged survives, and counts once."""

import asyncio
import contextlib
import os
import re
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import schema
from tests.support import (
    BINARY,
    Clock,
    Logged,
    Stock,
    found,
    opened,
    request,
    rows,
    sealed_quickly,
    seeded,
    tally,
    waiting,
)
from warp.intake import Intake
from warp.site import Site
from warp.weeks import Week

RELEASE = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from warp.site import open_site

async def release():
    async with open_site(Path(sys.argv[1])) as site:
        print("ready", flush=True)
        await site.release(datetime.now(UTC))

asyncio.run(release())
"""


@pytest.fixture
def site(tmp_path: Path, stock: Stock) -> Path:
    """A site of today: the command line knows no other clock than the machine's."""
    asyncio.run(found(tmp_path / "site", stock, datetime.now(UTC)))
    return tmp_path / "site"


@contextlib.asynccontextmanager
async def process(*command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
        await running.communicate()


async def port_of(serving: asyncio.subprocess.Process) -> int:
    assert serving.stdout is not None
    said = b""
    while line := await asyncio.wait_for(serving.stdout.readline(), 30):
        said += line
        if match := re.search(rb"Serving on http://127\.0\.0\.1:(\d+)", line):
            return int(match[1])
    raise AssertionError(said)


async def post(port: int, envelope: bytes) -> int:
    try:
        return (await request(port, "POST", "/v1/reports", envelope, BINARY)).status
    except (OSError, EOFError):
        return 0


async def keep(site: Site, envelopes: list[bytes]) -> None:
    """Take envelopes in as a server does."""
    intake = Intake(site.hub.reports, site.hub.opener, lambda: secrets.randbits(63))
    async with intake.running():
        await asyncio.gather(*(intake.accept(each, datetime.now(UTC)) for each in envelopes))


async def test_a_server_that_is_killed_between_answers_loses_nothing_and_counts_nothing_twice(
    site: Path, stock: Stock
) -> None:
    async with opened(site, Clock(datetime.now(UTC)), Logged(), stock) as before:
        envelopes = sealed_quickly(before, 100, Week.of(datetime.now(UTC)))
    serve = ("-m", "warp.cli.main", "serve", "--data", str(site), "--port", "0")
    async with process(*serve) as serving:
        port = await port_of(serving)
        posting = [asyncio.create_task(post(port, each)) for each in envelopes]
        for answered in asyncio.as_completed(posting[:30]):
            await answered
        os.kill(serving.pid, signal.SIGKILL)
        statuses = dict(zip(envelopes, await asyncio.gather(*posting), strict=True))
    acknowledged = {each for each, status in statuses.items() if status == 202}
    assert set(statuses.values()) <= {0, 202}
    assert len(acknowledged) >= 30

    async with opened(site, Clock(datetime.now(UTC)), Logged(), stock) as left:
        if not await tally(left):  # unless a midnight came in between
            kept = {envelope for _, envelope in (await rows(left.hub.reports, schema.reports))["pool"]}
            assert acknowledged <= kept

    async with process(*serve) as serving:
        port = await port_of(serving)
        assert {await post(port, each) for each in envelopes} == {202}
        serving.terminate()
        assert await asyncio.wait_for(serving.wait(), 30) == 0
    async with opened(site, Clock(datetime.now(UTC)), Logged(), stock) as after:
        assert sum((await tally(after)).values()) + await waiting(after) == len(envelopes)
        await after.release(datetime.now(UTC))
        assert sum((await tally(after)).values()) == len(envelopes)


async def test_a_release_that_is_killed_has_happened_whole_or_not_at_all(site: Path, stock: Stock) -> None:
    random = seeded(4)
    week = Week.of(datetime.now(UTC))
    sent = 0
    async with opened(site, Clock(datetime.now(UTC)), Logged(), stock) as beside:
        for _ in range(4):
            if not await waiting(beside):
                await keep(beside, sealed_quickly(beside, 60, week))
                sent += 60
            async with process("-c", RELEASE, str(site)) as releasing:
                assert releasing.stdout is not None
                assert await asyncio.wait_for(releasing.stdout.readline(), 30) == b"ready\n"
                await asyncio.sleep(random.uniform(0, 0.12))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(releasing.pid, signal.SIGKILL)
            assert sum((await tally(beside)).values()) + await waiting(beside) == sent
        await beside.release(datetime.now(UTC))
        assert sum((await tally(beside)).values()) == sent
