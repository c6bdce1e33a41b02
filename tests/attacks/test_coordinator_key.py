"""
A coordinator's key is lost or stolen: what it opens, what it no longer opens, and what is told of both.

Reports travel the whole way over a socket into real databases; then each key is tried on what lies there.
"""

import secrets
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio

from keys import age, narrative
from keys.errors import NoMatchingIdentity
from storage import coordinators, inbox
from tests.membership import member
from tests.support import NOON, URL, WEEK, Clock, Logged, Served, Stock, opened, sealed, served
from warp import client, epochs, export, exposure, founding, narratives, syncing
from warp.client import Draft
from warp.export import BadFolder
from warp.wallet import Lock
from warp.weeks import Week

LAST = WEEK.plus(4)
"""The last week that is announced when the site begins."""


class Keys(NamedTuple):
    """Two coordinators, and the key that one of them takes when its own is stolen."""

    stolen: age.Identity
    new: age.Identity
    luis: age.Identity


def new_identity() -> age.Identity:
    return age.Identity.generate(secrets.token_bytes)


def recipient(identity: age.Identity) -> str:
    return identity.recipient.to_string()


@pytest.fixture
def keys() -> Keys:
    return Keys(new_identity(), new_identity(), new_identity())


@pytest_asyncio.fixture
async def site(tmp_path: Path, stock: Stock, keys: Keys) -> AsyncIterator[Served]:
    """A site of two coordinators, on a socket."""
    data, named = tmp_path / "site", {"ana": recipient(keys.stolen), "luis": recipient(keys.luis)}
    await founding.found(data, "Example WARP", URL, NOON.date(), named)
    async with opened(data, Clock(), Logged(), stock) as made:
        await made.announce(epochs.weeks_ahead(NOON))
    async with served(data, Clock(), stock) as running:
        yield running


async def report(server: Served, week: Week, text: str) -> None:
    """File a report in a week, and release it."""
    server.clock.now = week.start + timedelta(hours=9)
    answer = await server.post(sealed(server.site, Draft(type="fraud/phishing", text=text), week=week))
    assert answer.status == 202
    await server.site.release(server.clock.now)


async def replace_the_stolen_key(server: Served, keys: Keys) -> None:
    async with server.site.hub.identity.write() as connection:
        assert await coordinators.replace(connection, "ana", recipient(keys.new))


async def announce(server: Served, week: Week) -> None:
    """Let the Monday come on which a week's entry is due."""
    server.clock.now = week.plus(-4).start
    assert await server.site.announce(epochs.weeks_ahead(server.clock.now)) == [week]


async def in_the_inbox(server: Served) -> list[inbox.Sealed]:
    async with server.site.hub.reports.read() as connection:
        return list(await inbox.everything(connection))


def texts(found: list[inbox.Sealed], identity: age.Identity) -> list[str]:
    """Give the texts that an identity opens."""
    read = []
    for each in found:
        try:
            read.append(narrative.open_sealed(each.narrative, [identity]).text)
        except NoMatchingIdentity:
            continue
    return sorted(read)


def raw(server: Served) -> bytes:
    """Give every byte of the site's database files, journals included."""
    return b"".join(path.read_bytes() for path in sorted(server.site.data.glob("*.db*")))


async def test_from_the_next_entry_on_the_new_key_opens_and_the_stolen_one_does_not(
    site: Served, keys: Keys
) -> None:
    await report(site, WEEK, "before")
    await replace_the_stolen_key(site, keys)
    await report(site, LAST, "announced before")
    await announce(site, LAST.plus(1))
    await report(site, LAST.plus(1), "announced since")
    found = await in_the_inbox(site)
    assert texts(found, keys.stolen) == ["announced before", "before"]
    assert texts(found, keys.new) == ["announced since"]
    assert texts(found, keys.luis) == ["announced before", "announced since", "before"]


async def test_no_entry_that_was_announced_changes_and_no_week_gets_a_second_one(
    site: Served, keys: Keys
) -> None:
    before = {path: path.read_bytes() for path in (site.site.tree.folder / "v1" / "directory").iterdir()}
    await replace_the_stolen_key(site, keys)
    assert await site.site.announce(epochs.weeks_ahead(NOON)) == []
    assert {path: path.read_bytes() for path in before} == before


