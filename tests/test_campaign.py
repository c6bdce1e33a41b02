"""
A campaign on top of a replayed history: one signal in its first week, and one warning that is read over HTTP.

Twelve reports in two weeks over four countries of one sub-region. All of it is real but the clock: sealed
envelopes with tokens on a socket, midnights, coordinators' acts, and the feed that a subscriber fetches.
"""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

import feedparser
import pytest

from storage import advisories, coordinators, members, signals
from tests.campaigns import RIVER_PLATE, quiet_region
from tests.support import Clock, Stock, request, served, tally
from tests.tables_of_counts import DDOS, PHISHING
from warp import advising, disclosure, places, replay
from warp.advisory import Advisory, Status
from warp.advisory_life import Change
from warp.client import Draft
from warp.life import PUBLISHED, Kept
from warp.policies import Policy
from warp.replay import Progress, Row
from warp.signal import Kind, State
from warp.stages import Act, Acting
from warp.taxonomy import TEST_TYPE
from warp.weeks import Week

HISTORY = Path(__file__).resolve().parents[2] / "shared" / "data" / "incidents-vcdb.csv"
DAYS = (0, 1, 2, 2, 3, 4, 7, 8, 9, 10, 11, 12)
"""Of the campaign's twelve reports, from its first day."""
OLD = Draft(type="fraud/masquerade", place="JP", occurred="2012")
TEST = Draft(type=TEST_TYPE, place="UY")


class Campaign(NamedTuple):
    """What is put on top of a history."""

    start: date
    type: str = PHISHING
    places: Sequence[str] = RIVER_PLATE
    area: str = "419"

    @property
    def rows(self) -> list[Row]:
        """Twelve reports in two weeks over four countries, and in the same weeks tests and old incidents."""
        found = [
            Row(self.day(after), Draft(type=self.type, place=self.places[number % 4], occurred=""))
            for number, after in enumerate(DAYS)
        ]
        found += [Row(self.day(2), OLD)] * 9
        return [*found, *(Row(self.day(after), TEST) for after in (0, 3, 3, 3, 3, 9))]

    def day(self, after: int) -> date:
        """Give a day of the campaign."""
        return self.start + timedelta(days=after)


class Seen(NamedTuple):
    """A signal as it stood after a day's midnight."""

    day: date
    id: str
    kind: str
    type: str
    place: str


class Watch:
    """Looks into the site's database after each arrival day, as an onlooker would."""

    def __init__(self, data: Path) -> None:
        self._database = f"file:{data / 'reports.db'}?mode=ro"
        self.seen: list[Seen] = []

    def __call__(self, progress: Progress) -> None:
        """Note what is there."""
        with contextlib.closing(sqlite3.connect(self._database, uri=True)) as connection:
            found = connection.execute("SELECT id, kind, type, place FROM signals").fetchall()
        self.seen += [Seen(progress.day, *row) for row in found]


def concerns(place: str, wide: str) -> bool:
    """Say whether a place lies in a wider one."""
    return wide in ("001", place) or (place != "" and wide in places.areas_around(place))


def is_old(row: Row) -> bool:
    """Say whether a row's incident happened three calendar months before its arrival, or earlier."""
    if not row.draft.occurred:
        return False
    year, month = map(int, f"{row.draft.occurred}-12"[:7].split("-"))
    return (row.arrival.year - year) * 12 + row.arrival.month - month >= 3


def by_week(rows: Sequence[Row], kept: Kept) -> Counter[Week]:
    """Count the reports of a signal's window, without any of the code that is tested."""
    signal = kept.signal
    first = Week.of(signal.day).plus(1 - max(signal.window_weeks, 1)).monday
    first = first if signal.window_weeks else signal.day
    return Counter(
        Week.of(row.arrival)
        for row in rows
        if first <= row.arrival <= signal.day
        and row.draft.type == signal.type
        and concerns(row.draft.place, signal.place)
        and not is_old(row)
    )


async def publish(data: Path, draft: Advisory, now: datetime) -> tuple[Advisory, dict[str, list[str]]]:
    """Let two coordinators send a draft out; gives it, and by address the titles in Atom feeds."""
    clock = Clock(now)
    async with served(data, clock) as server:
        site = server.site
        async with site.hub.identity.write() as connection:
            await coordinators.add(connection, "luis", "age1pq1luis")
        coordinator = Acting("coordinator", clock(), site.rules)
        taken = await advising.edit(site.hub, draft.id, coordinator, Change(ready=True))
        luis = Acting("luis", clock(), site.rules)
        [published] = await advising.let_out(site.hub, taken.id, Act.PUBLISH, luis)
        await site.publish_advisories([published.id])
        titles = {}
        for address in ("all", f"type/{published.type}", "type/availability/outage"):
            answer = await request(server.port, "GET", f"/feeds/en/{address}.atom")
            assert answer.status == 200
            titles[address] = [entry.title for entry in feedparser.parse(answer.body).entries]
    return published, titles


