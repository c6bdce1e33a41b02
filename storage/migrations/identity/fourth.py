"""
Members' feed passwords.

Kept as it was when first released; `storage/schema.py` says what each column means today.
"""

import sqlalchemy as sa
from alembic import op

revision = "identity_4"
down_revision = "identity_3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "feed_passwords",
        sa.Column("password", sa.LargeBinary(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.name"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("password"),
        sa.UniqueConstraint("member"),
        sqlite_with_rowid=False,
    )
