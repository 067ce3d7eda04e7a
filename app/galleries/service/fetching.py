"""Finished photos on their way home: the page, the list of checksums, and keys that work without a cookie."""

import uuid
from datetime import timedelta

from app.core import audit, clock
from app.core.access import Actor
from app.core.db import Database, Session
from app.core.errors import NotFound, SignInNeeded
from app.core.ids import new_id
from app.core.tokens import new_token, token_hash
from app.galleries import queries, rules
from app.galleries.errors import GrantExpired
from app.galleries.models import FileGrant
from app.galleries.schemas import DownloadItem, DownloadPage, NewGrant
from app.galleries.service.choosing import get_gallery
from app.galleries.service.links import check_link
from app.galleries.service.release import downloads
from app.identity import service as identity
from app.orders import service as orders
from app.production import service as production

KEEP_GRANTS = timedelta(days=1)


async def downloads_page(session: Session, actor: Actor, gallery_id: uuid.UUID) -> DownloadPage:
    """Show what may be taken home, or how far it is."""
    gallery = await get_gallery(session, actor, gallery_id, "gallery.read")
    order = await orders.get_order(session, actor, gallery.order_id)
    studio = await identity.get_studio(session, gallery.studio_id)
    return DownloadPage(
        gallery_id=gallery.id, studio_name=studio.name, number=order.number, keep_until=order.keep_until,
        stage=rules.step_of(gallery.state, await production.stage_of(session, order.id)),
        items=await downloads(session, actor, gallery_id), owed=await orders.owed(session, order),
    )  # fmt: skip


def checksums(items: list[DownloadItem]) -> str:
    """Write the photos' SHA-256 the way `sha256sum --check` reads them."""
    return "".join(f"{item.sha256}  {item.name}\n" for item in items)


async def make_grant(
    session: Session, actor: Actor, gallery_id: uuid.UUID, *, version_id: uuid.UUID | None = None
) -> NewGrant:
    """Make a key for one photo, or for all of them as a ZIP: five minutes, this link, nothing else.

    Raises NotFound for what is not (yet) theirs to take.
    """
    gallery = await get_gallery(session, actor, gallery_id, "gallery.fetch")
    if actor.link_id is None or actor.session_id is None:
        raise SignInNeeded
    items = await downloads(session, actor, gallery_id)
    if not items or version_id not in {None, *(item.version_id for item in items)}:
        raise NotFound("nothing_released")
    key = new_token()
    row = FileGrant(
        id=new_id(), studio_id=gallery.studio_id, branch_id=gallery.branch_id, order_id=gallery.order_id,
        gallery_id=gallery.id, link_id=actor.link_id, session_id=actor.session_id, version_id=version_id,
        key_hash=token_hash(key), expires_at=clock.now() + rules.FETCH_TIME,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    audit.record(session, actor, "grant.make", row)
    return NewGrant(id=row.id, key=key, expires_at=row.expires_at, version_id=version_id)


async def withdraw_grant(session: Session, actor: Actor, gallery_id: uuid.UUID, grant_id: uuid.UUID) -> None:
    """Take a key back before its time. Raises NotFound."""
    gallery = await get_gallery(session, actor, gallery_id, "gallery.fetch")
    row = await session.get(FileGrant, grant_id)
    if row is None or row.gallery_id != gallery.id:
        raise NotFound
    row.withdrawn_at = row.withdrawn_at or clock.now()
    audit.record(session, actor, "grant.withdraw", row)


async def open_grant(db: Database, key: str) -> tuple[Actor, uuid.UUID, uuid.UUID | None]:
    """Tell what a key opens and for whom: (customer, gallery, version or none for the ZIP).

    Raises NotFound for an unknown key; GrantExpired and what a link's end raises for one that was good.
    """
    async with db.read() as session:
        grant = await queries.file_grant(session, token_hash(key))
        row = await queries.link_with_gallery(session, grant.link_id) if grant is not None else None
        if grant is None or row is None:
            raise NotFound
        check_link(row.Link, row.Gallery, clock.now())
        signed_in = await identity.is_session_open(session, grant.session_id)
    if grant.withdrawn_at is not None or grant.expires_at <= clock.now() or not signed_in:
        raise GrantExpired
    actor = Actor(
        kind="customer", id=row.Participant.id, studio_id=row.Gallery.studio_id, link_id=row.Link.id,
        gallery_id=row.Gallery.id, order_ids=frozenset({row.Gallery.order_id}), session_id=grant.session_id,
    )  # fmt: skip
    return actor, row.Gallery.id, grant.version_id


async def sweep_grants(session: Session) -> int:
    """Remove keys that ended yesterday or before; returns how many."""
    return await queries.remove_grants(session, clock.now() - KEEP_GRANTS)
