"""skills, leases of tasks, marks of the quality check"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; data stays."""
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skills", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("package", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skill", sa.String(), nullable=True))
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skill", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skill", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("touched_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("lapsed_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("lapsed_from", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("sent_back", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(batch_op.f("ix_task_lapsed_from"), ["lapsed_from"], unique=False)
    op.create_table(
        "mark",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_mark_photo_id_photo")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_mark_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sa.UniqueConstraint("task_id", "photo_id", name=op.f("uq_mark_task_id_photo_id")),
    )
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mark_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mark_studio_id"), ["studio_id"], unique=False)