async def test_what_the_stolen_key_opens_is_told_week_by_week_as_it_is(site: Served, keys: Keys) -> None:
    await report(site, WEEK, "in the inbox")
    await replace_the_stolen_key(site, keys)
    told = await exposure.of_key(site.site.tree, site.site.hub.reports, recipient(keys.stolen), NOON)
    assert told.inbox == [WEEK]
    assert told.announced == [WEEK.plus(n) for n in range(5)]
    assert told.next_week == LAST.plus(1)
    await announce(site, told.next_week)
    for week in (*told.announced, told.next_week):
        await report(site, week, str(week))
    opened_by_it = texts(await in_the_inbox(site), keys.stolen)
    assert opened_by_it == [*map(str, told.announced), "in the inbox"]


async def test_the_last_week_of_a_key_out_of_use_is_told_until_its_reports_are_taken_no_more(
    site: Served, keys: Keys
) -> None:
    async def told(now: Week) -> Week | None:
        async with site.site.hub.identity.read() as connection:
            present = (await coordinators.everyone(connection)).values()
        return exposure.last_week_of_former_keys(site.site.tree, present, now.start)

    assert await told(WEEK) is None
    await replace_the_stolen_key(site, keys)
    for ahead in range(1, 9):
        await announce(site, WEEK.plus(ahead + 4))
    assert [await told(week) for week in (WEEK, LAST, LAST.plus(2))] == [LAST] * 3
    assert await told(LAST.plus(3)) is None


async def test_members_learn_from_the_next_entry_that_a_key_of_their_week_is_given_up(
    site: Served, keys: Keys, tmp_path: Path
) -> None:
    reporter = await member(site, tmp_path / "wallet", Lock.key_file(tmp_path / "key"))
    await replace_the_stolen_key(site, keys)
    assert client.keys_given_up(reporter, WEEK) == 0
    await announce(site, LAST.plus(1))
    await syncing.sync(reporter, site.clock.now, secrets.token_bytes)
    assert client.keys_given_up(reporter, WEEK.plus(1)) == 1
    assert client.keys_given_up(reporter, LAST.plus(1)) == 0


async def test_a_key_that_was_added_later_is_not_said_to_open_what_came_before_it(
    site: Served, keys: Keys
) -> None:
    await report(site, WEEK, "before")
    await replace_the_stolen_key(site, keys)
    await announce(site, LAST.plus(1))
    await report(site, LAST.plus(1), "since")
    now = site.clock.now
    told = await exposure.of_key(site.site.tree, site.site.hub.reports, recipient(keys.new), now)
    assert (told.inbox, told.announced) == ([LAST.plus(1)], [LAST.plus(1)])


async def test_once_another_coordinator_has_sealed_the_inbox_anew_the_stolen_key_opens_nothing_in_it(
    site: Served, keys: Keys, tmp_path: Path
) -> None:
    for text in ("one", "two", ""):
        await report(site, WEEK, text)
    before = await in_the_inbox(site)
    await replace_the_stolen_key(site, keys)
    folder, hub = tmp_path / "narratives", site.site.hub
    assert await narratives.carry_out(hub, folder, site.site.settings.root_key) == 3
    done = export.seal_anew(folder, [keys.luis], export.read_recipients(folder), secrets.token_bytes)
    assert (len(done.sealed), done.too_long, done.unreadable) == (3, [], [])
    assert await narratives.take_back(hub, folder) == (3, 0, 0)
    after = await in_the_inbox(site)
    assert [(each.id, each.week) for each in after] == [(each.id, each.week) for each in before]
    assert {len(each.narrative) for each in after} == {narrative.SIZE}
    assert texts(after, keys.stolen) == []
    assert texts(after, keys.new) == texts(after, keys.luis) == ["", "one", "two"]
    for old, new in zip(before, after, strict=True):
        assert narrative.open_sealed(old.narrative, [keys.stolen]) == narrative.open_sealed(
            new.narrative, [keys.new]
        )
    assert pieces_in(site, before) == set()
    assert len(pieces_in(site, after)) > len(pieces(after)) * 0.9  # or the search would find nothing anyway


