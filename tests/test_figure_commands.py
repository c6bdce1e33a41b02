"""`warp figures` and `warp policy`: what is published, and by which rules, on the command line."""

import asyncio
import json
import shutil
from pathlib import Path

import msgspec
import pytest

from feeds import ladder
from storage import figures as stored
from tests.commandline import refused, warp, warp_json
from tests.releases import EMPTY, MONTH, WEEK
from tests.support import Clock, Logged, opened
from warp.disclosure import Release
from warp.policies import Name, Policy


async def close(data: Path, *releases: Release) -> None:
    async with opened(data, Clock(), Logged()) as site:
        async with site.hub.reports.write() as connection:
            for release in releases:
                await stored.close(connection, release)
        await site.publish_figures()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Path:
    """A site with two closed weeks and a closed month."""
    data = Path(shutil.copytree(founded, tmp_path_factory.mktemp("figures") / "site"))
    asyncio.run(close(data, EMPTY, WEEK, MONTH))
    return data


def test_the_last_closed_period_is_shown_unless_one_is_named(site: Path) -> None:
    assert "Figures of 2026-11" in warp("figures", "--data", site)
    said = warp("figures", "--data", site, "--period", "2026-W47")
    assert "at least 20" in said
    assert "Namibia" in said


def test_a_period_without_figures_says_so(site: Path) -> None:
    said = warp("figures", "--data", site, "--period", "2026-W46")
    assert said == "2026-W46: too few to publish.\n"


def test_a_period_of_a_length_that_its_policy_has_no_step_for_says_so(founded: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(founded, tmp_path / "site"))
    asyncio.run(close(data, msgspec.structs.replace(EMPTY, policy=Policy(preset=Name.CAUTIOUS))))
    assert warp("figures", "--data", data) == "2026-W46: no figures of this length.\n"
    assert "no figures of this length" in warp("figures", "--data", data, "--span", "week")


def test_what_is_left_for_the_world_is_named_the_rest(site: Path) -> None:
    assert "World (the rest)" in warp("figures", "--data", site)


def test_json_and_csv_are_the_published_files(site: Path) -> None:
    folder = site / "public/v1/figures"
    assert warp_json("figures", "--data", site) == json.loads((folder / "2026-11.json").read_bytes())
    said = warp("figures", "--data", site, "--period", "2026-W47", "--csv")
    assert said.splitlines() == (folder / "2026-W47.csv").read_text("utf-8").splitlines()


def test_the_closed_periods_of_a_length_are_listed_latest_first(site: Path) -> None:
    listed = warp_json("figures", "--data", site, "--span", "week")["periods"]
    assert [(each["period"], each["cells"]) for each in listed] == [("2026-W47", 3), ("2026-W46", 0)]
    assert listed[0] | {"first_day": "2026-11-16", "last_day": "2026-11-22"} == listed[0]
    said = warp("figures", "--data", site, "--span", "week")
    assert said.index("2026-W47") < said.index("2026-W46") < said.index("too few to publish")
    assert warp("figures", "--data", site, "--span", "quarter") == "No quarter has closed yet.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--period", "2026-W48"), "2026-W48 is not closed"),
        (("--period", "9999-W52"), "a period is written like 2026-W47, 2026-11 or 2026-Q4"),
        (("--period", ""), "a period is written like 2026-W47, 2026-11 or 2026-Q4"),
        (("--period", "week"), "a period is written like 2026-W47, 2026-11 or 2026-Q4"),
        (("--span", "year"), "'year' is not one of"),
        (("--span", "week", "--period", "2026-W47"), "leave out --period"),
        (("--span", "week", "--csv"), "leave out --span and --json"),
        (("--csv", "--json"), "leave out --span and --json"),
    ],
)
def test_what_is_not_there_or_contradicts_itself_is_refused(
    site: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused("figures", "--data", site, *arguments)


def test_the_policy_is_explained_step_by_step(site: Path) -> None:
    said = warp("policy", "--data", site)
    assert "Preset: standard." in said
    for sentence in (*ladder.sentences(Policy(), "en"), *ladder.terms(Policy(), "en")):
        assert sentence in said


def test_the_policy_as_json_has_what_each_step_needs(site: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(site, tmp_path / "site"))
    with (data / "warp.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[policy]\npreset = "cautious"\nreports = 6\n')
    found = warp_json("policy", "--data", data)
    assert found["policy"] == {"preset": Name.CAUTIOUS, "reports": 6} | {
        name: value for name, value in found["policy"].items() if name not in ("preset", "reports")
    }
    assert (found["risk"], len(found["ladder"])) == (0.1, 4)
    assert found["ladder"][-1]["reports"] == {"never_under": 6, "surely_from": 19}


def test_a_period_shows_the_policy_that_it_was_closed_under(site: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(site, tmp_path / "site"))
    with (data / "warp.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[policy]\npreset = "cautious"\n')
    assert warp_json("figures", "--data", data)["policy"]["preset"] == "small-community"
