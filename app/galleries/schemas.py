"""Galleries as pages get them."""

import uuid
from datetime import date, datetime

import msgspec

from app.core.money import Money


class Lens(msgspec.Struct, frozen=True):
    """Which photos of a gallery are looked at: what was decided of them, and a section of the shoot."""

    filter: str = "all"  # all, chosen, mine, undecided
    section: str = ""


class PhotoCard(msgspec.Struct, frozen=True, kw_only=True):
    """A photo in the grid. `recipe` is what is shown large; sizes are upright pixels."""

    photo_id: uuid.UUID
    version_id: uuid.UUID
    name: str
    section: str
    width: int
    height: int
    thumbhash: str | None
    recipe: str
    picked: frozenset[str]
    picked_by: str  # the names of others of the household who chose it
    remarks: int


class Meter(msgspec.Struct, frozen=True, kw_only=True):
    """Where the choice stands for one product, and what it costs."""

    product: str
    chosen: int
    included: int
    extra: int
    each: Money
    owed: Money
    most: int | None
    own_cap: int | None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Where the choice stands: a meter for each product of the order, the default one first."""

    gallery_id: uuid.UUID
    state: str  # open, submitted, released
    version: int  # rises with every pick
    meters: list[Meter]

    @property
    def meter(self) -> Meter:
        """The default product's meter: it goes with the heart."""
        return self.meters[0]

    @property
    def others(self) -> list[Meter]:
        """The meters of the other products."""
        return self.meters[1:]

    @property
    def extra(self) -> int:
        """How many are to be paid for, of all products."""
        return sum(meter.extra for meter in self.meters if meter.each.minor)

    @property
    def owed(self) -> Money:
        """What the extras cost, of all products."""
        return Money(sum(meter.owed.minor for meter in self.meters), self.meter.each.currency)

    @property
    def own_cap(self) -> int | None:
        """The household's own limit on extras, of all products."""
        return self.meter.own_cap

    def of(self, product: str) -> Meter:
        """Find a product's meter."""
        return next(meter for meter in self.meters if meter.product == product)


class Section(msgspec.Struct, frozen=True):
    """A part of the shoot and how many photos it has."""

    name: str
    count: int


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many photos there are, and what was decided of them."""

    total: int
    chosen: int
    mine: int
    waiting: int
    sections: list[Section]

    @property
    def undecided(self) -> int:
        """How many are not chosen for anything."""
        return self.total - self.chosen


class PartView(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a gallery: some rows of photos, and where the parts beside it begin."""

    gallery_id: uuid.UUID
    choice: Choice
    lens: Lens
    photos: list[PhotoCard]
    earlier: uuid.UUID | None
    later: uuid.UUID | None


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What changed in a choice since some version of it."""

    choice: Choice
    cards: list[PhotoCard]
    photo: PhotoCard | None  # the one that is looked at, if it is still there
    remarks: list["RemarkView"]


class GalleryView(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's gallery."""

    gallery_id: uuid.UUID
    studio_name: str
    customer: str
    title: str
    shoot_on: date
    stage: str  # choose, retouch, check, download
    state: str  # open, submitted, released
    choose_by: date | None
    keep_until: date | None
    promised_on: date | None
    counts: Counts
    cover: PhotoCard | None
    photos: list[PhotoCard]
    earlier: uuid.UUID | None
    later: uuid.UUID | None
    choice: Choice
    lens: Lens
    people: int  # how many choose together

    @property
    def meter(self) -> Meter:
        """The default product's meter."""
        return self.choice.meter

    @property
    def filter(self) -> str:
        """What is looked at."""
        return self.lens.filter

    @property
    def total(self) -> int:
        """How many photos there are."""
        return self.counts.total


class RemarkView(msgspec.Struct, frozen=True, kw_only=True):
    """A remark as a participant sees it."""

    id: uuid.UUID
    n: int
    x: float | None
    y: float | None
    chips: list[str]
    body: str
    author: str
    mine: bool
    done: bool


