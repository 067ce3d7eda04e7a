"""What others see of a member of staff."""

import uuid
from datetime import datetime

import msgspec


class StaffCard(msgspec.Struct, frozen=True):
    """A person with their roles."""

    id: uuid.UUID
    name: str
    email: str
    roles: tuple[str, ...]
    disabled_at: datetime | None
