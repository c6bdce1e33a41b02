"""What several commands share: where the data is, output as JSON, and tables for people."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
import msgspec
from rich.console import Console
from rich.table import Table

from warp.config import Config

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


_WHOLE = frozenset({"day", "draft", "id", "period", "week"})
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


def quoted(text: str) -> str:
    """Give a stranger's text with each line set in, so that none looks like one of the program's own."""
    return "\n".join(f"    {line}" for line in printable(text).split("\n"))


def run_until_stopped(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run what serves until SIGTERM or Ctrl-C ends it."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_until_stopped(work))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Give uvloop where it exists: it answers with less work than the standard loop."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _until_stopped(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    task = asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel if task else lambda: None)
    try:
        await work()
    except asyncio.CancelledError:
        return


def say_if_drill(settings: Config) -> None:
    """Begin what people read with what it is, on the site of a drill: copied elsewhere it looks like any."""
    if settings.of_drill:
        click.echo("DRILL: nothing of this has happened.")


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
