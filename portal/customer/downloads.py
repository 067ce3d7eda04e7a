"""What a customer takes home: the finished photos, one by one or as one ZIP, here or in another browser."""

import asyncio
import uuid
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

import segno
from litestar import Response, get, post, route
from litestar.enums import HttpMethod, MediaType
from litestar.params import FromPath

from app.core.access import Actor
from app.core.db import Session
from app.core.errors import BadInput, NotFound
from app.core.serve import Served, disposition, etag_of, file_response
from app.core.web.given import GivenActor, GivenDb, GivenSession, GivenStore
from app.core.zips import ZipEntry, ZipPlan
from app.galleries import service as galleries
from app.galleries.schemas import DownloadItem, NewGrant
from app.photos import service as photos
from portal.web import AnyRequest, flash, page, see
from portal.zips import send_zip

SHOWN = {".jpg", ".jpeg", ".png", ".webp", ".avif"}  # a browser draws these itself


def in_wechat(request: AnyRequest) -> bool:
    """Tell whether WeChat's own browser asks: it cannot download, but saves a picture that is pressed for long."""
    return "micromessenger" in request.headers.get("user-agent", "").lower()


async def _page(
    request: AnyRequest, session: Session, actor: Actor, gallery_id: uuid.UUID, made: NewGrant | None = None
) -> Response[str]:
    view = await galleries.downloads_page(session, actor, gallery_id)
    address = f"{request.app.state.settings.base_url}/fetch/{made.key}" if made else ""
    return page(
        request, "customer/downloads.html", view=view, zip_size=zip_size(view.items), wechat=in_wechat(request),
        made=made, address=address, minutes=5,
        code=segno.make(address, error="m").svg_data_uri(scale=4, border=3, light="#fff") if made else "",
        whole=sum(item.size for item in view.items),
    )  # fmt: skip


@get("/gallery/{gallery_id:uuid}/downloads")
async def downloads(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """List the finished photos."""
    return await _page(request, session, actor, gallery_id)


@get("/gallery/{gallery_id:uuid}/downloads/{photo_id:uuid}")
async def one_photo(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Show one finished photo in full, to be pressed for long and saved."""
    view = await galleries.downloads_page(session, actor, gallery_id)
    at = next((place for place, item in enumerate(view.items) if item.photo_id == photo_id), None)
    if at is None:
        raise NotFound
    item = view.items[at]
    drawn = PurePosixPath(item.name).suffix.lower() in SHOWN
    return page(
        request, "customer/download_photo.html", view=view, item=item, place=at + 1, wechat=in_wechat(request),
        recipe="original" if drawn else "screen", previous=view.items[at - 1] if at else None,
        following=view.items[at + 1] if at + 1 < len(view.items) else None,
    )  # fmt: skip


@get("/gallery/{gallery_id:uuid}/checksums.txt")
async def checksums(session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]) -> Response[str]:
    """Give the SHA-256 of every finished photo, as `sha256sum --check` reads them."""
    view = await galleries.downloads_page(session, actor, gallery_id)
    if not view.items:
        raise NotFound("nothing_released")
    headers = {"content-disposition": disposition(f"{view.number}-sha256.txt", inline=False)}
    return Response(galleries.checksums(view.items), media_type=MediaType.TEXT, headers=headers)


@route("/gallery/{gallery_id:uuid}/download.zip", http_method=[HttpMethod.GET, HttpMethod.HEAD], opt={"streams": True})
async def download_zip(
    request: AnyRequest, db: GivenDb, store: GivenStore, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Send all finished photos as one ZIP of exact size; any part of it can be asked for."""
    return send_zip(request, *await galleries.download_plan(db, store, actor, gallery_id))


@post("/gallery/{gallery_id:uuid}/grants", status_code=200)
async def make_grant(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Make an address for another browser; its key is shown this once."""
    wanted = str((await request.form()).get("version_id") or "")
    try:
        version_id = uuid.UUID(wanted) if wanted else None
    except ValueError as wrong:
        raise BadInput from wrong
    made = await galleries.make_grant(session, actor, gallery_id, version_id=version_id)
    return await _page(request, session, actor, gallery_id, made)


@post("/gallery/{gallery_id:uuid}/grants/{grant_id:uuid}/withdraw", status_code=303)
async def withdraw_grant(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    grant_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Take an address back."""
    await galleries.withdraw_grant(session, actor, gallery_id, grant_id)
    return see(f"/gallery/{gallery_id}/downloads", flash(request, "grant_withdrawn"))


@route(
    "/fetch/{grant_key:str}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={"streams": True, "anonymous": True},
)
async def fetch(request: AnyRequest, db: GivenDb, store: GivenStore, grant_key: FromPath[str]) -> Response[Any]:
    """Send the one thing a key is for, to whichever browser holds it; the same doors are asked as for its maker."""
    actor, gallery_id, version_id = await galleries.open_grant(db, grant_key)
    if version_id is None:
        return send_zip(request, *await galleries.download_plan(db, store, actor, gallery_id))
    async with db.read() as session:
        found = await photos.find_served(session, [actor], version_id, "original")

    def read(start: int, length: int) -> Iterator[bytes]:
        return store.open(found.key, start, length)

    await asyncio.to_thread(store.stat, found.key)
    served = Served(
        size=found.size, etag=etag_of(found.sha256), media_type=found.content_type, open=read, name=found.name
    )
    return file_response(request, served)


def _nothing(_start: int, _length: int) -> Iterator[bytes]:
    return iter(())


def zip_size(items: Sequence[DownloadItem]) -> int:
    """Tell how many bytes the ZIP of these will have: names and sizes say it, no file is read."""
    return ZipPlan([ZipEntry(item.name, item.size, 0, _nothing) for item in items]).size
