"""
Whether a member has joined, apart from the credential that it has: one that is invited again has none.

Kept as it was when first released; `storage/schema.py` says what each column means today.
"""

import sqlalchemy as sa
from alembic import op

revision = "identity_2"
down_revision = "identity_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; who has a credential has joined."""
    op.add_column("members", sa.Column("joined", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE members SET joined = 1 WHERE credential IS NOT NULL")
