"""What a customer sees of an order: gallery, links, participants, picks, submissions."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.access import Scoped
from app.core.db import Base, Row


class Gallery(Row, Scoped, Base):
    """One customer's view of one order. Its row is the lock under which picks are counted."""

    __tablename__ = "gallery"
    READ: ClassVar[str] = "gallery.read"
    state: Mapped[str]  # open, submitted, released
    shows: Mapped[str] = mapped_column(default="look")  # look, proof
    choose_by: Mapped[date | None]
    own_cap: Mapped[int | None]  # the customer's own limit on paid extras
    pick_version: Mapped[int] = mapped_column(default=0)
    granted_rounds: Mapped[int] = mapped_column(default=0)  # of changes, beyond the package's
    submitted_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("order_id"),)


class Participant(Row, Scoped, Base):
    """One of those who choose."""

    __tablename__ = "participant"
    READ: ClassVar[str] = "gallery.read"
    gallery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gallery.id"), index=True)
    person_id: Mapped[uuid.UUID]  # in crm: names live there


class Link(Row, Scoped, Base):
    """A key to a gallery for one participant. Key and PIN are stored as hashes only."""

    __tablename__ = "link"
    READ: ClassVar[str] = "link.read"
    gallery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gallery.id"), index=True)
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participant.id"))
    key_hash: Mapped[str] = mapped_column(unique=True)
    pin_hash: Mapped[str]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Pick(Row, Scoped, Base):
    """A photo chosen for a product. Taking it back keeps the row."""

    __tablename__ = "pick"
    READ: ClassVar[str] = "gallery.read"
    gallery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gallery.id"), index=True)
    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"), index=True)
    product: Mapped[str]
    participant_id: Mapped[uuid.UUID]
    picked_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]
    changed_n: Mapped[int] = mapped_column(
        default=0
    )  # the gallery's `pick_version` when it was last made or taken back
    __table_args__ = (
        Index("ix_pick_gallery_changed", "gallery_id", "changed_n"),
        Index(
            "uq_pick_live",
            "gallery_id",
            "photo_id",
            "product",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )


class Submission(Row, Scoped, Base):
    """What was chosen, as it was when the customer said so."""

    __tablename__ = "submission"
    READ: ClassVar[str] = "gallery.read"
    gallery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gallery.id"), index=True)
    n: Mapped[int]
    participant_id: Mapped[uuid.UUID]
    snapshot: Mapped[Any] = mapped_column(JSON)
    round_id: Mapped[uuid.UUID]
    __table_args__ = (UniqueConstraint("gallery_id", "n"),)


class Verdict(Row, Scoped, Base):
    """What the customer says of a finished version; it may be said anew until the review ends."""

    __tablename__ = "verdict"
    READ: ClassVar[str] = "gallery.read"
    gallery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gallery.id"), index=True)
    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("version.id"))
    participant_id: Mapped[uuid.UUID]
    decision: Mapped[str]  # open, approved, change
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (UniqueConstraint("version_id"),)


class FileGrant(Row, Scoped, Base):
    """A key that fetches one thing for a few minutes without a cookie: for another browser on the same phone."""

    __tablename__ = "file_grant"
    READ: ClassVar[str] = "gallery.read"
    gallery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gallery.id"), index=True)
    link_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("link.id"))
    session_id: Mapped[uuid.UUID]
    version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("version.id"))  # none: all of it, as a ZIP
    key_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
