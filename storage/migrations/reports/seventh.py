"""
Detection keeps how many cells were unusual in a week, and how many should have been by chance.

And who is behind reports of old incidents is counted apart: it is nobody who is behind a rise of others.
"""

import sqlalchemy as sa
from alembic import op

revision = "reports_7"
down_revision = "reports_6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "calibration",
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("observed", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("variance", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("week", "level"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tally_late_first",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("token_week", sa.Text(), nullable=False),
        sa.Column("first_tokens", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "type", "place", "token_week"),
        sqlite_with_rowid=False,
    )
