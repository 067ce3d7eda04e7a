"""An order's gallery as staff see it."""

import uuid

from app.core.access import Actor, allows
from app.core.db import Session
from app.galleries import queries
from app.galleries.schemas import GalleryStatus
from app.galleries.service.links import link_view
from app.galleries.service.meters import RETOUCH, meter, priced
from app.galleries.service.release import release_blocked
from app.galleries.service.reviewing import review_status
from app.orders import service as orders


async def status_of_order(session: Session, actor: Actor, order_id: uuid.UUID) -> GalleryStatus | None:
    """Show an order's gallery to staff: what was chosen, who has links, whether it may be released."""
    order = await orders.get_order(session, actor, order_id)
    rows = await queries.standing(session, order_id, RETOUCH)
    if not rows or not allows(actor, "gallery.read", rows[0][0]):
        return None
    gallery, chosen = rows[0][0], rows[0][1]
    released = gallery.state == "released"
    blocked = await release_blocked(session, order)
    links = [(link, name or "") for _gallery, _chosen, link, name in rows if link is not None]
    return GalleryStatus(
        gallery_id=gallery.id, state=gallery.state, meter=meter(priced(order, RETOUCH, chosen), RETOUCH, gallery),
        links=[link_view(*one) for one in links] if allows(actor, "link.read", gallery) else [],
        choose_by=gallery.choose_by,
        may_release=blocked is None and not released and allows(actor, "gallery.release", gallery),
        release_blocked=blocked.code if blocked is not None else None, owed=await orders.owed(session, order),
        review=await review_status(session, gallery, order),
    )  # fmt: skip
