"""production and galleries"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; data stays."""
    op.create_table(
        "gallery",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("shows", sa.String(), nullable=False),
        sa.Column("choose_by", sa.Date(), nullable=True),
        sa.Column("own_cap", sa.Integer(), nullable=True),
        sa.Column("pick_version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery")),
        sa.UniqueConstraint("order_id", name=op.f("uq_gallery_order_id")),
    )
    with op.batch_alter_table("gallery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gallery_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gallery_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gallery_studio_id"), ["studio_id"], unique=False)

    op.create_table(
        "round",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("brief", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("order_id", "n", name=op.f("uq_round_order_id_n")),
    )
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_round_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_round_studio_id"), ["studio_id"], unique=False)

    op.create_table(
        "stage_event",
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("from_stage", sa.String(), nullable=True),
        sa.Column("to_stage", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_event")),
    )
    with op.batch_alter_table("stage_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_event_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stage_event_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stage_event_studio_id"), ["studio_id"], unique=False)

    op.create_table(
        "workflow",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("business", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow")),
        sa.UniqueConstraint("studio_id", "name", name=op.f("uq_workflow_studio_id_name")),
    )
    with op.batch_alter_table("workflow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workflow_studio_id"), ["studio_id"], unique=False)

    op.create_table(
        "participant",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["gallery_id"], ["gallery.id"], name=op.f("fk_participant_gallery_id_gallery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participant_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_participant_gallery_id"), ["gallery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_participant_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_participant_studio_id"), ["studio_id"], unique=False)

    op.create_table(
        "pick",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("picked_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["gallery_id"], ["gallery.id"], name=op.f("fk_pick_gallery_id_gallery")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_pick_photo_id_photo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick")),
    )
    with op.batch_alter_table("pick", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pick_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pick_gallery_id"), ["gallery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pick_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pick_photo_id"), ["photo_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pick_studio_id"), ["studio_id"], unique=False)
        batch_op.create_index(
            "uq_pick_live",
            ["gallery_id", "photo_id", "product"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

    op.create_table(
        "submission",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["gallery_id"], ["gallery.id"], name=op.f("fk_submission_gallery_id_gallery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("gallery_id", "n", name=op.f("uq_submission_gallery_id_n")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_gallery_id"), ["gallery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_studio_id"), ["studio_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("last_assignee_id", sa.Uuid(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_task_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_assignee_id"), ["assignee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_task_queue", ["studio_id", "kind", "state", "promised_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_studio_id"), ["studio_id"], unique=False)

    op.create_table(
        "workflow_version",
        sa.Column("workflow_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflow.id"], name=op.f("fk_workflow_version_workflow_id_workflow")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_version")),
        sa.UniqueConstraint("workflow_id", "n", name=op.f("uq_workflow_version_workflow_id_n")),
    )
    with op.batch_alter_table("workflow_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workflow_version_studio_id"), ["studio_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workflow_version_workflow_id"), ["workflow_id"], unique=False)

    op.create_table(
        "hand_in",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_hand_in_file_id_file")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_hand_in_photo_id_photo")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_hand_in_task_id_task")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_hand_in_version_id_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_in")),
        sa.UniqueConstraint("task_id", "file_id", name=op.f("uq_hand_in_task_id_file_id")),
    )
    with op.batch_alter_table("hand_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_in_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_in_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_in_studio_id"), ["studio_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_in_task_id"), ["task_id"], unique=False)

    op.create_table(
        "link",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["gallery_id"], ["gallery.id"], name=op.f("fk_link_gallery_id_gallery")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_link_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_link_key_hash")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_gallery_id"), ["gallery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_studio_id"), ["studio_id"], unique=False)

    op.create_table(
        "progress",
        sa.Column("workflow_version_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workflow_version_id"],
            ["workflow_version.id"],
            name=op.f("fk_progress_workflow_version_id_workflow_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress")),
        sa.UniqueConstraint("order_id", name=op.f("uq_progress_order_id")),
    )
    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_progress_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_progress_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_progress_studio_id"), ["studio_id"], unique=False)
