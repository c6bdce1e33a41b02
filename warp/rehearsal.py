"""
Plays a rehearsal on the site of a drill: members join, test reports come, and coordinators act on the signal.

Below `warp.drill`, which makes that site and publishes what comes of it. Here nothing knows the real site.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from time import monotonic
from typing import NamedTuple

import msgspec

from keys.directory import fingerprint
from keys.invitation import Invitation
from keys.lock import Lock
from storage import advisories, members, signals, tallies
from warp import advising, client, places, syncing, taxonomy, wallet
from warp.advisory import Advisory, text_for
from warp.advisory_life import Change
from warp.client import Draft
from warp.scenario import Scenario
from warp.site import Site
from warp.stages import Act, Acting
from warp.tally import Counted, count
from warp.wallet import Contents, Wallet
from warp.weeks import Week

SEED = 2026
QUIET_TYPES = (
    "malicious-code/infected-system",
    "intrusion-attempts/brute-force",
    "availability/ddos",
    "information-content-security/data-leak",
    "fraud/masquerade",
)
QUIET_REPORTS = 3
"""In each quiet week."""
IDENTITIES = "coordinators.identity"
"""In the folder of the drill's site: what opens its narratives."""
_LOOK_SECONDS = 0.5


class CannotDrill(Exception):
    """The drill cannot be held, or led to no signal; says why."""


class Step(msgspec.Struct, frozen=True):
    """Something that happened for the first time."""

    what: str
    at: datetime
    """By the drill's clock."""
    seconds: float
    """Since the drill began, in real time."""


class Audience(NamedTuple):
    """Who is told how the drill goes."""

    say: Callable[[str], None]
    """Told what happens, a line at a time."""
    wait: Callable[[datetime, datetime], None] = lambda _now, _until: None
    """Told the drill's time, and until when nothing is going to happen."""


class DrillClock:
    """The drill's present: stands until it is started, and then runs at a multiple of real time."""

    def __init__(self, now: datetime, speed: float) -> None:
        """
        Set the clock.

        Args:
            now: Where it stands, aware.
            speed: Seconds in a real second; at 0 it stands, and leaps to whatever is waited for.
        """
        self._now = now
        self._speed = speed
        self._started = 0.0

    def start(self) -> None:
        """Let it run."""
        self._started = monotonic()

    def now(self) -> datetime:
        """Give the drill's present time."""
        run = monotonic() - self._started if self._started else 0.0
        return self._now + timedelta(seconds=run * self._speed)

    async def until(self, when: datetime, wait: Callable[[datetime, datetime], None]) -> None:
        """Wait until the clock shows a time, if it does not yet."""
        while (left := (when - self.now()).total_seconds()) > 0:
            if self._speed:
                wait(self.now(), when)
                await asyncio.sleep(min(left / self._speed, _LOOK_SECONDS))
            else:
                self._now = when


