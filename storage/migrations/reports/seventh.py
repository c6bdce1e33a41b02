"""Detection keeps how many cells were unusual in a week, and how many should have been by chance."""

import sqlalchemy as sa
from alembic import op

revision = "reports_7"
down_revision = "reports_6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty."""
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
