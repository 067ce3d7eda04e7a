"""旧城: roofs at dusk, a lane in the rain, arches, a canal, balloons, shadows on a wall."""

import numpy as np

from pipelines.sample.canvas import Canvas
from pipelines.sample.colour import Colour, lin, mix, smooth
from pipelines.sample.figures import BRIDE_SKIN, DRESS, GROOM, Clothes, Stage, couple, shadow
from pipelines.sample.houses import bridge, house_row, plaster, tower, umbrella, white_house, willow
from pipelines.sample.nature import Clouds, Water, clouds, hills, light_patch, mist, water
from pipelines.sample.noise import sample, texture


def roofs(c: Canvas) -> None:
    """Roof behind roof in blue dusk, a window lit here and there."""
    c.sky((0, "#64708c"), (0.22, "#9a93a5"), (0.4, "#d9b3a4"), (0.52, "#f0cfac"), (1, "#f0cfac"))
    clouds(c, 0.52, Clouds("#eac0aa", "#7c7c96", cover=0.1, alpha=0.5))
    for y, colour in ((0.4, "#a79ba8"), (0.46, "#8f8795")):
        c.ridge(hills(c, y, 0.028, 1.4), colour, mix(colour, "#e6c8b4", 0.7), 0.14)
    tower(c, c.at(0.27), 0.3)
    for row in range(6):
        near = row / 5
        house_row(c, 0.5 + 0.09 * row + 0.03 * near, 0.07 + 0.1 * near, near)
        if row < 4:
            mist(c, 0.56 + 0.09 * row, 0.045, mix("#e8c9b4", "#8b8494", near), 0.32)
    c.glow(c.at(0.7), 0.46, 0.5, lin("#ffba88", 0.14), 1.6)


def lane(c: Canvas) -> None:
    """A narrow lane after rain, lamps, two people under an umbrella far down."""
    vx, vy = c.at(0.52), 0.5
    c.sky((0, "#5b6a80"), (0.25, "#8c8e9c"), (0.42, "#d8b8a2"), (0.52, "#ffdcae"), (1, "#ffdcae"))
    c.glow(vx, vy - 0.03, 0.16, lin("#ffcf96", 0.7))
    lane_walls(c, vx, vy)
    floor = [(vx - 0.045, vy + 0.055), (vx + 0.045, vy + 0.055), (c.aspect + 0.12, 1.01), (-0.12, 1.01)]
    ground = c.mask(floor, blur=0.001)
    mirrored = c.px[::-1].copy()
    shift = int((2 * (vy + 0.065) - 1) * c.h)
    mirrored = np.roll(mirrored, shift, 0)
    tile = texture(c.rng, 512, 1.0, 0.6)
    y = np.maximum(c.ys[:, None] - vy, 0.02)
    u = ((c.xs[None, :] - vx) / y * 0.35).astype(np.float32)
    stones = sample(tile, u, np.broadcast_to(0.5 / y, u.shape).astype(np.float32))
    joints = np.abs(np.sin(u * 34)) * np.abs(np.sin(np.broadcast_to(4.2 / y, u.shape) * 2.0))
    wet = np.clip(0.5 + 0.16 * stones, 0, 0.9) * (0.65 + 0.35 * smooth(0.0, 0.35, joints))
    floor_light = lin("#4c4a52") * (0.55 + 0.4 * wet[..., None]) + mirrored * wet[..., None] * 0.85
    rows, cols = ground.mask.shape
    part = np.s_[ground.top : ground.top + rows, ground.left : ground.left + cols]
    c.px[part] += (floor_light[part] - c.px[part]) * ground.mask[..., None]
    stage = Stage(vx + 0.005, 0.652, 0.16)
    shadow(c, stage, -0.05, 1.1, "#2a2428", 0.45)
    couple(
        c, stage, Clothes(suit="#29282e", dress="#e8cdb6", fold="#9a7e74", skin="#4d3a36", edge="#ffce90", side=1), 0.08
    )
    umbrella(c, vx + 0.008, 0.5, 0.062)


