"""What others see of a member of staff."""

import uuid
from datetime import datetime

import msgspec

from app.core.i18n import N_

SKILLS = {  # what a retoucher may be good at, and a job may need
    "skin": N_("Skin"),
    "colour": N_("Colour and tone"),
    "composite": N_("Composites"),
    "wedding": N_("Weddings"),
    "children": N_("Children"),
    "album": N_("Album pages"),
}


class StaffCard(msgspec.Struct, frozen=True):
    """A person with their roles."""

    id: uuid.UUID
    name: str
    email: str
    roles: tuple[str, ...]
    disabled_at: datetime | None
    skills: tuple[str, ...] = ()


class StudioDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on a studio's papers, and the version it was read at."""

    name: str
    address: str
    phone: str
    tax_id: str
    version: int
