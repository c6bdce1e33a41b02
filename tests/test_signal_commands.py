"""`warp signals` as coordinators meet it: what is listed, what a signal says, and what they do with it."""

import asyncio
import json
import re
import stat
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from sqlalchemy import select

from storage import checks, schema, signals
from storage.database import open_database
from tests.commandline import program, refused, run, warp, warp_json
from tests.signals import RISE, THRESHOLD, anything, changed, kept
from tests.support import Clock, Logged, opened
from warp import advising
from warp.advisory import Advisory, Status
from warp.cli import signal_lines
from warp.cli.main import cli
from warp.counting import Check
from warp.life import Kept, Step
from warp.signal import Kind, Level, Signal, State
from warp.site import present
from warp.weeks import Week

BATCH = changed(kind=Kind.BATCH, late=7, type="vulnerable/weak-crypto", place="", elapsed=1)
ENDED = kept(changed(type="fraud"), "ended000").stepped(
    Step(week="2026-W47", state=State.CLOSED, by="coordinator", reason="told by telephone")
)
COORDINATOR = ("--as", "coordinator")


async def _keep(data: Path, everything: tuple[Kept, ...]) -> None:
    async with opened(data, Clock(), Logged()) as site:
        async with site.hub.reports.write() as connection:
            for each in everything:
                await signals.save(connection, each)
        await advising.draft_signals(site.hub, site.settings.languages, site.settings.policy)


@pytest.fixture
def site(data: Path) -> Path:
    """A site with a rise, which is drafted, a batch, and a signal that is closed."""
    asyncio.run(_keep(data, (kept(changed(RISE), "rise0000"), kept(BATCH, "batch000"), ENDED)))
    return data


async def _steps(data: Path) -> list[str]:
    database = await open_database(data / "reports.db", "reports")
    async with database.read() as connection:
        found = list((await connection.execute(select(schema.signals.c.steps))).scalars())
    await database.close()
    return found


def listed(*arguments: str | Path) -> list[str]:
    return [each["id"] for each in warp_json("signals", *arguments)["signals"]]


def draft_of(data: Path, identifier: str = "rise0000") -> str:
    return str(warp_json("signals", "show", identifier, "--data", data)["advisory"])


# The list


def test_the_list_is_what_the_group_shows_by_itself(site: Path) -> None:
    assert warp("signals", "--data", site) == warp("signals", "list", "--data", site)
    assert listed("--data", site) == ["rise0000", "batch000"]


def test_what_has_ended_is_listed_only_if_asked_for(site: Path) -> None:
    assert set(listed("list", "--all", "--data", site)) == {"rise0000", "batch000", "ended000"}
    assert listed("list", "--state", "closed", "--data", site) == ["ended000"]
    assert listed("--all", "--state", "new", "--data", site) == ["rise0000", "batch000"]


def test_a_week_is_one_that_was_judged(site: Path) -> None:
    assert listed("--week", "2026-W47", "--data", site) == ["rise0000", "batch000"]
    assert listed("--week", "2026-W46", "--data", site) == []
    assert "No signals." in warp("signals", "--week", "2026-W46", "--data", site)


def test_a_list_says_what_where_why_and_the_draft(site: Path) -> None:
    assert warp("signals", "--data", site).splitlines() == [
        "rise0000  2026-W47  new        fraud/phishing, South America",
        "          12 from at least 9 members; 1.3 expected; by chance once in 340 weeks",
        f"          draft {draft_of(site)}",
        "batch000  2026-W47  new        vulnerable/weak-crypto, unknown place (batch)",
        "          12 from at least 9 members; 1.3 expected; 7 old incidents among them",
    ]


@given(anything)
def test_a_list_of_any_signals_is_eighty_characters_wide(signal: Signal) -> None:
    said = list(signal_lines.entry(kept(signal)))
    assert max(map(len, said)) <= 80
    assert said[0].startswith(kept(signal).id)


