"""What this process is doing right now, and the thread that keeps its leases."""

import asyncio
import contextlib
import threading
import time
import uuid
from collections.abc import Iterable
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core import heartbeats, jobs
from app.core.db import Database
from app.core.jobs import Claim
from app.core.settings import Settings
from workers import alive

log = structlog.get_logger()

BEAT_S = 10.0


class Running:
    """The claims of this process, each with the flag that stops its work. Used by all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: dict[tuple[uuid.UUID, int], tuple[Claim, threading.Event]] = {}
        self.idle = threading.Event()
        self.idle.set()

    def add(self, claim: Claim) -> threading.Event:
        """Note a claim; returns its flag."""
        flag = threading.Event()
        with self._lock:
            self.idle.clear()
            self._all[claim.job_id, claim.fence] = (claim, flag)
        return flag

    def remove(self, claim: Claim) -> None:
        """Forget a claim that is settled."""
        with self._lock:
            self._all.pop((claim.job_id, claim.fence), None)
            if not self._all:
                self.idle.set()

    def claims(self) -> list[Claim]:
        """List what is not yet told to stop."""
        with self._lock:
            return [claim for claim, flag in self._all.values() if not flag.is_set()]

    def stop(self, job_ids: Iterable[uuid.UUID]) -> None:
        """Tell the work on these jobs to stop."""
        gone = set(job_ids)
        with self._lock:
            for claim, flag in self._all.values():
                if claim.job_id in gone:
                    flag.set()


class LeaseKeeper(threading.Thread):
    """Renews the leases of all running claims, whatever actors and dispatcher are busy with, and says that we live."""

    def __init__(self, settings: Settings, running: Running, owner: str) -> None:
        super().__init__(name="leases", daemon=True)
        self._settings = settings
        self._running = running
        self._owner = owner
        self._ended = threading.Event()

    def end(self) -> None:
        """Stop renewing."""
        self._ended.set()
        self.join(timeout=5)

    def run(self) -> None:
        """Renew every third of a lease; after a failure sooner."""
        asyncio.run(self._keep())

    async def _keep(self) -> None:
        db = Database(self._settings)
        lease = self._settings.lease_s
        wait, beat_at = 0.0, 0.0
        try:
            while not await asyncio.to_thread(self._ended.wait, wait):
                wait = min(BEAT_S, lease / 3) if await self._renew(db) else min(1.0, lease / 6)
                if time.monotonic() >= beat_at and await self._beat(db):
                    beat_at = time.monotonic() + BEAT_S
            await self._say_good_bye(db)
        finally:
            await db.close()

    async def _beat(self, db: Database) -> bool:
        try:
            async with db.write() as session:
                await heartbeats.beat(session, self._owner)
            await asyncio.to_thread(alive.show, self._settings.data)
        except (SQLAlchemyError, OSError) as fault:
            log.warning("heartbeat_missed", fault=type(fault).__name__)
            return False
        return True

    async def _say_good_bye(self, db: Database) -> None:
        with contextlib.suppress(SQLAlchemyError, OSError):
            async with db.write() as session:
                await heartbeats.end(session, self._owner)

    async def _renew(self, db: Database) -> bool:
        claims = self._running.claims()
        if not claims:
            return True
        try:
            async with db.write() as session:
                lost = await jobs.renew(session, claims, timedelta(seconds=self._settings.lease_s))
        except (SQLAlchemyError, OSError) as fault:
            log.warning("lease_not_renewed", claims=len(claims), fault=type(fault).__name__)
            return False
        self._running.stop(lost)
        for job_id in lost:
            log.info("claim_lost", job=str(job_id))
        return True
