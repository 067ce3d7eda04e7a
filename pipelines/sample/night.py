"""夜: fireworks, sky lanterns, moon, stars, lights on strings, a harbour, rain in the square."""

import numpy as np

from pipelines.sample.canvas import Canvas, Points
from pipelines.sample.colour import Colour, Floats, lin, mix, smooth
from pipelines.sample.figures import Clothes, Stage, couple
from pipelines.sample.houses import WARM, house_row, umbrella
from pipelines.sample.lens import bokeh, defocus
from pipelines.sample.nature import Clouds, Water, clouds, grass, hills, mist, sparkle, water
from pipelines.sample.noise import profile, sample, texture

DARK = Clothes(
    suit="#14171f", dress="#c4b2ac", fold="#5f565f", skin="#3a2c2a", hair="#15110f", veil="#e0cfc4", edge="#ffc488"
)


def burst(c: Canvas, x: float, y: float, r: float, colours: tuple[Colour, Colour]) -> None:
    """Draw one firework: falling trails from a centre, brightest at their ends."""
    rng = c.rng
    inner: list[Points] = []
    outer: list[Points] = []
    for _ in range(int(90 + 200 * r)):
        a, reach = float(rng.uniform(0, 6.2832)), r * float(rng.uniform(0.55, 1.05))
        path = [
            (x + reach * s * float(np.cos(a)), y + reach * s * float(np.sin(a)) * 0.96 + 0.16 * r * s * s)
            for s in np.linspace(0.12, 1, 9)
        ]
        wide = 0.0011
        for part, into in ((path[:6], inner), (path[4:], outer)):
            into.append([*((px, py - wide) for px, py in part), *((px, py + wide) for px, py in reversed(part))])
        c.lay(c.disc(*path[-1], 0.0024, 0.0008), lin(colours[1], 1.3), add=True)
    c.lay(c.mask(*inner, blur=0.0009), lin(colours[0], 0.5), add=True)
    c.lay(c.mask(*outer, blur=0.0008), lin(colours[1], 1.15), add=True)
    c.glow(x, y, r * 0.65, lin(colours[0], 0.2))


def smoke_cloud(c: Canvas, tile: Floats, where: tuple[float, float, float]) -> Floats:
    """Give the smoke a burst leaves, to be lit by it."""
    x, y, r = where

    def thick(gx: Floats, gy: Floats) -> Floats:
        torn = 0.5 + 0.4 * sample(tile, gx * 0.8 + gy * 0, gy * 0.8 + gx * 0)
        away = ((gx - x) ** 2 + (gy - y - 0.03) ** 2) / (1.1 * r) ** 2
        return np.asarray(np.exp(-away) * np.clip(torn, 0, 2), np.float32)

    return c.field(thick)


def fireworks(c: Canvas) -> None:
    """Fireworks over the bay, seen from the shore."""
    horizon = 0.66
    c.sky((0, "#151c30"), (0.35, "#28304a"), (0.58, "#4d4a60"), (0.67, "#6d5c66"), (1, "#6d5c66"))
    tile = texture(c.rng, 256, 2.0)
    for share, y, r, colours in (
        (0.3, 0.3, 0.22, ("#ff9c6a", "#ffd9a0")),
        (0.62, 0.2, 0.17, ("#e88aa0", "#ffd0cc")),
        (0.8, 0.38, 0.13, ("#8fb0d8", "#dfeaff")),
        (0.5, 0.44, 0.09, ("#ffc070", "#fff0c8")),
    ):
        smoke = smoke_cloud(c, tile, (c.at(share), y, r))
        c.px += smoke[..., None] * lin(colours[0], 0.09)
        burst(c, c.at(share), y, r, colours)
    c.ridge(hills(c, horizon - 0.03, 0.016, 1.3), "#2a2d3e", "#3a384a", 0.06)
    spots = [
        (float(c.rng.uniform(0, c.aspect)), horizon - float(c.rng.uniform(0.002, 0.02)), 0.0022) for _ in range(90)
    ]
    bokeh(c, spots, list(WARM), 2.2)
    water(c, horizon, Water("#1c2336", 0.62, 1.1))
    c.ridge((0.9 + 0.012 * profile(c.rng, c.w, 1.8, 1, 30)).astype(np.float32), "#1d1f2a", "#0f1118", 0.1, 0.003)
    couple(c, Stage(c.at(0.42), 0.945, 0.26), DARK, 0.3)


