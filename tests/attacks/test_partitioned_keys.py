"""
Attack: a server that gives one member other keys than the rest, to know its reports among all.

The server is real, and so are its keys: it has two faces, which hold the same root, the same online key and
the same members, and differ in what the attack changes from some entry of the directory on. Each member is
led to one of them.
"""

import asyncio
import contextlib
import json
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keys.directory import Entry
from keys.errors import BadSignature, BrokenChain
from keys.hybrid import HybridKey
from keys.keyring import WeekKeys
from tests.attacks.teams import Team, join
from tests.commandline import Done, run
from tests.directories import Signer, after, recipient
from tests.support import NOON, WEEK, Clock, Logged, Served, Stock, opened, served
from warp import client, publication, syncing
from warp.client import Draft
from warp.exchange import Refused
from warp.site import Site
from warp.weeks import Week

NOW = NOON + timedelta(weeks=1)
THIS_WEEK = [WEEK.plus(1)]
LATER = 5
"""Number of the entry after those that a new site has."""


def fork(site: Site, stock: Stock, kind: str, first: int) -> None:
    """Change one thing from an entry on, and join and sign all that follows."""
    signer, documents = Signer.of(site), published(site)
    for number in range(first, len(documents)):
        entry = entry_in(documents[number])
        changes = CHANGES[kind](site, entry, stock)
        before = {n: documents[n] for n in range(number)}
        documents[number] = signer.changed(documents[number], **(changes | after(before)))
        publication.publish_directory(site.tree, number, documents[number], Week.parse(entry.week))


def published(site: Site) -> dict[int, bytes]:
    documents: dict[int, bytes] = {}
    while (found := site.tree.read(f"v1/directory/{len(documents)}.json")) is not None:
        documents[len(documents)] = found
    return documents


def entry_in(document: bytes) -> Entry:
    return msgspec.json.decode(document.split(b"\n")[0], type=Entry)


def other_report_key(site: Site, entry: Entry, _stock: Stock) -> dict[str, Any]:
    keys = own_keys(site, entry)
    report = HybridKey.generate(secrets.token_bytes)
    replace_keys(site, WeekKeys(keys.week, report, keys.issuers))
    return {"report_key": report.public}


def other_token_key(site: Site, entry: Entry, stock: Stock) -> dict[str, Any]:
    keys, issuer = own_keys(site, entry), next(iter(stock))
    issuers = tuple(issuer if key is keys.first["fraud"] else key for key in keys.issuers)
    replace_keys(site, WeekKeys(keys.week, keys.report, issuers))
    return {"first_keys": {**entry.first_keys, "fraud": issuer.public}}


def other_recipients(_site: Site, _entry: Entry, _stock: Stock) -> dict[str, Any]:
    return {"recipients": (recipient(),)}


def own_keys(site: Site, entry: Entry) -> WeekKeys:
    keys = site.hub.keyring.week(Week.parse(entry.week))
    assert keys is not None
    return keys


def replace_keys(site: Site, keys: WeekKeys) -> None:
    site.hub.keyring.destroy(keys.week)
    site.hub.keyring.add(keys)


CHANGES: dict[str, Callable[[Site, Entry, Stock], dict[str, Any]]] = {
    "report key": other_report_key,
    "key of first tokens of fraud": other_token_key,
    "recipients": other_recipients,
}


@contextlib.asynccontextmanager
async def two_faces(founded: Path, folder: Path, stock: Stock) -> AsyncIterator[tuple[Served, Served]]:
    """Serve one site twice, with six entries; what is done to the second does not show at the first."""
    first = Path(shutil.copytree(founded, folder / "one"))
    async with opened(first, Clock(NOW), Logged(), stock) as site:
        await site.announce([WEEK.plus(LATER)])
    second = Path(shutil.copytree(first, folder / "two"))
    async with served(first, Clock(NOW), stock) as one, served(second, Clock(NOW), stock) as two:
        yield one, two


async def called(*arguments: str | Path) -> Done:
    """Run a command while the servers of the test answer it."""
    return await asyncio.to_thread(run, *arguments)


async def digits(team: Team) -> dict[int, str]:
    """Give what a member can read to another over the telephone: number to digits."""
    done = await called("directory", "show", *team.options, "--json")
    assert done.status == 0, done.err
    return {entry["number"]: entry["digits"] for entry in json.loads(done.out)["entries"]}


def named(done: Done, kind: str, number: int) -> bool:
    """Say whether a difference was caught, and told by number, week and what differs."""
    assert done.status == 1, done
    [line] = [line for line in done.out.splitlines() if line.startswith(f"Number {number} ")]
    assert f"({WEEK.plus(number)})" in line
    assert "They do not agree" in done.out
    return kind in line


async def reports(team: Team) -> int:
    """Sync and report; gives how many reports the server took."""
    await syncing.sync(team.wallet, NOW, secrets.token_bytes, THIS_WEEK)
    client.seal(team.wallet, Draft(type="fraud/phishing"), NOW, secrets.token_bytes)
    return await client.deliver(team.wallet)


