"""
A place with few members points at them: what the client advises, and what the server does not name.

Two teams are in Uruguay, two in Argentina, five in Brazil: Uruguay must not be named, South America may.
"""

import json
import secrets
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from click.testing import CliRunner

from storage import advisories, members, schema
from tests.attacks.teams import Team, join
from tests.support import NOON, WEEK, Served, entry_of, rows, sealed, tally
from warp import advising, syncing
from warp.advisory import Advisory, Status, Text, Tlp
from warp.advisory_life import Change
from warp.cli.reviewing import review
from warp.client import Draft
from warp.disclosure import WORLD, Figure, place_to_report
from warp.policies import Policy
from warp.site import Site
from warp.stages import Act, Acting, NotPossible, Rules
from warp.taxonomy import Severity

HOMES = ("UY", "UY", "AR", "AR", "BR", "BR", "BR", "BR", "BR")
SMALL, LARGE, AREA = "UY", "BR", "005"
MONDAY = WEEK.end
COORDINATOR = "coordinator"
ASKED: dict[str, Any] = {"keep": (), "replace_all": False, "reviewed": False, "small_place": None}


@pytest_asyncio.fixture
async def site(server: Served, tmp_path: Path) -> Site:
    """A site whose members have joined, with the keys of a week that was announced afterwards."""
    for number, home in enumerate(HOMES):
        code = bytes([number]) * 16
        async with server.site.hub.identity.write() as connection:
            await members.invite(connection, f"team {number}", home, code, str(WEEK))
            assert await members.join(connection, code, code * 2, str(WEEK))
    await server.site.announce([WEEK.plus(5)])
    return server.site


@pytest_asyncio.fixture
async def team(site: Site, server: Served, tmp_path: Path) -> Team:
    """One more team in Brazil, whose wallet has just synced."""
    made = await join(server, tmp_path / "wallet", LARGE)
    await syncing.sync(made.wallet, NOON, secrets.token_bytes, [WEEK])
    return made


# What the client advises


async def test_the_directory_tells_members_in_bands_only(site: Site) -> None:
    assert entry_of(site, WEEK.plus(5)).members == {"UY": 1, "AR": 1, "BR": 5}


@pytest.mark.parametrize(
    ("place", "instead"),
    [
        ("UY", "005"),
        ("PE", "005"),  # nobody is there, so a victim there is as telling
        ("BR", "BR"),
        ("MX", "419"),
        ("US", "019"),
        ("FR", ""),
        ("005", "005"),
        ("150", ""),
        ("", ""),
        (WORLD, WORLD),
    ],
)
def test_a_report_can_state_the_smallest_area_with_enough_members_or_none(place: str, instead: str) -> None:
    bands = {"UY": 1, "AR": 1, "BR": 5}
    assert place_to_report(place, bands, Policy()) == instead


