"""What the production's domain asks of the workers."""

import uuid
from typing import ClassVar

from app.core.jobs import Lane, Task


class OpenGallery(Task, frozen=True):
    """Open the customer's gallery: the order's photos are ready to choose from."""

    KIND: ClassVar[str] = "galleries.open_gallery"
    LANE: ClassVar[Lane] = Lane.INTERACTIVE
    order_id: uuid.UUID

    def unique_key(self) -> str:
        """A gallery opens once."""
        return f"gallery:{self.order_id}"


class TellGallery(Task, frozen=True):
    """Let the customer's open pages look again: their finished photos can be seen."""

    KIND: ClassVar[str] = "galleries.tell"
    LANE: ClassVar[Lane] = Lane.INTERACTIVE
    order_id: uuid.UUID

    def unique_key(self) -> str:
        """Once is enough for what waits."""
        return f"tell:{self.order_id}"
