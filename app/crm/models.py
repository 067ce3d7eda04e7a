"""Customers. Personal data lives here and nowhere else."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Row


class Customer(Row, Base):
    """A household that is photographed."""

    __tablename__ = "customer"
    READ: ClassVar[str] = "customer.read"
    branch_id: Mapped[uuid.UUID] = mapped_column(index=True)
    name: Mapped[str]
    phone: Mapped[str | None]  # as it was given
    phone_key: Mapped[str | None]  # its digits alone: two spellings of one number are the same
    email: Mapped[str | None]
    locale: Mapped[str | None]  # the language of their papers; none: the studio's
    version: Mapped[int] = mapped_column(default=1)  # rises with each change of the household
    __table_args__ = (Index("ix_customer_phone_key", "studio_id", "phone_key"),)


class Person(Row, Base):
    """One of a household. Who has left it keeps the row: galleries remember who chose."""

    __tablename__ = "person"
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str]
    relation: Mapped[str] = mapped_column(default="")
    birthday: Mapped[date | None]
    removed_at: Mapped[datetime | None]


class Tag(Row, Base):
    """A word the studio sorts its customers by."""

    __tablename__ = "tag"
    name: Mapped[str]
    name_key: Mapped[str]  # the name without its case
    hue: Mapped[int]  # which of the few colours goes with the word
    __table_args__ = (UniqueConstraint("studio_id", "name_key"),)


class CustomerTag(Row, Base):
    """A customer has a tag."""

    __tablename__ = "customer_tag"
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    tag_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tag.id"), index=True)
    __table_args__ = (UniqueConstraint("customer_id", "tag_id"),)


class CustomerNote(Row, Base):
    """What was talked about. Append-only."""

    __tablename__ = "customer_note"
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    author_id: Mapped[uuid.UUID | None]
    body: Mapped[str]
