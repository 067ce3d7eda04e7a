"""Orders and tasks as pages show them."""

import uuid
from collections.abc import Collection, Iterable, Sequence

from app.core import clock, documents, pages
from app.core.access import Actor, allows, require, require_role
from app.core.db import Session
from app.core.errors import NotFound
from app.crm import service as crm
from app.identity import service as identity
from app.orders import service as orders
from app.orders.models import Order
from app.photos import service as photos
from app.photos.models import Version
from app.production import queries
from app.production.errors import TaskMoved
from app.production.models import Progress, Task
from app.production.schemas import (
    Happening,
    Loose,
    OrderList,
    OrderPage,
    OrderRow,
    QueueRow,
    TaskPage,
    Wanted,
    as_brief,
)
from app.production.service import packets, quality
from app.production.service.work import items_of

TOLD = frozenset({"taken", "given_back", "lease_lost"})  # of a task's events: the others move the order
StripPicture = tuple[uuid.UUID, str | None, int, int]


def _strip(versions: Sequence[Version]) -> list[StripPicture]:
    return [(row.id, row.thumbhash, row.width or 3, row.height or 2) for row in versions]


async def order_list(
    session: Session,
    actor: Actor,
    *,
    after: str | None = None,
    limit: int | None = None,
    wanted: Wanted | None = None,
) -> OrderList:
    """List orders, newest first, each with its stage, health and a strip of photos; narrowed to what is wanted."""
    require_role(actor, "order.read")
    count = pages.read_limit(limit)
    wanted = wanted or Wanted(today=clock.now().date(), now=clock.now())
    found = await queries.order_rows(session, actor, wanted, before=pages.read_cursor(after), limit=count + 1)
    rows, following = pages.cut(found, count, lambda row: row.id)
    ids = [row.id for row in rows]
    names = await crm.names_of(session, {row.customer_id for row in rows})
    stages = await queries.stages(session, ids) if ids else {}
    health = await photos.health(session, ids) if ids else {}
    strips = await photos.strips(session, ids) if ids else {}
    sees = {row.id: allows_photos(actor, row) for row in rows}
    return OrderList(
        orders=[
            OrderRow(
                id=row.id, number=row.number, customer=names.get(row.customer_id, ""), title=row.title,
                package=row.package_name, shoot_on=row.shoot_on, promised_on=row.promised_on,
                stage=stages.get(row.id, "intake"), health=health[row.id],
                strip=_strip(strips[row.id]) if sees[row.id] else [],
            )
            for row in rows
        ],
        next=following,
    )  # fmt: skip


def allows_photos(actor: Actor, order: Order) -> bool:
    """Tell whether somebody who sees the order sees its photos too (finance does not)."""
    return allows(actor, "photo.read", order)


async def order_page(session: Session, actor: Actor, order_id: uuid.UUID) -> OrderPage:
    """Show one order."""
    order = await orders.get_order(session, actor, order_id)
    customer = await crm.name_of(session, order.customer_id)
    shows = allows_photos(actor, order)
    shown = await photos.photos_of_order(session, actor, order_id) if shows else []
    progress = await queries.progress(session, order_id)
    happenings = await _happenings(session, order_id)
    return OrderPage(
        id=order.id, number=order.number, customer_id=order.customer_id, customer=customer, title=order.title,
        package=order.package_name, shoot_on=order.shoot_on, promised_on=order.promised_on,
        keep_until=order.keep_until, wishes=order.wishes, look=order.look,
        stage=progress.stage if progress else "intake", photos=shown,
        health=photos.health_of(shown) if shows else (await photos.health(session, [order_id]))[order_id],
        failed=[photo for photo in shown if photo.state in {"refused", "quarantined"}],
        finished=await photos.finished_of_order(session, actor, order_id) if shows else {},
        remark_counts=await photos.remark_counts(session, order_id),
        happenings=happenings,
        owed=await orders.owed(session, order) if allows(actor, "money.read", order) else None,
        taken_by=_hand(progress, happenings),
        skill=order.skill, urgent=order.priority > 0,
    )  # fmt: skip


def _hand(progress: Progress | None, happenings: Sequence[Happening]) -> str | None:
    """Name who works on an order: who took its job last, since it came to its stage."""
    told = (one for one in happenings if one.what in TOLD and progress is not None and one.at >= progress.entered_at)
    last = next(told, None)
    return last.who if last is not None and last.what == "taken" else None


