"""The canvas: light on a grid, soft and sharp shapes laid over each other from far to near."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pipelines.sample.colour import Colour, Floats, lin

Points = Sequence[tuple[float, float]]
Paint = Colour | tuple[Colour, Colour]
SUPER = 3  # shapes are drawn this many times finer, then reduced


@dataclass(frozen=True)
class Patch:
    """A mask of 0 to 1 that covers part of the canvas from row `top`, column `left`."""

    top: int
    left: int
    mask: Floats


def enlarge(field: Floats, width: int, height: int) -> Floats:
    """Stretch a coarse field of numbers to a finer grid."""
    return np.asarray(Image.fromarray(field).resize((width, height), Image.Resampling.BICUBIC), np.float32)


class Canvas:
    """Linear light. y runs 0 to 1 from top to bottom, x from 0 to `aspect` in the same unit."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        """Begin a black canvas of width x height points with its own randomness."""
        self.w, self.h = width, height
        self.aspect = width / height
        self.rng = np.random.default_rng(seed)
        self.px: Floats = np.zeros((height, width, 3), np.float32)
        self.xs: Floats = ((np.arange(width) + 0.5) / height).astype(np.float32)
        self.ys: Floats = ((np.arange(height) + 0.5) / height).astype(np.float32)

    def at(self, share: float) -> float:
        """Give the x that lies at this share of the width."""
        return self.aspect * share

    def field(self, make: Callable[[Floats, Floats], Floats], step: int = 4) -> Floats:
        """Work out make(x, y) on a coarse grid, every `step` points, and stretch it over the canvas."""
        cw, ch = max(2, self.w // step), max(2, self.h // step)
        x = ((np.arange(cw) + 0.5) / cw * self.aspect).astype(np.float32)[None, :]
        y = ((np.arange(ch) + 0.5) / ch).astype(np.float32)[:, None]
        coarse = np.broadcast_to(make(x, y), (ch, cw)).astype(np.float32)
        return coarse if step == 1 and (cw, ch) == (self.w, self.h) else enlarge(coarse, self.w, self.h)

    def sky(self, *stops: tuple[float, Colour], soft: float = 0.06) -> None:
        """Fill everything with a vertical ramp through (y, colour) stops, its corners rounded."""
        heights = [s[0] for s in stops]
        ramp = np.stack([np.interp(self.ys, heights, [lin(s[1])[i] for s in stops]) for i in range(3)], 1)
        pad = max(1, int(soft * self.h))
        kernel = np.hanning(2 * pad + 1)
        kernel /= kernel.sum()
        wide = np.pad(ramp, ((pad, pad), (0, 0)), mode="edge")
        ramp = np.stack([np.convolve(wide[:, i], kernel, "valid") for i in range(3)], 1)
        self.px[:] = ramp.astype(np.float32)[:, None, :]

    def glow(self, x: float, y: float, radius: float, colour: Colour, squash: float = 1.0) -> None:
        """Add light around a point that falls off like haze; squash > 1 flattens it."""
        reach = 7 * radius
        cols = slice(max(0, int((x - reach) * self.h)), max(0, int((x + reach) * self.h)))
        rows = slice(max(0, int((y - reach / squash) * self.h)), max(0, int((y + reach / squash) * self.h)))
        gx, gy = self.xs[None, cols], self.ys[rows, None]
        away = ((gx - x) ** 2 + ((gy - y) * squash) ** 2) / np.float32(radius**2)
        # what is left at the edge is taken off, so that the edge cannot be seen
        spread = np.maximum(1 / (1 + away) ** 2 - np.float32(0.0004), 0)
        self.px[rows, cols] += spread[..., None] * lin(colour)

    def tint(self, mask: Floats, colour: Colour, alpha: float = 1.0) -> None:
        """Lay a colour over the whole canvas through a mask of 0 to 1."""
        self.px += (lin(colour) - self.px) * (mask * np.float32(alpha))[..., None]

    def mask(self, *shapes: Points, blur: float = 0.0) -> Patch:
        """Draw closed shapes (those inside one another add up) and soften them by `blur` (share of the height)."""
        soft = blur * self.h
        pad = int(3 * soft) + 2
        flat = np.array([p for s in shapes for p in s], np.float64) * self.h
        left, top = np.floor(flat.min(0)).astype(int) - pad
        right, low = np.ceil(flat.max(0)).astype(int) + pad
        left, top = max(left, -pad), max(top, -pad)
        right, low = min(right, self.w + pad), min(low, self.h + pad)
        if right <= left or low <= top:
            return Patch(0, 0, np.zeros((0, 0), np.float32))
        # a strongly blurred shape needs no fine drawing
        fine = SUPER if soft < 2 else 1
        image = Image.new("L", ((right - left) * fine, (low - top) * fine))
        pen = ImageDraw.Draw(image)
        for shape in shapes:
            pen.polygon([((x * self.h - left) * fine, (y * self.h - top) * fine) for x, y in shape], fill=255)
        if fine > 1:
            image = image.reduce(fine)
        if soft > 0.2:
            image = image.filter(ImageFilter.GaussianBlur(soft))
        return self._inside(Patch(top, left, np.asarray(image, np.float32) / np.float32(255)))

    def _inside(self, patch: Patch) -> Patch:
        """Cut off what lies outside the canvas."""
        rows, cols = patch.mask.shape
        y0, x0 = max(0, -patch.top), max(0, -patch.left)
        y1, x1 = min(rows, self.h - patch.top), min(cols, self.w - patch.left)
        return Patch(patch.top + y0, patch.left + x0, patch.mask[y0 : max(y0, y1), x0 : max(x0, x1)])

    def lay(self, patch: Patch, paint: Paint, alpha: float = 1.0, *, add: bool = False) -> None:
        """Lay paint (one colour, or a pair: top and bottom) through a mask; `add` adds it as light."""
        rows, cols = patch.mask.shape
        if not rows or not cols:
            return
        view = self.px[patch.top : patch.top + rows, patch.left : patch.left + cols]
        if isinstance(paint, tuple):
            t = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
            colour = lin(paint[0]) * (1 - t) + lin(paint[1]) * t
        else:
            colour = lin(paint)
        strength = (patch.mask * np.float32(alpha))[..., None]
        view += colour * strength if add else (colour - view) * strength

    def shape(self, points: Points, paint: Paint, alpha: float = 1.0, blur: float = 0.0) -> Patch:
        """Draw one closed shape and hand back its mask."""
        patch = self.mask(points, blur=blur)
        self.lay(patch, paint, alpha)
        return patch

    def ridge(self, line: Floats, top: Colour, low: Colour, depth: float, blur: float = 0.0) -> None:
        """Fill all below a line (one y per column), from colour `top` to `low` over `depth`."""
        first = max(0, int((float(line.min()) - blur) * self.h) - 2)
        below = self.ys[first:, None] - line[None, :]
        edge = max(1.0, blur * self.h)
        alpha = np.clip(below * (self.h / edge) + 0.5, 0, 1)[..., None]
        # the fade follows the broad form, not each tooth of the line
        reach = max(1, self.w // 24)
        wide = np.pad(line, reach, mode="edge")
        calm = np.convolve(wide, np.full(2 * reach + 1, 1 / (2 * reach + 1)), "valid").astype(np.float32)
        fade = np.clip((self.ys[first:, None] - calm[None, :]) / depth, 0, 1)[..., None]
        view = self.px[first:]
        view += (lin(top) + (lin(low) - lin(top)) * fade - view) * alpha

    def quad(self, box: tuple[float, float, float, float], paint: Paint, alpha: float = 1.0, blur: float = 0.0) -> None:
        """Draw an upright rectangle left, top, right, bottom."""
        x0, y0, x1, y1 = box
        self.shape([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], paint, alpha, blur)

    def disc(self, x: float, y: float, r: float, blur: float = 0.0, squash: float = 1.0) -> Patch:
        """Give the mask of a disc, flattened by `squash`."""
        turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
        return self.mask([(x + r * np.cos(a), y + r * squash * np.sin(a)) for a in turn], blur=blur)

    def scale_light(self, factor: Floats) -> None:
        """Multiply all light by a field."""
        self.px *= factor[..., None]