def lane_walls(c: Canvas, vx: float, vy: float) -> None:
    """Draw the houses on both sides of the lane, the far ones first."""
    for i in range(6, -1, -1):
        t0, t1 = 0.78**i, 0.78 ** (i + 1)
        for side in (-1, 1):
            tone = mix(("#a98a78", "#94888a", "#b89c80", "#8c7a74")[(i * 2 + side) % 4], "#3a3640", 0.3 + 0.4 * t0)
            tone = mix(tone, "#f5cfa4", 0.5 * (1 - t0))
            edge0, edge1 = vx + side * (0.055 + 0.4 * t0**1.6), vx + side * (0.05 + 0.4 * t1**1.6)
            roof0, roof1 = vy - (0.08 + 0.62 * t0), vy - (0.08 + 0.62 * t1) + 0.02 * (i % 2)
            base0, base1 = vy + 0.05 + 0.6 * t0**1.6, vy + 0.05 + 0.6 * t1**1.6
            wall = [(edge0 + side * 0.02, roof0), (edge1, roof1), (edge1, base1), (edge0 + side * 0.02, base0)]
            c.shape(wall, (tone, mix(tone, "#26242c", 0.4)))
            c.shape(
                [
                    (edge0 + side * 0.02, roof0 - 0.012 * t0),
                    (edge1 - side * 0.014 * t0, roof1 - 0.008),
                    (edge1 - side * 0.014 * t0, roof1 + 0.012 * t0),
                    (edge0, roof0 + 0.03 * t0),
                ],
                mix(tone, "#2b2228", 0.55),
            )
            for k, high in enumerate((0.62, 0.28)):
                if c.rng.random() < 0.72:
                    lane_window(c, (edge0, edge1, roof0, roof1, base0, base1), high, float(c.rng.uniform(0.7, 1.2)))
                _ = k
        if i in {1, 3}:
            lamp = (vx - (0.05 + 0.4 * t1**1.6) + 0.03 * t0, vy - 0.16 * t0)
            c.glow(*lamp, 0.035 * t0 + 0.01, lin("#ffcf84", 1.1))
            c.lay(c.disc(*lamp, 0.011 * t0, 0.001), lin("#fff0c8", 1.4))


def lane_window(c: Canvas, wall: tuple[float, float, float, float, float, float], high: float, gain: float) -> None:
    """Draw a window in perspective on a wall (edges, roofs and bases of its near and far end)."""
    near, far, roof0, roof1, base0, base1 = wall

    def at(along: float, up: float) -> tuple[float, float]:
        x = near + (far - near) * along
        top, low = roof0 + (roof1 - roof0) * along, base0 + (base1 - base0) * along
        return x, low + (top - low) * up

    box = [at(0.32, high), at(0.72, high), at(0.72, high + 0.13), at(0.32, high + 0.13)]
    c.shape(box, (lin("#ffd794", gain), lin("#ffb566", gain * 0.8)))
    mid = [at(0.51, high), at(0.53, high), at(0.53, high + 0.13), at(0.51, high + 0.13)]
    c.shape(mid, "#4a352c", 0.8)
    x, y = at(0.52, high + 0.06)
    c.glow(x, y, abs(far - near) * 0.6 + 0.004, lin("#ffb868", gain * 0.16))


def arches(c: Canvas) -> None:
    """Arch within arch, light at the end, two people in it."""
    c.sky((0, "#f7dfba"), (0.4, "#ffe9c8"), (0.6, "#f4d5ac"), (1, "#e8c49a"))
    vx, vy = c.at(0.5), 0.54
    c.ridge(hills(c, 0.56, 0.01), "#d9c0a4", "#e6cba8", 0.08)
    c.glow(vx, 0.48, 0.12, lin("#fff0d0", 0.5))
    stage = Stage(vx, 0.668, 0.155)
    floor = c.mask([(-0.1, 1.02), (c.aspect + 0.1, 1.02), (vx + 0.09, 0.6), (vx - 0.09, 0.6)], blur=0.002)
    for i in range(5, -1, -1):
        scale = 0.74**i
        half, rise = 0.4 * scale, 0.4 * scale
        spring, foot = vy - 0.16 * scale, vy + 0.5 * scale + 0.02
        tone = mix("#d9b48c", "#4a3a38", 0.12 + 0.8 * scale)
        turn = np.linspace(np.pi, 0, 60)
        inner = [
            (vx - half * 0.72, foot),
            *((vx + half * 0.72 * float(np.cos(a)), spring - rise * 0.66 * float(np.sin(a))) for a in turn),
            (vx + half * 0.72, foot),
        ]
        hole = c.mask(inner, blur=0.0012 + 0.003 * (i == 0))
        wall = np.ones((c.h, c.w), np.float32)
        rows, cols = hole.mask.shape
        wall[hole.top : hole.top + rows, hole.left : hole.left + cols] -= hole.mask
        wall *= (c.ys < foot).astype(np.float32)[:, None]
        shade = smooth(0.1, 0.9, c.ys)[:, None]
        c.tint(wall * (1 - 0.2 * shade), tone)
        lip = [(vx + (px - vx) * 1.07, spring + (py - spring) * 1.07 if py < foot else py) for px, py in inner]
        ring = c.mask(lip, blur=0.002)
        light = np.clip(ring.mask, 0, 1)
        r2, k2 = ring.mask.shape
        light = light * wall[ring.top : ring.top + r2, ring.left : ring.left + k2]
        view = c.px[ring.top : ring.top + r2, ring.left : ring.left + k2]
        view += light[..., None] * lin("#ffdca8", 0.05 + 0.16 * (1 - scale))
        strip = c.ys[:, None] > foot - 0.04 * scale
        ground = smooth(foot - 0.03 * scale, foot + 0.004, c.ys)[:, None] * strip
        c.tint(ground * np.ones((1, c.w), np.float32), mix(tone, "#c79a72", 0.45))
        if i == 3:
            couple(
                c,
                stage,
                Clothes(suit="#3a2f2e", dress="#fff0dc", fold="#c9a88c", skin="#5a443c", edge="#fff0cc", side=1),
                0.1,
            )
    spill = c.mask([(vx - 0.05, 0.66), (vx + 0.05, 0.66), (vx + 0.24, 1.02), (vx - 0.24, 1.02)], blur=0.03)
    light_patch(c, spill, "#ffdfae", 1.6)
    light_patch(c, floor, "#ffffff", 0.05)
    shadow(c, stage, 0.0, 1.35, "#3a2c2a", 0.4)
    plaster(c, 0.05, 0.6)


