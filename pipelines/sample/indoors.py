"""室内: window light, peonies, rings, candles, a veil, a dress before the wedding."""

import numpy as np

from pipelines.sample.canvas import Canvas, Points
from pipelines.sample.colour import lin, smooth
from pipelines.sample.figures import DRESS, Clothes, Stage, bride, curve
from pipelines.sample.flowers import leaf, peony
from pipelines.sample.houses import plaster
from pipelines.sample.lens import bokeh, defocus
from pipelines.sample.nature import light_patch
from pipelines.sample.noise import profile, sample, texture
from pipelines.sample.things import candle, glass, ring


def window_chair(c: Canvas) -> None:
    """Morning light through a window onto a plain wall, one chair, one branch."""
    c.sky((0, "#a39a90"), (0.5, "#b3a99d"), (0.74, "#a59a8e"), (0.78, "#84725f"), (1, "#6f5c4b"), soft=0.01)
    plaster(c, 0.03, 1.4)
    floor = 0.76
    c.quad((-0.1, floor - 0.035, c.aspect + 0.1, floor), ("#bdb3a7", "#8f8478"))
    for i in range(9):
        x = c.at(0.5) + (i - 4) * 0.2
        board = [
            (x, floor),
            (x + 0.003, floor),
            (c.at(0.5) + (x - c.at(0.5)) * 2.2 + 0.006, 1.01),
            (c.at(0.5) + (x - c.at(0.5)) * 2.2, 1.01),
        ]
        c.shape(board, "#45362b", 0.5, 0.001)
    panes: list[Points] = []
    for col in range(3):
        for row in range(4):
            x, y = 0.42 + col * 0.165, 0.1 + row * 0.15
            panes.append(
                [
                    (x, y - 0.03 * col),
                    (x + 0.145, y - 0.03 * col - 0.026),
                    (x + 0.165 + 0.02 * row, y + 0.13 - 0.03 * col - 0.026),
                    (x + 0.02 + 0.02 * row, y + 0.13 - 0.03 * col),
                ]
            )
    light_patch(c, c.mask(*panes, blur=0.006), "#ffdfae", 1.25)
    spill = c.mask([(0.5, floor), (1.02, floor), (1.2, 1.0), (0.58, 1.0)], blur=0.02)
    light_patch(c, spill, "#ffd8a0", 0.8)
    branch_shadow(c, 0.62, 0.5)
    chair(c, c.at(0.68), 0.9, 0.42)
    c.glow(-0.05, 0.15, 0.5, lin("#ffe9c8", 0.3))
    c.scale_light(1 - 0.35 * smooth(0.9, 1.6, c.xs)[None, :] * np.ones((c.h, 1), np.float32))


def branch_shadow(c: Canvas, x: float, y: float) -> None:
    """Lay the shadow of a twig with leaves on the wall."""
    shapes: list[Points] = [[(x, y + 0.2), (x + 0.006, y + 0.2), (x + 0.15, y - 0.28), (x + 0.147, y - 0.28)]]
    for i in range(16):
        s = i / 15
        bx, by = x + 0.145 * s, y + 0.2 - 0.48 * s
        side = 1 if i % 2 else -1
        dx, dy = side * float(c.rng.uniform(0.05, 0.085)), -float(c.rng.uniform(0.02, 0.06))
        shapes.append(
            curve(
                [
                    (bx, by),
                    (bx + dx * 0.5 - dy * 0.22, by + dy * 0.5 + dx * 0.2),
                    (bx + dx, by + dy),
                    (bx + dx * 0.5 + dy * 0.22, by + dy * 0.5 - dx * 0.2),
                ],
                6,
            )
        )
    light_patch(c, c.mask(*shapes, blur=0.004), "#ffffff", -0.36)


