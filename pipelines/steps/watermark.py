"""Lays a text over the whole picture, so that no part of it is worth cutting out."""

import functools
import hashlib
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from pipelines.recipes import Watermark

FONT_FILE = Path(__file__).resolve().parent.parent / "fonts" / "NotoSansSC-Medium.subset.ttf"
_LONGEST_TEXT = 60
_SMALLEST_LETTERS = 9  # pixels


@functools.cache
def _font(size: int, sha256: str) -> ImageFont.FreeTypeFont:
    """Load the vendored font; ValueError if it is not the one the recipe was hashed with."""
    data = FONT_FILE.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"the recipe names another font than {FONT_FILE.name}")
    return ImageFont.truetype(FONT_FILE, size, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=8)
def _tile(mark: Watermark, letters: int) -> tuple[Image.Image, Image.Image]:
    """Draw the turned text once: the mask of its light face and the mask of its dark rim."""
    font = _font(letters, mark.font_sha256)
    text = " ".join(mark.text.split())[:_LONGEST_TEXT]
    left, top, right, bottom = font.getbbox(text)
    edge = max(2, letters // 8)
    size = int(right - left) + 4 * edge, int(bottom - top) + 4 * edge
    face = Image.new("L", size, 0)
    ImageDraw.Draw(face).text((2 * edge - left, 2 * edge - top), text, font=font, fill=255)
    turned = face.rotate(mark.angle, Image.Resampling.BICUBIC, expand=True)
    rim = turned.filter(ImageFilter.GaussianBlur(max(1.0, letters / 16)))
    rim = ImageChops.subtract(rim.point([min(255, int(value * 1.6)) for value in range(256)]), turned)
    light = [int(value * mark.opacity + 0.5) for value in range(256)]
    dark = [int(value * mark.opacity * 0.8 + 0.5) for value in range(256)]
    return turned.point(light), rim.point(dark)


def positions(size: tuple[int, int], tile: tuple[int, int], letters: int) -> list[tuple[int, int]]:
    """Give the places of the tiles: rows shifted by half, so that gaps never line up, and cut at every edge."""
    across, down = tile[0] + 2 * letters, tile[1] + letters
    places = []
    for row in range(-1, size[1] // down + 2):
        shift = across // 2 if row % 2 else 0
        places += [(column * across - shift, row * down - down // 3) for column in range(size[0] // across + 2)]
    return [(x, y) for x, y in places if x < size[0] and y < size[1] and x + tile[0] > 0 and y + tile[1] > 0]


def apply_watermark(image: Image.Image, mark: Watermark) -> Image.Image:
    """Mark an upright sRGB image, in place."""
    letters = max(_SMALLEST_LETTERS, int(max(image.size) * mark.scale + 0.5))
    light, dark = _tile(mark, letters)
    for place in positions(image.size, light.size, letters):
        image.paste((0, 0, 0), place, dark)
        image.paste((255, 255, 255), place, light)
    return image
