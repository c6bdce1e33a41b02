"""
Naming: which places an advisory may name that came of members' reports.

Between advising, which asks at each change of a place, and `warp.disclosure`, which knows the rule. What
nobody's reports gave rise to names what its author likes.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import advisories, members, signals
from storage.database import Database
from warp import disclosure
from warp.advisory import Advisory
from warp.policies import Policy
from warp.stages import NotPossible


async def require_nameable(
    identity: Database, reports: AsyncConnection, advisory: Advisory, policy: Policy
) -> None:
    """
    Let what came of reports name only a place where enough members could have been the source.

    Raises:
        NotPossible: too few could have; says what to name instead.
    """
    if not await _is_of_a_signal(reports, advisory):
        return
    async with identity.read() as connection:
        by_place = await members.by_place(connection)
    wider = disclosure.place_to_name(advisory.place, by_place, policy)
    if wider != advisory.place:
        instead = wider or "everywhere (an empty place)"
        raise NotPossible(f"place: too few members there could have been the source; name {instead}")


async def _is_of_a_signal(reports: AsyncConnection, advisory: Advisory | None) -> bool:
    """Say whether reports gave rise to it, or to a warning whose place it takes."""
    while advisory is not None:
        if await signals.of_advisory(reports, advisory.id):
            return True
        advisory = await advisories.latest(reports, advisory.escalates)
    return False
