"""
The delays of reports are counted, so that it can be seen how complete recent months of occurrence are.

What was counted before has no delay: it is not known any more when a report of an earlier month was released.
"""

import sqlalchemy as sa
from alembic import op

revision = "reports_4"
down_revision = "reports_3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "tally_delay",
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("delay", sa.Text(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "delay"),
        sqlite_with_rowid=False,
    )
