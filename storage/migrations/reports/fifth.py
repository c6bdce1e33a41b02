"""
Reports of old incidents are counted by day, type and place, so that a batch of them is not taken for a rise.

What was counted before has no such count: it is not known any more which reports were of old incidents.
"""

import sqlalchemy as sa
from alembic import op

revision = "reports_5"
down_revision = "reports_4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "tally_late",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "type", "place"),
        sqlite_with_rowid=False,
    )
