"""Coordinators: their names and the public keys that narratives are sealed to."""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from storage.members import NameTaken

_table = schema.coordinators


async def add(connection: AsyncConnection, name: str, recipient: str) -> None:
    """
    Add a coordinator.

    Raises:
        NameTaken: there is one of this name.
    """
    try:
        await connection.execute(insert(_table).values(name=name, recipient=recipient))
    except IntegrityError as error:
        raise NameTaken("a coordinator of this name exists already") from error


async def replace(connection: AsyncConnection, name: str, recipient: str) -> bool:
    """Give a coordinator another key; False when there is none of this name."""
    statement = update(_table).where(_table.c.name == name).values(recipient=recipient)
    return (await connection.execute(statement)).rowcount == 1


async def everyone(connection: AsyncConnection) -> dict[str, str]:
    """Give name to recipient, by name."""
    rows = await connection.execute(select(_table.c.name, _table.c.recipient).order_by(_table.c.name))
    return dict(rows.all())


async def remove(connection: AsyncConnection, name: str) -> bool:
    """Delete a coordinator; False when there is none of this name."""
    return (await connection.execute(delete(_table).where(_table.c.name == name))).rowcount == 1
