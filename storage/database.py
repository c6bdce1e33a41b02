"""
Opens a database so that it forgets what it is told to forget.

SQLite in write-ahead mode with full synchronisation and secure deletion: an answered report survives a
power cut, and a deleted row is overwritten. What pages and the log still tell, `storage.rewriting` ends.
File times are set to a constant after each write, because the time of a file is the time of the last report.
Statement values never reach a log.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import rewriting

_PATIENCE_SECONDS = 60
"""Wait so long for another writer."""
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {_PATIENCE_SECONDS * 1000}",
    "PRAGMA cache_size = -4000",
)


class Database:
    """One SQLite file; several processes may hold it open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._readers = self._engine()
        # One connection writes: each time another one does, SQLite raises the change counter in the file's
        # header, and with several that take turns it would count the reports.
        self._writer = self._engine(pool_size=1, max_overflow=0, pool_timeout=_PATIENCE_SECONDS)

    def _engine(self, **pool: int) -> AsyncEngine:
        engine = create_async_engine(f"sqlite+aiosqlite:///{self.path}", hide_parameters=True, **pool)
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
        return engine

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose statements all see one state."""
        async with self._readers.connect() as connection, connection.begin():
            yield connection

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """
        Give a connection that alone may write.

        Leaving the block commits durably; an exception leaves the database as it was.
        """
        async with self._writer.connect() as connection:
            await connection.execution_options(warp_begin="BEGIN IMMEDIATE")
            async with connection.begin():
                yield connection
        rewriting.hide_times(self.path)

    async def close(self) -> None:
        """Let go of the file; the last process to do so removes the write-ahead log."""
        await self._readers.dispose()
        await self._writer.dispose()
        rewriting.hide_times(self.path)


async def open_database(path: Path, name: str) -> Database:
    """
    Open a database file, creating it where there is none, and bring its tables up to date.

    Args:
        path: The file; made readable for its owner only.
        name: Which migrations it follows, `identity` or `reports`.
    """
    path.touch(mode=0o600, exist_ok=True)
    database = Database(path)
    async with database.write() as connection:
        await connection.run_sync(_migrate, name)
    return database


def _migrate(connection: Connection, name: str) -> None:
    config = Config()
    scripts = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("version_locations", str(scripts / name))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _prepare(dbapi_connection: Any, _record: object) -> None:
    # The driver would open transactions by itself and late; _begin opens each one explicitly.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    statement = connection.get_execution_options().get("warp_begin", "BEGIN")
    if statement:
        connection.exec_driver_sql(statement)
