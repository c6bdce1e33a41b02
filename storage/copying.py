"""
Copies some rows of a database into another one, which never holds any others.

What is not copied cannot be found in the copy, in a free page or elsewhere: it was never written there. Rows
lie in the order of their keys. Plain `sqlite3`, because the two files are attached to each other.
"""

import contextlib
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Table


def copy(source: Path, target: Path, tables: Mapping[Table, str]) -> None:
    """
    Copy rows, all from one state of the source, which others may be writing to.

    Args:
        source: The file.
        target: A file whose tables are the same, and empty.
        tables: Table to the SQL condition of the rows to copy.
    """
    with contextlib.closing(sqlite3.connect(source, timeout=60, isolation_level=None)) as connection:
        connection.execute("ATTACH DATABASE ? AS target", (str(target),))
        connection.execute("BEGIN")
        for table, condition in tables.items():
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            rows = f"SELECT {columns} FROM main.{table.name} WHERE {condition}"  # noqa: S608 - our own schema
            connection.execute(f"INSERT INTO target.{table.name} ({columns}) {rows}")
        connection.execute("COMMIT")
