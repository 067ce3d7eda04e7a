"""Which worker processes live, on whatever machine: each says so every few seconds."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, Session

SILENT = timedelta(seconds=60)
FORGOTTEN = timedelta(days=1)


class Heartbeat(Base):
    """One worker process, and when it was last heard of."""

    __tablename__ = "heartbeat"
    owner: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)


class Alive(msgspec.Struct, frozen=True):
    """Who works: machines and processes, and who fell silent without saying good-bye."""

    workers: int
    machines: int
    silent: int


async def beat(session: Session, owner: str) -> None:
    """Say that a process lives."""
    now = clock.now()
    insert = (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(Heartbeat)
    row = insert.values(owner=owner, started_at=now, seen_at=now)
    await session.execute(row.on_conflict_do_update(index_elements=["owner"], set_={"seen_at": now}))


async def end(session: Session, owner: str) -> None:
    """Say good-bye; those long silent are forgotten with it."""
    old = Heartbeat.seen_at < clock.now() - FORGOTTEN
    await session.execute(delete(Heartbeat).where((Heartbeat.owner == owner) | old))


async def alive(session: Session) -> Alive:
    """Tell who works now."""
    rows = (await session.execute(select(Heartbeat.owner, Heartbeat.seen_at))).all()
    heard = [row.owner for row in rows if row.seen_at > clock.now() - SILENT]
    return Alive(len(heard), len({owner.partition(":")[0] for owner in heard}), len(rows) - len(heard))
