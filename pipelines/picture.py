"""A decoded picture on its way: pixels as the decoder gave them and all that is still owed to them."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import Refused
from pipelines.model import Limits, Warning  # noqa: A004  # the word the whole product uses
from pipelines.sniff import Format

Pixels = NDArray[np.uint8]
Mode = Literal["L", "RGB", "CMYK"]


@dataclass
class Picture:
    """Decoded pixels, neither turned, nor in sRGB, maybe at a reduced scale."""

    pixels: Pixels  # (height, width) or (height, width, bands)
    mode: Mode
    width: int  # of the full picture, as stored
    height: int
    scale: float = 1.0  # decoded at this part of the full size
    icc: bytes = b""
    nclx: tuple[int, int] | None = None  # colour primaries and transfer by number (ITU-T H.273), where no profile is
    orientation: int = 1
    exif: bytes = b""
    xmp: bytes = b""
    warnings: list[Warning] = field(default_factory=list)

    def warn(self, code: str, **params: Any) -> None:
        """Note once something a person should know."""
        if all(warning.code != code for warning in self.warnings):
            self.warnings.append(Warning(code=code, params=params))


def check_size(kind: Format, width: int, height: int, limits: Limits) -> None:
    """Refuse a picture of no size, or of more pixels than its format is allowed."""
    if width <= 0 or height <= 0:
        raise Refused("zero_size", {"width": width, "height": height})
    camera = kind in {"jpeg", "heic", "avif", "raw"}
    limit = limits.camera_megapixels if camera else limits.other_megapixels
    megapixels = width * height / 1_000_000
    if megapixels > limit:
        raise Refused("too_many_pixels", {"megapixels": round(megapixels, 1), "limit": limit})


def unreadable(error: BaseException | str) -> Refused:
    """Make the refusal of a decoder's "no", with its own words, short and printable."""
    said = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    if isinstance(error, MemoryError):
        raise error
    return Refused("unreadable", {"reason": "".join(c if c.isprintable() else " " for c in said)[:120]})


def fitted(width: int, height: int, long_side: int) -> tuple[int, int]:
    """Give the size that fits a long side; never larger than the picture, never less than a pixel."""
    longest = max(width, height)
    if longest <= long_side:
        return width, height
    return max(1, int(width * long_side / longest + 0.5)), max(1, int(height * long_side / longest + 0.5))
