"""Studios, their branches and staff, sessions, and the counters of failed tries."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, Row
from app.core.ids import new_id


class Studio(Base):
    """A tenant."""

    __tablename__ = "studio"
    READ: ClassVar[str] = "studio.read"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    timezone: Mapped[str]
    currency: Mapped[str]
    locale: Mapped[str]
    watermark_text: Mapped[str]
    address: Mapped[str] = mapped_column(default="")  # with phone and tax_id: the head of its papers
    phone: Mapped[str] = mapped_column(default="")
    tax_id: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)  # rises with each change
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Branch(Row, Base):
    """A store of the studio; `code` begins its order numbers."""

    __tablename__ = "branch"
    name: Mapped[str]
    code: Mapped[str]
    timezone: Mapped[str]
    __table_args__ = (UniqueConstraint("studio_id", "code"),)


class Staff(Row, Base):
    """A person who works in the studio."""

    __tablename__ = "staff"
    READ: ClassVar[str] = "staff.read"
    name: Mapped[str]
    email: Mapped[str]  # lower case
    password_hash: Mapped[str | None]
    locale: Mapped[str | None]
    skills: Mapped[Any] = mapped_column(JSON, default=list)  # keys of SKILLS: which jobs are offered to them
    disabled_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("email"),)


class Membership(Row, Base):
    """A role a person holds, in one branch or (without one) in all."""

    __tablename__ = "membership"
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    branch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("branch.id"))
    role: Mapped[str]
    __table_args__ = (UniqueConstraint("staff_id", "branch_id", "role"),)


class Assignment(Row, Base):
    """An order that a person works on: it makes the order theirs to see."""

    __tablename__ = "assignment"
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    order_id: Mapped[uuid.UUID]
    reason: Mapped[str]  # "task:<id>"
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_assignment_open", "staff_id", "ended_at"),
        UniqueConstraint("staff_id", "order_id", "reason"),
    )


class AuthSession(Row, Base):
    """A signed-in browser. Only the hash of its cookie is kept; the row's id never leaves.

    A customer's session belongs to one link and is `unlocked_at` after the PIN.
    """

    __tablename__ = "auth_session"
    kind: Mapped[str]  # staff, customer
    token_hash: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"), index=True)
    link_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    unlocked_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInLink(Row, Base):
    """A way in for one member of staff: once, within 15 minutes."""

    __tablename__ = "sign_in_link"
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiKey(Row, Base):
    """A program's way in. Only the hash of the key is kept; `hint` is how it begins, to tell keys apart.

    `scopes` say what it may do, `branch_id` where (none: everywhere).
    """

    __tablename__ = "api_key"
    READ: ClassVar[str] = "key.manage"
    name: Mapped[str]
    hint: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[Any] = mapped_column(JSON)
    branch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("branch.id"))
    made_by: Mapped[uuid.UUID | None]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]  # to the hour
    withdrawn_at: Mapped[datetime | None]


class Attempts(Base):
    """Tries at a secret, counted in windows, before the secret is looked at."""

    __tablename__ = "attempts"
    key: Mapped[str] = mapped_column(primary_key=True)  # "staff:<hash>", "link:<id>", "address:<hash>"
    window_start: Mapped[datetime]
    count: Mapped[int]