def canal(c: Canvas) -> None:
    """White walls and black roofs along a canal, a stone bridge and its mirror."""
    c.sky((0, "#9fb0b4"), (0.3, "#bcc5c2"), (0.55, "#d6d2c6"), (1, "#d6d2c6"))
    c.ridge(hills(c, 0.3, 0.045, 1.4), "#a3b1b2", "#c9cbc3", 0.16)
    c.ridge(hills(c, 0.38, 0.03, 1.4), "#8b9c9d", "#c3c7c0", 0.16)
    mist(c, 0.46, 0.05, "#e9e3d6", 0.6)
    level = 0.62
    for depth in (0.0, 0.5, 1.0):
        tall = 0.13 + 0.1 * depth
        for side in (0, 1):
            x = -0.05 if side == 0 else c.at(0.62 + 0.06 * depth)
            end = c.at(0.4 - 0.06 * depth) if side == 0 else c.aspect + 0.1
            while x < end:
                wide = tall * float(c.rng.uniform(0.9, 1.4))
                white_house(
                    c, x, min(x + wide, end + 0.02), level - tall * float(c.rng.uniform(0.75, 1.15)), level, depth
                )
                x += wide
        mist(c, level - 0.02, 0.03, "#e4e0d6", 0.3)
    bridge(c, c.at(0.51), level)
    couple(
        c,
        Stage(c.at(0.51), level - 0.127, 0.085),
        Clothes(suit="#34393c", dress="#f4ece0", fold="#c4bcb2", skin="#6a554c"),
        0.35,
    )
    umbrella(c, c.at(0.51), level - 0.2, 0.036, ("#c98f80", "#a2665c"))
    water(c, level, Water("#8a9c98", 0.75, 0.5))
    for i in range(3):
        willow(c, c.at(0.04 + 0.035 * i), -0.02, 0.5 - 0.1 * i)


def balloons(c: Canvas) -> None:
    """Paper-coloured balloons rising over the roofs into a pale sky."""
    c.sky((0, "#a9bccb"), (0.35, "#cfd3d4"), (0.65, "#efdccb"), (0.85, "#f5d8bd"), (1, "#f5d8bd"))
    clouds(c, 0.95, Clouds("#fffaf2", "#c2c6cc", cover=0.25, alpha=0.65, scale=1.2))
    house_row(c, 0.92, 0.1, 0.1)
    mist(c, 0.94, 0.05, "#f2dcc8", 0.5)
    house_row(c, 0.99, 0.1, 0.35)
    palette = ("#d9a99c", "#e8c9b0", "#b9c4c0", "#c98f8a", "#f0e2d2", "#a9b6c4", "#d4b58c")
    spots = []
    for i in range(34):
        angle, reach = i * 2.399, 0.024 * float(np.sqrt(i))
        spots.append(
            (
                c.at(0.53) + reach * float(np.cos(angle)) * 1.05,
                0.3 + reach * float(np.sin(angle)) * 1.35,
                0.033 + 0.006 * float(c.rng.random()),
            )
        )
    hand = (c.at(0.47), 0.792)
    for x, y, r in spots:
        c.shape(
            [(x - 0.0006, y + r), (x + 0.0006, y + r), (hand[0] + 0.0006, hand[1]), (hand[0] - 0.0006, hand[1])],
            "#8a7f7c",
            0.45,
        )
    for x, y, r in (spots[int(i)] for i in c.rng.permutation(len(spots))):
        balloon(c, (x, y, r), palette[int(c.rng.integers(7))])
    for x, y, r in ((0.15, 0.2, 0.012), (0.82, 0.12, 0.01), (0.24, 0.09, 0.008), (0.9, 0.3, 0.013)):
        balloon(c, (c.at(x), y, r), palette[int(c.rng.integers(7))])
    c.ridge(np.full(c.w, 0.945, np.float32), "#9d8478", "#5f4f4c", 0.08)
    couple(
        c,
        Stage(c.at(0.43), 0.952, 0.2),
        Clothes(suit="#474a55", dress="#f8efe4", fold="#cbb5a6", skin="#9a7566", hair="#4a352e", edge="#ffe6c8"),
        0.35,
    )


