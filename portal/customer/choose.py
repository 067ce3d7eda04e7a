"""What a customer does: pick, remark, limit. Each is a form's button; htmx gets the part that changed."""

import uuid
from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from app.core.access import Actor
from app.core.db import Session
from app.core.errors import BadInput
from app.core.web.given import GivenActor, GivenSession
from app.galleries import service as galleries
from app.galleries.errors import StrangeCap
from app.galleries.schemas import Meter
from portal.customer.gallery import wanted_filter
from portal.customer.words import CHIPS
from portal.web import AnyRequest, flash, is_fragment, page, see


class CapForm(msgspec.Struct, frozen=True):
    """The form of the customer's own limit."""

    cap: str = ""
    none: str = ""


def _way_back(gallery_id: uuid.UUID, photo_id: uuid.UUID, filter_: str, *, photo: bool, place: str = "") -> str:
    """Say where a deed without script leads: the photo, or its place in the grid."""
    query = "" if filter_ == "all" else f"?filter={filter_}"
    if photo:
        return f"/gallery/{gallery_id}/photos/{photo_id}{query}{place}"
    return f"/gallery/{gallery_id}{query}#p-{photo_id}"


def _picked(
    request: AnyRequest, gallery_id: uuid.UUID, photo_id: uuid.UUID, meter: Meter, *, picked: bool
) -> Response[Any]:
    filter_, at = wanted_filter(request), request.query_params.get("view", "tile")
    if not is_fragment(request):
        return see(_way_back(gallery_id, photo_id, filter_, photo=at == "photo"))
    return page(
        request, "customer/_picked.html", gallery_id=gallery_id, photo_id=photo_id, meter=meter, picked=picked,
        filter=filter_, at=at,
    )  # fmt: skip


@post("/gallery/{gallery_id:uuid}/photos/{photo_id:uuid}/pick", status_code=200)
async def pick(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Choose a photo."""
    meter = await galleries.pick(session, actor, gallery_id, photo_id)
    return _picked(request, gallery_id, photo_id, meter, picked=True)


@post("/gallery/{gallery_id:uuid}/photos/{photo_id:uuid}/unpick", status_code=200)
async def unpick(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Take a choice back."""
    meter = await galleries.unpick(session, actor, gallery_id, photo_id)
    return _picked(request, gallery_id, photo_id, meter, picked=False)


def _part(text: str) -> float | None:
    """Read a share of a picture's side, 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def read_place(x: str, y: str, place: str) -> tuple[float, float] | tuple[None, None]:
    """Read where a remark points: at a tapped point, at one of nine fields ("23" is row 2, column 3), or nowhere."""
    across, down = _part(x), _part(y)
    if across is not None and down is not None:
        return across, down
    if len(place) == 2 and set(place) <= set("123"):
        return round((int(place[1]) - 0.5) / 3, 4), round((int(place[0]) - 0.5) / 3, 4)
    return None, None


async def _remarked(
    request: AnyRequest, session: Session, actor: Actor, gallery_id: uuid.UUID, photo_id: uuid.UUID
) -> Response[Any]:
    view = await galleries.photo_page(session, actor, gallery_id, photo_id)
    return page(
        request, "customer/_remarked.html", gallery_id=gallery_id, photo_id=photo_id, remarks=view.remarks,
        chip_names=CHIPS, filter=wanted_filter(request),
    )  # fmt: skip


@post("/gallery/{gallery_id:uuid}/photos/{photo_id:uuid}/remarks", status_code=200)
async def add_remark(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Say what is wanted, at a point of the photo or of all of it."""
    form = await request.form()
    words = {name: str(form.get(name) or "") for name in ("version_id", "body", "x", "y", "place")}
    try:
        version_id = uuid.UUID(words["version_id"])
    except ValueError as wrong:
        raise BadInput from wrong
    x, y = read_place(words["x"], words["y"], words["place"])
    chips = [str(chip) for chip in form.getall("chips", [])]
    added = await galleries.add_remark(
        session, actor, gallery_id, photo_id, version_id=version_id, body=words["body"], chips=chips, x=x, y=y
    )
    if is_fragment(request):
        return await _remarked(request, session, actor, gallery_id, photo_id)
    back = _way_back(gallery_id, photo_id, wanted_filter(request), photo=True, place=f"#r-{added.id}")
    return see(back, flash(request, "remark_kept"))


@post("/gallery/{gallery_id:uuid}/photos/{photo_id:uuid}/remarks/{remark_id:uuid}/remove", status_code=200)
async def remove_remark(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
    remark_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Take one's own remark back."""
    await galleries.remove_remark(session, actor, gallery_id, photo_id, remark_id)
    if is_fragment(request):
        return await _remarked(request, session, actor, gallery_id, photo_id)
    back = _way_back(gallery_id, photo_id, wanted_filter(request), photo=True, place="#remark-area")
    return see(back, flash(request, "remark_taken_back"))


@post("/gallery/{gallery_id:uuid}/cap", status_code=303)
async def set_cap(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    data: Annotated[CapForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Set or lift the customer's own limit on extras."""
    words = "" if data.none else data.cap.strip()
    if words and not (words.isascii() and words.isdigit() and len(words) <= 6):
        raise StrangeCap
    await galleries.set_cap(session, actor, gallery_id, int(words) if words else None)
    return see(f"/gallery/{gallery_id}/submit", flash(request, "cap_kept" if words else "cap_lifted"))
