"""A bride and a groom seen from afar and from behind: few curves, soft edges."""

from dataclasses import dataclass

import numpy as np

from pipelines.sample.canvas import Canvas, Patch, Points
from pipelines.sample.colour import Colour, lin


@dataclass(frozen=True)
class Stage:
    """Where figures stand: feet at x, y; `size` is the groom's height; `turn` -1 mirrors; `drop` < 0 reflects them."""

    x: float
    y: float
    size: float
    turn: int = 1
    drop: float = 1.0
    blur: float = 0.0

    def put(self, points: Points, dx: float = 0.0) -> list[tuple[float, float]]:
        """Bring points (x to the right, y up from the feet) onto the canvas."""
        return [(self.x + self.turn * (px + dx) * self.size, self.y - py * self.size * self.drop) for px, py in points]


def curve(points: Points, fine: int = 10) -> list[tuple[float, float]]:
    """Draw a closed, rounded line through points (Catmull-Rom)."""
    p = np.array(points, np.float64)
    before, after, later = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    out = [
        0.5
        * (
            2 * p
            + (after - before) * t
            + (2 * before - 5 * p + 4 * after - later) * t**2
            + (3 * p - before - 3 * after + later) * t**3
        )
        for t in np.linspace(0, 1, fine, endpoint=False)
    ]
    return [(float(x), float(y)) for x, y in np.stack(out, 1).reshape(-1, 2)]


def oval(x: float, y: float, rx: float, ry: float) -> list[tuple[float, float]]:
    """Draw an oval."""
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    return [(x + rx * float(np.cos(a)), y + ry * float(np.sin(a))) for a in turn]


GROOM: list[Points] = [
    oval(0, 0.935, 0.041, 0.056),
    [(-0.026, 0.9), (0.026, 0.9), (0.032, 0.84), (-0.032, 0.84)],
    curve(
        [
            (0, 0.862),
            (0.04, 0.85),
            (0.105, 0.822),
            (0.124, 0.775),
            (0.134, 0.66),
            (0.136, 0.57),
            (0.128, 0.475),
            (0.104, 0.472),
            (0.1, 0.58),
            (0.09, 0.655),
            (0.088, 0.56),
            (0.092, 0.455),
            (0, 0.445),
            (-0.092, 0.455),
            (-0.088, 0.56),
            (-0.09, 0.655),
            (-0.1, 0.58),
            (-0.106, 0.472),
            (-0.13, 0.475),
            (-0.138, 0.57),
            (-0.134, 0.66),
            (-0.124, 0.775),
            (-0.105, 0.822),
            (-0.04, 0.85),
        ]
    ),
    [
        (-0.088, 0.5),
        (0.006, 0.5),
        (-0.008, 0.25),
        (-0.016, 0.03),
        (-0.012, 0.0),
        (-0.066, 0.0),
        (-0.06, 0.03),
        (-0.076, 0.26),
    ],
    [
        (0.088, 0.5),
        (-0.006, 0.5),
        (0.014, 0.25),
        (0.026, 0.03),
        (0.022, 0.004),
        (0.078, 0.004),
        (0.07, 0.03),
        (0.08, 0.26),
    ],
]
BRIDE_SKIN: list[Points] = [
    oval(0, 0.868, 0.036, 0.05),
    oval(0.006, 0.852, 0.03, 0.028),
    [(-0.018, 0.84), (0.018, 0.84), (0.026, 0.765), (-0.026, 0.765)],
    curve(
        [
            (0, 0.79),
            (0.045, 0.776),
            (0.082, 0.752),
            (0.096, 0.7),
            (0.104, 0.61),
            (0.118, 0.52),
            (0.124, 0.475),
            (0.104, 0.47),
            (0.09, 0.54),
            (0.078, 0.62),
            (0.066, 0.66),
            (0, 0.68),
            (-0.066, 0.66),
            (-0.078, 0.62),
            (-0.088, 0.54),
            (-0.1, 0.47),
            (-0.12, 0.478),
            (-0.114, 0.53),
            (-0.103, 0.61),
            (-0.096, 0.7),
            (-0.082, 0.752),
            (-0.045, 0.776),
        ]
    ),
]
DRESS: Points = curve(
    [
        (0, 0.685),
        (0.035, 0.7),
        (0.068, 0.715),
        (0.064, 0.65),
        (0.048, 0.575),
        (0.062, 0.51),
        (0.088, 0.42),
        (0.118, 0.28),
        (0.16, 0.12),
        (0.23, 0.015),
        (0.19, -0.008),
        (0.04, -0.014),
        (-0.1, -0.008),
        (-0.22, 0.006),
        (-0.19, 0.05),
        (-0.142, 0.15),
        (-0.11, 0.28),
        (-0.085, 0.42),
        (-0.06, 0.51),
        (-0.047, 0.575),
        (-0.063, 0.65),
        (-0.068, 0.715),
        (-0.035, 0.7),
    ]
)
TRAIN: Points = curve(
    [(0.0, 0.4), (0.1, 0.26), (0.2, 0.1), (0.36, 0.02), (0.52, -0.012), (0.4, -0.02), (0.1, -0.018), (-0.04, 0.1)]
)


