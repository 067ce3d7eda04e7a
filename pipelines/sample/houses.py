"""Houses old and new: roofs, windows, walls, bridges, and what hangs or opens over them."""

import numpy as np

from pipelines.sample.canvas import Canvas
from pipelines.sample.colour import Colour, lin, mix
from pipelines.sample.noise import sample, texture

WARM = ("#ffd28a", "#ffb86a", "#ffe0a8", "#ff9f5c")


def plaster(c: Canvas, amount: float = 0.06, size: float = 1.0, stretch: float = 1.0) -> None:
    """Give all surfaces the unevenness of old lime wash."""
    tile = texture(c.rng, 512, 1.15, stretch)
    c.scale_light(
        1
        + amount
        * np.clip(c.field(lambda x, y: sample(tile, x * 0.8 / size + y * 0, y * 0.8 / size + x * 0), 2), -2.5, 2.5)
    )


def window(c: Canvas, box: tuple[float, float, float, float], lit: Colour, gain: float) -> None:
    """Draw a lit window with its bars and the glow around it."""
    x0, y0, x1, y1 = box
    c.quad((x0 - 0.003, y0 - 0.003, x1 + 0.003, y1 + 0.003), "#3a3030")
    c.quad(box, (lin(lit, gain), lin(lit, gain * 0.7)))
    w = (x1 - x0) * 0.07
    c.quad(((x0 + x1) / 2 - w / 2, y0, (x0 + x1) / 2 + w / 2, y1), "#4a352c", 0.85)
    c.quad((x0, y0 + (y1 - y0) * 0.42, x1, y0 + (y1 - y0) * 0.42 + w), "#4a352c", 0.85)
    c.glow((x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) * 1.1, lin(lit, gain * 0.22))


def tower(c: Canvas, x: float, y: float) -> None:
    """Draw a church tower in haze."""
    c.quad((x - 0.028, y, x + 0.028, 0.56), ("#92858f", "#a8969a"))
    c.shape([(x - 0.033, y + 0.003), (x, y - 0.11), (x + 0.033, y + 0.003)], ("#6f6577", "#7d7080"))
    c.quad((x - 0.034, y + 0.055, x + 0.034, y + 0.06), "#7b6f7c")
    c.shape(
        [(x - 0.009, y + 0.045), (x - 0.009, y + 0.02), (x, y + 0.01), (x + 0.009, y + 0.02), (x + 0.009, y + 0.045)],
        "#5d5467",
    )


def house_row(c: Canvas, base: float, tall: float, near: float) -> None:
    """Draw one row of gabled houses, darker and larger the nearer it is."""
    rng = c.rng
    x = -float(rng.uniform(0, tall))
    while x < c.aspect:
        wide = tall * float(rng.uniform(0.9, 1.7))
        top = base - tall * float(rng.uniform(0.15, 0.75))
        wall = mix(mix("#c9aca2", "#b99a8c", float(rng.random())), "#3d3a48", 0.25 + 0.6 * near)
        roof = mix(mix("#a8736a", "#8d6a70", float(rng.random())), "#2f2c3a", 0.2 + 0.6 * near)
        pitch = tall * float(rng.uniform(0.28, 0.42))
        c.quad((x, top, x + wide, base + tall * 1.6), (wall, mix(wall, "#33303c", 0.5)))
        over = wide * 0.05
        if rng.random() < 0.55:
            form = [
                (x - over, top + 0.004),
                (x + wide * 0.16, top - pitch),
                (x + wide * 0.84, top - pitch),
                (x + wide + over, top + 0.004),
            ]
        else:
            form = [(x - over, top + 0.006), (x + wide / 2, top - pitch * 1.25), (x + wide + over, top + 0.006)]
            c.shape([(x, top + 0.01), (x + wide / 2, top - pitch), (x + wide, top + 0.01)], wall)
        c.shape(form, (mix(roof, "#f0c0a0", 0.22), roof))
        tiles(c, form, roof)
        if rng.random() < 0.5:
            chimney = x + wide * float(rng.uniform(0.25, 0.7))
            c.quad((chimney, top - pitch * 1.2, chimney + wide * 0.07, top - pitch * 0.5), mix(roof, "#2a2833", 0.3))
        size = tall * 0.13
        for i in range(int(wide / (size * 2.4))):
            at = x + size * (0.8 + 2.3 * i)
            if rng.random() < 0.42 and at + size < x + wide:
                window(
                    c,
                    (at, top + tall * 0.2, at + size * 0.75, top + tall * 0.2 + size * 1.25),
                    WARM[int(rng.integers(4))],
                    0.9,
                )
        x += wide * float(rng.uniform(0.9, 1.06))


def tiles(c: Canvas, form: list[tuple[float, float]], roof: Colour) -> None:
    """Draw rows of tiles on a roof as fine darker lines."""
    low, high = max(p[1] for p in form), min(p[1] for p in form)
    left, right = form[0][0], form[-1][0]
    lines = []
    for i in range(1, 7):
        share = i / 7
        y = high + (low - high) * share
        inset = (form[1][0] - left) * (1 - share)
        inset2 = (right - form[-2][0]) * (1 - share)
        lines.append([(left + inset, y), (right - inset2, y), (right - inset2, y + 0.0016), (left + inset, y + 0.0016)])
    c.lay(c.mask(*lines, blur=0.0004), mix(roof, "#1d1b24", 0.6), 0.35)


