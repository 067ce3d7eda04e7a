"""An order's gallery as staff see it."""

import uuid

from app.core.access import Actor, allows
from app.core.db import Session
from app.galleries import queries
from app.galleries.schemas import GalleryStatus
from app.galleries.service.links import links_of
from app.galleries.service.meters import meter_of
from app.galleries.service.release import release_blocked
from app.galleries.service.reviewing import review_status
from app.orders import service as orders


async def status_of_order(session: Session, actor: Actor, order_id: uuid.UUID) -> GalleryStatus | None:
    """Show an order's gallery to staff: what was chosen, who has links, whether it may be released."""
    order = await orders.get_order(session, actor, order_id)
    gallery = await queries.gallery_of_order(session, order_id)
    if gallery is None or not allows(actor, "gallery.read", gallery):
        return None
    released = gallery.state == "released"
    blocked = await release_blocked(session, order)
    return GalleryStatus(
        gallery_id=gallery.id, state=gallery.state, meter=await meter_of(session, gallery, order),
        links=await links_of(session, gallery) if allows(actor, "link.read", gallery) else [],
        choose_by=gallery.choose_by,
        may_release=blocked is None and not released and allows(actor, "gallery.release", gallery),
        release_blocked=blocked.code if blocked is not None else None, owed=await orders.owed(session, order),
        review=await review_status(session, actor, gallery, order),
    )  # fmt: skip
