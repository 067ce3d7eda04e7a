"""Packages, orders and their append-only money."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row
from sqlalchemy.dialects import postgresql, sqlite

from app.core import audit, clock, jobs, live
from app.core.access import SYSTEM, Actor, require, require_role
from app.core.db import Session
from app.core.errors import BadInput, NotFound
from app.core.ids import new_id
from app.core.money import Money
from app.crm import service as crm
from app.identity import service as identity
from app.orders import permissions, queries, rules
from app.orders.errors import OrderClosed, PackageRetired, SourceUsed
from app.orders.jobs import BeginOrder, ReleaseIfDue
from app.orders.models import Charge, Order, OrderLine, Package, PackageLine, Payment
from app.orders.schemas import PAYMENT_METHODS, Account, Entry, NewOrder, NewPackage, Posting

__all__ = ["permissions"]


async def add_package(session: Session, actor: Actor, new: NewPackage, *, studio_id: uuid.UUID) -> Package:
    """Put a package on sale. Raises BadInput for one that could not be sold."""
    require_role(actor, "package.write")
    if actor.kind != "system" and actor.studio_id != studio_id:
        raise NotFound
    rules.check_package(new)
    row = Package(
        studio_id=studio_id,
        name=new.name,
        currency=new.currency,
        price_minor=new.price_minor,
        revision_rounds=new.revision_rounds,
        release_rule=new.release_rule,
        skill=new.skill,
    )
    session.add(row)
    await session.flush()
    for position, line in enumerate(new.lines):
        session.add(
            PackageLine(
                studio_id=studio_id,
                package_id=row.id,
                position=position,
                product=line.product,
                included=line.included,
                extra_minor=line.extra_minor,
                most=line.most,
            )
        )
    audit.record(session, actor, "package.add", row)
    await session.flush()
    return row


async def get_package(session: Session, actor: Actor, package_id: uuid.UUID) -> Package:
    """Fetch a package that is on sale, to change or retire it. Raises NotFound, PackageRetired."""
    package = await queries.package(session, package_id)
    require(actor, "package.write", package)
    assert package is not None  # noqa: S101 - `require` let it pass
    if package.retired_at is not None:
        raise PackageRetired
    return package


async def retire_package(session: Session, actor: Actor, package_id: uuid.UUID) -> None:
    """Take a package off sale; orders that were made with it keep their own copy. Raises NotFound, PackageRetired."""
    package = await get_package(session, actor, package_id)
    if not await queries.retire(session, package_id, clock.now()):
        raise PackageRetired
    audit.record(session, actor, "package.retire", package)


async def list_packages(session: Session, actor: Actor) -> Sequence[Package]:
    """List what is on sale."""
    require_role(actor, "package.read")
    return await queries.packages(session, actor.studio_id) if actor.studio_id else []


async def add_order(session: Session, actor: Actor, new: NewOrder) -> Order:
    """Write down an order: its number, its own copy of the package's lines, the package's price as a charge."""
    package = await queries.package(session, new.package_id)
    require(actor, "package.read", package)
    assert package is not None  # noqa: S101 - `require` let it pass
    if not new.title.strip():
        raise BadInput("title_needed")
    branch = await identity.get_branch(session, new.branch_id)
    customer = await crm.get_customer(session, new.customer_id)
    if {branch.studio_id, customer.studio_id} != {package.studio_id}:
        raise NotFound
    order = Order(
        studio_id=package.studio_id,
        branch_id=new.branch_id,
        number="",
        customer_id=new.customer_id,
        title=new.title.strip(),
        package_name=package.name,
        currency=package.currency,
        revision_rounds=package.revision_rounds,
        release_rule=package.release_rule,
        skill=package.skill,
        shoot_on=new.shoot_on,
        promised_on=new.promised_on,
        keep_until=new.keep_until,
        wishes=new.wishes,
        look=new.look,
    )
    require(actor, "order.write", order)
    year = clock.today(branch.timezone).year
    value = await queries.next_value(session, package.studio_id, f"order:{branch.code}:{year}")
    order.number = rules.order_number(branch.code, year, value)
    session.add(order)
    await session.flush()
    for line in package.lines:
        session.add(
            OrderLine(
                studio_id=order.studio_id,
                order_id=order.id,
                position=line.position,
                product=line.product,
                included=line.included,
                extra_minor=line.extra_minor,
                most=line.most,
            )
        )
    await charge(session, actor, order, package.price_minor, "package", source_key=f"order:{order.id}:package")
    audit.record(session, actor, "order.add", order, after={"number": order.number})
    await jobs.enqueue(session, BeginOrder(order.id), studio_id=order.studio_id, order_id=order.id)
    await session.flush()
    return order


async def get_order(session: Session, actor: Actor, order_id: uuid.UUID, permission: str = "order.read") -> Order:
    """Fetch an order with its lines. Raises NotFound, Forbidden."""
    order = await queries.order(session, order_id)
    require(actor, permission, order)
    assert order is not None  # noqa: S101 - `require` let it pass
    return order


async def get_orders(session: Session, actor: Actor, order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Order]:
    """Fetch those of some orders that the actor may see."""
    return {row.id: row for row in await queries.orders_by_id(session, actor, order_ids)} if order_ids else {}


async def get_open_order(session: Session, actor: Actor, order_id: uuid.UUID, permission: str) -> Order:
    """Fetch an order that still takes changes. Raises OrderClosed too."""
    order = await get_order(session, actor, order_id, permission)
    if order.closed_at is not None:
        raise OrderClosed(number=order.number)
    return order


async def plan_order(session: Session, actor: Actor, order: Order, *, skill: str | None, urgent: bool) -> None:
    """Say what an order's retoucher must be good at, and whether it goes before the others."""
    before = {"skill": order.skill, "priority": order.priority}
    order.skill, order.priority = skill, rules.URGENT if urgent else 0
    after = {"skill": order.skill, "priority": order.priority}
    if after != before:
        audit.record(session, actor, "order.plan", order, before=before, after=after)


