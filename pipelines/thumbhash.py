"""ThumbHash, a placeholder of some 25 bytes: the published algorithm of Evan Wallace (evanw/thumbhash, MIT)."""

import base64
from math import cos, pi

import numpy as np
from numpy.typing import NDArray

LARGEST = 100
"""Longest side, in pixels, of a picture that is hashed."""


def _half_up(value: float) -> int:
    return int(value + 0.5)


def _channel(values: NDArray[np.float64], nx: int, ny: int) -> tuple[float, list[float], float]:
    """Transform one channel: its mean, the coefficients below the diagonal scaled to 0 … 1, and their scale."""
    height, width = values.shape
    across = np.array([[cos(pi / width * cx * (x + 0.5)) for x in range(width)] for cx in range(nx)])
    down = np.array([[cos(pi / height * cy * (y + 0.5)) for y in range(height)] for cy in range(ny)])
    # Sums of elementwise products, not a matrix product: BLAS may add in another order on another machine.
    rows = (values[None, :, :] * across[:, None, :]).sum(axis=2)
    table = (rows[:, None, :] * down[None, :, :]).sum(axis=2) / (width * height)
    kept = [float(table[cx, cy]) for cy in range(ny) for cx in range(nx) if (cx or cy) and cx * ny < nx * (ny - cy)]
    scale = max((abs(value) for value in kept), default=0.0)
    if scale:
        kept = [0.5 + 0.5 / scale * value for value in kept]
    return float(table[0, 0]), kept, scale


def thumbhash(picture: NDArray[np.uint8]) -> str:
    """Hash an upright RGB picture (height, width, 3) of at most 100 px a side; base64."""
    height, width = picture.shape[:2]
    rgb = picture.astype(np.float64) / 255
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    longest = max(width, height)
    nx, ny = max(1, _half_up(7 * width / longest)), max(1, _half_up(7 * height / longest))
    l_dc, l_ac, l_scale = _channel((red + green + blue) / 3, max(3, nx), max(3, ny))
    p_dc, p_ac, p_scale = _channel((red + green) / 2 - blue, 3, 3)
    q_dc, q_ac, q_scale = _channel(red - green, 3, 3)
    landscape = width > height
    head = (
        _half_up(63 * l_dc)
        | _half_up(31.5 + 31.5 * p_dc) << 6
        | _half_up(31.5 + 31.5 * q_dc) << 12
        | _half_up(31 * l_scale) << 18
    )
    tail = (ny if landscape else nx) | _half_up(63 * p_scale) << 3 | _half_up(63 * q_scale) << 9 | landscape << 15
    out = bytearray(head.to_bytes(3, "little") + tail.to_bytes(2, "little"))
    nibbles = [_half_up(15 * value) for value in (*l_ac, *p_ac, *q_ac)]
    nibbles += [0] * (len(nibbles) % 2)
    out += bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
    return base64.b64encode(out).decode("ascii")
