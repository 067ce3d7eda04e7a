"""Work is a row, the queue is a hint: the queue of record.

A use case inserts a row in its own transaction. A dispatcher hands due rows to an executor; an actor claims the row
(a new attempt, which is the fence), works without a transaction, and settles it only while the fence still matches.

Two counters: `attempt` counts every claim, `strikes` only what is the file's own fault (the sandbox child crashed,
timed out or hit a limit). A lost lease is no strike.
"""

import enum
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import msgspec
from sqlalchemy import JSON, ColumnElement, CursorResult, Index, and_, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import HINT, Base, Row, Session
from app.core.ids import new_id

STRIKES = 3
LOST_LEASES = 10
ERRORS = 12
NOTIFY_CHANNEL = "safelight_jobs"


class Lane(enum.StrEnum):
    """What waits for whom: a rebuild never delays an upload."""

    INTERACTIVE = "interactive"  # a person looks at a spinner
    PROOFS = "proofs"  # the first proofs of a shoot
    BULK = "bulk"  # rebuilds, development, sweeps


class State(enum.StrEnum):
    """The life of a row."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"  # stays until a person resolves it
    CANCELLED = "cancelled"


class Task(msgspec.Struct, frozen=True):
    """A job a domain asks for: a frozen struct of ids. Subclasses name their kind and lane."""

    KIND: ClassVar[str]
    LANE: ClassVar[Lane] = Lane.PROOFS

    def unique_key(self) -> str | None:
        """Name what must not be queued twice (it may run while one more is queued)."""
        return None

    def subject_id(self) -> uuid.UUID | None:
        """Name the row the job works on, so that its page can find it."""
        return None


class Job(Row, Base):
    """A unit of background work."""

    __tablename__ = "job"
    order_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    kind: Mapped[str]
    payload: Mapped[Any] = mapped_column(JSON)
    lane: Mapped[str]
    priority: Mapped[int] = mapped_column(default=0)  # smaller goes first
    state: Mapped[str] = mapped_column(default=State.QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)
    strikes: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(default=clock.now)
    handed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    unique_key: Mapped[str | None]
    progress: Mapped[int | None]  # per cent, for a page that waits
    result: Mapped[Any | None] = mapped_column(JSON)
    dead_reason: Mapped[str | None]
    dead_params: Mapped[Any | None] = mapped_column(JSON)
    expires_at: Mapped[datetime | None]  # scratch work nobody waits for any more is not begun
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_job_unique_key_queued",
            "unique_key",
            unique=True,
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_job_due", "state", "lane", "run_after"),
        Index("ix_job_lease", "state", "lease_until"),
    )


class Claim(msgspec.Struct, frozen=True):
    """The right to do one job, as long as the fence holds."""

    job_id: uuid.UUID
    fence: int
    kind: str
    payload: dict[str, Any]
    strikes: int
    order_id: uuid.UUID | None


class StaleFence(Exception):
    """Another attempt owns the job now (or it was cancelled): this one's result is void."""


async def enqueue(  # noqa: PLR0913 - what a job can be told
    session: Session,
    task: Task,
    *,
    studio_id: uuid.UUID,
    order_id: uuid.UUID | None = None,
    lane: Lane | None = None,
    priority: int = 0,
    delay: timedelta = timedelta(0),
    lifetime: timedelta | None = None,
) -> uuid.UUID | None:
    """Insert a job into the caller's transaction; None when its unique key is queued already."""
    now = clock.now()
    insert = (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(Job)
    row = {
        "id": new_id(),
        "studio_id": studio_id,
        "order_id": order_id,
        "subject_id": task.subject_id(),
        "created_at": now,
        "kind": task.KIND,
        "payload": msgspec.to_builtins(task),
        "lane": lane or task.LANE,
        "priority": priority,
        "state": State.QUEUED,
        "attempt": 0,
        "strikes": 0,
        "lost": 0,
        "errors": 0,
        "run_after": now + delay,
        "unique_key": task.unique_key(),
        "expires_at": now + lifetime if lifetime else None,
    }
    # A row that waits already is locked until we commit: it cannot run without seeing what we wrote.
    statement = insert.values(row).on_conflict_do_update(
        index_elements=["unique_key"], index_where=text("state = 'queued'"), set_={"unique_key": Job.unique_key}
    )
    found = (await session.execute(statement.returning(Job.id))).scalar_one()
    if found != row["id"]:
        return None
    await wake(session)
    return found


async def wake(session: Session) -> None:
    """Wake the dispatchers when this transaction is safe."""
    if session.info.get(HINT):
        return
    session.info[HINT] = True
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text(f"NOTIFY {NOTIFY_CHANNEL}"))


