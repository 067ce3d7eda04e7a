"""Every SELECT of the customers."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select

from app.core.db import Session
from app.crm.models import Customer, Person


async def customer(session: Session, customer_id: uuid.UUID) -> Customer | None:
    """Fetch one customer."""
    return await session.get(Customer, customer_id)


async def people(session: Session, customer_id: uuid.UUID) -> Sequence[Person]:
    """List a household, in the order it was written down."""
    statement = select(Person).where(Person.customer_id == customer_id).order_by(Person.id)
    return (await session.execute(statement)).scalars().all()


async def names(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Map customers to their names."""
    rows = await session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(customer_ids)))
    return {row.id: row.name for row in rows}


async def person_names(session: Session, person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Map persons to their names."""
    rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}
