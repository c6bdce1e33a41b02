"""
A drill from end to end, beside a site that serves: it ends in the drill feed, and nothing real moves.

One drill is held while real reports wait and one more arrives. What was there before and what is there
afterwards is compared row by row and byte by byte.
"""

import asyncio
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feeds import filters
from keys import age
from storage import pool, schema
from tests.support import (
    NOON,
    PHISHING,
    URL,
    WEEK,
    Answer,
    Clock,
    Logged,
    Rows,
    Served,
    Stock,
    opened,
    request,
    rows,
    sealed,
    served,
    tally,
)
from warp import advising, config, drill, founding, report, taxonomy
from warp.advisory import Advisory, Text
from warp.advisory_life import Change
from warp.client import Draft
from warp.config import ConfigError
from warp.drill import Outcome
from warp.rehearsal import Audience, DrillClock
from warp.release import ended_day
from warp.scenario import Scenario
from warp.site import Site
from warp.stages import Act, Acting

MIDNIGHT = datetime(2026, 11, 19, tzinfo=UTC)
TEST = Draft(type=taxonomy.TEST_TYPE, place="UY")
FEEDS = [(language, how) for language in ("en", "es") for how in ("atom", "rss")]
MARKS = {"en": "[DRILL] [NEW] [TLP:CLEAR] [HIGH] ", "es": "[SIMULACRO] [NUEVA] [TLP:CLEAR] [ALTA] "}


async def found(data: Path, stock: Stock, **settings: object) -> None:
    """Found a site with two coordinators and the keys of a week."""
    keys = {
        name: age.Identity.generate(secrets.token_bytes).recipient.to_string()
        for name in ("ana.perez", "luis.gil")
    }
    await founding.found(data, "Example WARP", URL, NOON.date(), keys, settings=settings)
    async with opened(data, Clock(), Logged(), stock) as site:
        await site.announce([WEEK])
        await site.publish_all()


async def warn(site: Site) -> Advisory:
    """Publish a real warning."""
    texts = {"en": Text("Phishing", "Much of it."), "es": Text("Phishing", "Mucho.")}
    draft = advising.blank(site.hub, WEEK, "fraud/phishing")
    ana, luis = (Acting(name, NOON, site.rules) for name in ("ana.perez", "luis.gil"))
    await advising.write(site.hub, draft, ana, Change(place="UY", texts=texts, ready=True))
    [published] = await advising.let_out(site.hub, draft.id, Act.PUBLISH, luis)
    await site.publish_advisories([draft.id])
    return published


def public(site: Site) -> dict[str, bytes]:
    """Give every public file."""
    folder = site.tree.folder
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def envelopes(site: Site) -> set[bytes]:
    async with site.hub.reports.read() as connection:
        order = await pool.ids(connection)
        return {each async for each in pool.envelopes(connection, order)}


@dataclass
class Held:
    """A drill, and what was there before and afterwards."""

    outcome: Outcome
    warning: Advisory
    before: tuple[Rows, Rows, dict[str, bytes]]
    after: tuple[Rows, Rows, dict[str, bytes]]
    waited: set[bytes]
    """Envelopes that waited before the drill."""
    arrived: bytes
    """The one that came meanwhile."""
    answer: Answer
    waits: set[bytes]
    """Envelopes that wait after it."""
    counted: dict[tuple[str, str, str], int]
    """The tally after the next real midnight."""
    answers: dict[str, Answer]
    left: list[Path]
    """In the folder for temporary files."""
    events: list[Any]
    lines: list[str] = field(default_factory=list)


async def _answers(server: Served, outcome: Outcome) -> dict[str, Answer]:
    addresses = [f"/feeds/{language}/drill.{how}" for language, how in FEEDS]
    addresses += [f"/{language}/advisories/{outcome.advisory}" for language in ("en", "es")]
    return {address: await request(server.port, "GET", address) for address in addresses}


