"""Every SELECT of the production."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select, update

from app.core.access import Actor, visible
from app.core.db import Session
from app.production.models import HandIn, Mark, Progress, Round, StageEvent, Task, Workflow, WorkflowVersion


async def default_workflow(session: Session, studio_id: uuid.UUID) -> WorkflowVersion | None:
    """Find the newest edition of the studio's default workflow."""
    statement = (
        select(WorkflowVersion)
        .join(Workflow, Workflow.id == WorkflowVersion.workflow_id)
        .where(Workflow.studio_id == studio_id, Workflow.business == "default")
        .order_by(WorkflowVersion.n.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def progress(session: Session, order_id: uuid.UUID, *, lock: bool = False) -> Progress | None:
    """Find where an order stands."""
    statement = select(Progress).where(Progress.order_id == order_id)
    if lock:  # what this session read before the lock may be old by now
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def stages(session: Session, order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Map orders to their stage."""
    rows = await session.execute(select(Progress.order_id, Progress.stage).where(Progress.order_id.in_(order_ids)))
    return {row.order_id: row.stage for row in rows}


async def events(session: Session, order_id: uuid.UUID) -> Sequence[StageEvent]:
    """List how an order moved."""
    statement = select(StageEvent).where(StageEvent.order_id == order_id).order_by(StageEvent.id)
    return (await session.execute(statement)).scalars().all()


async def last_round(session: Session, order_id: uuid.UUID) -> Round | None:
    """Fetch an order's newest round."""
    statement = select(Round).where(Round.order_id == order_id).order_by(Round.n.desc()).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def own_task(session: Session, actor: Actor) -> Task | None:
    """Find the retouching task the actor has taken: theirs by its own row, whatever orders the request began with."""
    statement = select(Task).where(
        Task.studio_id == actor.studio_id, Task.assignee_id == actor.id, Task.kind == "retouch", Task.state == "taken"
    )
    return (await session.execute(statement.order_by(Task.taken_at).limit(1))).scalar_one_or_none()


def _within(skills: Collection[str]) -> ColumnElement[bool]:
    return or_(Task.skill.is_(None), Task.skill.in_(skills))


async def next_open_task(session: Session, actor: Actor, skills: Collection[str]) -> Task | None:
    """Lock the most urgent open task one has the skill for: one's own that came back, then by priority and promise."""
    mine = case((Task.last_assignee_id == actor.id, 0), else_=1)
    statement = (
        visible(select(Task), actor, "task.take")
        .where(Task.kind == "retouch", Task.state == "open", _within(skills))
        .order_by(mine, Task.priority.desc(), Task.promised_on.is_(None), Task.promised_on, Task.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def tasks_page(
    session: Session, actor: Actor, *, after: uuid.UUID | None, limit: int, state: str | None, kind: str | None
) -> Sequence[Task]:
    """List visible tasks, newest first."""
    statement = visible(select(Task), actor, "task.read").order_by(Task.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(Task.id < after)
    if state is not None:
        statement = statement.where(Task.state == state)
    if kind is not None:
        statement = statement.where(Task.kind == kind)
    return (await session.execute(statement)).scalars().all()


async def count_open(session: Session, actor: Actor, skills: Collection[str]) -> tuple[int, int]:
    """Count the retouching tasks that wait: those one has the skill for, and all the others."""
    statement = visible(select(Task), actor, "task.take").where(Task.kind == "retouch", Task.state == "open")
    fits = func.coalesce(func.sum(case((_within(skills), 1), else_=0)), 0)
    mine, every = (await session.execute(statement.with_only_columns(fits, func.count()))).one()
    return mine, every - mine


async def idle_tasks(session: Session, since: datetime) -> Sequence[Task]:
    """Lock the taken retouching tasks nobody has touched since a moment; those being worked on are left alone."""
    touched = func.coalesce(Task.touched_at, Task.taken_at)
    statement = select(Task).where(Task.kind == "retouch", Task.state == "taken", touched < since)
    return (await session.execute(statement.order_by(Task.id).with_for_update(skip_locked=True))).scalars().all()


async def lapsed_tasks(session: Session, actor: Actor, since: datetime) -> Sequence[Task]:
    """List the tasks that went from a person back to the queue, and of which they have not been told long enough."""
    statement = select(Task).where(
        Task.studio_id == actor.studio_id, Task.lapsed_from == actor.id, Task.lapsed_at > since
    )
    return (await session.execute(statement.order_by(Task.lapsed_at.desc()))).scalars().all()


async def forget_lapses(session: Session, staff_id: uuid.UUID) -> None:
    """Take a person's notices away: they go on working."""
    await session.execute(update(Task).where(Task.lapsed_from == staff_id).values(lapsed_from=None))


async def finished_tasks(session: Session, actor: Actor, since: datetime, most: int) -> Sequence[Task]:
    """List the retouching tasks a person has handed in, the newest first."""
    statement = select(Task).where(
        Task.studio_id == actor.studio_id, Task.assignee_id == actor.id, Task.kind == "retouch",
        Task.state == "done", Task.finished_at > since,
    )  # fmt: skip
    return (await session.execute(statement.order_by(Task.finished_at.desc()).limit(most))).scalars().all()


async def quality_of_rounds(session: Session, round_ids: Collection[uuid.UUID]) -> Sequence[Task]:
    """List the quality tasks of rounds, oldest first."""
    statement = select(Task).where(Task.round_id.in_(round_ids), Task.kind == "quality", Task.state != "cancelled")
    return (await session.execute(statement.order_by(Task.id))).scalars().all()


async def quality_tasks(session: Session, actor: Actor) -> Sequence[Task]:
    """List what waits to be judged, the most urgent first."""
    statement = (
        visible(select(Task), actor, "quality.judge")
        .where(Task.kind == "quality", Task.state == "open")
        .order_by(Task.promised_on.is_(None), Task.promised_on, Task.id)
    )
    return (await session.execute(statement)).scalars().all()


async def open_tasks(session: Session, order_id: uuid.UUID) -> Sequence[Task]:
    """List an order's unfinished tasks."""
    statement = select(Task).where(Task.order_id == order_id, Task.state.in_(["open", "taken"])).order_by(Task.id)
    return (await session.execute(statement)).scalars().all()


async def hand_ins(session: Session, task_id: uuid.UUID) -> Sequence[HandIn]:
    """List what was handed in for a task."""
    statement = select(HandIn).where(HandIn.task_id == task_id, HandIn.removed_at.is_(None)).order_by(HandIn.id)
    return (await session.execute(statement)).scalars().all()


async def hand_in_of(session: Session, task_id: uuid.UUID, file_id: uuid.UUID) -> HandIn | None:
    """Find a file's row among a task's hand-ins, put aside or not."""
    statement = select(HandIn).where(HandIn.task_id == task_id, HandIn.file_id == file_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def rounds(session: Session, round_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Round]:
    """Fetch rounds by id."""
    rows = (await session.execute(select(Round).where(Round.id.in_(round_ids)))).scalars()
    return {row.id: row for row in rows}


async def last_check(session: Session, round_id: uuid.UUID, attempt: int) -> Task | None:
    """Find the quality task that sent an attempt back."""
    statement = select(Task).where(
        Task.round_id == round_id, Task.kind == "quality", Task.attempt == attempt, Task.sent_back.is_(True)
    )
    return (await session.execute(statement.order_by(Task.id.desc()).limit(1))).scalar_one_or_none()


async def lock_open_retouch(session: Session, round_id: uuid.UUID) -> Task | None:
    """Lock a round's retouching task that nobody has taken yet."""
    statement = select(Task).where(Task.round_id == round_id, Task.kind == "retouch", Task.state == "open")
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def last_event(session: Session, order_id: uuid.UUID) -> StageEvent | None:
    """Find an order's newest move."""
    statement = select(StageEvent).where(StageEvent.order_id == order_id).order_by(StageEvent.id.desc()).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def marks(session: Session, task_id: uuid.UUID) -> Sequence[Mark]:
    """List the photos a quality task has marked."""
    return (await session.execute(select(Mark).where(Mark.task_id == task_id))).scalars().all()


async def rounds_of_order(session: Session, order_id: uuid.UUID) -> Sequence[Round]:
    """List an order's rounds, oldest first."""
    return (await session.execute(select(Round).where(Round.order_id == order_id).order_by(Round.n))).scalars().all()


async def last_retouch(session: Session, round_id: uuid.UUID) -> Task | None:
    """Find the last finished retouching task of a round."""
    statement = (
        select(Task)
        .where(Task.round_id == round_id, Task.kind == "retouch", Task.state == "done")
        .order_by(Task.id.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()