def chair(c: Canvas, x: float, y: float, size: float) -> None:
    """Draw a plain wooden chair with a veil over its back."""

    def at(px: float, py: float) -> tuple[float, float]:
        return x + px * size, y - py * size

    cast = [at(-0.3, 0.02), at(0.32, 0.02), at(1.0, 0.1), at(0.7, 0.16)]
    light_patch(c, c.mask(cast, blur=0.02), "#ffffff", -0.45)
    wood = ("#7b5a41", "#4b3526")
    legs = [
        [at(-0.27, 0.5), at(-0.22, 0.5), at(-0.27, 0.0), at(-0.3, 0.0)],
        [at(0.24, 0.5), at(0.29, 0.5), at(0.33, 0.0), at(0.3, 0.0)],
        [at(-0.13, 0.5), at(-0.1, 0.5), at(-0.12, 0.1), at(-0.145, 0.1)],
        [at(0.36, 0.52), at(0.395, 0.52), at(0.43, 0.1), at(0.405, 0.1)],
        [at(0.25, 0.5), at(0.29, 0.5), at(0.33, 1.1), at(0.3, 1.1)],
        [at(0.365, 0.52), at(0.395, 0.52), at(0.45, 1.14), at(0.425, 1.14)],
        [at(0.3, 1.02), at(0.45, 1.06), at(0.455, 1.15), at(0.3, 1.11)],
        [at(0.285, 0.8), at(0.42, 0.83), at(0.425, 0.87), at(0.285, 0.84)],
        [at(-0.27, 0.26), at(0.3, 0.26), at(0.3, 0.285), at(-0.27, 0.285)],
    ]
    c.lay(c.mask(*legs, blur=0.0008), wood)
    c.shape([at(-0.3, 0.53), at(0.29, 0.53), at(0.43, 0.57), at(-0.12, 0.57)], ("#a37b58", "#7d5a3f"))
    c.shape([at(-0.3, 0.49), at(0.29, 0.49), at(0.29, 0.53), at(-0.3, 0.53)], "#5f432f")
    cloth = curve(
        [
            at(0.28, 1.13),
            at(0.46, 1.17),
            at(0.5, 0.9),
            at(0.46, 0.5),
            at(0.56, 0.16),
            at(0.5, 0.03),
            at(0.36, 0.06),
            at(0.35, 0.4),
            at(0.3, 0.7),
        ]
    )
    c.shape(cloth, ("#fbf4e8", "#cfc4b6"), 0.72, 0.003)
    for i in range(4):
        px = 0.33 + 0.04 * i
        c.shape([at(px, 1.1), at(px + 0.012, 1.1), at(px + 0.05, 0.08), at(px + 0.02, 0.08)], "#9c9084", 0.35, 0.003)


def peonies(c: Canvas) -> None:
    """A bouquet of peonies by the window."""
    c.sky((0, "#8b8b80"), (0.45, "#a59c8e"), (1, "#6a5f58"))
    bokeh(
        c,
        [
            (float(c.rng.uniform(0, c.aspect)), float(c.rng.uniform(0, 0.7)), float(c.rng.uniform(0.03, 0.07)))
            for _ in range(22)
        ],
        ["#fff0d8", "#dfe6d4", "#f6d8c8"],
        0.22,
    )
    c.glow(c.at(0.1), 0.12, 0.4, lin("#fff2dc", 0.5))
    defocus(c, 0.02)
    green = (("#8fa083", "#55654f"), ("#7f9486", "#465a50"), ("#a3ad8b", "#6b7758"))
    for i in range(26):
        a = -0.3 + i * 0.27
        leaf(
            c,
            (c.at(0.5) + 0.2 * float(np.cos(a)), 0.54 + 0.22 * float(np.sin(a))),
            a,
            float(c.rng.uniform(0.14, 0.24)),
            green[i % 3],
            0.004 if i % 2 else 0.0015,
        )
    pink, blush, cream = ("#f0cfc6", "#c2727a"), ("#f6e2d8", "#d89c94"), ("#f8efe0", "#d9b896")
    for share, y, r, shades, blur in (
        (0.82, 0.36, 0.11, blush, 0.004),
        (0.2, 0.4, 0.12, cream, 0.004),
        (0.52, 0.3, 0.13, pink, 0.002),
        (0.78, 0.64, 0.12, cream, 0.003),
        (0.24, 0.66, 0.14, blush, 0.0015),
        (0.54, 0.53, 0.185, pink, 0.0),
        (0.55, 0.79, 0.11, blush, 0.003),
    ):
        peony(c, c.at(share), y, r, shades, blur)
    for _ in range(30):
        x, y = c.at(float(c.rng.uniform(0.08, 0.92))), float(c.rng.uniform(0.24, 0.84))
        c.lay(c.disc(x, y, 0.006, 0.0015), "#fbf5ea", 0.55)
    ribbon = curve(
        [
            (c.at(0.48), 0.86),
            (c.at(0.6), 0.87),
            (c.at(0.64), 1.02),
            (c.at(0.58), 1.02),
            (c.at(0.54), 0.93),
            (c.at(0.46), 1.02),
            (c.at(0.4), 1.02),
        ]
    )
    c.shape(ribbon, ("#efe2d4", "#b9a498"), 0.92, 0.004)


