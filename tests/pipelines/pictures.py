"""Pictures for the pipeline's tests, and how far two of them differ."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from pipelines.recipes import Recipe

Save = Callable[..., Path]
"""The `save` fixture: save(image or bytes, "name.jpg", **options of Pillow) gives the path."""


def scene(width: int = 600, height: int = 400) -> Image.Image:
    """A picture whose corners differ (red, green, blue, white) over soft gradients with fine detail."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    pixels = np.stack([90 + 110 * x, 80 + 110 * y, 160 - 90 * x * y], axis=-1)
    pixels += 12 * np.sin(40 * x + 25 * y)[..., None]
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    w, h = width // 5, height // 5
    for colour, corner in (
        ((200, 30, 30), (0, 0)),
        ((30, 160, 40), (width - w, 0)),
        ((30, 40, 190), (0, height - h)),
        ((245, 245, 245), (width - w, height - h)),
    ):
        image.paste(colour, (*corner, corner[0] + w, corner[1] + h))
    return image


def rms(one: Image.Image, other: Image.Image) -> float:
    """Root mean square difference of two pictures of one size, 0 … 255."""
    assert one.size == other.size
    difference = np.asarray(one.convert("RGB"), dtype=float) - np.asarray(other.convert("RGB"), dtype=float)
    return float(np.sqrt((difference**2).mean()))


def delta_e(one: Image.Image, other: Image.Image) -> float:
    """Mean CIE76 difference of two sRGB pictures, seen from so far that the grain of a JPEG does not count."""
    far = (min(96, one.width), min(96, one.height))
    one, other = (image.convert("RGB").resize(far, Image.Resampling.BOX) for image in (one, other))
    return float(np.linalg.norm(_lab(one) - _lab(other), axis=-1).mean())


def _lab(image: Image.Image) -> np.ndarray:
    srgb = np.asarray(image.convert("RGB"), dtype=float) / 255
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    matrix = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    xyz = light @ matrix.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def plain(long_side: int = 2048, **changes: object) -> Recipe:
    """A recipe without look, mark or sharpening."""
    return Recipe(**{"name": "plain", "long_side": long_side, "quality": 95, **changes})  # type: ignore[arg-type]
