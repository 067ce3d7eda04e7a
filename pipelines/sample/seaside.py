"""海边: dawn, dunes, sails, a lighthouse, mountains in mist, waves from above."""

import numpy as np

from pipelines.sample.canvas import Canvas
from pipelines.sample.colour import lin, mix, smooth
from pipelines.sample.figures import BRIDE_SKIN, DRESS, GROOM, Clothes, Stage, couple, shadow
from pipelines.sample.nature import Clouds, Water, clouds, grass, gulls, hills, light_patch, mist, sand, sparkle, water
from pipelines.sample.noise import profile, sample, texture

BACKLIT = Clothes(
    suit="#3a3238", dress="#e9c9b6", fold="#9c7d78", skin="#5b423c", hair="#31242a", veil="#ffe2c6", edge="#ffc890"
)


def dawn_sea(c: Canvas) -> None:
    """A couple on wet sand, the sun just above a rose-coloured sea."""
    horizon = 0.56
    c.sky((0, "#8fa0b8"), (0.2, "#b9b4bf"), (0.38, "#e3bfb2"), (0.5, "#f6cfa6"), (0.58, "#ffdfb4"), (1, "#ffdfb4"))
    clouds(c, horizon, Clouds("#ffdcc0", "#a98f9d", cover=0.25, alpha=0.62))
    sun = c.at(0.66)
    c.glow(sun, horizon - 0.055, 0.16, lin("#ffb070", 0.75))
    c.glow(sun, horizon - 0.055, 0.035, lin("#fff0cc", 1.9))
    isles = hills(c, horizon - 0.012, 0.016, 1.2) + smooth(0.5, 0.1, c.xs / c.aspect) * -0.05 + 0.05
    c.ridge(
        np.asarray(isles, np.float32),
        "#b08f93",
        "#c8a79d",
        0.1,
    )
    water(c, horizon, Water("#8c8590", 0.74, 0.8))
    sparkle(c, horizon, sun, "#ffd9a0", 1.5)
    shore = (0.79 + 0.012 * profile(c.rng, c.w, 1.9, 1, 40) - 0.035 * (c.xs / c.aspect)).astype(np.float32)
    c.ridge(shore - 0.014, "#f3dfd2", "#c9b0a6", 0.02, 0.006)
    c.ridge(shore, "#a88d83", "#7d675f", 0.2, 0.004)
    sand(c, 0.76, 0.07)
    stage = Stage(c.at(0.33), 0.865, 0.31)
    couple(
        c,
        Stage(stage.x, stage.y, stage.size, drop=-0.92, blur=0.005),
        Clothes("#6b5a58", "#b9a096", "#8f7a74", "#7d675f", "#6b5a58", "#c4aa9d"),
        0.45,
    )
    c.tint(smooth(0.86, 0.97, c.ys)[:, None] * np.ones((1, c.w), np.float32), "#86706a", 0.6)
    couple(c, stage, BACKLIT, 0.45)
    gulls(c, [(c.at(0.52), 0.24, 0.016), (c.at(0.57), 0.21, 0.012), (c.at(0.49), 0.2, 0.009)], "#6f6570")


