"""Orders and tasks for programs."""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.once import once
from app.core.pages import Page
from app.core.web.given import GivenActor, GivenSession
from app.photos.schemas import Health
from app.production import service
from app.production.schemas import Brief, WantedOrder


class OrderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An order. `health` counts its photos; they have a list of their own."""

    id: uuid.UUID
    number: str
    customer: str
    title: str
    package: str
    shoot_on: date
    promised_on: date | None
    stage: str
    health: Health


class TaskFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Work for one person: kind retouch or quality; state open, taken, done or cancelled."""

    id: uuid.UUID
    order_id: uuid.UUID
    kind: str
    state: str
    attempt: int
    priority: int
    promised_on: date | None
    assignee_id: uuid.UUID | None
    taken_at: datetime | None
    finished_at: datetime | None


class TaskWithBrief(TaskFacts, frozen=True, kw_only=True):
    """A task and what is wanted, as it was fixed when its round began."""

    brief: Brief


class OrderMade(msgspec.Struct, frozen=True, kw_only=True):
    """An order that was written down."""

    id: uuid.UUID
    number: str


@get("/api/v1/orders", tags=["orders"], summary="List orders")
async def list_orders(
    session: GivenSession,
    actor: GivenActor,
    after: FromQuery[str | None] = None,
    limit: FromQuery[int | None] = None,
) -> Page[OrderFacts]:
    """List orders, newest first; `next` continues the list as `after`."""
    listed = await service.order_list(session, actor, after=after, limit=limit)
    facts = [msgspec.convert(order, OrderFacts, from_attributes=True) for order in listed.orders]
    return Page(facts, listed.next)


@get("/api/v1/orders/{order_id:uuid}", tags=["orders"], summary="One order")
async def get_order(session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]) -> OrderFacts:
    """Give one order."""
    return msgspec.convert(await service.order_page(session, actor, order_id), OrderFacts, from_attributes=True)


@post("/api/v1/orders", tags=["orders"], summary="Write down an order", status_code=201)
async def add_order(
    request: Request[Any, Any, Any], session: GivenSession, actor: GivenActor, data: JSONBody[WantedOrder]
) -> OrderMade:
    """Write down a customer and their order. The same `Idempotency-Key` gives the same order again."""

    async def act() -> OrderMade:
        made = await service.add_order_for(session, actor, data)
        return OrderMade(id=made.id, number=made.number)

    key = request.headers.get("idempotency-key")
    return msgspec.convert(await once(session, actor, key, data, act), OrderMade)


@get("/api/v1/tasks", tags=["tasks"], summary="List tasks")
async def list_tasks(
    session: GivenSession,
    actor: GivenActor,
    after: FromQuery[str | None] = None,
    limit: FromQuery[int | None] = None,
    in_state: FromQuery[str | None] = None,
    kind: FromQuery[str | None] = None,
) -> Page[TaskFacts]:
    """List tasks, newest first, of one `in_state` (open, taken, done, cancelled) or `kind` (retouch, quality)."""
    rows, following = await service.list_tasks(session, actor, after=after, limit=limit, state=in_state, kind=kind)
    return Page([msgspec.convert(row, TaskFacts, from_attributes=True) for row in rows], following)


@get("/api/v1/tasks/{task_id:uuid}", tags=["tasks"], summary="One task with its brief")
async def get_task(session: GivenSession, actor: GivenActor, task_id: FromPath[uuid.UUID]) -> TaskWithBrief:
    """Give one task with its brief: photos, products and remarks."""
    task, brief = await service.get_task(session, actor, task_id)
    facts = msgspec.to_builtins(msgspec.convert(task, TaskFacts, from_attributes=True))
    return msgspec.convert({**facts, "brief": brief}, TaskWithBrief)
