"""The one route by which files leave; photos for programs, and one that a program brings in."""

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Request, Response, get, post, route
from litestar.enums import HttpMethod
from litestar.params import FromPath, FromQuery

from app.core import uploads
from app.core.pages import Page
from app.core.serve import Served, etag_of, file_response
from app.core.web import csrf
from app.core.web.given import GivenActor, GivenActors, GivenDb, GivenSession, GivenStore
from app.photos import service
from app.photos.schemas import Hashes
from app.photos.service import PhotoFacts
from storage.store import Store


@route(
    "/files/{version_id:uuid}/{recipe:str}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={"streams": True},
    include_in_schema=False,
    name="file",
)
async def send_file(
    request: Request[Any, Any, Any], actors: GivenActors, version_id: FromPath[uuid.UUID], recipe: FromPath[str]
) -> Response[Any]:
    """Send a rendition, or the file itself ("original"): cookie and door on every hit, Range and ETag after them."""
    store: Store = request.app.state.store
    async with request.app.state.db.read() as session:
        found = await service.find_served(session, actors, version_id, recipe)

    def read(start: int, length: int) -> Iterator[bytes]:
        return store.open(found.key, start, length)

    await asyncio.to_thread(store.stat, found.key)  # a missing object is an answer, not a broken stream
    return file_response(
        request,
        Served(
            size=found.size,
            etag=etag_of(found.sha256),
            media_type=found.content_type,
            open=read,
            name=found.name,
            inline=not found.is_original,
        ),
    )


@get("/api/v1/orders/{order_id:uuid}/photos", tags=["photos"], summary="List an order's photos")
async def list_photos(
    session: GivenSession,
    actor: GivenActor,
    order_id: FromPath[uuid.UUID],
    after: FromQuery[str | None] = None,
    limit: FromQuery[int | None] = None,
    in_state: FromQuery[str | None] = None,
) -> Page[PhotoFacts]:
    """List an order's photos as they came in; `in_state` (waiting, ready, refused, quarantined) is their originals'."""
    return await service.list_photos(session, actor, order_id, after=after, limit=limit, state=in_state)


@get("/api/v1/photos/{photo_id:uuid}", tags=["photos"], summary="One photo with its versions")
async def get_photo(session: GivenSession, actor: GivenActor, photo_id: FromPath[uuid.UUID]) -> PhotoFacts:
    """Give one photo with all its versions. Files are fetched from the addresses given, with the same key."""
    return await service.photo_facts(session, actor, photo_id)


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file: a new photo, or (known) one that the order has already."""

    photo_id: uuid.UUID | None
    version_id: uuid.UUID | None
    known: bool


@post(
    "/api/v1/orders/{order_id:uuid}/photos",
    tags=["photos"],
    summary="Bring a photo in",
    opt={"streams": True},
    request_max_body_size=None,
    status_code=201,
)
async def add_photo(
    request: Request[Any, Any, Any],
    db: GivenDb,
    store: GivenStore,
    actor: GivenActor,
    order_id: FromPath[uuid.UUID],
    name: FromQuery[str],
    section: FromQuery[str] = "",
) -> Response[Received]:
    """Bring one file in: its bytes are the body, `name` is what the camera called it. The same bytes are known again.

    The answer (201, or 200 for known bytes) is sent when the bytes are safe in the store and written down.
    """
    csrf.check(request, request.headers.get(csrf.HEADER))  # staff in a browser; a program's key is proof enough
    incoming = await service.prepare_upload(db, actor, order_id, name, section)
    measured = await uploads.keep(uploads.Body(request), store, incoming.key)
    hashes = Hashes(size=measured.size, sha256=measured.sha256, crc32=measured.crc32)
    done = await service.write_down_upload(db, store, actor, order_id, incoming.with_bytes(hashes))
    told = Received(photo_id=done.photo_id, version_id=done.version_id, known=done.duplicate)
    return Response(told, status_code=200 if done.duplicate else 201)
