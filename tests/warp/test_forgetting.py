"""Forgetting: what is explained is what is done."""

import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from keys import sealing
from keys.lists import Kind
from storage import inbox, members, pool, schema, subscriptions
from storage.subscriptions import Subscription
from tests.support import NOON, WEEK, Clock, Served, Stock, readable, rows, sealed, served
from warp import forgetting
from warp.forgetting import IN_IDENTITY, IN_REPORTS, Explained
from warp.publication import list_path
from warp.weeks import Week

RULES = [*IN_REPORTS, *IN_IDENTITY]


async def fill(server: Served) -> None:
    """Put something of each kind and of many weeks into a site."""
    site = server.site
    assert (await server.post(sealed(site))).status == 202
    await site.release(NOON)
    async with site.hub.reports.write() as connection:
        for ago in range(20):
            week = str(WEEK.plus(-ago))
            await inbox.file(connection, inbox.Sealed(secrets.token_bytes(16), week, b"narrative"))
            arrival = pool.Arrival(bytes(10), secrets.token_bytes(32), secrets.token_bytes(32), week)
            await pool.accept(connection, [arrival], lambda: secrets.randbits(60))
        await pool.remove(connection, await pool.ids(connection))
    for ago in range(20):
        for kind in Kind:
            site.tree.keep(list_path(kind, WEEK.plus(-ago)), b"a list", NOON)
    async with site.hub.identity.write() as connection:
        await members.invite(connection, "CERT", "UY", bytes(16), str(WEEK.plus(-40)))
        await members.join(connection, bytes(16), bytes(32), str(WEEK.plus(-40)))
        for ago in range(20):
            until = WEEK.plus(-ago).sunday
            await subscriptions.put(connection, Subscription("feed", f"https://{ago}", b"", until, b""))
            week = str(WEEK.plus(-ago))
            await members.claim_bundle(connection, "CERT", week, b"request")
            await members.invite(connection, f"Invited {ago}", "UY", secrets.token_bytes(16), week)


def kept(found: list[Explained], *, due: bool | None = None) -> set[tuple[str, str, int]]:
    return {
        (each.what, week.week, week.number)
        for each in found
        for week in each.weeks
        if due is None or week.due is due
    }


@pytest.mark.parametrize("days", [0, 1, 4, 5, 13, 19, 20, 26, 33, 60, 94, 95, 400])
async def test_what_is_due_goes_and_nothing_else(server: Served, days: int) -> None:
    await fill(server)
    now = datetime(2026, 11, 18, tzinfo=UTC) + timedelta(days=days)
    before = await forgetting.explain(server.site.hub.stores, now)
    assert len(kept(before)) > 80
    await forgetting.forget(server.site.hub.stores, now)
    after = await forgetting.explain(server.site.hub.stores, now)
    assert kept(after) == kept(before, due=False)
    assert kept(after, due=True) == set()


async def test_something_goes_on_the_day_that_was_told_and_not_before(server: Served) -> None:
    await fill(server)
    told = await forgetting.explain(server.site.hub.stores, NOON)
    for rule, each in zip(RULES, told, strict=True):
        assert (each.what, each.days, each.why) == (rule.what, rule.kept_for.days, rule.why)
        assert each.weeks, each.what
        for week in each.weeks:
            assert week.due is (week.until <= NOON.date())
            midnight = datetime.combine(week.until, datetime.min.time(), UTC)
            assert Week.parse(week.week) < rule.first_kept(midnight, None)
            assert Week.parse(week.week) >= rule.first_kept(midnight - timedelta(seconds=1), None)


async def test_what_an_envelope_in_the_pool_needs_is_said_to_wait_for_it(server: Served) -> None:
    server.clock.now = WEEK.end + timedelta(days=13)
    assert (await server.post(sealed(server.site))).status == 202
    found = await forgetting.explain(server.site.hub.stores, WEEK.end + timedelta(days=15))
    keys, spent = found[0].weeks[0], found[1].weeks[0]
    assert (keys.week, keys.due, keys.waits) == (str(WEEK), False, True)
    assert (spent.week, spent.due, spent.waits) == (str(WEEK), False, True)
    await server.site.release(server.clock.now)
    found = await forgetting.explain(server.site.hub.stores, WEEK.end + timedelta(days=15))
    assert found[0].weeks[0].due


async def test_the_earliest_end_is_that_of_what_goes_first(server: Served) -> None:
    ends = await forgetting.earliest_end(server.site.hub.stores)
    assert ends == date(2026, 12, 7), "the keys of the first week"
    await fill(server)
    told = await forgetting.explain(server.site.hub.stores, NOON)
    private = [each for rule, each in zip(RULES, told, strict=True) if not rule.is_public]
    first = min(week.until for each in private for week in each.weeks)
    assert await forgetting.earliest_end(server.site.hub.stores) == first


def test_every_table_with_weeks_that_are_not_for_good_has_a_rule() -> None:
    """A new table that remembers a week must be forgotten, or be named here."""
    for_good = {"calibration", "figures", "signals"}
    dated = {
        table.name
        for metadata in (schema.identity, schema.reports)
        for table in metadata.tables.values()
        if {"week", "invited", "until"} & set(table.columns.keys())
    }
    assert dated - for_good == {"spent", "inbox", "bundles", "members", "subscriptions"}
    assert len(RULES) == len(dated - for_good) + 2, "and one each for key files and public lists"


async def test_forgetting_by_hand_leaves_nothing_readable(server: Served) -> None:
    await fill(server)
    async with server.site.hub.reports.write() as connection:
        await inbox.file(connection, inbox.Sealed(bytes(16), "2026-W10", b"an old narrative" * 8))
    spent = [row[0] for row in (await rows(server.site.hub.reports, schema.reports))["spent"]]
    await server.site.forget(NOON)
    left = {row[0] for row in (await rows(server.site.hub.reports, schema.reports))["spent"]}
    held = b"\0".join(path.read_bytes() for path in server.site.data.rglob("*") if path.is_file())
    gone = [b"an old narrative", b"Invited 19", *(mark for mark in spent if mark not in left)]
    assert len(gone) > 10
    assert [value for value in gone if value in held] == []


async def test_sealed_keys_that_are_due_leave_neither_themselves_nor_their_seal(
    data: Path, stock: Stock
) -> None:
    sealing.seal_folder(data / "keys", b"correct horse")
    week = (data / "keys" / "weeks" / f"{WEEK}.json").read_bytes()
    async with served(data, Clock(), stock, secret=lambda: b"correct horse") as server:
        keys = server.site.hub.keyring.week(WEEK)
        assert keys is not None
        assert (await server.post(sealed(server.site))).status == 202, "and intake opens with sealed keys"
        await server.site.midnight(WEEK.end, open_pool=True)
        await server.site.forget(WEEK.end + timedelta(days=14))
        assert WEEK not in server.site.hub.keyring.weeks()
        assert WEEK.plus(5) in server.site.hub.keyring.weeks()
    held = b"\0".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    pieces = [week[i : i + 32] for i in range(40, len(week) - 32, 500)]
    assert len(pieces) > 30
    assert [piece for piece in pieces if piece in held] == []
    assert readable(data, [keys.report.seed]) == []
    assert not server.site.hub.keyring.unsealed()
