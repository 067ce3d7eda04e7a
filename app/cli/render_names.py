"""Which files `safelight render` takes, and what it calls what it makes of them."""

import os
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pipelines.sniff import PHOTO_SUFFIXES

_FORBIDDEN = frozenset('/\\:*?"<>|')
_LONGEST_STEM = 150  # bytes of UTF-8: leaves room for recipe and suffix on every file system


def printable(path: Path) -> str:
    """Give a path as text, whatever bytes its name is made of."""
    return os.fsencode(path).decode("utf-8", "replace")


def _walk(folder: Path, out: Path, recipes: Collection[str]) -> Iterator[Path]:
    """Give the photos below a folder, in order, passing over what an earlier run wrote there."""
    endings = tuple(f".{name}.jpg" for name in recipes)
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and (here / name).resolve() != out)
        for name in sorted(files):
            ours = here.resolve() == out and name.endswith(endings)
            if Path(name).suffix.lower() in PHOTO_SUFFIXES and not name.startswith(".") and not ours:
                yield here / name


def find_sources(named: Sequence[Path], out: Path, recipes: Collection[str]) -> list[Path]:
    """List every file named, and every photo in the folders named; each file once."""
    found: dict[Path, Path] = {}
    for path in named:
        for source in _walk(path, out.resolve(), recipes) if path.is_dir() else (path,):
            found.setdefault(source.resolve(), source)
    return list(found.values())


def _safe_stem(source: Path) -> str:
    """Make a file name of a file name that may hold anything."""
    text = unicodedata.normalize("NFC", os.fsencode(source.stem).decode("utf-8", "replace"))
    text = "".join("_" if c in _FORBIDDEN or not c.isprintable() else c for c in text).strip(". ")
    return text.encode("utf-8")[:_LONGEST_STEM].decode("utf-8", "ignore") or "photo"


def output_stems(sources: Sequence[Path]) -> list[str]:
    """Give every source a stem of its own, also on a file system that ignores case."""
    taken: set[str] = set()
    stems = []
    wanted = [_safe_stem(source) for source in sources]
    reserved = {stem.casefold() for stem in wanted}
    for stem in wanted:
        name, number = stem, 2
        while name.casefold() in taken or (number > 2 and name.casefold() in reserved):
            name, number = f"{stem}-{number}", number + 1
        taken.add(name.casefold())
        stems.append(name)
    return stems
