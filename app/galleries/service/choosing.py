"""The customer chooses: picks, remarks, limit."""

import uuid

from app.core import clock, live
from app.core.access import Actor, require
from app.core.db import Session
from app.core.errors import Gone, NotFound
from app.galleries import queries, rules
from app.galleries.errors import AlreadySubmitted, StrangeCap
from app.galleries.models import Gallery, Pick
from app.galleries.schemas import Meter, RemarkView
from app.galleries.service.meters import RETOUCH, meter, meter_of, paid_extras, priced
from app.orders import service as orders
from app.photos import service as photos
from app.photos.models import Photo


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


async def pick(
    session: Session,
    actor: Actor,
    gallery_id: uuid.UUID,
    photo_id: uuid.UUID,
    *,
    product: str = RETOUCH,
    told: bool = True,
) -> Meter:
    """Choose a photo. The limit is kept under the gallery's lock; what is chosen already stays as it is.

    `told` says that the page named the price of an extra one; without it one that costs raises ExtraCosts.
    Raises PickLimitReached, CapReached, AlreadySubmitted, NotFound, Gone.
    """
    gallery = await _open_for_choice(session, actor, gallery_id)
    order = await orders.get_order(session, actor, gallery.order_id)
    photo = await photos.get_photo(session, actor, photo_id)
    if photo.order_id != gallery.order_id:
        raise NotFound
    if photo.withdrawn_at is not None:
        raise Gone("photo_withdrawn")
    counts = await queries.count_products(session, gallery.id)
    if await queries.live_pick(session, gallery.id, photo.id, product) is None:
        after = priced(order, product, counts.get(product, 0) + 1)
        rules.check_pick(after, gallery.own_cap, paid_extras(counts, order, product))
        rules.check_told(after, told=told)
        await photos.require_shown(session, photo)
        counts[product] = after.chosen
        gallery.pick_version += 1
        session.add(_pick(gallery, photo, product, actor))
        _touch(session, gallery)
        await session.flush()
    return meter(priced(order, product, counts.get(product, 0)), product, gallery)


def _touch(session: Session, gallery: Gallery) -> None:
    live.touch(session, live.gallery(gallery.id), live.order(gallery.order_id))


def _pick(gallery: Gallery, photo: Photo, product: str, actor: Actor) -> Pick:
    return Pick(
        studio_id=gallery.studio_id, branch_id=gallery.branch_id, order_id=gallery.order_id, gallery_id=gallery.id,
        photo_id=photo.id, product=product, participant_id=actor.id, changed_n=gallery.pick_version,
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
        gallery.pick_version += 1
        known.removed_at, known.changed_n = clock.now(), gallery.pick_version
        _touch(session, gallery)
        await session.flush()
    return await meter_of(session, gallery, order, product)


async def set_cap(session: Session, actor: Actor, gallery_id: uuid.UUID, cap: int | None) -> Meter:
    """Set the household's own limit on paid extras; none takes it away. What is chosen already stays."""
    gallery = await _open_for_choice(session, actor, gallery_id)
    if cap is not None and not 0 <= cap <= rules.CAP_MOST:
        raise StrangeCap
    gallery.own_cap = cap
    _touch(session, gallery)
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
    _touch(session, await _open_for_choice(session, actor, gallery_id))
    row = await photos.add_remark(session, actor, version_id, body=body, chips=chips, x=x, y=y)
    if row.photo_id != photo_id:
        raise NotFound
    names = await queries.people(session, gallery_id)
    return RemarkView(
        id=row.id, n=row.n, x=row.x, y=row.y, chips=list(row.chips), body=row.body,
        author=names.get(row.author_id, ""), mine=True, done=False,
    )  # fmt: skip


async def remove_remark(
    session: Session, actor: Actor, gallery_id: uuid.UUID, photo_id: uuid.UUID, remark_id: uuid.UUID
) -> None:
    """Take one's own remark on a photo back."""
    _touch(session, await _open_for_choice(session, actor, gallery_id))
    row = await photos.remove_remark(session, actor, remark_id)
    if row.photo_id != photo_id:
        raise NotFound


async def change_remark(
    session: Session,
    actor: Actor,
    gallery_id: uuid.UUID,
    photo_id: uuid.UUID,
    remark_id: uuid.UUID,
    *,
    body: str,
    chips: list[str],
) -> None:
    """Say one's own remark in other words; its place stays."""
    _touch(session, await _open_for_choice(session, actor, gallery_id))
    row = await photos.change_remark(session, actor, remark_id, body=body, chips=chips)
    if row.photo_id != photo_id:
        raise NotFound
