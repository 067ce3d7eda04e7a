"""What stands in the world: browsers, orders with what belongs to them, and all of it together."""

import uuid
from typing import Any

import msgspec

from app.core.access import Actor
from app.core.settings import Settings
from app.core.web.cookies import gallery_cookie
from tests.story import Story


class Visitor(msgspec.Struct):
    """A browser: its cookies, the token of its pages, and the key it was sent."""

    cookies: dict[str, str] = {}
    csrf: str = ""
    key: str = ""


class Place(msgspec.Struct, kw_only=True):
    """An order and what belongs to it."""

    begun: Story
    order_id: uuid.UUID
    photos: list[uuid.UUID]
    originals: list[uuid.UUID]
    gallery_id: uuid.UUID
    customer_id: uuid.UUID
    person_id: uuid.UUID
    tag_id: uuid.UUID
    payment_id: uuid.UUID
    receipt_id: uuid.UUID
    link_id: uuid.UUID
    key: str
    actor: Actor
    customers: dict[str, Visitor]
    finals: list[uuid.UUID] = []
    remark_id: uuid.UUID | None = None
    pin_id: uuid.UUID | None = None
    api_key_id: uuid.UUID | None = None
    task_id: uuid.UUID | None = None
    hand_in_id: uuid.UUID | None = None
    grant_id: uuid.UUID | None = None
    grant_key: str = ""
    wish_id: uuid.UUID | None = None  # on the second photo's finished version
    event_id: uuid.UUID | None = None
    upload_id: uuid.UUID | None = None


class World(msgspec.Struct):
    """Everything, and a copy of the database as it was."""

    settings: Settings
    places: dict[str, Place]
    foreign: Place
    staff: dict[str, Visitor]
    package_id: uuid.UUID
    branch_id: uuid.UUID
    foreign_branch_id: uuid.UUID
    foreign_package_id: uuid.UUID
    sign_in_link: str
    objects: dict[str, Any]
    snapshot: Any

    def visitor(self, who: str, place: str) -> Visitor:
        """Be somebody at an order's door."""
        if who in self.staff:
            return self.staff[who]
        other = "choosing" if place == "other" else "other"
        if who == "other_customer":
            return self.places[other].customers["customer"]
        if who == "other_studio_customer":
            return self.foreign.customers["customer"]
        if who == "planted":  # another customer's session under this gallery's cookie name
            theirs = self.places[other].customers["customer"]
            name = gallery_cookie(self.settings, self.places[place].gallery_id)
            return Visitor({name: next(iter(theirs.cookies.values()))}, theirs.csrf, theirs.key)
        return self.places[place].customers[who]
