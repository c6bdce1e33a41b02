"""
A site: what stands in a data folder, opened, with everything that is done to it in turn.

Part of the composition: it reads the configuration, and hands values, the clock and randomness to all else. A
site can be opened by several processes at once: the server, and the command line beside it.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Collection, Hashable, Iterable, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from random import Random, SystemRandom

from feeds.entry import Site as Publisher
from handlers import feed_pages, figure_pages, pages
from keys.errors import KeysLocked
from keys.keyring import IssuerKeys, Keyring, locked
from keys.tokens import IssuerKey
from storage import figures as stored
from storage import members, pool
from storage.database import open_database
from warp import (
    advising,
    config,
    drilled,
    epochs,
    figures,
    founding,
    listing,
    outlets,
    schedule,
    signing,
)
from warp import release as acts
from warp.advisory import Advisory, public_tlp
from warp.alone import alone
from warp.config import Config
from warp.events import Event, Log, to_stderr
from warp.notify import When
from warp.opening import Opener
from warp.publication import Pages, Tree
from warp.release import Hub, Midnight, Released
from warp.schedule import ClockInDoubt, Standing
from warp.stages import Rules
from warp.telling import Teller
from warp.weeks import Week
from warp.workers import Workers, children

Clock = Callable[[], datetime]
PAGES = Pages(
    front=pages.render_front,
    advisory=pages.render_advisory,
    feeds=feed_pages.render_feeds,
    figures=figure_pages.render_figures,
    period=figure_pages.render_period,
    progress=figure_pages.render_progress,
)


def publisher(settings: Config) -> Publisher:
    """Give the publisher, as readers of the public tree see it."""
    return Publisher(
        name=settings.name,
        url=settings.url,
        languages=settings.languages,
        created=settings.created,
        allowed=public_tlp(green_is_public=settings.green_is_public),
        hub=settings.hub_address,
    )


def present() -> datetime:
    """Give the present time, aware, in UTC."""
    return datetime.now(UTC)


class Site:
    """An open site. Made by `open_site` only."""

    def __init__(
        self, data: Path, settings: Config, hub: Hub, clock: Clock, new_issuer: IssuerKeys, teller: Teller
    ) -> None:
        self.data = data
        self.settings = settings
        self.hub = hub
        self.clock = clock
        self._teller = teller
        self._untold = False
        self.tree = Tree(data / "public")
        self._owes_mending = False
        self._finished: date | None = None
        """The last finished day, once the schedule has looked; what keeps no schedule trusts its clock."""
        self.rules = Rules(settings.four_eyes, settings.green_is_public)
        self.publisher = publisher(settings)
        self.outlets = outlets.of_site(data, self.publisher)
        certificate = founding.read_certificate(data)
        self.lists = listing.Lists(
            hub.reports, self.tree, hub.keyring, certificate, hub.random.randbytes, hub.log
        )
        self.epochs = epochs.Epochs(
            keyring=hub.keyring,
            tree=self.tree,
            identity=hub.identity,
            issuer=settings.issuer,
            policy=settings.policy,
            certificate=certificate,
            new_issuer=new_issuer,
        )

    def alone(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Keep other processes from releasing, announcing and publishing; one's own steps may nest."""
        return alone(self.data)

    async def publish_advisories(self, names: Collection[str] = ()) -> None:
        """
        Write what changes for readers with some advisories, and sign it if the key can be had.

        Whoever lets them out keeps `alone` from before until here, so that none comes after a later one.
        """
        async with self.alone():
            done = await outlets.publish(self.hub.reports, self.outlets, PAGES, names)
            if done:
                await self.sign_twins(done)

    async def sign_twins(self, names: Collection[str] | None = None) -> int:
        """
        Sign the twins of some advisories, or of all, that lack a signature; gives how many it has signed.

        Nothing is signed where nobody gives the passphrase of sealed keys: the server signs, then.
        """
        if not self._is_sure():
            return 0
        keyring, certificate, week = self.hub.keyring, self.epochs.certificate, Week.of(self.clock())
        signed = 0
        async with self.alone():
            with contextlib.suppress(KeysLocked):
                for tree in (each.tree for each in self.outlets):
                    signed += await asyncio.to_thread(
                        signing.sign_missing, tree, keyring, certificate, week, names
                    )
        return signed

    async def publish_all(self) -> None:
        """Write every public file; what is the same stays as it is."""
        async with self.alone():
            await outlets.publish(self.hub.reports, self.outlets, PAGES)
            await asyncio.to_thread(drilled.publish, self.tree, self.publisher, PAGES)
            await self.sign_twins()
        await self.publish_figures(anew=True)

    def published(self) -> list[Hashable]:
        """Give what changes whenever some process has published advisories."""
        return [outlets.stamp(each) for each in self.outlets]

    async def minute(self) -> None:
        """Let out what was set to go out by now, and what a stop kept from readers."""
        if not self._is_sure():
            return
        async with self.alone():
            await self.publish_advisories(await advising.due(self.hub, self.clock(), self.rules))

    async def publish_figures(self, *, anew: bool = False) -> None:
        """
        Write the figures of closed periods that are not public yet, and what lists them.

        Args:
            anew: Write those that are public, too, since settings or the program may have changed.
        """
        publish = functools.partial(figures.publish, anew=anew)
        policy = self.settings.policy
        try:
            async with self.alone():
                async with self.hub.reports.read() as connection:
                    releases = await stored.everything(connection)
                await asyncio.to_thread(publish, self.tree, self.publisher, PAGES, policy, releases)
        except Exception as error:  # noqa: BLE001 - of figures alone; keys, lists and warnings cannot wait for it
            self.hub.log(Event.FAULT, error)

    async def announce(self, weeks: Iterable[Week]) -> list[Week]:
        """Make and publish the keys of weeks; those that have keys, or may have none, stay as they are."""
        asked = epochs.after_newest(self.epochs, weeks)
        wanted = [week for week in asked if self.epochs.may_announce(week)]
        if len(wanted) < len(asked):
            self.hub.log(Event.NOT_CERTIFIED)
        keys = await epochs.make_keys(self.epochs, wanted)  # takes seconds, so nobody waits for it
        async with self.alone():
            epochs.keep(self.epochs, keys)
            made = await epochs.announce(self.epochs, wanted)
        for _ in made:
            self.hub.log(Event.KEYS_MADE)
        return made

    async def release(self, now: datetime, only: Sequence[int] | None = None) -> Released:
        """Release the pool, or some of it, now; judge, and draft from new signals."""
        async with self.alone():
            released = await acts.release(self.hub, now, only)
            drafts = await self._draft_signals()
        if released.reports or drafts:
            self._tell_of_release(now)
        return released

    def _tell_of_release(self, now: datetime) -> None:
        """Tell coordinators of a release between midnights, or leave it to the next one."""
        if self.settings.notify.urgent:
            self._teller.tell(now)
        else:
            self._untold = True

    def _tell_of_midnight(self, now: datetime, *, new: bool) -> None:
        if new or self._untold or self.settings.notify.when is When.DAILY:
            self._teller.tell(now)
        self._untold = False

    async def midnight(
        self, now: datetime, weeks: Iterable[Week] | None = None, *, open_pool: bool = False
    ) -> Midnight:
        """
        Do and publish a midnight's work.

        Args:
            now: The midnight, or the moment at which it is caught up with.
            weeks: Weeks that must have keys; by default the current one and the next four.
            open_pool: Release the pool also when it gives too little cover.
        """
        async with self.alone():
            self._owes_mending = True
            done = await acts.midnight(self.hub, now, open_pool=open_pool)
            drafts = await self._draft_signals()
            await self.publish_advisories(await advising.bury(self.hub, now))
            # Says that the midnight is done, so it comes after all that cannot be made up for at a start.
            await listing.grow(self.lists, acts.ended_day(now))
            await self._rewrite()
            await self.publish_figures()
            self._finished = done.released.day if self._finished else None
        self._tell_of_midnight(now, new=bool(done.released.reports or drafts))
        await self.announce(epochs.weeks_ahead(now) if weeks is None else weeks)
        self._owes_mending = False
        return done

    async def forget(self, now: datetime) -> list[Week]:
        """Destroy what has outlived its purpose by now; gives the weeks whose keys are gone."""
        async with self.alone():
            gone = await acts.forget(self.hub, now)
            await self._rewrite()
        return gone

    async def _rewrite(self) -> None:
        await self.hub.rewrite(self.hub.reports.path)
        await self.hub.rewrite(self.hub.identity.path)

    async def _draft_signals(self) -> list[Advisory]:
        return await advising.draft_signals(self.hub, self.settings.languages, self.settings.policy)

    async def is_ready(self) -> bool:
        """Say whether the databases answer, the clock can be believed, and this week's keys are there."""
        if self._finished is not None:
            await self.standing()
        async with self.hub.reports.read() as reports, self.hub.identity.read() as identity:
            await pool.size(reports)
            await members.by_place(identity)
        return self._is_sure() and self.hub.keyring.week(Week.of(self.clock())) is not None

    async def standing(self) -> Standing:
        """Judge the clock by the last finished day."""
        async with self.hub.reports.read() as connection:
            self._finished = (await pool.waiting(connection)).day
        return schedule.standing(self._finished, self.clock())

    def sure_clock(self) -> datetime:
        """
        Give the present time, for what it is to decide.

        Raises:
            ClockInDoubt: it cannot be believed.
        """
        if not self._is_sure():
            today = self.clock().date()
            raise ClockInDoubt(
                f"the clock says {today}, but the last finished day is {self._finished}; "
                f"correct the clock or, if it is right: warp midnight --today {today}"
            )
        return self.clock()

    async def check_clock(self) -> None:
        """
        Let nothing that stays be done by a clock that cannot be believed.

        Raises:
            ClockInDoubt: it cannot.
        """
        await self.standing()
        self.sure_clock()

    def _is_sure(self) -> bool:
        finished = self._finished
        return finished is None or schedule.standing(finished, self.clock()) is not Standing.IN_DOUBT

    async def catch_up(self, *, clock_is_right: bool = False) -> bool:
        """
        Do last midnight's work, as of that midnight, if it is not done yet; says whether it was not.

        Args:
            clock_is_right: Believe the clock although it has leapt; a person has looked at it.
        """
        async with self.alone():
            standing = await self.standing()
            if standing is Standing.IN_DOUBT and not clock_is_right:
                self.hub.log(Event.CLOCK_IN_DOUBT)
                return False
            if standing is Standing.DONE:
                return False
            if standing is Standing.WAS_AHEAD:
                self.hub.log(Event.CLOCK_WAS_AHEAD)
            await self.midnight(datetime.combine(self.clock().date(), time(), UTC))
        return True

    async def mend(self) -> None:
        """Make up for a stop or failure between a midnight's steps: rewrite, publish, announce."""
        async with self.alone():
            self.hub.keyring.destroy_leftovers()
            await self._rewrite()
            await self.publish_all()
        if self._is_sure():
            await self.announce(epochs.weeks_ahead(self.clock()))
        self._owes_mending = False

    async def hour(self) -> None:
        """Do what is due at a full hour: midnight's work, or the releases that reporters asked for."""
        now = self.clock()
        if not await self.catch_up() and self._is_sure():
            if self._owes_mending:
                await self.mend()
            asked_for = await acts.urgent(self.hub)
            if asked_for:
                await self.release(now, asked_for)
        self.hub.keyring.forget_loaded(lambda keys: now < keys.expires)


