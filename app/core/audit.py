"""An append-only trace of deeds, written in the transaction of the deed."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from app.core.access import Actor
from app.core.db import Base, Row, Session


class AuditRow(Row, Base):
    """Who did what to which object; ids only, never names or numbers of persons."""

    __tablename__ = "audit"
    actor_kind: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    deed: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[uuid.UUID] = mapped_column(index=True)
    order_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    before: Mapped[Any | None] = mapped_column(JSON)
    after: Mapped[Any | None] = mapped_column(JSON)


def record(
    session: Session,
    actor: Actor,
    deed: str,
    row: Any,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down that `actor` did `deed` to `row`."""
    order_id = row.id if row.__tablename__ == "orders" else getattr(row, "order_id", None)
    session.add(
        AuditRow(
            studio_id=row.studio_id,
            actor_kind=actor.kind,
            actor_id=actor.id,
            deed=deed,
            object_kind=row.__tablename__,
            object_id=row.id,
            order_id=order_id,
            before=before,
            after=after,
        )
    )


def moment(value: datetime | None) -> str | None:
    """Write a moment into `before` and `after`."""
    return None if value is None else value.isoformat()