class PhotoView(msgspec.Struct, frozen=True, kw_only=True):
    """One photo of a gallery."""

    gallery_id: uuid.UUID
    choice: Choice
    lens: Lens
    card: PhotoCard
    position: int
    total: int
    before: PhotoCard | None
    after: PhotoCard | None
    remarks: list[RemarkView]

    @property
    def state(self) -> str:
        """Open, submitted or released."""
        return self.choice.state

    @property
    def meter(self) -> Meter:
        """The default product's meter."""
        return self.choice.meter

    @property
    def previous_id(self) -> uuid.UUID | None:
        """The photo before."""
        return self.before.photo_id if self.before else None

    @property
    def next_id(self) -> uuid.UUID | None:
        """The photo after."""
        return self.after.photo_id if self.after else None


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of two photos that are compared, and those it can be swapped for."""

    card: PhotoCard
    before: uuid.UUID | None
    after: uuid.UUID | None


class CompareView(msgspec.Struct, frozen=True, kw_only=True):
    """Two photos beside each other."""

    gallery_id: uuid.UUID
    choice: Choice
    lens: Lens
    sides: list[Side]
    others: list[PhotoCard]


class DownloadItem(msgspec.Struct, frozen=True, kw_only=True):
    """A finished photo to take home."""

    photo_id: uuid.UUID
    version_id: uuid.UUID
    name: str
    size: int
    sha256: str
    card: PhotoCard


class SumLine(msgspec.Struct, frozen=True, kw_only=True):
    """A product on the page of the choice: what is chosen for it, what that costs, and the photos."""

    meter: Meter
    photos: list[PhotoCard]


class ChoicePage(msgspec.Struct, frozen=True, kw_only=True):
    """What is about to be handed over."""

    gallery_id: uuid.UUID
    studio_name: str
    state: str
    stage: str
    version: int  # of the choice: it rises with every pick
    lines: list[SumLine]  # products with photos, or with some included
    total: Money
    photos: int  # chosen for anything, each counted once
    remarks: int
    promised_on: date | None
    keep_until: date | None
    rest: int  # photos chosen for nothing
    own_cap: int | None
    rounds: int

    @property
    def extras(self) -> int:
        """Count the pictures that are paid for."""
        return sum(line.meter.extra for line in self.lines)


class SentPage(msgspec.Struct, frozen=True, kw_only=True):
    """What was handed over, and what happens next."""

    gallery_id: uuid.UUID
    studio_name: str
    stage: str
    by: str
    mine: bool
    at: datetime
    lines: list[Meter]
    total: Money
    photos: int
    remarks: int
    promised_on: date | None
    keep_until: date | None
    rounds: int


class ReviewItem(msgspec.Struct, frozen=True, kw_only=True):
    """A finished photo before its customer: as it was, as it is, and what is said of it."""

    photo_id: uuid.UUID
    name: str
    before: PhotoCard  # the proof; in a later round the version that was to be changed
    original: PhotoCard
    after: PhotoCard
    again: bool  # `before` is an earlier finished version
    decision: str  # open, approved, change
    by: str
    wishes: list[RemarkView]  # on the finished version
    answered: list[RemarkView]  # on the one before, as the retoucher ticked them off


class ReviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """The finished photos before their customer."""

    gallery_id: uuid.UUID
    studio_name: str
    stage: str  # the customer's step
    at: str  # the order's stage
    state: str
    items: list[ReviewItem]
    rounds: int
    rounds_left: int
    nth: int  # 1 for the first look, 2 after the first changes
    promised_on: date | None
    owed: Money | None  # while the settled photos wait for the money

    @property
    def open(self) -> bool:
        """Tell whether there is something to decide."""
        return self.at == "review"

    def count(self, decision: str) -> int:
        """Count the photos of which this is said."""
        return sum(item.decision == decision for item in self.items)


class ReviewStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The review as staff see it on the order's page."""

    since: datetime | None  # it waits for the customer since; none: it does not
    photos: int
    approved: int
    changes: int
    rounds: int
    granted: int
    rounds_used: int


class NewGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh key for one thing: the only moment it is known."""

    id: uuid.UUID
    key: str
    expires_at: datetime
    version_id: uuid.UUID | None


class DownloadPage(msgspec.Struct, frozen=True, kw_only=True):
    """The finished photos to take home; none before the release."""

    gallery_id: uuid.UUID
    studio_name: str
    number: str
    stage: str
    keep_until: date | None
    items: list[DownloadItem]
    owed: Money


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A link as staff see it: never its key."""

    id: uuid.UUID
    participant: str
    expires_at: datetime
    withdrawn: bool


class GalleryStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A gallery on the order's page."""

    gallery_id: uuid.UUID
    state: str
    meter: Meter
    links: list[LinkView]
    choose_by: date | None
    may_release: bool
    release_blocked: str | None  # the code of why not
    owed: Money
    review: ReviewStatus | None


class NewLink(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh link: the only moment its key and PIN are known."""

    key: str
    pin: str
    participant: str
