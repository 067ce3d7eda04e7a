"""Colours in linear light: pictures are mixed as light mixes and encoded once at the end."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Colour = str | Floats


def decode(values: Floats) -> Floats:
    """Turn sRGB values of 0 to 1 into linear light."""
    low = values / 12.92
    high = ((np.maximum(values, 0) + 0.055) / 1.055) ** 2.4
    return np.where(values <= 0.04045, low, high).astype(np.float32)


def encode(light: Floats) -> Floats:
    """Turn linear light of 0 to 1 into sRGB values of 0 to 1."""
    clipped = np.clip(light, 0, 1)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055).astype(np.float32)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Floats:
    """Read `#rrggbb`, kept because scenes ask for the same colours again and again."""
    return decode(np.array([int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32))


def lin(colour: Colour, gain: float = 1.0) -> Floats:
    """Give a colour (`#rrggbb` or linear already) as linear light, made `gain` times brighter."""
    base = _parsed(colour) if isinstance(colour, str) else colour
    return (base * gain).astype(np.float32)


def mix(first: Colour, second: Colour, share: float) -> Floats:
    """Mix two colours as light; `share` is how much of the second."""
    return (lin(first) * (1 - share) + lin(second) * share).astype(np.float32)


def smooth(low: float, high: float, values: Floats) -> Floats:
    """Step softly from 0 at `low` to 1 at `high` (which may be the smaller)."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
