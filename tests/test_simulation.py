"""
A simulation: members, faults and time, at random, against a model that only counts.

What counts as failure:

- a report that was acknowledged and is not counted, or is counted twice, or under another day, type or place
  than the day that ended at its release and the facts that it states;
- a report that was refused (forged, spent, too early, too late) and is counted, or a refusal of a good one;
- an answer that the model did not expect, or any fault that the server logs;
- a pool that is released at another moment than the rules say, or waits longer;
- a mark of a released report that is missing from the public lists after the midnight that follows, a list
  that shrinks, or one whose length is no multiple of 64;
- figures of a closed week that change;
- a directory that a member who saw its past can no longer follow;
- keys that are destroyed too early or too late;
- anything that is done, or refused for good, while the clock has leapt;
- an envelope that can still be read in any file after a midnight at which it was not waiting.

The model knows the rules of DESIGN.md §3 and nothing of how they are kept. Operations are drawn from a seeded
generator, on a clock that only the simulation moves; a crash is a copy of the files as they stand while the
server has them open.
"""

import contextlib
import secrets
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from keys import lists
from keys.directory import fingerprint
from keys.lists import Kind, SignedList
from keys.receipt import Receipt, mark
from storage import members, schema
from tests.support import Clock, Served, Stock, entry_of, flipped, rows, seeded, served, tally, waiting
from warp import client, syncing, wallet
from warp.client import Draft
from warp.events import Event
from warp.exchange import ClientError
from warp.wallet import Contents, Lock, Wallet
from warp.weeks import Week

TYPES = ("fraud/phishing", "malicious-code/infected-system", "availability/ddos")
PLACES = ("UY", "BR", "419", "")
EXPECTED_EVENTS = {
    Event.RELEASED,
    Event.PERIOD_CLOSED,
    Event.KEYS_MADE,
    Event.KEYS_DESTROYED,
    Event.CLOCK_IN_DOUBT,
}
LATE = timedelta(days=14)
A_MOMENT = timedelta(milliseconds=50)


@dataclass
class Sent:
    """One report, as its member knows it."""

    envelope: bytes
    draft: Draft
    week: Week
    mark: bytes
    token: bytes


@dataclass
class Model:
    """What should be so: counting without sealing, storing or serving."""

    done: date
    """Last day whose midnight work is done."""
    waiting: list[Sent] = field(default_factory=list)
    midnights: int = 0
    counted: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    accepted: dict[bytes, Sent] = field(default_factory=dict)
    """By envelope; all that were ever acknowledged."""
    marks: set[bytes] = field(default_factory=set)
    """Of released reports, from the midnight that followed."""
    fresh_marks: set[bytes] = field(default_factory=set)

    def arrive(self, sent: Sent, now: datetime) -> int:
        """Give the status that an envelope must be answered with."""
        if now < sent.week.start:
            return 425
        if now >= sent.week.end + LATE:
            return 410
        if sent.envelope not in self.accepted:
            self.accepted[sent.envelope] = sent
            self.waiting.append(sent)
        return 202

    def hour(self, now: datetime) -> None:
        if not self.catch_up(now):
            self.release(now.date(), urgent_only=True)

    def catch_up(self, now: datetime) -> bool:
        day = now.date() - timedelta(days=1)
        if self.done >= day:
            return False
        due = len(self.waiting) >= 3 or (self.waiting and self.midnights >= 2)
        self.release(day, urgent_only=not due)
        self.midnights += bool(self.waiting)
        self.marks |= self.fresh_marks
        self.fresh_marks = set()
        self.done = day
        return True

    def release(self, day: date, *, urgent_only: bool) -> None:
        released = [sent for sent in self.waiting if sent.draft.urgent or not urgent_only]
        for sent in released:
            self.counted[day.isoformat(), sent.draft.type, sent.draft.place] += 1
            self.fresh_marks.add(sent.mark)
            self.waiting.remove(sent)
        if released and not self.waiting:
            self.midnights = 0


