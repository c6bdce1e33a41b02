"""The release: what it counts, when it waits, what it closes, and what it forgets."""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from feeds.figures import Closed, as_json
from storage import advisories, figures, inbox, members, pool, schema, signals, tallies
from tests.support import (
    NOON,
    PHISHING,
    WEEK,
    Clock,
    Logged,
    Served,
    Stock,
    opened,
    rows,
    sealed,
    seeded,
    tally,
    unchanged,
    waiting,
)
from warp import following, taxonomy
from warp import release as acts
from warp.client import Draft
from warp.disclosure import Cell, Figure, Release
from warp.events import Event
from warp.policies import Name, Policy
from warp.tally import Cell as Counted
from warp.tally import Tally
from warp.weeks import Period

THURSDAY = datetime(2026, 11, 19, tzinfo=UTC)
MIXED = (
    Draft(type="fraud/phishing", place="UY", occurred="2026-11-02", tags=("election", "ransomware")),
    Draft(type="fraud/phishing", place="UY", similar=taxonomy.Similar.FEW, sector="banking"),
    Draft(type="fraud/phishing", place="BR", severity=taxonomy.Severity.HIGH),
    Draft(type="availability/ddos", place="419"),
    Draft(type="availability/ddos", place="", occurred="2030-01"),
)


async def send(server: Served, *drafts: Draft, first: bool = False) -> None:
    for draft in drafts:
        assert (await server.post(sealed(server.site, draft, first=first))).status == 202


async def stored(server: Served) -> dict[str, list[tuple[object, ...]]]:
    return await rows(server.site.hub.reports, schema.reports)


# Counting


async def test_a_release_counts_every_report_in_every_table(server: Served) -> None:
    await send(server, *MIXED)
    await send(server, MIXED[0], first=True)
    done = await server.site.release(NOON)
    assert (done.day, done.reports) == (date(2026, 11, 18), 6)
    found = await stored(server)
    day = "2026-11-18"
    assert found["tally_day"] == [
        (day, "availability/ddos", "", 1),
        (day, "availability/ddos", "419", 1),
        (day, "fraud/phishing", "BR", 1),
        (day, "fraud/phishing", "UY", 3),
    ]
    assert found["tally_first"] == [(day, "fraud/phishing", "UY", str(WEEK), 1)]
    assert (day, "fraud/phishing", "UY", "2-5", 1) in found["tally_similar"]
    assert sum(row[-1] for row in found["tally_similar"]) == 6
    assert found["tally_sector"] == [
        ("2026-Q4", "availability", "", 2),
        ("2026-Q4", "fraud", "", 3),
        ("2026-Q4", "fraud", "banking", 1),
    ]
    assert ("2026-Q4", "fraud", "high", 1) in found["tally_severity"]
    assert sum(row[-1] for row in found["tally_severity"]) == 6
    assert found["tally_tag"] == [
        ("2026-Q4", "fraud", "election", 2),
        ("2026-Q4", "fraud", "ransomware", 2),
    ]
    assert sum(row[-1] for row in found["tally_occurrence"]) == 6
    assert {row[0] for row in found["tally_occurrence"]} == {"", "2026-11"}
    assert found["tally_delay"] == [("2026-Q4", "0", 2)]


async def test_a_release_counts_which_reports_are_of_old_incidents(server: Served) -> None:
    old = Draft(type="fraud/phishing", place="UY", occurred="2026-08-31")
    await send(server, old, Draft(type="fraud/phishing", place="UY", occurred="2026-09-01"), old)
    await server.site.release(NOON)
    found = await stored(server)
    assert found["tally_day"] == [("2026-11-18", "fraud/phishing", "UY", 3)]
    assert found["tally_late"] == [("2026-11-18", "fraud/phishing", "UY", 2)]


