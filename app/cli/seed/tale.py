"""One order while it is written down: what its parts need of each other."""

import uuid
from datetime import datetime
from typing import Any

import msgspec

from app.cli.seed.course import Course
from app.cli.seed.names import Household
from app.cli.seed.people import Cast
from app.cli.seed.plan import Chance, Hours
from app.cli.seed.rows import Rows
from app.cli.seed.shoot import Shoot
from app.identity.models import Branch
from app.orders.models import Package
from app.production.schemas import BriefRemark

Who = tuple[str, uuid.UUID | None]
NOBODY: Who = ("system", None)


class Frame(msgspec.Struct):
    """A photo of the order."""

    photo_id: uuid.UUID
    version_id: uuid.UUID
    name: str
    picture: int
    edition: int
    shown: bool
    versions: int = 1
    final_id: uuid.UUID | None = None  # the newest finished version
    remarks: list[BriefRemark] = []
    wishes: list[BriefRemark] = []  # on the finished version


class Tale(msgspec.Struct, kw_only=True):
    """One order and all that is known of it so far."""

    chance: Chance
    hours: Hours
    cast: Cast
    shoot: Shoot
    rows: Rows
    course: Course
    now: datetime
    household: Household
    branch: Branch
    package: Package
    customer_id: uuid.UUID
    people: list[uuid.UUID]
    number: str
    order_id: uuid.UUID
    look: str
    wishes: str
    frames: list[Frame] = []
    copies: list[tuple[str, str]] = []  # keys: from, to
    chosen: list[tuple[Frame, list[str]]] = []  # with the products
    offered: dict[uuid.UUID, datetime] = {}  # finished versions the customer may look at, and since when
    judged: dict[uuid.UUID, uuid.UUID] = {}  # by photo: the finished version the customer has judged
    disliked: list[Frame] = []  # what the customer wants changed
    gallery_id: uuid.UUID | None = None
    participants: list[uuid.UUID] = []
    owes: int = 0  # minor units

    def past(self, moment: datetime) -> bool:
        """Tell whether something has happened."""
        return self.course.past(moment)

    def staff(self, role: str) -> Who:
        """Take somebody who has a role."""
        return "staff", self.chance.one(self.cast.staff[role])

    @property
    def scope(self) -> dict[str, uuid.UUID]:
        """Give what every row of the order carries."""
        return {"branch_id": self.branch.id, "order_id": self.order_id}

    def add(self, model: Any, at: datetime, **values: Any) -> uuid.UUID:
        """Add a row of this order."""
        return self.rows.add(model, at, **self.scope, **values)

    def deed(self, at: datetime, who: Who, deed: str, about: tuple[str, uuid.UUID], **after: Any) -> None:
        """Add an audit row of this order."""
        self.rows.deed(at, who, deed, (*about, self.order_id), after or None)
