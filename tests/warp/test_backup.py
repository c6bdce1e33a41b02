"""Backups: they hold what was asked for and no trace of anything else, expire, and make a site again."""

import asyncio
import io
import os
import shutil
import sqlite3
import stat
import tarfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from keys import directory, sealing
from keys.directory import fingerprint
from keys.errors import DirectoryError, ForkedList, ListError
from keys.lists import Kind
from storage import feed_passwords, figures, inbox, members, schema, tallies
from tests.support import (
    NOON,
    WEEK,
    Clock,
    Logged,
    Served,
    Stock,
    flipped,
    opened,
    request,
    rows,
    sealed,
    served,
    state,
    tally,
    waiting,
)
from warp import backup, founding, restoring
from warp.backup import IDENTITY, REPORTS, CannotBackUp, Made, NoBackup, Part
from warp.events import Event
from warp.founding import AlreadyThere
from warp.publication import Tree, list_path
from warp.restoring import MayBeBehind, Restored
from warp.site import Site
from warp.tally import Cell, Tally
from warp.weeks import Week

TODAY = NOON.date()
EVERYTHING = frozenset(Part)
SECRET = b"correct horse"


async def fill(server: Served) -> dict[str, bytes]:
    """Put something of each kind into a site; gives what of it is in some backups and not in others."""
    site = server.site
    for _ in range(3):
        assert (await server.post(sealed(site))).status == 202
    await site.release(NOON)
    waits = sealed(site)
    assert (await server.post(waits)).status == 202
    async with site.hub.reports.write() as connection:
        await inbox.file(connection, inbox.Sealed(b"\x01" * 16, str(WEEK), b"a narrative, sealed" * 4))
    async with site.hub.identity.write() as connection:
        for name, code in (("CERT Joined", b"j" * 16), ("CERT Invited", b"i" * 16)):
            await members.invite(connection, name, "UY", code, str(WEEK))
        await members.join(connection, b"j" * 16, b"c" * 32, str(WEEK))
        await members.claim_bundle(connection, "CERT Joined", str(WEEK), b"a request")
        for name, password in (("CERT Joined", b"r" * 16), ("CERT Invited", b"s" * 16)):
            await feed_passwords.give(connection, name, password)
    site.outlets[1].tree.write("feeds/en/all.atom", b"a text for members", NOON, twin=False)
    reports = await rows(site.hub.reports, schema.reports)
    identity = await rows(site.hub.identity, schema.identity)
    keys = site.hub.keyring.week(WEEK)
    assert keys is not None
    return {
        "pool": waits[-64:],
        "inbox": b"a narrative, sealed" * 4,
        "spent": reports["spent"][0][0],
        "bundles": identity["bundles"][0][2],
        "online key": (site.data / "keys" / "online.key").read_bytes(),
        "invitation": b"CERT Invited",
        "member": b"CERT Joined",
        "reader": feed_passwords.digest(b"r" * 16),
        "reader to be": feed_passwords.digest(b"s" * 16),
        "members' feed": b"a text for members",
        "accepted": reports["unlisted"][0][1],
    }


async def back_up(site: Site, out: Path, *parts: Part, today: date = TODAY) -> Made:
    async with site.alone():
        return await backup.back_up(
            site.data, site.hub.stores, site.settings.root, out, frozenset(parts), today
        )


