"""How pictures lie on a page: quantised ratios, justified rows, and placeholders that need no request."""

import base64
import binascii
import functools
import struct
import zlib
from collections.abc import Iterator, Sequence
from math import cos, pi
from typing import NamedTuple, Protocol, TypeVar

from app.photos.schemas import two_sizes

NARROWEST, WIDEST = 0.65, 3.0  # of a tile in a grid; beyond, it is cropped there
TARGETS = (("s", 2.4), ("m", 4.1), ("l", 6.0))  # a row's width in heights on phones, tablets, desks
_NOTHING = "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="


class Sized(Protocol):
    """Anything with a width and a height in pixels."""

    @property
    def width(self) -> int:
        """Pixels across."""

    @property
    def height(self) -> int:
        """Pixels down."""


T = TypeVar("T", bound=Sized)


class Tile(NamedTuple):
    """An item of the grid, or (item None) a mark between rows: its classes and, for an item, the item itself."""

    classes: str
    item: object | None
    place: int = 0


def quantise(width: int, height: int) -> int:
    """Write a picture's ratio in hundredths, in the steps the style sheet knows (010 … 1200)."""
    hundredths = max(10, min(1200, round(100 * max(width, 1) / max(height, 1))))
    step = 1 if hundredths <= 200 else 5 if hundredths <= 300 else 20
    return round(hundredths / step) * step


def ratio_class(width: int, height: int) -> str:
    """Name the class of a picture's ratio: `r-150` is 3:2."""
    return f"r-{quantise(width, height):03d}"


def choice_of_sizes(width: int, height: int, address: str, recipe: str) -> str:
    """Write the `srcset` of a picture that fills a screen: what phones show, and the whole one."""
    return ", ".join(f"{address}/{name} {across}w" for name, across in two_sizes(width, height, recipe))


def tile_ratio(item: Sized) -> int:
    """Write the ratio of a tile in a grid, in hundredths: extreme ones are cropped."""
    wanted = quantise(item.width, item.height)
    return max(round(NARROWEST * 100), min(round(WIDEST * 100), wanted))


def break_rows(ratios: Sequence[float], target: float, *, last: bool = True) -> list[int]:
    """Find where rows begin (without the first), so that all are as near to the target as can be.

    The very `last` row may stay short; where more rows follow below, every row is full.
    """
    count = len(ratios)
    best: list[float] = [0.0] + [float("inf")] * count
    start = [0] * (count + 1)
    for end in range(1, count + 1):
        width = 0.0
        for first in range(end - 1, -1, -1):
            width += ratios[first]
            if width > 2.2 * target and first < end - 1:
                break
            short = last and end == count and width < target  # the last row may end early: it is filled up
            cost = best[first] + (0.0 if short else (width / target + target / width - 2) ** 2)
            if cost < best[end]:
                best[end], start[end] = cost, first
    rows: list[int] = []
    end = count
    while start[end] > 0:
        end = start[end]
        rows.append(end)
    return rows[::-1]


def lay_out(items: Sequence[T], last: bool = True) -> Iterator[Tile]:
    """Lay items out in justified rows for three widths of screen at once: tiles with breaks between them.

    Rows that are not the `last` of their gallery are all filled: others follow below.
    """
    ratios = [tile_ratio(item) / 100 for item in items]
    breaks: dict[int, str] = {}
    fillers: list[str] = []
    for name, target in TARGETS:
        starts = break_rows(ratios, target, last=last)
        for begin in starts:
            breaks[begin] = f"{breaks.get(begin, 'break')} at-{name}"
        left = target - sum(ratios[starts[-1] if starts else 0 :])
        if left >= 0.25 and last:
            fillers.append(f"fill at-{name} f-{max(1, min(12, round(left * 2)))}")
    for place, item in enumerate(items):
        if place in breaks:
            yield Tile(breaks[place], None)
        yield Tile(f"r-{tile_ratio(item):03d}", item, place)
    for classes in fillers:
        yield Tile(classes, None)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(width: int, height: int, rgb: bytes) -> bytes:
    """Write 8-bit RGB rows as a PNG."""
    lines = b"".join(b"\0" + rgb[3 * width * y : 3 * width * (y + 1)] for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")
    )


class _Waves(NamedTuple):
    """A channel of a ThumbHash: its mean and its waves (cx, cy, strength)."""

    mean: float
    waves: list[tuple[int, int, float]]

    def at(self, across: Sequence[float], down: Sequence[float]) -> float:
        """Sum it at one point, from the cosines of the point."""
        return self.mean + 2 * sum(across[cx] * down[cy] * strength for cx, cy, strength in self.waves)


def _read_waves(hashed: bytes) -> tuple[_Waves, _Waves, _Waves, float]:
    """Read a ThumbHash: brightness, yellow-blue, red-green and the picture's ratio."""
    head = int.from_bytes(hashed[:3], "little")
    tail = int.from_bytes(hashed[3:5], "little")
    alpha, landscape, shorter = head >> 23 & 1, tail >> 15, max(1, tail & 7)
    longer = 5 if alpha else 7
    nx, ny = (longer, shorter) if landscape else (shorter, longer)
    start = 6 if alpha else 5
    nibbles = iter([half for byte in hashed[start:] for half in (byte & 15, byte >> 4)])

    def channel(mean: float, scale: float, count: tuple[int, int]) -> _Waves:
        wide, high = count
        places = [(x, y) for y in range(high) for x in range(wide) if (x or y) and x * high < wide * (high - y)]
        return _Waves(mean, [(x, y, (next(nibbles) / 7.5 - 1) * scale) for x, y in places])

    light = channel((head & 63) / 63, (head >> 18 & 31) / 31, (max(3, nx), max(3, ny)))
    yellow = channel((head >> 6 & 63) / 31.5 - 1, (tail >> 3 & 63) / 63 * 1.25, (3, 3))
    red = channel((head >> 12 & 63) / 31.5 - 1, (tail >> 9 & 63) / 63 * 1.25, (3, 3))
    return light, yellow, red, nx / ny


def _clip(value: float) -> int:
    return max(0, min(255, round(255 * value)))


def paint_thumbhash(hashed: bytes, size: int) -> bytes:
    """Paint a ThumbHash as a PNG whose longer side has `size` pixels."""
    light, yellow, red, ratio = _read_waves(hashed)
    width, height = (size, max(1, round(size / ratio))) if ratio >= 1 else (max(1, round(size * ratio)), size)
    across = [[cos(pi / width * (x + 0.5) * n) for n in range(7)] for x in range(width)]
    down = [[cos(pi / height * (y + 0.5) * n) for n in range(7)] for y in range(height)]
    pixels = bytearray()
    for fy in down:
        for fx in across:
            lum, p, q = light.at(fx, fy), yellow.at(fx, fy), red.at(fx, fy)
            blue = lum - 2 / 3 * p
            r = (3 * lum - blue + q) / 2
            pixels += bytes((_clip(r), _clip(r - q), _clip(blue)))
    return write_png(width, height, bytes(pixels))


@functools.lru_cache(maxsize=8192)
def placeholder(thumbhash: str | None, size: int = 14) -> str:
    """Turn a ThumbHash (base64) into the address of a tiny picture; without one, a transparent dot."""
    if not thumbhash:
        return _NOTHING
    try:
        png = paint_thumbhash(base64.b64decode(thumbhash, validate=True), size)
    except (binascii.Error, ValueError, StopIteration):
        return _NOTHING
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
