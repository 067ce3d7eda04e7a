"""Reads what the camera wrote. Whatever a hostile block holds, the answer is a clean Metadata and maybe a warning."""

import math
import re
import warnings as python_warnings
from datetime import datetime
from typing import Any

from PIL import Image

from pipelines.model import Metadata

_EXIF_IFD, _GPS_IFD, _INTEROP_IFD = 0x8769, 0x8825, 0xA005
_MAKE, _MODEL, _ORIENTATION, _DATE, _RATING, _DNG_SERIAL = 0x010F, 0x0110, 0x0112, 0x0132, 0x4746, 0xC62F
_SHUTTER, _APERTURE, _ISO, _DATE_ORIGINAL, _FOCAL, _SUBSECONDS = 0x829A, 0x829D, 0x8827, 0x9003, 0x920A, 0x9291
_OFFSET, _OFFSET_ORIGINAL, _BODY_SERIAL, _LENS_SERIAL, _LENS = 0x9010, 0x9011, 0xA431, 0xA435, 0xA434
_LONGEST = 200
_LARGEST_BLOCK = 64 << 20
_WALL_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")
_UTC_OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
_XMP_RATING = re.compile(rb"xmp:Rating(?:=[\"']|>)\s*(-?\d)")

Tags = dict[int, Any]


def clean(value: object) -> str:
    """Make any tag's value a short, printable string."""
    if isinstance(value, tuple):
        value = value[0] if value else ""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = "".join(c if c.isprintable() else " " for c in text.split("\0", 1)[0])
    return " ".join(text.split())[:_LONGEST]


def _number(value: object, low: float, high: float) -> float | None:
    """Read a finite number within bounds, or nothing."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    try:
        number = float(value)  # type: ignore[arg-type]  # anything may stand there: that is what the guard is for
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) and low <= number <= high else None


def _whole(value: object, low: int, high: int) -> int | None:
    number = _number(value, low, high)
    return None if number is None else int(number)


def wall_time(value: object, subseconds: object = "") -> str | None:
    """Read an EXIF date as a naive ISO string; None for a date that never was."""
    found = _WALL_TIME.match(clean(value))
    if not found:
        return None
    try:
        year, month, day, hour, minute, second = (int(part) for part in found.groups())
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # the camera's wall clock has no zone
    except ValueError:
        return None
    digits = clean(subseconds)
    fraction = digits[:6].ljust(6, "0") if digits.isascii() and digits.isdigit() else ""
    return moment.replace(microsecond=int(fraction or 0)).isoformat() if moment.year >= 1900 else None


def _offset(value: object) -> str | None:
    text = clean(value)
    return text if _UTC_OFFSET.fullmatch(text) else None


def _tags(block: bytes) -> tuple[Tags, Tags, Tags, bool]:
    """Read the main, EXIF and GPS directories, and whether all could be read."""
    main: Tags = {}
    parts: list[Tags] = [{}, {}]
    whole = True
    exif = Image.Exif()
    with python_warnings.catch_warnings(record=True) as remarks:
        python_warnings.simplefilter("always")
        try:
            exif.load(block[:_LARGEST_BLOCK])
        except Exception:  # noqa: BLE001  # a hostile block raises anything
            whole = False
        for number, ifd in enumerate((_EXIF_IFD, _GPS_IFD)):
            try:
                parts[number] = dict(exif.get_ifd(ifd))
            except Exception:  # noqa: BLE001  # see above
                whole = False
        for tag in (_MAKE, _MODEL, _ORIENTATION, _DATE, _RATING, _DNG_SERIAL):
            try:
                main[tag] = exif.get(tag)
            except Exception:  # noqa: BLE001  # see above
                whole = False
    return main, parts[0], parts[1], whole and not remarks


def is_adobe_rgb(block: bytes) -> bool:
    """Tell whether a camera says "Adobe RGB" the way of the DCF rules, by a mark and without a profile."""
    if b"R03\0" not in block[:_LARGEST_BLOCK]:
        return False
    exif = Image.Exif()
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")
        try:
            exif.load(block[:_LARGEST_BLOCK])
            return clean(exif.get_ifd(_INTEROP_IFD).get(1) or "") == "R03"
        except Exception:  # noqa: BLE001  # a hostile block raises anything
            return False


def _rating(main: Tags, xmp: bytes) -> int | None:
    found = _XMP_RATING.search(xmp)
    return _whole(int(found[1]) if found else main.get(_RATING), 0, 5)


def read_metadata(block: bytes, xmp: bytes = b"") -> tuple[Metadata, bool]:
    """Read a TIFF-shaped EXIF block and an XMP packet; the second value says whether the block was sound."""
    has_block = len(block) >= 8
    main, exif, gps, whole = _tags(block) if has_block else ({}, {}, {}, not block)
    written = main.get(_ORIENTATION)
    orientation = _whole(written, 1, 8)
    captured = exif.get(_DATE_ORIGINAL) or main.get(_DATE)
    captured_at = wall_time(captured, exif.get(_SUBSECONDS) or "")
    sound = whole and (written in {None, 0} or orientation is not None) and (not captured or captured_at is not None)
    return Metadata(
        camera_make=clean(main.get(_MAKE) or ""),
        camera_model=clean(main.get(_MODEL) or ""),
        lens=clean(exif.get(_LENS) or ""),
        iso=_whole(exif.get(_ISO), 1, 10_000_000),
        shutter=_number(exif.get(_SHUTTER), 1e-7, 1e6),
        aperture=_number(exif.get(_APERTURE), 0.1, 1000),
        focal=_number(exif.get(_FOCAL), 0.1, 100_000),
        captured_at=captured_at,
        utc_offset=_offset(exif.get(_OFFSET_ORIGINAL) or exif.get(_OFFSET) or ""),
        orientation=orientation or 1,
        has_gps=bool(gps.keys() - {0}) or b"GPSLatitude" in xmp,
        has_serial=any(
            clean(value or "") for value in (exif.get(_BODY_SERIAL), exif.get(_LENS_SERIAL), main.get(_DNG_SERIAL))
        )
        or b"SerialNumber" in xmp,
        rating=_rating(main, xmp),
    ), sound
