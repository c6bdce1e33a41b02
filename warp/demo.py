"""
The demonstration: a seeded region in which members join, report, and are hit by a campaign.

Plays ten weeks on a real server and a real socket, with real keys, tokens and envelopes, under a clock that
is an argument; the last of them is the week before the present one. One shortcut, as in a replay: in the
quiet weeks only members that report fetch tokens.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec

from keys import age, reply
from keys.directory import fingerprint
from keys.invitation import Invitation
from keys.lists import Kind
from keys.lock import Lock
from keys.narrative import open_sealed
from keys.reply import Reply
from storage import figures, inbox, members, signals, unlisted
from warp import advice, advising, client, founding, places, syncing, taxonomy, wallet
from warp.advisory import Advisory
from warp.advisory_life import Change
from warp.client import Draft
from warp.config import Config
from warp.policies import Name, Policy
from warp.site import Site
from warp.stages import Act, Acting
from warp.wallet import Contents, Wallet
from warp.weeks import Week

SEED = 2026
QUIET_WEEKS = 9
"""Before the campaign."""
PLACES = (*["UY"] * 8, *["AR"] * 5, *["BR"] * 5, *["CL"] * 3, *["PY"] * 3, *["PE"] * 4)
"""Where the region's teams are at home: so many that the week of the campaign surely shows a figure."""
POLICY = Policy(preset=Name.SMALL_COMMUNITY)
QUIET_TYPES = (
    "fraud/phishing",
    "malicious-code/infected-system",
    "intrusion-attempts/brute-force",
    "availability/ddos",
    "information-content-security/data-leak",
)
CAMPAIGN = Draft(
    type="fraud/phishing",
    place="UY",
    severity=taxonomy.Severity.HIGH,
    tags=("banking-trojan", "smishing"),
    text="SMS in the name of the tax office; the link leads to a copy of the payment page.",
)
FIRST_WAVE, SECOND_WAVE = 6, 22
"""Teams that report the campaign: on Tuesday, of one country; on Thursday, of all six."""
COORDINATORS = ("ana", "luis")

Say = Callable[[str], None]


class Clock:
    """Stands where it is set; the server's and the members' present."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def set(self, now: datetime) -> None:
        """Move it."""
        self._now = now

    def now(self) -> datetime:
        """Give the present."""
        return self._now


class Outcome(NamedTuple):
    """What the demonstration led to."""

    advisory: Advisory
    narratives: int
    """Opened with a coordinator's identity."""


def first_week(now: datetime) -> Week:
    """Give the week in which the story begins, so that it ends in the week before the present one."""
    return Week.of(now).plus(-1 - QUIET_WEEKS)


async def found(data: Path, url: str, now: datetime) -> tuple[Config, dict[str, age.Identity]]:
    """Make the demonstration's site; gives the coordinators' identities, too, which nobody else has."""
    identities = {name: age.Identity.generate(secrets.token_bytes) for name in COORDINATORS}
    recipients = {name: identity.recipient.to_string() for name, identity in identities.items()}
    first = first_week(now).monday
    settings = await founding.found(data, "Example WARP", url, first, recipients, settings={"policy": POLICY})
    return settings, identities


async def play(
    site: Site, clock: Clock, now: datetime, identities: dict[str, age.Identity], say: Say
) -> Outcome:
    """
    Play the story on a site that serves at its own address.

    Args:
        site: From `found`, open and serving.
        clock: The site's.
        now: The real present.
        identities: The coordinators'.
        say: Told what happens, a line at a time.
    """
    story = _Story(site, clock, Random(SEED), say)  # noqa: S311 - the story is to be the same each time
    start = first_week(now)
    await site.announce([start])
    await site.publish_all()
    teams = await story.join(start)
    for i in range(QUIET_WEEKS):
        await story.quiet_week(start.plus(i), teams)
    hit = start.plus(QUIET_WEEKS)
    await story.everyone_syncs(hit, teams)
    await story.wave(hit, 1, list(zip(teams, PLACES, strict=True))[:FIRST_WAVE])
    advisory = await story.warn(hit)
    await story.answer(hit, identities["ana"])
    await story.wave(hit, 3, list(zip(teams, PLACES, strict=True))[FIRST_WAVE : FIRST_WAVE + SECOND_WAVE])
    await story.look_for_answers(hit, teams)
    clock.set(now)
    await site.catch_up()
    await story.show_figures(hit)
    async with site.hub.reports.read() as connection:
        sealed = await inbox.everything(connection)
    opened = [open_sealed(each.narrative, [identities["ana"]]) for each in sealed]
    return Outcome(advisory, len(opened))