def is_due(now: datetime) -> ColumnElement[bool]:
    """Tell which rows may be begun."""
    return and_(Job.state == State.QUEUED, Job.run_after <= now)


async def claim(session: Session, job_id: uuid.UUID, owner: str, lease: timedelta) -> Claim | None:
    """Take a due job: a new attempt, which is the fence. None when it is not to be had (any more)."""
    now = clock.now()
    stale = and_(Job.id == job_id, Job.state == State.QUEUED, Job.expires_at < now)
    await session.execute(update(Job).where(stale).values(state=State.CANCELLED, finished_at=now))
    statement = (
        update(Job)
        .where(Job.id == job_id, is_due(now))
        .values(state=State.RUNNING, attempt=Job.attempt + 1, lease_until=now + lease, lease_owner=owner)
        .returning(Job.attempt, Job.kind, Job.payload, Job.strikes, Job.order_id)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else Claim(job_id, row.attempt, row.kind, row.payload, row.strikes, row.order_id)


def _held(claim_: Claim) -> ColumnElement[bool]:
    return and_(Job.id == claim_.job_id, Job.state == State.RUNNING, Job.attempt == claim_.fence)


async def _write_held(session: Session, claim_: Claim, **values: Any) -> bool:
    result = await session.execute(update(Job).where(_held(claim_)).values(**values))
    return isinstance(result, CursorResult) and result.rowcount == 1


async def _settle(session: Session, claim_: Claim, **values: Any) -> None:
    if not await _write_held(session, claim_, lease_until=None, **values):
        raise StaleFence(claim_.job_id)


async def renew(session: Session, claims: Iterable[Claim], lease: timedelta) -> set[uuid.UUID]:
    """Prolong the leases of running claims; returns the jobs whose fence no longer holds."""
    until = clock.now() + lease
    return {claim_.job_id for claim_ in claims if not await _write_held(session, claim_, lease_until=until)}


async def lost_fences(session: Session, claims: Iterable[Claim]) -> set[uuid.UUID]:
    """Tell which of these claims no longer hold, without writing."""
    fences = {claim_.job_id: claim_.fence for claim_ in claims}
    statement = select(Job.id, Job.attempt).where(Job.id.in_(list(fences)), Job.state == State.RUNNING)
    held = {row.id for row in await session.execute(statement) if row.attempt == fences[row.id]}
    return fences.keys() - held


async def show_progress(session: Session, claim_: Claim, percent: int) -> None:
    """Tell a waiting page how far a running job is. A job that is no longer ours is left alone."""
    await _write_held(session, claim_, progress=max(0, min(100, percent)))


async def check(session: Session, claim_: Claim) -> None:
    """Lock the job and make sure that its fence still holds. Raises StaleFence."""
    if not await _write_held(session, claim_, attempt=Job.attempt):
        raise StaleFence(claim_.job_id)


async def finish(session: Session, claim_: Claim, result: Any = None) -> None:
    """Settle a job in the transaction that writes its effect. Raises StaleFence, which undoes both."""
    await _settle(session, claim_, state=State.DONE, result=result, finished_at=clock.now(), progress=None)


async def strike(session: Session, claim_: Claim, reason: str, params: dict[str, Any]) -> bool:
    """Count a strike against the file; True when it was the last and the job is quarantined."""
    strikes = claim_.strikes + 1
    if strikes >= STRIKES:
        await bury(session, claim_, reason, params, strikes=strikes)
        return True
    await _queue_again(session, claim_, timedelta(seconds=2 * strikes), strikes=strikes)
    return False


async def bury(session: Session, claim_: Claim, reason: str, params: dict[str, Any], **more: Any) -> None:
    """Put a job to rest until a person resolves it."""
    await _settle(
        session, claim_, state=State.DEAD, dead_reason=reason, dead_params=params, finished_at=clock.now(), **more
    )


async def put_back(session: Session, claim_: Claim, reason: str) -> bool:
    """Queue a job again after a fault that is not the file's (store away, database away, a defect of ours).

    Waits longer each time, up to ten minutes; True when it was the last try and the job is dead.
    """
    errors = (await session.execute(select(Job.errors).where(Job.id == claim_.job_id))).scalar_one() + 1
    if errors >= ERRORS:
        await bury(session, claim_, "infrastructure", {"reason": reason}, errors=errors)
        return True
    await _queue_again(session, claim_, timedelta(seconds=min(600, 2**errors)), errors=errors)
    return False


async def give_back(session: Session, claim_: Claim, delay: timedelta = timedelta(0)) -> None:
    """Queue a job again that its worker could not end (it is told to stop). Nobody's fault."""
    await _queue_again(session, claim_, delay)
    await wake(session)


async def _queue_again(session: Session, claim_: Claim, delay: timedelta, **counts: int) -> None:
    await check(session, claim_)
    freed = {"handed_at": None, "lease_until": None, "lease_owner": None, "progress": None}
    await requeue(session, claim_.job_id, {**freed, **counts, "run_after": clock.now() + delay})


async def requeue(session: Session, job_id: uuid.UUID, values: dict[str, Any]) -> None:
    """Queue a row again, or let it go when the same work is queued already: the twin inherits its counts."""
    twins = (
        select(Job)
        .where(
            Job.state == State.QUEUED,
            Job.id != job_id,
            Job.unique_key == select(Job.unique_key).where(Job.id == job_id).scalar_subquery(),
        )
        .limit(1)
    )
    twin = (await session.execute(twins)).scalar_one_or_none()
    values = (
        {**values, "state": State.CANCELLED, "finished_at": clock.now()} if twin else {**values, "state": State.QUEUED}
    )
    counts = update(Job).where(Job.id == job_id).values(values).returning(Job.strikes, Job.lost, Job.errors)
    own = (await session.execute(counts)).one()
    if twin:
        twin.strikes, twin.lost = max(twin.strikes, own.strikes), max(twin.lost, own.lost)
        twin.errors = max(twin.errors, own.errors)
        await session.flush()


async def cancel(session: Session, which: ColumnElement[bool]) -> None:
    """Cancel queued and running jobs (`Job.id == …`, `Job.subject_id == …`): a running one's result becomes void."""
    await session.execute(
        update(Job)
        .where(Job.state.in_([State.QUEUED, State.RUNNING]), which)
        .values(state=State.CANCELLED, attempt=Job.attempt + 1, lease_until=None, finished_at=clock.now())
    )
    await wake(session)  # workers look at once whether what they do is still wanted


async def retry(session: Session, job_id: uuid.UUID, *, lane: Lane = Lane.INTERACTIVE) -> None:
    """Give a dead job three new strikes, because a person asked for it."""
    dead = select(Job.id).where(Job.id == job_id, Job.state == State.DEAD).with_for_update()
    if (await session.execute(dead)).scalar_one_or_none() is None:
        return
    fresh = {"strikes": 0, "lost": 0, "errors": 0, "handed_at": None, "dead_reason": None, "dead_params": None}
    await requeue(session, job_id, {**fresh, "lane": lane, "run_after": clock.now(), "finished_at": None})
    await wake(session)


async def dead(session: Session, studio_id: uuid.UUID) -> Sequence[Job]:
    """List what waits for a person, oldest first."""
    statement = select(Job).where(Job.studio_id == studio_id, Job.state == State.DEAD).order_by(Job.id)
    return (await session.execute(statement)).scalars().all()


async def census(session: Session) -> tuple[int, int]:
    """Count the jobs that are due or run, and those that need a person."""
    busy = or_(is_due(clock.now()), Job.state == State.RUNNING)
    waiting = (await session.execute(select(func.count()).where(busy))).scalar_one()
    buried = (await session.execute(select(func.count()).where(Job.state == State.DEAD))).scalar_one()
    return waiting, buried
