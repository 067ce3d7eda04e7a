"""Every SELECT of the production."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy import Row as Found

from app.core.access import Actor, visible
from app.core.audit import AuditRow
from app.core.db import Session
from app.core.jobs import Job, State
from app.crm.models import Customer
from app.identity.models import Assignment, Staff
from app.orders.models import Charge, Order, Payment
from app.photos.models import Version
from app.production.models import (
    HandIn,
    Mark,
    Progress,
    Round,
    StageEvent,
    Task,
    TaskEvent,
    Workflow,
    WorkflowVersion,
)
from app.production.schemas import CUSTOMERS, LAST, PATIENCE_DAYS, Wanted


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


_STAGE = func.coalesce(Progress.stage, "intake")
_ENTERED = func.coalesce(Progress.entered_at, Order.created_at)
_RUNNING = and_(_STAGE != LAST, Order.closed_at.is_(None))


def _owed() -> ColumnElement[int]:
    charged = select(func.coalesce(func.sum(Charge.amount_minor), 0)).where(Charge.order_id == Order.id)
    paid = select(func.coalesce(func.sum(Payment.amount_minor), 0)).where(Payment.order_id == Order.id)
    return charged.scalar_subquery() - paid.scalar_subquery()


def _conditions(wanted: Wanted) -> dict[str, ColumnElement[bool]]:
    """Say in SQL what each exception is: the counts of a page and the lists they open ask the same."""
    late = wanted.now - timedelta(days=PATIENCE_DAYS)
    broken = Version.state.in_(["refused", "quarantined"])
    return {
        "due": and_(_RUNNING, Order.promised_on == wanted.today),
        "late": and_(_RUNNING, Order.promised_on < wanted.today),
        "waiting": and_(_RUNNING, _STAGE.in_(CUSTOMERS), late > _ENTERED),
        "unpaid": and_(_STAGE == "release", Order.closed_at.is_(None), _owed() > 0),
        "trouble": and_(
            _RUNNING,
            or_(
                exists().where(Version.order_id == Order.id, broken),
                exists().where(Job.order_id == Order.id, Job.state == State.DEAD),
            ),
        ),
    }


def _own(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL which orders somebody wrote down or works on."""
    works = exists().where(
        Assignment.order_id == Order.id, Assignment.staff_id == actor.id, Assignment.ended_at.is_(None)
    )
    wrote = exists().where(AuditRow.object_id == Order.id, AuditRow.deed == "order.add", AuditRow.actor_id == actor.id)
    return or_(works, wrote)


