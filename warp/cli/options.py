"""What several commands share: where the data is, output as JSON, and tables for people."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
import msgspec
from rich.console import Console
from rich.table import Table

P = ParamSpec("P")
R = TypeVar("R")

data_option = click.option(
    "--data",
    envvar="WARP_DATA",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The site's data folder; or set WARP_DATA.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for scripts.")
as_option = click.option("--as", "name", required=True, metavar="NAME", help="The coordinator who acts.")


_WHOLE = frozenset({"day", "draft", "id", "week"})
"""Columns that are read back to the command line, so they are never cut."""


def asynchronous(function: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, R]:
    """Let a coroutine be a command."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return asyncio.run(function(*args, **kwargs))

    return run


def printable(text: str) -> str:
    """Give a stranger's text without the characters that steer a terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)


def write_json(value: object) -> None:
    """Write a value as indented JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def write_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Write rows for people, or say why there are none."""
    if not rows:
        click.echo(empty)
        return
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column in _WHOLE)
    for row in rows:
        table.add_row(*(str(value) for value in row))
    Console().print(table)
