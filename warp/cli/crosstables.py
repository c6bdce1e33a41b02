"""Writes what was counted as a cross table: for people, as JSON, as CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import click
import msgspec

from warp import places, taxonomy
from warp.cli.heat import Notes, print_heat
from warp.cli.options import write_json
from warp.crosstab import UNKNOWN, CrossTable, Rows
from warp.lateness import COMPLETE, LEAST_DELAYS, Lateness, is_incomplete
from warp.weeks import Span


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to show."""

    title: str
    rows: Rows
    columns: Span
    table: CrossTable
    cells: Iterable[Mapping[str, object]]
    """The counts as they are stored; they can be gone through once."""
    counted_to: date
    members: Mapping[str, int] | None = None
    """Row to distinct members, if asked for."""
    all_members: int = 0
    delays: Lateness | None = None
    """By occurrence only."""

    def name(self, row: str) -> str:
        """Give the name of a row."""
        named: Callable[[str, str], str] = (
            taxonomy.type_name if self.rows in (Rows.TYPE, Rows.CLASS) else places.place_name
        )
        return named(row, "en")

    def shares(self) -> dict[str, float]:
        """Give the share of each month that has arrived, as far as it can be said."""
        if self.delays is None:
            return {}
        found = {month: self.delays.share(month) for month in self.table.columns if month != UNKNOWN}
        return {month: share for month, share in found.items() if share is not None}


def write_heat(found: Found) -> None:
    """Write a table for people, or say that it is empty."""
    if not found.table.rows:
        click.echo("Nothing of this was counted.")
        return
    shares = found.shares()
    marked = frozenset(month for month, share in shares.items() if is_incomplete(share))
    notes = Notes(
        unit=found.columns,
        members=found.members,
        all_members=found.all_members,
        marked=marked,
        arrived={month: f"{int(share * 100)}%" for month, share in shares.items()} or None,
    )
    click.echo(f"{found.title}\nExact counts, for coordinators only: never publish them.\n")
    print_heat(found.table, found.name, notes)
    for line in _on_delays(found.delays, any_marked=bool(marked)):
        click.echo(line)


def _on_delays(delays: Lateness | None, *, any_marked: bool) -> Iterator[str]:
    """Give what has to be said of how late reports come."""
    if delays is None:
        return
    if delays.observed < LEAST_DELAYS:
        few = f"it takes {LEAST_DELAYS} known delays, there are {delays.observed}"
        yield f"incomplete months are not marked: {few}"
        return
    if any_marked:
        yield f"* incomplete: less than {COMPLETE:.0%} of its reports have probably arrived"
    yield f"arrived by now: estimated from how late {delays.observed} reports came"


def write_csv(found: Found) -> None:
    """Write a table as CSV (RFC 4180); the last line but for shares is the total."""
    text, table = io.StringIO(), found.table
    rows = csv.writer(text)
    members = [] if found.members is None else ["members"]
    rows.writerow([found.rows, "name", *(column or "unknown" for column in table.columns), "total", *members])
    for row in table.rows:
        counted = [] if found.members is None else [found.members.get(row, 0)]
        rows.writerow([row, found.name(row), *table.line(row), table.row_totals[row], *counted])
    counted = [] if found.members is None else [found.all_members]
    rows.writerow(["total", "", *table.margin, table.total, *counted])
    shares = found.shares()
    if shares:
        written = (f"{shares[month]:.3f}" if month in shares else "" for month in table.columns)
        rows.writerow(["arrived by now", "", *written, ""])
    click.echo(text.getvalue(), nl=False)


def write_whole(found: Found) -> None:
    """Write the stored counts, the table with its totals, and how complete its months are, as JSON."""
    table = found.table
    lines = [
        {"code": row, "name": found.name(row), "reports": table.line(row), "total": table.row_totals[row]}
        for row in table.rows
    ]
    whole: dict[str, Any] = {
        "cells": list(found.cells),
        "counted_to": found.counted_to,
        "rows": found.rows,
        "columns": found.columns,
        "periods": table.columns,
        "lines": lines,
        "totals": table.margin,
        "total": table.total,
    }
    if found.members is not None:
        for line in lines:
            line["members"] = found.members.get(str(line["code"]), 0)
        whole["members"] = found.all_members
    if found.delays is not None:
        whole["delays"] = found.delays.observed
        whole["months"] = [
            {"month": month, "arrived": round(share, 3), "incomplete": is_incomplete(share)}
            for month, share in found.shares().items()
        ]
    write_json(whole)
