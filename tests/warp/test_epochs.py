"""Epochs: keys ahead of need, announced once, in one chain."""

import asyncio
import itertools
from datetime import timedelta
from pathlib import Path

import pytest

from keys import directory
from keys.directory import fingerprint
from keys.tokens import IssuerKey
from storage import coordinators, members
from tests.support import NOON, WEEK, Clock, Logged, Served, Stock, entry_of, opened
from warp import epochs, founding
from warp.events import Event
from warp.site import Site
from warp.weeks import Week


def documents(site: Site) -> list[bytes]:
    found = (site.tree.read(f"v1/directory/{number}.json") for number in itertools.count())
    return list(itertools.takewhile(lambda document: document is not None, found))  # type: ignore[arg-type]


async def test_keys_are_announced_for_this_week_and_the_next_four(server: Served) -> None:
    verified = directory.check_chain(documents(server.site), fingerprint(server.site.settings.root_key))
    assert [each.entry.week for each in verified] == [str(WEEK.plus(n)) for n in range(5)]
    assert server.site.hub.keyring.weeks() == [WEEK.plus(n) for n in range(5)]


async def test_announcing_again_changes_nothing(server: Served) -> None:
    before = documents(server.site)
    assert await server.site.announce(epochs.weeks_ahead(NOON)) == []
    assert await server.site.announce(epochs.weeks_ahead(NOON + timedelta(days=4))) == []
    assert documents(server.site) == before


async def test_each_monday_adds_one_entry_to_the_chain(server: Served) -> None:
    for ahead in range(1, 4):
        made = await server.site.announce(epochs.weeks_ahead(WEEK.plus(ahead).start))
        assert made == [WEEK.plus(ahead + 4)]
    assert server.logged.events == [Event.KEYS_MADE] * 3
    directory.check_chain(documents(server.site), fingerprint(server.site.settings.root_key))


async def test_a_site_that_was_down_makes_up_for_what_it_missed(server: Served) -> None:
    made = await server.site.announce(epochs.weeks_ahead(WEEK.plus(7).start))
    assert made == [WEEK.plus(n) for n in range(7, 12)]
    verified = directory.check_chain(documents(server.site), fingerprint(server.site.settings.root_key))
    assert [each.entry.number for each in verified] == list(range(10))


async def test_an_entry_holds_the_public_side_of_the_keys_that_are_kept(server: Served) -> None:
    for ahead in range(5):
        keys, entry = server.site.hub.keyring.week(WEEK.plus(ahead)), entry_of(server.site, WEEK.plus(ahead))
        assert keys is not None
        assert entry.report_key == keys.report.public
        assert [entry.first_keys[name] for name in keys.first] == [k.public for k in keys.first.values()]
        assert entry.further_key == keys.further.public


async def test_an_entry_holds_no_private_key(server: Served) -> None:
    keys = server.site.hub.keyring.week(WEEK)
    assert keys is not None
    public = b"".join(path.read_bytes() for path in server.site.tree.folder.rglob("*") if path.is_file())
    for secret in (keys.report.seed, *(issuer.to_der()[-100:] for issuer in keys.issuers)):
        assert secret not in public
        assert secret.hex().encode() not in public


async def test_keys_that_were_made_and_not_announced_are_the_ones_announced_later(
    data: Path, stock: Stock
) -> None:
    """A crash between the two steps leaves stored keys; others in their place could open nothing."""
    week = WEEK.plus(5)
    async with opened(data, Clock(), Logged(), stock) as site:
        epochs.keep(site.epochs, await epochs.make_keys(site.epochs, [week]))
        before = site.hub.keyring.week(week)
    async with opened(data, Clock(), Logged(), stock) as site:
        await site.announce([week])
        assert before is not None
        assert entry_of(site, week).report_key == before.report.public


async def test_new_coordinators_and_members_show_in_the_next_entry_only(server: Served) -> None:
    before = documents(server.site)
    async with server.site.hub.identity.write() as connection:
        recipient = next(iter((await coordinators.everyone(connection)).values()))
        await coordinators.add(connection, "second", recipient)
        for number in range(6):
            code = bytes([number]) * 16
            await members.invite(connection, f"CERT {number}", "UY", code, str(WEEK))
            await members.join(connection, code, bytes([number]) * 32, str(WEEK))
    await server.site.announce([WEEK.plus(5)])
    assert documents(server.site)[:-1] == before
    entry = entry_of(server.site, WEEK.plus(5))
    assert len(entry.recipients) == 2
    assert entry.members == {"UY": 5}, "the band, not the number"


async def test_a_site_without_a_coordinator_announces_no_keys(server: Served) -> None:
    async with server.site.hub.identity.write() as connection:
        await coordinators.remove(connection, "coordinator")
    with pytest.raises(epochs.NoCoordinator, match="coordinator add"):
        await server.site.announce([WEEK.plus(5)])
    assert len(documents(server.site)) == 5


async def test_keys_are_never_put_in_the_place_of_others(server: Served) -> None:
    week = WEEK.plus(5)
    slow = await epochs.make_keys(server.site.epochs, [week])
    await server.site.announce([week])
    before = server.site.hub.keyring.week(week)
    epochs.keep(server.site.epochs, slow)
    server.site.hub.keyring.forget_loaded(lambda _keys: False)
    after = server.site.hub.keyring.week(week)
    assert before is not None
    assert after is not None
    assert after.report.public == before.report.public == entry_of(server.site, week).report_key


async def test_two_processes_that_announce_at_once_announce_keys_that_are_kept(
    data: Path, stock: Stock
) -> None:
    week = WEEK.plus(5)
    async with (
        opened(data, Clock(), Logged(), stock) as one,
        opened(data, Clock(), Logged(), stock) as other,
    ):
        made = await asyncio.gather(one.announce([week]), other.announce([week]))
    assert sorted(made) == [[], [week]]
    async with opened(data, Clock(), Logged(), stock) as site:
        keys = site.hub.keyring.week(week)
        assert keys is not None
        assert entry_of(site, week).report_key == keys.report.public
        directory.check_chain(documents(site), fingerprint(site.settings.root_key))


async def test_real_issuer_keys_differ_from_week_to_week(tmp_path: Path) -> None:
    """The stock of these tests is used over and over; a site's own keys are not."""
    await founding.found(tmp_path / "site", "Example", "http://127.0.0.1", NOON.date())
    async with opened(tmp_path / "site", Clock(), Logged(), new_issuer=IssuerKey.generate) as site:
        await site.announce([WEEK, WEEK.plus(1)])
        keys = [key for week in (WEEK, WEEK.plus(1)) for key in set(entry_of(site, week).token_keys)]
    assert len(set(keys)) == 24


def test_the_weeks_ahead_are_five() -> None:
    assert epochs.weeks_ahead(NOON) == [Week(2026, number) for number in range(47, 52)]
