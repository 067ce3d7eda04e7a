"""The retoucher's day: take the next job, get the packet, hand in, give back."""

import uuid
from collections.abc import Mapping

import msgspec

from app.core import audit, clock
from app.core.access import Actor, require, require_role
from app.core.db import Database, Session
from app.core.errors import BadInput, NotFound
from app.core.ids import new_id
from app.identity import service as identity
from app.orders import service as orders
from app.photos import service as photos
from app.photos.models import File
from app.photos.schemas import Incoming
from app.production import queries, rules
from app.production.errors import (
    FinalsMissing,
    FinalsNotReady,
    FinalsUnmatched,
    NoTask,
    NothingNew,
    ReasonNeeded,
    SameAsOriginal,
    TaskMoved,
)
from app.production.models import HandIn, Task
from app.production.schemas import GIVE_BACK_REASONS, HandedIn
from app.production.service import packets
from app.production.service.events import note_task
from app.production.service.flow import must_happen
from app.production.service.work import brief_of
from storage.store import Store


async def take_next_job(session: Session, actor: Actor) -> Task:
    """Take the most urgent job; who has one already keeps it. Raises NoTask."""
    require_role(actor, "task.take")
    if actor.id is None:
        raise NoTask
    await identity.lock_staff(session, actor.id)  # a second press waits, and finds what the first one took
    own = await queries.own_task(session, actor)
    if own is not None:
        return own
    task = await queries.next_open_task(session, actor, await identity.skills_of(session, actor.id))
    if task is None:
        raise NoTask
    await queries.forget_lapses(session, actor.id)
    task.state, task.assignee_id, task.taken_at = "taken", actor.id, clock.now()
    task.touched_at = task.taken_at
    await identity.assign(session, actor.id, task.order_id, f"task:{task.id}", studio_id=task.studio_id)
    note_task(session, actor, task, "taken")
    audit.record(session, actor, "task.take", task)
    await packets.ask_for_paper(session, _with_order(actor, task.order_id), task)
    await session.flush()
    return task


def _with_order(actor: Actor, order_id: uuid.UUID) -> Actor:
    """Let who has just taken a task see its order in the same request."""
    return msgspec.structs.replace(actor, order_ids=actor.order_ids | {order_id})


async def own_task(session: Session, actor: Actor) -> Task | None:
    """Find the job the actor has taken."""
    require_role(actor, "task.take")
    return await queries.own_task(session, actor)


async def held_task(session: Session, actor: Actor, task_id: uuid.UUID) -> Task:
    """Fetch a job that is the actor's to work on; the deed it is fetched for renews its lease. Raises TaskMoved."""
    task = await session.get(Task, task_id, with_for_update=True)
    require(actor, "task.work", task)
    assert task is not None  # noqa: S101 - `require` let it pass
    if task.kind != "retouch" or task.state != "taken" or task.assignee_id != actor.id:
        raise TaskMoved
    task.touched_at = clock.now()
    return task


async def give_back(session: Session, actor: Actor, task_id: uuid.UUID, reason: str, note: str) -> None:
    """Give a job back to the queue, with a reason. What was handed in stays with it."""
    task = await held_task(session, actor, task_id)
    if reason not in GIVE_BACK_REASONS:
        raise ReasonNeeded
    note_task(session, actor, task, "given_back", reasons=[reason])
    task.state, task.assignee_id, task.taken_at = "open", None, None
    task.note = note.strip()[:500]
    if actor.id is not None:
        await identity.unassign(session, actor.id, task.order_id, f"task:{task.id}")
    audit.record(session, actor, "task.give_back", task, after={"reason": reason})


async def prepare_hand_in(db: Database, actor: Actor, task_id: uuid.UUID, name: str) -> Incoming:
    """Give a finished file that is about to come in its ids and its key."""
    async with db.write() as session:
        task = await held_task(session, actor, task_id)
        order = await orders.get_open_order(session, actor, task.order_id, "photo.finish")
    return photos.make_incoming(order, name=name, source="hand_in", finished=True)


async def hand_in_file(session: Session, actor: Actor, task_id: uuid.UUID, incoming: Incoming) -> HandedIn:
    """Write down a stored finished file, matched by the camera's name; one that fits no photo is kept and shown.

    Raises BadInput for an empty file, SameAsOriginal for one that nobody worked on.
    """
    if not incoming.size:
        raise BadInput("empty_file")
    task = await held_task(session, actor, task_id)
    order = await orders.get_open_order(session, actor, task.order_id, "photo.finish")
    brief = await brief_of(session, task)
    known = await photos.find_duplicate(session, order.id, incoming.sha256)
    if known is not None and known.role == "original":
        raise SameAsOriginal(name=known.camera_name)
    names = {str(photo.photo_id): photo.packet_name for photo in brief.photos}
    found = rules.match_name(incoming.name, names)
    if known is not None:
        return await _hand_in_known(session, actor, task, known, names, found)
    scope = {"studio_id": order.studio_id, "branch_id": order.branch_id, "order_id": order.id}
    if found is None:
        file = await photos.keep_unmatched(session, actor, order, incoming)
        session.add(HandIn(task_id=task.id, file_id=file.id, **scope))
        return HandedIn(name=file.camera_name, photo_name=None, known=False)
    photo = await photos.get_photo(session, actor, uuid.UUID(found))
    version = await photos.add_finished(session, actor, photo, incoming)
    session.add(HandIn(task_id=task.id, file_id=version.file_id, photo_id=photo.id, version_id=version.id, **scope))
    return HandedIn(name=incoming.name, photo_name=names[found], known=False)