def dunes(c: Canvas) -> None:
    """Dunes in low light, two small figures on the crest."""
    c.sky((0, "#9fb4c0"), (0.3, "#cdd0cb"), (0.55, "#eedcc4"), (1, "#f0d8b8"))
    clouds(c, 0.6, Clouds("#fff2e0", "#bcbcbc", cover=-0.1, alpha=0.5, scale=1.3))
    c.ridge(hills(c, 0.55, 0.012), "#a9b5b8", "#c3c4bc", 0.1)
    x = c.xs / c.aspect
    crests = (
        (0.57 - 0.05 * np.sin(x * 4.2 + 0.6), "#e3c49c", "#c8a27a"),
        (0.62 - 0.09 * np.exp(-(((x - 0.7) / 0.22) ** 2)), "#e9c795", "#b98d66"),
        (0.75 - 0.12 * np.exp(-(((x - 0.2) / 0.28) ** 2)) + 0.04 * x, "#efcf9e", "#b08359"),
        (0.93 - 0.12 * smooth(0.35, 1.0, x), "#d9b283", "#7d5b43"),
    )
    for i, (line, top, low) in enumerate(crests):
        edge = (line + 0.003 * profile(c.rng, c.w, 1.6, 2, 60)).astype(np.float32)
        c.ridge(edge, top, low, 0.24)
        drift = edge + 0.012 + 0.05 * (1 + np.sin(x * (5 + i) + i * 2.0)) + 0.03 * x
        below = smooth(0, 0.035, c.ys[:, None] - drift[None, :])
        c.tint(below, mix(low, "#57493f", 0.35), 0.5)
        if i == 1:
            couple(
                c,
                Stage(c.at(0.695), 0.542, 0.135),
                Clothes(suit="#433a36", dress="#f7e9d4", fold="#c9ab8c", edge="#ffdfae", side=-1),
                0.8,
            )
    tile = texture(c.rng, 512, 1.1, stretch=0.18)
    c.scale_light(
        1
        + 0.045
        * c.field(lambda gx, gy: sample(tile, gx * 0.7 + gy * 1.1, gy * 3.0 + gx * 0.5), 2)
        * smooth(0.56, 0.75, c.ys)[:, None]
    )
    c.glow(-0.1, 0.45, 0.55, lin("#ffdca0", 0.28))
    for i in range(9):
        foot = (c.at(0.03 + 0.055 * i + float(c.rng.uniform(-0.02, 0.02))), 1.0 + float(c.rng.uniform(-0.03, 0.05)))
        grass(c, foot, float(c.rng.uniform(0.16, 0.3)), ("#d9b987", "#5c4a36"))


def lighthouse(c: Canvas) -> None:
    """A white lighthouse on its headland in blue evening, lamp lit."""
    horizon = 0.72
    c.sky((0, "#5d7391"), (0.3, "#8497ac"), (0.52, "#b9b5bb"), (0.66, "#e8c5b0"), (0.74, "#f4d3b0"), (1, "#f4d3b0"))
    clouds(c, horizon, Clouds("#e9c3b8", "#74809a", cover=0.15, alpha=0.55, scale=0.9))
    c.ridge(hills(c, horizon - 0.004, 0.006), "#8b93a3", "#a3a1a8", 0.05)
    water(c, horizon, Water("#50657c", 0.6, 1.0))
    x = c.xs / c.aspect
    rock = (
        horizon
        + 0.06
        - 0.16 * smooth(0.2, 0.62, x)
        + 0.02 * smooth(0.8, 1, x)
        + 0.008 * profile(c.rng, c.w, 1.0, 4, 200)
    )
    c.ridge(rock.astype(np.float32), "#5d6258", "#2e363c", 0.16)
    foot_x, foot_y, top = c.at(0.7), 0.62, 0.265
    tower = [(foot_x - 0.047, foot_y), (foot_x - 0.03, top), (foot_x + 0.03, top), (foot_x + 0.047, foot_y)]
    c.shape(tower, "#d9d3cb")
    for band in (0.36, 0.5):
        w0, w1 = 0.03 + 0.017 * (band - top) / 0.355, 0.03 + 0.017 * (band + 0.05 - top) / 0.355
        c.shape(
            [(foot_x - w0, band), (foot_x + w0, band), (foot_x + w1, band + 0.05), (foot_x - w1, band + 0.05)],
            "#a4675a",
        )
    c.shape(
        [(foot_x + 0.004, top), (foot_x + 0.03, top), (foot_x + 0.047, foot_y), (foot_x + 0.012, foot_y)],
        "#39435a",
        0.42,
        0.008,
    )
    c.quad((foot_x - 0.042, top - 0.008, foot_x + 0.042, top), "#4b4a52")
    c.quad((foot_x - 0.022, top - 0.045, foot_x + 0.022, top - 0.008), ("#fff0c4", "#ffd890"))
    c.shape([(foot_x - 0.028, top - 0.045), (foot_x, top - 0.08), (foot_x + 0.028, top - 0.045)], "#7c4a44")
    beam = c.mask([(foot_x, top - 0.03), (-0.1, top - 0.16), (-0.1, top + 0.02)], blur=0.012)
    c.lay(beam, lin("#ffe6b0", 0.16), add=True)
    c.glow(foot_x, top - 0.026, 0.045, lin("#ffd890", 0.9))
    house = [
        (foot_x - 0.15, foot_y + 0.005),
        (foot_x - 0.15, foot_y - 0.05),
        (foot_x - 0.1, foot_y - 0.085),
        (foot_x - 0.05, foot_y - 0.05),
        (foot_x - 0.05, foot_y + 0.005),
    ]
    c.shape(house, ("#cfc6bf", "#a39c9c"))
    c.shape(
        [(foot_x - 0.158, foot_y - 0.047), (foot_x - 0.1, foot_y - 0.092), (foot_x - 0.042, foot_y - 0.047)], "#6d5650"
    )
    c.quad((foot_x - 0.117, foot_y - 0.035, foot_x - 0.099, foot_y - 0.012), lin("#ffcf7c", 1.3))
    c.glow(foot_x - 0.108, foot_y - 0.024, 0.02, lin("#ffb860", 0.5))
    couple(
        c,
        Stage(c.at(0.43), 0.682, 0.075),
        Clothes(suit="#2c323c", dress="#e4d8d0", fold="#a99fa3", veil="#f6ece6", edge="#f0c8a8"),
        0.7,
    )
    for i in range(6):
        grass(c, (c.at(0.45 + 0.1 * i), 1.02), float(c.rng.uniform(0.14, 0.25)), ("#7d8070", "#262c2e"), 30)
    mist(c, horizon + 0.02, 0.035, "#c9b7b4", 0.3)


