"""What a customer looks at: the gallery and its parts, one photo, a pair."""

import uuid
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from app.core.access import Actor
from app.core.db import Session
from app.core.web.cookies import gallery_cookie
from app.core.web.given import GivenActor, GivenSession
from app.galleries import service as galleries
from app.galleries.schemas import Lens, PhotoView, RemarkView
from portal.customer.words import CHIPS, PRODUCTS
from portal.web import AnyRequest, is_fragment, page, see


def wanted_lens(request: AnyRequest) -> Lens:
    """Read which photos are asked for; the service knows what there is."""
    return galleries.make_lens(request.query_params.get("filter") or "all", request.query_params.get("section") or "")


def wanted_photo(request: AnyRequest, name: str) -> uuid.UUID | None:
    """Read a photo's id from the address; a strange one is none."""
    try:
        return uuid.UUID(request.query_params.get(name) or "")
    except ValueError:
        return None


@get("/gallery/{gallery_id:uuid}")
async def gallery(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Show the gallery; before the PIN, ask for it."""
    if actor.kind == "anonymous" and gallery_cookie(request.app.state.settings, gallery_id) in request.cookies:
        return see(f"/gallery/{gallery_id}/pin")
    lens = wanted_lens(request)
    view = await galleries.gallery_page(
        session, actor, gallery_id, filter=lens.filter, section=lens.section, at=wanted_photo(request, "at"),
        after=wanted_photo(request, "after"),
    )  # fmt: skip
    return page(request, "customer/gallery.html", view=view, products=PRODUCTS)


@get("/gallery/{gallery_id:uuid}/part")
async def part(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Give the rows behind or before a photo."""
    after, before = wanted_photo(request, "after"), wanted_photo(request, "before")
    view = await galleries.gallery_part(session, actor, gallery_id, wanted_lens(request), after=after, before=before)
    return page(request, "customer/part.html", view=view, products=PRODUCTS, upward=before is not None, counts=None)


async def answer_changes(request: AnyRequest, session: Session, actor: Actor, gallery_id: uuid.UUID) -> Response[Any]:
    """Draw what changed in the choice since the version the page has, and the photo it looks at."""
    since = request.query_params.get("since") or "0"
    version = int(since) if since.isascii() and since.isdigit() and len(since) < 10 else 0
    view = await galleries.changes(session, actor, gallery_id, version, photo_id=wanted_photo(request, "photo"))
    return page(
        request, "customer/changes.html", view=view, products=PRODUCTS, chip_names=CHIPS, lens=wanted_lens(request)
    )


@get("/gallery/{gallery_id:uuid}/changes")
async def changes(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Give what changed in the choice since a version of it."""
    return await answer_changes(request, session, actor, gallery_id)


def wanted_remark(request: AnyRequest, view: PhotoView) -> RemarkView | None:
    """Find the remark that is to be said in other words, where there is no script."""
    wanted = wanted_photo(request, "remark")
    return next((remark for remark in view.remarks if remark.id == wanted and remark.mine), None)


@get("/gallery/{gallery_id:uuid}/photos/{photo_id:uuid}")
async def photo(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Show one photo between its neighbours; a script lays it over the gallery."""
    lens = wanted_lens(request)
    view = await galleries.photo_page(session, actor, gallery_id, photo_id, filter=lens.filter, section=lens.section)
    template = "customer/_photo.html" if is_fragment(request) else "customer/photo.html"
    return page(request, template, view=view, chip_names=CHIPS, products=PRODUCTS, editing=wanted_remark(request, view))


@get("/gallery/{gallery_id:uuid}/compare")
async def compare(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Show two photos beside each other."""
    one, other = wanted_photo(request, "one"), wanted_photo(request, "other")
    if one is None or other is None or one == other:
        await galleries.choice(session, actor, gallery_id)  # the door
        return see(f"/gallery/{gallery_id}")
    view = await galleries.compare_page(session, actor, gallery_id, (one, other), wanted_lens(request))
    return page(request, "customer/compare.html", view=view, products=PRODUCTS)
