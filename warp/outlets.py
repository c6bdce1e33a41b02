"""
Outlets: brings what coordinators have let out from the database to the trees that readers are served from.

There are two: for everybody, and for members, whose tree holds all that is public, too. Writing a tree is
`warp.issuing`'s; this says what of it has to be written.
"""

import asyncio
import hashlib
from collections.abc import Hashable, Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import msgspec

from feeds import twin
from feeds.entry import Site
from storage import advisories
from storage.advisories import Outline
from storage.database import Database
from warp import issuing
from warp.advisory import MEMBERS_TLP
from warp.issuing import Outlet, Whole
from warp.publication import Pages, Tree, newest

_MADE_BY = "made-by"
"""Name of the file, beside the kept entries, that says which program and settings have written a tree."""
_AT_ONCE = 200
"""Advisories in memory at a time: with all their texts they take more of it than all else."""
_SOURCES = ("*.py", "*.html", "*.css")


def of_site(data: Path, public: Site) -> tuple[Outlet, Outlet]:
    """Give the outlets in a data folder: for everybody, and for members."""
    members = msgspec.structs.replace(
        public, url=f"{public.url}/members", allowed=MEMBERS_TLP, hub="", public_url=public.url
    )
    return (
        Outlet(Tree(data / "public"), public, Tree(data / "entries" / "public")),
        Outlet(Tree(data / "members"), members, Tree(data / "entries" / "members")),
    )


async def publish(
    reports: Database, outlets: Iterable[Outlet], pages: Pages, names: Iterable[str] = ()
) -> set[str]:
    """
    Write what changes for readers with some advisories, and what a stop kept from them before.

    So nothing comes out after what is dated later. A tree that another program or other settings have written
    is written anew.

    Returns:
        The advisories of which something was written.
    """
    names, done = [*names], set()
    async with reports.read() as connection:
        known = await advisories.outlines(connection)
    for outlet in outlets:
        if _is_of_another(outlet):
            done |= await _publish_whole(reports, outlet, pages, known)
            continue
        wanted = {*names, *await asyncio.to_thread(_behind, outlet, known)}
        async with reports.read() as connection:
            found = await advisories.versions_of(connection, sorted(wanted))
        if found:
            changed = [issuing.issued(versions) for versions in found]
            await asyncio.to_thread(issuing.issue, outlet, pages, changed)
            done |= wanted
    return done


def _is_of_another(outlet: Outlet) -> bool:
    return outlet.store.read(_MADE_BY) != made_by(outlet.site)


async def _publish_whole(
    reports: Database, outlet: Outlet, pages: Pages, known: Sequence[Outline]
) -> set[str]:
    names = [each.id for each in known if issuing.is_for(outlet.site, each)]
    whole = Whole(outlet, pages, frozenset(names))
    for start in range(0, len(names), _AT_ONCE):
        async with reports.read() as connection:
            some = await advisories.versions_of(connection, names[start : start + _AT_ONCE])
        await asyncio.to_thread(whole.write, [issuing.issued(versions) for versions in some])
    await asyncio.to_thread(whole.finish)
    outlet.store.write(_MADE_BY, made_by(outlet.site), newest(outlet.site, []), twin=False)
    return set(names)


def stamp(outlet: Outlet) -> Hashable:
    """Give what changes whenever advisories have been written to a tree."""
    found = (outlet.tree.folder / twin.INDEX_PATH).stat()
    return found.st_ctime_ns, found.st_ino


def _behind(outlet: Outlet, known: Iterable[Outline]) -> list[str]:
    """Give the advisories of which a tree's readers have not what they should: something stopped halfway."""
    rows = {each.name: each for each in issuing.read(outlet.tree).advisories}
    found = []
    for each in known:
        row = rows.get(each.id)
        has = None if row is None else (row.current.number, row.buried)
        if has != ((each.version, each.buried) if issuing.is_for(outlet.site, each) else None):
            found.append(each.id)
    return found


def made_by(site: Site) -> bytes:
    """Give what says which program, and which settings, write a tree."""
    # Sorted, since a set of labels has another order in each process.
    allowed = sorted(site.allowed)
    settings = msgspec.json.encode((site.name, site.url, site.languages, site.created, allowed, site.hub))
    return hashlib.sha256(_program() + settings).hexdigest().encode()


@cache
def _program() -> bytes:
    """Give the hash of all that decides how a tree is written."""
    digest = hashlib.sha256()
    for package in ("feeds", "handlers", "warp"):
        folder = Path(str(resources.files(package)))
        for path in sorted(path for kind in _SOURCES for path in folder.rglob(kind)):
            digest.update(path.read_bytes())
    return digest.digest()
