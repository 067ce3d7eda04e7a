"""What goes to and comes from the workers, and what pages show of photos."""

import uuid
from datetime import datetime
from typing import Any

import msgspec

from pipelines.recipes import Recipe


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