class Simulation:
    """A site, its members and the model, moved on one operation at a time."""

    def __init__(self, folder: Path, data: Path, stock: Stock, random: Random) -> None:
        self.folder = folder
        self.data = data
        self.stock = stock
        self.random = random
        self.clock = Clock()
        self.model = Model(done=date(2026, 11, 17))
        self.wallets: list[Wallet] = []
        self.unsent: list[Sent] = []
        """Sealed, and not yet handed over."""
        self.lists: dict[tuple[Kind, str], SignedList] = {}
        self.figures: dict[str, bytes] = {}
        self.crashes = 0
        self.server: Served
        self._open = contextlib.AsyncExitStack()
        self.lock = Lock.key_file(folder / "key")

    async def start(self) -> None:
        """Do what `serve` does, without feeds."""
        self._open = contextlib.AsyncExitStack()
        self.server = await self._open.enter_async_context(served(self.data, self.clock, self.stock))
        assert await self.server.site.catch_up() == self.model.catch_up(self.clock.now)
        await self.server.site.publish_figures()

    async def stop(self) -> None:
        assert set(self.server.logged.events) <= EXPECTED_EVENTS
        await self._open.aclose()

    # Operations

    async def join(self) -> None:
        if len(self.wallets) >= 4:
            return
        name, code = f"CERT {len(self.wallets)}", secrets.token_bytes(16)
        async with self.server.site.hub.identity.write() as connection:
            await members.invite(connection, name, "UY", code, str(Week.of(self.clock.now)))
        root = fingerprint(self.server.site.settings.root_key)
        contents = Contents(self.server.url, root, code, secrets.token_bytes(32))
        made = wallet.create(self.folder / name, self.lock, contents, secrets.token_bytes)
        await client.join(made)
        self.wallets.append(made)

    async def sync(self) -> None:
        for each in self.wallets:
            each.contents.url = self.server.url
            now = self.clock.now
            await syncing.sync(each, now, secrets.token_bytes, [Week.of(now), Week.of(now).plus(1)])

    async def write(self) -> None:
        """Seal a report, not send it: it lies in somebody's outbox."""
        for each in self.random.sample(self.wallets, len(self.wallets)):
            draft = Draft(
                type=self.random.choice(TYPES),
                place=self.random.choice(PLACES),
                urgent=self.random.random() < 0.05,
            )
            when = self.clock.now + timedelta(days=7) * (self.random.random() < 0.05)
            with contextlib.suppress(ClientError):
                before = _tokens(each)
                sealed = client.seal(each, draft, when, secrets.token_bytes)
                each.contents.outbox.clear()
                [token] = before - _tokens(each)
                lookup = mark(sealed.receipt.lookup)
                self.unsent.append(Sent(sealed.envelope, draft, Week.of(when), lookup, token))
                return

    async def send(self) -> None:
        for _ in range(self.random.choice((1, 1, 2, 4))):
            await self.write()
        self.random.shuffle(self.unsent)
        for _ in range(min(len(self.unsent), self.random.choice((1, 1, 2, 4)))):
            sent = self.unsent.pop()
            status = self.model.arrive(sent, self.clock.now)
            assert (await self.server.post(sent.envelope)).status == status
            if status == 425:
                self.unsent.insert(0, sent)

    async def send_again(self) -> None:
        """As after a lost answer, however long ago."""
        if self.model.accepted:
            sent = self.random.choice(list(self.model.accepted.values()))
            status = self.model.arrive(sent, self.clock.now)
            for _ in range(self.random.randint(1, 3)):
                assert (await self.server.post(sent.envelope)).status == status

    async def forge(self) -> None:
        """Change a bit of a report on its way; the true one still gets through later."""
        if self.unsent:
            sent = self.random.choice(self.unsent)
            position = self.random.randrange(len(sent.envelope))
            answer = await self.server.post(flipped(sent.envelope, position, self.random.randrange(8)))
            assert answer.status in (400, 410, 425)

    async def spend_again(self) -> None:
        """Use an accepted report's token for another one."""
        if self.model.accepted:
            sent = self.random.choice(list(self.model.accepted.values()))
            entry, root = entry_of(self.server.site, sent.week), self.server.site.settings.root_key
            receipt = Receipt.new(secrets.token_bytes)
            another = client.seal_with(sent.draft, sent.token, entry, root, receipt, secrets.token_bytes)
            status = self.model.arrive(sent, self.clock.now)
            assert (await self.server.post(another)).status == (409 if status == 202 else status)

    async def hours(self) -> None:
        for _ in range(self.random.choice((1, 1, 2, 3, 14, 24, 40, 72))):
            await self._hour()

    async def weeks(self) -> None:
        """Pass many days, awake every twelve hours only."""
        for _ in range(2 * self.random.randint(5, 9)):
            await self._hour(12)
        await self.sync()

    async def _hour(self, hours: int = 1) -> None:
        now = self.clock.now.replace(minute=0, second=0, microsecond=0)
        self.clock.now = now + timedelta(hours=hours) + A_MOMENT
        await self.server.site.hour()
        self.model.hour(self.clock.now)

    async def restart(self) -> None:
        await self.stop()
        self.clock.now += timedelta(hours=self.random.choice((0, 0, 1, 30, 80)))
        await self.start()

    async def crash(self) -> None:
        """Go on from the files as a kill would have left them."""
        self.crashes += 1
        copy = Path(shutil.copytree(self.data, self.folder / f"crash {self.crashes}"))
        await self.stop()
        self.data = copy
        await self.start()

    async def leap(self) -> None:
        """The clock leaps far away and is set right again."""
        right = self.clock.now
        self.clock.now += timedelta(days=self.random.choice((-20000, -400, -20, 20, 31, 400, 4000)))
        await self.server.site.hour()
        if self.unsent:
            assert (await self.server.post(self.unsent[-1].envelope)).status == 503
        self.clock.now = right

    async def slip(self) -> None:
        """The clock is set back by a little, now and then across a midnight."""
        self.clock.now -= timedelta(seconds=self.random.choice((1, 60, 4000)))
        await self.server.site.hour()
        self.model.hour(self.clock.now)

    def operations(self) -> tuple[tuple[int, Callable[[], Awaitable[None]]], ...]:
        return (
            (2, self.join),
            (3, self.sync),
            (30, self.send),
            (10, self.send_again),
            (8, self.spend_again),
            (8, self.forge),
            (25, self.hours),
            (3, self.weeks),
            (5, self.restart),
            (5, self.crash),
            (5, self.leap),
            (5, self.slip),
        )

    # What must hold

    async def check(self) -> None:
        site, model = self.server.site, self.model
        assert await waiting(site) == len(model.waiting)
        assert await tally(site) == dict(model.counted)
        assert set(self.server.logged.events) <= EXPECTED_EVENTS
        self._check_lists()
        self._check_figures()
        current = Week.of(self.clock.now)
        kept = {sent.week for sent in model.waiting}
        for week in site.hub.keyring.weeks():
            assert week in kept or datetime.combine(model.done, time(), UTC) < week.end + LATE
        assert set(site.hub.keyring.weeks()) >= {
            current.plus(n) for n in range(-1, 5) if current.plus(n) >= _FIRST
        }

    def _check_lists(self) -> None:
        pinned = fingerprint(self.server.site.settings.root_key)
        for kind in Kind:
            for path in (self.data / "public" / "v1" / kind).glob("*.list"):
                found = lists.read(path.read_bytes(), kind, path.stem, pinned)
                lists.check_growth(self.lists.get((kind, path.stem), found), found)
                self.lists[kind, path.stem] = found
        listed = {item for found in self.lists.values() for item in found.items}
        assert self.model.marks <= listed

    def _check_figures(self) -> None:
        for path in (self.data / "public" / "v1" / "figures").glob("[0-9]*.json"):
            assert self.figures.setdefault(path.name, path.read_bytes()) == path.read_bytes()

    async def check_at_the_end(self) -> None:
        """Let everything be released, and look at all that is left."""
        for _ in range(2 * 4):
            await self._hour(12)
        await self.check()
        assert self.model.waiting == []
        assert sum(self.model.counted.values()) == len(self.model.accepted)
        held = b"".join(path.read_bytes() for path in self.data.rglob("*") if path.is_file())
        assert not [each for each in self.model.accepted if each[1200:1264] in held or each[-64:] in held]
        stored = await rows(self.server.site.hub.reports, schema.reports)
        for column in ("tally_similar", "tally_sector", "tally_severity", "tally_occurrence"):
            assert sum(row[-1] for row in stored[column]) == len(self.model.accepted)
        async with self.server.site.hub.identity.read() as connection:
            names = (await connection.execute(select(schema.members.c.name))).scalars().all()
        assert sorted(names) == sorted(f"CERT {number}" for number in range(len(self.wallets)))