def paper_lantern(c: Canvas, x: float, y: float, r: float, blur: float, gain: float) -> None:
    """Draw a floating paper lantern lit from below."""
    form = [
        (x - r * 0.62, y + r),
        (x - r * 0.86, y - r * 0.55),
        (x - r * 0.5, y - r),
        (x + r * 0.5, y - r),
        (x + r * 0.86, y - r * 0.55),
        (x + r * 0.62, y + r),
    ]
    c.glow(x, y + r * 0.3, r * 2.0, lin("#ff9a48", 0.3 * gain))
    c.shape(form, (lin("#d9743c", gain), lin("#ffdf9c", 1.35 * gain)), 0.96, blur + 0.0008)
    c.lay(c.disc(x, y + r * 0.72, r * 0.36, r * 0.2 + blur, 0.7), lin("#fff0c0", 0.9 * gain), add=True)


def lanterns(c: Canvas) -> None:
    """Sky lanterns rising from the shore into deep blue."""
    horizon = 0.8
    c.sky((0, "#141b33"), (0.4, "#263352"), (0.65, "#4a4d6c"), (0.8, "#8a6a70"), (1, "#8a6a70"))
    stars(c, 240, 0.6)
    c.ridge(hills(c, horizon - 0.03, 0.018, 1.4), "#2f3450", "#4d4860", 0.06)
    rng = c.rng
    for _ in range(46):
        depth = float(rng.random()) ** 2
        r = 0.004 + 0.02 * depth
        x = c.at(float(np.clip(rng.normal(0.5, 0.27), 0.02, 0.98)))
        paper_lantern(c, x, float(rng.uniform(0.06, 0.72)), r, 0.0, 0.5 + 0.5 * depth)
    for share, y, r in ((0.2, 0.24, 0.055), (0.83, 0.42, 0.042), (0.66, 0.13, 0.034)):
        paper_lantern(c, c.at(share), y, r, 0.003, 1.0)
    water(c, horizon, Water("#232a44", 0.72, 0.9))
    c.ridge((0.925 + 0.006 * profile(c.rng, c.w, 1.8, 1, 30)).astype(np.float32), "#232433", "#13141d", 0.08, 0.003)
    paper_lantern(c, c.at(0.5), 0.752, 0.022, 0.0, 1.1)
    couple(c, Stage(c.at(0.5), 0.95, 0.17), DARK, 0.12)


def stars(c: Canvas, count: int, low: float) -> None:
    """Scatter stars of very different brightness above `low`."""
    rng = c.rng
    for _ in range(count):
        size = 0.0006 + 0.0011 * float(rng.random()) ** 5
        tone = mix("#cfe0ff", "#ffe8c8", float(rng.random()))
        patch = c.disc(float(rng.uniform(0, c.aspect)), float(rng.uniform(0, low)), size, 0.0003)
        c.lay(patch, lin(tone, 0.25 + 1.2 * float(rng.random()) ** 3), add=True)