async def _held(data: Path, temporary: Path) -> Held:
    stock, clock = Stock(), Clock()
    await found(data, stock)
    async with served(data, clock, stock) as server:
        warning = await warn(server.site)
        for real in (PHISHING, TEST):
            assert (await server.post(sealed(server.site, real))).status == 202
        lines: list[str] = []
        posting: list[asyncio.Task[Answer]] = []
        arrived = sealed(server.site, PHISHING)

        def say(line: str) -> None:
            lines.append(line)
            if "test report 3 " in line:
                posting.append(asyncio.create_task(server.post(arrived)))

        before = await _everything(server.site)
        waited = await envelopes(server.site)
        actors = ("ana.perez", "luis.gil")
        outcome = await drill.hold(data, Scenario(), actors, 0, Audience(say), clock)
        answer = await posting[0]
        after, waits = await _everything(server.site), await envelopes(server.site)
        answers = await _answers(server, outcome)
        events = list(server.logged.events)
        with clock.at(MIDNIGHT):
            await server.site.midnight(MIDNIGHT, weeks=[])
        return Held(
            outcome,
            warning,
            before,
            after,
            waited,
            arrived,
            answer,
            waits,
            await tally(server.site),
            answers,
            list(temporary.iterdir()),
            events,
            lines,
        )


async def _everything(site: Site) -> tuple[Rows, Rows, dict[str, bytes]]:
    return (
        await rows(site.hub.identity, schema.identity),
        await rows(site.hub.reports, schema.reports),
        public(site),
    )


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    temporary = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(temporary))
        yield asyncio.run(_held(tmp_path_factory.mktemp("drill") / "site", temporary))


@pytest.mark.parametrize(("language", "how"), FEEDS)
def test_subscribers_of_the_drill_feed_see_one_marked_warning(held: Held, language: str, how: str) -> None:
    answer = held.answers[f"/feeds/{language}/drill.{how}"]
    assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, f"application/{how}+xml")
    (entry,) = feedparser.parse(answer.body).entries
    assert entry.title.startswith(MARKS[language])
    assert entry.link == f"{URL}/{language}/advisories/{held.outcome.advisory}"
    first = entry.summary.split("\n")[0]
    assert first.startswith({"en": "This is a drill", "es": "Esto es un simulacro"}[language])
    assert "drill" in [tag.term for tag in entry.tags]
    assert entry.updated_parsed[:5] == NOON.timetuple()[:5], "the real time, not that of the drill's clock"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_link_leads_to_a_page_that_says_that_it_is_a_drill(held: Held, language: str) -> None:
    answer = held.answers[f"/{language}/advisories/{held.outcome.advisory}"]
    assert answer.status == 200
    assert MARKS[language].split()[0] in answer.body.decode()


def test_no_row_of_the_real_databases_is_another(held: Held) -> None:
    identity, reports, _ = held.after
    came_meanwhile = {"pool", "spent"}
    assert identity == held.before[0]
    assert {name: held.before[1][name] for name in held.before[1].keys() - came_meanwhile} == {
        name: reports[name] for name in reports.keys() - came_meanwhile
    }
    for name in came_meanwhile:
        assert set(held.before[1][name]) < set(reports[name])
        assert len(reports[name]) == len(held.before[1][name]) + 1


def test_no_public_file_changes_but_those_of_the_drill_feed(held: Held) -> None:
    before, after = held.before[2], held.after[2]
    changed = {path for path in after if before.get(path) != after[path]}
    own = {f"feeds/{language}/drill.{how}" for language in ("en", "es") for how in filters.Format}
    own |= {f"v1/advisories/{held.outcome.advisory}.json"}
    own |= {f"{language}/advisories/{held.outcome.advisory}.html" for language in ("en", "es")}
    assert changed == own | {f"{path}.gz" for path in own} | {"feeds/drills.json"}
    assert set(before) <= set(after)


def test_the_drill_is_named_in_no_other_public_file(held: Held) -> None:
    after = held.after[2]
    named = {path for path, data in after.items() if held.outcome.advisory.encode() in data}
    others = {path for path, data in after.items() if held.warning.id.encode() in data}
    assert named
    assert others
    assert not named & others


def test_coordinators_are_named_in_no_public_file(held: Held) -> None:
    assert (held.outcome.author, held.outcome.approver) == ("ana.perez", "luis.gil")
    everything = b"".join(held.after[2].values())
    assert not any(name in everything for name in (b"ana.perez", b"luis.gil"))


def test_real_reports_wait_sealed_through_a_drill_and_count_at_the_real_midnight(held: Held) -> None:
    assert held.answer.status == 202
    assert held.waits == held.waited | {held.arrived}
    day = ended_day(MIDNIGHT).isoformat()
    assert held.counted == {(day, PHISHING.type, PHISHING.place): 2}


