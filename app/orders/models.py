"""Packages, orders and their money."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.access import Scoped
from app.core.db import Base, Row


class Package(Row, Base):
    """What is sold. Its lines are copied onto an order, so that a later change never touches it."""

    __tablename__ = "package"
    READ: ClassVar[str] = "package.read"
    name: Mapped[str]
    currency: Mapped[str]
    price_minor: Mapped[int] = mapped_column(BigInteger)
    revision_rounds: Mapped[int] = mapped_column(default=1)
    release_rule: Mapped[str] = mapped_column(default="paid")  # paid: nothing is owed any more; always
    skill: Mapped[str | None]  # what the retoucher must be good at
    retired_at: Mapped[datetime | None]
    lines: Mapped[list["PackageLine"]] = relationship(lazy="raise", order_by="PackageLine.position")


class PackageLine(Row, Base):
    """How many of a product are included, what one more costs, and how many may be chosen in all."""

    __tablename__ = "package_line"
    package_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("package.id"), index=True)
    position: Mapped[int]
    product: Mapped[str]  # retouch, album, frame …
    included: Mapped[int]
    extra_minor: Mapped[int] = mapped_column(BigInteger)
    most: Mapped[int | None]
    __table_args__ = (UniqueConstraint("package_id", "product"),)


class Order(Row, Base):
    """One commission, from booking to delivery."""

    __tablename__ = "orders"
    READ: ClassVar[str] = "order.read"
    IS_ORDER: ClassVar[bool] = True
    branch_id: Mapped[uuid.UUID] = mapped_column(index=True)
    number: Mapped[str]
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    title: Mapped[str]
    package_name: Mapped[str]
    currency: Mapped[str]
    revision_rounds: Mapped[int]
    release_rule: Mapped[str]
    skill: Mapped[str | None]  # what the retoucher must be good at
    priority: Mapped[int] = mapped_column(default=0)  # of its tasks: the higher, the sooner
    shoot_on: Mapped[date]
    promised_on: Mapped[date | None]
    keep_until: Mapped[date | None]
    wishes: Mapped[str] = mapped_column(default="")  # the production sheet's words
    look: Mapped[str | None]  # the preset edit its proofs get
    closed_at: Mapped[datetime | None]
    lines: Mapped[list["OrderLine"]] = relationship(lazy="raise", order_by="OrderLine.position")
    __table_args__ = (UniqueConstraint("studio_id", "number"),)


class OrderLine(Row, Base):
    """A package line as it was when the order was made."""

    __tablename__ = "order_line"
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    position: Mapped[int]
    product: Mapped[str]
    included: Mapped[int]
    extra_minor: Mapped[int] = mapped_column(BigInteger)
    most: Mapped[int | None]
    __table_args__ = (UniqueConstraint("order_id", "product"),)


class _Entry(Row, Scoped):
    """A line of money: never changed, only reversed by another line."""

    READ: ClassVar[str] = "money.read"
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    reason: Mapped[str]  # package, extra_picks, …; cash, card, transfer
    count: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")  # why, in somebody's words
    reverses_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)  # a line is reversed once
    source_key: Mapped[str] = mapped_column(unique=True)  # what caused it: the same cause posts once
    actor_id: Mapped[uuid.UUID | None]


class Charge(_Entry, Base):
    """What the customer owes for something."""

    __tablename__ = "charge"


class Payment(_Entry, Base):
    """What the customer paid; below zero: what they were given back, or what was written down by mistake."""

    __tablename__ = "payment"
    paid_on: Mapped[date] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(default="")  # of the bank or the card machine


class Counter(Base):
    """The next number of a series, taken in the transaction that uses it."""

    __tablename__ = "counter"
    studio_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
