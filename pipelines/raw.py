"""Camera RAW: the preview the camera left inside, and a development by LibRaw that is held against it."""

import io
import os
from dataclasses import dataclass

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before LibRaw loads: one thread per child, and the same bytes always

import numpy as np
import rawpy
from numpy.typing import NDArray
from PIL import Image

from pipelines.decode_jpeg import decode_jpeg
from pipelines.decode_pillow import decode_pillow
from pipelines.errors import Refused
from pipelines.jpeg_markers import read_markers
from pipelines.metadata import read_metadata
from pipelines.model import Limits
from pipelines.picture import Picture, Pixels, check_size, unreadable
from pipelines.recipes import Basis
from pipelines.steps.match import match_brightness
from pipelines.steps.orient import upright, upright_size

_BLACK = 2.0  # mean of 255 under which a picture shows nothing
USABLE_PREVIEW = 1024  # pixels of the long side
_FLIPS = {0: 1, 3: 3, 5: 8, 6: 6}  # LibRaw's numbers for a turn to EXIF's
_MOST_CANDIDATES = 64


@dataclass
class RawPicture:
    """The pixels chosen for a RAW file, where they came from, and the size of the full picture upright."""

    picture: Picture
    basis: Basis
    wants_development: bool
    width: int
    height: int
    exif: bytes


def _embedded(data: bytes) -> bytes:
    """Find the largest JPEG lying in a file whose directory LibRaw cannot follow; empty if none."""
    best, most, at = b"", 0, -1
    for _ in range(_MOST_CANDIDATES):
        at = data.find(b"\xff\xd8\xff", at + 1)
        if at < 0:
            break
        markers = read_markers(data[at : at + (1 << 18)])
        size = markers.width * markers.height
        if markers.scan_at and markers.lossy_8_bit and markers.components == 3 and size > most:
            best, most = data[at:], size
    return best


def _thumbnail(raw: rawpy.RawPy) -> bytes | Pixels:
    """Take the preview LibRaw names; empty if there is none."""
    try:
        thumb = raw.extract_thumb()
    except rawpy.LibRawError:
        return b""
    pixels: bytes | Pixels = thumb.data
    return pixels


def _is_mislabelled_rgb(picture: Picture) -> bool:
    """Tell a preview whose R, G and B were stored as Y, Cb and Cr.

    In a photograph Cb and Cr vary little and against each other; stored red, green and blue move together.
    """
    stored = np.asarray(Image.fromarray(picture.pixels).convert("YCbCr").reduce(8), dtype=np.float64).reshape(-1, 3)
    spread = stored.std(axis=0)
    if len(stored) < 64 or float(spread.min()) < 20:
        return False
    ties: NDArray[np.float64] = np.asarray(np.corrcoef(stored.T))
    return bool(ties[1, 2] > 0.4 and ties[0, 1] > 0.3 and ties[0, 2] > 0.2)


