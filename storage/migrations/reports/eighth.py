"""
Advisories have a life after publication, and readers get what was last let out, whatever is being written.

So the status stands in a column of its own. What was published before is version 1 of what it says.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "reports_8"
down_revision = "reports_7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table anew, and put into it what the old one holds."""
    found = op.get_bind().execute(sa.text("SELECT * FROM advisories")).mappings().all()
    kept = [_kept(row["id"], row["revision"], json.loads(row["document"])) for row in found]
    op.drop_table("advisories")
    table = op.create_table(
        "advisories",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", "revision"),
        sqlite_with_rowid=False,
    )
    op.create_index("advisories_statuses", "advisories", ["id", "revision", "status"])
    op.bulk_insert(table, kept)


def _kept(identifier: str, number: int, document: dict[str, Any]) -> dict[str, Any]:
    if document["status"] == "published":
        document["version"] = 1
    return {
        "id": identifier,
        "revision": number,
        "status": document["status"],
        "document": json.dumps(document, ensure_ascii=False),
    }
