"""Every SELECT of billing. It stands above the other domains and may look into their tables, never write there."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, case, cast, func, select
from sqlalchemy.orm import aliased

from app.billing.models import Receipt
from app.core.access import Actor, visible
from app.core.db import Session
from app.core.documents import Document
from app.crm.models import Customer
from app.identity.models import Staff
from app.orders.models import Charge, Order, Payment
from app.production.models import Progress


def _sum_of(model: type[Charge] | type[Payment]) -> ColumnElement[int]:
    """Add up an order's charges or payments inside a SELECT of orders."""
    own: ColumnElement[bool] = model.order_id == Order.id
    return select(cast(func.coalesce(func.sum(model.amount_minor), 0), BigInteger)).where(own).scalar_subquery()


CHARGED, PAID = _sum_of(Charge), _sum_of(Payment)
OWED = CHARGED - PAID


async def lines(
    session: Session, model: type[Charge] | type[Payment], order_id: uuid.UUID
) -> Sequence[Row[Any, str | None]]:
    """List an order's charges or payments, each with who wrote it down."""
    own: ColumnElement[bool] = model.order_id == order_id
    statement = select(model, Staff.name).outerjoin(Staff, Staff.id == model.actor_id).where(own).order_by(model.id)
    return (await session.execute(statement)).all()


async def receipts(session: Session, order_id: uuid.UUID) -> Sequence[Row[Receipt, str, str | None]]:
    """List an order's receipts: (receipt, the document's state, the number it voids)."""
    voided = aliased(Receipt)
    statement = (
        select(Receipt, Document.state, voided.number)
        .join(Document, Document.id == Receipt.document_id)
        .outerjoin(voided, voided.id == Receipt.voids_id)
        .where(Receipt.order_id == order_id)
    )
    return (await session.execute(statement)).all()


async def receipt_of(session: Session, payment_id: uuid.UUID) -> Receipt | None:
    """Find a payment's receipt."""
    return (await session.execute(select(Receipt).where(Receipt.payment_id == payment_id))).scalar_one_or_none()


async def receipt(session: Session, receipt_id: uuid.UUID) -> tuple[Receipt, Document] | None:
    """Fetch a receipt and its document."""
    statement = (
        select(Receipt, Document)
        .join(Document, Document.id == Receipt.document_id)
        .where(Receipt.id == receipt_id)
    )  # fmt: skip
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def orders_of_customer(
    session: Session, actor: Actor, customer_id: uuid.UUID
) -> Sequence[Row[Order, str | None, int]]:
    """List a customer's visible orders, newest first: (order, stage, what is owed)."""
    statement = (
        select(Order, Progress.stage, OWED)
        .outerjoin(Progress, Progress.order_id == Order.id)
        .where(Order.customer_id == customer_id)
        .order_by(Order.id.desc())
    )
    return (await session.execute(visible(statement, actor, "order.read"))).all()


async def order_counts(
    session: Session, actor: Actor, customer_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[int, date]]:
    """Map customers to how many visible orders they have and the day of the latest shoot."""
    statement = (
        select(Order.customer_id, func.count(Order.id), func.max(Order.shoot_on))
        .where(Order.customer_id.in_(customer_ids))
        .group_by(Order.customer_id)
    )
    rows = (await session.execute(visible(statement, actor, "order.read"))).all()
    return {row[0]: (row[1], row[2]) for row in rows}


def _in_period(since: date, until: date, method: str | None) -> list[ColumnElement[bool]]:
    found = [Payment.paid_on >= since, Payment.paid_on <= until]
    return found if method is None else [*found, Payment.reason == method]


async def by_method(
    session: Session, actor: Actor, since: date, until: date, currency: str
) -> Sequence[Row[str, int, int]]:
    """Add up payments of a period by the way they were paid: (method, how many, minor units)."""
    statement = (
        select(Payment.reason, func.count(Payment.id), cast(func.sum(Payment.amount_minor), BigInteger))
        .where(*_in_period(since, until, None), Payment.currency == currency)
        .group_by(Payment.reason)
        .order_by(Payment.reason)
    )
    return (await session.execute(visible(statement, actor, "billing.read"))).all()


async def payments(
    session: Session,
    actor: Actor,
    since: date,
    until: date,
    *,
    method: str | None,
    before: uuid.UUID | None,
    limit: int,
) -> Sequence[Row[Payment, Order, str, str | None]]:
    """List payments of a period, newest written down first: (payment, order, customer, who wrote it down)."""
    statement = (
        select(Payment, Order, Customer.name, Staff.name)
        .join(Order, Order.id == Payment.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(Staff, Staff.id == Payment.actor_id)
        .where(*_in_period(since, until, method))
        .order_by(Payment.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Payment.id < before)
    return (await session.execute(visible(statement, actor, "billing.read"))).all()


def _unpaid(actor: Actor, older: datetime | None, younger: datetime | None) -> Select[Order, int, int]:
    """Select orders with something owed, written down before `older` and not before `younger`."""
    statement = select(Order, CHARGED.label("charged"), PAID.label("paid")).where(OWED > 0)
    if older is not None:
        statement = statement.where(Order.created_at <= older)
    if younger is not None:
        statement = statement.where(Order.created_at > younger)
    return visible(statement, actor, "billing.read")


async def ages(
    session: Session, actor: Actor, limits: Sequence[datetime], currency: str
) -> Sequence[Row[int, int, int]]:
    """Count unpaid orders by age: (how many of the limits they are older than, how many, minor units)."""
    age = case(*((Order.created_at <= limit, place) for place, limit in reversed(list(enumerate(limits, 1)))), else_=0)
    statement = visible(
        select(Order.id, age.label("age"), OWED.label("owed")).where(OWED > 0, Order.currency == currency),
        actor, "billing.read",
    ).subquery()  # fmt: skip
    added = cast(func.sum(statement.c.owed), BigInteger)
    grouped = select(statement.c.age, func.count(), added).group_by(statement.c.age).order_by(statement.c.age)
    return (await session.execute(grouped)).all()


async def unpaid(
    session: Session,
    actor: Actor,
    *,
    older: datetime | None,
    younger: datetime | None,
    after: uuid.UUID | None,
    limit: int,
) -> Sequence[Row[Order, int, int, str]]:
    """List unpaid orders, oldest first: (order, charged, paid, customer)."""
    statement = _unpaid(actor, older, younger).add_columns(Customer.name)
    statement = statement.join(Customer, Customer.id == Order.customer_id).order_by(Order.id).limit(limit)
    if after is not None:
        statement = statement.where(Order.id > after)
    return (await session.execute(statement)).all()
