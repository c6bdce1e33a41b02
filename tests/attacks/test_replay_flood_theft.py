"""
Attack: somebody uses tokens more than once, or where they do not belong, or all at once, or steals them.

Real members with wallets, on a real server, up to what comes of it: tallies, signals, and all figures until
the quarter is closed.
"""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import pytest
import pytest_asyncio

from keys.directory import BUNDLE, FURTHER_TOKENS
from keys.tokens import request as blinded
from storage import members as storage_of_members
from storage import signals, tallies
from tests.attacks.teams import Team, join
from tests.support import NOON, WEEK, Clock, Served, Stock, entry_of, found, new_token, sealed, served
from tests.support import tally as counted
from warp import client, exchange, resealing, syncing, taxonomy, wallet
from warp.client import Draft
from warp.disclosure import Release
from warp.exchange import Refused
from warp.life import Kept
from warp.tally import members
from warp.wallet import Lock
from warp.weeks import Period

PHISHING = Draft(type="fraud/phishing", place="UY")
THURSDAY = datetime(2026, 11, 19, tzinfo=UTC)
MANY = 1 + FURTHER_TOKENS
"""Reports that a member can make of one class in a week."""
RULE = "\n[[thresholds]]\nreports = 2\n"
"""A coordinators' rule for the whole world, as easy to set off as can be."""


@pytest_asyncio.fixture
async def server(data: Path, stock: Stock) -> AsyncIterator[Served]:
    with (data / "warp.toml").open("a", encoding="utf-8") as settings:
        settings.write(RULE)
    async with served(data, Clock(), stock) as running:
        yield running


async def team(server: Served, path: Path) -> Team:
    """Let a team join and fetch this week's tokens."""
    made = await join(server, path)
    await syncing.sync(made.wallet, NOON, token_bytes, [WEEK])
    return made


async def reports(of: Team, number: int = 1, draft: Draft = PHISHING) -> None:
    """Let a team report, as often as it says."""
    for _ in range(number):
        client.seal(of.wallet, draft, NOON, token_bytes)
    assert await client.deliver(of.wallet) == number


async def raised(server: Served) -> list[Kept]:
    """Release everything, and give the signals that come of it."""
    await server.site.midnight(THURSDAY, open_pool=True)
    async with server.site.hub.reports.read() as connection:
        return await signals.everything(connection)


async def figures(server: Served) -> list[Release]:
    """Give what is published until the quarter is over, with members enough around for wide figures."""
    async with server.site.hub.identity.write() as connection:
        for number, place in enumerate(("AR", "BR", "FR")):
            code = bytes([number]) * 16
            await storage_of_members.invite(connection, place, place, code, str(WEEK))
            assert await storage_of_members.join(connection, code, code * 2, str(WEEK))
    return (await server.site.midnight(Period.parse("2026-Q4").end)).closed


async def surely(server: Served) -> int:
    """Give the members that surely stand behind the phishing reports of the week."""
    async with server.site.hub.reports.read() as connection:
        tokens = await tallies.first_tokens(connection, WEEK.monday, WEEK.sunday)
    return members([("fraud/phishing", "UY")], tokens)


# A member who uses everything at once


async def test_a_flood_of_one_member_raises_no_signal_and_makes_no_figure(
    server: Served, tmp_path: Path
) -> None:
    flooder = await team(server, tmp_path / "flooder")
    await reports(flooder, MANY)
    for of_class in taxonomy.CLASSES:
        if of_class not in ("fraud", "test"):
            of = next(code for code in taxonomy.TYPES if taxonomy.class_of(code) == of_class)
            await reports(flooder, 1, Draft(type=of, place="UY"))
    assert flooder.wallet.contents.tokens[str(WEEK)].left() == 1, "that of the class test"
    assert await raised(server) == []
    assert sum((await counted(server.site)).values()) == BUNDLE - 1, "coordinators see them all"
    assert [cell for each in await figures(server) for cell in each.cells] == []


async def test_a_flood_among_others_counts_three_times_the_members(server: Served, tmp_path: Path) -> None:
    """57 reports of nine members count as 27 at most, where 57 would be at least 40 whatever the offset."""
    for number in range(7):
        await reports(await team(server, tmp_path / f"honest {number}"))
    for number in range(2):
        await reports(await team(server, tmp_path / f"flooder {number}"), MANY)
    found = await raised(server)
    assert {kept.signal.members for kept in found} == {9}
    [cell] = [cell for each in await figures(server) for cell in each.cells]
    assert (cell.type, cell.place) == ("fraud", "019")
    assert cell.figure.at_least in (5, 10, 20)


async def test_two_reports_of_one_member_are_two_reports_of_one_member(
    server: Served, tmp_path: Path
) -> None:
    await reports(await team(server, tmp_path / "ana"), 2)
    assert await raised(server) == []
    assert (await counted(server.site)).popitem()[1] == 2
    assert await surely(server) == 1