def pieces(found: list[inbox.Sealed]) -> set[bytes]:
    """Cut narratives into pieces so small that a page of a database cannot part all of them."""
    return {each.narrative[i : i + 64] for each in found for i in range(64, narrative.SIZE - 64, 64)}


def pieces_in(server: Served, found: list[inbox.Sealed]) -> set[bytes]:
    """Give the pieces of narratives that a database file holds."""
    data = raw(server)
    return {piece for piece in pieces(found) if piece in data}


async def test_a_text_that_has_no_room_beside_more_keys_is_named_and_stays_as_it_was(
    site: Served, keys: Keys, tmp_path: Path
) -> None:
    await report(site, WEEK, "x" * narrative.room(2))
    await report(site, WEEK, "short")
    async with site.site.hub.identity.write() as connection:
        await coordinators.add(connection, "eva", recipient(keys.new))
    folder, hub = tmp_path / "narratives", site.site.hub
    await narratives.carry_out(hub, folder, site.site.settings.root_key)
    before = {each.name: each.narrative for each in export.read(folder)}
    done = export.seal_anew(folder, [keys.luis], export.read_recipients(folder), secrets.token_bytes)
    [long], [short] = done.too_long, done.sealed
    assert before[long] == (folder / f"{long}.age").read_bytes()
    assert before[short] != (folder / f"{short}.age").read_bytes()
    assert await narratives.take_back(hub, folder) == (1, 1, 0)
    assert texts(await in_the_inbox(site), keys.new) == ["short"]


async def test_who_opens_none_of_it_seals_none_of_it_anew(site: Served, keys: Keys, tmp_path: Path) -> None:
    await report(site, WEEK, "one")
    folder = tmp_path / "narratives"
    await narratives.carry_out(site.site.hub, folder, site.site.settings.root_key)
    done = export.seal_anew(folder, [keys.new], export.read_recipients(folder), secrets.token_bytes)
    assert (done.sealed, len(done.unreadable)) == ([], 1)
    assert await narratives.take_back(site.site.hub, folder) == (0, 1, 0)


THREE = [recipient(new_identity()) for _ in range(3)]
LUIS = new_identity()
WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "another size": (lambda file: file.write_bytes(file.read_bytes()[:-1]), "13,824"),
    "another form": (lambda file: file.write_bytes(bytes(narrative.SIZE)), "age file"),
    "another name": (lambda file: file.rename(file.with_name("note.age")), "not named like"),
    "one key more": (
        lambda file: export.seal_anew(file.parent, [LUIS], THREE, secrets.token_bytes),
        "more or fewer keys",
    ),
    "no word of the keys": (lambda file: file.with_name(export.RECIPIENTS).unlink(), "names nobody"),
    "other keys than now": (
        lambda file: file.with_name(export.RECIPIENTS).write_text(THREE[0] + "\n"),
        "have changed since",
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_folder_that_is_not_what_was_exported_changes_nothing(
    site: Served, keys: Keys, tmp_path: Path, name: str
) -> None:
    await report(site, WEEK, "one")
    await report(site, WEEK, "two")
    folder, hub = tmp_path / "narratives", site.site.hub
    await narratives.carry_out(hub, folder, site.site.settings.root_key)
    anew = [recipient(LUIS), recipient(keys.luis)]
    export.seal_anew(folder, [keys.luis], anew, secrets.token_bytes)
    before, (spoil, told) = await in_the_inbox(site), WRONG[name]
    spoil(sorted(folder.glob("*.age"))[-1])
    with pytest.raises(BadFolder, match=told):
        await narratives.take_back(hub, folder)
    assert await in_the_inbox(site) == before


async def test_a_narrative_that_retention_has_deleted_does_not_come_back(
    site: Served, keys: Keys, tmp_path: Path
) -> None:
    await report(site, WEEK, "old")
    folder, hub = tmp_path / "narratives", site.site.hub
    await narratives.carry_out(hub, folder, site.site.settings.root_key)
    export.seal_anew(folder, [keys.luis], export.read_recipients(folder), secrets.token_bytes)
    site.clock.now = WEEK.plus(14).start
    await site.site.midnight(site.clock.now, weeks=[])
    assert await narratives.take_back(hub, folder) == (0, 0, 1)
    assert await in_the_inbox(site) == []
