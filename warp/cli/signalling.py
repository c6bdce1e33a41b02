"""Commands of a coordinator who looks at signals: list, show, watch, dismiss, close and reopen them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from storage import advisories, checks, counted, members, signals
from warp import calibration, detection, disclosure, following, signal_chart
from warp.cli import signal_lines
from warp.cli.options import (
    as_option,
    asynchronous,
    data_option,
    json_option,
    say_if_drill,
    write_json,
)
from warp.cli.signal_lines import Draft
from warp.life import Kept
from warp.signal import State
from warp.site import Site, open_site, present
from warp.weeks import Period, Week

F = TypeVar("F", bound=Callable[..., Any])
_GIVEN = click.core.ParameterSource.COMMANDLINE
_reason_option = click.option("--reason", required=True, help="Why, in one line; it is kept.")
_id_argument = click.argument("identifier", metavar="ID")


def _listing(function: F) -> F:
    """Give a command the filters of the list."""
    for option in (
        json_option,
        click.option("--all", "settled", is_flag=True, help="Also those dismissed and closed."),
        click.option("--state", type=click.Choice([str(state) for state in State]), help="Only these."),
        click.option("--week", callback=_period, help="Only those last judged in this week."),
    ):
        function = option(function)
    return function


def _period(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    try:
        return None if text is None else str(Period.parse(text))
    except ValueError:
        raise click.BadParameter("a week is written like 2026-W47, an occurrence's month 2026-11") from None


@click.group(name="signals", invoke_without_command=True)
@click.option(
    "--data",
    envvar="WARP_DATA",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The site's data folder; or set WARP_DATA.",
)
@_listing
@click.pass_context
def signals_group(context: click.Context, /, data: Path | None, **asked: Any) -> None:
    """
    Show what is unusual, and say what comes of it. Without a command: list.

    For coordinators only: the counts are exact.

    \b
    Example:
      warp signals --data site
    """
    if context.invoked_subcommand is None:
        context.invoke(list_signals, data=_required(context, data), **asked)
    elif any(context.get_parameter_source(name) is _GIVEN for name in context.params):
        raise click.UsageError("options stand behind the command: warp signals list --all")


def _required(context: click.Context, data: Path | None) -> Path:
    if data is None:
        option = next(each for each in context.command.params if each.name == "data")
        raise click.MissingParameter(ctx=context, param=option)
    return data


@signals_group.command(name="list")
@data_option
@_listing
@asynchronous
async def list_signals(
    data: Path, week: str | None, state: str | None, *, settled: bool, as_json: bool
) -> None:
    """
    List signals, latest week first; those dismissed and closed only if asked for.

    \b
    Examples:
      warp signals list --data site
      warp signals list --state dismissed --data site
    """
    async with open_site(data) as site, site.hub.reports.read() as connection:
        kept = await signals.everything(connection, week)
    if state is not None:
        kept = [each for each in kept if each.state == state]
    elif not settled:
        kept = [each for each in kept if not each.settled]
    if as_json:
        write_json({"signals": [_plain(each) for each in kept]})
        return
    say_if_drill(site.settings)
    if not kept:
        click.echo("No signals.")
    for each in kept:
        for line in signal_lines.entry(each):
            click.echo(line)


@signals_group.command()
@data_option
@json_option
@asynchronous
async def check(data: Path, *, as_json: bool) -> None:
    """
    Say whether detection can be trusted: what it was set to, and how its last year went.

    \b
    Example:
      warp signals check --data site
    """
    async with open_site(data) as site, site.hub.reports.read() as connection:
        today = present().date()
        counts = await counted.weekly(connection, today, detection.HISTORY_WEEKS)
        first = Week.of(today).plus(-calibration.CHECKED_WEEKS)
        levels = calibration.of(await checks.since(connection, str(first)))
        settings = site.settings
    rules = settings.thresholds
    by_chance = detection.false_alarms_a_year(counts, rules)
    if as_json:
        write_json(
            {
                "false_alarms_a_week": settings.false_alarms_a_week,
                "levels": levels,
                "thresholds": [
                    {**msgspec.structs.asdict(rule), "false_alarms_a_year": rate}
                    for rule, rate in zip(rules, by_chance, strict=True)
                ],
            }
        )
        return
    for line in signal_lines.check(
        settings.false_alarms_a_week, levels, list(zip(rules, by_chance, strict=True))
    ):
        click.echo(line)


def _plain(kept: Kept) -> dict[str, Any]:
    """Give a signal for scripts."""
    life = {"id": kept.id, "state": kept.state, "advisory": kept.advisory, "steps": kept.steps}
    return life | msgspec.structs.asdict(kept.signal)


@signals_group.command()
@_id_argument
@data_option
@json_option
@click.option(
    "--chart",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.svg",
    help="Write the chart to a new file, too.",
)
@asynchronous
async def show(identifier: str, data: Path, chart: Path | None, *, as_json: bool) -> None:
    """
    Explain a signal: its numbers, a chart, its life, its draft, and what can be done next.

    \b
    Example:
      warp signals show k3v9q2xd --data site --chart rise.svg
    """
    async with open_site(data) as site:
        async with site.hub.reports.read() as connection:
            kept = await signals.by_id(connection, identifier)
        if kept is None:
            raise click.ClickException("there is no signal with this id; see: warp signals list --all")
        draft = await _draft(site, kept)
    if chart is not None:
        chart.touch(mode=0o600, exist_ok=False)
        chart.write_text(signal_chart.svg(kept.signal), encoding="utf-8")
    if as_json:
        write_json(_plain(kept))
        return
    say_if_drill(site.settings)
    for line in signal_lines.lines(kept, draft):
        click.echo(line)
    if chart is not None:
        click.echo(f"The chart is in {chart}. Its counts are exact: for coordinators only.")


@signals_group.command()
@_id_argument
@data_option
@json_option
@asynchronous
async def again(identifier: str, data: Path, *, as_json: bool) -> None:
    """
    Judge a signal's week again, from the stored counts up to its day and by its own settings.

    \b
    Example:
      warp signals again k3v9q2xd --data site
    """
    async with open_site(data) as site:
        kept, now = await following.again(site.hub, identifier)
    if as_json:
        write_json({"same": now == kept.signal, "then": kept.signal, "now": now})
        return
    for line in signal_lines.again(kept, now):
        click.echo(line)


async def _draft(site: Site, kept: Kept) -> Draft | None:
    async with site.hub.reports.read() as connection:
        found = await advisories.latest(connection, kept.advisory or "")
    async with site.hub.identity.read() as connection:
        by_place = await members.by_place(connection)
    if found is None:
        return None
    return Draft(found, disclosure.place_to_name(kept.signal.place, by_place, site.settings.policy))


@signals_group.command()
@_id_argument
@data_option
@as_option
@asynchronous
async def watch(identifier: str, data: Path, name: str) -> None:
    """
    Say that you keep an eye on a new signal; its draft stays as it is.

    \b
    Example:
      warp signals watch k3v9q2xd --as ana --data site
    """
    async with open_site(data) as site:
        await following.watch(site.hub, identifier, name, present())
    click.echo(f"{identifier} is watched. Next: its draft, or: warp signals dismiss {identifier}")


@signals_group.command()
@_id_argument
@data_option
@as_option
@_reason_option
@asynchronous
async def dismiss(identifier: str, data: Path, name: str, reason: str) -> None:
    """
    Say that a signal is a false alarm. A draft that only the machine has written goes with it.

    It stays dismissed while the event goes on, unless that becomes ten times as rare by chance.

    \b
    Example:
      warp signals dismiss k3v9q2xd --as ana --reason "an exercise of the national CSIRT" --data site
    """
    async with open_site(data) as site:
        done = await following.dismiss(site.hub, identifier, name, reason, present())
    click.echo(f"{identifier} is dismissed.")
    if done.deleted:
        click.echo(f"The machine's draft {done.deleted} is deleted.")
    if done.left:
        who = f"{done.left.author} answers for it" if done.left.author else "another signal shares it"
        click.echo(f"{done.left.id} stays as it is ({done.left.status}): {who}.")


@signals_group.command()
@_id_argument
@data_option
@as_option
@click.option("--reason", default="", help="Why, in one line; it is kept.")
@asynchronous
async def close(identifier: str, data: Path, name: str, reason: str) -> None:
    """
    Say that nothing more is to be done about a signal; a draft of it stays.

    \b
    Example:
      warp signals close k3v9q2xd --as ana --reason "told the banks by telephone" --data site
    """
    async with open_site(data) as site:
        await following.close(site.hub, identifier, name, reason, present())
    click.echo(f"{identifier} is closed.")


@signals_group.command()
@_id_argument
@data_option
@as_option
@_reason_option
@asynchronous
async def reopen(identifier: str, data: Path, name: str, reason: str) -> None:
    """
    Take a dismissed or closed signal up again; without a draft it gets one at the next release.

    \b
    Example:
      warp signals reopen k3v9q2xd --as ana --reason "it was no exercise" --data site
    """
    async with open_site(data) as site:
        kept = await following.reopen(site.hub, identifier, name, reason, present())
    click.echo(f"{identifier} is {kept.state} again.")


COMMANDS: list[click.Command] = [signals_group]
