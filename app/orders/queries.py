"""Every SELECT of the orders."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, literal, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload, selectinload

from app.core.access import Actor, visible
from app.core.db import Session
from app.orders.models import Charge, Counter, Order, Package, Payment


async def order(session: Session, order_id: uuid.UUID) -> Order | None:
    """Fetch an order with its lines."""
    statement = select(Order).where(Order.id == order_id).options(joinedload(Order.lines))
    return (await session.execute(statement)).unique().scalar_one_or_none()


async def lock_order(session: Session, order_id: uuid.UUID) -> None:
    """Hold an order's row until the transaction ends: what it must have once is made once."""
    await session.execute(select(Order.id).where(Order.id == order_id).with_for_update(key_share=True))


async def order_by_number(session: Session, actor: Actor, number: str) -> Order | None:
    """Fetch a visible order by its number."""
    statement = visible(select(Order).where(Order.number == number), actor, "order.read")
    return (await session.execute(statement.options(selectinload(Order.lines)))).scalar_one_or_none()


async def orders(session: Session, actor: Actor, *, before: uuid.UUID | None, limit: int) -> Sequence[Order]:
    """List visible orders, newest first."""
    statement = visible(select(Order), actor, "order.read").order_by(Order.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(Order.id < before)
    return (await session.execute(statement)).scalars().all()


async def orders_by_id(session: Session, actor: Actor, order_ids: Collection[uuid.UUID]) -> Sequence[Order]:
    """Fetch visible orders."""
    return (
        (await session.execute(visible(select(Order).where(Order.id.in_(order_ids)), actor, "order.read")))
        .scalars()
        .all()
    )


async def packages(session: Session, studio_id: uuid.UUID) -> Sequence[Package]:
    """List the packages on sale."""
    statement = select(Package).where(Package.studio_id == studio_id, Package.retired_at.is_(None))
    return (await session.execute(statement.options(selectinload(Package.lines)).order_by(Package.id))).scalars().all()


async def package(session: Session, package_id: uuid.UUID) -> Package | None:
    """Fetch a package with its lines."""
    statement = select(Package).where(Package.id == package_id).options(selectinload(Package.lines))
    return (await session.execute(statement)).scalar_one_or_none()


async def retire(session: Session, package_id: uuid.UUID, now: datetime) -> bool:
    """Take a package off sale, once; tells whether it was on sale."""
    statement = update(Package).where(Package.id == package_id, Package.retired_at.is_(None)).values(retired_at=now)
    result = await session.execute(statement.returning(Package.id))
    return result.scalar_one_or_none() is not None


async def entries(session: Session, order_id: uuid.UUID) -> Sequence[Row[Any]]:
    """List an order's charges and payments as they were posted; `kind` says which."""

    def lines(kind: str, model: type[Charge] | type[Payment]) -> Select[*tuple[Any, ...]]:
        columns = (
            model.id,
            model.reason,
            model.count.label("number"),
            model.amount_minor,
            model.created_at,
            model.reverses_id,
        )
        return select(literal(kind).label("kind"), *columns).where(model.order_id == order_id)

    both = union_all(lines("charge", Charge), lines("payment", Payment)).subquery()
    return (await session.execute(select(both).order_by(both.c.id))).all()


async def posted(
    session: Session, model: type[Charge] | type[Payment], source_key: str
) -> tuple[uuid.UUID, int, str] | None:
    """Find what a cause posted: (order, amount in minor units, reason)."""
    statement = select(model.order_id, model.amount_minor, model.reason).where(model.source_key == source_key)
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def next_value(session: Session, studio_id: uuid.UUID, series: str) -> int:
    """Take the next number of a series; it is given back when the transaction is undone."""
    insert = (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(Counter)
    statement = (
        insert.values(studio_id=studio_id, series=series, value=1)
        .on_conflict_do_update(index_elements=["studio_id", "series"], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    )
    return (await session.execute(statement)).scalar_one()
