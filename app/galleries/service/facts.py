"""Galleries as programs get them."""

import uuid
from datetime import date, datetime

import msgspec

from app.core import pages
from app.core.access import Actor, require, require_role
from app.core.db import Session
from app.core.pages import Page
from app.galleries import queries
from app.galleries.models import Gallery


class GalleryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A gallery; `version` rises with every pick."""

    id: uuid.UUID
    order_id: uuid.UUID
    state: str
    choose_by: date | None
    version: int
    submitted_at: datetime | None
    released_at: datetime | None


class PickFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A photo chosen for a product (retouch, album, frame …)."""

    photo_id: uuid.UUID
    product: str
    participant_id: uuid.UUID
    picked_at: datetime


class GalleryWithPicks(GalleryFacts, frozen=True, kw_only=True):
    """A gallery and what is chosen in it now."""

    picks: list[PickFacts]


def _facts(row: Gallery) -> GalleryFacts:
    return GalleryFacts(
        id=row.id, order_id=row.order_id, state=row.state, choose_by=row.choose_by, version=row.pick_version,
        submitted_at=row.submitted_at, released_at=row.released_at,
    )  # fmt: skip


async def list_galleries(
    session: Session, actor: Actor, *, after: str | None, limit: int | None, state: str | None
) -> Page[GalleryFacts]:
    """List galleries, newest first."""
    require_role(actor, "gallery.read")
    count = pages.read_limit(limit)
    found = await queries.galleries(session, actor, after=pages.read_cursor(after), limit=count + 1, state=state)
    rows, following = pages.cut(found, count, lambda row: row.id)
    return Page([_facts(row) for row in rows], following)


async def gallery_facts(session: Session, actor: Actor, gallery_id: uuid.UUID) -> GalleryWithPicks:
    """Give one gallery. Raises NotFound."""
    row = await session.get(Gallery, gallery_id)
    require(actor, "gallery.read", row)
    assert row is not None  # noqa: S101 - `require` let it pass
    picks = [
        PickFacts(
            photo_id=pick.photo_id, product=pick.product, participant_id=pick.participant_id, picked_at=pick.picked_at
        )
        for pick in await queries.live_picks(session, gallery_id)
    ]
    return GalleryWithPicks(**msgspec.structs.asdict(_facts(row)), picks=picks)
