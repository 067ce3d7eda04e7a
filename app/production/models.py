"""Workflows as data, where an order stands, rounds with their brief, tasks and hand-ins."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.access import Scoped
from app.core.db import Base, Row


class Workflow(Row, Base):
    """The way of one kind of business."""

    __tablename__ = "workflow"
    READ: ClassVar[str] = "workflow.read"
    name: Mapped[str]
    business: Mapped[str]
    __table_args__ = (UniqueConstraint("studio_id", "name"),)


class WorkflowVersion(Row, Base):
    """One edition of it. Running orders keep the one they started with."""

    __tablename__ = "workflow_version"
    workflow_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workflow.id"), index=True)
    n: Mapped[int]
    definition: Mapped[Any] = mapped_column(JSON)
    __table_args__ = (UniqueConstraint("workflow_id", "n"),)


class Progress(Row, Scoped, Base):
    """Where an order stands."""

    __tablename__ = "progress"
    READ: ClassVar[str] = "order.read"
    workflow_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workflow_version.id"))
    stage: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (UniqueConstraint("order_id"),)


class StageEvent(Row, Scoped, Base):
    """An order moved. Append-only: turnaround is counted from these."""

    __tablename__ = "stage_event"
    READ: ClassVar[str] = "order.read"
    event: Mapped[str]
    from_stage: Mapped[str | None]
    to_stage: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    note: Mapped[str] = mapped_column(default="")  # why somebody moved it by hand
    undo: Mapped[Any | None] = mapped_column(JSON)  # what a move did to the tasks, so that it can be taken back
    __table_args__ = (Index("ix_stage_event_period", "studio_id", "created_at"),)


class Round(Row, Scoped, Base):
    """One hand-over of what is wanted. The brief never changes; the packet is made of it."""

    __tablename__ = "round"
    READ: ClassVar[str] = "task.read"
    n: Mapped[int]
    kind: Mapped[str]  # selection, revision
    brief: Mapped[Any] = mapped_column(JSON)
    __table_args__ = (UniqueConstraint("order_id", "n"),)


class Task(Row, Scoped, Base):
    """Work for one person: to retouch a round, or to check it."""

    __tablename__ = "task"
    READ: ClassVar[str] = "task.read"
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"), index=True)
    kind: Mapped[str]  # retouch, quality
    state: Mapped[str]  # open, taken, done, cancelled
    attempt: Mapped[int] = mapped_column(default=1)  # 2 after it was sent back once
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    last_assignee_id: Mapped[uuid.UUID | None]
    promised_on: Mapped[date | None]
    priority: Mapped[int] = mapped_column(default=0)
    skill: Mapped[str | None]  # who lacks it is not offered the task
    taken_at: Mapped[datetime | None]
    touched_at: Mapped[datetime | None]  # the last deed on a taken task: it renews the lease
    lapsed_at: Mapped[datetime | None]  # it went back to the queue because nobody touched it …
    lapsed_from: Mapped[uuid.UUID | None] = mapped_column(index=True)  # … and who is told so
    finished_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")  # why it was given back or sent back
    reasons: Mapped[Any] = mapped_column(JSON, default=list)
    sent_back: Mapped[bool] = mapped_column(default=False)  # how a finished quality task ended
    __table_args__ = (Index("ix_task_queue", "studio_id", "kind", "state", "promised_on"),)


TaskDeed = Literal[
    "opened", "taken", "given_back", "lease_lost", "handed_in", "accepted", "sent_back",
    "approved", "change_asked", "cancelled", "undone",
]  # fmt: skip


class TaskEvent(Row, Scoped, Base):
    """Something happened to a task. Append-only: working time, yield and rounds are counted from these."""

    __tablename__ = "task_event"
    READ: ClassVar[str] = "task.read"
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id"), index=True)
    task: Mapped[Task] = relationship(lazy="raise")
    kind: Mapped[str]  # of the task
    attempt: Mapped[int]  # of the task when it happened
    event: Mapped[str]  # a TaskDeed
    person_id: Mapped[uuid.UUID | None]  # whose work it is: who took it, or whose finished photos were judged
    actor_kind: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    reasons: Mapped[Any] = mapped_column(JSON, default=list)
    __table_args__ = (Index("ix_task_event_period", "studio_id", "created_at"),)


class Mark(Row, Scoped, Base):
    """A photo the quality check is not content with, and why; it goes back with the task."""

    __tablename__ = "mark"
    READ: ClassVar[str] = "task.read"
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id"))  # the quality task
    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"))
    reasons: Mapped[Any] = mapped_column(JSON, default=list)
    __table_args__ = (UniqueConstraint("task_id", "photo_id"),)


class HandIn(Row, Scoped, Base):
    """A finished file that came back; without a photo it waits for a person to say which one it is."""

    __tablename__ = "hand_in"
    READ: ClassVar[str] = "task.read"
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id"), index=True)
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("file.id"))
    photo_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("photo.id"))
    version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("version.id"))
    removed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("task_id", "file_id"),)