def moonrise(c: Canvas) -> None:
    """A large moon above the sea, a pier, two figures at its end."""
    horizon = 0.6
    c.sky((0, "#1f2a42"), (0.3, "#3a4763"), (0.5, "#6d7088"), (0.6, "#a08f98"), (1, "#a08f98"))
    stars(c, 160, 0.4)
    x, y, r = c.at(0.62), 0.36, 0.105
    c.glow(x, y, 0.24, lin("#f4dcb8", 0.42))
    disc = c.disc(x, y, r, 0.001)
    c.lay(disc, (lin("#fbefd6", 1.0), lin("#f2d9b4", 0.95)))
    tile = texture(c.rng, 256, 1.7)
    sea = c.field(lambda gx, gy: smooth(0.0, 1.4, sample(tile, gx * 1.3 + gy * 0.2, gy * 1.3 + gx * 0.1)))
    rows, cols = disc.mask.shape
    part = np.s_[disc.top : disc.top + rows, disc.left : disc.left + cols]
    c.px[part] *= 1 - (0.2 * sea[part] * disc.mask)[..., None]
    clouds(c, horizon, Clouds("#9c98ac", "#4a5570", cover=-0.05, alpha=0.5, scale=1.2))
    c.ridge(hills(c, horizon - 0.006, 0.01), "#4f5770", "#6d7086", 0.05)
    water(c, horizon, Water("#2b3850", 0.66, 1.0))
    sparkle(c, horizon, x, "#ffe9c4", 1.2)
    pier = [(-0.05, 0.845), (c.at(0.52), 0.745), (c.at(0.53), 0.755), (-0.05, 0.895)]
    c.shape(pier, ("#3a3c48", "#23252f"), 1.0, 0.0008)
    posts: list[Points] = []
    for i in range(9):
        s = i / 8
        px, top = c.at(0.515 * (1 - s) ** 1.4) - 0.02 * s, 0.75 + 0.12 * s**1.6
        wide = 0.003 + 0.008 * s
        posts.append([(px, top), (px + wide, top), (px + wide, top + 0.06 + 0.16 * s), (px, top + 0.06 + 0.16 * s)])
    c.lay(c.mask(*posts, blur=0.0008), ("#2a2c38", "#1b1d26"))
    couple(
        c,
        Stage(c.at(0.455), 0.758, 0.15),
        Clothes(
            suit="#1f232e",
            dress="#d4c8c4",
            fold="#837d8a",
            skin="#4d403e",
            hair="#1d1a1c",
            veil="#f0e4d8",
            edge="#fbe6c4",
        ),
        0.4,
    )


