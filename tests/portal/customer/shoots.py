"""Shoots of any size, written down at once."""

import base64
import uuid

from sqlalchemy import insert

from app.core import clock
from app.core.db import Database
from app.core.ids import new_id
from app.orders.models import OrderLine
from app.photos.models import File, Photo, Version
from tests.story import Story

SIZES = ((6000, 4000), (4000, 6000), (6000, 4000), (5000, 5000), (4000, 6000))
THUMBHASH = base64.b64encode(b"\x00" * 21).decode()


async def add_photos(
    db: Database, begun: Story, count: int, *, sections: tuple[str, ...] = ("",), first: int = 1
) -> list[uuid.UUID]:
    """Write down many ready photos of an order, without files in the store; returns them in the shoot's order."""
    ids = [(new_id(), new_id(), new_id()) for _ in range(count)]
    common = {
        "studio_id": begun.studio_id, "branch_id": begun.branch_id, "order_id": begun.order_id,
        "created_at": clock.now(),
    }  # fmt: skip
    photos, files, versions = [], [], []
    for n, (photo_id, file_id, version_id) in enumerate(ids, first):
        name, (width, height) = f"SLT_{n:04}", SIZES[n % len(SIZES)]
        section = sections[(n - first) * len(sections) // count]
        photos.append({
            **common, "id": photo_id, "name": name, "section": section, "sort_key": f"20260603{n:08}", "clock_shift_s": 0,
        })  # fmt: skip
        files.append({
            **common, "id": file_id, "photo_id": photo_id, "sha256": f"{n:064}", "crc32": n, "size": 1, "key": f"k/{file_id}",
            "camera_name": f"{name}.JPG", "role": "original", "source": "ingest",
        })  # fmt: skip
        versions.append({
            **common, "id": version_id, "photo_id": photo_id, "n": 1, "file_id": file_id, "kind": "original",
            "state": "ready", "warnings": [], "width": width, "height": height, "thumbhash": THUMBHASH,
        })  # fmt: skip
    async with db.write() as session:
        for model, rows in ((Photo, photos), (File, files), (Version, versions)):
            await session.execute(insert(model), rows)
    return [photo_id for photo_id, _, _ in ids]


async def add_product(
    db: Database, begun: Story, product: str, *, included: int, extra_minor: int = 0, most: int | None = None
) -> None:
    """Put one more product into an order's package."""
    line = {
        "id": new_id(), "created_at": clock.now(), "studio_id": begun.studio_id, "order_id": begun.order_id,
        "position": 9, "product": product, "included": included, "extra_minor": extra_minor, "most": most,
    }  # fmt: skip
    async with db.write() as session:
        await session.execute(insert(OrderLine), [line])