def test_the_real_server_logs_nothing_of_a_drill(held: Held) -> None:
    assert held.events == []


def test_nothing_of_the_drills_own_site_is_left(held: Held) -> None:
    assert held.left == []


def test_what_was_rehearsed_is_told_with_its_times(held: Held) -> None:
    steps = held.outcome.steps
    assert [step.what for step in steps] == [
        "joined",
        "first report",
        "released",
        "signal",
        "draft",
        "taken over",
        "approved",
        "in the drill feed",
    ]
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert [step.seconds for step in steps] == sorted(step.seconds for step in steps)
    first, released = steps[1].at, steps[2].at
    assert (first, released.hour, released.minute) == (datetime(2026, 11, 16, 9, tzinfo=UTC), 0, 0)
    assert held.outcome.reports >= 8
    assert sum("test report" in line for line in held.lines) == held.outcome.reports


async def test_on_the_site_of_a_drill_tests_count_as_what_they_stand_for_and_nothing_else_does(
    tmp_path: Path, stock: Stock
) -> None:
    data, clock = tmp_path / "site", Clock()
    await founding.found(data, "Drill", config.DRILL_URL, NOON.date())
    async with served(data, clock, stock, rehearses="fraud/phishing") as server:
        await server.site.announce([WEEK])
        for draft in (TEST, TEST, Draft(type="fraud/phishing", place="UY"), Draft(type="availability/ddos")):
            assert (await server.post(sealed(server.site, draft))).status == 202
        await server.site.release(MIDNIGHT)
        assert await tally(server.site) == {("2026-11-18", "fraud/phishing", "UY"): 2}


async def test_what_a_drill_sends_is_a_test_on_the_wire_and_no_other_site_takes_it(
    tmp_path: Path, stock: Stock
) -> None:
    await found(tmp_path / "real", stock)
    await founding.found(tmp_path / "drill", "Drill", config.DRILL_URL, NOON.date())
    async with (
        served(tmp_path / "real", Clock(), stock) as real,
        opened(tmp_path / "drill", Clock(), Logged(), stock, rehearses="fraud/phishing") as rehearsal,
    ):
        await rehearsal.announce([WEEK])
        stray = sealed(rehearsal, TEST)
        assert rehearsal.hub.opener.open(stray, NOON).report.is_test
        before = await _everything(real.site)
        assert (await real.post(stray)).problem == "unknown-key"
        assert await _everything(real.site) == before


async def test_a_real_site_cannot_be_opened_to_count_tests(tmp_path: Path, stock: Stock) -> None:
    await found(tmp_path / "real", stock)
    with pytest.raises(ConfigError, match="on the site of a drill"):
        async with opened(tmp_path / "real", Clock(), Logged(), stock, rehearses="fraud/phishing"):
            pass
    async with opened(tmp_path / "real", Clock(), Logged(), stock) as site:
        assert site.hub.rehearses == ""
    with (tmp_path / "real" / config.FILE).open("a", encoding="utf-8") as settings:
        settings.write('\nrehearses = "fraud/phishing"\n')
    with pytest.raises(ConfigError, match="rehearses"):
        config.read(tmp_path / "real")


def test_a_report_that_is_no_test_counts_as_nothing_in_a_drill() -> None:
    facts = PHISHING.facts(bytes(32))
    assert report.rehearsed(facts, "fraud/phishing").is_test
    test = TEST.facts(bytes(32))
    assert report.rehearsed(test, "fraud/phishing") == Draft(type="fraud/phishing", place="UY").facts(
        bytes(32)
    )


async def test_the_drills_clock_runs_as_fast_as_it_was_told() -> None:
    clock, waits = DrillClock(NOON, 3600), []
    assert clock.now() == NOON
    clock.start()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await clock.until(NOON.replace(hour=13), lambda now, until: waits.append((now, until)))
    assert 0.9 <= loop.time() - begun < 5
    assert clock.now() >= NOON.replace(hour=13)
    assert waits
    assert all(now < until for now, until in waits)


async def test_a_clock_of_no_speed_leaps() -> None:
    clock = DrillClock(NOON, 0)
    clock.start()
    await clock.until(MIDNIGHT, pytest.fail)
    assert clock.now() == MIDNIGHT
