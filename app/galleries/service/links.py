"""Links: a key in one address once, then a PIN, then a session for one gallery."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.core import audit, clock
from app.core.access import Actor, Card, require
from app.core.db import Database, Session
from app.core.errors import Gone, NotFound, SignInNeeded
from app.core.ids import new_id
from app.core.passwords import check_secret, hash_secret
from app.core.tokens import new_token, token_hash
from app.crm import service as crm
from app.crm.models import Person
from app.galleries import queries, rules
from app.galleries.errors import LinkExpired, LinkWithdrawn, WrongPin
from app.galleries.models import Gallery, Link, Participant
from app.galleries.schemas import LinkView, NewLink
from app.identity import service as identity
from app.identity.models import AuthSession
from app.orders import service as orders
from app.orders.models import Order


async def ensure_gallery(session: Session, order: Order) -> Gallery:
    """Find an order's gallery, or open it."""
    known = await queries.gallery_of_order(session, order.id, lock=True)
    if known is None:
        await orders.lock_order(session, order.id)
        known = await queries.gallery_of_order(session, order.id, lock=True)
    if known is not None:
        return known
    branch = await identity.get_branch(session, order.branch_id)
    row = Gallery(
        id=new_id(), studio_id=order.studio_id, branch_id=order.branch_id, order_id=order.id, state="open",
        shows="look" if order.look else "proof", choose_by=clock.today(branch.timezone) + rules.CHOOSING_TIME,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def open_gallery(session: Session, order_id: uuid.UUID) -> None:
    """Open an order's gallery once its photos are ready (a job asks for it)."""
    await ensure_gallery(session, await orders.order_of_system(session, order_id))


async def make_link(
    session: Session, actor: Actor, order_id: uuid.UUID, *, person_id: uuid.UUID | None = None, pin_hash: str, pin: str
) -> NewLink:
    """Make a link for one of the household. `pin_hash` was made outside any transaction (`hash_pin`)."""
    order = await orders.get_order(session, actor, order_id, "link.write")
    gallery = await ensure_gallery(session, order)
    people = await crm.people_of(session, order.customer_id)
    person = next((one for one in people if one.id == person_id), None) if person_id else next(iter(people), None)
    if person is None:
        raise NotFound("no_such_person")
    participant = await _participant(session, gallery, person.id)
    key = new_token()
    row = Link(
        id=new_id(), studio_id=gallery.studio_id, branch_id=gallery.branch_id, order_id=gallery.order_id,
        gallery_id=gallery.id, participant_id=participant.id, key_hash=token_hash(key), pin_hash=pin_hash,
        expires_at=clock.now() + rules.LINK_LIFETIME, withdrawn_at=None,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    audit.record(session, actor, "link.make", row)
    return NewLink(key=key, pin=pin, participant=person.name)


async def _participant(session: Session, gallery: Gallery, person_id: uuid.UUID) -> Participant:
    known = await queries.participants(session, gallery.id)
    for participant_id, known_person in known.items():
        if known_person == person_id:
            return await session.get_one(Participant, participant_id)
    row = Participant(
        id=new_id(), studio_id=gallery.studio_id, branch_id=gallery.branch_id, order_id=gallery.order_id,
        gallery_id=gallery.id, person_id=person_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def new_pin() -> tuple[str, str]:
    """Make a PIN and its hash: never inside a transaction."""
    pin = rules.new_pin()
    return pin, await hash_secret(pin)


async def withdraw_link(
    session: Session, actor: Actor, link_id: uuid.UUID, *, order_id: uuid.UUID | None = None
) -> Link:
    """Take a link back at once: every session it opened stays, to be told so at each request. Raises NotFound."""
    row = await session.get(Link, link_id, with_for_update=True)
    require(actor, "link.write", row)
    assert row is not None  # noqa: S101 - `require` let it pass
    if order_id not in {None, row.order_id}:
        raise NotFound
    row.withdrawn_at = row.withdrawn_at or clock.now()
    audit.record(session, actor, "link.withdraw", row)
    return row


def link_view(row: Link, participant: str) -> LinkView:
    """Show a link to staff."""
    return LinkView(
        id=row.id, participant=participant, expires_at=row.expires_at, withdrawn=row.withdrawn_at is not None
    )


def check_link(link: Link, gallery: Gallery, now: datetime) -> None:
    """Refuse a key that is right but no longer good. Raises Gone's children."""
    if link.withdrawn_at is not None or gallery.withdrawn_at is not None:
        raise LinkWithdrawn
    if link.expires_at <= now:
        raise LinkExpired


async def open_link(db: Database, key: str) -> tuple[str, uuid.UUID]:
    """Exchange a link's key for a session that still waits for the PIN: (cookie token, gallery id)."""
    async with db.write() as session:
        link = await queries.link_by_hash(session, token_hash(key))
        row = await queries.link_with_gallery(session, link.id) if link is not None else None
        if row is None:
            raise NotFound("link_unknown")
        check_link(row.Link, row.Gallery, clock.now())
        token = await identity.open_session(
            session, kind="customer", studio_id=row.Link.studio_id, lifetime=rules.PIN_TIME, link_id=row.Link.id
        )
        return token, row.Gallery.id


async def unlock(db: Database, token: str, pin: str, *, gallery_id: uuid.UUID | None = None) -> str:
    """Check a PIN and give a new session. The try is counted first, the PIN is looked at outside any transaction.

    Raises WrongPin (`left` tries), TooMany (`minutes`), Gone, SignInNeeded.
    """
    async with db.read() as session:
        waiting = await identity.find_open_session(session, token, "customer")
        row = await queries.link_with_gallery(session, waiting.link_id) if waiting and waiting.link_id else None
        if waiting is None or row is None or gallery_id not in {None, row.Gallery.id}:
            raise SignInNeeded("open_link_again")
        check_link(row.Link, row.Gallery, clock.now())
    key = f"link:{row.Link.id}"
    await identity.count_attempt(db, key, limit=rules.PINS_AN_HOUR, window=rules.PIN_LONG_WINDOW)
    left = await identity.count_attempt(db, key, limit=rules.PINS_AT_ONCE, window=rules.PIN_WINDOW)
    if not await check_secret(row.Link.pin_hash, pin.strip()):
        raise WrongPin(left=left)
    async with db.write() as session:
        link = await session.get_one(Link, row.Link.id)
        check_link(link, row.Gallery, clock.now())  # it may have been withdrawn meanwhile
        await identity.end_session(session, waiting.id)
        await identity.clear_attempts(session, key, window=rules.PIN_WINDOW)
        return await identity.open_session(
            session, kind="customer", studio_id=link.studio_id, lifetime=rules.CUSTOMER_SESSION, link_id=link.id,
            unlocked=True,
        )  # fmt: skip


async def actor_of(session: Session, auth: AuthSession) -> Actor:
    """Tell who a customer's session is. Raises SignInNeeded before the PIN, Gone when the link is no longer good."""
    row = await queries.link_with_gallery(session, auth.link_id) if auth.link_id else None
    if row is None:
        raise Gone
    check_link(row.Link, row.Gallery, clock.now())
    if auth.unlocked_at is None:
        raise SignInNeeded("pin_needed")
    return Actor(
        kind="customer", id=row.Participant.id, studio_id=row.Gallery.studio_id, link_id=row.Link.id,
        gallery_id=row.Gallery.id, order_ids=frozenset({row.Gallery.order_id}), session_id=auth.id,
        card=Card("", row.Studio.name, row.Studio.timezone),
    )  # fmt: skip


async def gallery_of_link(session: Session, auth: AuthSession) -> uuid.UUID | None:
    """Tell which gallery a session is for (it may still wait for its PIN)."""
    row = await queries.link_with_gallery(session, auth.link_id) if auth.link_id else None
    return row.Gallery.id if row is not None else None


async def people_of_order(session: Session, actor: Actor, order_id: uuid.UUID) -> Sequence[Person]:
    """List whom links of an order can be made for."""
    order = await orders.get_order(session, actor, order_id, "link.write")
    return await crm.people_of(session, order.customer_id)
