"""A shoot comes in: what browsers without script send, and the word that nothing more will come.

With script the page announces its files and sends them by the resumable routes of `app/photos/web.py`.
"""

import contextlib
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.core.db import Database
from app.core.errors import SafelightError
from app.core.locales.sentences import sentence
from app.core.names import clean_file_name
from app.core.uploads import Field, FilePart, parts
from app.core.web import csrf
from app.core.web.given import GivenActor, GivenDb, GivenSession, GivenStore
from app.orders import service as orders
from app.photos import service as photos
from app.photos.schemas import Accepted
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, see

REFUSALS = frozenset({409, 413, 422, 507})  # of one file: the others go on


@post("/studio/orders/{order_id:uuid}/photos", status_code=303, opt={"streams": True}, request_max_body_size=None)
async def add_photos(
    request: AnyRequest, db: GivenDb, store: GivenStore, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Take photos as they arrive: each is proved in the store before it is written down."""
    async with db.read() as session:
        await orders.get_open_order(session, actor, order_id, "photo.add")
    taken: list[Accepted] = []
    refused: list[tuple[str, str]] = []
    async with contextlib.aclosing(_files(request, db, order_id)) as files:
        async for part, still in files:
            try:
                taken.append(await photos.take_part(db, store, actor, order_id, part))
            except SafelightError as wrong:
                if wrong.status not in REFUSALS:
                    raise
                refused.append((clean_file_name(part.filename), sentence(wrong.code, wrong.params)))
            await still()
    if refused or not taken:
        async with db.read() as session:
            order = await orders.get_order(session, actor, order_id)
            return await staff_page(
                request, session, actor, "studio/refused.html", status=422, here="orders", refused=refused,
                order_id=order_id, number=order.number, taken=len(taken),
            )  # fmt: skip
    fresh = sum(1 for one in taken if not one.duplicate)
    said = flash(request, "photos_added", count=fresh) if fresh else flash(request, "photos_known")
    return see(f"/studio/orders/{order_id}", said)


async def _files(
    request: AnyRequest, db: Database, order_id: uuid.UUID
) -> AsyncGenerator[tuple[FilePart, Callable[[], Awaitable[None]]], None]:
    """Give the files of a form once its token has been seen; the order waits for the last of them."""
    allowed = csrf.HEADER in request.headers
    async with contextlib.AsyncExitStack() as stack:
        still: Callable[[], Awaitable[None]] | None = None
        async for part in parts(request):
            if isinstance(part, Field):
                if part.name == csrf.FIELD:
                    csrf.check(request, part.value)
                    allowed = True
                continue
            if not allowed:
                csrf.check(request, None)
                allowed = True
            if part.filename:
                if still is None:
                    still = await stack.enter_async_context(photos.shoot_held(db, order_id))
                yield part, still


@post("/studio/orders/{order_id:uuid}/complete", status_code=303)
async def complete(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Redirect:
    """Say that nothing more will come."""
    await photos.complete_shoot(session, actor, order_id)
    return see(f"/studio/orders/{order_id}", flash(request, "shoot_complete"))
