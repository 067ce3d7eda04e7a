"""The way in: a link's key once, then its PIN."""

import uuid
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from app.core.access import Actor
from app.core.errors import SignInNeeded, TooMany
from app.core.web.cookies import gallery_cookie, session_cookie
from app.core.web.given import GivenActors, GivenDb
from app.galleries import service as galleries
from app.galleries.errors import WrongPin
from portal.web import AnyRequest, page, see

WAITING_S = 3600  # the cookie, before the PIN; how long the session itself is good is the galleries' business
UNLOCKED_S = 60 * 24 * 3600


class PinForm(msgspec.Struct, frozen=True):
    """The form of the PIN page."""

    pin: str = ""

    def __repr__(self) -> str:
        return "PinForm(…)"


def is_in(actors: list[Actor], gallery_id: uuid.UUID) -> bool:
    """Tell whether this browser may open the gallery already."""
    return any(actor.gallery_id == gallery_id for actor in actors)


@get("/g/{key:str}")
async def open_link(request: AnyRequest, db: GivenDb, actors: GivenActors, key: FromPath[str]) -> Response[Any]:
    """Exchange the key for a cookie, and go on to an address without it."""
    token, gallery_id = await galleries.open_link(db, key)
    if is_in(actors, gallery_id):
        return see(f"/gallery/{gallery_id}")
    settings = request.app.state.settings
    waiting = session_cookie(settings, gallery_cookie(settings, gallery_id), token, WAITING_S)
    return see(f"/gallery/{gallery_id}/pin", waiting)


@get("/gallery/{gallery_id:uuid}/pin")
async def pin_page(request: AnyRequest, actors: GivenActors, gallery_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Ask for the PIN."""
    if is_in(actors, gallery_id):
        return see(f"/gallery/{gallery_id}")
    if gallery_cookie(request.app.state.settings, gallery_id) not in request.cookies:
        raise SignInNeeded("open_link_again")
    return page(request, "customer/pin.html", left=None, minutes=0)


@post("/gallery/{gallery_id:uuid}/pin", status_code=303)
async def unlock(
    request: AnyRequest,
    db: GivenDb,
    gallery_id: FromPath[uuid.UUID],
    data: Annotated[PinForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Let the customer in, or say how many tries are left."""
    settings = request.app.state.settings
    name = gallery_cookie(settings, gallery_id)
    waiting = request.cookies.get(name)
    if waiting is None:
        raise SignInNeeded("open_link_again")
    try:
        token = await galleries.unlock(db, waiting, data.pin, gallery_id=gallery_id)
    except WrongPin as wrong:
        return page(request, "customer/pin.html", status=wrong.status, left=wrong.params.get("left", 0), minutes=0)
    except TooMany as wrong:
        minutes = wrong.params.get("minutes", 1)
        return page(request, "customer/pin.html", status=wrong.status, left=None, minutes=minutes)
    return see(f"/gallery/{gallery_id}", session_cookie(settings, name, token, UNLOCKED_S))
