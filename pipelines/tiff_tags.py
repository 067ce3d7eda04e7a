"""Reads single tags of a TIFF-shaped file (TIFF, DNG, NEF, ARW) with bounds checked; hostile bytes give nothing."""

import struct
from collections.abc import Iterator

SUB_IFDS, PHOTOMETRIC, DNG_VERSION, COMPRESSION, WIDTH, HEIGHT = 330, 262, 50706, 259, 256, 257
_CFA, _LINEAR_RAW = 32803, 34892
_RAW_COMPRESSIONS = {32767, 32769, 32770, 34713}  # Sony, packed, Samsung, Nikon
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 13: 4}
_MOST_ENTRIES, _MOST_IFDS = 512, 16

Tags = dict[int, tuple[int, ...]]


def _values(data: bytes, order: str, at: int) -> tuple[int, tuple[int, ...]]:
    """Read the entry at `at`: its tag and its first (at most eight) whole numbers."""
    tag, kind, count = struct.unpack_from(order + "HHI", data, at)
    size = _SIZES.get(kind)
    if size is None or not count:
        return tag, ()
    where = at + 8 if count * size <= 4 else struct.unpack_from(order + "I", data, at + 8)[0]
    letter = {1: "B", 2: "H", 4: "I"}[size]
    return tag, struct.unpack_from(f"{order}{min(count, 8)}{letter}", data, where)


def _ifd(data: bytes, order: str, at: int) -> tuple[Tags, int]:
    (count,) = struct.unpack_from(order + "H", data, at)
    tags: Tags = {}
    for number in range(min(count, _MOST_ENTRIES)):
        try:
            tag, values = _values(data, order, at + 2 + 12 * number)
        except struct.error:
            continue
        tags[tag] = values
    try:
        (following,) = struct.unpack_from(order + "I", data, at + 2 + 12 * count)
    except struct.error:
        following = 0
    return tags, following


def ifds(data: bytes) -> Iterator[Tags]:
    """Give the whole-number tags of every directory, SubIFDs included; at most sixteen; broken ones are passed over."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(order + "I", data, 4)
    except struct.error:
        return
    waiting, seen = [first], set[int]()
    while waiting and len(seen) < _MOST_IFDS:
        at = waiting.pop(0)
        if not at or at in seen:
            continue
        seen.add(at)
        try:
            tags, following = _ifd(data, order, at)
        except struct.error:
            continue
        yield tags
        waiting += [*tags.get(SUB_IFDS, ()), following]


def is_camera_raw(data: bytes) -> bool:
    """Tell a RAW file from a plain TIFF by its tags."""
    for tags in ifds(data):
        if DNG_VERSION in tags or set(tags.get(PHOTOMETRIC, ())) & {_CFA, _LINEAR_RAW}:
            return True
        if set(tags.get(COMPRESSION, ())) & _RAW_COMPRESSIONS:
            return True
    return False
