"""Commands about what is published of the counts: figures of closed periods, and the policy behind them."""

from pathlib import Path

import click
import msgspec

from feeds import figures, ladder
from feeds.figures import Closed
from storage import figures as stored
from warp.cli.options import asynchronous, data_option, json_option, write_json, write_table
from warp.disclosure import Release
from warp.policies import PRESETS, Policy
from warp.site import Site, open_site
from warp.weeks import Period, Span

_LANGUAGE = "en"


@click.command(name="figures")
@data_option
@click.option("--period", help="Like 2026-W47, 2026-11 or 2026-Q4; the last closed one unless given.")
@click.option(
    "--span", type=click.Choice([span.value for span in Span]), help="List the closed periods of this length."
)
@click.option("--csv", "as_csv", is_flag=True, help="Write the published CSV of the period.")
@json_option
@asynchronous
async def figures_command(
    data: Path, period: str | None, span: str | None, *, as_csv: bool, as_json: bool
) -> None:
    """
    Show the published figures of a closed week, month or quarter, or list what is closed.

    \b
    Examples:
      warp figures --data site --period 2026-Q4 --csv
      warp figures --data site --span month
    """
    if period is not None and span:
        raise click.UsageError("--span lists all periods of a length; leave out --period")
    if period is not None:
        _check_period(period)
    if as_csv and (span or as_json):
        raise click.UsageError("--csv writes one period; leave out --span and --json")
    async with open_site(data) as site:
        async with site.hub.reports.read() as connection:
            releases = await stored.everything(connection)
        if span is not None:
            _list(
                [each for each in releases if Period.parse(each.period).span == span], span, as_json=as_json
            )
        else:
            _show(site, _chosen(releases, period), as_csv=as_csv, as_json=as_json)


def _check_period(text: str) -> None:
    try:
        Period.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--period") from None


def _chosen(releases: list[Release], period: str | None) -> Release:
    found = [each for each in releases if period in (None, each.period)]
    if not found:
        raise click.ClickException(f"{period} is not closed" if period else "no week has closed yet")
    return found[-1]


def _list(releases: list[Release], span: str, *, as_json: bool) -> None:
    listed = [(each.period, Period.parse(each.period), len(each.cells)) for each in reversed(releases)]
    if as_json:
        write_json(
            {
                "periods": [
                    {"period": name, "first_day": of.first.monday, "last_day": of.last.sunday, "cells": cells}
                    for name, of, cells in listed
                ]
            }
        )
        return
    notes = {each.period: Closed(each).note for each in releases}
    rows = [(name, of.first.monday, of.last.sunday, cells or notes[name]) for name, of, cells in listed]
    write_table(f"Closed {span}s", ("period", "from", "to", "figures"), rows, f"No {span} has closed yet.")


def _show(site: Site, release: Release, *, as_csv: bool, as_json: bool) -> None:
    closed = Closed(release)
    if as_csv:
        click.echo(figures.as_csv(site.publisher, closed).decode(), nl=False)
    elif as_json:
        click.echo(figures.as_json(site.publisher, closed).decode(), nl=False)
    else:
        rows = [
            (
                figures.type_label(cell.type, _LANGUAGE),
                figures.place_label(cell.place, _LANGUAGE),
                f"at least {cell.figure.at_least}",
            )
            for cell in figures.ordered(release.cells)
        ]
        nothing = f"{release.period}: {closed.note}."
        write_table(f"Figures of {release.period}", ("type", "place", "reports"), rows, nothing)


@click.command(name="policy")
@data_option
@json_option
@asynchronous
async def policy_command(data: Path, *, as_json: bool) -> None:
    """
    Show the rules of publication that are set, and what each step of the ladder needs.

    \b
    Example:
      warp policy --data site
    """
    async with open_site(data) as site:
        policy = site.settings.policy
    if as_json:
        preset = PRESETS[policy.preset]
        settings = msgspec.to_builtins(policy)
        write_json(
            {"policy": settings, "why": preset.why, "risk": preset.risk, "ladder": figures.ladder(policy)}
        )
        return
    click.echo("\n".join(_explained(policy)))


def _explained(policy: Policy) -> list[str]:
    words = ladder.LADDERS[_LANGUAGE]
    return [
        f"Preset: {policy.preset}. {words.why[policy.preset]}",
        "",
        "A report is counted in the first of these cells that has enough:",
        *(f"  - {sentence}" for sentence in ladder.sentences(policy, _LANGUAGE)),
        "",
        *ladder.terms(policy, _LANGUAGE),
        f"A warning names a place only if it has at least {policy.members_to_name_a_place} members.",
    ]


COMMANDS: list[click.Command] = [figures_command, policy_command]
