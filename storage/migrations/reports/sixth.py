"""
A signal becomes an event with a life: its verdicts follow each other, and coordinators say what comes of it.

What was kept before is taken over as far as it goes. An old verdict has no band, so all counts below its
bound are given as usual; its state is that of its advisory, and the week of a step that of the verdict.
"""

import json
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "reports_6"
down_revision = "reports_5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table anew, and put into it what the old one holds."""
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT * FROM signals")).mappings().all()
    kept = [_kept(dict(row), _advisory(connection, row["advisory"])) for row in found]
    op.drop_table("signals")
    table = op.create_table(
        "signals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("advisory", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.bulk_insert(table, kept)


def _advisory(connection: sa.Connection, wanted: str | None) -> dict[str, Any] | None:
    """Give the last revision of an advisory."""
    statement = sa.text("SELECT document FROM advisories WHERE id = :id ORDER BY revision DESC LIMIT 1")
    document = connection.execute(statement, {"id": wanted}).scalar()
    return None if document is None else dict(json.loads(document))


def _kept(old: dict[str, Any], advisory: dict[str, Any] | None) -> dict[str, Any]:
    verdict = _verdict(old)
    steps = [_step(old["week"], "new"), *_since(old["week"], advisory)]
    return {
        "id": old["id"],
        "week": verdict["week"],
        "type": verdict["type"],
        "place": verdict["place"],
        "kind": verdict["kind"],
        "state": steps[-1]["state"],
        "advisory": old["advisory"],
        "verdict": json.dumps(verdict),
        "steps": json.dumps(steps),
    }


def _since(week: str, advisory: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Give the step that the state of an advisory shows."""
    if advisory is None or not advisory["author"]:
        return []
    if advisory["status"] == "published":
        return [_step(week, "closed", advisory["approver"], "published")]
    return [_step(week, "drafted", advisory["author"])]


def _step(week: str, state: str, by: str = "", reason: str = "") -> dict[str, Any]:
    return {"week": week, "state": state, "by": by, "reason": reason, "once_in_weeks": None}


def _verdict(old: dict[str, Any]) -> dict[str, Any]:
    year, _, number = old["week"].partition("-W")
    of_a_rule = old["method"] == "threshold"
    # A rule without a place is one for everywhere; a cell without one is that of the unknown place.
    place = (old["place"] or "001") if of_a_rule else old["place"]
    copied = (
        "week",
        "type",
        "method",
        "observed",
        "expected",
        "bound",
        "p_value",
        "members",
        "history_weeks",
    )
    return {name: old[name] for name in copied} | {
        "day": date.fromisocalendar(int(year), int(number), 7).isoformat(),
        "place": place,
        "kind": "threshold" if of_a_rule else "rise",
        "level": "type" if place == "001" else "area" if place.isdecimal() else "cell",
        "window_weeks": 1,
        "low": 0.0,
        "high": old["bound"],
        "q_value": None,
        "once_in_weeks": None,
        "borrowed": 0.0,
        "elapsed": 1.0,
        "late": 0,
        "parts": [],
        "points": [],
        "detector": "threshold" if of_a_rule else "ears-c2",
        "parameters": {"reports": old["bound"]} if of_a_rule else {"deviations": 3.0},
        "why": old["why"],
    }
