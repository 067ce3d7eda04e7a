"""The quality check: accept, or send back one stage with reasons."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from app.core import audit, clock, jobs
from app.core.access import Actor, require, require_role
from app.core.db import Session
from app.core.errors import NotFound
from app.core.ids import new_id
from app.identity import service as identity
from app.photos import service as photos
from app.photos.models import Remark
from app.photos.schemas import RemarkView
from app.production import queries
from app.production.errors import MarksOpen, ReasonNeeded, TaskMoved, UndoOver
from app.production.jobs import TellGallery
from app.production.models import Mark, Task
from app.production.schemas import SEND_BACK_REASONS, Item
from app.production.service.events import note_task
from app.production.service.flow import must_happen, step_back
from app.production.service.work import brief_of, items_of

UNDO = timedelta(seconds=10)
GRACE = timedelta(seconds=5)  # the way of a late press


async def waiting(session: Session, actor: Actor) -> Sequence[Task]:
    """List what waits to be judged."""
    require_role(actor, "quality.judge")
    return await queries.quality_tasks(session, actor)


async def _judged_task(session: Session, actor: Actor, task_id: uuid.UUID) -> Task:
    task = await session.get(Task, task_id, with_for_update=True)
    require(actor, "quality.judge", task)
    assert task is not None  # noqa: S101 - `require` let it pass
    if task.kind != "quality" or task.state != "open":
        raise TaskMoved
    return task


async def accept(session: Session, actor: Actor, task_id: uuid.UUID) -> None:
    """Accept the work: the customer looks at it next, or (by an older workflow) it is ready to be released."""
    task = await _judged_task(session, actor, task_id)
    if marked := await _marked(session, actor, task):
        raise MarksOpen(count=len(marked))
    task.state, task.assignee_id, task.finished_at = "done", actor.id, clock.now()
    note_task(session, actor, task, "accepted", person_id=task.last_assignee_id)
    await _let_go(session, task)
    if await must_happen(session, actor, task.order_id, "accepted") == "review":
        await photos.offer_finals(session, await accepted_versions(session, actor, task.order_id))
    await jobs.enqueue(session, TellGallery(task.order_id), studio_id=task.studio_id, order_id=task.order_id)
    audit.record(session, actor, "quality.accept", task)


async def send_back(session: Session, actor: Actor, task_id: uuid.UUID, reasons: list[str], note: str) -> None:
    """Send the work back one stage, with reasons. Raises ReasonNeeded."""
    task = await _judged_task(session, actor, task_id)
    items = await _marked(session, actor, task)
    given = dict.fromkeys([*reasons, *(reason for item in items for reason in item.reasons)])
    kept = [reason for reason in given if reason in SEND_BACK_REASONS]
    words = note.strip()[:1000]
    if not kept and not words and not items:
        raise ReasonNeeded
    task.state, task.assignee_id, task.finished_at = "done", actor.id, clock.now()
    task.reasons, task.note, task.sent_back = kept, words, True
    note_task(session, actor, task, "sent_back", person_id=task.last_assignee_id, reasons=kept)
    again = Task(
        id=new_id(), studio_id=task.studio_id, branch_id=task.branch_id, order_id=task.order_id,
        round_id=task.round_id, kind="retouch", state="open", attempt=task.attempt + 1,
        promised_on=task.promised_on, priority=task.priority + 1, last_assignee_id=task.last_assignee_id,
        note=words, reasons=kept, skill=task.skill,
    )  # fmt: skip
    session.add(again)
    note_task(session, actor, again, "opened")
    await _let_go(session, task)
    await must_happen(session, actor, task.order_id, "sent_back")
    audit.record(session, actor, "quality.send_back", task, after={"reasons": kept})


async def _marked(session: Session, actor: Actor, task: Task) -> list[Item]:
    """List the photos that carry a mark, or a pin on their newest version."""
    items = await items_of(session, actor, task, await brief_of(session, task))
    return [item for item in items if item.reasons or pins_of(item)]


def pins_of(item: Item) -> list[RemarkView]:
    """List what the quality check has pinned to the version it judges."""
    newest = item.after.version_id if item.after else None
    return [remark for remark in item.checks if remark.version_id == newest]


async def mark(session: Session, actor: Actor, task_id: uuid.UUID, photo_id: uuid.UUID, reasons: list[str]) -> None:
    """Say what is wrong with a photo; no reason takes the mark away."""
    task = await _judged_task(session, actor, task_id)
    if photo_id not in {photo.photo_id for photo in (await brief_of(session, task)).photos}:
        raise NotFound
    kept = [reason for reason in dict.fromkeys(reasons) if reason in SEND_BACK_REASONS]
    known = next((row for row in await queries.marks(session, task.id) if row.photo_id == photo_id), None)
    if known is not None and kept:
        known.reasons = kept
    elif known is not None:
        await session.delete(known)
    elif kept:
        session.add(
            Mark(
                studio_id=task.studio_id, branch_id=task.branch_id, order_id=task.order_id, task_id=task.id,
                photo_id=photo_id, reasons=kept,
            )
        )  # fmt: skip


async def pin(
    session: Session,
    actor: Actor,
    task_id: uuid.UUID,
    *,
    version_id: uuid.UUID,
    body: str,
    x: float | None,
    y: float | None,
) -> Remark:
    """Pin words to a finished version of this work; they go back with it."""
    task = await _judged_task(session, actor, task_id)
    items = await items_of(session, actor, task, await brief_of(session, task))
    if version_id not in {item.after.version_id for item in items if item.after}:
        raise NotFound
    return await photos.add_remark(session, actor, version_id, body=body, chips=[], x=x, y=y)


async def unpin(session: Session, actor: Actor, task_id: uuid.UUID, remark_id: uuid.UUID) -> uuid.UUID:
    """Take one's own words off again; returns the photo."""
    task = await _judged_task(session, actor, task_id)
    remark = await photos.remove_remark(session, actor, remark_id)
    if remark.order_id != task.order_id:
        raise NotFound
    return remark.photo_id


