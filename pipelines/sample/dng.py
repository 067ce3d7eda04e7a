"""A raw file as DNG: Bayer mosaic of 14 bits, colour matrix, white balance, preview."""

import io
import struct
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.sample import exif
from pipelines.sample.colour import decode
from pipelines.sample.plan import OFFSET, Frame

BLACK, WHITE = 512, 15871
# how this camera sees: XYZ under daylight to its own red, green and blue
CAMERA = np.array([[0.7034, -0.0804, -0.1014], [-0.4420, 1.2564, 0.2058], [-0.0851, 0.1994, 0.5758]])
SRGB_TO_XYZ = np.array([[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]])
PREVIEW = 2128  # long edge of the preview, in pixels
Pixels = NDArray[np.uint8]
Field = tuple[int, int, Sequence[int | Fraction] | bytes]  # tag, type, values
BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL = 1, 2, 3, 4, 5, 7, 10
_PACK = {SHORT: "H", LONG: "I", RATIONAL: "II", SRATIONAL: "ii"}


def mosaic(picture: Pixels) -> NDArray[np.uint16]:
    """Turn an sRGB picture (rows x columns x 3) into what the sensor saw, RGGB."""
    table = decode((np.arange(256) / 255).astype(np.float32))
    sees = CAMERA @ SRGB_TO_XYZ
    sees = sees / sees.sum(1).max()
    out = np.empty(picture.shape[:2], np.uint16)
    for row, col, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        light = table[picture[row::2, col::2]] @ sees[channel].astype(np.float32)
        out[row::2, col::2] = np.clip(light * (WHITE - BLACK) + BLACK + 0.5, 0, WHITE).astype(np.uint16)
    # LibRaw takes the brightest photosite for white where none reaches it: one corner always does
    out[:2, :2] = WHITE
    return out


def neutral() -> list[Fraction]:
    """Give the camera's answer to white, its strongest channel being 1."""
    sees = (CAMERA @ SRGB_TO_XYZ).sum(1)
    return [Fraction(float(v / sees.max())).limit_denominator(100000) for v in sees]


def _packed(kind: int, values: Sequence[int | Fraction] | bytes) -> tuple[int, bytes]:
    """Give the count and the bytes of a field."""
    if isinstance(values, bytes):
        return len(values), values
    out = b""
    for value in values:
        parts = (value.numerator, value.denominator) if kind in {RATIONAL, SRATIONAL} else (int(value),)
        out += struct.pack("<" + _PACK[kind], *parts)
    return len(values), out


def directory(fields: Sequence[Field], start: int) -> bytes:
    """Lay out one TIFF directory that will stand at offset `start`, its long values right behind it."""
    tail_at = start + 2 + 12 * len(fields) + 4
    head, tail = struct.pack("<H", len(fields)), b""
    for tag, kind, values in sorted(fields, key=lambda f: f[0]):
        count, body = _packed(kind, values)
        if len(body) <= 4:
            slot = body.ljust(4, b"\0")
        else:
            slot = struct.pack("<I", tail_at + len(tail))
            tail += body + b"\0" * (len(body) % 2)
        head += struct.pack("<HHI", tag, kind, count) + slot
    return head + struct.pack("<I", 0) + tail


def _strip(width: int, height: int, at: int, size: int) -> list[Field]:
    """Describe where the single strip of an image stands."""
    return [(256, LONG, [width]), (257, LONG, [height]), (273, LONG, [at]), (278, LONG, [height]), (279, LONG, [size])]


def _camera(frame: Frame, orientation: int) -> list[Field]:
    """Describe camera and colours, for the first directory."""
    stamp, _ = exif.moment(frame)
    matrix = [Fraction(float(v)).limit_denominator(10000) for v in CAMERA.ravel()]
    return [
        (271, ASCII, exif.MAKE.encode() + b"\0"),
        (272, ASCII, exif.MODEL.encode() + b"\0"),
        (274, SHORT, [orientation]),
        (305, ASCII, b"SL-1 1.00\0"),
        (306, ASCII, stamp.encode() + b"\0"),
        (50706, BYTE, bytes([1, 4, 0, 0])),
        (50707, BYTE, bytes([1, 1, 0, 0])),
        (50708, ASCII, f"{exif.MAKE} {exif.MODEL}".encode() + b"\0"),
        (50721, SRATIONAL, matrix),
        (50728, RATIONAL, neutral()),
        (50778, SHORT, [21]),
    ]


