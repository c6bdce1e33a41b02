"""The public lists of a site: what joins them, when they grow, and what a crash on the way leaves."""

import secrets
from datetime import UTC, date, datetime, timedelta

import pytest

from keys import lists, reply
from keys.directory import fingerprint
from keys.lists import KEPT_WEEKS, Kind, SignedList
from keys.receipt import Receipt, mark
from storage import members, unlisted
from tests.support import PHISHING, WEEK, Served, entry_of, new_token, request, waiting
from warp import listing, taxonomy
from warp.client import Draft, seal_with
from warp.events import Event
from warp.publication import list_path
from warp.weeks import Week

THURSDAY = datetime(2026, 11, 19, tzinfo=UTC)
A_DAY = timedelta(days=1)


def listed(server: Served, kind: Kind, week: Week = WEEK) -> SignedList:
    document = server.site.tree.read(list_path(kind, week))
    assert document is not None
    return lists.read(document, kind, str(week), fingerprint(server.site.settings.root_key))


async def wait(server: Served, kind: Kind, *items: bytes) -> None:
    async with server.site.hub.reports.write() as connection:
        await unlisted.wait(connection, kind, items)


async def still_waiting(server: Served, kind: Kind) -> list[bytes]:
    async with server.site.hub.reports.read() as connection:
        return await unlisted.waiting(connection, kind)


async def test_a_reporter_finds_its_mark_in_the_list_after_midnight(server: Served) -> None:
    receipt, site = Receipt.new(secrets.token_bytes), server.site
    entry, root = entry_of(site, WEEK), site.settings.root_key
    await server.post(seal_with(PHISHING, new_token(site), entry, root, receipt, secrets.token_bytes))
    await site.midnight(THURSDAY, open_pool=True)
    found = listed(server, Kind.ACCEPTED)
    assert mark(receipt.lookup) in found.items
    assert receipt.lookup not in found.items
    assert (found.head.items, found.head.day) == (64, "2026-11-18")
    assert await still_waiting(server, Kind.ACCEPTED) == []


async def test_the_mark_of_a_test_report_is_listed_as_any_other(server: Served) -> None:
    receipt, site = Receipt.new(secrets.token_bytes), server.site
    entry, root = entry_of(site, WEEK), site.settings.root_key
    test = Draft(type=taxonomy.TEST_TYPE)
    await server.post(seal_with(test, new_token(site), entry, root, receipt, secrets.token_bytes))
    await site.midnight(THURSDAY, open_pool=True)
    assert mark(receipt.lookup) in listed(server, Kind.ACCEPTED).items


@pytest.mark.parametrize("kind", Kind)
async def test_a_list_grows_once_a_day_also_when_nothing_came(server: Served, kind: Kind) -> None:
    lengths = []
    for day in range(3):
        await server.site.midnight(THURSDAY + day * A_DAY)
        lengths.append(listed(server, kind).head.items)
    assert lengths == [64, 128, 192]


@pytest.mark.parametrize("kind", Kind)
async def test_each_week_has_a_list_of_its_own(server: Served, kind: Kind) -> None:
    item = secrets.token_bytes(kind.item_size)
    await server.site.midnight(WEEK.end)
    await wait(server, kind, item)
    await server.site.midnight(WEEK.end + A_DAY)
    assert item not in listed(server, kind).items
    assert item in listed(server, kind, WEEK.plus(1)).items


async def test_a_reply_joins_the_list_at_the_next_midnight_and_waits_no_more(server: Served) -> None:
    sealed = reply.filler(server.site.settings.root_key, secrets.token_bytes)
    await wait(server, Kind.REPLIES, sealed, sealed)
    await server.site.midnight(THURSDAY)
    assert sealed in listed(server, Kind.REPLIES).items
    assert await still_waiting(server, Kind.REPLIES) == []


@pytest.mark.parametrize("kind", Kind)
async def test_a_list_does_not_grow_twice_for_a_day_after_a_crash(server: Served, kind: Kind) -> None:
    first, second = secrets.token_bytes(kind.item_size), secrets.token_bytes(kind.item_size)
    day = date(2026, 11, 18)
    await wait(server, kind, first)
    await listing.grow(server.site.lists, day)
    before = listed(server, kind)
    await wait(server, kind, first, second)  # as if the crash had come before the waiting items were deleted
    await listing.grow(server.site.lists, day)
    assert listed(server, kind) == before
    assert await still_waiting(server, kind) == [second]
    await listing.grow(server.site.lists, day + A_DAY)
    assert second in listed(server, kind).items