_FIRST = Week(2026, 47)


def _tokens(member: Wallet) -> set[bytes]:
    bundles = member.contents.tokens.values()
    return {token for left in bundles for token in (*left.first.values(), *left.further)}


@contextlib.asynccontextmanager
async def simulated(folder: Path, data: Path, stock: Stock, seed: int) -> AsyncIterator[Simulation]:
    simulation = Simulation(folder, data, stock, seeded(seed))
    await simulation.start()
    try:
        yield simulation
    finally:
        await simulation.stop()


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_happens_every_acknowledged_report_is_counted_once_and_nothing_else(
    tmp_path: Path, data: Path, stock: Stock, seed: int
) -> None:
    await simulate(tmp_path, data, stock, seed, operations=50)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 106))
async def test_the_same_for_longer(tmp_path: Path, data: Path, stock: Stock, seed: int) -> None:
    await simulate(tmp_path, data, stock, seed, operations=250)


async def simulate(tmp_path: Path, data: Path, stock: Stock, seed: int, operations: int) -> None:
    async with simulated(tmp_path, data, stock, seed) as simulation:
        for _ in range(3):
            await simulation.join()
        await simulation.sync()
        weights, acts = zip(*simulation.operations(), strict=True)
        for act in simulation.random.choices(acts, weights, k=operations):
            await act()
            await simulation.check()
        await simulation.check_at_the_end()
        assert sum(simulation.model.counted.values()) > operations / 5, "hardly anything happened"
