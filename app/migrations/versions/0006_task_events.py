"""what happened to tasks; why an order was moved by hand"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime
from app.core.ids import new_id

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; data stays, and the tasks that are there get the events they must have had."""
    with op.batch_alter_table("stage_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
        batch_op.create_index("ix_stage_event_period", ["studio_id", "created_at"], unique=False)
    with op.batch_alter_table("stage_event", schema=None) as batch_op:
        batch_op.alter_column("note", server_default=None, existing_type=sa.String(), existing_nullable=False)
    events = op.create_table(
        "task_event",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_event_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_event")),
    )
    with op.batch_alter_table("task_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_event_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_event_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_task_event_period", ["studio_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_event_studio_id"), ["studio_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_event_task_id"), ["task_id"], unique=False)
    _write_past(events)


def _write_past(events: sa.Table) -> None:
    moments = ("created_at", "taken_at", "finished_at")
    ids = ("id", "studio_id", "branch_id", "order_id", "assignee_id", "last_assignee_id")
    task = sa.table(
        "task", *(sa.column(name, sa.Uuid()) for name in ids), *(sa.column(name, UtcDateTime()) for name in moments),
        sa.column("kind"), sa.column("state"), sa.column("attempt"), sa.column("note"), sa.column("reasons", sa.JSON()),
    )  # fmt: skip
    rows = []
    for old in op.get_bind().execute(sa.select(task)).mappings():
        sent_back = bool(old["reasons"] or old["note"])
        end = "handed_in" if old["kind"] == "retouch" else "sent_back" if sent_back else "accepted"
        person = old["last_assignee_id"] if old["kind"] == "quality" else old["assignee_id"]
        for event, at in (("opened", old["created_at"]), ("taken", old["taken_at"]), (end, old["finished_at"])):
            if at is not None:
                scope = {name: old[name] for name in ("studio_id", "branch_id", "order_id", "kind", "attempt")}
                actor = None if event == "opened" else old["assignee_id"]
                rows.append({
                    **scope, "id": new_id(), "task_id": old["id"], "event": event, "created_at": at,
                    "person_id": None if event == "opened" else person, "actor_id": actor,
                    "actor_kind": "staff" if actor else "system",
                    "reasons": old["reasons"] if event == "sent_back" else [],
                })  # fmt: skip
    if rows:
        op.bulk_insert(events, rows)