async def may_undo(session: Session, actor: Actor, task_id: uuid.UUID) -> bool:
    """Tell whether a decision was made so lately, by this person, that a page may offer to take it back."""
    task = await session.get(Task, task_id)
    return task is not None and task.studio_id == actor.studio_id and _fresh(task, actor, UNDO)


def _fresh(task: Task, actor: Actor, within: timedelta) -> bool:
    own = task.kind == "quality" and task.state == "done" and task.assignee_id == actor.id
    return own and task.finished_at is not None and clock.now() - task.finished_at <= within


async def undo(session: Session, actor: Actor, task_id: uuid.UUID) -> None:
    """Take a decision back, at once and only while nobody has acted on it. Raises UndoOver."""
    task = await session.get(Task, task_id, with_for_update=True)
    require(actor, "quality.judge", task)
    assert task is not None  # noqa: S101 - `require` let it pass
    if not _fresh(task, actor, UNDO + GRACE):
        raise UndoOver
    if task.sent_back:
        again = await queries.lock_open_retouch(session, task.round_id)
        if again is None:
            raise UndoOver
        again.state = "cancelled"
        note_task(session, actor, again, "cancelled")
    if not await step_back(session, actor, task.order_id, "sent_back" if task.sent_back else "accepted"):
        raise UndoOver
    if not task.sent_back and task.finished_at is not None:
        await photos.take_offer_back(session, task.order_id, task.finished_at)
        await jobs.enqueue(session, TellGallery(task.order_id), studio_id=task.studio_id, order_id=task.order_id)
    task.state, task.assignee_id, task.finished_at = "open", None, None
    task.reasons, task.note, task.sent_back = [], "", False
    done = await queries.last_retouch(session, task.round_id)
    if done is not None and done.assignee_id is not None:
        await identity.assign(session, done.assignee_id, task.order_id, f"task:{done.id}", studio_id=task.studio_id)
    note_task(session, actor, task, "undone", person_id=task.last_assignee_id)
    audit.record(session, actor, "quality.undo", task)


async def _let_go(session: Session, task: Task) -> None:
    """End the retoucher's sight of the order; a task that came back opens it again when it is taken."""
    done = await queries.last_retouch(session, task.round_id)
    if done is not None and done.assignee_id is not None:
        await identity.unassign(session, done.assignee_id, task.order_id, f"task:{done.id}")


async def accepted_versions(session: Session, actor: Actor, order_id: uuid.UUID) -> list[uuid.UUID]:
    """List the newest finished version of every photo that was ever asked for: what a release lets go."""
    finished = await photos.finished_of_order(session, actor, order_id)
    rounds = await queries.rounds_of_order(session, order_id)
    wanted = {uuid.UUID(photo["photo_id"]) for row in rounds for photo in row.brief["photos"]}
    return [shown.version_id for photo_id, shown in finished.items() if photo_id in wanted]
