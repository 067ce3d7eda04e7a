"""Customers: the only place that keeps personal data."""

import uuid
from collections.abc import Collection, Sequence

from app.core import audit
from app.core.access import Actor, require, require_role
from app.core.db import Session
from app.core.errors import BadInput, NotFound
from app.crm import permissions, queries
from app.crm.models import Customer, Person
from app.crm.schemas import NewCustomer

__all__ = ["add_customer", "get_customer", "names_of", "people_of", "permissions", "person_names"]


async def add_customer(session: Session, actor: Actor, new: NewCustomer, *, studio_id: uuid.UUID) -> Customer:
    """Write down a household. Raises BadInput without a name."""
    require_role(actor, "customer.write")
    name = " ".join(new.name.split())
    if not name:
        raise BadInput("name_needed")
    row = Customer(
        studio_id=studio_id, branch_id=new.branch_id, name=name, phone=new.phone or None, email=new.email or None
    )
    require(actor, "customer.write", row)
    session.add(row)
    await session.flush()
    for person in new.people or (name,):
        session.add(Person(studio_id=studio_id, customer_id=row.id, name=person))
    audit.record(session, actor, "customer.add", row)
    await session.flush()
    return row


async def get_customer(session: Session, customer_id: uuid.UUID) -> Customer:
    """Fetch a household (the caller asks the door about what it is for). Raises NotFound."""
    row = await queries.customer(session, customer_id)
    if row is None:
        raise NotFound
    return row


async def people_of(session: Session, customer_id: uuid.UUID) -> Sequence[Person]:
    """List a household."""
    return await queries.people(session, customer_id)


async def names_of(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Map customers to the names under which their orders are known."""
    return await queries.names(session, customer_ids) if customer_ids else {}


async def person_names(session: Session, person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Map persons to their names."""
    return await queries.person_names(session, person_ids) if person_ids else {}
