"""Receipts: a number without a gap, and a document that says what was true when it was asked for."""

import uuid
from typing import Any

from app.billing import queries, rules
from app.billing.models import Receipt
from app.core import audit, documents, i18n, live
from app.core.access import Actor, require
from app.core.db import Session
from app.core.documents import Document, NewDocument
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.core.money import Money
from app.crm import service as crm
from app.identity import service as identity
from app.identity.models import Studio
from app.orders import service as orders
from app.orders.models import Charge, Order, Payment


async def ask_for_receipt(session: Session, actor: Actor, order_id: uuid.UUID, payment_id: uuid.UUID) -> Receipt:
    """Ask for a payment's receipt, once; a worker makes the PDF. Raises NotFound, Conflict for a payment undone."""
    order = await orders.get_order(session, actor, order_id, "money.write")
    await orders.lock_order(session, order_id)
    payment = await session.get(Payment, payment_id)
    if payment is None or payment.order_id != order_id:
        raise NotFound
    known = await queries.receipt_of(session, payment_id)
    if known is not None:
        return known
    undone = any(row.reverses_id == payment_id for row, _ in await queries.lines(session, Payment, order_id))
    if undone or payment.reverses_id is not None:
        raise Conflict("no_receipt_of_undone")
    receipt = await _write(session, order, payment, "payment" if payment.amount_minor > 0 else "refund", None)
    audit.record(session, actor, "receipt.add", receipt, after={"number": receipt.number})
    return receipt


async def void_receipt(session: Session, order: Order, payment: Payment) -> None:
    """Void an undone payment's receipt, if it has one: by a new paper, the old one stays as it is."""
    old = await queries.receipt_of(session, payment.id)
    if old is None:
        return
    undoing = next(row for row, _ in await queries.lines(session, Payment, order.id) if row.reverses_id == payment.id)
    await _write(session, order, undoing, "void", old)


async def _write(session: Session, order: Order, payment: Payment, kind: str, voids: Receipt | None) -> Receipt:
    studio = await identity.get_studio(session, order.studio_id)
    day = await orders.day_of(session, order)
    value = await orders.next_number(session, order.studio_id, f"receipt:{day.year}")
    number = rules.receipt_number(day.year, value)
    customer = await crm.get_customer(session, order.customer_id)
    language = customer.locale or (studio.locale if studio.locale in i18n.LOCALES else i18n.DEFAULT)
    content = {
        **await _content(session, order, payment, studio, chinese=language == i18n.DEFAULT),
        "number": number, "kind": kind, "voids": voids.number if voids else None, "issued_on": day.isoformat(),
        "customer": customer.name,
    }  # fmt: skip
    scope = {"studio_id": order.studio_id, "branch_id": order.branch_id, "order_id": order.id}
    document = await documents.ask(
        session,
        NewDocument(
            studio_id=order.studio_id, branch_id=order.branch_id, order_id=order.id,
            source_key=f"receipt:{payment.id}", template="receipt", language=language, name=f"{number}.pdf",
            content=content,
        ),
    )  # fmt: skip
    receipt = Receipt(
        id=new_id(), number=number, kind=kind, payment_id=payment.id, voids_id=voids.id if voids else None,
        document_id=document.id, **scope,
    )  # fmt: skip
    session.add(receipt)
    await session.flush()
    live.touch(session, live.order(order.id))
    return receipt


async def _content(
    session: Session, order: Order, payment: Payment, studio: Studio, *, chinese: bool
) -> dict[str, Any]:
    """Say what is true at this moment: it is the paper's for ever."""
    charges = [row for row, _ in await queries.lines(session, Charge, order.id)]
    payments = [row for row, _ in await queries.lines(session, Payment, order.id)]
    charged, paid = sum(row.amount_minor for row in charges), sum(row.amount_minor for row in payments)

    def money(minor: int) -> dict[str, Any]:
        return {"minor": minor, "currency": order.currency}

    amount = Money(abs(payment.amount_minor), order.currency)
    return {
        "studio": {"name": studio.name, "address": studio.address, "phone": studio.phone, "tax_id": studio.tax_id},
        "order": {"number": order.number, "title": order.title, "package": order.package_name},
        "amount": money(amount.minor), "capitals": rules.capital_amount(amount) if chinese else "",
        "method": payment.reason, "paid_on": payment.paid_on.isoformat(), "reference": payment.reference,
        "note": payment.note, "charged": money(charged), "paid": money(paid), "owed": money(charged - paid),
        "lines": [
            {
                "reason": "reversal" if row.reverses_id else row.reason, "note": row.note, "count": row.count,
                "each": money(row.amount_minor // row.count) if row.count else None, "amount": money(row.amount_minor),
            }
            for row in charges
        ],
    }  # fmt: skip


async def get_receipt(
    session: Session, actor: Actor, order_id: uuid.UUID, receipt_id: uuid.UUID
) -> tuple[Receipt, Document]:
    """Fetch a receipt and its document. Raises NotFound."""
    found = await queries.receipt(session, receipt_id)
    require(actor, "money.read", found[0] if found else None)
    assert found is not None  # noqa: S101 - `require` let it pass
    if found[0].order_id != order_id:
        raise NotFound
    return found


async def make_receipt_again(session: Session, actor: Actor, order_id: uuid.UUID, receipt_id: uuid.UUID) -> None:
    """Try once more to make a receipt's PDF. Raises NotFound."""
    receipt, document = await get_receipt(session, actor, order_id, receipt_id)
    require(actor, "money.write", receipt)
    await documents.make_again(session, document)
    live.touch(session, live.order(order_id))
