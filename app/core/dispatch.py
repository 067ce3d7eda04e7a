"""The queue of record as dispatchers and reapers see it: what to hand to an executor, what the dead left behind."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from app.core import clock
from app.core.db import Session
from app.core.jobs import LOST_LEASES, Job, Lane, State, is_due, requeue, wake


def _waiting(now: datetime, rehand_after: timedelta) -> ColumnElement[bool]:
    return or_(Job.handed_at.is_(None), Job.handed_at < now - rehand_after)


async def lanes_due(session: Session, *, kinds: Sequence[str], rehand_after: timedelta) -> set[Lane]:
    """Tell which lanes have rows to hand over. A read, so that idle dispatchers never take the write lock."""
    now = clock.now()
    statement = select(Job.lane).where(is_due(now), Job.kind.in_(kinds), _waiting(now, rehand_after)).distinct()
    return {Lane(lane) for lane in (await session.execute(statement)).scalars()}


async def handed(session: Session, lane: Lane, rehand_after: timedelta) -> int:
    """Count the rows of a lane that lie with the executor and are not begun."""
    on_the_way = and_(Job.state == State.QUEUED, Job.lane == lane, Job.handed_at >= clock.now() - rehand_after)
    return (await session.execute(select(func.count()).select_from(Job).where(on_the_way))).scalar_one()


async def hand_over(
    session: Session, lane: Lane, room: int, *, kinds: Sequence[str], rehand_after: timedelta
) -> list[uuid.UUID]:
    """Mark up to `room` due rows of a lane as handed to an executor, the most urgent first.

    A row that was handed long ago and is still queued was lost on the way and is handed again.
    """
    if room <= 0:
        return []
    now = clock.now()
    chosen = (
        select(Job.id)
        .where(is_due(now), Job.lane == lane, Job.kind.in_(kinds), _waiting(now, rehand_after))
        .order_by(Job.priority, Job.run_after, Job.id)
        .limit(room)
        .with_for_update(skip_locked=True)  # SQLite has one writer and ignores it
    )
    ids = list((await session.execute(chosen)).scalars())
    if ids:
        await session.execute(update(Job).where(Job.id.in_(ids)).values(handed_at=now))
    return ids


async def any_expired(session: Session) -> bool:
    """Tell whether there is something to reap. A read."""
    expired = select(Job.id).where(Job.state == State.RUNNING, Job.lease_until < clock.now()).limit(1)
    return (await session.execute(expired)).first() is not None


async def reap(session: Session) -> list[uuid.UUID]:
    """Free rows whose lease ran out; returns those that were lost too often and are dead now."""
    return await _lose(session, Job.lease_until < clock.now())


async def free_owner(session: Session, owner: str) -> list[uuid.UUID]:
    """Free the rows of a process that was seen to die."""
    return await _lose(session, Job.lease_owner == owner)


async def _lose(session: Session, which: ColumnElement[bool]) -> list[uuid.UUID]:
    """Queue running rows again whose worker is gone; ten times lost is a fault of the installation."""
    now = clock.now()
    running = and_(Job.state == State.RUNNING, which)
    rows = (await session.execute(select(Job.id, Job.lost).where(running).with_for_update(skip_locked=True))).all()
    dead = [row.id for row in rows if row.lost + 1 >= LOST_LEASES]
    back = [row.id for row in rows if row.lost + 1 < LOST_LEASES]
    free = {"lost": Job.lost + 1, "lease_until": None, "lease_owner": None}
    if dead:
        await session.execute(
            update(Job)
            .where(Job.id.in_(dead), running)
            .values(state=State.DEAD, dead_reason="infrastructure", dead_params={}, finished_at=now, **free)
        )
    for job_id in back:  # one by one: a unique key may be queued again already
        await requeue(session, job_id, {"handed_at": None, "run_after": now, **free})
    if back:
        await wake(session)
    return dead
