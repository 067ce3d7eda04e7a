"""A new order: for a customer who is known, or for one who is written down with it."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from app.core.access import Actor, require, require_role
from app.core.db import Session
from app.core.errors import BadInput
from app.core.locales.sentences import sentence
from app.core.once import once
from app.core.web.given import GivenActor, GivenSession
from app.crm import service as crm
from app.crm.models import Customer
from app.identity import service as identity
from app.orders import service as orders
from app.orders.models import Order
from app.orders.schemas import NewOrder
from app.photos.schemas import LOOK_NAMES
from portal.studio import forms
from portal.studio.customers import known_by_phone, read_new, refuse_same
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash

KEEP_DAYS = 180


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the form shows: what was typed, why it came back, whom one may choose."""

    values: dict[str, str] = {}
    wrong: str | None = None
    found: list[Any] = []
    looked: bool = False
    same: bool = False


@get("/studio/orders/new")
async def new_order_page(
    request: AnyRequest, session: GivenSession, actor: GivenActor, customer: FromQuery[uuid.UUID | None] = None
) -> Response[str]:
    """Show the form of a new order, for a customer if one is named."""
    require_role(actor, "order.write")
    if customer is None:
        return await _show(request, session, actor, Asked())
    known = await _known(session, actor, customer)
    return await _show(request, session, actor, Asked(values={"customer_id": str(known.id)}, found=[known]))


async def _known(session: Session, actor: Actor, customer_id: uuid.UUID) -> Customer:
    known = await crm.get_customer(session, customer_id)
    require(actor, "customer.read", known)
    return known


async def _show(request: AnyRequest, session: Session, actor: Actor, asked: Asked) -> Response[str]:
    return await staff_page(
        request, session, actor, "studio/new_order.html", status=422 if asked.wrong else 200, here="orders",
        form_key=asked.values.get("form_key") or uuid.uuid4().hex, values=asked.values, wrong=asked.wrong,
        found=asked.found, looked=asked.looked, same=asked.same,
        chosen=asked.values.get("customer_id", ""), packages=await orders.list_packages(session, actor),
        looks=LOOK_NAMES, branches=await identity.branches_of(session, actor),
    )  # fmt: skip


@post("/studio/orders", status_code=303)
async def add_order(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[Any]:
    """Write an order down; what does not fit comes back with the form as it was."""
    require_role(actor, "order.write")
    form = await request.form()
    values = {name: value for name, value in form.items() if isinstance(value, str) and name != "csrf"}
    if forms.text(form, "find"):
        words = forms.text(form, "q", 60)
        found = list(await crm.find_customers(session, actor, words)) if words else []
        return await _show(request, session, actor, Asked(values=values, found=found, looked=bool(words)))
    try:
        order = await _add_once(session, actor, form, values)
    except BadInput as wrong:
        await session.rollback()
        same = wrong.code == "same_phone"
        found = await _offered(session, actor, form, same=same)
        said = sentence(wrong.code, wrong.params)
        return await _show(request, session, actor, Asked(values=values, wrong=said, found=found, same=same))
    told = flash(request, "order_added", number=order["number"])
    return Redirect(f"/studio/orders/{order['id']}", status_code=303, cookies=[told])


async def _offered(session: Session, actor: Actor, form: Any, *, same: bool) -> list[Customer]:
    """Offer again whom the form offered: the one chosen, or those with the same telephone number."""
    if same:
        return list(await crm.same_phone(session, actor, forms.text(form, "phone", 40)))
    return [await _known(session, actor, forms.key(form, "customer_id"))] if forms.text(form, "customer_id") else []


async def _customer(session: Session, actor: Actor, form: Any) -> Customer:
    if forms.text(form, "customer_id"):
        return await _known(session, actor, forms.key(form, "customer_id"))
    if actor.studio_id is None:
        raise BadInput
    refuse_same(await known_by_phone(session, actor, form))
    return await crm.add_customer(session, actor, read_new(form), studio_id=actor.studio_id)


async def _add_once(session: Session, actor: Actor, form: Any, values: dict[str, str]) -> Any:
    """Write down one order for a form, however often it is pressed; other words are another order."""

    async def act() -> dict[str, str]:
        order = await _add(session, actor, form)
        return {"id": str(order.id), "number": order.number}

    said = hashlib.sha256(msgspec.json.encode(values)).hexdigest()
    key = f"order:{values['form_key'][:64]}:{said}" if values.get("form_key") else None
    return await once(session, actor, key, values, act)


async def _add(session: Session, actor: Actor, form: Any) -> Order:
    shoot_on = forms.day(form, "shoot_on")
    if shoot_on is None:
        raise BadInput("bad_day")
    customer = await _customer(session, actor, form)
    look = forms.text(form, "look", 24)
    return await orders.add_order(
        session, actor,
        NewOrder(
            branch_id=forms.key(form, "branch_id"), customer_id=customer.id, package_id=forms.key(form, "package_id"),
            title=forms.text(form, "title", 120), shoot_on=shoot_on, promised_on=forms.day(form, "promised_on"),
            keep_until=shoot_on + timedelta(days=KEEP_DAYS), wishes=forms.text(form, "wishes"),
            look=look if look in LOOK_NAMES else None,
        ),
    )  # fmt: skip
