"""Orders for programs: the list, and one with its photos, its health and its failures by name."""

import uuid

import msgspec
from litestar import get
from litestar.params import FromPath, FromQuery

from app.core.locales.sentences import sentence
from app.core.web.given import GivenActor, GivenSession
from app.photos.schemas import Health
from app.production import service
from app.production.schemas import OrderList


class PhotoFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A photo: state waiting, ready, refused or quarantined; `detail` says why in the reader's language."""

    id: uuid.UUID
    version_id: uuid.UUID
    name: str
    state: str
    width: int
    height: int
    code: str | None
    detail: str | None


class OrderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An order with its photos, in the order of the shoot."""

    id: uuid.UUID
    number: str
    title: str
    stage: str
    health: Health
    photos: list[PhotoFacts]


@get("/api/v1/orders", tags=["orders"])
async def list_orders(session: GivenSession, actor: GivenActor, after: FromQuery[str | None] = None) -> OrderList:
    """List the orders the signed-in person may see, newest first; `next` continues the list."""
    return await service.order_list(session, actor, after=after)


@get("/api/v1/orders/{order_id:uuid}", tags=["orders"])
async def get_order(session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]) -> OrderFacts:
    """Give one order with its photos; those that failed say why."""
    page = await service.order_page(session, actor, order_id)
    photos = [
        PhotoFacts(
            id=photo.photo_id,
            version_id=photo.version_id,
            name=photo.camera_name,
            state=photo.state,
            width=photo.width,
            height=photo.height,
            code=photo.reason.code if photo.reason else None,
            detail=sentence(photo.reason.code, photo.reason.params) if photo.reason else None,
        )
        for photo in page.photos
    ]
    return OrderFacts(
        id=page.id, number=page.number, title=page.title, stage=page.stage, health=page.health, photos=photos
    )
