"""What must be done every so often. The plan is a row like any other job: queued for later, it plans its successor."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import ClassVar

import structlog
from sqlalchemy import delete, select

from app.core import clock, jobs
from app.core.db import Session
from app.core.jobs import Job, Lane, StaleFence, State, Task
from app.galleries import service as galleries
from app.identity import service as identity
from app.photos import service as photos
from app.production import service as production
from storage import Store
from workers.context import Cancelled, JobContext, Kind, Kinds

log = structlog.get_logger()

INSTALLATION = uuid.UUID(int=0)  # the studio of what belongs to no studio
EVERY = timedelta(hours=1)
FIRST = timedelta(minutes=5)  # a start has better things to do
KEEP_DONE = timedelta(days=30)
KEEP_UPLOADS = timedelta(days=7)  # a photographer's laptop may sleep over a long weekend
BATCH = 500


class Sweep(Task, frozen=True):
    """Remove what nobody needs any more."""

    KIND: ClassVar[str] = "installation.sweep"
    LANE: ClassVar[Lane] = Lane.BULK

    def unique_key(self) -> str:
        """One sweep is planned at a time."""
        return "sweep"


async def is_planned(session: Session, kinds: Kinds) -> bool:
    """Tell whether the next sweep is planned (or is not this process's business)."""
    if Sweep.KIND not in kinds:
        return True
    alive = select(Job.id).where(Job.kind == Sweep.KIND, Job.state.in_([State.QUEUED, State.RUNNING])).limit(1)
    return (await session.execute(alive)).first() is not None


async def plan(session: Session, delay: timedelta = FIRST) -> None:
    """Plan the next sweep, unless it is."""
    await jobs.enqueue(session, Sweep(), studio_id=INSTALLATION, delay=delay)


async def sweep_scratch(context: JobContext) -> None:
    """Remove passing results whose time is over or whose job is gone."""
    async with context.db.read() as session:
        studios = (await session.execute(select(Job.studio_id).distinct())).scalars().all()
    for studio_id in studios:
        prefix = f"{studio_id}/scratch/"
        keys = await asyncio.to_thread(_keys, context.store, prefix)
        owners = {_job_of(key, prefix) for key in keys}
        async with context.db.read() as session:
            wanted = select(Job.id).where(
                Job.id.in_([owner for owner in owners if owner]),
                Job.expires_at.is_(None) | (Job.expires_at > clock.now()),
            )
            kept = set((await session.execute(wanted)).scalars())
        for key in keys:
            if _job_of(key, prefix) not in kept:
                context.stop_if_cancelled()
                await asyncio.to_thread(context.store.delete, key)


def _keys(store: Store, prefix: str) -> list[str]:
    return list(store.keys(prefix))


def _job_of(key: str, prefix: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(key.removeprefix(prefix).partition("/")[0])
    except ValueError:
        return None


async def sweep_uploads(context: JobContext) -> None:
    """Give up uploads that were begun and never ended, and remove their bytes."""
    while True:
        context.stop_if_cancelled()
        async with context.db.write() as session:
            ended = await photos.expire_uploads(session)
        for upload_id in ended:
            await asyncio.to_thread(photos.forget_bytes, context.store, upload_id)
            await photos.forget_object(context.db, context.store, upload_id)
        if not ended:
            break
    await photos.forget_uploads(context.db, context.store)
    gone = await asyncio.to_thread(context.store.sweep, KEEP_UPLOADS.total_seconds())
    if gone:
        log.info("uploads_swept", count=gone)


async def sweep_sessions(context: JobContext) -> None:
    """Remove sessions that have been over for long."""
    async with context.db.write() as session:
        gone = await identity.sweep(session)
    if gone:
        log.info("sessions_swept", count=gone)


async def sweep_grants(context: JobContext) -> None:
    """Remove keys for one download that ended long ago."""
    async with context.db.write() as session:
        gone = await galleries.sweep_grants(session)
    if gone:
        log.info("grants_swept", count=gone)


async def sweep_jobs(context: JobContext) -> None:
    """Remove old settled rows. A dead row stays until a person resolves it, however old it is."""
    old = (
        select(Job.id)
        .where(Job.state.in_([State.DONE, State.CANCELLED]), Job.finished_at < clock.now() - KEEP_DONE)
        .limit(BATCH)
    )
    while True:
        context.stop_if_cancelled()
        async with context.db.write() as session:
            ids = (await session.execute(old)).scalars().all()
            await session.execute(delete(Job).where(Job.id.in_(ids)))
        if len(ids) < BATCH:
            return


async def lapse_tasks(context: JobContext) -> None:
    """Put retouching jobs that nobody touches back into the queue."""
    async with context.db.write() as session:
        gone = await production.lapse_tasks(session, timedelta(hours=context.db.settings.task_lease_h))
    if gone:
        log.info("tasks_lapsed", count=gone)


Duty = Callable[[JobContext], Awaitable[None]]
DUTIES: list[Duty] = [lapse_tasks, sweep_sessions, sweep_grants, sweep_jobs, sweep_uploads, sweep_scratch]


async def sweep(context: JobContext, _task: Sweep) -> None:
    """Do all duties and plan the next time. One that fails keeps no other from being done, and is tried again."""
    wrong: list[Exception] = []
    for duty in DUTIES:
        try:
            await duty(context)
        except (Cancelled, StaleFence):
            raise
        except Exception as error:
            log.warning("duty_failed", duty=duty.__name__, exc_info=error)
            wrong.append(error)
    if wrong:
        raise wrong[0]
    async with context.settle() as session:
        await plan(session, EVERY)


SWEEP = Kind(task=Sweep, run=sweep)