async def write_down_hand_in(
    db: Database, store: Store, actor: Actor, task_id: uuid.UUID, incoming: Incoming
) -> HandedIn:
    """Write down a finished file whose bytes lie in the store; a copy nobody needs is removed, never a kept one."""

    async def write(session: Session) -> HandedIn:
        return await hand_in_file(session, actor, task_id, incoming)

    return await photos.write_down(db, store, incoming, write)


async def _hand_in_known(
    session: Session, actor: Actor, task: Task, file: File, names: Mapping[str, str], found: str | None
) -> HandedIn:
    """Take bytes the order has already: back from aside, or back to an earlier state of the photo; never a second copy.

    A file that is its photo's newest version, or waits on the page, is only said to be known.
    """
    known = HandedIn(name=file.camera_name, photo_name=None, known=True)
    row = await queries.hand_in_of(session, task.id, file.id)
    photo_id = str(file.photo_id or found or "")
    if photo_id not in names:
        if file.photo_id is not None or (row is not None and row.removed_at is None):
            return known
        _keep_row(session, task, file, row)
        return HandedIn(name=file.camera_name, photo_name=None, known=False)
    newest = await photos.newest_finished(session, uuid.UUID(photo_id))
    if newest is not None and newest.file_id == file.id:
        return known
    photo = await photos.get_photo(session, actor, uuid.UUID(photo_id))
    version = await photos.match_file(session, actor, file, photo)
    kept = _keep_row(session, task, file, row)
    kept.photo_id, kept.version_id = photo.id, version.id
    return HandedIn(name=file.camera_name, photo_name=names[photo_id], known=False)


def _keep_row(session: Session, task: Task, file: File, row: HandIn | None) -> HandIn:
    if row is None:
        row = HandIn(
            task_id=task.id, file_id=file.id,
            studio_id=task.studio_id, branch_id=task.branch_id, order_id=task.order_id,
        )  # fmt: skip
        session.add(row)
    row.removed_at = None
    return row


async def tick_remark(
    session: Session, actor: Actor, task_id: uuid.UUID, remark_id: uuid.UUID, *, done: bool
) -> uuid.UUID:
    """Tick one of the job's remarks off, or untick it; returns its photo."""
    task = await held_task(session, actor, task_id)
    remark = await photos.tick_remark(session, actor, remark_id, done=done)
    if remark.order_id != task.order_id:
        raise NotFound
    return remark.photo_id


async def match_by_hand(
    session: Session, actor: Actor, task_id: uuid.UUID, hand_in_id: uuid.UUID, photo_id: uuid.UUID
) -> None:
    """Say which photo a finished file is."""
    task = await held_task(session, actor, task_id)
    row = await session.get(HandIn, hand_in_id, with_for_update=True)
    if row is None or row.task_id != task.id or row.version_id is not None or row.removed_at is not None:
        raise TaskMoved
    if photo_id not in {photo.photo_id for photo in (await brief_of(session, task)).photos}:
        raise BadInput("photo_not_in_brief")
    photo = await photos.get_photo(session, actor, photo_id)
    file = await photos.get_file(session, row.file_id)
    version = await photos.match_file(session, actor, file, photo)
    row.photo_id, row.version_id = photo.id, version.id


async def put_aside(session: Session, actor: Actor, task_id: uuid.UUID, hand_in_id: uuid.UUID) -> None:
    """Put an unmatched file aside: it leaves the page, its bytes stay."""
    task = await held_task(session, actor, task_id)
    row = await session.get(HandIn, hand_in_id, with_for_update=True)
    if row is None or row.task_id != task.id or row.version_id is not None:
        raise TaskMoved
    row.removed_at = clock.now()
    audit.record(session, actor, "hand_in.put_aside", row)


async def hand_in(session: Session, actor: Actor, task_id: uuid.UUID) -> None:
    """Finish a job: every photo has its finished file, no file is without a photo; the quality check is next."""
    task = await held_task(session, actor, task_id)
    brief = await brief_of(session, task)
    finished = await photos.finished_of_order(session, actor, task.order_id)
    missing = [
        photo.packet_name
        for photo in brief.photos
        if photo.photo_id not in finished or finished[photo.photo_id].version_id == photo.finished_id
    ]
    if missing:
        raise FinalsMissing(count=len(missing), names=" · ".join(missing[:5]))
    handed = await queries.hand_ins(session, task.id)
    if any(row.version_id is None for row in handed):
        raise FinalsUnmatched
    if task.attempt > 1 and not handed:
        raise NothingNew
    broken = [
        finished[photo.photo_id].camera_name for photo in brief.photos if finished[photo.photo_id].state != "ready"
    ]
    if broken:
        raise FinalsNotReady(count=len(broken), names=" · ".join(broken[:5]))
    task.state, task.finished_at = "done", clock.now()
    note_task(session, actor, task, "handed_in")
    check = Task(
        id=new_id(), studio_id=task.studio_id, branch_id=task.branch_id, order_id=task.order_id,
        round_id=task.round_id, kind="quality", state="open", attempt=task.attempt,
        promised_on=task.promised_on, priority=task.priority, last_assignee_id=actor.id, skill=task.skill,
    )  # fmt: skip
    session.add(check)
    note_task(session, actor, check, "opened")
    await must_happen(session, actor, task.order_id, "handed_in")
    audit.record(session, actor, "task.hand_in", task)
