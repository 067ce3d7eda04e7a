"""What lies in a retoucher's packet."""

import zlib
from collections.abc import Iterator
from datetime import datetime

import msgspec

from app.core.i18n import gettext_ as _
from app.core.zips import ZipEntry
from app.photos.models import File
from app.production.schemas import Brief
from storage.store import Store

Date = tuple[int, int, int, int, int, int]


def zip_date(moment: datetime) -> Date:
    """Date an archive's entries; the same for every download of the same thing, so that a broken one can resume."""
    return (moment.year, moment.month, moment.day, 0, 0, 0)


def stored_entry(store: Store, name: str, file: File, date: Date) -> ZipEntry:
    """Name a stored file in a packet: read only when its bytes are asked for."""
    key = file.key

    def read(start: int, length: int) -> Iterator[bytes]:
        return store.open(key, start, length)

    return ZipEntry(name=name, size=file.size, crc32=file.crc32, open=read, date=date)


def text_entry(name: str, text: bytes, date: Date) -> ZipEntry:
    """Put a small text into a packet."""

    def read(start: int, length: int) -> Iterator[bytes]:
        return iter([text[start : start + length]])

    return ZipEntry(name=name, size=len(text), crc32=zlib.crc32(text), open=read, date=date)


def brief_files(brief: Brief) -> list[tuple[str, bytes]]:
    """Write a brief for people (brief.txt, in the reader's language) and for programs (brief.json)."""
    lines = [f"{brief.order_number}", ""]
    if brief.wishes:
        lines += [_("Wishes"), brief.wishes, ""]
    for photo in brief.photos:
        lines.append(photo.packet_name)
        for remark in photo.remarks:
            place = "" if remark.x is None or remark.y is None else f" ({remark.x:.0%}, {remark.y:.0%})"
            words = " · ".join(part for part in ("/".join(remark.chips), remark.body) if part)
            lines.append(f"  {remark.n}. {words}{place}")
    lines += ["", _("Hand in finished files under the same names; endings like -Edit or _精修 are fine."), ""]
    text = "\ufeff" + "\r\n".join(lines)  # a byte order mark and CRLF: opens right in every editor
    return [("brief.txt", text.encode()), ("brief.json", msgspec.json.format(msgspec.json.encode(brief), indent=2))]
