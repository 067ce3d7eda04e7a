"""Opens a file with the one decoder its bytes were recognised for."""

from dataclasses import dataclass

from pipelines.decode_jpeg import decode_jpeg
from pipelines.decode_pillow import decode_pillow
from pipelines.metadata import read_metadata
from pipelines.model import Limits, Metadata
from pipelines.picture import Picture
from pipelines.raw import decode_raw
from pipelines.recipes import Basis
from pipelines.sniff import Format

_TURNED_BY_DECODER = {"heic", "tiff"}
"""libheif and Pillow's TIFF reader turn the pixels themselves."""


@dataclass(frozen=True)
class Job:
    """One file and how it is to be opened."""

    data: bytes
    kind: Format
    limits: Limits
    develop: bool


@dataclass(frozen=True)
class Decoded:
    """A decoded file, whatever its kind was."""

    picture: Picture
    basis: Basis
    wants_development: bool
    width: int  # of the full picture, before `turn`
    height: int
    turn: int  # the EXIF orientation that the size still needs
    metadata: Metadata
    sound: bool  # the EXIF block was


def decode(job: Job, long_side: int) -> Decoded:
    """Decode a file, at no more than `long_side` asks for where the format can; Refused if it is at fault."""
    if job.kind == "raw":
        raw = decode_raw(job.data, long_side, job.limits, develop=job.develop)
        known = read_metadata(raw.exif, raw.picture.xmp)
        return Decoded(raw.picture, raw.basis, raw.wants_development, raw.width, raw.height, 1, *known)
    if job.kind == "jpeg":
        picture = decode_jpeg(job.data, long_side, job.limits)
    else:
        picture = decode_pillow(job.data, job.kind, job.limits)
    known = read_metadata(picture.exif, picture.xmp)
    if job.kind not in _TURNED_BY_DECODER:
        picture.orientation = known[0].orientation
    return Decoded(picture, "image", False, picture.width, picture.height, picture.orientation, *known)
