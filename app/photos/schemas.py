"""What goes to and comes from the workers, and what pages show of photos."""

import uuid
from datetime import datetime
from typing import Any

import msgspec

from app.core.i18n import N_
from pipelines.recipes import ON_PHONES, PHONE_SIDE, Recipe

IN_TWO_SIZES = frozenset({"proof", "look"})
"""Renditions that fill a screen and have a smaller one for phones."""
SCREEN_SIDE = 2048
"""The long side of what fills a screen, in pixels."""


def two_sizes(width: int, height: int, recipe: str) -> list[tuple[str, int]]:
    """Name the renditions a browser may choose from, with their widths in pixels; none where there is no choice."""

    def fitted(side: int) -> int:
        return max(1, round(width * min(1.0, side / max(width, height, 1))))

    small, large = fitted(PHONE_SIDE), fitted(SCREEN_SIDE)
    return [(recipe + ON_PHONES, small), (recipe, large)] if recipe in IN_TWO_SIZES and small < large else []


LOOK_NAMES = {
    "warm": N_("Warm"),
    "airy": N_("Airy"),
    "film": N_("Film"),
    "clear": N_("Clear"),
    "mono": N_("Black and white"),
}


class Said(msgspec.Struct, frozen=True):
    """A code and what fills its sentence."""

    code: str
    params: dict[str, Any] = {}


class RenditionOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker must render: the stored file and the recipes."""

    version_id: uuid.UUID
    studio_id: uuid.UUID
    order_id: uuid.UUID
    photo_id: uuid.UUID
    file_key: str
    size: int
    sha256: str
    camera_name: str
    recipes: tuple[Recipe, ...]


class RenditionMade(msgspec.Struct, frozen=True, kw_only=True):
    """A rendition that lies in the store."""

    recipe: str
    recipe_hash: str
    key: str
    sha256: str
    size: int
    width: int
    height: int
    content_type: str


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a version: basis "image", "preview" or "half"; sizes in upright pixels."""

    basis: str
    wants_development: bool
    format: str
    width: int
    height: int
    thumbhash: str
    captured_wall: datetime | None  # the camera's clock, no zone
    captured_offset_min: int | None
    details: dict[str, Any]
    warnings: tuple[Said, ...]
    renditions: tuple[RenditionMade, ...]


class Hashes(msgspec.Struct, frozen=True, kw_only=True):
    """What identifies bytes: length, SHA-256 (lower-case hex) and CRC-32 (for ZIPs)."""

    size: int
    sha256: str
    crc32: int


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way in. `key` is where its bytes are put before anything is written down."""

    photo_id: uuid.UUID
    version_id: uuid.UUID
    file_id: uuid.UUID
    key: str
    name: str
    source: str  # ingest, upload, hand_in
    section: str = ""
    size: int = -1
    sha256: str = ""
    crc32: int = 0

    def with_bytes(self, hashes: Hashes) -> "Incoming":
        """Add what is known once the bytes are there."""
        return msgspec.structs.replace(self, size=hashes.size, sha256=hashes.sha256, crc32=hashes.crc32)


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file: a new photo, or one the order has already."""

    photo_id: uuid.UUID | None
    version_id: uuid.UUID | None
    duplicate: bool


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A file somebody wants to send. `path` is its place below the chosen folder; `sure`: send it in any case.

    `mark` is any short print of its bytes: only a file of the same path, size and mark takes up what was begun.
    """

    name: str
    size: int
    path: str = ""
    mark: str | None = None
    sha256: str | None = None
    sure: bool = False
    told: str = ""


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a wanted file.

    new, or open (taken up again at `offset`): send it to `id`. known: these bytes are here. like: a file of this name
    and size is here, with `sha256`; compare, then ask again.
    """

    state: str
    id: uuid.UUID | None = None
    offset: int = 0
    sha256: str | None = None


class UploadView(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is expected."""

    id: uuid.UUID
    name: str
    section: str
    size: int
    offset: int

    @property
    def percent(self) -> int:
        """How much is here, in per cent."""
        return self.offset * 100 // max(1, self.size)


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What an order's shoot still waits for; `files` are the first of `count`."""

    count: int
    files: list[UploadView]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an upload is."""

    id: uuid.UUID
    offset: int
    size: int
    expires_at: datetime
    told: str
    done: bool


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A photo on a page. `recipe` is the rendition staff see large; sizes are upright pixels."""

    photo_id: uuid.UUID
    version_id: uuid.UUID
    name: str
    camera_name: str
    section: str
    state: str  # waiting, ready, refused, quarantined
    reason: Said | None
    warnings: list[Said]
    width: int
    height: int
    thumbhash: str | None
    recipe: str
    developing: bool
    size: int
    captured_wall: datetime | None
    details: dict[str, Any]
    n: int = 1  # 1 is the original, each hand-in makes another
    format: str | None = None
    rating: int = 0  # the camera's or the photographer's own stars

    @property
    def browsable(self) -> bool:
        """Whether a browser can show the file itself, pixel by pixel."""
        return self.format in {"jpeg", "png", "webp", "avif"}

    withdrawn: bool = False  # kept from the customer


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How an order's photos are: every one is ready, waiting or in trouble."""

    total: int
    ready: int
    waiting: int
    failed: int

    @property
    def percent(self) -> int:
        """How much is settled, in per cent."""
        return 100 if not self.total else (self.ready + self.failed) * 100 // self.total


class RemarkView(msgspec.Struct, frozen=True, kw_only=True):
    """A remark on a page; `x`, `y` from 0 to 1, or none for the whole photo."""

    id: uuid.UUID
    photo_id: uuid.UUID
    version_id: uuid.UUID
    n: int
    x: float | None
    y: float | None
    chips: list[str]
    body: str
    author_kind: str
    author_id: uuid.UUID
    done: bool


class ServedFile(msgspec.Struct, frozen=True, kw_only=True):
    """What the file route needs: where the bytes lie and what they are."""

    key: str
    size: int
    sha256: str
    content_type: str
    name: str
    is_original: bool
