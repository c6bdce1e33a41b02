"""`warp drill` as coordinators use it: by name, by their own commands, stopped halfway, and got wrong."""

import json
import os
import re
import signal
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.commandline import PROGRAM, refused, run, serving, warp, warp_json

pytestmark = pytest.mark.slow
"""One rehearsal after the other; `tests/test_drill.py` has one that a developer waits for."""

NO_COVER = "reports = 2\ndays = 1\n"
"""Two reports are not released at the first midnight, so nothing can come of them."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two coordinators, ana and luis."""
    folder = tmp_path_factory.mktemp("drills")
    data = folder / "site"
    named = []
    for name in ("ana", "luis"):
        public = warp("coordinator", "keygen", "--out", folder / f"{name}.identity").strip()
        named += ["--coordinator", f"{name}={public}"]
    warp("init", "--data", data, "--name", "Example WARP", "--url", "http://127.0.0.1:8080", *named)
    return data


@pytest.fixture
def empty_feed(site: Path) -> Path:
    """The site, with nothing in its drill feed."""
    warp("drill", "--clear", "--data", site)
    return site


def feed(site: Path) -> list[Any]:
    """Give the entries of the drill feed, as the site serves it."""
    with serving(site) as url:
        return list(feedparser.parse(f"{url}/feeds/en/drill.atom").entries)


