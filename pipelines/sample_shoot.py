"""A shoot for demonstrations and tests, drawn by the program: no photograph of anybody is needed."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

import numpy as np
import rawpy
from PIL import Image, ImageOps
from PIL.TiffImagePlugin import IFDRational

from pipelines.sample import shoot
from pipelines.sample.colour import decode, encode, smooth
from pipelines.sample.plan import Frame, Shot, frames

__all__ = ["Shot", "draw_shoot", "retouch", "shot_list"]

_KEPT = (0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x9291, 0x9292)  # capture time, its offset and fractions


def shot_list(*, photos: int = 24, raws: int = 2, seed: int = 7) -> tuple[Shot, ...]:
    """List the shoot in the order it was taken; beyond 24 photos and 2 raw files scenes come again, varied."""
    return tuple(frame.shot for frame in frames(photos, raws, seed))


def draw_shoot(
    folder: Path,
    *,
    photos: int = 24,
    raws: int = 2,
    seed: int = 7,
    workers: int | None = None,
    scale: float = 1.0,
    on_done: Callable[[Shot, int, int], None] | None = None,
) -> list[Path]:
    """Write the shoot into a folder and give its files in order; what is there already is kept.

    `scale` below 1 makes small pictures. `on_done(shot, done, total)` is told of each file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan = frames(photos, raws, seed)
    count = min(len(plan), workers if workers is not None else min(4, os.cpu_count() or 1))
    if count <= 1:
        for done, frame in enumerate(plan, 1):
            shoot.write(frame, folder, scale)
            if on_done:
                on_done(frame.shot, done, len(plan))
    else:
        _draw_together(plan, folder, scale, count, on_done)
    return [folder / frame.shot.name for frame in plan]


def _draw_together(
    plan: tuple[Frame, ...],
    folder: Path,
    scale: float,
    count: int,
    on_done: Callable[[Shot, int, int], None] | None,
) -> None:
    """Draw in several processes; fresh ones, since a forked libvips may hang."""
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(shoot.write, frame, folder, scale): frame.shot for frame in plan}
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                future.result()
                if on_done:
                    on_done(waiting[future], done, len(plan))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _opened(source: Path) -> tuple[Image.Image, Image.Exif]:
    """Open a JPEG or DNG upright, with its EXIF."""
    with Image.open(source) as image:
        exif = image.getexif()
        exif.get_ifd(0x8769)
        if source.suffix.lower() != ".dng":
            return ImageOps.exif_transpose(image).convert("RGB"), exif
    with rawpy.imread(str(source)) as raw:
        pixels = raw.postprocess(use_camera_wb=True, no_auto_bright=True, gamma=(2.4, 12.92), output_bps=8)
    return Image.fromarray(pixels), exif


def retouch(source: Path, target: Path) -> None:
    """Make a finished file of a JPEG or DNG, as a retoucher would: warm middle tones lifted, gentle contrast.

    Upright, same size, JPEG of quality 95; keeps capture time, make and model, and drops all the rest.
    """
    image, old = _opened(source)
    table = decode((np.arange(256) / 255).astype(np.float32))
    done = np.empty((image.height, image.width, 3), np.uint8)
    pixels = np.asarray(image)
    for top in range(0, image.height, 256):
        light = table[pixels[top : top + 256]]
        grey = light @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        warm = smooth(0.0, 0.25, light[..., 0] - light[..., 2])
        lift = 1.08 + 0.14 * warm * smooth(0.02, 0.2, grey) * smooth(0.95, 0.5, grey)
        tone = encode(np.clip(light * lift[..., None], 0, 1))
        tone += 0.05 * np.sin((tone - 0.5) * 2 * np.pi)
        done[top : top + 256] = (np.clip(tone, 0, 1) * 255 + 0.5).astype(np.uint8)
    exif = Image.Exif()
    exif.update({tag: old[tag] for tag in (0x010F, 0x0110, 0x0132) if tag in old})
    inner, kept = exif.get_ifd(0x8769), old.get_ifd(0x8769)
    inner.update({tag: kept[tag] for tag in _KEPT if tag in kept and not isinstance(kept[tag], IFDRational)})
    part = target.with_name(f".{target.name}.{uuid4().hex}.part")
    try:
        Image.fromarray(done).save(part, "JPEG", quality=95, subsampling=0, exif=exif)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
