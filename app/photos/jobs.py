"""What the photos' domain asks of the workers."""

import uuid
from typing import ClassVar

from app.core.jobs import Lane, Task


class PrepareVersion(Task, frozen=True):
    """Make all renditions of a version that has just come in."""

    KIND: ClassVar[str] = "photos.prepare_version"
    version_id: uuid.UUID

    def unique_key(self) -> str:
        """One preparation of a version waits at a time."""
        return f"prepare:{self.version_id}"

    def subject_id(self) -> uuid.UUID:
        """Name the version."""
        return self.version_id


class DevelopVersion(Task, frozen=True):
    """Develop a RAW whose embedded preview serves meanwhile."""

    KIND: ClassVar[str] = "photos.develop_version"
    LANE: ClassVar[Lane] = Lane.BULK
    version_id: uuid.UUID

    def unique_key(self) -> str:
        """One development of a version waits at a time."""
        return f"develop:{self.version_id}"

    def subject_id(self) -> uuid.UUID:
        """Name the version."""
        return self.version_id


class AdvanceOrder(Task, frozen=True):
    """Look whether an order's photos let it move on. Coalesced: many photos, one look."""

    KIND: ClassVar[str] = "production.advance_order"
    LANE: ClassVar[Lane] = Lane.INTERACTIVE
    order_id: uuid.UUID

    def unique_key(self) -> str:
        """One look at an order waits at a time."""
        return f"advance:{self.order_id}"