def _matching(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.show == "mine":
        found.append(_own(actor))
    elif wanted.show:
        found.append(_conditions(wanted)[wanted.show])
    if wanted.stage:
        found.append(_STAGE.in_([wanted.stage]))
    if wanted.branch_id is not None:
        found.append(Order.branch_id.in_([wanted.branch_id]))
    if wanted.text:
        named = select(Customer.id).where(
            Customer.studio_id == actor.studio_id, Customer.name.icontains(wanted.text, autoescape=True)
        )
        words = (column.icontains(wanted.text, autoescape=True) for column in (Order.number, Order.title))
        found.append(or_(*words, Order.customer_id.in_(named)))
    return found


async def order_rows(
    session: Session, actor: Actor, wanted: Wanted, *, before: uuid.UUID | None, limit: int
) -> Sequence[Order]:
    """List visible orders that match, newest first."""
    statement = visible(select(Order), actor, "order.read").where(*_matching(actor, wanted))
    statement = statement.outerjoin(Progress, Progress.order_id == Order.id).order_by(Order.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(Order.id < before)
    return (await session.execute(statement)).scalars().all()


async def counts(session: Session, actor: Actor, wanted: Wanted) -> Sequence[Found[Any]]:
    """Count running orders and their exceptions, by stage."""
    sums = [func.sum(case((met, 1), else_=0)).label(name) for name, met in _conditions(wanted).items()]
    earliest = func.min(case((Order.promised_on < wanted.today, Order.promised_on))).label("earliest")
    statement = (
        visible(select(Order), actor, "order.read")
        .outerjoin(Progress, Progress.order_id == Order.id)
        .where(_RUNNING)
        .with_only_columns(_STAGE.label("stage"), func.count().label("orders"), *sums, earliest)
        .group_by(_STAGE)
    )
    return list(await session.execute(statement))


async def board_rows(
    session: Session, actor: Actor, wanted: Wanted, *, most: int, delivered_since: datetime
) -> Sequence[Found[Any]]:
    """List the first cards of each column: those promised first on top, with how many the column holds in all."""
    place = func.row_number().over(
        partition_by=_STAGE, order_by=(Order.promised_on.is_(None), Order.promised_on, Order.id)
    )
    shown = or_(_STAGE != LAST, Progress.entered_at >= delivered_since)
    ranked = (
        visible(select(Order), actor, "order.read")
        .outerjoin(Progress, Progress.order_id == Order.id)
        .where(Order.closed_at.is_(None), shown, *_matching(actor, wanted))
        .with_only_columns(
            Order.id, _STAGE.label("stage"), _ENTERED.label("entered_at"), place.label("place"),
            func.count().over(partition_by=_STAGE).label("total"),
        )
        .subquery()
    )  # fmt: skip
    hand = (
        select(Staff.name).join(Task, Task.assignee_id == Staff.id)
        .where(Task.order_id == Order.id, Task.state == "taken").order_by(Task.id.desc()).limit(1)
    )  # fmt: skip
    statement = (
        select(Order, Customer.name.label("customer"), ranked.c.stage, ranked.c.entered_at, ranked.c.total,
               hand.scalar_subquery().label("hand"))
        .join(ranked, ranked.c.id == Order.id).outerjoin(Customer, Customer.id == Order.customer_id)
        .where(ranked.c.place <= most).order_by(ranked.c.place)
    )  # fmt: skip
    return (await session.execute(statement)).all()


async def events(session: Session, order_id: uuid.UUID) -> Sequence[StageEvent]:
    """List how an order moved."""
    statement = select(StageEvent).where(StageEvent.order_id == order_id).order_by(StageEvent.id)
    return (await session.execute(statement)).scalars().all()


async def task_events(session: Session, order_id: uuid.UUID) -> Sequence[TaskEvent]:
    """List what happened to an order's tasks."""
    statement = select(TaskEvent).where(TaskEvent.order_id == order_id).order_by(TaskEvent.id)
    return (await session.execute(statement)).scalars().all()


async def happenings(session: Session, order_id: uuid.UUID, told: Collection[str]) -> Sequence[Found[Any]]:
    """List how an order moved and what was told of its tasks, the newest first: at, what, to_stage, why, who."""
    moves = select(
        StageEvent.created_at.label("at"), StageEvent.event.label("what"), StageEvent.to_stage.label("to_stage"),
        StageEvent.note.label("why"), StageEvent.actor_id.label("actor_id"),
    ).where(StageEvent.order_id == order_id)  # fmt: skip
    deeds = select(
        TaskEvent.created_at, TaskEvent.event, cast(null(), String), literal(""), TaskEvent.actor_id
    ).where(TaskEvent.order_id == order_id, TaskEvent.event.in_(told))  # fmt: skip
    both = union_all(moves, deeds).subquery()
    statement = select(both, Staff.name.label("who")).join(Staff, Staff.id == both.c.actor_id, isouter=True)
    return (await session.execute(statement.order_by(both.c.at.desc()))).all()


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


async def holds_a_task(session: Session, staff_id: uuid.UUID) -> bool:
    """Tell whether somebody has taken a retouching task."""
    held = exists().where(Task.assignee_id == staff_id, Task.kind == "retouch", Task.state == "taken")
    return bool((await session.execute(select(held))).scalar_one())


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


async def open_tasks(session: Session, order_id: uuid.UUID, *, lock: bool = False) -> Sequence[Task]:
    """List an order's unfinished tasks; with `lock` nobody else takes or ends one meanwhile."""
    statement = select(Task).where(Task.order_id == order_id, Task.state.in_(["open", "taken"])).order_by(Task.id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
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


async def newest_task(session: Session, round_id: uuid.UUID) -> Task | None:
    """Find the newest task of a round that was not cancelled by a correction."""
    statement = select(Task).where(Task.round_id == round_id, Task.state != "cancelled").order_by(Task.id.desc())
    return (await session.execute(statement.limit(1))).scalar_one_or_none()


async def marks_sent_back(session: Session, round_id: uuid.UUID, attempt: int) -> Sequence[Mark]:
    """List the photos that were marked when an attempt was sent back."""
    check = select(Task.id).where(
        Task.round_id == round_id, Task.kind == "quality", Task.attempt == attempt, Task.sent_back.is_(True)
    )
    return (await session.execute(select(Mark).where(Mark.task_id.in_(check)))).scalars().all()


async def last_retouch(session: Session, round_id: uuid.UUID) -> Task | None:
    """Find the last finished retouching task of a round."""
    statement = (
        select(Task)
        .where(Task.round_id == round_id, Task.kind == "retouch", Task.state == "done")
        .order_by(Task.id.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()
