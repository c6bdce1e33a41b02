"""
Replay: plays a history of incidents against a real server on a real socket, day by day.

Every row becomes a sealed envelope with a real token; each arrival day ends with one release, each week is
closed. The clock is the application's argument and stands where the history is. Two shortcuts, both stated in
the documentation: members fetch tokens only of weeks in which they report, and keys are made only for weeks
with arrivals. Within a class and week every row is another member with its first token.
"""

import asyncio
import calendar
import csv
import itertools
import re
import secrets
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, TypeVar

import aiohttp
import msgspec

from keys import directory
from keys.directory import Entry, fingerprint
from keys.keyring import WEEKS_AHEAD, IssuerKeys
from keys.receipt import Receipt
from keys.tokens import IssuerKey
from storage import advisories, members, signals
from warp import client, exchange, founding, taxonomy
from warp.app import serving
from warp.client import Draft
from warp.events import raise_faults
from warp.exchange import Refused
from warp.report import InvalidReport, check
from warp.site import Site, open_site
from warp.wallet import Tokens
from warp.weeks import Week
from warp.workers import here

COLUMNS = ("arrival", "occurred", "type", "place", "sector", "tags")
_AT_ONCE = 16
"""Reports under way at a time."""
_FETCHING = 4
"""Bundles under way at a time: enough to keep the server's signers busy."""
NOON = time(12)
T = TypeVar("T")
_NOBODY = bytes(32)


class BadHistory(Exception):
    """The file cannot be replayed; names the row and the column."""


class Row(NamedTuple):
    """One incident of the history."""

    arrival: date
    draft: Draft


class Progress(NamedTuple):
    """How far a replay is."""

    done: int
    """Rows."""
    day: date


class Summary(msgspec.Struct, kw_only=True):
    """What a replay did."""

    sent: int = 0
    accepted: int = 0
    rejected: int = 0
    weeks: dict[str, int] = {}
    """ISO week of arrival to reports released in it."""
    signals: int = 0
    advisories: int = 0
    """Drafts that the signals led to."""
    seconds: float = 0.0


def read(
    path: Path, first: date | None = None, last: date | None = None, without: Iterable[str] = ()
) -> list[Row]:
    """
    Read a history; everything is checked before anything is sent.

    Args:
        path: CSV with the columns of `COLUMNS`; tags separated by `|`, empty = unknown.
        first: Leave out rows that arrived before.
        last: Leave out rows that arrived later.
        without: Places to leave out.

    Raises:
        BadHistory: a row or column is wrong.
        OSError, UnicodeDecodeError: the file cannot be read.
    """
    dropped = set(without)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file, strict=True)
        try:
            if tuple(lines.fieldnames or ()) != COLUMNS:
                raise BadHistory(f"row 1: the columns must be {','.join(COLUMNS)}")
            rows = [_row(lines.line_num, line) for line in lines]
        except csv.Error:
            raise BadHistory(f"row {lines.reader.line_num}: not valid CSV") from None
    wanted = [
        row
        for row in rows
        if (first is None or row.arrival >= first)
        and (last is None or row.arrival <= last)
        and row.draft.place not in dropped
    ]
    return sorted(wanted, key=lambda row: row.arrival)


def _row(number: int, line: Mapping[str | None, str | None]) -> Row:
    if None in line or None in line.values():
        raise BadHistory(f"row {number}: must have {len(COLUMNS)} columns")
    values = {str(column): str(value) for column, value in line.items()}
    try:
        arrival = date.fromisoformat(values["arrival"])
    except ValueError:
        raise BadHistory(f"row {number}, column arrival: not a date like 2014-03-01") from None
    draft = Draft(
        type=values["type"],
        place=values["place"],
        sector=values["sector"],
        occurred=_occurred(values["occurred"]),
        tags=tuple(sorted(filter(None, values["tags"].split("|")))),
    )
    try:
        check(draft.facts(_NOBODY))
    except InvalidReport as error:
        raise BadHistory(f"row {number}, column {error}") from None
    return Row(arrival, draft)


