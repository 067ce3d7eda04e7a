"""Clouds, water, sand, mist, grass: what several scenes are made of."""

from dataclasses import dataclass

import numpy as np

from pipelines.sample.canvas import Canvas, Patch
from pipelines.sample.colour import Colour, Floats, lin, smooth
from pipelines.sample.noise import profile, sample, texture


@dataclass(frozen=True)
class Clouds:
    """Clouds above a horizon: lit and shaded colour, how much they cover (-1 to 1) and how large they are."""

    lit: Colour
    shade: Colour
    cover: float = 0.0
    scale: float = 1.0
    alpha: float = 0.7
    flat: float = 1.0


def clouds(canvas: Canvas, horizon: float, kind: Clouds) -> None:
    """Draw clouds that grow flatter and closer towards the horizon."""
    tile = texture(canvas.rng, 512, 1.75, stretch=2.2)
    mid = canvas.aspect / 2
    far: list[Floats] = []

    def layer(x: Floats, y: Floats) -> Floats:
        away = 1 / np.maximum(horizon - y + 0.16, 0.16) ** (0.8 * kind.flat)
        u, v = (x - mid) * away * 0.16 / kind.scale + 0.37, away * 0.28 / kind.scale
        return sample(tile, u.astype(np.float32), np.broadcast_to(v, np.broadcast_shapes(x.shape, v.shape)) + u * 0)

    def shaded(x: Floats, y: Floats) -> Floats:
        return layer(x, y) - layer(x, y - 0.02)

    body = canvas.field(layer, 2)
    light = canvas.field(shaded, 2)
    far.append(body)
    mask = (
        smooth(-0.2 - kind.cover, 1.7 - kind.cover, body) * smooth(horizon + 0.01, horizon - 0.12, canvas.ys)[:, None]
    )
    tone = smooth(-0.5, 0.5, light)[..., None]
    colour = lin(kind.shade) + (lin(kind.lit) - lin(kind.shade)) * tone
    canvas.px += (colour - canvas.px) * (mask * np.float32(kind.alpha))[..., None]


@dataclass(frozen=True)
class Water:
    """Water that mirrors what is above its horizon: own colour, share of the mirror, height of ripples, wave size."""

    tint: Colour
    share: float = 0.72
    ripple: float = 1.0
    size: float = 1.0


def water(canvas: Canvas, horizon: float, kind: Water) -> None:
    """Lay water below the horizon."""
    first = int(horizon * canvas.h)
    y = np.maximum(canvas.ys[first:, None] - horizon, 0)
    away = 1 / (y + 0.025)
    x = canvas.xs[None, :] - canvas.aspect / 2
    tile = texture(canvas.rng, 512, 1.45, stretch=0.45)
    u = (x * away * 0.055 / kind.size).astype(np.float32)
    v = np.broadcast_to(away * 0.42 / kind.size, u.shape).astype(np.float32)
    waves = sample(tile, u, v) + 0.5 * sample(tile, u * 2.7 + 0.3, v * 2.1)
    waves *= smooth(0.0, 0.035, y)
    push = waves * (0.006 + 0.075 * y) * np.float32(kind.ripple)
    source = np.clip((horizon - y + push) * canvas.h, 0, first - 1).astype(np.int32)
    slide = np.clip(np.arange(canvas.w)[None, :] + push * (0.25 * canvas.h), 0, canvas.w - 1).astype(np.int32)
    mirror = canvas.px[source, slide]
    share = np.clip(kind.share + (1 - kind.share) * np.exp(-y * 9) * 0.7 + waves * 0.05 * kind.ripple, 0, 1)
    canvas.px[first:] = mirror * share[..., None] + lin(kind.tint) * (1 - share)[..., None]


def sparkle(canvas: Canvas, horizon: float, x: float, colour: Colour, gain: float = 1.0) -> None:
    """Scatter the sun's path over water: a column of glints that widens towards the viewer."""
    first = int(horizon * canvas.h) + 1
    y = canvas.ys[first:, None] - horizon
    away = 1 / (y + 0.02)
    dx = canvas.xs[None, :] - x
    tile = texture(canvas.rng, 512, 0.75, stretch=0.3)
    u = (dx * away * 0.12).astype(np.float32)
    glint = sample(tile, u, np.broadcast_to(away * 0.9, u.shape).astype(np.float32))
    path = np.exp(-((dx / (0.03 + 0.3 * y)) ** 2)) * smooth(0, 0.02, y)
    glints = smooth(0.75, 2.2, glint) * path * np.exp(-y * 1.6) + 0.06 * path * np.exp(-y * 3)
    canvas.px[first:] += (glints * np.float32(gain))[..., None] * lin(colour)


