"""An order's account, and a customer's orders with what is owed on them."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from app.billing import queries, rules
from app.billing.models import Receipt
from app.billing.schemas import AccountLine, AccountPage, CustomerOrder, ReceiptView
from app.core.access import Actor, allows
from app.core.db import Session
from app.core.money import Money
from app.crm import service as crm
from app.identity import service as identity
from app.orders import service as orders
from app.orders.models import Charge, Payment
from app.photos import service as photos

Papers = dict[uuid.UUID, ReceiptView]


async def account_page(session: Session, actor: Actor, order_id: uuid.UUID) -> AccountPage:
    """Show an order's account."""
    order = await orders.get_order(session, actor, order_id, "money.read")
    zone = ZoneInfo((await identity.get_branch(session, order.branch_id)).timezone)
    may_write = allows(actor, "money.write", order)
    papers: Papers = {}
    for receipt, state, voids in await queries.receipts(session, order_id):
        papers[receipt.payment_id] = _paper(receipt, state, voids)
    charges = _lines(await queries.lines(session, Charge, order_id), papers, zone, may_write=may_write)
    payments = _lines(await queries.lines(session, Payment, order_id), papers, zone, may_write=may_write)
    charged = Money(sum(line.amount.minor for line in charges), order.currency)
    paid = Money(sum(line.amount.minor for line in payments), order.currency)
    customer = (await crm.names_of(session, [order.customer_id])).get(order.customer_id, "")
    return AccountPage(
        order_id=order.id, number=order.number, title=order.title, package=order.package_name,
        customer_id=order.customer_id, customer=customer, currency=order.currency, release_rule=order.release_rule,
        charges=charges, payments=payments, charged=charged, paid=paid, owed=charged - paid, may_write=may_write,
        making=any(paper.state == "waiting" for paper in papers.values()),
    )  # fmt: skip


def _paper(receipt: Receipt, state: str, voids: str | None) -> ReceiptView:
    return ReceiptView(id=receipt.id, number=receipt.number, kind=receipt.kind, state=state, voids=voids)


def kind_of(row: Charge | Payment) -> str:
    """Tell what a line does to its side of the account."""
    if row.reverses_id is not None:
        return "reversal"
    if isinstance(row, Payment):
        return "payment" if row.amount_minor > 0 else "refund"
    return "charge" if row.amount_minor >= 0 else "discount"


def _lines(rows: Collection[Any], papers: Papers, zone: ZoneInfo, *, may_write: bool) -> list[AccountLine]:
    reversed_ = {row.reverses_id for row, _ in rows if row.reverses_id is not None}
    left = rules.total([rules.Line(row.id, row.amount_minor) for row, _ in rows])
    found = []
    for row, who in rows:
        kind = kind_of(row)
        payment = isinstance(row, Payment)
        paper = papers.get(row.id)
        found.append(
            AccountLine(
                id=row.id, side="payment" if payment else "charge", kind=kind, reason=row.reason, note=row.note,
                reference=row.reference if payment else "", count=row.count,
                each=Money(row.amount_minor // row.count, row.currency) if row.count else None,
                amount=Money(row.amount_minor, row.currency),
                day=row.paid_on if payment else row.created_at.astimezone(zone).date(), at=row.created_at,
                who=who or "", reversed=row.id in reversed_, receipt=paper,
                may_reverse=may_write and kind != "reversal" and row.id not in reversed_
                and bool(row.amount_minor) and left >= row.amount_minor,
                may_have_receipt=may_write and payment and paper is None and kind != "reversal"
                and row.id not in reversed_,
            )
        )  # fmt: skip
    return found


async def orders_of_customer(session: Session, actor: Actor, customer_id: uuid.UUID) -> list[CustomerOrder]:
    """List a customer's orders with stage, strip and what is owed; who sees no photos gets no strip."""
    rows = await queries.orders_of_customer(session, actor, customer_id)
    seen = [order.id for order, _, _ in rows if allows(actor, "photo.read", order)]
    strips = await photos.strips(session, seen) if seen else {}
    return [
        CustomerOrder(
            id=order.id, number=order.number, title=order.title, package=order.package_name, shoot_on=order.shoot_on,
            promised_on=order.promised_on, stage=stage or "intake",
            owed=Money(owed, order.currency) if allows(actor, "money.read", order) else None,
            strip=[(one.id, one.thumbhash, one.width or 3, one.height or 2) for one in strips.get(order.id, [])],
        )
        for order, stage, owed in rows
    ]  # fmt: skip


async def order_counts(
    session: Session, actor: Actor, customer_ids: list[uuid.UUID]
) -> dict[uuid.UUID, tuple[int, date]]:
    """Map customers to how many orders they have and the day of the latest shoot."""
    return await queries.order_counts(session, actor, customer_ids) if customer_ids else {}