def _occurred(text: str) -> str:
    """
    Give the date of occurrence; of a day that its month does not have, the month.

    Real histories hold such days (a 29 February 2018, for one). The month is what they surely mean, and the
    only part that is tallied; a reporter's client refuses such a day, because it can ask.
    """
    if not _DAY.fullmatch(text):
        return text
    year, month, day = map(int, text.split("-"))
    exists = 1 <= month <= 12 and day <= calendar.monthrange(year, month)[1]
    return text if exists or not 1 <= day <= 31 else text[:7]


_DAY = re.compile(r"[1-9]\d{3}-\d{2}-\d{2}")


async def replay(
    rows: Sequence[Row],
    data: Path,
    progress: Callable[[Progress], None] = lambda _: None,
    new_issuer: IssuerKeys = IssuerKey.generate,
) -> Summary:
    """
    Play a history into a new site.

    Args:
        rows: From `read`; at least one.
        data: Where to make the site.
        progress: Told after each arrival day.
        new_issuer: Makes issuer keys, twelve for each week.

    Raises:
        AlreadyThere: the folder is not empty.
        BadHistory: there is nothing to play.
    """
    if not rows:
        raise BadHistory("no row is left to replay")
    started = monotonic()
    first, last = Week.of(rows[0].arrival), Week.of(rows[-1].arrival)
    settings = await founding.found(data, "Replay", "http://replay.invalid", first.monday, last_week=last)
    clock = _Clock(first.start)
    async with (
        open_site(data, clock.now, raise_faults, workers=here(settings), new_issuer=new_issuer) as site,
        serving(site, "127.0.0.1", 0) as port,
    ):
        await site.publish_all()
        async with exchange.connection() as session:
            player = _Player(site, clock, f"http://127.0.0.1:{port}", session)
            await player.play(rows, progress)
        summary = player.summary
        async with site.hub.reports.read() as connection:
            summary.signals = len(await signals.everything(connection))
            summary.advisories = len(await advisories.everything(connection))
    summary.seconds = round(monotonic() - started, 1)
    return summary


