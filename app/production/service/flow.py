"""Where an order stands, and how it moves."""

import uuid
from datetime import datetime

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
from app.production.schemas import Brief, as_brief
from app.production.service.events import note_task, touch


async def add_default_workflow(session: Session, studio_id: uuid.UUID) -> WorkflowVersion:
    """Give a studio its workflow in the newest edition; what it has changed itself stays, and so do running orders."""
    known = await queries.default_workflow(session, studio_id)
    if known is None or rules.is_former(known.definition):
        await identity.lock_studio(session, studio_id)
        known = await queries.default_workflow(session, studio_id)
    if known is not None and not rules.is_former(known.definition):
        return known
    workflow_id = known.workflow_id if known is not None else new_id()
    if known is None:
        session.add(Workflow(id=workflow_id, studio_id=studio_id, name="default", business="default"))
        await session.flush()
    n = max(len(rules.WORKFLOWS), known.n + 1 if known is not None else 1)
    version = WorkflowVersion(studio_id=studio_id, workflow_id=workflow_id, n=n, definition=rules.DEFAULT_WORKFLOW)
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


async def standing(session: Session, order_id: uuid.UUID) -> tuple[str, datetime | None]:
    """Tell where an order stands, and since when."""
    progress = await queries.progress(session, order_id)
    return (progress.stage, progress.entered_at) if progress else (str(rules.DEFAULT_WORKFLOW["first"]), None)


async def way_to(session: Session, order_id: uuid.UUID, stage: str) -> str | None:
    """Name the event that brought an order to a stage the last time; being put back there is none."""
    events = await queries.events(session, order_id)
    came = [event.event for event in events if event.to_stage == stage and event.event not in rules.UNDONE]
    return came[-1] if came else None


async def rounds_of(session: Session, order_id: uuid.UUID) -> list[tuple[str, Brief]]:
    """List an order's rounds, oldest first: kind (selection, revision) and brief."""
    return [(row.kind, as_brief(row.brief)) for row in await queries.rounds_of_order(session, order_id)]


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
    """Look whether an order's photos let it move on: none waits any more and no file is expected.

    Failed photos hold nobody back.
    """
    progress = await begin_order(session, order_id)
    health = (await photos.health(session, [order_id]))[order_id]
    settled = health.ready and not health.waiting
    if progress.stage == "intake" and settled and not await photos.shoot_is_open(session, order_id):
        await happen(session, SYSTEM, order_id, "photos_ready")
        await jobs.enqueue(session, OpenGallery(order_id), studio_id=progress.studio_id, order_id=order_id)


async def open_round(session: Session, actor: Actor, order: Order, kind: str, brief: Brief) -> Round:
    """Hand over what is wanted: an immutable brief, and the task to do it; a revision is for the same hands first."""
    last = await queries.last_round(session, order.id)
    before = await queries.last_retouch(session, last.id) if last is not None else None
    scope = {"studio_id": order.studio_id, "branch_id": order.branch_id, "order_id": order.id}
    row = Round(id=new_id(), n=last.n + 1 if last else 1, kind=kind, brief=msgspec.to_builtins(brief), **scope)
    session.add(row)
    await session.flush()
    task = Task(
        round_id=row.id, kind="retouch", state="open", promised_on=order.promised_on, skill=order.skill,
        priority=order.priority + (1 if last is not None else 0),
        last_assignee_id=before.assignee_id if before is not None else None, **scope,
    )  # fmt: skip
    session.add(task)
    note_task(session, actor, task, "opened")
    await session.flush()
    audit.record(session, actor, "round.open", row, after={"photos": len(brief.photos)})
    return row