def _as_stored(data: bytes) -> Pixels:
    """Decode a JPEG's three channels without any colour conversion."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        image.draft("YCbCr", image.size)
        image.load()
        return np.frombuffer(image.tobytes(), np.uint8).reshape(image.height, image.width, 3)


def _turn(picture: Picture, flip: int, sensor: tuple[int, int]) -> int:
    """Choose the EXIF orientation a preview still needs: a camera may have turned it already."""
    turn = _FLIPS.get(flip, 1)
    lies_as_sensor = (picture.width > picture.height) == (sensor[0] > sensor[1])
    if turn in {6, 8}:
        return turn if lies_as_sensor else 1
    if turn == 3 and picture.exif:
        return read_metadata(picture.exif)[0].orientation
    return turn


def _preview(thumb: bytes | Pixels, long_side: int, limits: Limits) -> Picture | None:
    """Decode a preview; None if there is none or it is damaged."""
    if isinstance(thumb, np.ndarray):
        if thumb.ndim != 3 or thumb.dtype != np.uint8:
            return None
        return Picture(pixels=thumb, mode="RGB", width=thumb.shape[1], height=thumb.shape[0])
    if not thumb:
        return None
    try:
        picture = decode_jpeg(thumb, long_side, limits)
    except Refused:
        return None
    if any(warning.code == "damaged" for warning in picture.warnings) or picture.mode != "RGB":
        return None
    if _is_mislabelled_rgb(picture):
        picture.pixels, picture.scale = _as_stored(thumb), 1.0
        picture.warn("odd_preview")
    return picture


def _developed(raw: rawpy.RawPy, full: tuple[int, int], long_side: int) -> Picture:
    """Develop to 8-bit sRGB, upright: at half size where that is large enough."""
    pixels: Pixels = raw.postprocess(
        half_size=max(full) >= 2 * long_side,
        use_camera_wb=True,
        output_color=rawpy.ColorSpace.sRGB,
        output_bps=8,
    )
    return Picture(pixels=pixels, mode="RGB", width=pixels.shape[1], height=pixels.shape[0])


def _grey(picture: Picture) -> NDArray[np.float64]:
    """Reduce to 24 x 24 greys, upright, for comparing."""
    small = Image.fromarray(picture.pixels).convert("L").resize((96, 96), Image.Resampling.BOX)
    turned = upright(small, picture.orientation)
    return np.asarray(turned.resize((24, 24), Image.Resampling.BOX), dtype=np.float64)


def _disagreement(developed: Picture, preview: Picture | None) -> str:
    """Hold a development against the preview: `raw_dark`, `raw_differs` or nothing."""
    grey = _grey(developed)
    if float(grey.mean()) < _BLACK:
        return "raw_dark"  # a lens cap or a decoder's failure: without a preview nobody can tell
    if preview is None:
        return ""
    seen = _grey(preview)
    if float(seen.std()) < 3 or float(grey.std()) < 3:
        return "raw_differs" if abs(float(seen.mean() - grey.mean())) > 60 else ""
    return "raw_differs" if float(np.corrcoef(seen.ravel(), grey.ravel())[0, 1]) < 0.5 else ""


def _exif(data: bytes, preview: Picture | None) -> bytes:
    """Find the EXIF block of a RAW file: the file itself, CR3's own box, or the preview's."""
    if data[:4] in {b"II*\0", b"MM\0*"}:
        return data
    box = data.find(b"CMT2", 0, 1 << 16) if data[4:12] == b"ftypcrx " else -1
    if box >= 4 and preview is not None and not preview.exif:
        return data[box + 4 : box - 4 + int.from_bytes(data[box - 4 : box], "big")]
    return preview.exif if preview is not None else b""


def _open(data: bytes) -> tuple[rawpy.RawPy | None, str]:
    try:
        return rawpy.imread(io.BytesIO(data)), ""
    except (rawpy.LibRawError, OSError, ValueError) as error:
        return None, f"{type(error).__name__}: {error}"


def _find_preview(raw: rawpy.RawPy, data: bytes, long_side: int, limits: Limits) -> Picture | None:
    """Take the preview LibRaw names, or any JPEG in the file, or the thumbnail of a TIFF's first directory."""
    for thumb in (_thumbnail(raw), _embedded(data)):
        preview = _preview(thumb, long_side, limits)
        if preview is not None and float(preview.pixels.mean()) >= _BLACK:
            preview.orientation = _turn(preview, raw.sizes.flip, (raw.sizes.width, raw.sizes.height))
            return preview
    try:
        return decode_pillow(data, "tiff", limits)
    except Refused:
        return None


def decode_raw(data: bytes, long_side: int, limits: Limits, *, develop: bool) -> RawPicture:
    """Give the preview at once where it is usable, or the development; see `pipelines.run.render`."""
    raw, reason = _open(data)
    if raw is None:
        return _without_libraw(data, long_side, limits, reason)
    with raw:
        sizes = raw.sizes
        check_size("raw", sizes.raw_width, sizes.raw_height, limits)
        preview = _find_preview(raw, data, long_side, limits)
        width, height = (sizes.height, sizes.width) if sizes.flip in {5, 6} else (sizes.width, sizes.height)
        exif = _exif(data, preview)
        ready = preview is not None and max(preview.width, preview.height) >= USABLE_PREVIEW
        if preview is not None and ready and not develop:
            return RawPicture(preview, "preview", True, width, height, exif)
        picture, basis = _development(raw, preview, (width, height), long_side)
        return RawPicture(picture, basis, False, width, height, exif)


def _without_libraw(data: bytes, long_side: int, limits: Limits, reason: str) -> RawPicture:
    """Show the preview of a file that LibRaw cannot even open; Refused if there is none."""
    preview = _preview(_embedded(data), long_side, limits)
    if preview is None:
        raise unreadable(reason)
    preview.orientation = read_metadata(preview.exif)[0].orientation
    preview.warn("raw_preview_only", reason=reason[:120])
    width, height = upright_size(preview.width, preview.height, preview.orientation)
    return RawPicture(preview, "preview", False, width, height, _exif(data, preview))


def _development(
    raw: rawpy.RawPy, preview: Picture | None, full: tuple[int, int], long_side: int
) -> tuple[Picture, Basis]:
    """Develop, and fall back on the preview where the development fails or shows another picture."""
    try:
        developed = _developed(raw, full, long_side)
    except rawpy.LibRawError as error:
        if preview is None:
            raise unreadable(error) from None
        preview.warn("raw_preview_only", reason=str(error)[:120])
        return preview, "preview"
    verdict = _disagreement(developed, preview)
    if verdict and preview is not None:
        preview.warn(verdict, shown="preview")
        return preview, "preview"
    if verdict:
        developed.warn(verdict, shown="development")
    elif preview is not None:
        developed.pixels = match_brightness(developed.pixels, preview.pixels)
    return developed, "half"
