"""A sync: the same for all, whatever a member has done; what it believes of the lists, and finds in them."""

import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys import lists, reply
from keys.directory import certify, fingerprint, sign
from keys.errors import BrokenChain, ForkedList, MissingList, UncertifiedList
from keys.lists import Kind
from keys.receipt import Receipt, mark
from keys.reply import Reply
from storage import members, unlisted
from tests.line import Line, line_to
from tests.support import NOON, WEEK, Served, flipped
from warp import answers, client, listing, publication, syncing, wallet
from warp.answers import SyncedLists
from warp.client import Draft, Sealed
from warp.exchange import Refused
from warp.publication import list_path
from warp.wallet import Contents, Lock, Wallet

A_DAY = timedelta(days=1)
THURSDAY = datetime(2026, 11, 19, tzinfo=UTC)
DRAFT = Draft(type="fraud/phishing", place="UY", text="hello")


class Team(NamedTuple):
    """A member that has joined, and the line by which it syncs."""

    wallet: Wallet
    line: Line

    async def sync(self, now: datetime) -> syncing.Synced:
        self.line.sent.clear()
        self.line.answers.clear()
        return await syncing.sync(self.wallet, now, secrets.token_bytes)

    @property
    def shape(self) -> list[tuple[bytes, int, int]]:
        """What somebody on the way saw of the last sync: addresses and sizes, in their order."""
        return [
            (request.partition(b"\r\n")[0], len(request), len(answer))
            for request, answer in zip(self.line.sent, self.line.answers, strict=True)
        ]


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock.key_file(tmp_path / "key")


@pytest_asyncio.fixture
async def line(server: Served) -> AsyncIterator[tuple[Line, str]]:
    async with line_to(server) as found:
        yield found


async def team(server: Served, line: tuple[Line, str], path: Path, lock: Lock) -> Team:
    code = secrets.token_bytes(16)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, path.name, "UY", code, str(WEEK))
    contents = Contents(line[1], fingerprint(server.site.settings.root_key), code, secrets.token_bytes(32))
    made = wallet.create(path, lock, contents, secrets.token_bytes)
    await client.join(made)
    await syncing.sync(made, NOON, secrets.token_bytes, [WEEK, *syncing.weeks_ahead(NOON)])
    return Team(made, line[0])


async def report(server: Served, member: Team, draft: Draft = DRAFT) -> Sealed:
    sealed = client.seal(member.wallet, draft, server.clock.now, secrets.token_bytes)
    assert await client.deliver(member.wallet) == 1
    return sealed


async def answer(server: Served, receipt: Receipt, text: str) -> None:
    root = server.site.settings.root_key
    sealed = reply.seal(Reply(text, "es"), receipt.reply_key.public, root)
    async with server.site.hub.reports.write() as connection:
        await unlisted.wait(connection, Kind.REPLIES, [sealed])


async def midnight(server: Served, now: datetime, *, open_pool: bool = True) -> None:
    server.clock.now = now
    await server.site.midnight(now, open_pool=open_pool)


# One shape for all


