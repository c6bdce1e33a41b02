"""`warp hub`: the operator sees to whom feeds are sent, and ends it."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from storage import subscriptions
from storage.database import open_database
from storage.subscriptions import Subscription
from tests.commandline import refused, warp, warp_json

ONE = Subscription(
    "feeds/en/all.atom", "https://reader.example/secret-path", b"secret", date(2026, 11, 23), b""
)
OTHER = ONE._replace(callback="https://other.example/1")
"""Of another host."""


@pytest.fixture
def data(data: Path) -> Path:
    async def put() -> None:
        database = await open_database(data / "identity.db", "identity")
        async with database.write() as connection:
            for one in (ONE, ONE._replace(topic="feeds/es/all.atom"), OTHER):
                await subscriptions.put(connection, one)
        await database.close()

    asyncio.run(put())
    return data


def test_feeds_hosts_and_last_days_are_listed_and_neither_paths_nor_secrets(data: Path) -> None:
    listed = warp("hub", "list", "--data", data)
    assert all(part in listed for part in ("feeds/es/all.atom", "reader.example", "2026-11-23"))
    assert "secret" not in listed
    rows = [
        {"topic": "feeds/en/all.atom", "host": "other.example", "until": "2026-11-23"},
        {"topic": "feeds/en/all.atom", "host": "reader.example", "until": "2026-11-23"},
        {"topic": "feeds/es/all.atom", "host": "reader.example", "until": "2026-11-23"},
    ]
    assert warp_json("hub", "list", "--data", data) == {"subscriptions": rows}


def test_a_host_that_is_removed_is_sent_nothing_more_and_others_are(data: Path) -> None:
    assert warp("hub", "remove", "reader.example", "--data", data).startswith("Removed: 2. ")
    assert [row["host"] for row in warp_json("hub", "list", "--data", data)["subscriptions"]] == [
        "other.example"
    ]
    assert "there is no subscription of this host" in refused(
        "hub", "remove", "reader.example", "--data", data
    )


def test_a_site_that_sends_to_nobody_says_so(data: Path) -> None:
    for host in ("reader.example", "other.example"):
        warp("hub", "remove", host, "--data", data)
    assert warp("hub", "list", "--data", data) == "No subscriptions.\n"
    assert warp_json("hub", "list", "--data", data) == {"subscriptions": []}
