"""Pure decisions about production."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

_BEFORE: tuple[dict[str, Any], ...] = (
    {"key": "intake", "on": {"photos_ready": "selection"}},
    {"key": "selection", "on": {"submitted": "retouch"}},
    {"key": "retouch", "task": "retouch", "on": {"handed_in": "quality"}},
)
_AFTER: tuple[dict[str, Any], ...] = (
    {"key": "release", "on": {"released": "delivery", "reopened": "retouch"}},
    {"key": "delivery", "on": {"reopened": "retouch"}},
)
WORKFLOWS: tuple[dict[str, Any], ...] = (  # every edition of the default way; a studio's orders keep theirs
    {
        "first": "intake",
        "stages": [
            *_BEFORE,
            {"key": "quality", "task": "quality", "on": {"accepted": "release", "sent_back": "retouch"}},
            *_AFTER,
        ],
    },
    {
        "first": "intake",
        "stages": [
            *_BEFORE,
            {"key": "quality", "task": "quality", "on": {"accepted": "review", "sent_back": "retouch"}},
            {"key": "review", "on": {"approved": "release", "change_asked": "retouch", "review_skipped": "release"}},
            *_AFTER,
        ],
    },
)
DEFAULT_WORKFLOW = WORKFLOWS[-1]
UNDONE = frozenset({"undone", "move_undone"})  # events that take back what happened just before
SMALLER = 0.9  # of the original's longer side
OTHER_SHAPE = 0.02
_WHY_NOT = {  # the stage somebody wants to skip, and the sentence that says who decides
    "intake": "move_photos_missing",
    "selection": "move_choice_missing",
    "retouch": "move_finals_missing",
    "quality": "move_judgement_missing",
    "review": "move_approval_missing",
    "release": "move_release_missing",
}
_SUFFIX = re.compile(
    r"(?:[-_ ]*(?:edit(?:ed)?|retouch(?:ed)?|final|finished|done|psd|v\d{1,2}|copy"
    r"|精修|修图|成片|完成|已修|副本)\d{0,2}"
    r"|[-_ ]*\(\d{1,2}\)|[-_ ]*（\d{1,2}）)$"
)


def next_stage(workflow: Mapping[str, Any], stage: str, event: str) -> str | None:
    """Tell where an event leads from a stage; None when it means nothing there."""
    for known in workflow["stages"]:
        if known["key"] == stage:
            found = known["on"].get(event)
            return str(found) if found is not None else None
    return None


def is_former(definition: Mapping[str, Any]) -> bool:
    """Tell whether a studio's workflow is an earlier edition of the default one, as it was made."""
    return definition != DEFAULT_WORKFLOW and any(definition == former for former in WORKFLOWS)


def why_not(stage: str, to_stage: str) -> str:
    """Name the sentence that says why an order cannot be moved from a stage to another."""
    order = [*_WHY_NOT, "delivery"]
    if stage == to_stage or stage not in order or to_stage not in order:
        return "move_nowhere"
    if stage == "delivery":
        return "move_delivered"
    return "move_backwards" if order.index(to_stage) < order.index(stage) else _WHY_NOT[stage]


def packet_names(names: Sequence[str]) -> list[str]:
    """Make names unique in one folder, on any system, keeping the camera's own where possible."""
    seen: set[str] = set()
    unique = []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        stem, ending = (stem, dot + ending) if dot and stem else (name, "")
        candidate, n = name, 1
        while _plain(candidate) in seen:
            n += 1
            candidate = f"{stem}~{n}{ending}"
        seen.add(_plain(candidate))
        unique.append(candidate)
    return unique


def sidecar_names(names: Sequence[str]) -> list[str]:
    """Name the sidecars of photos in one folder: IMG_1.xmp, and IMG_1.CR3.xmp where two photos would share one."""
    shared: dict[str, int] = {}
    for name in names:
        stem = _plain(stem_of(name))
        shared[stem] = shared.get(stem, 0) + 1
    return [f"{stem_of(name) if shared[_plain(stem_of(name))] == 1 else name}.xmp" for name in names]


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def match_name(finished: str, packet: Mapping[str, str]) -> str | None:
    """Find which photo a finished file is, by its name.

    `packet` maps photo ids to packet names. "IMG_1234-Edit.tif" and "img_1234_精修.JPG" are IMG_1234; a name that fits
    no photo, or two, fits none.
    """
    by_name: dict[str, list[str]] = {}
    for photo_id, name in packet.items():
        by_name.setdefault(_plain(stem_of(name)), []).append(photo_id)
    wanted = _plain(stem_of(finished))
    while True:
        found = by_name.get(wanted, [])
        if found:
            return found[0] if len(found) == 1 else None
        shorter = _SUFFIX.sub("", wanted)
        if shorter == wanted or not shorter:
            return None
        wanted = shorter


def stem_of(name: str) -> str:
    """Give a file's name without its ending."""
    stem, dot, ending = name.rpartition(".")
    return stem if dot and stem and len(ending) <= 8 else name


def differs(before: tuple[int, int], after: tuple[int, int]) -> list[tuple[str, dict[str, int]]]:
    """Say how a finished picture's size differs from the original's: a code and what fills its sentence.

    Sizes are upright pixels. Retouchers crop and export on purpose, so these are words, never a refusal.
    """
    (w0, h0), (w1, h1) = before, after
    said: list[tuple[str, dict[str, int]]] = []
    if max(w1, h1) < SMALLER * max(w0, h0):
        said.append(("final_smaller", {"width": w1, "height": h1, "was_width": w0, "was_height": h0}))
    if abs(w1 * h0 / (h1 * w0) - 1) > OTHER_SHAPE:
        said.append(("final_other_shape", {"width": w1, "height": h1, "was_width": w0, "was_height": h0}))
    return said