async def lock_order(session: Session, order_id: uuid.UUID) -> None:
    """Hold an order until the transaction ends, so that what it has once is not made twice at once."""
    await queries.lock_order(session, order_id)


async def get_order_by_number(session: Session, actor: Actor, number: str) -> Order:
    """Fetch an order by its number. Raises NotFound."""
    order = await queries.order_by_number(session, actor, number.strip())
    if order is None:
        raise NotFound("no_such_order", number=number)
    return order


async def list_orders(
    session: Session, actor: Actor, *, before: uuid.UUID | None = None, limit: int
) -> Sequence[Order]:
    """List visible orders, newest first."""
    require_role(actor, "order.read")
    return await queries.orders(session, actor, before=before, limit=limit)


async def post(session: Session, actor: Actor, order: Order, posting: Posting) -> bool:
    """Append a line of money unless the same cause has posted it; returns whether it is new.

    The caller has passed the door. Raises SourceUsed when the cause posted something else: a sum of money is never
    swallowed.
    """
    model = Payment if posting.paid_on is not None else Charge
    insert = (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(model)
    line = {
        "id": new_id(), "created_at": clock.now(), "studio_id": order.studio_id, "branch_id": order.branch_id,
        "order_id": order.id, "currency": order.currency, "actor_id": actor.id, **msgspec.structs.asdict(posting),
    }  # fmt: skip
    if model is Charge:
        del line["paid_on"], line["reference"]
    posted = await session.execute(
        insert.values(line).on_conflict_do_nothing(index_elements=["source_key"]).returning(model.id)
    )
    if posted.scalar_one_or_none() is None:
        if await queries.posted(session, model, posting.source_key) != (order.id, posting.amount_minor, posting.reason):
            raise SourceUsed
        return False
    after = {"minor": posting.amount_minor, "reason": posting.reason}
    if posting.reverses_id is not None:
        after["reverses"] = str(posting.reverses_id)
    audit.record(session, actor, "charge.add" if model is Charge else "payment.add", order, after=after)
    live.touch(session, live.order(order.id), live.board(order.studio_id))
    if model is Payment or posting.amount_minor < 0:  # it may be what finished photos waited for
        await jobs.enqueue(session, ReleaseIfDue(order.id), studio_id=order.studio_id, order_id=order.id)
    return True


async def is_posted(session: Session, order: Order, posting: Posting) -> bool:
    """Tell whether a cause has posted this line already: a form sent twice is no second deed."""
    model = Payment if posting.paid_on is not None else Charge
    return await queries.posted(session, model, posting.source_key) == (
        order.id, posting.amount_minor, posting.reason
    )  # fmt: skip


async def charge(
    session: Session,
    actor: Actor,
    order: Order,
    amount_minor: int,
    reason: str,
    *,
    source_key: str,
    count: int | None = None,
) -> None:
    """Charge the customer, once per cause."""
    await post(session, actor, order, Posting(amount_minor, reason, source_key=source_key, count=count))


async def day_of(session: Session, order: Order) -> date:
    """Tell which day it is where an order was written down."""
    return clock.today((await identity.get_branch(session, order.branch_id)).timezone)


async def record_payment(  # noqa: PLR0913 - a payment has these parts
    session: Session,
    actor: Actor,
    order_id: uuid.UUID,
    amount_minor: int,
    method: str,
    *,
    source_key: str,
    paid_on: date | None = None,
    reference: str = "",
) -> None:
    """Write down what a customer paid, once per form. Raises BadInput for a strange sum, method or day; SourceUsed."""
    order = await get_order(session, actor, order_id, "money.write")
    today = await day_of(session, order)
    if method not in PAYMENT_METHODS:
        raise BadInput("unknown_payment_method")
    if not 0 < amount_minor <= rules.MOST_MINOR:
        raise BadInput("strange_amount")
    if paid_on is not None and paid_on > today:
        raise BadInput("day_ahead")
    posting = Posting(
        amount_minor, method, source_key=source_key, paid_on=paid_on or today, reference=reference.strip()
    )
    await post(session, actor, order, posting)


async def next_number(session: Session, studio_id: uuid.UUID, series: str) -> int:
    """Take the next number of a series: without a gap, for an undone transaction gives it back."""
    return await queries.next_value(session, studio_id, series)


async def owed(session: Session, order: Order) -> Money:
    """Tell what is still owed."""
    return _account(order, await queries.entries(session, order.id)).owed


def _account(order: Order, rows: Sequence[Row[Any]]) -> Account:
    entries = [
        Entry(
            id=row.id, kind=row.kind, reason=row.reason, count=row.number, at=row.created_at,
            amount=Money(row.amount_minor, order.currency), undoes=row.reverses_id is not None,
        )
        for row in rows
    ]  # fmt: skip
    charged, paid = (sum(one.amount.minor for one in entries if one.kind == kind) for kind in ("charge", "payment"))
    return Account(Money(charged, order.currency), Money(paid, order.currency), entries)


async def account(session: Session, actor: Actor, order_id: uuid.UUID) -> Account:
    """Show an order's money."""
    order = await get_order(session, actor, order_id, "money.read")
    return _account(order, await queries.entries(session, order.id))


async def order_of_system(session: Session, order_id: uuid.UUID) -> Order:
    """Fetch an order for a worker, which acts for the studio itself. Raises NotFound."""
    return await get_order(session, SYSTEM, order_id)
