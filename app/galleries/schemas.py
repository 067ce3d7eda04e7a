"""Galleries as pages get them."""

import uuid
from datetime import date, datetime

import msgspec

from app.core.money import Money


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
    picked_by: str
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
    participant: str
    total: int
    waiting: int
    cover: PhotoCard | None
    photos: list[PhotoCard]
    meter: Meter
    filter: str


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
    studio_name: str
    customer: str
    state: str
    stage: str
    meter: Meter
    filter: str
    card: PhotoCard
    position: int
    total: int
    previous_id: uuid.UUID | None
    next_id: uuid.UUID | None
    remarks: list[RemarkView]


class DownloadItem(msgspec.Struct, frozen=True, kw_only=True):
    """A finished photo to take home."""

    photo_id: uuid.UUID
    version_id: uuid.UUID
    name: str
    size: int
    sha256: str
    card: PhotoCard


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


class NewLink(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh link: the only moment its key and PIN are known."""

    key: str
    pin: str
    participant: str