def rings(c: Canvas) -> None:
    """Two rings on folded silk, very close."""
    x = c.xs[None, :]
    tile = texture(c.rng, 256, 2.4, 0.6)
    fold = c.field(lambda gx, gy: sample(tile, gx * 0.3 + gy * 0.35, gy * 0.5 - gx * 0.22), 2)
    slope = np.gradient(fold, axis=1) * c.h * 0.035 + np.gradient(fold, axis=0) * c.h * 0.05
    light = np.asarray(0.62 + 0.33 * np.tanh(slope), np.float32)
    c.px[:] = lin("#e6d2c4") * light[..., None] + lin("#fff4ea") * (smooth(0.75, 1.0, light) * 0.35)[..., None]
    c.scale_light(1 - 0.3 * smooth(0.55, 1.4, x) * np.ones((c.h, 1), np.float32))
    far = c.px.copy()
    spots = [
        (float(c.rng.uniform(0, c.aspect)), float(c.rng.uniform(-0.02, 0.3)), float(c.rng.uniform(0.02, 0.05)))
        for _ in range(20)
    ]
    bokeh(c, spots, ["#ffd9a4", "#fff1dc", "#e8b8a0"], 0.42)
    defocus(c, 0.028)
    sharp = smooth(0.3, 0.52, c.ys)[:, None, None] * smooth(1.04, 0.86, c.ys)[:, None, None]
    c.px += (far - c.px) * sharp
    peony(c, c.at(0.9), 0.2, 0.24, ("#f4ddd4", "#cf9490"), 0.016)
    ring(c, c.at(0.56), 0.58, 0.2, "#d9b071")
    ring(c, c.at(0.38), 0.68, 0.165, "#e2c3a2")
    c.glow(c.at(0.2), 0.05, 0.5, lin("#fff0d8", 0.25))


def candles(c: Canvas) -> None:
    """The table in the evening: candles, glasses, flowers, everything else a warm blur."""
    c.sky((0, "#2c2826"), (0.4, "#4c3d34"), (0.7, "#5d4637"), (1, "#8d7360"))
    spots = [
        (float(c.rng.uniform(0, c.aspect)), float(c.rng.uniform(0.02, 0.5)), float(c.rng.uniform(0.016, 0.048)))
        for _ in range(46)
    ]
    bokeh(c, spots, ["#ffc978", "#ff9f58", "#ffe0ac", "#e88a6a"], 0.55)
    for share, y, r in ((0.05, 0.72, 0.16), (0.94, 0.7, 0.18), (0.78, 0.78, 0.12)):
        peony(c, c.at(share), y, r, ("#ecd2c4", "#b87a74"), 0.012)
    c.ridge(np.full(c.w, 0.8, np.float32), "#d6c3ae", "#a08670", 0.25, 0.02)
    for share, top, near in ((0.3, 0.42, 0), (0.41, 0.5, 1), (0.52, 0.36, 0), (0.64, 0.47, 1)):
        candle(c, c.at(share), top, 0.84 + 0.05 * near)
    glass(c, c.at(0.2), 0.93, 0.42)
    glass(c, c.at(0.76), 0.95, 0.45)
    for share in (0.46, 0.57):
        leaf(c, (c.at(share), 0.9), -0.2 + share, 0.16, ("#8f9a80", "#55604c"), 0.003)
    peony(c, c.at(0.47), 0.91, 0.105, ("#f4dfd2", "#c98d84"), 0.001)
    peony(c, c.at(0.585), 0.945, 0.085, ("#f7ebdc", "#d6ae92"), 0.002)


