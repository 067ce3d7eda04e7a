"""Tells by its first bytes, never by its name, what a file is; only formats on the list go any further."""

from pathlib import PurePath
from typing import Literal

from pipelines.errors import Refused
from pipelines.tiff_tags import is_camera_raw

Format = Literal["jpeg", "png", "tiff", "webp", "heic", "avif", "raw"]
ACCEPTED: tuple[Format, ...] = ("jpeg", "png", "tiff", "webp", "heic", "avif", "raw")

RAW_SUFFIXES = frozenset(
    (  # noqa: SIM905  # a list of 36 strings would be 36 lines
        ".3fr .ari .arw .bay .cap .cr2 .cr3 .crw .dcr .dcs .dng .erf .fff .iiq .k25 .kdc .mdc .mef .mos .mrw .nef .nrw"
        " .orf .pef .ptx .pxn .raf .raw .rw2 .rwl .rwz .sr2 .srf .srw .x3f"
    ).split()
)
_SUFFIXES: dict[Format, frozenset[str]] = {
    "jpeg": frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"}),
    "png": frozenset({".png"}),
    "tiff": frozenset({".tif", ".tiff"}),
    "webp": frozenset({".webp"}),
    "heic": frozenset({".heic", ".heif", ".hif"}),
    "avif": frozenset({".avif"}),
    "raw": RAW_SUFFIXES,
}

PHOTO_SUFFIXES = frozenset().union(*_SUFFIXES.values())
"""Every suffix, in lower case, that a photo's name may end with."""

_RAW_MAGIC = (
    (0, b"II\x1a\0\0\0HEAPCCDR"),  # CRW
    (0, b"FUJIFILMCCD-RAW"),
    (0, b"IIRO"),
    (0, b"IIRS"),
    (0, b"MMOR"),  # Olympus
    (0, b"IIU\0"),  # Panasonic, Leica
    (0, b"FOVb"),
    (0, b"\0MRM"),
    (4, b"ftypcrx "),  # CR3
)
_FOREIGN = (
    (0, b"GIF8", "gif"),
    (0, b"BM", "bmp"),
    (0, b"8BPS", "psd"),
    (0, b"icns", "icns"),
    (0, b"\0\0\1\0", "ico"),
    (0, b"%PDF", "pdf"),
    (0, b"%!PS", "eps"),
    (0, b"\0\0\0\x0cjP  ", "jpeg2000"),
    (0, b"\xff\x4f\xff\x51", "jpeg2000"),
    (0, b"\xff\x0a", "jxl"),
    (0, b"\0\0\0\x0cJXL ", "jxl"),
    (0, b"gimp xcf", "xcf"),
    (0, b"v/1\x01", "exr"),
    (0, b"#?RADIANCE", "hdr"),
    (0, b"SIMPLE  =", "fits"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"Rar!", "rar"),
    (0, b"7z\xbc\xaf", "7z"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"push graphic-context", "mvg"),
    (4, b"\x11\xaf", "fli"),
    (4, b"\x12\xaf", "fli"),
    (4, b"ftypqt", "mov"),
    (4, b"ftypmp4", "mp4"),
    (4, b"ftypisom", "mp4"),
    (8, b"AVI ", "avi"),
)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2"}


def _matches(head: bytes, offset: int, magic: bytes) -> bool:
    return head[offset : offset + len(magic)] == magic


def _isobmff(head: bytes) -> Format | None:
    """Tell HEIC from AVIF by the brands of an ISO media file."""
    if head[4:8] != b"ftyp":
        return None
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, length, 4))}
    if brands & {b"avif", b"avis"}:
        return "avif"
    return "heic" if brands & _HEIC_BRANDS else None


def _known(data: bytes, suffix: str) -> Format | None:
    head = data[:4096]
    if head.startswith(b"\xff\xd8"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if any(_matches(head, *magic) for magic in _RAW_MAGIC):
        return "raw"
    if head[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}:
        return "raw" if suffix in RAW_SUFFIXES or is_camera_raw(data) else "tiff"
    return _isobmff(head)


def _foreign(head: bytes) -> str | None:
    for offset, magic, name in _FOREIGN:
        if _matches(head, offset, magic):
            return name
    text = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml")) and b"<svg" in text:
        return "svg"
    return None


def sniff(data: bytes, name: str) -> Format:
    """Name the format of a file's bytes; Refused if it is empty, no picture, or of a format we do not take."""
    if not data:
        raise Refused("empty_file")
    known = _known(data, PurePath(name).suffix.lower())
    if known:
        return known
    foreign = _foreign(data[:4096])
    if foreign:
        raise Refused("unsupported_format", {"format": foreign})
    raise Refused("not_an_image")


def suffix_fits(kind: Format, name: str) -> bool:
    """Tell whether a file's name promises what its bytes are; a name without suffix promises nothing."""
    suffix = PurePath(name).suffix.lower()
    return not suffix or suffix in _SUFFIXES[kind]
