"""the customer's review, keys for one thing"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _scoped(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        *columns,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    with op.batch_alter_table(name, schema=None) as batch_op:
        for column in ("branch_id", "gallery_id", "order_id", "studio_id"):
            batch_op.create_index(batch_op.f(f"ix_{name}_{column}"), [column], unique=False)


def upgrade() -> None:
    """Change the schema; data stays."""
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("gallery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("granted_rounds", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("gallery", schema=None) as batch_op:
        batch_op.alter_column("granted_rounds", server_default=None)
    _scoped(
        "verdict",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["gallery_id"], ["gallery.id"], name=op.f("fk_verdict_gallery_id_gallery")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_verdict_photo_id_photo")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_verdict_version_id_version")),
        sa.UniqueConstraint("version_id", name=op.f("uq_verdict_version_id")),
    )
    _scoped(
        "file_grant",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["gallery_id"], ["gallery.id"], name=op.f("fk_file_grant_gallery_id_gallery")),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_file_grant_link_id_link")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_file_grant_version_id_version")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_file_grant_key_hash")),
    )