def veil_window(c: Canvas) -> None:
    """A bride before a tall window, curtains moved by the morning."""
    c.sky((0, "#6f7074"), (0.5, "#8a8784"), (0.82, "#77706a"), (0.84, "#5d5048"), (1, "#4d423c"), soft=0.01)
    x0, x1, top, low = c.at(0.24), c.at(0.76), 0.06, 0.83
    c.quad((x0 - 0.025, top - 0.025, x1 + 0.025, low), ("#a9a49d", "#8f8a83"))
    c.quad((x0, top, x1, low), (lin("#f2f1ea", 1.0), lin("#fbe9d0", 1.05)))
    c.quad((x0, 0.52, x1, low - 0.05), ("#e6e2d2", "#cdd2c4"), 0.55, 0.05)
    for share in (0.333, 0.667):
        x = x0 + (x1 - x0) * share
        c.quad((x - 0.006, top, x + 0.006, low), "#9a958e", 0.9, 0.001)
    for y in (0.25, 0.44, 0.63):
        c.quad((x0, y - 0.004, x1, y + 0.004), "#9a958e", 0.8, 0.001)
    spill = c.mask([(x0, low + 0.01), (x1, low + 0.01), (x1 + 0.2, 1.02), (x0 - 0.2, 1.02)], blur=0.03)
    light_patch(c, spill, "#fff0dc", 2.4)
    curtain(c, x0 - 0.07, x0 + 0.13, 1)
    curtain(c, x1 + 0.07, x1 - 0.12, -1)
    stage = Stage(c.at(0.52), 0.9, 0.56)
    cast = [(px + (py - 0.9) * 0.0, 0.9 + (0.9 - py) * 0.5) for px, py in stage.put(DRESS)]
    light_patch(c, c.mask(cast, blur=0.02), "#ffffff", -0.55)
    bride(
        c,
        stage,
        Clothes(
            dress="#d6cdc4", fold="#8f8782", skin="#6d564c", hair="#3a2c28", veil="#fbf6ee", edge="#fff4e2", side=1
        ),
        wind=0.16,
    )
    c.glow(c.at(0.5), 0.35, 0.4, lin("#fff2dc", 0.16))


def curtain(c: Canvas, outer: float, inner: float, side: int) -> None:
    """Draw a sheer curtain in folds, its hem moved inwards."""
    y = np.linspace(0.03, 0.9, 40)
    blow = 0.07 * side * np.sin(np.clip((y - 0.2) / 0.7, 0, 1) * 2.2) ** 2
    edge = [(float(inner + b), float(v)) for b, v in zip(blow, y, strict=True)]
    c.shape([(outer, 0.03), *edge, (outer, 0.9)], ("#f8f3ea", "#d9cfc4"), 0.62, 0.003)
    wave = profile(c.rng, 24, 0.6, 1, 12)
    for i in range(14):
        s = (i + 0.5) / 14 + 0.02 * float(wave[i])
        line = [(float(outer + (inner + b - outer) * s), float(v)) for b, v in zip(blow, y, strict=True)]
        wide = 0.004 + 0.003 * (i % 3)
        c.shape(
            [*line, *((px + wide * side, py) for px, py in reversed(line))],
            "#857c74" if i % 2 else "#fffaf2",
            0.3,
            0.003,
        )


