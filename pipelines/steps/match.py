"""Brings a RAW development to the brightness the camera showed, so that replacing the preview is no surprise."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.picture import Pixels

_DARKEST, _BRIGHTEST = 1.3, 0.75  # bounds of the exponent: more would be another picture


def _histogram(image: Image.Image) -> NDArray[np.float64]:
    """Share of each value among all channels: luminance alone would overdo it on a stage lit in one colour."""
    counts = np.array(image.histogram(), dtype=np.float64).reshape(3, 256).sum(axis=0)
    shares: NDArray[np.float64] = counts / counts.sum()
    return shares


def exponent(developed: Image.Image, shown: Image.Image) -> float:
    """Find the power that gives `developed` the mean brightness of `shown`; black and white stay where they are."""
    values, weights = np.arange(256) / 255, _histogram(developed)
    wanted = float((values * _histogram(shown)).sum())
    low, high = _BRIGHTEST, _DARKEST
    for _ in range(20):
        middle = (low + high) / 2
        brighter = float((values**middle * weights).sum()) > wanted
        low, high = (middle, high) if brighter else (low, middle)
    return round((low + high) / 2, 3)


def match_brightness(developed: Pixels, shown: Pixels) -> Pixels:
    """Give developed RGB pixels the mean brightness of the preview's."""
    image = Image.fromarray(developed)
    power = exponent(image.reduce(4), Image.fromarray(shown))
    table = [int(255 * (value / 255) ** power + 0.5) for value in range(256)]
    return np.asarray(image.point(table * 3))
