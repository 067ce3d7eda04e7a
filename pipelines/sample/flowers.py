"""Flowers and leaves."""

import numpy as np

from pipelines.sample.canvas import Canvas
from pipelines.sample.colour import Colour, mix
from pipelines.sample.figures import curve


def peony(c: Canvas, x: float, y: float, r: float, shades: tuple[Colour, Colour], blur: float = 0.0) -> None:
    """Draw a peony: rings of cupped petals, deeper in colour towards the heart."""
    pale, deep = shades
    rng = c.rng
    for ring, (reach, count) in enumerate(((1.0, 9), (0.86, 9), (0.72, 8), (0.57, 8), (0.43, 7), (0.3, 6), (0.18, 5))):
        share = ring / 6
        start = float(rng.uniform(0, 6.28))
        for i in range(count):
            a = start + i * 2 * np.pi / count + float(rng.normal(0, 0.12))
            long, wide = r * reach * float(rng.uniform(0.9, 1.08)), r * reach * float(rng.uniform(0.44, 0.56))
            ux, uy = float(np.cos(a)), float(np.sin(a)) * 0.9
            outline = []
            for s, k in (
                (0.05, 0.12),
                (0.35, 0.62),
                (0.68, 1.0),
                (0.9, 0.82),
                (1.0, 0.36),
                (0.955, 0.0),
                (1.0, -0.36),
                (0.9, -0.8),
                (0.66, -1.0),
                (0.35, -0.6),
                (0.05, -0.12),
            ):
                w = k * wide * float(rng.uniform(0.93, 1.06))
                outline.append((x + ux * long * s - uy * w, y + uy * long * s + ux * w + r * 0.05 * share))
            petal = curve(outline, 5)
            c.lay(
                c.mask([(px, py + r * 0.025) for px, py in petal], blur=r * 0.035 + blur),
                mix(deep, "#3a2024", 0.5),
                0.3,
            )
            face = mix(pale, deep, float(np.clip(0.1 + 0.75 * share + rng.normal(0, 0.08), 0, 1)))
            lit = mix(face, "#fff6ee", 0.32 if uy < 0 else 0.14)
            patch = c.mask(petal, blur=0.0012 + blur)
            c.lay(patch, (lit, mix(face, deep, 0.25)) if uy < 0 else (mix(face, deep, 0.3), lit), 0.97)
            base = [(x + (px - x) * 0.55, y + (py - y) * 0.55) for px, py in petal]
            c.lay(c.mask(base, blur=r * 0.1 + blur), deep, 0.28)


def leaf(
    c: Canvas, where: tuple[float, float], angle: float, size: float, paint: tuple[Colour, Colour], blur: float = 0.0
) -> None:
    """Draw one leaf with its middle vein."""
    ux, uy = float(np.cos(angle)), float(np.sin(angle))
    x, y = where

    def at(s: float, k: float) -> tuple[float, float]:
        return x + size * (ux * s - uy * k), y + size * (uy * s + ux * k)

    c.shape(
        curve([at(0, 0), at(0.3, 0.13), at(0.62, 0.14), at(1, 0.0), at(0.62, -0.14), at(0.3, -0.13)]),
        paint,
        0.97,
        0.001 + blur,
    )
    c.shape([at(0.05, 0.0), at(0.95, 0.004), at(0.05, 0.012)], "#e4e6d4", 0.25, 0.001 + blur)
