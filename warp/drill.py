"""
The drill: a campaign of test reports that goes the whole way and ends as a marked warning in the drill feed.

It plays on a site of its own, in a private folder that is gone afterwards, with its own keys, databases and
members, at an address that nobody can reach. There alone test reports count, as what the scenario says. Of
the real site it reads the settings and the coordinators' names, at the beginning, and writes the drill feed,
at the end (`warp.drilled`). It opens none of its keys, and no report goes from one to the other.
"""

import asyncio
import secrets
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec

from feeds import filters
from feeds.entry import Site as Publisher
from feeds.entry import advisory_path, marked
from keys import age
from storage import coordinators
from warp import config, drilled, founding
from warp.advisory import Advisory, text_for
from warp.app import serving
from warp.config import Config
from warp.events import raise_faults
from warp.rehearsal import IDENTITIES, Audience, CannotDrill, DrillClock, Rehearsal, Step
from warp.scenario import Scenario
from warp.site import PAGES, Clock, open_site
from warp.weeks import Week
from warp.workers import here

_OPENS = timedelta(hours=8, minutes=30)
"""When the drill's clock starts, on Monday."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a drill led to."""

    scenario: str
    type: str
    reports: int
    """Test reports that were taken, each from another member."""
    advisory: str
    """Its id in the drill feed."""
    title: str
    author: str
    approver: str
    page: str
    feeds: tuple[str, ...]
    steps: tuple[Step, ...]


async def hold(
    data: Path,
    scenario: Scenario,
    actors: Sequence[str],
    speed: float,
    audience: Audience,
    clock: Clock,
) -> Outcome:
    """
    Hold a drill beside a site, and put the warning that it ends in into the site's drill feed.

    Args:
        data: The real site.
        scenario: What is rehearsed.
        actors: Who takes the draft over and who approves it; none: they do so by the commands of real life,
            on the drill's own site.
        speed: See `DrillClock`.
        audience: Is told.
        clock: The real site's; the drill plays in its present week.

    Raises:
        CannotDrill: it lacks coordinators, or no signal came of the reports.
        ClockInDoubt: the real site's clock cannot be believed, and the times in the feed would stay.
    """
    async with open_site(data, clock) as site:
        await site.check_clock()
        async with site.hub.identity.read() as connection:
            names = sorted(await coordinators.everyone(connection))
    _require_actors(actors, names, four_eyes=site.settings.four_eyes)
    week = Week.of(clock())
    pace = DrillClock(week.start + _OPENS, speed)
    with tempfile.TemporaryDirectory(prefix="warp-drill-") as name:
        folder = Path(name) / "site"
        settings = await _found(folder, site.settings, names, week)
        async with (
            open_site(
                folder, pace.now, raise_faults, workers=here(settings), rehearses=scenario.type
            ) as rehearsal,
            serving(rehearsal, "127.0.0.1", 0) as port,
        ):
            played = Rehearsal(rehearsal, pace, scenario, week, audience)
            approved = await played.play(f"http://127.0.0.1:{port}", actors)
    published = await _publish(data, approved, clock)
    played.step("in the drill feed", f"in the drill feed: {published.id}")
    return _outcome(site.publisher, published, approved, played)


async def clear(data: Path) -> int:
    """Empty a site's drill feed; gives how many rehearsed warnings went."""
    async with open_site(data) as site, site.alone():
        return await asyncio.to_thread(drilled.clear, site.tree, site.publisher, PAGES)


def _require_actors(actors: Sequence[str], names: Sequence[str], *, four_eyes: bool) -> None:
    if not names or (four_eyes and len(names) < 2):
        raise CannotDrill("a drill needs as many coordinators as a warning; see: warp coordinator add")
    for name in actors:
        if name not in names:
            raise CannotDrill("no coordinator of this name; see: warp coordinator list")
    if len(actors) > 2 or (actors and four_eyes and len(set(actors)) < 2):
        raise CannotDrill("name who takes the draft over and who approves it: two coordinators, --as each")


async def _found(folder: Path, real: Config, names: Sequence[str], week: Week) -> Config:
    """Make the drill's own site, by the rules of the real one and with keys that nobody has seen."""
    identities = {name: age.Identity.generate(secrets.token_bytes) for name in names}
    recipients = {name: each.recipient.to_string() for name, each in identities.items()}
    rules = {
        "languages": real.languages,
        "four_eyes": real.four_eyes,
        "green_is_public": real.green_is_public,
        "policy": real.policy,
        "thresholds": real.thresholds,
    }
    made = await founding.found(
        folder, f"Drill of {real.name}", config.DRILL_URL, week.monday, recipients, settings=rules
    )
    text = "".join(f"{each.to_string()}\n" for each in identities.values())
    (folder / IDENTITIES).write_text(text, encoding="utf-8")
    return made


async def _publish(data: Path, approved: Advisory, clock: Clock) -> Advisory:
    """Put the rehearsed warning into the drill feed, with the real time: readers go by it."""
    async with open_site(data, clock) as site:
        await site.check_clock()
        when = clock().replace(microsecond=0)
        published = msgspec.structs.replace(approved, published=when, updated=when)
        async with site.alone():
            await asyncio.to_thread(drilled.add, site.tree, site.publisher, PAGES, published)
    return published


def _outcome(publisher: Publisher, published: Advisory, approved: Advisory, played: Rehearsal) -> Outcome:
    url, language = publisher.url, publisher.default
    return Outcome(
        scenario=played.scenario.title,
        type=played.scenario.type,
        reports=played.sent,
        advisory=published.id,
        title=marked(published, text_for(published, language, language)[1], language),
        author=approved.author,
        approver=approved.approver,
        page=f"{url}/{advisory_path(language, published.id)}",
        feeds=tuple(
            f"{url}/{filters.path(filters.DRILL, each, how)}"
            for each in publisher.languages
            for how in filters.Format
        ),
        steps=tuple(played.steps),
    )
