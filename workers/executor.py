"""One run of one job: claim, work without a transaction, settle while the fence holds."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core import jobs
from app.core.db import Database, Session
from app.core.jobs import Claim, Lane, StaleFence, Task
from app.core.settings import Settings
from pipelines.errors import Refused, Strike
from storage import Store
from workers.context import Cancelled, JobContext, Kind, Kinds, Settlement
from workers.leases import Running
from workers.pixels import Pixels

log = structlog.get_logger()

UNKNOWN_KIND_WAIT = timedelta(seconds=30)


@dataclass
class Executor:
    """Runs jobs on the actors' loop. `done` is called after each, with its lane."""

    settings: Settings
    kinds: Kinds
    owner: str
    store: Store
    pixels: Pixels
    scratch: Path
    running: Running
    done: Callable[[Lane], None]
    draining: threading.Event = field(default_factory=threading.Event)
    _db: Database | None = None

    @property
    def db(self) -> Database:
        """The database of the actors' loop."""
        if self._db is None:
            self._db = Database(self.settings)
        return self._db

    async def close(self) -> None:
        """Close the connections, on the actors' loop."""
        if self._db is not None:
            await self._db.close()

    async def run(self, lane: Lane, job_id: uuid.UUID) -> None:
        """Do a job that was handed to this process, if it is still to be had."""
        try:
            if not self.draining.is_set():
                await self._run(job_id)
        except StaleFence:
            log.info("result_void", job=str(job_id))
        except (SQLAlchemyError, OSError) as fault:  # the row is found again by its lease or by the dispatcher
            log.warning("database_fault", job=str(job_id), fault=type(fault).__name__)
        finally:
            self.done(lane)

    async def _run(self, job_id: uuid.UUID) -> None:
        async with self.db.write() as session:
            lease = timedelta(seconds=self.settings.lease_s)
            claim = await jobs.claim(session, job_id, self.owner, lease)
        if claim is None:
            return  # another process has it, it is done, or nobody wants it any more
        cancelled = self.running.add(claim)
        try:
            await self._work(claim, cancelled)
        finally:
            self.running.remove(claim)

    async def _work(self, claim: Claim, cancelled: threading.Event) -> None:
        kind = self.kinds.get(claim.kind)
        if kind is None:  # of a newer program that works on the same database
            async with self.db.write() as session:
                await jobs.give_back(session, claim, UNKNOWN_KIND_WAIT)
            return
        context = JobContext(self.db, self.store, self.pixels, self.scratch, claim, cancelled)
        try:
            task = msgspec.convert(claim.payload, kind.task)
            await kind.run(context, task)
            if not context.settled:
                async with context.settle():
                    pass
        except (StaleFence, Cancelled):
            log.info("result_void", job=str(claim.job_id), kind=claim.kind)
        except Exception as fault:  # noqa: BLE001 - whatever a handler raises must leave the row in a known state
            if cancelled.is_set():  # the child was killed under it: that says nothing of the file
                log.info("result_void", job=str(claim.job_id), kind=claim.kind)
                return
            await self._settle_fault(claim, kind, fault)

    async def _settle_fault(self, claim: Claim, kind: Kind, fault: Exception) -> None:
        task = _task(kind, claim.payload)
        told = {"job": str(claim.job_id), "kind": claim.kind, "fence": claim.fence}
        async with self.db.write() as session:
            await jobs.check(session, claim)
            if isinstance(fault, Refused):
                log.info("file_refused", code=fault.code, **told)
                await _tell(kind.refused, session, task, fault.code, dict(fault.params))
                await jobs.finish(session, claim)
            elif isinstance(fault, Strike):
                log.warning("strike", code=fault.code, strikes=claim.strikes + 1, **told)
                if await jobs.strike(session, claim, fault.code, dict(fault.params)):
                    await _tell(kind.dead, session, task, fault.code, dict(fault.params))
            else:
                log.warning("put_back", fault=type(fault).__name__, exc_info=fault, **told)
                if await jobs.put_back(session, claim, type(fault).__name__):
                    log.error("job_dead", reason="infrastructure", fault=type(fault).__name__, **told)
                    await _tell(kind.dead, session, task, "infrastructure", {})


async def tell_dead(session: Session, kinds: Kinds, dead: list[uuid.UUID]) -> None:
    """Tell the domains of jobs that were lost too often, in the transaction that buried them."""
    for job_id in dead:
        job = await session.get_one(jobs.Job, job_id)
        log.error("job_dead", reason="infrastructure", job=str(job_id), kind=job.kind, lost=job.lost)
        kind = kinds.get(job.kind)
        if kind is not None:
            await _tell(kind.dead, session, _task(kind, job.payload), "infrastructure", {})


def _task(kind: Kind, payload: Any) -> Task | None:
    """Read a payload; None for one that an older program wrote and nobody understands any more."""
    try:
        return msgspec.convert(payload, kind.task)
    except msgspec.ValidationError:
        return None


async def _tell(settlement: Settlement, session: Session, task: Task | None, code: str, params: dict[str, Any]) -> None:
    if task is not None:
        await settlement(session, task, code, params)
