"""An order's account: what is owed, paid, taken off, given back, undone; and the receipts."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from litestar import Response, get, post, route
from litestar.enums import HttpMethod
from litestar.params import FromPath
from litestar.response import Redirect

from app.billing import service as billing
from app.core.access import Actor
from app.core.db import Session
from app.core.errors import Conflict, SafelightError
from app.core.serve import Served, etag_of, file_response
from app.core.web.given import GivenActor, GivenSession
from app.orders import service as orders
from app.orders.schemas import PAYMENT_METHODS
from portal.studio import forms
from portal.studio.customers import Refused, refused
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, see


@get("/studio/orders/{order_id:uuid}/account")
async def account_page(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[str]:
    """Show an order's account; it is live, also while a receipt is being made."""
    return await _account(request, session, actor, order_id)


async def _account(
    request: AnyRequest, session: Session, actor: Actor, order_id: uuid.UUID, *, back: Refused | None = None
) -> Response[str]:
    account = await billing.account_page(session, actor, order_id)
    return await staff_page(
        request, session, actor, "studio/account.html", status=back.status if back else 200, here="orders",
        account=account, back=back, form_key=uuid.uuid4().hex, methods=PAYMENT_METHODS,
    )  # fmt: skip


async def _do(
    request: AnyRequest,
    session: Session,
    actor: Actor,
    order_id: uuid.UUID,
    name: str,
    deed: Callable[[Any], Any],
    said: str,
) -> Response[Any]:
    """Do it, or show the account again with the form as it was and the reason."""
    form = await request.form()
    try:
        await deed(form)
    except SafelightError as wrong:
        if wrong.status not in {409, 422}:
            raise
        await session.rollback()
        named = f"{name}-{forms.text(form, 'line_id', 40)}" if name == "undo" else name
        return await _account(request, session, actor, order_id, back=refused(named, form, wrong))
    of_order = forms.text(form, "back") == "order"
    return see(f"/studio/orders/{order_id}{'#money' if of_order else '/account'}", flash(request, said))


def _source(kind: str, order_id: uuid.UUID, form: Any, minor: int) -> str:
    """Name the cause: this form with this sum. Who goes back, corrects it and sends it again is not passed over."""
    return f"{kind}:{order_id}:{forms.key(form, 'form_key')}:{minor}"


@post("/studio/orders/{order_id:uuid}/payments", status_code=303)
async def record_payment(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Record what a customer paid; the form's key makes a second press of the button harmless."""

    async def pay(form: Any) -> None:
        order = await orders.get_order(session, actor, order_id, "money.write")
        minor = forms.amount(form, "amount", order.currency)
        await billing.record_payment(
            session, actor, order_id, minor, forms.text(form, "method", 20),
            source_key=_source("form", order_id, form, minor), paid_on=forms.day(form, "paid_on"),
            reference=forms.text(form, "reference", 60),
        )  # fmt: skip

    return await _do(request, session, actor, order_id, "payment", pay, "payment_recorded")


@post("/studio/orders/{order_id:uuid}/charges", status_code=303)
async def add_charge(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Charge for something else, or take something off."""

    async def charge(form: Any) -> None:
        order = await orders.get_order(session, actor, order_id, "money.write")
        minor, note = forms.amount(form, "amount", order.currency), forms.text(form, "note", 200)
        off = forms.text(form, "kind") == "discount"
        post_line = billing.give_discount if off else billing.add_charge
        key = _source("discount" if off else "other", order_id, form, minor)
        await post_line(session, actor, order_id, minor, note, source_key=key)

    return await _do(request, session, actor, order_id, "charge", charge, "charge_recorded")


@post("/studio/orders/{order_id:uuid}/refunds", status_code=303)
async def refund(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Give money back."""

    async def give_back(form: Any) -> None:
        order = await orders.get_order(session, actor, order_id, "money.write")
        minor, method = forms.amount(form, "amount", order.currency), forms.text(form, "method", 20)
        key = _source("refund", order_id, form, minor)
        await billing.refund(session, actor, order_id, minor, method, forms.text(form, "note", 200), source_key=key)

    return await _do(request, session, actor, order_id, "refund", give_back, "refund_recorded")


@post("/studio/orders/{order_id:uuid}/reversals", status_code=303)
async def reverse(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Undo a line by another against it."""

    async def undo(form: Any) -> None:
        await orders.get_order(session, actor, order_id, "money.write")
        note = forms.text(form, "note", 200)
        await billing.reverse(session, actor, order_id, forms.key(form, "line_id"), note)

    return await _do(request, session, actor, order_id, "undo", undo, "line_undone")


@post("/studio/orders/{order_id:uuid}/receipts", status_code=303)
async def ask_for_receipt(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Ask for a payment's receipt, or for another try at one that could not be made."""

    async def ask(form: Any) -> None:
        await orders.get_order(session, actor, order_id, "money.write")
        if forms.text(form, "receipt_id"):
            await billing.make_receipt_again(session, actor, order_id, forms.key(form, "receipt_id"))
        else:
            await billing.ask_for_receipt(session, actor, order_id, forms.key(form, "payment_id"))

    return await _do(request, session, actor, order_id, "receipt", ask, "receipt_asked")


@route(
    "/studio/orders/{order_id:uuid}/receipts/{receipt_id:uuid}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={"streams": True},
    include_in_schema=False,
    name="receipt",
)
async def send_receipt(
    request: AnyRequest, actor: GivenActor, order_id: FromPath[uuid.UUID], receipt_id: FromPath[uuid.UUID]
) -> Response[Any] | Redirect:
    """Send a receipt's PDF. Raises NotFound, Conflict while it is being made."""
    store = request.app.state.store
    async with request.app.state.db.read() as session:
        receipt, document = await billing.get_receipt(session, actor, order_id, receipt_id)
    key, size, sha256 = document.key, document.size, document.sha256
    if key is None or size is None or sha256 is None:
        raise Conflict("receipt_not_ready")

    def read(start: int, length: int) -> Iterator[bytes]:
        return iter(store.open(key, start, length))

    await asyncio.to_thread(store.stat, key)
    served = Served(
        size=size, etag=etag_of(sha256), open=read, name=f"{receipt.number}.pdf", media_type="application/pdf",
        inline=True,
    )  # fmt: skip
    return file_response(request, served)
