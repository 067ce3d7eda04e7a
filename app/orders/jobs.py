"""What the orders' domain asks of the workers."""

import uuid
from typing import ClassVar

from app.core.jobs import Lane, Task


class BeginOrder(Task, frozen=True):
    """Put a new order at the beginning of its workflow."""

    KIND: ClassVar[str] = "production.begin_order"
    LANE: ClassVar[Lane] = Lane.INTERACTIVE
    order_id: uuid.UUID

    def unique_key(self) -> str:
        """An order begins once."""
        return f"begin:{self.order_id}"


class ReleaseIfDue(Task, frozen=True):
    """Let finished photos go if they waited for nothing but the money."""

    KIND: ClassVar[str] = "galleries.release_if_due"
    LANE: ClassVar[Lane] = Lane.INTERACTIVE
    order_id: uuid.UUID

    def unique_key(self) -> str:
        """One look at an order's balance waits at a time."""
        return f"due:{self.order_id}"
