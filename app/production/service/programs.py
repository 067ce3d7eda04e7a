"""What programs ask of the production."""

import uuid
from collections.abc import Sequence

from app.core import pages
from app.core.access import Actor, require, require_role
from app.core.db import Session
from app.core.errors import BadInput, SignInNeeded
from app.crm import service as crm
from app.crm.schemas import NewCustomer
from app.identity import service as identity
from app.orders import service as orders
from app.orders.models import Order
from app.orders.schemas import NewOrder
from app.production import queries
from app.production.models import Task
from app.production.schemas import Brief, WantedOrder
from app.production.service.work import brief_of


async def add_order_for(session: Session, actor: Actor, wanted: WantedOrder) -> Order:
    """Write down a customer and their order together. Raises BadInput, NotFound."""
    require_role(actor, "order.write")
    if actor.studio_id is None:
        raise SignInNeeded
    branch_id = wanted.branch_id or await _only_branch(session, actor)
    who = wanted.customer
    customer = await crm.add_customer(
        session, actor, studio_id=actor.studio_id,
        new=NewCustomer(branch_id=branch_id, name=who.name, phone=who.phone, email=who.email, people=who.people),
    )  # fmt: skip
    return await orders.add_order(
        session, actor,
        NewOrder(
            branch_id=branch_id, customer_id=customer.id, package_id=wanted.package_id, title=wanted.title,
            shoot_on=wanted.shoot_on, promised_on=wanted.promised_on, keep_until=wanted.keep_until,
            wishes=wanted.wishes,
        ),
    )  # fmt: skip


async def _only_branch(session: Session, actor: Actor) -> uuid.UUID:
    branches = await identity.branches_of(session, actor)
    if len(branches) != 1:
        raise BadInput("branch_needed")
    return branches[0].id


async def list_tasks(
    session: Session, actor: Actor, *, after: str | None, limit: int | None, state: str | None, kind: str | None
) -> tuple[Sequence[Task], str | None]:
    """List tasks, newest first, and where the next page begins."""
    require_role(actor, "task.read")
    count = pages.read_limit(limit)
    found = await queries.tasks_page(
        session, actor, after=pages.read_cursor(after), limit=count + 1, state=state, kind=kind
    )
    return pages.cut(found, count, lambda task: task.id)


async def get_task(session: Session, actor: Actor, task_id: uuid.UUID) -> tuple[Task, Brief]:
    """Give a task and its brief. Raises NotFound."""
    task = await session.get(Task, task_id)
    require(actor, "task.read", task)
    assert task is not None  # noqa: S101 - `require` let it pass
    return task, await brief_of(session, task)