def misty_mountains(c: Canvas) -> None:
    """Mountains behind one another above a still bay."""
    c.sky((0, "#b7c3c6"), (0.35, "#dcdcd2"), (0.6, "#efe2cc"), (1, "#efe2cc"))
    c.glow(c.at(0.3), 0.2, 0.22, lin("#ffedc8", 0.42))
    c.lay(c.disc(c.at(0.3), 0.2, 0.038, blur=0.002), lin("#fffaf0", 1.5), 0.9)
    layers = (
        (0.34, 0.06, "#b9c5c4"),
        (0.42, 0.055, "#9fb1b1"),
        (0.5, 0.05, "#83999b"),
        (0.58, 0.045, "#667f82"),
        (0.66, 0.035, "#4c6568"),
    )
    for y, height, colour in layers:
        c.ridge(hills(c, y, height, 1.28, 220), colour, mix(colour, "#ece4d4", 0.75), 0.2)
        mist(c, y + 0.1, 0.045, "#efe6d8", 0.55)
    water(c, 0.76, Water("#8fa3a2", 0.82, 0.45))
    mist(c, 0.765, 0.02, "#f0e8da", 0.5)
    boat(c, c.at(0.64), 0.835, 0.075)
    gulls(c, [(c.at(0.42 + 0.035 * i), 0.2 + 0.018 * (i % 3), 0.008) for i in range(5)], "#63757a")


def boat(c: Canvas, x: float, y: float, size: float) -> None:
    """Draw a small rowing boat with two people in it and its reflection."""
    for sign, alpha, colour in ((-1, 0.45, "#5f7173"), (1, 1.0, "#2d3c40")):

        def at(px: float, py: float, sign: int = sign) -> tuple[float, float]:
            return x + px * size, y - sign * py * size

        hull = [
            at(-1, 0.17),
            at(-0.6, 0.02),
            at(-0.3, -0.02),
            at(0.4, -0.02),
            at(0.75, 0.04),
            at(1.05, 0.22),
            at(0.7, 0.13),
            at(-0.7, 0.11),
        ]
        soft = 0.0012 if sign > 0 else 0.004
        c.lay(c.mask(hull, blur=soft), colour, alpha)
        for px, tall, tone in ((-0.22, 0.62, "#33434a"), (0.16, 0.56, "#e8dfd2")):
            body = [
                at(px - 0.11, 0.1),
                at(px - 0.09, tall * 0.7),
                at(px, tall * 0.78),
                at(px + 0.09, tall * 0.7),
                at(px + 0.13, 0.1),
            ]
            turn = np.linspace(0, 2 * np.pi, 24)
            head = [at(px + 0.055 * float(np.cos(a)), tall * 0.9 + 0.075 * float(np.sin(a))) for a in turn]
            c.lay(c.mask(body, blur=soft), tone, alpha * 0.95)
            c.lay(c.mask(head, blur=soft), "#33322f", alpha * 0.9)


