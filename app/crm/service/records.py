"""What a studio knows of its customers: the list, tags, and what was talked about."""

import uuid
from collections.abc import Sequence

from app.core import audit, pages
from app.core.access import Actor, require, require_role
from app.core.db import Session
from app.core.errors import BadInput, NotFound
from app.core.words import clean_words
from app.crm import queries, rules
from app.crm.models import Customer, CustomerNote, CustomerTag, Tag
from app.crm.schemas import CustomerList, CustomerRow, NoteView, TagView
from app.identity import service as identity

PAGE = 40
LONGEST_SEARCH = 60


async def _writing(session: Session, actor: Actor, customer_id: uuid.UUID) -> Customer:
    row = await queries.customer(session, customer_id)
    require(actor, "customer.write", row)
    assert row is not None  # noqa: S101 - `require` let it pass
    return row


async def customer_list(
    session: Session, actor: Actor, *, words: str = "", tag_id: uuid.UUID | None = None, after: str | None = None
) -> CustomerList:
    """List customers, newest first, found by words and by a tag."""
    require_role(actor, "customer.read")
    words = " ".join(words.split())[:LONGEST_SEARCH]
    rows = await queries.customers(
        session, actor, words=words, tag_id=tag_id, before=pages.read_cursor(after), limit=PAGE + 1
    )
    more, rows = len(rows) > PAGE, rows[:PAGE]
    ids = [row.id for row in rows]
    people: dict[uuid.UUID, list[str]] = {}
    for person in await queries.people(session, ids) if ids else ():
        people.setdefault(person.customer_id, []).append(person.name)
    tags: dict[uuid.UUID, list[TagView]] = {}
    for customer_id, tag in await queries.tags_of(session, ids) if ids else ():
        tags.setdefault(customer_id, []).append(TagView(tag.id, tag.name, tag.hue))
    return CustomerList(
        customers=[
            CustomerRow(
                id=row.id, name=row.name, phone=row.phone, people=people.get(row.id, []), tags=tags.get(row.id, [])
            )
            for row in rows
        ],
        tags=await list_tags(session, actor),
        next=pages.cursor(rows[-1].id) if more else None,
    )  # fmt: skip


async def find_customers(session: Session, actor: Actor, words: str, *, limit: int = 8) -> Sequence[Customer]:
    """Find a few customers by words, newest first."""
    require_role(actor, "customer.read")
    words = " ".join(words.split())[:LONGEST_SEARCH]
    return await queries.customers(session, actor, words=words, tag_id=None, before=None, limit=limit)


async def same_phone(session: Session, actor: Actor, phone: str) -> Sequence[Customer]:
    """List customers who are reached by a telephone number already. Raises BadPhone."""
    require_role(actor, "customer.read")
    key = rules.phone_key(rules.clean_phone(phone))
    return await queries.with_phone(session, actor, key, 3) if key else []


async def list_tags(session: Session, actor: Actor) -> list[TagView]:
    """List the studio's tags in use."""
    require_role(actor, "customer.read")
    return [TagView(*row) for row in await queries.tags(session, actor.studio_id)] if actor.studio_id else []


async def tags_of(session: Session, actor: Actor, customer: Customer) -> tuple[list[TagView], list[str]]:
    """List a customer's tags, and the names of the studio's others."""
    require(actor, "customer.read", customer)
    rows = await queries.tags_and_others(session, customer)
    return [TagView(row[0].id, row[0].name, row[0].hue) for row in rows if row[1]], [
        row[0].name for row in rows if not row[1]
    ]


async def add_tag(session: Session, actor: Actor, customer_id: uuid.UUID, text: str) -> None:
    """Give a customer a tag; one that is new becomes the studio's. Raises BadInput."""
    row, name = await _writing(session, actor, customer_id), rules.clean_tag(text)
    await queries.customer(session, customer_id, lock=True)  # two windows that add the same tag add it once
    tag = await queries.tag_by_name(session, row.studio_id, name.casefold())
    if tag is None:
        await identity.lock_studio(session, row.studio_id)  # a new word becomes the studio's once
        tag = await queries.tag_by_name(session, row.studio_id, name.casefold())
    if tag is None:
        hue = await queries.count_tags(session, row.studio_id) % rules.HUES
        tag = Tag(studio_id=row.studio_id, name=name, name_key=name.casefold(), hue=hue)
        session.add(tag)
        await session.flush()
    if await queries.customer_tag(session, row.id, tag.id) is None:
        session.add(CustomerTag(studio_id=row.studio_id, customer_id=row.id, tag_id=tag.id))
        audit.record(session, actor, "customer.tag", row, after={"tag": str(tag.id)})
    await session.flush()


async def remove_tag(session: Session, actor: Actor, customer_id: uuid.UUID, tag_id: uuid.UUID) -> None:
    """Take a tag from a customer. Raises NotFound."""
    row = await _writing(session, actor, customer_id)
    held = await queries.customer_tag(session, row.id, tag_id)
    if held is None:
        raise NotFound
    await session.delete(held)
    audit.record(session, actor, "customer.untag", row, before={"tag": str(tag_id)})
    await session.flush()


async def add_note(session: Session, actor: Actor, customer_id: uuid.UUID, text: str, *, form_key: uuid.UUID) -> None:
    """Write down what was talked about, once per form. Raises BadInput for nothing."""
    row, body = await _writing(session, actor, customer_id), clean_words(text, rules.LONGEST_NOTE)
    if not body:
        raise BadInput("note_needed")
    note_id = uuid.uuid5(row.id, f"{form_key}:{body}")  # the same words of the same form are one note
    await queries.customer(session, customer_id, lock=True)
    if await session.get(CustomerNote, note_id) is None:
        session.add(
            CustomerNote(id=note_id, studio_id=row.studio_id, customer_id=row.id, author_id=actor.id, body=body)
        )
        audit.record(session, actor, "customer.note", row, after={"note": str(note_id)})
        await session.flush()


async def notes_of(session: Session, actor: Actor, customer: Customer) -> list[NoteView]:
    """List what was talked about, newest first."""
    require(actor, "customer.read", customer)
    return [
        NoteView(note.created_at, name or "", note.body) for note, name in await queries.notes(session, customer.id)
    ]
