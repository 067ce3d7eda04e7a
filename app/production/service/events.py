"""What happened to tasks and orders, written down in the transaction of the deed; pages that listen are told."""

import uuid
from collections.abc import Sequence

from app.core import live
from app.core.access import Actor
from app.core.db import Session
from app.production.models import Task, TaskDeed, TaskEvent


def note_task(
    session: Session,
    actor: Actor,
    task: Task,
    event: TaskDeed,
    *,
    person_id: uuid.UUID | None = None,
    reasons: Sequence[str] = (),
) -> None:
    """Write down what happened to a task; the board and the order's page look again.

    `person_id` is whose work it is: left out, who has the task, or had it last.
    """
    session.add(
        TaskEvent(
            studio_id=task.studio_id, branch_id=task.branch_id, order_id=task.order_id, task=task, kind=task.kind,
            attempt=task.attempt or 1, event=event, person_id=person_id or task.assignee_id or task.last_assignee_id,
            actor_kind=actor.kind, actor_id=actor.id, reasons=list(reasons),
        )
    )  # fmt: skip
    touch(session, task.studio_id, task.order_id)


def touch(session: Session, studio_id: uuid.UUID, order_id: uuid.UUID) -> None:
    """Tell the board and the order's page that they are old."""
    live.touch(session, live.board(studio_id), live.order(order_id))
