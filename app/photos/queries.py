"""Every SELECT of the photos."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Row, Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.access import Actor, visible
from app.core.db import Session
from app.photos.models import File, Photo, Remark, Rendition, Upload, Version
from app.photos.rules import ORIGINAL, RETOUCHED


async def file_by_hash(session: Session, order_id: uuid.UUID, sha256: str) -> File | None:
    """Find the same bytes in an order."""
    statement = select(File).where(File.order_id == order_id, File.sha256 == sha256)
    return (await session.execute(statement)).scalar_one_or_none()


async def key_is_named(session: Session, key: str) -> bool:
    """Tell whether a file's row names a key."""
    return (await session.execute(select(File.id).where(File.key == key))).first() is not None


async def version_with_file(session: Session, version_id: uuid.UUID) -> Row[Version, Photo, File] | None:
    """Fetch a version, its photo and its file."""
    statement = (
        select(Version, Photo, File)
        .join(Photo, Photo.id == Version.photo_id)
        .join(File, File.id == Version.file_id)
        .where(Version.id == version_id)
    )
    return (await session.execute(statement)).one_or_none()


async def rendition(session: Session, version_id: uuid.UUID, recipe: str) -> Rendition | None:
    """Find the rendition that serves now."""
    statement = (
        select(Rendition)
        .where(Rendition.version_id == version_id, Rendition.recipe == recipe, Rendition.replaced_at.is_(None))
        .order_by(Rendition.id.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def photos_with_first(session: Session, actor: Actor, order_id: uuid.UUID) -> Sequence[Row[Photo, Version, File]]:
    """List an order's photos with their original version and file, in the order of the shoot."""
    statement = (
        select(Photo, Version, File)
        .join(Version, and_(Version.photo_id == Photo.id, Version.n == 1))
        .join(File, File.id == Version.file_id)
        .where(Photo.order_id == order_id)
        .order_by(Photo.sort_key, Photo.id)
    )
    return (await session.execute(visible(statement, actor, "photo.read"))).all()


async def photos_page(
    session: Session, actor: Actor, order_id: uuid.UUID, *, after: uuid.UUID | None, limit: int, state: str | None
) -> Sequence[Photo]:
    """List an order's photos as they came in; `state` is that of their originals.

    An id is as old as the announcement of its file: the row says when the photo was here.
    """
    statement = visible(select(Photo).where(Photo.order_id == order_id), actor, "photo.read")
    if state is not None:
        statement = statement.join(Version, and_(Version.photo_id == Photo.id, Version.n == 1)).where(
            Version.state == state
        )
    if after is not None:
        last = select(Photo.created_at).where(Photo.id == after).scalar_subquery()
        statement = statement.where(or_(Photo.created_at > last, and_(Photo.created_at == last, Photo.id > after)))
    return (await session.execute(statement.order_by(Photo.created_at, Photo.id).limit(limit))).scalars().all()


async def versions_with_files(session: Session, photo_ids: Collection[uuid.UUID]) -> Sequence[Row[Version, File]]:
    """List the versions of photos with their files, oldest first."""
    statement = (
        select(Version, File)
        .join(File, File.id == Version.file_id)
        .where(Version.photo_id.in_(photo_ids))
        .order_by(Version.photo_id, Version.n)
    )
    return (await session.execute(statement)).all()


async def served_recipes(session: Session, version_ids: Collection[uuid.UUID]) -> Sequence[Row[uuid.UUID, str]]:
    """List which renditions of versions serve now."""
    statement = (
        select(Rendition.version_id, Rendition.recipe)
        .where(Rendition.version_id.in_(version_ids), Rendition.replaced_at.is_(None))
        .order_by(Rendition.recipe)
    )
    return (await session.execute(statement)).all()


async def original_state(session: Session, photo_id: uuid.UUID) -> str | None:
    """Tell the state of a photo's original."""
    statement = select(Version.state).where(Version.photo_id == photo_id, Version.n == 1)
    return (await session.execute(statement)).scalar_one_or_none()


async def strip(session: Session, order_ids: Collection[uuid.UUID], count: int) -> Sequence[Version]:
    """Take the first few ready photos of each order."""
    place = func.row_number().over(partition_by=Version.order_id, order_by=(Photo.sort_key, Photo.id)).label("place")
    ranked = (
        select(Version.id.label("id"), place)
        .join(Photo, Photo.id == Version.photo_id)
        .where(Version.order_id.in_(order_ids), Version.n == 1, Version.state == "ready")
        .subquery()
    )
    statement = (
        select(Version).join(ranked, ranked.c.id == Version.id).where(ranked.c.place <= count).order_by(ranked.c.place)
    )
    return (await session.execute(statement)).scalars().all()


async def states(session: Session, order_ids: Collection[uuid.UUID]) -> Sequence[Row[uuid.UUID, str, int]]:
    """Count the originals of orders by state."""
    statement = (
        select(Version.order_id, Version.state, func.count())
        .where(Version.order_id.in_(order_ids), Version.kind == ORIGINAL)
        .group_by(Version.order_id, Version.state)
    )
    return (await session.execute(statement)).all()


async def latest_retouched(session: Session, order_id: uuid.UUID) -> dict[uuid.UUID, Row[Version, File, Photo]]:
    """Map photos to their newest finished version."""
    newer = aliased(Version)
    has_newer = select(newer.id).where(newer.photo_id == Version.photo_id, newer.kind == RETOUCHED, newer.n > Version.n)
    statement = (
        select(Version, File, Photo)
        .join(File, File.id == Version.file_id)
        .join(Photo, Photo.id == Version.photo_id)
        .where(Version.order_id == order_id, Version.kind == RETOUCHED, ~has_newer.exists())
        .order_by(Photo.sort_key, Photo.id)
    )
    return {row.Version.photo_id: row for row in (await session.execute(statement)).all()}


async def released_of_photos(session: Session, photo_ids: Collection[uuid.UUID]) -> Sequence[Row[Photo, Version, File]]:
    """List the released finished versions of some photos, oldest first."""
    statement = (
        select(Photo, Version, File)
        .join(Version, Version.photo_id == Photo.id)
        .join(File, File.id == Version.file_id)
        .where(Photo.id.in_(photo_ids), Version.kind == RETOUCHED, Version.released_at.is_not(None))
        .order_by(Version.n)
    )
    return (await session.execute(statement)).all()


async def versions_of(session: Session, photo_id: uuid.UUID) -> Sequence[Version]:
    """List a photo's versions, oldest first."""
    return (
        (await session.execute(select(Version).where(Version.photo_id == photo_id).order_by(Version.n))).scalars().all()
    )


async def next_version_number(session: Session, photo_id: uuid.UUID) -> int:
    """Give the number of a photo's next version."""
    return (await session.execute(select(func.max(Version.n)).where(Version.photo_id == photo_id))).scalar_one() + 1


async def remarks(session: Session, order_id: uuid.UUID, photo_id: uuid.UUID | None = None) -> Sequence[Remark]:
    """List the remarks of an order or of one photo, as numbered."""
    statement = select(Remark).where(Remark.order_id == order_id, Remark.removed_at.is_(None))
    if photo_id is not None:
        statement = statement.where(Remark.photo_id == photo_id)
    return (await session.execute(statement.order_by(Remark.version_id, Remark.n))).scalars().all()


async def remark_counts(session: Session, order_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Map photos to how many remarks they have."""
    statement = (
        select(Remark.photo_id, func.count())
        .where(Remark.order_id == order_id, Remark.removed_at.is_(None))
        .group_by(Remark.photo_id)
    )
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}


async def last_remark_number(session: Session, version_id: uuid.UUID) -> int:
    """Give the highest number used on a version."""
    statement = select(func.coalesce(func.max(Remark.n), 0)).where(Remark.version_id == version_id)
    return (await session.execute(statement)).scalar_one()


async def versions_of_photos(
    session: Session, actor: Actor, photo_ids: Collection[uuid.UUID]
) -> Sequence[Row[Version, Photo, File]]:
    """List all versions of photos with their files, oldest first."""
    statement = (
        select(Version, Photo, File)
        .join(Photo, Photo.id == Version.photo_id)
        .join(File, File.id == Version.file_id)
        .where(Version.photo_id.in_(photo_ids))
        .order_by(Version.photo_id, Version.n)
    )
    return (await session.execute(visible(statement, actor, "photo.read"))).all()


async def renditions(session: Session, version_ids: Collection[uuid.UUID], recipe: str) -> Sequence[Rendition]:
    """List the renditions of one recipe that serve now."""
    statement = select(Rendition).where(
        Rendition.version_id.in_(version_ids), Rendition.recipe == recipe, Rendition.replaced_at.is_(None)
    )
    return (await session.execute(statement.order_by(Rendition.id))).scalars().all()


async def mark_released(session: Session, version_ids: Collection[uuid.UUID]) -> None:
    """Date the release of finished versions, once."""
    await session.execute(
        update(Version)
        .where(Version.id.in_(version_ids), Version.kind == RETOUCHED, Version.released_at.is_(None))
        .values(released_at=clock.now())
    )


async def mark_offered(session: Session, version_ids: Collection[uuid.UUID]) -> None:
    """Date the moment from which a customer may look at finished versions, once."""
    await session.execute(
        update(Version)
        .where(Version.id.in_(version_ids), Version.kind == RETOUCHED, Version.offered_at.is_(None))
        .values(offered_at=clock.now())
    )


async def unmark_offered(session: Session, order_id: uuid.UUID, since: datetime) -> None:
    """Take an offer back that was made since a moment; what was released stays."""
    await session.execute(
        update(Version)
        .where(Version.order_id == order_id, Version.offered_at >= since, Version.released_at.is_(None))
        .values(offered_at=None)
    )


def _with_photo_and_file() -> Select[Version, File, Photo]:
    return (
        select(Version, File, Photo)
        .join(File, File.id == Version.file_id)
        .join(Photo, Photo.id == Version.photo_id)
        .order_by(Photo.sort_key, Photo.id, Version.n)
    )


async def offered(session: Session, actor: Actor, order_id: uuid.UUID) -> Sequence[Row[Version, File, Photo]]:
    """List the finished versions of an order that its customer is shown, in the order of the shoot."""
    statement = _with_photo_and_file().where(
        Version.order_id == order_id, Version.offered_at.is_not(None), Photo.withdrawn_at.is_(None)
    )
    return (await session.execute(visible(statement, actor, "photo.read"))).all()


async def files(session: Session, file_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, File]:
    """Fetch files by id."""
    rows = (await session.execute(select(File).where(File.id.in_(file_ids)))).scalars()
    return {row.id: row for row in rows}


async def version_ids_and_files(
    session: Session, version_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Row[Version, File]]:
    """Fetch versions with their files."""
    statement = select(Version, File).join(File, File.id == Version.file_id).where(Version.id.in_(version_ids))
    return {row.Version.id: row for row in (await session.execute(statement)).all()}


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(Upload.state == "open", Upload.expires_at > now)


async def open_uploads(session: Session, order_id: uuid.UUID, *, lock: bool = False) -> Sequence[Upload]:
    """List the files an order's shoot waits for, as they were announced; with `lock` they stay as they are."""
    statement = select(Upload).where(Upload.order_id == order_id, _is_open(clock.now())).order_by(Upload.id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalars().all()


async def count_open_uploads(session: Session, order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Count what keeps orders' shoots open."""
    statement = (
        select(Upload.order_id, func.count())
        .where(Upload.order_id.in_(order_ids), _is_open(clock.now()))
        .group_by(Upload.order_id)
    )
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}


async def locked_upload(session: Session, upload_id: uuid.UUID) -> Upload | None:
    """Fetch an upload as it is now and hold it until the transaction ends."""
    statement = select(Upload).where(Upload.id == upload_id).with_for_update()
    fresh = statement.execution_options(populate_existing=True)
    return (await session.execute(fresh)).scalar_one_or_none()


async def expired_uploads(session: Session, now: datetime, limit: int) -> Sequence[Upload]:
    """List uploads whose time is over, the oldest first."""
    statement = select(Upload).where(Upload.state == "open", Upload.expires_at <= now).order_by(Upload.expires_at)
    return (await session.execute(statement.limit(limit).with_for_update(skip_locked=True))).scalars().all()


async def given_up_uploads(session: Session, before: datetime) -> Sequence[uuid.UUID]:
    """List the uploads that ended long ago without a photo."""
    statement = select(Upload.id).where(Upload.state.in_(["cancelled", "expired"]), Upload.expires_at < before)
    return (await session.execute(statement)).scalars().all()


async def forget_uploads(session: Session, before: datetime) -> int:
    """Remove the rows of uploads that ended long ago: what became of them stands in their photos and the audit."""
    old = delete(Upload).where(Upload.state != "open", Upload.expires_at < before)
    return int(cast("CursorResult[Any]", await session.execute(old)).rowcount)


async def files_like(session: Session, order_id: uuid.UUID, names: Collection[str]) -> Sequence[File]:
    """List an order's files of some names."""
    statement = select(File).where(File.order_id == order_id, File.camera_name.in_(names))
    return (await session.execute(statement)).scalars().all()


async def move_offset(session: Session, upload_id: uuid.UUID, offset: int, expires_at: datetime) -> None:
    """Write down how far an open upload is."""
    await session.execute(
        update(Upload)
        .where(Upload.id == upload_id, Upload.state == "open")
        .values(offset=offset, expires_at=expires_at)
    )