def _settings(frame: Frame) -> list[Field]:
    """Describe exposure and time, for the EXIF directory."""
    scene = frame.scene
    stamp, fraction = (text.encode() + b"\0" for text in exif.moment(frame))
    zone = OFFSET.encode() + b"\0"
    return [
        (0x829A, RATIONAL, [Fraction(1, scene.shutter)]),
        (0x829D, RATIONAL, [Fraction(scene.aperture).limit_denominator(10)]),
        (0x8827, SHORT, [scene.iso]),
        (0x9000, UNDEFINED, b"0232"),
        (0x9003, ASCII, stamp),
        (0x9004, ASCII, stamp),
        (0x9010, ASCII, zone),
        (0x9011, ASCII, zone),
        (0x9012, ASCII, zone),
        (0x9291, ASCII, fraction),
        (0x9292, ASCII, fraction),
        (0x920A, RATIONAL, [Fraction(scene.focal)]),
        (0xA434, ASCII, exif.LENS.encode() + b"\0"),
    ]


def _sensor(cols: int, rows: int, raw_at: int, length: int) -> list[Field]:
    """List the tags of the sensor's own picture."""
    return [
        *_strip(cols, rows, raw_at, length),
        (254, LONG, [0]),
        (258, SHORT, [16]),
        (259, SHORT, [1]),
        (262, SHORT, [32803]),
        (277, SHORT, [1]),
        (284, SHORT, [1]),
        (33421, SHORT, [2, 2]),
        (33422, BYTE, bytes([0, 1, 1, 2])),
        (50710, BYTE, bytes([0, 1, 2])),
        (50711, SHORT, [1]),
        (50714, SHORT, [BLACK]),
        (50717, SHORT, [WHITE]),
    ]


def _view(size: tuple[int, int], shown_at: int, length: int) -> list[Field]:
    """List the tags of the preview."""
    return [
        *_strip(*size, shown_at, length),
        (254, LONG, [1]),
        (258, SHORT, [8, 8, 8]),
        (259, SHORT, [7]),
        (262, SHORT, [6]),
        (277, SHORT, [3]),
        (284, SHORT, [1]),
        (529, RATIONAL, [Fraction(299, 1000), Fraction(587, 1000), Fraction(114, 1000)]),
    ]


def write(picture: Pixels, frame: Frame, orientation: int) -> bytes:
    """Make a DNG of a picture as the sensor lies (not turned); even width and height."""
    rows, cols = picture.shape[:2]
    raw = mosaic(picture).tobytes()
    image = Image.fromarray(picture)
    preview, small = image.copy(), image.copy()
    preview.thumbnail((PREVIEW, PREVIEW))
    small.thumbnail((256, 256))
    buffer = io.BytesIO()
    preview.save(buffer, "JPEG", quality=90)
    shown, thumb = buffer.getvalue(), small.tobytes()
    shown_at = 8
    thumb_at = shown_at + len(shown) + len(shown) % 2
    raw_at = thumb_at + len(thumb) + len(thumb) % 2
    first_sub = raw_at + len(raw)
    sensor = directory(_sensor(cols, rows, raw_at, len(raw)), first_sub)
    view_at = first_sub + len(sensor)
    view = directory(_view(preview.size, shown_at, len(shown)), view_at)
    settings_at = view_at + len(view)
    settings = directory(_settings(frame), settings_at)
    main_at = settings_at + len(settings)
    main = directory(
        [
            *_strip(*small.size, thumb_at, len(thumb)),
            (254, LONG, [1]),
            (258, SHORT, [8, 8, 8]),
            (259, SHORT, [1]),
            (262, SHORT, [2]),
            (277, SHORT, [3]),
            (284, SHORT, [1]),
            (330, LONG, [first_sub, view_at]),
            (34665, LONG, [settings_at]),
            *_camera(frame, orientation),
        ],
        main_at,
    )
    even = b"\0"
    body = shown + even * (len(shown) % 2) + thumb + even * (len(thumb) % 2) + raw + sensor + view + settings + main
    return struct.pack("<2sHI", b"II", 42, main_at) + body
