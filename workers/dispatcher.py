"""The housekeeping of a worker process, in a thread of its own: hand over due rows, reap, notice cancellation."""

import asyncio
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core import dispatch, jobs
from app.core.db import Database, Session
from app.core.jobs import Lane
from app.core.settings import Settings
from app.core.wakeup import listening
from workers import schedule
from workers.broker import BrokerAway
from workers.context import Kinds
from workers.executor import tell_dead
from workers.leases import Running

log = structlog.get_logger()

LOOK_S = 1.0
REAP_S = 5.0
BACKLOG = 4  # rows that may lie in Redis for each thread of this process: enough to keep all hosts busy
Send = Callable[[Lane, uuid.UUID], None]


class Slots:
    """How many jobs of a lane this process can begin at once. Used by the dispatcher and the actors."""

    def __init__(self, threads: Mapping[Lane, int]) -> None:
        self._lock = threading.Lock()
        self.threads = dict(threads)
        self._free = dict(threads)

    def free(self, lane: Lane) -> int:
        """Tell how many more fit."""
        with self._lock:
            return self._free[lane]

    def take(self, lane: Lane) -> None:
        """One is on its way to an actor."""
        with self._lock:
            self._free[lane] -= 1

    def leave(self, lane: Lane) -> None:
        """An actor has ended."""
        with self._lock:
            self._free[lane] = min(self.threads[lane], self._free[lane] + 1)


class Dispatcher(threading.Thread):
    """Hands due rows to the executor.

    In one process (`shared` is false) it hands exactly what fits its free slots, so that no row waits in the memory of
    a busy process. With Redis it keeps a short backlog there. What was handed and not begun in time is handed again.
    """

    def __init__(  # noqa: PLR0913 - a process is wired here, by name
        self, settings: Settings, kinds: Kinds, running: Running, slots: Slots, *, send: Send, shared: bool,
        predecessors: Sequence[str] = (), failed: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        super().__init__(name="dispatcher", daemon=True)
        self._settings, self._kinds, self._running, self._slots = settings, kinds, running, slots
        self._send, self._shared, self._predecessors, self._failed = send, shared, list(predecessors), failed
        self._rehand = timedelta(seconds=settings.lease_s if shared else settings.lease_s / 3)
        self._look_s = min(LOOK_S, settings.lease_s / 6)
        self._reap_s = min(REAP_S, settings.lease_s / 6)
        self._ending = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()

    def nudge(self) -> None:
        """Look now. From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(self._wake.set)
            except RuntimeError:
                return  # closed this very moment

    def end(self) -> None:
        """Stop handing over."""
        self._ending.set()
        self.nudge()
        self.join(timeout=10)

    def run(self) -> None:
        """Look until told to end; an unforeseen fault ends the process, and the supervisor starts another."""
        try:
            asyncio.run(self._main())
        except Exception:
            log.exception("dispatcher_died")
            self._failed()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        db = Database(self._settings)
        reap_at = 0.0
        try:
            async with listening(self._settings, jobs.NOTIFY_CHANNEL, self._wake.set):
                while not self._ending.is_set():
                    now = self._loop.time()
                    try:
                        if now >= reap_at:
                            await self._tidy(db)
                            reap_at = now + self._reap_s
                        await self._look(db)
                    except (SQLAlchemyError, OSError, BrokerAway) as fault:
                        log.warning("dispatcher_fault", fault=type(fault).__name__, detail=str(fault)[:200])
                    await self._sleep()
        finally:
            await db.close()

    async def _sleep(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), self._look_s)
        except TimeoutError:
            return
        finally:
            self._wake.clear()

    async def _tidy(self, db: Database) -> None:
        """Free what the dead held, and keep the schedule."""
        while self._predecessors:
            async with db.write() as session:
                await tell_dead(session, self._kinds, await dispatch.free_owner(session, self._predecessors[0]))
            self._predecessors.pop(0)
        async with db.read() as session:
            expired, planned = await dispatch.any_expired(session), await schedule.is_planned(session, self._kinds)
        if expired:
            async with db.write() as session:
                await tell_dead(session, self._kinds, await dispatch.reap(session))
        if not planned:
            async with db.write() as session:
                await schedule.plan(session)

    async def _look(self, db: Database) -> None:
        async with db.read() as session:
            claims = self._running.claims()
            lost = await jobs.lost_fences(session, claims) if claims else set()
            due = await dispatch.lanes_due(session, kinds=list(self._kinds), rehand_after=self._rehand)
            room = {lane: await self._room(session, lane) for lane in Lane if lane in due}
        self._running.stop(lost)
        if not any(room.values()):
            return
        async with db.write() as session:
            handed = {lane: await self._hand_over(session, lane, free) for lane, free in room.items()}
        for lane, job_id in _flat(handed):
            if self._shared:
                await asyncio.to_thread(self._send, lane, job_id)
            else:
                self._slots.take(lane)
                self._send(lane, job_id)

    async def _room(self, session: Session, lane: Lane) -> int:
        if not self._shared:
            return self._slots.free(lane)
        bound = BACKLOG * self._slots.threads[lane] * max(1, self._settings.workers)
        return max(0, bound - await dispatch.handed(session, lane, self._rehand))

    async def _hand_over(self, session: Session, lane: Lane, room: int) -> list[uuid.UUID]:
        return await dispatch.hand_over(session, lane, room, kinds=list(self._kinds), rehand_after=self._rehand)


def _flat(handed: Mapping[Lane, Sequence[uuid.UUID]]) -> Iterator[tuple[Lane, uuid.UUID]]:
    for lane, job_ids in handed.items():
        for job_id in job_ids:
            yield lane, job_id
