"""
A site whose coordinators publish, correct, escalate and withdraw, as its subscribers' programs see it.

The site is a real one on a socket. Every program has a line of its own to it, so that each one's requests can
be told apart. All of them look after each thing that happens.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from storage import coordinators
from tests.clients.programs import KINDS, Item, Program
from tests.line import Line
from tests.support import Clock, Served, served
from warp import advising
from warp.advisory import Text, Tlp
from warp.advisory_life import Change
from warp.stages import Act, Acting
from warp.taxonomy import Severity
from warp.weeks import Week

AUTHOR, APPROVER = "ana", "luis"


class Look(NamedTuple):
    """What one look of one program brought."""

    items: list[Item]
    conditional: bool
    """Whether it sent validators."""
    statuses: list[int]

    def of(self, words: str) -> list[Item]:
        """Give what its user sees whose title ends with some words."""
        return [item for item in self.items if item.title.endswith(words)]

    @property
    def titles(self) -> set[str]:
        """Of everything that its user sees."""
        return {item.title for item in self.items}

    @property
    def news(self) -> set[str]:
        """Titles of what has just come up."""
        return {item.title for item in self.items if item.is_news}


class Follower(NamedTuple):
    """A program and its line to the site."""

    program: Program
    line: Line

    async def look(self) -> Look:
        """Let it look once."""
        sent, answers = len(self.line.sent), len(self.line.answers)
        items = await asyncio.to_thread(self.program.look)
        requests = b"".join(self.line.sent[sent:]).lower()
        statuses = [int(answer.split(b" ", 2)[1]) for answer in self.line.answers[answers:]]
        return Look(items, b"if-none-match:" in requests or b"if-modified-since:" in requests, statuses)


class Desk:
    """Two coordinators of a site: the first writes, the second lets it out."""

    def __init__(self, server: Served) -> None:
        self.site = server.site
        self._clock = server.clock

    async def hire(self) -> None:
        """Make them coordinators."""
        async with self.site.hub.identity.write() as connection:
            for name in (AUTHOR, APPROVER):
                await coordinators.add(connection, name, f"age1pq1{name}")

    async def publish(self, *titles: str, tlp: Tlp = Tlp.CLEAR) -> list[str]:
        """Publish new warnings, all at once for their readers; gives their ids."""
        made = [await self._write(title, tlp) for title in titles]
        for each in made:
            await advising.let_out(self.site.hub, each, Act.PUBLISH, self._acting(APPROVER))
        await self.site.publish_advisories(made)
        return made

    async def _write(self, title: str, tlp: Tlp) -> str:
        blank = advising.blank(self.site.hub, Week.of(self._clock()), "fraud/phishing")
        change = Change(texts={"en": told(title)}, severity=Severity.MEDIUM, tlp=tlp, place="UY", ready=True)
        return (await advising.write(self.site.hub, blank, self._acting(AUTHOR), change)).id

    async def correct(self, identifier: str, title: str, reason: str) -> None:
        """Give readers another title and text."""
        change = Change(texts={"en": told(title)}, reason=reason, ready=True)
        await advising.edit(self.site.hub, identifier, self._acting(AUTHOR), change)
        await self._let_out(identifier, Act.UPDATE)

    async def escalate(self, identifier: str, title: str, reason: str) -> str:
        """Put a more severe warning in the place of another; gives its id."""
        change = Change(texts={"en": told(title)}, reason=reason, ready=True)
        draft = await advising.escalate(self.site.hub, identifier, self._acting(AUTHOR), change)
        return await self._let_out(draft.id, Act.PUBLISH)

    async def withdraw(self, identifier: str, reason: str) -> None:
        """Take a warning back."""
        await advising.withdraw(self.site.hub, identifier, self._acting(AUTHOR), reason)
        await advising.withdraw(self.site.hub, identifier, self._acting(APPROVER), "")
        await self.site.publish_advisories([identifier])

    async def bury(self) -> None:
        """Do what a midnight does about warnings that were withdrawn long ago."""
        await self.site.publish_advisories(await advising.bury(self.site.hub, self._clock()))

    async def _let_out(self, identifier: str, act: Act) -> str:
        out = await advising.let_out(self.site.hub, identifier, act, self._acting(APPROVER))
        await self.site.publish_advisories([each.id for each in out])
        return identifier

    def _acting(self, name: str) -> Acting:
        return Acting(name, self._clock(), self.site.rules)


def told(title: str) -> Text:
    """Give a warning's text."""
    return Text(title=title, summary=f"{title}: what is known.", actions=("Look into your logs.",))


@dataclass
class Story:
    """What happened, and what everybody saw of it."""

    desk: Desk
    clock: Clock
    followers: Mapping[tuple[str, str], Follower]
    """By kind and format."""
    seen: dict[str, dict[tuple[str, str], Look]] = field(default_factory=dict)
    """What happened, to who saw what."""

    async def happens(self, what: str) -> None:
        """Let everybody look, an hour after the last time."""
        looks = await asyncio.gather(*(follower.look() for follower in self.followers.values()))
        self.seen[what] = dict(zip(self.followers, looks, strict=True))
        self.clock.now += timedelta(hours=1)


@contextlib.asynccontextmanager
async def site_at(data: Path) -> AsyncIterator[tuple[Served, str]]:
    """Serve a site whose public address is one that can be reached; gives it, too."""
    async with line(Line(0)) as (whole, url):
        settings = data / "warp.toml"
        changed = re.sub('(?m)^url = ".*"$', f'url = "{url}"', settings.read_text("utf-8"))
        settings.write_text(changed, "utf-8")
        async with served(data, Clock()) as server:
            whole.port = server.port
            await server.site.publish_all()
            yield server, url


@contextlib.asynccontextmanager
async def line(to: Line) -> AsyncIterator[tuple[Line, str]]:
    """Put a line on a socket."""
    listener = await asyncio.start_server(to, "127.0.0.1", 0)
    async with listener:
        yield to, f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"


@contextlib.asynccontextmanager
async def followed(data: Path, folder: Path) -> AsyncIterator[Story]:
    """Serve a site, and set up one program of each kind that is installed for each format."""
    async with contextlib.AsyncExitStack() as stack:
        server, _ = await stack.enter_async_context(site_at(data))
        followers = {}
        for name, kind in KINDS.items():
            for format_ in kind.formats if not kind.missing else ():
                own = folder / f"{name}-{format_}"
                own.mkdir()
                to, url = await stack.enter_async_context(line(Line(server.port)))
                followers[name, format_] = Follower(kind.set_up(own, f"{url}/feeds/en/all.{format_}"), to)
        desk = Desk(server)
        await desk.hire()
        yield Story(desk, server.clock, followers)
