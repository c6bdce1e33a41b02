"""
Who is to be told of news by WebSub.

Kept as it was when first released; `storage/schema.py` says what each column means today.
"""

import sqlalchemy as sa
from alembic import op

revision = "identity_3"
down_revision = "identity_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "subscriptions",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("sent", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "callback"),
        sqlite_with_rowid=False,
    )
