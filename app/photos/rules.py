"""Pure decisions about photos."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import msgspec

from app.photos.schemas import SCREEN_SIDE
from pipelines.recipes import DEFAULT_LOOK, LOOKS, ON_PHONES, Recipe, standard_recipes

ORIGINAL = "original"
RETOUCHED = "retouched"
PHOTO_ENDINGS = frozenset(
    {
        *("jpg", "jpeg", "jpe", "png", "tif", "tiff", "webp", "heic", "heif", "avif", "mpo"),
        *("dng", "arw", "cr2", "cr3", "crw", "nef", "nrw", "raf", "orf", "rw2", "pef", "srw", "kdc", "dcr", "mrw"),
        *("x3f", "3fr", "fff", "iiq", "mos", "mef", "erf", "sr2", "srf", "rwl", "gpr"),
    }
)
SCREEN = Recipe(
    name="screen", long_side=SCREEN_SIDE, quality=88, sharpen=0.2
)  # unmarked: staff, and customers after release
REVIEW_RECIPES = frozenset({"grid", "proof", "proof" + ON_PHONES})  # of a finished photo before its customer's word
CUSTOMER_RECIPES = REVIEW_RECIPES | {"look", "look" + ON_PHONES}
LONGEST_NAME = 200
LONGEST_PATH = 1000
MOST_BYTES = 4 << 30  # of one file
_CHIPS = re.compile(r"[a-z_]{1,24}")
LONGEST_REMARK = 1000


def clean_name(name: str) -> str:
    """Make a file's name fit to be shown and kept: its last part, without control and direction marks.

    Names are never paths; two that look alike stay two. An unusable one becomes "unnamed".
    """
    last = PurePosixPath(name.replace("\\", "/").replace("\0", "")).name
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    shown = unicodedata.normalize("NFC", shown).strip()
    if len(shown) > LONGEST_NAME:
        stem, dot, ending = shown.rpartition(".")
        keep_ending = dot and len(ending) <= 8
        shown = f"{stem[: LONGEST_NAME - 10]}…{dot}{ending}" if keep_ending else shown[:LONGEST_NAME]
    return shown if shown.strip(". ") else "unnamed"


def section_of(path: str) -> str:
    """Name the part of the shoot a file belongs to: the folders above it."""
    folders = [clean_name(part) for part in path.replace("\\", "/").split("/")[:-1] if part.strip(". ")]
    return clean_name(" · ".join(folders)) if folders else ""


def base_name(name: str) -> str:
    """Give the camera's name without its ending."""
    stem, dot, ending = name.rpartition(".")
    return stem if dot and stem and len(ending) <= 8 else name


def is_photo_name(name: str) -> bool:
    """Tell whether a name ends like a picture's (what is inside is looked at later)."""
    return name.rpartition(".")[2].lower() in PHOTO_ENDINGS


def sort_key(name: str, captured: datetime | None, clock_shift_s: int = 0) -> str:
    """Order a shoot by capture time, then by name; numbers in names count as numbers."""
    natural = re.sub(r"\d+", lambda found: found.group().lstrip("0").rjust(12, "0"), name.casefold())
    moment = "9" if captured is None else (captured + timedelta(seconds=clock_shift_s)).strftime("%Y%m%d%H%M%S%f")
    return f"{moment} {natural}"


def recipes_for(kind: str, watermark_text: str, look: str | None) -> tuple[Recipe, ...]:
    """Name a version's renditions: marked proofs, the order's look for originals, and an unmarked one to judge by.

    Phones get a smaller one of what their customer looks at: the look, or the proof where there is none.
    """
    edit = LOOKS.get(look or DEFAULT_LOOK) or LOOKS[DEFAULT_LOOK]
    standard = standard_recipes(watermark_text=watermark_text, look=edit)
    if kind == ORIGINAL and look:
        return (*standard, SCREEN)
    grid, proof, _, on_phones = standard
    return grid, proof, msgspec.structs.replace(on_phones, name=proof.name + ON_PHONES, look=None), SCREEN


def is_recipe_name(name: str) -> bool:
    """Tell whether a rendition could have this name at all ("original" is the file itself)."""
    return name in CUSTOMER_RECIPES | {SCREEN.name, "original"}


def stand_in(name: str) -> str | None:
    """Name the rendition that is shown where a phone's was never made."""
    return name.removesuffix(ON_PHONES) if name.endswith(ON_PHONES) else None


def clean_chips(chips: list[str]) -> list[str]:
    """Keep what can be a chip's key, each once, at most eight."""
    return list(dict.fromkeys(chip for chip in chips if _CHIPS.fullmatch(chip)))[:8]


def clean_point(x: float | None, y: float | None) -> tuple[float | None, float | None]:
    """Keep a point that lies on the picture; half a point is none."""
    if x is None or y is None or not (0 <= x <= 1 and 0 <= y <= 1):
        return None, None
    return round(x, 5), round(y, 5)


def customer_may_see(kind: str, recipe: str, *, offered: bool, released: bool) -> bool:
    """Tell what leaves to a customer: marked proofs; finished photos marked once offered, and whole once released."""
    if kind == RETOUCHED:
        return released or (offered and recipe in REVIEW_RECIPES)
    return recipe in CUSTOMER_RECIPES


def stars(details: Mapping[str, Any]) -> int:
    """Read the stars a file was given before it came here, 0 to 5."""
    found = details.get("rating")
    return found if isinstance(found, int) and 0 <= found <= 5 else 0


def describe(details: Mapping[str, Any]) -> dict[str, str]:
    """Write what a file says of itself for people: camera, lens, exposure."""
    make, model = str(details.get("camera_make", "")), str(details.get("camera_model", ""))
    camera = model if make and model.startswith(make.split(maxsplit=1)[0]) else f"{make} {model}".strip()
    shutter, aperture, focal = details.get("shutter"), details.get("aperture"), details.get("focal")
    parts = [
        (f"1/{round(1 / shutter)} s" if shutter < 0.5 else f"{shutter:g} s") if shutter else "",
        f"f/{aperture:g}" if aperture else "",
        f"ISO {details['iso']}" if details.get("iso") else "",
        f"{focal:g} mm" if focal else "",
    ]
    return {
        "camera": camera,
        "lens": str(details.get("lens", "")),
        "exposure": " · ".join(part for part in parts if part),
    }


def carried(kind: str, details: Mapping[str, Any]) -> list[str]:
    """Name what a finished file should not carry to a customer: it goes out byte for byte."""
    if kind != RETOUCHED:
        return []
    return [code for key, code in (("has_gps", "carries_gps"), ("has_serial", "carries_serial")) if details.get(key)]
