"""Live pages: a deed says which topics it changed, and only that; a page that listens asks again.

A topic is a short name such as `gallery:{id}`, `order:{id}` or `board:{studio_id}`. Its version rises in the
transaction that changed something, last of all and in one order of names, so that two transactions never wait for
each other in a circle.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import BigInteger, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import HINT, Base, Session, before_commit

NOTIFY_CHANNEL = "safelight_live"
_TOUCHED = "safelight_touched"


class Topic(Base):
    """How often something changed."""

    __tablename__ = "topic"
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime | None]


class State(msgspec.Struct, frozen=True):
    """How often a topic changed, and when it did last."""

    version: int = 0
    changed_at: datetime | None = None


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
    topics, now = sorted(session.info.pop(_TOUCHED)), clock.now()
    sqlite_ = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite.insert if sqlite_ else postgresql.insert)(Topic)
    rows = [{"name": name, "version": 1, "changed_at": now} for name in topics]
    statement = insert.values(rows).on_conflict_do_update(
        index_elements=["name"], set_={"version": Topic.version + 1, "changed_at": insert.excluded.changed_at}
    )
    await session.execute(statement)
    if sqlite_:
        session.info[HINT] = True
    else:
        await session.execute(text(f"NOTIFY {NOTIFY_CHANNEL}"))


async def states(session: Session, topics: Collection[str]) -> dict[str, State]:
    """Read how topics are; one that never changed is at version 0."""
    statement = select(Topic.name, Topic.version, Topic.changed_at).where(Topic.name.in_(topics))
    rows = await session.execute(statement)
    return {**dict.fromkeys(topics, State()), **{row.name: State(row.version, row.changed_at) for row in rows}}


async def versions(session: Session, topics: Collection[str]) -> dict[str, int]:
    """Read the versions of topics; one that never changed is 0."""
    return {name: state.version for name, state in (await states(session, topics)).items()}