async def test_a_test_report_goes_the_whole_way_and_is_not_counted(server: Served) -> None:
    await send(server, Draft(type=taxonomy.TEST_TYPE, place="UY"))
    assert (await server.site.release(NOON)).reports == 1
    found = await stored(server)
    assert [name for name in found if name.startswith("tally") and found[name]] == []
    assert len(found["inbox"]) == len(found["unlisted"]) == 1


async def test_tests_in_any_number_raise_no_signal_and_stand_in_no_figure(server: Served) -> None:
    before = {"type": taxonomy.TEST_TYPE, "place": "UY", "reports": 1}
    async with server.site.hub.reports.write() as connection:
        days = [WEEK.plus(-n).monday.isoformat() for n in range(1, 10)]
        await connection.execute(insert(schema.tally_day), [{"day": day, **before} for day in days])
    await send(server, *[Draft(type=taxonomy.TEST_TYPE, place="UY")] * 12, first=True)
    done = await server.site.midnight(WEEK.end, open_pool=True)
    assert (done.released.reports, done.released.signals) == (12, 0)
    assert [made.cells for made in done.closed] == [()]
    found = await stored(server)
    assert len(found["inbox"]) == 12
    assert [row for row in found["tally_day"] if row[0] >= WEEK.monday.isoformat()] == []
    assert found["tally_first"] == found["tally_similar"] == found["signals"] == []


async def test_after_a_release_the_pool_is_empty_and_narratives_wait_for_the_coordinators(
    server: Served,
) -> None:
    await send(server, *MIXED)
    await server.site.release(NOON)
    found = await stored(server)
    assert found["pool"] == []
    assert len(found["inbox"]) == 5
    assert {(len(row[0]), row[1], len(row[2])) for row in found["inbox"]} == {(16, str(WEEK), 13_824)}


async def test_a_second_release_adds_to_the_first(server: Served) -> None:
    await send(server, PHISHING)
    await server.site.release(NOON)
    await send(server, PHISHING, PHISHING)
    await server.site.release(NOON)
    assert await tally(server.site) == {("2026-11-18", "fraud/phishing", "UY"): 3}


async def test_a_release_of_nothing_changes_nothing(server: Served) -> None:
    async with unchanged(server):
        assert await acts.release(server.site.hub, NOON) == (date(2026, 11, 18), 0, 0)


async def test_tallies_and_marks_do_not_depend_on_the_order_of_arrival_or_release(
    data: Path, server: Served, stock: Stock
) -> None:
    envelopes = [sealed(server.site, draft) for draft in MIXED * 3]
    found = []
    for seed in (1, 2):
        random = seeded(seed)
        random.shuffle(envelopes)
        for each in envelopes:
            await server.post(each)
        hub = server.site.hub._replace(random=random)
        await acts.release(hub, NOON)
        tables = await stored(server)
        found.append({name: tables[name] for name in tables if name.startswith(("tally", "unlisted"))})
        async with server.site.hub.reports.write() as connection:
            for table in [each for each in schema.reports.sorted_tables if each.name != "waiting"]:
                await connection.execute(table.delete())
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 19, tzinfo=UTC), date(2026, 11, 18)),
        (datetime(2026, 11, 19, 0, 0, 0, 1, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 18, 14, tzinfo=UTC), date(2026, 11, 18)),
    ],
)
def test_a_release_counts_under_the_day_that_it_ends(now: datetime, day: date) -> None:
    assert acts.ended_day(now) == day