@pytest.mark.parametrize("kind", Kind)
async def test_a_list_is_served_at_its_address_until_it_is_forgotten(server: Served, kind: Kind) -> None:
    await server.site.midnight(THURSDAY)
    path = f"/v1/{kind}/{WEEK}"
    assert (await request(server.port, "GET", path)).body == server.site.tree.read(list_path(kind, WEEK))
    last = WEEK.plus(KEPT_WEEKS)
    for now, status in ((last.end - A_DAY, 200), (last.end, 404)):
        await server.site.forget(now)
        assert (await request(server.port, "GET", path)).status == status


@pytest.mark.parametrize("kind", Kind)
async def test_an_item_stands_in_one_weeks_list_only(server: Served, kind: Kind) -> None:
    """In two it would be seen to be no filler."""
    item = secrets.token_bytes(kind.item_size)
    await wait(server, kind, item)
    await server.site.midnight(WEEK.end)
    await wait(server, kind, item)
    await server.site.midnight(WEEK.end + A_DAY)
    assert item in listed(server, kind).items
    assert item not in listed(server, kind, WEEK.plus(1)).items
    assert await still_waiting(server, kind) == []


@pytest.mark.parametrize("kind", Kind)
async def test_a_list_that_the_directory_names_grows_no_more(server: Served, kind: Kind) -> None:
    """A clock that was ahead has closed the week; what comes when it is right waits for the next list."""
    item = secrets.token_bytes(kind.item_size)
    await server.site.midnight(THURSDAY)
    server.clock.now = WEEK.end + A_DAY / 2
    await server.site.midnight(server.clock.now)
    before = listed(server, kind)
    await wait(server, kind, item)
    await listing.grow(server.site.lists, WEEK.sunday)
    assert listed(server, kind) == before
    assert await still_waiting(server, kind) == [item]


async def test_a_damaged_list_stops_no_midnight_and_no_other_list(server: Served) -> None:
    await server.site.midnight(THURSDAY)
    path = server.site.tree.folder / list_path(Kind.ACCEPTED, WEEK)
    path.write_bytes(path.read_bytes()[:-1])
    mark_ = secrets.token_bytes(32)
    await wait(server, Kind.ACCEPTED, mark_)
    await server.site.midnight(THURSDAY + A_DAY)
    assert server.logged.events.count(Event.LIST_DAMAGED) == 1
    assert listed(server, Kind.REPLIES).head.items == 128
    server.clock.now = WEEK.end + A_DAY
    await server.site.midnight(WEEK.end)
    await server.site.midnight(WEEK.end + A_DAY)
    assert mark_ in listed(server, Kind.ACCEPTED, WEEK.plus(1)).items
    assert str(WEEK) not in entry_of(server.site, WEEK.plus(5)).lists


async def test_the_directory_names_how_the_closed_weeks_lists_ended(server: Served) -> None:
    for now in (THURSDAY, WEEK.end, WEEK.end + A_DAY, WEEK.plus(1).end):
        server.clock.now = now
        await server.site.midnight(now)
    first, second = (entry_of(server.site, WEEK.plus(ahead)) for ahead in (5, 6))
    assert list(first.lists) == [str(WEEK)]
    assert list(second.lists) == [str(WEEK), str(WEEK.plus(1))]
    for week in (WEEK, WEEK.plus(1)):
        heads = second.lists[str(week)]
        assert heads.accepted == listed(server, Kind.ACCEPTED, week).head.sha256
        assert heads.replies == listed(server, Kind.REPLIES, week).head.sha256
    assert await waiting(server.site) == 0


async def test_a_directory_entry_says_in_bands_how_many_hold_tokens_of_its_week(server: Served) -> None:
    assert entry_of(server.site, WEEK).holders == 0
    async with server.site.hub.identity.write() as connection:
        for number in range(12):
            await members.invite(connection, f"team {number}", "UY", bytes([number]) * 16, str(WEEK))
            await members.claim_bundle(connection, f"team {number}", str(WEEK.plus(1)), b"request")
    server.clock.now = WEEK.end
    await server.site.midnight(WEEK.end)
    assert entry_of(server.site, WEEK.plus(5)).holders == 10
