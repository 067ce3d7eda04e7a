"""Writes the bytes of a rendition: pixels and an sRGB profile, nothing that the camera wrote."""

import io

import numpy as np
import simplejpeg
from PIL import Image

from pipelines.picture import Pixels
from pipelines.recipes import Recipe
from pipelines.steps.colour import srgb_profile

CONTENT_TYPES = {"jpeg": "image/jpeg", "webp": "image/webp", "png": "image/png"}
SUFFIXES = {"jpeg": ".jpg", "webp": ".webp", "png": ".png"}


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    """Encode with libjpeg-turbo and put the profile right behind the JFIF header."""
    chroma = "444" if quality >= 92 else "420"
    data: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(pixels), quality=quality, colorspace="RGB", colorsubsampling=chroma, fastdct=False
    )
    body = b"ICC_PROFILE\0\x01\x01" + srgb_profile()
    after = 4 + int.from_bytes(data[4:6], "big") if data[2:4] == b"\xff\xe0" else 2
    return data[:after] + b"\xff\xe2" + (len(body) + 2).to_bytes(2, "big") + body + data[after:]


def encode(pixels: Pixels, recipe: Recipe) -> bytes:
    """Encode upright sRGB pixels as the recipe says."""
    if recipe.format == "jpeg":
        return _jpeg(pixels, recipe.quality)
    image = Image.fromarray(pixels)
    out = io.BytesIO()
    if recipe.format == "webp":
        image.save(out, "WEBP", quality=recipe.quality, method=4, icc_profile=srgb_profile(), exif=b"", xmp=b"")
    elif recipe.format == "png":
        image.save(out, "PNG", icc_profile=srgb_profile())
    else:
        raise ValueError(f"no encoder for {recipe.format!r}")
    return out.getvalue()
