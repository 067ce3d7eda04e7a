"""Households: who they are and how they are reached."""

import uuid
from collections.abc import Collection, Sequence

from app.core import audit, clock
from app.core.access import Actor, require, require_role
from app.core.db import Session
from app.core.errors import BadInput, NotFound
from app.crm import queries, rules
from app.crm.errors import CustomerChanged
from app.crm.models import Customer, Person
from app.crm.schemas import Contact, NewCustomer, PersonForm
from app.identity import service as identity

MOST_PEOPLE = 24
LONGEST_RELATION = 40


async def add_customer(session: Session, actor: Actor, new: NewCustomer, *, studio_id: uuid.UUID) -> Customer:
    """Write down a household. Raises BadInput without a name or with a contact that cannot be one."""
    require_role(actor, "customer.write")
    name, phone = rules.clean_name(new.name), rules.clean_phone(new.phone)
    row = Customer(
        studio_id=studio_id, branch_id=new.branch_id, name=name, phone=phone, phone_key=rules.phone_key(phone),
        email=rules.clean_contact_email(new.email), locale=rules.clean_locale(new.locale), version=1,
    )  # fmt: skip
    require(actor, "customer.write", row)
    if (await identity.get_branch(session, new.branch_id)).studio_id != studio_id:
        raise NotFound
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


async def _changing(session: Session, actor: Actor, customer_id: uuid.UUID, version: int) -> Customer:
    """Hold a household that is as the form has seen it. Raises CustomerChanged."""
    row = await queries.customer(session, customer_id, lock=True)
    require(actor, "customer.write", row)
    assert row is not None  # noqa: S101 - `require` let it pass
    if row.version != version:
        raise CustomerChanged
    return row


async def change_customer(session: Session, actor: Actor, customer_id: uuid.UUID, contact: Contact) -> Customer:
    """Change a household's name and contact. Raises BadInput, CustomerChanged when another window was faster."""
    row = await _changing(session, actor, customer_id, contact.version)
    phone = rules.clean_phone(contact.phone)
    after = {
        "name": rules.clean_name(contact.name), "phone": phone, "phone_key": rules.phone_key(phone),
        "email": rules.clean_contact_email(contact.email), "locale": rules.clean_locale(contact.locale),
    }  # fmt: skip
    changed = [field for field, value in after.items() if getattr(row, field) != value]
    if not changed:
        return row
    for field in changed:
        setattr(row, field, after[field])
    row.version += 1
    audit.record(
        session, actor, "customer.change", row, after={"fields": [one for one in changed if one != "phone_key"]}
    )
    await session.flush()
    return row


def _kept(form: PersonForm) -> dict[str, object]:
    name, relation = rules.clean_name(form.name), " ".join(form.relation.split())[:LONGEST_RELATION]
    return {"name": name, "relation": relation, "birthday": form.birthday}


async def add_person(
    session: Session, actor: Actor, customer_id: uuid.UUID, form: PersonForm, *, version: int
) -> Person:
    """Add one to a household. Raises BadInput, CustomerChanged."""
    row = await _changing(session, actor, customer_id, version)
    if len(await queries.people(session, [row.id])) >= MOST_PEOPLE:
        raise BadInput("household_full", most=MOST_PEOPLE)
    person = Person(studio_id=row.studio_id, customer_id=row.id, **_kept(form))
    session.add(person)
    row.version += 1
    await session.flush()
    audit.record(session, actor, "person.add", person)
    return person


async def _one_of(session: Session, row: Customer, person_id: uuid.UUID) -> Person:
    person = await queries.person(session, person_id)
    if person is None or person.customer_id != row.id or person.removed_at is not None:
        raise NotFound
    return person


async def change_person(
    session: Session,
    actor: Actor,
    customer_id: uuid.UUID,
    person_id: uuid.UUID,
    form: PersonForm,
    *,
    version: int,
) -> None:
    """Change one of a household. Raises BadInput, CustomerChanged, NotFound."""
    row = await _changing(session, actor, customer_id, version)
    person = await _one_of(session, row, person_id)
    changed = [field for field, value in _kept(form).items() if getattr(person, field) != value]
    for field, value in _kept(form).items():
        setattr(person, field, value)
    if changed:
        row.version += 1
        audit.record(session, actor, "person.change", person, after={"fields": changed})
        await session.flush()


async def remove_person(
    session: Session, actor: Actor, customer_id: uuid.UUID, person_id: uuid.UUID, *, version: int
) -> None:
    """Take one out of a household; the last one stays. Raises BadInput, CustomerChanged, NotFound."""
    row = await _changing(session, actor, customer_id, version)
    person = await _one_of(session, row, person_id)
    if len(await queries.people(session, [row.id])) == 1:
        raise BadInput("last_person")
    person.removed_at = clock.now()
    row.version += 1
    audit.record(session, actor, "person.remove", person)
    await session.flush()


async def people_of(session: Session, customer_id: uuid.UUID) -> Sequence[Person]:
    """List a household."""
    return [person for _, person in await queries.household(session, customer_id) if person is not None]


async def name_of(session: Session, customer_id: uuid.UUID) -> str:
    """Tell the name under which a customer's orders are known."""
    rows = await queries.household(session, customer_id)
    return rows[0][0] if rows else ""


async def names_of(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Map customers to the names under which their orders are known."""
    return await queries.names(session, customer_ids) if customer_ids else {}


async def person_names(session: Session, person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Map persons to their names."""
    return await queries.person_names(session, person_ids) if person_ids else {}
