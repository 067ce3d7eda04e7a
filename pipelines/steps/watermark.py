"""Lays a text over the whole picture, so that no part of it is worth cutting out."""

import functools
from dataclasses import dataclass
from math import ceil, cos, radians, sin
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from pipelines.picture import Pixels
from pipelines.recipes import FONT_SHA256, Watermark

FONT_FILE = Path(__file__).resolve().parent.parent / "fonts" / "NotoSansSC-Medium.subset.ttf"
_LONGEST_TEXT = 60
_SMALLEST_LETTERS = 9  # pixels
_GAP, _LINE = 2.5, 4.2  # between texts and between lines, in heights of a letter


@dataclass(frozen=True)
class Overlay:
    """A watermark ready to be laid on pictures of one size: only the pixels that change."""

    at: NDArray[np.intp]  # places in the flat row of channel values
    keep: NDArray[np.uint16]  # how much of the picture stays there, 0 … 255
    add: NDArray[np.uint16]  # what is added, times 255, and a half for rounding


@functools.cache
def _font(size: int, sha256: str) -> ImageFont.FreeTypeFont:
    """Load the vendored font; ValueError if it is not the one the recipe was hashed with."""
    if sha256 != FONT_SHA256:
        raise ValueError(f"the recipe names another font than {FONT_FILE.name}")
    return ImageFont.truetype(FONT_FILE, size, layout_engine=ImageFont.Layout.BASIC)


def _text_mask(mark: Watermark, letters: int) -> Image.Image:
    """Draw the text level, with a margin for its rim."""
    font = _font(letters, mark.font_sha256)
    text = " ".join(mark.text.split())[:_LONGEST_TEXT]
    left, top, right, bottom = font.getbbox(text)
    edge = max(2, letters // 8)
    face = Image.new("L", (int(right - left) + 4 * edge, int(bottom - top) + 4 * edge), 0)
    ImageDraw.Draw(face).text((2 * edge - left, 2 * edge - top), text, font=font, fill=255)
    return face


def _tile(mark: Watermark, face: Image.Image, letters: int) -> tuple[Image.Image, Image.Image]:
    """Turn the text and give it a dark rim: how opaque each pixel is, and how much white it adds."""
    light = face.rotate(mark.angle, Image.Resampling.BICUBIC, expand=True)
    rim = light.filter(ImageFilter.GaussianBlur(max(1.0, letters / 16)))
    rim = ImageChops.subtract(rim.point([min(255, value * 8 // 5) for value in range(256)]), light)
    white = light.point([int(value * mark.opacity + 0.5) for value in range(256)])
    dark = rim.point([int(value * mark.opacity * 0.8 + 0.5) for value in range(256)])
    return ImageChops.add(white, dark), white


def _places(size: tuple[int, int], period: tuple[float, float], angle: float) -> list[tuple[int, int]]:
    """Give the middles of the texts: lines along the angle, every second one shifted by half a text."""
    along, across = (cos(radians(angle)), -sin(radians(angle))), (sin(radians(angle)), cos(radians(angle)))
    reach = (size[0] ** 2 + size[1] ** 2) ** 0.5 / 2 + max(period)
    rows, columns = ceil(reach / period[1]), ceil(reach / period[0])
    places = []
    for row in range(-rows, rows + 1):
        for column in range(-columns, columns + 1):
            u, v = (column + 0.5 * (row % 2)) * period[0], row * period[1]
            places.append(
                (
                    int(size[0] / 2 + u * along[0] + v * across[0] + 0.5),
                    int(size[1] / 2 + u * along[1] + v * across[1] + 0.5),
                )
            )
    return places


def _repeated(
    rows: NDArray[np.intp], columns: NDArray[np.intp], corners: list[tuple[int, int]], size: tuple[int, int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Place a tile's inked pixels at every corner: where each lies in the picture, and which of the tile's it is."""
    numbers = np.arange(len(rows))
    at, which = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for x, y in corners:
        across, down = columns + x, rows + y
        inside = (across >= 0) & (across < size[0]) & (down >= 0) & (down < size[1])
        places = down * size[0] + across
        whole = bool(inside.all())
        at.append(places if whole else places[inside])
        which.append(numbers if whole else numbers[inside])
    return np.concatenate(at), np.concatenate(which)


@functools.lru_cache(maxsize=8)
def overlay(mark: Watermark, size: tuple[int, int]) -> Overlay:
    """Draw the text once and repeat it over a picture of (width, height)."""
    letters = max(_SMALLEST_LETTERS, int(max(size) * mark.scale + 0.5))
    face = _text_mask(mark, letters)
    opaque, white = (np.asarray(mask) for mask in _tile(mark, face, letters))
    rows, columns = np.nonzero(opaque)
    keep = 255 - opaque[rows, columns].astype(np.uint16)
    add = white[rows, columns].astype(np.uint16) * np.uint16(255) + np.uint16(128)
    height, width = opaque.shape
    corners = [
        (x - width // 2, y - height // 2)
        for x, y in _places(size, (face.width + _GAP * letters, _LINE * letters), mark.angle)
        if -width // 2 < x < size[0] + width // 2 + 1 and -height // 2 < y < size[1] + height // 2 + 1
    ]
    at, which = _repeated(rows, columns, corners, size)
    channels = (at[:, None] * 3 + np.arange(3)).reshape(
        -1
    )  # one flat index per value is twice as fast as rows of three
    return Overlay(channels, np.repeat(keep[which], 3), np.repeat(add[which], 3))


def apply_watermark(pixels: Pixels, mark: Watermark) -> Pixels:
    """Mark upright sRGB pixels (height, width, 3); the given ones stay as they are."""
    height, width = pixels.shape[:2]
    laid = overlay(mark, (width, height))
    marked = pixels.copy()
    flat = marked.reshape(-1)
    mixed = flat[laid.at] * laid.keep + laid.add  # at most 255 * 255 + 128: fits 16 bits
    flat[laid.at] = (mixed + (mixed >> 8)) >> 8
    return marked
