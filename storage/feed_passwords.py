"""
Feed passwords of members, as hashes: who may read what is for members only.

A table apart from the members' credentials, since reading and fetching tokens have nothing in common but the
member. No time of use is kept, and to let somebody read nobody asks whose password it is.
"""

import hashlib

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema

_table = schema.feed_passwords


def digest(password: bytes) -> bytes:
    """
    Give the stored form of a feed password.

    A plain hash is enough: a slow one makes guessing dear, but nobody guesses 128 random bits at any speed. A
    salt would only keep a password from being looked up.
    """
    return hashlib.sha256(b"WARP feed password v1" + password).digest()


async def give(connection: AsyncConnection, member: str, password: bytes) -> bool:
    """
    Give a member a password; one that it had is void at once.

    Returns:
        False when there is no member of this name.
    """
    name = schema.members.c.name
    if (await connection.execute(select(name).where(name == member))).one_or_none() is None:
        return False
    await revoke(connection, member)
    await connection.execute(insert(_table).values(member=member, password=digest(password)))
    return True


async def revoke(connection: AsyncConnection, member: str) -> bool:
    """Delete a member's password; False when it had none."""
    result = await connection.execute(delete(_table).where(_table.c.member == member))
    return result.rowcount == 1


async def is_good(connection: AsyncConnection, password: bytes) -> bool:
    """Say whether a password is some member's."""
    found = select(_table.c.password).where(_table.c.password == digest(password))
    return (await connection.execute(found)).one_or_none() is not None