async def test_the_thirty_sixth_report_cannot_be_made(server: Served, tmp_path: Path) -> None:
    """Neither by the client nor with a second bundle for the same week."""
    flooder = await team(server, tmp_path / "flooder")
    await reports(flooder, MANY)
    with pytest.raises(exchange.ClientError, match="used up"):
        client.seal(flooder.wallet, PHISHING, NOON, token_bytes)
    contents, entry = flooder.wallet.contents, entry_of(server.site, WEEK)
    keys = exchange.token_keys(entry)
    pending = exchange.blind_bundle(entry, keys, token_bytes)
    body = b"".join(blinded(each, key) for each, key in zip(pending, keys, strict=True))
    async with exchange.connection() as session:
        with pytest.raises(Refused) as refused:
            await exchange.fetch_signatures(session, server.url, contents.credential, str(WEEK), body)
    assert refused.value.problem == "bundle-taken"


# Replay


async def test_a_token_counts_once_whatever_is_done_with_it(server: Served, tmp_path: Path) -> None:
    """Again, in another envelope, for another class, for another week: one report is counted in the end."""
    ana = await team(server, tmp_path / "ana")
    token = ana.wallet.contents.tokens[str(WEEK)].further[0]
    first = ana.wallet.contents.tokens[str(WEEK)].first["availability"]
    good = sealed(server.site, PHISHING, token)
    assert [(await server.post(good)).status for _ in range(3)] == [202] * 3
    assert (await server.post(sealed(server.site, PHISHING, token))).problem == "token-spent"
    assert (await server.post(sealed(server.site, PHISHING, first))).problem == "wrong-token"
    server.clock.now = WEEK.plus(1).start
    late = sealed(server.site, PHISHING, first, WEEK.plus(1))
    assert (await server.post(late)).problem == "wrong-token"
    assert (await server.post(good)).status == 202
    await server.site.midnight(WEEK.plus(1).start, open_pool=True)
    assert (await server.post(good)).status == 202, "also after the release"
    assert (await server.post(sealed(server.site, PHISHING, token))).problem == "token-spent"
    await server.site.midnight(datetime(2026, 11, 24, tzinfo=UTC), open_pool=True)
    assert list((await counted(server.site)).values()) == [1]


async def test_another_servers_tokens_and_envelopes_count_nowhere(
    server: Served, tmp_path: Path, stock: Stock
) -> None:
    await found(tmp_path / "elsewhere", stock)
    async with served(tmp_path / "elsewhere", Clock(), stock) as other:
        foreign = new_token(other.site)
        assert (await server.post(sealed(server.site, PHISHING, foreign))).problem == "wrong-token"
        assert (await server.post(sealed(other.site, PHISHING))).problem == "unknown-key"
        assert (await other.post(sealed(other.site, PHISHING, foreign))).status == 202
    await server.site.midnight(THURSDAY, open_pool=True)
    assert await counted(server.site) == {}


# Theft


def stolen(victim: Team, folder: Path) -> Team:
    """Copy a wallet with its key, as a thief does."""
    folder.mkdir()
    path = Path(shutil.copy(victim.path, folder))
    key_file = Path(shutil.copy(victim.key_file, folder))
    with wallet.opened(path, Lock.key_file(key_file), token_bytes) as copy:
        return Team(copy, path, key_file)


async def late(of: Team) -> str:
    """Let a team report with a token that was used before; gives what it is told."""
    client.seal(of.wallet, PHISHING, NOON, token_bytes)
    with pytest.raises(Refused) as refused:
        await client.deliver(of.wallet)
    return refused.value.problem


async def test_a_stolen_token_works_once_only_for_the_thief_or_for_its_owner(
    server: Served, tmp_path: Path
) -> None:
    """Who comes second is refused; an owner's client then seals the report again, under another token."""
    ana, eva = await team(server, tmp_path / "ana"), await team(server, tmp_path / "eva")
    thief_of_ana, thief_of_eva = stolen(ana, tmp_path / "den"), stolen(eva, tmp_path / "lair")
    await reports(thief_of_ana)
    assert await late(ana) == "token-spent"
    assert await resealing.deliver(ana.wallet, NOON, token_bytes) == 1
    await reports(eva)
    assert await late(thief_of_eva) == "token-spent"
    await server.site.midnight(THURSDAY)
    assert list((await counted(server.site)).values()) == [3]
    assert await surely(server) == 2


async def test_a_stolen_wallet_adds_no_report_to_those_of_its_owner(server: Served, tmp_path: Path) -> None:
    victim = await team(server, tmp_path / "victim")
    thief = stolen(victim, tmp_path / "den")
    await reports(victim, 10)
    taken, problems = 0, []
    for _ in range(MANY):
        client.seal(thief.wallet, PHISHING, NOON, token_bytes)
        try:
            taken += await client.deliver(thief.wallet)
        except Refused as refused:
            problems.append(refused.problem)
            client.discard(thief.wallet)
    assert (taken, problems) == (MANY - 10, ["token-spent"] * 10)
    await server.site.midnight(THURSDAY)
    assert list((await counted(server.site)).values()) == [MANY]


async def test_an_envelope_seen_on_the_way_adds_nothing(server: Served, tmp_path: Path) -> None:
    """Whoever sees one can send it again, which changes nothing."""
    ana = await team(server, tmp_path / "ana")
    seen = client.seal(ana.wallet, PHISHING, NOON, token_bytes)
    assert (await server.post(seen.envelope)).status == 202
    assert await client.deliver(ana.wallet) == 1, "its owner does not notice"
    await server.site.midnight(THURSDAY, open_pool=True)
    assert list((await counted(server.site)).values()) == [1]
