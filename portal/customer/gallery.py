"""What a customer looks at: the gallery, one photo."""

import uuid
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from app.core.web.cookies import gallery_cookie
from app.core.web.given import GivenActor, GivenSession
from app.galleries import service as galleries
from portal.customer.words import CHIPS
from portal.web import AnyRequest, page, see


def wanted_filter(request: AnyRequest) -> str:
    """Read which photos are asked for; the service knows what there is."""
    return request.query_params.get("filter") or "all"


@get("/gallery/{gallery_id:uuid}")
async def gallery(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Show the gallery; before the PIN, ask for it."""
    if actor.kind == "anonymous" and gallery_cookie(request.app.state.settings, gallery_id) in request.cookies:
        return see(f"/gallery/{gallery_id}/pin")
    view = await galleries.gallery_page(session, actor, gallery_id, filter=wanted_filter(request))
    return page(request, "customer/gallery.html", view=view)


@get("/gallery/{gallery_id:uuid}/photos/{photo_id:uuid}")
async def photo(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Show one photo between its neighbours."""
    view = await galleries.photo_page(session, actor, gallery_id, photo_id, filter=wanted_filter(request))
    return page(request, "customer/photo.html", view=view, chip_names=CHIPS)
