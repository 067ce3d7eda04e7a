"""The customer's review as staff run it: go on without it, or grant another round."""

import uuid
from typing import Any

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.core.errors import BadInput, Conflict
from app.core.web.given import GivenActor, GivenSession
from app.galleries import service as galleries
from portal.studio import forms
from portal.web import AnyRequest, flash, see


@post("/studio/orders/{order_id:uuid}/review/skip", status_code=303)
async def skip(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Go on without the customer's word, for a reason."""
    reason = forms.text(await request.form(), "reason", 300)
    here = f"/studio/orders/{order_id}#gallery"
    try:
        released = await galleries.skip_review(session, actor, order_id, reason)
    except (BadInput, Conflict) as wrong:
        await session.rollback()
        return see(here, flash(request, wrong.code, tone="warn"))
    return see(here, flash(request, "order_released" if released else "review_skipped"))


@post("/studio/orders/{order_id:uuid}/review/round", status_code=303)
async def grant_round(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Redirect:
    """Grant the customer one more round of changes."""
    seen = forms.count(await request.form(), "granted")
    here = f"/studio/orders/{order_id}#gallery"
    try:
        await galleries.grant_round(session, actor, order_id, seen=seen)
    except Conflict as wrong:
        await session.rollback()
        return see(here, flash(request, wrong.code, tone="warn"))
    return see(here, flash(request, "round_granted"))
