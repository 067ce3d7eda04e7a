"""What a customer takes home: the finished photos, one by one or as one ZIP."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from litestar import Response, get, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from app.core.serve import Served, etag_of, file_response
from app.core.web.given import GivenActor, GivenDb, GivenSession, GivenStore
from app.core.zips import ZipEntry, ZipPlan
from app.galleries import service as galleries
from app.galleries.schemas import DownloadItem
from portal.web import AnyRequest, page


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