def sails(c: Canvas) -> None:
    """White sails on teal water under high clouds."""
    horizon = 0.5
    c.sky((0, "#7fa5b3"), (0.25, "#a8c2c6"), (0.45, "#dde0d6"), (0.5, "#ece3d2"), (1, "#ece3d2"))
    clouds(c, horizon, Clouds("#fffaf0", "#a9bcc2", cover=0.35, alpha=0.75, scale=1.1))
    c.ridge(hills(c, horizon - 0.02, 0.012), "#93aab0", "#b4c1c0", 0.06)
    for share, size in ((0.2, 0.16), (0.45, 0.1), (0.52, 0.075), (0.78, 0.27)):
        sail(c, c.at(share), horizon + 0.012 * size / 0.1, size)
    water(c, horizon + 0.006, Water("#3f7079", 0.55, 1.3))
    for share, size in ((0.2, 0.16), (0.78, 0.27)):
        sail(c, c.at(share), horizon + 0.012 * size / 0.1, size)
    sparkle(c, horizon, c.at(0.4), "#fff3d8", 0.8)


def sail(c: Canvas, x: float, y: float, size: float) -> None:
    """Draw a sailing boat heeling a little."""

    def at(px: float, py: float) -> tuple[float, float]:
        return x + (px + 0.06 * py) * size, y - py * size

    t = np.linspace(0, 1, 12)
    main = [at(0.02, 1.0), at(0.02, 0.13)] + [
        at(0.02 + 0.42 * float(1 - s) + 0.05 * float(np.sin(s * np.pi)), 0.13 + 0.87 * float(s)) for s in t
    ]
    jib = [at(-0.02, 0.88), at(-0.03, 0.14)] + [
        at(-0.36 + 0.34 * float(s) - 0.045 * float(np.sin(s * np.pi)), 0.12 + 0.76 * float(s)) for s in t
    ]
    c.shape(main, ("#fdf7ea", "#d9d3c8"), 0.97, 0.0008)
    c.shape(jib, ("#f3e6d6", "#cfc6bd"), 0.95, 0.0008)
    c.shape([at(0.012, 0.13), at(0.012, 1.02), at(0.0, 1.02), at(-0.004, 0.13)], "#6d5d52", 0.9)
    hull = [at(-0.4, 0.1), at(0.5, 0.1), at(0.4, 0.01), at(-0.28, 0.0)]
    c.shape(hull, ("#f0e9df", "#5d4a44"), 1.0, 0.0008)