def content(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {entry.name: file.read() for entry in tar if (file := tar.extractfile(entry))}


def restore(path: Path, data: Path, today: date = TODAY, public: Path | None = None) -> Restored:
    return restoring.restore(path, data, today, public, nothing_later=False, secret=None)


def test_every_table_but_that_of_subscriptions_is_in_every_backup_or_belongs_to_a_part() -> None:
    assert set(IDENTITY) == set(schema.identity.tables.values()) - {schema.subscriptions}
    assert set(REPORTS) == set(schema.reports.tables.values())


HOLDS = {
    (): {"member", "reader", "accepted"},
    (Part.INBOX,): {"member", "reader", "accepted", "inbox"},
    (Part.KEYS,): {"member", "reader", "accepted", "spent", "bundles", "online key"},
    (Part.KEYS, Part.POOL): {"member", "reader", "accepted", "spent", "bundles", "online key", "pool"},
    tuple(Part): {"member", "reader", "accepted", "spent", "bundles", "online key", "pool", "inbox"},
}


@pytest.mark.parametrize("parts", HOLDS, ids=lambda parts: "+".join(parts) or "nothing more")
async def test_no_byte_of_what_was_not_asked_for_is_in_a_backup(
    server: Served, tmp_path: Path, parts: tuple[Part, ...]
) -> None:
    known = await fill(server)
    made = await back_up(server.site, tmp_path / "out", *parts)
    held = made.path.read_bytes()
    assert {name for name, value in known.items() if value in held} == HOLDS[parts]
    assert [path.name for path in (tmp_path / "out").iterdir()] == [made.path.name]


async def test_the_root_key_and_other_files_of_the_folder_are_in_no_backup(
    server: Served, tmp_path: Path
) -> None:
    root = (server.site.data / "take-offline" / "root.pem").read_bytes()
    made = await back_up(server.site, tmp_path / "out", *EVERYTHING)
    assert root.splitlines()[1] not in made.path.read_bytes()
    tops = {name.partition("/")[0] for name in content(made.path)}
    assert tops == {"manifest.json", "warp.toml", "identity.db", "reports.db", "keys", "public"}


async def test_a_backup_tells_the_day_and_no_finer_time(server: Served, tmp_path: Path) -> None:
    await fill(server)
    await server.site.publish_all()
    made = await back_up(server.site, tmp_path / "out", *EVERYTHING)
    assert made.path.name == "warp-backup-2026-11-18.tar"
    assert made.path.stat().st_mtime == 0
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    with tarfile.open(made.path) as tar:
        for entry in tar:
            assert (entry.uid, entry.gid, entry.uname, entry.gname) == (0, 0, "", "")
            public = server.site.data / entry.name
            assert entry.mtime == (public.stat().st_mtime if entry.name.startswith("public/") else 0)


async def test_a_copy_is_a_whole_database_of_what_was_asked_for(server: Served, tmp_path: Path) -> None:
    await fill(server)
    before = await rows(server.site.hub.reports, schema.reports)
    made = await back_up(server.site, tmp_path / "out", *EVERYTHING)
    (tmp_path / "copy.db").write_bytes(content(made.path)["reports.db"])
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for name, expected in before.items():
            assert sorted(connection.execute(f"SELECT * FROM {name}")) == expected, name  # noqa: S608


async def test_a_pool_that_is_left_out_has_waited_through_no_midnight(
    server: Served, tmp_path: Path, stock: Stock
) -> None:
    await fill(server)
    await server.site.midnight(datetime(2026, 11, 19, tzinfo=UTC))
    assert (await rows(server.site.hub.reports, schema.reports))["waiting"] == [(1, 1, "2026-11-18")]
    made = await back_up(server.site, tmp_path / "out", today=date(2026, 11, 19))
    restore(made.path, tmp_path / "new")
    async with opened(tmp_path / "new", Clock(), Logged(), stock) as site:
        assert (await rows(site.hub.reports, schema.reports))["waiting"] == [(1, 0, "2026-11-18")]


async def test_the_pool_without_its_keys_is_refused(server: Served, tmp_path: Path) -> None:
    with pytest.raises(CannotBackUp, match="--with keys"):
        await back_up(server.site, tmp_path / "out", Part.POOL)
    assert not (tmp_path / "out").exists()


# Expiry


async def test_a_backup_may_be_kept_no_longer_than_the_site_keeps_what_is_in_it(
    server: Served, tmp_path: Path
) -> None:
    await fill(server)
    until = {parts: (await back_up(server.site, tmp_path / "out", *parts)).manifest.until for parts in HOLDS}
    assert until == {
        (): TODAY + timedelta(days=28),
        (Part.INBOX,): TODAY + timedelta(days=28),
        (Part.KEYS,): date(2026, 12, 7),
        (Part.KEYS, Part.POOL): TODAY + timedelta(days=1),
        tuple(Part): TODAY + timedelta(days=1),
    }
    async with server.site.hub.reports.write() as connection:
        await inbox.file(connection, inbox.Sealed(bytes(16), str(WEEK.plus(-12)), b"narrative"))
    made = await back_up(server.site, tmp_path / "out", Part.INBOX)
    assert made.manifest.until == date(2026, 11, 29)


async def test_what_is_overdue_in_the_site_gets_into_no_backup(server: Served, tmp_path: Path) -> None:
    async with server.site.hub.reports.write() as connection:
        await inbox.file(connection, inbox.Sealed(bytes(16), str(WEEK.plus(-20)), b"narrative"))
    with pytest.raises(CannotBackUp, match="warp forget"):
        await back_up(server.site, tmp_path / "out", Part.INBOX)
    assert list((tmp_path / "out").iterdir()) == []
    assert (await back_up(server.site, tmp_path / "out")).path.exists()


async def test_the_next_backup_destroys_those_that_have_passed_their_day(
    server: Served, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = await back_up(server.site, out, Part.KEYS)
    second = await back_up(server.site, out, today=TODAY + timedelta(days=1))
    (out / "warp-backup-2020-01-01.tar").write_bytes(b"somebody's own")
    with first.path.open("rb") as still_open:
        third = await back_up(server.site, out, today=date(2026, 12, 7))
        assert b"WARP" not in still_open.read(), "overwritten"
    assert third.destroyed == [first.path.name]
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [second.path.name, third.path.name, "warp-backup-2020-01-01.tar"]
    )


async def test_a_second_backup_of_a_day_takes_the_place_of_the_first(server: Served, tmp_path: Path) -> None:
    first = await back_up(server.site, tmp_path / "out")
    await fill(server)
    second = await back_up(server.site, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [first.path.name]
    assert b"CERT Joined" in second.path.read_bytes()


async def test_a_backup_of_another_site_is_left_alone(server: Served, tmp_path: Path, stock: Stock) -> None:
    made = await back_up(server.site, tmp_path / "out")
    before = made.path.read_bytes()
    await founding.found(tmp_path / "other", "Other", "https://other.example", TODAY)
    async with opened(tmp_path / "other", Clock(), Logged(), stock) as other:
        with pytest.raises(CannotBackUp, match="another site"):
            await back_up(other, tmp_path / "out")
        await back_up(other, tmp_path / "out", today=TODAY + timedelta(days=100))
    assert made.path.read_bytes() == before


async def test_what_a_crash_left_of_a_backup_goes_with_the_next(server: Served, tmp_path: Path) -> None:
    left = tmp_path / "out" / ".warp-backup-x"
    left.mkdir(parents=True)
    (left / "reports.db").write_bytes(b"half a copy")
    made = await back_up(server.site, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [made.path.name]


# Making a site again


@pytest.mark.parametrize("secret", [None, SECRET], ids=["unsealed", "sealed"])
async def test_a_site_that_is_restored_with_its_keys_goes_on(
    server: Served, tmp_path: Path, stock: Stock, secret: bytes | None
) -> None:
    late = [sealed(server.site), sealed(server.site)]
    await fill(server)
    await server.site.publish_all()
    if secret:
        sealing.seal_folder(server.site.data / "keys", secret)
    made = await back_up(server.site, tmp_path / "out", *EVERYTHING)
    new = tmp_path / "deep" / "new"
    assert restore(made.path, new).lost == []
    given = {"secret": lambda: secret} if secret else {}
    async with served(new, Clock(), stock, **given) as restored:
        before, after = await state(server.site), await state(restored.site)
        assert after[:2] == (
            {name: [row for row in kept if "CERT Invited" not in row] for name, kept in before[0].items()},
            before[1],
        )
        left_behind = {
            path for path in before[2] if path.startswith(("take-offline", "lock", "members/", "entries/"))
        }
        assert set(before[2]) - left_behind == set(after[2])
        assert not await restored.site.catch_up()
        await restored.site.mend()
        assert [(await restored.post(each)).status for each in late] == [202, 202]
        assert (await request(restored.port, "GET", "/readyz")).status == 200
        restored.clock.now = WEEK.end + timedelta(seconds=1)
        await restored.site.hour()
        assert sum((await tally(restored.site)).values()) == 6
        chain = documents(restored.site)
        assert chain[:5] == documents(server.site)
        directory.check_chain(chain, fingerprint(restored.site.settings.root_key))
        assert len(chain) == 6


def documents(site: Site) -> list[bytes]:
    found: list[bytes] = []
    while document := site.tree.read(f"v1/directory/{len(found)}.json"):
        found.append(document)
    return found


async def test_public_files_come_back_to_the_byte_and_the_second(server: Served, tmp_path: Path) -> None:
    await server.site.publish_all()
    made = await back_up(server.site, tmp_path / "out")
    restore(made.path, tmp_path / "new")

    def files(data: Path) -> dict[str, tuple[bytes, float]]:
        return {
            str(path.relative_to(data)): (path.read_bytes(), path.stat().st_mtime)
            for path in (data / "public").rglob("*")
            if path.is_file()
        }

    assert files(tmp_path / "new") == files(server.site.data)


async def test_without_keys_a_new_online_key_is_certified_and_the_first_new_week_works(
    server: Served, tmp_path: Path, stock: Stock
) -> None:
    known = await fill(server)
    root = server.site.data / "take-offline" / "root.pem"
    made, new = await back_up(server.site, tmp_path / "out"), tmp_path / "new"
    lost = [WEEK.plus(n) for n in range(5)]
    assert restore(made.path, new).lost == lost
    async with served(new, Clock(), stock) as restored:
        assert (await restored.post(sealed(server.site))).problem == "unknown-key"
        assert (await request(restored.port, "GET", "/readyz")).status == 503
        restored.clock.now = WEEK.end + timedelta(seconds=1)
        await restored.site.hour()
        assert Event.NOT_CERTIFIED in restored.logged.events
        assert len(documents(restored.site)) == 5, "nothing that members would refuse enters the chain"
        assert [restored.site.tree.read(list_path(kind, WEEK)) for kind in Kind] == [None, None]
    founding.certify(new, root, WEEK, WEEK.plus(52))
    async with served(new, Clock(WEEK.end + timedelta(hours=9)), stock) as restored:
        assert not await restored.site.catch_up()
        await restored.site.mend()
        chain = documents(restored.site)
        verified = directory.check_chain(chain, fingerprint(restored.site.settings.root_key))
        assert [each.entry.week for each in verified][5:] == [str(WEEK.plus(5))]
        restored.clock.now = WEEK.end + timedelta(days=1, seconds=1)
        await restored.site.hour()
        [listed] = [path for path in (new / "public" / "v1" / "accepted").iterdir()]
        assert known["accepted"] in listed.read_bytes(), "what had waited is listed late"
        for monday in range(2, 6):
            restored.clock.now = WEEK.plus(monday).start + timedelta(seconds=1)
            await restored.site.hour()
            assert await restored.site.is_ready() is (monday == 5)
        assert (await restored.post(sealed(restored.site, week=WEEK.plus(5)))).status == 202
        assert await waiting(restored.site) == 1


async def test_a_backup_that_may_be_behind_the_directory_is_not_restored_unasked(
    server: Served, tmp_path: Path, stock: Stock
) -> None:
    """The site would announce other keys for a week that members have seen announced: a fork."""
    made, new = await back_up(server.site, tmp_path / "out", Part.KEYS), tmp_path / "new"
    tuesday = WEEK.end + timedelta(days=1)
    await server.site.midnight(WEEK.end)
    await server.site.midnight(tuesday)
    with pytest.raises(MayBeBehind, match="--public"):
        restore(made.path, new, tuesday.date())
    assert not new.exists()
    done = restore(made.path, new, tuesday.date(), server.site.tree.folder)
    assert done.lost == [WEEK.plus(5)], "announced after the backup was made"
    async with opened(new, Clock(tuesday), Logged(), stock) as site:
        assert documents(site) == documents(server.site)
    mirror = tmp_path / "mirror"
    for name in (
        "directory/5.json",
        f"figures/{WEEK}.json",
        *(f"{kind}/{week}.list" for kind in Kind for week in (WEEK, WEEK.plus(1))),
    ):
        copy = (mirror / "v1" / name).with_suffix("")  # as fetched from its address
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(server.site.tree.folder / "v1" / name, copy)
    assert restore(made.path, tmp_path / "third", tuesday.date(), mirror).lost == done.lost
    restoring.restore(made.path, tmp_path / "other", tuesday.date(), None, nothing_later=True, secret=None)


@pytest.mark.parametrize("lacks", ["v1", "v1/directory", "v1/figures", *(f"v1/{kind}" for kind in Kind)])
async def test_a_copy_that_is_behind_itself_is_not_enough(server: Served, tmp_path: Path, lacks: str) -> None:
    made = await back_up(server.site, tmp_path / "out", Part.KEYS)
    tuesday, mirror = WEEK.end + timedelta(days=1), tmp_path / "mirror"
    await server.site.midnight(WEEK.end)
    await server.site.midnight(tuesday)
    shutil.copytree(server.site.tree.folder, mirror)
    shutil.rmtree(mirror / lacks)
    with pytest.raises(MayBeBehind, match="--nothing-later"):
        restore(made.path, tmp_path / "new", tuesday.date(), mirror)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mirror", "out", "site"]
    with pytest.raises(MayBeBehind, match="until 2026-11-24"):
        restore(made.path, tmp_path / "new", tuesday.date() + timedelta(days=1), server.site.tree.folder)
    restoring.restore(made.path, tmp_path / "new", tuesday.date(), mirror, nothing_later=True, secret=None)


async def test_figures_that_are_public_are_not_drawn_a_second_time(
    server: Served, tmp_path: Path, stock: Stock
) -> None:
    """Two draws beside each other would tell more than one may, and the second would miss what was lost."""
    made = await back_up(server.site, tmp_path / "out", Part.KEYS)
    cell = ("fraud/phishing", "UY")
    counted = Tally()
    counted.reports[Cell(WEEK.sunday, *cell)] = counted.first_tokens[Cell(WEEK.sunday, *cell), WEEK] = 50
    async with server.site.hub.reports.write() as connection:
        await tallies.add(connection, counted)
    [published] = (await server.site.midnight(WEEK.end)).closed
    assert [(each.type, each.place) for each in published.cells] == [cell]
    tuesday = WEEK.end + timedelta(days=1)
    await server.site.midnight(tuesday)
    restore(made.path, tmp_path / "new", tuesday.date(), server.site.tree.folder)
    async with opened(tmp_path / "new", Clock(tuesday), Logged(), stock) as site:
        await site.catch_up()
        async with site.hub.reports.read() as connection:
            assert await figures.find(connection, str(WEEK)) == published
        for name in (f"v1/figures/{WEEK}.json", f"v1/figures/{WEEK}.csv"):
            assert site.tree.read(name) == server.site.tree.read(name)


def _figures(of_type: str, place: str, at_least: int) -> bytes:
    cell = {"type": of_type, "place": place, "at_least": at_least}
    return msgspec.json.encode({"period": "2026-W47", "policy": {}, "cells": [cell]})


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"<html>404", "not the JSON of figures"),
        (b"\xff", "not the JSON of figures"),
        (b"", "not the JSON of figures"),
        (b'{"period": "2026-W46", "policy": {}, "cells": []}', "another period"),
        (_figures("x", "m49:001", 9), "unknown type or place"),
        (_figures("all", "m49:999", 9), "unknown type or place"),
        (_figures("all", "m49:001", -3), "under the floor"),
    ],
)
async def test_a_copy_of_figures_that_is_none_is_not_taken(
    server: Served, tmp_path: Path, document: bytes, why: str
) -> None:
    made = await back_up(server.site, tmp_path / "out", Part.KEYS)
    tuesday, mirror = WEEK.end + timedelta(days=1), tmp_path / "mirror"
    await server.site.midnight(WEEK.end)
    await server.site.midnight(tuesday)
    shutil.copytree(server.site.tree.folder, mirror)
    (mirror / f"v1/figures/{WEEK}.json").write_bytes(document)
    with pytest.raises(MayBeBehind, match=why):
        restore(made.path, tmp_path / "new", tuesday.date(), mirror)
    assert not (tmp_path / "new").exists()


