"""Lines of money by staff's hand: what more is owed, taken off, given back, or undone. Nothing is ever edited."""

import uuid
from datetime import date

from app.billing import queries, rules
from app.billing.service.receipts import void_receipt
from app.core import audit
from app.core.access import Actor
from app.core.db import Session
from app.core.errors import BadInput, NotFound
from app.core.words import clean_words
from app.orders import rules as order_rules
from app.orders import service as orders
from app.orders.models import Charge, Order, Payment
from app.orders.schemas import PAYMENT_METHODS, Posting

LONGEST_NOTE, LONGEST_REFERENCE = 200, 60


async def _writing(session: Session, actor: Actor, order_id: uuid.UUID) -> Order:
    """Fetch an order whose money the actor may write, and hold it: sums are looked at and changed by one at a time."""
    order = await orders.get_order(session, actor, order_id, "money.write")
    await orders.lock_order(session, order_id)
    return order


async def _lines(session: Session, model: type[Charge] | type[Payment], order_id: uuid.UUID) -> list[rules.Line]:
    return [
        rules.Line(row.id, row.amount_minor, row.reverses_id)
        for row, _ in await queries.lines(session, model, order_id)
    ]


def _sum(minor: int) -> int:
    if not 0 < minor <= order_rules.MOST_MINOR:
        raise BadInput("strange_amount")
    return minor


def _why(note: str) -> str:
    words = " ".join(clean_words(note, LONGEST_NOTE).split())
    if not words:
        raise BadInput("why_needed")
    return words


async def add_charge(
    session: Session, actor: Actor, order_id: uuid.UUID, minor: int, note: str, *, source_key: str
) -> None:
    """Charge for something else, with a reason, once per form. Raises BadInput, SourceUsed."""
    order = await _writing(session, actor, order_id)
    await orders.post(session, actor, order, Posting(_sum(minor), "other", source_key, note=_why(note)))


async def give_discount(
    session: Session, actor: Actor, order_id: uuid.UUID, minor: int, note: str, *, source_key: str
) -> None:
    """Take something off what is owed, with a reason, once per form. Raises BadInput, BelowZero, SourceUsed."""
    order = await _writing(session, actor, order_id)
    posting = Posting(-_sum(minor), "discount", source_key, note=_why(note))
    if not await orders.is_posted(session, order, posting):
        rules.check_discount(await _lines(session, Charge, order_id), minor)
    await orders.post(session, actor, order, posting)


async def record_payment(  # noqa: PLR0913 - a payment has these parts
    session: Session,
    actor: Actor,
    order_id: uuid.UUID,
    minor: int,
    method: str,
    *,
    source_key: str,
    paid_on: date | None,
    reference: str,
) -> None:
    """Write down what a customer paid, once per form. Raises BadInput, SourceUsed."""
    words = " ".join(clean_words(reference, LONGEST_REFERENCE).split())
    await orders.record_payment(
        session, actor, order_id, minor, method, source_key=source_key, paid_on=paid_on, reference=words
    )


async def refund(
    session: Session, actor: Actor, order_id: uuid.UUID, minor: int, method: str, note: str, *, source_key: str
) -> None:
    """Give money back, never more than was paid, once per form. Raises BadInput, RefundTooLarge, SourceUsed."""
    order = await _writing(session, actor, order_id)
    if method not in PAYMENT_METHODS:
        raise BadInput("unknown_payment_method")
    today = await orders.day_of(session, order)
    posting = Posting(-_sum(minor), method, source_key, note=_why(note), paid_on=today)
    if not await orders.is_posted(session, order, posting):
        rules.check_refund(await _lines(session, Payment, order_id), minor, order.currency)
    await orders.post(session, actor, order, posting)


async def reverse(session: Session, actor: Actor, order_id: uuid.UUID, line_id: uuid.UUID, note: str) -> None:
    """Undo a charge or a payment by a line against it, with a reason; a payment's receipt is voided by a new one.

    Raises BadInput, NotFound, AlreadyReversed, NotReversible, BelowZero.
    """
    order, why = await _writing(session, actor, order_id), _why(note)
    row: Charge | Payment | None = await session.get(Payment, line_id)
    row = row or await session.get(Charge, line_id)
    if row is None or row.order_id != order_id:
        raise NotFound
    lines = await _lines(session, type(row), order_id)
    rules.check_reversal(lines, next(line for line in lines if line.id == line_id))
    paid_on = await orders.day_of(session, order) if isinstance(row, Payment) else None
    posting = Posting(
        -row.amount_minor, row.reason, f"reversal:{line_id}", note=why, reverses_id=line_id, paid_on=paid_on
    )
    await orders.post(session, actor, order, posting)
    if isinstance(row, Payment):
        await void_receipt(session, order, row)
    audit.record(session, actor, "money.reverse", row, after={"order": str(order_id)})
