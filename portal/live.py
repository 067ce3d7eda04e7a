"""Live pages: what a page may listen to. The template's side is `_macros/live.html`."""

import uuid
from collections.abc import Collection
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from app.core import live
from app.core.access import Actor
from app.core.db import Session
from app.core.errors import NotFound, SignInNeeded
from app.core.web.streams import answer_live
from app.galleries import service as galleries
from app.orders import service as orders
from portal.web import AnyRequest


def _id_of(topic: str) -> uuid.UUID:
    try:
        return uuid.UUID(topic.partition(":")[2])
    except ValueError:
        raise NotFound from None


async def _staff_door(session: Session, actor: Actor, topics: Collection[str]) -> None:
    """Let staff hear of orders (and their galleries) they may see, and of their own studio's board."""
    if actor.kind != "staff":
        raise SignInNeeded
    for topic in topics:
        of = _id_of(topic)
        if topic == live.order(of):
            await orders.get_order(session, actor, of)
        elif topic == live.gallery(of):
            await galleries.get_gallery(session, actor, of, "gallery.read")
        elif topic != live.board(of) or of != actor.studio_id:
            raise NotFound


@get("/studio/live", opt={"streams": True})
async def studio_live(request: AnyRequest) -> Response[Any]:
    """Tell staff when what they look at has changed."""
    return await answer_live(request, _staff_door)


@get("/gallery/{gallery_id:uuid}/live", opt={"streams": True})
async def gallery_live(request: AnyRequest, gallery_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Tell a customer when their gallery has changed."""

    async def door(session: Session, actor: Actor, topics: Collection[str]) -> None:
        await galleries.get_gallery(session, actor, gallery_id, "gallery.read")
        if set(topics) != {live.gallery(gallery_id)}:
            raise NotFound

    return await answer_live(request, door)
