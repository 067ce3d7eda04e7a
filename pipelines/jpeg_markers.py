"""Reads the markers of a JPEG file without decoding it: size, EXIF, ICC, XMP, kind."""

import struct
from dataclasses import dataclass, field

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_EXIF, _XMP, _ICC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"


@dataclass
class Markers:
    """What stands in front of the picture data."""

    width: int = 0
    height: int = 0
    components: int = 0
    precision: int = 8
    frame: int = 0  # the SOF marker, 0xC0 … 0xCF; 0 if none was found
    exif: bytes = b""
    xmp: bytes = b""
    scan_at: int = 0  # offset of the first SOS marker; 0 if none was found
    icc_parts: dict[int, bytes] = field(default_factory=dict)
    icc_count: int = 0

    @property
    def icc(self) -> bytes:
        """The embedded profile, joined; empty where none is; what there is of it where a part is missing."""
        return b"".join(self.icc_parts[number] for number in sorted(self.icc_parts))

    @property
    def lossy_8_bit(self) -> bool:
        """A baseline, extended or progressive Huffman file of 8 bits: what libjpeg-turbo decodes at a reduced scale."""
        return self.precision == 8 and self.frame in {0xC0, 0xC1, 0xC2}


def _segment(found: Markers, marker: int, body: bytes) -> None:
    if marker in _START_OF_FRAME and not found.frame and len(body) >= 6:
        found.frame = marker
        found.precision, found.height, found.width, found.components = struct.unpack(">BHHB", body[:6])
    elif marker == 0xE1 and body.startswith(_EXIF) and not found.exif:
        found.exif = body[len(_EXIF) :]
    elif marker == 0xE1 and body.startswith(_XMP) and not found.xmp:
        found.xmp = body[len(_XMP) :]
    elif marker == 0xE2 and body.startswith(_ICC) and len(body) > 14:
        found.icc_count = body[13]
        found.icc_parts.setdefault(body[12], body[14:])


def read_markers(data: bytes, start: int = 0) -> Markers:
    """Walk the segments from `start` (an SOI) to the first scan; a broken chain ends the walk quietly."""
    found = Markers()
    at = start + 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            at += 1  # stray bytes between segments: decoders skip them too
            continue
        marker = data[at + 1]
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == 0xD9:
            break
        if marker == 0xDA:
            found.scan_at = at
            break
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        _segment(found, marker, data[at + 4 : at + 2 + length])
        at += 2 + max(length, 2)
    return found


def ends(data: bytes, markers: Markers) -> bool:
    """Tell whether an end-of-image marker stands anywhere after the first scan began."""
    return bool(markers.scan_at) and data.find(EOI, markers.scan_at) >= 0


def scans(data: bytes, markers: Markers) -> int:
    """Count the scans (an upper bound: a thumbnail's own scans in later segments count too)."""
    return data.count(b"\xff\xda", markers.scan_at)
