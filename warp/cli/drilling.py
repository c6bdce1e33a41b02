"""The command that rehearses: a drill beside a site, from test reports to the drill feed."""

import asyncio
import math
import signal
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, TextColumn

from warp import drill
from warp.cli.options import asynchronous, data_option, json_option, write_json, write_table
from warp.drill import Outcome
from warp.rehearsal import Audience
from warp.scenario import Scenario, read
from warp.site import present

_STOPS = (signal.SIGTERM, signal.SIGHUP)


@click.command(name="drill")
@data_option
@click.option(
    "--scenario",
    "scenario_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="What is rehearsed, in TOML; phishing in four countries unless given.",
)
@click.option(
    "--speed",
    default=60,
    show_default=True,
    type=click.IntRange(1, 3600),
    help="How fast the drill's clock runs; at 60, an hour takes a minute.",
)
@click.option("--fast", is_flag=True, help="Wait for nothing; the clock leaps from one report to the next.")
@click.option(
    "--as",
    "actors",
    multiple=True,
    metavar="NAME",
    help="Who takes the draft over, then who approves it; without, the coordinators do so by command.",
)
@click.option("--clear", is_flag=True, help="Hold no drill, but empty the drill feed.")
@json_option
@asynchronous
async def drill_command(
    data: Path,
    scenario_file: Path | None,
    speed: int,
    actors: Sequence[str],
    *,
    fast: bool,
    clear: bool,
    as_json: bool,
) -> None:
    """
    Rehearse: test reports go the whole way, on a site of their own, and end as a warning in the drill feed.

    Nothing of it is counted, and no other feed, page or figure changes. The present week is played from
    Monday on. When a draft is there, the coordinators have it to themselves until one has approved it.

    \b
    Examples:
      warp drill --data site
      warp drill --data site --scenario wave.toml --speed 600 --as ana --as luis
      warp drill --data site --clear
    """
    if clear and (actors or fast or scenario_file):
        raise click.UsageError("--clear holds no drill; give it alone")
    if fast and _given("speed"):
        raise click.UsageError("--fast waits for nothing; leave --speed out")
    if clear:
        _say_cleared(await drill.clear(data), as_json=as_json)
        return
    scenario = read(scenario_file) if scenario_file else Scenario()
    outcome = await _hold(data, scenario, actors, 0 if fast else speed, as_json=as_json)
    if as_json:
        write_json(outcome)
    else:
        _show(outcome)


def _given(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is click.core.ParameterSource.COMMANDLINE


async def _hold(
    data: Path, scenario: Scenario, actors: Sequence[str], speed: int, *, as_json: bool
) -> Outcome:
    """Hold the drill; whatever stops it, its folder goes first."""
    task = asyncio.current_task()
    for number in _STOPS:
        asyncio.get_running_loop().add_signal_handler(number, task.cancel if task else lambda: None)
    console = Console(stderr=as_json)
    silent = as_json or not console.is_terminal
    with Progress(TextColumn("{task.description}"), console=console, transient=True, disable=silent) as show:
        line = show.add_task("")

        def say(text: str) -> None:
            show.update(line, description="")
            console.print(text, markup=False, highlight=False, soft_wrap=True)

        def wait(now: datetime, until: datetime) -> None:
            left = math.ceil((until - now).total_seconds() / speed)
            show.update(line, description=f"{now:%a %H:%M}, and nothing until {until:%a %H:%M} ({left} s)")

        try:
            return await drill.hold(data, scenario, actors, speed, Audience(say, wait), present)
        except asyncio.CancelledError:
            raise click.exceptions.Abort from None


def _say_cleared(gone: int, *, as_json: bool) -> None:
    if as_json:
        write_json({"removed": gone})
    else:
        click.echo(
            f"The drill feed is empty; {gone} rehearsed {'warning' if gone == 1 else 'warnings'} removed."
        )


def _show(outcome: Outcome) -> None:
    rows = [(step.what, f"{step.at:%a %H:%M}", f"{step.seconds:.1f} s") for step in outcome.steps]
    click.echo("")
    write_table(outcome.scenario, ("what", "by the drill's clock", "after"), rows, "Nothing happened.")
    click.echo(f"\n{outcome.title}\n  {outcome.page}")
    for address in outcome.feeds:
        click.echo(f"  {address}")


COMMANDS: list[click.Command] = [drill_command]
