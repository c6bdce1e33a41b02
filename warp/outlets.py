"""
Outlets: brings what coordinators have let out from the database to the trees that readers are served from.

There are two: for everybody, and for members, whose tree holds all that is public, too. Writing a tree is
`warp.issuing`'s; this says what of it has to be written.
"""

import asyncio
import hashlib
from collections.abc import Hashable, Iterable
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


async def publish(reports: Database, outlets: Iterable[Outlet], pages: Pages, names: Iterable[str]) -> None:
    """Write what changes for readers with some advisories."""
    async with reports.read() as connection:
        found = await advisories.versions_of(connection, list(names))
    changed = [issuing.issued(versions) for versions in found]
    if changed:
        for outlet in outlets:
            await asyncio.to_thread(issuing.issue, outlet, pages, changed)


async def publish_all(reports: Database, outlets: Iterable[Outlet], pages: Pages) -> None:
    """Write what readers do not have yet; all of it, if another program or other settings wrote the trees."""
    for outlet in outlets:
        made_by = _made_by(outlet.site)
        if outlet.store.read(_MADE_BY) == made_by:
            await publish(reports, [outlet], pages, await behind(reports, outlet))
            continue
        async with reports.read() as connection:
            known = await advisories.outlines(connection)
        names = [each.id for each in known if issuing.is_for(outlet.site, each)]
        whole = Whole(outlet, pages, frozenset(names))
        for start in range(0, len(names), _AT_ONCE):
            async with reports.read() as connection:
                some = await advisories.versions_of(connection, names[start : start + _AT_ONCE])
            await asyncio.to_thread(whole.write, [issuing.issued(versions) for versions in some])
        await asyncio.to_thread(whole.finish)
        outlet.store.write(_MADE_BY, made_by, newest(outlet.site, []), twin=False)


async def behind(reports: Database, outlet: Outlet) -> list[str]:
    """Give the advisories of which a tree's readers have not what they should: something stopped halfway."""
    async with reports.read() as connection:
        known = await advisories.outlines(connection)
    return await asyncio.to_thread(_behind, outlet, known)


def stamp(outlet: Outlet) -> Hashable:
    """Give what changes whenever advisories have been written to a tree."""
    found = (outlet.tree.folder / twin.INDEX_PATH).stat()
    return found.st_ctime_ns, found.st_ino


def _behind(outlet: Outlet, known: Iterable[Outline]) -> list[str]:
    rows = {each.name: each for each in issuing.read(outlet.tree).advisories}
    found = []
    for each in known:
        row = rows.get(each.id)
        has = None if row is None else (row.current.number, row.buried)
        if has != ((each.version, each.buried) if issuing.is_for(outlet.site, each) else None):
            found.append(each.id)
    return found


def _made_by(site: Site) -> bytes:
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
