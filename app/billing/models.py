"""Receipts: a number and a document for each payment."""

import uuid
from typing import ClassVar

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.access import Scoped
from app.core.db import Base, Row


class Receipt(Row, Scoped, Base):
    """A numbered paper about one payment. It never changes: what voids it is another one."""

    __tablename__ = "receipt"
    READ: ClassVar[str] = "money.read"
    number: Mapped[str]
    kind: Mapped[str]  # payment, refund, void
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"), unique=True)
    voids_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("receipt.id"), unique=True)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    __table_args__ = (UniqueConstraint("studio_id", "number"),)
