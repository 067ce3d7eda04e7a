"""The quality check: accept, or send back one stage with reasons."""

import uuid
from collections.abc import Sequence

from app.core import audit, clock
from app.core.access import Actor, require, require_role
from app.core.db import Session
from app.core.ids import new_id
from app.identity import service as identity
from app.photos import service as photos
from app.production import queries
from app.production.errors import ReasonNeeded, TaskMoved
from app.production.models import Task
from app.production.schemas import SEND_BACK_REASONS
from app.production.service.events import note_task
from app.production.service.flow import must_happen


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
    """Accept the work: the order is ready to be released."""
    task = await _judged_task(session, actor, task_id)
    task.state, task.assignee_id, task.finished_at = "done", actor.id, clock.now()
    note_task(session, actor, task, "accepted", person_id=task.last_assignee_id)
    await _let_go(session, task)
    await must_happen(session, actor, task.order_id, "accepted")
    audit.record(session, actor, "quality.accept", task)


async def send_back(session: Session, actor: Actor, task_id: uuid.UUID, reasons: list[str], note: str) -> None:
    """Send the work back one stage, with reasons. Raises ReasonNeeded."""
    task = await _judged_task(session, actor, task_id)
    kept = [reason for reason in dict.fromkeys(reasons) if reason in SEND_BACK_REASONS]
    words = note.strip()[:1000]
    if not kept and not words:
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


async def _let_go(session: Session, task: Task) -> None:
    """End the retoucher's sight of the order; a task that came back opens it again when it is taken."""
    done = await queries.last_retouch(session, task.round_id)
    if done is not None and done.assignee_id is not None:
        await identity.unassign(session, done.assignee_id, task.order_id, f"task:{done.id}")


async def accepted_versions(session: Session, actor: Actor, order_id: uuid.UUID) -> list[uuid.UUID]:
    """List the finished versions of the last round: what a release lets go."""
    last = await queries.last_round(session, order_id)
    if last is None:
        return []
    finished = await photos.finished_of_order(session, actor, order_id)
    wanted = {uuid.UUID(photo["photo_id"]) for photo in last.brief["photos"]}
    return [shown.version_id for photo_id, shown in finished.items() if photo_id in wanted]