def star_sea(c: Canvas) -> None:
    """The Milky Way over a dark hill, a lantern between two people."""
    c.sky((0, "#0f1830"), (0.4, "#1d2b4c"), (0.65, "#3f4a6d"), (0.8, "#8a7480"), (0.88, "#c79a84"), (1, "#c79a84"))
    tile = texture(c.rng, 512, 1.5)

    def band(scale: float) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
        return c.field(
            lambda x, y: (
                np.exp(-(((x - c.at(0.25) - (0.85 - y) * 0.42) / scale) ** 2))
                * np.clip(0.75 + 0.42 * sample(tile, x * 0.9 + y * 0, y * 0.9 + x * 0), 0, 2)
                * smooth(0.85, 0.4, y)
            ),
            2,
        )

    wide, core = band(0.17), band(0.07)
    dust = c.field(lambda x, y: smooth(0.1, 1.3, sample(tile, x * 1.1 + 0.4 + y * 0, y * 0.8 + x * 0)), 2)
    c.px += wide[..., None] * lin("#7d8cb8", 0.22) + (core * (1 - 0.75 * dust))[..., None] * lin("#f0c8b8", 0.3)
    stars(c, 900, 0.82)
    spread = np.flatnonzero(c.rng.random(c.w * c.h // 60) < 0.2)
    ys, xs = (spread * 59 // c.w) % c.h, (spread * 59 + (spread * 7919) % 61) % c.w
    c.px[ys, xs] += (wide[ys, xs] * c.rng.random(spread.size).astype(np.float32) * 0.7)[:, None]
    for y, colour in ((0.84, "#4d4a60"), (0.88, "#35354a")):
        c.ridge(hills(c, y, 0.02, 1.4), colour, mix(colour, "#a08088", 0.3), 0.08)
    x = c.xs / c.aspect
    c.ridge(
        (0.93 - 0.045 * np.exp(-(((x - 0.55) / 0.3) ** 2)) + 0.002 * profile(c.rng, c.w, 0.9, 8, 200)).astype(
            np.float32
        ),
        "#1b1c28",
        "#0d0e15",
        0.1,
        0.002,
    )
    where = (c.at(0.56), 0.878)
    c.glow(where[0], where[1] - 0.02, 0.06, lin("#ffae5c", 0.5))
    couple(c, Stage(where[0] - 0.005, 0.893, 0.11), DARK, 0.25)
    c.lay(c.disc(where[0] - 0.005, 0.839, 0.006, 0.001, 1.3), lin("#ffe2a0", 1.8))
    c.glow(where[0] - 0.005, 0.839, 0.016, lin("#ffb860", 0.8))
    for i in range(7):
        grass(c, (c.at(0.05 + 0.15 * i), 1.02), float(c.rng.uniform(0.06, 0.1)), ("#2a2a36", "#0d0e15"), 24)


def string_lights(c: Canvas) -> None:
    """A garden after dinner: bulbs on strings, two people dancing."""
    c.sky((0, "#1b2433"), (0.4, "#33404c"), (0.65, "#5d5a58"), (0.74, "#4c4a44"), (1, "#2c2e2a"))
    for i in range(9):
        x, r = c.at(0.02 + 0.12 * i), float(c.rng.uniform(0.1, 0.2))
        for _ in range(14):
            c.lay(
                c.disc(x + float(c.rng.normal(0, r * 0.5)), 0.44 + float(c.rng.normal(0, r * 0.5)), r * 0.36, 0.012),
                mix("#26332f", "#3f4a3c", float(c.rng.random())),
                0.7,
            )
    spots = [(float(c.rng.uniform(0, c.aspect)), float(c.rng.uniform(0.3, 0.7)), 0.004) for _ in range(50)]
    bokeh(c, spots, list(WARM), 5.0)
    c.ridge(np.full(c.w, 0.73, np.float32), "#4d4c3e", "#23261f", 0.28, 0.02)
    defocus(c, 0.019)
    c.glow(c.at(0.5), 0.62, 0.3, lin("#ffb468", 0.3), 1.4)
    for left, right, sag, size in (
        ((-0.1, 0.1), (1.62, 0.02), 0.2, 0.008),
        ((-0.1, 0.3), (1.62, 0.16), 0.17, 0.0065),
        ((-0.1, 0.02), (1.62, 0.3), 0.2, 0.0095),
    ):
        string(c, left, right, sag, size)
    c.glow(c.at(0.5), 0.9, 0.16, lin("#ffb870", 0.3), 2.6)
    couple(
        c,
        Stage(c.at(0.5), 0.9, 0.34),
        Clothes(
            suit="#1d2026",
            dress="#f0dcc4",
            fold="#a48672",
            skin="#6d5044",
            hair="#221a16",
            veil="#ffe9cc",
            edge="#ffcc88",
        ),
        0.2,
    )


def string(c: Canvas, left: tuple[float, float], right: tuple[float, float], sag: float, size: float) -> None:
    """Hang one string of bulbs."""
    t = np.linspace(0, 1, 41)
    xs = left[0] + (right[0] - left[0]) * t
    ys = left[1] + (right[1] - left[1]) * t + sag * 4 * t * (1 - t)
    line = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
    c.shape([*line, *((x, y + 0.0022) for x, y in reversed(line))], "#15181c", 0.9)
    for x, y in line[1::2]:
        c.glow(x, y + size * 1.6, size * 2.6, lin("#ffae58", 0.5))
        c.lay(c.disc(x, y + size * 1.6, size, 0.0008, 1.2), lin("#ffe6b4", 1.5))


def harbour(c: Canvas) -> None:
    """Windows of the harbour in still water, late blue hour."""
    level = 0.58
    c.sky((0, "#27385a"), (0.3, "#44567a"), (0.5, "#8a86a0"), (0.6, "#d0a594"), (1, "#d0a594"))
    clouds(c, level, Clouds("#c79c9c", "#3f4c6c", cover=0.1, alpha=0.5))
    c.ridge(hills(c, 0.42, 0.045, 1.4), "#4d5878", "#7d7890", 0.14)
    house_row(c, 0.53, 0.08, 0.45)
    house_row(c, 0.57, 0.1, 0.75)
    c.quad((-0.1, level - 0.012, c.aspect + 0.1, level + 0.01), ("#3a3a48", "#22242e"))
    for i in range(15):
        x = c.at((i + 0.5) / 15)
        c.quad((x - 0.0012, level - 0.06, x + 0.0012, level - 0.01), "#23232c")
        c.lay(c.disc(x, level - 0.062, 0.005, 0.0008), lin("#fff0cc", 1.6))
        c.glow(x, level - 0.062, 0.014, lin("#ffb868", 0.7))
    water(c, level + 0.008, Water("#26344e", 0.76, 0.85))
    for share, y, size in ((0.18, 0.68, 0.09), (0.33, 0.74, 0.12), (0.83, 0.71, 0.1)):
        skiff(c, c.at(share), y, size)
    mist(c, level + 0.01, 0.03, "#c8a098", 0.2)
    bokeh(
        c,
        [
            (c.at(s), y, r)
            for s, y, r in ((0.05, 0.9, 0.05), (0.13, 0.97, 0.035), (0.92, 0.93, 0.06), (0.99, 0.84, 0.04))
        ],
        ["#ffc070", "#ff9c68"],
        0.4,
    )


def skiff(c: Canvas, x: float, y: float, size: float) -> None:
    """Draw a moored boat with its mast and a soft reflection."""
    for sign, alpha, soft in ((-1, 0.5, 0.004), (1, 1.0, 0.0008)):

        def at(px: float, py: float, sign: int = sign) -> tuple[float, float]:
            return x + px * size, y - sign * py * size

        c.shape(
            [at(-0.9, 0.22), at(0.95, 0.28), at(0.66, 0.0), at(-0.7, 0.0)],
            ("#d9cfc8", "#3a4052") if sign > 0 else "#5f6478",
            alpha,
            soft,
        )
        c.shape([at(-0.02, 0.2), at(0.02, 0.2), at(0.012, 1.9), at(-0.012, 1.9)], "#2b2e3a", alpha, soft)
        c.shape(
            [at(-0.4, 0.22), at(0.2, 0.24), at(0.14, 0.48), at(-0.3, 0.46)],
            "#a9a4a8" if sign > 0 else "#5b6074",
            alpha,
            soft,
        )
    c.quad((x - 0.12 * size, y - 0.42 * size, x + 0.02 * size, y - 0.31 * size), lin("#ffcf84", 1.1))
    c.glow(x - 0.05 * size, y - 0.36 * size, 0.2 * size, lin("#ffb868", 0.4))


def rainy_square(c: Canvas) -> None:
    """The square in the rain, every lamp a disc, one umbrella for two."""
    c.sky((0, "#2a374e"), (0.4, "#55597a"), (0.62, "#8f7a7e"), (0.75, "#4c444e"), (1, "#302d36"))
    house_row(c, 0.72, 0.3, 0.6)
    spots = [(float(c.rng.uniform(0, c.aspect)), float(c.rng.uniform(0.28, 0.72)), 0.006) for _ in range(70)]
    bokeh(c, spots, list(WARM), 6.0)
    defocus(c, 0.03)
    water(c, 0.76, Water("#33323e", 0.72, 2.2))
    for drop, blur in ((-0.75, 0.006), (1.0, 0.0)):
        soft = Clothes(suit="#2c2b34", dress="#857880", fold="#5d5660", skin="#4a4048", hair="#33303a", veil="#8a7f86")
        dress = Clothes(
            suit="#1d1f27",
            dress="#d9c6ba",
            fold="#84757a",
            skin="#5d4842",
            hair="#1d1718",
            veil="#e8d9cc",
            edge="#ffc890",
            side=-1,
        )
        couple(c, Stage(c.at(0.6), 0.9, 0.33, drop=drop, blur=blur), soft if drop < 0 else dress, 0.05)
    umbrella(c, c.at(0.603), 0.595, 0.125, ("#c46f60", "#7a3f40"))
    streaks: list[Points] = []
    for _ in range(240):
        x, y = float(c.rng.uniform(0, c.aspect)), float(c.rng.uniform(0, 1))
        tall = float(c.rng.uniform(0.015, 0.045))
        streaks.append([(x, y), (x + 0.0011, y), (x - 0.006 + 0.0011, y + tall), (x - 0.006, y + tall)])
    c.lay(c.mask(*streaks, blur=0.0007), "#dfe3ee", 0.13)
