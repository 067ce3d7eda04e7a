"""Applies a preset edit: two tables per channel with a colour matrix between them."""

import functools

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.recipes import Look

_LUMA = (0.2126, 0.7152, 0.0722)
_Curve = NDArray[np.float64]


def _to_light(signal: _Curve) -> _Curve:
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)


def _to_signal(light: _Curve) -> _Curve:
    kept = np.clip(light, 0, None)
    return np.where(kept <= 0.0031308, kept * 12.92, 1.055 * kept ** (1 / 2.4) - 0.055)


def _roll_off(signal: _Curve) -> _Curve:
    """Bend what is brighter than white back under it, from 0.85 on, instead of cutting it."""
    knee = 0.85
    over = np.maximum(signal - knee, 0) / (1 - knee)
    bent = knee + (1 - knee) * (1 - np.exp(-over)) / (1 - np.exp(-max(1.0, float(over.max()))))
    return np.where(signal <= knee, signal, np.minimum(bent, 1))


def _contrast(signal: _Curve, amount: float) -> _Curve:
    """Steepen (or flatten) around the middle with black and white held."""
    smooth = signal * signal * (3 - 2 * signal)
    return signal + amount * 1.5 * (smooth - signal)


def _first(look: Look) -> list[int]:
    """Exposure and white balance in light, as a table of 3 x 256."""
    gains = np.array([1 + 0.25 * look.temperature, 1.0 - 0.12 * look.tint, 1 - 0.25 * look.temperature])
    gains = gains / (gains @ np.array(_LUMA)) * 2**look.exposure
    base = _to_light(np.arange(256) / 255)
    signal = [_to_signal(base * gain) for gain in gains]
    brightest = max(float(channel.max()) for channel in signal)
    rolled = [_roll_off(channel) if brightest > 1.001 else channel for channel in signal]
    return [int(value) for channel in rolled for value in np.clip(channel * 255 + 0.5, 0, 255)]


def _last(look: Look) -> list[int]:
    """Contrast, curve, fade and the tones of darks and lights, as a table of 3 x 256."""
    base = np.arange(256) / 255
    xs, ys = zip(*look.curve, strict=True)
    shaped = np.interp(_contrast(base, look.contrast), xs, ys)
    table: list[int] = []
    for dark, light in zip(look.shadows, look.highlights, strict=True):
        toned = shaped + dark * (1 - shaped) ** 3 * 4 * shaped + dark * 0.25 * (1 - shaped) ** 6
        toned = toned + light * shaped**2 * (1 - shaped**4) * 2
        faded = 0.16 * look.fade + toned * (1 - 0.20 * look.fade)
        table += [int(value) for value in np.clip(faded * 255 + 0.5, 0, 255)]
    return table


def _matrix(saturation: float) -> tuple[float, ...]:
    """Mix every channel with the luminance."""
    keep = 1 + saturation
    rows = [
        [(1 - keep) * weight + (keep if row == column else 0) for column, weight in enumerate(_LUMA)]
        for row in range(3)
    ]
    return tuple(value for row in rows for value in (*row, 0.0))


@functools.lru_cache(maxsize=16)
def _tables(look: Look) -> tuple[list[int], list[int]]:
    """Make the tables before and after the matrix; without a matrix the first one does both."""
    first, last = _first(look), _last(look)
    if look.saturation:
        return first, last
    return [last[256 * (place // 256) + value] for place, value in enumerate(first)], []


def apply_look(image: Image.Image, look: Look) -> Image.Image:
    """Edit an upright sRGB image."""
    first, last = _tables(look)
    image = image.point(first)
    if not last:
        return image
    return image.convert("RGB", _matrix(look.saturation)).point(last)