@contextlib.asynccontextmanager
async def open_site(
    data: Path,
    clock: Clock = present,
    log: Log = to_stderr,
    random: Random | None = None,
    workers: Workers | None = None,
    new_issuer: IssuerKeys = IssuerKey.generate,
    secret: Callable[[], bytes] = locked,
    rehearses: str = "",
) -> AsyncIterator[Site]:
    """
    Open the site in a data folder.

    Args:
        data: The folder; see `warp.founding.found`.
        clock: Gives the present time, aware.
        log: Takes events.
        random: `SystemRandom` unless given.
        workers: Do the heavy work; in child processes unless given.
        new_issuer: Makes issuer keys.
        secret: Gives the passphrase of sealed key files, once a private key is needed.
        rehearses: What test reports stand for, on the site of a drill.

    Raises:
        ConfigError: the folder is none of a site, or its configuration is wrong.
    """
    settings = config.read(data, of_drill=bool(rehearses))
    keyring = Keyring(data / "keys", secret)
    for folder in ("members", "entries"):  # they hold what is not for everybody
        (data / folder).mkdir(mode=0o700, exist_ok=True)
    async with contextlib.AsyncExitStack() as open_things:
        identity = await open_database(data / "identity.db", "identity")
        open_things.push_async_callback(identity.close)
        reports = await open_database(data / "reports.db", "reports")
        open_things.push_async_callback(reports.close)
        hub = Hub(
            identity=identity,
            reports=reports,
            keyring=keyring,
            public=Tree(data / "public"),
            opener=Opener(keyring, settings.root_key, settings.issuer),
            random=random or SystemRandom(),
            **(workers or children(settings))._asdict(),
            log=log,
            created=settings.created,
            policy=settings.policy,
            rehearses=rehearses,
        )
        teller = Teller(settings.notify, settings.name, log)
        open_things.push_async_callback(teller.finish)
        yield Site(data, settings, hub, clock, new_issuer, teller)
