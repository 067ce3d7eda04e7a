"""The one route by which files leave."""

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

from litestar import Request, Response, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from app.core.serve import Served, etag_of, file_response
from app.core.web.given import GivenActors
from app.photos import service
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
