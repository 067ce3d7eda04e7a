"""Production as pages and other domains get it."""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec

from app.core.i18n import N_
from app.core.money import Money
from app.photos.schemas import Health, RemarkView, Said, Shown

STAGES = {  # the stages of the default workflow and what a page calls them
    "intake": N_("Preparing"),
    "selection": N_("Choosing"),
    "retouch": N_("Retouching"),
    "quality": N_("Quality check"),
    "review": N_("Customer checks"),
    "release": N_("Ready to release"),
    "delivery": N_("Delivered"),
}
PRODUCTS = {  # what photos are picked for, as far as the studio has not named it itself
    "retouch": N_("Retouched photo"),
    "album": N_("Album"),
    "frame": N_("Desk frame"),
}
LAST = "delivery"  # an order that came here is out of the house
CUSTOMERS = ("selection", "review")  # stages in which the studio waits for the customer
PATIENCE_DAYS = 3  # after so many the customer's silence is worth a word
SHOWN = ("due", "late", "waiting", "unpaid", "trouble", "mine")  # what a list of orders can be narrowed to
MOVES: dict[str, tuple[str, ...]] = {  # what a person may correct by hand; all else happens by its own deed
    "intake": ("selection",),
    "retouch": ("quality",),
    "quality": ("retouch",),
    "review": ("retouch", "quality"),
    "release": ("retouch", "quality"),
}
MOVE_REASONS = {
    "customer": N_("The customer asked for it"),
    "mistake": N_("It stood in the wrong place"),
    "quality": N_("The work needs another look"),
    "other": N_("Another reason"),
}
SEND_BACK_REASONS = {
    "skin": N_("Skin too smooth"),
    "colour": N_("Colour off"),
    "details": N_("Details missed"),
    "remarks": N_("Remarks not followed"),
    "crop": N_("Crop or horizon"),
    "file": N_("Wrong file or size"),
}
GIVE_BACK_REASONS = {
    "time": N_("No time"),
    "skill": N_("Needs other skills"),
    "material": N_("Something is missing"),
    "other": N_("Another reason"),
}


class BriefRemark(msgspec.Struct, frozen=True, kw_only=True):
    """A remark as it was when the round began."""

    n: int
    x: float | None
    y: float | None
    chips: list[str]
    body: str


class BriefPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A photo of a brief: what is wanted of it.

    `version_id` is the original. In a revision `finished_id` is the finished version the customer wants changed, and
    the remarks hang on that one.
    """

    photo_id: uuid.UUID
    version_id: uuid.UUID
    finished_id: uuid.UUID | None = None
    packet_name: str
    products: list[str]
    remarks: list[BriefRemark]


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted, fixed when the round begins."""

    order_number: str
    wishes: str
    look: str | None
    photos: list[BriefPhoto]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which orders a page shows. The address says the same."""

    today: date  # in the studio's zone
    now: datetime
    show: str = ""  # one of SHOWN, or all
    stage: str = ""
    branch_id: uuid.UUID | None = None
    text: str = ""


class StageCount(msgspec.Struct, frozen=True, kw_only=True):
    """The running orders of a stage and their exceptions."""

    stage: str
    orders: int
    due: int
    late: int
    waiting: int
    unpaid: int
    trouble: int
    earliest: date | None  # the promised day of the one that is late longest


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """An order on the board."""

    id: uuid.UUID
    number: str
    customer: str
    title: str
    package: str
    stage: str
    promised_on: date | None
    days_left: int | None  # below zero when it is late
    since_days: int  # in this stage
    hand: str  # who has taken the job
    health: Health
    strip: list[tuple[uuid.UUID, str | None, int, int]]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A stage on the board: how many it holds, and the first of them."""

    stage: str
    total: int
    cards: list[Card]


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """An order in a list."""

    id: uuid.UUID
    number: str
    customer: str
    title: str
    package: str
    shoot_on: date
    promised_on: date | None
    stage: str
    health: Health
    strip: list[tuple[uuid.UUID, str | None, int, int]]  # version, ThumbHash, width, height


