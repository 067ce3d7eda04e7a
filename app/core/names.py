"""File names as people may have given them, made safe for headers, archives and every file system."""

import unicodedata

MAX_BYTES = 180  # of UTF-8; leaves room for " (2)" below the 255 of most file systems
_FORBIDDEN = frozenset('/\\<>:"|?*%')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


def clean_file_name(name: str, fallback: str = "file") -> str:
    """One path segment without control, direction and forbidden characters; `fallback` when nothing is left."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        "_" if char in _FORBIDDEN else char
        for char in unicodedata.normalize("NFC", last)
        if not unicodedata.category(char).startswith("C")
    )
    stem, suffix = split_suffix(" ".join(kept.split()).lstrip(". ").rstrip(". "))
    if stem.partition(".")[0].casefold() in _DEVICES:
        stem = f"_{stem}"
    stem = _cut(stem, MAX_BYTES - len(suffix.encode())).rstrip(". ")
    return stem + suffix if stem else fallback


def split_suffix(name: str) -> tuple[str, str]:
    """("IMG_1", ".jpg"); what is longer than ten characters after the last dot is no suffix."""
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or not 0 < len(suffix) <= 10:
        return name, ""
    return stem, dot + suffix


def clean_path(path: str, fallback: str = "file") -> str:
    """A relative path of clean segments: never upward, never absolute."""
    segments = [s for s in path.replace("\\", "/").split("/") if s.strip(". ")]
    return "/".join(clean_file_name(s, fallback) for s in segments) or fallback


def make_unique(names: list[str]) -> list[str]:
    """The same names in the same order; a second one of a name (whatever its case) becomes `name (2).jpg`."""
    taken = {name.casefold() for name in names}
    seen: set[str] = set()
    unique: list[str] = []
    for name in names:
        chosen, n = name, 1
        while chosen.casefold() in seen or (n > 1 and chosen.casefold() in taken):
            n += 1
            folder, slash, last = name.rpartition("/")
            stem, suffix = split_suffix(last)
            chosen = f"{folder}{slash}{stem} ({n}){suffix}"
        seen.add(chosen.casefold())
        unique.append(chosen)
    return unique


def _cut(text: str, size: int) -> str:
    return text.encode()[: max(0, size)].decode(errors="ignore")