class Rehearsal:
    """A drill on its own site."""

    def __init__(
        self, site: Site, clock: DrillClock, scenario: Scenario, week: Week, audience: Audience
    ) -> None:
        self._site = site
        self._clock = clock
        self.scenario = scenario
        self._week = week
        self._audience = audience
        self._begun = monotonic()
        self.sent = 0
        self.steps: list[Step] = []

    def step(self, what: str, line: str) -> None:
        """Say what happened, and keep when it did so first."""
        now = self._clock.now()
        self._audience.say(f"{now:%a %H:%M}  {line}")
        if what not in [each.what for each in self.steps]:
            self.steps.append(Step(what, now.replace(microsecond=0), round(monotonic() - self._begun, 1)))

    async def play(self, url: str, actors: Sequence[str]) -> Advisory:
        """Play the scenario until two coordinators have let the warning out; gives it."""
        await self._site.announce([self._week])
        await self._quiet_weeks()
        teams = await self._join(url)
        self._clock.start()
        identifier = await self._campaign(teams)
        if actors:
            return await self._act(identifier, actors)
        self._show_commands(identifier)
        return await self._look_on(identifier)

    async def _quiet_weeks(self) -> None:
        """Make up what detection compares with: a few reports of other types in each week before."""
        random = Random(SEED)  # noqa: S311 - the same quiet each time
        types = [code for code in QUIET_TYPES if code != self.scenario.type]
        async with self._site.hub.reports.write() as connection:
            for back in range(self.scenario.quiet_weeks, 0, -1):
                week = self._week.plus(-back)
                for _ in range(QUIET_REPORTS):
                    draft = Draft(type=random.choice(types), place=random.choice(self.scenario.places))
                    report = draft.facts(random.randbytes(32))
                    day = week.monday + timedelta(days=random.randrange(7))
                    await tallies.add(connection, count([Counted(report, week, first=True)], day))

    async def _join(self, url: str) -> list[Wallet]:
        """Let one member join for each report of the scenario, and fetch its tokens."""
        root = fingerprint(self._site.settings.root_key)
        folder = self._site.data / "wallets"
        folder.mkdir(mode=0o700)
        teams = []
        for number, home in enumerate(self.scenario.homes, start=1):
            invitation = Invitation.new(root, secrets.token_bytes)
            async with self._site.hub.identity.write() as connection:
                await members.invite(
                    connection, f"Drill team {number}", home, invitation.code, str(self._week)
                )
            lock = Lock.key_file(folder / f"{number}.key")
            contents = Contents(url, invitation.root, invitation.code, secrets.token_bytes(32))
            team = wallet.create(folder / f"{number}.wallet", lock, contents, secrets.token_bytes)
            await client.join(team)
            await syncing.sync(team, self._clock.now(), secrets.token_bytes, [self._week])
            teams.append(team)
        self.step("joined", f"{len(teams)} drill teams joined and hold the tokens of {self._week}")
        return teams

    async def _campaign(self, teams: Sequence[Wallet]) -> str:
        """Let the reports come, day by day, until a midnight brings a signal; gives the id of its draft."""
        waiting = iter(teams)
        for day in range(self.scenario.days):
            for due in self.scenario.day(self._week, day):
                await self._clock.until(due.when, self._audience.wait)
                await self._report(next(waiting), due.place, due.when)
            midnight = self._week.start + timedelta(days=day + 1)
            await self._clock.until(midnight, self._audience.wait)
            done = await self._site.midnight(midnight, weeks=[])
            if done.released.reports:
                self.step(
                    "released", f"{done.released.reports} sealed reports released into the drill's counts"
                )
            identifier = await self._draft()
            if identifier is not None:
                return identifier
        raise CannotDrill(
            "no signal came of the scenario's reports; give it more of them, fewer days or fewer places"
        )

    async def _report(self, team: Wallet, place: str, when: datetime) -> None:
        scenario = self.scenario
        draft = Draft(
            type=taxonomy.TEST_TYPE,
            place=place,
            severity=scenario.severity,
            tags=scenario.tags,
            text=scenario.text,
        )
        client.seal(team, draft, when, secrets.token_bytes)
        self.sent += await client.deliver(team)
        where = places.place_name(place, "en")
        self.step("first report", f"test report {self.sent} of {scenario.reports} came, from {where}")

    async def _draft(self) -> str | None:
        """Give the id of the draft that the widest signal of the rehearsed type led to, if there is one."""
        of_type = self.scenario.type
        types = ("", taxonomy.class_of(of_type), of_type)
        async with self._site.hub.reports.read() as connection:
            found = await signals.everything(connection, str(self._week))
        about = [each for each in found if each.signal.type in types and each.advisory]
        if not about:
            return None
        widest = max(about, key=lambda each: each.signal.observed)
        self.step("signal", f"signal: {widest.signal.why}")
        draft = await self._latest(widest.advisory or "")
        default = self._site.publisher.default
        _, text = text_for(draft, default, default)
        self.step("draft", f"the machine drafted {draft.id}: {text.title}")
        return draft.id

    async def _act(self, identifier: str, actors: Sequence[str]) -> Advisory:
        """Let the named coordinators take the draft over and approve it."""
        hub, rules = self._site.hub, self._site.rules
        author, approver = (Acting(name, self._clock.now(), rules) for name in (actors[0], actors[-1]))
        await advising.edit(hub, identifier, author, Change(severity=self.scenario.severity, ready=True))
        self.step("taken over", f"{actors[0]} took the draft over")
        [approved] = await advising.let_out(hub, identifier, Act.PUBLISH, approver)
        self.step("approved", f"{actors[-1]} approved it")
        return approved

    def _show_commands(self, identifier: str) -> None:
        data = self._site.data
        self._audience.say("Now the coordinators, in another terminal, as in real life; the drill looks on:")
        for command in (
            f"warp signals --data {data}",
            f"warp inbox --identity {data / IDENTITIES} --data {data}",
            f"warp advisory show {identifier} --data {data}",
            f"warp advisory edit {identifier} --as NAME --severity {self.scenario.severity} --ready"
            f" --data {data}",
            f"warp advisory publish {identifier} --as ANOTHER --data {data}",
        ):
            self._audience.say(f"  {command}")

    async def _look_on(self, identifier: str) -> Advisory:
        """Wait until coordinators have taken the draft over and approved it by their own commands."""
        author = ""
        while not (found := await self._latest(identifier)).status.is_out:
            if found.author != author:
                author = found.author
                self.step("taken over", f"{author} took the draft over")
            await asyncio.sleep(_LOOK_SECONDS)
        self.step("approved", f"{found.approver} approved what {found.author} had taken over")
        return found

    async def _latest(self, identifier: str) -> Advisory:
        async with self._site.hub.reports.read() as connection:
            found = await advisories.latest(connection, identifier)
        if found is None:
            raise CannotDrill(
                "its signal was dismissed and the draft is gone: the drill ends without a warning"
            )
        return found
