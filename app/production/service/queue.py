"""The queue: what waits, what one has done, what goes back because nobody touches it, and what goes first."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from app.core import audit, clock, live
from app.core.access import SYSTEM, Actor, require, require_role
from app.core.db import Session
from app.identity import service as identity
from app.identity.rules import check_skills
from app.orders import service as orders
from app.production import queries
from app.production.models import Round, Task
from app.production.schemas import Finished, Lapsed, Queue
from app.production.service.events import note_task

TOLD_FOR = timedelta(days=7)  # a lapse is said on the person's page
OWN_DAYS = timedelta(days=7)
OWN_MOST = 12


async def queue_of(session: Session, actor: Actor) -> Queue:
    """Show a retoucher how many jobs wait and what they have finished these days."""
    require_role(actor, "task.take")
    skills = await identity.skills_of(session, actor.id) if actor.id else frozenset[str]()
    mine, others = await queries.count_open(session, actor, skills)
    now = clock.now()
    lapsed = await queries.lapsed_tasks(session, actor, now - TOLD_FOR)
    done = await queries.finished_tasks(session, actor, now - OWN_DAYS, OWN_MOST)
    rounds = await queries.rounds(session, {task.round_id for task in (*lapsed, *done)})
    checks = await queries.quality_of_rounds(session, {task.round_id for task in done})
    return Queue(
        waiting=mine, for_others=others,
        lapsed=[
            Lapsed(
                order_number=_number(rounds[task.round_id]), photos=_photos(rounds[task.round_id]),
                at=task.lapsed_at or now,
            )
            for task in lapsed
        ],
        finished=[
            Finished(
                order_number=_number(rounds[task.round_id]), photos=_photos(rounds[task.round_id]),
                attempt=task.attempt, at=task.finished_at or now, outcome=_outcome(task, checks),
            )
            for task in done
        ],
    )  # fmt: skip


def _number(round_: Round) -> str:
    return str(round_.brief["order_number"])


def _photos(round_: Round) -> int:
    return len(round_.brief["photos"])


def _outcome(task: Task, checks: Sequence[Task]) -> str:
    check = next((one for one in checks if (one.round_id, one.attempt) == (task.round_id, task.attempt)), None)
    if check is None or check.state != "done":
        return "waiting"
    return "came_back" if check.sent_back else "accepted"


async def lapse_tasks(session: Session, lease: timedelta) -> int:
    """Put jobs that nobody has touched for a lease back into the queue; what was handed in stays with them."""
    now = clock.now()
    idle = await queries.idle_tasks(session, now - lease)
    for task in idle:
        holder = task.assignee_id
        task.state, task.assignee_id, task.taken_at, task.touched_at = "open", None, None, None
        task.lapsed_at, task.lapsed_from = now, holder
        if holder is not None:
            await identity.unassign(session, holder, task.order_id, f"task:{task.id}")
        audit.record(session, SYSTEM, "task.lapse", task, before={"assignee": str(holder)})
        note_task(session, SYSTEM, task, "lease_lost", person_id=holder)
    return len(idle)


async def plan(session: Session, actor: Actor, order_id: uuid.UUID, *, skill: str | None, urgent: bool) -> None:
    """Say what skill an order's retouching needs and whether it is urgent; what waits already follows."""
    order = await orders.get_open_order(session, actor, order_id, "order.read")
    require(actor, "task.plan", order)
    if skill is not None:
        check_skills([skill])
    before = order.priority
    await orders.plan_order(session, actor, order, skill=skill, urgent=urgent)
    for task in await queries.open_tasks(session, order.id):
        task.skill, task.priority = skill, max(0, task.priority + order.priority - before)
    live.touch(session, live.order(order.id), live.board(order.studio_id))