async def test_who_reported_and_was_answered_syncs_like_who_did_nothing(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    busy, quiet = [await team(server, line, tmp_path / name, lock) for name in ("busy team", "q")]
    for _ in range(4):
        sealed = await report(server, busy)
    await answer(server, sealed.receipt, "call us")
    await midnight(server, THURSDAY)
    for now in (THURSDAY + A_DAY / 2, THURSDAY + 3 * A_DAY, WEEK.end + A_DAY, WEEK.plus(1).end + 2 * A_DAY):
        await midnight(server, now.replace(hour=0))
        seen = []
        for member in (busy, quiet):
            await member.sync(now)
            seen.append(member.shape)
        assert seen[0] == seen[1]
        assert len(seen[0]) > 10
    assert len(busy.wallet.contents.replies) == 1


async def test_a_sync_asks_for_everything_again_that_the_wallet_has(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await midnight(server, THURSDAY)
    first = await member.sync(NOON + A_DAY)
    seen = member.shape
    again = await member.sync(NOON + A_DAY)
    assert member.shape == seen
    assert (first.bundles, again.bundles) == ([], [])
    asked = [line.split()[1].decode() for line, _, _ in seen]
    assert asked == [
        "/v1/directory",
        *(f"/v1/directory/{n}" for n in (3, 2, 1, 0)),
        *(f"/v1/bundles/{week}" for week in syncing.weeks_ahead(NOON)),
        f"/v1/accepted/{WEEK.plus(-1)}",
        f"/v1/replies/{WEEK.plus(-1)}",
        f"/v1/accepted/{WEEK}",
        f"/v1/replies/{WEEK}",
    ]


async def test_who_was_away_gets_what_grew_since_and_no_more_than_there_is(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    sealed = await report(server, member)
    await midnight(server, THURSDAY)
    await member.sync(NOON + A_DAY)
    await answer(server, sealed.receipt, "call us")
    await midnight(server, THURSDAY + A_DAY)
    for ahead in range(4):
        await midnight(server, WEEK.plus(ahead).end)
    now = WEEK.plus(4).start + A_DAY
    server.clock.now = now
    await member.sync(now)
    asked = [line.split()[1].decode() for line, _, _ in member.shape]
    assert [each for each in asked if "accepted" in each] == [
        f"/v1/accepted/{WEEK.plus(n)}" for n in range(5)
    ]
    [found] = member.wallet.contents.replies
    assert (found.receipt, found.text, found.week) == (sealed.receipt.secret, "call us", str(WEEK))


def test_a_sync_after_years_asks_for_no_more_lists_than_are_kept() -> None:
    weeks = syncing._weeks_of_lists("2019-W01", WEEK)
    assert weeks == [WEEK.plus(-back) for back in range(lists.KEPT_WEEKS, -1, -1)]
    assert syncing._weeks_of_lists("", WEEK) == [WEEK.plus(-1), WEEK]
    assert syncing._weeks_of_lists(str(WEEK.plus(9)), WEEK) == [WEEK.plus(-1), WEEK]


async def test_a_wallet_keeps_of_a_finished_request_what_the_server_saw_and_no_secret(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    contents = member.wallet.contents
    assert contents.pending == {}
    assert set(contents.requests) == set(contents.tokens)
    assert {len(request) for request in contents.requests.values()} == {35 * 256}
    assert all(b"\r\n\r\n" + contents.requests[str(week)] in b"".join(member.line.sent) for week in [WEEK])


# What is found


async def test_a_report_is_shown_as_counted_and_its_reply_can_be_read(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    one, two = await report(server, member), await report(server, member)
    await midnight(server, THURSDAY)
    await answer(server, one.receipt, "first")
    await answer(server, one.receipt, "second")
    await midnight(server, THURSDAY + A_DAY)
    for _ in range(2):
        await member.sync(NOON + 2 * A_DAY)
    contents = member.wallet.contents
    found = [answers.of_filed(contents, filed) for filed in contents.filed]
    assert [each.accepted for each in found] == [str(WEEK), str(WEEK)]
    assert sorted(each.text for each in found[0].replies) == ["first", "second"]
    assert found[1].replies == ()
    copies, root = SyncedLists(member.wallet.path), server.site.settings.root_key
    assert answers.of_receipt(one.receipt, copies, contents.root, root).accepted == str(WEEK)
    assert len(answers.of_receipt(one.receipt, copies, contents.root, root).replies) == 2
    nobody = Receipt.new(secrets.token_bytes)
    assert answers.of_receipt(nobody, copies, contents.root, root) == ("", ())
    assert two.receipt.secret in contents.accepted


async def test_before_its_release_a_report_is_in_no_list(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await report(server, member)
    await midnight(server, THURSDAY, open_pool=False)
    await member.sync(NOON + A_DAY)
    assert member.wallet.contents.accepted == {}
    assert syncing.newest_list(member.wallet) is not None


async def test_a_follow_up_has_the_thread_of_the_first_report_and_a_receipt_of_its_own(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await report(server, member)
    first = member.wallet.contents.filed[0]
    await report(server, member, Draft(type="fraud/phishing", text="more", thread=first.thread))
    second = member.wallet.contents.filed[1]
    assert first.thread == second.thread == Receipt(first.receipt).thread
    assert mark(Receipt(first.receipt).lookup) != mark(Receipt(second.receipt).lookup)


# What is not believed


def swap(server: Served, kind: Kind, change: Callable[[bytes], bytes]) -> None:
    """Have the server show another list."""
    path = list_path(kind, WEEK)
    document = server.site.tree.read(path)
    assert document is not None
    server.site.tree.keep(path, change(document), NOON)


@pytest.mark.parametrize("kind", Kind)
async def test_a_list_that_was_changed_on_its_way_is_refused(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock, kind: Kind
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await midnight(server, THURSDAY)
    swap(server, kind, lambda document: flipped(document, document.index(b"signature") + 20))
    with pytest.raises(UncertifiedList):
        await member.sync(NOON + A_DAY)


@pytest.mark.parametrize("kind", Kind)
async def test_two_signed_lists_of_one_day_are_a_fork_to_who_saw_the_other(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock, kind: Kind
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await midnight(server, THURSDAY)
    await member.sync(NOON + A_DAY)
    (server.site.tree.folder / list_path(kind, WEEK)).unlink()
    await listing.grow(server.site.lists, NOON.date())
    with pytest.raises(ForkedList):
        await member.sync(NOON + A_DAY)


@pytest.mark.parametrize("kind", Kind)
async def test_a_closed_list_other_than_the_directory_names_it_is_a_fork_to_everybody(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock, kind: Kind
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await midnight(server, WEEK.end)
    online, certificate = server.site.hub.keyring.online, server.site.epochs.certificate
    items = lists.grown((), (), lambda: secrets.token_bytes(kind.item_size))
    other = lists.sign(kind, WEEK.sunday, items, online, certificate)
    server.site.tree.keep(list_path(kind, WEEK), other, NOON)
    with pytest.raises(ForkedList):
        await member.sync(WEEK.end + A_DAY / 2)


async def test_a_list_that_the_directory_names_and_the_server_keeps_back_is_missed(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await midnight(server, WEEK.end)
    shutil.rmtree(server.site.tree.folder / "v1" / "replies")
    with pytest.raises(MissingList):
        await member.sync(WEEK.end + A_DAY / 2)


async def test_a_list_that_was_seen_and_is_kept_back_is_missed(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await midnight(server, THURSDAY)
    await member.sync(NOON + A_DAY)
    shutil.rmtree(server.site.tree.folder / "v1" / "accepted")
    with pytest.raises(MissingList):
        await member.sync(NOON + A_DAY)


@pytest.mark.parametrize("damage", [lambda _: b"", lambda old: flipped(old, len(old) - 1)])
async def test_a_copy_that_was_damaged_counts_as_none_and_the_next_sync_brings_it(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock, damage: Callable[[bytes], bytes]
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await midnight(server, THURSDAY)
    await member.sync(NOON + A_DAY)
    copy = tmp_path / "w.lists" / f"accepted-{WEEK}.list"
    copy.write_bytes(damage(copy.read_bytes()))
    (tmp_path / "w.lists" / f"accepted-{WEEK} (conflicted copy).list").write_bytes(b"of a sync tool")
    assert syncing.newest_list(member.wallet) is None
    await member.sync(NOON + A_DAY)
    assert syncing.newest_list(member.wallet) is not None


async def test_one_refused_list_keeps_no_other_from_being_taken(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await midnight(server, THURSDAY)
    await member.sync(NOON + A_DAY)
    path = server.site.tree.folder / list_path(Kind.ACCEPTED, WEEK)
    seen = path.read_bytes()
    path.unlink()
    await listing.grow(server.site.lists, NOON.date())
    sealed = await report(server, member)
    await midnight(server, WEEK.end + A_DAY)
    with pytest.raises(ForkedList):
        await member.sync(WEEK.end + A_DAY)
    contents = member.wallet.contents
    assert contents.accepted == {sealed.receipt.secret: str(WEEK.plus(1))}
    assert contents.synced == str(WEEK.plus(1))
    kept = tmp_path / "w.lists"
    assert (kept / f"accepted-{WEEK}.list").read_bytes() == seen
    other = lists.read(
        (kept / f"accepted-{WEEK}.refused").read_bytes(), Kind.ACCEPTED, str(WEEK), contents.root
    )
    assert other.head.sha256 != lists.read_own(seen).head.sha256, "both are signed: the proof"


async def test_a_wallet_restored_from_an_older_file_finds_again_what_the_lists_hold(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    sealed = await report(server, member)
    before = (tmp_path / "w").read_bytes()
    await midnight(server, THURSDAY)
    await answer(server, sealed.receipt, "call us")
    await midnight(server, THURSDAY + A_DAY)
    await member.sync(NOON + 2 * A_DAY)
    assert len(member.wallet.contents.replies) == 1
    (tmp_path / "w").write_bytes(before)
    with wallet.opened(tmp_path / "w", lock, secrets.token_bytes) as restored:
        assert restored.contents.replies == []
        await syncing.sync(restored, NOON + 2 * A_DAY, secrets.token_bytes)
        assert [each.text for each in restored.contents.replies] == ["call us"]
        assert restored.contents.accepted == {sealed.receipt.secret: str(WEEK)}


async def test_a_member_whose_credential_is_void_gets_the_lists_and_is_told(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    sealed = await report(server, member)
    await midnight(server, THURSDAY)
    async with server.site.hub.identity.write() as connection:
        await members.revoke(connection, "w")
    with pytest.raises(Refused) as refused:
        await member.sync(NOON + A_DAY)
    assert refused.value.problem == "credential"
    assert member.wallet.contents.accepted == {sealed.receipt.secret: str(WEEK)}


async def test_a_clock_that_is_a_year_ahead_costs_no_tokens(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    held = set(member.wallet.contents.tokens)
    await member.sync(NOON + 365 * A_DAY)
    assert set(member.wallet.contents.tokens) == held
    await member.sync(NOON)
    assert set(member.wallet.contents.tokens) == held


async def test_a_refusal_that_was_not_true_costs_no_tokens(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    """Somebody in the server's place says that the tokens were given out; the server gives them later."""
    member = await team(server, line, tmp_path / "w", lock)
    next_week = str(WEEK.plus(5))
    await midnight(server, WEEK.end)
    body = msgspec.json.encode(
        {
            "type": "urn:warp:problem:bundle-taken",
            "title": "Conflict",
            "status": 409,
            "detail": "Taken by you.",
        }
    )
    line[0].instead_of[f"/v1/bundles/{next_week}".encode()] = (
        b"HTTP/1.1 409 Conflict\r\nContent-Type: application/problem+json\r\n"
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    assert set((await member.sync(WEEK.end)).refused) == {next_week}
    line[0].instead_of.clear()
    assert (await member.sync(WEEK.end)).bundles == [next_week]
    assert member.wallet.contents.taken == []


async def test_a_false_chain_of_directory_entries_ends_where_it_breaks(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    newest = server.site.tree.read("v1/directory/newest.json")
    assert newest is not None
    entry = msgspec.structs.replace(publication.read_entry(newest), number=10**9)
    signed = sign(entry, server.site.hub.keyring.online, server.site.epochs.certificate)
    server.site.tree.write("v1/directory/newest.json", signed, NOON)
    with pytest.raises((BrokenChain, Refused)):
        await member.sync(NOON)
    assert len(line[0].sent) < 4


async def test_a_list_that_another_root_certified_is_refused(
    server: Served, line: tuple[Line, str], tmp_path: Path, lock: Lock
) -> None:
    member = await team(server, line, tmp_path / "w", lock)
    await midnight(server, THURSDAY)
    online = server.site.hub.keyring.online
    certificate = certify(Ed25519PrivateKey.generate(), online.public_key(), WEEK, WEEK)
    items = lists.grown((), (), lambda: secrets.token_bytes(32))
    other = lists.sign(Kind.ACCEPTED, NOON.date(), items, online, certificate)
    server.site.tree.keep(list_path(Kind.ACCEPTED, WEEK), other, NOON)
    with pytest.raises(UncertifiedList):
        await member.sync(NOON + A_DAY)
