"""Galleries for programs: what was chosen, for which product, and what it costs."""

import uuid

from litestar import get
from litestar.params import FromPath, FromQuery

from app.core.pages import Page
from app.core.web.given import GivenActor, GivenSession
from app.galleries import service
from app.galleries.service import GalleryFacts, GalleryWithPicks


@get("/api/v1/galleries", tags=["galleries"], summary="List galleries")
async def list_galleries(
    session: GivenSession,
    actor: GivenActor,
    after: FromQuery[str | None] = None,
    limit: FromQuery[int | None] = None,
    in_state: FromQuery[str | None] = None,
) -> Page[GalleryFacts]:
    """List galleries, newest first, of one `in_state` (open, submitted, released)."""
    return await service.list_galleries(session, actor, after=after, limit=limit, state=in_state)


@get("/api/v1/galleries/{gallery_id:uuid}", tags=["galleries"], summary="One gallery with its picks")
async def get_gallery(session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]) -> GalleryWithPicks:
    """Give one gallery with its live picks."""
    return await service.gallery_facts(session, actor, gallery_id)
