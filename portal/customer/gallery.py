"""What a customer looks at: the gallery, one photo, the summary, the finished photos."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from litestar import Response, get, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from app.core.serve import Served, etag_of, file_response
from app.core.web.cookies import gallery_cookie
from app.core.web.given import GivenActor, GivenDb, GivenSession, GivenStore
from app.core.zips import ZipEntry, ZipPlan
from app.galleries import service as galleries
from app.galleries.schemas import DownloadItem
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


@get("/gallery/{gallery_id:uuid}/submit")
async def summary(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Show what is chosen and what it costs, before it is sent."""
    view = await galleries.summary(session, actor, gallery_id)
    return page(request, "customer/submit.html", view=view)


@get("/gallery/{gallery_id:uuid}/downloads")
async def downloads(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """List the finished photos."""
    items = await galleries.downloads(session, actor, gallery_id)
    return page(request, "customer/downloads.html", gallery_id=gallery_id, items=items, zip_size=zip_size(items))


@route("/gallery/{gallery_id:uuid}/download.zip", http_method=[HttpMethod.GET, HttpMethod.HEAD], opt={"streams": True})
async def download_zip(
    request: AnyRequest, db: GivenDb, store: GivenStore, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Send all finished photos as one ZIP of exact size; any part of it can be asked for."""
    plan, name = await galleries.download_plan(db, store, actor, gallery_id)
    served = Served(size=plan.size, etag=etag_of(plan.digest), open=plan.read, name=name, media_type="application/zip")
    return file_response(request, served)


def _nothing(_start: int, _length: int) -> Iterator[bytes]:
    return iter(())


def zip_size(items: Sequence[DownloadItem]) -> int:
    """Tell how many bytes the ZIP of these will have: names and sizes say it, no file is read."""
    return ZipPlan([ZipEntry(item.name, item.size, 0, _nothing) for item in items]).size
