"""
Figures belong to a week, a month or a quarter from now on.

The weekly figures of before are not kept: no released version made any, and their rule gave away more than is
promised now.
"""

import sqlalchemy as sa
from alembic import op

revision = "reports_3"
down_revision = "reports_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table anew."""
    op.drop_table("figures")
    op.create_table(
        "figures",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("period"),
        sqlite_with_rowid=False,
    )