class OrderList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of orders; `next` is where the following one begins."""

    orders: list[OrderRow]
    next: str | None


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an order."""

    at: datetime
    what: str
    who: str
    to_stage: str | None = None
    why: str = ""  # a reason, and words after a colon


class OrderPage(msgspec.Struct, frozen=True, kw_only=True):
    """One order: facts, photos, what happened."""

    id: uuid.UUID
    number: str
    customer_id: uuid.UUID
    customer: str
    title: str
    package: str
    shoot_on: date
    promised_on: date | None
    keep_until: date | None
    wishes: str
    stage: str
    look: str | None
    health: Health
    photos: list[Shown]
    failed: list[Shown]
    finished: dict[uuid.UUID, Shown]
    remark_counts: dict[uuid.UUID, int]
    happenings: list[Happening]
    owed: Money | None
    taken_by: str | None
    skill: str | None = None
    urgent: bool = False


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A state of a photo to look at: original, base (what a revision changes), checked or after."""

    key: str
    shown: Shown
    remarks: list[RemarkView]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A photo of a task: as it was, what is wanted, what came back."""

    before: Shown  # the original
    base: Shown  # what is to be changed: the original, in a revision the customer's finished version
    current: Shown | None  # the newest finished version that was there before this task
    after: Shown | None  # the newest finished version of this round
    sides: list[Side]
    packet_name: str
    products: list[str]
    remarks: list[RemarkView]  # the customer's, on the base
    checks: list[RemarkView]  # the quality check's, on finished versions of this round
    reasons: list[str]  # why the quality check marked it
    state: str  # missing, preparing, trouble, redo, finished
    warnings: list[Said]  # how the finished file differs from the original


class Loose(msgspec.Struct, frozen=True, kw_only=True):
    """A finished file that fits no photo."""

    hand_in_id: uuid.UUID
    name: str
    size: int


class TaskPage(msgspec.Struct, frozen=True, kw_only=True):
    """A task for the one who works on it or judges it."""

    id: uuid.UUID
    kind: str
    state: str
    attempt: int
    order_id: uuid.UUID
    order_number: str
    customer: str
    title: str
    package: str
    wishes: str
    look: str | None
    promised_on: date | None
    note: str
    reasons: list[str]
    items: list[Item]
    loose: list[Loose]
    done: int  # photos with a finished file
    packet_size: int  # bytes
    revision: bool = False
    touched_at: datetime | None = None
    paper: str = ""  # the remarks as PDF: waiting, ready, failed, or none was asked for
    retoucher: str | None = None


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """A task that waits."""

    id: uuid.UUID
    order_number: str
    customer: str
    title: str
    photos: int
    attempt: int
    promised_on: date | None
    retoucher: str | None
    strip: list[tuple[uuid.UUID, str | None, int, int]]


class Lapsed(msgspec.Struct, frozen=True, kw_only=True):
    """A job that went back to the queue because nobody touched it."""

    order_number: str
    photos: int
    at: datetime


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """A job one has handed in, and what became of it: waiting, accepted, came_back."""

    order_number: str
    photos: int
    attempt: int
    at: datetime
    outcome: str


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """What a retoucher sees of the queue: what waits for them, what waits for others, and their own days."""

    waiting: int
    for_others: int  # needs a skill they have not
    lapsed: list[Lapsed]
    finished: list[Finished]


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one finished file."""

    name: str
    photo_name: str | None  # none: it fits no photo and is shown as such
    known: bool  # the same bytes were handed in before
    warnings: list[Said] = []


class WantedCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A household to write down with its order."""

    name: str
    phone: str | None = None
    email: str | None = None
    people: tuple[str, ...] = ()


class WantedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order to write down. `branch_id` may be left out where there is only one."""

    customer: WantedCustomer
    package_id: uuid.UUID
    title: str
    shoot_on: date
    branch_id: uuid.UUID | None = None
    promised_on: date | None = None
    keep_until: date | None = None
    wishes: str = ""


def as_brief(stored: Any) -> Brief:
    """Read a stored brief."""
    return msgspec.convert(stored, Brief)
