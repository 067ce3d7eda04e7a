"""Release: finished photos go to the customer, byte for byte, one by one or as one ZIP."""

import uuid

from app.core import audit, clock
from app.core.access import Actor, allows
from app.core.db import Database, Session
from app.core.errors import Conflict, NotFound
from app.core.zips import ZipPlan
from app.galleries import queries
from app.galleries.errors import BalanceOpen, NotAcceptedYet
from app.galleries.models import Gallery
from app.galleries.schemas import DownloadItem, GalleryStatus, PhotoCard
from app.galleries.service.choosing import get_gallery, meter_of
from app.galleries.service.links import links_of
from app.orders import rules as order_rules
from app.orders import service as orders
from app.orders.models import Order
from app.photos import service as photos
from app.photos.models import File
from app.photos.schemas import Shown
from app.production import service as production
from app.production.rules import packet_names
from storage.store import Store


async def status_of_order(session: Session, actor: Actor, order_id: uuid.UUID) -> GalleryStatus | None:
    """Show an order's gallery to staff: what was chosen, who has links, whether it may be released."""
    order = await orders.get_order(session, actor, order_id)
    gallery = await queries.gallery_of_order(session, order_id)
    if gallery is None or not allows(actor, "gallery.read", gallery):
        return None
    blocked = await _blocked(session, order, gallery)
    return GalleryStatus(
        gallery_id=gallery.id, state=gallery.state, meter=await meter_of(session, gallery, order),
        links=await links_of(session, gallery) if allows(actor, "link.read", gallery) else [],
        choose_by=gallery.choose_by,
        may_release=blocked is None and allows(actor, "gallery.release", gallery),
        release_blocked=blocked.code if blocked is not None else None, owed=await orders.owed(session, order),
    )  # fmt: skip


async def _blocked(session: Session, order: Order, gallery: Gallery) -> Conflict | None:
    """Tell why finished photos may not go yet; None when they may."""
    if gallery.state == "released":
        return Conflict("already_released")
    if await production.stage_of(session, order.id) != "release":
        return NotAcceptedYet()
    owed = await orders.owed(session, order)
    if not order_rules.may_release(order.release_rule, owed):
        return BalanceOpen(owed=owed.text("en"))
    return None


async def release(session: Session, actor: Actor, order_id: uuid.UUID) -> None:
    """Let the customer have the accepted photos. Raises NotAcceptedYet, BalanceOpen."""
    order = await orders.get_order(session, actor, order_id, "gallery.release")
    gallery = await queries.gallery_of_order(session, order_id, lock=True)
    if gallery is None:
        raise NotFound
    blocked = await _blocked(session, order, gallery)
    if blocked is not None:
        raise blocked
    versions = await production.accepted_versions(session, actor, order_id)
    await photos.release_finals(session, versions)
    await production.must_happen(session, actor, order_id, "released")
    gallery.state, gallery.released_at = "released", clock.now()
    audit.record(session, actor, "gallery.release", gallery, after={"photos": len(versions)})


async def downloads(session: Session, actor: Actor, gallery_id: uuid.UUID) -> list[DownloadItem]:
    """List what may be taken home; empty before the release."""
    gallery = await get_gallery(session, actor, gallery_id, "gallery.read")
    found = await photos.released_of_order(session, actor, gallery.order_id)
    names = packet_names([file.camera_name for _, file in found])
    return [
        DownloadItem(
            photo_id=shown.photo_id, version_id=shown.version_id, name=name, size=file.size, sha256=file.sha256,
            card=_card(shown),
        )
        for (shown, file), name in zip(found, names, strict=True)
    ]  # fmt: skip


def _card(shown: Shown) -> PhotoCard:
    return PhotoCard(
        photo_id=shown.photo_id, version_id=shown.version_id, name=shown.name, section=shown.section,
        width=shown.width, height=shown.height, thumbhash=shown.thumbhash, recipe="screen", picked=frozenset(),
        picked_by="", remarks=0,
    )  # fmt: skip


async def download_plan(db: Database, store: Store, actor: Actor, gallery_id: uuid.UUID) -> tuple[ZipPlan, str]:
    """Plan the ZIP of everything released: its exact size and any part of it are known before a byte is read."""
    async with db.read() as session:
        gallery = await get_gallery(session, actor, gallery_id, "gallery.read")
        order = await orders.get_order(session, actor, gallery.order_id)
        found: list[tuple[Shown, File]] = await photos.released_of_order(session, actor, gallery.order_id)
    if not found or gallery.released_at is None:
        raise NotFound("nothing_released")
    names = packet_names([file.camera_name for _, file in found])
    date = production.zip_date(gallery.released_at)
    entries = [production.stored_entry(store, name, file, date) for (_, file), name in zip(found, names, strict=True)]
    return ZipPlan(entries), f"{order.number}.zip"