class Left(NamedTuple):
    """What a replay left on its site."""

    kept: dict[str, Kept]
    drafts: list[Advisory]
    homes: dict[str, int]
    """Members by place."""
    types: set[str]
    """Of all reports that were counted."""


async def left_on(data: Path, now: datetime) -> Left:
    """Look into a site."""
    async with served(data, Clock(now)) as server:
        async with server.site.hub.reports.read() as connection:
            kept = {each.id: each for each in await signals.everything(connection)}
            drafts = await advisories.everything(connection)
        async with server.site.hub.identity.read() as connection:
            homes = dict(await members.by_place(connection))
        types = {of_type for _, of_type, _ in await tally(server.site)}
    return Left(kept, drafts, homes, types)


def check_signal(campaign: Campaign, seen: Sequence[Seen], left: Left, rows: Sequence[Row]) -> Kept:
    """Check that a campaign was one signal from its first week on; gives it as it was left."""
    told = [
        each
        for each in seen
        if (each.kind, each.type) == (Kind.RISE, campaign.type)
        and any(concerns(place, each.place) for place in campaign.places)
    ]
    assert len({each.id for each in told}) == 1
    assert campaign.start <= told[0].day < campaign.day(7)
    event = left.kept[told[0].id]
    assert event.signal.place == campaign.area
    assert Week.parse(event.steps[0].week) == Week.of(told[0].day)
    reports = by_week(rows, event)
    assert (event.signal.observed, event.signal.members) == (reports.total(), max(reports.values()))
    assert event.signal.observed >= len(DAYS)
    return event


def check_draft(campaign: Campaign, event: Kept, left: Left) -> Advisory:
    """Check that there is one draft of a campaign, and none of tests and old incidents; gives it."""
    [draft] = [each for each in left.drafts if each.type == campaign.type]
    assert (draft.id, draft.status, draft.author) == (event.advisory, Status.DRAFT, "")
    assert draft.place == disclosure.place_to_name(event.signal.place, left.homes, Policy())
    [batch] = [each for each in left.kept.values() if each.signal.type == OLD.type]
    assert (batch.signal.kind, batch.signal.observed, batch.signal.late) == (Kind.BATCH, 9, 9)
    assert concerns(OLD.place, batch.signal.place)
    assert batch.advisory is None
    assert OLD.type in left.types
    assert TEST_TYPE not in left.types
    assert not {OLD.type, TEST_TYPE} & {each.type for each in left.drafts}
    return draft


async def check(data: Path, history: Sequence[Row], campaign: Campaign) -> None:
    """Replay a history with a campaign in it, and follow that to the feed."""
    watch, stock = Watch(data), Stock()
    rows = sorted([*history, *campaign.rows], key=lambda row: row.arrival)
    summary = await replay.replay(rows, data, watch, iter(stock).__next__)
    assert (summary.accepted, summary.rejected) == (len(rows), 0)
    morning = datetime.combine(rows[-1].arrival + timedelta(days=1), time(9), UTC)
    left = await left_on(data, morning)
    event = check_signal(campaign, watch.seen, left, rows)
    draft = check_draft(campaign, event, left)
    published, titles = await publish(data, draft, morning)
    assert (published.status, published.approver) == (Status.PUBLISHED, "luis")
    [title] = titles["all"]
    assert published.texts["en"].title in title
    assert titles == {"all": [title], f"type/{campaign.type}": [title], "type/availability/outage": []}
    closed = (await left_on(data, morning)).kept[event.id]
    assert (closed.state, closed.steps[-1].reason) == (State.CLOSED, PUBLISHED)


def arrivals(first: date, weeks: int, seed: int) -> list[Row]:
    """Give a quiet region's rows."""
    found = quiet_region(first, weeks, seed)
    return [Row(each.day, Draft(type=each.type, place=each.place)) for each in found]


async def test_a_campaign_in_a_quiet_region_is_one_signal_in_its_first_week_and_one_warning(
    tmp_path: Path,
) -> None:
    first = date(2014, 3, 3)
    quiet = [
        Row(each.day, Draft(type=each.type, place=each.place))
        for each in quiet_region(first, weeks=13, seed=1)
    ]
    await check(tmp_path / "site", quiet, Campaign(first + timedelta(weeks=11, days=2)))


@pytest.mark.slow
@pytest.mark.skipif(not HISTORY.exists(), reason="the history is not beside this repository")
@pytest.mark.parametrize(
    ("first", "campaign"),
    [
        (date(2013, 7, 1), Campaign(date(2014, 7, 8))),
        (
            date(2018, 1, 1),
            Campaign(date(2019, 2, 27), DDOS, ("GH", "KE", "NG", "UG"), "202"),
        ),
    ],
    ids=["in a busy year", "in a quiet year"],
)
async def test_a_campaign_among_years_of_real_incidents_is_one_signal_and_one_warning(
    tmp_path: Path, first: date, campaign: Campaign
) -> None:
    history = replay.read(HISTORY, first, campaign.day(13), ["US"])
    await check(tmp_path / "site", history, campaign)
