"""Money as pages get it."""

import uuid
from datetime import date, datetime

import msgspec

from app.core.money import Money


class ReceiptView(msgspec.Struct, frozen=True, kw_only=True):
    """A payment's receipt: is it there yet, and does it still hold."""

    id: uuid.UUID
    number: str
    kind: str  # payment, refund, void
    state: str  # waiting, ready, failed
    voids: str | None  # the number of the one it voids


class AccountLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order's account."""

    id: uuid.UUID
    side: str  # charge, payment
    kind: str  # charge, discount, payment, refund, reversal
    reason: str
    note: str
    reference: str
    count: int | None
    each: Money | None
    amount: Money  # as it changes its side of the account
    day: date
    at: datetime
    who: str
    reversed: bool
    may_reverse: bool
    receipt: ReceiptView | None = None
    may_have_receipt: bool = False


class AccountPage(msgspec.Struct, frozen=True, kw_only=True):
    """An order's account."""

    order_id: uuid.UUID
    number: str
    title: str
    package: str
    customer_id: uuid.UUID
    customer: str
    currency: str
    release_rule: str
    charges: list[AccountLine]
    payments: list[AccountLine]
    charged: Money
    paid: Money
    owed: Money
    may_write: bool
    making: bool  # a receipt is being made

    @property
    def over(self) -> Money:
        """What was paid too much."""
        return Money(max(0, -self.owed.minor), self.currency)


class CustomerOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order on its customer's page."""

    id: uuid.UUID
    number: str
    title: str
    package: str
    shoot_on: date
    promised_on: date | None
    stage: str
    owed: Money | None
    strip: list[tuple[uuid.UUID, str | None, int, int]]  # version, ThumbHash, width, height

    @property
    def over(self) -> Money | None:
        """What was paid too much, if anything."""
        return Money(-self.owed.minor, self.owed.currency) if self.owed and self.owed.minor < 0 else None


class MethodSum(msgspec.Struct, frozen=True):
    """What came in by one way to pay."""

    method: str
    count: int
    amount: Money


class AgeSum(msgspec.Struct, frozen=True):
    """Unpaid orders of an age: `older` than so many days and not yet of the next age."""

    older: int
    count: int
    amount: Money


class MoneyPage(msgspec.Struct, frozen=True, kw_only=True):
    """The studio's money in a period, and what is still to come."""

    since: date
    until: date
    methods: list[MethodSum]
    received: Money
    payments: int
    ages: list[AgeSum]
    unpaid: int
    owed: Money


class PaymentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A payment in a list."""

    id: uuid.UUID
    order_id: uuid.UUID
    day: date
    number: str
    customer: str
    method: str
    kind: str  # payment, refund, reversal
    reference: str
    note: str
    amount: Money
    who: str


class UnpaidRow(msgspec.Struct, frozen=True, kw_only=True):
    """An order that is not paid, and since how many days it is written down."""

    order_id: uuid.UUID
    number: str
    customer: str
    customer_id: uuid.UUID
    title: str
    days: int
    charged: Money
    paid: Money
    owed: Money
