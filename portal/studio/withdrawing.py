"""A photo the studio takes back from its customer, and shows again."""

import uuid

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect

from app.core.web.given import GivenActor, GivenSession
from app.galleries import service as galleries
from portal.studio import forms
from portal.web import AnyRequest, flash, see


@post("/studio/orders/{order_id:uuid}/photos/{photo_id:uuid}/withdraw", status_code=303)
async def withdraw_photo(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    order_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Redirect:
    """Take a photo back from the customer, or show it again."""
    withdrawn = not forms.text(await request.form(), "show")
    await galleries.withdraw_photo(session, actor, order_id, photo_id, withdrawn=withdrawn)
    said = flash(request, "photo_taken_back" if withdrawn else "photo_shown_again")
    return see(f"/studio/orders/{order_id}/photos/{photo_id}", said)
