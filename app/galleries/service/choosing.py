"""The customer chooses: picks, remarks, limit."""

import uuid

from app.core import clock
from app.core.access import Actor, require
from app.core.db import Session
from app.core.errors import NotFound
from app.crm import service as crm
from app.galleries import queries, rules
from app.galleries.errors import AlreadySubmitted, StrangeCap
from app.galleries.models import Gallery, Pick
from app.galleries.schemas import Meter, RemarkView
from app.orders import service as orders
from app.orders.models import Order
from app.orders.rules import Count, count_picks
from app.photos import service as photos
from app.photos.models import Photo

RETOUCH = "retouch"


async def get_gallery(session: Session, actor: Actor, gallery_id: uuid.UUID, permission: str) -> Gallery:
    """Fetch a gallery. A customer's link opens exactly one: any other does not exist."""
    gallery = await session.get(Gallery, gallery_id)
    require(actor, permission, gallery)
    assert gallery is not None  # noqa: S101 - `require` let it pass
    if actor.kind == "customer" and actor.gallery_id != gallery.id:
        raise NotFound
    return gallery


async def _open_for_choice(session: Session, actor: Actor, gallery_id: uuid.UUID) -> Gallery:
    """Fetch a gallery under its lock, while it still takes choices."""
    await get_gallery(session, actor, gallery_id, "gallery.choose")
    gallery = await queries.locked(session, gallery_id)
    if gallery is None or gallery.state != "open":
        raise AlreadySubmitted
    return gallery


async def meter_of(session: Session, gallery: Gallery, order: Order, product: str = RETOUCH) -> Meter:
    """Tell where the choice stands and what it costs."""
    return meter(await _count(session, gallery, order, product), product, gallery)


def meter(count: Count, product: str, gallery: Gallery) -> Meter:
    """Put a count on the meter."""
    return Meter(
        product=product, chosen=count.chosen, included=count.included, extra=count.extra, each=count.each,
        owed=count.owed, most=count.most, own_cap=gallery.own_cap,
    )  # fmt: skip


async def _count(session: Session, gallery: Gallery, order: Order, product: str, more: int = 0) -> Count:
    chosen = await queries.count_live(session, gallery.id, product) + more
    return priced(order, product, chosen)


def priced(order: Order, product: str, chosen: int) -> Count:
    """Price a number of chosen photos. Raises NotFound for a product the order has not."""
    line = next((line for line in order.lines if line.product == product), None)
    if line is None:
        raise NotFound("no_such_product")
    return count_picks(chosen, line.included, line.extra_minor, order.currency, line.most)


async def pick(
    session: Session, actor: Actor, gallery_id: uuid.UUID, photo_id: uuid.UUID, *, product: str = RETOUCH
) -> Meter:
    """Choose a photo. The limit is kept under the gallery's lock; what is chosen already stays as it is.

    Raises PickLimitReached, CapReached, AlreadySubmitted, NotFound.
    """
    gallery = await _open_for_choice(session, actor, gallery_id)
    order = await orders.get_order(session, actor, gallery.order_id)
    photo = await photos.get_photo(session, actor, photo_id)
    if photo.order_id != gallery.order_id:
        raise NotFound
    if await queries.live_pick(session, gallery.id, photo.id, product) is None:
        after = await _count(session, gallery, order, product, more=1)
        rules.check_pick(after, gallery.own_cap)
        await photos.require_shown(session, photo)
        session.add(_pick(gallery, photo, product, actor))
        gallery.pick_version += 1
        await session.flush()
    return await meter_of(session, gallery, order, product)


def _pick(gallery: Gallery, photo: Photo, product: str, actor: Actor) -> Pick:
    return Pick(
        studio_id=gallery.studio_id, branch_id=gallery.branch_id, order_id=gallery.order_id, gallery_id=gallery.id,
        photo_id=photo.id, product=product, participant_id=actor.id,
    )  # fmt: skip


async def unpick(
    session: Session, actor: Actor, gallery_id: uuid.UUID, photo_id: uuid.UUID, *, product: str = RETOUCH
) -> Meter:
    """Take a choice back; whichever of the household made it."""
    gallery = await _open_for_choice(session, actor, gallery_id)
    order = await orders.get_order(session, actor, gallery.order_id)
    await photos.get_photo(session, actor, photo_id)
    known = await queries.live_pick(session, gallery.id, photo_id, product)
    if known is not None:
        known.removed_at = clock.now()
        gallery.pick_version += 1
        await session.flush()
    return await meter_of(session, gallery, order, product)


async def set_cap(session: Session, actor: Actor, gallery_id: uuid.UUID, cap: int | None) -> Meter:
    """Set the household's own limit on paid extras; none takes it away. What is chosen already stays."""
    gallery = await _open_for_choice(session, actor, gallery_id)
    if cap is not None and not 0 <= cap <= rules.CAP_MOST:
        raise StrangeCap
    gallery.own_cap = cap
    order = await orders.get_order(session, actor, gallery.order_id)
    return await meter_of(session, gallery, order)


async def add_remark(  # noqa: PLR0913 - a remark has these parts
    session: Session,
    actor: Actor,
    gallery_id: uuid.UUID,
    photo_id: uuid.UUID,
    *,
    version_id: uuid.UUID,
    body: str,
    chips: list[str],
    x: float | None,
    y: float | None,
) -> RemarkView:
    """Say what is wanted of a photo, at a point of it or in general."""
    await _open_for_choice(session, actor, gallery_id)
    row = await photos.add_remark(session, actor, version_id, body=body, chips=chips, x=x, y=y)
    if row.photo_id != photo_id:
        raise NotFound
    names = await author_names(session, gallery_id)
    return RemarkView(
        id=row.id, n=row.n, x=row.x, y=row.y, chips=list(row.chips), body=row.body,
        author=names.get(row.author_id, ""), mine=True, done=False,
    )  # fmt: skip


async def remove_remark(
    session: Session, actor: Actor, gallery_id: uuid.UUID, photo_id: uuid.UUID, remark_id: uuid.UUID
) -> None:
    """Take one's own remark on a photo back."""
    await _open_for_choice(session, actor, gallery_id)
    row = await photos.remove_remark(session, actor, remark_id)
    if row.photo_id != photo_id:
        raise NotFound


async def author_names(session: Session, gallery_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Map a gallery's participants to their names."""
    persons = await queries.participants(session, gallery_id)
    names = await crm.person_names(session, set(persons.values()))
    return {participant: names.get(person, "") for participant, person in persons.items()}
