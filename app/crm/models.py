"""Customers. Personal data lives here and nowhere else."""

import uuid
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Row


class Customer(Row, Base):
    """A household that is photographed."""

    __tablename__ = "customer"
    READ: ClassVar[str] = "customer.read"
    branch_id: Mapped[uuid.UUID] = mapped_column(index=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")


class Person(Row, Base):
    """One of a household."""

    __tablename__ = "person"
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str]
    relation: Mapped[str] = mapped_column(default="")
