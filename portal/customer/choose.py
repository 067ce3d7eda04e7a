"""What a customer does: pick, remark, limit. Each is a form's button; htmx gets the part that changed."""

import uuid
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from app.core.access import Actor
from app.core.db import Session
from app.core.errors import BadInput
from app.core.web.given import GivenActor, GivenSession
from app.galleries import service as galleries
from app.galleries.errors import ExtraCosts, StrangeCap
from portal.customer.gallery import answer_changes, wanted_lens
from portal.customer.words import CHIPS, PRODUCTS
from portal.web import AnyRequest, flash, is_fragment, page, see


class CapForm(msgspec.Struct, frozen=True):
    """The form of the customer's own limit."""

    cap: str = ""
    none: str = ""


def _query(request: AnyRequest, **more: str) -> str:
    """Write the lens of a request's address, and more, as a query."""
    lens = wanted_lens(request)
    asked = {"filter": lens.filter if lens.filter != "all" else "", "section": lens.section, **more}
    text = urlencode({name: value for name, value in asked.items() if value})
    return f"?{text}" if text else ""


def _way_back(request: AnyRequest, gallery_id: uuid.UUID, photo_id: uuid.UUID, place: str = "") -> str:
    """Say where a deed without script leads: the photo, the pair, or its place in the grid."""
    view = request.query_params.get("view", "tile")
    if view == "photo":
        return f"/gallery/{gallery_id}/photos/{photo_id}{_query(request)}{place}"
    if view == "compare":
        pair = {name: request.query_params.get(name, "") for name in ("one", "other")}
        return f"/gallery/{gallery_id}/compare{_query(request, **pair)}"
    return f"/gallery/{gallery_id}{_query(request, at=str(photo_id))}#p-{photo_id}"


async def _changed(
    request: AnyRequest, session: Session, actor: Actor, gallery_id: uuid.UUID, photo_id: uuid.UUID
) -> Response[Any]:
    if not is_fragment(request):
        return see(_way_back(request, gallery_id, photo_id))
    return await answer_changes(request, session, actor, gallery_id)


@post("/gallery/{gallery_id:uuid}/photos/{photo_id:uuid}/pick", status_code=200)
async def pick(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Choose a photo for a product. An extra one whose price the page has not named is asked about first."""
    product, told = request.query_params.get("product", "retouch"), request.query_params.get("extra") == "yes"
    try:
        await galleries.pick(session, actor, gallery_id, photo_id, product=product, told=told)
    except ExtraCosts:
        choice = await galleries.choice(session, actor, gallery_id)
        template = "customer/_extra.html" if is_fragment(request) else "customer/extra.html"
        query = _query(request, view=request.query_params.get("view", "tile"), product=product, extra="yes")
        return page(
            request, template, status=409, choice=choice, meter=choice.of(product), products=PRODUCTS, query=query,
            photo_id=photo_id, back=_way_back(request, gallery_id, photo_id),
        )  # fmt: skip
    return await _changed(request, session, actor, gallery_id, photo_id)


@post("/gallery/{gallery_id:uuid}/photos/{photo_id:uuid}/unpick", status_code=200)
async def unpick(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Take a choice back."""
    product = request.query_params.get("product", "retouch")
    await galleries.unpick(session, actor, gallery_id, photo_id, product=product)
    return await _changed(request, session, actor, gallery_id, photo_id)


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
        request, "customer/_remarked.html", view=view, chip_names=CHIPS, lens=wanted_lens(request)
    )  # fmt: skip


def _remark_place(request: AnyRequest, gallery_id: uuid.UUID, photo_id: uuid.UUID, place: str) -> str:
    return f"/gallery/{gallery_id}/photos/{photo_id}{_query(request)}{place}"


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
    return see(_remark_place(request, gallery_id, photo_id, f"#r-{added.id}"), flash(request, "remark_kept"))


@post("/gallery/{gallery_id:uuid}/photos/{photo_id:uuid}/remarks/{remark_id:uuid}", status_code=200)
async def change_remark(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
    remark_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Say one's own remark in other words."""
    form = await request.form()
    chips = [str(chip) for chip in form.getall("chips", [])]
    await galleries.change_remark(
        session, actor, gallery_id, photo_id, remark_id, body=str(form.get("body") or ""), chips=chips
    )
    if is_fragment(request):
        return await _remarked(request, session, actor, gallery_id, photo_id)
    return see(_remark_place(request, gallery_id, photo_id, f"#r-{remark_id}"), flash(request, "remark_kept"))


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
    return see(_remark_place(request, gallery_id, photo_id, "#remark-area"), flash(request, "remark_taken_back"))


@post("/gallery/{gallery_id:uuid}/cap", status_code=200)
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
    if is_fragment(request):
        return await answer_changes(request, session, actor, gallery_id)
    return see(f"/gallery/{gallery_id}/submit", flash(request, "cap_kept" if words else "cap_lifted"))