def waves_above(c: Canvas) -> None:
    """The shore from high above: lace of foam, two people and their shadows."""
    line = 0.44 + 0.11 * (c.xs / c.aspect - 0.5)
    reach = c.ys[:, None] - line[None, :]
    c.sky((0, "#2f6b73"), (0.25, "#4d8b8c"), (0.42, "#86b3a8"), (0.5, "#d8c9ad"), (0.6, "#e0c8a4"), (1, "#e9d3b1"))
    tile = texture(c.rng, 512, 1.35)
    c.scale_light(
        1
        + 0.07
        * c.field(lambda x, y: sample(tile, x * 0.9 + y * 0.2, y * 0.9 + x * 0.1), 2)
        * smooth(0.06, -0.05, reach)
    )
    c.scale_light(
        1 + 0.03 * c.field(lambda x, y: sample(tile, x * 3.1 + y * 0.0, y * 3.1 + x * 0.0), 1) * smooth(0.0, 0.1, reach)
    )
    c.tint(smooth(0.19, 0.1, reach) * smooth(0.0, 0.06, reach), "#a58a6c", 0.5)
    for i, (shift, size, alpha) in enumerate(
        ((-0.3, 0.02, 0.35), (-0.19, 0.03, 0.55), (-0.07, 0.042, 0.8), (0.055, 0.03, 0.95))
    ):
        edge = shift + 0.028 * profile(c.rng, c.w, 1.55, 1, 60)
        away = reach - edge[None, :]
        lace = sample(
            tile,
            np.broadcast_to(c.xs[None, :] * 1.7 + i * 0.21, away.shape),
            (c.ys[:, None] * 2.2 + away * 0.4).astype(np.float32),
        )
        thick = np.asarray(lace + smooth(-size * 1.5, 0, away) * 1.8 - 0.9, np.float32)
        holes = smooth(-0.9, 0.5, thick)
        c.tint(smooth(0.004, -0.001, away) * smooth(-size * 3.2, -size * 0.1, away) * holes, "#f6f3ea", alpha)
        c.tint(smooth(0.035, 0.0, away) * smooth(-0.002, 0.002, away), "#6f6a58", 0.22)
    people_above(c, c.at(0.42), 0.77, 0.034)
    c.scale_light(1 + 0.12 * c.field(lambda x, y: 1 - x - y * 0.5))


def people_above(c: Canvas, x: float, y: float, size: float) -> None:
    """Draw two people far below, seen from above at a slant, with long shadows."""
    stage = Stage(x, y, size * 2.6)
    shapes = [
        *(stage.put(p, -0.13) for p in GROOM),
        stage.put(DRESS, 0.128),
        *(stage.put(p, 0.128) for p in BRIDE_SKIN),
    ]
    cast = [[(px + (y - py) * 1.5, y + (y - py) * 0.62) for px, py in shape] for shape in shapes]
    light_patch(c, c.mask(*cast, blur=0.0016), "#ffffff", -0.5)
    couple(
        c,
        stage,
        Clothes(suit="#333a44", dress="#fffaf2", fold="#d8cbbd", skin="#c39a83", hair="#3a2b25", veil="#fffdf8"),
        0.75,
    )


def long_shadows(c: Canvas) -> None:
    """Sunset on the beach, the couple against the sun and their shadows towards the viewer."""
    horizon = 0.46
    c.sky((0, "#7a7f9c"), (0.15, "#b08f9f"), (0.3, "#e0a48e"), (0.42, "#f7c48a"), (0.47, "#ffd994"), (1, "#ffd994"))
    clouds(c, horizon, Clouds("#ffc59c", "#8d7288", cover=0.3, alpha=0.6, scale=0.8))
    c.glow(c.at(0.5), horizon - 0.02, 0.2, lin("#ff9c50", 0.8))
    c.glow(c.at(0.5), horizon - 0.02, 0.04, lin("#fff0c0", 2.0))
    water(c, horizon, Water("#8a7078", 0.75, 0.9))
    sparkle(c, horizon, c.at(0.5), "#ffd490", 1.6)
    shore = (0.61 + 0.01 * profile(c.rng, c.w, 1.9, 1, 40) + 0.03 * (c.xs / c.aspect)).astype(np.float32)
    c.ridge(shore - 0.012, "#fbdcc0", "#c79c82", 0.02, 0.005)
    c.ridge(shore, "#b98c70", "#6d4c42", 0.36, 0.004)
    sand(c, 0.58, 0.1, 0.8)
    c.glow(c.at(0.5), 0.64, 0.22, lin("#ff9c58", 0.2), 1.5)
    stage = Stage(c.at(0.5), 0.7, 0.3, -1)
    shadow(c, stage, 0.06, 1.0, "#3a2824", 0.62)
    couple(
        c,
        stage,
        Clothes(
            suit="#2e2226",
            dress="#d9a888",
            fold="#7a5650",
            skin="#43302c",
            hair="#241a1c",
            veil="#ffcf9c",
            edge="#ffb060",
            side=-1,
        ),
        0.6,
    )
