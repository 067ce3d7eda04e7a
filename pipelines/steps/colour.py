"""Brings a picture from whatever space it was written in to sRGB."""

import functools
import io
from typing import cast

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image, ImageCms

from pipelines.metadata import is_adobe_rgb
from pipelines.picture import Picture

_SPACES = {"L": "GRAY", "RGB": "RGB ", "CMYK": "CMYK"}
_PQ, _HLG, _BT2020, _P3 = 16, 18, 9, 12
_ADOBE, _GAMMA_2_2 = 0x1000, 0x1001  # numbers of our own, beyond those of H.273
_TO_SRGB = {
    _P3: ((1.22494, -0.22494, 0.0), (-0.042057, 1.042057, 0.0), (-0.019638, -0.078636, 1.098274)),
    _ADOBE: ((1.398286, -0.398286, 0.0), (0.0, 1.0, 0.0), (0.0, -0.042939, 1.042939)),
    _BT2020: ((1.660491, -0.587641, -0.07285), (-0.12455, 1.1329, -0.008349), (-0.018151, -0.100579, 1.11873)),
}
_SDR_WHITE, _PEAK = 203.0, 1000.0  # nits: paper white and the brightest highlight we keep apart from it


@functools.cache
def srgb_profile() -> bytes:
    """Give the sRGB profile that every rendition carries; the creation date is fixed, so that bytes repeat."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = b"\x07\xea\0\x01\0\x01\0\0\0\0\0\0"
    profile[84:100] = bytes(16)  # the checksum over the old date
    return bytes(profile)


@functools.cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))


@functools.lru_cache(maxsize=8)
def _transform(icc: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Build the way from a profile to sRGB; None if the profile is broken or of another kind of picture."""
    if len(icc) < 132 or int.from_bytes(icc[:4], "big") > len(icc):
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        if profile.profile.xcolor_space != _SPACES[mode]:
            return None
        return ImageCms.buildTransform(profile, _srgb(), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@functools.lru_cache(maxsize=8)
def _is_srgb(icc: bytes) -> bool:
    """Tell whether a profile is sRGB by another name: it moves no colour by more than a trace."""
    transform = _transform(icc, "RGB")
    if transform is None:
        return False
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(27, 27, 3)
    moved = np.abs(np.asarray(_applied(Image.fromarray(cube), transform)).astype(int) - cube)
    return bool(moved.max() <= 3 and moved.mean() <= 0.6)


def _applied(image: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    return cast("Image.Image", ImageCms.applyTransform(image, transform))


@functools.cache
def _print_profile() -> bytes:
    """The CMYK profile that libvips carries, for pictures that bring none."""
    return bytes(pyvips.Image.profile_load("cmyk"))


def _tone_curve(transfer: int) -> NDArray[np.float32]:
    """Light (1 = paper white) of each of the 256 values of a PQ, Adobe RGB or sRGB signal."""
    signal = np.arange(256) / 255
    if transfer == _PQ:
        m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
        root = signal ** (1 / m2)
        light = (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1) * 10_000 / _SDR_WHITE
    elif transfer == _GAMMA_2_2:
        light = signal ** (563 / 256)
    else:
        light = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


def _from_nclx(pixels: NDArray[np.uint8], primaries: int, transfer: int) -> Image.Image:
    """Bring wide or high-dynamic-range pixels to sRGB: highlights rolled off, colours clipped."""
    light = _tone_curve(transfer)[pixels]
    if transfer == _PQ:
        peak = light.max(axis=2, keepdims=True)
        white = _PEAK / _SDR_WHITE
        light *= (1 + peak / white**2) / (1 + peak)
    if primaries in _TO_SRGB:
        m = np.array(_TO_SRGB[primaries], dtype=np.float32)
        light = np.stack([light[..., 0] * r + light[..., 1] * g + light[..., 2] * b for r, g, b in m], axis=-1)
    light = np.clip(light, 0, 1)
    signal = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return Image.fromarray((signal * 255 + 0.5).astype(np.uint8))


def _untagged(image: Image.Image, picture: Picture) -> Image.Image:
    if picture.mode == "CMYK":
        picture.warn("cmyk_without_profile")
        transform = _transform(_print_profile(), "CMYK")
        return image.convert("RGB") if transform is None else _applied(image, transform)
    primaries, transfer = picture.nclx or (1, 13)
    if picture.nclx is None and picture.mode == "RGB" and is_adobe_rgb(picture.exif):
        primaries, transfer = _ADOBE, _GAMMA_2_2
    if picture.mode == "RGB" and (transfer == _PQ or primaries in _TO_SRGB):
        if transfer in {_PQ, _HLG}:
            picture.warn("clipped_hdr")
        return _from_nclx(np.asarray(image), primaries, transfer)
    return image if picture.mode == "RGB" else image.convert("RGB")


def to_srgb(image: Image.Image, picture: Picture) -> Image.Image:
    """Bring an image of the picture's mode to sRGB by its own profile; a broken profile counts as none."""
    if not picture.icc or any(warning.code == "bad_icc" for warning in picture.warnings):
        return _untagged(image, picture)
    if picture.mode == "RGB" and _is_srgb(picture.icc):
        return image
    transform = _transform(picture.icc, picture.mode)
    if transform is None:
        picture.warn("bad_icc")
        return _untagged(image, picture)
    return _applied(image, transform)