async def test_an_envelope_that_the_disk_has_damaged_is_told_of_and_the_others_count(server: Served) -> None:
    await send(server, *MIXED)
    async with server.site.hub.reports.write() as connection:
        damaged = (await pool.ids(connection))[0]
        values = {"envelope": b"WRP1" + bytes(16_380)}
        await connection.execute(update(schema.pool).where(schema.pool.c.id == damaged).values(values))
    await server.site.release(NOON)
    assert sum((await tally(server.site)).values()) == 4
    assert server.logged.events.count(Event.UNREADABLE) == 1
    assert await waiting(server.site) == 0


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"report":"","issuers":[]}', b"WARP sealed key v1\n"])
async def test_a_damaged_key_file_stops_no_other_week(server: Served, damage: bytes) -> None:
    """The envelopes of its own week wait: it may be put back."""
    of_damaged, keyring = sealed(server.site), server.site.hub.keyring
    path = server.site.data / "keys" / "weeks" / f"{WEEK}.json"
    before = path.read_bytes()
    path.write_bytes(damage)
    keyring.forget_loaded(lambda _: False)
    server.clock.now = WEEK.end + timedelta(hours=9)
    assert (await server.post(sealed(server.site, week=WEEK.plus(1)))).status == 202
    assert (await server.post(of_damaged)).status == 500
    await server.site.midnight(WEEK.end + timedelta(days=1), open_pool=True)
    assert sum((await tally(server.site)).values()) == 1
    assert keyring.damaged() == [path]
    path.write_bytes(before)
    assert (await server.post(of_damaged)).status == 202
    assert keyring.damaged() == []


# When the pool waits


async def test_three_envelopes_are_cover_enough_at_midnight(server: Served) -> None:
    await send(server, PHISHING, PHISHING)
    assert not await acts.is_due(server.site.hub)
    await send(server, PHISHING)
    assert await acts.is_due(server.site.hub)


async def test_less_cover_waits_through_two_midnights(server: Served) -> None:
    await send(server, PHISHING)
    released = []
    for day in (19, 20, 21):
        done = await server.site.midnight(datetime(2026, 11, day, tzinfo=UTC))
        released.append(done.released.reports)
    assert released == [0, 0, 1]
    assert await tally(server.site) == {("2026-11-20", "fraud/phishing", "UY"): 1}


async def test_after_a_release_waiting_begins_anew(server: Served) -> None:
    await send(server, PHISHING)
    for day in (19, 20, 21):
        await server.site.midnight(datetime(2026, 11, day, tzinfo=UTC))
    await send(server, PHISHING)
    done = await server.site.midnight(datetime(2026, 11, 22, tzinfo=UTC))
    assert done.released.reports == 0
    assert await waiting(server.site) == 1


async def test_an_operator_can_have_the_pool_opened_whatever_its_cover(server: Served) -> None:
    await send(server, PHISHING)
    done = await server.site.midnight(THURSDAY, open_pool=True)
    assert done.released is not None
    assert done.released.reports == 1


async def test_an_urgent_report_is_seen_without_a_mark_on_the_disk(server: Served) -> None:
    await send(server, PHISHING, PHISHING)
    assert await acts.urgent(server.site.hub) == []
    await send(server, Draft(type="fraud/phishing", urgent=True))
    assert len(await acts.urgent(server.site.hub)) == 1


async def test_envelopes_that_another_process_has_released_meanwhile_are_no_fault(server: Served) -> None:
    await send(server, Draft(type="fraud/phishing", urgent=True), PHISHING)
    asked_for = await acts.urgent(server.site.hub)
    await server.site.release(NOON, asked_for)
    assert (await server.site.release(NOON, asked_for)).reports == 0
    assert await waiting(server.site) == 1


# Closing a week


async def test_a_week_closes_when_it_is_over_and_only_once(server: Served) -> None:
    assert await acts.periods_to_close(server.site.hub, WEEK.end - timedelta(microseconds=1)) == []
    assert await acts.periods_to_close(server.site.hub, WEEK.end) == [Period.parse(str(WEEK))]
    assert [each.period for each in (await server.site.midnight(WEEK.end)).closed] == [str(WEEK)]
    assert await acts.periods_to_close(server.site.hub, WEEK.end + timedelta(days=6)) == []
    due = await acts.periods_to_close(server.site.hub, WEEK.plus(7).start)
    assert list(map(str, due)) == [
        "2026-W48",
        "2026-11",
        "2026-W49",
        "2026-W50",
        "2026-W51",
        "2026-W52",
        "2026-W53",
        "2026-12",
        "2026-Q4",
    ]


