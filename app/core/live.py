"""Live pages: a deed says which topics it changed, and only that; a page that listens asks again.

A topic is a short name such as `gallery:{id}`, `order:{id}` or `board:{studio_id}`. Its version rises in the
transaction that changed something, last of all and in one order of names, so that two transactions never wait for
each other in a circle.
"""

import uuid
from collections.abc import Collection

from sqlalchemy import BigInteger, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Session, before_commit

_TOUCHED = "safelight_touched"


class Topic(Base):
    """How often something changed."""

    __tablename__ = "topic"
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


def gallery(gallery_id: uuid.UUID) -> str:
    """Name what a customer's pages show: picks, remarks, releases."""
    return f"gallery:{gallery_id}"


def order(order_id: uuid.UUID) -> str:
    """Name what an order's page shows: photos as they come in and become ready, its stage, its money."""
    return f"order:{order_id}"


def board(studio_id: uuid.UUID) -> str:
    """Name what the board, the queue and the morning page show: orders and tasks that moved."""
    return f"board:{studio_id}"


def touch(session: Session, *topics: str) -> None:
    """Say that topics changed; their versions rise just before this transaction is committed."""
    session.info.setdefault(_TOUCHED, set()).update(topics)
    before_commit(session, _raise_versions)


async def _raise_versions(session: Session) -> None:
    topics = sorted(session.info.pop(_TOUCHED))
    insert = (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(Topic)
    rows = [{"name": name, "version": 1} for name in topics]
    statement = insert.values(rows).on_conflict_do_update(index_elements=["name"], set_={"version": Topic.version + 1})
    await session.execute(statement)


async def versions(session: Session, topics: Collection[str]) -> dict[str, int]:
    """Read the versions of topics; one that never changed is 0."""
    rows = await session.execute(select(Topic.name, Topic.version).where(Topic.name.in_(topics)))
    return {**dict.fromkeys(topics, 0), **{row.name: row.version for row in rows}}
