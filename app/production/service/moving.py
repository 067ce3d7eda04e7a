"""An order is moved by hand: a manager's correction, with a reason, and undone as long as nothing else happened."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.core import audit, clock, jobs
from app.core.access import Actor
from app.core.db import Session
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.words import clean_words
from app.identity import service as identity
from app.orders import service as orders
from app.photos import service as photos
from app.production import queries, rules
from app.production.errors import FinalsMissing, MoveNotPossible, NothingToChooseFrom, ReasonNeeded, UndoTooLate
from app.production.jobs import OpenGallery, TellGallery
from app.production.models import Progress, StageEvent, Task, TaskEvent
from app.production.schemas import MOVE_REASONS, MOVES, as_brief
from app.production.service.events import note_task, touch
from app.production.service.flow import begin_order

UNDO = timedelta(seconds=30)  # the button stands for ten; a slow network has the rest


async def may_go_to(session: Session, actor: Actor, order_id: uuid.UUID) -> tuple[str, list[str]]:
    """Tell where an order stands and to which stages it may be moved by hand."""
    await orders.get_order(session, actor, order_id, "order.move")
    row = await queries.progress(session, order_id)
    stage = row.stage if row is not None else str(rules.DEFAULT_WORKFLOW["first"])
    return stage, list(MOVES.get(stage, ()))


async def move(
    session: Session, actor: Actor, order_id: uuid.UUID, to_stage: str, reason: str, note: str = ""
) -> StageEvent:
    """Move an order to another stage; its tasks follow. Raises ReasonNeeded, MoveNotPossible and why not."""
    order = await orders.get_open_order(session, actor, order_id, "order.move")
    progress = await begin_order(session, order.id)
    if to_stage not in MOVES.get(progress.stage, ()):
        raise MoveNotPossible(code=rules.why_not(progress.stage, to_stage))
    if reason not in MOVE_REASONS:
        raise ReasonNeeded("move_reason_needed")
    undo: dict[str, Any] = {"entered_at": progress.entered_at.isoformat(), "cancelled": [], "opened": []}
    await _follow(session, actor, progress, to_stage, undo)
    words = clean_words(note, 500)
    event = _event(actor, progress, "moved", to_stage, f"{reason}: {words}" if words else reason, undo)
    session.add(event)
    progress.stage, progress.entered_at = to_stage, clock.now()
    audit.record(session, actor, "order.move", order, before={"stage": event.from_stage}, after={"stage": to_stage})
    await _tell(session, progress)
    return event


async def _tell(session: Session, progress: Progress) -> None:
    """Let the board, the order's page and the customer's gallery look again."""
    await session.flush()
    touch(session, progress.studio_id, progress.order_id)
    await jobs.enqueue(
        session, TellGallery(progress.order_id), studio_id=progress.studio_id, order_id=progress.order_id
    )


def _event(
    actor: Actor, progress: Progress, name: str, to_stage: str, note: str, undo: dict[str, Any] | None = None
) -> StageEvent:
    return StageEvent(
        id=new_id(), studio_id=progress.studio_id, branch_id=progress.branch_id, order_id=progress.order_id,
        event=name, from_stage=progress.stage, to_stage=to_stage, actor_kind=actor.kind, actor_id=actor.id, note=note,
        undo=undo,
    )  # fmt: skip


async def _follow(session: Session, actor: Actor, progress: Progress, to_stage: str, undo: dict[str, Any]) -> None:
    """Let the tasks follow a move: those of the old stage are cancelled, the new stage gets its own."""
    if to_stage == "selection":
        health = (await photos.health(session, [progress.order_id]))[progress.order_id]
        if not health.ready:
            raise NothingToChooseFrom
        await jobs.enqueue(
            session, OpenGallery(progress.order_id), studio_id=progress.studio_id, order_id=progress.order_id
        )
        return
    last = await queries.last_round(session, progress.order_id)
    if last is None:
        raise MoveNotPossible(code="move_choice_missing")
    if to_stage == "quality":
        await _require_finals(session, actor, progress.order_id, as_brief(last.brief).photos)
    before = await queries.newest_task(session, last.id)
    for task in await queries.open_tasks(session, progress.order_id, lock=True):
        await _cancel(session, actor, task, undo)
    attempt = before.attempt if before is not None else 1
    again = to_stage == "retouch" and before is not None and before.kind == "quality"
    opened = Task(
        id=new_id(), studio_id=progress.studio_id, branch_id=progress.branch_id, order_id=progress.order_id,
        round_id=last.id, kind=to_stage, state="open", attempt=attempt + (1 if again else 0),
        promised_on=before.promised_on if before else None, priority=(before.priority if before else 0) + 1,
        last_assignee_id=await _hand(session, last.id, before), skill=before.skill if before else None,
    )  # fmt: skip
    session.add(opened)
    note_task(session, actor, opened, "opened")
    undo["opened"].append(str(opened.id))


async def _hand(session: Session, round_id: uuid.UUID, before: Task | None) -> uuid.UUID | None:
    """Name whose work the round is."""
    if before is not None and before.kind == "retouch":
        return before.assignee_id or before.last_assignee_id
    done = await queries.last_retouch(session, round_id)
    return done.assignee_id if done is not None else before.last_assignee_id if before is not None else None


async def _require_finals(session: Session, actor: Actor, order_id: uuid.UUID, wanted: list[Any]) -> None:
    finished = await photos.finished_of_order(session, actor, order_id)
    missing = [
        photo.packet_name
        for photo in wanted
        if photo.photo_id not in finished
        or finished[photo.photo_id].state != "ready"
        or finished[photo.photo_id].version_id == photo.finished_id
    ]
    if missing:
        raise FinalsMissing(count=len(missing), names=" · ".join(missing[:5]))


async def _cancel(session: Session, actor: Actor, task: Task, undo: dict[str, Any]) -> None:
    undo["cancelled"].append({"id": str(task.id), "state": task.state})
    if task.assignee_id is not None and task.state == "taken":
        await identity.unassign(session, task.assignee_id, task.order_id, f"task:{task.id}")
    note_task(session, actor, task, "cancelled")
    task.state, task.finished_at = "cancelled", clock.now()


async def undo_move(session: Session, actor: Actor, order_id: uuid.UUID, event_id: uuid.UUID) -> str:
    """Take one's own move back, and its tasks with it. Raises UndoTooLate when anything else happened since."""
    order = await orders.get_order(session, actor, order_id, "order.move")
    progress = await begin_order(session, order.id)
    events = await queries.events(session, order.id)
    event = events[-1] if events else None
    own = event is not None and event.id == event_id and event.event == "moved" and event.actor_id == actor.id
    if not any(one.id == event_id for one in events):
        raise NotFound
    if event is None or not own or event.from_stage is None or clock.now() - event.created_at > UNDO:
        raise UndoTooLate
    undo: dict[str, Any] = event.undo or {}
    await _take_back(session, actor, undo, await queries.task_events(session, order.id))
    session.add(_event(actor, progress, "move_undone", event.from_stage, ""))
    progress.stage, progress.entered_at = event.from_stage, datetime.fromisoformat(undo["entered_at"])
    audit.record(session, actor, "order.move_undo", order, after={"stage": event.from_stage})
    await _tell(session, progress)
    return event.from_stage


async def _take_back(session: Session, actor: Actor, undo: dict[str, Any], happened: Sequence[TaskEvent]) -> None:
    """Cancel the tasks a move opened, unless somebody touched one, and give the cancelled ones back."""
    for opened in map(uuid.UUID, undo["opened"]):
        task = await session.get_one(Task, opened, with_for_update=True)
        touched = [one for one in happened if one.task_id == opened]
        if task.state != "open" or len(touched) != 1:
            raise UndoTooLate
        note_task(session, actor, task, "cancelled")
        task.state, task.finished_at = "cancelled", clock.now()
    for cancelled in undo["cancelled"]:
        task = await session.get_one(Task, uuid.UUID(cancelled["id"]), with_for_update=True)
        hand = task.assignee_id if cancelled["state"] == "taken" else None
        if hand is not None and await queries.holds_a_task(session, hand):
            raise UndoTooLate
        task.state, task.finished_at = cancelled["state"], None
        if hand is not None:
            task.touched_at = clock.now()
            await identity.assign(session, hand, task.order_id, f"task:{task.id}", studio_id=task.studio_id)
        note_task(session, actor, task, "taken" if hand is not None else "opened")
