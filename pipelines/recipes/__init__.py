"""What a rendition is to look like: plain data, read by everyone, importing no image library."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

ENGINE: int = 1
"""Raised when a library or a step changes the bytes that the same recipe makes."""

FONT_SHA256 = "a30aae3826607e3138485700915911ed80d64604448b880f336d40a822d9deef"
"""The vendored watermark font; a new one gives new recipe hashes."""

Basis = Literal["image", "preview", "half"]
"""Where the pixels came from: a plain image, the preview inside a RAW file, the development of a RAW file."""


class Watermark(msgspec.Struct, frozen=True, kw_only=True):
    """Text repeated over the whole picture."""

    text: str
    opacity: float = 0.30  # of the light face; its dark rim follows
    scale: float = 0.030  # height of the letters, as a part of the long side
    angle: float = 30.0  # degrees, counter-clockwise
    font_sha256: str = FONT_SHA256


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A preset edit. Every number is 0 for "as it is", except where noted."""

    name: str
    exposure: float = 0.0  # stops
    contrast: float = 0.0  # -1 … 1
    saturation: float = 0.0  # -1 (grey) … 1
    temperature: float = 0.0  # -1 (cold) … 1 (warm)
    tint: float = 0.0  # -1 (green) … 1 (magenta)
    fade: float = 0.0  # 0 … 1: blacks lifted
    curve: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))  # points of the tone curve, rising x
    shadows: tuple[float, float, float] = (0.0, 0.0, 0.0)  # R, G, B added to the darks, -1 … 1
    highlights: tuple[float, float, float] = (0.0, 0.0, 0.0)  # R, G, B added to the lights, -1 … 1


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """One rendition: its size, its edit, its mark and its encoding."""

    name: str
    long_side: int  # pixels; a smaller picture stays as it is
    quality: int
    format: str = "jpeg"
    look: Look | None = None
    watermark: Watermark | None = None
    sharpen: float = 0.0  # 0 … 1


def recipe_hash(recipe: Recipe, basis: Basis) -> str:
    """Name the bytes a recipe makes: 16 hex characters over the resolved recipe, the font, ENGINE and the basis."""
    resolved = {"engine": ENGINE, "basis": basis, "recipe": msgspec.to_builtins(recipe)}
    return hashlib.sha256(msgspec.json.encode(resolved, order="sorted")).hexdigest()[:16]


LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        look.name: look
        for look in (
            Look(
                name="warm",
                exposure=0.08,
                contrast=0.12,
                temperature=0.14,
                tint=0.03,
                fade=0.08,
                curve=((0.0, 0.0), (0.25, 0.245), (0.5, 0.52), (0.75, 0.775), (1.0, 1.0)),
                shadows=(0.0, 0.01, 0.02),
                highlights=(0.02, 0.01, -0.03),
            ),
            Look(
                name="airy",
                exposure=0.28,
                contrast=-0.08,
                saturation=-0.06,
                temperature=0.04,
                fade=0.14,
                curve=((0.0, 0.02), (0.25, 0.31), (0.5, 0.58), (0.75, 0.80), (1.0, 1.0)),
                highlights=(0.01, 0.01, 0.0),
            ),
            Look(
                name="film",
                contrast=0.14,
                saturation=-0.10,
                temperature=0.06,
                tint=-0.03,
                fade=0.22,
                shadows=(-0.02, 0.01, 0.04),
                highlights=(0.04, 0.02, -0.04),
            ),
            Look(name="clear", exposure=0.05, contrast=0.16, saturation=0.12, temperature=-0.04),
            Look(name="mono", contrast=0.18, saturation=-1.0, fade=0.06),
        )
    }
)
"""The presets a studio starts with."""

DEFAULT_LOOK = "warm"
ON_PHONES = "-phone"
"""Ends the name of a rendition that phones show in the place of the one before the hyphen."""
PHONE_SIDE = 1080


def standard_recipes(*, watermark_text: str, look: Look | None = None) -> tuple[Recipe, ...]:
    """Give the renditions of every photo: `grid`, the marked `proof`, the edited and marked `look`, a phone's."""
    mark = Watermark(text=watermark_text) if watermark_text.strip() else None
    edit = look or LOOKS[DEFAULT_LOOK]
    return (
        Recipe(name="grid", long_side=400, quality=82, sharpen=0.35),
        Recipe(name="proof", long_side=2048, quality=86, watermark=mark),
        Recipe(name="look", long_side=2048, quality=86, look=edit, watermark=mark),
        Recipe(name="look" + ON_PHONES, long_side=PHONE_SIDE, quality=78, look=edit, watermark=mark),
    )
