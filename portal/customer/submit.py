"""The choice before it is sent, and after."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app.core.web.given import GivenActor, GivenSession
from app.galleries import service as galleries
from app.galleries.errors import AlreadySubmitted, ChoiceChanged
from portal.customer.words import PRODUCTS
from portal.web import AnyRequest, flash, page, see


@get("/gallery/{gallery_id:uuid}/submit")
async def summary(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Show what is chosen and what it costs, before it is sent."""
    view = await galleries.choice_page(session, actor, gallery_id)
    if view.state != "open":
        return see(f"/gallery/{gallery_id}/sent")
    return page(request, "customer/submit.html", view=view, products=PRODUCTS)


@post("/gallery/{gallery_id:uuid}/submit", status_code=303)
async def submit(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Hand the choice over, as it was shown: who comes second is told so, and nothing is charged twice."""
    seen = str((await request.form()).get("version") or "")
    wanted = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    try:
        await galleries.submit(session, actor, gallery_id, seen=wanted)
    except AlreadySubmitted as late:
        await session.rollback()
        return see(f"/gallery/{gallery_id}/sent", flash(request, late.code, tone="info"))
    except ChoiceChanged as old:
        await session.rollback()
        return see(f"/gallery/{gallery_id}/submit", flash(request, old.code, tone="info"))
    return see(f"/gallery/{gallery_id}/sent", flash(request, "choice_sent"))


@get("/gallery/{gallery_id:uuid}/sent")
async def sent(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Say what was sent, and what happens next."""
    view = await galleries.sent_page(session, actor, gallery_id)
    if view is None:
        return see(f"/gallery/{gallery_id}")
    return page(request, "customer/sent.html", view=view, products=PRODUCTS)