def mist(canvas: Canvas, y: float, height: float, colour: Colour, alpha: float = 0.6) -> None:
    """Lay a bank of mist around a height, torn by noise."""
    tile = texture(canvas.rng, 256, 1.9, stretch=2.5)
    torn = canvas.field(lambda gx, gy: 1 + 0.35 * sample(tile, gx * 0.35 + gy * 0, gy * 0.8 + gx * 0), 4)
    band = np.exp(-(((canvas.ys - y) / height) ** 2))[:, None]
    canvas.tint(np.clip(band * torn, 0, 1), colour, alpha)


def sand(canvas: Canvas, top: float, amount: float = 0.05, size: float = 1.0) -> None:
    """Give ground below `top` the unevenness of sand, in perspective."""
    first = int(top * canvas.h)
    y = canvas.ys[first:, None] - top
    away = 1 / (y + 0.06)
    x = canvas.xs[None, :] - canvas.aspect / 2
    tile = texture(canvas.rng, 512, 0.9, stretch=0.7)
    u = (x * away * 0.12 / size).astype(np.float32)
    v = np.broadcast_to(away * 0.4 / size, u.shape).astype(np.float32)
    rough = np.clip(sample(tile, u, v), -2.5, 2.5) * smooth(0, 0.06, y)
    canvas.px[first:] *= (1 + amount * rough)[..., None]


def hills(canvas: Canvas, y: float, height: float, slope: float = 1.35, high: int = 140) -> Floats:
    """Make a ridge line around y."""
    return (y - height * profile(canvas.rng, canvas.w, slope, 1, high)).astype(np.float32)


def grass(
    canvas: Canvas, foot: tuple[float, float], size: float, paint: tuple[Colour, Colour], blades: int = 26
) -> None:
    """Draw a tuft of grass leaning with the wind."""
    rng = canvas.rng
    shapes = []
    for _ in range(blades):
        x = foot[0] + float(rng.normal(0, size * 0.22))
        tall, lean = size * float(rng.uniform(0.45, 1.1)), size * float(rng.normal(0.32, 0.22))
        thick = size * 0.012
        t = np.linspace(0, 1, 9)
        mid = [(x + lean * s**2, foot[1] - tall * (s - 0.12 * s**3)) for s in t]
        left = [(px - thick * (1 - s) ** 0.7, py) for (px, py), s in zip(mid, t, strict=True)]
        right = [(px + thick * (1 - s) ** 0.7, py) for (px, py), s in zip(mid, t, strict=True)]
        shapes.append(left + right[::-1])
    canvas.lay(canvas.mask(*shapes, blur=size * 0.002), paint, 0.92)


def gulls(canvas: Canvas, spots: list[tuple[float, float, float]], colour: Colour) -> None:
    """Draw far birds as two thin wings each."""
    shapes = []
    for x, y, s in spots:
        bend = float(canvas.rng.uniform(0.2, 0.5))
        shapes.append(
            [
                (x - s, y - s * bend * 0.3),
                (x - s * 0.45, y - s * bend),
                (x, y),
                (x + s * 0.5, y - s * bend),
                (x + s, y - s * bend * 0.2),
                (x + s * 0.45, y - s * bend * 0.72),
                (x, y + s * 0.12),
                (x - s * 0.42, y - s * bend * 0.72),
            ]
        )
    canvas.lay(canvas.mask(*shapes, blur=0.0006), colour, 0.75)


def light_patch(canvas: Canvas, patch: Patch, colour: Colour, gain: float) -> None:
    """Let light fall on what is there already: multiplies, so that texture stays."""
    rows, cols = patch.mask.shape
    if rows and cols:
        view = canvas.px[patch.top : patch.top + rows, patch.left : patch.left + cols]
        view *= 1 + patch.mask[..., None] * lin(colour) * np.float32(gain)