def balloon(c: Canvas, where: tuple[float, float, float], colour: Colour) -> None:
    """Draw a balloon with a soft light and a darker underside."""
    x, y, r = where
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    skin = [(x + r * float(np.cos(a)), y + r * (1.14 if np.sin(a) < 0 else 1.3) * float(np.sin(a))) for a in turn]
    c.shape(skin, (mix(colour, "#ffffff", 0.25), mix(colour, "#6d5560", 0.3)), 0.95, 0.0006)
    c.shape([(x - r * 0.12, y + r * 1.4), (x, y + r * 1.24), (x + r * 0.12, y + r * 1.4)], mix(colour, "#6d5560", 0.4))
    c.lay(c.disc(x - r * 0.32, y - r * 0.42, r * 0.3, r * 0.16), "#fffaf0", 0.55)


def wall_shadows(c: Canvas) -> None:
    """Evening sun on an ochre wall: leaves, a shutter, and two shadows about to kiss."""
    c.sky((0, "#d9a878"), (0.5, "#e3b688"), (1, "#cf9a70"))
    plaster(c, 0.075, 0.9)
    x0, y0 = c.at(0.12), 0.14
    c.quad((x0 - 0.02, y0 - 0.02, x0 + 0.3, y0 + 0.5), "#c08a62")
    c.quad((x0, y0, x0 + 0.28, y0 + 0.46), ("#5f7672", "#4c615f"))
    c.quad((x0 + 0.137, y0, x0 + 0.143, y0 + 0.46), "#2e3d3d")
    slats = [
        [
            (x0 + dx, y0 + 0.02 + 0.02 * i),
            (x0 + dx + 0.108, y0 + 0.02 + 0.02 * i),
            (x0 + dx + 0.108, y0 + 0.027 + 0.02 * i),
            (x0 + dx, y0 + 0.027 + 0.02 * i),
        ]
        for i in range(21)
        for dx in (0.014, 0.158)
    ]
    c.lay(c.mask(*slats, blur=0.0008), "#354646", 0.85)
    c.quad((x0 - 0.035, y0 + 0.46, x0 + 0.315, y0 + 0.485), ("#e2c29c", "#a4764f"))
    stage = Stage(c.at(0.64), 1.03, 0.72)
    shapes = [
        *(stage.put(p, -0.115) for p in GROOM),
        stage.put(DRESS, 0.115),
        *(stage.put(p, 0.115) for p in BRIDE_SKIN),
    ]
    cast = [[(x + (1.03 - y) * 0.14, y) for x, y in s] for s in shapes]
    light_patch(c, c.mask(*cast, blur=0.006), lin("#ffffff"), -0.5)
    leaves = []
    for _ in range(70):
        x, y = c.at(float(c.rng.uniform(0.6, 1.05))), float(c.rng.uniform(-0.1, 0.3))
        if c.rng.random() > (0.45 - y) * 1.6 + (x / c.aspect - 0.7):
            continue
        size, turn = float(c.rng.uniform(0.04, 0.08)), float(c.rng.uniform(0.3, 1.4))
        t = np.linspace(0, 1, 12)
        half = 0.22 * np.sin(t * np.pi) ** 0.8
        ux, uy = float(np.cos(turn)), float(np.sin(turn))
        side = [(x + size * (ux * s - uy * k), y + size * (uy * s + ux * k)) for s, k in zip(t, half, strict=True)]
        other = [(x + size * (ux * s + uy * k), y + size * (uy * s - ux * k)) for s, k in zip(t, half, strict=True)]
        leaves.append([(float(px), float(py)) for px, py in side + other[::-1]])
    light_patch(c, c.mask(*leaves, blur=0.007), lin("#ffffff"), -0.42)
    sun = c.field(lambda x, y: smooth(-0.5, 0.35, x * 0.55 - y + 0.42) * smooth(1.5, 0.6, x * 0.3 + y))
    c.scale_light(0.72 + 0.42 * sun)
    c.glow(c.aspect + 0.1, 0.2, 0.9, lin("#ffcf90", 0.12))
