"""ZIP archives whose size and every byte range are known before a single file is read.

Entries are stored, in a fixed order with fixed dates; CRC-32 and sizes come from the database. Layout and section
numbers: PKWARE APPNOTE.TXT 6.3.10.
"""

import hashlib
import struct
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

import msgspec

from app.core.names import clean_path, make_unique

LIMIT = 0xFFFFFFFF  # 4.4.8: this value sends the reader to the ZIP64 field
MANY = 0xFFFF
UTF8 = 1 << 11  # 4.4.4
PLAIN, ZIP64 = 20, 45  # 4.4.3: versions needed
UNIX = 3 << 8  # 4.4.2
REGULAR_0644 = 0o100644 << 16

Open = Callable[[int, int], Iterator[bytes]]
Date = tuple[int, int, int, int, int, int]


class ZipDamagedError(Exception):
    """A source gave other bytes than were announced; the archive must not seem complete."""


class ZipEntry(msgspec.Struct, frozen=True):
    """One file: `open(start, length)` yields exactly these bytes; `date` is wall time as (y, m, d, h, m, s)."""

    name: str
    size: int
    crc32: int
    open: Open
    date: Date = (1980, 1, 1, 0, 0, 0)


class ZipPlan:
    """An archive laid out but not made: `size` is exact, `read` yields any slice of it."""

    def __init__(self, entries: Sequence[ZipEntry]) -> None:
        self.names = make_unique([clean_path(entry.name) for entry in entries])
        self._pieces: list[bytes | ZipEntry] = []
        sizes: list[int] = []
        central: list[bytes] = []
        offset = 0
        for entry, name in zip(entries, self.names, strict=True):
            header = local_header(entry, name.encode())
            central.append(central_header(entry, name.encode(), offset))
            self._pieces += [header, entry]
            sizes += [len(header), entry.size]
            offset += len(header) + entry.size
        directory = b"".join(central)
        tail = directory + end_records(len(central), len(directory), offset)
        self._pieces.append(tail)
        self.digest = hashlib.sha256(tail).hexdigest()  # of all names, sizes, places and checksums
        self._starts = [0, *accumulate([*sizes, len(tail)])]

    @property
    def size(self) -> int:
        """Bytes of the whole archive."""
        return self._starts[-1]

    def read(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the slice [start:start+length]; only the entries it touches are opened, and closed again."""
        if start < 0 or (length is not None and length < 0):
            raise ValueError("start and length count bytes from the beginning")
        stop = self.size if length is None else min(self.size, start + length)
        at = bisect_right(self._starts, start) - 1
        while start < stop:
            piece, begin, end = self._pieces[at], self._starts[at], self._starts[at + 1]
            upto = min(stop, end)
            if isinstance(piece, bytes):
                yield piece[start - begin : upto - begin]
            elif upto > start:
                yield from read_entry(piece, start - begin, upto - start)
            start, at = max(start, upto), at + 1


def read_entry(entry: ZipEntry, start: int, length: int) -> Iterator[bytes]:
    """Yield a part of one file; too few, too many or (when read whole) wrong bytes raise ZipDamagedError."""
    source = entry.open(start, length)
    left, crc = length, 0
    try:
        for data in source:
            left -= len(data)
            if left < 0:
                raise ZipDamagedError("a source is longer than announced")
            crc = zlib.crc32(data, crc)
            if left == 0 and length == entry.size and crc != entry.crc32:
                raise ZipDamagedError("a source has another checksum than announced")
            yield data
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()
    if left:
        raise ZipDamagedError("a source ended early")


def local_header(entry: ZipEntry, name: bytes) -> bytes:
    """4.3.7; sizes and CRC stand here, so no data descriptor is needed."""
    big = entry.size >= LIMIT
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.size) if big else b""  # 4.5.3
    size = LIMIT if big else entry.size
    fixed = struct.pack(
        "<4s5H3I2H",
        *(b"PK\3\4", ZIP64 if big else PLAIN, UTF8, 0, *dos_time(entry.date)),
        *(entry.crc32, size, size, len(name), len(extra)),
    )
    return fixed + name + extra


def central_header(entry: ZipEntry, name: bytes, offset: int) -> bytes:
    """4.3.12; only the fields that do not fit stand in the ZIP64 extra field, in this order."""
    large = [entry.size, entry.size] if entry.size >= LIMIT else []
    if offset >= LIMIT:
        large.append(offset)
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    version, size = ZIP64 if large else PLAIN, min(entry.size, LIMIT)
    fixed = struct.pack(
        "<4s6H3I5H2I",
        *(b"PK\1\2", UNIX | version, version, UTF8, 0, *dos_time(entry.date)),
        *(entry.crc32, size, size, len(name), len(extra)),
        *(0, 0, 0, REGULAR_0644, min(offset, LIMIT)),
    )
    return fixed + name + extra


def end_records(count: int, size: int, offset: int) -> bytes:
    """4.3.16, preceded by 4.3.14 and 4.3.15 when a number does not fit."""
    records = b""
    if count >= MANY or size >= LIMIT or offset >= LIMIT:
        records = struct.pack(
            "<4sQ2H2I4Q", b"PK\6\6", 44, UNIX | ZIP64, ZIP64, 0, 0, count, count, size, offset
        ) + struct.pack("<4sIQI", b"PK\6\7", 0, offset + size, 1)
    shown = min(count, MANY)
    return records + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, shown, shown, min(size, LIMIT), min(offset, LIMIT), 0)


def dos_time(date: Date) -> tuple[int, int]:
    """4.4.6: time and date fields, two-second steps, 1980 to 2107."""
    year, month, day, hour, minute, second = date
    years = min(max(year - 1980, 0), 127)
    return hour << 11 | minute << 5 | second // 2, years << 9 | month << 5 | day
