"""Drawing one frame and writing it as the camera would."""

import io
import os
from pathlib import Path
from uuid import uuid4

import numpy as np
from PIL import Image

from pipelines.sample import dng, exif
from pipelines.sample.canvas import Canvas
from pipelines.sample.finish import as_bytes, develop, enlarge_print
from pipelines.sample.plan import Frame

WORK = 0.44  # pictures are composed at this share of camera size; grain is added at full size


def size_of(frame: Frame, scale: float) -> tuple[int, int]:
    """Give upright width and height in pixels, both even."""
    return tuple(max(64, round(v * scale / 2) * 2) for v in (frame.scene.width, frame.scene.height))  # type: ignore[return-value]


def paint(frame: Frame, scale: float) -> dng.Pixels:
    """Draw a frame upright at its size."""
    width, height = size_of(frame, scale)
    share = WORK if scale > 0.3 else 1.0
    canvas = Canvas(round(width * share), round(height * share), frame.seed)
    frame.scene.draw(canvas)
    values = develop(canvas, frame.scene.film)
    if frame.flip:
        values = np.ascontiguousarray(values[:, ::-1])
    return as_bytes(enlarge_print(values, width, height, frame.scene.film, frame.seed))


def as_stored(picture: dng.Pixels, turn: int) -> dng.Pixels:
    """Turn an upright picture to how a sensor held like that records it (orientation 1, 6 or 8)."""
    quarter = {1: 0, 6: 1, 8: 3}[turn]
    return np.ascontiguousarray(np.rot90(picture, quarter))


def render(frame: Frame, scale: float) -> bytes:
    """Draw a frame and encode it: JPEG of quality 90, or DNG."""
    stored = as_stored(paint(frame, scale), frame.scene.turn)
    if frame.shot.kind == "dng":
        return dng.write(stored, frame, frame.scene.turn)
    out = io.BytesIO()
    Image.fromarray(stored).save(out, "JPEG", quality=90, exif=exif.for_jpeg(frame, frame.scene.turn))
    return out.getvalue()


def complete(path: Path, frame: Frame, scale: float) -> bool:
    """Tell whether a frame of this name and size is there already, whole to its end."""
    if not path.is_file():
        return False
    width, height = size_of(frame, scale)
    if frame.shot.kind == "dng":
        return path.stat().st_size > width * height * 2
    stored = (width, height) if frame.scene.turn == 1 else (height, width)
    with path.open("rb") as file:
        file.seek(-2, os.SEEK_END)
        whole = file.read() == b"\xff\xd9"
    with Image.open(path) as image:
        taken = image.getexif().get_ifd(0x8769).get(0x9003)
        return whole and image.size == stored and taken == exif.moment(frame)[0]


def write(frame: Frame, folder: Path, scale: float) -> Path:
    """Write a frame into a folder: all of it or nothing."""
    target = folder / frame.shot.name
    if complete(target, frame, scale):
        return target
    part = folder / f".{frame.shot.name}.{uuid4().hex}.part"
    try:
        part.write_bytes(render(frame, scale))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target