async def _happenings(session: Session, order_id: uuid.UUID) -> list[Happening]:
    """Tell what happened to an order and its tasks, the newest first."""
    return [
        Happening(at=row.at, what=row.what, to_stage=row.to_stage, who=row.who or "", why=row.why)
        for row in await queries.happenings(session, order_id, TOLD)
    ]


async def task_page(session: Session, actor: Actor, task_id: uuid.UUID) -> TaskPage:
    """Show a task to the one who works on it or judges it."""
    task = await session.get(Task, task_id)
    require(actor, "task.read", task)
    assert task is not None  # noqa: S101 - `require` let it pass
    order = (await orders.get_orders(session, actor, [task.order_id])).get(task.order_id)
    if order is None:
        raise NotFound
    round_ = (await queries.rounds(session, [task.round_id]))[task.round_id]
    items = await items_of(session, actor, task, as_brief(round_.brief))
    paper = await documents.find(session, packets.paper_key(task.id)) if task.kind == "retouch" else None
    customer = (await crm.names_of(session, [order.customer_id])).get(order.customer_id, "")
    hand = task.last_assignee_id if task.kind == "quality" else None
    return TaskPage(
        id=task.id, kind=task.kind, state=task.state, attempt=task.attempt, order_id=order.id,
        order_number=order.number, customer=customer, title=order.title, package=order.package_name,
        wishes=order.wishes, look=order.look, promised_on=task.promised_on, note=task.note,
        reasons=list(task.reasons or []), items=items,
        loose=await _loose(session, task.id) if task.kind == "retouch" else [],
        done=sum(1 for item in items if item.state == "finished"), packet_size=packets.size_of(items),
        revision=round_.kind == "revision", touched_at=task.touched_at, paper=paper.state if paper else "",
        retoucher=(await identity.staff_names(session, [hand])).get(hand) if hand else None,
    )  # fmt: skip


async def judged_page(session: Session, actor: Actor, task_id: uuid.UUID) -> TaskPage:
    """Show a task that waits to be judged. Raises TaskMoved."""
    task = await session.get(Task, task_id)
    require(actor, "quality.judge", task)
    shown = await task_page(session, actor, task_id)
    if shown.kind != "quality" or shown.state != "open":
        raise TaskMoved
    return shown


async def _loose(session: Session, task_id: uuid.UUID) -> list[Loose]:
    rows = [row for row in await queries.hand_ins(session, task_id) if row.version_id is None]
    files = await photos.get_files(session, [row.file_id for row in rows])
    return [Loose(hand_in_id=row.id, name=files[row.file_id].camera_name, size=files[row.file_id].size) for row in rows]


async def quality_queue(session: Session, actor: Actor) -> list[QueueRow]:
    """List what waits to be judged, with a strip of photos."""
    tasks = await quality.waiting(session, actor)
    return await _rows(session, actor, tasks) if tasks else []


async def _rows(session: Session, actor: Actor, tasks: Sequence[Task]) -> list[QueueRow]:
    found = await orders.get_orders(session, actor, {task.order_id for task in tasks})
    tasks = [task for task in tasks if task.order_id in found]
    names = await crm.names_of(session, {order.customer_id for order in found.values()})
    hands = await identity.staff_names(session, _ids(task.last_assignee_id for task in tasks))
    strips = await photos.strips(session, list(found))
    briefs = await queries.rounds(session, {task.round_id for task in tasks})
    return [
        QueueRow(
            id=task.id, order_number=found[task.order_id].number,
            customer=names.get(found[task.order_id].customer_id, ""), title=found[task.order_id].title,
            photos=len(briefs[task.round_id].brief["photos"]), attempt=task.attempt, promised_on=task.promised_on,
            retoucher=hands.get(task.last_assignee_id) if task.last_assignee_id else None,
            strip=_strip(strips[task.order_id]),
        )
        for task in tasks
    ]  # fmt: skip


def _ids(found: Iterable[uuid.UUID | None]) -> Collection[uuid.UUID]:
    return {one for one in found if one is not None}


async def first_waiting(session: Session, actor: Actor, *, other_than: uuid.UUID | None = None) -> uuid.UUID | None:
    """Find the next task to judge, so that it opens by itself."""
    for task in await quality.waiting(session, actor):
        if task.id != other_than:
            return task.id
    return None