async def test_what_its_weeks_show_is_not_counted_again_in_the_month(server: Served) -> None:
    week = WEEK.plus(1)
    await join_members(server, ["UY"] * 40)
    counted = Tally()
    cell = Counted(WEEK.sunday, "fraud/phishing", "UY")
    counted.reports[cell] = counted.first_tokens[cell, WEEK] = 40
    async with server.site.hub.reports.write() as connection:
        await tallies.add(connection, counted)
    server.clock.now = week.end
    done = await server.site.midnight(week.end)
    assert [(each.period, len(each.cells)) for each in done.closed] == [
        ("2026-W47", 1),
        ("2026-W48", 0),
        ("2026-11", 0),
    ]


async def test_figures_that_cannot_be_made_keep_nothing_else_from_being_done(server: Served) -> None:
    """A row that nobody can read, in the quarter whose policy it should say."""
    async with server.site.hub.reports.write() as connection:
        await connection.execute(insert(schema.figures).values(period="2026-W46", release="{}"))
    await server.post(sealed(server.site))
    server.clock.now = WEEK.end
    done = await server.site.midnight(WEEK.plus(4).end, open_pool=True)
    assert (done.closed, done.released.reports) == ([], 1)
    assert WEEK in done.destroyed
    assert Event.FAULT in server.logged.events
    await server.site.mend()


async def test_counts_that_cannot_be_judged_keep_nothing_else_from_being_done(server: Served) -> None:
    """A row of a place that nobody knows."""
    nowhere = {"day": str(WEEK.monday), "type": "fraud/phishing", "place": "nowhere", "reports": 1}
    async with server.site.hub.reports.write() as connection:
        await connection.execute(insert(schema.tally_day), nowhere)
    await server.post(sealed(server.site))
    server.clock.now = WEEK.end
    done = await server.site.midnight(WEEK.plus(4).end, open_pool=True)
    assert (done.released.reports, done.released.signals) == (1, 0)
    assert WEEK in done.destroyed
    assert Event.FAULT in server.logged.events


async def test_a_quarter_keeps_the_policy_that_it_began_with(server: Served) -> None:
    stricter = Policy(preset=Name.CAUTIOUS)
    async with server.site.hub.reports.write() as connection:
        await figures.close(connection, Release("2026-W46", (), stricter))
    assert server.site.settings.policy == Policy()
    closed = (await server.site.midnight(WEEK.plus(7).end)).closed
    assert {each.policy for each in closed if each.period <= "2026-W53"} == {stricter}
    assert [each.policy for each in closed if each.period == "2027-W01"] == [Policy()]


async def test_what_is_public_already_is_not_drawn_again(server: Served) -> None:
    """As after a restore: the database does not know what was published since the backup."""
    made = Release(str(WEEK), (Cell("fraud", "UY", Figure(5)), Cell("", "001", Figure(40))), Policy())
    document = as_json(server.site.publisher, Closed(made))
    server.site.tree.write(f"v1/figures/{WEEK}.json", document, WEEK.end)
    assert (await server.site.midnight(WEEK.end)).closed == [made]
    assert server.site.tree.read(f"v1/figures/{WEEK}.json") == document


async def join_members(server: Served, places: Sequence[str]) -> None:
    async with server.site.hub.identity.write() as connection:
        for number, place in enumerate(places):
            code = secrets.token_bytes(16)
            await members.invite(connection, f"CERT {number}", place, code, str(WEEK))
            assert await members.join(connection, code, secrets.token_bytes(32), str(WEEK))


async def test_the_reports_of_the_weeks_last_day_are_in_its_figures(server: Served) -> None:
    await join_members(server, ["UY"] * 40)
    server.clock.now = WEEK.end - timedelta(hours=1)
    await send(server, *[PHISHING] * 40, first=True)
    server.clock.now = WEEK.end
    done = await server.site.midnight(WEEK.end)
    [closed] = done.closed
    assert [(cell.type, cell.place) for cell in closed.cells] == [("fraud/phishing", "UY")]
    assert closed.cells[0].figure.at_least in (20, 40), "40 reports, less a secret offset of up to six"


