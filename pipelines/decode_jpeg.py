"""JPEG by libjpeg-turbo, at the smallest scale of n/8 that is still large enough."""

import numpy as np
import simplejpeg

from pipelines.decode_pillow import decode_pillow
from pipelines.errors import Refused
from pipelines.jpeg_markers import Markers, ends, read_markers, scans
from pipelines.model import Limits
from pipelines.picture import Mode, Picture, Pixels, check_size, unreadable

MOST_SCANS = 1000
_HARMLESS = ("bytes before marker 0xd9", "Adobe color transform", "JFIF revision", "SOS parameters")
"""What libjpeg remarks on although every pixel is there: padding at the end, headers some cameras write."""

_COLOURS: dict[int, tuple[str, Mode]] = {1: ("GRAY", "L"), 3: ("RGB", "RGB")}


def eighths(width: int, height: int, long_side: int) -> int:
    """Choose n of the n/8 scale: the smallest that keeps the long side at or above what is wanted."""
    return next((n for n in range(1, 8) if max(width, height) * n >= long_side * 8), 8)


def _reduced(data: bytes, markers: Markers, n: int, *, strict: bool) -> Pixels:
    """Decode at n/8; the sides come out rounded up."""
    width, height = -(-markers.width * n // 8), -(-markers.height * n // 8)
    colour = _COLOURS[markers.components][0]
    pixels: Pixels = simplejpeg.decode_jpeg(data, colorspace=colour, min_width=width, min_height=height, strict=strict)
    if pixels.shape[:2] != (height, width):
        raise unreadable(f"decoded {pixels.shape[1]}x{pixels.shape[0]} instead of {width}x{height}")
    return pixels[..., 0] if colour == "GRAY" else pixels


def _tail_is_blank(pixels: Pixels) -> bool:
    """Tell whether the last rows are the flat grey with which the decoder fills what it never received."""
    rows = pixels[-max(2, pixels.shape[0] // 50) :]
    return bool(np.ptp(rows) <= 2 and 125 <= int(rows.flat[0]) <= 131)


def _decode(data: bytes, markers: Markers, n: int) -> tuple[Pixels, str]:
    """Decode strictly, or forgivingly with what the decoder complained of; a cut file is Refused."""
    try:
        return _reduced(data, markers, n, strict=True), ""
    except ValueError as error:
        complaint = str(error)
    if any(words in complaint for words in _HARMLESS):
        complaint = ""
    elif not ends(data, markers):
        raise Refused("truncated")
    try:
        pixels = _reduced(data, markers, n, strict=False)
    except ValueError as error:
        raise unreadable(str(error)) from None
    if complaint and _tail_is_blank(pixels):
        raise Refused("truncated")
    return pixels, complaint


def decode_jpeg(data: bytes, long_side: int, limits: Limits) -> Picture:
    """Decode a JPEG no larger than `long_side` asks for; the main picture only."""
    markers = read_markers(data)
    if not markers.frame:
        raise Refused("truncated") if len(data) < 64 else unreadable("no frame header")
    check_size("jpeg", markers.width, markers.height, limits)
    if not markers.scan_at:
        raise Refused("truncated")
    if scans(data, markers) > MOST_SCANS:
        raise unreadable("too many scans")
    if not markers.lossy_8_bit or markers.components not in _COLOURS:
        return decode_pillow(data, "jpeg", limits)
    n = eighths(markers.width, markers.height, long_side)
    pixels, complaint = _decode(data, markers, n)
    picture = Picture(
        pixels=pixels,
        mode=_COLOURS[markers.components][1],
        width=markers.width,
        height=markers.height,
        scale=n / 8,
        icc=markers.icc,
        exif=markers.exif,
        xmp=markers.xmp,
    )
    if len(markers.icc_parts) != markers.icc_count:
        picture.warn("bad_icc")
    if complaint:
        picture.warn("damaged", reason=complaint[:120])
    return picture
