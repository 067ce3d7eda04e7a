"""Every SELECT of the customers."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select

from app.core.access import Actor, visible
from app.core.db import Session
from app.crm import rules
from app.crm.models import Customer, CustomerNote, CustomerTag, Person, Tag
from app.identity.models import Staff


async def customer(session: Session, customer_id: uuid.UUID, *, lock: bool = False) -> Customer | None:
    """Fetch one customer; `lock` holds the row until the transaction ends and reads it anew."""
    if not lock:
        return await session.get(Customer, customer_id)
    statement = select(Customer).where(Customer.id == customer_id).with_for_update(key_share=True)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()


async def person(session: Session, person_id: uuid.UUID) -> Person | None:
    """Fetch one of a household."""
    return await session.get(Person, person_id)


async def people(session: Session, customer_ids: Collection[uuid.UUID]) -> Sequence[Person]:
    """List households, in the order they were written down."""
    statement = select(Person).where(Person.customer_id.in_(customer_ids), Person.removed_at.is_(None))
    return (await session.execute(statement.order_by(Person.id))).scalars().all()


async def household(session: Session, customer_id: uuid.UUID) -> Sequence[Row[str, Person | None]]:
    """Fetch a customer's name, with a row for each of the people."""
    here = and_(Person.customer_id == Customer.id, Person.removed_at.is_(None))
    statement = select(Customer.name, Person).join(Person, here, isouter=True).where(Customer.id == customer_id)
    return (await session.execute(statement.order_by(Person.id))).all()


async def names(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Map customers to their names."""
    rows = await session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(customer_ids)))
    return {row.id: row.name for row in rows}


async def person_names(session: Session, person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Map persons to their names."""
    rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}


def _found(words: str) -> ColumnElement[bool]:
    """Say in SQL that a customer is meant by some words: by name, one of the people, a tag, e-mail or digits."""
    someone = exists().where(
        Person.customer_id == Customer.id, Person.removed_at.is_(None), Person.name.icontains(words, autoescape=True)
    )
    tagged = exists().where(
        CustomerTag.customer_id == Customer.id, CustomerTag.tag_id == Tag.id,
        Tag.name_key.contains(words.casefold(), autoescape=True),
    )  # fmt: skip
    ways: list[ColumnElement[bool]] = [
        Customer.name.icontains(words, autoescape=True), Customer.email.icontains(words, autoescape=True),
        someone, tagged,
    ]  # fmt: skip
    digits = rules.searched_digits(words)
    if digits:
        ways.append(Customer.phone_key.contains(digits, autoescape=True))
    return or_(*ways)


async def customers(
    session: Session, actor: Actor, *, words: str, tag_id: uuid.UUID | None, before: uuid.UUID | None, limit: int
) -> Sequence[Customer]:
    """List visible customers, newest first."""
    statement = visible(select(Customer), actor, "customer.read").order_by(Customer.id.desc()).limit(limit)
    if words:
        statement = statement.where(_found(words))
    if tag_id is not None:
        has = exists().where(CustomerTag.customer_id == Customer.id, CustomerTag.tag_id == tag_id)
        statement = statement.where(has)
    if before is not None:
        statement = statement.where(Customer.id < before)
    return (await session.execute(statement)).scalars().all()


async def with_phone(session: Session, actor: Actor, key: str, limit: int) -> Sequence[Customer]:
    """List visible customers of one telephone number."""
    statement = visible(select(Customer).where(Customer.phone_key == key), actor, "customer.read")
    return (await session.execute(statement.order_by(Customer.id).limit(limit))).scalars().all()


async def tags(session: Session, studio_id: uuid.UUID) -> Sequence[Row[uuid.UUID, str, int, int]]:
    """List a studio's tags in use, by name, with how many customers have each."""
    count = func.count(CustomerTag.id)
    statement = (
        select(Tag.id, Tag.name, Tag.hue, count)
        .join(CustomerTag, CustomerTag.tag_id == Tag.id)
        .where(Tag.studio_id == studio_id)
        .group_by(Tag.id, Tag.name, Tag.hue)
        .order_by(Tag.name)
    )
    return (await session.execute(statement)).all()


async def tags_of(session: Session, customer_ids: Collection[uuid.UUID]) -> Sequence[Row[uuid.UUID, Tag]]:
    """List customers' tags: (customer, tag)."""
    statement = (
        select(CustomerTag.customer_id, Tag)
        .join(Tag, Tag.id == CustomerTag.tag_id)
        .where(CustomerTag.customer_id.in_(customer_ids))
        .order_by(CustomerTag.id)
    )
    return (await session.execute(statement)).all()


async def tags_and_others(session: Session, customer: Customer) -> Sequence[Row[Tag, bool]]:
    """List a studio's tags, each with whether a customer has it."""
    has = exists().where(CustomerTag.customer_id == customer.id, CustomerTag.tag_id == Tag.id)
    statement = select(Tag, has).where(Tag.studio_id == customer.studio_id).order_by(Tag.name)
    return (await session.execute(statement)).all()


async def tag_by_name(session: Session, studio_id: uuid.UUID, key: str) -> Tag | None:
    """Find a tag by its name without case."""
    statement = select(Tag).where(Tag.studio_id == studio_id, Tag.name_key == key)
    return (await session.execute(statement)).scalar_one_or_none()


async def count_tags(session: Session, studio_id: uuid.UUID) -> int:
    """Count a studio's tags."""
    return (await session.execute(select(func.count(Tag.id)).where(Tag.studio_id == studio_id))).scalar_one()


async def customer_tag(session: Session, customer_id: uuid.UUID, tag_id: uuid.UUID) -> CustomerTag | None:
    """Find whether a customer has a tag."""
    statement = select(CustomerTag).where(CustomerTag.customer_id == customer_id, CustomerTag.tag_id == tag_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def notes(session: Session, customer_id: uuid.UUID) -> Sequence[Row[CustomerNote, str | None]]:
    """List what was talked about, newest first, with the author's name."""
    statement = (
        select(CustomerNote, Staff.name)
        .outerjoin(Staff, Staff.id == CustomerNote.author_id)
        .where(CustomerNote.customer_id == customer_id)
        .order_by(CustomerNote.created_at.desc(), CustomerNote.id)
    )
    return (await session.execute(statement)).all()