def start(site: Path, temporary: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Start a drill as a program of its own."""
    return subprocess.Popen(
        [*PROGRAM, "drill", "--data", str(site), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
    )


def until(drill: "subprocess.Popen[str]", words: str) -> list[str]:
    """Read what a drill says up to a line."""
    assert drill.stdout is not None
    lines = []
    for line in drill.stdout:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError("".join(lines))


def test_two_named_coordinators_let_it_out_and_the_feed_can_be_emptied_again(empty_feed: Path) -> None:
    done = warp_json("drill", "--data", empty_feed, "--fast", "--as", "ana", "--as", "luis")
    assert (done["author"], done["approver"], done["type"]) == ("ana", "luis", "fraud/phishing")
    assert done["title"].startswith("[DRILL] ")
    assert done["steps"][-1]["what"] == "in the drill feed"
    assert done["page"] == f"http://127.0.0.1:8080/en/advisories/{done['advisory']}"
    assert "http://127.0.0.1:8080/feeds/es/drill.rss" in done["feeds"]
    (entry,) = feed(empty_feed)
    assert (entry.link, entry.title[:8]) == (done["page"], "[DRILL] ")
    assert warp_json("advisory", "list", "--data", empty_feed) == {"advisories": [], "more": 0}
    assert warp_json("signals", "--data", empty_feed) == {"signals": []}
    assert "DRILL" not in warp("signals", "--data", empty_feed)
    assert warp("tally", "--data", empty_feed) == "Nothing of this was counted.\n"
    assert "; 1 rehearsed warning" in warp("drill", "--clear", "--data", empty_feed)
    assert feed(empty_feed) == []
    assert warp_json("drill", "--clear", "--data", empty_feed) == {"removed": 0}


def test_coordinators_rehearse_with_the_commands_of_real_life(empty_feed: Path, tmp_path: Path) -> None:
    with start(empty_feed, tmp_path, "--fast") as drill:
        try:
            said = until(drill, "warp advisory publish")
            commands = [line.split()[1:] for line in said if line.startswith("  warp ")]
            signals, inbox, show, draft, publish = commands
            (found,) = warp_json(*signals)["signals"]
            assert found["advisory"]
            for told in (signals, ["signals", "show", found["id"], *signals[1:]], ["status", *signals[1:]]):
                assert run(*told).out.startswith("DRILL: nothing of this has happened.\n")
            assert "This is a drill." in warp(*inbox)
            assert "the machine" in warp(*show)
            assert "[en] [DRILL] Unusual rise" in warp(*show)
            assert "[DRILL] Unusual rise" in warp("advisory", "list", *signals[1:])
            draft[draft.index("NAME")] = "ana"
            publish[publish.index("ANOTHER")] = "ana"
            warp(*draft, "--title", "Rehearsed by hand")
            assert "second pair of eyes" in refused(*publish)
            publish[publish.index("ana")] = "luis"
            warp(*publish)
            rest, errors = drill.communicate(timeout=60)
        finally:
            drill.kill()
    assert drill.returncode == 0, errors
    assert "luis approved what ana had taken over" in rest
    assert list(tmp_path.iterdir()) == []
    (entry,) = feed(empty_feed)
    assert entry.title == "[DRILL] [NEW] [TLP:CLEAR] [HIGH] Rehearsed by hand"


def test_a_rehearsed_signal_that_is_dismissed_ends_the_drill_without_a_warning(
    empty_feed: Path, tmp_path: Path
) -> None:
    with start(empty_feed, tmp_path, "--fast") as drill:
        try:
            (signals,) = [line.split()[1:] for line in until(drill, "warp signals") if "  warp " in line]
            (found,) = warp_json(*signals)["signals"]
            warp("signals", "dismiss", found["id"], "--as", "ana", "--reason", "nothing", *signals[1:])
            _, errors = drill.communicate(timeout=60)
        finally:
            drill.kill()
    assert drill.returncode == 2
    assert "its signal was dismissed" in errors
    assert len(errors.splitlines()) == 1
    assert feed(empty_feed) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_drill_that_is_stopped_leaves_nothing(
    empty_feed: Path, tmp_path: Path, number: signal.Signals
) -> None:
    scenario, temporary = tmp_path / "small.toml", tmp_path / "temporary"
    scenario.write_text(NO_COVER, encoding="utf-8")
    temporary.mkdir()
    with start(empty_feed, temporary, "--scenario", str(scenario)) as drill:
        try:
            until(drill, "drill teams joined")
            assert len(list(temporary.glob("warp-drill-*"))) == 1
            drill.send_signal(number)
            _, errors = drill.communicate(timeout=60)
        finally:
            drill.kill()
    assert drill.returncode == 130
    assert errors == "warp: stopped; nothing was sent or changed by the last step\n"
    assert list(temporary.iterdir()) == []
    assert feed(empty_feed) == []


def test_a_scenario_of_ones_own_is_rehearsed(empty_feed: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "wave.toml"
    scenario.write_text(
        'title = "Ransomware in the Andes"\ntype = "malicious-code/infected-system"\n'
        'places = ["PE", "BO", "EC", "CO"]\nreports = 20\ndays = 1\nseverity = "critical"\n'
        'tags = ["ransomware"]\ntext = "Ficheros cifrados."\nquiet_weeks = 20\n',
        encoding="utf-8",
    )
    named = ("--as", "ana", "--as", "luis")
    told = warp("drill", "--data", empty_feed, "--fast", "--scenario", scenario, *named)
    assert "20 drill teams joined" in told
    assert "Ransomware in the Andes" in told
    assert re.search(r"approved +│ Tue 00:00", told)
    (entry,) = feed(empty_feed)
    assert entry.title.startswith("[DRILL] [NEW] [TLP:CLEAR] [CRITICAL] ")
    assert "malicious-code/infected-system" in [tag.term for tag in entry.tags]


def test_without_a_signal_the_drill_says_so_and_publishes_nothing(empty_feed: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "weak.toml"
    scenario.write_text(NO_COVER, encoding="utf-8")
    done = run("drill", "--data", empty_feed, "--fast", "--scenario", scenario, "--as", "ana", "--as", "luis")
    assert done.status == 2
    (line,) = done.err.splitlines()
    assert line.startswith("warp: no signal came of the scenario's reports; ")
    assert feed(empty_feed) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("reports = 0", "reports"),
        ("reports = 61", "reports"),
        ('reports = "16"', "reports"),
        ("days = 7", "days"),
        ("quiet_weeks = 9", "quiet_weeks"),
        ('type = "test/test"', "type"),
        ('type = "fraud"', "type"),
        ('type = "fishing"', "type"),
        ("places = []", "places"),
        ('places = ["XX"]', "places"),
        ('severity = "huge"', "severity"),
        ('tags = ["nothing"]', "tags"),
        ('title = "a\\u0007b"', "title"),
        (f'text = "{"á" * 2001}"', "text"),
        ("speed = 60", "speed"),
        ("reports = ", ""),
        ("\ufffe\x00", ""),
    ],
)
def test_a_wrong_scenario_is_refused_in_one_line_that_names_what_is_wrong(
    site: Path, tmp_path: Path, text: str, named: str
) -> None:
    scenario = tmp_path / "wrong.toml"
    scenario.write_text(text, encoding="utf-8")
    said = refused("drill", "--data", site, "--fast", "--scenario", scenario)
    assert str(scenario) in said
    assert named in said.removeprefix(str(scenario))


def test_a_scenario_that_is_no_text_is_refused(site: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "wrong.toml"
    scenario.write_bytes(b"\xff\xfe\x00")
    assert str(scenario) in refused("drill", "--data", site, "--scenario", scenario)


@pytest.mark.parametrize(
    ("actors", "because"),
    [
        (("--as", "ana"), "two coordinators"),
        (("--as", "ana", "--as", "ana"), "two coordinators"),
        (("--as", "ana", "--as", "luis", "--as", "ana"), "two coordinators"),
        (("--as", "ana", "--as", "eva"), "no coordinator of this name"),
    ],
)
def test_four_eyes_are_rehearsed_too(site: Path, actors: tuple[str, ...], because: str) -> None:
    assert because in refused("drill", "--data", site, "--fast", *actors)


@pytest.mark.slow
def test_at_3600_an_hour_of_the_drill_takes_a_second(empty_feed: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "short.toml"
    scenario.write_text("reports = 20\ndays = 1\n", encoding="utf-8")
    named = ("--scenario", scenario, "--as", "ana", "--as", "luis")
    steps = warp_json("drill", "--data", empty_feed, "--speed", "3600", *named)["steps"]
    at = {step["what"]: (datetime.fromisoformat(step["at"]), step["seconds"]) for step in steps}
    hours = (at["released"][0] - at["first report"][0]).total_seconds() / 3600
    assert at["released"][1] - at["first report"][1] == pytest.approx(hours, abs=2)
    assert hours == pytest.approx(15, abs=0.5)


def test_a_warp_of_one_person_rehearses_alone(tmp_path: Path) -> None:
    data = tmp_path / "site"
    warp("init", "--data", data, "--name", "One", "--url", "http://127.0.0.1:8080")
    assert "as many coordinators" in refused("drill", "--data", data, "--fast")
    settings = data / "warp.toml"
    alone = settings.read_text("utf-8").replace("four_eyes = true", "four_eyes = false")
    settings.write_text(alone, encoding="utf-8")
    done = json.loads(warp("drill", "--data", data, "--fast", "--as", "coordinator", "--json"))
    assert (done["author"], done["approver"]) == ("coordinator", "coordinator")


@pytest.mark.parametrize(
    ("arguments", "because"),
    [
        (("--clear", "--as", "ana"), "--clear holds no drill"),
        (("--clear", "--fast"), "--clear holds no drill"),
        (("--fast", "--speed", "600"), "--fast waits for nothing"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    site: Path, arguments: tuple[str, ...], because: str
) -> None:
    assert because in refused("drill", "--data", site, *arguments)


def test_what_is_no_site_has_no_drill(tmp_path: Path) -> None:
    assert "is not a WARP data folder" in refused("drill", "--data", tmp_path)
