"""PNG, TIFF, WebP, HEIC, AVIF and the rarer kinds of JPEG by Pillow, one named format at a time."""

import io
import struct
import warnings as python_warnings
from typing import Any, cast

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, UnidentifiedImageError

from pipelines.errors import Refused
from pipelines.model import Limits
from pipelines.picture import Mode, Picture, check_size, unreadable
from pipelines.sniff import Format

Image.MAX_IMAGE_PIXELS = None  # our own limits are checked on the header; Pillow's would refuse a 200 MP camera
pillow_heif.register_heif_opener()
pillow_heif.options.DECODE_THREADS = 1

_NAMES: dict[Format, str] = {
    "jpeg": "JPEG",
    "png": "PNG",
    "tiff": "TIFF",
    "webp": "WEBP",
    "heic": "HEIF",
    "avif": "AVIF",
}
_CUT = ("truncated", "unexpected end", "end of file", "not enough", "too short")


def _refusal(error: Exception) -> Refused:
    """Tell a cut file from an unreadable one by the decoder's words."""
    if isinstance(error, UnidentifiedImageError):
        return unreadable("the header makes no sense")
    if any(word in str(error).lower() for word in _CUT):
        return Refused("truncated")
    return unreadable(error)


def _bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return value if isinstance(value, bytes) else b""


def _nclx(data: bytes) -> tuple[int, int] | None:
    """Find the colour numbers of an ISO media picture: primaries and transfer."""
    at = data.find(b"colrnclx", 0, 1 << 20)
    if at < 0 or at + 12 > len(data):
        return None
    primaries, transfer = struct.unpack_from(">HH", data, at + 8)
    return primaries, transfer


def _from_16_bit(image: Image.Image) -> Image.Image:
    """Bring whole-number greys of 16 bits down to 8, rounded."""
    deep = np.asarray(image).astype(np.int64)
    if deep.size and (int(deep.min()) < 0 or int(deep.max()) > 0xFFFF):
        raise Refused("unsupported_format", {"format": "32-bit grey"})
    return Image.fromarray(((deep + 128) // 257).astype(np.uint8))


def _from_lab(image: Image.Image) -> Image.Image:
    """Bring CIELAB to sRGB at once: its signed channels cannot be resized as they are."""
    transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
    out = ImageCms.applyTransform(image, transform)
    if out is None:
        raise unreadable("Lab could not be converted")
    return out


def _on_white(image: Image.Image) -> Image.Image:
    """Lay a picture with transparency on white paper."""
    rgba = image.convert("RGBA")
    paper = Image.new("RGB", rgba.size, (255, 255, 255))
    paper.paste(rgba, mask=rgba.getchannel("A"))
    return paper


def _plain(image: Image.Image) -> Image.Image:
    """Bring any mode to L, RGB or CMYK of 8 bits."""
    mode = image.mode
    if mode in {"L", "RGB", "CMYK"} and "transparency" not in image.info:
        return image
    if mode == "F":
        raise Refused("unsupported_format", {"format": "floating-point grey"})
    if mode == "I" or mode.startswith("I;16"):
        return _from_16_bit(image)
    if mode == "LAB":
        return _from_lab(image)
    if "A" in mode or "a" in mode or "transparency" in image.info:
        return _on_white(image)
    return image.convert("L" if mode == "1" else "RGB")


def _open(data: bytes, kind: Format, limits: Limits) -> tuple[Image.Image, dict[Any, Any]]:
    """Decode the first picture of a file to L, RGB or CMYK, with what stands beside it; anything may be raised."""
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # Pillow's remarks on odd tags; read_metadata has its own eye on them
        with Image.open(io.BytesIO(data), formats=[_NAMES[kind]]) as image:
            check_size(kind, *image.size, limits)
            image.load()
            info = dict(image.info)
            if image.mode == "LAB":
                info.pop("icc_profile", None)
            return _plain(image), info


def decode_pillow(data: bytes, kind: Format, limits: Limits) -> Picture:
    """Decode at full size with the one decoder the bytes were recognised for."""
    try:
        plain, info = _open(data, kind, limits)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  # decoders of hostile bytes raise anything
        raise _refusal(error) from None
    pixels = np.asarray(plain)
    icc = _bytes(info.get("icc_profile"))
    return Picture(
        pixels=pixels,
        mode=cast("Mode", plain.mode),
        width=pixels.shape[1],
        height=pixels.shape[0],
        icc=icc,
        nclx=_nclx(data) if kind in {"heic", "avif"} and not icc else None,
        exif=data if kind == "tiff" else _bytes(info.get("exif")),  # a TIFF file is its own EXIF block
        xmp=_bytes(info.get("xmp") or info.get("XML:com.adobe.xmp")),
    )
