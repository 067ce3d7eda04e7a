"""The photos of an order: rows of their own over shared objects, and finished files as they come back."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from app.cli.seed.names import SECTIONS
from app.cli.seed.shoot import Lies, Made, Picture
from app.cli.seed.tale import Frame, Tale
from app.photos import rules
from app.photos.models import File, Photo, Rendition, Version
from storage.keys import original_key, upload_key

BROKEN = 0.002  # of a camera's files
FIRST_NUMBER = 412


def write_photos(tale: Tale, count: int) -> None:
    """Write the shoot down: the pictures in the order of the day, beginning anywhere in it."""
    total = len(tale.shoot.pictures)
    begin = tale.chance.number(0, total - 1)
    seen: Counter[int] = Counter()
    gap = timedelta(hours=3) / max(1, count)
    for place in range(count):
        number = (begin + place * total // max(count, total)) % total
        tale.frames.append(_photo(tale, place, number, seen[number], tale.course.shot_at + place * gap))
        seen[number] += 1


def _photo(tale: Tale, place: int, number: int, edition: int, taken: datetime) -> Frame:
    picture, lies = tale.shoot.pictures[number], tale.shoot.lies(number, edition)
    course = tale.course
    brought = course.brought_at + (course.ready_at - course.brought_at) * (place / (len(tale.frames) + 60))
    name = f"SLT_{FIRST_NUMBER + place:04d}.JPG"
    wall = taken.astimezone(tale.hours.zone).replace(tzinfo=UTC)
    offset = taken.astimezone(tale.hours.zone).utcoffset() or timedelta(0)
    photo_id, version_id, file_id = (tale.chance.id_at(brought) for _ in range(3))
    key = original_key(tale.cast.studio.id, tale.order_id, photo_id, version_id, file_id)
    tale.add(
        Photo, brought, id=photo_id, name=rules.base_name(name), section=SECTIONS.get(picture.shot.section, ""),
        captured_wall=wall, captured_offset_min=int(offset.total_seconds() // 60), clock_shift_s=0,
        sort_key=rules.sort_key(rules.base_name(name), wall.replace(tzinfo=None)),
    )  # fmt: skip
    _file(tale, brought, file_id, photo_id, (key, name, "original"), lies)
    shown = not tale.chance.happens(BROKEN)
    _version(tale, brought, (version_id, photo_id, file_id), 1, picture, shown=shown)
    if shown:
        _renditions(tale, brought, version_id, picture.of_original[tale.look])
    tale.deed(brought, ("system", None), "photo.add", ("photo", photo_id), file=str(file_id))
    return Frame(photo_id, version_id, name, number, edition, shown)


def _file(
    tale: Tale, at: datetime, file_id: UUID, photo_id: UUID, names: tuple[str, str, str], lies: Lies
) -> None:  # fmt: skip
    key, name, role = names
    tale.copies.append((lies.key, key))
    tale.add(
        File, at, id=file_id, photo_id=photo_id, sha256=lies.sha256, crc32=lies.crc32, size=lies.size, key=key,
        camera_name=name, role=role, source="ingest" if role == "original" else "hand_in",
        retain_until=None, purge_requested_at=None, purged_at=None,
    )  # fmt: skip


def _version(
    tale: Tale, at: datetime, ids: tuple[UUID, UUID, UUID], n: int, picture: Picture, *, shown: bool = True
) -> None:
    version_id, photo_id, file_id = ids
    values: dict[str, object] = {"state": "refused", "reason": "truncated", "reason_params": {}, "warnings": []}
    if shown:
        values = {
            "state": "ready", "warnings": [], "basis": "image", "format": "jpeg", "width": picture.width,
            "height": picture.height, "thumbhash": picture.thumbhash if n == 1 else picture.final_thumbhash,
            "details": picture.details, "ready_at": at + timedelta(seconds=2),
        }  # fmt: skip
    tale.add(
        Version, at, id=version_id, photo_id=photo_id, n=n, file_id=file_id,
        kind=rules.ORIGINAL if n == 1 else rules.RETOUCHED, released_at=None, **values,
    )  # fmt: skip


def _renditions(tale: Tale, at: datetime, version_id: UUID, made: tuple[Made, ...]) -> None:
    for one in made:
        tale.add(
            Rendition, at + timedelta(seconds=2), version_id=version_id, recipe=one.recipe,
            recipe_hash=one.recipe_hash, basis="image", key=one.key, sha256=one.sha256, size=one.size,
            width=one.width, height=one.height, content_type=one.content_type, replaced_at=None,
        )  # fmt: skip


def write_final(tale: Tale, frame: Frame, at: datetime) -> tuple[UUID, UUID]:
    """Write a finished file down as the photo's next version; gives the ids of the file and the version."""
    frame.versions += 1
    picture = tale.shoot.pictures[frame.picture]
    lies = tale.shoot.lies(frame.picture, frame.edition * 8 + frame.versions, final=True)
    version_id, file_id = tale.chance.id_at(at), tale.chance.id_at(at)
    key = upload_key(tale.cast.studio.id, tale.order_id, file_id)
    name = f"{Path(frame.name).stem}-Edit.jpg"
    _file(tale, at, file_id, frame.photo_id, (key, name, "final"), lies)
    _version(tale, at, (version_id, frame.photo_id, file_id), frame.versions, picture)
    _renditions(tale, at, version_id, picture.of_final)
    frame.final_id = version_id
    return file_id, version_id