def test_a_copy_must_hold_the_month_that_has_ended_too(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    for period in ("2026-W47", "2026-W48"):
        tree.write(f"v1/figures/{period}.json", b"{}", NOON)
    restoring._check_figures(tree, date(2026, 11, 17), date(2026, 11, 29))
    with pytest.raises(MayBeBehind, match="2026-11"):
        restoring._check_figures(tree, date(2026, 11, 17), date(2026, 11, 30))
    tree.write("v1/figures/2026-11.json", b"{}", NOON)
    restoring._check_figures(tree, date(2026, 11, 17), date(2026, 11, 30))


def test_a_backup_of_the_monday_itself_may_be_from_before_the_close(tmp_path: Path) -> None:
    with pytest.raises(MayBeBehind, match="2026-W47"):
        restoring._check_figures(Tree(tmp_path), date(2026, 11, 23), date(2026, 11, 24))


@pytest.mark.parametrize("kind", Kind)
async def test_public_lists_are_continued_and_never_shrink(
    server: Served, tmp_path: Path, stock: Stock, kind: Kind
) -> None:
    """A member who synced after the backup has seen them; lists that lack an item prove a fork."""
    await server.site.midnight(datetime(2026, 11, 19, tzinfo=UTC))
    made = await back_up(server.site, tmp_path / "out", today=date(2026, 11, 19))
    path = list_path(kind, WEEK)
    old = server.site.tree.read(path)
    await server.site.midnight(datetime(2026, 11, 20, tzinfo=UTC))
    newest = server.site.tree.read(path)
    assert old != newest
    restore(made.path, tmp_path / "new", date(2026, 11, 20), server.site.tree.folder)
    assert (tmp_path / "new" / "public" / path).read_bytes() == newest
    mirror = Path(shutil.copytree(server.site.tree.folder, tmp_path / "mirror")) / path
    mirror.write_bytes(flipped(newest or b"", -1))
    with pytest.raises(ListError):
        restore(made.path, tmp_path / "other", date(2026, 11, 20), tmp_path / "mirror")
    later = await back_up(server.site, tmp_path / "out", today=date(2026, 11, 20))
    mirror.write_bytes(old or b"")
    with pytest.raises(ForkedList):
        restore(later.path, tmp_path / "other", date(2026, 11, 20), tmp_path / "mirror")


async def test_documents_that_do_not_follow_are_not_taken(server: Served, tmp_path: Path) -> None:
    made, new = await back_up(server.site, tmp_path / "out"), tmp_path / "new"
    folder = tmp_path / "mirror" / "v1" / "directory"
    folder.mkdir(parents=True)
    shutil.copy(server.site.tree.folder / "v1/directory/4.json", folder / "5.json")
    with pytest.raises(DirectoryError):
        restore(made.path, new, public=tmp_path / "mirror")
    assert not new.exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


async def test_keys_of_a_restore_that_fails_are_overwritten(server: Served, tmp_path: Path) -> None:
    made = await back_up(server.site, tmp_path / "out", Part.KEYS)
    secret = (server.site.data / "keys" / "online.key").read_bytes()
    pipe = tmp_path / "mirror" / "v1" / "directory" / "5.json"
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    restoring_it = asyncio.create_task(
        asyncio.to_thread(restore, made.path, tmp_path / "new", public=tmp_path / "mirror")
    )
    with await asyncio.to_thread(pipe.open, "wb") as following:  # once everything is unpacked
        [unpacked] = tmp_path.glob(".new-*/keys/online.key")
        with unpacked.open("rb") as still_open:
            assert still_open.read() == secret
            following.write(b"no document")
            following.close()
            with pytest.raises(DirectoryError):
                await restoring_it
            still_open.seek(0)
            assert len(still_open.read()) == len(secret)
            still_open.seek(0)
            assert still_open.read() != secret
    assert list(tmp_path.glob(".new-*")) == []


async def test_a_backup_that_is_refused_as_old_is_not_unpacked(server: Served, tmp_path: Path) -> None:
    made = await back_up(server.site, tmp_path / "out", Part.KEYS)
    for public in (None, tmp_path / "out"):
        with pytest.raises(MayBeBehind):
            restore(made.path, tmp_path / "deep" / "new", TODAY + timedelta(days=1), public)
    assert not (tmp_path / "deep").exists()


async def test_a_folder_that_holds_something_is_left_alone(server: Served, tmp_path: Path) -> None:
    made = await back_up(server.site, tmp_path / "out")
    with pytest.raises(AlreadyThere):
        restore(made.path, server.site.data)


@pytest.mark.parametrize("length", [0, 100, 512, 700, 20_000, -600])
async def test_a_file_that_is_cut_off_or_none_is_refused_and_leaves_nothing(
    server: Served, tmp_path: Path, length: int
) -> None:
    made = await back_up(server.site, tmp_path / "out")
    made.path.write_bytes(made.path.read_bytes()[:length] if length >= 0 else bytes(-length))
    with pytest.raises(NoBackup):
        restore(made.path, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "site"]


@pytest.mark.parametrize("name", ["../evil", "/evil", "keys/../../evil", "link"])
async def test_a_backup_writes_nothing_outside_the_new_folder(
    server: Served, tmp_path: Path, name: str
) -> None:
    made = await back_up(server.site, tmp_path / "out")
    manifest = msgspec.json.encode(made.manifest)
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        first = tarfile.TarInfo("manifest.json")
        first.size = len(manifest)
        tar.addfile(first, io.BytesIO(manifest))
        second = tarfile.TarInfo(name)
        if name == "link":
            second.type, second.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(second)
    with pytest.raises(NoBackup, match="does not belong"):
        restore(tmp_path / "evil.tar", tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.tar", "out", "site"]


def test_the_days_of_a_manifest_are_read_as_they_were_written() -> None:
    manifest = backup.Manifest(root="x", made=TODAY, until=TODAY, parts=(Part.KEYS,))
    assert msgspec.json.decode(msgspec.json.encode(manifest), type=backup.Manifest) == manifest
    assert Week.of(manifest.made) == WEEK