async def test_a_report_after_the_close_counts_where_it_arrives(server: Served) -> None:
    late = sealed(server.site)
    await server.site.midnight(WEEK.end)
    server.clock.now = WEEK.end + timedelta(hours=1)
    async with server.site.hub.reports.read() as connection:
        before = (await rows(server.site.hub.reports, schema.reports))["figures"]
        assert connection is not None
    await server.post(late)
    await server.site.midnight(WEEK.end + timedelta(days=1), open_pool=True)
    assert await tally(server.site) == {("2026-11-23", "fraud/phishing", "UY"): 1}
    assert (await stored(server))["figures"] == before


# Detection


async def test_a_rise_is_one_signal_a_week_that_keeps_its_id(server: Served) -> None:
    async with server.site.hub.reports.write() as connection:
        rows_before = [
            {"day": WEEK.plus(-n).monday.isoformat(), "type": "fraud/phishing", "place": "UY", "reports": 1}
            for n in range(1, 10)
        ]
        await connection.execute(insert(schema.tally_day), rows_before)
    await send(server, *[PHISHING] * 6, first=True)
    assert (await server.site.release(NOON)).signals == 1
    async with server.site.hub.reports.read() as connection:
        [first] = await signals.everything(connection)
    await send(server, *[PHISHING] * 2, first=True)
    await server.site.release(NOON)
    async with server.site.hub.reports.read() as connection:
        [second] = await signals.everything(connection)
    assert first.id == second.id
    assert await following.again(server.site.hub, first.id) == (second, second.signal)
    assert (first.signal.observed, second.signal.observed) == (6, 8)
    assert first.advisory == second.advisory is not None


async def test_a_month_is_judged_once_in_the_midnight_that_ends_it(server: Served) -> None:
    """Three incidents of a class each month, then thirty, which have all arrived; delays are known."""
    months = [f"{2025 + (i // 12)}-{i % 12 + 1:02}" for i in range(22)]
    async with server.site.hub.reports.write() as connection:
        occurred = [
            {
                "month": month,
                "class": "fraud",
                "sub_region": "419",
                "reports": 30 if month == "2026-10" else 3,
            }
            for month in months
        ]
        await connection.execute(insert(schema.tally_occurrence), occurred)
        delays = {"quarter": "2026-Q4", "delay": "0", "reports": 90}
        await connection.execute(insert(schema.tally_delay), delays)
        first = {"day": "2024-12-02", "type": "fraud/phishing", "place": "UY", "reports": 3}
        await connection.execute(insert(schema.tally_day), first)

    async def found_at(midnight: datetime) -> list[str]:
        await server.site.midnight(midnight, weeks=[])
        async with server.site.hub.reports.read() as connection:
            return [each.signal.week for each in await signals.everything(connection)]

    async with server.site.hub.reports.write() as connection:
        await connection.execute(update(schema.waiting).values(day="2026-10-30"))
    await server.site.release(datetime(2026, 11, 1, tzinfo=UTC))
    assert await found_at(datetime(2026, 10, 31, tzinfo=UTC)) == []
    assert await found_at(datetime(2026, 11, 1, tzinfo=UTC)) == ["2026-10"]
    async with server.site.hub.reports.write() as connection:
        await connection.execute(schema.signals.delete())
    assert await found_at(datetime(2026, 11, 2, tzinfo=UTC)) == []
    async with server.site.hub.reports.read() as connection:
        assert await advisories.everything(connection) == []


# Forgetting


