"""Seeded textures: clouds, ripples, ridge lines."""

import numpy as np

from pipelines.sample.colour import Floats


def texture(rng: np.random.Generator, size: int = 512, slope: float = 1.6, stretch: float = 1.0) -> Floats:
    """Make a seamless square of fractal noise around 0 with a deviation of 1; `stretch` > 1 draws it out sideways."""
    fy = np.fft.fftfreq(size)[:, None]
    fx = np.fft.rfftfreq(size)[None, :] * stretch
    power = np.sqrt(fx * fx + fy * fy)
    power[0, 0] = 1
    weight = power**-slope
    weight[0, 0] = 0
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((size, size))) * weight, s=(size, size))
    return np.asarray((field / field.std()), np.float32)


def sample(tile: Floats, u: Floats, v: Floats) -> Floats:
    """Read a seamless tile at u, v (1.0 = once across), between its points by straight lines."""
    size = tile.shape[0]
    x, y = u * size, v * size
    x0, y0 = np.floor(x), np.floor(y)
    fx, fy = (x - x0).astype(np.float32), (y - y0).astype(np.float32)
    xi, yi = x0.astype(np.int32) % size, y0.astype(np.int32) % size
    xj, yj = (xi + 1) % size, (yi + 1) % size
    top = tile[yi, xi] * (1 - fx) + tile[yi, xj] * fx
    low = tile[yj, xi] * (1 - fx) + tile[yj, xj] * fx
    return np.asarray((top * (1 - fy) + low * fy), np.float32)


def profile(rng: np.random.Generator, count: int, slope: float = 1.3, low: int = 1, high: int = 160) -> Floats:
    """Make a wandering line of `count` values around 0 with a deviation of 1, of waves from `low` to `high`."""
    k = np.arange(low, high)
    phase = rng.uniform(0, 2 * np.pi, k.size)
    size = k**-slope * rng.uniform(0.4, 1.0, k.size)
    # 0.83 of a turn, so that both ends of the picture differ
    x = np.linspace(0, 2 * np.pi * 0.83, count)[:, None]
    line = (np.sin(k * x + phase) * size).sum(1)
    return np.asarray(((line - line.mean()) / line.std()), np.float32)
