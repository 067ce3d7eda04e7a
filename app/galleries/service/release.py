"""Release: finished photos go to the customer, byte for byte, one by one or as one ZIP."""

import uuid

from app.core import audit, clock, live
from app.core.access import SYSTEM, Actor
from app.core.db import Database, Session
from app.core.errors import Conflict, NotFound
from app.core.zips import ZipPlan
from app.galleries import queries
from app.galleries.errors import BalanceOpen, NotAcceptedYet, ReviewWaits
from app.galleries.models import Gallery
from app.galleries.schemas import DownloadItem, PhotoCard
from app.galleries.service.choosing import get_gallery
from app.orders import rules as order_rules
from app.orders import service as orders
from app.orders.models import Order
from app.photos import service as photos
from app.photos.models import File
from app.photos.schemas import Shown
from app.production import service as production
from app.production.rules import packet_names
from storage.store import Store


async def release_blocked(session: Session, order: Order) -> Conflict | None:
    """Tell why finished photos may not go yet; None when they may."""
    stage = await production.stage_of(session, order.id)
    if stage != "release":
        return ReviewWaits() if stage == "review" else NotAcceptedYet()
    owed = await orders.owed(session, order)
    if not order_rules.may_release(order.release_rule, owed):
        return BalanceOpen(owed=owed.text("en"))
    return None


async def release(session: Session, actor: Actor, order_id: uuid.UUID) -> None:
    """Let the customer have the accepted photos; what is released already stays so.

    Raises NotAcceptedYet, ReviewWaits, BalanceOpen.
    """
    order = await orders.get_order(session, actor, order_id, "gallery.release")
    gallery = await queries.gallery_of_order(session, order_id, lock=True)
    if gallery is None:
        raise NotFound
    if gallery.state == "released":
        return
    blocked = await release_blocked(session, order)
    if blocked is not None:
        raise blocked
    await _let_go(session, actor, gallery)


async def release_if_due(session: Session, order_id: uuid.UUID) -> bool:
    """Release what its customer approved once the package's rule allows it; tells whether the photos went now.

    A job asks for it when a payment was recorded; staff release the orders of older workflows by hand.
    """
    order = await orders.order_of_system(session, order_id)
    gallery = await queries.gallery_of_order(session, order_id, lock=True)
    if gallery is None or gallery.state == "released" or await release_blocked(session, order) is not None:
        return False
    if await production.way_to(session, order_id, "release") not in {"approved", "review_skipped"}:
        return False
    await _let_go(session, SYSTEM, gallery)
    return True


async def _let_go(session: Session, actor: Actor, gallery: Gallery) -> None:
    versions = await production.accepted_versions(session, actor, gallery.order_id)
    await photos.release_finals(session, versions)
    await production.must_happen(session, actor, gallery.order_id, "released")
    gallery.state, gallery.released_at = "released", clock.now()
    audit.record(session, actor, "gallery.release", gallery, after={"photos": len(versions)})
    live.touch(session, live.gallery(gallery.id), live.order(gallery.order_id))


async def tell(session: Session, order_id: uuid.UUID) -> None:
    """Let a gallery's open pages look again (a job asks for it)."""
    gallery = await queries.gallery_of_order(session, order_id)
    if gallery is not None:
        live.touch(session, live.gallery(gallery.id))


async def withdraw_photo(
    session: Session, actor: Actor, order_id: uuid.UUID, photo_id: uuid.UUID, *, withdrawn: bool
) -> None:
    """Take a photo back from the customer, or show it again. What was chosen of it goes, while one still chooses."""
    photo = await photos.withdraw_photo(session, actor, photo_id, withdrawn=withdrawn)
    if photo.order_id != order_id:
        raise NotFound
    gallery = await queries.gallery_of_order(session, order_id, lock=True)
    if gallery is None:
        return
    gallery.pick_version += 1
    goes = withdrawn and gallery.state == "open"
    for row in await queries.picks_of_photo(session, gallery.id, photo_id) if goes else ():
        row.removed_at, row.changed_n = clock.now(), gallery.pick_version
    live.touch(session, live.gallery(gallery.id), live.order(order_id))


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