async def test_a_script_is_told_which_area_has_enough_and_has_its_way(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = Draft(type="fraud/phishing", place=SMALL)
    assert review(team.wallet, draft, ASKED, ask=False).place == SMALL
    said = capsys.readouterr()
    assert "fewer than 5 members are in Uruguay (UY). To name 005: --small-place widen" in said.err
    assert said.out == ""


@pytest.mark.parametrize(("answer", "place"), [("widen", AREA), ("keep", SMALL)])
async def test_a_script_can_answer_beforehand(team: Team, answer: str, place: str) -> None:
    draft = Draft(type="fraud/phishing", place=SMALL)
    assert review(team.wallet, draft, ASKED | {"small_place": answer}, ask=False).place == place


@pytest.mark.parametrize(("typed", "place"), [("\n", AREA), ("1\n", AREA), ("2\n", SMALL)])
async def test_a_person_is_offered_the_area_first(team: Team, typed: str, place: str) -> None:
    with CliRunner().isolation(input=typed) as (said, *_):
        reviewed = review(team.wallet, Draft(type="fraud/phishing", place=SMALL), ASKED, ask=True)
    assert reviewed.place == place
    assert "1  South America (005), which has enough" in said.getvalue().decode()


@pytest.mark.parametrize("place", [LARGE, AREA, ""])
async def test_a_place_with_enough_members_is_no_question(team: Team, place: str) -> None:
    assert review(team.wallet, Draft(type="fraud/phishing", place=place), ASKED, ask=False).place == place


# What the server does not name


async def report(server: Served, place: str, members: int, further: int = 0) -> None:
    draft = Draft(type="fraud/phishing", place=place)
    for number in range(members + further):
        answer = await server.post(sealed(server.site, draft, first=number < members))
        assert answer.status == 202


async def drafted(server: Served) -> str:
    """Let reports from a small place raise a signal; gives the id of the machine's draft."""
    async with server.site.hub.reports.write() as connection:
        await connection.execute(schema.tally_day.insert(), history())
    await report(server, SMALL, members=2, further=4)
    assert (await server.site.release(NOON)).signals == 1
    [signal] = (await rows(server.site.hub.reports, schema.reports))["signals"]
    assert SMALL in signal
    async with server.site.hub.reports.read() as connection:
        [draft] = await advisories.everything(connection)
    return draft.id


def history() -> list[dict[str, object]]:
    weeks = [WEEK.plus(-number).monday.isoformat() for number in range(1, 10)]
    return [{"day": day, "type": "fraud/phishing", "place": SMALL, "reports": 1} for day in weeks]


async def test_a_machines_draft_names_the_area_and_nothing_of_the_small_place(
    site: Site, server: Served
) -> None:
    identifier = await drafted(server)
    async with site.hub.reports.read() as connection:
        draft = await advisories.latest(connection, identifier)
    assert draft is not None
    assert (draft.place, draft.figure) == (AREA, None)
    for text in draft.texts.values():
        assert "Uruguay" not in text.title + text.summary
        assert text.title.endswith(("South America", "América del Sur"))


async def test_a_coordinator_cannot_put_the_small_place_back(site: Site, server: Served) -> None:
    identifier, acting = await drafted(server), Acting(COORDINATOR, NOON, site.rules)
    for place in (SMALL, "AR", "PE", "FR"):
        with pytest.raises(NotPossible, match="too few members"):
            await advising.edit(site.hub, identifier, acting, Change(place=place))
    edited = await advising.edit(site.hub, identifier, acting, Change(place=AREA))
    assert edited.place == AREA
    assert (await advising.edit(site.hub, identifier, acting, Change(place=""))).place == ""


async def test_what_is_published_of_such_a_signal_never_names_the_place(site: Site, server: Served) -> None:
    identifier = await drafted(server)
    texts = {"en": Text("Phishing by SMS", "Watch for it.")}
    alone = Acting(COORDINATOR, NOON, Rules(four_eyes=False, green_is_public=False))
    await advising.edit(site.hub, identifier, alone, Change(texts=texts, ready=True))
    await advising.let_out(site.hub, identifier, Act.PUBLISH, alone)
    await site.publish_all()
    page = site.tree.read(f"en/advisories/{identifier}.html") or b""
    assert b"South America" in page
    assert b"Uruguay" not in page
    for form in ("atom", "rss"):
        feeds = [site.tree.read(f"feeds/en/country/{place}.{form}") or b"" for place in (SMALL, LARGE)]
        counts = {feed.count(identifier.encode()) for feed in feeds}
        assert len(counts) == 1
        assert b"Uruguay" not in feeds[1]


async def test_a_figure_does_not_follow_a_draft_to_another_place(site: Site, server: Served) -> None:
    """Beside a wider place it would lead, through the published row, to the one withheld."""
    draft = Advisory(
        id="x",
        revision=1,
        status=Status.DRAFT,
        tlp=Tlp.CLEAR,
        severity=Severity.HIGH,
        week=str(WEEK),
        type="fraud/phishing",
        place=LARGE,
        figure=Figure(20),
        texts={"en": Text("Phishing", "Much of it.", ())},
    )
    async with site.hub.reports.write() as connection:
        await advisories.save(connection, draft)
    acting = Acting(COORDINATOR, NOON, site.rules)
    moved = await advising.edit(site.hub, "x", acting, Change(place=AREA))
    # The machine's severity was high because of the figure alone.
    assert (moved.figure, moved.severity) == (None, Severity.MEDIUM)
    async with site.hub.reports.write() as connection:
        await advisories.save(connection, msgspec.structs.replace(draft, id="y"))
    same = await advising.edit(site.hub, "y", acting, Change(place=LARGE))
    assert (same.figure, same.severity) == (Figure(20), Severity.HIGH)
    by_hand = await advising.edit(site.hub, "y", acting, Change(place=AREA))
    assert (by_hand.figure, by_hand.severity) == (None, Severity.HIGH), "an author answers for it now"


async def test_no_figure_is_of_a_place_with_two_members_however_many_reports(
    site: Site, server: Served
) -> None:
    await report(server, SMALL, members=2, further=20)
    await report(server, LARGE, members=38, further=20)
    await site.midnight(MONDAY, open_pool=True)
    assert sum(n for (_, _, place), n in (await tally(site)).items() if place == SMALL) == 22
    figures = json.loads(site.tree.read(f"v1/figures/{WEEK}.json") or b"")
    shown = {(cell["type"], cell["place"]) for cell in figures["cells"]}
    assert ("fraud/phishing", f"iso3166:{LARGE}") in shown
    assert not [cell for cell in shown if SMALL in cell[1]]
