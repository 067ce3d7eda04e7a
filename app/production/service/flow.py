"""Where an order stands, and how it moves."""

import uuid

import msgspec

from app.core import audit, clock, jobs
from app.core.access import SYSTEM, Actor
from app.core.db import Session
from app.core.errors import Conflict
from app.core.ids import new_id
from app.identity import service as identity
from app.orders import service as orders
from app.orders.models import Order
from app.photos import service as photos
from app.production import queries, rules
from app.production.jobs import OpenGallery
from app.production.models import Progress, Round, StageEvent, Task, Workflow, WorkflowVersion
from app.production.schemas import Brief
from app.production.service.events import note_task, touch


async def add_default_workflow(session: Session, studio_id: uuid.UUID) -> WorkflowVersion:
    """Give a studio its first workflow; a second time it finds the one that is there."""
    known = await queries.default_workflow(session, studio_id)
    if known is None:
        await identity.lock_studio(session, studio_id)
        known = await queries.default_workflow(session, studio_id)
    if known is not None:
        return known
    workflow = Workflow(id=new_id(), studio_id=studio_id, name="default", business="default")
    session.add(workflow)
    await session.flush()
    version = WorkflowVersion(studio_id=studio_id, workflow_id=workflow.id, n=1, definition=rules.DEFAULT_WORKFLOW)
    session.add(version)
    await session.flush()
    return version


async def begin_order(session: Session, order_id: uuid.UUID) -> Progress:
    """Put an order at the beginning of the studio's workflow; it keeps this edition. A second time changes nothing."""
    known = await queries.progress(session, order_id, lock=True)
    if known is None:
        await orders.lock_order(session, order_id)
        known = await queries.progress(session, order_id, lock=True)
    if known is not None:
        return known
    order = await orders.order_of_system(session, order_id)
    workflow = await add_default_workflow(session, order.studio_id)
    first = str(workflow.definition["first"])
    scope = {"studio_id": order.studio_id, "branch_id": order.branch_id, "order_id": order.id}
    row = Progress(workflow_version_id=workflow.id, stage=first, **scope)
    session.add(row)
    session.add(StageEvent(event="begun", from_stage=None, to_stage=first, actor_kind="system", actor_id=None, **scope))
    touch(session, order.studio_id, order.id)
    await session.flush()
    return row


async def stage_of(session: Session, order_id: uuid.UUID) -> str:
    """Tell where an order stands."""
    progress = await queries.progress(session, order_id)
    return progress.stage if progress is not None else str(rules.DEFAULT_WORKFLOW["first"])


async def happen(session: Session, actor: Actor, order_id: uuid.UUID, event: str) -> str | None:
    """Let an event move an order; None when it means nothing at its stage."""
    progress = await begin_order(session, order_id)
    workflow = await session.get_one(WorkflowVersion, progress.workflow_version_id)
    target = rules.next_stage(workflow.definition, progress.stage, event)
    if target is None:
        return None
    session.add(
        StageEvent(
            studio_id=progress.studio_id, branch_id=progress.branch_id, order_id=order_id, event=event,
            from_stage=progress.stage, to_stage=target, actor_kind=actor.kind, actor_id=actor.id,
        )
    )  # fmt: skip
    progress.stage, progress.entered_at = target, clock.now()
    touch(session, progress.studio_id, order_id)
    await session.flush()
    return target


async def must_happen(session: Session, actor: Actor, order_id: uuid.UUID, event: str) -> str:
    """Let an event move an order. Raises Conflict when the order stands elsewhere."""
    moved = await happen(session, actor, order_id, event)
    if moved is None:
        raise Conflict("order_elsewhere", stage=await stage_of(session, order_id))
    return moved


async def step_back(session: Session, actor: Actor, order_id: uuid.UUID, event: str) -> bool:
    """Take one's own last move of an order back; False when it was another, or somebody has moved it since."""
    progress = await queries.progress(session, order_id, lock=True)
    last = await queries.last_event(session, order_id)
    if progress is None or last is None or last.from_stage is None:
        return False
    if (last.event, last.actor_id, last.to_stage) != (event, actor.id, progress.stage):
        return False
    session.add(
        StageEvent(
            studio_id=progress.studio_id, branch_id=progress.branch_id, order_id=order_id, event="undone",
            from_stage=last.to_stage, to_stage=last.from_stage, actor_kind=actor.kind, actor_id=actor.id,
        )
    )  # fmt: skip
    progress.stage, progress.entered_at = last.from_stage, clock.now()
    await session.flush()
    return True


async def complete_step(session: Session, order_id: uuid.UUID) -> None:
    """Look whether an order's photos let it move on: none waits any more; failed ones hold nobody back."""
    progress = await begin_order(session, order_id)
    health = (await photos.health(session, [order_id]))[order_id]
    if progress.stage == "intake" and health.ready and not health.waiting:
        await happen(session, SYSTEM, order_id, "photos_ready")
        await jobs.enqueue(session, OpenGallery(order_id), studio_id=progress.studio_id, order_id=order_id)


async def open_round(session: Session, actor: Actor, order: Order, kind: str, brief: Brief) -> Round:
    """Hand over what is wanted: an immutable brief, and the task to do it."""
    last = await queries.last_round(session, order.id)
    scope = {"studio_id": order.studio_id, "branch_id": order.branch_id, "order_id": order.id}
    row = Round(id=new_id(), n=last.n + 1 if last else 1, kind=kind, brief=msgspec.to_builtins(brief), **scope)
    session.add(row)
    await session.flush()
    task = Task(
        round_id=row.id, kind="retouch", state="open", promised_on=order.promised_on, skill=order.skill,
        priority=order.priority, **scope,
    )  # fmt: skip
    session.add(task)
    note_task(session, actor, task, "opened")
    await session.flush()
    audit.record(session, actor, "round.open", row, after={"photos": len(brief.photos)})
    return row
