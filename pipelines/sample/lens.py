"""What a lens does: discs of blur in linear light, bloom, points of light out of focus."""

import numpy as np
from PIL import Image

from pipelines.sample.canvas import Canvas, enlarge
from pipelines.sample.colour import Colour, Floats, lin, mix


def _shrink(field: Floats, width: int, height: int) -> Floats:
    """Average a field down to a coarser grid."""
    return np.asarray(Image.fromarray(field).resize((width, height), Image.Resampling.BOX), np.float32)


def _kernel(radius: float) -> Floats:
    """Make a disc with a slightly brighter rim, as fast lenses draw it."""
    reach = int(np.ceil(radius)) + 1
    grid = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1])
    disc = np.clip(radius + 0.5 - grid, 0, 1) * (1 + 0.35 * (grid / radius) ** 3)
    return np.asarray(disc / disc.sum(), np.float32)


def defocus(canvas: Canvas, radius: float) -> None:
    """Put all that is drawn so far out of focus, by a disc of this radius (share of the height)."""
    step = max(1, int(radius * canvas.h / 7))
    w, h = max(8, canvas.w // step), max(8, canvas.h // step)
    kernel = _kernel(max(1.0, radius * canvas.h / step))
    reach = kernel.shape[0] // 2
    shape = (h + 4 * reach, w + 4 * reach)
    transfer = np.fft.rfft2(kernel, s=shape)
    for i in range(3):
        small = np.pad(_shrink(np.ascontiguousarray(canvas.px[..., i]), w, h), reach, mode="edge")
        done = np.fft.irfft2(np.fft.rfft2(small, s=shape) * transfer, s=shape)
        part = done[2 * reach : 2 * reach + h, 2 * reach : 2 * reach + w].astype(np.float32)
        canvas.px[..., i] = np.maximum(enlarge(part, canvas.w, canvas.h), 0)


def bloom(light: Floats, threshold: float, amount: float) -> Floats:
    """Give the haze that bright places spread, to be added to the picture."""
    h, w = light.shape[:2]
    sw, sh = max(8, w // 16), max(8, h // 16)
    out = np.empty_like(light)
    fy = np.fft.fftfreq(sh * 2)[:, None] * sh
    fx = np.fft.rfftfreq(sw * 2)[None, :] * sh
    spread = np.exp(-((fx**2 + fy**2) / 9.0)) * 0.6 + np.exp(-((fx**2 + fy**2) / 120.0)) * 0.4
    for i in range(3):
        bright = np.clip(light[..., i] - threshold, 0, 3)
        small = np.pad(_shrink(bright, sw, sh), ((0, sh), (0, sw)), mode="symmetric")
        soft = np.fft.irfft2(np.fft.rfft2(small) * spread, s=small.shape)[:sh, :sw]
        out[..., i] = enlarge(soft.astype(np.float32), w, h)
    return out * np.float32(amount)


def bokeh(canvas: Canvas, spots: list[tuple[float, float, float]], colours: list[Colour], gain: float = 0.5) -> None:
    """Add discs of light at (x, y, radius), each with a soft inside and a finer rim."""
    for x, y, r in spots:
        one, other = canvas.rng.integers(0, len(colours), 2)
        pick = mix(colours[int(one)], colours[int(other)], float(canvas.rng.random()))
        strength = gain * float(canvas.rng.uniform(0.35, 1.0))
        canvas.lay(canvas.disc(x, y, r, blur=r * 0.05), lin(pick, 0.72), strength, add=True)
        canvas.lay(canvas.disc(x, y, r * 0.86, blur=r * 0.12), lin(pick, -0.16), strength, add=True)