def test_a_chance_that_is_next_to_none_takes_a_line_more() -> None:
    assert list(signal_lines.entry(kept(changed(once_in_weeks=1e9))))[1:] == [
        "          12 from at least 9 members; 1.3 expected; by chance less than once in",
        "          1,000 years",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing option '--data'"),
        (("--week", "yesterday", "--data", "x"), "a week is written like 2026-W47"),
        (("--all", "list"), "options stand behind the command"),
        (("--data", "x", "show", "rise0000"), "options stand behind the command"),
        (("--state", "gone", "--data", "x"), "'gone' is not one of"),
        (("erase", "rise0000"), "No such command 'erase'"),
    ],
)
def test_a_list_that_was_asked_for_wrongly_is_refused_in_one_line(
    arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused("signals", *arguments)


@pytest.mark.parametrize("asked", [["signals"], ["signals", "list"], ["signals", "show", "rise0000"]])
def test_the_data_folder_can_come_from_the_environment(site: Path, asked: list[str]) -> None:
    done = CliRunner().invoke(cli, [*asked, "--json"], env={"WARP_DATA": str(site)})
    assert done.exit_code == 0
    assert "rise0000" in done.output


# One signal


def test_a_signal_is_explained_in_eighty_characters_without_colour(site: Path) -> None:
    said = program("signals", "show", "rise0000", "--data", site)
    lines = said.splitlines()
    assert lines[0] == "rise0000 · rise · new · since 2026-W47"
    assert " ".join(lines[1:]).startswith(changed(RISE).why)
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in said
    for label in ("observed", "expected", "unusual", "by chance", "rests on", "folded in", "found by"):
        assert re.search(rf"^{label} ", said, re.MULTILINE), label
    assert f"warp advisory edit {draft_of(site)} --as NAME" in said


def test_a_signal_for_scripts_holds_the_whole_verdict(site: Path) -> None:
    found = warp_json("signals", "show", "rise0000", "--data", site)
    assert (found["id"], found["state"], found["observed"], found["detector"]) == (
        "rise0000",
        "new",
        12,
        "scans 1",
    )
    assert [step["state"] for step in found["steps"]] == ["new"]
    assert len(found["points"]) == 8


def test_a_chart_is_written_for_its_owner_alone_and_over_no_file(site: Path, tmp_path: Path) -> None:
    chart = tmp_path / "rise.svg"
    said = warp("signals", "show", "rise0000", "--chart", chart, "--data", site)
    assert "for coordinators only" in said
    assert ElementTree.parse(chart).getroot().tag.endswith("svg")  # noqa: S314 - our own
    assert stat.S_IMODE(chart.stat().st_mode) == 0o600
    before = chart.read_bytes()
    assert "File exists" in refused("signals", "show", "batch000", "--chart", chart, "--data", site)
    assert chart.read_bytes() == before


def test_a_signal_that_is_not_there_is_refused(site: Path) -> None:
    assert "no signal with this id" in refused("signals", "show", "k3v9q2xd", "--data", site)
    assert "no signal with this id" in refused("signals", "watch", "k3v9q2xd", *COORDINATOR, "--data", site)


def test_what_is_to_be_done_next_follows_from_state_and_draft(site: Path) -> None:
    def shown(identifier: str) -> str:
        return " ".join(warp("signals", "show", identifier, "--data", site).split())

    assert "There is no draft." in shown("batch000")
    assert "warp advisory draft --as NAME --type vulnerable/weak-crypto" in shown("batch000")
    assert "warp signals reopen ended000 --as NAME" in shown("ended000")
    draft = draft_of(site)
    assert "nobody has taken it over" in shown("rise0000")
    warp("advisory", "edit", draft, *COORDINATOR, "--place", "", "--data", site)
    assert f"The draft {draft} names no place; coordinator answers for it." in shown("rise0000")
    assert f"warp advisory edit {draft} --as NAME --ready" in shown("rise0000")
    warp("advisory", "edit", draft, *COORDINATOR, "--ready", "--data", site)
    assert f"warp advisory publish {draft} --as NAME" in shown("rise0000")


def test_a_draft_that_stays_behind_its_signal_is_pointed_out() -> None:
    drafted = kept(changed(RISE), state=State.DRAFTED)
    written = _advisory(author="ana", place="UY")
    said = " ".join(" ".join(signal_lines.lines(drafted, signal_lines.Draft(written, "005"))).split())
    assert "names Uruguay; ana answers for it. The signal is now to be named in South America" in said
    same = " ".join(signal_lines.lines(drafted, signal_lines.Draft(written, "UY")))
    assert "is now to be named" not in same


def test_a_signal_that_has_left_its_warnings_place_takes_another_warning() -> None:
    published = _advisory(status="published", version=1, author="ana", approver="luis", place="UY")

    def said(state: State, place: str, out: Advisory = published) -> str:
        told = signal_lines.lines(kept(changed(RISE), state=state), signal_lines.Draft(out, place))
        return " ".join(" ".join(told).split())

    assert "is out; it names Uruguay. The signal is now to be named in South America" in said(
        State.NEW, "005"
    )
    assert f"advisory escalate {published.id} --as NAME --place '005' --reason" in said(State.NEW, "005")
    elsewhere = "advisory draft --as NAME --type fraud/phishing --place AR --title"
    assert elsewhere in said(State.NEW, "AR")
    withdrawn = msgspec.structs.replace(published, status=Status.WITHDRAWN)
    assert elsewhere in said(State.NEW, "AR", withdrawn)
    assert "is withdrawn; it names Uruguay" in said(State.NEW, "005", withdrawn)
    assert "escalate" not in said(State.NEW, "005", withdrawn)
    for nothing in (said(State.NEW, "UY"), said(State.CLOSED, "005")):
        assert "now to be named" not in nothing
        assert "advisory draft" not in nothing


def _advisory(**given: Any) -> Advisory:
    facts = {
        "id": "2026-w47-k3v9q2xd",
        "revision": 2,
        "status": "draft",
        "tlp": "CLEAR",
        "severity": "medium",
        "type": "fraud/phishing",
        "place": "",
        "week": "2026-W47",
        "texts": {"en": {"title": "Phishing", "summary": "Watch."}},
    }
    return msgspec.convert(facts | given, Advisory)


def _rows(signal: Signal) -> list[str]:
    return [line for line in signal_lines.chart(signal) if line.startswith("20")]


def test_lines_of_a_chart_are_to_scale_and_name_every_week() -> None:
    rows = _rows(changed(RISE, elapsed=1))
    assert [row[:8] for row in rows] == [point.week for point in RISE.points]
    filled = [sum(row.count(mark) for mark in "█:)┃") for row in rows]
    assert filled[-1] > filled[-2] > filled[3] >= filled[1]
    assert all(len(row) <= 80 for row in rows)


def test_the_bound_stands_in_the_judged_weeks_and_the_incomplete_week_is_shaded() -> None:
    rows = _rows(RISE)
    assert ["┃" in row for row in rows] == [False] * 6 + [True] * 2
    assert ["░" in row for row in rows] == [False] * 7 + [True]
    assert any("incomplete" in line for line in signal_lines.chart(RISE))
    assert not any("incomplete" in line for line in signal_lines.chart(changed(RISE, elapsed=1)))


def test_a_threshold_without_weeks_has_one_line() -> None:
    assert len(_rows(changed(THRESHOLD, points=()))) == 1


# Acts


def test_a_signal_is_watched_and_then_dismissed_with_its_draft(site: Path) -> None:
    draft = draft_of(site)
    assert "rise0000 is watched." in warp("signals", "watch", "rise0000", *COORDINATOR, "--data", site)
    assert listed("--state", "watched", "--data", site) == ["rise0000"]
    said = warp("signals", "dismiss", "rise0000", *COORDINATOR, "--reason", "a drill", "--data", site)
    assert f"The machine's draft {draft} is deleted." in said
    assert warp_json("advisory", "list", "--data", site) == {"advisories": [], "more": 0}
    assert listed("--data", site) == ["batch000"]
    shown = warp("signals", "show", "rise0000", "--data", site)
    assert "dismissed, coordinator: a drill" in shown


def test_a_draft_that_a_coordinator_wrote_stays_and_the_command_says_so(site: Path) -> None:
    draft = draft_of(site)
    warp("advisory", "edit", draft, *COORDINATOR, "--severity", "low", "--data", site)
    said = warp("signals", "dismiss", "rise0000", *COORDINATOR, "--reason", "a drill", "--data", site)
    assert f"{draft} stays as it is (draft): coordinator answers for it." in said
    assert warp_json("advisory", "show", draft, "--data", site)["severity"] == "low"


def test_a_signal_is_closed_and_reopened(site: Path) -> None:
    assert "batch000 is closed." in warp("signals", "close", "batch000", *COORDINATOR, "--data", site)
    reopen = ("signals", "reopen", "batch000", *COORDINATOR, "--data", site)
    assert "Missing option '--reason'" in refused(*reopen)
    assert "batch000 is new again." in warp(*reopen, "--reason", "more of it came")
    assert "new already" in refused(*reopen, "--reason", "once more")


@pytest.mark.parametrize("act", ["watch", "dismiss", "close", "reopen"])
def test_an_act_needs_a_coordinators_name(site: Path, act: str) -> None:
    reason = [] if act == "watch" else ["--reason", "a drill"]
    asked = ("signals", act, "rise0000", *reason, "--data", site)
    assert "Missing option '--as'" in refused(*asked)
    assert "no coordinator of this name" in refused(*asked, "--as", "mallory")


def test_a_reason_with_a_line_end_is_refused_in_one_line(site: Path) -> None:
    asked = ("signals", "dismiss", "rise0000", *COORDINATOR, "--data", site, "--reason", "a\nb")
    assert "reason: holds a line end" in refused(*asked)
    assert listed("--data", site) == ["rise0000", "batch000"]


def test_a_step_tells_nothing_finer_than_its_week(site: Path) -> None:
    warp("signals", "dismiss", "rise0000", *COORDINATOR, "--reason", "a drill", "--data", site)
    kept_steps = [step for steps in asyncio.run(_steps(site)) for step in json.loads(steps)]
    assert {name for step in kept_steps for name in step} == {
        "week",
        "state",
        "by",
        "reason",
        "once_in_weeks",
        "members",
    }
    for step in kept_steps:
        assert str(Week.parse(step["week"])) == step["week"]


def test_new_signals_are_counted_in_the_status(site: Path) -> None:
    facts = json.loads(run("status", "--data", site, "--json").out)["facts"]
    assert facts["new signals"] == 2


# The check of detection


async def _checked(data: Path, observed: int) -> None:
    async with opened(data, Clock(), Logged()) as site, site.hub.reports.write() as connection:
        week = Week.of(present().date())
        for back in range(1, 11):
            one = Check(
                week=str(week.plus(-back)), level=Level.CELL, observed=observed, expected=2.0, variance=2.0
            )
            await checks.record(connection, [one])
            await checks.record(connection, [one])


def test_the_check_says_what_was_unusual_and_what_should_have_been(data: Path) -> None:
    assert "No week has been judged to its end yet." in warp("signals", "check", "--data", data)
    asyncio.run(_checked(data, 3))
    said = warp("signals", "check", "--data", data)
    assert "30 were unusual, 20 by chance, in 10 weeks" in said
    assert "drifts" not in said
    assert "once in 10 weeks" in said


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (0.5, "0.5 signals a week that are nothing (false_alarms_a_week in warp.toml): once in 2 weeks."),
        (1, "1 signal a week that is nothing (false_alarms_a_week in warp.toml)."),
        (5, "5 signals a week that are nothing (false_alarms_a_week in warp.toml)."),
    ],
)
def test_a_budget_is_said_in_weeks_only_if_it_is_less_than_one(budget: float, said: str) -> None:
    assert said in " ".join(signal_lines.check(budget, [], []))