@pytest.mark.parametrize("kind", CHANGES)
async def test_who_saw_the_others_keys_before_refuses_and_its_wallet_stays_as_it_was(
    founded: Path, tmp_path: Path, stock: Stock, kind: str
) -> None:
    """Mid-week: the attack comes after the member's first sync."""
    async with two_faces(founded, tmp_path, stock) as (one, two):
        team = await join(one, tmp_path / "ana")
        assert await reports(team) == 1
        before = msgspec.msgpack.encode(team.wallet.contents)
        fork(two.site, stock, kind, first=0)
        team.wallet.contents.url = two.url
        with pytest.raises(BrokenChain):
            await syncing.sync(team.wallet, NOW, secrets.token_bytes)
        team.wallet.contents.url = one.url
        assert msgspec.msgpack.encode(team.wallet.contents) == before
        assert named(await called("directory", "verify", two.url, *team.options), kind, number=1)


@pytest.mark.parametrize("kind", CHANGES)
async def test_two_who_got_different_keys_from_the_first_day_find_out_when_they_compare(
    founded: Path, tmp_path: Path, stock: Stock, kind: str
) -> None:
    """Early: neither can notice it alone, which is the limit that the threat model states."""
    async with two_faces(founded, tmp_path, stock) as (one, two):
        fork(two.site, stock, kind, first=0)
        ana, eva = await join(one, tmp_path / "ana"), await join(two, tmp_path / "eva")
        assert await reports(ana) == await reports(eva) == 1
        assert (await called("directory", "verify", *eva.options)).status == 0
        read_by_ana, read_by_eva = await digits(ana), await digits(eva)
        assert read_by_ana.keys() == read_by_eva.keys()
        assert all(read_by_ana[number] != read_by_eva[number] for number in read_by_ana)
        done = await called("directory", "verify", *eva.options, "--mirror", one.url)
        assert named(done, kind, number=1)


@pytest.mark.parametrize("kind", CHANGES)
async def test_two_who_agreed_until_last_week_find_out_when_they_compare(
    founded: Path, tmp_path: Path, stock: Stock, kind: str
) -> None:
    """Later: the fork begins with an entry that is new to both, so both chains hold."""
    async with two_faces(founded, tmp_path, stock) as (one, two):
        fork(two.site, stock, kind, first=LATER)
        ana, eva = await join(one, tmp_path / "ana"), await join(two, tmp_path / "eva")
        assert await reports(ana) == await reports(eva) == 1
        read_by_ana, read_by_eva = await digits(ana), await digits(eva)
        assert [number for number in read_by_ana if read_by_ana[number] != read_by_eva[number]] == [LATER]
        done = await called("directory", "verify", *ana.options, "--mirror", two.url)
        assert named(done, kind, number=LATER)
        assert done.out.count("Number ") == 1


async def test_a_server_that_signs_with_a_token_key_that_is_not_in_the_directory_gives_no_tokens(
    founded: Path, tmp_path: Path, stock: Stock
) -> None:
    async with two_faces(founded, tmp_path, stock) as (one, _):
        team = await join(one, tmp_path / "ana")
        other_token_key(one.site, entry_in(published(one.site)[1]), stock)
        # Or it cannot sign at all: half of the blinded messages are not below another key's modulus.
        with pytest.raises((BadSignature, Refused)):
            await syncing.sync(team.wallet, NOW, secrets.token_bytes, THIS_WEEK)
        assert team.wallet.contents.tokens == {}


async def test_a_server_that_goes_back_to_hide_its_fork_is_caught_by_who_saw_it(
    founded: Path, tmp_path: Path, stock: Stock
) -> None:
    async with two_faces(founded, tmp_path, stock) as (one, two):
        team = await join(one, tmp_path / "ana")
        assert await reports(team) == 1
        folder = two.site.tree.folder / "v1" / "directory"
        shutil.copy(folder / "4.json", folder / "newest.json")
        (folder / "5.json").unlink()
        done = await called("directory", "verify", two.url, *team.options)
        assert done.status == 1
        assert f"Number 5 ({WEEK.plus(5)}) is missing from {two.url}, and this wallet has it." in done.out


async def test_two_honest_members_read_the_same_digits_to_each_other(
    founded: Path, tmp_path: Path, stock: Stock
) -> None:
    async with two_faces(founded, tmp_path, stock) as (one, two):
        ana, eva = await join(one, tmp_path / "ana"), await join(two, tmp_path / "eva")
        assert await reports(ana) == await reports(eva) == 1
        assert await digits(ana) == await digits(eva)
        done = await called("directory", "verify", *ana.options, "--mirror", two.url)
        assert done.status == 0, done
        assert f"number {LATER}: {(await digits(ana))[LATER]}" in done.out
