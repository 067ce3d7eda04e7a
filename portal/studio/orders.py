"""Orders: the list, one of them, a new one, its links and its money."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.core.access import Actor, may
from app.core.db import Session
from app.core.errors import NotFound, SafelightError
from app.core.locales.sentences import sentence
from app.core.web.given import GivenActor, GivenDb, GivenSession
from app.galleries import service as galleries
from app.galleries.schemas import NewLink
from app.identity.schemas import SKILLS
from app.orders import service as orders
from app.orders.schemas import PAYMENT_METHODS
from app.photos import service as photos
from app.production import service as production
from app.production.schemas import MOVE_REASONS, STAGES
from portal.studio import forms
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, see


@get("/studio/orders/{order_id:uuid}")
async def order_page(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[str]:
    """Show one order; its live parts are asked for by the same address."""
    return await _order_page(request, session, actor, order_id)


async def _order_page(
    request: AnyRequest,
    session: Session,
    actor: Actor,
    order_id: uuid.UUID,
    made: NewLink | None = None,
    wrong: str | None = None,
) -> Response[str]:
    order = await production.order_page(session, actor, order_id)
    sees_money = order.owed is not None
    status = await galleries.status_of_order(session, actor, order_id)
    return await staff_page(
        request, session, actor, "studio/order.html", status=422 if wrong else 200, here="orders", order=order,
        stages=STAGES, move_reasons=MOVE_REASONS, gallery=status, made=made, wrong=wrong, form_key=uuid.uuid4().hex,
        account=await orders.account(session, actor, order_id) if sees_money else None,
        people=await galleries.people_of_order(session, actor, order_id) if may(actor, "link.write") else [],
        may_add=may(actor, "photo.add"), endings=photos.PHOTO_ENDINGS, most=photos.MOST_BYTES,
        expected=await photos.expected(session, order_id) if may(actor, "photo.add") else None,
        may_retry=may(actor, "photo.retry"), may_link=may(actor, "link.write"),
        may_pay=may(actor, "money.write"), methods=PAYMENT_METHODS, may_plan=may(actor, "task.plan"), skills=SKILLS,
    )  # fmt: skip


@get("/studio/orders/{order_id:uuid}/photos/{photo_id:uuid}")
async def photo_page(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    order_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[str]:
    """Show one photo to staff: large, with what its file says of itself."""
    order = await production.order_page(session, actor, order_id)
    at = next((place for place, shown in enumerate(order.photos) if shown.photo_id == photo_id), None)
    if at is None:
        raise NotFound
    remarks = await photos.remarks_of_photo(session, actor, order_id, photo_id)
    shown = order.photos[at]
    return await staff_page(
        request, session, actor, "studio/photo.html", here="orders", order=order, photo=shown, place=at + 1,
        before=order.photos[at - 1] if at else None,
        after=order.photos[at + 1] if at + 1 < len(order.photos) else None,
        remarks=[remark for remark in remarks if remark.version_id == shown.version_id],
        finished=order.finished.get(photo_id), may_retry=may(actor, "photo.retry"),
    )  # fmt: skip


@post("/studio/orders/{order_id:uuid}/retry", status_code=303)
async def retry(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Redirect:
    """Try one failed photo again, or all of them."""
    form = await request.form()
    if forms.text(form, "version_id"):
        await photos.retry(session, actor, forms.key(form, "version_id"), order_id=order_id)
    else:
        await photos.retry_all(session, actor, order_id)
    return see(f"/studio/orders/{order_id}", flash(request, "photo_retried"))


@post("/studio/orders/{order_id:uuid}/plan", status_code=303)
async def plan(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Redirect:
    """Say what skill the retouching needs, and whether it goes before the others."""
    form = await request.form()
    skill, urgent = forms.text(form, "skill", 24) or None, forms.text(form, "urgent") == "1"
    await production.plan(session, actor, order_id, skill=skill, urgent=urgent)
    return see(f"/studio/orders/{order_id}#plan", flash(request, "order_planned"))


@post("/studio/orders/{order_id:uuid}/links", status_code=200)
async def make_link(
    request: AnyRequest, db: GivenDb, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[str]:
    """Make a link for one of the household; its key and PIN are shown this once."""
    form = await request.form()
    async with db.read() as session:
        await galleries.people_of_order(session, actor, order_id)  # the door, before any work is done for a stranger
    pin, pin_hash = await galleries.new_pin()  # outside any transaction: hashing takes its time
    async with db.write() as session:
        made = await galleries.make_link(
            session, actor, order_id, person_id=forms.key(form, "person_id"), pin=pin, pin_hash=pin_hash
        )
    async with db.read() as session:
        return await _order_page(request, session, actor, order_id, made=made)


@post("/studio/orders/{order_id:uuid}/links/{link_id:uuid}/withdraw", status_code=303)
async def withdraw_link(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    order_id: FromPath[uuid.UUID],
    link_id: FromPath[uuid.UUID],
) -> Redirect:
    """Take a link back."""
    await galleries.withdraw_link(session, actor, link_id, order_id=order_id)
    return see(f"/studio/orders/{order_id}#gallery", flash(request, "link_taken_back"))


@post("/studio/orders/{order_id:uuid}/release", status_code=303)
async def release(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Let the customer have the finished photos, or say why not yet."""
    try:
        await galleries.release(session, actor, order_id)
    except SafelightError as wrong:
        if wrong.status != 409:
            raise
        await session.rollback()
        return await _order_page(request, session, actor, order_id, wrong=sentence(wrong.code, wrong.params))
    return see(f"/studio/orders/{order_id}", flash(request, "order_released"))
