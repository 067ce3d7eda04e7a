"""From light to a photograph: bloom, vignette, film curve, camera size and grain."""

from dataclasses import dataclass

import numpy as np
import pyvips

from pipelines.sample.canvas import Canvas
from pipelines.sample.colour import Floats, encode, lin
from pipelines.sample.lens import bloom


@dataclass(frozen=True)
class Film:
    """How a picture is printed; colours tint the deepest shadows and the brightest lights."""

    exposure: float = 1.0
    vignette: float = 0.28
    bloom: float = 0.35
    fade: float = 0.028
    shadow: str = "#28323c"
    light: str = "#fff6e6"
    grain: float = 3.4
    colour: float = 0.94


def develop(canvas: Canvas, film: Film) -> Floats:
    """Turn the canvas into sRGB values of 0 to 1, still at the canvas' size."""
    light = canvas.px * np.float32(film.exposure)
    light += bloom(light, 0.55, film.bloom)
    y = (canvas.ys - 0.5)[:, None]
    x = ((canvas.xs - canvas.aspect / 2) / max(1.0, canvas.aspect))[None, :]
    light *= (1 - film.vignette * np.clip((x * x + y * y) * 2.0, 0, 1) ** 1.2)[..., None]
    grey = light @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    light = grey[..., None] + (light - grey[..., None]) * np.float32(film.colour)
    np.clip(light, 0, None, out=light)
    # straight up to 0.7, then a shoulder that never quite reaches white
    over = light > 0.7
    light[over] = 0.7 + 0.3 * (1 - np.exp((0.7 - light[over]) / 0.3))
    out = encode(np.asarray(light, np.float32))
    shadow, bright = encode(lin(film.shadow)), encode(lin(film.light))
    out *= (1 - film.fade) * bright
    out += shadow * np.float32(film.fade) * 3.0 * (1 - out) ** 3
    return np.clip(out, 0, 1)


def grain_tile(rng: np.random.Generator, size: int = 768) -> Floats:
    """Make a seamless square of film grain: mostly brightness, a little colour, not finer than two points."""
    fy, fx = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :]
    soft = np.exp(-(fx**2 + fy**2) * 9.0)
    layers = []
    for _ in range(4):
        field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((size, size))) * soft, s=(size, size))
        layers.append(field / field.std())
    return np.stack([layers[0] * 0.92 + layers[i] * 0.4 for i in (1, 2, 3)], 2).astype(np.float32)


def enlarge_print(values: Floats, width: int, height: int, film: Film, seed: int) -> pyvips.Image:
    """Bring sRGB values of 0 to 1 to camera size and add grain; gives floats of 0 to 255."""
    h, w = values.shape[:2]
    picture = pyvips.Image.new_from_memory((values * 255).astype(np.float32).data, w, h, 3, "float")
    if (w, h) != (width, height):
        picture = picture.resize(width / w, vscale=height / h, kernel="cubic")
        picture = picture.crop(0, 0, width, height)
    tile = grain_tile(np.random.default_rng(seed))
    size = tile.shape[0]
    grain = pyvips.Image.new_from_memory(tile.data, size, size, 3, "float")
    grain = grain.replicate(width // size + 1, height // size + 1).crop(0, 0, width, height)
    # strongest in the middle tones, hardly any in white
    weight = (picture * -1 + 255) * (picture + 60) * (1 / 24000)
    return picture + grain * weight * film.grain


def as_bytes(picture: pyvips.Image) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """Round a float picture of 0 to 255 to bytes, rows x columns x 3."""
    done = picture.rint().cast("uchar")
    return np.ndarray((done.height, done.width, 3), np.uint8, done.write_to_memory())