def test_a_model_that_no_longer_fits_is_said_to_drift(data: Path) -> None:
    asyncio.run(_checked(data, 9))
    assert "90 were unusual, 20 by chance, in 10 weeks – drifts" in warp("signals", "check", "--data", data)
    [level] = warp_json("signals", "check", "--data", data)["levels"]
    assert level == {"level": "cell", "weeks": 10, "observed": 90, "expected": 20.0, "drifts": True}


def test_the_check_says_how_often_chance_meets_a_threshold(data: Path) -> None:
    settings = data / "warp.toml"
    rule = '[[thresholds]]\ntype = "fraud"\nplace = "419"\nreports = 5\n'
    settings.write_text(f"{settings.read_text()}\n{rule}")
    said = " ".join(warp("signals", "check", "--data", data).split())
    assert "5 a week of fraud, Latin America and the Caribbean: not known before there is a history" in said
    [given] = warp_json("signals", "check", "--data", data)["thresholds"]
    assert given == {"type": "fraud", "place": "419", "reports": 5, "false_alarms_a_year": None}


def test_a_signal_that_its_counts_no_longer_give_is_said_to_be_none(site: Path) -> None:
    said = warp("signals", "again", "rise0000", "--data", site)
    assert said.startswith("Then, by scans 1:")
    assert said.rstrip().endswith("Now it is no signal.")
    found = warp_json("signals", "again", "rise0000", "--data", site)
    assert (found["same"], found["now"], found["then"]["place"]) == (False, None, "005")


def test_what_cannot_be_judged_again_is_refused(site: Path) -> None:
    asyncio.run(_keep(site, (kept(changed(kind=Kind.OCCURRENCE, week="2026-10"), "months00"),)))
    assert "cannot be judged again" in refused("signals", "again", "months00", "--data", site)
    assert "no signal with this id" in refused("signals", "again", "k3v9q2xd", "--data", site)