class _Clock:
    """Stands still until it is set."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def set(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


class _Player:
    """The members of a replay, all in one process, on one kept-alive connection pool."""

    def __init__(self, site: Site, clock: _Clock, url: str, session: aiohttp.ClientSession) -> None:
        self._site = site
        self._clock = clock
        self._url = url
        self._session = session
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._fetches = asyncio.Semaphore(_FETCHING)
        self._beside: set[asyncio.Task[Any]] = set()
        self._credentials: list[bytes] = []
        self._homes: list[str] = []
        self.summary = Summary()

    async def play(self, rows: Sequence[Row], progress: Callable[[Progress], None]) -> None:
        """Play all rows, week by week; the next week is prepared meanwhile."""
        self._homes = [place for place, _ in Counter(row.draft.place for row in rows).most_common() if place]
        weeks = [(week, list(few)) for week, few in itertools.groupby(rows, lambda row: Week.of(row.arrival))]
        try:
            coming = self._start(self._prepare(0, *weeks[0]))
            for number, (week, arrived) in enumerate(weeks, start=1):
                epoch = await coming
                if number < len(weeks):
                    coming = self._start(self._prepare(number, *weeks[number]))
                await self._play_week(epoch, week, arrived, progress)
        finally:
            await self._end()

    async def _prepare(self, number: int, week: Week, rows: Sequence[Row]) -> "_Epoch":
        """Make a week's keys, let members join, and fetch their bundles if the server gives them already."""
        await self._site.announce([week])
        reporters = max(Counter(taxonomy.class_of(row.draft.type) for row in rows).values())
        await self._admit(reporters)
        epoch = await self._epoch(number, reporters)
        if week <= Week.of(self._clock.now()).plus(WEEKS_AHEAD):
            self._fetch_bundles(epoch)
        return epoch

    def _fetch_bundles(self, epoch: "_Epoch") -> None:
        reporters = self._credentials[: epoch.reporters]
        epoch.bundles = [self._start(self._bundle(epoch, each)) for each in reporters]

    async def _play_week(
        self, epoch: "_Epoch", week: Week, rows: Sequence[Row], progress: Callable[[Progress], None]
    ) -> None:
        self._clock.set(week.start)
        if not epoch.bundles:
            self._fetch_bundles(epoch)
        for day, arrived in itertools.groupby(rows, lambda row: row.arrival):
            self._clock.set(datetime.combine(day, NOON, UTC))
            await asyncio.gather(*(self._report(epoch, row) for row in arrived))
            await self._midnight(week, datetime.combine(day + timedelta(days=1), time(), UTC))
            progress(Progress(self.summary.sent, day))
        if self._clock.now() < week.end:
            await self._midnight(week, week.end)

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Let something happen beside what is being played; whoever needs it awaits it."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return task

    async def _end(self) -> None:
        """End what still happens beside, when a fault has ended the play."""
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def _midnight(self, week: Week, now: datetime) -> None:
        self._clock.set(now)
        done = await self._site.midnight(now, weeks=[], open_pool=True)
        if done.released.reports:
            weeks = self.summary.weeks
            weeks[str(week)] = weeks.get(str(week), 0) + done.released.reports

    async def _admit(self, count: int) -> None:
        """Let members join until there are so many."""
        while len(self._credentials) < count:
            number, code, credential = (
                len(self._credentials),
                secrets.token_bytes(16),
                secrets.token_bytes(32),
            )
            home = self._homes[number % len(self._homes)] if self._homes else ""
            week = str(Week.of(self._clock.now()))
            async with self._site.hub.identity.write() as connection:
                await members.invite(connection, f"member {number}", home, code, week)
            await exchange.redeem(self._session, self._url, code, credential)
            self._credentials.append(credential)

    async def _epoch(self, number: int, reporters: int) -> "_Epoch":
        answer = await exchange.request(self._session, "GET", f"{self._url}/v1/directory/{number}")
        verified = directory.verify(answer.body, fingerprint(self._site.settings.root_key))
        return _Epoch(verified.entry, verified.root, reporters)

    async def _report(self, epoch: "_Epoch", row: Row) -> None:
        of_class = taxonomy.class_of(row.draft.type)
        member = epoch.reported[of_class]
        epoch.reported[of_class] += 1
        token = (await epoch.bundles[member]).first.pop(of_class)
        async with self._turns:
            receipt = Receipt.new(secrets.token_bytes)
            sealed = client.seal_with(row.draft, token, epoch.entry, epoch.root, receipt, secrets.token_bytes)
            self.summary.sent += 1
            try:
                await exchange.post_envelope(self._session, self._url, sealed)
            except Refused:
                self.summary.rejected += 1
            else:
                self.summary.accepted += 1

    async def _bundle(self, epoch: "_Epoch", credential: bytes) -> Tokens:
        async with self._fetches:
            pending = exchange.blind_bundle(epoch.entry, epoch.keys, secrets.token_bytes)
            bundle = exchange.Bundle(epoch.entry.week, epoch.keys, pending)
            return await exchange.fetch_tokens(self._session, self._url, credential, bundle)


class _Epoch:
    """One week of a replay: its public keys, and who has which tokens left."""

    def __init__(self, entry: Entry, root: bytes, reporters: int) -> None:
        self.entry = entry
        self.root = root
        self.reporters = reporters
        """Members that report: the first ones, by their number."""
        self.keys = exchange.token_keys(entry)
        self.reported: Counter[str] = Counter()
        """Class to reports so far; the next one is the member's of this number."""
        self.bundles: list[asyncio.Task[Tokens]] = []
        """By the member's number; empty until the server gives them."""
