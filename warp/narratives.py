"""
Narratives leave the server sealed, and come back sealed anew after a coordinator's key was replaced.

Between the inbox and the folder in which they are carried. The server opens none of them: it takes back what
has the form of a narrative and is sealed to as many keys as there are coordinators, in the place of the one
that it was. What a narrative says, only a coordinator could have changed.
"""

from pathlib import Path
from typing import NamedTuple

from keys import age
from storage import coordinators, inbox
from warp import export
from warp.export import BadFolder
from warp.release import Hub


async def carry_out(hub: Hub, folder: Path, root: bytes) -> int:
    """Write all narratives and the present coordinators' keys into a folder; gives how many narratives."""
    async with hub.reports.read() as connection:
        kept = await inbox.everything(connection)
    return export.write(folder, kept, await _recipients(hub), root)


class Back(NamedTuple):
    """What came of taking a folder back: numbers of narratives."""

    replaced: int
    unchanged: int
    not_in_the_inbox: int
    """Retention has deleted them meanwhile, or they never were."""


async def take_back(hub: Hub, folder: Path) -> Back:
    """
    Put narratives that were sealed anew in the place of the old ones, which then are in the database no more.

    Raises:
        BadFolder: a file is no narrative or is sealed to another number of keys, or the coordinators' keys
            have changed since the export. Then nothing is replaced.
    """
    narratives = [export.parse(carried) for carried in export.read(folder)]
    recipients = await _recipients(hub)
    if sorted(export.read_recipients(folder)) != recipients:
        raise BadFolder(
            "the coordinators' keys have changed since this was exported: export and reseal again"
        )
    async with hub.reports.write() as connection:
        old = {(each.id, each.week): each for each in await inbox.everything(connection)}
        kept = [each for each in narratives if (each.id, each.week) in old]
        changed = [each for each in kept if each != old[each.id, each.week]]
        for each in changed:
            if age.recipients(each.narrative) != len(recipients):
                raise BadFolder(
                    f"{export.name(each)}.age is sealed to more or fewer keys than there are coordinators"
                )
            await inbox.reseal(connection, each)
    if changed:
        await hub.rewrite(hub.reports.path)
    return Back(len(changed), len(kept) - len(changed), len(narratives) - len(kept))


async def _recipients(hub: Hub) -> list[str]:
    async with hub.identity.read() as connection:
        return sorted((await coordinators.everyone(connection)).values())
