"""Photos: file ← photo ← version ← rendition, and the remarks that hang on a version."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.access import Scoped
from app.core.db import Base, Row


class File(Row, Scoped, Base):
    """Bytes that came in and are never changed. Duplicates are recognised within an order only."""

    __tablename__ = "file"
    READ: ClassVar[str] = "photo.read"
    photo_id: Mapped[uuid.UUID | None] = mapped_column(index=True)  # none: a finished file nobody could match yet
    sha256: Mapped[str]
    crc32: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(unique=True)
    camera_name: Mapped[str]  # as the camera or the retoucher named it; shown and matched, never a path
    role: Mapped[str]  # original, final, sidecar
    source: Mapped[str]  # ingest, upload, hand_in
    retain_until: Mapped[date | None]
    purge_requested_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("order_id", "sha256"),)


class Upload(Row, Scoped, Base):
    """A file that is expected: its bytes come in parts. While one is open, its order's shoot is not complete.

    `offset` counts the bytes that are safe; the last one is only when the photo is written down. A row of size 0 holds
    the shoot open for a while, for whoever does not know how many files will come.
    """

    __tablename__ = "upload"
    READ: ClassVar[str] = "photo.add"
    actor_id: Mapped[uuid.UUID | None]
    name: Mapped[str]
    path: Mapped[str]  # as the browser names it below the chosen folder: only compared, so that it is taken up again
    section: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    mark: Mapped[str | None]  # the sender's short print of the bytes: cameras give two pictures one name and one size
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None]  # what the sender says it is; then what it is
    told: Mapped[str] = mapped_column(default="")  # the sender's metadata, given back as it came
    state: Mapped[str]  # open, done, cancelled, expired
    expires_at: Mapped[datetime]
    photo_id: Mapped[uuid.UUID]  # the ids and the key it will have; of a file the order has already: that photo's
    version_id: Mapped[uuid.UUID]
    file_id: Mapped[uuid.UUID]
    duplicate: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        Index("ix_upload_order_state", "order_id", "state"),
        Index("ix_upload_expiry", "state", "expires_at"),
    )


class Photo(Row, Scoped, Base):
    """One frame. Its place in the shoot is given by capture time, then by name."""

    __tablename__ = "photo"
    READ: ClassVar[str] = "photo.read"
    name: Mapped[str]  # the camera's base name, without its ending
    section: Mapped[str] = mapped_column(default="")
    captured_wall: Mapped[datetime | None]  # the camera's clock, written as if it were UTC
    captured_offset_min: Mapped[int | None]
    clock_shift_s: Mapped[int] = mapped_column(default=0)
    sort_key: Mapped[str]  # capture time and name; known after the first look at the file
    withdrawn_at: Mapped[datetime | None]  # the studio keeps it from the customer
    __table_args__ = (Index("ix_photo_order_sort", "order_id", "sort_key", "id"),)


class Version(Row, Scoped, Base):
    """A state of a photo: the original is number 1, each hand-in makes another."""

    __tablename__ = "version"
    READ: ClassVar[str] = "photo.read"
    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"), index=True)
    n: Mapped[int]
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("file.id"), index=True)
    kind: Mapped[str]  # original, retouched
    state: Mapped[str]  # waiting, ready, refused, quarantined
    reason: Mapped[str | None]  # the code of why it is refused or quarantined
    reason_params: Mapped[Any | None] = mapped_column(JSON)
    warnings: Mapped[Any] = mapped_column(JSON, default=list)  # [{code, params}]
    basis: Mapped[str | None]  # image, preview, half
    format: Mapped[str | None]
    width: Mapped[int | None]  # pixels, upright
    height: Mapped[int | None]
    thumbhash: Mapped[str | None]  # base64
    details: Mapped[Any | None] = mapped_column(JSON)  # camera, lens, exposure: what the file says of itself
    ready_at: Mapped[datetime | None]
    offered_at: Mapped[datetime | None]  # from then on the customer may look at it, small or marked
    released_at: Mapped[datetime | None]  # from then on the customer may have the file itself
    __table_args__ = (UniqueConstraint("photo_id", "n"), Index("ix_version_order_state", "order_id", "state"))


class Rendition(Row, Scoped, Base):
    """A file derived from a version by a recipe. A RAW's preview is replaced when it is developed."""

    __tablename__ = "rendition"
    READ: ClassVar[str] = "photo.read"
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("version.id"), index=True)
    recipe: Mapped[str]
    recipe_hash: Mapped[str]
    basis: Mapped[str]
    key: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    content_type: Mapped[str]
    replaced_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("version_id", "recipe_hash"),)


class Remark(Row, Scoped, Base):
    """Words about a version, at a point of it or about the whole. Never drifts onto a newer version."""

    __tablename__ = "remark"
    READ: ClassVar[str] = "remark.read"
    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"), index=True)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("version.id"), index=True)
    n: Mapped[int]  # the number in its ring, counted per version
    author_kind: Mapped[str]  # customer, staff
    author_id: Mapped[uuid.UUID]
    x: Mapped[float | None]  # 0 … 1 of the upright width
    y: Mapped[float | None]
    chips: Mapped[Any] = mapped_column(JSON, default=list)
    body: Mapped[str]
    done_at: Mapped[datetime | None]
    done_by: Mapped[uuid.UUID | None]
    removed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("version_id", "n"),)
