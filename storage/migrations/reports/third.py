"""
Figures belong to a week, a month or a quarter from now on, and are a sure number without a band of their own.

What is published stays: a figure keeps the number that it said was surely true.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "reports_3"
down_revision = "reports_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rewrite the closed weeks in the new form."""
    connection = op.get_bind()
    old = connection.execute(sa.text("SELECT week, release FROM figures")).all()
    op.drop_table("figures")
    new = op.create_table(
        "figures",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("period"),
        sqlite_with_rowid=False,
    )
    rows = [{"period": week, "release": _new_form(week, release)} for week, release in old]
    if rows:
        op.bulk_insert(new, rows)


def _new_form(week: str, release: str) -> str:
    cells = json.loads(release)["cells"]
    for cell in cells:
        cell["figure"] = {"at_least": cell["figure"]["at_least"]}
    return json.dumps({"period": week, "cells": cells, "policy": _POLICY})


_POLICY = {
    "preset": "standard",
    "reports": 5,
    "members": 3,
    "reports_per_member": 3,
    "places": 3,
    "types": 2,
    "members_to_name_a_place": 5,
}
"""What surely stood behind every figure of before, too."""
