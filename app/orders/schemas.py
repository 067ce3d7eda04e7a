"""Orders as pages and other domains get them."""

import uuid
from datetime import date, datetime

import msgspec

from app.core.money import Money

PAYMENT_METHODS = ("cash", "card", "transfer")


class Line(msgspec.Struct, frozen=True):
    """A product of a package: how many are included, what one more costs (minor units), how many at most."""

    product: str
    included: int
    extra_minor: int
    most: int | None = None


class NewPackage(msgspec.Struct, frozen=True, kw_only=True):
    """A package to sell."""

    name: str
    currency: str
    price_minor: int
    lines: tuple[Line, ...]
    revision_rounds: int = 1
    release_rule: str = "paid"
    skill: str | None = None


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order to write down."""

    branch_id: uuid.UUID
    customer_id: uuid.UUID
    package_id: uuid.UUID
    title: str
    shoot_on: date
    promised_on: date | None = None
    keep_until: date | None = None
    wishes: str = ""
    look: str | None = "warm"


class Posting(msgspec.Struct, frozen=True):
    """A line of money to append. With a day it is a payment, without one a charge; below zero it takes away."""

    amount_minor: int
    reason: str
    source_key: str
    count: int | None = None
    note: str = ""
    reverses_id: uuid.UUID | None = None
    paid_on: date | None = None
    reference: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order's account."""

    id: uuid.UUID
    kind: str  # charge, payment
    reason: str
    count: int | None
    amount: Money
    at: datetime
    undoes: bool = False

    @property
    def change(self) -> Money:
        """How the line changes what is owed."""
        return Money(-self.amount.minor, self.amount.currency) if self.kind == "payment" else self.amount

    @property
    def gives_back(self) -> bool:
        """Whether it is money given back."""
        return self.kind == "payment" and self.amount.minor < 0


class Account(msgspec.Struct, frozen=True):
    """What was charged, what was paid, and what is still owed."""

    charged: Money
    paid: Money
    entries: list[Entry]

    @property
    def owed(self) -> Money:
        """Charged less paid; below zero when too much was paid."""
        return self.charged - self.paid
