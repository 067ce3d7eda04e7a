"""Small things on a table: rings, candles, glasses."""

import numpy as np

from pipelines.sample.canvas import Canvas
from pipelines.sample.colour import Colour, Floats, lin, smooth
from pipelines.sample.figures import curve
from pipelines.sample.nature import light_patch


def ring(c: Canvas, x: float, y: float, a: float, metal: Colour) -> None:
    """Draw a plain band lying on cloth, its polish mirroring the room."""
    half, tall = 0.075, 0.05 * a / 0.2
    light_patch(c, c.disc(x + a * 0.12, y + a * 0.18, a * 1.08, a * 0.12, 0.5), "#ffffff", -0.5)
    gx, gy = c.xs[None, :] - x, c.ys[:, None]
    steps = 14
    for i in range(steps + 1):
        rise = tall * i / steps
        dy = (gy - y + rise) / 0.46
        rho = np.hypot(gx, dy) / a
        turn = np.arctan2(dy, gx)
        edge = 1 / (a * c.h * 0.46)
        band = np.clip((half - np.abs(rho - 1)) / edge, 0, 1).astype(np.float32)
        polish = ring_polish(turn, (rho - 1) / half, i == steps, i / steps)
        colour = (
            lin(metal) * polish[..., None]
            + lin("#fff6e6") * (smooth(1.15, 1.7, np.asarray(polish, np.float32)) * 0.6)[..., None]
        )
        c.px += (colour - c.px) * band[..., None]


def ring_polish(turn: Floats, across: Floats, top: bool, level: float) -> Floats:
    """Tell how bright a band of metal is at an angle: windows and dark corners mirrored."""
    wave = (
        0.55
        + 0.35 * np.sin(turn * 2 + 0.7 + level * 0.8)
        + 0.55 * np.exp(-(((turn + 2.1) / 0.28) ** 2))
        + 0.5 * np.exp(-(((turn - 0.9) / 0.22) ** 2))
    )
    wave -= 0.35 * np.exp(-(((turn - 2.3) / 0.35) ** 2))
    if top:
        wave = wave * 0.7 + 0.55 * (1 - across**2)
    else:
        wave *= 0.55 + 0.35 * np.sin(level * np.pi)
    return np.asarray(np.maximum(wave, 0.06), np.float32)


def candle(c: Canvas, x: float, top: float, base: float) -> None:
    """Draw a tall candle and its flame."""
    c.quad((x - 0.017, top, x + 0.017, base), ("#f6e4c8", "#c8b096"), 1.0, 0.001)
    c.quad((x + 0.004, top, x + 0.017, base), "#6d5240", 0.28, 0.005)
    c.shape(
        [(x - 0.03, base - 0.01), (x + 0.03, base - 0.01), (x + 0.022, base + 0.03), (x - 0.022, base + 0.03)],
        ("#c8a468", "#7d5f38"),
        1.0,
        0.001,
    )
    c.glow(x, top, 0.03, lin("#ffdf9c", 0.8))
    c.glow(x, top - 0.045, 0.07, lin("#ffb660", 0.62))
    flame = curve(
        [
            (x, top - 0.1),
            (x + 0.012, top - 0.05),
            (x + 0.009, top - 0.018),
            (x, top - 0.008),
            (x - 0.009, top - 0.018),
            (x - 0.012, top - 0.05),
        ]
    )
    c.shape(flame, (lin("#fff2c8", 2.2), lin("#ffb45c", 1.6)), 1.0, 0.002)


def glass(c: Canvas, x: float, base: float, size: float) -> None:
    """Draw a wine glass as thin light on its edges."""

    def at(px: float, py: float) -> tuple[float, float]:
        return x + px * size, base - py * size

    bowl = curve(
        [
            at(-0.13, 0.95),
            at(-0.165, 0.72),
            at(-0.12, 0.54),
            at(0, 0.46),
            at(0.12, 0.54),
            at(0.165, 0.72),
            at(0.13, 0.95),
        ]
    )
    c.shape(bowl, "#ffe9c8", 0.1, 0.001)
    wine = curve([at(-0.16, 0.7), at(-0.12, 0.545), at(0, 0.47), at(0.12, 0.545), at(0.16, 0.7), at(0, 0.715)])
    c.shape(wine, ("#e0b87e", "#c08a52"), 0.62, 0.001)
    stem = [at(-0.012, 0.47), at(0.012, 0.47), at(0.008, 0.06), at(0.1, 0.015), at(-0.1, 0.015), at(-0.008, 0.06)]
    c.shape(stem, "#f6e6cc", 0.5, 0.001)
    for side in (-1, 1):
        line = [
            at(side * 0.128, 0.95),
            at(side * 0.163, 0.72),
            at(side * 0.118, 0.55),
            at(side * 0.104, 0.56),
            at(side * 0.148, 0.72),
            at(side * 0.116, 0.95),
        ]
        c.shape(line, "#fff4e0", 0.6, 0.0016)
    c.shape(curve([at(-0.09, 0.86), at(-0.07, 0.86), at(-0.09, 0.62), at(-0.115, 0.68)]), "#fffaf0", 0.55, 0.003)
