"""
What waits for a public list gets one table; the lists themselves are public files from now on.

Marks that wait are kept. The weeks' accepted lists of before stay in the public tree as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "reports_2"
down_revision = "reports_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move what waits, and drop what is a file now."""
    op.create_table(
        "unlisted",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "item"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO unlisted (kind, item) SELECT 'accepted', mark FROM accepted_waiting")
    op.drop_table("accepted_waiting")
    op.drop_table("accepted")
