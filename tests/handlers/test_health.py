"""What a watcher of the process is told."""

import pytest
from sqlalchemy import text

from tests.support import NOON, Served, request
from warp.weeks import Week


async def test_a_live_process_says_so(server: Served) -> None:
    answer = await request(server.port, "GET", "/healthz")
    assert (answer.status, answer.body) == (200, b"ok\n")
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


async def test_a_site_with_keys_of_this_week_is_ready(server: Served) -> None:
    assert (await request(server.port, "GET", "/readyz")).status == 200


async def test_a_site_without_keys_of_this_week_is_not_ready(server: Served) -> None:
    server.clock.now = Week.of(NOON).plus(5).start
    answer = await request(server.port, "GET", "/readyz")
    assert (answer.status, answer.problem) == (503, "not-ready")


async def test_a_site_whose_database_is_broken_is_not_ready(server: Served) -> None:
    async with server.site.hub.reports.write() as connection:
        await connection.execute(text("DROP TABLE pool"))
    assert (await request(server.port, "GET", "/readyz")).status >= 500


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_takes_no_other_method(server: Served, path: str) -> None:
    answer = await request(server.port, "POST", path)
    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET,HEAD"