async def test_keys_and_what_hangs_on_them_go_fourteen_days_after_their_week(server: Served) -> None:
    await send(server, *[PHISHING] * 3)
    await server.site.release(NOON)
    spent = (await stored(server))["spent"]
    assert len(spent) == 3
    day_before = WEEK.end + timedelta(days=13)
    assert (await server.site.midnight(day_before, weeks=[])).destroyed == []
    assert (await stored(server))["spent"] == spent
    assert (await server.site.midnight(WEEK.end + timedelta(days=14), weeks=[])).destroyed == [WEEK]
    assert (await stored(server))["spent"] == []
    assert server.site.hub.keyring.week(WEEK) is None
    assert Event.KEYS_DESTROYED in server.logged.events


async def test_forgetting_that_was_cut_short_is_finished_at_the_next_midnight(server: Served) -> None:
    await send(server, *[PHISHING] * 3)
    await server.site.release(NOON)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, "CERT", "UY", bytes(16), str(WEEK))
        await members.claim_bundle(connection, "CERT", str(WEEK), b"request")
    server.site.hub.keyring.destroy(WEEK)
    await server.site.midnight(WEEK.end + timedelta(days=14), weeks=[])
    assert (await stored(server))["spent"] == []
    async with server.site.hub.identity.read() as connection:
        assert await members.holders(connection, str(WEEK)) == 0


async def test_keys_stay_as_long_as_an_accepted_envelope_waits_for_them(server: Served) -> None:
    """Else what was answered with 202 on the last evening could never be counted."""
    server.clock.now = WEEK.end + timedelta(days=14) - timedelta(hours=1)
    await send(server, PHISHING)
    midnights = [WEEK.end + timedelta(days=14 + n) for n in range(3)]
    destroyed = []
    for server.clock.now in midnights:
        destroyed.append((await server.site.midnight(server.clock.now, weeks=[])).destroyed)
    assert destroyed == [[], [], [WEEK]]
    assert sum((await tally(server.site)).values()) == 1
    assert Event.UNREADABLE not in server.logged.events


async def test_narratives_are_kept_for_ninety_days(server: Served) -> None:
    await send(server, *[PHISHING] * 3)
    await server.site.release(NOON)
    async with server.site.hub.reports.write() as connection:
        await inbox.file(connection, inbox.Sealed(bytes(16), str(WEEK.plus(1)), b"later"))
    await acts.forget(server.site.hub, WEEK.end + timedelta(days=89))
    assert len((await stored(server))["inbox"]) == 4
    await acts.forget(server.site.hub, WEEK.end + timedelta(days=90))
    assert [row[2] for row in (await stored(server))["inbox"]] == [b"later"]


async def test_what_a_release_deleted_is_in_no_file(server: Served) -> None:
    envelopes = [sealed(server.site) for _ in range(5)]
    for each in envelopes:
        await server.post(each)
    await server.site.release(NOON)
    content = b"".join(path.read_bytes() for path in server.site.data.rglob("*") if path.is_file())
    assert [each for each in envelopes if each[-64:] in content or each[1200:1264] in content] == []


async def test_a_release_interrupted_before_its_commit_can_be_repeated(server: Served, data: Path) -> None:
    await send(server, *[PHISHING] * 4)

    class Interrupted(Exception):
        pass

    def interrupt(event: Event, error: BaseException | None = None) -> None:
        raise Interrupted

    async with server.site.hub.reports.write() as connection:
        damaged = (await pool.ids(connection))[0]
        await connection.execute(
            update(schema.pool).where(schema.pool.c.id == damaged).values(envelope=b"damaged")
        )
    with pytest.raises(Interrupted):
        await acts.release(server.site.hub._replace(log=interrupt), NOON)
    assert await waiting(server.site) == 4
    assert await tally(server.site) == {}
    await server.site.release(NOON)
    assert sum((await tally(server.site)).values()) == 3


async def test_another_process_can_release_while_the_server_serves(
    server: Served, data: Path, stock: Stock
) -> None:
    await send(server, *[PHISHING] * 3)
    async with opened(data, Clock(), Logged(), stock) as beside:
        assert (await beside.release(NOON)).reports == 3
    await send(server, PHISHING)
    assert await waiting(server.site) == 1
    assert sum((await tally(server.site)).values()) == 3
