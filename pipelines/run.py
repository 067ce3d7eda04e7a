"""One file in, its renditions out: decoded once, turned once, converted once, then cut to every recipe."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pipelines.decode import Decoded, Job, decode
from pipelines.model import Limits, Metadata, RenditionFile, Result, Warning  # noqa: A004  # the word the whole product uses
from pipelines.picture import Picture, fitted
from pipelines.recipes import Basis, Recipe, recipe_hash
from pipelines.sniff import Format, sniff, suffix_fits
from pipelines.steps.colour import to_srgb
from pipelines.steps.encode import CONTENT_TYPES, SUFFIXES, encode
from pipelines.steps.look import apply_look
from pipelines.steps.orient import upright, upright_size
from pipelines.steps.resize import sharpen, shrink, shrink_image
from pipelines.steps.watermark import apply_watermark
from pipelines.thumbhash import LARGEST, thumbhash

__all__ = ["Limits", "Metadata", "RenditionFile", "Result", "Warning", "render"]

_GRID = 400
LADDER = (2048, 4096, 8192, 1 << 20)
"""Working sizes (long side, pixels); the last one is the full picture."""


def _rung(long_side: int) -> int:
    """Choose the working size of a recipe: fixed steps, so that its bytes do not hang on the recipes beside it."""
    return next((step for step in LADDER if long_side <= step), LADDER[-1])


def _base(picture: Picture, rung: int) -> Image.Image:
    """Bring a decoded picture to its working size, sRGB, upright."""
    size = fitted(picture.width, picture.height, rung)
    covered = (picture.width * picture.scale, picture.height * picture.scale)
    image = Image.fromarray(shrink(picture.pixels, size, covered), picture.mode)
    return upright(to_srgb(image, picture), picture.orientation)


class Cuts:
    """One base and the smaller pictures made of it, each once."""

    def __init__(self, base: Image.Image) -> None:
        self._base = base
        self._made: dict[tuple[int, int], Image.Image] = {}

    def to(self, long_side: int) -> Image.Image:
        """Give the picture that fits a long side."""
        size = fitted(*self._base.size, long_side)
        if size not in self._made:
            self._made[size] = shrink_image(self._base, size)
        return self._made[size]

    def placeholder(self) -> str:
        """Hash the picture, by way of the grid's size, which is mostly there already."""
        small = self.to(_GRID)
        return thumbhash(np.asarray(shrink_image(small, fitted(*small.size, LARGEST))))


def _store(data: bytes, path: Path) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def _rendition(image: Image.Image, recipe: Recipe, basis: Basis, out: Path) -> RenditionFile:
    """Edit, mark, encode and store one sharpened image."""
    if recipe.look:
        image = apply_look(image, recipe.look)
    pixels = np.asarray(image)
    if recipe.watermark:
        pixels = apply_watermark(pixels, recipe.watermark)
    data = encode(pixels, recipe)
    named = recipe_hash(recipe, basis)
    path = out / f"{recipe.name}-{named}{SUFFIXES[recipe.format]}"
    _store(data, path)
    return RenditionFile(
        recipe=recipe.name,
        recipe_hash=named,
        path=str(path),
        width=image.width,
        height=image.height,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        content_type=CONTENT_TYPES[recipe.format],
    )


def _renditions(cuts: Cuts, recipes: Iterable[Recipe], basis: Basis, out: Path) -> list[RenditionFile]:
    """Cut every recipe from one base; recipes of one size and sharpness share that step."""
    sharp: dict[tuple[int, int, float], Image.Image] = {}
    made = []
    for recipe in recipes:
        cut = cuts.to(recipe.long_side)
        key = (*cut.size, recipe.sharpen)
        if key not in sharp:
            sharp[key] = sharpen(cut, recipe.sharpen)
        made.append(_rendition(sharp[key], recipe, basis, out))
    return made


def _note_oddities(decoded: Decoded, kind: Format, source: Path) -> None:
    """Note what is odd about the file but does not spoil the picture."""
    if not decoded.sound:
        decoded.picture.warn("odd_exif")
    if not suffix_fits(kind, source.name):
        decoded.picture.warn("wrong_extension", format=kind)


def render(
    source: Path, recipes: Sequence[Recipe], out: Path, *, limits: Limits | None = None, develop: bool = False
) -> Result:
    """Make every rendition of one file in the folder `out`.

    A RAW file gives its embedded preview at once if that is large enough (`wants_development` says that a better one
    can be had), or with `develop` its development. Raises Refused, with a code, for a file that is at fault itself.
    """
    data = source.read_bytes()
    kind = sniff(data, source.name)
    out.mkdir(parents=True, exist_ok=True)
    # One decode for every recipe up to 2048 px, which is all of them unless a recipe asks for more.
    rungs = sorted({_rung(recipe.long_side) for recipe in recipes} or {LADDER[0]})
    job = Job(data=data, kind=kind, limits=limits or Limits(), develop=develop)
    made: dict[str, RenditionFile] = {}
    first = decode(job, rungs[0])
    _note_oddities(first, kind, source)
    placeholder = ""
    for rung in rungs:
        decoded = first if rung == rungs[0] else decode(job, rung)
        cuts = Cuts(_base(decoded.picture, rung))
        placeholder = placeholder or cuts.placeholder()
        wanted = [recipe for recipe in recipes if _rung(recipe.long_side) == rung]
        made |= {file.recipe: file for file in _renditions(cuts, wanted, first.basis, out)}
    width, height = upright_size(first.width, first.height, first.turn)
    return Result(
        basis=first.basis,
        wants_development=first.wants_development,
        format=kind,
        width=width,
        height=height,
        thumbhash=placeholder,
        metadata=first.metadata,
        warnings=first.picture.warnings,
        renditions=[made[recipe.name] for recipe in recipes],
    )
