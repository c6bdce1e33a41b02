"""What coordinators let out reaches readers: at once, at its minute, and though something stopped halfway."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from feeds import twin
from storage import advisories, coordinators
from tests.subscriber import until
from tests.support import NOON, Clock, Logged, Stock, opened
from tests.warp.test_publication import advisory, content
from warp import advising, app, issuing, outlets
from warp.advisory import Advisory, Status, Tlp
from warp.events import Event
from warp.site import PAGES, Site
from warp.stages import Act, Acting

OPEN, CLOSED = 0, 1


@pytest.fixture
def logged() -> Logged:
    return Logged()


@pytest_asyncio.fixture
async def site(data: Path, clock: Clock, stock: Stock, logged: Logged) -> AsyncIterator[Site]:
    async with opened(data, clock, logged, stock) as made:
        await made.publish_all()
        yield made


async def save(site: Site, *several: Advisory) -> None:
    async with site.hub.reports.write() as connection:
        for each in several:
            await advisories.save(connection, each)


def names(site: Site, outlet: int = OPEN) -> list[str]:
    return [each.name for each in issuing.read(site.outlets[outlet].tree).advisories]


async def test_what_is_public_goes_to_everybody_and_to_members_what_is_theirs(site: Site) -> None:
    several = [advisory(f"2026-w47-aaaaaaa{number}", tlp=tlp) for number, tlp in enumerate(Tlp)]
    await save(site, *several)
    await site.publish_advisories([each.id for each in several])
    public = [each.id for each in several if each.tlp is Tlp.CLEAR]
    theirs = [each.id for each in several if each.tlp in ("CLEAR", "GREEN", "AMBER")]
    assert (names(site), names(site, CLOSED)) == (public, theirs)


async def test_what_a_stop_kept_from_readers_goes_out_within_a_minute(site: Site) -> None:
    await save(site, advisory())
    assert names(site) == []
    await site.minute()
    assert names(site) == names(site, CLOSED) == [advisory().id]
    assert site.tree.read(twin.signature_path(advisory().id)) is not None


async def test_whoever_publishes_also_publishes_what_a_stop_kept_back(site: Site) -> None:
    later = advisory("2026-w47-bbbbbbbb", updated=NOON + timedelta(seconds=1))
    await save(site, advisory(), later)
    await site.publish_advisories([later.id])
    assert names(site) == [advisory().id, later.id]


async def test_a_minute_without_news_touches_no_file(site: Site) -> None:
    await save(site, advisory())
    await site.minute()
    before = {path: path.stat().st_ino for path in site.tree.folder.rglob("*")}
    await site.minute()
    assert {path: path.stat().st_ino for path in site.tree.folder.rglob("*")} == before


async def test_what_is_set_to_a_minute_goes_out_at_it_and_not_before(site: Site, clock: Clock) -> None:
    async with site.hub.identity.write() as connection:
        await coordinators.add(connection, "ana", "")
        await coordinators.add(connection, "luis", "")
    await save(site, advisory(status=Status.REVIEW, author="ana", approver="", version=0, published=None))
    when = NOON + timedelta(hours=1)
    acting = Acting("luis", NOON, site.rules)
    await advising.schedule(site.hub, advisory().id, Act.PUBLISH, acting, when)
    with clock.at(when - timedelta(minutes=1)):
        await site.minute()
        assert names(site) == []
    with clock.at(when):
        await site.minute()
        assert names(site) == [advisory().id]


async def test_a_start_with_nothing_new_writes_nothing_again(site: Site) -> None:
    await save(site, advisory())
    await site.publish_all()
    before = content(site.tree)
    page = site.tree.folder / f"en/advisories/{advisory().id}.html"
    page.unlink()
    await site.publish_all()
    assert not page.exists()
    (site.outlets[OPEN].store.folder / "made-by").unlink()
    await site.publish_all()
    assert content(site.tree) == before


async def test_other_settings_write_everything_anew(site: Site) -> None:
    await save(site, advisory())
    await site.publish_all()
    public = site.outlets[OPEN]
    renamed = public._replace(site=msgspec.structs.replace(public.site, name="Another name"))
    await outlets.publish(site.hub.reports, [renamed], PAGES)
    assert b"Another name" in (site.tree.read("feeds/en/all.atom") or b"")
    assert b"Another name" in (site.tree.read(f"en/advisories/{advisory().id}.html") or b"")


async def test_a_server_signs_what_another_process_has_published(site: Site) -> None:
    await save(site, advisory())

    async def soon(_seconds: float) -> None:
        await asyncio.sleep(0.01)

    server = asyncio.create_task(app.keep_issuing(site, soon))
    try:
        await asyncio.sleep(0.05)
        await outlets.publish(site.hub.reports, site.outlets, PAGES, [advisory().id])
        await until(lambda: site.tree.read(twin.signature_path(advisory().id)))
    finally:
        server.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await server


async def test_a_damaged_catalogue_is_made_good_from_the_database(site: Site) -> None:
    several = [advisory(f"2026-w47-aaaaaaa{number}") for number in range(3)]
    await save(site, *several)
    await site.publish_all()
    before = content(site.tree)
    (site.tree.folder / twin.INDEX_PATH).write_bytes(b"[{")
    await site.minute()
    assert content(site.tree) == before


async def test_a_minute_that_fails_is_logged_and_the_next_one_comes(
    site: Site, clock: Clock, logged: Logged
) -> None:
    catalogue = site.tree.folder / twin.INDEX_PATH
    whole = catalogue.read_bytes()
    catalogue.unlink()
    catalogue.mkdir()
    await save(site, advisory())
    passed = 0

    async def a_minute(_seconds: float) -> None:
        nonlocal passed
        passed += 1
        clock.now += timedelta(minutes=1)
        if passed == 2:
            catalogue.rmdir()
            catalogue.write_bytes(whole)
        if passed == 4:
            raise asyncio.CancelledError

    with contextlib.suppress(asyncio.CancelledError):
        await app.keep_issuing(site, a_minute)
    assert Event.FAULT in logged.events
    assert names(site) == [advisory().id]