def veil(lift: float, length: float) -> list[tuple[float, float]]:
    """Shape a veil that blows to the right; lift 0 hangs, 1 flies level."""
    tip = 0.9 - length * (1 - lift)
    reach = 0.1 + length * lift
    return curve(
        [
            (-0.028, 0.868),
            (0.0, 0.888),
            (0.045, 0.868),
            (0.07 + 0.3 * reach, 0.82 + 0.05 * lift),
            (0.07 + 0.62 * reach, (0.86 + tip) / 2 + 0.045),
            (0.08 + reach, tip + 0.06),
            (0.05 + reach, tip - 0.01),
            (0.05 + 0.6 * reach, (0.78 + tip) / 2 - 0.06),
            (0.05 + 0.25 * reach, 0.64),
            (0.0, 0.66),
            (-0.04, 0.72),
            (-0.03, 0.81),
        ]
    )


def rim(canvas: Canvas, patch: Patch, colour: Colour, side: int, width: float = 0.0016) -> None:
    """Light the edge of a mask on one side (1 right, -1 left) and on top, as a low sun does."""
    if not patch.mask.size:
        return
    far = max(1, round(width * canvas.h))
    moved = np.roll(patch.mask, (far, -side * far), (0, 1))
    edge = np.clip(patch.mask - moved, 0, 1)
    canvas.lay(Patch(patch.top, patch.left, edge), colour, 0.9, add=True)


@dataclass(frozen=True)
class Clothes:
    """The colours of a couple under the light of a scene."""

    suit: Colour = "#23262c"
    dress: Colour = "#efe6df"
    fold: Colour = "#b9aaa6"
    skin: Colour = "#6e5249"
    hair: Colour = "#2a211f"
    veil: Colour = "#fff4ea"
    edge: Colour | None = None
    side: int = 1


def groom(canvas: Canvas, stage: Stage, clothes: Clothes, dx: float = 0.0) -> None:
    """Draw the groom from behind."""
    parts = [stage.put(part, dx) for part in GROOM]
    body = canvas.mask(*parts, blur=stage.blur)
    canvas.lay(body, clothes.suit)
    canvas.lay(canvas.mask(parts[0], blur=stage.blur), clothes.hair)
    if clothes.edge is not None:
        rim(canvas, body, clothes.edge, clothes.side, stage.size * 0.008)


def bride(
    canvas: Canvas, stage: Stage, clothes: Clothes, dx: float = 0.0, *, wind: float = 0.3, train: bool = True
) -> None:
    """Draw the bride from behind, her veil moved by the wind (0 to 1)."""
    soft = stage.blur + stage.size * 0.002
    canvas.lay(canvas.mask(*(stage.put(p, dx) for p in BRIDE_SKIN), blur=soft), clothes.skin)
    shapes = [stage.put(DRESS, dx)] + ([stage.put(TRAIN, dx)] if train else [])
    gown = canvas.mask(*shapes, blur=soft)
    canvas.lay(gown, (clothes.dress, clothes.fold))
    for i, (foot, width) in enumerate(((-0.15, 0.022), (-0.06, 0.03), (0.03, 0.025), (0.12, 0.035), (0.26, 0.03))):
        waist = -0.035 + 0.018 * i
        line = [(waist, 0.54), (waist + 0.006, 0.54), (foot + width, 0.0), (foot, 0.0)]
        canvas.lay(canvas.mask(stage.put(line, dx), blur=soft + stage.size * 0.008), clothes.fold, 0.55)
    if clothes.edge is not None:
        rim(canvas, gown, clothes.edge, clothes.side, stage.size * 0.008)
    for shrink, alpha in ((1.0, 0.26), (0.8, 0.24)):
        cloth = stage.put(veil(wind, 0.62 * shrink), dx)
        canvas.lay(canvas.mask(cloth, blur=soft + stage.size * 0.004), clothes.veil, alpha)
    # the veil hangs from the knot of the hair, so the head stays clear of it
    canvas.lay(canvas.mask(*(stage.put(p, dx) for p in BRIDE_SKIN[:2]), blur=soft), clothes.hair)


def couple(canvas: Canvas, stage: Stage, clothes: Clothes, wind: float = 0.3) -> None:
    """Draw both, hand in hand."""
    groom(canvas, stage, clothes, -0.13)
    bride(canvas, stage, clothes, 0.128, wind=wind)


def shadow(canvas: Canvas, stage: Stage, lean: float, length: float, colour: Colour, alpha: float) -> None:
    """Lay the couple's long shadow on the ground, leaning sideways towards the viewer."""
    shapes = [
        *(stage.put(p, -0.13) for p in GROOM),
        stage.put(DRESS, 0.128),
        *(stage.put(p, 0.128) for p in BRIDE_SKIN),
    ]
    cast = [[(x + (stage.y - y) * lean, stage.y + (stage.y - y) * length) for x, y in shape] for shape in shapes]
    canvas.lay(canvas.mask(*cast, blur=stage.size * 0.02), lin(colour), alpha)
