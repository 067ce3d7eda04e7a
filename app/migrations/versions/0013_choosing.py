"""picks know when they changed; photos can be withdrawn"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; data stays."""
    with op.batch_alter_table("pick", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_n", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index("ix_pick_gallery_changed", ["gallery_id", "changed_n"], unique=False)
    with op.batch_alter_table("pick", schema=None) as batch_op:
        batch_op.alter_column("changed_n", server_default=None)
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