def dress_hanging(c: Canvas) -> None:
    """The dress on its hanger against a panelled wall, evening sun across it."""
    c.sky((0, "#97a19c"), (0.6, "#a9b0a8"), (0.86, "#9aa098"), (0.875, "#7d6a58"), (1, "#66543f"), soft=0.008)
    plaster(c, 0.018, 0.7)
    for col in range(3):
        x = c.at(0.06 + 0.31 * col)
        for y0, y1 in ((0.05, 0.56), (0.61, 0.82)):
            c.quad((x, y0, x + c.at(0.26), y1), "#7f8883", 0.6, 0.002)
            c.quad((x + 0.006, y0 + 0.006, x + c.at(0.26), y1), "#b9c0b8", 0.55, 0.002)
            c.quad((x + 0.01, y0 + 0.01, x + c.at(0.26) - 0.006, y1 - 0.006), "#9fa8a2", 0.9, 0.002)
    sun = c.mask([(c.at(0.2), -0.05), (c.at(0.62), -0.05), (c.at(1.1), 0.78), (c.at(0.68), 0.95)], blur=0.025)
    light_patch(c, sun, "#ffd49c", 0.75)
    stage = Stage(c.at(0.48), 0.9, 0.92)
    gown = stage.put(DRESS)
    light_patch(c, c.mask([(x + 0.04, y + 0.015) for x, y in gown], blur=0.02), "#ffffff", -0.45)
    patch = c.mask(gown, blur=0.0012)
    c.lay(patch, ("#f7efe4", "#d9cbbb"))
    folds(c, stage)
    light_patch(c, sun, "#ffe0b8", 0.16)
    shoulder = stage.put(
        curve([(-0.07, 0.72), (-0.02, 0.775), (0.02, 0.775), (0.07, 0.72), (0.02, 0.762), (-0.02, 0.762)])
    )
    c.shape(shoulder, ("#8a6547", "#5f432d"), 1.0, 0.0006)
    c.shape(stage.put([(-0.0025, 0.77), (0.0025, 0.77), (0.0025, 0.85), (-0.0025, 0.85)]), "#b99a5c")
    for sx in (-1, 1):
        c.shape(
            stage.put([(sx * 0.052, 0.735), (sx * 0.058, 0.735), (sx * 0.066, 0.705), (sx * 0.052, 0.7)]),
            "#f4ece0",
            0.9,
        )
    c.lay(c.disc(stage.x, 0.9 - 0.86 * stage.size, 0.007), "#8a7046")


def folds(c: Canvas, stage: Stage) -> None:
    """Give a hanging dress its folds and a waistband."""
    for i in range(15):
        s = (i + 0.5) / 15 * 2 - 1
        line = [(s * 0.047, 0.57), (s * 0.085, 0.4), (s * 0.14 + 0.006, 0.18), (s * 0.2, 0.02)]
        wide = 0.005 + 0.006 * float(c.rng.random())
        shape = line + [(px + wide * (1 + 1.6 * (0.57 - py)), py) for px, py in reversed(line)]
        c.shape(stage.put(shape), "#a08f82" if i % 2 else "#fffaf2", 0.32, 0.004)
    c.shape(
        stage.put([(-0.05, 0.585), (0.05, 0.585), (0.048, 0.562), (-0.048, 0.562)]), ("#d9b9a8", "#b98f80"), 0.9, 0.001
    )
    for i in range(60):
        px, py = float(c.rng.uniform(-0.055, 0.055)), float(c.rng.uniform(0.6, 0.7))
        c.lay(c.disc(*stage.put([(px, py)])[0], 0.003, 0.0006), "#fffdf6" if i % 2 else "#b9a898", 0.5)
