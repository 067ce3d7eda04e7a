"""What goes in beside the file and what comes out beside the pixels, as plain data."""

import msgspec

from pipelines.errors import Param
from pipelines.recipes import Basis


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Megapixels a file may claim, checked on its header before anything is decoded."""

    camera_megapixels: float = 220.0  # JPEG, HEIC, AVIF and RAW: what cameras write
    other_megapixels: float = 120.0


class Warning(msgspec.Struct, frozen=True, kw_only=True):  # noqa: A001  # the word the whole product uses
    """Something a person should know about a picture that is shown all the same."""

    code: str
    params: dict[str, Param] = {}


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What the camera wrote, cleaned. Times are the camera's wall clock."""

    camera_make: str = ""
    camera_model: str = ""
    lens: str = ""
    iso: int | None = None
    shutter: float | None = None  # seconds
    aperture: float | None = None  # f-number
    focal: float | None = None  # millimetres
    captured_at: str | None = None  # naive ISO 8601, with the camera's fraction of a second if it wrote one
    utc_offset: str | None = None  # "+08:00"
    orientation: int = 1  # EXIF, 1 … 8, as written in the file
    has_gps: bool = False
    has_serial: bool = False
    rating: int | None = None  # 0 … 5


class RenditionFile(msgspec.Struct, frozen=True, kw_only=True):
    """One rendition as it lies on disk."""

    recipe: str
    recipe_hash: str
    path: str
    width: int
    height: int
    size: int  # bytes
    sha256: str
    content_type: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """All that one run made of one file."""

    basis: Basis
    wants_development: bool  # the basis is a RAW preview; a development will be better
    format: str
    width: int  # pixels of the full picture, upright
    height: int
    thumbhash: str  # base64
    metadata: Metadata
    warnings: list[Warning]
    renditions: list[RenditionFile]