class _Story:
    def __init__(self, site: Site, clock: Clock, random: Random, say: Say) -> None:
        self._site = site
        self._clock = clock
        self._random = random
        self._say = say

    async def join(self, week: Week) -> list[Wallet]:
        """Let the teams join."""
        self._clock.set(week.start)
        folder = self._site.data / "wallets"
        folder.mkdir(mode=0o700)
        root = fingerprint(self._site.settings.root_key)
        teams = []
        for number, place in enumerate(PLACES, start=1):
            invitation = Invitation.new(root, secrets.token_bytes)
            async with self._site.hub.identity.write() as connection:
                await members.invite(connection, f"CSIRT {number}", place, invitation.code, str(week))
            lock = Lock.key_file(folder / f"{number}.key")
            url = self._site.settings.url
            contents = Contents(url, invitation.root, invitation.code, secrets.token_bytes(32))
            team = wallet.create(folder / f"{number}.wallet", lock, contents, secrets.token_bytes)
            await client.join(team)
            teams.append(team)
        self._say(f"{len(teams)} teams of {len(set(PLACES))} countries joined with their invitations")
        return teams

    async def quiet_week(self, week: Week, teams: Sequence[Wallet]) -> None:
        """Let a few teams report whatever happens in any week, and close the week."""
        await self._site.announce([week])
        days = sorted(self._random.sample(range(7), 3))
        reporters = self._random.sample(list(teams), 3)
        for day, team in zip(days, reporters, strict=True):
            self._clock.set(week.start + timedelta(days=day, hours=self._random.randint(1, 22)))
            now = self._clock.now()
            await syncing.sync(team, now, secrets.token_bytes, [week])
            place = self._random.choice(PLACES)
            await self._report(team, Draft(type=self._random.choice(QUIET_TYPES), place=place))
        self._clock.set(week.end)
        await self._site.midnight(week.end, weeks=[week.plus(1)])
        self._say(f"{week}  {'▪' * len(reporters)}")

    async def everyone_syncs(self, week: Week, teams: Sequence[Wallet]) -> None:
        """Let every team fetch the week's tokens, as all do, ahead of need."""
        for team in teams:
            await syncing.sync(team, self._clock.now(), secrets.token_bytes, [week])
        self._say(f"All {len(teams)} teams hold the tokens of {week}: nobody can tell who will report")

    async def wave(self, week: Week, day: int, teams: Sequence[tuple[Wallet, str]]) -> None:
        """Let teams report the campaign where they are at home on one day, and let the day end."""
        for number, (team, place) in enumerate(teams):
            self._clock.set(week.start + timedelta(days=day, hours=8, minutes=30 * number))
            await self._report(team, msgspec.structs.replace(CAMPAIGN, place=place))
        end = datetime.combine(week.monday + timedelta(days=day + 1), time(), UTC)
        self._clock.set(end)
        done = await self._site.midnight(end, weeks=[])
        count = done.released.reports
        self._say(f"{week}  {'█' * len(teams)}  {count} sealed reports released, shuffled, into counts")

    async def warn(self, week: Week) -> Advisory:
        """Let the coordinators turn the signal into a warning."""
        async with self._site.hub.reports.read() as connection:
            kept = (await signals.everything(connection, str(week)))[0]
        self._say(f"Signal: {kept.signal.type} in {kept.signal.place}: {kept.signal.why}")
        drafted = kept.advisory or ""
        change = Change(severity=taxonomy.Severity.HIGH, ready=True)
        ana = Acting("ana", self._clock.now(), self._site.rules)
        await advising.edit(self._site.hub, drafted, ana, change)
        self._clock.set(self._clock.now() + timedelta(hours=9))
        luis = Acting("luis", self._clock.now(), self._site.rules)
        [published] = await advising.let_out(self._site.hub, drafted, Act.PUBLISH, luis)
        await self._site.publish_advisories([published.id])
        self._say("ana drafted, luis approved: the warning is out")
        return published

    async def answer(self, week: Week, identity: age.Identity) -> None:
        """Let a coordinator answer one of the week's reporters, whoever that is."""
        hub = self._site.hub
        async with hub.reports.read() as connection:
            sealed = [each for each in await inbox.everything(connection) if each.week == str(week)]
        narrative = open_sealed(sealed[0].narrative, [identity])
        text = advice.as_text(CAMPAIGN.type, narrative.language)
        answer = reply.seal(
            Reply(text, narrative.language), narrative.reply_key, self._site.settings.root_key
        )
        async with hub.reports.write() as connection:
            await unlisted.wait(connection, Kind.REPLIES, [answer])

    async def look_for_answers(self, week: Week, teams: Sequence[Wallet]) -> None:
        """Let every team sync, as all do, and say who can read the answer."""
        for team in teams:
            await syncing.sync(team, self._clock.now(), secrets.token_bytes, [week])
        answered = sum(bool(team.contents.replies) for team in teams)
        accepted = sum(bool(team.contents.accepted) for team in teams)
        self._say(f"All synced: {accepted} teams have proof that a report of theirs was counted")
        self._say(
            f"ana answered a reporter: {answered} of the {len(teams)} can read it, and nobody sees which"
        )

    async def show_figures(self, week: Week) -> None:
        """Say what is published of a week."""
        async with self._site.hub.reports.read() as connection:
            release = await figures.of(connection, str(week))
        shown = [
            f"{taxonomy.type_name(cell.type, 'en')} in {places.place_name(cell.place, 'en')}, "
            f"at least {cell.figure.at_least} reports"
            for cell in (release.cells if release else ())
        ]
        self._say(f"Week {week} closed; published: {'; '.join(shown) or 'too few to publish'}")

    async def _report(self, team: Wallet, draft: Draft) -> None:
        client.seal(team, draft, self._clock.now(), secrets.token_bytes)
        await client.deliver(team)