def umbrella(c: Canvas, x: float, y: float, r: float, paint: tuple[Colour, Colour] = ("#c58a7c", "#8a5650")) -> None:
    """Draw an open umbrella with a scalloped rim."""
    turn = np.linspace(np.pi, 2 * np.pi, 40)
    dome = [(x + r * 1.15 * float(np.cos(a)), y + r * 0.62 * float(np.sin(a))) for a in turn]
    for i in range(5, 0, -1):
        x0, x1 = x - r * 1.15 + 0.46 * r * i, x - r * 1.15 + 0.46 * r * (i - 1)
        dome += [(x0 + (x1 - x0) * s, y - r * 0.09 * float(np.sin(s * np.pi))) for s in (0.0, 0.25, 0.5, 0.75, 1.0)]
    c.shape(
        [(x - 0.0012, y - r * 0.7), (x + 0.0012, y - r * 0.7), (x + 0.0012, y + r * 0.6), (x - 0.0012, y + r * 0.6)],
        "#3a2e2c",
    )
    c.shape(dome, paint, 1.0, 0.0006)
    c.shape(
        [
            (x - r * 0.3, y - r * 0.1),
            (x - r * 0.1, y - r * 0.6),
            (x + r * 0.1, y - r * 0.6),
            (x + r * 0.3, y - r * 0.1),
        ],
        "#f3c8a8",
        0.16,
        0.002,
    )


def white_house(c: Canvas, x0: float, x1: float, top: float, base: float, depth: float) -> None:
    """Draw a white-walled house with a dark, slightly curved roof."""
    wall = mix("#d9d8d2", "#f1ede4", depth)
    c.quad((x0, top, x1, base), (wall, mix(wall, "#a3aaa6", 0.45)))
    t = np.linspace(0, 1, 33)
    eave, rise = (x1 - x0) * 0.07, (x1 - x0) * 0.2
    dark = mix("#8d9797", "#3d4649", depth)
    hump = np.minimum(1, np.minimum(t, 1 - t) * 4.0) ** 1.7
    upper = [(x0 - eave + (x1 - x0 + 2 * eave) * float(s), top - rise * float(k)) for s, k in zip(t, hump, strict=True)]
    lower = [(x1 + eave * 0.9, top + 0.006), (x0 - eave * 0.9, top + 0.006)]
    c.shape(upper + lower, (mix(dark, "#c0c6c2", 0.25), dark), 1.0, 0.0008)
    size = (x1 - x0) * 0.13
    for i in range(3):
        at = x0 + (x1 - x0) * (0.2 + 0.26 * i)
        lit = c.rng.random() < 0.45
        paint = lin("#f2b878", 0.9) if lit else lin("#5f6a6a")
        c.quad((at, top + size * 1.1, at + size, top + size * 2.5), paint, 0.9)
        c.quad((at + size * 0.46, top + size * 1.1, at + size * 0.54, top + size * 2.5), "#4b4440", 0.8)
        if lit and depth > 0.4:
            lantern = (at + size * 0.5, top + size * 3.2)
            c.lay(c.disc(*lantern, size * 0.26, 0.0008, 1.2), lin("#d9694f"), 0.9)


def bridge(c: Canvas, x: float, level: float) -> None:
    """Draw a humped stone bridge with a round opening."""
    span, rise, hole = 0.34, 0.13, 0.115
    t = np.linspace(-1, 1, 50)
    deck = [(x + span * float(s), level - rise * float((1 + np.cos(s * np.pi)) / 2) - 0.004) for s in t]
    arch = [
        (x + hole * float(np.cos(a)), level + 0.002 - hole * 0.86 * float(np.sin(a))) for a in np.linspace(0, np.pi, 40)
    ]
    body = [
        *deck,
        (x + span, level + 0.004),
        (x + hole, level + 0.004),
        *arch,
        (x - hole, level + 0.004),
        (x - span, level + 0.004),
    ]
    c.shape(body, ("#b5b3a9", "#868a85"), 1.0, 0.0008)
    rail = [*deck, *((px, py - 0.009) for px, py in reversed(deck))]
    c.shape(rail, "#cfccc0")
    ring = [*arch, *((x + (px - x) * 0.9, level + (py - level) * 0.9) for px, py in reversed(arch))]
    c.shape(ring, "#6d7270", 0.6, 0.001)


def willow(c: Canvas, x: float, y: float, length: float) -> None:
    """Draw hanging willow twigs close to the lens, out of focus."""
    shapes = []
    for _ in range(26):
        x0 = x + float(c.rng.uniform(-0.06, 0.16))
        tall, bend = length * float(c.rng.uniform(0.4, 1.0)), float(c.rng.uniform(0.01, 0.05))
        for s in np.linspace(0.15, 1, 14):
            px, py = x0 + bend * float(s) ** 2, y + tall * float(s)
            side = 0.008 if c.rng.random() < 0.5 else -0.008
            shapes.append(
                [(px, py), (px + side, py + 0.012), (px + side * 1.3, py + 0.026), (px + side * 0.3, py + 0.014)]
            )
    c.lay(c.mask(*shapes, blur=0.0022), ("#7d8f7a", "#94a58a"), 0.8)
