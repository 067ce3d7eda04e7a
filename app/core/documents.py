"""Documents on paper's terms: what they say is fixed when they are asked for, a worker makes the PDF, it never changes.

A domain asks in its own transaction and guards who may read; whoever shows a document passes that guard first.
"""

import uuid
from datetime import datetime
from typing import Any, ClassVar

import msgspec
from sqlalchemy import JSON, BigInteger, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, jobs, live
from app.core.access import Scoped
from app.core.db import Base, Row, Session
from app.core.ids import new_id
from app.core.jobs import Lane, Task

PDF = "application/pdf"


class Document(Row, Scoped, Base):
    """A document: its words as they were, and its PDF when it is made."""

    __tablename__ = "document"
    READ: ClassVar[str] = "order.read"
    source_key: Mapped[str] = mapped_column(unique=True)  # what it says: the same is made once
    template: Mapped[str]  # a folder of the workers' templates
    language: Mapped[str]
    name: Mapped[str]  # as it is downloaded
    content: Mapped[Any] = mapped_column(JSON)
    pictures: Mapped[Any] = mapped_column(JSON, default=dict)  # {name in the template: key in the store}
    state: Mapped[str] = mapped_column(default="waiting")  # waiting, ready, failed
    key: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    crc32: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime | None]


class MakeDocument(Task, frozen=True):
    """Make a document's PDF."""

    KIND: ClassVar[str] = "documents.make"
    LANE: ClassVar[Lane] = Lane.INTERACTIVE
    document_id: uuid.UUID

    def unique_key(self) -> str:
        """One making waits at a time."""
        return f"document:{self.document_id}"

    def subject_id(self) -> uuid.UUID:
        """Name the document."""
        return self.document_id


class NewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document to make. `content` is what its template says, JSON only; money as {"minor", "currency"}."""

    studio_id: uuid.UUID
    branch_id: uuid.UUID
    order_id: uuid.UUID
    source_key: str
    template: str
    language: str
    name: str
    content: dict[str, Any]
    pictures: dict[str, str] = {}


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A PDF that lies in the store."""

    key: str
    size: int
    sha256: str
    crc32: int


async def ask(session: Session, new: NewDocument) -> Document:
    """Ask for a document, once: the same source gives the document that is there already."""
    known = await find(session, new.source_key)
    if known is not None:
        return known
    document = Document(id=new_id(), **msgspec.structs.asdict(new))
    session.add(document)
    await session.flush()
    await jobs.enqueue(session, MakeDocument(document.id), studio_id=new.studio_id, order_id=new.order_id)
    return document


async def find(session: Session, source_key: str) -> Document | None:
    """Find a document by what it says."""
    return (await session.execute(select(Document).where(Document.source_key == source_key))).scalar_one_or_none()


async def make_again(session: Session, document: Document) -> None:
    """Try a failed document once more, because a person asked."""
    if document.state == "failed":
        document.state = "waiting"
        await jobs.enqueue(session, MakeDocument(document.id), studio_id=document.studio_id, order_id=document.order_id)


async def waiting(session: Session, document_id: uuid.UUID) -> Document | None:
    """Fetch a document that is still to be made."""
    document = await session.get(Document, document_id)
    return document if document is not None and document.state == "waiting" else None


async def record_made(session: Session, document_id: uuid.UUID, made: Made) -> None:
    """Write down where a document's PDF lies."""
    document = await session.get_one(Document, document_id)
    document.state, document.made_at = "ready", clock.now()
    document.key, document.size, document.sha256, document.crc32 = made.key, made.size, made.sha256, made.crc32
    live.touch(session, live.order(document.order_id))


async def record_failure(session: Session, document_id: uuid.UUID) -> None:
    """Say that a document could not be made."""
    document = await session.get_one(Document, document_id)
    document.state = "failed"
    live.touch(session, live.order(document.order_id))
